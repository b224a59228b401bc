"""Designs: spread, keyed by row, correlated."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from capsim.errors import StudyError
from capsim.scenario.draws.sample import assigned, sample, uncertain_values
from capsim.scenario.loading import override
from capsim.study.draws import DESIGNS, Design, design_of, sobol_rows

PATHS = tuple(f"value.{i}" for i in range(5))


@pytest.mark.parametrize("kind", DESIGNS)
def test_rows_do_not_depend_on_how_they_are_cut(kind):
    design = Design(PATHS, seed=3, kind=kind, n=300)
    whole = design.rows(0, 300)
    parts = np.concatenate([design.rows(0, 7), design.rows(7, 250), design.rows(257, 43)])
    assert whole.shape == (300, 5)
    assert np.array_equal(whole, parts)
    assert design.row(41) == dict(zip(PATHS, whole[41], strict=True))
    assert ((whole > 0) & (whole < 1)).all()


def test_rows_of_a_sequence_do_not_depend_on_those_asked_for_before():
    """Forward, back, twice and with gaps: the sequence is kept at its place between calls."""
    whole = sobol_rows(4, 3, 0, 64)
    for first, count in ((0, 16), (16, 16), (5, 3), (0, 5), (5, 11), (60, 4), (60, 4), (1, 1)):
        assert np.array_equal(sobol_rows(4, 3, first, count), whole[first : first + count])


@pytest.mark.parametrize("kind", ["sobol", "lhs"])
def test_a_full_set_of_rows_has_one_value_in_each_stratum(kind):
    rows = Design(PATHS, seed=1, kind=kind, n=256).rows(0, 256)
    for column in rows.T:
        assert sorted(np.floor(column * 256).astype(int)) == list(range(256))


def test_another_seed_gives_other_rows():
    assert not np.array_equal(Design(PATHS, 1).rows(0, 8), Design(PATHS, 2).rows(0, 8))


def test_correlations_are_those_asked_for():
    design = Design(PATHS, seed=5, n=4096, correlated=((0, 1, 0.8), (2, 3, -0.5)))
    scores = ndtri(design.rows(0, 4096))
    got = np.corrcoef(scores.T)
    error = 4 / np.sqrt(4096)
    assert abs(got[0, 1] - 0.8) <= error
    assert abs(got[2, 3] + 0.5) <= error
    assert abs(got[0, 2]) <= error
    for column in design.rows(0, 4096).T:
        assert abs(column.mean() - 0.5) <= 4 * np.sqrt(1 / 12 / 4096)


def test_perfectly_correlated_values_are_drawn_as_one():
    rows = Design(PATHS, seed=5, n=64, correlated=((0, 1, 1.0),)).rows(0, 64)
    assert rows[:, 0] == pytest.approx(rows[:, 1], abs=1e-7)


def test_contradicting_correlations_are_refused():
    design = Design(PATHS, 0, n=8, correlated=((0, 1, 0.9), (1, 2, 0.9), (0, 2, -0.9)))
    with pytest.raises(StudyError, match="contradict one another"):
        design.rows(0, 1)


def test_unknown_design_and_unknown_path_are_named(small):
    with pytest.raises(StudyError, match="unknown design sobel; did you mean sobol"):
        design_of([small], 0, 8, "sobel")
    wrong = override(small, {"correlations": [{"id": "a", "of": ["finance.wacc_reall"], "rho": 0.5}]})
    with pytest.raises(
        StudyError, match=r"correlations\.a: no uncertain value is called finance\.wacc_reall"
    ):
        design_of([wrong], 0, 8)


def test_correlations_of_a_scenario_reach_its_draws(small):
    both = ["finance.wacc_real", "finance.inflation_per_y"]
    design = design_of([override(small, {"correlations": [{"id": "rates", "of": both, "rho": 0.9}]})], 0, 512)
    columns = [design.paths.index(path) for path in both]
    rows = ndtri(design.rows(0, 512)[:, columns])
    assert np.corrcoef(rows.T)[0, 1] == pytest.approx(0.9, abs=0.05)


def test_a_pattern_names_many_values(small):
    wide = override(small, {"correlations": [{"id": "money", "of": ["costs.items.*.amount"], "rho": 0.5}]})
    assert len(design_of([wide], 0, 8).correlated) > 1


def test_probabilities_given_are_used_and_the_rest_drawn(small):
    path = "finance.wacc_real"
    value = uncertain_values(small)[path]
    given = sample(small, 0, 0, {path: 0.9})
    assert given.finance.wacc_real == float(value.distribution.ppf(0.9))
    assert given.finance.inflation_per_y == sample(small, 0, 0).finance.inflation_per_y


def test_assigned_values_leave_the_rest_central(small):
    changed = assigned(small, {"finance.wacc_real": 0.08})
    assert changed.finance.wacc_real == 0.08
    assert changed.finance.inflation_per_y is small.finance.inflation_per_y
