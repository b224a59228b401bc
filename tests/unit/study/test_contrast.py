"""Named results held against one another, whatever they are rows of.

Tests `study.contrast`, `study.observe`.
"""

from __future__ import annotations

import math
from datetime import date

import numpy as np

from capsim.projection.headline_figures import headline
from capsim.study.contrast import Side, dates_that_differ, differences
from capsim.study.dates import PhaseDates, phase_dates
from capsim.study.observe import play


def side(name, *values):
    return Side(name, {"capex_eur": np.array(values)})


def test_rows_are_held_against_rows_of_their_number():
    sides = [side("a", 1.0, 2.0, 3.0), side("b", 2.0, 4.0, 6.0)]
    first, other = differences(sides)
    assert (first.mean, first.difference, set(first.percentiles)) == (2.0, 0.0, {0.0})
    assert (other.side, other.figure) == ("b", "capex_eur")
    assert (other.mean, other.difference) == (4.0, 2.0)
    np.testing.assert_allclose(other.percentiles, [1.2, 2.0, 2.8])


def test_a_row_without_a_value_is_left_out_and_none_is_no_number():
    _, some = differences([side("a", 1.0, math.nan, 3.0), side("b", 2.0, 9.0, math.nan)])
    assert (some.mean, some.difference) == (5.5, 1.0)
    _, none = differences([side("a", math.nan), side("b", 2.0)])
    assert math.isnan(none.difference)
    assert all(map(math.isnan, none.percentiles))


def test_what_sums_in_another_order_move_is_no_difference():
    (row,) = list(differences([side("a", 0.1 + 0.2, 3.0), side("b", 0.3, 3.0)]))[1:]
    assert 0.1 + 0.2 != 0.3
    assert (row.difference, row.low, row.high, row.percentiles) == (0.0, 0.0, 0.0, (0.0, 0.0, 0.0))
    assert not row.differs


def test_one_row_is_held_against_each_row_of_an_ensemble():
    _, draws = differences([side("central", 2.0), side("draws", 1.0, 2.0, 6.0)])
    assert (draws.mean, draws.difference, draws.percentiles[1]) == (3.0, 1.0, 0.0)


def test_projections_are_sides_of_one_row(small):
    runs = {"as it is": play(small, 0, 0), "later": play(small.override({"start": date(2025, 8, 1)}), 0, 0)}
    sides = [
        Side(name, {key: np.array([v]) for key, v in headline(run).items()}, tuple(phase_dates(name, run)))
        for name, run in runs.items()
    ]
    rows = {(row.side, row.figure): row for row in differences(sides)}
    capex = rows["later", "capex_eur"]
    assert capex.mean == headline(runs["later"])["capex_eur"]
    assert capex.difference == capex.mean - rows["as it is", "capex_eur"].mean


def test_dates_that_differ_are_of_phases_both_have():
    def phase(scenario, name, ready):
        return PhaseDates(scenario, "dc", name, ready, None, 0.0, 0.0, "EUR2025")

    day, later = date(2026, 1, 1), date(2026, 2, 1)
    before = [phase("a", "p1", day), phase("a", "p2", day), phase("a", "p3", None)]
    after = [phase("b", "p1", day), phase("b", "p2", later), phase("b", "p4", None)]
    assert dates_that_differ(before, after) == [(before[1], after[1])]
    assert dates_that_differ(before, before) == []
