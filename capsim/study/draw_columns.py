"""Columns of a design: the draws of one value, by the seed of the study and the name of the value alone.

What else is uncertain in a scenario, and in which order it stands, moves no column. Two scenarios so have the
same luck in all that both of them draw, and differ by what was changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint32]
Probabilities = NDArray[np.float64]

ROUNDS = 4
"""Rounds of the permutation of rows; with three, columns go together more often than independent ones."""
KEY_WORDS = 2 * ROUNDS + 2
"""Words of 32 bits that draw a column: a term and a factor for each round, and for the scramble."""
CELL = 16
"""Rows that are always spread evenly, a power of 2: fewer have few orders, and columns go together."""
HASH = tuple(map(np.uint32, (0x85EBCA6B, 0xC2B2AE35)))
"""Factors of the last steps of MurmurHash3."""
NESTED = tuple(map(np.uint32, (0x3D20ADEA, 0x05526C56, 0x53A22864)))
"""Even factors of the nested scramble."""
MIRROR = tuple(
    (np.uint32(2**i), np.uint32(mask)) for i, mask in enumerate((0x55555555, 0x33333333, 0x0F0F0F0F))
)
"""Digits that are exchanged at a time, and which of them are the lower ones."""
SPLIT_STEP, *SPLIT_MIX = map(np.uint64, (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
"""Step and factors of SplitMix64."""


def column_keys(seed: str, names: Sequence[str]) -> Words:
    """Keys of columns, shape (KEY_WORDS, n_columns): each by the seed of all and its own name."""
    salt = f"{seed} ".encode()
    digests = (hashlib.blake2b(salt + name.encode(), digest_size=4 * KEY_WORDS).digest() for name in names)
    # the words are little-endian on every machine
    words = np.frombuffer(b"".join(digests), dtype="<u4").astype(np.uint32)
    return np.ascontiguousarray(words.reshape(-1, KEY_WORDS).T)


def spread_rows(keys: Words, first: int, count: int) -> Probabilities:
    r"""Rows of columns of which each is spread evenly and independently of the others.

    Parameters
    ----------
    keys : ndarray of uint32, shape (KEY_WORDS, n_columns)
        From `column_keys`.
    first, count : int
        Number of the first row, from 0, and how many.

    Returns
    -------
    rows : ndarray of float64, shape (count, n_columns)
        In (0, 1), in the middle of steps of :math:`2^{-32}`. [1]

    Notes
    -----
    Each column is Sobol's sequence of one dimension (van der Corput's) with an order and a scramble of its
    own ("padding") [1]_. Points of `CELL` numbers in turn are a cell, which has one in each of as many equal
    strata. Rows have cell 0 first and then the cells from :math:`2^m` to :math:`2^{m + 1}` for one m after
    another, in a random order, and those of a cell in a random order too. So any cell of rows, and the first
    :math:`2^m` rows from 16 on, have one value in each of as many equal strata, and a longer study begins
    with the shorter one. Two columns have the correlations of independent ones, within 3 % (64 to 256 rows);
    in the nested order of [1]_ they have them 25 % larger. The point is scrambled by Owen's nested
    permutation of its digits, by hash with the factors of [2]_.

    References
    ----------
    .. [1] Burley, Practical hash-based Owen scrambling, Journal of Computer Graphics Techniques 9(4), 2020.
    .. [2] Vegdahl, Building a better LK hash, psychopath.io, 2021; used in Blender's renderer Cycles.
    """
    cells = range(first // CELL, -(-(first + count) // CELL))
    keys, scramble = keys[:-2], keys[-2:]
    # each cell has an order of its own, and keys of its own for it, shape (words, cells, 1, columns)
    of_cell = _hashed(keys[:, None, None] ^ np.array(cells, dtype=np.uint32)[:, None, None])
    number = _permuted(np.arange(CELL, dtype=np.uint32)[:, None], CELL, of_cell)
    number |= _cell_numbers(keys, cells)[:, None] * np.uint32(CELL)
    number = number.reshape(-1, keys.shape[1])[first % CELL :][:count]
    return np.asarray((_mirrored(_scrambled(number, scramble)) + 0.5) * 2.0**-32)


def _cell_numbers(keys: Words, cells: range) -> Words:
    """Numbers of cells of points, shape (n_cells, n_columns): those of a block in an order of each column."""
    blocks = [np.zeros((int(cells.start == 0 < len(cells)), keys.shape[1]), dtype=np.uint32)]
    cell = max(cells.start, 1)
    while cell < cells.stop:
        size = 1 << (cell.bit_length() - 1)
        end = min(cells.stop, 2 * size)
        # no cell has a number of the upper half
        of_block = _hashed(keys ^ ~np.uint32(size))
        within = np.arange(cell - size, end - size, dtype=np.uint32)[:, None]
        blocks.append(_permuted(within, size, of_block) | np.uint32(size))
        cell = end
    return np.concatenate(blocks)


def _permuted(x: Words, size: int, keys: Words) -> Words:
    """Numbers below a power of 2 in an order by keys, which stand along the first axis."""
    mask, half = np.uint32(size - 1), np.uint32(max(1, size.bit_length() // 2))
    # a product takes low digits to high ones and the shift high ones to low ones, each one to one
    for term, factor in zip(keys[::2], keys[1::2] | np.uint32(1), strict=True):
        x = x + term
        x *= factor
        x &= mask
        x ^= x >> half
    return x


def _hashed(x: Words) -> Words:
    """Words that look random wherever words differ: the last steps of MurmurHash3."""
    x = (x ^ x >> np.uint32(16)) * HASH[0]
    x = (x ^ x >> np.uint32(13)) * HASH[1]
    return x ^ x >> np.uint32(16)


def _scrambled(x: Words, keys: Words) -> Words:
    """Numbers whose every digit is flipped or not by those below it, by an order of each column's own."""
    x ^= x * NESTED[0]
    x += keys[0]
    x *= keys[1] | np.uint32(1)
    x ^= x * NESTED[1]
    x ^= x * NESTED[2]
    return x


