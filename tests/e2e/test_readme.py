"""Do the examples of the README and of the goal seek print what is shown?"""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path
from types import SimpleNamespace

from typer.testing import CliRunner

from capsim.cli import app

ROOT = Path(__file__).resolve().parents[2]


def test_the_example_prints_what_the_readme_shows(monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    readme = (ROOT / "README.md").read_text("utf-8")
    command, block = re.findall(r"^\$ capsim (run [^\n]*)\n(.*?)```", readme, re.DOTALL | re.MULTILINE)[0]
    arguments = command.replace("out/aion", str(tmp_path / "aion")).split()
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "120"})
    printed = " ".join(result.stdout.split())
    lines = [line for line in block.splitlines() if line]
    assert len(lines) > 8
    for line in lines:
        assert " ".join(line.split()) in printed


def test_the_goal_seek_of_the_docs_prints_what_they_show(monkeypatch):
    monkeypatch.chdir(ROOT)
    studies = (ROOT / "docs" / "studies.md").read_text("utf-8").replace("\\\n", "")
    command, block = re.findall(r"^\$ capsim (solve [^\n]*)\n(.*?)```", studies, re.DOTALL | re.MULTILINE)[0]
    result = CliRunner().invoke(app, shlex.split(command), env={"COLUMNS": "100"})
    assert result.exit_code == 0
    assert " ".join(block.split()) == " ".join(result.stdout.split())


def test_the_table_of_published_cases_is_that_of_the_page_that_is_generated():
    page = SimpleNamespace(**runpy.run_path(str(ROOT / "docs" / "write_validation.py")))
    validation = (ROOT / "docs" / "validation.md").read_text("utf-8")
    shown = page.shown_in_readme(validation)
    readme = (ROOT / "README.md").read_text("utf-8")
    assert page.with_table(readme, shown) == readme
    assert len(shown.splitlines()) == 2 + 5
    for row in page.rows("held_by_tests"):
        assert row["case"] in validation
        assert (ROOT / "tests" / "validation" / row["test"]).exists()
    (dates,) = [row for row in page.rows("held_by_tests") if row["test"] == "test_first_power.py"]
    intervals = re.search(r"80 % intervals hold \d+ %", dates["capsim"])
    assert intervals is not None
    assert intervals[0] in " ".join(readme.split())


def test_the_readme_is_one_screen():
    """The example of 25 lines, and no more than twice that around it."""
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 85
