"""What a run says of things that never come: the chain from what waits back to the cause, as printed."""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.errors import ScenarioError
from capsim.pipeline import simulate
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[3] / "portfolios.py")))
HALL = {"id": "hall", "category": "capex", "basis": "per_critical_it_mw", "amount": 10.0e6}
RENT = {"id": "rent", "category": "opex", "basis": "per_leased_kw_month", "amount": 100.0}
LINE = {"id": "line", "category": "capex", "basis": "per_grid_mw", "amount": 1.0e6}


def findings(projection):
    """Sentences of the findings."""
    return [finding.text for finding in projection.findings]


def said(*phases, steps=None, **changes):
    place = make.site(*phases)
    if steps is not None:
        place["grid_connection"] = steps
    found = findings(simulate(loads(make.scenario(place, **changes))))
    return [text for text in found if "never" in text or "waited for" in text or "left unbuilt" in text]


def empty(name, **changes):
    """A hall without systems."""
    return make.hall(id=name, deployments=[], **changes)


def refused(name, **changes):
    """A hall that is refused its permit after two months."""
    stages = make.stages()
    stages[0]["cancel_probability"] = 1.0
    return empty(name, stages=stages, **changes)


def money(*tranches, covers=("facilities",), rule="in_order"):
    return {"covers": list(covers), "rule": rule, "tranches": list(tranches)}


def tranche(name, amount, **changes):
    return {"id": name, "amount": amount} | changes


def test_phases_behind_a_cancelled_one_name_it_and_its_stage():
    halls = [refused("p1"), empty("p2", after=["p1"]), empty("p3", after=["p2"])]
    assert said(*halls) == [
        "2 phases can never be ready for service: a.p2 <- a.p1, a.p3 <- a.p2 <- a.p1; "
        "a.p1 is cancelled after its stage permit in 2026-03"
    ]


@pytest.mark.parametrize("milestone", ["applied", "energised"])
def test_a_tranche_that_waits_for_the_step_it_is_to_pay_for_closes_a_circle_in_the_run(milestone):
    # 24 m for the step and 160 m for its hall; 100 m are there, and 100 m come with the step itself
    later = tranche("t2", 1.0e8, after_step="a.g1", step_milestone=milestone)
    funding = money(tranche("t1", 1.0e8), later, covers=("facilities", "grid"))
    found = said(empty("p1"), costs={"items": [HALL, LINE]}, funding=funding)
    (circle,) = [text for text in found if "can never be ready" in text]
    assert circle == (
        "1 phase can never be ready for service: a.p1 <- grid step a.g1 <- tranche t2 <- grid step a.g1; "
        "they wait for each other"
    )


def test_phases_behind_a_refused_grid_step_name_the_step():
    study = {"id": "study", "duration_months": 3.0, "cancel_probability": 1.0}
    steps = [
        {"id": "g1", "grid_mw": 24.0, "stages": [study]},
        {"id": "g2", "grid_mw": 24.0, "lead_time_months": 3.0},
    ]
    halls = [empty("p1"), empty("p2", energization="g2", after=["p1"])]
    found = said(*halls, steps=steps)
    assert found[0] == (
        "grid step a.g1 (24 MW) is refused or dropped after its stage study in 2026-04: its MW never come, "
        "what was spent stays spent; given up with it: a.p1"
    )
    assert found[1:] == [
        "1 phase can never be ready for service: a.p2 <- a.p1 <- grid step a.g1; "
        "grid step a.g1 is refused or dropped after its stage study in 2026-04"
    ]


def test_a_step_that_is_given_up_before_it_is_applied_for_is_named():
    late = {"id": "g1", "grid_mw": 24.0, "lead_time_months": 3.0, "applied_on": date(2026, 5, 1)}
    scenario = loads(make.scenario(make.site(refused("p1"), grid_connection=[late]), costs={"items": [LINE]}))
    projection = simulate(scenario)
    assert (
        "grid step a.g1 (24 MW) is not applied for: in 2026-03 the last phase it was to power is given up"
        in list(findings(projection))
    )
    assert not (projection.ledger["item"] == "grid").any()


