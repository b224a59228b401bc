"""First-order autoregressive series, summed by blocks instead of step by step."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from capsim.units import Array

_BLOCK = 24
"""Steps summed by one product with a matrix of weights."""
_BLOCKS_AT_ONCE = 1024
"""Blocks multiplied at once: larger products BLAS splits over threads that then wait busily for the next one,
which doubles the processor time of a site."""
_NEGLIGIBLE = float(np.finfo(np.float64).eps)


def persistent(innovations: Array, memory: float) -> Array:
    r"""Series in which each value keeps a part of the one before it.

    Parameters
    ----------
    innovations : ndarray of float64, shape (..., n)
        What is new in each step, the whole first value included; any unit. [unit]
    memory : float
        Part of a value that is left in the next, in (-1, 1). [1]

    Returns
    -------
    series : ndarray of float64, shape (..., n)
        In the unit of the innovations.

    Notes
    -----
    .. math:: e_t = \rho e_{t-1} + w_t = \sum_{k \ge 0} \rho^k w_{t-k}

    Inside a block the sum is a product with powers of the memory; from block to block what the ends leave
    is added up in passes that double its span, until the rest is below rounding.

    Examples
    --------
    >>> persistent(np.array([8.0, 0.0, 1.0]), 0.5)
    array([8., 4., 3.])
    """
    *series, n = innovations.shape
    blocks = -(-n // _BLOCK)
    padded = np.zeros((*series, blocks * _BLOCK))
    padded[..., :n] = innovations
    parts = padded.reshape(*series, blocks, _BLOCK)
    weights = _weights(memory)
    for first in range(0, blocks, _BLOCKS_AT_ONCE):
        at = (..., slice(first, first + _BLOCKS_AT_ONCE), slice(None))
        parts[at] = parts[at] @ weights
    ends = _doubled(parts[..., -1].copy(), memory**_BLOCK)
    # with one power more, the first row of weights is what an end leaves to the next block
    parts[..., 1:, :] += ends[..., :-1, None] * (memory * weights[0])
    return padded[..., :n]


@lru_cache(maxsize=32)
def _weights(memory: float) -> Array:
    """Weight of each step (row) in each later one (column) of a block, 0 in those before it."""
    step = np.arange(_BLOCK)
    later = step - step[:, None]
    return np.where(later >= 0, float(memory) ** np.maximum(later, 0), 0.0)


def _doubled(values: Array, memory: float) -> Array:
    """The series of innovations `values`, in place, by passes that double the span of the sum."""
    span, weight = 1, memory
    while span < values.shape[-1] and abs(weight) > _NEGLIGIBLE:
        values[..., span:] += weight * values[..., :-span]
        span, weight = 2 * span, weight**2
    return values
