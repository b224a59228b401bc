"""Temperatures of each month as a bounded distribution that keeps the month's mean and spread.

The months together have the year's percentiles, and none is hotter or colder than its own mean and spread
and the extreme of the year allow: a wide spread in winter makes mild and cold days, no heat of July.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.models.weather_percentiles import counted_percentiles, shift_to_percentiles
from capsim.units import DAYS_IN_MONTH, HOURS_PER_DAY, MONTHS_PER_YEAR, Array

_EXTREME_SD = 4.0
"""Standard deviations from the mean that no hour of a month passes. Assumed. [1]"""
_SEASON_SHARE = 0.8
"""Share of the difference between the warmest hours of two months' mean days by which their ceilings differ
at least; likewise the coldest hours and the floors. Assumed. [1]"""
_LEAST_LIMIT, _LEAST_PRODUCT = 1.3, 3.5
"""Least distance of a limit from the mean, and least product of both, in standard deviations: what lies
between nearer ones cannot have the spread. Assumed. [1]"""
_MEAN_SLACK_K = 0.1
"""How far a month's mean may move for the percentiles of the year. Assumed. [K]"""
_SPREAD_SLACK = 0.1
"""By what share a month's spread may move for the percentiles of the year. Assumed. [1]"""
_ROUNDS = 14
"""Rounds between months and year, after which the percentiles of the catalogue's climates rest. [1]"""
_STEPS = 4
"""Newton's steps towards a month's mean and spread in each round. [1]"""
_NEAR = 1e-5
"""Share of the way between two limits that is as near as one gets to either. [1]"""
_LEAST_SPREAD_K = 0.01
"""Spread below which departures are not divided by it. [K]"""
_STEP = 0.25
"""Step of the scores at which a month's departures are tabulated. [1]"""
_MIDDLE, _TAIL = 20, 6
"""Steps on either side of a score of 0, and those of them before a tail: up to 5 and to 1.5. [1]"""
_SCORES = np.arange(-_MIDDLE, _MIDDLE + 1) * _STEP
_WEIGHTS = np.exp(-(_SCORES**2) / 2) / np.exp(-(_SCORES**2) / 2).sum()
_APART, _APART_WEIGHTS = np.polynomial.hermite_e.hermegauss(5)
_DAYS = np.array(DAYS_IN_MONTH, dtype=np.float64)
_MONTHS = np.arange(MONTHS_PER_YEAR)


class Statistics(NamedTuple):
    """What the months of a climate are to have."""

    mean_c: Array
    """Mean by month and hour of day, shape (12, 24). [degC]"""
    spread_k: Array
    """Standard deviation about it by month and hour of day, shape (12, 24). [K]"""
    percentiles_c: Array | None
    """Mean and `PERCENTILES` over the year's hours, shape (5,); None if unknown. [degC]"""
    highest_c: float
    """What no hour of the year passes; infinite if unknown. [degC]"""


class Months(NamedTuple):
    """Temperature of a normal score in each month and hour: ``mean + spread * departure(score)``."""

    mean_c: Array
    """By month and hour of day, shape (12, 24). [degC]"""
    spread_k: Array
    """By month and hour of day, shape (12, 24). [K]"""
    departure: Array
    """Departures of mean 0 and variance 1 at the tabulated scores, rising, shape (12, 41). [1]"""

    def temperature_c(self, month: NDArray[np.int64], score: Array) -> Array:
        """Temperatures of scores of days in some `month` each, of shape (n_days, 24), flat. [degC]"""
        # where it is in the table, in place: years of hours are large
        above = np.clip(score, _SCORES[0], _SCORES[-2])
        above -= _SCORES[0]
        above /= _STEP
        row = above.astype(np.int64)
        above -= row
        row += (month * _SCORES.size)[:, None]
        table = self.departure.ravel()
        made = table.take(row)
        row += 1
        above *= table.take(row) - made
        made += above
        made *= self.spread_k[month]
        made += self.mean_c[month]
        return np.asarray(made.ravel())

    def of_scores(self, score: Array) -> Array:
        """Temperatures of `n` scores in each month, shape (12, n), at each hour, shape (12, 24, n). [degC]"""
        departure = np.stack([np.interp(score[m], _SCORES, self.departure[m]) for m in _MONTHS])
        return np.asarray(self.mean_c[..., None] + self.spread_k[..., None] * departure[:, None])

    def equally_likely_c(self, n: int) -> Array:
        """Temperatures of `n` equally likely scores in each month and hour, shape (12, 24, n). [degC]"""
        below = np.cumsum(_WEIGHTS) - _WEIGHTS / 2
        score = np.interp((np.arange(n) + 0.5) / n, below, _SCORES)
        return self.of_scores(np.broadcast_to(score, (MONTHS_PER_YEAR, n)))


