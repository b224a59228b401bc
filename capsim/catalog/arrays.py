"""The month x hour tables: climates, price shapes, carbon shapes. Read once, when first asked for.

The table ``wide_tables`` has their sources, and the clock their hours are in: local time, where it
could be told from the hours of the daily extremes. `in_utc` turns them by the standard time of the place.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from capsim.catalog.loader import DATA, load_catalog
from capsim.errors import CatalogError
from capsim.models.price_spread import PriceQuantiles
from capsim.models.weather import ClimateTable
from capsim.models.weather_percentiles import PERCENTILES
from capsim.registry import did_you_mean
from capsim.units import HOURS_PER_DAY, MONTHS_PER_YEAR, Array


class PriceResidual(NamedTuple):
    """Movement of the hourly price about its month x hour shape, in one year."""

    sd_over_mean: float
    """Standard deviation over the year's mean price. [1]"""
    lag1_hour_corr: float
    """Correlation of one hour with the next. [1]"""
    quantiles: PriceQuantiles
    """Share of negative hours, 5th and 95th percentile over the mean. [1]"""


@lru_cache(maxsize=64)
def climate_table(name: str, utc_offset_h: int = 0) -> ClimateTable:
    """Month x hour means and the residuals about them, of a climate.

    Parameters
    ----------
    name : str
        A name of the table ``climates`` with shipped arrays.
    utc_offset_h : int
        Standard time of the place less UTC, to have the hours in UTC; local hours as shipped with 0. [h]

    Returns
    -------
    table : ClimateTable
        Read-only arrays; the same object on every call.

    Raises
    ------
    CatalogError
        If the climate is unknown.

    Examples
    --------
    >>> climate_table("paris").dry_bulb_mean_c.shape
    (12, 24)
    """
    means, residuals = _climate_rows("climate_means"), _climate_rows("climate_residuals")
    if name not in means:
        raise CatalogError(f"no weather tables for climate {name}{did_you_mean(name, means)}")
    dry_c, wet_c = _arranged(means[name], (MONTHS_PER_YEAR, HOURS_PER_DAY))
    sd_dry_k, sd_wet_k, corr, lag1_hour, lag1_day = _arranged(residuals[name], (MONTHS_PER_YEAR,))
    return ClimateTable(
        dry_bulb_mean_c=in_utc(dry_c, utc_offset_h),
        wet_bulb_mean_c=in_utc(wet_c, utc_offset_h),
        dry_bulb_sd_k=sd_dry_k,
        wet_bulb_sd_k=sd_wet_k,
        corr_dry_wet=corr,
        lag1_hour_corr=lag1_hour,
        lag1_day_corr=lag1_day,
        dry_bulb_percentiles_c=_percentiles(name, "dry_bulb"),
        wet_bulb_percentiles_c=_percentiles(name, "wet_bulb"),
    )


def _percentiles(name: str, bulb: str) -> Array | None:
    """Mean and percentiles of a climate, read-only; None where they were not measured. [degC]"""
    entry = load_catalog().entry("climates", name)
    fields = [f"{bulb}_mean_c", *(f"{bulb}_p{p:g}_c".replace(".", "_") for p in PERCENTILES)]
    if any(field not in entry for field in fields):
        return None
    values = np.array([entry.number(field) for field in fields])
    values.setflags(write=False)
    return values


def climate_names() -> tuple[str, ...]:
    """Names of the climates that have month x hour tables."""
    return tuple(_climate_rows("climate_means"))


def in_utc(by_hour: Array, utc_offset_h: int) -> Array:
    """A month x hour table with its hours turned from standard time to UTC, read-only.

    Days that would belong to the month before or after keep their month; daylight saving is left out.

    Examples
    --------
    >>> in_utc(np.tile(np.arange(24.0), (12, 1)), 1)[0, [17, 23]]
    array([18.,  0.])
    """
    # roll copies, so the shipped table stays as it is
    turned = np.roll(by_hour, -utc_offset_h, axis=-1)
    turned.flags.writeable = False
    return turned


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


@lru_cache(maxsize=2)
def _climate_rows(table: str) -> dict[str, list[list[str]]]:
    """Cells of a climate table by climate, in file order."""
    by_climate: dict[str, list[list[str]]] = {}
    for row in _read(table):
        name, *cells = row.values()
        by_climate.setdefault(name, []).append(cells)
    return by_climate


def _arranged(rows: list[list[str]], shape: tuple[int, ...]) -> Array:
    """Columns after the month, and after the hour in a shape of both, whatever the order of the rows."""
    cells = np.array(rows, dtype=np.float64)
    columns = np.full((cells.shape[1] - len(shape), *shape), np.nan)
    # months are counted from 1 and hours from 0
    index = cells[:, : len(shape)].astype(int) - [1, 0][: len(shape)]
    columns[:, *index.T] = cells[:, len(shape) :].T
    return _checked(columns)


def _checked(values: Array) -> Array:
    """The values, read-only, once none is missing."""
    if not np.isfinite(values).all():
        raise CatalogError("a shipped month x hour table has a missing value")
    values.setflags(write=False)
    return values


@lru_cache(maxsize=1)
def _price_shapes() -> dict[tuple[str, int | None], Array]:
    """Shapes by zone and year, and under None the mean of a zone's years."""
    measured: dict[tuple[str, int | None], Array] = {}
    by_zone: dict[str, list[Array]] = {}
    for (zone, year), shape in _shapes("price_shape", ("zone", "year")).items():
        measured[zone, int(year)] = shape
        by_zone.setdefault(zone, []).append(shape)
    means = {(zone, None): _checked(np.mean(shapes, axis=0)) for zone, shapes in by_zone.items()}
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
    return {key: _checked(shape) for key, shape in shapes.items()}
