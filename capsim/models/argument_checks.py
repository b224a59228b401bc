"""Checks that the arguments of several models share; each says the rule it holds, and NaN fails."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from capsim.units import Array


def finite(name: str, values: ArrayLike) -> Array:
    """The values as an array, checked to be finite."""
    array = np.asarray(values, dtype=np.float64)
    return _within(array, -np.inf, np.inf, f"{name} must be finite")


def finite_at_least_0(name: str, values: ArrayLike) -> Array:
    """The values as an array, checked to be finite and at least 0."""
    array = np.asarray(values, dtype=np.float64)
    return _within(array, 0.0, np.inf, f"{name} must be finite and at least 0", has_least=True)


def finite_above_0(name: str, values: ArrayLike) -> Array:
    """The values as an array, checked to be finite and above 0."""
    array = np.asarray(values, dtype=np.float64)
    return _within(array, 0.0, np.inf, f"{name} must be finite and above 0")


def shares(name: str, values: ArrayLike) -> Array:
    """The values as an array, checked to be in [0, 1]."""
    array = np.asarray(values, dtype=np.float64)
    if array.size and not (array.min() >= 0.0 and array.max() <= 1.0):
        raise ValueError(f"{name} must be in [0, 1]")
    return array


def _within(array: Array, above: float, below: float, rule: str, *, has_least: bool = False) -> Array:
    """The array, whose every value is between two others, or is the least."""
    # its ends alone, which are NaN where any value is: hours are many, and a mask is a pass over them more
    if array.size:
        least = array.min()
        if not ((least > above or (has_least and least == above)) and array.max() < below):
            raise ValueError(rule)
    return array


def require_within(name: str, number: float, low: float, high: float) -> None:
    """Refuse a number outside an interval that has both its ends."""
    if not low <= number <= high:
        raise ValueError(f"{name} must be in [{low:g}, {high:g}] (got {number})")


def require_finite_at_least_0(name: str, number: float) -> None:
    """Refuse a number that is negative or infinite."""
    if not 0.0 <= number < math.inf:
        raise ValueError(f"{name} must be finite and at least 0 (got {number})")


def require_finite_above_0(name: str, number: float) -> None:
    """Refuse a number that is not positive, or infinite."""
    if not 0.0 < number < math.inf:
        raise ValueError(f"{name} must be finite and above 0 (got {number})")
