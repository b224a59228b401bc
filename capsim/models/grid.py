"""Electricity from the grid, hour by hour: price and carbon intensity.

Both are an annual level spread over the hours by a month x hour-of-day shape; the price
adds a residual that persists from hour to hour.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capsim.models.argument_checks import finite, finite_at_least_0
from capsim.models.persistence import persistent
from capsim.models.price_spread import PriceQuantiles, price_map
from capsim.units import DAYS_IN_MONTH, HOURS_PER_DAY, MONTHS_PER_YEAR, Array

_SHAPE = (MONTHS_PER_YEAR, HOURS_PER_DAY)
_DAYS_KEPT = math.exp(-1.0 / 72.0)
"""Hourly memory of the slow part of the residual: it forgets in three days. Assumed. [1]"""
_MOST_SLOW = 0.9
"""Most of the variance that the slow part may have before it is made slower. Assumed. [1]"""
_QUICKEST = 0.99
"""Most memory of the fast part: above that it would be the slow one. Assumed. [1]"""
_PASSES = 20


def normalised_shape(shape: ArrayLike) -> Array:
    """A month x hour shape scaled to a mean of 1 over the hours of a 365-day year.

    Published shapes are normalised over the hours they were measured on, or rounded; after
    this the annual level is the annual mean, whichever shape is used.

    Parameters
    ----------
    shape : array_like of float, shape (12, 24)
        Relative level by month and UTC hour of day; single values may be negative. [1]

    Returns
    -------
    shape : ndarray of float64, shape (12, 24)
        Scaled so that its mean, weighted by the days of the months, is 1. [1]

    Raises
    ------
    ValueError
        If the shape is not (12, 24), has a NaN, or its mean is not positive.

    Examples
    --------
    >>> float(normalised_shape(np.full((12, 24), 0.5))[0, 0])
    1.0
    """
    table = np.asarray(shape, dtype=np.float64)
    if table.shape != _SHAPE:
        raise ValueError(f"a shape has 12 months by 24 hours (got {table.shape})")
    mean = np.average(table.mean(axis=1), weights=DAYS_IN_MONTH)
    if not 0.0 < mean < math.inf:
        raise ValueError(f"the mean of a shape must be positive (got {mean})")
    return np.asarray(table / mean, dtype=np.float64)


class Residual(NamedTuple):
    """Movement of the hourly price about its month x hour shape."""

    sd: float
    """Standard deviation over the level, at least 0. [1]"""
    lag1_corr: float
    """Correlation of one hour with the next, in (-1, 1). [1]"""
    lag24_corr: float = 0.0
    """Correlation of one hour with the same hour of the next day, in [0, 1). [1]"""


def relative_price(
    shape: ArrayLike,
    month_hour_index: NDArray[np.int64],
    rng: np.random.Generator,
    *,
    residual: Residual | None,
    quantiles: PriceQuantiles | None = None,
    swing: float = 1.0,
) -> Array:
    r"""Hourly wholesale price of electricity over the level of its year.

    The shape says when it is dear, the residual how far single hours stray.

    Parameters
    ----------
    shape : array_like of float, shape (12, 24)
        Month x hour factors, normalised by `normalised_shape`. [1]
    month_hour_index : ndarray of int64, shape (n_hours,)
        ``month * 24 + hour of day`` of every hour, in UTC.
    rng : numpy.random.Generator
        Source of the residual; not drawn from when there is none.
    residual : Residual or None
        Movement about the shape; None for none.
    quantiles : PriceQuantiles, optional
        Published quantiles onto which a Gaussian price is mapped, which say how far it spreads in place of
        the residual's deviation; it stays Gaussian without. [1]
    swing : float, default 1
        Factor on the departures from the level of the month, and power of that level, at least 0: how deep
        troughs are and how high peaks, of days and of the year. [1]

    Returns
    -------
    relative : ndarray of float64, shape (n_hours,)
        Price over its level, negative in some hours where the residual is wide. [1]

    Raises
    ------
    ValueError
        If an argument is outside its range or NaN, or the shapes do not fit.

    Notes
    -----
    .. math:: r_t = s_{m(t), h(t)} + e_t, \qquad e_t = a_t + b_t, \qquad
       a_t = \rho_a a_{t-1} + \epsilon_t, \quad b_t = \rho_b b_{t-1} + \eta_t

    The residual is the sum of a process of hours and one of days (`memories`), Gaussian and stationary from
    the first hour, so the expected mean is 1. With quantiles, `price_map` bends such a price onto them, about
    means and with a memory that leave the shape and the correlations what they are, and keeps the mean;
    another swing than 1 leaves it a little off. One process of order 1 with the published 0.93 from hour to
    hour would have 0.17 from day to day, where 0.4 to 0.5 was measured.

    Examples
    --------
    >>> flat = np.ones((12, 24))
    >>> rng = np.random.default_rng(0)
    >>> relative_price(flat, np.arange(3), rng, residual=None)
    array([1., 1., 1.])
    """
    table = normalised_shape(shape)
    if not 0.0 <= swing < math.inf:
        raise ValueError(f"the swing must be finite and at least 0 (got {swing})")
    if quantiles is None or residual is None or not residual.sd > 0.0:
        relative = _persisting(table, month_hour_index, rng, residual)
        return relative if swing == 1.0 else _swung(relative, table.mean(axis=1), swing, month_hour_index)
    mapped = price_map(table, quantiles, lag1_corr=residual.lag1_corr, lag24_corr=residual.lag24_corr)
    about = Residual(mapped.sd, mapped.lag1_corr, mapped.lag24_corr)
    relative = _persisting(mapped.gaussian, month_hour_index, rng, about)
    prices = mapped(relative)
    if swing == 1.0:
        return prices
    levels = mapped.gaussian.mean(axis=1)
    of_months = mapped.of_months
    wide = _swung(prices, of_months, swing, month_hour_index)
    low = np.flatnonzero(prices < _by_hour(of_months, month_hour_index))
    at = month_hour_index[low]
    # below its month a price moves as one of a Gaussian price so swung, which leaves those near 0 where they
    # heap, but never further than by the factor, nor less than its month
    held = mapped(_swung(relative[low], levels, swing, at))
    moved = prices[low] + _by_hour(_power(of_months, swing) - of_months, at)
    wide[low] = np.clip(held, np.minimum(moved, wide[low]), np.maximum(moved, wide[low]))
    return wide


def _persisting(
    table: Array, month_hour_index: NDArray[np.int64], rng: np.random.Generator, residual: Residual | None
) -> Array:
    """A Gaussian price about a table by month and hour; the table itself without a residual. [1]"""
    relative = table.ravel()[month_hour_index]
    # in place, for the index has made a copy already
    for share, memory in memories(residual) if residual is not None else ():
        sd = residual.sd * math.sqrt(share) if residual is not None else 0.0
        relative += persistent_noise(relative.size, rng, sd=sd, lag1_corr=memory)
    return relative


def _swung(prices: Array, levels: Array, swing: float, month_hour_index: NDArray[np.int64]) -> Array:
    """Prices whose departures from the level of their month are `swing` times as wide. [1]"""
    return swing * prices + _by_hour(_power(levels, swing) - swing * levels, month_hour_index)


def _power(levels: Array, swing: float) -> Array:
    """Levels of months under a swing: a cheap one gets cheaper, and stays above nothing by itself. [1]"""
    return np.asarray(np.maximum(levels, 0.0) ** swing + np.minimum(levels, 0.0))


def _by_hour(of_months: Array, month_hour_index: NDArray[np.int64]) -> Array:
    """What each month has, in every hour."""
    return of_months.repeat(HOURS_PER_DAY)[month_hour_index]


@lru_cache(maxsize=256)
def memories(residual: Residual) -> tuple[tuple[float, float], ...]:
    """Shares of the variance and hourly memories of two processes with the correlations of a residual.

    The slow one forgets in three days, or more slowly where a day keeps more than that allows; the fast one
    takes what is left of the correlation of hours, as nearly as a process of order 1 can.

    Examples
    --------
    >>> (fast, quick), (slow, long) = memories(Residual(0.4, 0.93, 0.45))
    >>> round(fast * quick + slow * long, 3), round(fast * quick**24 + slow * long**24, 3)
    (0.93, 0.45)
    """
    lag1, lag24 = residual.lag1_corr, residual.lag24_corr
    if not 0.0 <= lag24 < 1.0:
        raise ValueError(f"the lag-24 correlation must be in [0, 1) (got {lag24})")
    if lag24 == 0.0:
        return ((1.0, lag1),)
    slow = max(_DAYS_KEPT, (lag24 / _MOST_SLOW) ** (1.0 / HOURS_PER_DAY))
    quick = 0.0
    # what the fast process keeps over a day is little, so a few passes settle both
    for _ in range(_PASSES):
        left = quick**HOURS_PER_DAY
        share = min(1.0, max(0.0, (lag24 - left) / (slow**HOURS_PER_DAY - left)))
        rest = 1.0 - share
        quick = min(_QUICKEST, max(0.0, (lag1 - share * slow) / rest)) if rest else 0.0
    return ((1.0 - share, quick), (share, slow))


def hourly_price(relative: Array, level_per_mwh: ArrayLike, adders_per_mwh: ArrayLike = 0.0) -> Array:
    """Price of electricity delivered, hour by hour: the level of a year, spread over its hours, and adders.

    Parameters
    ----------
    relative : ndarray of float64, shape (n_hours,)
        Wholesale price over its level, as `relative_price` makes it. [1]
    level_per_mwh : array_like of float, scalar or shape (n_hours,)
        Annual mean of the wholesale price in force in each hour, at least 0. [currency/MWh]
    adders_per_mwh : array_like of float, scalar or shape (n_hours,), default 0
        What the meter adds to the wholesale price: network, excise, margin. [currency/MWh]

    Returns
    -------
    price_per_mwh : ndarray of float64, shape (n_hours,)
        [currency/MWh]

    Raises
    ------
    ValueError
        If a level is negative, a value is NaN, or the shapes do not fit.

    Examples
    --------
    >>> hourly_price(np.array([0.5, 1.5]), 60.0, 12.0)
    array([ 42., 102.])
    """
    level = finite_at_least_0("level_per_mwh", _fitting(level_per_mwh, relative.size))
    price = relative * level
    price += finite("adders_per_mwh", _fitting(adders_per_mwh, relative.size))
    return price


def persistent_noise(n: int, rng: np.random.Generator, *, sd: float, lag1_corr: float) -> Array:
    r"""Gaussian first-order autoregressive noise that starts stationary.

    Parameters
    ----------
    n : int
        Number of steps, at least 0.
    rng : numpy.random.Generator
        Source of the innovations; not drawn from when `sd` is 0.
    sd : float
        Standard deviation of the noise, at least 0; any unit. [unit]
    lag1_corr : float
        Correlation from one step to the next, in (-1, 1). [1]

    Returns
    -------
    noise : ndarray of float64, shape (n,)
        In the unit of `sd`. [unit]

    Raises
    ------
    ValueError
        If an argument is outside its range or NaN.
    """
    if not 0.0 <= sd < math.inf:
        raise ValueError(f"the standard deviation must be finite and at least 0 (got {sd})")
    if not -1.0 < lag1_corr < 1.0:
        raise ValueError(f"the lag-1 correlation must be in (-1, 1) (got {lag1_corr})")
    # without noise the generator is left as it is
    if sd == 0.0:
        return np.zeros(n)
    noise = rng.standard_normal(n)
    noise *= sd
    # the first value has the variance of the series, the later ones what the memory leaves
    noise[1:] *= math.sqrt(1.0 - lag1_corr**2)
    return persistent(noise, lag1_corr)


def hourly_carbon(intensity_g_per_kwh: float, shape: ArrayLike, month_hour_index: NDArray[np.int64]) -> Array:
    """Hourly carbon intensity of the grid, location-based.

    The average of what runs in each hour, for every kWh drawn from the meter.

    Parameters
    ----------
    intensity_g_per_kwh : float
        Annual mean intensity, at least 0. [gCO2e/kWh]
    shape : array_like of float, shape (12, 24)
        Month x hour factors, none negative, normalised by `normalised_shape`. [1]
    month_hour_index : ndarray of int64, shape (n_hours,)
        ``month * 24 + hour of day`` of every hour, in UTC.

    Returns
    -------
    intensity_g_per_kwh : ndarray of float64, shape (n_hours,)
        Average, not marginal, intensity, of the scope of the annual mean. [gCO2e/kWh]

    Raises
    ------
    ValueError
        If the intensity or a shape factor is negative or NaN.

    Examples
    --------
    >>> hourly_carbon(44.0, np.ones((12, 24)), np.array([0, 287]))
    array([44., 44.])
    """
    intensity = finite_at_least_0("intensity_g_per_kwh", intensity_g_per_kwh)
    table = normalised_shape(shape)
    if not np.all(table >= 0.0):
        raise ValueError("a carbon shape must not be negative")
    # put on the table, and each hour looked up in it
    return np.asarray((intensity * table).ravel().take(month_hour_index))


def _fitting(value: ArrayLike, n_hours: int) -> Array:
    """A scalar or hourly values, checked to be one per hour."""
    array = np.asarray(value, dtype=np.float64)
    if array.shape not in {(), (n_hours,)}:
        raise ValueError(f"give one value, or one for each of the {n_hours} hours")
    return array
