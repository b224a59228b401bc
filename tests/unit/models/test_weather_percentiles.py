"""A series of temperatures moved to given percentiles."""

import numpy as np
import pytest

from capsim.models.weather_percentiles import (
    mean_and_percentiles,
    percentile_map,
    skewed_mixture,
    to_percentiles,
)

HOURS = np.arange(8760)
YEAR = 10 - 9 * np.cos(2 * np.pi * HOURS / 8760) + 4 * np.sin(2 * np.pi * HOURS / 24)
YEAR = YEAR + np.random.default_rng(5).normal(0, 2, HOURS.size)
OWN = mean_and_percentiles(YEAR)


def test_a_series_where_it_should_be_stays():
    np.testing.assert_allclose(to_percentiles(YEAR, OWN, OWN), YEAR, atol=1e-9)


def test_what_the_process_lacks_is_added_in_full():
    """The process runs 1 K cold at the median, 2 K hot at the top; this year is as the process."""
    wanted = OWN + np.array([0.5, 1.0, 0.0, -1.0, -2.0])
    found = mean_and_percentiles(to_percentiles(YEAR, wanted, OWN))
    np.testing.assert_allclose(found, wanted, atol=0.02)


def test_half_of_a_years_chance_stays():
    """A year 2 K warmer than the process at every percentile ends 1 K warmer than the climate."""
    found = mean_and_percentiles(to_percentiles(YEAR, OWN - 2.0, OWN - 2.0))
    np.testing.assert_allclose(found, OWN - 1.0, atol=0.02)


def test_the_order_of_hours_stays():
    mapped = to_percentiles(YEAR, OWN + np.array([0.0, 2.0, -1.0, 1.0, 3.0]), OWN)
    order = np.argsort(YEAR)
    assert np.all(np.diff(mapped[order]) >= -1e-9)


def test_years_of_a_horizon_keep_their_differences():
    two = np.concatenate([YEAR - 1, YEAR + 1])
    mapped = to_percentiles(two, OWN, OWN)
    assert mapped[8760:].mean() - mapped[:8760].mean() == pytest.approx(2.0, abs=0.3)


def test_less_than_a_year_and_one_temperature_stay_as_they_are():
    assert to_percentiles(YEAR[:4320], OWN + 5, OWN) is not None
    np.testing.assert_array_equal(to_percentiles(YEAR[:4320], OWN + 5, OWN), YEAR[:4320])
    flat = np.full(8760, 7.0)
    np.testing.assert_array_equal(to_percentiles(flat, OWN, OWN), flat)


def test_percentiles_that_do_not_rise_are_refused():
    with pytest.raises(ValueError, match="rising"):
        to_percentiles(YEAR, OWN[::-1].copy(), OWN)
    with pytest.raises(ValueError, match="rising"):
        to_percentiles(YEAR, OWN, OWN[:4])


def test_weights_count_as_hours():
    """Two hours of 0, eight of 10, and as a repeated series of one weight."""
    values, hours = np.repeat([0.0, 10.0], 500), np.repeat([2.0, 8.0], 500)
    assert mean_and_percentiles(values, hours)[0] == pytest.approx(8.0)


def test_the_mixture_of_one_month_has_its_moments():
    values = skewed_mixture(np.array([[12.0]]), np.array([[3.0]]), np.array([[0.1]])).ravel()
    assert values.mean() == pytest.approx(12.0, abs=0.01)
    assert values.std() == pytest.approx(3.0 * np.sqrt(1 + 2 * 0.1**2), rel=0.01)


def test_hours_counted_by_temperature_give_the_map_of_all_hours():
    steps = np.sort(np.rint(YEAR).astype(np.int64))
    distinct, hours = np.unique(steps, return_counts=True)
    wanted = OWN + np.array([0.5, 1.0, 0.0, -1.0, -2.0])
    of_each = percentile_map(steps.astype(float), np.ones_like(steps), wanted, OWN)
    counted = percentile_map(distinct.astype(float), hours, wanted, OWN)
    assert of_each is not None
    assert counted is not None
    np.testing.assert_array_equal(counted.knots_c, of_each.knots_c)
    np.testing.assert_allclose(counted.shifts_k, of_each.shifts_k, rtol=1e-12)
