"""What has been cancelled by the data date: exact from that day on, in dates, in MW and in money.

Tests `scenario.fill.actual_dates`, `scenario.rules.actual_rules`, `buildout.cancellation`, `buildout.site`,
`buildout.deployment`, `buildout.why_never`, `ledger.orders`, `ledger.instalments`,
`projection.findings.build_findings`, `study.happenings`, `study.backtests`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim import simulate
from capsim.buildout import build_out
from capsim.errors import ScenarioError
from capsim.scenario import Actual, loads, sample
from capsim.study import backtest, forecast, vintage

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
AS_OF = date(2026, 9, 1)
PLANT = {
    "id": "plant",
    "category": "capex",
    "basis": "per_critical_it_mw",
    "amount": 1.0e6,
    "currency": "EUR",
    "price_year": 2025,
    "order_share": 0.1,
    "delivery_share": 0.8,
    "source": "assumed",
}
GRID = PLANT | {"id": "line", "basis": "per_grid_mw", "amount": 0.1e6}
COSTS = {"items": [PLANT, GRID], "systems_order_share": 0.2, "systems_delivery_share": 0.7}
PRICE = 100 * 4.0e6 * 0.8
"""Price of the racks, at 0.8 EUR for a dollar. [EUR]"""


def line(on, item, what, **more):
    return {"on": on, "site": "a", "item": item, "what": what} | more


STARTED = (
    line(date(2026, 3, 1), "p1.permit", "finished"),
    line(date(2026, 3, 1), "p1.construction", "started"),
    line(date(2026, 3, 1), "p1.racks", "ordered"),
)


def plan(*lines, as_of=AS_OF, hall=None, **changes):
    """A hall of 16 MW: permit of 2 months, construction of 4, commissioning of 1; power takes a year."""
    racks = make.racks(system_price_usd=4.0e6, system_price_year=2025)
    step = {"id": "g1", "grid_mw": 24.0, "lead_time_months": 12.0, "applied_on": date(2026, 1, 1)}
    place = make.site(make.hall(racks, **(hall or {})), **({"grid_connection": [step]} | changes))
    inflation = {"construction_inflation_per_y": 0.0, "inflation_per_y": 0.0, "wacc_real": 0.065}
    finance = inflation | {"system_price_trend_per_y": 0.0}
    whole = make.scenario(place, horizon_years=3, as_of=as_of, actuals=list(lines), costs=COSTS)
    return loads(whole | {"finance": finance})


def capex(projection, item):
    """Paid for an item by month. [EUR]"""
    ledger = projection.run.ledger
    return ledger.total("capex", item=item)


def test_a_phase_is_cancelled_on_its_day_and_costs_what_was_done():
    """92 of 152 days of works are done on 1 June; the racks stay bought, and come to no hall."""
    scenario = plan(*STARTED, line(date(2026, 6, 1), "p1", "cancelled"))
    projection = simulate(scenario)
    ((site, phase, item, amount),) = [
        (m.site, m.phase, m.item, m.amount) for m in projection.run.timeline.of_kind("cancelled")
    ]
    assert (site, phase, item, amount) == ("a", "p1", "", 16.0)
    done = 92.0 / (5.0 * 365.25 / 12.0)
    plant = capex(projection, "plant")
    assert plant.sum() == pytest.approx(16.0e6 * done, rel=1e-3)
    assert plant[6:].sum() == 0.0
    assert capex(projection, "systems").sum() == pytest.approx(PRICE)
    assert projection.figure("critical_it_mw at 2028-12") == 0.0
    (said,) = [one for one in projection.findings if one.kind == "cancelled_phase"]
    assert said.text == "phase a.p1 (16 MW) is cancelled in 2026-06; what was spent stays spent"
    path = [(w.cause, round(w.start_d), round(w.end_d)) for w in projection.run.timeline.waits if not w.item]
    assert path == [("permit", 0, 59), ("construction", 59, 151), ("cancelled", 151, 1096)]


def test_it_is_exact_in_every_draw():
    scenario = plan(
        *STARTED,
        line(date(2026, 6, 1), "p1.construction", "cancelled"),
        hall={"overrun": {"dist": "lognormal", "median": 1.0, "sigma": 0.3}},
    )
    for k in range(5):
        timeline = build_out(sample(scenario, 0, k), 0, k)
        (ended,) = timeline.of_kind("cancelled")
        assert scenario.calendar.date_of(ended.time_d) == date(2026, 6, 1)
        assert not list(timeline.of_kind("ready_for_service"))
    (said,) = [one for one in simulate(scenario).findings if one.kind == "cancelled_phase"]
    assert "is cancelled with its stage construction in 2026-06" in said.text


def test_a_grid_step_takes_the_phases_it_was_to_power_with_it():
    """After 151 of 365.25 days the line has cost that share of its 2.4 million."""
    projection = simulate(plan(*STARTED, line(date(2026, 6, 1), "g1", "cancelled")))
    kinds = [(m.phase, m.item) for m in projection.run.timeline.of_kind("cancelled")]
    assert kinds == [("", "g1"), ("p1", "g1")]
    assert capex(projection, "line").sum() == pytest.approx(2.4e6 * 151.0 / 365.25)
    (said,) = [one for one in projection.findings if one.kind == "dropped_step"]
    assert said.text.endswith("what was spent stays spent; given up with it: a.p1")
    dated = plan(
        line(date(2026, 6, 1), "g1", "cancelled"),
        grid_connection=[{"id": "g1", "grid_mw": 24.0, "energised_on": date(2027, 1, 1)}],
    )
    timeline = build_out(dated)
    assert not list(timeline.of_kind("energised", "ready_for_service"))


def test_an_order_is_void_from_its_day():
    """Of 100 racks 40 came; the rest has cost its first instalment, a fifth, and nothing more."""
    came = line(date(2026, 5, 1), "p1.racks", "delivered", number=40, unit="systems")
    projection = simulate(plan(*STARTED, came, line(date(2026, 6, 1), "p1.racks", "cancelled")))
    timeline = projection.run.timeline
    (ended,) = timeline.of_kind("cancelled")
    assert (ended.phase, ended.item, ended.amount) == ("p1", "racks", 60)
    assert sum(m.amount for m in timeline.of_kind("in_service")) == 40
    assert capex(projection, "systems").sum() == pytest.approx(PRICE * (0.4 + 0.6 * 0.2))
    assert projection.run.ledger.total("residual").sum() < 0.0
    (said,) = [one for one in projection.findings if one.kind == "cancelled_order"]
    assert said.numbers["systems"] == 60
    assert not [one for one in projection.findings if one.kind in ("unfinished_deployments", "never_ordered")]
    # nothing of it is worth anything: what is left is of the racks that came
    all_void = simulate(plan(*STARTED, line(date(2026, 6, 1), "p1.racks", "cancelled")))
    assert all_void.run.ledger.total("residual", item="systems").sum() == 0.0
    assert capex(all_void, "systems").sum() == pytest.approx(PRICE * 0.2)


def test_equipment_is_ordered_anew():
    kit = {"id": "ups", "item": "lt-ups", "lead_time_weeks": 10.0, "needed_at": "commissioning"}
    lines = [
        line(date(2026, 3, 1), "p1.ups", "ordered"),
        line(date(2026, 6, 1), "p1.ups", "cancelled"),
    ]
    scenario = plan(*STARTED, *lines, hall={"equipment": [kit]})
    (ordered,) = build_out(scenario).of_kind("equipment_ordered")
    assert scenario.calendar.date_of(ordered.time_d) == AS_OF


def test_a_forecast_tells_it_as_gone_and_a_back_test_by_the_chance_it_had():
    """A permit that is refused in one of four draws had that chance; the line is no date."""
    before = vintage(plan(*STARTED, as_of=date(2026, 5, 1)), "may")
    now = plan(*STARTED, line(date(2026, 6, 1), "p1", "cancelled"))
    (slip,) = [one for one in forecast(now, against=[before], n=2).slips["may"] if "ready" in one.milestone]
    assert (slip.milestone, slip.now, slip.cause) == ("a.p1 ready_for_service", "", "cancelled")
    chain = make.stages()
    chain[0]["cancel_probability"] = 0.25
    then = plan(as_of=date(2026, 2, 1), hall={"stages": chain})
    happened = [Actual(on=date(2026, 6, 1), site="a", item="p1", what="cancelled")]
    test = backtest([then], happened, n=200)
    assert test.cancelled == {"outcomes": 1.0, "never": pytest.approx(0.25, abs=0.12)}
    assert "dates" not in test.scores


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([line(date(2026, 10, 1), "p1", "cancelled")], "must not be after as_of"),
        (
            [line(date(2026, 3, 1), "p1", "ready_for_service"), line(date(2026, 6, 1), "p1", "cancelled")],
            "must be before finished_on, 2026-03-01: it was there",
        ),
        (
            [line(date(2026, 6, 1), "p1.racks", "ordered"), line(date(2026, 3, 1), "p1.racks", "cancelled")],
            "must not be before ordered_on",
        ),
        (
            [
                line(date(2026, 3, 1), "g1", "energised", number=9.0, unit="MW"),
                line(date(2026, 6, 1), "g1", "cancelled"),
            ],
            "of which a part is energised",
        ),
        (
            [
                line(date(2026, 7, 1), "p1.racks", "delivered", number=9, unit="systems"),
                line(date(2026, 6, 1), "p1.racks", "cancelled"),
            ],
            "must not be before a count of it",
        ),
    ],
)
def test_what_cannot_have_been_cancelled_is_refused(lines, said):
    with pytest.raises(ScenarioError) as caught:
        plan(*lines)
    assert said in str(caught.value)
