"""Where a weather file has its times, temperatures and humidity: EPW, TMY3, NSRDB, PVGIS, and plain tables.

What names a column, a unit or a clock is read from the file; nothing depends on where the file comes from.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from capsim.registry import did_you_mean
from capsim.series import (
    MISSING,
    Clock,
    Sheet,
    clock_of,
    is_named_as_time,
    may_be_a_time,
    sheet_of_text,
    time_columns,
    times_of,
)
from capsim.units import HOURS_PER_DAY, MINUTES_PER_HOUR

DRY, WET, HUMIDITY, DEW, PRESSURE = "dry-bulb", "wet-bulb", "relative humidity", "dew point", "pressure"
_NAMES: Mapping[str, str] = {
    DRY: r"dry_?bulb(_c)?|dry[- ]?bulb( \(c\))?|t2m(_c)?|temp(erature)?(_air|_2m|_c)?"
    r"|air_?temp(erature)?(_c)?|t_?db|tair|ta|dry_bulb_temperature",
    WET: r"wet_?bulb(_c)?|wet[- ]?bulb|t_?wb|wet_bulb_temperature|wet_bulb_temperature_2m",
    HUMIDITY: r"rh|rhum|relative_?humidity(_2m)?|relative humidity|relhum|humidity|hurs|rh_(2m|pct|percent)",
    DEW: r"dew_?point(_c|_2m)?|dew[- ]?point|dew_point_2m|d2m|tdew|td|dew_point_temperature",
    PRESSURE: r"pressure(_pa|_hpa|_mbar)?|(surface|station)_?pressure|sp|pres|atmos(pheric)?[_ ]pressure",
}
_UNIT = re.compile(r"[\s_]*[\[(]([^\])]*)[\])]\s*$")
_PREAMBLE = 60
"""Lines among which the header is looked for."""
_EPW_HEADER = 8
_EPW_ZONE = 8
_EPW_SOURCE = 4
_EPW_ZONES_H = (-12.0, 14.0)
_EPW_COLUMNS = {DRY: 6, DEW: 7, HUMIDITY: 8, PRESSURE: 9}
_OF_UTC = re.compile(r"(?i)ecmwf|pvgis|era5?\b")
"""Makers of EPW files whose hours are of UTC, whatever zone their header has."""
_MOST_ALIKE = 0.9
"""Of the cells of a column, the share that differ where they are times."""


@dataclass(frozen=True)
class WeatherTable:
    """Columns of a weather file as text, and the clock they are by."""

    times: Sequence[str]
    """Times of the rows; empty where the file has none, and its rows are the hours of a year of UTC."""
    clock: Clock
    lines: Sequence[int]
    columns: Mapping[str, Sequence[str]]
    names: Mapping[str, str]
    """Names that the file has for them, for messages."""
    separator: str
    order: str = ""
    ends: bool = False
    notes: tuple[str, ...] = field(default=())


def epw_table(text: str) -> WeatherTable:
    """Columns of EnergyPlus' weather format, whose hours are of its location's standard time."""
    try:
        rows = list(csv.reader(text.splitlines()))
    except csv.Error as error:
        raise ValueError(f"is not readable as rows of text: {error}") from None
    if not rows or rows[0][:1] != ["LOCATION"] or len(rows[0]) <= _EPW_ZONE:
        raise ValueError("line 1: an EPW file starts with LOCATION and its time zone")
    zone_h, notes = _epw_zone_h(rows[0][_EPW_ZONE]), tuple[str, ...]()
    if zone_h and any(_OF_UTC.search(cell) for cell in rows[0][_EPW_SOURCE : _EPW_SOURCE + 1]):
        notes = (
            f"its header says UTC{zone_h:+g}, and files of {rows[0][_EPW_SOURCE]} have hours of UTC: read so",
        )
        zone_h = 0.0
    body = [(number, row) for number, row in enumerate(rows[_EPW_HEADER:], start=_EPW_HEADER + 1) if any(row)]
    if not body:
        raise ValueError(f"line {_EPW_HEADER}: there are no hours")
    lines = [number for number, _ in body]
    columns = {
        name: [row[place].strip() if len(row) > place else "?" for _, row in body]
        for name, place in _EPW_COLUMNS.items()
    }
    times = [_epw_time(number, row) for number, row in body]
    names = {name: name for name in columns}
    return WeatherTable(times, Clock(_offset(zone_h)), lines, columns, names, ",", notes=notes)


def _epw_zone_h(text: str) -> float:
    """Time zone of an EPW file. [h ahead of UTC]"""
    try:
        offset = float(text)
    except ValueError:
        raise ValueError("line 1: the time zone is not a number") from None
    low, high = _EPW_ZONES_H
    if not low <= offset <= high:
        raise ValueError(f"line 1: the time zone must be from {low:g} to {high:g} (got {offset:g})")
    return offset


def _epw_time(line: int, row: Sequence[str]) -> str:
    """Start of the hour of a row, which counts hours from 1."""
    try:
        year, month, day, hour = (int(cell) for cell in row[:4])
    except ValueError:
        raise ValueError(f"line {line}: has no year, month, day and hour") from None
    if not 1 <= hour <= 24:
        raise ValueError(f"line {line}: the hour must be from 1 to 24 (got {hour})")
    return f"{year:04}-{month:02}-{day:02} {hour - 1:02}:00"


def _offset(hours: float) -> str:
    """A fixed clock as text."""
    minutes = round(abs(hours) * MINUTES_PER_HOUR)
    whole, part = divmod(minutes, MINUTES_PER_HOUR)
    return f"{'-' if hours < 0 else '+'}{whole:02}:{part:02}"


def json_table(text: str) -> WeatherTable:
    """Columns of PVGIS' JSON: rows under ``outputs``."""
    try:
        outputs = json.loads(text)["outputs"]
        rows = next(value for key, value in outputs.items() if key in ("tmy_hourly", "hourly"))
        header = tuple(rows[0])
        cells = [[str(row.get(name, "")) for name in header] for row in rows]
    except (ValueError, LookupError, TypeError, StopIteration, AttributeError, RecursionError):
        raise ValueError("is no JSON of PVGIS: it has no outputs with tmy_hourly or hourly") from None
    return _of_sheet(Sheet(header, cells, list(range(1, len(cells) + 1)), ""), "UTC")


