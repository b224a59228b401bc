"""From an empty folder with only the wheel: what ships, and a first scenario."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from capsim.scenario import examples

pytestmark = pytest.mark.e2e


@pytest.fixture
def installed(wheel, command, tmp_path):
    """``installed(*arguments)``: the command of the wheel, in an empty folder, and what it says."""

    def run(*arguments):
        done = command(*arguments, cwd=tmp_path, PYTHONPATH=str(wheel))
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return run


def test_the_wheel_is_what_runs(wheel, tmp_path):
    asked = [sys.executable, "-c", "import capsim; print(capsim.__file__)"]
    done = subprocess.run(
        asked, cwd=tmp_path, env={"PYTHONPATH": str(wheel)}, capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == str(wheel / "capsim" / "__init__.py")


def test_the_wheel_has_every_example_once(wheel):
    shipped = {
        f.relative_to(wheel / "capsim" / "examples").with_suffix("")
        for f in wheel.rglob("examples/**/*.yaml")
    }
    assert {name.as_posix() for name in shipped} == set(examples())
    assert not (wheel / "scenarios").exists()


def test_examples_are_listed_copied_and_valid(installed, tmp_path):
    listed = installed("examples")
    assert all(name in listed for name in examples())
    written = installed("examples", "copy", "aion").splitlines()
    assert "Written to claims/aion.yaml: capsim audit claims/aion.yaml" in written
    assert "Written to aion-288k-h100e.yaml: capsim run aion-288k-h100e.yaml" in written
    files = sorted(file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*.yaml"))
    lines = installed("validate", *files).splitlines()
    assert [line.split(": ok ")[0] for line in lines] == files


def test_a_new_scenario_names_a_schema_that_is_there(installed, tmp_path):
    installed("new", "first", "--from", "behind-the-meter", "--country", "usa", "--mw", 30)
    schema = tmp_path / "scenario.schema.json"
    assert (
        (tmp_path / "first.yaml").read_text().startswith(f"# yaml-language-server: $schema={schema.name}\n")
    )
    assert json.loads(schema.read_text()) == json.loads(installed("schema"))
    schema.write_text("{}")
    installed("new", "second")
    assert schema.read_text() == "{}"
