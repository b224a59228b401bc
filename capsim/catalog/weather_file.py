"""A user's own weather year: EPW, TMY3, NSRDB, PVGIS (CSV and JSON) and plain tables, as they come.

A table has the dry-bulb, and the wet-bulb or what it follows from: relative humidity or dew point. Where
there is a time column its times count, whatever order the rows are in and whichever month comes first; where
there is none, the rows are the hours of a year of UTC from 1 January. A 29 February is left out, with a word,
and is the 28th in leap years.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.catalog.weather_layouts import (
    DEW,
    DRY,
    HUMIDITY,
    PRESSURE,
    WET,
    WeatherTable,
    epw_table,
    json_table,
    text_table,
    what_is,
)
from capsim.models.psychrometrics import STANDARD_PRESSURE_PA, saturation_pressure_pa, wet_bulb_c
from capsim.models.weather import Weather
from capsim.series import (
    MEASURES,
    Minutes,
    Stamps,
    TwoReadingsError,
    Unit,
    fixed_offset,
    numbers_of,
    read_bytes,
    read_stamps,
    stamp_of,
    text_of,
    to_hours,
)
from capsim.units import (
    DAYS_IN_MONTH,
    HOURS_PER_DAY,
    HOURS_PER_STANDARD_YEAR,
    KILO,
    MINUTES_PER_HOUR,
    MONTHS_PER_YEAR,
    Array,
)

_ANY_YEAR = 2001
"""A year of 365 days."""
_LEAP_YEAR_H = HOURS_PER_STANDARD_YEAR + HOURS_PER_DAY
_FEBRUARY_28_END_H = 59 * HOURS_PER_DAY
_DAY = HOURS_PER_DAY * MINUTES_PER_HOUR
_MOST_DAYS = 368
"""Days of UTC that a year by another clock may touch. [d]"""
_FEBRUARY_29 = 28
"""Days of February before it. [d]"""
_STARTS = np.concatenate([[0], np.cumsum(DAYS_IN_MONTH)])[:-1]
"""First day of each month in a year of 365 days, from 0. [d]"""
_PLAUSIBLE_C = (-70.0, 60.0)
_PLAUSIBLE_PA = (50_000.0, 120_000.0)
_PLAUSIBLE_SHARE = (0.0, 1.1)
_PA_PER_HPA = 100.0
_MOST_HPA = 2000.0
_SATURATED_K = 0.05
"""How far rounding may put a wet-bulb above its dry-bulb. [K]"""
_PERCENT = 100.0
_SHARES = {"%": 1.0 / _PERCENT, "pct": 1.0 / _PERCENT, "percent": 1.0 / _PERCENT, "1": 1.0, "-": 1.0}
"""Units of relative humidity."""
_PASCALS = {"pa": 1.0, "hpa": _PA_PER_HPA, "mbar": _PA_PER_HPA, "mb": _PA_PER_HPA, "kpa": KILO}
"""Units of pressure. [Pa]"""


class WeatherFile(NamedTuple):
    """A weather year, and what was repaired or taken for granted."""

    weather: Weather
    notes: tuple[str, ...]


def read_weather(path: str) -> Weather:
    """Weather of a file, hour by hour in UTC.

    Parameters
    ----------
    path : str
        An ``.epw`` file, a ``.json`` of PVGIS, or a table of text.

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
    return _read(path, stamp_of(path)).weather


def weather_notes(path: str) -> tuple[str, ...]:
    """What was repaired or taken for granted in a weather file that can be read."""
    return _read(path, stamp_of(path)).notes


@lru_cache(maxsize=16)
def _read(path: str, stamp: int) -> WeatherFile:  # noqa: ARG001 - the stamp is part of the key
    text = text_of(read_bytes(Path(path)))
    if not text.strip():
        raise ValueError("line 1: missing column dry_bulb_c and wet_bulb_c")
    ending = Path(path).suffix.lower()
    table = (epw_table if ending == ".epw" else json_table if ending == ".json" else text_table)(text)
    notes = list(table.notes)
    series = _temperatures(table, notes)
    dry, wet = (_as_year(table, values, notes) for values in series)
    weather = Weather(dry, np.minimum(wet, dry))
    for hours in weather:
        hours.flags.writeable = False
    return WeatherFile(weather, tuple(dict.fromkeys(notes)))


