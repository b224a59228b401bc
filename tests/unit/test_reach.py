"""Tests `reach`."""

from __future__ import annotations

from inspect import signature
from pathlib import Path

import pytest
from typer.testing import CliRunner

from capsim import cli
from capsim.cli import app
from capsim.errors import ScenarioError
from capsim.reach import OUTSIDE, folders_in_reach, is_out_of_reach, reading_within
from capsim.scenario import files_set, load
from capsim.terminal import FILES, FOLDERS

SECRET = "root:x:0:0:secret"
"""First line of a file that nobody named."""
BASE = "schema: 1\nname: base\nstart: 2026-01-01\nsites: []\n"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder to work in, with a file beside it that no command names."""
    (tmp_path / "desk" / "plans").mkdir(parents=True)
    (tmp_path / "outside").write_text(f"{SECRET}\n", "utf-8")
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
    (desk / "mine.yaml").write_text(NAMING[key].format(file=file), "utf-8")
    code, text = said("validate", "mine.yaml")
    assert (code, OUTSIDE in text, "secret" in text, "Traceback" in text) == (2, True, False, False)


def test_a_workbook_outside_is_refused_before_it_is_opened(desk):
    (desk.parent / "outside.xlsx").write_text(SECRET, "utf-8")
    (desk / "mine.yaml").write_text("extends: ../outside.xlsx\nname: x\n", "utf-8")
    code, text = said("validate", "mine.yaml")
    assert (code, OUTSIDE in text) == (2, True)


def test_a_folder_is_allowed_by_name_and_so_is_what_an_argument_names(desk):
    (desk.parent / "base.yaml").write_text(BASE, "utf-8")
    (desk / "mine.yaml").write_text("extends: ../base.yaml\nname: x\n", "utf-8")
    refused, allowed = said("validate", "mine.yaml"), said("validate", "mine.yaml", "--allow-path", "..")
    named = said("validate", "mine.yaml", desk.parent / "base.yaml")
    assert [OUTSIDE in text for _, text in (refused, allowed, named)] == [True, False, False]


def test_the_working_folder_is_in_reach_only_by_name(desk):
    """A service may be started in the root of the machine, where everything lies under its folder."""
    (desk / "base.yaml").write_text(BASE, "utf-8")
    (desk / "plans" / "mine.yaml").write_text("extends: ../base.yaml\nname: x\n", "utf-8")
    for ways, is_refused in (((), True), (("base.yaml",), False), (("--allow-path", "."), False)):
        assert (OUTSIDE in said("validate", "plans/mine.yaml", *ways)[1]) == is_refused


CATALOG = "schema: 1\nname: x\nstart: 2026-01-01\nsites: []\ncatalog: {{systems: {file}}}\n"


def test_from_the_root_of_the_machine_nothing_else_is_read(desk, monkeypatch):
    (desk / "mine.yaml").write_text(CATALOG.format(file=desk.parent / "outside"), "utf-8")
    monkeypatch.chdir("/")
    code, text = said("validate", desk / "mine.yaml")
    assert (code, OUTSIDE in text, "secret" in text) == (2, True, False)


@pytest.mark.parametrize(
    "given",
    [
        ("--set", "title={folder}"),
        ("--set", "title={folder}/outside"),
        ("--set", "sites.a.owner={folder}"),
        ("--set", "catalog.systems={folder}"),
        ("--override", "{folder}"),
    ],
    ids=" ".join,
)
def test_text_that_happens_to_be_a_folder_or_a_file_opens_neither(desk, given):
    (desk / "mine.yaml").write_text(CATALOG.format(file="../outside"), "utf-8")
    flag, text = given
    told = said("validate", "mine.yaml", flag, text.format(folder=desk.parent))[1]
    # what names the catalogue anew has taken the place of the file outside
    assert OUTSIDE in told or "catalog.systems=" in text
    assert "secret" not in told


def test_what_is_only_written_opens_nothing(desk):
    (desk / "mine.yaml").write_text(CATALOG.format(file="../outside"), "utf-8")
    (desk.parent / "page.html").write_text("", "utf-8")
    for flag in ("--report", "--plot", "--out"):
        told = said("run", "mine.yaml", flag, desk.parent / "page.html")[1]
        assert "secret" not in told


SETTINGS = (
    "sites.a.weather_file={file}",
    "catalog.systems={file}",
    "costs.quotes={file}",
    "status_file={file}",
    "demand.h100e={{file: {file}}}",
    "sites.a.tariff={{level_per_mwh: {{file: {file}}}}}",
)


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_file_that_an_option_sets_is_named_on_the_command_line(desk, setting):
    (desk.parent / "given").write_text("given\n", "utf-8")
    (desk / "mine.yaml").write_text(BASE, "utf-8")
    assert OUTSIDE not in said("validate", "mine.yaml", "--set", setting.format(file="../given"))[1]
    assert list(files_set([setting.format(file="../given")])) == ["../given"]


def test_a_setting_that_is_none_names_no_file():
    assert list(files_set(["nonsense", "a=", "sites.a.title=x.csv", "demand=[", "nowhere.file=x"])) == []


def test_files_that_a_sweep_tries_are_in_reach(desk):
    (desk.parent / "one.epw").write_text("x", "utf-8")
    (desk / "mine.yaml").write_text(BASE, "utf-8")
    told = said("ensemble", "mine.yaml", "--sweep", "sites.a.weather_file=../one.epw,../one.epw")[1]
    assert OUTSIDE not in told


def test_a_schedule_and_an_imported_table_are_read_where_they_are(desk):
    (desk.parent / "table.csv").write_text("name,field\n", "utf-8")
    for arguments in (("catalog", "import", "../table.csv", "--as", "systems"), ("schedule", "../table.csv")):
        assert OUTSIDE not in said(*arguments)[1]


def test_every_parameter_that_is_read_is_one_of_a_command():
    names = {name for command in cli.COMMANDS for name in signature(command).parameters}
    assert {*FILES, *FOLDERS} <= names


def test_a_file_that_an_argument_names_and_is_not_there_is_told_as_such(desk):
    code, text = said("validate", desk.parent / "nowhere.yaml")
    assert (code, "no such file" in text) == (2, True)


def test_a_link_that_is_named_itself_is_read(desk):
    (desk.parent / "base.yaml").write_text(BASE, "utf-8")
    (desk / "alias.yaml").symlink_to(desk.parent / "base.yaml")
    assert OUTSIDE not in said("validate", "alias.yaml")[1]


def test_python_reads_what_it_names_unless_it_narrows_it(desk):
    (desk.parent / "base.yaml").write_text(BASE, "utf-8")
    (desk / "mine.yaml").write_text("extends: ../base.yaml\nname: x\n", "utf-8")
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
