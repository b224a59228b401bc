"""Tests `scenario.rules.carbon_questions`."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.scenario import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[3] / "portfolios.py")))
OWN = {"intensity_gco2e_per_kwh": 50, "residual_mix_gco2_per_kwh": 40, "trend_per_y": -0.04}


def asked(start="2026-01-01", years=3, **carbon):
    site = make.standing_site(carbon=OWN | carbon)
    found = loads(make.scenario(site, start=start, horizon_years=years)).questions
    return [(each.path, each.rule) for each in found if each.name == "level_of_a_later_year"]


@pytest.mark.parametrize("key", ["intensity_year", "residual_mix_year"])
def test_a_level_of_a_year_after_the_plan_is_questioned(key):
    assert asked(**{key: 2040}) == [
        (
            f"sites.a.carbon.{key}",
            "is after the plan, which ends in 2028: trend_per_y (-0.04) is run back over 14 years to its "
            "start; write the year that it is the mean of",
        )
    ]


@pytest.mark.parametrize("year", [2020, 2026, 2028])
def test_a_year_of_the_plan_or_before_it_is_not(year):
    """What is expected of a year of the plan may be written with it."""
    assert asked(intensity_year=year) == []


def test_a_plan_that_ends_in_the_middle_of_a_year_reaches_it():
    assert asked("2026-07-01", 2, intensity_year=2028) == []
    ((_, rule),) = asked("2026-07-01", 2, intensity_year=2029)
    assert "ends in 2028" in rule
