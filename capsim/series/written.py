"""A number that moves with time, as a scenario writes it: a file, or values by date."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from capsim.registry import did_you_mean
from capsim.series.exports import Wanted
from capsim.series.hours import Hours
from capsim.series.points import Point, hours_of_points, parse_day
from capsim.series.series_given import Read, read_series
from capsim.series.time_forms import ORDERS
from capsim.series.unit_kinds import MEASURES
from capsim.series.varying import BEYOND, Series, Varying, scaled

OF_A_FILE = ("column", "time_column", "time_zone", "unit", "rows", "date_order", "stamps", "decimal")
"""What a planner may say of a file."""
KEYS = ("file", "values", "beyond", "mean", *OF_A_FILE)
FILE_ENDINGS = (".csv", ".parquet", ".tsv", ".txt", ".xls")
"""Endings of names that are hardly meant as numbers."""
_STAMPS = ("start", "end")
_DECIMALS = {"comma": ",", "point": "."}
_TEXTS = ("file", "beyond", "column", "time_column", "time_zone", "unit", "date_order", "stamps", "decimal")
_NOTHING_BEFORE = ("demand",)
"""Measures of which there is nothing before the first level."""
_LEVELS = ("date", "month", "quarter", "year")
"""Steps at which a demand is a plan of levels and no measurement."""


def is_series(value: Any) -> bool:
    """Whether a value is written as a series and not as a number or an uncertain value."""
    if isinstance(value, Mapping):
        return "dist" not in value
    return isinstance(value, (tuple, list)) and bool(value) and all(isinstance(v, Mapping) for v in value)


def varying(value: Any, measure: str) -> Varying:
    """The number that a mapping or a list of values by date stands for.

    Parameters
    ----------
    value : mapping or sequence
        ``{file: prices.csv, ...}``, ``{values: [{on: 2027-01, value: 60}, ...]}`` or that list alone.
    measure : str
        What it is of.

    Returns
    -------
    number : Varying
        A float with the series.

    Raises
    ------
    ValueError
        In words, with the line of a file.
    """
    written = dict(value) if isinstance(value, Mapping) else {"values": value}
    _check_keys(written)
    currency = ""
    if "file" in written:
        read, label = _of_file(written, measure)
        hours, currency, about = read.hours, read.currency, "; ".join([read.about, *read.hours.notes])
    else:
        hours, label = hours_of_points(_points(written["values"], measure)), "values by date"
        about = f"{len(written['values'])} values, each holds to the next"
    if "mean" in written:
        hours = scaled(hours, _number(written["mean"], "mean"))
        about += f", scaled to a mean of {written['mean']:g}"
    _check_range(hours, measure, label)
    beyond = _beyond(written, hours, measure)
    is_none_before = measure in _NOTHING_BEFORE and hours.step in _LEVELS
    return Varying(Series(hours, beyond, label, about, is_none_before, currency, written))


def _check_keys(written: Mapping[str, Any]) -> None:
    for key in written:
        if key not in KEYS:
            raise ValueError(f"unknown key {key} of a series{did_you_mean(key, KEYS)}")
    if ("file" in written) == ("values" in written):
        raise ValueError("a series is either a file or values by date")
    for key in _TEXTS:
        if key in written and not (isinstance(written[key], str) and written[key].strip()):
            raise ValueError(f"{key} of a series must be text")
    _check_choice(written, "beyond", BEYOND)
    _check_choice(written, "stamps", _STAMPS)
    _check_choice(written, "date_order", ORDERS)
    _check_choice(written, "decimal", tuple(_DECIMALS))
    surplus = [key for key in OF_A_FILE if key in written and "values" in written]
    if surplus:
        raise ValueError(f"{surplus[0]} is for a file; values by date are in the unit of their field")


def _check_choice(written: Mapping[str, Any], key: str, choices: Sequence[str]) -> None:
    if key in written and written[key] not in choices:
        hint = did_you_mean(written[key], choices)
        offered = (" | " if any("," in choice for choice in choices) else ", ").join(choices)
        raise ValueError(f"{key} must be one of {offered}{hint} (got {written[key]})")


def _of_file(written: Mapping[str, Any], measure: str) -> tuple[Read, str]:
    """What a file has, and its name."""
    rows = written.get("rows", {})
    if not isinstance(rows, Mapping):
        raise ValueError("rows of a series must be a mapping of columns to the cells they must have")
    wanted = Wanted(
        measure,
        column=written.get("column", ""),
        time_column=written.get("time_column", ""),
        time_zone=written.get("time_zone", ""),
        unit=written.get("unit", ""),
        rows={str(key): str(cell) for key, cell in rows.items()},
        date_order=written.get("date_order", ""),
        ends=written.get("stamps") == "end",
        decimal=_DECIMALS.get(written.get("decimal", ""), ""),
    )
    path = written["file"]
    label = Path(path).name
    try:
        return read_series(path, wanted), label
    except ValueError as refusal:
        raise ValueError(f"{label}: {refusal}") from None


def _points(written: Any, measure: str) -> list[Point]:
    """Values by date; a value may stand under the name of what it is of."""
    if not isinstance(written, (tuple, list)):
        raise ValueError("values by date are a list, such as [{on: 2027-01, value: 60}]")
    names = ("value", measure.lower(), MEASURES[measure].unit.lower())
    points = []
    for element in written:
        keys = [key for key in element if key != "on"] if isinstance(element, Mapping) else []
        for key in keys:
            if key not in names:
                hint = did_you_mean(str(key), ("on", "value"))
                raise ValueError(f"unknown key {key} of a value by date{hint}, which has on and value")
        if not isinstance(element, Mapping) or "on" not in element or len(keys) != 1:
            raise ValueError("each value by date has on and value, such as {on: 2027-01, value: 60}")
        points.append(Point(parse_day(element["on"]), _number(element[keys[0]], f"value on {element['on']}")))
    return points


def _number(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"{what} must be a number (got {value})")
    return float(value)


def _check_range(hours: Hours, name: str, label: str) -> None:
    measure = MEASURES[name]
    low, high = float(hours.values.min()), float(hours.values.max())
    for got in (low, high):
        if not measure.least <= got <= measure.most:
            rule = f"must be from {measure.least:g} to {measure.most:g} {measure.unit} (got {got:g})"
            raise ValueError(f"{label}: {rule}")


def _beyond(written: Mapping[str, Any], hours: Hours, measure: str) -> str:
    """How a series goes on: as written, else levels are held, and the rest repeats by weekday or date.

    A demand by month or quarter is a plan of levels; a price by month has the seasons of a year.
    """
    given = written.get("beyond")
    if given is not None:
        return str(given)
    if hours.step in ("date", "year") or (measure in _NOTHING_BEFORE and hours.step in _LEVELS):
        return "hold"
    return "weekday" if MEASURES[measure].is_weekly and hours.is_hourly else "date"
