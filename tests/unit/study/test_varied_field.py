"""Tests for `capsim.study.varied_field`."""

import math
from datetime import date

import pytest

from capsim.errors import StudyError
from capsim.study.varied_field import beyond_calendar, beyond_field, bounds_of, is_count, present_value


def test_bounds_are_those_of_the_field_or_its_unit():
    assert bounds_of("finance.wacc_real") == (-0.1, 0.5)
    assert bounds_of("sites.a.tariff.level_per_mwh") == (0.0, 1e12)
    assert bounds_of("nothing.at.all") == (-math.inf, math.inf)


def test_days_and_numbers_beyond_all_plans():
    assert beyond_calendar(date(2030, 1, 1).toordinal()) == ""
    assert beyond_calendar(date(9999, 1, 1).toordinal()) == "must be a date from 1900 to 2200"
    assert beyond_field("finance.life_it_years", 5.0) == ""
    assert "500 y" in beyond_field("finance.life_it_years", 1e300)
    assert "at most" in beyond_field("sites.a.firm_power.units", 1e300)


def test_counts_are_whole():
    assert is_count("sites.a.firm_power.units")
    assert not is_count("sites.a.phases.p1.critical_it_mw")


@pytest.mark.parametrize(("key", "got"), [("phases", "a list)"), ("country", "'fra')")])
def test_what_cannot_be_varied_is_told_in_a_few_words(small, key, got):
    path = f"sites.{small.sites[0].id}.{key}"
    with pytest.raises(StudyError) as refused:
        present_value(small, path)
    assert str(refused.value) == f"{path} is no number or date (got {got}"


def test_of_a_record_those_values_are_told_that_may_be_varied(small):
    site = small.sites[0]
    with pytest.raises(StudyError) as refused:
        present_value(small, f"sites.{site.id}.phases.{site.phases[0].id}")
    text = str(refused.value)
    # an uncertain value may be varied, a switch may not
    assert "a record; in it may be critical_it_mw, " in text
    assert "slip_months" in text
    assert "grid_agreed" not in text
