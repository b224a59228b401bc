"""What ships to start from: scenarios, claims and plans, each with its first line and the command for it."""

from __future__ import annotations

from pathlib import Path

from rich.console import Group
from rich.text import Text

from capsim.language.tree import Faults
from capsim.report.grids import grid, words
from capsim.report.validation import TAKEN_BY, kind_of_file
from capsim.scenario import examples, first_line, read_file


def command_for(file: Path) -> str:
    """The command that takes a file.

    Examples
    --------
    >>> command_for(examples()["claims/stargate"])[:14]
    'capsim audit /'
    """
    return f"{_taken_by(file)} {file}"


def _taken_by(file: Path) -> str:
    """The command that takes a file, or the key that does: a part of scenarios has no name of its own."""
    kind, tree = kind_of_file(str(file)), read_file(str(file), "file", Faults())
    is_part = kind == "scenario" and "name" not in tree.value
    return "extends:" if is_part else f"capsim {TAKEN_BY[kind]}"


def examples_listing() -> Group:
    """Every example: its name, the command that takes it, and what its first line says."""
    rows = [(name, _taken_by(file), first_line(file)) for name, file in examples().items()]
    table = grid(
        [words("name", no_wrap=True), words("takes it", no_wrap=True), words("what it is")], rows, gap=2
    )
    return Group(table, Text("capsim examples copy NAME writes copies, with the files they name."))
