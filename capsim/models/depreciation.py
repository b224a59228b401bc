"""Depreciation: how the cost of an asset is spread over the years of its life."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from capsim.models.ratios import share_of
from capsim.units import Array


def written_off(age_y: ArrayLike, *, life_y: ArrayLike, factor: float = 1.0) -> Array:
    r"""Share of a cost written off by an age, in continuous time.

    Parameters
    ----------
    age_y : array_like of float, shape (...,)
        Age; none before 0. [y]
    life_y : array_like of float, shape (...,)
        Life, at least 0; 0 is written off at once, infinity never. [y]
    factor : float, default 1
        Multiple of the straight-line rate; 1 is straight-line. [1]

    Returns
    -------
    share : ndarray of float64, shape (...,)
        In [0, 1]; 1 from the end of the life on. [1]

    Raises
    ------
    ValueError
        If `factor` is below 1 or a life is negative or NaN.

    Notes
    -----
    With a factor of at least the life all is written off in the first year: at once, as the limit of what
    follows. With a factor f above 1 the share left is :math:`(1 - f/n)^a`, and falls straight to 0 once that
    is faster: from the age :math:`n - 1/k` with :math:`k = -\ln(1 - f/n)`. At whole years before
    that it is what a yearly schedule of that share of the book value leaves.

    Examples
    --------
    >>> written_off([0.0, 1.0, 5.0], life_y=4.0)
    array([0.  , 0.25, 1.  ])
    >>> written_off([0.0, 1.0, 2.0], life_y=8.0, factor=2.0)
    array([0.    , 0.25  , 0.4375])
    """
    age, life = np.broadcast_arrays(np.asarray(age_y, np.float64), np.asarray(life_y, np.float64))
    if not (1.0 <= factor < math.inf and np.all(life >= 0.0)):
        raise ValueError(f"factor must be finite and at least 1, and life_y at least 0 (got {factor})")
    # a life of 0 is written off at once, without dividing by it
    share = np.clip(np.where(life > 0.0, share_of(age, life), age >= 0.0), 0.0, 1.0)
    # straight-line: there is no declining part, nor a switch from it
    if factor == 1.0:
        return share
    # a rate of all or more leaves nothing after the first year
    at_once = (age > 0.0) & (life <= factor)
    # what does not decline gets a life for which the logarithm below exists, and its straight line at the end
    declines = np.isfinite(life) & (life > factor)
    years = np.where(declines, life, 2.0 * factor)
    rate = -np.log1p(-factor / years)
    switch_y = np.maximum(years - 1.0 / rate, 0.0)
    left = np.exp(-rate * np.minimum(np.maximum(age, 0.0), switch_y))
    straight = np.clip((years - age) / (years - switch_y), 0.0, 1.0)
    left = np.where(age > switch_y, left * straight, left)
    return np.where(declines, 1.0 - left, np.where(at_once, 1.0, share))


def written_off_by_table(
    edges_d: ArrayLike, start_d: float, year_starts_d: ArrayLike, shares: Sequence[float]
) -> Array:
    """Share of a cost written off by a table of tax years, evenly within each.

    Parameters
    ----------
    edges_d : array_like of float, shape (n,)
        Times at which it is asked for. [d]
    start_d : float
        Day the asset starts to work. [d]
    year_starts_d : array_like of float, rising
        First days of tax years, from before the start until after the last of the table. [d]
    shares : sequence of float
        Share of each tax year, the first being that of the start; they sum to 1. [1]

    Returns
    -------
    share : ndarray of float64, shape (n,)
        In [0, 1]. [1]

    Raises
    ------
    ValueError
        If there are too few tax years.

    Examples
    --------
    >>> written_off_by_table([0.0, 50.0, 100.0, 200.0], 50.0, [0.0, 100.0, 200.0, 300.0], [0.2, 0.8])
    array([0. , 0. , 0.2, 1. ])
    """
    years = np.asarray(year_starts_d, dtype=np.float64)
    first = int(np.searchsorted(years, start_d, side="right"))
    ends = years[first : first + len(shares)]
    if first == 0 or ends.size < len(shares):
        raise ValueError("needs the tax years from the start on to the end of the table")
    left_edges = np.asarray(edges_d, dtype=np.float64)
    return np.asarray(np.interp(left_edges, [start_d, *ends], [0.0, *np.cumsum(shares)]))
