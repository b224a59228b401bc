"""What was paid and metered so far takes the place of the plan's: by hand on a hall of 16 MW.

Tests `ledger.paid_so_far`, `operations.metered`, `quantities.replaced`, `study.s_curves`, `study.forecasts`,
`projection.findings.input_findings`, `scenario.rules.actual_rules`, `buildout.funding`, `report.plan_tables`.
"""

import io
import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from capsim import simulate
from capsim.errors import ScenarioError
from capsim.ledger.paid_so_far import DIFFERENCE
from capsim.pipeline import run
from capsim.report import forecast_tables
from capsim.scenario import Sampler, loads
from capsim.study import forecast, vintage
from capsim.study.s_curves import reported_until

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
INFLATION = {"construction_inflation_per_y": 0.0, "system_price_trend_per_y": 0.0, "wacc_real": 0.065}


def line(on, what, number, item="", unit="EUR", site="a"):
    return {"on": on, "site": site, "item": item, "what": what, "number": number, "unit": unit}


def plan(*lines, inflation=0.0, as_of=AS_OF, place=None, **changes):
    """A hall whose permit is done and whose construction began in March; 4 m EUR for each of 100 racks."""
    racks = make.racks(
        system_price_usd=5.0e6, system_price_year=2025, ordered_on=date(2026, 3, 1), lead_time_weeks=40
    )
    past = [
        {"on": date(2026, 3, 1), "site": "a", "item": "p1.permit", "what": "finished"},
        {"on": date(2026, 3, 1), "site": "a", "item": "p1.construction", "what": "started"},
    ]
    site = place or make.site(make.hall(racks, **changes.pop("hall", {})))
    past = past if "stages" in site["phases"][0] else []
    whole = make.scenario(site, horizon_years=3, as_of=as_of, actuals=[*past, *lines] if as_of else [])
    costs = {"items": [PLANT], "systems_order_share": 0.2, "systems_delivery_share": 0.7}
    finance = INFLATION | {"inflation_per_y": inflation}
    return loads(whole | {"costs": costs, "finance": finance} | changes)


def paid_by(ledger, months, **of):
    return ledger.total("capex", **of)[:months].sum()


def test_what_was_paid_is_exact_and_what_is_to_come_is_the_plans():
    """A fifth of 400 m EUR for the racks is due in March, and the plant runs; 100 m were paid by August."""
    before = run(plan()).ledger
    after = run(plan(line(date(2026, 8, 31), "paid", 100.0e6))).ledger
    assert paid_by(before, 8) == pytest.approx(80.0e6 + 16.0e6 * (0.1 + 0.8 * 184 / 215), rel=0.05)
    assert paid_by(after, 8) == pytest.approx(100.0e6)
    assert after.total("capex")[8:] == pytest.approx(before.total("capex")[8:])
    # nothing was due in January and February: nothing was paid
    assert paid_by(after, 2) == 0.0
    by_class = {b.asset.asset_class: 0.0 for b in after.instalments.booked}
    for booked in after.instalments.booked:
        if booked.item == DIFFERENCE:
            by_class[booked.asset.asset_class] += booked.asset.cost
    assert by_class["it"] / by_class["facility"] == pytest.approx(400.0 / 16.0)


def test_reports_of_parts_are_exact_one_inside_the_other():
    """85 m EUR for the racks, 98 for the hall with them, 99 for the site, 101 in all."""
    lines = [
        line(date(2026, 5, 31), "paid", 70.0e6, "p1.racks"),
        line(date(2026, 8, 31), "paid", 85.0e6, "p1.racks"),
        line(date(2026, 8, 31), "paid", 98.0e6, "p1"),
        line(date(2026, 8, 31), "paid", 99.0e6),
        line(date(2026, 8, 31), "paid", 101.0e6, site=""),
    ]
    projection = simulate(plan(*lines))
    ledger = projection.run.ledger
    racks = [row.asset.cost for row in ledger.instalments.booked if row.item == DIFFERENCE]
    assert racks
    assert paid_by(ledger, 5, of="a.p1") >= 70.0e6
    assert paid_by(ledger, 8, of="a.p1") == pytest.approx(98.0e6)
    assert paid_by(ledger, 8, of="a") == pytest.approx(99.0e6)
    assert paid_by(ledger, 8) == pytest.approx(101.0e6)
    said = [one.text for one in projection.findings if one.kind == "actuals"]
    assert said[0].startswith("85 m EUR are paid for a.p1.racks by 2026-08-31, in place of 80 m EUR that the")
    assert "(+6.2%); what is to come is the plan's" in said[0]
    assert len(said) == 4


