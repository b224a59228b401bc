"""Halls that are there, or announced, on a date: they are in service once their power is, too."""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.buildout.idle_assets import HALL, POWER, SYSTEMS, stranded
from capsim.buildout.simulate import build_out
from capsim.errors import ScenarioError
from capsim.pipeline import run
from capsim.scenario.draws.sample import sample
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
ENERGISED, READY, IN_SERVICE = date(2026, 3, 1), date(2026, 6, 1), date(2026, 7, 1)
SHELL = {
    "costs": {"items": [{"id": "shell", "category": "capex", "basis": "per_critical_it_mw", "amount": 1e6}]}
}
FLAT = {"finance": {"wacc_real": 0.065, "inflation_per_y": 0.0, "construction_inflation_per_y": 0.0}}


def announced(hall=None, **step):
    """Power on 1 March, a hall of 16 MW on 1 June, 100 racks of 72 in service on 1 July."""
    plan = make.standing_hall(ready_for_service_on=READY, **(hall or {}))
    if hall is None:
        plan["deployments"][0]["in_service_on"] = IN_SERVICE
    grid = [{"id": "g1", "grid_mw": 40.0, "energised_on": ENERGISED} | step]
    return loads(make.scenario(make.site(plan, grid_connection=grid), **SHELL, **FLAT))


def first_d(timeline, *kinds):
    return [next(m.time_d for m in timeline.of_kind(kind)) for kind in kinds]


def test_a_hall_with_a_date_waits_for_its_power():
    on_time, late = build_out(announced()), build_out(announced(slip_months=12.0))
    kinds = ("energised", "ready_for_service", "delivered", "in_service")
    assert first_d(on_time, *kinds) == [59.0, 151.0, 181.0, 181.0]
    # 59 and a year of 365.25 days; the racks are there from 1 July on
    assert first_d(late, *kinds) == [424.25, 424.25, 181.0, 424.25]
    of_hall = [(w.cause, w.start_d, w.end_d) for w in late.waits if not w.item]
    assert of_hall == [("grid connection", 0.0, 424.25)]
    # the step waits from its announced date on, the hall from its own
    assert {(w.item, w.cause, w.start_d, w.end_d) for w in late.waits if w.item} == {
        ("g1", "grid connection", 59.0, 424.25),
        ("ready for service", "grid connection", 151.0, 424.25),
        (make.standing_hall()["deployments"][0]["id"], "hall", 181.0, 424.25),
    }


def test_a_hall_with_a_date_whose_grid_step_is_never_paid_for_waits_to_the_end():
    place = make.site(make.standing_hall(ready_for_service_on=READY, deployments=[]))
    costs = {"items": [{"id": "line", "category": "capex", "basis": "per_grid_mw", "amount": 1e6}]}
    little = [{"id": "t0", "available_on": date(2026, 1, 1), "amount": 1e6}]
    timeline = build_out(
        loads(make.scenario(place, costs=costs, funding={"covers": ["grid"], "tranches": little}))
    )
    assert {(w.phase, w.item, w.cause, w.start_d, w.end_d) for w in timeline.waits} == {
        ("", "g1", "funding", 0.0, 730.0),
        ("p1", "", "funding", 0.0, 730.0),
        ("p1", "ready for service", "grid connection", 151.0, 730.0),
    }


def test_accelerators_without_power_are_stranded_by_hand():
    scenario = announced(slip_months=12.0)
    idle = {row.kind: row.amount for row in stranded(scenario, build_out(scenario)) if row.phase}
    assert idle == {SYSTEMS: pytest.approx(7200 * (424.25 - 181.0))}
    on_time = announced()
    idle = {row.kind: row.amount for row in stranded(on_time, build_out(on_time)) if row.phase}
    # power without hall for March to May, at the design PUE of 1.16; the hall is empty in June
    assert idle == {POWER: pytest.approx(16 * 1.16 * 92), HALL: pytest.approx(15.9552 * 30)}


def test_a_hall_that_stands_empty_costs_the_annuity_of_its_works_by_hand():
    """30 days of 100 racks; a million per MW at 6.5 % over the life of facilities, by the day."""
    scenario = announced()
    hall = next(row for row in stranded(scenario, build_out(scenario)) if row.kind == HALL)
    life_y = scenario.finance.life_facility_years
    annuity = 1e6 * 0.065 / (1.0 - 1.065**-life_y)
    assert hall.amount == pytest.approx(30.0 * 100 * 0.159552)
    assert hall.cost == pytest.approx(hall.amount * annuity / 365.25)


def test_a_hall_is_paid_on_its_date_and_earns_from_its_power_on():
    on_time, late = run(announced()).ledger, run(announced(slip_months=12.0)).ledger
    # the second instalment is due when the hall is built, what is kept back at hand-over with power
    assert np.flatnonzero(on_time.total("capex", item="shell")).tolist() == [5]
    paid = late.total("capex", item="shell")
    assert paid[5] > 0.0
    assert not paid[6:14].any()
    assert paid.sum() == pytest.approx(16e6)


def test_no_draw_is_in_service_before_its_power():
    scenario = announced()
    late = 0
    for k in range(60):
        timeline = build_out(sample(scenario, 3, k), 3, k)
        energised_d, ready_d = first_d(timeline, "energised", "ready_for_service")
        in_service = [m.time_d for m in timeline.of_kind("in_service")]
        assert energised_d <= ready_d <= min(in_service, default=np.inf)
        late += energised_d > 151.0
    assert late > 0


def test_a_hall_whose_power_is_refused_is_cancelled_with_its_systems_waiting():
    study = [{"id": "study", "duration_months": 8, "cancel_probability": 0.9}]
    step = {"id": "g1", "grid_mw": 40.0, "stages": study}
    plan = make.standing_hall(ready_for_service_on=READY)
    plan["deployments"][0]["in_service_on"] = IN_SERVICE
    scenario = loads(make.scenario(make.site(plan, grid_connection=[step]), **SHELL, **FLAT))
    timeline = build_out(scenario)
    assert timeline.cancelled_d() == {("a", "p1"): pytest.approx(8 * 365.25 / 12)}
    assert not list(timeline.of_kind("ready_for_service", "in_service"))
    # it was there on 1 June: all of it is spent
    assert run(scenario).ledger.total("capex", item="shell").sum() == pytest.approx(16e6)


def test_a_hall_announced_before_its_power_is_refused():
    plan = make.standing_hall(ready_for_service_on=date(2026, 2, 28), deployments=[])
    grid = [{"id": "g1", "grid_mw": 40.0, "energised_on": ENERGISED}]
    with pytest.raises(ScenarioError) as raised:
        loads(make.scenario(make.site(plan, grid_connection=grid)))
    (fault,) = raised.value.faults
    assert fault.path == "sites.a.phases.p1.ready_for_service_on"
    assert fault.rule.startswith("must not be before its grid step g1 is energised on 2026-03-01")
    assert fault.value == "2026-02-28"
