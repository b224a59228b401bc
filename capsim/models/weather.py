"""Synthetic weather: hourly dry-bulb and wet-bulb from a climate's monthly statistics.

Departures from the mean day of the month have the month's spread and persistence. The statistics tell
neither skewness nor spread by hour of day; two assumed relations, the same for every climate, stand in.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.models.weather_departures import departures, variance_shares
from capsim.models.weather_percentiles import mean_and_percentiles, skewed_mixture, to_percentiles
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
_SKEW_PER_K = 0.02
"""Skewing of the dry-bulb per kelvin by which the month's mean afternoon is below `_UNSKEWED_C`: a mild
summer can be invaded by hot air, a hot one hardly. Assumed. [1/K]"""
_UNSKEWED_C = 30.0
"""Mean afternoon without skew. Assumed. [degC]"""
_SKEW_RANGE = (-0.1, 0.1)
"""Bounds of the skewing. Assumed. [1]"""
_SKEW_FROM_C, _SKEW_FULL_C = 12.0, 20.0
"""Mean afternoon from which a month is skewed at all, and fully. Assumed. [degC]"""
_WET_SKEW_PER_K = 0.02
"""Skewing of the wet-bulb per kelvin by which the month's mean afternoon is above `_WET_SKEW_FROM_C`:
storms cap how humid hot air gets. Assumed. [1/K]"""
_WET_SKEW_FROM_C = 17.0
"""Mean afternoon wet-bulb from which it is skewed. Assumed. [degC]"""
_WET_SKEW_MOST = -0.12
"""Bound of the skewing. Assumed. [1]"""
_DAYS = np.array(DAYS_IN_MONTH, dtype=np.float64)[:, None]
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

    @property
    def percentiles_c(self) -> tuple[Array, Array] | None:
        """Mean and percentiles of the dry-bulb and of the wet-bulb; None where either is unknown. [degC]"""
        dry, wet = self.dry_bulb_percentiles_c, self.wet_bulb_percentiles_c
        return None if dry is None or wet is None else (dry, wet)

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


def _dry_bulb_shape(climate: ClimateTable) -> tuple[Array, Array]:
    """Skewing by month (12,) and spread by month and hour (12, 24) of the skewed dry-bulb. [1], [K]"""
    mean = climate.dry_bulb_mean_c
    afternoon = mean.max(axis=1)
    skew = np.clip(_SKEW_PER_K * (_UNSKEWED_C - afternoon), *_SKEW_RANGE)
    # cool months are not skewed, warmer ones by and by
    skew *= np.clip((afternoon - _SKEW_FROM_C) / (_SKEW_FULL_C - _SKEW_FROM_C), 0.0, 1.0)
    swing = mean - mean.mean(axis=1, keepdims=True)
    by_hour = 1 + _AFTERNOON_SPREAD * swing / np.maximum(swing.max(axis=1, keepdims=True), 1e-9)
    # the month keeps its variance, whatever the hours have of it
    by_hour /= np.sqrt(np.mean(by_hour**2, axis=1, keepdims=True))
    return skew, by_hour * (climate.dry_bulb_sd_k / np.sqrt(1 + 2 * skew**2))[:, None]


def _wet_bulb_shape(climate: ClimateTable) -> tuple[Array, Array]:
    """Skewing, never positive, and spread of the skewed wet-bulb by month, shape (12,). [1], [K]"""
    excess = climate.wet_bulb_mean_c.max(axis=1) - _WET_SKEW_FROM_C
    skew = np.clip(-_WET_SKEW_PER_K * excess, _WET_SKEW_MOST, 0.0)
    return skew, climate.wet_bulb_sd_k / np.sqrt(1 + 2 * skew**2)


@lru_cache(maxsize=64)
def _variance_shares(climate: ClimateTable) -> Array:
    """Shares of hours, independent days and persisting days in a climate's variance, shape (12, 3). [1]"""
    return variance_shares(climate.lag1_hour_corr, climate.lag1_day_corr)


