"""A grid connection in stages by hand: queue, study and works, refusals, and equipment just in time.

Tests `buildout.site`, `buildout.works`, `buildout.cancellation`, `scenario.draws.factors`,
`projection.findings.build_findings`, `projection.findings.grid_findings`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.buildout.simulate import build_out
from capsim.errors import ScenarioError
from capsim.pipeline import simulate
from capsim.projection.findings.build_findings import build_findings
from capsim.scenario.draws.factors import factor_of
from capsim.scenario.draws.sample import sample
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
MONTH_D = 365.25 / 12
GRID_COST = {"id": "grid", "category": "capex", "basis": "per_grid_mw", "amount": 1.0e6}
HALL_COST = {"id": "hall", "category": "capex", "basis": "per_critical_it_mw", "amount": 10.0e6}


def step(*changed, **changes):
    """A step of 24 MW: a queue of 4 months, a study of 3 and works of 8."""
    stages = [
        {"id": "queue", "duration_months": 4.0},
        {"id": "study", "duration_months": 3.0},
        {"id": "works", "duration_months": 8.0},
    ]
    own = {change["id"]: change for change in changed}
    stages = [stage | own.pop(stage["id"], {}) for stage in stages] + list(own.values())
    return {"id": "g1", "grid_mw": 24.0, "stages": stages} | changes


def mapping(grid, *halls, **changes):
    return make.scenario(
        make.site(*(halls or (make.hall(deployments=[]),)), grid_connection=[grid]), **changes
    )


def build(grid, *halls, **changes):
    return build_out(loads(mapping(grid, *halls, **changes)))


def events(timeline, kind):
    return [(m.item, round(m.time_d / MONTH_D, 9), m.amount) for m in timeline.of_kind(kind) if not m.phase]


def path(timeline, phase="p1", item=""):
    return [
        (w.cause, round(w.start_d / MONTH_D, 9), round(w.end_d / MONTH_D, 9))
        for w in timeline.waits
        if (w.phase, w.item) == (phase, item)
    ]


def test_stages_of_a_step_follow_each_other_and_are_milestones():
    timeline = build(step())
    assert events(timeline, "applied") == [("g1", 0.0, 24.0)]
    assert events(timeline, "finished") == [
        ("g1.queue", 4.0, 1.0),
        ("g1.study", 7.0, 1.0),
        ("g1.works", 15.0, 1.0),
    ]
    assert events(timeline, "energised") == [("g1", 15.0, 24.0)]


def test_the_critical_path_and_the_wait_name_queue_study_and_works():
    timeline = build(step())
    whole = [("grid queue", 0.0, 4.0), ("grid study", 4.0, 7.0), ("grid works", 7.0, 15.0)]
    assert path(timeline) == [*whole, ("commissioning", 15.0, 16.0)]
    # commissioning could start after 6 months: it waits for the rest of the study and for the works
    assert path(timeline, item="commissioning") == [
        ("grid study", 6.0, 7.0),
        ("grid works", 7.0, 15.0),
    ]


def test_stages_may_run_side_by_side_and_the_longer_one_is_critical():
    timeline = build(step({"id": "works", "after": ["queue"]}))
    assert events(timeline, "energised") == [("g1", 12.0, 24.0)]
    assert [cause for cause, *_ in path(timeline)] == ["grid queue", "grid works", "commissioning"]


def test_a_slip_comes_after_the_last_stage_and_is_a_cause_of_its_own():
    timeline = build(step(applied_on=date(2026, 2, 1), slip_months=6.0))
    assert events(timeline, "energised") == [("g1", round(31 / MONTH_D + 21.0, 9), 24.0)]
    causes = [cause for cause, *_ in path(timeline)]
    names = ["grid queue", "grid study", "grid works", "grid connection", "commissioning"]
    assert causes == ["planned start", *names]


def test_stages_that_sum_to_a_lead_time_give_the_same_dates():
    one = {"id": "g1", "grid_mw": 24.0, "lead_time_months": 15.0}
    assert build(step()).ready_for_service_d() == pytest.approx(build(one).ready_for_service_d())


def test_one_lead_time_stands_in_place_of_the_stages_of_a_preset():
    grid = {"id": "g1", "grid_mw": 24.0, "preset": "fr-grid-standard", "lead_time_months": 15.0}
    scenario = loads(mapping(grid))
    assert scenario.sites[0].grid_connection[0].stages == ()
    assert events(build_out(scenario), "energised") == [("g1", 15.0, 24.0)]


def test_stages_of_steps_are_moved_by_the_grid_operator_and_those_of_phases_by_labour():
    scenario = loads(mapping({"id": "g1", "grid_mw": 24.0, "preset": "fr-grid-standard"}))
    inside = "sites.a.{}.stages.works.duration_months".format
    assert factor_of(inside("grid_connection.g1"), scenario.uncertainty)[0] == "grid_operator"
    assert factor_of(inside("phases.p1"), scenario.uncertainty)[0] == "labour"


def test_attempts_repeat_a_study_in_draws_as_often_as_the_probability_says():
    study = {"id": "study", "kind": "attempts", "arguments": {"refusal_probability": 0.5}}
    scenario = loads(mapping(step(study)))
    n = 400
    took = [
        next(build_out(sample(scenario, 1, k), 1, k).of_kind("energised")).time_d / MONTH_D for k in range(n)
    ]
    tries = (np.array(took) - 12.0) / 3.0
    assert tries == pytest.approx(np.round(tries))
    # a geometric number of attempts: mean 2, standard deviation the root of 2
    assert abs(tries.mean() - 2.0) <= 4 * np.sqrt(2.0 / n)


def refused(**changes):
    """The study is refused after 7 months; the hall's construction runs from month 2 to 6."""
    study = {"id": "study", "cancel_probability": 1.0}
    return simulate(loads(mapping(step(study), costs={"items": [GRID_COST, HALL_COST]}, **changes)))


