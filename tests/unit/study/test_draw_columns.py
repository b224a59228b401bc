"""Columns of designs: each spread evenly by itself, and independent of all others."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2, kstest

from capsim.study.draw_columns import CELL, column_keys, cube_rows, random_rows, spread_rows

NAMES = [f"sites.a.phases.p{i}.overrun" for i in range(500)]
KINDS = (spread_rows, cube_rows, random_rows)


def strata(rows, n):
    return np.sort(np.floor(rows * n).astype(int), axis=0)


@pytest.mark.parametrize("n", [16, 32, 64, 128, 256, 1024, 4096])
def test_the_first_rows_of_a_power_of_two_have_one_value_in_each_stratum(n):
    rows = spread_rows(column_keys("3", NAMES[:40]), 0, n)
    assert (strata(rows, n) == np.arange(n)[:, None]).all()
    assert ((rows > 0) & (rows < 1)).all()


def test_every_cell_and_every_doubling_of_rows_is_spread_evenly_too():
    keys = column_keys("3", NAMES[:40])
    for first in (16, 48, 992, 2**24 - CELL):
        assert (strata(spread_rows(keys, first, CELL), CELL) == np.arange(CELL)[:, None]).all()
    assert (strata(spread_rows(keys, 512, 512), 512) == np.arange(512)[:, None]).all()


@pytest.mark.parametrize("rows_of", [spread_rows, random_rows])
def test_a_row_is_had_from_its_number_alone(rows_of):
    keys = column_keys("3", NAMES)
    whole = rows_of(keys, 0, 300)
    for first, count in ((0, 16), (5, 3), (15, 2), (16, 1), (31, 70), (255, 45), (299, 1)):
        assert np.array_equal(rows_of(keys, first, count), whole[first : first + count])


@pytest.mark.parametrize("rows_of", KINDS)
def test_no_column_hangs_on_the_others(rows_of):
    some = [NAMES[7], "another", NAMES[499]]
    whole, few = (rows_of(column_keys("0", names), 0, 256) for names in (NAMES, some))
    assert np.array_equal(few[:, [0, 2]], whole[:, [7, 499]])


def test_columns_are_the_same_on_every_machine():
    """By hand from the words of the key, with whole numbers of Python."""
    keys = column_keys("5", ["finance.wacc_real"])
    for row in (0, 1, 15, 16, 17, 40, 1000, 2**24 - 1):
        assert spread_rows(keys, row, 1)[0, 0] == in_python([int(word) for word in keys[:, 0]], row)


def in_python(words: list[int], row: int) -> float:
    cell, within = divmod(row, CELL)
    size = 1 << (cell.bit_length() - 1) if cell else 0
    number = (
        size | permuted(cell - size, size, [hashed(word ^ size ^ FULL) for word in words[:8]]) if cell else 0
    )
    x = number * CELL | permuted(within, CELL, [hashed(word ^ cell) for word in words[:8]])
    x ^= x * 0x3D20ADEA & FULL
    x = (x + words[8]) * (words[9] | 1) & FULL
    x ^= x * 0x05526C56 & FULL
    x ^= x * 0x53A22864 & FULL
    return (int(f"{x:032b}"[::-1], 2) + 0.5) / 2**32


FULL = 2**32 - 1


def permuted(x: int, size: int, words: list[int]) -> int:
    for term, factor in zip(words[::2], words[1::2], strict=True):
        x = (x + term) * (factor | 1) % size
        x ^= x >> max(1, size.bit_length() // 2)
    return x


def hashed(x: int) -> int:
    x = (x ^ x >> 16) * 0x85EBCA6B & FULL
    x = (x ^ x >> 13) * 0xC2B2AE35 & FULL
    return x ^ x >> 16


@pytest.mark.parametrize("rows_of", KINDS)
@pytest.mark.parametrize("n", [64, 256])
def test_columns_go_together_no_more_than_independent_ones(rows_of, n):
    """Of random orders a correlation has a standard deviation of 1 / sqrt(n - 1); 124,750 pairs have it all.

    The largest of so many is 4.5 of these by the normal law; 5.5 and more come up once in 200 designs.
    """
    scores = np.corrcoef(rows_of(column_keys("0", NAMES), 0, n).T)
    pairs = scores[np.triu_indices(len(NAMES), 1)] * np.sqrt(n - 1)
    assert np.std(pairs) == pytest.approx(1.0, abs=0.05)
    assert abs(pairs.mean()) < 4 / np.sqrt(len(NAMES))
    assert np.abs(pairs).max() < 5.5


@pytest.mark.parametrize("rows_of", KINDS)
def test_pairs_of_columns_fill_the_square_evenly(rows_of):
    """Counts of all disjoint pairs in 8 x 8 cells: chi-square within its 99.9 % on either side."""
    n, cells = 256, 8
    rows = np.floor(rows_of(column_keys("1", NAMES), 0, n) * cells).astype(int)
    counts = np.bincount((rows[:, ::2] * cells + rows[:, 1::2]).ravel(), minlength=cells**2)
    expected = n * (len(NAMES) / 2) / cells**2
    statistic = ((counts - expected) ** 2 / expected).sum()
    # even margins leave (cells - 1)^2 degrees of freedom, uneven ones cells^2 - 1
    free = cells**2 - 1 if rows_of is random_rows else (cells - 1) ** 2
    assert chi2.ppf(0.001, free) < statistic < chi2.ppf(0.999, free)


@pytest.mark.parametrize("rows_of", KINDS)
@pytest.mark.parametrize("row", [0, 1, 15, 16, 100, 255])
def test_a_row_is_uniform_over_columns(rows_of, row):
    """No row is nearer the middle or an end than others: Kolmogorov and Smirnov's test of 4,000 columns."""
    keys = column_keys("2", [f"value.{i}" for i in range(4000)])
    assert kstest(rows_of(keys, 0, 256)[row], "uniform").pvalue > 1e-4


@pytest.mark.parametrize("rows_of", KINDS)
def test_seeds_and_names_give_columns_of_their_own(rows_of):
    """One name under 500 seeds, and names that differ by a letter: as independent as any."""
    keys = np.hstack([column_keys(str(seed), ["a"]) for seed in range(500)])
    pairs = np.corrcoef(rows_of(keys, 0, 256).T)[np.triu_indices(500, 1)] * np.sqrt(255)
    assert np.std(pairs) == pytest.approx(1.0, abs=0.05)
