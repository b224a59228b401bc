"""Levels of a year other than the plan's: carbon of the catalogue is of 2024 whenever a plan starts.

Tests `operations.surroundings`, `scenario.fill.level_years`.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.errors import ScenarioError
from capsim.operations.surroundings import Sky
from capsim.operations.year_bank import Key
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
OWN = {"intensity_gco2e_per_kwh": 50.0, "trend_per_y": -0.1}
"""An intensity of the user's own."""


def scenario_of(start="2026-01-01", years=2, **site):
    return loads(make.scenario(make.standing_site(**site), start=start, horizon_years=years))


def around(scenario):
    return Sky(scenario, Key(1, 0, is_banked=False)).over(scenario.sites[0])


def yearly_g_per_kwh(start="2026-01-01", **site):
    """Mean location-based intensity of each of two years of a plan."""
    scenario = scenario_of(start, **site)
    hourly, second_h = around(scenario).carbon_g_per_kwh, scenario.calendar.month_start_h[12]
    return [hourly[:second_h].mean(), hourly[second_h:].mean()]


@pytest.mark.parametrize(
    ("start", "years_after"),
    [("2024-01-01", 0), ("2026-01-01", 2), ("2026-07-01", 2.5), ("2033-01-01", 9), ("2023-01-01", -1)],
)
def test_the_level_of_2024_reaches_the_first_year_by_the_trend(start, years_after):
    """France: 44.2 g in the mean of 2024, 4 % less a year, from middle of year to middle of year."""
    first = 44.2 * 0.96**years_after
    assert yearly_g_per_kwh(start) == pytest.approx([first, 0.96 * first], rel=3e-3)


def test_late_starts_go_on_where_earlier_ones_are():
    early = around(scenario_of("2026-01-01", years=8)).carbon_g_per_kwh
    late = around(scenario_of("2032-01-01", years=2)).carbon_g_per_kwh
    assert early[-late.size :] == pytest.approx(late, rel=1e-12)


def test_an_own_intensity_is_that_of_the_first_year_whenever_that_is():
    for start in ("2026-01-01", "2033-01-01"):
        assert yearly_g_per_kwh(start, carbon=OWN) == pytest.approx([50.0, 45.0], rel=1e-3)
    assert scenario_of(carbon=OWN).sites[0].carbon.intensity_year is None


def test_an_own_intensity_may_be_of_a_year():
    got = yearly_g_per_kwh("2033-01-01", carbon=OWN | {"intensity_year": 2031})
    assert got == pytest.approx([50 * 0.81, 50 * 0.729], rel=1e-3)


def test_the_residual_mix_has_a_year_of_its_own():
    """Norway: 534 g direct in 2024, and the upstream part of the grid."""
    grid = {"direct_share": 0.6, "trend_per_y": -0.1}
    mixed = OWN | grid | {"residual_mix_gco2_per_kwh": 200.0}
    site = {"country": "nor", "carbon": grid}
    norway = around(scenario_of("2026-01-01", **site)).residual_g_per_kwh
    assert norway[:12] == pytest.approx(0.81 * (534 + 0.4 * 30.7))
    own = around(scenario_of("2026-01-01", carbon=mixed)).residual_g_per_kwh
    assert own[:12] == pytest.approx(200 + 0.4 * 50)
    dated = around(scenario_of("2026-01-01", carbon=mixed | {"residual_mix_year": 2025})).residual_g_per_kwh
    assert dated[:12] == pytest.approx(0.9 * 200 + 0.4 * 50)
    assert dated[12:] == pytest.approx(0.9 * dated[:12])


def test_what_no_certificate_claims_is_never_cleaner_than_the_grid_in_the_same_year():
    """40 g of 2016 are 23.2 g direct in 2026, under the 31.0 g of the grid; 40 g of 2026 are above."""
    mix = {"intensity_gco2e_per_kwh": 40.0, "residual_mix_gco2_per_kwh": 30.0, "trend_per_y": -0.1}
    older = around(scenario_of(carbon=mix | {"residual_mix_year": 2016}))
    assert np.array_equal(older.residual_g_per_kwh, older.carbon_g_per_kwh)
    assert around(scenario_of(carbon=mix)).residual_g_per_kwh[0] == pytest.approx(30 + 0.379 * 40)


@pytest.mark.parametrize("carbon", [{}, OWN, OWN | {"intensity_year": 2031}])
def test_a_resolved_scenario_has_the_same_carbon(carbon):
    scenario = scenario_of("2033-01-01", country="deu", carbon=carbon)
    again = loads(scenario.resolved())
    assert again.sites[0].carbon == scenario.sites[0].carbon
    assert np.array_equal(around(again).carbon_g_per_kwh, around(scenario).carbon_g_per_kwh)


def test_an_override_of_the_intensity_leaves_the_year_of_the_catalogue():
    changed = scenario_of("2033-01-01").override({"sites.a.carbon.intensity_gco2e_per_kwh": 20.0})
    assert changed.sites[0].carbon.intensity_year is None
    assert around(changed).carbon_g_per_kwh[:8760].mean() == pytest.approx(20.0, rel=1e-3)


@pytest.mark.parametrize(
    ("carbon", "rule"),
    [
        ({"intensity_year": 2030}, "is the year of a level of your own; give intensity_gco2e_per_kwh beside"),
        (
            {"residual_mix_year": 2030},
            "is the year of a level of your own; give residual_mix_gco2_per_kwh beside",
        ),
        (OWN | {"intensity_year": 1999}, "must be at least 2000"),
        (
            {"intensity_gco2e_per_kwh": [{"on": "2026", "value": 40}], "intensity_year": 2026},
            "must not be given beside a series, as intensity_gco2e_per_kwh is",
        ),
    ],
)
def test_a_year_without_its_level_is_refused(carbon, rule):
    with pytest.raises(ScenarioError) as refusal:
        scenario_of(carbon=carbon)
    assert rule in str(refusal.value)
    assert "sites.a.carbon." in str(refusal.value)
