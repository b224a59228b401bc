"""The level of a tariff is the mean of each calendar year of its prices.

Tests `operations.year_bank`.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.operations.surroundings import price_years_of
from capsim.operations.year_bank import Key, relative_price_hours
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


@pytest.mark.parametrize("is_banked", [False, True])
@pytest.mark.parametrize("zone", ["fra", "deu", "fin"])
def test_each_calendar_year_has_a_mean_of_one_and_years_differ(zone, is_banked):
    site = make.standing_site(country=zone, tariff={"preset": f"{zone}-wholesale-plus"})
    scenario = loads(make.scenario(site, horizon_years=4, start="2026-01-01"))
    years = price_years_of(scenario, scenario.sites[0])
    relative = relative_price_hours(Key(0, 0, is_banked), years, scenario.calendar)
    by_year = np.split(relative, np.flatnonzero(np.diff(scenario.calendar.year_of_hour)) + 1)
    # a leap year has the hours of 28 February twice: one day of 366
    assert [year.mean() for year in by_year] == pytest.approx([1.0] * 4, abs=0.01)
    assert len({round(float(year.std()), 6) for year in by_year}) > 1
