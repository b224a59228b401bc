"""Crews, equipment, supply, funding, ordering and cancellation, each worked by hand.

Tests `buildout.cancellation`, `buildout.funding`, `buildout.order_dates`, `buildout.pool`,
`buildout.spending`, `buildout.supply`, `models.ordering`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.buildout.simulate import build_out
from capsim.ledger import book
from capsim.operations import operate
from capsim.pipeline import run
from capsim.scenario.draws.sample import sample
from capsim.scenario.loading import loads, override
from capsim.units import DAYS_PER_MONTH, months_to_days

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


def play(*phases, steps=None, **changes):
    place = make.site(*phases)
    if steps is not None:
        place["grid_connection"] = steps
    return build_out(loads(make.scenario(place, **changes)))


def when(timeline, kind, phase="p1", item=None):
    return [m.time_d for m in timeline.of_kind(kind) if m.phase == phase and (item is None or m.item == item)]


def path(timeline, phase="p1"):
    return [(w.cause, w.start_d, w.end_d) for w in timeline.waits if (w.phase, w.item) == (phase, "")]


# permit 2, construction 4, commissioning 1 months; power after 3


def transformer(**changes):
    kit = {"id": "transformer", "item": "lt-power-transformer", "needed_at": "commissioning"}
    return kit | {"lead_time_weeks": 40.0} | changes


def test_equipment_ordered_at_the_start_holds_up_the_stage_that_needs_it():
    timeline = play(make.hall(equipment=[transformer()]))
    assert when(timeline, "equipment_ordered") == [0.0]
    assert when(timeline, "equipment_delivered") == [280.0]
    assert when(timeline, "ready_for_service") == [280.0 + DAYS_PER_MONTH]
    assert path(timeline) == [
        ("transformer", 0.0, 280.0),
        ("commissioning", 280.0, 280.0 + DAYS_PER_MONTH),
    ]


def test_equipment_ordered_after_a_stage_puts_the_stage_on_the_critical_path():
    timeline = play(make.hall(equipment=[transformer(ordered_after="permit")]))
    permit = months_to_days(2.0)
    assert when(timeline, "equipment_ordered") == [permit]
    assert [cause for cause, *_ in path(timeline)] == ["permit", "transformer", "commissioning"]
    assert when(timeline, "ready_for_service") == [permit + 280.0 + DAYS_PER_MONTH]


def test_equipment_ordered_before_the_start_of_the_phase_is_there_in_time():
    early = play(make.hall(equipment=[transformer(ordered_on=date(2025, 4, 1))]))
    assert when(early, "ready_for_service") == [months_to_days(7.0)]
    assert [cause for cause, *_ in path(early)] == ["permit", "construction", "commissioning"]


def crewed(**changes):
    rows = make.stages()
    rows[1]["crew"] = "construction"
    return make.hall(stages=rows, deployments=[], **changes)


def test_phases_that_share_a_construction_crew_build_one_after_the_other():
    crews = {"installer_crews": 1, "racks_per_crew_day": 2, "burn_in_days": 7, "construction_crews": 1}
    timeline = play(crewed(), crewed(id="p2"), crews=crews)
    assert when(timeline, "finished", "p1", "construction") == [months_to_days(6.0)]
    assert when(timeline, "started", "p2", "construction") == [months_to_days(6.0)]
    assert when(timeline, "ready_for_service", "p2") == [pytest.approx(months_to_days(11.0))]
    assert ("crew", months_to_days(2.0), months_to_days(6.0)) in path(timeline, "p2")


def test_the_phase_of_lower_priority_number_gets_the_crew_first():
    crews = {"installer_crews": 1, "racks_per_crew_day": 2, "burn_in_days": 7, "construction_crews": 1}
    third = crewed(id="p3", priority=10, starts_on=date(2026, 2, 1))
    timeline = play(crewed(), crewed(id="p2"), third, crews=crews)
    assert when(timeline, "started", "p3", "construction") < when(timeline, "started", "p2", "construction")


def supply(per_quarter, **changes):
    entry = {"id": "from-start", "from_on": date(2026, 1, 1), "systems_per_quarter": per_quarter}
    return {"supply": [{"id": "vendor", "systems": ["gb300-nvl72"], "allocation": [entry]} | changes]}


def test_an_order_takes_what_is_allotted_system_by_system():
    # 100 systems ordered on day 59, due on day 129; 50 a quarter: on order, and on 1 April, day 90
    timeline = play(make.hall(), **supply(50.0))
    assert amounts(timeline, "delivered") == [(129.0, 100)]
    # 30 a quarter: 60 by day 129, then on 1 July and 1 October, days 181 and 273
    slow = play(make.hall(), **supply(30.0))
    assert amounts(slow, "delivered") == [(129.0, 60), (181.0, 30), (273.0, 10)]
    waits = [w for w in slow.waits if w.cause == "allocation"]
    assert [(w.start_d, w.end_d) for w in waits] == [(129.0, 273.0)]


def amounts(timeline, kind):
    return [(m.time_d, m.amount) for m in timeline.of_kind(kind)]


def test_supply_written_quarter_by_quarter_is_what_one_entry_allots():
    # 100 systems a quarter, four entries a year for two years: 400 a year on the days they are dated
    starts = [date(year, month, 1) for year in (2026, 2027) for month in (1, 4, 7, 10)]
    rows = [
        {"id": f"q{number}", "from_on": day, "systems_per_quarter": 100.0}
        for number, day in enumerate(starts)
    ]
    one, many = supply(100.0), supply(100.0, allocation=rows)
    written = [(day - make.START).days for day in starts]
    for funds in (one, many):
        allotted = list(play(make.hall(), **funds).of_kind("allotted"))
        assert [(m.time_d, m.amount) for m in allotted] == [(day, 100.0) for day in written]


def test_an_allocation_from_the_last_of_a_month_stays_there():
    first = date(2026, 8, 31)  # then the last of November, February, and May: no month is skipped
    rows = [{"id": "q", "from_on": first, "systems_per_quarter": 1.0}]
    allotted = play(make.hall(), **supply(1.0, allocation=rows)).of_kind("allotted")
    days = [date(2026, 8, 31), date(2026, 11, 30), date(2027, 2, 28), date(2027, 5, 31)]
    assert [m.time_d for m in allotted][:4] == [(day - make.START).days for day in days]


def test_supply_that_never_suffices_ends_with_a_milestone_and_no_endless_run():
    timeline = play(make.hall(), **supply(5.0))
    delivered = sum(m.amount for m in timeline.of_kind("delivered"))
    missing = sum(m.amount for m in timeline.of_kind("undelivered"))
    assert (delivered, missing) == (40, 60)  # eight quarters of 5
    assert delivered <= sum(m.amount for m in timeline.of_kind("allotted"))


def test_the_order_of_lower_priority_number_is_allotted_first():
    first, second = make.racks(systems=50), make.racks(id="vip", systems=50, priority=1)
    timeline = play(make.hall(first, second), **supply(25.0))
    assert when(timeline, "delivered", item="vip") == [129.0]
    assert when(timeline, "delivered", item="racks") == [181.0, 273.0]  # 1 July and 1 October


FACILITY = {
    "costs": {
        "items": [
            {"id": "shell", "category": "capex", "basis": "per_critical_it_mw", "amount": 10.0e6},
            {"id": "reserve", "category": "capex", "basis": "per_facility_cost", "amount": 0.1},
            {"id": "line", "category": "capex", "basis": "per_grid_mw", "amount": 1.0e6},
        ]
    }
}
"""16 MW of hall cost 176 m; 24 MW of grid 24 m."""


def tranches(*amounts, **changes):
    days = (date(2026, 1, 1), date(2026, 7, 1), date(2027, 1, 1))
    rows = [
        {"id": f"t{i}", "amount": amount, "available_on": day}
        for i, (amount, day) in enumerate(zip(amounts, days, strict=False))
    ]
    return FACILITY | {"funding": {"covers": ["facilities", "grid"], "tranches": rows} | changes}


def test_a_phase_waits_for_money_and_the_wait_is_on_its_critical_path():
    timeline = play(make.hall(), **tranches(100.0e6, 100.0e6))
    permit_d = months_to_days(2.0)
    assert path(timeline)[:2] == [("permit", 0.0, permit_d), ("funding", permit_d, 181.0)]
    assert when(timeline, "ready_for_service") == [181.0 + months_to_days(5.0)]
    committed = {(m.phase, m.item): m.amount for m in timeline.of_kind("committed")}
    assert committed == pytest.approx({("", "g1"): 24.0e6, ("p1", ""): 176.0e6})


def test_money_that_never_comes_leaves_the_phase_unbuilt_and_the_ledger_empty():
    scenario = loads(make.scenario(make.site(make.hall()), **tranches(100.0e6)))
    result = run(scenario)
    assert [(m.phase, m.amount) for m in result.timeline.of_kind("unbuilt")] == [("p1", 16.0)]
    facility = {line.item for line in result.ledger.lines if line.category == "capex"}
    assert facility == {"systems"}  # racks that were ordered anyway; no grid connection without its hall
    # the hall and its connection are asked for together, and 100 m is too little for 200 m
    unfunded = {(m.phase, m.item): m.amount for m in result.timeline.of_kind("unfunded")}
    assert unfunded == pytest.approx({("", "g1"): 200.0e6, ("p1", ""): 200.0e6})
    assert path(result.timeline)[-1] == ("funding", months_to_days(2.0), 730.0)


def test_what_is_committed_is_what_the_ledger_books():
    whole = make.hall(make.racks(ordered_on=date(2026, 7, 1)))
    funds = tranches(2.0e9)
    funds["funding"]["covers"] = ["facilities", "grid", "systems"]
    scenario = loads(make.scenario(make.site(whole), **funds))
    timeline = build_out(scenario)
    ledger = book(scenario, timeline, operate(scenario, timeline))
    committed = sum(m.amount for m in timeline.of_kind("committed"))
    assert ledger.total("capex").sum() == pytest.approx(committed, rel=1e-12)


def test_commitments_are_at_the_prices_of_their_days_as_the_ledger_books_them():
    # construction prices grow by 1.05 / 1.02 a year in real terms from the middle of 2025 on, racks by 0.98
    rates = {"construction_inflation_per_y": 0.05, "inflation_per_y": 0.02, "system_price_trend_per_y": -0.02}
    order = make.racks(ordered_on=date(2026, 7, 1), system_price_usd=1.0e6, system_price_year=2025)
    funds = tranches(2.0e9)
    funds["funding"]["covers"] = ["facilities", "grid", "systems"]
    scenario = loads(
        make.scenario(make.site(make.hall(order)), finance={"wacc_real": 0.065} | rates, **funds)
    )
    timeline = build_out(scenario)
    committed = {(m.phase, m.item): m.amount for m in timeline.of_kind("committed")}
    real = 1.05 / 1.02
    assert committed["", "g1"] == pytest.approx(24.0e6 * real ** (184 / 365.25))  # applied for on 1 January
    # construction starts when the permit is there, after two months
    assert committed["p1", ""] == pytest.approx(176.0e6 * real ** ((184 + months_to_days(2)) / 365.25))
    assert committed["p1", "racks"] == pytest.approx(100 * 0.8e6 * 0.98 ** (365 / 365.25))
    ledger = book(scenario, timeline, operate(scenario, timeline))
    assert ledger.total("capex").sum() == pytest.approx(sum(committed.values()), rel=1e-12)
    assert sum(m.amount for m in timeline.of_kind("reserved")) == pytest.approx(0.0, abs=1e-3)


def test_a_grid_step_that_waited_for_money_is_booked_when_it_was_applied_for():
    scenario = loads(make.scenario(make.site(make.hall(deployments=[])), **tranches(100.0e6, 100.0e6)))
    timeline = build_out(scenario)
    assert [m.time_d for m in timeline.of_kind("energised")] == [181.0 + months_to_days(3.0)]
    ledger = book(scenario, timeline, operate(scenario, timeline))
    monthly = ledger.total("capex")
    assert monthly[:6].sum() == 0.0
    assert monthly.sum() == pytest.approx(200.0e6)


def test_a_grid_step_and_its_first_phase_are_paid_for_together_and_the_second_by_itself():
    # 24 m of grid and 176 m a hall: 200 m buy the connection and one hall, and no second connection alone
    steps = [
        {"id": "g1", "grid_mw": 24.0, "lead_time_months": 3.0},
        {"id": "g2", "grid_mw": 24.0, "lead_time_months": 3.0},
    ]
    halls = [make.hall(deployments=[]), make.hall(id="p2", deployments=[], energization="g2")]
    timeline = play(*halls, steps=steps, **tranches(300.0e6, rule="who_fits"))
    assert {(m.phase, m.item) for m in timeline.of_kind("committed")} == {("", "g1"), ("p1", "")}
    reserved = [(m.phase, m.time_d) for m in timeline.of_kind("reserved") if m.amount > 0.0]
    assert reserved == [("p1", 0.0)]
    # of two halls on one step, the second asks by itself
    halls = [make.hall(deployments=[]), make.hall(id="p2", deployments=[], starts_on=date(2026, 3, 1))]
    timeline = play(*halls, steps=steps[:1], **tranches(200.0e6, 176.0e6))
    assert when(timeline, "committed", "p2") == [181.0]


def test_what_a_reservation_falls_short_of_goes_first_and_what_is_left_of_it_comes_back():
    # a draw's permit takes five months and not two: the price has grown by three months more
    rates = {"construction_inflation_per_y": 0.10, "inflation_per_y": 0.0}
    scenario = loads(
        make.scenario(
            make.site(make.hall(deployments=[])), finance={"wacc_real": 0.065} | rates, **tranches(240.0e6)
        )
    )
    late = override(scenario, {"sites.a.phases.p1.stages.permit.duration_months": 5.0})
    late._plan = scenario
    timeline = build_out(late)
    real = 1.10
    held = 176.0e6 * real ** ((184 + months_to_days(2)) / 365.25)
    changes = [m.amount for m in timeline.of_kind("reserved")]
    assert changes == pytest.approx([held, -held])
    (paid,) = [m.amount for m in timeline.of_kind("committed") if m.phase]
    assert paid == pytest.approx(176.0e6 * real ** ((184 + months_to_days(5)) / 365.25))


def test_in_order_holds_up_what_is_behind_and_who_fits_does_not():
    small = make.hall(id="small", critical_it_mw=2.0, deployments=[], priority=60)
    strict = play(make.hall(), small, **tranches(100.0e6))
    loose = play(make.hall(), small, **tranches(100.0e6, rule="who_fits"))
    assert {m.phase for m in strict.of_kind("unbuilt")} == {"p1", "small"}
    assert {m.phase for m in loose.of_kind("unbuilt")} == {"p1"}


def test_a_tranche_may_come_with_a_phase():
    funds = tranches(200.0e6, 200.0e6)
    funds["funding"]["tranches"][1] = {"id": "t1", "amount": 200.0e6, "after_phase": "a.p1"}
    timeline = play(make.hall(), make.hall(id="p2", deployments=[]), **funds)
    first = when(timeline, "ready_for_service")[0]
    assert path(timeline, "p2")[1] == ("funding", months_to_days(2.0), first)


GRID_STAGES = [{"id": "study", "duration_months": 1.0}, {"id": "works", "duration_months": 4.0}]
MONTH_D = months_to_days(1.0)


def funded(after, *phases, steps=None):
    """When a second tranche of 1 m comes; the first pays for everything."""
    funds = tranches(1.0e9)
    funds["funding"]["tranches"].append({"id": "late", "amount": 1.0e6} | after)
    timeline = play(*(phases or (make.hall(),)), steps=steps, **funds)
    return [m.time_d for m in timeline.of_kind("funded") if m.item == "late"]


@pytest.mark.parametrize(
    ("after", "due_d"),
    [
        # permit 2, construction 4, commissioning 1 months from 1 January
        ({"after_phase": "a.p1", "phase_milestone": "permit finished"}, 2 * MONTH_D),
        ({"after_phase": "a.p1", "phase_milestone": "construction started"}, 2 * MONTH_D),
        ({"after_phase": "a.p1", "phase_milestone": "construction finished"}, 6 * MONTH_D),
        ({"after_phase": "a.p1", "phase_milestone": "ready_for_service"}, 7 * MONTH_D),
        # then two racks are set up in the first day, and burnt in for 7
        ({"after_phase": "a.p1", "phase_milestone": "in_service"}, 7 * MONTH_D + 1.0 + 7.0),
        ({"after_step": "a.g1"}, 5 * MONTH_D),
        ({"after_step": "a.g1", "step_milestone": "applied"}, 0.0),
        ({"after_step": "a.g1", "step_milestone": "study finished"}, 1 * MONTH_D),
        ({"after_step": "a.g1", "step_milestone": "works started"}, 1 * MONTH_D),
        # the last of a date and two milestones
        ({"after_step": "a.g1", "after_phase": "a.p1", "phase_milestone": "permit finished"}, 5 * MONTH_D),
        ({"after_step": "a.g1", "available_on": date(2026, 12, 1)}, 334.0),
    ],
)
def test_a_tranche_comes_with_its_milestones(after, due_d):
    steps = [{"id": "g1", "grid_mw": 24.0, "stages": GRID_STAGES}]
    assert funded(after, steps=steps) == [pytest.approx(due_d)]


def test_a_tranche_does_not_come_with_a_permit_that_is_refused():
    rows = make.stages()
    rows[0]["cancel_probability"] = 0.9
    after = {"after_phase": "a.p1", "phase_milestone": "permit finished"}
    assert funded(after, make.hall(stages=rows)) == []
    works = [GRID_STAGES[0] | {"cancel_probability": 0.9}, GRID_STAGES[1]]
    steps = [{"id": "g1", "grid_mw": 24.0, "stages": works}]
    assert funded({"after_step": "a.g1", "step_milestone": "study finished"}, steps=steps) == []


def test_a_tranche_may_come_with_what_was_there_before_the_start():
    after = {"after_phase": "a.p0", "phase_milestone": "in_service"}
    steps = [{"id": "g1", "grid_mw": 60.0, "energised_on": date(2024, 1, 1)}]
    assert funded(after, make.standing_hall(id="p0"), steps=steps) == [0.0]


def test_tranches_written_out_with_their_defaults_load_to_the_same():
    scenario = loads(make.scenario(**tranches(1.0e9)))
    assert loads(scenario.resolved()) == scenario


def test_money_on_a_permit_pays_for_the_works_that_follow_it():
    # 160 m for the hall and 16 m for the reserve come with the permit and the grid, after 2 and 3 months
    funds = tranches(400.0e6)
    funds["funding"]["tranches"][0] |= {
        "after_step": "a.g1",
        "after_phase": "a.p1",
        "phase_milestone": "permit finished",
    }
    steps = [{"id": "g1", "grid_mw": 24.0, "energised_on": date(2026, 4, 1)}]
    timeline = play(make.hall(), steps=steps, **funds)
    assert path(timeline)[:2] == [("permit", 0.0, 2 * MONTH_D), ("funding", 2 * MONTH_D, 90.0)]


def test_just_in_time_meets_the_forecast_hand_over_less_the_margin():
    order = make.racks(ordering="just_in_time", ordered_on=None, margin_weeks=2.0)
    timeline = play(make.hall(order))
    ready = months_to_days(7.0)
    assert when(timeline, "delivered") == [pytest.approx(ready - 14.0)]
    assert when(timeline, "ordered") == [pytest.approx(ready - 14.0 - 70.0)]


def test_just_in_time_does_not_know_what_is_drawn_only_what_has_happened():
    rows = make.stages()
    rows[1]["duration_months"] = {"dist": "uniform", "low": 2.0, "high": 6.0}
    order = make.racks(ordering="just_in_time", ordered_on=None, margin_weeks=0.0)
    scenario = loads(make.scenario(make.site(make.hall(order, stages=rows))))
    for replication in range(12):
        drawn = sample(scenario, 3, replication)
        timeline = build_out(drawn, 3, replication)
        took = drawn.sites[0].phases[0].stages[1].duration_months
        # by the central 7 months, less 10 weeks, whatever construction is to take; the hall follows the draw
        assert when(timeline, "ordered")[0] == pytest.approx(months_to_days(7.0) - 70.0)
        assert when(timeline, "delivered")[0] == pytest.approx(months_to_days(7.0))
        assert when(timeline, "ready_for_service")[0] == pytest.approx(months_to_days(3.0 + took))


def test_orders_on_demand_come_when_demand_a_lead_time_ahead_fills_what_is_there():
    order = make.racks(ordering="demand", ordered_on=None, order_at_allocation=0.9)
    there = make.standing_hall(id="old")
    h100e = 100 * 72 * 2.5265  # what stands, 8bit, about
    demand = {"h100e": 0.8 * h100e, "growth_per_y": 0.5}
    place = make.site(there, make.hall(order))
    place["grid_connection"] = [{"id": "g1", "grid_mw": 60.0, "energised_on": date(2024, 1, 1)}]
    timeline = build_out(loads(make.scenario(place, demand=demand)))
    # 0.8 x 1.5^t = 0.9 at t = 0.29 y; a lead time of 70 days earlier is day 36, so the review of 1 March
    assert when(timeline, "ordered", item="racks") == [59.0]
    # a fleet at work half the time is as full with half the demand, which counts H100e at work
    half = {"workload": make.FULL_LOAD | {"busy_share": 0.5}, "demand": demand | {"h100e": 0.4 * h100e}}
    assert when(build_out(loads(make.scenario(place, **half))), "ordered", item="racks") == [59.0]
    # one that keeps a part of its throughput under a power cap is as full with that part of the demand
    kept = 1 - 1.2 * (1 / 7) ** 1.8
    capped = {
        "workload": make.FULL_LOAD | {"power_cap": 6 / 7},
        "demand": demand | {"h100e": kept * 0.8 * h100e},
    }
    assert when(build_out(loads(make.scenario(place, **capped))), "ordered", item="racks") == [59.0]


def test_a_phase_refused_costs_nothing_but_what_was_spent():
    rows = make.stages()
    rows[0]["cancel_probability"] = 1.0
    scenario = loads(make.scenario(make.site(make.hall(stages=rows)), **FACILITY))
    result = run(scenario)
    assert [(m.item, m.time_d) for m in result.timeline.of_kind("cancelled")] == [
        ("permit", months_to_days(2.0))
    ]
    assert not list(result.timeline.of_kind("ready_for_service", "in_service"))
    spent = {line.item for line in result.ledger.lines if line.category == "capex"}
    assert "shell" not in spent
    assert path(result.timeline)[-1] == ("cancelled", months_to_days(2.0), 730.0)


def test_a_phase_dropped_after_construction_has_cost_its_share_and_leaves_no_value():
    rows = make.stages()
    rows[1]["cancel_probability"] = 1.0
    scenario = loads(make.scenario(make.site(make.hall(stages=rows, deployments=[])), **FACILITY))
    result = run(scenario)
    shell = {
        line.category: amounts.sum()
        for line, amounts in zip(result.ledger.lines, result.ledger.amounts, strict=True)
        if line.item == "shell"
    }
    assert shell == pytest.approx({"capex": 160.0e6 * 4.0 / 5.0})  # 4 of the 5 months of works


def spent_m(phase, **changes):
    """What the shell of a phase has cost, and what is committed and not released for it. [m EUR]"""
    place = make.site(phase) | changes
    terms = {"covers": ["facilities"], "tranches": [{"id": "t", "amount": 1.0e9, "available_on": make.START}]}
    result = run(loads(make.scenario(place, **FACILITY, funding=terms)))
    lines = zip(result.ledger.lines, result.ledger.amounts, strict=True)
    paid = sum(amounts.sum() for line, amounts in lines if line.item in {"shell", "reserve"})
    given = {kind: sum(m.amount for m in result.timeline.of_kind(kind)) for kind in ("committed", "released")}
    assert paid == pytest.approx(given["committed"] - given["released"], abs=1.0)
    return paid / 1e6


@pytest.mark.parametrize("weeks", [0.0, 40.0, 80.0])
def test_what_is_spent_of_dropped_works_does_not_fall_with_what_they_wait_for(weeks):
    # 4 of the 5 months of works of 176 m are done, whatever the commissioning would have waited for
    rows = make.stages()
    rows[1]["cancel_probability"] = 1.0
    kit = transformer(ordered_on=make.START, lead_time_weeks=weeks)
    dropped = make.hall(stages=rows, deployments=[], equipment=[kit])
    assert spent_m(dropped) == pytest.approx(176.0 * 4 / 5)
    slow = {"grid_connection": [{"id": "g1", "grid_mw": 24.0, "lead_time_months": 3.0 + weeks / 4}]}
    assert spent_m(dropped, **slow) == pytest.approx(176.0 * 4 / 5)


@pytest.mark.parametrize(("months", "share"), [(1.0, 0.0), (3.0, 1 / 5), (4.0, 2 / 5), (9.0, 4 / 5)])
def test_works_under_way_count_with_what_is_done_of_them(months, share):
    # the grid is refused in its queue: construction runs from month 2 to 6, commissioning needs the power
    queue = [{"id": "queue", "duration_months": months, "cancel_probability": 1.0}]
    steps = [{"id": "g1", "grid_mw": 24.0, "stages": queue}]
    assert spent_m(make.hall(deployments=[]), grid_connection=steps) == pytest.approx(176.0 * share)


def test_works_side_by_side_all_count_and_the_permit_does_not():
    # construction 4 months beside fit-out of 2, then commissioning of 1: 6 of 7 months when it is dropped
    rows = make.stages()
    rows[1]["cancel_probability"] = 1.0
    rows.insert(2, {"id": "fit-out", "duration_months": 2.0, "after": ["permit"]})
    rows[3]["after"] = ["construction", "fit-out"]
    assert spent_m(make.hall(stages=rows, deployments=[])) == pytest.approx(176.0 * 6 / 7)


def test_the_central_case_of_an_unlikely_cancellation_is_none_and_draws_split():
    rows = make.stages()
    rows[0]["cancel_probability"] = 0.3
    scenario = loads(make.scenario(make.site(make.hall(stages=rows))))
    assert not list(build_out(scenario).of_kind("cancelled"))
    drawn = [build_out(sample(scenario, 1, k), 1, k) for k in range(60)]
    share = sum(bool(list(t.of_kind("cancelled"))) for t in drawn) / 60
    assert abs(share - 0.3) <= 4 * (0.3 * 0.7 / 60) ** 0.5


def test_a_grid_slip_moves_date_and_lead_time_alike():
    steps = [
        {"id": "g1", "grid_mw": 24.0, "lead_time_months": 3.0, "slip_months": 12.0},
        {"id": "g2", "grid_mw": 1.0, "energised_on": date(2026, 4, 1), "slip_months": 12.0},
    ]
    timeline = play(make.hall(), steps=steps)
    energised = {m.item: m.time_d for m in timeline.of_kind("energised")}
    assert energised == {"g1": months_to_days(15.0), "g2": 90.0 + months_to_days(12.0)}


def test_a_refresh_that_keeps_the_compute_leaves_power_free():
    refresh = {"age_years": 0.5, "system": "vr200-nvl72", "fill": "compute", "lead_time_weeks": 1}
    hall = make.hall(make.racks(ordered_on=date(2026, 1, 1), refresh=refresh))
    timeline = play(hall)
    new = sum(m.amount for m in timeline.of_kind("in_service") if m.unit == "vr200-nvl72")
    filled = play(make.hall(make.racks(ordered_on=date(2026, 1, 1), refresh=refresh | {"fill": "power"})))
    in_power = sum(m.amount for m in filled.of_kind("in_service") if m.unit == "vr200-nvl72")
    assert 0 < new < in_power


def test_scarce_equipment_goes_to_one_phase_after_the_other():
    entry = {"id": "q", "from_on": date(2026, 1, 1), "systems_per_quarter": 1}
    vendor = {"id": "works", "systems": ["lt-power-transformer"], "allocation": [entry]}
    halls = [
        make.hall(id=f"p{n}", deployments=[], equipment=[transformer(lead_time_weeks=4.0)]) for n in (1, 2, 3)
    ]
    timeline = play(*halls, supply=[vendor])
    delivered = {m.phase: m.time_d for m in timeline.of_kind("equipment_delivered")}
    assert delivered == {"p1": 28.0, "p2": 90.0, "p3": 181.0}  # 1 April and 1 July


def test_equipment_that_is_never_allotted_leaves_the_phase_unbuilt_for_that_cause():
    entry = {"id": "q", "from_on": date(2026, 1, 1), "systems_per_quarter": 0}
    vendor = {"id": "works", "systems": ["lt-power-transformer"], "allocation": [entry]}
    timeline = play(make.hall(deployments=[], equipment=[transformer()]), supply=[vendor])
    assert [m.item for m in timeline.of_kind("undelivered")] == ["transformer"]
    assert [m.phase for m in timeline.of_kind("unbuilt")] == ["p1"]
    assert path(timeline)[-1][0] == "allocation"


def test_a_leased_hall_draws_no_money_since_the_owner_builds_it():
    nothing = {"covers": ["facilities"], "tranches": [{"id": "t", "amount": 0.0, "available_on": make.START}]}
    rent = {"id": "rent", "category": "opex", "basis": "per_leased_kw_month", "amount": 100.0}
    costs = {"items": [*FACILITY["costs"]["items"], rent]}
    timeline = play(make.hall(tenure="lease"), costs=costs, funding=nothing)
    assert list(timeline.of_kind("committed", "unbuilt")) == []
    assert len(when(timeline, "ready_for_service")) == 1


def test_what_is_reserved_for_a_phase_that_is_refused_is_free_for_the_next():
    # two halls of 176 m each on 24 m of grid, 200 m in all; the first is refused its permit in two months
    refused, rows = make.hall(deployments=[]), make.stages()
    rows[0]["cancel_probability"] = 1.0
    refused["stages"] = rows
    other, rows = make.hall(id="p2", deployments=[]), make.stages()
    rows[0]["duration_months"] = 1.0
    other["stages"] = rows
    refused["priority"] = 10
    other["after"] = []
    timeline = play(refused, other, **tranches(200.0e6))
    refused_d = months_to_days(2.0)
    amounts = [(m.phase, m.time_d, m.amount) for m in timeline.of_kind("reserved")]
    # p2 would start first and has the reservation; it is not p1 that holds the money
    assert amounts[0] == ("p2", 0.0, pytest.approx(176.0e6))
    assert when(timeline, "committed", "p2") == [months_to_days(1.0)]
    # the other way round: the reservation of the refused phase is given back when it is refused
    rows[0]["duration_months"] = 3.0
    funds = tranches(200.0e6)
    timeline = play(refused, other | {"stages": rows, "starts_on": date(2026, 1, 15)}, **funds)
    amounts = [(m.phase, m.time_d, m.amount) for m in timeline.of_kind("reserved")]
    assert amounts == [
        ("p1", 0.0, pytest.approx(176.0e6)),
        ("p1", refused_d, pytest.approx(-176.0e6)),
    ]
    assert when(timeline, "committed", "p1") == when(timeline, "released", "p1") == []
    assert len(when(timeline, "ready_for_service", "p2")) == 1


def test_works_that_were_done_before_a_cancellation_stay_paid():
    # cancelled after construction, four of the five months of works: a fifth comes back
    plan, rows = make.hall(deployments=[]), make.stages()
    rows[1]["cancel_probability"] = 1.0
    plan["stages"] = rows
    funds = {"covers": ["facilities"], "tranches": [{"id": "t", "amount": 200e6, "available_on": make.START}]}
    timeline = play(plan, **FACILITY, funding=funds)
    assert [m.amount for m in timeline.of_kind("released")] == [pytest.approx(176e6 / 5)]


@pytest.mark.parametrize(("allowed", "cause"), [(["systems"], "funding"), (["facilities"], "not ordered")])
def test_a_hall_whose_systems_wait_for_money_is_held_back_by_funding(allowed, cause):
    """90 racks of 159.552 kW are 14.36 of 16 MW; the plan has nothing for the rest, whatever the money."""
    order = make.racks(systems=90, ordered_on=date(2026, 1, 1))
    if cause == "not ordered":
        order |= {"ordered_on": date(2027, 12, 1)}
    there = make.hall(order, ready_for_service_on=date(2025, 1, 1))
    del there["stages"]
    money = tranches(1.0)
    money["funding"] |= {"covers": allowed}
    step = {"id": "g1", "grid_mw": 24.0, "energised_on": date(2025, 1, 1)}
    scenario = loads(make.scenario(make.site(there, grid_connection=[step]), **money))
    waiting = operate(scenario, build_out(scenario)).waiting
    ordered_mw = 90 * 0.159552
    first = {of: mw[5] for (of, _), mw in waiting.items() if mw[5] > 0.0}
    paid = {"not ordered": 16.0 - ordered_mw, "funding": ordered_mw}
    assert first == pytest.approx(paid if cause == "funding" else {"not ordered": 16.0})


def in_parallel(name, *stages, **changes):
    rows = [{"id": f"s{i}", "after": [], **stage} for i, stage in enumerate(stages, 1)]
    return make.hall(id=name, stages=rows, deployments=[], **changes)


def test_a_cancelled_phase_gives_its_crew_back_on_the_day():
    """A two-year stage of `a` holds the only crew, and `a` is refused after one month."""
    held = {"duration_months": 24.0, "crew": "construction"}
    refused = in_parallel("a", held, {"duration_months": 1.0, "cancel_probability": 1.0})
    behind = in_parallel("c", held, {"duration_months": 1.0, "cancel_probability": 1.0}, priority=1)
    other = in_parallel("b", {"duration_months": 3.0, "crew": "construction"}, priority=2)
    step = {"id": "g1", "grid_mw": 100.0, "energised_on": date(2025, 1, 1)}
    timeline = play(refused, behind, other, steps=[step], crews={"construction_crews": 1})
    assert when(timeline, "started", "c", "s1") == []  # refused while it waits in the queue
    assert when(timeline, "started", "b", "s1") == [months_to_days(1.0)]
    assert when(timeline, "ready_for_service", "b") == [months_to_days(4.0)]
    assert path(timeline, "b") == [
        ("crew", 0.0, months_to_days(1.0)),
        ("s1", months_to_days(1.0), months_to_days(4.0)),
    ]


def refused_hall(*deployments, **changes):
    """A hall that is refused its permit after two months, on day 60.9."""
    rows = make.stages()
    rows[0]["cancel_probability"] = 1.0
    return make.hall(*deployments, stages=rows, **changes)


AMPLE = [{"id": "g1", "grid_mw": 60.0, "lead_time_months": 3.0}]


def test_racks_that_wait_for_money_are_not_bought_for_a_phase_that_was_refused():
    # 100 m EUR do not pay 100 racks; the 2 bn of 1 July come four months after the refusal
    early, late = {"id": "t0", "amount": 1.0e8}, {"id": "t1", "amount": 2.0e9}
    terms = {"covers": ["systems"], "tranches": [early, late | {"available_on": date(2026, 7, 1)}]}
    timeline = play(refused_hall(make.racks(ordered_on=date(2026, 1, 10))), funding=terms)
    assert not list(timeline.of_kind("committed", "ordered", "delivered", "undelivered"))
    waits = [(w.start_d, w.end_d) for w in timeline.waits if (w.item, w.cause) == ("racks", "funding")]
    assert waits == [(9.0, months_to_days(2.0))]
    # under in_order it holds up what is behind it until then: 30 racks of the living hall, about 77 m
    living = make.hall(make.racks(systems=30, ordered_on=date(2026, 1, 11)), id="p2")
    timeline = play(
        refused_hall(make.racks(ordered_on=date(2026, 1, 10))), living, steps=AMPLE, funding=terms
    )
    assert [(m.phase, m.time_d) for m in timeline.of_kind("ordered")] == [("p2", months_to_days(2.0))]


@pytest.mark.parametrize("ordered_on", [date(2026, 6, 1), date(2026, 1, 1)])
def test_scarce_equipment_is_not_taken_by_a_phase_that_was_refused(ordered_on):
    # one piece, on 1 October (day 273): p1 would be first by its name or its date, and is dead since March
    rows = [
        {"id": "none", "from_on": make.START, "systems_per_quarter": 0},
        {"id": "one", "from_on": date(2026, 10, 1), "systems_per_quarter": 1},
    ]
    works = [{"id": "works", "systems": ["lt-power-transformer"], "allocation": rows}]
    kit = transformer(ordered_on=ordered_on, lead_time_weeks=4)
    dead = refused_hall(deployments=[], equipment=[kit])
    living = make.hall(id="p2", deployments=[], equipment=[kit | {"ordered_on": date(2026, 7, 1)}])
    timeline = play(dead, living, steps=AMPLE, supply=works)
    ordered = [0.0] if ordered_on == make.START else []  # what was ordered before the refusal was ordered
    assert when(timeline, "equipment_ordered", "p1") == ordered
    assert when(timeline, "equipment_delivered", "p1") == []
    assert when(timeline, "equipment_delivered", "p2") == [273.0]
    assert when(timeline, "ready_for_service", "p2") == [273.0 + DAYS_PER_MONTH]
    assert not list(timeline.of_kind("undelivered"))


def test_demand_orders_for_the_living_hall_and_not_for_the_one_that_was_refused():
    # demand of half a hall, ordered from June on: p1 goes first by priority, and is refused in March
    order = make.racks(ordering="demand", ordered_on=date(2026, 6, 1))
    half = {"h100e": 0.5 * 100 * 72 * 2.5265, "growth_per_y": 0.0}
    living = make.hall(order, id="p2")
    timeline = play(refused_hall(order | {"priority": 1}), living, steps=AMPLE, demand=half)
    assert [(m.phase, m.time_d) for m in timeline.of_kind("ordered")] == [("p2", 151.0)]
    # ordered in January for p1, and then lost with it: the review of 1 April orders for p2
    first = refused_hall(order | {"priority": 1, "ordered_on": make.START})
    timeline = play(first, make.hall(order | {"ordered_on": make.START}, id="p2"), steps=AMPLE, demand=half)
    assert [(m.phase, m.time_d) for m in timeline.of_kind("ordered")] == [("p1", 0.0), ("p2", 90.0)]


def test_what_a_refused_phase_was_not_yet_allotted_goes_to_the_living_one():
    # 40 racks a quarter: p1 is first and has 40 on day 9; its permit is refused on day 61, before 1 April
    order = make.racks(ordered_on=date(2026, 1, 10))
    dead, living = refused_hall(order | {"priority": 1}), make.hall(order, id="p2")
    timeline = play(dead, living, steps=AMPLE, **supply(40.0))
    assert when(timeline, "ordered", "p1") == when(timeline, "ordered", "p2") == [9.0]
    assert when(timeline, "delivered", "p1") == [79.0]
    assert when(timeline, "delivered", "p2") == [90.0, 181.0, 273.0]
    assert not [m for m in timeline.of_kind("undelivered") if m.phase == "p1"]
    # what was allotted before the refusal comes, paid for and without a hall
    timeline = play(dead, living, steps=AMPLE, **supply(100.0))
    assert when(timeline, "delivered", "p1") == [79.0]
    assert when(timeline, "delivered", "p2") == [90.0]


def test_nothing_is_ordered_any_more_for_what_comes_after_a_refused_phase():
    kit = transformer(ordered_on=date(2026, 6, 1))
    late = make.hall(make.racks(ordered_on=date(2026, 6, 1)), id="p2", after=["p1"], equipment=[kit])
    just_in_time = make.racks(ordering="just_in_time", ordered_on=None, margin_weeks=0.0)
    last = make.hall(just_in_time, id="p3", after=["p2"])
    timeline = play(refused_hall(deployments=[]), late, last, steps=AMPLE)
    assert not list(timeline.of_kind("ordered", "equipment_ordered"))
    assert [m.phase for m in timeline.of_kind("unbuilt")] == ["p2", "p3"]
    # what p2 had ordered before is delivered, and nothing else
    early = late | {"equipment": [kit | {"ordered_on": date(2026, 2, 1)}]}
    timeline = play(refused_hall(deployments=[]), early, steps=AMPLE)
    assert when(timeline, "equipment_ordered", "p2") == [31.0]
    assert when(timeline, "equipment_delivered", "p2") == [31.0 + 280.0]


def test_what_is_reserved_for_a_phase_after_a_refused_one_pays_for_a_living_hall():
    # 16 MW cost 160 m, 24 MW of grid 24 m. On day 0 g0 reserves 160 m for p1 and g1 160 m for p2, after p1:
    # of 378 m are 10 m left. p1 is refused: 10 + 2 x 160 = 330 m are free, and p3 with g2 costs 184 m.
    items = [item for item in FACILITY["costs"]["items"] if item["id"] != "reserve"]
    g2 = {"id": "g2", "grid_mw": 24.0, "lead_time_months": 3.0, "applied_on": date(2026, 6, 1)}
    steps = [*({"id": name, "grid_mw": 24.0, "lead_time_months": 3.0} for name in ("g0", "g1")), g2]
    timeline = play(
        refused_hall(deployments=[], energization="g0"),
        make.hall(id="p2", deployments=[], after=["p1"]),
        make.hall(id="p3", deployments=[], energization="g2", starts_on=date(2026, 6, 1)),
        steps=steps,
        **(tranches(378.0e6) | {"costs": {"items": items}}),
    )
    refused_d, applied_d = months_to_days(2.0), 151.0
    assert [(m.phase, m.time_d, m.amount) for m in timeline.of_kind("reserved")] == [
        ("p1", 0.0, pytest.approx(160.0e6)),
        ("p2", 0.0, pytest.approx(160.0e6)),
        ("p1", refused_d, pytest.approx(-160.0e6)),
        ("p2", refused_d, pytest.approx(-160.0e6)),
        ("p3", applied_d, pytest.approx(160.0e6)),
        ("p3", applied_d + months_to_days(2.0), pytest.approx(-160.0e6)),
    ]
    assert when(timeline, "ready_for_service", "p3") == [pytest.approx(applied_d + months_to_days(7.0))]


LATER = {"id": "g1", "grid_mw": 24.0, "lead_time_months": 3.0, "applied_on": date(2026, 5, 1)}
"""A step that is applied for two months after a permit of two months is refused."""


def test_a_grid_step_is_not_applied_for_once_all_it_serves_is_given_up():
    refused_d = months_to_days(2.0)
    follower = make.hall(id="p2", deployments=[], after=["p1"])
    for funds in ({}, tranches(400.0e6)):
        timeline = play(refused_hall(deployments=[]), follower, steps=[LATER], **funds)
        assert when(timeline, "applied", "") == when(timeline, "energised", "") == []
        assert when(timeline, "cancelled", "") == [refused_d]
        assert when(timeline, "committed", "") == []
    # with a living phase on it, or with none at all, it is applied for on its date, day 120
    for halls in ([make.hall(id="p2", deployments=[])], []):
        steps = [LATER | {"id": "g2" if not halls else "g1"}, *([] if halls else AMPLE)]
        timeline = play(refused_hall(deployments=[]), *halls, steps=steps)
        assert 120.0 in when(timeline, "applied", "")
        assert when(timeline, "cancelled", "") == []
    # what was applied for before the refusal goes on, and is energised after its three months
    timeline = play(refused_hall(deployments=[]), steps=AMPLE)
    assert when(timeline, "energised", "") == [months_to_days(3.0)]


def test_a_grid_step_that_waits_for_money_leaves_the_queue_with_the_last_phase_it_serves():
    # g1 and p1 ask for 24 + 176 m and have 100 m until p1 is refused on day 60.9; with 110 m on 1 July (181)
    # p2 and g2 have the 200 m they take, and would lack 14 m had g1 been bought for 24 m by then
    g2 = LATER | {"id": "g2", "applied_on": date(2026, 6, 1)}
    living = make.hall(id="p2", deployments=[], energization="g2", starts_on=date(2026, 6, 1))
    first = LATER | {"applied_on": make.START}
    timeline = play(refused_hall(deployments=[]), living, steps=[first, g2], **tranches(100.0e6, 110.0e6))
    assert [(m.phase, m.item, m.time_d) for m in timeline.of_kind("committed")] == [
        ("", "g2", 181.0),
        ("p2", "", 151.0 + months_to_days(2.0)),
    ]
    waits = [(w.start_d, w.end_d) for w in timeline.waits if (w.phase, w.item) == ("", "g1")]
    assert waits == [(0.0, months_to_days(2.0))]
    assert len(when(timeline, "ready_for_service", "p2")) == 1


def test_what_a_phase_reserved_for_its_step_is_free_when_it_is_cancelled_before_that():
    # p1 pays its 176 m in month 2, reserves 24 m for a step of October, and is dropped after construction
    rows = make.stages()
    rows[1]["cancel_probability"] = 1.0
    hall = make.hall(deployments=[], stages=rows)
    timeline = play(hall, steps=[LATER | {"applied_on": date(2026, 10, 1)}], **tranches(400.0e6))
    dropped_d = months_to_days(6.0)
    assert [(m.item, m.time_d, m.amount) for m in timeline.of_kind("reserved")] == [
        ("g1", months_to_days(2.0), pytest.approx(24.0e6)),
        ("g1", dropped_d, pytest.approx(-24.0e6)),
    ]
    assert when(timeline, "applied", "") == []
    assert [(m.phase, m.amount) for m in timeline.of_kind("released")] == [("p1", pytest.approx(176.0e6 / 5))]


def test_queues_for_a_crew_have_the_anomaly_of_list_scheduling():
    """One crew; kit a week late lets `b` go first, and `a` itself is ready 57 days earlier (Graham 1969).

    By hand with kit at once: `a` s1 to 5 months, `b` s1 to 6, its s3 ready to go at 8; `a` s3 is free at
    8.5, when the crew is at `b` s3 until 28, so `a` is ready at 29. Kit after 1 week: `b` s1 from 4 January
    to 1.13 months, `a` s1 to 6.13, `b` s3 to 26.13, `a` s3 to 27.13.
    """
    crew = {"crew": "construction"}

    def phase(name, months, **changes):
        rows = [{"id": f"s{i}", "duration_months": m} for i, m in enumerate(months, 1)]
        rows[0] |= crew
        rows[2] |= crew
        return make.hall(id=name, stages=rows, deployments=[], **changes)

    def ready_d(weeks):
        kit = {"id": "kit", "item": "lt-ups", "needed_at": "s1", "lead_time_weeks": weeks}
        a = phase("a", (5.0, 3.5, 1.0), equipment=[kit])
        b = phase("b", (1.0, 2.0, 20.0), starts_on=date(2026, 1, 5))
        step = {"id": "g1", "grid_mw": 100.0, "energised_on": date(2025, 1, 1)}
        timeline = play(a, b, steps=[step], crews={"construction_crews": 1})
        return {place[1]: day for place, day in timeline.ready_for_service_d().items()}

    assert ready_d(0.0) == {"a": months_to_days(29.0), "b": months_to_days(28.0)}
    late = {"a": 4.0 + months_to_days(27.0), "b": 4.0 + months_to_days(26.0)}
    assert ready_d(1.0) == pytest.approx(late)


def test_a_phase_that_was_cancelled_before_the_data_date_commits_nothing_on_it():
    """Its first stage needs money, and what is not known by the data date begins on it at the earliest."""
    works_first = make.hall(deployments=[], stages=make.stages(("construction", 4.0), ("commissioning", 1.0)))
    over = {"on": date(2026, 3, 1), "site": "a", "item": "p1", "what": "cancelled"}
    timeline = play(works_first, as_of=date(2026, 7, 1), actuals=[over], **tranches(1.0e9))
    assert [(m.time_d, m.phase) for m in timeline.of_kind("cancelled")] == [(59.0, ""), (59.0, "p1")]
    assert list(timeline.of_kind("committed")) == []


@pytest.mark.parametrize(("rule", "first"), [("in_order", [("", "g1")]), ("who_fits", [])])
def test_of_what_waits_for_money_in_order_one_is_the_first_and_holds_up_the_others(rule, first):
    halls = [make.hall(deployments=[]), make.hall(id="p2", deployments=[])]
    money = tranches(1.0e6)
    money["funding"]["rule"] = rule
    timeline = play(*halls, **money)
    assert [(m.phase, m.item) for m in timeline.of_kind("unfunded")] == [("", "g1"), ("p1", ""), ("p2", "")]
    assert [(m.phase, m.item) for m in timeline.of_kind("first_in_queue")] == first


def test_what_is_ordered_on_its_date_counts_for_the_review_of_demand_from_that_day_on():
    """With 100 racks more, 0.8 x 1.5^t = 0.9 x 2 at t = 2 y; 70 days earlier is in October 2027."""
    by_demand = make.racks(ordering="demand", ordered_on=None, order_at_allocation=0.9)
    dated = make.hall(make.racks(ordered_on=date(2026, 1, 10)), id="p0")
    place = make.site(make.standing_hall(id="old"), dated, make.hall(by_demand))
    place["grid_connection"] = [{"id": "g1", "grid_mw": 80.0, "energised_on": date(2024, 1, 1)}]
    demand = {"h100e": 0.8 * 100 * 72 * 2.5265, "growth_per_y": 0.5}
    timeline = build_out(loads(make.scenario(place, demand=demand)))
    assert when(timeline, "ordered", "p0") == [9.0]
    assert when(timeline, "ordered", item="racks") == [669.0]


def test_a_phase_that_starts_on_a_date_has_waited_for_that_date():
    assert path(play(make.hall(starts_on=date(2026, 3, 1))))[0] == ("planned start", 0.0, 59.0)


def test_racks_for_a_hall_that_is_never_built_wait_for_it_to_the_end():
    timeline = play(make.hall(), **tranches(1.0e6))
    waits = [(w.item, w.cause, w.start_d, w.end_d) for w in timeline.waits if w.item == "racks"]
    # ordered on 1 March, delivered ten weeks later
    assert waits == [("racks", "lead time", 59.0, 129.0), ("racks", "hall", 129.0, 730.0)]


def test_a_phase_without_stages_is_paid_for_with_its_grid_step_and_ready_with_its_power():
    order = make.racks(ordering="just_in_time", ordered_on=None, margin_weeks=0.0)
    timeline = play(make.hall(order, stages=[]), **tranches(300.0e6))
    committed = {(m.phase, m.item): (m.time_d, m.amount) for m in timeline.of_kind("committed")}
    assert committed == {("", "g1"): (0.0, pytest.approx(24.0e6)), ("p1", ""): (0.0, pytest.approx(176.0e6))}
    ready_d = months_to_days(3.0)
    assert timeline.ready_for_service_d() == {("a", "p1"): ready_d}
    assert when(timeline, "ordered", item="racks") == pytest.approx([ready_d - 70.0])


@pytest.mark.parametrize("timing", [{}, {"ordering": "just_in_time", "margin_weeks": 0.0}])
def test_works_that_wait_for_equipment_for_ever_do_not_wait_for_power_that_they_do_not_need_yet(timing):
    entry = {"id": "q", "from_on": date(2026, 1, 1), "systems_per_quarter": 0}
    vendor = {"id": "works", "systems": ["lt-power-transformer"], "allocation": [entry]}
    kit = transformer(needed_at="construction", **timing)
    # nor is the grid step ever paid for
    little = tranches(1.0e6)
    little["funding"]["covers"] = ["grid"]
    timeline = play(make.hall(deployments=[], equipment=[kit]), supply=[vendor], **little)
    assert path(timeline)[-1][0] == "allocation"
    assert "grid connection" not in {cause for cause, _, _ in path(timeline)}


def test_works_that_are_known_to_have_begun_took_their_money_on_that_day():
    past = [
        {"on": date(2026, 3, 1), "site": "a", "item": item, "what": what}
        for item, what in (("p1.permit", "finished"), ("p1.construction", "started"))
    ]
    timeline = play(make.hall(deployments=[]), as_of=date(2026, 9, 1), actuals=past, **tranches(400.0e6))
    assert [(m.time_d, m.amount) for m in timeline.of_kind("committed") if m.phase] == [
        (59.0, pytest.approx(176.0e6))
    ]


def test_less_than_one_unit_of_money_comes_back_as_well():
    """Works of 0.176 EUR that are dropped after four of their five months give a fifth back."""
    rows = make.stages()
    rows[1]["cancel_probability"] = 1.0
    small = [row | {"amount": row["amount"] / 1e9} for row in FACILITY["costs"]["items"][:1]]
    share = FACILITY["costs"]["items"][1]
    money = tranches(1.0) | {"costs": {"items": [*small, share]}}
    timeline = play(make.hall(deployments=[], stages=rows), **money)
    assert [m.amount for m in timeline.of_kind("released")] == [pytest.approx(0.176 / 5)]


@pytest.mark.parametrize(("ready_on", "ready_d"), [(date(2026, 7, 1), 181.0), (date(2026, 7, 2), 789.75)])
def test_a_hall_that_is_ready_by_the_data_date_had_power_of_a_step_of_which_a_part_is_there(
    ready_on, ready_d
):
    """All of the step comes 20 months after the data date."""
    part = [{"on": date(2026, 2, 1), "mw": 10.0}]
    steps = [{"id": "g1", "grid_mw": 24.0, "lead_time_months": 20.0, "energised": part}]
    hall = make.standing_hall(ready_for_service_on=ready_on, deployments=[])
    timeline = play(hall, steps=steps, as_of=date(2026, 7, 1))
    assert timeline.ready_for_service_d() == {("a", "p1"): ready_d}


def test_an_order_that_demand_never_asks_for_says_how_full_the_fleet_would_have_to_be():
    order = make.racks(ordering="demand", ordered_on=None, order_at_allocation=0.9)
    place = make.site(make.standing_hall(id="old"), make.hall(order))
    place["grid_connection"] = [{"id": "g1", "grid_mw": 60.0, "energised_on": date(2024, 1, 1)}]
    timeline = build_out(loads(make.scenario(place, demand={"h100e": 10.0, "growth_per_y": 0.0})))
    (reason,) = timeline.reasons
    assert reason.cause == "demand never fills 90 % of what is there or ordered by then"
