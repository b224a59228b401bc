"""Twice the build is twice of everything extensive, at the same dates and the same unit costs."""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capsim.pipeline import run
from capsim.projection.headline_figures import headline
from capsim.scenario.loading import loads, override
from capsim.vocabulary import MONTHLY

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "portfolios.py")))

INTENSIVE = ("pue", "wue_l_per_kwh", "curtailed_share", "capex_eur_per_critical_it_mw", "capex_eur_per_h100e")
INTENSIVE += ("lcoc_eur_per_accelerator_h", "lcoc_eur_per_h100e_h", "levelised_cost_eur_per_it_mwh")
INTENSIVE += ("build_cost_eur_per_critical_it_mw", "tco_eur_per_it_mw_year")
INTENSIVE += ("payback_y", "irr_real", "irr_equity_nominal")
INTENSIVE += ("cue_kg_per_kwh", "wue_source_l_per_kwh", "erf", "turned_away_share")
COSTS = {"preset": "fr-greenfield-ai", "items": [{"id": "staff-floor", "amount": 0.0}]}
"""A floor of staff is paid per site, whatever its size: it does not double."""


def scaled(mapping, factor):
    """The build times a whole factor; crews as much faster, so that no date moves."""
    places = []
    for place in mapping["sites"]:
        halls = []
        for plan in place["phases"]:
            orders = [order | {"systems": order["systems"] * factor} for order in plan["deployments"]]
            critical = plan["critical_it_mw"] * factor
            halls.append(plan | {"critical_it_mw": critical, "deployments": orders})
        steps = [step | {"grid_mw": step["grid_mw"] * factor} for step in place["grid_connection"]]
        places.append(place | {"phases": halls, "grid_connection": steps})
    pace = mapping["crews"]["racks_per_crew_day"] * factor
    return mapping | {"sites": places, "crews": mapping["crews"] | {"racks_per_crew_day": pace}}


def whole_cohorts(mapping):
    """The same without what rounds to whole systems: cohorts, deliveries, successors that fill power."""
    mapping["crews"]["racks_per_crew_day"] = 1e4
    for place in mapping["sites"]:
        for plan in place["phases"]:
            for order in plan["deployments"]:
                order["delivery_weeks"] = 0.0
                if "system" in order.get("refresh", {}):
                    follows, own = order["refresh"]["system"], order["system"]
                    fits = make.SUCCESSOR_MW[follows] <= make.SYSTEM_MW[own]
                    order["refresh"] = order["refresh"] | {
                        "fill": "count",
                        "system": follows if fits else own,
                    }
    # what left with an order or a refresh is no system of the plan any more
    return mapping | {"systems": make.drawing_all_in(mapping["sites"])}


@settings(max_examples=25)
@given(make.portfolios().map(whole_cohorts), st.integers(2, 5))
def test_doubling_the_build_doubles_the_extensive_and_moves_no_date(mapping, factor):
    mapping = mapping | {"costs": COSTS}
    one, more = run(loads(mapping)), run(loads(scaled(mapping, factor)))
    assert [m[:5] for m in more.timeline.milestones] == [m[:5] for m in one.timeline.milestones]
    stages = ("started", "finished")
    for small, large in zip(one.timeline.milestones, more.timeline.milestones, strict=True):
        assert large.amount == small.amount * (1 if small.kind in stages else factor)
    for series in MONTHLY:
        small, large = (r.operations.monthly[series.name] for r in (one, more))
        # the throttle ends within a relative 1e-9 of the limit, not at one number
        times = 1 if series.fold == "hours" else factor
        np.testing.assert_allclose(large, times * small, rtol=1e-7, atol=1e-6, err_msg=series.name)
    assert more.ledger.lines == one.ledger.lines
    np.testing.assert_allclose(more.ledger.amounts, factor * one.ledger.amounts, rtol=1e-7, atol=1e-3)
    figures = headline(one)
    for name, value in headline(more).items():
        expected = figures[name] * (1 if name in INTENSIVE else factor)
        assert value == pytest.approx(expected, rel=1e-6, abs=1e-6, nan_ok=True), name


def test_two_equal_sites_are_twice_one():
    place = make.standing_site()
    one = run(loads(make.scenario(place, costs=COSTS)))
    two = run(loads(make.scenario(place, place | {"id": "b"}, costs=COSTS)))
    for series in MONTHLY:
        name = series.name
        assert np.array_equal(two.operations.monthly[name][0], two.operations.monthly[name][1]), name
        assert np.array_equal(two.operations.monthly[name][0], one.operations.monthly[name][0]), name
    for category in ("capex", "opex", "opening", "residual"):
        np.testing.assert_allclose(two.ledger.total(category), 2 * one.ledger.total(category), rtol=1e-12)


@pytest.mark.parametrize("share", [0.25, 0.5, 1.0])
def test_demand_below_capacity_is_the_allocation(share):
    scenario = loads(make.scenario(make.standing_site(), horizon_years=1))
    capacity = run(scenario).operations.monthly["h100e_8bit"][0, 0]
    asked = run(override(scenario, {"demand.h100e": share * capacity})).operations.monthly
    assert asked["accelerator_h"] == pytest.approx(share * asked["in_service_h"], rel=1e-12)
    idle, all_in_mw = 0.210784, 15.9552
    hours = np.diff(scenario.calendar.month_start_d) * 24
    power_mw = all_in_mw * (idle + (1 - idle) * share)
    assert asked["it_mwh"][0] == pytest.approx(power_mw * hours, rel=1e-5)
    assert asked["curtailed_h100e_h"].sum() == 0


@pytest.mark.parametrize(("asked_share", "held_share"), [(0.2, 0.4), (0.4, 0.8), (0.45, 0.8)])
def test_demand_fills_the_fleet_up_to_its_ceiling(asked_share, held_share):
    use = {"allocation": 0.8, "busy_share": 0.5, "power_utilisation": 1.0}
    scenario = loads(make.scenario(make.standing_site(), horizon_years=1, workload=use))
    capacity = run(scenario).operations.monthly["h100e_8bit"][0, 0]
    month = run(override(scenario, {"demand.h100e": asked_share * capacity})).operations.monthly
    assert month["accelerator_h"] == pytest.approx(held_share * 0.5 * month["in_service_h"], rel=1e-12)


def test_demand_never_changes_hosted_it():
    tenant = {"id": "tenant", "system": "hosted-it-100kw", "systems": 80, "in_service_on": date(2025, 2, 1)}
    place = make.standing_site(phases=[make.standing_hall(deployments=[tenant])])
    scenario = loads(make.scenario(place, horizon_years=1))
    free = run(scenario).operations.monthly
    asked = run(override(scenario, {"demand.h100e": 0.0})).operations.monthly
    assert free["it_mwh"].sum() == pytest.approx(8.0 * 8760)
    for series in MONTHLY:
        assert np.array_equal(free[series.name], asked[series.name]), series.name


@settings(max_examples=10)
@given(make.portfolios(), st.floats(1.0, 30_000.0))
def test_no_more_compute_is_delivered_than_is_asked_for(mapping, demand):
    scenario = loads(mapping | {"demand": {"h100e": demand}})
    month = run(scenario).operations.monthly
    hours = np.diff(scenario.calendar.month_start_d) * 24
    assert np.all(month["h100e_h"].sum(axis=0) <= demand * hours * (1 + 1e-9))
