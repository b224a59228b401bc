"""Does the example of the README print what the README shows?"""

from __future__ import annotations

import re
from pathlib import Path

from typer.testing import CliRunner

from capsim.cli import app

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "capsim run scenarios/aion-288k-h100e.yaml"


def shown_lines() -> list[str]:
    """Lines of output the README shows below the command, without headings of columns and gaps."""
    (block,) = re.findall(rf"\$ {COMMAND}[^\n]*\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    return [line for line in block.splitlines() if re.match(r"AION|\d{4} |-|  ", line)]


def test_the_example_prints_what_the_readme_shows(monkeypatch):
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(app, COMMAND.split()[1:], env={"COLUMNS": "120"})
    printed = " ".join(result.stdout.split())
    lines = shown_lines()
    assert len(lines) > 8
    for line in lines:
        assert " ".join(line.removeprefix("-").split()) in printed