def _mirrored(x: Words) -> Words:
    """Numbers with their 32 binary digits in reverse: neighbours, pairs, halves of bytes, and then bytes."""
    for digits, mask in MIRROR:
        upper = x >> digits
        upper &= mask
        x &= mask
        x <<= digits
        x |= upper
    return x.byteswap(inplace=True)


def random_rows(keys: Words, first: int, count: int) -> Probabilities:
    """Rows of independent draws, shape (count, n_columns): SplitMix64 [1]_ from each column's key. [1]

    References
    ----------
    .. [1] Steele, Lea, Flood, Fast splittable pseudorandom number generators, OOPSLA 2014.
    """
    return _split_mix(keys[:2], first, count)


def cube_rows(keys: Words, first: int, count: int) -> Probabilities:
    """Rows of one Latin hypercube, shape (count, n_columns): one in each of as many equal strata. [1]

    The strata of a column are in the order of random draws.
    """
    order = _split_mix(keys[:2], first, count).argsort(axis=0)
    strata = np.empty_like(order)
    np.put_along_axis(strata, order, np.arange(count)[:, None], axis=0)
    return np.asarray((strata + _split_mix(keys[2:4], first, count)) / count)


def _split_mix(keys: Words, first: int, count: int) -> Probabilities:
    """Uniform numbers in (0, 1) by row and column."""
    start = keys[0].astype(np.uint64) << np.uint64(32) | keys[1]
    x = start + np.arange(first + 1, first + count + 1, dtype=np.uint64)[:, None] * SPLIT_STEP
    x = (x ^ x >> np.uint64(30)) * SPLIT_MIX[0]
    x = (x ^ x >> np.uint64(27)) * SPLIT_MIX[1]
    x ^= x >> np.uint64(31)
    # 52 digits, and the middle of their step, which 53 digits of a float can hold
    return np.asarray(((x >> np.uint64(12)) + 0.5) * 2.0**-52)
