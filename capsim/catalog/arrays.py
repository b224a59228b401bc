"""The month x hour tables of prices and carbon. Read once, when first asked for.

The table ``wide_tables`` has their sources, and the clock their hours are in: local time, where it
could be told from the hours of the daily extremes. `in_utc` turns them by the standard time of the place.
"""

from __future__ import annotations

import csv
from functools import lru_cache

import numpy as np

from capsim.catalog.loader import DATA
from capsim.catalog.wide import checked
from capsim.units import HOURS_PER_DAY, MONTHS_PER_YEAR, Array


def carbon_shape(zone: str) -> Array | None:
    """Carbon intensity by month and hour of the day, over its annual mean, shape (12, 24). [1]

    None where no shape was measured, and a flat one has to serve. Read-only.
    """
    return _shapes("carbon_shape", ("zone",)).get((zone,))


@lru_cache(maxsize=8)
def _read(table: str) -> list[dict[str, str]]:
    """Rows of a shipped wide table."""
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@lru_cache(maxsize=2)
def _shapes(table: str, keys: tuple[str, ...]) -> dict[tuple[str, ...], Array]:
    """Shapes of a table with one row per month and one column per hour."""
    hours = [f"h{hour:02d}" for hour in range(HOURS_PER_DAY)]
    shapes: dict[tuple[str, ...], Array] = {}
    for row in _read(table):
        key = tuple(row[name] for name in keys)
        shape = shapes.setdefault(key, np.full((MONTHS_PER_YEAR, HOURS_PER_DAY), np.nan))
        shape[int(row["month"]) - 1] = [float(row[hour]) for hour in hours]
    return {key: checked(shape) for key, shape in shapes.items()}