def test_a_tranche_that_waits_for_the_phase_it_is_to_pay_for_closes_a_circle_in_the_run():
    # 160 m for the hall; 100 m are there, and 100 m come with its hand-over
    funding = money(tranche("t1", 1.0e8), tranche("t2", 1.0e8, after_phase="a.p1"))
    assert said(empty("p1"), costs={"items": [HALL]}, funding=funding) == [
        "1 phase can never be ready for service: a.p1 <- tranche t2 <- a.p1; they wait for each other"
    ]


def test_a_phase_waits_for_a_tranche_behind_a_cancelled_phase():
    funding = money(tranche("t1", 1.0e8), tranche("t2", 2.0e8, after_phase="a.p0"))
    halls = [refused("p0", critical_it_mw=1.0), empty("p1", starts_on=date(2026, 6, 1))]
    found = said(*halls, empty("p2", after=["p1"]), costs={"items": [HALL]}, funding=funding)
    assert found == [
        "2 phases can never be ready for service: a.p1 <- tranche t2 <- a.p0, "
        "a.p2 <- a.p1 <- tranche t2 <- a.p0; a.p0 is cancelled after its stage permit in 2026-03"
    ]


def test_a_phase_whose_money_is_used_up_is_named_with_what_asks_first():
    # 100 m: p1 takes 160 m and asks first; p2 of 10 m would fit, and the queue is in order
    halls = [empty("p1"), empty("p2", critical_it_mw=1.0, starts_on=date(2026, 6, 1))]
    funding = money(tranche("t1", 1.0e8))
    assert said(*halls, costs={"items": [HALL]}, funding=funding) == [
        "1 phase can never be ready for service: a.p2 <- a.p1; what is left of the money is too little"
    ]


def test_a_grid_step_without_money_is_on_the_chain():
    funding = money(tranche("t1", 1.0e6), covers=("grid",))
    assert said(empty("p1"), costs={"items": [LINE]}, funding=funding)[0] == (
        "1 phase can never be ready for service: a.p1 <- grid step a.g1; "
        "what is left of the money is too little"
    )


def test_equipment_that_a_vendor_never_allots_is_on_the_chain():
    kit = {"id": "trafo", "item": "lt-power-transformer", "needed_at": "construction"}
    entry = {"id": "y", "from_on": date(2026, 1, 1), "systems_per_quarter": 0.05}
    supply = [{"id": "v", "systems": ["lt-power-transformer"], "allocation": [entry]}]
    halls = [empty("p1", equipment=[kit]), empty("p2", after=["p1"])]
    found = said(*halls, supply=supply)
    assert found[0] == (
        "2 phases can never be ready for service: a.p1 <- a.p1.trafo, a.p2 <- a.p1 <- a.p1.trafo; "
        "supply v allots 0.4 inside the horizon, and 1 are asked for"
    )


def test_systems_that_a_vendor_never_allots_name_the_supply():
    # 5 a quarter are 40 in two years
    entry = {"id": "y", "from_on": date(2026, 1, 1), "systems_per_quarter": 5}
    supply = [{"id": "v", "systems": ["gb300-nvl72"], "allocation": [entry]}]
    assert said(make.hall(), supply=supply) == [
        "60 systems are still waited for at the horizon: a.p1.racks; "
        "supply v allots 40 inside the horizon, and 100 are asked for"
    ]


def test_orders_just_in_time_for_a_hall_that_never_comes_or_comes_too_late_say_so():
    order = make.racks(ordering="just_in_time", ordered_on=date(2026, 3, 1))
    halls = [refused("p1"), make.hall(order, id="p2", after=["p1"], critical_it_mw=20.0)]
    found = said(*halls)
    assert (
        "1 deployment is never ordered inside the horizon: a.p2.racks <- a.p2 <- a.p1; "
        "a.p1 is cancelled after its stage permit in 2026-03"
    ) in found
    late = make.hall(order, stages=make.stages(("permit", 30.0)))
    assert said(late) == [
        "1 deployment is never ordered inside the horizon: a.p1.racks; "
        "the hand-over of its hall is too late for an order inside the horizon"
    ]