def text_table(text: str) -> WeatherTable:
    """Columns of a table of text, after whatever lines come before its header."""
    lines = text.splitlines()
    at = next((i for i, line in enumerate(lines[:_PREAMBLE]) if _is_header(line)), None)
    if at is None:
        first = next((line for line in lines if line.strip()), "")
        names = [cell.strip() for cell in re.split(r"[;,\t|]", first)]
        hint = next((did for name in names if (did := did_you_mean(name, ["dry_bulb_c", "wet_bulb_c"]))), "")
        rule = "missing column dry_bulb_c and wet_bulb_c, or relative_humidity or dew_point_c in its place"
        raise ValueError(f"line 1: {rule}{hint} (columns: {', '.join(names)[:80]})")
    sheet = _without_footer(sheet_of_text(text, skip=at))
    zone, is_tmy3 = _zone_before(lines[:at])
    made = _of_sheet(sheet, zone)
    return replace(made, order="month, day, year", ends=True) if is_tmy3 else made


def _without_footer(sheet: Sheet) -> Sheet:
    """The sheet without the lines under its rows that explain its columns, with fewer cells and words."""
    end = len(sheet.rows)
    while end > 1 and len(sheet.rows[end - 1]) < len(sheet.header) and not _is_row(sheet.rows[end - 1]):
        end -= 1
    return sheet.only(list(range(end)))


def _is_row(cells: Sequence[str]) -> bool:
    """Whether a line has values after its first cell."""
    return any(re.fullmatch(r"[-+]?[\d.,]+", cell.strip()) for cell in cells[1:])


