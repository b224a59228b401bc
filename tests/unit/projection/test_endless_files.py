"""What was saved is read back from regular files alone, and never without end.

Tests `projection.storage`.
"""

import os
import shutil
from pathlib import Path

import pytest

import capsim
from capsim.errors import CapsimError, ExtensionError, ProjectionError, ScenarioError, StudyError
from capsim.extensions import extend
from capsim.reach import text_that_ends
from capsim.scenario import read_schedule
from capsim.study import ensemble, load_baseline
from capsim.study.ensembles import Ensemble

FOLDERS = ("projection.json", "scenario.yaml", "milestones.parquet", "monthly.parquet")


def endless(file, kind):
    """A link to a device, or a pipe into which nobody writes, in place of a file."""
    file.unlink(missing_ok=True)
    if kind == "device":
        file.symlink_to("/dev/zero")
    else:
        os.mkfifo(file)


@pytest.fixture(scope="module")
def saved(aion, tmp_path_factory):
    return aion.save(tmp_path_factory.mktemp("saved") / "out")


@pytest.mark.parametrize("kind", ["device", "pipe"])
@pytest.mark.parametrize("name", FOLDERS)
def test_a_projection_of_endless_files_is_refused(saved, tmp_path, name, kind):
    folder = tmp_path / "out"
    shutil.copytree(saved, folder)
    endless(folder / name, kind)
    with pytest.raises(ProjectionError, match="is not a regular file"):
        capsim.Projection.load(folder)


def test_a_folder_with_an_endless_record_is_not_taken_for_a_projection(saved, tmp_path, aion):
    folder = tmp_path / "out"
    shutil.copytree(saved, folder)
    endless(folder / "projection.json", "device")
    with pytest.raises(ProjectionError, match="is not a saved projection; nothing was written"):
        aion.save(folder)


def test_an_endless_baseline_is_refused(tmp_path):
    (tmp_path / "baselines").mkdir()
    endless(tmp_path / "baselines" / "plan.first.json", "device")
    with pytest.raises(CapsimError, match="no baseline that can be read: is not a regular file"):
        load_baseline(str(tmp_path / "plan.yaml"), "first")


def test_an_endless_extension_is_refused(tmp_path):
    endless(tmp_path / "own.py", "device")
    with pytest.raises(ExtensionError, match="cannot be read: is not a regular file"):
        extend(tmp_path / "own.py")


@pytest.mark.parametrize("kind", ["device", "pipe"])
@pytest.mark.parametrize("ending", ["csv", "xer", "xml"])
def test_an_endless_schedule_is_refused(tmp_path, kind, ending):
    file = tmp_path / f"schedule.{ending}"
    endless(file, kind)
    with pytest.raises(ScenarioError, match="is not a regular file"):
        read_schedule(str(file))


def test_a_text_larger_than_any_saved_is_refused(tmp_path):
    file = tmp_path / "large.json"
    file.write_text("12345678", "utf-8")
    assert text_that_ends(file, 8) == "12345678"
    with pytest.raises(ValueError, match="must be at most 7 bytes long"):
        text_that_ends(file, 7)


def test_a_study_of_endless_files_is_refused(tmp_path):
    plan = capsim.load(Path(__file__).parents[1] / "scenario" / "ten-megawatts.yaml")
    ensemble(plan, n=2, folder=tmp_path / "e", processes=1)
    for name in sorted(path.name for path in (tmp_path / "e").iterdir() if path.is_file()):
        shutil.copytree(tmp_path / "e", tmp_path / name)
        endless(tmp_path / name / name, "device")
        with pytest.raises(StudyError, match=r"not a regular file|truncated or changed"):
            Ensemble.load(tmp_path / name)
