"""Studies killed at every step of their writing, damaged in every file, and worked on by two at once.

Tests `study.folder`, `study.store`.
"""

from __future__ import annotations

import os
import shutil
import sys

import numpy as np
import pytest

from capsim.errors import StudyError
from capsim.projection.plain import finite
from capsim.scenario.loading import override
from capsim.study.comparisons import compare
from capsim.study.ensembles import Ensemble, ensemble
from capsim.study.execution import Execution
from capsim.study.folder import study_folder
from capsim.study.sensitivities import sensitivity
from capsim.study.store import identity
from capsim.study.sweeps import sweep

KILLED = 9
EACH = 12
"""Steps that are tried one by one; after them only one in as many is."""
FILE_EVENTS = ("os.rename", "os.remove", "os.rmdir", "os.mkdir")

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]


def files(folder):
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


@pytest.fixture(scope="module")
def studies(small):
    """Studies of each kind, by name, each two blocks or more long."""
    other = override(small, {"finance.wacc_real": 0.09, "workload.allocation": 0.6})
    shares = [0.5 + 0.02 * i for i in range(20)]
    return {
        "ensemble": lambda **at: ensemble(small, 20, draws=True, by_site=True, processes=1, **at),
        "compare": lambda **at: compare([small, other], 20, processes=1, **at),
        "sensitivity": lambda **at: sensitivity(small, sobol=2, top=2, processes=1, **at),
        "sweep": lambda **at: sweep(small, {"workload.allocation": shares}, processes=1, **at),
    }


KINDS = pytest.mark.parametrize("kind", ["ensemble", "compare", "sensitivity", "sweep"])


@pytest.fixture(scope="module")
def whole(studies, tmp_path_factory):
    """Files of each study where nothing happens to it."""
    kept = {}
    for kind, study in studies.items():
        folder = tmp_path_factory.mktemp("whole") / kind
        study(folder=folder)
        kept[kind] = files(folder)
    return kept


def killed_at(step, study, folder):
    """Run a study in a process that dies before its n-th change of a file; whether it did die."""
    child = os.fork()
    if child == 0:
        seen = 0

        def die(event, arguments):
            nonlocal seen
            writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax")
            seen += bool(event in FILE_EVENTS or writes)
            if seen >= step:
                os._exit(KILLED)

        sys.addaudithook(die)
        try:
            study(folder=folder, resume=True)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == KILLED


@KINDS
def test_a_study_killed_at_any_step_of_writing_ends_with_the_same_bytes(studies, whole, kind, tmp_path):
    """Each folder is killed twice: at the step, and right after it was taken up again."""
    step, study = 1, studies[kind]
    folder = tmp_path / "1"
    while killed_at(step, study, folder):
        killed_at(2, study, folder)
        study(folder=folder, resume=True)
        assert files(folder) == whole[kind], f"killed at step {step}"
        assert not (folder / "draws").exists()
        # a study of many blocks repeats the same few steps for each
        step += 1 if step < EACH else EACH
        folder = tmp_path / str(step)
    assert step > 8, "the study makes a folder, writes two blocks and its results, and drops the blocks"


@KINDS
def test_a_stopped_study_goes_on_and_a_finished_one_is_only_read(studies, whole, kind, tmp_path):
    class StopError(Exception):
        pass

    def stop(done, total, left_s):
        raise StopError

    with pytest.raises(StopError):
        studies[kind](folder=tmp_path / "s", progress=stop)
    block = next((tmp_path / "s").rglob("*.block"))
    written_at = block.stat().st_mtime_ns
    with pytest.raises(StopError):
        studies[kind](folder=tmp_path / "s", resume=True, progress=stop)
    assert block.stat().st_mtime_ns == written_at, "a block that is there is not computed again"
    first = studies[kind](folder=tmp_path / "s", resume=True)
    assert files(tmp_path / "s") == whole[kind]
    again = studies[kind](folder=tmp_path / "s", resume=True, progress=stop)
    assert finite(again.to_dict()) == finite(first.to_dict())


