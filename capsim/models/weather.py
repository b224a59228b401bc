"""Synthetic weather: hourly dry-bulb and wet-bulb from a climate's monthly statistics.

Departures from the mean day of the month have the month's spread and persistence, and between limits of the
month the percentiles of the year. No statistic tells the spread by hour of day: an assumed relation, the same
for every climate, stands in.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.models.weather_departures import departures, variance_shares
from capsim.models.weather_months import Months, Statistics, dry_bulb_of_wet, months_of, percentiles_of
from capsim.units import (
    DAYS_IN_MONTH,
    DAYS_PER_WEEK,
    HOURS_PER_DAY,
    HOURS_PER_STANDARD_YEAR,
    MONTHS_PER_YEAR,
    Array,
)

_AFTERNOON_SPREAD = 0.25
"""Extra spread of the dry-bulb at its warmest hour: hot days swing more. Assumed. [1]"""
_RECORD_SD = 3.0
"""How far a record dry-bulb lies above the hour in 250, in standard deviations of the warmest month. Assumed:
typical years have no records, and these lie farther away where summers vary (north) than where not. [1]"""
_ABOVE_WET_K = 1.5
"""How far years may pass the highest wet-bulb that a climate states. Assumed. [K]"""
_USUAL = 100
"""Equally likely temperatures of an hour that are enough for a mean, which is looked at in each run. [1]"""
_HEAT_WAVE_DAYS = 21
"""Days of a year a heat-wave stress warms, about those above the 94th percentile. Assumed. [d]"""


class Weather(NamedTuple):
    """Hourly weather."""

    dry_bulb_c: Array
    """Dry-bulb temperature. [degC]"""
    wet_bulb_c: Array
    """Wet-bulb temperature, never above the dry-bulb. [degC]"""


@dataclass(frozen=True, eq=False)
class ClimateTable:
    """Statistics of a climate by month of the year, January first."""

    dry_bulb_mean_c: Array
    """Mean by month and hour of day, shape (12, 24). [degC]"""
    wet_bulb_mean_c: Array
    """Mean by month and hour of day, shape (12, 24). [degC]"""
    dry_bulb_sd_k: Array
    """Standard deviation about the mean day, shape (12,). [K]"""
    wet_bulb_sd_k: Array
    """Standard deviation about the mean day, shape (12,). [K]"""
    corr_dry_wet: Array
    """Correlation of the two departures in the same hour, shape (12,). [1]"""
    lag1_hour_corr: Array
    """Correlation of the dry-bulb departure with that of the hour before, shape (12,). [1]"""
    lag1_day_corr: Array
    """Correlation of a day's mean departure with that of the day before, shape (12,). [1]"""
    dry_bulb_percentiles_c: Array | None = None
    """Mean and `PERCENTILES` over the year's hours, shape (5,), None if unknown. [degC]"""
    wet_bulb_percentiles_c: Array | None = None
    """Mean and `PERCENTILES` over the year's hours, shape (5,), None if unknown. [degC]"""
    dry_bulb_max_c: float | None = None
    """Highest of the years the statistics are of, None if unknown. [degC]"""
    wet_bulb_max_c: float | None = None
    """Highest of the years the statistics are of, None if unknown. [degC]"""

    def __post_init__(self) -> None:
        for name in ("dry_bulb_mean_c", "wet_bulb_mean_c"):
            table = getattr(self, name)
            if not (table.shape == (MONTHS_PER_YEAR, HOURS_PER_DAY) and np.all(np.isfinite(table))):
                raise ValueError(f"{name} must be finite, of shape (12, 24)")
        for name in ("dry_bulb_sd_k", "wet_bulb_sd_k"):
            spread = getattr(self, name)
            if not (spread.shape == (MONTHS_PER_YEAR,) and np.all(spread >= 0)):
                raise ValueError(f"{name} must not be negative, of shape (12,)")
        for name in ("corr_dry_wet", "lag1_hour_corr", "lag1_day_corr"):
            correlation = getattr(self, name)
            if not (correlation.shape == (MONTHS_PER_YEAR,) and np.all(np.abs(correlation) <= 1)):
                raise ValueError(f"{name} must be in [-1, 1], of shape (12,)")


def _by_hour(mean_c: Array) -> Array:
    """Spread of each hour of the dry-bulb over that of its month, of mean square 1, shape (12, 24). [1]"""
    swing = mean_c - mean_c.mean(axis=1, keepdims=True)
    by_hour = 1 + _AFTERNOON_SPREAD * swing / np.maximum(swing.max(axis=1, keepdims=True), 1e-9)
    return np.asarray(by_hour / np.sqrt(np.mean(by_hour**2, axis=1, keepdims=True)))


