"""Levels that change in steps, span by span, by hand."""

from datetime import date

import numpy as np

from capsim.operations.spans import Spans
from capsim.units import Calendar

CALENDAR = Calendar(date(2026, 1, 1), 2)
STEPS = [
    [(-5.0, 2.0), (3.25 + 1 / 48, 4.0), (40.0, -1.0)],
    [],
    [(float("inf"), 7.0)],
    [(3.25 + 1 / 48, 1.0), (3.25 + 1 / 48, 1.0)],
]
SPANS = Spans.of([time_d for steps in STEPS for time_d, _ in steps], CALENDAR)


def test_levels_together_are_those_one_by_one():
    together = SPANS.levels(STEPS)
    assert together.shape == (4, SPANS.hours.size)
    for level, steps in zip(together, STEPS, strict=True):
        np.testing.assert_array_equal(level, SPANS.level(steps))


def test_an_hour_in_which_a_level_changes_has_its_mean():
    first, never, after, twice = (SPANS.hourly(level) for level in SPANS.levels(STEPS))
    # day 3.25 is hour 78, and the step half an hour later
    assert first[[0, 77, 78, 79, 959, 960]].tolist() == [2.0, 2.0, 4.0, 6.0, 6.0, 5.0]
    assert not never.any()
    assert not after.any()
    assert twice[[77, 78, 79]].tolist() == [0.0, 1.0, 2.0]


def test_the_first_of_the_highest_hours_of_each_span():
    spans = Spans(np.array([0, 3, 7]), np.array([0]))
    assert spans.first_highest(np.array([1.0, 4.0, 4.0, 2.0, 0.0, 2.0, 1.0])).tolist() == [1, 3]


def test_some_hours_of_each_span_are_a_horizon_of_their_own():
    """Hours 0, 5 and 6 of one span, 8 of the next, which is a month's first."""
    spans = Spans(np.array([0, 8, 10]), np.array([0, 8]))
    shown = spans.among(np.array([0, 5, 6, 8]))
    assert shown.edges_h.tolist() == [0, 3, 4]
    assert shown.hourly(np.array([2.0, 7.0])).tolist() == [2.0, 2.0, 2.0, 7.0]
    assert shown.max_by_month(shown.max_of(np.array([1.0, 3.0, 2.0, 9.0]))).tolist() == [3.0, 9.0]
