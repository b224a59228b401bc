"""Titles and tables of studies."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from capsim.report.folding import Name
from capsim.report.grids import Stacked, columns, grid, titled


def study_table(
    title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1
) -> RenderableType:
    """A titled table; so many columns from the left are text, and no number is broken."""
    named: list[list[RenderableType]] = [[*map(Name, row[:left]), *row[left:]] for row in rows]
    table = grid(columns(headings[:left], headings[left:]), named)
    return titled(title, Stacked(table, left, rows), "")


def study_title(text: str, more: str) -> Text:
    """A bold line, and what is said of it below."""
    return Text(text, style="bold").append(f"\n{more}\n", style="not bold")
