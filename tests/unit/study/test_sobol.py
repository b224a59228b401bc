"""Tests `study.sobol`."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import qmc

from capsim.errors import StudyError
from capsim.scenario import stream
from capsim.study import sobol
from capsim.study.sobol import NUMBERS, sobol_points


def engine(n_columns: int, seed: int) -> qmc.Sobol:
    return qmc.Sobol(n_columns, scramble=True, rng=stream(seed, 0, "sobol-scramble"))


@pytest.mark.parametrize(("n_columns", "seed"), [(1, 0), (2, 5), (150, 0), (3000, 7)])
def test_points_are_those_of_scipy_bit_for_bit(n_columns, seed):
    points = sobol_points(n_columns, seed, 0, 128)
    assert np.array_equal(points, engine(n_columns, seed).random(128))


def test_a_point_is_the_same_wherever_it_is_asked_for():
    later = engine(12, 3).fast_forward(70_000).random(40)
    assert np.array_equal(sobol_points(12, 3, 70_000, 40), later)
    assert np.array_equal(sobol_points(12, 3, 70_039, 1), later[39:])


def test_without_the_numbers_at_their_place_the_engine_of_scipy_gives_the_same(monkeypatch):
    assert NUMBERS.exists()
    points = sobol_points(9, 2, 33, 17)
    monkeypatch.setattr(sobol, "NUMBERS", Path("elsewhere.npz"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.array_equal(sobol_points(9, 2, 33, 17), points)


def test_more_values_than_direction_numbers_are_refused():
    with pytest.raises(StudyError, match=r"at most 21,201 uncertain values \(got 21,202\)"):
        sobol_points(21_202, 0, 0, 1)