def test_a_refused_step_never_comes_and_its_phases_are_given_up():
    timeline = build(step({"id": "study", "cancel_probability": 1.0}))
    assert not events(timeline, "energised")
    assert events(timeline, "cancelled") == [("g1", 7.0, 24.0)]
    assert timeline.ready_for_service_d() == {("a", "p1"): np.inf}
    end = round(730 / MONTH_D, 9)
    assert path(timeline) == [("grid queue", 0.0, 4.0), ("grid study", 4.0, 7.0), ("cancelled", 7.0, end)]


def test_what_was_spent_on_a_refused_step_stays_spent_and_no_more():
    projection = refused()
    found = [finding.text for finding in build_findings(projection)]
    assert found[0] == (
        "grid step a.g1 (24 MW) is refused or dropped after its stage study in 2026-08: its MW never come, "
        "what was spent stays spent; given up with it: a.p1"
    )
    lines = projection.ledger[projection.ledger["category"] == "capex"]
    capex = lines.groupby("item")["amount_eur"].sum()
    assert capex["grid"] == pytest.approx(24.0e6 * 7 / 15, rel=1e-2)
    # construction from month 2 to 6 is done, and the month of commissioning, which waits for power, is not
    assert capex["hall"] == pytest.approx(160.0e6 * 4 / 5, rel=1e-9)


def test_money_not_spent_on_a_refused_step_is_free_for_others():
    tranche = {"id": "t", "amount": 1.0e9}
    projection = refused(funding={"tranches": [tranche]})
    given = projection.milestones.query("kind in ('committed', 'released')")
    net = given["amount"].where(given["kind"] == "committed", -given["amount"]).sum()
    assert net == pytest.approx(24.0e6 * 7 / 15 + 160.0e6 * 4 / 5)


def test_a_phase_that_waits_for_money_gives_it_up_when_its_step_is_refused():
    poor = make.hall(id="p2", critical_it_mw=20.0, deployments=[])
    other = make.hall(id="p3", critical_it_mw=10.0, deployments=[], energization="g2", priority=90)
    place = make.site(poor, other)
    dropped = step({"id": "queue", "cancel_probability": 1.0})
    place["grid_connection"] = [dropped, {"id": "g2", "grid_mw": 20.0, "energised_on": date(2025, 1, 1)}]
    funding = {"covers": ["facilities"], "tranches": [{"id": "t", "amount": 1.2e8}]}
    timeline = build_out(loads(make.scenario(place, costs={"items": [HALL_COST]}, funding=funding)))
    assert [m.phase for m in timeline.of_kind("committed")] == ["p3"]
    # p3 has its permit by then: four months of the queue, and five of its construction and commissioning
    assert timeline.ready_for_service_d() == pytest.approx({("a", "p2"): np.inf, ("a", "p3"): 9 * MONTH_D})


def test_the_forecast_of_a_just_in_time_order_knows_the_stages_of_the_step():
    order = make.racks(ordering="just_in_time", ordered_on=None, margin_weeks=2.0)
    timeline = build(step(), make.hall(order))
    ready_d = 16 * MONTH_D
    assert [m.time_d for m in timeline.of_kind("ordered")] == pytest.approx([ready_d - 84.0])
    assert [m.time_d for m in timeline.of_kind("delivered")] == pytest.approx([ready_d - 14.0])


def faults(grid):
    with pytest.raises(ScenarioError) as caught:
        loads(mapping(grid))
    return str(caught.value)


def test_wrong_steps_are_refused_with_their_path():
    assert "grid_connection.g1.lead_time_months: must not be given together with stages" in faults(
        step(lead_time_months=3.0)
    )
    assert "must not be given together with stages" in faults(step(energised_on=date(2027, 1, 1)))
    assert "stages.study.after: unknown stage of the grid step; did you mean queue?" in faults(
        step({"id": "study", "after": ["queu"]})
    )
    assert "stages.works.needs_energization: the step brings the power itself" in faults(
        step({"id": "works", "needs_energization": True})
    )
    assert "unknown grid connection preset" in faults(
        {"id": "g1", "grid_mw": 1.0, "preset": "fr-greenfield-hall"}
    )
