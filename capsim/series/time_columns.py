"""Which columns of a sheet have its times, as what texts, and by which clock their heading says."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from capsim.series.clock import Clock, check_zone, fixed_offset
from capsim.series.sheet import Sheet
from capsim.series.time_forms import looks_like_a_time, may_be_a_time

_TIME_NAME = re.compile(
    r"(?i)(date|time|timestamp|datum|zeit|zeitstempel|heure|horodate|utc|hour|stunde|period|month|year|quarter)"
    r"|unix.*|epoch.*|day|tag|monat|jahr|quartal|jour|mois|ann[ée]e|trimestre|mtu|datetime"
    r"|.*(date ?time|timestamp|time_?utc|utc_?time|interval_?start|start_?date|start_?time|valid_?time).*"
    r"|(mtu|datum|date|time|zeit|heures?|periode?) ?[\[(_-].*"
    r"|(datum|zeit|date|time)[ _-](von|from|start|utc|de)\b.*"
)
_CLOCK_NAME = re.compile(
    r"(?i)(hour|hours|heures?|stunde|anfang|start|time|uhrzeit|zeit|von|hour number)\b.*"
)
_DAY_NAME = re.compile(r"(?i)(date|datum|day|tag|jour|data date)\b.*")
_PARTS = ("year", "month", "day", "hour", "minute")
"""Columns of a time that has one for each of its parts; without the year it is a typical one."""
_LEAST_PARTS = 3
_TYPICAL_YEAR = "2001"
"""Stands for the year of times that have none: one of 365 days."""
_ZONE_NAME = re.compile(r"(?i)(time_?zone|timezone|tz|utc_?offset|zeitzone)")
_REGION = re.compile(
    r"\b(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific|US)/[\w+-]+(?:/\w+)?"
)
_PAIRS = (
    (re.compile(r"(?i)\bCET/CEST\b|\bMEZ/MESZ\b"), "Europe/Brussels"),
    (re.compile(r"(?i)\bEET/EEST\b"), "Europe/Helsinki"),
    (re.compile(r"(?i)\bWET/WEST\b"), "Europe/Lisbon"),
)
_OFFSET = re.compile(r"(?i)(?:\b(?:UTC|GMT)\s*|(?<=[(\[]))([+-]\d{1,2}(?::?\d{2})?)(?!\d)")
_AHEAD_ONE = re.compile(r"(?i)\b(?:CET|MEZ)\b")
_UTC = re.compile(r"(?i)(?<![a-z])(?:utc|gmt)(?![a-z])")
_UNKNOWN = re.compile(
    r"\b(?:[A-Z]{1,3}[SD]?T/[A-Z]{1,4}|[A-Z]{1,3}[SD]T)\b|(?i:\blocal\b|\blocale\b|\bOrtszeit\b)"
)
"""Words for clocks that stand for several, or that are not known."""
_BY_SAVING = "Europe/Brussels"
"""Clock that rows under CET and the like follow where they have its days of 23 and 25 hours."""


def time_columns(sheet: Sheet, time_column: str = "", *, is_of_any_year: bool = False) -> list[str]:
    """Columns of times: one, one of days and one of hours, or one for each part.

    Parameters
    ----------
    sheet : Sheet
        What is read.
    time_column : str
        What a planner says: a column, or two as ``day + hour``.
    is_of_any_year : bool
        Whether times may do without a year, as those of a typical one.

    Raises
    ------
    ValueError
        With the line, where there is none, or one that has times by its name and none in a form that is read.
    """
    if time_column:
        return [name.strip() for name in time_column.split("+")]
    parts = _of_quarters(sheet) or _parts(sheet)
    if parts and not is_of_any_year and parts[0].lower() != "year":
        raise ValueError(f"line {sheet.lines[0] - 1}: the times have no year (columns: {', '.join(parts)})")
    if parts:
        return parts
    named = [name for name in sheet.header if name and is_named_as_time(name)]
    first = next((name for name in named if may_be_a_time(sheet.first(name))), "")
    first = first or next((n for n in sheet.header if n and looks_like_a_time(sheet.first(n))), "")
    if not first and named:
        rule = "is no time in a form that is read, such as 2026-01-31T14:00"
        got = sheet.first(named[0])[:40] or "an empty cell"
        raise ValueError(f"line {sheet.lines[0]}: {named[0]} {rule} (got {got})")
    if not first:
        rule = "has no column of times; name it under time_column"
        raise ValueError(f"line {sheet.lines[0] - 1}: {rule} (columns: {', '.join(sheet.header)})")
    if _DAY_NAME.fullmatch(first) and not has_hours(sheet, first):
        clock = next((n for n in sheet.header if n != first and _CLOCK_NAME.fullmatch(n)), "")
        if clock and _is_clock(sheet.first(clock).partition(" - ")[0]):
            return [first, clock]
    return [first]


def is_named_as_time(name: str) -> bool:
    """Whether a column is one of times by its name."""
    return bool(_TIME_NAME.fullmatch(name))


def _parts(sheet: Sheet) -> list[str]:
    """Columns for each part of a time; none where there are too few."""
    by_name = {name.lower(): name for name in sheet.header}
    found = [by_name[part] for part in _PARTS if part in by_name]
    has_month = "month" in by_name and ("year" in by_name or "day" in by_name)
    of_numbers = has_month and all(_is_whole(sheet.first(name)) for name in found)
    return found if of_numbers and (len(found) >= _LEAST_PARTS or found[0].lower() == "year") else []


def _of_quarters(sheet: Sheet) -> list[str]:
    """A column of years and one of quarters; none where there are no such."""
    by_name = {name.lower(): name for name in sheet.header}
    found = [by_name[part] for part in ("year", "quarter") if part in by_name]
    is_bare = len(found) == 2 and bool(re.fullmatch(r"[QqTt]?[1-4]", sheet.first(found[1])))
    return found if is_bare else []


def _is_whole(cell: str) -> bool:
    return bool(re.fullmatch(r"\d{1,4}(\.0)?", cell))


def has_hours(sheet: Sheet, name: str) -> bool:
    """Whether the times of a column have hours."""
    cell = sheet.first(name)
    return ":" in cell or "T" in cell or len(cell) >= 13


def _is_clock(cell: str) -> bool:
    return bool(re.fullmatch(r"\d{1,2}([:hH]\d{2}(:\d{2})?)?( ?[AaPp][Mm])?", cell))


def times_of(sheet: Sheet, names: Sequence[str]) -> list[str]:
    """Times as one text each."""
    if (
        len(names) > 1
        and {name.lower() for name in names} <= set(_PARTS)
        and "month" in map(str.lower, names)
    ):
        return _joined(sheet, names)
    days = sheet.column(names[0])
    if len(names) == 1:
        return days
    if names[1].lower() == "quarter":
        quarters = sheet.column(names[1])
        return [f"{year}-Q{cell.lstrip('QqTt')}" for year, cell in zip(days, quarters, strict=True)]
    clock = [cell.partition(" - ")[0] for cell in sheet.column(names[1])]
    if all(cell.isdigit() for cell in clock):
        hours = _from_zero([int(cell) for cell in clock])
        clock = [f"{hour:02}:00" for hour in hours]
    return [f"{day} {hour}" for day, hour in zip(days, clock, strict=True)]


def _joined(sheet: Sheet, names: Sequence[str]) -> list[str]:
    """Times of numbers in columns of their own."""
    of_part: dict[str, list[int]] = {}
    for name in names:
        cells = zip(sheet.column(name), sheet.lines, strict=True)
        of_part[name.lower()] = [_whole(cell, line, names) for cell, line in cells]
    n = len(sheet.rows)
    years = of_part.get("year", [int(_TYPICAL_YEAR)] * n)
    dates = [f"{year:04}-{month:02}" for year, month in zip(years, of_part["month"], strict=True)]
    if "day" not in of_part:
        return dates
    dates = [f"{month}-{day:02}" for month, day in zip(dates, of_part["day"], strict=True)]
    if "hour" not in of_part:
        return dates
    hours = of_part["hour"] if "minute" in of_part else _from_zero(of_part["hour"])
    minutes = of_part.get("minute", [0] * n)
    return [f"{d} {hour:02}:{minute:02}" for d, hour, minute in zip(dates, hours, minutes, strict=True)]


def _whole(cell: str, line: int, names: Sequence[str]) -> int:
    try:
        number = float(cell)
        if math.isfinite(number):
            return int(number)
    except ValueError:
        pass
    raise ValueError(f"line {line}: has no {', '.join(names[:-1]).lower()} and {names[-1].lower()}")


def _from_zero(hours: Sequence[int]) -> list[int]:
    """Hours by their starts; those counted from 1 are told by their ends."""
    first = 1 if 24 in hours or 0 not in hours else 0
    return [hour - first for hour in hours]


def clock_in(names: Sequence[str], saving: str = "") -> Clock:
    """The clock that the heading of the times says.

    Parameters
    ----------
    names : sequence of str
        Columns of the times.
    saving : str
        Clock of the country that an export is of.

    Examples
    --------
    >>> clock_in(["time (Europe/Paris)"]).zone, clock_in(["Datum (MEZ)"]).zone, clock_in(["time"]).zone
    ('Europe/Paris', '+01:00', '')
    """
    said = " ".join(names)
    region = _REGION.search(said)
    if region is not None:
        return Clock(check_zone(region.group(0)))
    words = said.replace("_", " ")
    pair = next((zone for pattern, zone in _PAIRS if pattern.search(words)), "")
    if pair:
        return Clock(pair)
    offset = _OFFSET.search(words)
    ahead = "+01:00" if _AHEAD_ONE.search(words) else offset.group(1) if offset else ""
    if ahead:
        is_one = fixed_offset(ahead) == fixed_offset("+01:00")
        return Clock("+01:00" if is_one else check_zone(ahead), (saving or _BY_SAVING) if is_one else "")
    if _UTC.search(words):
        return Clock("UTC")
    unknown = _UNKNOWN.search(words)
    return Clock(unknown=unknown.group(0) if unknown else "")


def clock_of(sheet: Sheet, names: Sequence[str], *, saving: str = "", given: str = "") -> Clock:
    """The clock that is given, or that the heading of the times, a column of its own or an export says."""
    said = clock_in(names, saving)
    if given:
        return Clock(given, headed=tuple(zone for zone in (said.zone, said.saving) if zone))
    zone = said.zone or _zone_column(sheet) or saving
    return said if said.zone else Clock(zone, unknown="" if zone else said.unknown)


def _zone_column(sheet: Sheet) -> str:
    """The clock that a column of its own says, where it says the same in all rows."""
    name = next((n for n in sheet.header if _ZONE_NAME.fullmatch(n)), "")
    if not name:
        return ""
    zones = set(sheet.column(name))
    if len(zones) > 1:
        raise ValueError(f"column {name} has {len(zones)} time zones; give the offset with each time")
    return zones.pop()
