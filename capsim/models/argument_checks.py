"""Checks that the arguments of several models share; each says the rule it holds, and NaN fails."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capsim.units import Array


def finite(name: str, values: ArrayLike) -> Array:
    """The values as an array, checked to be finite."""
    array = np.asarray(values, dtype=np.float64)
    return _checked(array, np.isfinite(array), f"{name} must be finite")


def finite_at_least_0(name: str, values: ArrayLike) -> Array:
    """The values as an array, checked to be finite and at least 0."""
    array = np.asarray(values, dtype=np.float64)
    return _checked(array, (array >= 0.0) & (array < np.inf), f"{name} must be finite and at least 0")


def finite_above_0(name: str, values: ArrayLike) -> Array:
    """The values as an array, checked to be finite and above 0."""
    array = np.asarray(values, dtype=np.float64)
    return _checked(array, (array > 0.0) & (array < np.inf), f"{name} must be finite and above 0")


def shares(name: str, values: ArrayLike) -> Array:
    """The values as an array, checked to be in [0, 1]."""
    array = np.asarray(values, dtype=np.float64)
    return _checked(array, (array >= 0.0) & (array <= 1.0), f"{name} must be in [0, 1]")


def _checked(array: Array, holds: NDArray[np.bool_], rule: str) -> Array:
    """The array, whose every value holds a rule."""
    if not np.all(holds):
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