DAMAGE = {
    "emptied": lambda data: b"",
    "truncated": lambda data: data[: len(data) // 2],
    "changed": lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
    "replaced": lambda data: b"[]",
}


@KINDS
@pytest.mark.parametrize("damage", DAMAGE)
def test_every_damaged_file_is_named(studies, whole, kind, damage, tmp_path):
    """Of a study that is under way, and of one that is finished; nothing is computed from damage."""

    def stop(done, total, left_s):
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        studies[kind](folder=tmp_path / "half", progress=stop)
    studies[kind](folder=tmp_path / "done")
    for folder in (tmp_path / "half", tmp_path / "done"):
        for name, data in files(folder).items():
            (folder / name).write_bytes(DAMAGE[damage](data))
            with pytest.raises(StudyError, match=name.rpartition("/")[2]):
                studies[kind](folder=folder, resume=True)
            (folder / name).write_bytes(data)
    studies[kind](folder=tmp_path / "half", resume=True)
    assert files(tmp_path / "half") == files(tmp_path / "done") == whole[kind]


def test_a_block_in_the_place_of_another_is_named(studies, small, tmp_path):
    def stop(done, total, left_s):
        if done == total:
            raise KeyboardInterrupt

    for seed in (0, 1):
        with pytest.raises(KeyboardInterrupt):
            ensemble(small, 32, seed=seed, processes=1, folder=tmp_path / str(seed), progress=stop)
    first, second = sorted((tmp_path / "0" / "draws").iterdir())
    kept = first.read_bytes()
    for wrong in (second, tmp_path / "1" / "draws" / first.name):
        shutil.copy(wrong, first)
        with pytest.raises(StudyError, match=r"000000\.block: changed .*, or of another study"):
            ensemble(small, 32, processes=1, folder=tmp_path / "0", resume=True)
    first.write_bytes(kept)
    ensemble(small, 32, processes=1, folder=tmp_path / "0", resume=True)
    ensemble(small, 32, seed=1, processes=1, folder=tmp_path / "1", resume=True)
    shutil.copy(tmp_path / "1" / "results.json", tmp_path / "0" / "results.json")
    with pytest.raises(StudyError, match=r"results\.json: of another study"):
        Ensemble.load(tmp_path / "0")


def test_two_at_once_are_kept_apart(tmp_path):
    about = identity("test")
    with study_folder(Execution(tmp_path / "s"), about):
        with (
            pytest.raises(StudyError, match="another process is working on this study"),
            study_folder(Execution(tmp_path / "s", resume=True), about),
        ):
            pass
        assert (tmp_path / "s" / "study.json").exists()


def test_a_study_that_ends_before_its_first_block_leaves_nothing(small, tmp_path):
    wrong = {"workload.allocation": [1.5]}
    with pytest.raises(Exception, match="at most 1"):
        sweep(small, wrong, processes=1, folder=tmp_path / "s")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "mine").mkdir()
    with pytest.raises(Exception, match="at most 1"):
        sweep(small, wrong, processes=1, folder=tmp_path / "mine")
    assert list((tmp_path / "mine").iterdir()) == []
    (tmp_path / "mine" / "draws").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(StudyError, match="not the folder of a study"):
        sweep(small, processes=1, axes={"workload.allocation": [0.5]}, folder=tmp_path / "mine")
    assert {f.name for f in (tmp_path / "mine").iterdir()} == {"draws", "notes.txt"}


def test_a_full_disk_is_said(small, tmp_path):
    with study_folder(Execution(tmp_path / "s"), identity("test")) as store:
        shutil.rmtree(store.draws)
        with pytest.raises(StudyError, match=r"000000\.block: cannot be written: No such file"):
            store.write(0, np.ones((1, 1)))
