"""Spread of the hourly price: from a Gaussian price to the published quantiles of a year.

Measured prices heap near 0, where plants stop rather than pay, with a thin lower tail below and, where
scarcity is priced, an upper one of many times the mean. A Gaussian price has neither, so it is mapped, hour
by hour and without changing the order of the hours, onto the quantiles that were published. The map moves
the means of months and hours, and a spike is forgotten sooner than what it is made of; so the Gaussian price
has the means and the memory with which the *mapped* one has those that were measured. With the measured
ones themselves, spikes stood alone in hours of their own and days swung up to half as much again.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from capsim.units import DAYS_IN_MONTH, HOURS_PER_DAY, MONTHS_PER_YEAR, Array

_STEPS, _STEP = 2048, 1.0 / 64.0
_GRID: Array = np.asarray((np.arange(_STEPS) - _STEPS // 2) * _STEP, dtype=np.float64)
"""Gaussian price in standard deviations about its hour, shape (2048,); as wide as two `_FARTHEST`. [1]"""
_FARTHEST = 8.0
"""Most that an hour of a month stands from the middle, in standard deviations about it: beyond it is all
spike, or none. [1]"""
_MIDDLE = np.abs(_GRID) <= _FARTHEST
"""Where on the grid the means of hours may stand."""
_KERNEL = np.exp(-0.5 * (2.0 * np.pi * np.fft.rfftfreq(_STEPS, _STEP)) ** 2)
"""Transform of the normal density."""
_PASSES, _DAMPING = 40, 0.7
"""Passes in which the means of the hours settle, and the part of a step that each goes: fixed, so that the
same quantiles give the same bits. Means are then met within 0.01 of the year's in every market. [1]"""
_NODES: Array = np.linspace(-6.0, 6.0, 161)
_NORMAL: Array = np.exp(-0.5 * _NODES**2) / np.exp(-0.5 * _NODES**2).sum()
"""Standard deviations about the mean of an hour, and their probabilities, shape (161,). [1]"""
_ORDERS = 30
"""Hermite polynomials that the correlation of mapped prices is summed over. [1]"""
_CORRELATIONS: Array = np.linspace(0.0, 0.9975, 400)
"""Correlations of Gaussian prices among which one is found. [1]"""
_P05_TO_P95_SD = 3.29
"""Standard deviations of a normal from its 5th to its 95th percentile."""
_LEAST_SPREAD = 0.05
"""Least standard deviation of a Gaussian price, where the percentiles leave none. [1]"""
_FAR = 256.0
"""Distance from the outer knots to where the map ends, farther than any Gaussian price. [1]"""
_TAIL = 0.999
"""Share of the hours below the price that is solved for, so that the mean is kept. [1]"""
_HOURS = np.repeat(np.array(DAYS_IN_MONTH) / (sum(DAYS_IN_MONTH) * HOURS_PER_DAY), HOURS_PER_DAY)
"""Share of the hours of a year in each hour of a month, shape (288,). [1]"""


class PriceQuantiles(NamedTuple):
    """What is published of the hours of a year, prices over the year's mean."""

    shares: tuple[float, ...]
    """Shares of the hours below each price, rising, in (0, 1). [1]"""
    prices: tuple[float, ...]
    """Prices over the mean, not falling. [1]"""


class PriceMap(NamedTuple):
    """A Gaussian price over the annual level, and the map that nowhere falls from it to the published one."""

    knots: Array
    """Gaussian price at the knots, rising. [1]"""
    values: Array
    """Mapped price at the knots. [1]"""
    of_months: Array
    """Mean of the mapped price in each month, shape (12,). [1]"""
    gaussian: Array
    """Mean of the Gaussian price by month and hour, shape (12, 24). [1]"""
    sd: float
    """Standard deviation of the Gaussian price about it. [1]"""
    lag1_corr: float
    """Correlation of the Gaussian price about it with the next hour. [1]"""
    lag24_corr: float
    """Correlation with the same hour of the next day. [1]"""

    def __call__(self, relative: Array) -> Array:
        """Mapped prices; beyond the outer knots they move one for one."""
        return _through(self.knots, self.values, relative, 1.0)


