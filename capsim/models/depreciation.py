"""Depreciation: how the cost of an asset is spread over the years of its life."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def straight_line(cost: float, *, life_y: int, residual: float = 0.0) -> NDArray[np.float64]:
    """Equal depreciation in every year of a life.

    Parameters
    ----------
    cost : float
        Cost at the start, at least 0. [currency]
    life_y : int
        Years written off over, at least 1. [y]
    residual : float, default 0
        Value left at the end, in [0, `cost`]. [currency]

    Returns
    -------
    depreciation : ndarray of float64, shape (life_y,)
        Of each year; the sum is ``cost - residual``. [currency/y]

    Raises
    ------
    ValueError
        If an argument is outside its range or NaN.

    Examples
    --------
    >>> straight_line(100.0, life_y=4, residual=20.0)
    array([20., 20., 20., 20.])
    """
    _check_asset(cost, life_y, residual)
    return np.full(life_y, (cost - residual) / life_y)


def declining_balance(
    cost: float, *, life_y: int, factor: float, residual: float = 0.0
) -> NDArray[np.float64]:
    r"""Depreciation of a fixed share of the book value, then straight-line once that is more.

    Parameters
    ----------
    cost : float
        Cost at the start, at least 0. [currency]
    life_y : int
        Years written off over, at least 1. [y]
    factor : float
        Multiple of the straight-line rate, at least 1; 2 is double declining. [1]
    residual : float, default 0
        Value left at the end, in [0, `cost`]. [currency]

    Returns
    -------
    depreciation : ndarray of float64, shape (life_y,)
        Of each year; the sum is ``cost - residual``. [currency/y]

    Raises
    ------
    ValueError
        If an argument is outside its range or NaN.

    Notes
    -----
    .. math:: d_k = \min\left(B_k - R,\; \max\left(\frac{f B_k}{n}, \frac{B_k - R}{n - k}\right)\right)

    for book value :math:`B_k` at the start of year k, counted from 0. Whole years; a part first
    year is the ledger's affair.

    Examples
    --------
    >>> declining_balance(100.0, life_y=4, factor=2.0)
    array([50. , 25. , 12.5, 12.5])
    """
    _check_asset(cost, life_y, residual)
    if not 1.0 <= factor < math.inf:
        raise ValueError(f"factor must be finite and at least 1 (got {factor})")
    depreciation = np.zeros(life_y)
    book = cost
    for year in range(life_y):
        left = book - residual
        depreciation[year] = min(left, max(factor * book / life_y, left / (life_y - year)))
        book -= depreciation[year]
    return depreciation


def _check_asset(cost: float, life_y: int, residual: float) -> None:
    """An asset that can be written off."""
    if not 0.0 <= residual <= cost < math.inf:
        raise ValueError(f"residual must be in [0, cost] and cost finite (got {residual} of {cost})")
    if not life_y >= 1:
        raise ValueError(f"life_y must be at least 1 (got {life_y})")
