"""Ratios of arrays where a part of the whole may be nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from capsim.units import Array


def share_of(part: ArrayLike, whole: ArrayLike, *, of_nothing: float = 0.0) -> Array:
    """Part over whole where the whole is above 0, and `of_nothing` elsewhere. [1]

    Examples
    --------
    >>> share_of([1.0, 2.0], [4.0, 0.0])
    array([0.25, 0.  ])
    """
    shape = np.broadcast_shapes(np.shape(part), np.shape(whole))
    # zeros come from the system without being written
    empty = np.full(shape, of_nothing) if of_nothing else np.zeros(shape)
    share: Array = np.divide(part, whole, out=empty, where=np.asarray(whole) > 0.0)
    return share