def test_orders_on_demand_of_a_cancelled_hall_name_what_ended_it():
    # demand for many halls asks for the racks from June on; the permit of theirs is refused in March
    order = make.racks(ordering="demand", ordered_on=date(2026, 6, 1))
    hall = refused("p1") | {"deployments": [order]}
    ended = "a.p1 is cancelled after its stage permit in 2026-03"
    found = said(hall, demand={"h100e": 1.0e6})
    assert f"1 deployment is never ordered inside the horizon: a.p1.racks <- a.p1; {ended}" in found
    # and so do those of a hall that comes after it
    follower = make.hall(order, id="p2", after=["p1"])
    found = said(refused("p1"), follower, demand={"h100e": 1.0e6})
    chain = "a.p2.racks <- a.p2 <- a.p1"
    assert f"1 deployment is never ordered inside the horizon: {chain}; {ended}" in found


def test_orders_on_demand_that_nobody_asks_for_say_so():
    order = make.racks(id="later", ordering="demand", order_at_allocation=0.9, ordered_on=date(2026, 3, 1))
    assert said(make.hall(make.racks(), order, critical_it_mw=32.0), demand={"h100e": 1.0}) == [
        "1 deployment is never ordered inside the horizon: a.p1.later; "
        "demand never fills 90 % of what is there or ordered by then"
    ]


def test_money_that_arrives_after_the_horizon_is_not_counted_in_it():
    # 100 m are there and buy nothing of the 160; the rest comes in 2030, two years after the horizon
    funding = money(tranche("t1", 1.0e8), tranche("t2", 1.0e9, available_on=date(2030, 1, 1)))
    place = make.site(empty("p1"))
    projection = simulate(loads(make.scenario(place, costs={"items": [HALL]}, funding=funding)))
    (text,) = [text for text in findings(projection) if text.startswith("of ")]
    assert text == (
        "of 100 m EUR2025 of funding, 0 EUR2025 is committed; from 2026-03 on something waits for money; "
        "100 m EUR2025 is left and what waits is paid later"
    )


def faults(*phases, **changes):
    with pytest.raises(ScenarioError) as caught:
        loads(make.scenario(make.site(*phases), **changes))
    return [f"{fault.path}: {fault.rule}" for fault in caught.value.faults]


NO_MONEY = "no money comes before this phase, which needs some for itself or for a phase it comes after"


def test_tranches_that_all_wait_for_what_they_are_to_pay_are_refused_at_load():
    funding = money(tranche("t1", 1.0e8, after_phase="a.p1"), tranche("t2", 1.0e8, after_phase="a.p2"))
    halls = [empty("p1"), empty("p2", after=["p1"])]
    assert faults(*halls, costs={"items": [HALL]}, funding=funding) == [
        f"funding.tranches.t1.after_phase: {NO_MONEY}",
        f"funding.tranches.t2.after_phase: {NO_MONEY}",
    ]
    # a hall that costs nothing but stands behind a grid step that does
    grid = money(tranche("t1", 1.0e8, after_phase="a.p1"), covers=("grid",))
    assert faults(empty("p1"), costs={"items": [LINE]}, funding=grid) == [
        f"funding.tranches.t1.after_phase: {NO_MONEY}"
    ]


@pytest.mark.parametrize(
    ("first", "costs"),
    [
        (make.standing_hall(id="p0", deployments=[]), [HALL]),  # is there
        (empty("p0", tenure="lease"), [HALL, RENT]),  # is rented
        (empty("p0", starts_on=date(2025, 6, 1)), [HALL]),  # was paid for before the start
        (empty("p0"), [HALL | {"countries": ["deu"]}]),  # has no price here
    ],
)
def test_tranches_behind_a_phase_that_needs_no_money_are_loaded(first, costs):
    funding = money(tranche("t1", 3.0e8, after_phase="a.p0"))
    loads(make.scenario(make.site(first, empty("p1")), costs={"items": costs}, funding=funding))


def test_findings_explain_no_value_of_the_scenario():
    """A table of all values takes longer than all findings together, and grows with the plan."""
    projection = simulate(loads(make.scenario(make.site(make.hall()))))
    assert projection.findings
    assert "assumptions" not in vars(projection)
