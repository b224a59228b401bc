"""Spread of the hourly price: from a Gaussian residual to the published quantiles of a year.

Measured prices heap near 0, where plants stop rather than pay, with a thin lower tail below and, where
scarcity is priced, an upper one of many times the mean. A Gaussian about the month x hour shape has
neither, so its price is mapped, hour by hour and without changing the order of the hours, onto the
quantiles that were published.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from capsim.units import DAYS_IN_MONTH, HOURS_PER_DAY, MONTHS_PER_YEAR, Array

_GRID = 4001
_TAILS_SD = 6.0
_FAR = 256.0
"""Distance from the outer knots to where the map ends, farther than any Gaussian price. [1]"""
_TAIL = 0.999
"""Share of the hours below the price that is solved for, so that the mean is kept. [1]"""


class PriceQuantiles(NamedTuple):
    """What is published of the hours of a year, prices over the year's mean."""

    shares: tuple[float, ...]
    """Shares of the hours below each price, rising, in (0, 1). [1]"""
    prices: tuple[float, ...]
    """Prices over the mean, not falling. [1]"""


class PriceMap(NamedTuple):
    """A piecewise linear function, nowhere falling, of the Gaussian price over the annual level."""

    knots: Array
    """Gaussian price at the knots, rising. [1]"""
    values: Array
    """Mapped price at the knots. [1]"""
    of_months: Array
    """Mean of the mapped price in each month, shape (12,). [1]"""

    def __call__(self, relative: Array) -> Array:
        """Mapped prices; beyond the outer knots they move one for one."""
        # two knots far beyond make the tails part of one look-up
        knots = np.concatenate([[self.knots[0] - _FAR], self.knots, [self.knots[-1] + _FAR]])
        values = np.concatenate([[self.values[0] - _FAR], self.values, [self.values[-1] + _FAR]])
        return np.asarray(np.interp(relative, knots, values), dtype=np.float64)


def price_map(shape: Array, residual_sd: float, quantiles: PriceQuantiles) -> PriceMap:
    r"""The map that gives a Gaussian price the published quantiles and keeps its mean.

    Parameters
    ----------
    shape : ndarray of float64, shape (12, 24)
        Month x hour factors of mean 1 over the year. [1]
    residual_sd : float
        Standard deviation of the Gaussian residual about them, greater than 0. [1]
    quantiles : PriceQuantiles
        Prices by the share of the hours below them.

    Returns
    -------
    mapped : PriceMap
        Knots and values; the same object for the same arguments.

    Raises
    ------
    ValueError
        If the quantiles contradict each other.

    Notes
    -----
    The Gaussian price is a mixture of normals, one per cell of the shape, so its quantiles
    :math:`F^{-1}` are known. The map runs through :math:`(F^{-1}(s_i), p_i)` and goes on beyond one for
    one: as steeply as between the outer two, it made hours of twice the dearest a market has had. The
    price below which 99.9 % of the hours are is solved for a mean of 1, between its neighbours, and what
    that leaves is scaled away. The quantiles are inputs: that simulated years have them says the map works,
    not that another year will be like it.

    Examples
    --------
    >>> flat = np.ones((12, 24))
    >>> spread = price_map(flat, 0.4, PriceQuantiles((0.05, 0.5, 0.95), (0.1, 1.0, 1.8)))
    >>> spread(np.array([1 - 1.6449 * 0.4, 1 + 1.6449 * 0.4])).round(1)
    array([0.1, 1.8])
    """
    return _price_map(np.ascontiguousarray(shape, dtype=np.float64).tobytes(), residual_sd, quantiles)


@lru_cache(maxsize=256)
def _price_map(shape: bytes, residual_sd: float, quantiles: PriceQuantiles) -> PriceMap:
    if not 0.0 < residual_sd < math.inf:
        raise ValueError(f"residual_sd must be greater than 0 (got {residual_sd})")
    shares, prices = (np.array(column) for column in quantiles)
    if not (np.all(np.diff([0.0, *shares, 1.0]) > 0.0) and np.all(np.diff(prices) >= 0.0)):
        raise ValueError(f"the quantiles contradict each other (got {quantiles})")
    grid, weight = _mixture(np.frombuffer(shape).reshape(MONTHS_PER_YEAR, HOURS_PER_DAY), residual_sd)
    upper = int(np.searchsorted(shares, _TAIL))
    at = np.insert(shares, upper, _TAIL) if 0 < upper < shares.size else shares
    knots = np.interp(at, np.cumsum(weight.sum(axis=0)), grid)

    def through(tail: float) -> PriceMap:
        values = np.insert(prices, upper, tail) if at.size > shares.size else prices
        made = PriceMap(knots, values, np.empty(0))
        # no product of BLAS, which adds in another order on several threads than on one
        return made._replace(of_months=(weight * made(grid)).sum(axis=1) / weight.sum(axis=1))

    if at.size > shares.size:
        bounds = prices[upper - 1], prices[upper]
        # the mean is linear in the price of the tail: two of them tell where it is 1
        low, high = (_mean(through(tail)) for tail in bounds)
        share = (1.0 - low) / (high - low) if high > low else 0.0
        mapped = through(bounds[0] + min(1.0, max(0.0, share)) * (bounds[1] - bounds[0]))
    else:
        mapped = through(0.0)
    mean = _mean(mapped)
    if not mean > 0.0:
        raise ValueError(f"the quantiles contradict each other (got {quantiles})")
    return PriceMap(knots, mapped.values / mean, mapped.of_months / mean)


def _mean(mapped: PriceMap) -> float:
    """Mean of the mapped price over a year. [1]"""
    return float(np.average(mapped.of_months, weights=DAYS_IN_MONTH))


def _mixture(shape: Array, residual_sd: float) -> tuple[Array, Array]:
    """Prices and, by month, their probabilities: one normal per hour, weighted by the months' days."""
    from scipy.special import ndtr

    low, high = shape.min() - _TAILS_SD * residual_sd, shape.max() + _TAILS_SD * residual_sd
    edges = np.linspace(low, high, _GRID + 1)
    days = np.array(DAYS_IN_MONTH) / sum(DAYS_IN_MONTH)
    below = ndtr((edges - shape[:, :, None]) / residual_sd).mean(axis=1) * days[:, None]
    return 0.5 * (edges[1:] + edges[:-1]), np.diff(below, axis=1)