def _highest_c(
    percentiles_c: Array | None, above_percentile_k: float, maximum_c: float | None, above_maximum_k: float
) -> float:
    """What no hour of a climate passes, infinite where it states nothing. [degC]"""
    stated = [] if percentiles_c is None else [float(percentiles_c[-1]) + above_percentile_k]
    stated += [] if maximum_c is None else [maximum_c + above_maximum_k]
    return max(stated, default=np.inf)


@lru_cache(maxsize=64)
def _variance_shares(climate: ClimateTable) -> Array:
    """Shares of hours, independent days and persisting days in a climate's variance, shape (12, 3). [1]"""
    return variance_shares(climate.lag1_hour_corr, climate.lag1_day_corr)


@lru_cache(maxsize=64)
def dry_bulb_months(climate: ClimateTable) -> Months:
    """Distributions of a climate's dry-bulb by month."""
    mean_c, percentiles_c = climate.dry_bulb_mean_c, climate.dry_bulb_percentiles_c
    spread_k = climate.dry_bulb_sd_k[:, None] * _by_hour(mean_c)
    warmest = int(mean_c.max(axis=1).argmax())
    above_k = _RECORD_SD * float(climate.dry_bulb_sd_k[warmest])
    highest_c = _highest_c(percentiles_c, above_k, climate.dry_bulb_max_c, 0.0)
    return months_of(Statistics(mean_c, spread_k, percentiles_c, highest_c))


@lru_cache(maxsize=64)
def wet_bulb_months(climate: ClimateTable) -> Months:
    """Distributions of a climate's wet-bulb by month, before it is cut at its dry-bulb."""
    mean_c, percentiles_c = climate.wet_bulb_mean_c, climate.wet_bulb_percentiles_c
    spread_k = np.repeat(climate.wet_bulb_sd_k[:, None], HOURS_PER_DAY, axis=1)
    highest_c = _highest_c(percentiles_c, _ABOVE_WET_K, climate.wet_bulb_max_c, _ABOVE_WET_K)
    wanted = Statistics(mean_c, spread_k, percentiles_c, highest_c)
    return months_of(wanted, dry_bulb_of_wet(dry_bulb_months(climate), climate.corr_dry_wet))


@lru_cache(maxsize=64)
def expected_percentiles(climate: ClimateTable) -> tuple[Array, Array]:
    """Mean and percentiles of dry-bulb and wet-bulb over endless years. [degC]"""
    dry = dry_bulb_months(climate)
    at_wet = dry_bulb_of_wet(dry, climate.corr_dry_wet)
    return percentiles_of(dry), percentiles_of(wet_bulb_months(climate), at_wet)


@lru_cache(maxsize=64)
def usual_dry_bulb_c(climate: ClimateTable) -> Array:
    """Dry-bulb temperatures that stand for the hours of any year, alike in weight, read-only. [degC]"""
    usual = dry_bulb_months(climate).equally_likely_c(_USUAL).ravel()
    usual.flags.writeable = False
    return usual


def _whole_days(month_hour_index: NDArray[np.int64]) -> NDArray[np.int64]:
    """Month of each day, once the index is found to be whole days."""
    if not (month_hour_index.ndim == 1 and month_hour_index.size % HOURS_PER_DAY == 0):
        raise ValueError("month_hour_index must be a flat series of whole days")
    by_day = month_hour_index.reshape(-1, HOURS_PER_DAY)
    month: NDArray[np.int64] = by_day[:, 0] // HOURS_PER_DAY
    if not np.array_equal(by_day, month[:, None] * HOURS_PER_DAY + np.arange(HOURS_PER_DAY)):
        raise ValueError("month_hour_index must run through hours 0 to 23 of each day")
    if not np.all((month >= 0) & (month < MONTHS_PER_YEAR)):
        raise ValueError("month_hour_index must name months 0 to 11")
    return month


