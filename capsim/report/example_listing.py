"""What ships to start from: scenarios, claims and plans, each with its first line and the command for it."""

from __future__ import annotations

from pathlib import Path

from rich.console import Group
from rich.text import Text

from capsim.reach import reading_within
from capsim.report.grids import grid, words
from capsim.report.validation import taken_by
from capsim.scenario import examples, first_line, names_above

OTHERS = "extends"
"""What takes a scenario that is there to be extended."""


def example_written(file: Path) -> str:
    """What is said of a copy: its name, and the command that takes it.

    Examples
    --------
    >>> example_written(examples()["claims/stargate"])[-13:]
    'stargate.yaml'
    >>> example_written(Path("chips.csv"))
    'Written to chips.csv'
    """
    if file.suffix != ".yaml":
        return f"Written to {file}"
    # a copy lies where its user said, and needs to be named by nobody else
    with reading_within(file.parent):
        command, is_allowed = taken_by(str(file)), names_above(file)
    more = f" --allow-path {file.parent.parent}" if is_allowed else ""
    return f"Written to {file}: {command} {file}{more}" if command else f"Written to {file}"


def examples_listing() -> Group:
    """Every example: its name, the command that takes it, and what its first line says."""
    rows = [(name, taken_by(str(file)) or OTHERS, first_line(file)) for name, file in examples().items()]
    heads = [words("name", no_wrap=True), words("taken by", no_wrap=True), words("what it is")]
    table = grid(heads, rows, gap=2)
    return Group(table, Text("capsim examples copy NAME writes copies, with the files they name."))
