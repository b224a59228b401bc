"""Reading the series of a file: what is wanted of it, where it stands, and what it comes to by the hour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from capsim.series.clock import check_zone
from capsim.series.exports import Layer, Wanted, located
from capsim.series.files import stamp_of
from capsim.series.hours import Hours, to_hours
from capsim.series.numbers import TwoReadingsError, mark_in, numbers_of
from capsim.series.sheet import read_sheet
from capsim.series.stamps import Stamps, read_stamps
from capsim.series.unit_kinds import MEASURES, Measure, Unit
from capsim.units import Array


@dataclass(frozen=True, eq=False)
class Read:
    """A series as its file has it."""

    hours: Hours
    currency: str
    """ISO 4217 code of its unit; empty where it names none."""
    about: str
    """What was read, in words: column, unit and clock."""


def read_series(path: str, wanted: Wanted) -> Read:
    """The series of a file.

    Parameters
    ----------
    path : str
        A CSV or Parquet file with a time column.
    wanted : Wanted
        What it is of, and what a planner says of its columns.

    Returns
    -------
    read : Read
        In the unit of the measure; the same object while the file does not change.

    Raises
    ------
    ValueError
        In words, with the line.
    """
    key = tuple(sorted(wanted.rows.items()))
    return _read(path, stamp_of(path), replace(wanted, rows=_Rows(key)))


class _Rows(dict[str, str]):
    """Cells by column that can be part of a key."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self.items()))


@lru_cache(maxsize=64)
def _read(path: str, stamp: int, wanted: Wanted) -> Read:  # noqa: ARG001 - the stamp is part of the key
    if wanted.time_zone:
        check_zone(wanted.time_zone)
    layer = located(read_sheet(path), wanted)
    measure = MEASURES[wanted.measure]
    unit = measure.checked_unit(layer.unit) if layer.unit else Unit(1.0)
    values = _numbers(layer, wanted)
    stamps = read_stamps(layer.times, layer.sheet.lines, layer.clock, order=layer.order, ends=layer.ends)
    hours = to_hours(stamps, values, layer.sheet.lines, is_energy=unit.is_energy, is_level=measure.is_level)
    scaled = _in_unit(hours, unit)
    _check_range(scaled, layer, wanted.measure, line=_worst(values, scaled, layer, measure))
    return Read(replace(hours, values=scaled), unit.currency, _about(layer, wanted, hours, stamps))


def _numbers(layer: Layer, wanted: Wanted) -> Array:
    """Values of the rows; what a column does not tell of its points, the others may."""
    sheet, cells = layer.sheet, layer.sheet.column(layer.values)
    try:
        return numbers_of(cells, sheet.lines, layer.values, sheet.separator, wanted.decimal)
    except TwoReadingsError as refusal:
        others = [sheet.column(name) for name in sheet.header if name and name not in layer.times_at]
        mark = mark_in(cell for column in others for cell in column)
        if not mark:
            raise ValueError(f"{refusal}, or say decimal: comma or decimal: point") from None
        return numbers_of(cells, sheet.lines, layer.values, sheet.separator, mark)


def _in_unit(hours: Hours, unit: Unit) -> Array:
    """Values in the measure's unit."""
    values = hours.values * unit.factor + unit.offset
    values.setflags(write=False)
    return values


def _check_range(values: Array, layer: Layer, name: str, *, line: int) -> None:
    measure = MEASURES[name]
    low, high = float(values.min()), float(values.max())
    got = low if low < measure.least else high
    if not measure.least <= got <= measure.most:
        unit = "" if measure.unit == "1" else f" {measure.unit}"
        rule = f"{layer.values} must be from {measure.least:g} to {measure.most:g}{unit} (got {got:g})"
        raise ValueError(f"line {line}: {rule}; is its unit right?")


def _worst(rows: Array, hours: Array, layer: Layer, measure: Measure) -> int:
    """Line of the lowest row where an hour is too low, else of the highest."""
    pick = np.nanargmin if float(hours.min()) < measure.least else np.nanargmax
    return layer.sheet.lines[int(pick(rows))]


def _about(layer: Layer, wanted: Wanted, hours: Hours, stamps: Stamps) -> str:
    """What was read, in words."""
    measure = MEASURES[wanted.measure]
    unit = layer.unit or f"taken as {measure.unit}"
    if measure.unit.startswith("currency/") and "/" not in unit and "_" not in unit and layer.unit:
        unit = f"{unit}, taken as {unit}/{measure.unit.partition('/')[2]}"
    says_none = not (layer.clock.zone or stamps.has_offsets)
    clock = "UTC, as nothing says another clock" if says_none else stamps.zone
    of = f"{layer.export}: " if layer.export else ""
    left_out = f"; {layer.note}" if layer.note else ""
    return f"{of}{layer.values} [{unit}], {hours.first_day} to {hours.last_day} by {clock}{left_out}"