def _temperatures(table: WeatherTable, notes: list[str]) -> tuple[Array, Array]:
    """Dry-bulb and wet-bulb of the rows; NaN where a row has none. [degC]"""
    dry = _celsius(table, DRY)
    if WET in table.columns:
        wet = _celsius(table, WET)
        too_wet = np.flatnonzero(wet > dry + _SATURATED_K)
        if too_wet.size:
            raise ValueError(f"line {table.lines[int(too_wet[0])]}: the wet-bulb is above the dry-bulb")
        return dry, wet
    pressure = _pressure_pa(table, notes)
    if HUMIDITY in table.columns:
        humid = _humidity(table)
    else:
        dew = np.minimum(_celsius(table, DEW), dry)
        humid = saturation_pressure_pa(dew) / saturation_pressure_pa(dry)
    source = table.names[HUMIDITY if HUMIDITY in table.columns else DEW]
    notes.append(f"wet-bulb computed from {source}")
    known = ~(np.isnan(dry) | np.isnan(humid))
    wet = np.full_like(dry, np.nan)
    wet[known] = wet_bulb_c(dry[known], humid[known], pressure_pa=pressure)
    return dry, wet


def _humidity(table: WeatherTable) -> Array:
    """Relative humidity. [1]"""
    unit = _unit(table, HUMIDITY, _SHARES)
    humid = _numbers(table, HUMIDITY)
    if unit is None:
        # a share where no hour comes near a per cent of more than one
        unit = 1.0 if np.nanmax(humid, initial=0.0) <= _PLAUSIBLE_SHARE[1] else 1.0 / _PERCENT
    low, high = (end / unit for end in _PLAUSIBLE_SHARE)
    _check(table, humid, HUMIDITY, (low, high))
    return np.asarray(np.minimum(humid * unit, 1.0))


def _pressure_pa(table: WeatherTable, notes: list[str]) -> float:
    """Mean pressure of a file; the standard atmosphere where it has none. [Pa]"""
    if PRESSURE not in table.columns:
        notes.append("no pressure: that of sea level taken")
        return STANDARD_PRESSURE_PA
    unit = _unit(table, PRESSURE, _PASCALS)
    pressure = _numbers(table, PRESSURE)
    if unit is None:
        unit = _PA_PER_HPA if np.nanmax(pressure, initial=0.0) < _MOST_HPA else 1.0
    low, high = (end / unit for end in _PLAUSIBLE_PA)
    _check(table, pressure, PRESSURE, (low, high))
    return float(np.nanmean(pressure)) * unit


def _unit(table: WeatherTable, what: str, known: Mapping[str, float]) -> float | None:
    """What the unit in a heading comes to; None where it has none. ValueError where it is unknown."""
    said = what_is(table.names[what])[1].strip().lower()
    if said and said not in known:
        raise ValueError(f"column {table.names[what]}: {said} is no unit of {what} (of {', '.join(known)})")
    return known.get(said)


def _celsius(table: WeatherTable, what: str) -> Array:
    """A column of temperatures. [degC]"""
    said = what_is(table.names[what])[1]
    unit = MEASURES["temperature"].checked_unit(said) if said else Unit(1.0)
    values = _numbers(table, what) * unit.factor + unit.offset
    _check(table, values, what, _PLAUSIBLE_C)
    return values


def _numbers(table: WeatherTable, what: str) -> Array:
    cells, name = table.columns[what], table.names[what]
    try:
        return numbers_of(cells, table.lines, name, table.separator)
    except TwoReadingsError:
        # no weather has thousands of degrees or per cent
        return numbers_of(cells, table.lines, name, table.separator, ".")


def _check(table: WeatherTable, values: Array, what: str, plausible: tuple[float, float]) -> None:
    low, high = plausible
    wrong = np.flatnonzero(~((values >= low) & (values <= high)) & ~np.isnan(values))
    if wrong.size:
        i = int(wrong[0])
        rule = f"{table.names[what]} must be from {low:g} to {high:g} (got {values[i]:g})"
        raise ValueError(f"line {table.lines[i]}: {rule}")


