"""A weather series mapped onto the percentiles of its climate.

The map never turns two hours round, so spells of heat and cold stay as they were.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.units import HOURS_PER_STANDARD_YEAR, Array

PERCENTILES = (50.0, 90.0, 99.0, 99.6)
"""Percentiles over a year's hours that a climate states beside its mean. [%]"""
_COLD_PERCENTILE = 10.0
"""Percentile below which all hours are shifted alike, by what brings the mean where it should be. [%]"""
_KEPT_CHANCE = 0.5
"""Share kept of what chance adds to the mean and the percentiles of a series. Assumed: the raw 99.6th
percentile of single years scatters by 2 to 3 K, and no record was found that says how much it should. [1]"""
_STRIDE = 5
"""Of a longer series every fifth hour is looked at; coprime with 24, so that all hours of the day are. [1]"""
_QUANTILES = 500
"""Equally likely values that stand for the normal distribution. [1]"""
_LEAST_SLOPE = 0.1
"""Least slope of the map between the coldest two of its points. [1]"""


def skewed_mixture(mean_c: Array, spread_k: Array, skew: Array) -> Array:
    """Equally likely values of ``mean + spread (z + skew (z^2 - 1))``, z normal, on a first axis. [degC]"""
    from scipy.special import ndtri

    z = ndtri((np.arange(_QUANTILES) + 0.5) / _QUANTILES).reshape(-1, *([1] * mean_c.ndim))
    return mean_c + spread_k * (z + skew * (z * z - 1))


def mean_and_percentiles(temperature_c: Array, hours: Array | None = None) -> Array:
    """Mean and `PERCENTILES` of temperatures, each standing for a number of `hours`. [degC]

    Examples
    --------
    >>> mean_and_percentiles(np.linspace(0.0, 1000.0, 1001))
    array([500., 500., 900., 990., 996.])
    """
    # hours of equal weight need no sorting by hand
    if hours is None:
        return np.array([temperature_c.mean(), *np.percentile(temperature_c, PERCENTILES)])
    order = np.argsort(temperature_c, axis=None)
    weight = np.broadcast_to(hours, temperature_c.shape).ravel()[order]
    sorted_c = temperature_c.ravel()[order]
    share = (np.cumsum(weight) - weight / 2) / weight.sum()
    at = np.interp(np.asarray(PERCENTILES) / 100, share, sorted_c)
    return np.array([np.average(sorted_c, weights=weight), *at])


def to_percentiles(temperature_c: Array, wanted_c: Array, expected_c: Array) -> Array:
    r"""Hourly temperatures moved to the mean and percentiles of the climate, but for half their chance.

    Parameters
    ----------
    temperature_c : ndarray of float64, shape (n_hours,)
        Hours of whole days, from any day of the year on. [degC]
    wanted_c, expected_c : ndarray of float64, shape (5,)
        Mean and `PERCENTILES` of the climate, and of the process that made the hours when it goes on
        without end; percentiles rise. [degC]

    Returns
    -------
    mapped : ndarray of float64, shape (n_hours,)
        The temperatures as they are if they are less than a year. [degC]

    Raises
    ------
    ValueError
        If the percentiles do not rise.

    Notes
    -----
    .. math:: T' = T + \delta(T), \quad \delta(q_p) = w_p + \tfrac{1}{2} (q_p - e_p) - q_p

    where q, w and e are the percentiles of the series, wanted and expected; :math:`\delta` is linear
    between them and constant outside. The series' percentiles are those of its whole years from the
    first hour on.

    Examples
    --------
    >>> year = np.linspace(0.0, 20.0, 8760)
    >>> mapped = to_percentiles(year, np.array([11.0, 11.0, 20.0, 22.0, 23.0]), mean_and_percentiles(year))
    >>> mean_and_percentiles(mapped).round(2)
    array([11., 11., 20., 22., 23.])
    """
    sample_c = np.sort(sample_of_years(temperature_c))
    mapped = percentile_map(sample_c, np.ones(sample_c.shape, dtype=np.int64), wanted_c, expected_c)
    return temperature_c if mapped is None else mapped(temperature_c)


class PercentileMap(NamedTuple):
    """What `to_percentiles` adds to a temperature."""

    knots_c: Array
    """Temperatures between which it is linear, and beyond which it is constant; rising. [degC]"""
    shifts_k: Array
    """What is added at each. [K]"""

    def __call__(self, temperature_c: Array) -> Array:
        """Temperatures moved. [degC]"""
        return _shifted(temperature_c, *self)