def test_money_of_the_day_is_made_real():
    """At 10 % a year, what is paid in July 2026 is worth a tenth less in money of 2025."""
    now = run(plan(line(date(2026, 7, 16), "paid", 110.0e6), inflation=0.1, as_of=date(2026, 7, 16)))
    july = now.ledger.total("capex")[6]
    level = [1.1 ** ((date(2026, m, 16) - date(2025, 7, 1)).days / 365.25) for m in range(1, 8)]
    spent = sum(paid * level[m] for m, paid in enumerate(now.ledger.total("capex")[:6]))
    to_come = run(plan(inflation=0.1, as_of=date(2026, 7, 16))).ledger.total("capex")[6] * 15 / 31
    assert spent + (july - to_come) * level[6] == pytest.approx(110.0e6, rel=2e-3)


def test_it_is_exact_in_every_draw():
    uncertain = {"overrun": {"dist": "lognormal", "median": 1.0, "sigma": 0.3}}
    scenario = plan(line(date(2026, 8, 31), "paid", 100.0e6), hall=uncertain)
    sampler = Sampler(scenario)
    for k in range(4):
        assert paid_by(run(sampler.sample(0, k)).ledger, 8) == pytest.approx(100.0e6)


def running(*lines, as_of=date(2026, 3, 31)):
    """A hall that runs: 100 racks since 2025."""
    return plan(*lines, place=make.standing_site(), as_of=as_of)


def test_metered_energy_stands_in_place_of_the_models():
    """Half the energy in February: half the cooling, cost and water as well; March has an own peak."""
    lines = [
        line(date(2026, 3, 31), "facility_peak_mw", 9.5, unit="MW"),
        line(date(2026, 3, 31), "facility_mwh", 6000.0, unit="MWh"),
        line(date(2026, 3, 31), "it_mwh", 5000.0, unit="MWh"),
        line(date(2026, 3, 31), "energy_cost", 0.5e6),
    ]
    model = run(running()).operations.monthly
    half = float(model["facility_mwh"][0, 1]) / 2.0
    lines.append(line(date(2026, 2, 28), "facility_mwh", half, unit="MWh"))
    projection = simulate(running(*lines))
    months, ledger = projection.run.operations.monthly, projection.run.ledger
    for name in ("facility_mwh", "it_mwh", "cooling_mwh", "energy_cost", "carbon_t", "water_m3"):
        assert months[name][0, 1] == pytest.approx(model[name][0, 1] / 2.0), name
        assert months[name][0, 0] == model[name][0, 0]
        assert months[name][0, 3:] == pytest.approx(model[name][0, 3:]), name
    assert (months["facility_mwh"][0, 2], months["it_mwh"][0, 2]) == (6000.0, 5000.0)
    assert months["cooling_mwh"][0, 2] + months["losses_mwh"][0, 2] == pytest.approx(1000.0)
    assert months["facility_peak_mw"][0, 2] == 9.5
    assert ledger.total("opex", item="energy")[2] == pytest.approx(0.5e6)
    assert projection.figure("pue in 2026-03") == pytest.approx(1.2)
    said = [one for one in projection.findings if one.kind == "actuals"]
    energy = next(one for one in said if one.text.startswith("facility_mwh of a in 2026-02 to 2026-03"))
    assert energy.numbers["actual"] == pytest.approx(half + 6000.0)
    assert energy.numbers["modelled"] == pytest.approx(float(model["facility_mwh"][0, 1:3].sum()))


def test_a_month_that_is_not_over_keeps_the_models_energy():
    scenario = running(line(date(2026, 3, 15), "facility_mwh", 10.0, unit="MWh"), as_of=date(2026, 3, 15))
    model = run(running(as_of=date(2026, 3, 15))).operations.monthly["facility_mwh"]
    assert run(scenario).operations.monthly["facility_mwh"] == pytest.approx(model)


def test_what_is_metered_of_the_portfolio_is_shared_among_the_other_sites():
    """Of 9,000 MWh one site says that it drew 2,000; two equal ones share the rest."""
    places = [make.standing_site(id=name) for name in ("a", "b", "c")]
    lines = [
        line(date(2026, 2, 28), "facility_mwh", 9000.0, unit="MWh", site=""),
        line(date(2026, 2, 28), "facility_mwh", 2000.0, unit="MWh"),
    ]
    scenario = loads(make.scenario(*places, as_of=date(2026, 2, 28), actuals=lines))
    energy = run(scenario).operations.monthly["facility_mwh"][:, 1]
    assert energy.tolist() == pytest.approx([2000.0, 3500.0, 3500.0])


def test_what_is_committed_decides_what_is_left():
    """Of 500 m EUR all but 5 m were committed by July: no money is left for a second hall of 16 m."""
    second = make.hall(id="p2", deployments=[], starts_on=date(2026, 10, 1))
    place = make.site(make.hall(deployments=[]), second)
    funding = {
        "rule": "in_order",
        "covers": ["facilities"],
        "tranches": [{"id": "t", "amount": 500.0e6, "available_on": date(2026, 1, 1)}],
    }
    rich = simulate(plan(place=place, funding=funding))
    assert rich.figure("critical_it_mw at 2028-12") == 32.0
    poor = simulate(
        plan(line(date(2026, 7, 31), "committed", 495.0e6, site=""), place=place, funding=funding)
    )
    assert poor.figure("critical_it_mw at 2028-12") == 16.0
    (said,) = [one.text for one in poor.findings if one.kind == "actuals"]
    assert said.startswith("495 m EUR are committed for the portfolio by 2026-07-31; the plan has 16 m EUR")


