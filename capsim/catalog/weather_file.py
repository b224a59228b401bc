"""A user's own weather year: a strict reader of CSV and EPW files.

A CSV file has a header with the columns ``dry_bulb_c`` and ``wet_bulb_c`` and one row per UTC hour of a
365-day year, from 1 January 00:00. An EPW file is EnergyPlus' weather format in the standard time of
its location (UTF-8 or, as many are, Latin-1 text); its wet-bulb is computed from dry-bulb, relative
humidity and mean pressure. Lines without a value at the end of a file are ignored.
"""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np

from capsim.catalog.reading import read_bytes
from capsim.catalog.wide import in_utc
from capsim.models.psychrometrics import wet_bulb_c
from capsim.models.weather import Weather
from capsim.units import HOURS_PER_DAY, HOURS_PER_STANDARD_YEAR, Array

_EPW_HEADER_LINES = 8
_EPW_TIME_ZONE = 8
_EPW_ZONES_H = (-12.0, 14.0)
_EPW_MONTH, _EPW_DAY, _EPW_HOUR = 1, 2, 3
_EPW_COLUMNS = {"dry-bulb": 6, "relative humidity": 8, "pressure": 9}
_ANY_YEAR = 2001
"""A year of 365 days."""
_PLAUSIBLE_C = (-70.0, 60.0)
_PLAUSIBLE_PA = (50_000.0, 120_000.0)
_SATURATED_K = 0.05
"""How far rounding may put a wet-bulb above its dry-bulb. [K]"""
_PERCENT = 100.0


def read_weather(path: str) -> Weather:
    """Weather of a file, hour by hour in UTC.

    Parameters
    ----------
    path : str
        A ``.csv`` or ``.epw`` file.

    Returns
    -------
    weather : Weather
        8760 hours; read-only, the same object while the file does not change.

    Raises
    ------
    ValueError
        In words, with the line: a file that cannot be read, is not of the format, is not a whole
        year, or has a value that is missing or implausible.
    """
    file = Path(path)
    stamp = file.stat().st_mtime_ns if file.exists() else 0
    return _read(path, stamp)


@lru_cache(maxsize=16)
def _read(path: str, stamp: int) -> Weather:  # noqa: ARG001 - the stamp is part of the key
    raw, is_epw = read_bytes(Path(path)), path.lower().endswith(".epw")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        if not is_epw:
            raise ValueError("is not UTF-8 text") from None
        text = raw.decode("latin-1")
    weather = _epw(_rows(text)) if is_epw else _csv(_rows(text))
    for series in weather:
        series.flags.writeable = False
    return weather


def _rows(text: str) -> list[list[str]]:
    """Rows of a file without the empty ones at its end."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=None)))
    except csv.Error as error:
        raise ValueError(f"is not readable as rows of text: {error}") from None
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    return rows


def _csv(rows: list[list[str]]) -> Weather:
    header = [name.strip() for name in rows[0]] if rows else []
    missing = [name for name in ("dry_bulb_c", "wet_bulb_c") if name not in header]
    if missing:
        raise ValueError(f"line 1: missing column {' and '.join(missing)}")
    body = rows[1:]
    dry = _column(body, header.index("dry_bulb_c"), "dry_bulb_c", 2, _PLAUSIBLE_C)
    wet = _column(body, header.index("wet_bulb_c"), "wet_bulb_c", 2, _PLAUSIBLE_C)
    too_wet = np.flatnonzero(wet > dry + _SATURATED_K)
    if too_wet.size:
        raise ValueError(f"line {too_wet[0] + 2}: the wet-bulb is above the dry-bulb")
    return Weather(dry, np.minimum(wet, dry))


def _epw(rows: list[list[str]]) -> Weather:
    if not rows or rows[0][:1] != ["LOCATION"] or len(rows[0]) <= _EPW_TIME_ZONE:
        raise ValueError("line 1: an EPW file starts with LOCATION and its time zone")
    offset = _offset_h(rows[0][_EPW_TIME_ZONE])
    body, first = rows[_EPW_HEADER_LINES:], _EPW_HEADER_LINES + 1
    dry = _column(body, _EPW_COLUMNS["dry-bulb"], "dry-bulb", first, _PLAUSIBLE_C)
    humidity = _column(body, _EPW_COLUMNS["relative humidity"], "relative humidity", first, (0.0, 110.0))
    pressure = _column(body, _EPW_COLUMNS["pressure"], "pressure", first, _PLAUSIBLE_PA)
    _check_order(body, first)
    wet = wet_bulb_c(dry, np.minimum(humidity / _PERCENT, 1.0), pressure_pa=float(pressure.mean()))
    return Weather(in_utc(dry, offset), in_utc(np.minimum(wet, dry), offset))


def _offset_h(text: str) -> float:
    """Time zone of an EPW file. [h ahead of UTC]"""
    try:
        offset = float(text)
    except ValueError:
        raise ValueError("line 1: the time zone is not a number") from None
    low, high = _EPW_ZONES_H
    if not low <= offset <= high:
        raise ValueError(f"line 1: the time zone must be from {low:g} to {high:g} (got {offset:g})")
    return offset


def _check_order(rows: list[list[str]], first_line: int) -> None:
    """Find the first row of an EPW file that is not the hour after the one before it."""
    day = date(_ANY_YEAR, 1, 1)
    days = (day + timedelta(days=n) for n in range(HOURS_PER_STANDARD_YEAR // HOURS_PER_DAY))
    hours = ((d.month, d.day, hour) for d in days for hour in range(1, HOURS_PER_DAY + 1))
    for line, (row, expected) in enumerate(zip(rows, hours, strict=True), start=first_line):
        try:
            written = tuple(int(row[column]) for column in (_EPW_MONTH, _EPW_DAY, _EPW_HOUR))
        except ValueError:
            written = ()
        if written != expected:
            month, of_month, hour = expected
            raise ValueError(f"line {line}: must be hour {hour} of {month:02}-{of_month:02}")


def _column(
    rows: list[list[str]], column: int, name: str, first_line: int, plausible: tuple[float, float]
) -> Array:
    """Numbers of a column, one per hour of a year."""
    if len(rows) != HOURS_PER_STANDARD_YEAR:
        raise ValueError(f"must have {HOURS_PER_STANDARD_YEAR} hours (has {len(rows)})")
    values = np.empty(len(rows))
    for i, row in enumerate(rows):
        try:
            values[i] = float(row[column])
        except (IndexError, ValueError):
            raise ValueError(f"line {i + first_line}: {name} is not a number") from None
    low, high = plausible
    wrong = np.flatnonzero(~((values >= low) & (values <= high)))
    if wrong.size:
        line, value = wrong[0] + first_line, values[wrong[0]]
        raise ValueError(f"line {line}: {name} must be from {low:g} to {high:g} (got {value:g})")
    return values
