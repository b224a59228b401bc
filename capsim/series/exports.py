"""Where a file has its times, its values and its unit: by known exports, else by its header."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from capsim.registry import did_you_mean
from capsim.series.layouts import LAYOUTS, Layout
from capsim.series.sheet import Sheet
from capsim.series.stamps import looks_like_a_time
from capsim.series.unit_kinds import MEASURES

_NONE: Mapping[str, str] = MappingProxyType({})
_BRACKETS = re.compile(r"[\[(]([^\])]*)[\])]")
_TIME_NAME = re.compile(
    r"(?i)(date|time|timestamp|datum|zeit|zeitstempel|heure|horodate|utc|hour|stunde|period|month|year|quarter)"
    r"|mtu|datetime"
    r"|.*(date ?time|timestamp|time_?utc|utc_?time|interval_?start|start_?date|start_?time|valid_?time).*"
    r"|(mtu|datum|date|time|zeit|heures?|periode?) ?[\[(_-].*"
    r"|(datum|zeit|date|time)[ _-](von|from|start|utc|de)\b.*"
)
_CLOCK_NAME = re.compile(
    r"(?i)(hour|hours|heures?|stunde|anfang|start|time|uhrzeit|zeit|von|hour number)\b.*"
)
_DAY_NAME = re.compile(r"(?i)(date|datum|day|tag|jour|data date)\b.*")
_ZONE_NAME = re.compile(r"(?i)(time_?zone|timezone|tz|utc_?offset|zeitzone)")
_ZONES = (
    (re.compile(r"(?i)\bCET/CEST\b|\bMEZ/MESZ\b"), "Europe/Brussels"),
    (re.compile(r"(?i)\bEET/EEST\b"), "Europe/Helsinki"),
    (re.compile(r"(?i)\bWET/WEST\b"), "Europe/Lisbon"),
    (re.compile(r"(?i)(?<![a-z])(utc|gmt)(?![a-z+-])"), "UTC"),
)
_OF_THE_YEAR = re.compile(r"(?i)\bGMT\+1\b|\bMEZ\b|\bUTC\+1\b|\bCET\b")
"""Words for an hour ahead of UTC all year, unless an export is known to mean the clock of its country."""
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


@dataclass(frozen=True)
class Layer:
    """Where a sheet has what is wanted."""

    sheet: Sheet
    times: list[str]
    values: str
    """Column of the values."""
    unit: str
    """Unit as the planner, the header or the layout says it; empty where none does."""
    zone: str
    """Clock of times that do not say theirs; empty where nothing says it."""
    order: str
    ends: bool
    export: str
    """Name of the export; empty where the layout is none of the known."""


def located(sheet: Sheet, wanted: Wanted) -> Layer:
    """Find times, values, unit and clock in a sheet; ValueError in words where they cannot be told."""
    sheet, units_row = _without_units(sheet)
    sheet = _with_cells(sheet, wanted.rows)
    layout = None if wanted.time_column else next((one for one in LAYOUTS if _is_of(sheet, one)), None)
    if layout is not None:
        sheet = _one_series(sheet, layout)
    times_at = _time_columns(sheet, wanted, layout)
    values = wanted.column or _of_layout(sheet, wanted, layout) or _chosen(sheet, wanted, times_at, units_row)
    cells = sheet.column(values)
    if layout is not None and layout.is_sparse:
        sheet = sheet.only([i for i, cell in enumerate(cells) if cell])
    if not sheet.rows:
        raise ValueError(f"column {values} has no value")
    unit = wanted.unit or _unit_in(values, units_row.get(values, ""), wanted.measure)
    if not unit and layout is not None:
        unit = layout.units.get(wanted.measure, "")
    zone = (
        wanted.time_zone
        or _zone_in(" ".join(times_at), of_an_export=layout is not None)
        or _zone_column(sheet)
    )
    return Layer(
        sheet=sheet,
        times=_times(sheet, times_at),
        values=values,
        unit=unit,
        zone=zone or (layout.zone if layout else ""),
        order=wanted.date_order or (layout.order if layout else ""),
        ends=wanted.ends or (layout is not None and layout.ends),
        export=layout.name if layout else "",
    )


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


def _time_columns(sheet: Sheet, wanted: Wanted, layout: Layout | None) -> list[str]:
    """Columns of times: one, or one of days and one of hours."""
    if wanted.time_column:
        return [name.strip() for name in wanted.time_column.split("+")]
    if layout is not None:
        found = [name for pattern in layout.time if (name := _first(sheet.header, (pattern,)))]
        return found[: 1 if found and _has_hours(sheet, found[0]) else 2]
    named = [name for name in sheet.header if name and _TIME_NAME.fullmatch(name)]
    first = next((n for n in named if looks_like_a_time(_cell(sheet, n)) or _is_year(_cell(sheet, n))), "")
    first = first or next((n for n in sheet.header if n and looks_like_a_time(_cell(sheet, n))), "")
    if not first:
        rule = "has no column of times; name it under time_column"
        raise ValueError(f"line {sheet.lines[0] - 1}: {rule} (columns: {', '.join(sheet.header)})")
    if _DAY_NAME.fullmatch(first) and not _has_hours(sheet, first):
        clock = next((n for n in sheet.header if n != first and _CLOCK_NAME.fullmatch(n)), "")
        if clock and _is_clock(_cell(sheet, clock)):
            return [first, clock]
    return [first]


def _cell(sheet: Sheet, name: str) -> str:
    """First cell of a column that is not empty."""
    return next((cell for cell in sheet.column(name) if cell), "")


def _has_hours(sheet: Sheet, name: str) -> bool:
    return ":" in _cell(sheet, name) or "T" in _cell(sheet, name) or len(_cell(sheet, name)) >= 13


def _is_clock(cell: str) -> bool:
    return bool(re.fullmatch(r"\d{1,2}([:hH]\d{2}(:\d{2})?)?( ?[AaPp][Mm])?", cell))


def _is_year(cell: str) -> bool:
    return bool(re.fullmatch(r"(19|20)\d{2}|\d{8}(:?\d{4})?", cell))


def _times(sheet: Sheet, names: list[str]) -> list[str]:
    """Times as one text each."""
    days = sheet.column(names[0])
    if len(names) == 1:
        return days
    clock = [cell.partition(" - ")[0] for cell in sheet.column(names[1])]
    if all(cell.isdigit() for cell in clock):
        # hours counted from 1 are told by their ends
        first = 1 if "24" in clock or not {"0", "00"} & set(clock) else 0
        clock = [f"{int(cell) - first:02}:00" for cell in clock]
    return [f"{day} {hour}" for day, hour in zip(days, clock, strict=True)]


def _of_layout(sheet: Sheet, wanted: Wanted, layout: Layout | None) -> str:
    return "" if layout is None else _first(sheet.header, layout.values.get(wanted.measure, ()))


def _chosen(sheet: Sheet, wanted: Wanted, times: list[str], units: Mapping[str, str]) -> str:
    """The column that has the values, by its unit, its name, or because there is no other."""
    offered = [name for name in sheet.header if name and name not in times and _is_number(_cell(sheet, name))]
    tests: tuple[Callable[[str], bool], ...] = (
        lambda name: bool(_unit_in(name, units.get(name, ""), wanted.measure)),
        lambda name: bool(re.search(f"(?i){_WORDS[wanted.measure]}", name)),
        lambda _: True,
    )
    for fits in tests:
        found = [name for name in offered if fits(name)]
        if len(found) == 1:
            return found[0]
    if not offered:
        raise ValueError(f"line {sheet.lines[0]}: no column has numbers (columns: {', '.join(sheet.header)})")
    raise ValueError(
        f"has {len(offered)} columns of numbers; write one of them: column: {' | '.join(offered)}"
    )


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"[+−-]?[\d\s  '.,]*\d([eE][+-]?\d+)?", cell.strip()))


def _unit_in(name: str, beneath: str, measure: str) -> str:
    """The unit that a header has in brackets, or that a name ends with; empty where there is none."""
    texts = [*_BRACKETS.findall(name), *_BRACKETS.findall(beneath), beneath]
    texts = [part for text in texts for part in (text, text.partition(",")[0], text.partition(";")[0])]
    ending = re.search(
        r"(?i)(?:^|_)((?:eur|usd|gbp|ct|c|g|kg)(?:co2e?)?_per_[kmg]?wh|[kmg]w|h100e|pue)$", name
    )
    texts += [ending.group(1)] if ending else []
    # as in "prix EUR/MWh", and a heading that is the unit alone
    texts.append(name.strip().rpartition(" ")[2])
    if measure == "shape":
        return ""
    known = MEASURES[measure]
    return next((text.strip() for text in texts if text.strip() and known.unit_of(text)), "")


def _zone_in(names: str, *, of_an_export: bool) -> str:
    """The clock that the header of the times names; empty where it names none."""
    zone = next((zone for pattern, zone in _ZONES if pattern.search(names.replace("_", " "))), "")
    is_ahead = not zone and not of_an_export and _OF_THE_YEAR.search(names.replace("_", " "))
    return "+01:00" if is_ahead else zone


def _zone_column(sheet: Sheet) -> str:
    """The clock that a column of its own says, where it says the same in all rows."""
    name = next((n for n in sheet.header if _ZONE_NAME.fullmatch(n)), "")
    if not name:
        return ""
    zones = set(sheet.column(name))
    if len(zones) > 1:
        raise ValueError(f"column {name} has {len(zones)} time zones; give the offset with each time")
    return zones.pop()
