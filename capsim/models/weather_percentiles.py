"""Percentiles over a year's hours that a climate states, and what temperatures lack to have them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from capsim.units import Array

PERCENTILES = (50.0, 90.0, 99.0, 99.6)
"""Percentiles over a year's hours that a climate states beside its mean. [%]"""
_COLD_PERCENTILE = 10.0
"""Percentile up to which nothing is shifted: no climate states a lower one. [%]"""
_STEP_K = 0.02
"""Step in which temperatures are counted, not sorted. [K]"""


def counted_percentiles(
    temperature_c: Array, hours: Array, percentiles: tuple[float, ...] = PERCENTILES
) -> NDArray[np.float64]:
    """Percentiles of temperatures that each stand for a number of `hours`, to 0.02 K. [degC]

    Examples
    --------
    >>> counted_percentiles(np.linspace(0.0, 1000.0, 1001), np.ones(1001), (50.0, 90.0)).round()
    array([500., 900.])
    """
    lowest_c = temperature_c.min()
    step = ((temperature_c - lowest_c) / _STEP_K).astype(np.int64)
    below = np.cumsum(np.bincount(step.ravel(), hours.ravel()))
    at = np.interp(np.asarray(percentiles) / 100 * below[-1], below, np.arange(below.size) + 0.5)
    return np.asarray(lowest_c + at * _STEP_K)


def shift_to_percentiles(
    at_c: Array, found_c: Array, hours: Array, wanted_c: Array, highest_c: float = np.inf
) -> Array:
    """What brings temperatures to the percentiles of a climate, at some of them. [K]

    Parameters
    ----------
    at_c : ndarray of float64, any shape
        Temperatures whose shift is asked for. [degC]
    found_c, hours : ndarray of float64, same shape
        Temperatures that stand for the hours of years, and how many of them each. [degC], [1]
    wanted_c : ndarray of float64, shape (5,)
        Mean, which is left to others, and `PERCENTILES`. [degC]
    highest_c : float, optional
        What no temperature passes. [degC]

    Returns
    -------
    shift : ndarray of float64, in the shape of `at_c`
        Linear between the percentiles; 0 in the coldest tenth and at the highest temperature, and constant
        above the percentiles where that is infinite.

    Raises
    ------
    ValueError
        If the percentiles do not rise.

    Examples
    --------
    >>> year, hours = np.linspace(0.0, 20.0, 8760), np.ones(8760)
    >>> shift_to_percentiles(np.array([1.0, 10.0, 20.0]), year, hours, np.array([0, 11, 18, 20, 22])).round(1)
    array([0. , 1. , 2.1])
    """
    if not (wanted_c.shape == (1 + len(PERCENTILES),) and np.all(np.diff(wanted_c[1:]) > 0)):
        raise ValueError(f"expected a mean and {len(PERCENTILES)} rising percentiles")
    knots = counted_percentiles(found_c, hours, (_COLD_PERCENTILE, *PERCENTILES))
    shifts = np.concatenate([[0.0], wanted_c[1:] - knots[1:]])
    if np.isfinite(highest_c):
        # what is nearest to the highest moves least: it shall not pile up there
        knots, shifts = np.append(knots, max(highest_c, knots[-1])), np.append(shifts, 0.0)
    return np.asarray(np.interp(at_c, knots, shifts))
