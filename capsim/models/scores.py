"""Scores of forecasts: how far a distribution was from what came true."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def crps(draws: ArrayLike, outcome: float) -> float:
    r"""Continuous ranked probability score of draws, in their unit; of a single one its absolute error.

    Notes
    -----
    .. math:: \mathrm{CRPS} = E|X - y| - \tfrac12 E|X - X'|

    References
    ----------
    Gneiting and Raftery, Journal of the American Statistical Association 102 (2007) 359.

    Examples
    --------
    >>> crps([3.0], 5.0), crps([0.0, 2.0], 1.0)
    (2.0, 0.5)
    """
    x = np.sort(np.asarray(draws, dtype=np.float64))
    n = len(x)
    if not n:
        raise ValueError("draws must not be empty")
    weights = 2.0 * np.arange(1, n + 1) - n - 1.0
    return float(np.abs(x - outcome).mean() - (weights * x).sum() / n**2)


def rank_share(draws: ArrayLike, outcome: float) -> float:
    """Share of draws below an outcome, with half of those that equal it: uniform where forecasts are right.

    Examples
    --------
    >>> rank_share([1.0, 2.0, 3.0, 4.0], 2.0)
    0.375
    """
    x = np.asarray(draws, dtype=np.float64)
    return float((x < outcome).mean() + 0.5 * (x == outcome).mean())


def is_inside(draws: ArrayLike, outcome: float, share: float) -> bool:
    """Whether an outcome lies in the middle share of draws.

    Examples
    --------
    >>> is_inside(range(101), 89.0, 0.8), is_inside(range(101), 91.0, 0.8)
    (True, False)
    """
    low, high = np.quantile(np.asarray(draws, dtype=np.float64), [(1.0 - share) / 2.0, (1.0 + share) / 2.0])
    return bool(low <= outcome <= high)
