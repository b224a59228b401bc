"""Spread of the hourly price: from a Gaussian residual to the published quantiles of a year.

Measured prices heap near 0, where plants stop rather than pay, and have a thin lower tail below.
A Gaussian about the month x hour shape has neither, so its price is mapped, hour by hour and
without changing the order of the hours, onto the quantiles that were published.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from capsim.units import DAYS_IN_MONTH, HOURS_PER_DAY, Array

_GRID = 4001
_TAILS_SD = 6.0


class PriceQuantiles(NamedTuple):
    """What is published of the hours of a year, prices over the year's mean."""

    share_negative: float
    """Share of the hours with a price below 0. [1]"""
    p05: float
    """5th percentile over the mean. [1]"""
    p95: float
    """95th percentile over the mean. [1]"""


class PriceMap(NamedTuple):
    """A rising, piecewise linear function of the Gaussian price over the annual level."""

    knots: Array
    """Gaussian price at the knots, rising. [1]"""
    values: Array
    """Mapped price at the knots, rising. [1]"""

    def __call__(self, relative: Array) -> Array:
        """Mapped prices; beyond the outer knots one for one."""
        slopes = np.concatenate([[1.0], np.diff(self.values) / np.diff(self.knots), [1.0]])
        bends = np.diff(slopes)
        # the line left of all knots, less what the bends add to it there
        mapped: Array = relative * slopes[0]
        mapped += self.values[0] - slopes[0] * self.knots[0] - bends @ self.knots
        # in place, bend by bend: faster over years of hours than a search for the segment of each
        bent = np.empty_like(mapped)
        for knot, bend in zip(self.knots, bends, strict=True):
            np.maximum(relative, knot, out=bent)
            bent *= bend
            mapped += bent
        return mapped


def price_map(shape: Array, residual_sd: float, quantiles: PriceQuantiles) -> PriceMap:
    r"""The map that gives a Gaussian price the published quantiles and keeps its mean.

    Parameters
    ----------
    shape : ndarray of float64, shape (12, 24)
        Month x hour factors of mean 1 over the year. [1]
    residual_sd : float
        Standard deviation of the Gaussian residual about them, greater than 0. [1]
    quantiles : PriceQuantiles
        Share of negative hours, and the 5th and 95th percentile.

    Returns
    -------
    mapped : PriceMap
        Knots and values; the same object for the same arguments.

    Raises
    ------
    ValueError
        If the quantiles contradict each other, or leave no room for a mean of 1.

    Notes
    -----
    The Gaussian price is a mixture of normals, one per cell of the shape, so its quantiles
    :math:`F^{-1}` are known. The map runs through :math:`(F^{-1}(n), 0)`,
    :math:`(F^{-1}(0.05), p_{05})`, :math:`(F^{-1}(0.5), m)` and :math:`(F^{-1}(0.95), p_{95})`, and has
    slope 1 beyond; m is solved for a mean of 1. The three quantiles are inputs: that simulated years
    have them says the map works, not that another year will be like it. The tails beyond them,
    spikes of some hundred EUR/MWh in single hours of crises included, are the Gaussian's.

    Examples
    --------
    >>> flat = np.ones((12, 24))
    >>> spread = price_map(flat, 0.4, PriceQuantiles(0.02, 0.1, 1.8))
    >>> spread(np.array([1 - 1.6449 * 0.4, 1 + 1.6449 * 0.4])).round(2)
    array([0.1, 1.8])
    """
    return _price_map(np.ascontiguousarray(shape, dtype=np.float64).tobytes(), residual_sd, quantiles)


@lru_cache(maxsize=32)
def _price_map(shape: bytes, residual_sd: float, quantiles: PriceQuantiles) -> PriceMap:
    if not 0.0 < residual_sd < math.inf:
        raise ValueError(f"residual_sd must be greater than 0 (got {residual_sd})")
    negative, p05, p95 = quantiles
    if not (0.0 < negative < 0.5 and p05 < p95 and (negative < 0.05) == (p05 > 0.0 or p05 == 0.0)):
        raise ValueError(f"the quantiles contradict each other (got {quantiles})")
    grid, weight = _mixture(np.frombuffer(shape).reshape(12, HOURS_PER_DAY), residual_sd)
    cumulative = np.cumsum(weight)
    at = {q: float(np.interp(q, cumulative, grid)) for q in (negative, 0.05, 0.5, 0.95)}
    points = sorted({at[negative]: 0.0, at[0.05]: p05, at[0.5]: 0.0, at[0.95]: p95}.items())
    knots, prices = (np.array(column) for column in zip(*points, strict=True))

    def through(median: float) -> PriceMap:
        return PriceMap(knots, np.where(knots == at[0.5], median, prices))

    # the mean is linear in the price at the median: two of them tell where it is 1
    low, high = (float(weight @ through(median)(grid)) for median in (0.0, 1.0))
    mapped = through((1.0 - low) / (high - low))
    if not np.all(np.diff(mapped.values) >= 0.0):
        raise ValueError(f"the quantiles leave no room for the mean (got {quantiles})")
    return mapped


def _mixture(shape: Array, residual_sd: float) -> tuple[Array, Array]:
    """Prices and their probabilities: one normal per month and hour, weighted by the months' days."""
    from scipy.special import ndtr

    low, high = shape.min() - _TAILS_SD * residual_sd, shape.max() + _TAILS_SD * residual_sd
    edges = np.linspace(low, high, _GRID + 1)
    days = np.repeat(DAYS_IN_MONTH, HOURS_PER_DAY) / (sum(DAYS_IN_MONTH) * HOURS_PER_DAY)
    below = days @ ndtr((edges - shape.reshape(-1, 1)) / residual_sd)
    return 0.5 * (edges[1:] + edges[:-1]), np.diff(below)