def _is_header(line: str) -> bool:
    return any(what_is(cell)[0] == DRY for cell in re.split(r"[;,\t|]", line))


def what_is(name: str) -> tuple[str, str]:
    """What a column is, and the unit in its name; empty where it is nothing that is needed."""
    unit = _UNIT.search(name)
    plain = _UNIT.sub("", name).strip().strip('"').lower()
    found = next((what for what, names in _NAMES.items() if re.fullmatch(names, plain)), "")
    return found, unit.group(1) if unit else ""


def _zone_before(preamble: Sequence[str]) -> tuple[str, bool]:
    """The clock that the lines before a header say, and whether they are those of TMY3."""
    rows = [next(csv.reader([line]), []) for line in preamble]
    for names, values in pairwise(rows):
        for key in ("Time Zone", "timezone", "utc_offset_seconds"):
            if key in names and names.index(key) < len(values):
                said = values[names.index(key)]
                seconds = key == "utc_offset_seconds"
                if re.fullmatch(r"[+-]?\d+(\.\d+)?", said):
                    return _offset(float(said) / (MINUTES_PER_HOUR**2 if seconds else 1)), False
    # the station's line of TMY3: number, name, state, zone, latitude, longitude, elevation
    first = rows[0] if rows else []
    if len(rows) == 1 and len(first) >= 7 and re.fullmatch(r"-?\d+(\.\d+)?", first[3].strip()):
        return _offset(float(first[3])), True
    return "", False


def _of_sheet(sheet: Sheet, zone: str) -> WeatherTable:
    columns: dict[str, Sequence[str]] = {}
    names: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    for name in sheet.header:
        what, unit = what_is(name)
        if not what or what in columns:
            continue
        cells = sheet.column(name)
        if all(cell.lower() in MISSING for cell in cells):
            notes += (f"{name} has no value",)
            continue
        columns[what], names[what] = cells, name
        notes += (f"{name} is in {unit}",) if unit.lower().strip("°º") in ("f", "k") else ()
    if DRY not in columns or not {WET, HUMIDITY, DEW} & set(columns):
        words = {DRY: "dry_bulb_c", WET: "wet_bulb_c"}
        rule = " and ".join(words[what] for what in (DRY, WET) if what not in columns)
        hint = "" if DRY not in columns else ", or relative_humidity or dew_point_c in its place"
        empty = f" ({'; '.join(notes)})" if notes else ""
        raise ValueError(f"line {sheet.lines[0] - 1}: missing column {rule}{hint}{empty}")
    times, clock = _times(sheet, zone)
    return WeatherTable(times, clock, sheet.lines, columns, names, sheet.separator, notes=notes)


def _times(sheet: Sheet, said: str) -> tuple[Sequence[str], Clock]:
    """Times of the rows and their clock; none where no column has times."""
    try:
        columns = time_columns(sheet, is_of_any_year=True)
    except ValueError:
        _check_no_times(sheet)
        return [], Clock()
    return times_of(sheet, columns), clock_of(sheet, columns, given=said)


def _check_no_times(sheet: Sheet) -> None:
    """Refuse times in a form that is not read: without them rows would be hours from 1 January."""
    n = len(sheet.rows)
    counters = [
        [str(start + i % length) for i in range(n)] for start in (0, 1) for length in (n, HOURS_PER_DAY)
    ]
    for name in sheet.header:
        cells = sheet.column(name) if name else []
        if not cells or what_is(name)[0] or cells in counters or len(set(cells)) < _MOST_ALIKE * n:
            continue
        if is_named_as_time(name) or may_be_a_time(cells[0]) or not re.fullmatch(r"[-+.,\deE]*", cells[0]):
            rule = "has no times in a form that is read, such as 2026-01-31T14:00"
            raise ValueError(f"line {sheet.lines[0]}: column {name} {rule} (got {cells[0][:40]})")
