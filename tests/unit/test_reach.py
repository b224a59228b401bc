"""Tests `reach`."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from capsim.cli import app
from capsim.errors import ScenarioError
from capsim.reach import OUTSIDE, folders_in_reach, is_out_of_reach, reading_within
from capsim.scenario import load

SECRET = "root:x:0:0:secret"
"""First line of a file that nobody named."""
BASE = "schema: 1\nname: base\nstart: 2026-01-01\nsites: []\n"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder to work in, with a file beside it that no command names."""
    (tmp_path / "desk" / "plans").mkdir(parents=True)
    (tmp_path / "outside").write_text(f"{SECRET}\n")
    (tmp_path / "desk" / "link").symlink_to(tmp_path / "outside")
    monkeypatch.chdir(tmp_path / "desk")
    return tmp_path / "desk"


def said(*arguments):
    result = CliRunner().invoke(app, [*map(str, arguments)])
    return result.exit_code, result.output


NAMING = {
    "extends": "extends: {file}\nname: x\n",
    "catalog": "schema: 1\nname: x\nstart: 2026-01-01\nsites: []\ncatalog: {{systems: {file}}}\n",
    "quotes": "schema: 1\nname: x\nstart: 2026-01-01\nsites: []\ncosts: {{quotes: {file}}}\n",
    "status_file": "schema: 1\nname: x\nstart: 2026-01-01\nsites: []\nstatus_file: {file}\n",
    "demand": "schema: 1\nname: x\nstart: 2026-01-01\nsites: []\ndemand: {{h100e: {{file: {file}}}}}\n",
    "weather_file": "schema: 1\nname: x\nstart: 2026-01-01\nsites: [{{id: a, weather_file: {file}}}]\n",
}


@pytest.mark.parametrize("way", ["absolute", "relative", "link"])
@pytest.mark.parametrize("key", NAMING)
def test_a_file_outside_is_refused_and_not_quoted(desk, key, way):
    file = {"absolute": desk.parent / "outside", "relative": "../outside", "link": "link"}[way]
    (desk / "mine.yaml").write_text(NAMING[key].format(file=file))
    code, text = said("validate", "mine.yaml")
    assert (code, OUTSIDE in text, "secret" in text, "Traceback" in text) == (2, True, False, False)


def test_a_workbook_outside_is_refused_before_it_is_opened(desk):
    (desk.parent / "outside.xlsx").write_text(SECRET)
    (desk / "mine.yaml").write_text("extends: ../outside.xlsx\nname: x\n")
    code, text = said("validate", "mine.yaml")
    assert (code, OUTSIDE in text) == (2, True)


def test_a_folder_is_allowed_by_name_and_so_is_what_an_argument_names(desk):
    (desk.parent / "base.yaml").write_text(BASE)
    (desk / "mine.yaml").write_text("extends: ../base.yaml\nname: x\n")
    refused, allowed = said("validate", "mine.yaml"), said("validate", "mine.yaml", "--allow-path", "..")
    named = said("validate", "mine.yaml", desk.parent / "base.yaml")
    assert [OUTSIDE in text for _, text in (refused, allowed, named)] == [True, False, False]


def test_what_lies_under_the_working_folder_is_in_reach_of_a_scenario_deeper_in(desk):
    (desk / "base.yaml").write_text(BASE)
    (desk / "plans" / "mine.yaml").write_text("extends: ../base.yaml\nname: x\n")
    assert OUTSIDE not in said("validate", "plans/mine.yaml")[1]


def test_a_file_that_an_argument_names_and_is_not_there_is_told_as_such(desk):
    code, text = said("validate", desk.parent / "nowhere.yaml")
    assert (code, "no such file" in text) == (2, True)


def test_a_link_that_is_named_itself_is_read(desk):
    (desk.parent / "base.yaml").write_text(BASE)
    (desk / "alias.yaml").symlink_to(desk.parent / "base.yaml")
    assert OUTSIDE not in said("validate", "alias.yaml")[1]


def test_python_reads_what_it_names_unless_it_narrows_it(desk):
    (desk.parent / "base.yaml").write_text(BASE)
    (desk / "mine.yaml").write_text("extends: ../base.yaml\nname: x\n")
    outside = Path("..") / "base.yaml"
    assert not is_out_of_reach(outside)
    with reading_within("."):
        assert is_out_of_reach(outside)
        with pytest.raises(ScenarioError, match=OUTSIDE):
            load("mine.yaml")
    assert not is_out_of_reach(outside)


def test_the_folders_can_be_handed_on(tmp_path):
    assert folders_in_reach() == ()
    with reading_within(tmp_path):
        folders = folders_in_reach()
    assert str(tmp_path.resolve()) in folders
    with reading_within(*folders):
        assert not is_out_of_reach(tmp_path / "x")
        assert is_out_of_reach(tmp_path.parent / "x")


@pytest.mark.parametrize("arguments", [["examples"], ["examples", "copy", "claims/aion"]])
def test_what_ships_is_in_reach_from_anywhere(desk, arguments):
    code, text = said(*arguments)
    assert (code, OUTSIDE in text) == (0, False)
