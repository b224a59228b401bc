"""Unit tests of the conversion constants and the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from capsim import units
from capsim.units import Calendar, calendar, first_of_month


@pytest.fixture
def leap() -> Calendar:
    """Two years from 2027-12: one month of 2027, all of the leap year 2028, eleven months of 2029."""
    return Calendar(date(2027, 12, 1), 24)


def test_constants_by_hand():
    assert units.HOURS_PER_YEAR == 8766.0
    assert units.DAYS_PER_MONTH == 30.4375
    assert units.HOURS_PER_STANDARD_YEAR == 24 * 365
    assert units.W_PER_MW == units.W_PER_KW * units.KW_PER_MW


@pytest.mark.parametrize(
    ("convert", "amount", "days"),
    [
        (units.months_to_days, 12.0, 365.25),
        (units.years_to_days, 4.0, 1461.0),
        (units.weeks_to_days, 3.0, 21.0),
        (units.months_to_days, 0.0, 0.0),
    ],
)
def test_durations_in_days(convert, amount, days):
    assert convert(amount) == days


@pytest.mark.parametrize(
    ("months", "expected"),
    [(0, (2026, 11)), (1, (2026, 12)), (2, (2027, 1)), (14, (2028, 1)), (-10, (2026, 1)), (-11, (2025, 12))],
)
def test_first_of_month(months, expected):
    assert first_of_month(date(2026, 11, 17), months) == date(*expected, 1)


def test_lengths_count_the_leap_day(leap):
    assert (leap.n_days, leap.n_hours) == (31 + 366 + 334, (31 + 366 + 334) * 24)
    assert leap.end == date(2029, 12, 1)


def test_months_are_consecutive_firsts(leap):
    assert len(leap.months) == 24
    assert leap.months[:3] == (date(2027, 12, 1), date(2028, 1, 1), date(2028, 2, 1))


def test_month_starts_by_hand(leap):
    assert leap.month_start_d[:4].tolist() == [0, 31, 62, 91]
    assert leap.month_start_d.shape == (25,)
    assert leap.month_start_d[-1] == leap.n_days
    assert leap.month_start_h.tolist() == (leap.month_start_d[:-1] * 24).tolist()


def test_hour_tables_agree_with_a_loop_over_days(leap):
    days = [leap.start + timedelta(days=n) for n in range(leap.n_days)]
    hours = [(day, hour) for day in days for hour in range(24)]
    assert leap.month_of_hour.tolist() == [day.month - 1 for day, _ in hours]
    assert leap.month_hour_index.tolist() == [(day.month - 1) * 24 + hour for day, hour in hours]
    assert leap.year_of_hour.tolist() == [day.year for day, _ in hours]


def test_year_of_month(leap):
    assert leap.year_of_month.tolist() == [2027] + [2028] * 12 + [2029] * 11


def test_month_hour_index_reads_a_raveled_table(leap):
    table = np.arange(12.0)[:, np.newaxis] + np.arange(24) / 100
    hourly = table.ravel()[leap.month_hour_index]
    assert hourly[0] == 11.0
    assert hourly[31 * 24 + 5] == 0.05


@pytest.mark.parametrize(
    ("day", "time_d"), [((2027, 12, 1), 0.0), ((2028, 3, 1), 91.0), ((2027, 11, 30), -1.0)]
)
def test_day_of_and_date_of_are_inverse(leap, day, time_d):
    assert leap.day_of(date(*day)) == time_d
    assert leap.date_of(time_d) == date(*day)


@pytest.mark.parametrize(
    ("time_d", "day"),
    [
        (0.999, (2027, 12, 1)),
        (-0.001, (2027, 11, 30)),
        (31.5, (2028, 1, 1)),
        # 127 days as months and back are 2e-14 d short of 127
        (127 / 30.4375 * 30.4375 - 96.0, (2028, 1, 1)),
    ],
)
def test_date_of_a_part_of_a_day_is_that_day(leap, time_d, day):
    assert leap.date_of(time_d) == date(*day)


@pytest.mark.parametrize(
    ("time_d", "month"), [(-0.1, -1), (0.0, 0), (30.99, 0), (31.0, 1), (730.99, 23), (731.0, 24), (999.0, 24)]
)
def test_month_of_day(leap, time_d, month):
    assert leap.month_of_day(time_d) == month


def test_sum_by_month_of_ones_counts_hours(leap):
    sums = leap.sum_by_month(np.ones(leap.n_hours))
    assert sums[:3].tolist() == [744.0, 744.0, 696.0]
    assert sums.sum() == leap.n_hours


def test_monthly_reductions_equal_a_loop_over_months(leap):
    hourly = np.random.default_rng(1).normal(size=(2, leap.n_hours))
    edges = [*leap.month_start_h.tolist(), leap.n_hours]
    parts = [hourly[:, a:b] for a, b in pairwise(edges)]
    np.testing.assert_allclose(
        leap.sum_by_month(hourly), np.stack([p.sum(-1) for p in parts], -1), atol=1e-12
    )
    np.testing.assert_array_equal(leap.max_by_month(hourly), np.stack([p.max(-1) for p in parts], -1))


def test_products_are_summed_by_month(leap):
    left, right = np.random.default_rng(2).normal(size=(2, leap.n_hours))
    sums = leap.sum_of_products_by_month(left, right)
    np.testing.assert_allclose(sums, leap.sum_by_month(left * right), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("first", "n_hours", "blocks"), [(0, 10, 1), (0, 131_472, 4), (40_000, 131_472, 3)])
def test_blocks_are_all_hours_from_the_first_on(first, n_hours, blocks):
    cut = units.hour_blocks(first, n_hours)
    assert len(cut) == blocks
    hours = np.arange(n_hours)
    np.testing.assert_array_equal(np.concatenate([hours[block] for block in cut]), hours[first:])


def test_a_calendar_starts_on_the_first():
    with pytest.raises(ValueError, match=r"first of a month \(got 2026-01-02\)"):
        Calendar(date(2026, 1, 2), 12)


@pytest.mark.parametrize("n_months", [0, -1, float("nan")])
def test_a_calendar_has_a_month(n_months):
    with pytest.raises(ValueError, match="at least one month"):
        Calendar(date(2026, 1, 1), n_months)


def test_same_horizon_is_the_same_object():
    assert calendar(date(2026, 1, 1), 12) is calendar(date(2026, 1, 1), 12)
    assert calendar(date(2026, 1, 1), 12) is not calendar(date(2026, 1, 1), 24)