def test_s_curves_are_of_the_plan_of_what_there_was_and_of_what_is_to_come():
    """Up to August what there was, from September on the spread; MW and money have the same months."""
    before = vintage(plan(as_of=date(2026, 5, 1)), "budget", money=True)
    now = plan(line(date(2026, 8, 31), "paid", 100.0e6))
    made = forecast(now, against=[before], n=4, money=True)
    assert set(made.s_curves) == {"grid_mw", "critical_it_mw", "capex"}
    by_month = {point.month: point for point in made.s_curves["capex"]}
    august, september = by_month["2026-08"], by_month["2026-09"]
    assert august.actual == pytest.approx(100.0e6)
    assert (august.p50, september.actual) == (None, None)
    assert september.plan == pytest.approx(before.curves["capex"]["2026-09"])
    assert september.p10 <= september.p50 <= september.p90
    assert made.money["2028-12"][0] == pytest.approx(made.vintage.curves["capex"]["2028-12"])
    power = {point.month: point for point in made.s_curves["critical_it_mw"]}
    assert (power["2026-08"].actual, power["2028-12"].p50) == (0.0, 16.0)
    assert len(made.findings) == 1
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(forecast_tables(made))
    text = console.export_text()
    assert "capex: plan, paid and what is to come" in text
    assert "100 m EUR are paid for a by 2026-08-31" in text


def test_what_was_paid_before_the_start_is_part_of_the_curve():
    """Racks ordered in November at a fifth of 400 m EUR: 80 m by the start; 150 m by August, as reported."""
    early = make.racks(
        system_price_usd=5.0e6, system_price_year=2025, ordered_on=date(2025, 11, 1), lead_time_weeks=60
    )
    place = make.site(make.hall(early))
    curve = forecast(plan(place=place), n=2, money=True).vintage.curves["capex"]
    spent = run(plan(place=place)).ledger.total("capex")
    assert curve["2026-01"] == pytest.approx(80.0e6 + spent[0])
    assert curve["2028-12"] == pytest.approx(80.0e6 + spent.sum())
    made = forecast(plan(line(date(2026, 8, 31), "paid", 150.0e6), place=place), n=2, money=True)
    by_month = {point.month: point for point in made.s_curves["capex"]}
    assert by_month["2026-08"].actual == pytest.approx(150.0e6)


@pytest.mark.parametrize(
    ("lines", "reported", "last"),
    [
        ([line(date(2026, 6, 30), "paid", 50.0e6)], date(2026, 6, 30), "2026-06"),
        ([line(date(2026, 6, 30), "paid", 50.0e6, site="")], date(2026, 6, 30), "2026-06"),
        ([line(date(2026, 6, 15), "paid", 50.0e6)], date(2026, 6, 15), "2026-05"),
        # of a part of what is paid nothing follows for the whole
        ([line(date(2026, 6, 30), "paid", 50.0e6, "p1.racks")], None, ""),
        ([], None, ""),
    ],
)
def test_money_that_nobody_reported_is_no_actual(lines, reported, last):
    """On 1 September with reports up to June: July and August are drawn, and not told as paid."""
    now = plan(*lines)
    assert reported_until(now) == reported
    points = forecast(now, n=2, money=True).s_curves["capex"]
    told = [point.month for point in points if point.actual is not None]
    assert max(told, default="") == last
    assert all((point.actual is None) != (point.p50 is None) for point in points)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([line(date(2026, 8, 1), "paid", 5.0, unit="USD")], "must be EUR, the currency of the scenario"),
        ([line(date(2026, 8, 1), "paid", 5.0, "p1.rack")], "did you mean p1.racks?"),
        ([line(date(2026, 8, 1), "paid", 5.0, site="b")], "unknown site"),
        (
            [line(date(2026, 8, 1), "facility_mwh", 5.0, "p1", "MWh")],
            "must be empty: facility_mwh is of a site",
        ),
        (
            [line(date(2026, 7, 1), "paid", 5.0), line(date(2026, 8, 1), "paid", 4.0)],
            "is a sum so far, so it must be at least 5",
        ),
    ],
)
def test_what_cannot_be_is_refused(lines, said):
    with pytest.raises(ScenarioError) as caught:
        plan(*lines)
    assert said in str(caught.value)


def test_what_the_plan_has_committed_is_money_of_the_day_of_each_order():
    """Racks of 400 m EUR of mid-2025 rise by 10 % a year to March 2026; 16 m of plant do not rise."""
    result = run(plan(line(date(2026, 8, 31), "committed", 450.0e6), inflation=0.1))
    (told,) = result.ledger.replaced
    assert told.modelled == pytest.approx(400.0e6 * 1.1 ** (8.5 / 12.0) + 16.0e6, rel=1e-3)
