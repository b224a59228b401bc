"""Ratios of arrays where a part of the whole may be nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def share_of(part: ArrayLike, whole: ArrayLike, *, of_nothing: float = 0.0) -> NDArray[np.float64]:
    """Part over whole where the whole is above 0, and `of_nothing` elsewhere. [1]

    Examples
    --------
    >>> share_of([1.0, 2.0], [4.0, 0.0])
    array([0.25, 0.  ])
    """
    shape = np.broadcast_shapes(np.shape(part), np.shape(whole))
    # zeros come from the system without being written
    empty = np.full(shape, of_nothing) if of_nothing else np.zeros(shape)
    share: NDArray[np.float64] = np.divide(part, whole, out=empty, where=np.asarray(whole) > 0.0)
    return share