def price_map(
    shape: Array, quantiles: PriceQuantiles, *, lag1_corr: float, lag24_corr: float = 0.0
) -> PriceMap:
    r"""The Gaussian price and the map that give published means of hours, quantiles and correlations.

    Parameters
    ----------
    shape : ndarray of float64, shape (12, 24)
        Month x hour factors of mean 1 over the year: means of the mapped price. [1]
    quantiles : PriceQuantiles
        Prices by the share of the hours below them.
    lag1_corr : float
        Correlation of the mapped price about the shape with the next hour, in (-1, 1). [1]
    lag24_corr : float, default 0
        The same with the same hour of the next day, in [0, 1). [1]

    Returns
    -------
    mapped : PriceMap
        Gaussian price, knots and values; the same object for the same arguments.

    Raises
    ------
    ValueError
        If the quantiles contradict each other.

    Notes
    -----
    The Gaussian price is a mixture of normals, one per cell of the shape, so its quantiles :math:`F^{-1}`
    are known. The map :math:`g` runs through :math:`(F^{-1}(s_i), p_i)` and goes on beyond one for one: as
    steeply as between the outer two, it made hours of twice the dearest a market has had. The price below
    which 99.9 % of the hours are is solved for a mean of 1, between its neighbours, and what that leaves is
    scaled away. The cells' means :math:`\mu_c` are those with :math:`E[g(\mu_c + \sigma e)] = s_c`, by
    iteration, as the map hangs on them. With the Hermite coefficients :math:`a_{c,k}` of the map about each
    cell, hours whose Gaussian prices correlate by :math:`r` have mapped prices of covariance
    :math:`\sum_k a_{c,k} a_{c',k} r^k`; :math:`r` is solved for the mean over cells an hour and a day on
    [1]_. A Gaussian price keeps over an hour at most what lets it forget over a day as much as it has to, as
    one of order 1 does. The percentiles set the spread of the Gaussian price, about which the swing of a
    year works. All of it are inputs: that simulated years have them says the map works, not that another
    year will be like it.

    References
    ----------
    .. [1] Cario and Nelson, Modeling and Generating Random Vectors with Arbitrary Marginal Distributions and
       Correlation Matrix, Northwestern University, 1997 (NORTA).

    Examples
    --------
    >>> flat = np.ones((12, 24))
    >>> spread = price_map(flat, PriceQuantiles((0.05, 0.5, 0.95), (0.1, 1.0, 1.9)), lag1_corr=0.9)
    >>> round(spread.sd, 3), spread(1 + spread.sd * np.array([-1.6449, 1.6449])).round(1)
    (0.547, array([0.1, 1.9]))
    """
    table = np.ascontiguousarray(shape, dtype=np.float64).tobytes()
    return _price_map(table, quantiles, lag1_corr, lag24_corr)


@lru_cache(maxsize=256)
def _price_map(shape: bytes, quantiles: PriceQuantiles, lag1_corr: float, lag24_corr: float) -> PriceMap:
    shares, prices = (np.array(column) for column in quantiles)
    if not (np.all(np.diff([0.0, *shares, 1.0]) > 0.0) and np.all(np.diff(prices) >= 0.0)):
        raise ValueError(f"the quantiles contradict each other (got {quantiles})")
    wanted = np.frombuffer(shape)
    spread = max(float(np.ptp(np.interp((0.05, 0.95), shares, prices))) / _P05_TO_P95_SD, _LEAST_SPREAD)
    cells = np.clip((wanted - 1.0) / (wanted.std() or 1.0), -_FARTHEST, _FARTHEST)
    for _ in range(_PASSES):
        knots, values, sd = _fitted(cells, shares, prices, spread)
        means = np.maximum.accumulate(_smooth(_through(knots, values, _GRID, sd))[_MIDDLE])
        cells += _DAMPING * (np.interp(wanted, means, _GRID[_MIDDLE]) - cells)
    knots, values, sd = _fitted(cells, shares, prices, spread)
    about = _through(knots, values, cells[:, None] + _NODES, sd)
    of_cells = np.interp(cells, _GRID, _smooth(_through(knots, values, _GRID, sd)))
    middle = float((_HOURS * cells).sum())
    return PriceMap(
        1.0 + sd * (knots - middle),
        values,
        of_cells.reshape(MONTHS_PER_YEAR, HOURS_PER_DAY).mean(axis=1),
        1.0 + sd * (cells - middle).reshape(MONTHS_PER_YEAR, HOURS_PER_DAY),
        sd,
        *_gaussian_lags(about, lag1_corr, lag24_corr),
    )