@lru_cache(maxsize=64)
def expected_percentiles(climate: ClimateTable) -> tuple[Array, Array]:
    """Mean and percentiles of dry-bulb and wet-bulb over endless years, without the cut. [degC]"""
    skew, spread = _dry_bulb_shape(climate)
    wet_skew, wet_spread = (by_month[:, None] for by_month in _wet_bulb_shape(climate))
    dry = skewed_mixture(climate.dry_bulb_mean_c, spread, skew[:, None])
    wet = skewed_mixture(climate.wet_bulb_mean_c, wet_spread, wet_skew)
    return mean_and_percentiles(dry, _DAYS), mean_and_percentiles(wet, _DAYS)


@lru_cache(maxsize=64)
def usual_dry_bulb_c(climate: ClimateTable) -> Array:
    """Dry-bulb temperatures that stand for the hours of any year, alike in weight, read-only. [degC]"""
    skew, spread = _dry_bulb_shape(climate)
    # every fifth of the quantiles is enough for a mean, and is looked at in each run
    usual = skewed_mixture(climate.dry_bulb_mean_c, spread, skew[:, None])[2::5].ravel()
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
    .. math:: T_h = \bar T_{m,h} + \sigma_{m,h} \frac{z + \lambda_m (z^2 - 1)}{\sqrt{1 + 2\lambda_m^2}},
       \quad T^w_h = \min[T_h,\ \bar T^w_{m,h} + \sigma^w_m S(\rho_m z + \sqrt{1-\rho_m^2}\,z')]

    where z and z' are independent sums of the three processes; S is the same skewing, never positive. The
    month's variance is kept. The numbers of dry-bulb skewing and spread were chosen on eight French climates,
    those of the wet-bulb on all; what is left to the percentiles, `to_percentiles` takes away.
    """
    return to_climate(climate, unmapped_weather(climate, _whole_days(month_hour_index), rng))


def warmed(weather: Weather, warming_k: Array | float) -> Weather:
    """Weather with a warming added to both temperatures, hour by hour or to all alike. [degC]"""
    return Weather(weather.dry_bulb_c + warming_k, weather.wet_bulb_c + warming_k)


def unmapped_weather(climate: ClimateTable, month: NDArray[np.int64], rng: np.random.Generator) -> Weather:
    """Weather of days in some `month` each, 0 to 11, before it is mapped onto the climate's percentiles.

    Shape (n_days * 24,) each. [degC]
    """
    departure, wet_departure = departures(month, _variance_shares(climate), rng)
    # made to follow the dry-bulb's, in place, here and below: years of hours are large
    wet_departure *= np.sqrt(1 - climate.corr_dry_wet**2)[month, None]
    wet_departure += departure * climate.corr_dry_wet[month, None]
    wet_skew, wet_spread_k = _wet_bulb_shape(climate)
    skew, spread_k = _dry_bulb_shape(climate)
    dry = _skewed_c(departure, skew[month, None], spread_k[month], climate.dry_bulb_mean_c[month])
    wet_mean_c = climate.wet_bulb_mean_c[month]
    wet = _skewed_c(wet_departure, wet_skew[month, None], wet_spread_k[month, None], wet_mean_c)
    # drawn with a spread of its own, it can pass the dry-bulb
    np.minimum(dry, wet, out=wet)
    return Weather(dry, wet)


def to_climate(climate: ClimateTable, weather: Weather) -> Weather:
    """Weather mapped onto the percentiles of its climate, as `to_percentiles` does; as it is without them."""
    wanted = climate.percentiles_c
    if wanted is None:
        return weather
    dry, wet = map(to_percentiles, weather, wanted, expected_percentiles(climate))
    # mapped apart from each other, a wet-bulb can end above its dry-bulb
    return Weather(dry, np.minimum(dry, wet))


def _skewed_c(score: Array, skew: Array, spread_k: Array, mean_c: Array) -> Array:
    """Temperatures of scores of unit variance by day and hour, one after the other. [degC]"""
    # z + skew (z^2 - 1), in place
    skewed = score * score
    skewed -= 1
    skewed *= skew
    skewed += score
    temperature_c: Array = skewed * spread_k
    temperature_c += mean_c
    return temperature_c.ravel()


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
