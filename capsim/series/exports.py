"""Where a file has its times, its values and its unit: by known exports, else by its header."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from capsim.registry import did_you_mean
from capsim.series.clock import Clock
from capsim.series.header_units import checked_heading, unit_said
from capsim.series.layouts import LAYOUTS, Layout
from capsim.series.sheet import Sheet
from capsim.series.time_columns import clock_of, has_hours, time_columns, times_of
from capsim.series.time_forms import looks_like_a_time

_NONE: Mapping[str, str] = MappingProxyType({})
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "price": r"price|preis|prix|spot|day.?ahead|lmp|tariff|cost",
        "carbon intensity": r"carbon|co2|intensity|emission|ci\b",
        "power": r"load|demand|consumption|power|last|consommation|verbrauch|leistung|mw\b|kw\b",
        "temperature": r"temp|dry|t2m",
        "PUE": r"\bpue\b",
        "shape": r"load|demand|share|util|requests|tokens|cpu|gpu|value|profile|last|power",
        "demand": r"demand|h100e|gpu|load|value",
        "users": r"users|customers|subscribers|value",
    }
)
_MOST_LISTED = 6


@dataclass(frozen=True)
class Wanted:
    """What a planner says of a file, beyond its name."""

    measure: str
    column: str = ""
    time_column: str = ""
    time_zone: str = ""
    unit: str = ""
    rows: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """Cells that rows must have, by column."""
    date_order: str = ""
    ends: bool = False
    """Whether stamps are the ends of what they stand for."""
    decimal: str = ""
    """The decimal mark, a comma or a point; empty where the column tells it."""


@dataclass(frozen=True)
class Layer:
    """Where a sheet has what is wanted."""

    sheet: Sheet
    times: list[str]
    times_at: list[str]
    """Columns of the times."""
    values: str
    """Column of the values."""
    unit: str
    """Unit as the planner, the header or the layout says it; empty where none does."""
    clock: Clock
    """Clock of times that do not say theirs."""
    order: str
    ends: bool
    export: str
    """Name of the export; empty where the layout is none of the known."""
    note: str
    """What of the sheet was left out, in words; empty where nothing was."""


def located(sheet: Sheet, wanted: Wanted) -> Layer:
    """Find times, values, unit and clock in a sheet; ValueError in words where they cannot be told."""
    sheet, units_row = _without_units(sheet)
    sheet = _with_cells(sheet, wanted.rows)
    layout = None if wanted.time_column else next((one for one in LAYOUTS if _is_of(sheet, one)), None)
    if layout is not None:
        sheet = _one_series(sheet, layout)
    times_at = _of_export(sheet, layout) if layout else time_columns(sheet, wanted.time_column)
    sheet, note = _without_footer(sheet, times_at[0])
    values = wanted.column or _of_layout(sheet, wanted, layout) or _chosen(sheet, wanted, times_at, units_row)
    cells = sheet.column(values)
    if layout is not None and layout.is_sparse:
        sheet = sheet.only([i for i, cell in enumerate(cells) if cell])
    if not sheet.rows:
        raise ValueError(f"column {values} has no value")
    unit = checked_heading(values, units_row.get(values, ""), wanted.measure, wanted.unit)
    if not unit and layout is not None:
        unit = layout.units.get(wanted.measure, "")
    own_zone = layout.zone if layout else ""
    return Layer(
        sheet=sheet,
        times=times_of(sheet, times_at),
        times_at=times_at,
        values=values,
        unit=unit,
        clock=clock_of(sheet, times_at, saving=own_zone, given=wanted.time_zone),
        order=wanted.date_order or (layout.order if layout else ""),
        ends=wanted.ends or (layout is not None and layout.ends),
        export=layout.name if layout else "",
        note=note,
    )


def _without_footer(sheet: Sheet, times_at: str) -> tuple[Sheet, str]:
    """The sheet without rows under the series that have words in place of times, and a word on these."""
    times = sheet.column(times_at)
    end = len(times)
    while end > 1 and times[end - 1] and not re.search(r"\d", times[end - 1]):
        end -= 1
    if end == len(times):
        return sheet, ""
    count = f"{len(times) - end} row{'' if len(times) - end == 1 else 's'}"
    return sheet.only(list(range(end))), f"{count} under the series left out ({times[end][:40]})"


def _without_units(sheet: Sheet) -> tuple[Sheet, Mapping[str, str]]:
    """The sheet without a second row that has the units of the first, and these."""
    row = sheet.rows[0]
    has_numbers = any(_is_number(cell) for cell in row)
    is_units = len(sheet.rows) > 1 and not has_numbers and not any(map(looks_like_a_time, row))
    if not is_units or not any(
        "/" in cell or "(" in cell or cell.strip() in ("MW", "%", "°C") for cell in row
    ):
        return sheet, _NONE
    return sheet.only(list(range(1, len(sheet.rows)))), dict(zip(sheet.header, row, strict=False))


def _with_cells(sheet: Sheet, cells: Mapping[str, str]) -> Sheet:
    for name, value in cells.items():
        column = sheet.column(name)
        kept = [i for i, cell in enumerate(column) if cell == value]
        if not kept:
            offered = list(dict.fromkeys(column))
            raise ValueError(f"no row has {value} for {name}{did_you_mean(value, offered)}")
        sheet = sheet.only(kept)
    return sheet


def _is_of(sheet: Sheet, layout: Layout) -> bool:
    return all(_first(sheet.header, (pattern,)) for pattern in layout.needs)


def _first(names: Iterable[str], patterns: Iterable[str]) -> str:
    """The first name that the first pattern fits, else the next; empty where none fits any."""
    offered = list(names)
    return next((name for pattern in patterns for name in offered if re.fullmatch(pattern, name)), "")


def _one_series(sheet: Sheet, layout: Layout) -> Sheet:
    """The sheet once it has one series: of an auction given in several sequences the first."""
    if "Sequence" in sheet.header:
        first = ("Without Sequence", "Sequence 1", "Sequence Sequence 1", "1", "")
        sheet = sheet.only([i for i, cell in enumerate(sheet.column("Sequence")) if cell in first])
    for key in layout.keys:
        offered = list(dict.fromkeys(sheet.column(key))) if key in sheet.header else []
        if len(offered) > 1:
            some = ", ".join(offered[:_MOST_LISTED])
            rule = f"has rows of {len(offered)} values of {key} ({some}, ...); write one under rows"
            raise ValueError(f"{rule}, such as rows: {{{key}: {offered[0]}}}")
    return sheet


def _of_export(sheet: Sheet, layout: Layout) -> list[str]:
    """Columns of times of a known export: one, or one of days and one of hours."""
    found = [name for pattern in layout.time if (name := _first(sheet.header, (pattern,)))]
    return found[: 1 if found and has_hours(sheet, found[0]) else 2]


def _of_layout(sheet: Sheet, wanted: Wanted, layout: Layout | None) -> str:
    return "" if layout is None else _first(sheet.header, layout.values.get(wanted.measure, ()))


def _chosen(sheet: Sheet, wanted: Wanted, times: list[str], units: Mapping[str, str]) -> str:
    """The column that has the values, by its unit, its name, or because there is no other."""
    offered = [name for name in sheet.header if name and name not in times and _is_number(sheet.first(name))]
    tests: tuple[Callable[[str], bool], ...] = (
        lambda name: bool(unit_said(name, units.get(name, ""), wanted.measure)),
        lambda name: bool(re.search(f"(?i){_WORDS[wanted.measure]}", name)),
        lambda _: True,
    )
    for fits in tests:
        found = [name for name in offered if fits(name)]
        if len(found) == 1:
            return found[0]
    if not offered:
        _check_bare(sheet, times)
        raise ValueError(f"line {sheet.lines[0]}: no column has numbers (columns: {', '.join(sheet.header)})")
    raise ValueError(
        f"has {len(offered)} columns of numbers; write one of them: column: {' | '.join(offered)}"
    )


def _check_bare(sheet: Sheet, times: list[str]) -> None:
    """Refuse numbers that have their unit in the cell."""
    for name in sheet.header:
        cell = sheet.first(name) if name and name not in times else ""
        if re.fullmatch(r"[€$£]? ?[\d.,]+ ?[^\d\s]{1,8}|[€$£] ?[\d.,]+", cell):
            rule = f"{name} has numbers with a unit (got {cell})"
            raise ValueError(f"line {sheet.lines[0]}: {rule}; write them alone, and the unit in the header")


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"[+−-]?[\d\s  '.,]*\d([eE][+-]?\d+)?", cell.strip()))
