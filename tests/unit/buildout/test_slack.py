"""Float of stages, equipment, grid steps and own generation: by hand, and by letting them slip.

Tests `buildout.slack`, `buildout.own_power`.
"""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest

from capsim.buildout.own_power import carried_d
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
    assert activities(scenario, scenario.sites[0], row) == ("grid connection",)
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


def bridged(available_on, grid_months, **changes):
    """Engines that carry the hall from a day on, and a grid step with a study of a month and works."""
    engines = {"power_mw": 12.0, "fuel": "gas", "runs_when_short": True, "available_on": available_on}
    steps = [{"id": "study", "duration_months": 1}, {"id": "works", "duration_months": grid_months - 1}]
    return plan_of(changes, step={"stages": steps}).override({"sites.a.generation": engines})


WORKS = "sites.a.grid_connection.g1.stages.works.duration_months"
ENGINES = "sites.a.generation.available_on"
# the construction is done on day 182.6, 2026-07-02
BRIDGES = [
    # engines in time: the grid may come whenever it does
    (date(2026, 3, 1), 20, {"grid works": math.inf, "own generation": 182.625 - 59, "construction": 0.0}),
    # engines decide, whatever the grid does after them
    (date(2026, 8, 1), 20, {"grid works": math.inf, "own generation": 0.0, "construction": 212 - 182.625}),
    # both in time: each may slip without end, for there is the other
    (date(2026, 3, 1), 4, {"grid works": math.inf, "own generation": math.inf, "construction": 0.0}),
    # the grid first: it may slip until power is needed, and late engines do not help it there
    (date(2026, 9, 1), 4, {"grid works": 182.625 - 121.75, "own generation": math.inf, "construction": 0.0}),
]


@pytest.mark.parametrize(("available_on", "grid_months", "expected"), BRIDGES)
def test_own_generation_gives_the_grid_float(available_on, grid_months, expected):
    scenario = bridged(available_on, grid_months)
    found = {row.activity: row for row in floats(scenario, build_out(scenario))}
    assert {name: found[name].total_d for name in expected} == pytest.approx(expected)
    # the works begin as soon as the study is done
    assert found["grid study"].free_d == 0.0


def test_stages_of_a_grid_step_that_is_late_after_them_have_no_free_float_whatever_carries_the_hall():
    scenario = bridged(date(2026, 3, 1), 4).override({"sites.a.grid_connection.g1.slip_months": 2.0})
    found = {row.activity: row for row in floats(scenario, build_out(scenario))}
    assert [found[name].free_d for name in ("grid study", "grid works", "grid connection")] == [
        0.0,
        0.0,
        math.inf,
    ]
    assert tuple(found) == tuple(sorted(found, key=lambda name: (found[name].start_d, found[name].end_d)))
    assert set(found) == set(activities(scenario, scenario.sites[0], scenario.sites[0].phases[0]))


@pytest.mark.parametrize(("available_on", "grid_months", "_"), BRIDGES)
def test_nothing_moves_while_the_grid_or_the_engines_slip_within_their_float(available_on, grid_months, _):
    scenario = bridged(available_on, grid_months)
    found = {row.activity: row.total_d for row in floats(scenario, build_out(scenario))}
    ready_d = build_out(scenario).ready_for_service_d()["a", "p1"]
    day_d = {"grid works": 1 / months_to_days(1.0)}

    def late_d(activity, slip_d):
        change = {WORKS: grid_months - 1 + slip_d * day_d["grid works"]}
        if activity == "own generation":
            change = {ENGINES: available_on + timedelta(days=slip_d)}
        return build_out(scenario.override(change)).ready_for_service_d()["a", "p1"] - ready_d

    for activity in ("grid works", "own generation"):
        for slip_d in (10, 60, 400):
            beyond_d = max(0.0, slip_d - found[activity])
            late = late_d(activity, slip_d)
            # beyond its float it is late by as much, until the other is there
            assert (late == pytest.approx(0.0, abs=1e-6)) if not beyond_d else (0.0 < late <= beyond_d + 1e-6)


@pytest.mark.parametrize(
    ("available_on", "path", "held_by"),
    [
        (date(2026, 3, 1), ["permit", "construction", "commissioning"], []),
        (date(2026, 8, 1), ["own generation", "commissioning"], ["own generation"]),
        # the grid is there on day 609, and its works are under way when the construction is done
        (date(2028, 1, 1), ["grid study", "grid works", "commissioning"], ["grid works"]),
    ],
)
def test_the_critical_path_is_that_of_the_power_that_came(available_on, path, held_by):
    timeline = build_out(bridged(available_on, 20))
    assert [wait.cause for wait in timeline.waits if not wait.item] == path
    assert [wait.cause for wait in timeline.waits if wait.item == "commissioning"] == held_by


