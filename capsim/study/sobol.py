"""Scrambled Sobol' sequences: the points of `scipy.stats.qmc.Sobol`, each from its number alone.

Importing `scipy.stats` takes longer than a run, and its engine goes from point to point. The direction
numbers are those that SciPy brings.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import scipy
from numpy.typing import NDArray

from capsim.errors import StudyError
from capsim.scenario import stream

BITS = 30
"""Binary digits of a point: as many as SciPy's engine has by default."""
NUMBERS = Path(scipy.__file__).parent / "stats" / "_sobol_direction_numbers.npz"
"""Primitive polynomials and first direction numbers, as SciPy keeps them."""

Whole = NDArray[np.uint32]


def sobol_points(n_columns: int, seed: int, first: int, count: int) -> NDArray[np.float64]:
    r"""Points of a scrambled Sobol' sequence.

    Parameters
    ----------
    n_columns : int
        Dimensions, at least 1.
    seed : int
        Key of the scramble.
    first, count : int
        Number of the first point, from 0, and how many.

    Returns
    -------
    points : ndarray of float64, shape (count, n_columns)
        In [0, 1), in steps of :math:`2^{-30}`. [1]

    Raises
    ------
    StudyError
        If there are more dimensions than direction numbers.

    Notes
    -----
    Point :math:`n` is the exclusive or of the shift and of the direction numbers at the digits of its Gray
    code :math:`n \oplus \lfloor n / 2 \rfloor` [1]_. Polynomials and first numbers are those of [2]_; the
    scramble is a random lower triangular matrix over the digits of each dimension, and a random shift [3]_.

    References
    ----------
    .. [1] Antonov, Saleev, An economic method of computing LP-tau sequences, USSR Computational Mathematics
       and Mathematical Physics 19(1), 1979.
    .. [2] Joe, Kuo, Constructing Sobol sequences with better two-dimensional projections, SIAM Journal on
       Scientific Computing 30(5), 2008.
    .. [3] Matousek, On the L2-discrepancy for anchored boxes, Journal of Complexity 14(4), 1998.
    """
    # where a later SciPy keeps its numbers elsewhere, its engine knows where
    if not NUMBERS.exists():
        return _of_engine(n_columns, seed, first, count)
    directions, shift = _scrambled(n_columns, seed)
    number = np.arange(first, first + count)
    gray = number ^ (number >> 1)
    points = np.tile(shift, (count, 1))
    for digit in range(int(gray.max(initial=0)).bit_length()):
        points[(gray >> digit) & 1 == 1] ^= directions[:, digit]
    return np.asarray(points * 2.0**-BITS, dtype=np.float64)


def _of_engine(n_columns: int, seed: int, first: int, count: int) -> NDArray[np.float64]:
    """The same points by SciPy's own engine."""
    from scipy.stats import qmc

    engine = qmc.Sobol(n_columns, scramble=True, rng=stream(seed, 0, "sobol-scramble"))
    # from the beginning it warns of counts that are no power of two, though its points are the same
    points = engine.random(1 << (first + count - 1).bit_length())
    return np.asarray(points[first : first + count])


@lru_cache(maxsize=2)
def _scrambled(n_columns: int, seed: int) -> tuple[Whole, Whole]:
    """Scrambled direction numbers, shape (n_columns, BITS), and the shift, shape (n_columns,)."""
    # SciPy's engine draws from a child of the generator it is given
    rng = stream(seed, 0, "sobol-scramble").spawn(1)[0]
    powers = np.uint32(1) << np.arange(BITS, dtype=np.uint32)
    shift = rng.integers(2, size=(n_columns, BITS), dtype=np.uint32) @ powers
    lower = np.tril(rng.integers(2, size=(n_columns, BITS, BITS), dtype=np.uint32))
    lower[:, np.arange(BITS), np.arange(BITS)] = 1
    matrix = lower @ powers[::-1]
    plain = _directions(n_columns)
    # a digit of the product is the parity of the digits that a row of the matrix and a number share
    digits = np.bitwise_count(matrix[:, :, None] & plain[:, None, :]) & np.uint8(1)
    return (digits * powers[::-1, None]).sum(axis=1, dtype=np.uint32), shift


def _directions(n_columns: int) -> Whole:
    """Direction numbers by digit, from the most significant, shape (n_columns, BITS)."""
    with np.load(NUMBERS) as kept:
        polynomial, given = kept["poly"], kept["vinit"]
    if not n_columns <= polynomial.size:
        raise StudyError(
            f"a Sobol' sequence has at most {polynomial.size:,} uncertain values (got {n_columns:,}): "
            "take --design lhs"
        )
    polynomial, given = polynomial[:n_columns], given[:n_columns]
    numbers = np.ones((n_columns, BITS), dtype=np.int64)
    # the first dimension has no polynomial, and the number 1 at every digit
    for degree in range(1, given.shape[1] + 1):
        of = np.flatnonzero((polynomial >> degree) == 1)
        of = of[of > 0]
        numbers[of, :degree] = given[of, :degree]
        for j in range(degree, BITS):
            new = numbers[of, j - degree]
            for k in range(1, degree + 1):
                new = new ^ (((polynomial[of] >> (degree - k)) & 1) * numbers[of, j - k] << k)
            numbers[of, j] = new
    return (numbers << np.arange(BITS - 1, -1, -1)).astype(np.uint32)