def _as_year(table: WeatherTable, values: Array, notes: list[str]) -> Array:
    """Values of the rows as the 8760 hours of a year of UTC."""
    if not table.times:
        return _rows_as_hours(table, values, notes)
    stamps = read_stamps(table.times, table.lines, table.clock, order=table.order, ends=table.ends)
    if stamps.step != "hours":
        raise ValueError(f"line {table.lines[0]}: must have a time for each hour, not a date alone")
    of_days = np.unique((stamps.utc + (fixed_offset(stamps.zone) or 0)) // _DAY).size
    if of_days > _MOST_DAYS:
        raise ValueError(f"has {of_days:,} days; must be one year")
    utc, is_leap = _of_one_year(stamps)
    kept = np.array([i for i in range(values.size) if not is_leap[i] and i not in stamps.dropped])
    if is_leap.any():
        notes.append("29 February left out")
    in_order = kept[np.argsort(utc[kept], kind="stable")]
    notes += _told_of_order(stamps.utc, utc[kept])
    lines = [table.lines[i] for i in in_order]
    hours = to_hours(replace(stamps, utc=utc[in_order], dropped=frozenset()), values[in_order], lines)
    notes += hours.notes
    return _by_date(hours.first_h, hours.values)


def _of_one_year(stamps: Stamps) -> tuple[Minutes, NDArray[np.bool_]]:
    """Times put into one year of 365 days, whatever years they are of; and which are of a 29 February."""
    # by a fixed clock of its own, in which months are whole
    ahead = fixed_offset(stamps.zone) or 0
    wall = stamps.utc + ahead
    days = wall.astype("datetime64[m]").astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    of_month = (days - months.astype("datetime64[D]")).astype(np.int64)
    month = months.astype(np.int64) % MONTHS_PER_YEAR
    is_leap = (month == 1) & (of_month == _FEBRUARY_29)
    moved = (_STARTS[month] + of_month) * _DAY + wall % _DAY - ahead
    return moved + (date(_ANY_YEAR, 1, 1) - date(1970, 1, 1)).days * _DAY, is_leap


def _told_of_order(utc: Minutes, moved: Minutes) -> list[str]:
    """What is said of the order of the rows, which may begin with any month."""
    steps = np.diff(utc)
    if utc.size > 1 and np.all(steps < 0):
        return ["rows were newest first and are put in order"]
    back = np.flatnonzero(np.diff(moved) < 0).size
    # a year from July to June goes back once, to January
    is_turned = back == 1 and moved[0] > moved[-1]
    return (
        []
        if back == 0 or is_turned or np.all(steps > 0)
        else [f"{back:,} rows out of order are put in order"]
    )


def _rows_as_hours(table: WeatherTable, values: Array, notes: list[str]) -> Array:
    """Rows without times: the hours of a year of UTC."""
    missing = np.flatnonzero(np.isnan(values))
    if missing.size:
        i = int(missing[0])
        raise ValueError(f"line {table.lines[i]}: there is no value, and no time to fill it by")
    if values.size == _LEAP_YEAR_H:
        notes.append("8784 hours: 29 February left out")
        return np.delete(values, slice(_FEBRUARY_28_END_H, _FEBRUARY_28_END_H + HOURS_PER_DAY))
    if values.size != HOURS_PER_STANDARD_YEAR:
        raise ValueError(
            f"must have {HOURS_PER_STANDARD_YEAR} hours, or {_LEAP_YEAR_H} of a leap year (has {values.size})"
        )
    return values.copy()


def _by_date(first_h: int, values: Array) -> Array:
    """Hours of a year of 365 days from any hour on, put on their dates."""
    start = (date(_ANY_YEAR, 1, 1) - date(1970, 1, 1)).days * HOURS_PER_DAY
    place = (first_h - start + np.arange(values.size)) % HOURS_PER_STANDARD_YEAR
    counts = np.bincount(place, minlength=HOURS_PER_STANDARD_YEAR)
    if np.any(counts == 0):
        day = np.datetime64(f"{_ANY_YEAR}-01-01T00", "h") + int(np.flatnonzero(counts == 0)[0])
        raise ValueError(f"has {values.size:,} hours; must be a whole year: {str(day)[5:10]} is not there")
    # the two ends of a year may share an hour, with a part of it each
    return np.asarray(np.bincount(place, weights=values, minlength=HOURS_PER_STANDARD_YEAR) / counts)