def dry_bulb_of_wet(dry: Months, corr_dry_wet: Array) -> Array:
    """Dry-bulb where the wet-bulb has the tabulated scores, shape (12, 24, 41, 5). [degC]

    The last axis has what of the dry-bulb's score the wet-bulb does not follow.
    """
    corr = corr_dry_wet[:, None, None]
    score = corr * _SCORES[:, None] + np.sqrt(1 - corr**2) * _APART
    temperature_c = dry.of_scores(score.reshape(MONTHS_PER_YEAR, -1))
    return temperature_c.reshape(MONTHS_PER_YEAR, HOURS_PER_DAY, *score.shape[1:])


def months_of(wanted: Statistics, most_c: Array | None = None) -> Months:
    r"""Distributions of the months that have the statistics, or come near to them.

    Parameters
    ----------
    wanted : Statistics
        What they are to have.
    most_c : ndarray of float64, shape (12, 24, 41, 5), optional
        What temperatures are cut at, from `dry_bulb_of_wet`; the statistics are those after the cut. [degC]

    Returns
    -------
    months : Months
        Read-only arrays.

    Notes
    -----
    .. math:: T = \bar T_{m,h} + \sigma_{m,h}\, g_m(z), \quad
       g_m = a_m + \frac{b_m - a_m}{1 + e^{-(\gamma_m + \delta_m y_m(z))}}

    begins as Johnson's bounded distribution [1]_, with y the normal score itself, between the limits of the
    month. Each round moves the temperatures by what the percentiles of the year lack, takes from that a new
    y, and then the numbers that give each month its mean and its spread again. These yield to the
    year by no more than `_MEAN_SLACK_K` and `_SPREAD_SLACK`, the limits by nothing.

    References
    ----------
    .. [1] N. L. Johnson, Systems of frequency curves generated by methods of translation, Biometrika 36
       (1949) 149-176.
    """
    months = Months(wanted.mean_c, wanted.spread_k, np.tile(_SCORES, (MONTHS_PER_YEAR, 1)))
    yielding = np.zeros(MONTHS_PER_YEAR), np.ones(MONTHS_PER_YEAR)
    for _ in range(_ROUNDS):
        months = _within_limits(months, wanted.highest_c)
        months = _with_moments(months, wanted, most_c, *yielding)
        if wanted.percentiles_c is not None:
            months, yielding = _nearer_to_the_year(months, wanted, most_c)
    months = _within_limits(months, wanted.highest_c)
    for array in months:
        array.flags.writeable = False
    return months


def percentiles_of(months: Months, most_c: Array | None = None) -> Array:
    """Mean and `PERCENTILES` over the hours of endless years, shape (5,). [degC]"""
    cut_c = _cut(months.of_scores(_ALL_SCORES), most_c)
    weight = _weights(cut_c)
    return np.array([np.average(cut_c, weights=weight), *counted_percentiles(cut_c, weight)])


_ALL_SCORES = np.broadcast_to(_SCORES, (MONTHS_PER_YEAR, _SCORES.size))


def _cut(free_c: Array, most_c: Array | None) -> Array:
    """Temperatures after the cut, shape (12, 24, 41, 5), or (12, 24, 41, 1) where there is none. [degC]"""
    return free_c[..., None] if most_c is None else np.minimum(free_c[..., None], most_c)


def _weights(cut_c: Array) -> Array:
    """Hours of a year that each of the temperatures stands for, up to a factor, in their shape."""
    apart = _APART_WEIGHTS / _APART_WEIGHTS.sum() if cut_c.shape[-1] > 1 else np.ones(1)
    return np.broadcast_to(_DAYS[:, None, None, None] * _WEIGHTS[:, None] * apart, cut_c.shape)


def _within_limits(months: Months, highest_c: float) -> Months:
    """The months with departures of mean 0 and variance 1 between their limits."""
    low, high = _limits(months, highest_c)
    share = np.clip((months.departure - low) / (high - low), _NEAR, 1 - _NEAR)
    odds = _with_even_tails(np.log(share / (1 - share)), high - low)
    shift, stretch = np.zeros((MONTHS_PER_YEAR, 1)), np.ones((MONTHS_PER_YEAR, 1))
    for _ in range(_STEPS):
        share = 1 / (1 + np.exp(-(shift + stretch * odds)))
        departure = low + (high - low) * share
        mean = departure @ _WEIGHTS[:, None]
        slope = (high - low) * (share * (1 - share)) @ _WEIGHTS[:, None]
        shift -= mean / slope
        stretch /= np.sqrt((departure - mean) ** 2 @ _WEIGHTS[:, None])
    return months._replace(departure=low + (high - low) / (1 + np.exp(-(shift + stretch * odds))))


