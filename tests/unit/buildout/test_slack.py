"""Float of stages, equipment and grid steps: by hand, and by letting them slip."""

from __future__ import annotations

from datetime import date

import pytest

from capsim.buildout.simulate import build_out
from capsim.buildout.slack import activities, floats
from capsim.scenario.loading import loads
from capsim.units import months_to_days, weeks_to_days


def stages(**more):
    rows = [{"id": name, "duration_months": n} for name, n in (("permit", 2), ("construction", 4))]
    return [*rows, {"id": "commissioning", "duration_months": 1, "needs_energization": True} | more]


def plan_of(*halls, step=None, **changes):
    halls = halls or ({},)
    usual = {"id": "p1", "critical_it_mw": 10, "energization": "g1"}
    phases = [usual | ({} if "ready_for_service_on" in h else {"stages": stages()}) | h for h in halls]
    site = {"id": "a", "country": "fra", "climate": "paris", "tariff": {"preset": "fr-datacenter"}}
    site |= {"cooling": {"preset": "dlc-dry-cooler"}, "phases": phases}
    site["grid_connection"] = [{"id": "g1", "grid_mw": 15} | (step or {"lead_time_months": 3})]
    plan = {"schema": 1, "name": "x", "start": date(2026, 1, 1), "horizon_years": 2, "sites": [site]}
    return loads(plan | changes)


def months(scenario):
    """Total and free float by phase and activity. [months]"""
    month_d = months_to_days(1.0)
    rows = floats(scenario, build_out(scenario))
    return {(row.phase, row.activity): (row.total_d / month_d, row.free_d / month_d) for row in rows}


def test_stages_of_a_grid_step_share_their_total_float():
    steps = [{"id": "study", "duration_months": 1}, {"id": "works", "duration_months": 2}]
    found = months(plan_of(step={"stages": steps}))
    assert found["p1", "grid study"] == pytest.approx((3.0, 0.0))
    assert found["p1", "grid works"] == pytest.approx((3.0, 3.0))
    assert found["p1", "permit"] == found["p1", "commissioning"] == (0.0, 0.0)


def test_a_slip_after_the_last_stage_is_an_activity_of_its_own():
    steps = [{"id": "works", "duration_months": 2}]
    found = months(plan_of(step={"stages": steps, "slip_months": 5}))
    # power in month 7: one month after the construction, which has that to spare
    assert found["p1", "grid connection"] == found["p1", "grid works"] == (0.0, 0.0)
    assert found["p1", "construction"] == pytest.approx((1.0, 1.0))
    assert found["p1", "permit"] == pytest.approx((1.0, 0.0))


def test_equipment_and_what_it_is_ordered_after():
    ups = {"id": "ups", "item": "lt-ups", "lead_time_weeks": 10, "needed_at": "commissioning"}
    found = months(plan_of({"equipment": [ups | {"ordered_after": "permit"}]}))
    spare = 4.0 - weeks_to_days(10) / months_to_days(1.0)
    assert found["p1", "ups"] == pytest.approx((spare, spare))
    assert found["p1", "permit"] == (0.0, 0.0)


def test_a_crew_that_is_busy_is_float():
    crewed = [stages()[0], stages()[1] | {"crew": "construction"}, stages()[2]]
    two = ({"stages": crewed}, {"id": "p2", "stages": crewed})
    found = months(plan_of(*two, crews={"construction_crews": 1}))
    assert found["p1", "permit"] == (0.0, 0.0)
    assert found["p2", "permit"] == pytest.approx((4.0, 4.0))


def test_a_hall_with_an_announced_date_has_the_float_of_its_connection():
    announced = {"ready_for_service_on": date(2026, 10, 1)}
    scenario = plan_of(announced)
    row = scenario.sites[0].phases[0]
    assert activities(scenario.sites[0], row) == ("grid connection",)
    assert months(scenario)["p1", "grid connection"] == pytest.approx((273 / months_to_days(1.0) - 3.0,) * 2)


def test_a_hall_that_is_there_has_none():
    there = {"ready_for_service_on": date(2025, 10, 1)}
    assert months(plan_of(there, step={"energised_on": date(2025, 1, 1)})) == {}


@pytest.mark.parametrize("activity", ["permit", "construction", "commissioning", "grid connection"])
def test_a_phase_is_late_by_what_is_beyond_the_float(activity):
    scenario = plan_of()
    total_months = months(scenario)["p1", activity][0]
    path = f"sites.a.phases.p1.stages.{activity}.duration_months"
    if activity == "grid connection":
        path = "sites.a.grid_connection.g1.lead_time_months"
    taken = {"permit": 2.0, "construction": 4.0, "commissioning": 1.0, "grid connection": 3.0}[activity]
    ready_d = build_out(scenario).ready_for_service_d()["a", "p1"]
    for beyond, late in ((0.0, 0.0), (0.5, 0.5)):
        slipped = scenario.override({path: taken + total_months + beyond})
        now_d = build_out(slipped).ready_for_service_d()["a", "p1"]
        assert now_d - ready_d == pytest.approx(months_to_days(late), abs=1e-6)


def test_equipment_of_the_campus_is_an_activity_of_the_phase_that_orders_it():
    item = {"id": "transformer", "item": "lt-power-transformer", "per": "campus", "needed_at": "construction"}
    item |= {"ordered_after": "permit", "lead_time_weeks": 20}
    found = months(plan_of({"equipment": [item]}, {"id": "p2", "equipment": [item]}))
    assert ("p1", "transformer") in found
    assert ("p2", "transformer") not in found
    assert ("p2", "construction") in found
