"""Climates: statistics of weather by month and hour in UTC, those of an analogue where a place has none."""

from __future__ import annotations

from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

import numpy as np

from capsim.catalog.records import Catalog, Entry
from capsim.catalog.wide import by_month, by_month_and_hour, in_utc, names_in, rows_of
from capsim.errors import CatalogError
from capsim.models.weather import ClimateTable
from capsim.models.weather_percentiles import PERCENTILES
from capsim.registry import did_you_mean
from capsim.units import HOURS_PER_DAY, Array

TABLE, ANALOGUE = "climates", "analogue"
"""Table of the records, and the field that names the place whose statistics stand in."""
_EARTH_KM = 6371.0
_DEGREES_PER_HOUR = 360.0 / HOURS_PER_DAY
_DESIGN = ("dry_bulb_1_c", "dry_bulb_0_4_c", "wet_bulb_0_4_c")


class Design(NamedTuple):
    """Published design conditions of a place; minus infinity where none was found. [degC]"""

    dry_bulb_1_c: float
    """Exceeded in 1 % of the hours."""
    dry_bulb_0_4_c: float
    """Exceeded in 0.4 % of the hours."""
    wet_bulb_0_4_c: float
    """Wet-bulb exceeded in 0.4 % of the hours."""


def climate_names() -> tuple[str, ...]:
    """Names of the climates that have month x hour tables."""
    return names_in("climate_means")


def source_of(catalog: Catalog, name: str) -> str:
    """The climate whose tables a place has: its own, or its analogue's; CatalogError where there are none."""
    entry = catalog.entry(TABLE, name)
    source = entry.text(ANALOGUE) if ANALOGUE in entry else name
    if source not in climate_names():
        raise CatalogError(f"no weather tables for climate {source}{did_you_mean(source, climate_names())}")
    return source


def climate_table(catalog: Catalog, name: str) -> ClimateTable:
    """Statistics of a climate by month and hour of UTC.

    Parameters
    ----------
    catalog : Catalog
        The catalogue in force.
    name : str
        A record of the table ``climates``.

    Returns
    -------
    table : ClimateTable
        Read-only arrays; the same object on every call.

    Raises
    ------
    CatalogError
        If there is no such climate, or no table for it.

    Notes
    -----
    An analogue's hours are turned by the sun: its local day is that of the place at the same solar time.
    A typical year misses the extremes of its decades, so the 99th and 99.6th percentiles are those of
    published design conditions where these are higher; design conditions are of recent years, so what the
    record's `recent_shift_k` will add is taken off them first.

    Examples
    --------
    >>> from capsim.catalog import load_catalog
    >>> climate_table(load_catalog(), "paris").dry_bulb_mean_c.shape
    (12, 24)
    """
    source = source_of(catalog, name)
    return _statistics(catalog.entry(TABLE, name), catalog.entry(TABLE, source))


@lru_cache(maxsize=256)
def _statistics(entry: Entry, of_source: Entry) -> ClimateTable:
    """Statistics of a place, as its record and that of where its tables are from have them."""
    name, source = entry.name, of_source.name
    offset = _number(of_source, "utc_offset_h")
    if source != name:
        east_deg = entry.number("longitude_deg") - of_source.number("longitude_deg")
        offset += east_deg / _DEGREES_PER_HOUR
    shift_k = _number(entry, "recent_shift_k")
    design = Design(*(_number(entry, f"design_{field}", -np.inf) - shift_k for field in _DESIGN))
    typical = tuple(_percentiles(of_source, bulb) for bulb in ("dry_bulb", "wet_bulb"))
    highest = tuple(_maximum(of_source, bulb) for bulb in ("dry_bulb", "wet_bulb"))
    return _table(source, offset, design, typical, highest)


