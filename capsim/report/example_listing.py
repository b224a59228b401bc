"""What ships to start from: scenarios, claims and plans, each with its first line and the command for it."""

from __future__ import annotations

from pathlib import Path

from rich.console import Group
from rich.text import Text

from capsim.report.grids import grid, words
from capsim.report.validation import TAKEN_BY, kind_of_file
from capsim.scenario import examples, first_line


def command_for(file: Path) -> str:
    """The command that takes a file.

    Examples
    --------
    >>> command_for(examples()["claims/stargate"])[:14]
    'capsim audit /'
    """
    return f"capsim {TAKEN_BY[kind_of_file(str(file))]} {file}"


def examples_listing() -> Group:
    """Every example: its name, the command that takes it, and what its first line says."""
    rows = [
        (name, f"capsim {TAKEN_BY[kind_of_file(str(file))]}", first_line(file))
        for name, file in examples().items()
    ]
    table = grid(
        [words("name", no_wrap=True), words("takes it", no_wrap=True), words("what it is")], rows, gap=2
    )
    return Group(table, Text("capsim examples copy NAME writes copies, with the files they name."))