def test_a_hall_with_a_date_takes_the_power_of_its_engines():
    announced = {"ready_for_service_on": date(2026, 6, 1)}
    scenario = bridged(date(2026, 7, 1), 20, **announced)
    timeline = build_out(scenario)
    assert timeline.ready_for_service_d()["a", "p1"] == 181.0
    found = {row.activity: row.total_d for row in floats(scenario, timeline)}
    assert found == {"grid study": math.inf, "own generation": 0.0, "grid works": math.inf}
    assert [wait.cause for wait in timeline.waits] == ["own generation"] * 2


def test_orders_just_in_time_see_the_engines():
    """Delivered for the hall that the engines carry on 2026-08-01, and not for the grid a year later."""
    racks = {"id": "racks", "system": "gb300-nvl72", "systems": 10, "ordering": "just_in_time"}
    racks |= {"lead_time_weeks": 10, "margin_weeks": 0}
    timeline = build_out(bridged(date(2026, 8, 1), 20, deployments=[racks]))
    (delivered,) = timeline.of_phase("a", "p1", "delivered")
    assert delivered.time_d == pytest.approx(timeline.ready_for_service_d()["a", "p1"], abs=1.0)


def test_the_agreement_that_a_phase_starts_after_has_no_float_behind_engines():
    scenario = bridged(date(2026, 3, 1), 20, grid_agreed=True).override(
        {"sites.a.grid_connection.g1.applied_on": date(2026, 1, 1)}
    )
    found = {row.activity: row.total_d for row in floats(scenario, build_out(scenario))}
    assert found["grid study"] == 0.0
    assert found["grid works"] == math.inf


def test_engines_carry_halls_in_the_order_of_the_site_up_to_their_power():
    engines = {"power_mw": 25.0, "fuel": "gas", "runs_when_short": True}
    scenario = plan_of({}, {"id": "p2"}, {"id": "p3"}).override({"sites.a.generation": engines})

    def carried(plan):
        return [carried_d(plan, site, phase) for site, phase in plan.phases()]

    assert carried(scenario) == [0.0, 0.0, math.inf]
    assert carried(scenario.override({ENGINES: date(2026, 2, 1)})) == [31.0, 31.0, math.inf]
    assert carried(scenario.override({"sites.a.generation.runs_when_short": False})) == [math.inf] * 3
    assert carried(plan_of()) == [math.inf]


def test_equipment_of_the_campus_is_an_activity_of_the_phase_that_orders_it():
    item = {"id": "transformer", "item": "lt-power-transformer", "per": "campus", "needed_at": "construction"}
    item |= {"ordered_after": "permit", "lead_time_weeks": 20}
    found = months(plan_of({"equipment": [item]}, {"id": "p2", "equipment": [item]}))
    assert ("p1", "transformer") in found
    assert ("p2", "transformer") not in found
    assert ("p2", "construction") in found


def test_a_study_whose_works_follow_at_once_has_no_free_float_though_engines_carry_the_hall_before_it_ends():
    scenario = bridged(date(2026, 1, 15), 4)
    found = {row.activity: row for row in floats(scenario, build_out(scenario))}
    assert (found["grid study"].free_d, found["grid works"].free_d) == (0.0, math.inf)


def test_what_had_begun_before_the_last_stage_of_an_agreement_did_not_wait_for_it():
    """Begun between study and contract, in a hall that engines carry: nothing waits for the contract."""
    agreed = [{"id": name, "duration_months": 2} for name in ("study", "contract", "works")]
    agreed[0] |= {"finished_on": date(2026, 3, 1)}
    step = {"stages": agreed, "applied_on": date(2026, 1, 1)}
    engines = {"sites.a.generation": {"power_mw": 20.0, "fuel": "gas", "available_on": date(2026, 3, 1)}}
    engines["sites.a.generation"]["runs_when_short"] = True

    def float_of_the_contract(**began):
        works = stages()
        works[0] |= began
        plan = plan_of({"grid_agreed": True, "stages": works}, step=step, as_of=date(2026, 4, 15))
        plan = plan.override(engines)
        return {row.activity: row.total_d for row in floats(plan, build_out(plan))}["grid contract"]

    assert float_of_the_contract() == pytest.approx(0.0)
    assert float_of_the_contract(started_on=date(2026, 4, 1)) == math.inf
