"""Designs: spread, keyed by row, correlated."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from capsim.errors import StudyError
from capsim.scenario.draws.sample import assigned, sample, uncertain_values
from capsim.scenario.loading import override
from capsim.study.draws import DESIGNS, Design, design_of

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


def named(design: Design, n: int) -> dict[str, list[float]]:
    return dict(zip(design.paths, design.rows(0, n).T.tolist(), strict=True))


@pytest.mark.parametrize("kind", DESIGNS)
def test_a_column_hangs_on_nothing_but_the_seed_and_its_path(kind):
    """Others may come, go and change places, before it and behind."""
    whole = named(Design(PATHS, seed=3, kind=kind, n=300), 300)
    fewer = named(Design((PATHS[4], "another", PATHS[1]), seed=3, kind=kind, n=300), 300)
    assert fewer[PATHS[4]] == whole[PATHS[4]]
    assert fewer[PATHS[1]] == whole[PATHS[1]]
    assert fewer["another"] not in whole.values()


@pytest.mark.parametrize("kind", ["sobol", "random"])
def test_a_longer_study_begins_with_the_shorter(kind):
    shorter, longer = (Design(PATHS, 3, kind, n).rows(0, n) for n in (100, 300))
    assert np.array_equal(longer[:100], shorter)


def test_a_longer_study_has_the_whole_hypercubes_of_the_shorter():
    shorter, longer = (Design(PATHS, 3, "lhs", n).rows(0, n) for n in (300, 600))
    assert np.array_equal(longer[:256], shorter[:256])


@pytest.mark.parametrize("kind", ["sobol", "lhs"])
def test_a_full_set_of_rows_has_one_value_in_each_stratum(kind):
    rows = Design(PATHS, seed=1, kind=kind, n=256).rows(0, 256)
    for column in rows.T:
        assert sorted(np.floor(column * 256).astype(int)) == list(range(256))


def test_samples_of_one_study_are_independent():
    """Of 256 rows a correlation of more than 4 / sqrt(255) comes up once in 16,000."""
    a, b = (Design(("value",), 3, part=part).rows(0, 256)[:, 0] for part in ("", "B"))
    assert abs(np.corrcoef(a, b)[0, 1]) <= 4 / np.sqrt(255)


def test_another_seed_gives_other_rows():
    assert not np.array_equal(Design(PATHS, 1).rows(0, 8), Design(PATHS, 2).rows(0, 8))


def test_correlations_are_those_asked_for():
    design = Design(PATHS, seed=5, n=4096, correlated=((*PATHS[:2], 0.8), (*PATHS[2:4], -0.5)))
    scores = ndtri(design.rows(0, 4096))
    got = np.corrcoef(scores.T)
    error = 4 / np.sqrt(4096)
    assert abs(got[0, 1] - 0.8) <= error
    assert abs(got[2, 3] + 0.5) <= error
    assert abs(got[0, 2]) <= error
    for column in design.rows(0, 4096).T:
        assert abs(column.mean() - 0.5) <= 4 * np.sqrt(1 / 12 / 4096)


def test_perfectly_correlated_values_are_drawn_as_one():
    rows = Design(PATHS, seed=5, n=64, correlated=((*PATHS[:2], 1.0),)).rows(0, 64)
    assert rows[:, 0] == pytest.approx(rows[:, 1], abs=1e-7)


def test_contradicting_correlations_are_refused():
    a, b, c = PATHS[:3]
    design = Design(PATHS, 0, n=8, correlated=((a, b, 0.9), (b, c, 0.9), (a, c, -0.9)))
    with pytest.raises(StudyError, match="contradict one another"):
        design.rows(0, 1)


def test_what_is_correlated_and_set_leaves_the_luck_of_the_others():
    """Column b is correlated with a: where a is set it has the same draws, and others may come behind it."""
    pair, three = (("a", "b", 0.6),), (("a", "b", 0.6), ("b", "c", 0.3))
    both = named(Design(("a", "b", "c"), 3, correlated=pair), 64)
    assert named(Design(("c", "b"), 3, correlated=pair), 64) == {"c": both["c"], "b": both["b"]}
    more = named(Design(("a", "b", "c"), 3, correlated=three), 64)
    assert (more["a"], more["b"]) == (both["a"], both["b"])


def test_a_correlation_of_what_is_set_is_no_fault(small):
    both = ["finance.wacc_real", "finance.inflation_per_y"]
    wide = override(small, {"correlations": [{"id": "rates", "of": both, "rho": 0.9}]})
    fixed = override(wide, {"finance.wacc_real": 0.08})
    before, after = (named(design_of([one], 0, 64), 64) for one in (wide, fixed))
    assert set(before) - set(after) == {"finance.wacc_real"}
    assert all(after[path] == before[path] for path in after)


def test_what_is_certain_cannot_make_a_correlation_contradict_itself(small):
    """No three values may have -0.6 with each other; the pattern names more, of which two are uncertain."""
    rates = [path for path in uncertain_values(small) if path.startswith("finance.")]
    fixed = override(small, {path: float(uncertain_values(small)[path]) for path in rates[2:]})
    tied = override(fixed, {"correlations": [{"id": "rates", "of": ["finance.*"], "rho": -0.6}]})
    design = design_of([tied], 0, 4096)
    scores = ndtri(design.rows(0, 4096)[:, [design.paths.index(path) for path in rates[:2]]])
    assert np.corrcoef(scores.T)[0, 1] == pytest.approx(-0.6, abs=4 / np.sqrt(4096))


def test_unknown_design_and_unknown_path_are_named(small):
    with pytest.raises(StudyError, match="unknown design sobel; did you mean sobol"):
        design_of([small], 0, 8, "sobel")
    wrong = override(small, {"correlations": [{"id": "a", "of": ["finance.wacc_reall"], "rho": 0.5}]})
    with pytest.raises(StudyError, match=r"correlations\.a: no value is called finance\.wacc_reall"):
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
