"""Tables of a terminal: every one of a report is built here, from columns and rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.segment import Segment, Segments
from rich.table import Column, Table
from rich.text import Text

from capsim.report.folding import Name

UNLIMITED_WIDTH = 10_000
"""Wide enough for any table to show its natural width. [characters]"""
Cells = tuple[str, Sequence[str]]
"""Heading and cells of a column."""
_ID = re.compile(r"[A-Za-z][\w.-]*[-_.][\w.-]*")
"""A name without spaces, which may go on in the next line where it is joined."""


class Split(Table):
    """A table; where its words or numbers would be broken, its columns in several, the first in each."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        parts = self.parts(console, options)
        if parts is None:
            yield from super().__rich_console__(console, options)
            return
        for number, places in enumerate(parts):
            yield from [Text()] if number else []
            yield self._of(places, self.title if number == 0 else None)

    def parts(self, console: Console, options: ConsoleOptions) -> list[list[int]] | None:
        """Places of the columns of each part; None where the table is whole."""
        unlimited = options.update(max_width=UNLIMITED_WIDTH)
        needed = [_unbroken(self, column, console, unlimited) for column in self.columns]
        between = 0 if self.box is None else 1
        room = options.max_width + between
        needed = [width + between for width in needed]
        if sum(needed) <= room:
            return None
        first = self._first(needed, room)
        parts, used = [list(range(first))], sum(needed[:first])
        for place in range(first, len(needed)):
            if used + needed[place] > room and len(parts[-1]) > first:
                parts.append(list(range(first)))
                used = sum(needed[:first])
            parts[-1].append(place)
            used += needed[place]
        return parts if len(parts) > 1 else None

    def _calculate_column_widths(self, console: Console, options: ConsoleOptions) -> list[int]:
        """Widths of columns: what is broken gets its room from those that have more than they need."""
        widths = super()._calculate_column_widths(console, options)
        unlimited = options.update(max_width=UNLIMITED_WIDTH)
        needed = [_unbroken(self, column, console, unlimited) for column in self.columns]
        taken = [max(pair) for pair in zip(widths, needed, strict=True)]
        for _ in range(sum(taken) - sum(widths)):
            richest = max(range(len(taken)), key=lambda place: taken[place] - needed[place])
            taken[richest] -= 1
        return taken if all(map(int.__ge__, taken, needed)) else widths

    def _first(self, needed: Sequence[int], room: int) -> int:
        """How many columns of words stand in every part: as many as leave room for any other."""
        words = next((i for i, each in enumerate(self.columns) if each.no_wrap), len(needed) - 1)
        counts = range(min(words, len(needed) - 1), 0, -1)
        return next((n for n in counts if sum(needed[:n]) + max(needed[n:]) <= room), 1)

    def _of(self, places: Sequence[int], title: Any) -> Table:
        """Some of the columns as a table."""
        part = Split(*(self.columns[place].copy() for place in places), title=title)
        for name in ("box", "padding", "pad_edge", "show_edge", "show_header", "title_justify"):
            setattr(part, name, getattr(self, name))
        cells = [list(self.columns[place].cells) for place in places]
        for row in zip(*cells, strict=True):
            part.add_row(*row)
        return part


def _unbroken(table: Table, column: Column, console: Console, options: ConsoleOptions) -> int:
    """Width in which no word of a column is broken, and no number. [characters]"""
    measured = table._measure_column(console, options, column)
    return measured.maximum if column.no_wrap else measured.minimum


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
    return _filled(Split(*of, box=frame, padding=(0, gap, 0, 0), show_header=headed, show_edge=False), rows)


def open_grid(of: Iterable[Column], rows: Iterable[Iterable[RenderableType]]) -> Table:
    """A table without lines, its headings bold, a space between its columns."""
    return _filled(Split(*of, box=None, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False), rows)


def unframed(title: str, of: Iterable[Column], rows: Iterable[Iterable[RenderableType]]) -> Table:
    """A table with its title above and no line, each cell between spaces."""
    return _filled(Split(*of, title=title, title_justify="left", box=None), rows)


def _filled(table: Table, rows: Iterable[Iterable[RenderableType]]) -> Table:
    for row in rows:
        table.add_row(*map(_named, table.columns, row))
    return table


def _named(column: Column, cell: RenderableType) -> RenderableType:
    """A cell, as a name where it is one in a column of words."""
    return Name(cell) if isinstance(cell, str) and not column.no_wrap and _ID.fullmatch(cell) else cell


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
        if _is_whole(table, console, options):
            yield table
            return
        heads = [
            Column(each.header, justify="right", no_wrap=True, vertical="bottom")
            for each in table.columns[self._left :]
        ]
        below = grid(heads, [row[self._left :] for row in self._rows])
        # beside one another even the other cells find no room
        if not _is_whole(below, console, options):
            yield table
            return
        first, *lines = console.render_lines(below, options)
        above = len(lines) - len(self._rows)
        yield Segments([*first, Segment.line()])
        for line in lines[:above]:
            yield Segments([*line, Segment.line()])
        for row, line in zip(self._rows, lines[above:], strict=True):
            yield Text(", ".join(str(cell) for cell in row[: self._left] if str(cell)))
            yield Segments([*line, Segment.line()])


def _is_whole(table: Table, console: Console, options: ConsoleOptions) -> bool:
    """Whether a table stands in one part, with no word broken."""
    return isinstance(table, Split) and table.parts(console, options) is None
