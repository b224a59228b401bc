"""Tests for `capsim.study.varied_field`."""

import math
from datetime import date

from capsim.study.varied_field import beyond_calendar, beyond_field, bounds_of, is_count


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