def _fitted(cells: Array, shares: Array, prices: Array, spread: float) -> tuple[Array, Array, float]:
    """Knots, mapped prices there, and what a standard deviation about an hour is in price. [1]"""
    weight = _weights(cells)
    middle = float((_HOURS * cells).sum())
    sd = spread / math.sqrt(1.0 + float((_HOURS * (cells - middle) ** 2).sum()))
    upper = int(np.searchsorted(shares, _TAIL))
    at = np.insert(shares, upper, _TAIL) if 0 < upper < shares.size else shares
    knots = np.interp(at, np.cumsum(weight) - 0.5 * weight, _GRID)

    def mean(values: Array) -> float:
        # no product of BLAS, which adds in another order on several threads than on one
        return float((weight * _through(knots, values, _GRID, sd)).sum() / weight.sum())

    values = prices
    if at.size > shares.size:
        bounds = prices[upper - 1], prices[upper]
        # the mean is linear in the price of the tail: two of them tell where it is 1
        low, high = (mean(np.insert(prices, upper, tail)) for tail in bounds)
        share = (1.0 - low) / (high - low) if high > low else 0.0
        values = np.insert(prices, upper, bounds[0] + min(1.0, max(0.0, share)) * (bounds[1] - bounds[0]))
    whole = mean(values)
    if not whole > 0.0:
        raise ValueError(f"the quantiles contradict each other (got mean {whole})")
    return knots, values / whole, sd


def _through(knots: Array, values: Array, at: Array, slope: float) -> Array:
    """A map at some points, straight beyond its outer knots."""
    # two knots far beyond make the tails part of one look-up
    ends = np.array([knots[0] - _FAR]), np.array([knots[-1] + _FAR])
    far = np.array([values[0] - _FAR * slope]), np.array([values[-1] + _FAR * slope])
    around = np.concatenate([ends[0], knots, ends[1]]), np.concatenate([far[0], values, far[1]])
    return np.asarray(np.interp(at, *around), dtype=np.float64)


def _weights(cells: Array) -> Array:
    """Probabilities of the Gaussian price on the grid: one normal per hour, shared by its neighbours."""
    place = (cells - _GRID[0]) / _STEP
    below = place.astype(np.int64)
    part = place - below
    lower = np.bincount(below, _HOURS * (1.0 - part), _STEPS)
    upper = np.bincount(below + 1, _HOURS * part, _STEPS)
    return np.maximum(_smooth(np.asarray(lower + upper, dtype=np.float64)), 0.0)


def _smooth(values: Array) -> Array:
    """Means of a function on the grid under a normal about each point."""
    return np.asarray(np.fft.irfft(np.fft.rfft(values) * _KERNEL, _STEPS), dtype=np.float64)


def _gaussian_lags(about: Array, lag1_corr: float, lag24_corr: float) -> tuple[float, float]:
    """Correlations of the Gaussian price with which the mapped one, given at the nodes about the mean of
    each cell, has those wanted. [1]
    """
    weighted, by_order = about * _NORMAL, []
    polynomial, before = np.ones_like(_NODES), np.zeros_like(_NODES)
    for order in range(1, _ORDERS + 1):
        following = (_NODES * polynomial - math.sqrt(order - 1) * before) / math.sqrt(order)
        polynomial, before = following, polynomial
        by_order.append((weighted * polynomial).sum(axis=1))
    moments = np.array(by_order)
    by_hour = moments.reshape(_ORDERS, MONTHS_PER_YEAR, HOURS_PER_DAY)
    next_hour = np.roll(by_hour, -1, axis=2).reshape(moments.shape)
    variance = float((_HOURS * ((weighted * about).sum(axis=1) - weighted.sum(axis=1) ** 2)).sum())
    powers = _CORRELATIONS[:, None] ** np.arange(1, _ORDERS + 1)

    def solved(wanted: float, other: Array) -> float:
        # what does not persist has no correlation to lose
        if wanted <= 0.0 or not variance > 0.0:
            return wanted
        found = (powers * (_HOURS * moments * other).sum(axis=1)).sum(axis=1) / variance
        return float(np.interp(wanted, np.maximum.accumulate(found), _CORRELATIONS))

    day = solved(lag24_corr, moments)
    hour = solved(lag1_corr, next_hour)
    return (min(hour, day ** (1.0 / HOURS_PER_DAY)) if day > 0.0 else hour), day
