"""Tests for `capsim.scenario.held_numbers`, at the door of a whole scenario."""

import math
import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.errors import ScenarioError
from capsim.scenario.held_numbers import BEYOND, hold_numbers
from capsim.scenario.loading import checked, loads, override
from capsim.scenario.records.schema import Scenario

TESTS = Path(__file__).parents[2]
make = SimpleNamespace(**runpy.run_path(str(TESTS / "portfolios.py")))
fields = SimpleNamespace(**runpy.run_path(str(TESTS / "number_fields.py")))


@pytest.fixture(scope="module")
def plan():
    """A scenario with most of what a site can have."""
    site = make.standing_site(
        battery={"power_mw": 2.0, "energy_mwh": 6.0},
        contracts=[{"id": "c", "share": 0.5, "price_per_mwh": 60.0}],
        generation={"power_mw": 3.0, "fuel": "gas"},
        solar={"peak_mw": 9.0, "latitude_deg": 48.9, "longitude_deg": 2.3, "full_load_h_per_y": 1102.0},
        heat_reuse={"share": 0.6},
    )
    targets = [{"id": "t", "h100e": 100.0}]
    return loads(make.scenario(site, costs={"preset": "fr-greenfield-ai"}, reliability={}, targets=targets))


def faults_of(ask):
    with pytest.raises(ScenarioError) as refusal:
        ask()
    return {fault.path: fault for fault in refusal.value.faults}


@pytest.mark.parametrize("value", [1e300, -1e300, 1e-300, 10**400, math.inf, math.nan])
def test_every_number_of_the_vocabulary_has_an_edge(plan, value):
    paths = fields.number_fields(plan)
    assert len(paths) > 180
    for path in paths:
        assert path in faults_of(lambda path=path: override(plan, {path: value}))


@pytest.mark.parametrize("day", [date(9999, 12, 31), date(1, 1, 1)])
def test_every_date_of_the_vocabulary_is_on_the_calendar(plan, day):
    for path in fields.date_fields(plan):
        assert path in faults_of(lambda path=path: override(plan, {path: day}))


POWER = "sites.a.phases.p1.critical_it_mw"


@pytest.mark.parametrize(
    "spread",
    [
        {"dist": "lognormal", "median": 1e300, "sigma": 5},
        {"dist": "lognormal", "median": 1, "sigma": 300},
        {"dist": "lognormal", "median": 1, "sigma": 1e300},
        {"dist": "normal", "mean": 1, "sd": 1e300, "low": 0.5},
        {"dist": "triangular", "low": 1, "mode": 2, "high": 1e300},
        {"dist": "triangular", "low": -1e308, "mode": 2, "high": 1e308},
        {"dist": "uniform", "low": 1e-300, "high": 1},
        {"dist": "discrete", "values": [1, 1e300], "weights": [1, 1e-9]},
        {"dist": "triangular", "low": 1, "mode": 2, "high": 10**400},
    ],
)
def test_what_can_be_drawn_is_held_as_well(plan, spread):
    assert POWER in faults_of(lambda: override(plan, {POWER: spread}))


def test_a_wide_spread_of_a_real_plan_is_none(plan):
    wide = {"dist": "lognormal", "median": 20, "sigma": 1.2}
    assert override(plan, {POWER: wide}).sites[0].phases[0].critical_it_mw == 20.0


def test_what_is_filled_first_does_not_overflow(plan):
    path = "sites.a.tariff.price_year"
    faults = faults_of(lambda: override(plan, {path: 99999, "sites.a.tariff.preset": "france-2025"}))
    assert faults[path].rule == "must be at most 2060"


def test_records_of_python_are_held(plan):
    site = plan.sites[0].model_copy(
        update={"battery": plan.sites[0].battery.model_copy(update={"power_mw": 1e300})}
    )
    faults = faults_of(lambda: checked(plan.model_copy(update={"sites": (site,)})))
    assert faults["sites.a.battery.power_mw"].rule == "must be at most 1e+07 MW, which no plan exceeds"


def test_all_faults_are_told_at_once(plan):
    faults = faults_of(lambda: override(plan, {POWER: 1e300, "horizon_years": 99, "title": 7}))
    assert {POWER, "horizon_years", "title"} <= set(faults)


def test_only_what_is_beyond_is_replaced(plan):
    from capsim.language.tree import Faults, Place, from_python

    tree, faults = (
        from_python({"horizon_years": 5, "targets": [{"id": "t", "h100e": 1e300}]}, Place("x", 0, "file")),
        Faults(),
    )
    hold_numbers(tree, Scenario, faults)
    assert tree.scalar("horizon_years") == 5
    assert tree.get("targets").value[0].scalar("h100e") == BEYOND
    assert [fault.path for fault in faults.found] == ["targets.t.h100e"]