def sample_of_years(hourly: NDArray[Any]) -> NDArray[Any]:
    """Hours that stand for a series' whole years from its first hour on; none if it is less than a year."""
    whole = hourly.size // HOURS_PER_STANDARD_YEAR
    return hourly[: whole * HOURS_PER_STANDARD_YEAR : 1 if whole == 1 else _STRIDE]


def percentile_map(
    rising_c: Array, hours: NDArray[np.int64], wanted_c: Array, expected_c: Array
) -> PercentileMap | None:
    """The map of a series, given rising temperatures and in how many hours of a sample each occurs.

    None where the series should stay as it is. Other arguments as in `to_percentiles`, which says what it
    does and raises.
    """
    for climate in (wanted_c, expected_c):
        if not (climate.shape == (1 + len(PERCENTILES),) and np.all(np.diff(climate[1:]) > 0)):
            raise ValueError(f"expected a mean and {len(PERCENTILES)} rising percentiles")
    # percentiles of a part of a year would be those of its season
    upto = np.cumsum(hours)
    if not upto.size or not upto[-1]:
        return None
    n_hours = int(upto[-1])
    ranks = np.array((_COLD_PERCENTILE, *PERCENTILES)) / 100 * (n_hours - 1)
    below, above = (
        rising_c[np.searchsorted(upto, r, side="right")] for r in (np.floor(ranks), np.ceil(ranks))
    )
    knots = below + (ranks - np.floor(ranks)) * (above - below)
    mean = (rising_c * hours).sum() / n_hours
    target = wanted_c + _KEPT_CHANCE * (np.array([mean, *knots[1:]]) - expected_c)
    # a flat series has no percentiles to move
    if not np.all(np.diff(knots) > 0):
        return None
    # percentiles moved by their own departures may cross
    np.maximum.accumulate(target[1:], out=target[1:])
    weights = _weights(rising_c, hours, knots)
    return PercentileMap(knots, _shifts(weights, knots, target[0] - mean, target[1:] - knots[1:]))


def _shifted(temperature_c: Array, knots: Array, shifts: Array) -> Array:
    """Temperatures plus ``np.interp(temperature_c, knots, shifts)``, faster for a long series. [degC]"""
    # nearly all hours lie below the third knot: two clipped lines do for them, summed in place
    slopes = np.diff(shifts[:3]) / np.diff(knots[:3])
    mapped = np.clip(temperature_c, *knots[:2])
    mapped *= slopes[0]
    line = np.clip(temperature_c, *knots[1:3])
    line *= slopes[1]
    mapped += line
    mapped += temperature_c
    mapped += shifts[0] - slopes[0] * knots[0] - slopes[1] * knots[1]
    hot = np.flatnonzero(temperature_c > knots[2])
    hot_c = temperature_c[hot]
    mapped[hot] = hot_c + np.interp(hot_c, knots, shifts)
    return mapped


def _shifts(weights: Array, knots: Array, of_mean: float, of_percentiles: Array) -> Array:
    """Shift at each knot: that of the percentiles, and at the coldest what the mean lacks. [K]"""
    shifts = np.concatenate([[0.0], of_percentiles])
    # the coldest knot gets the shift that mends the mean
    shifts[0] = (of_mean - weights[1:] @ of_percentiles) / weights[0]
    # not so far that colder hours would overtake warmer ones
    shifts[0] = min(shifts[0], shifts[1] + (1 - _LEAST_SLOPE) * (knots[1] - knots[0]))
    return shifts


def _weights(rising_c: Array, hours: NDArray[np.int64], knots: Array) -> Array:
    """Weight of each knot in the mean of what is interpolated between them in a sample. [1]"""
    # a sum over the sample between two knots is all it takes: no interpolation of each value
    at = np.searchsorted(rising_c, knots, side="right")
    first = np.concatenate([[0], np.cumsum(hours)])[at]
    number, sums = np.diff(first), np.diff(np.concatenate([[0.0], np.cumsum(rising_c * hours)])[at])
    n_hours = int(hours.sum())
    upper = (sums - number * knots[:-1]) / np.diff(knots)
    weights = np.zeros_like(knots)
    weights[:-1] += number - upper
    weights[1:] += upper
    weights[0] += first[0]
    weights[-1] += n_hours - first[-1]
    return weights / n_hours