def _with_even_tails(odds: Array, room: Array) -> Array:
    """What departures are between their limits, going on evenly beyond the scores of `_TAIL`, in place.

    They rise as before, and no faster there than a normal departure: so the hottest hours of years come near
    to a limit one after the other, and do not pile up at it.
    """
    steps = np.arange(1, _MIDDLE - _TAIL + 1)
    for side in (1, -1):
        last = odds[:, [_MIDDLE + side * _TAIL]]
        before = odds[:, [_MIDDLE + side * (_TAIL - 2)]]
        share = 1 / (1 + np.exp(-last))
        most = _STEP / (room * share * (1 - share))
        slope = np.minimum(side * (last - before) / 2, most)
        odds[:, _MIDDLE + side * (_TAIL + steps)] = last + side * slope * steps
    return odds


def _limits(months: Months, highest_c: float) -> tuple[Array, Array]:
    """Least and greatest departure of each month, shape (12, 1) each. [1]"""
    above = _room(months.mean_c, months.spread_k, highest_c)
    below = _room(-months.mean_c, months.spread_k, np.inf)
    high = np.maximum(above, _LEAST_LIMIT)
    return -np.maximum(below, np.maximum(_LEAST_PRODUCT / high, _LEAST_LIMIT))[:, None], high[:, None]


def _room(mean_c: Array, spread_k: Array, highest_c: float) -> Array:
    """Spreads between the warmest hour of each month's mean day and its ceiling, shape (12,). [1]"""
    hour = mean_c.argmax(axis=1)
    warmest_c, spread = mean_c[_MONTHS, hour], np.maximum(spread_k[_MONTHS, hour], _LEAST_SPREAD_K)
    far_c = warmest_c + _EXTREME_SD * spread
    top_c = min(highest_c, far_c.max())
    ceiling_c = np.minimum(far_c, top_c - _SEASON_SHARE * (warmest_c.max() - warmest_c))
    return np.asarray((ceiling_c - warmest_c) / spread)


def moments_of(months: Months, most_c: Array | None = None) -> tuple[Array, Array]:
    """Means (12, 24) and spreads about them (12,) of endless years after the cut. [degC], [K]"""
    cut_c = _cut(months.of_scores(_ALL_SCORES), most_c)
    weight = _weights(cut_c)
    weight = weight / weight.sum(axis=(2, 3), keepdims=True)
    mean_c = (cut_c * weight).sum(axis=(2, 3))
    variance = ((cut_c - mean_c[..., None, None]) ** 2 * weight).sum(axis=(2, 3)).mean(axis=1)
    return mean_c, np.sqrt(variance)


def _with_moments(
    months: Months, wanted: Statistics, most_c: Array | None, mean_off_k: Array, spread_factor: Array
) -> Months:
    """The months with the means wanted after the cut, and the spreads before it, but for what yields.

    Where the cut widens a spread it is made narrower; stretched to make up for a cut, it would have half of
    the hours of a humid month cut.
    """
    mean_c, found_k = moments_of(months, most_c)
    most_k = wanted.spread_k * spread_factor[:, None]
    ratio = _month_spread_k(most_k) / np.maximum(found_k, _LEAST_SPREAD_K)
    return months._replace(
        mean_c=months.mean_c + wanted.mean_c + mean_off_k[:, None] - mean_c,
        spread_k=np.minimum(months.spread_k * ratio[:, None], most_k),
    )


def _nearer_to_the_year(
    months: Months, wanted: Statistics, most_c: Array | None
) -> tuple[Months, tuple[Array, Array]]:
    """The months moved to the year's percentiles, and how far mean and spread may yield to that."""
    assert wanted.percentiles_c is not None
    free_c = months.of_scores(_ALL_SCORES)
    cut_c = _cut(free_c, most_c)
    found = cut_c, _weights(cut_c), wanted.percentiles_c, wanted.highest_c
    moved_c = free_c + shift_to_percentiles(free_c, *found)
    # one departure for all hours of a month
    spread_k = np.maximum(months.spread_k, _LEAST_SPREAD_K)[..., None]
    departure = ((moved_c - months.mean_c[..., None]) / spread_k).mean(axis=1)
    off_k = ((moved_c - wanted.mean_c[..., None]) @ _WEIGHTS).mean(axis=1)
    spread = np.sqrt(((moved_c - wanted.mean_c[..., None]) ** 2 @ _WEIGHTS).mean(axis=1))
    factor = spread / np.maximum(_month_spread_k(wanted.spread_k), _LEAST_SPREAD_K)
    yielding = (
        np.clip(off_k, -_MEAN_SLACK_K, _MEAN_SLACK_K),
        np.clip(factor, 1 - _SPREAD_SLACK, 1 + _SPREAD_SLACK),
    )
    return months._replace(departure=np.maximum.accumulate(departure, axis=1)), yielding


def _month_spread_k(by_hour_k: Array) -> Array:
    """Spread of a month from that of its hours. [K]"""
    return np.asarray(np.sqrt(np.mean(by_hour_k**2, axis=1)))
