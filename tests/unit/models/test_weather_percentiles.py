"""Percentiles of temperatures by their hours, and what they lack to a climate's."""

import numpy as np
import pytest

from capsim.models.weather_percentiles import PERCENTILES, counted_percentiles, shift_to_percentiles

YEAR = np.random.default_rng(5).normal(10.0, 7.0, 8760)
HOURS = np.ones(YEAR.size)
OWN = np.array([YEAR.mean(), *np.percentile(YEAR, PERCENTILES)])


def test_counted_percentiles_are_those_of_the_sorted_hours():
    assert counted_percentiles(YEAR, HOURS) == pytest.approx(OWN[1:], abs=0.05)


def test_each_temperature_counts_as_often_as_its_hours():
    values, hours = np.unique(np.round(YEAR, 1), return_counts=True)
    assert counted_percentiles(values, hours) == pytest.approx(OWN[1:], abs=0.06)


def test_a_series_where_it_should_be_stays():
    assert shift_to_percentiles(YEAR, YEAR, HOURS, OWN) == pytest.approx(0.0, abs=0.05)


def test_what_is_lacking_is_added_between_the_percentiles_and_not_to_the_cold():
    wanted = OWN + np.array([0.0, 1.0, 0.0, -1.0, -2.0])
    moved = YEAR + shift_to_percentiles(YEAR, YEAR, HOURS, wanted)
    assert np.percentile(moved, PERCENTILES) == pytest.approx(wanted[1:], abs=0.06)
    cold = np.percentile(YEAR, 9) > YEAR
    np.testing.assert_array_equal(moved[cold], YEAR[cold])


def test_the_highest_temperature_stays_the_highest():
    at = np.array([OWN[-1], 45.0, 60.0])
    free = shift_to_percentiles(at, YEAR, HOURS, OWN + 2.0)
    bound = shift_to_percentiles(at, YEAR, HOURS, OWN + 2.0, highest_c=45.0)
    assert free == pytest.approx(2.0, abs=0.03)
    assert bound == pytest.approx([2.0, 0.0, 0.0], abs=0.03)


@pytest.mark.parametrize("wanted", [OWN[::-1], OWN[:4]])
def test_percentiles_that_do_not_rise_are_refused(wanted):
    with pytest.raises(ValueError, match="rising percentiles"):
        shift_to_percentiles(YEAR, YEAR, HOURS, wanted)
