"""The month x hour tables of prices and carbon. Read once, when first asked for.

The table ``wide_tables`` has their sources, and the clock their hours are in: local time, where it
could be told from the hours of the daily extremes. `in_utc` turns them by the standard time of the place.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from capsim.catalog.loader import DATA
from capsim.catalog.wide import checked
from capsim.models.price_spread import PriceQuantiles
from capsim.units import HOURS_PER_DAY, MONTHS_PER_YEAR, Array


class PriceResidual(NamedTuple):
    """Movement of the hourly price about its month x hour shape, in one year."""

    sd_over_mean: float
    """Standard deviation over the year's mean price. [1]"""
    lag1_hour_corr: float
    """Correlation of one hour with the next. [1]"""
    quantiles: PriceQuantiles
    """Share of negative hours, 5th and 95th percentile over the mean. [1]"""


def price_shape(zone: str, year: int | None = None) -> Array | None:
    """Day-ahead price by month and hour of the day, over its annual mean.

    Parameters
    ----------
    zone : str
        Price zone: a name of the table ``electricity_prices``.
    year : int, optional
        A measured year; the mean of all measured years where None.

    Returns
    -------
    shape : ndarray of float64, shape (12, 24), or None
        Read-only; None where no shape was measured, and a flat one has to serve. [1]
    """
    return _price_shapes().get((zone, year))


def price_residual(zone: str, year: int) -> PriceResidual | None:
    """Movement of the price about its shape in a year; None where it was not measured."""
    for row in _read("price_residuals"):
        if row["zone"] == zone and int(row["year"]) == year:
            mean = float(row["mean_eur_per_mwh"])
            quantiles = PriceQuantiles(
                float(row["share_negative_hours"]), float(row["p05"]) / mean, float(row["p95"]) / mean
            )
            return PriceResidual(float(row["residual_sd_over_mean"]), float(row["lag1_hour_corr"]), quantiles)
    return None


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


@lru_cache(maxsize=1)
def _price_shapes() -> dict[tuple[str, int | None], Array]:
    """Shapes by zone and year, and under None the mean of a zone's years."""
    measured: dict[tuple[str, int | None], Array] = {}
    by_zone: dict[str, list[Array]] = {}
    for (zone, year), shape in _shapes("price_shape", ("zone", "year")).items():
        measured[zone, int(year)] = shape
        by_zone.setdefault(zone, []).append(shape)
    means = {(zone, None): checked(np.mean(shapes, axis=0)) for zone, shapes in by_zone.items()}
    return measured | means


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