@lru_cache(maxsize=256)
def _table(
    source: str,
    utc_offset_h: float,
    design: Design,
    typical: tuple[tuple[float, ...], ...],
    highest: tuple[float | None, ...],
) -> ClimateTable:
    dry, wet = typical
    means, spread = rows_of("climate_means", source), rows_of("climate_residuals", source)
    dry_c, wet_c = (
        in_utc(by_month_and_hour([row for row in means if row["bulb"] == bulb]), utc_offset_h)
        for bulb in ("dry", "wet")
    )
    return ClimateTable(
        dry_bulb_mean_c=dry_c,
        wet_bulb_mean_c=wet_c,
        dry_bulb_sd_k=by_month(spread, "dry_bulb_sd_k"),
        wet_bulb_sd_k=by_month(spread, "wet_bulb_sd_k"),
        corr_dry_wet=by_month(spread, "corr_dry_wet"),
        lag1_hour_corr=by_month(spread, "lag1_hour_corr"),
        lag1_day_corr=by_month(spread, "lag1_day_corr"),
        dry_bulb_percentiles_c=_with_extremes(dry, design.dry_bulb_1_c, design.dry_bulb_0_4_c),
        wet_bulb_percentiles_c=_with_extremes(wet, -np.inf, design.wet_bulb_0_4_c),
        dry_bulb_max_c=highest[0],
        wet_bulb_max_c=highest[1],
    )


def _number(entry: Entry, field: str, default: float = 0.0) -> float:
    """A number of a record, or a default where it has none."""
    return entry.number(field) if field in entry else default


def _percentiles(entry: Entry, bulb: str) -> tuple[float, ...]:
    """Mean and percentiles of a typical year; empty where they were not measured. [degC]"""
    fields = [f"{bulb}_mean_c", *(f"{bulb}_p{p:g}_c".replace(".", "_") for p in PERCENTILES)]
    return tuple(entry.number(field) for field in fields) if all(f in entry for f in fields) else ()


def _maximum(entry: Entry, bulb: str) -> float | None:
    """Highest temperature of the years a record is of; None where it was not measured. [degC]"""
    field = f"{bulb}_max_c"
    return entry.number(field) if field in entry else None


def _with_extremes(typical_c: tuple[float, ...], design_1_c: float, design_0_4_c: float) -> Array | None:
    """Mean and percentiles with the higher of typical year and design conditions, read-only. [degC]

    Examples
    --------
    >>> _with_extremes((10.0, 10.0, 20.0, 25.0, 26.0), 27.0, -np.inf)
    array([10., 10., 20., 27., 28.])
    """
    if not typical_c:
        return None
    values = np.array(typical_c)
    *_, p99, p99_6 = typical_c
    values[-2] = np.maximum(p99, design_1_c)
    # with the 1 % condition alone, the 0.4 % one is as far above it as in the typical year
    values[-1] = np.maximum(values[-2] + (p99_6 - p99), design_0_4_c)
    values.setflags(write=False)
    return values


def nearest(catalog: Catalog, latitude_deg: float, longitude_deg: float) -> str:
    """Name of the climate whose place is nearest to a point."""
    placed = [name for name in catalog.names(TABLE) if "latitude_deg" in catalog.entry(TABLE, name)]
    return min(placed, key=lambda name: distance_km(catalog, name, latitude_deg, longitude_deg))


def distance_km(catalog: Catalog, name: str, latitude_deg: float, longitude_deg: float) -> float:
    """Distance of a climate's place from a point, on the sphere. [km]

    Examples
    --------
    >>> from capsim.catalog import load_catalog
    >>> round(distance_km(load_catalog(), "madrid", 41.3, 2.1))
    485
    """
    entry = catalog.entry(TABLE, name)
    here, there = radians(entry.number("latitude_deg")), radians(latitude_deg)
    east = radians(longitude_deg - entry.number("longitude_deg"))
    half = sin((there - here) / 2.0) ** 2 + cos(here) * cos(there) * sin(east / 2.0) ** 2
    return 2.0 * _EARTH_KM * asin(min(1.0, sqrt(half)))
