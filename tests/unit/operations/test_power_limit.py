"""The most power a site may draw: span by span it says what it says hour by hour."""

from datetime import date

import numpy as np
import pytest

from capsim.operations.power_limit import Limit
from capsim.operations.spans import Spans, spans_of_each_hour
from capsim.units import calendar

CALENDAR = calendar(date(2026, 1, 1), 3)
SPANS = Spans.of([10.25, 40.0], CALENDAR)
LEVEL = np.linspace(20.0, 30.0, SPANS.hours.size)
HOURLY = SPANS.hourly(LEVEL)
LIMITS = {
    "by span": Limit(SPANS, LEVEL),
    "by hour": Limit(SPANS, HOURLY),
    "spans of an hour": Limit(spans_of_each_hour(CALENDAR), HOURLY),
}


@pytest.mark.parametrize("kind", LIMITS)
def test_a_power_is_held_or_not(kind):
    limit = LIMITS[kind]
    np.testing.assert_array_equal(limit.hourly_mw, HOURLY)
    assert limit.is_by_span == (kind != "by hour")
    assert limit.holds(HOURLY)
    above = HOURLY.copy()
    above[1000] += 1e-6
    assert not limit.holds(above)


@pytest.mark.parametrize("kind", LIMITS)
def test_the_least_that_is_left_counts_where_it_is_to(kind):
    """In February alone no span counts."""
    limit, drawn = LIMITS[kind], np.random.default_rng(0).uniform(0.0, 25.0, CALENDAR.n_hours)
    starts_h = limit.spans.edges_h[:-1]
    first, second = CALENDAR.month_start_h[1:]
    for counts in (np.ones(starts_h.size, dtype=bool), (starts_h < first) | (starts_h >= second)):
        least = np.minimum.reduceat(HOURLY - drawn, CALENDAR.month_start_h)
        if not counts.all():
            least[1] = np.inf
        np.testing.assert_array_equal(limit.least_left_by_month(drawn, counts), least)
