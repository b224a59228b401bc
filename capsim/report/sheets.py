"""Tables as a page shows them: headings and cells as text, made of frames and of what a terminal shows."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from capsim.projection import NONE
from capsim.report.figure_cells import cells_of
from capsim.report.grids import Widest
from capsim.units import KILO, MEGA
from capsim.vocabulary import DECLARED

WIDTH = 100
"""Width of what is no table. [characters]"""


@dataclass(frozen=True)
class Sheet:
    """A table of a page."""

    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    title: str = ""
    numeric: frozenset[int] = frozenset()
    """Columns of numbers."""
    text: str = ""
    """What stands in the place of a table."""
    on_paper: Mapping[int, int] | None = None
    """Of a table that is too long for paper: rows that are printed, and how many rows each stands for; all
    rows where missing."""
    note: str = ""
    """What is said above the table of its rows."""


def by_year(table: pd.DataFrame, money_unit: str, title: str) -> Sheet:
    """Declared figures of calendar years, a row each, in sizes that need few digits."""
    years = [str(year) for year in table.index]
    called = {one.named(money_unit[:3].lower()): one for one in DECLARED["yearly"].values()}
    rows = []
    for name in map(str, table.columns):
        values = table[name].tolist()
        if name in called and pd.api.types.is_numeric_dtype(table[name]):
            row, cells = cells_of(called[name], values, money_unit)
        else:
            row, cells = name.replace("_", " "), [cell(value) for value in values]
        rows.append([row, *cells])
    shown = [row for row in rows if set(row[1:]) - {"0", NONE, "0.0"}]
    return Sheet(["", *years], shown, title, frozenset(range(1, len(years) + 1)))


def money_by_year(table: pd.DataFrame, currency: str, title: str) -> Sheet:
    """Flows and balances of calendar years, a row each, in millions."""
    years = [str(year) for year in table["year"]]
    rows = [
        [
            str(name).removesuffix(f"_{currency}").replace("_", " "),
            *(f"{round(v / MEGA):,}" for v in table[name]),
        ]
        for name in table.columns.drop("year")
    ]
    shown = [row for row in rows if set(row[1:]) - {"0"}]
    return Sheet(["", *years], shown, title, frozenset(range(1, len(years) + 1)))


def cell(value: Any) -> str:
    """A value as a cell shows it."""
    if not isinstance(value, float):
        return str(value)
    return NONE if value != value else f"{value:,.0f}" if abs(value) >= KILO else f"{value:.4g}"  # noqa: PLR0124


def sheets_of(shown: Any) -> Iterator[Sheet]:
    """What a terminal shows as tables of a page: a bold line is the title of what follows it."""
    title = ""
    for part in _parts(shown):
        if isinstance(part, Text) and str(part.style) == "bold":
            title = part.plain.strip()
        elif isinstance(part, Table):
            sheet = _sheet(part)
            yield replace(sheet, title=sheet.title or title)
            title = ""
        elif words := _plain(part).strip():
            yield Sheet(title=title, text=words)
            title = ""


def _parts(shown: Any) -> Iterator[Any]:
    if isinstance(shown, Group):
        for part in shown.renderables:
            yield from _parts(part)
    else:
        yield shown.tables[0] if isinstance(shown, Widest) else shown


def _sheet(table: Table) -> Sheet:
    columns = [[_plain(each).strip() for each in column.cells] for column in table.columns]
    # a name that was folded for a terminal is whole again
    heads = [_plain(column.header).strip().replace("-\n", "-") for column in table.columns]
    heads = heads if table.show_header else []
    numeric = frozenset(i for i, column in enumerate(table.columns) if column.justify == "right")
    title = "" if table.title is None else _plain(table.title).strip()
    return Sheet(heads, [*zip(*columns, strict=True)], title, numeric)


def _plain(shown: Any) -> str:
    """What is shown, without colour."""
    if isinstance(shown, str):
        return shown
    if isinstance(shown, Text):
        return shown.plain
    file = io.StringIO()
    Console(file=file, width=WIDTH, markup=False, emoji=False, highlight=False, _environ={}).print(shown)
    return file.getvalue()