def weather_hours(
    climate: ClimateTable,
    month_hour_index: NDArray[np.int64],
    rng: np.random.Generator,
) -> Weather:
    r"""Hourly weather of any number of years.

    Parameters
    ----------
    climate : ClimateTable
        Monthly statistics.
    month_hour_index : ndarray of int, shape (n_hours,)
        ``month * 24 + hour of day`` of every hour, whole days.
    rng : numpy.random.Generator
        Source of the departures.

    Returns
    -------
    Weather
        Dry-bulb and wet-bulb, shape (n_hours,) each.

    Raises
    ------
    ValueError
        If the index is not whole days.

    Notes
    -----
    .. math:: T_h = \bar T_{m,h} + \sigma_{m,h} g_m(z_h), \quad
       T^w_h = \min[T_h,\ \bar T^w_{m,h} + \sigma^w_m g^w_m(\rho_m z_h + \sqrt{1-\rho_m^2}\,z'_h)]

    where z and z' are independent sums of three processes (`departures`) and g the distributions of the
    months (`months_of`), which hold what the climate states in the long run; single years differ by chance.
    """
    month = _whole_days(month_hour_index)
    score, wet_score = departures(month, _variance_shares(climate), rng)
    # made to follow the dry-bulb's, in place, here and below: years of hours are large
    wet_score *= np.sqrt(1 - climate.corr_dry_wet**2)[month, None]
    wet_score += score * climate.corr_dry_wet[month, None]
    dry = dry_bulb_months(climate).temperature_c(month, score)
    wet = wet_bulb_months(climate).temperature_c(month, wet_score)
    # drawn with a spread of its own, it can pass the dry-bulb
    np.minimum(dry, wet, out=wet)
    return Weather(dry, wet)


def warmed(weather: Weather, warming_k: Array | float) -> Weather:
    """Weather with a warming added to both temperatures, hour by hour or to all alike. [degC]"""
    return Weather(weather.dry_bulb_c + warming_k, weather.wet_bulb_c + warming_k)


def repeated_year(
    year: Weather, month_of_hour: NDArray[np.int64], day_of_month: NDArray[np.int64]
) -> Weather:
    """A year of measured or typical hours, put on the hours of a calendar.

    Parameters
    ----------
    year : Weather
        The hours of a 365-day year, 8760 each.
    month_of_hour, day_of_month : ndarray of int64, shape (n_hours,)
        Month, 0 to 11, and day of the month, from 1, of every hour; whole days. 29 February has the
        weather of the 28th.

    Returns
    -------
    weather : Weather
        Shape (n_hours,) each.

    Raises
    ------
    ValueError
        If the year has not 8760 hours, or the hours are not whole days.
    """
    if not (year.dry_bulb_c.shape == year.wet_bulb_c.shape == (HOURS_PER_STANDARD_YEAR,)):
        raise ValueError(f"a weather year has {HOURS_PER_STANDARD_YEAR} hours")
    if month_of_hour.size % HOURS_PER_DAY:
        raise ValueError("give whole days of hours")
    first_day = np.concatenate([[0], np.cumsum(DAYS_IN_MONTH)])[:-1]
    month = month_of_hour[::HOURS_PER_DAY]
    day = np.minimum(day_of_month[::HOURS_PER_DAY], np.asarray(DAYS_IN_MONTH)[month]) - 1
    rows = first_day[month] + day
    dry, wet = (series.reshape(-1, HOURS_PER_DAY)[rows].ravel() for series in year)
    return Weather(dry, wet)


def with_heat_wave(weather: Weather, year_of_hour: NDArray[np.int64], extra_k: float) -> Weather:
    """Weather with the hottest three weeks of every year made hotter, as a stress.

    The 21 days of each year with the highest mean over the seven days around them get `extra_k` on
    both temperatures: wet-bulb rises as much as dry-bulb, which is hard on towers and sprays.

    Parameters
    ----------
    weather : Weather
        Hours of whole days.
    year_of_hour : ndarray of int64, shape (n_hours,)
        Calendar year of every hour.
    extra_k : float
        Warming of those days. [K]

    Returns
    -------
    weather : Weather
        Stressed weather.

    Raises
    ------
    ValueError
        If `extra_k` is not finite, or the hours are not whole days.
    """
    if not np.isfinite(extra_k):
        raise ValueError(f"extra_k must be finite (got {extra_k})")
    days = weather.dry_bulb_c.reshape(-1, HOURS_PER_DAY).mean(axis=1)
    window = np.ones(DAYS_PER_WEEK)
    # at both ends the window holds fewer days
    around = np.convolve(days, window, "same") / np.convolve(np.ones_like(days), window, "same")
    hot = np.zeros(days.size, dtype=np.bool_)
    year = year_of_hour[::HOURS_PER_DAY]
    for first, size in zip(*np.unique(year, return_index=True, return_counts=True)[1:], strict=True):
        order = np.argsort(-around[first : first + size], kind="stable")
        hot[first + order[:_HEAT_WAVE_DAYS]] = True
    extra = np.repeat(hot * extra_k, HOURS_PER_DAY)
    return Weather(weather.dry_bulb_c + extra, weather.wet_bulb_c + extra)
