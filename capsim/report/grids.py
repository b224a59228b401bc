"""Tables of a terminal: every one of a report is built here, from columns and rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.segment import Segment, Segments
from rich.table import Column, Table
from rich.text import Text

UNLIMITED_WIDTH = 10_000
"""Wide enough for any table to show its natural width. [characters]"""
Cells = tuple[str, Sequence[str]]
"""Heading and cells of a column."""


def words(heading: str = "", **more: Any) -> Column:
    """A column of text, which goes on in the next line where it must."""
    return Column(heading, overflow="fold", **more)


def numbers(heading: str = "", **more: Any) -> Column:
    """A column of numbers to the right, which are never broken."""
    return Column(heading, justify="right", no_wrap=True, **more)


def columns(of_words: Sequence[str], of_numbers: Sequence[str]) -> list[Column]:
    """Columns of text and then of numbers, with headings of several lines."""
    left = [words(heading, vertical="bottom") for heading in of_words]
    return left + [numbers(heading, vertical="bottom") for heading in of_numbers]


def grid(
    of: Iterable[Column], rows: Iterable[Iterable[RenderableType]], *, gap: int = 0, headed: bool = True
) -> Table:
    """A table with a line below its headings, or without headings; `gap` is between columns. [characters]"""
    frame = box.SIMPLE_HEAD if headed else None
    return _filled(Table(*of, box=frame, padding=(0, gap, 0, 0), show_header=headed, show_edge=False), rows)


def open_grid(of: Iterable[Column], rows: Iterable[Iterable[RenderableType]]) -> Table:
    """A table without lines, its headings bold, a space between its columns."""
    return _filled(Table(*of, box=None, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False), rows)


def unframed(title: str, of: Iterable[Column], rows: Iterable[Iterable[RenderableType]]) -> Table:
    """A table with its title above and no line, each cell between spaces."""
    return _filled(Table(*of, title=title, title_justify="left", box=None), rows)


def _filled(table: Table, rows: Iterable[Iterable[RenderableType]]) -> Table:
    for row in rows:
        table.add_row(*row)
    return table


def across(of: Sequence[Cells]) -> Iterable[tuple[str, ...]]:
    """Rows of columns that are given with their cells."""
    return zip(*(cells for _, cells in of), strict=True)


def titled(title: str, *parts: RenderableType) -> Group:
    """A bold line, and what follows it."""
    return Group(Text(title, style="bold"), *parts)


def fits(table: Table, console: Console) -> bool:
    """Whether a console is as wide as a table would like to be."""
    return width_of(table, console) <= console.width


def width_of(table: Table, console: Console) -> int:
    """Width that a table would like to have. [characters]"""
    unlimited = console.options.update(max_width=UNLIMITED_WIDTH)
    return Measurement.get(console, unlimited, table).maximum


class Widest:
    """The first of several tables that is not too wide for where it is shown, or the last."""

    def __init__(self, *tables: Table) -> None:
        self.tables = tables

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        fitting = (table for table in self.tables if width_of(table, console) <= options.max_width)
        yield next(fitting, self.tables[-1])


class Stacked(Widest):
    """A table; where its words would be broken, the words of each row above its other cells."""

    def __init__(self, table: Table, left: int, rows: Sequence[Sequence[RenderableType]]) -> None:
        super().__init__(table)
        self._left, self._rows = left, rows

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        (table,) = self.tables
        unlimited = options.update(max_width=UNLIMITED_WIDTH)
        if sum(_unbroken(each, console, unlimited) + 1 for each in table.columns) - 1 <= options.max_width:
            yield table
            return
        heads = [
            Column(each.header, justify="right", no_wrap=True, vertical="bottom")
            for each in table.columns[self._left :]
        ]
        below = grid(heads, [row[self._left :] for row in self._rows])
        first, *lines = console.render_lines(below, options)
        above = len(lines) - len(self._rows)
        yield Segments([*first, Segment.line()])
        for line in lines[:above]:
            yield Segments([*line, Segment.line()])
        for row, line in zip(self._rows, lines[above:], strict=True):
            yield Text(", ".join(str(cell) for cell in row[: self._left] if str(cell)))
            yield Segments([*line, Segment.line()])


def _unbroken(column: Column, console: Console, options: ConsoleOptions) -> int:
    """Width in which no word of a column is broken, and no number. [characters]"""
    widths = [Measurement.get(console, options, cell) for cell in (column.header, *column.cells)]
    return max(each.maximum if column.no_wrap else each.minimum for each in widths)
