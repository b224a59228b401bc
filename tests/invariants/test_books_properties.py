"""Closed books: prices paid in full and once, assets = liabilities + equity, real and nominal agree."""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capsim.ledger import cost_per_it_mw_year, delays, levelised_by_item, levelised_costs, statements
from capsim.ledger.instalments import INSIDE
from capsim.models.finance import npv
from capsim.pipeline import run
from capsim.quantities.money import price_level
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "portfolios.py")))
COSTS = {"preset": "fr-greenfield-ai-detailed"}
PATH = [
    {"id": "a", "on": date(2025, 7, 1), "amount": 3.0, "price_year": 2025},
    {"id": "b", "on": date(2027, 7, 1), "amount": 1.0, "price_year": 2025},
]
SOLD = {"prices": PATH, "trend_per_y": 0.0, "reserved_share": 0.4}


@st.composite
def finances(draw):
    """Random debts, grants and tax."""
    grant = {"id": "g", "share": 0.2, "at_most": draw(st.sampled_from((0.0, 1e7, 1e12)))}
    return {
        "debts": draw(make.debts()),
        "grants": [grant] if draw(st.booleans()) else [],
        "tax_rate": draw(st.sampled_from((0.0, 0.25))),
        "declining_factor_it": draw(st.sampled_from((1.0, 2.0))),
        "inflation_per_y": draw(st.sampled_from((0.0, 0.02, 0.1))),
        "owners": [{"id": "x", "share": 0.3}, {"id": "y", "share": 0.7}],
    }


@settings(max_examples=40)
@given(make.portfolios(), finances(), st.booleans())
def test_the_balance_closes_every_month(mapping, finance, sells):
    scenario = loads(mapping | {"costs": COSTS, "finance": finance} | ({"revenue": SOLD} if sells else {}))
    stated = statements(scenario, run(scenario).ledger)
    b, f = stated.balance, stated.flows
    size = 1.0 + np.abs(b["fixed_assets"]).max()
    closed = b["fixed_assets"] - b["debt"] - b["deferred_grants"] - b["equity"]
    assert np.abs(closed).max() <= 1e-9 * size
    sources = f["revenue"] + f["grants"] + f["debt_drawn"] + f["equity_called"]
    uses = f["opex"] + f["capex"] + f["interest_paid"] + f["debt_repaid"] + f["tax"] + f["distributed"]
    np.testing.assert_allclose(sources, uses, rtol=1e-9, atol=1e-6 * size)
    for name in ("fixed_assets", "debt", "deferred_grants"):
        assert b[name].min() >= -1e-9 * size, name
    for name in ("depreciation", "tax", "interest_paid", "interest_capitalised"):
        assert f[name].min() >= -1e-9 * size, name


@settings(max_examples=30)
@given(make.portfolios(), finances(), st.sampled_from((0.2, 0.6)))
def test_a_grant_is_deferred_no_longer_than_what_it_paid_for(mapping, finance, share):
    grants = [grant | {"share": share} for grant in finance["grants"]]
    debts = finance["debts"][:1] if share == 0.2 else []
    scenario = loads(mapping | {"costs": COSTS, "finance": finance | {"grants": grants, "debts": debts}})
    stated = statements(scenario, run(scenario).ledger)
    b, f = stated.balance, stated.flows
    size = 1.0 + np.abs(b["fixed_assets"]).max()
    assert np.all(b["deferred_grants"] <= share * b["fixed_assets"] + 1e-9 * size)
    assert np.all(f["grants_released"] <= share * f["depreciation"] + 1e-9 * size)
    assert f["grants_released"].min() >= -1e-9 * size
    assert not f["tax"].any(), "nothing is earned"


@settings(max_examples=25)
@given(make.portfolios(), finances())
def test_who_pays_what_is_all_that_is_paid(mapping, finance):
    scenario = loads(mapping | {"costs": COSTS, "finance": finance})
    stated = statements(scenario, run(scenario).ledger)
    paid_in = sum(given for given, _ in stated.funding.values())
    f = stated.flows
    np.testing.assert_allclose(
        paid_in, f["equity_called"] + f["debt_drawn"] + f["grants"], rtol=1e-9, atol=1e-3
    )
    x, y = (stated.funding["equity", name][0] for name in ("x", "y"))
    np.testing.assert_allclose(0.7 * x, 0.3 * y, rtol=1e-9, atol=1e-6)
    for grant in scenario.finance.grants:
        assert stated.funding["grant", grant.id][0].sum() <= grant.at_most * (1 + 1e-9)


@settings(max_examples=25)
@given(make.portfolios())
def test_the_instalments_of_an_asset_are_its_price(mapping):
    ledger = run(loads(mapping | {"costs": COSTS})).ledger
    paid = ledger.instalments
    total = np.zeros(len(paid.booked))
    np.add.at(total, paid.asset, paid.amount)
    np.testing.assert_allclose(total, [b.asset.cost for b in paid.booked], rtol=1e-12)
    assert np.all(np.diff(paid.paid, axis=1) >= 0)
    rows = paid.flows(730)
    assert sum(f.amount for f in rows) == pytest.approx(paid.amount[paid.to_d < np.inf].sum())
    assert len({f[:-2] for f in rows}) == len(rows), "one row per item, milestone and day"
    in_horizon = sum(f.amount for f in rows if f.period == INSIDE)
    assert ledger.total("capex").sum() == pytest.approx(in_horizon)


def ended(months, *, by_grid=False, **order):
    """A site whose phase ends with its construction or, before it is done, with its refused grid step."""
    racks = make.racks(**order)
    if not by_grid:
        stages = [{"id": "construction", "duration_months": months, "cancel_probability": 1.0}]
        return make.scenario(make.site(make.hall(racks, stages=stages)), costs=COSTS)
    queue = [{"id": "queue", "duration_months": months, "cancel_probability": 1.0}]
    step = {"id": "g1", "grid_mw": 24.0, "applied_on": make.START, "stages": queue}
    stages = [{"id": "construction", "duration_months": 24}]
    return make.scenario(make.site(make.hall(racks, stages=stages), grid_connection=[step]), costs=COSTS)


@settings(max_examples=40)
@given(st.floats(2.0, 20.0), st.integers(0, 500), st.integers(2, 40), st.booleans())
def test_all_is_paid_for_systems_cancelled_after_their_order_and_nothing_before(
    months, order_d, weeks, by_grid
):
    ordered_on = date.fromordinal(make.START.toordinal() + order_d)
    result = run(loads(ended(months, by_grid=by_grid, ordered_on=ordered_on, lead_time_weeks=weeks)))
    (end_d,) = result.timeline.cancelled_d().values()
    paid = result.ledger.total("capex", item="systems").sum()
    price = sum(b.asset.cost for b in result.ledger.instalments.booked if b.item == "systems")
    assert (price > 0) == (order_d < end_d)
    assert paid == pytest.approx(price, abs=1e-6)
    assert not result.ledger.rows("residual", item="systems").any(), "it is worth nothing"
    assert not delays(result.scenario, result.timeline, result.ledger), "it is never ready"


@settings(max_examples=10)
@given(st.floats(6.0, 20.0), st.booleans())
def test_systems_ordered_just_in_time_are_paid_and_written_off_where_their_phase_ends(months, by_grid):
    order = {"ordering": "just_in_time", "ordered_on": None}
    result = run(loads(ended(months, by_grid=by_grid, **order)))
    paid = result.ledger.total("capex", item="systems").sum()
    price = sum(b.asset.cost for b in result.ledger.instalments.booked if b.item == "systems")
    assert paid == pytest.approx(price, abs=1e-6)
    stated = statements(result.scenario, result.ledger)
    kept = sum(result.ledger.total("capex", item=i).sum() for i in ("grid-connection", "land"))
    assert stated.balance["fixed_assets"][-1] <= 1.1 * kept


@settings(max_examples=20)
@given(st.floats(2.0, 20.0))
def test_a_hall_given_up_in_construction_costs_what_was_built_and_is_written_off(months):
    """Refused power ends a phase of 24 months of construction after some of them."""
    result = run(loads(ended(months, by_grid=True)))
    whole = ended(months, by_grid=True)
    whole["sites"][0]["grid_connection"] = [{"id": "g1", "grid_mw": 24.0, "lead_time_months": 24.0}]
    booked = run(loads(whole)).ledger.instalments.booked
    price = sum(b.asset.cost for b in booked if b.item == "electrical-fr")
    paid = result.ledger.total("capex", item="electrical-fr").sum()
    assert paid == pytest.approx(price * months / 24.0, rel=1e-6)
    assert not result.ledger.rows("residual", item="electrical-fr").any()
    kept = sum(result.ledger.total("capex", item=i).sum() for i in ("grid-connection", "land"))
    stated = statements(result.scenario, result.ledger)
    assert stated.balance["fixed_assets"][-1] <= 1.1 * kept


@settings(max_examples=15)
@given(make.portfolios(), st.floats(0.0, 0.1).map(lambda rate: round(rate, 6)))
def test_real_and_nominal_agree(mapping, inflation):
    finance = {"inflation_per_y": inflation, "wacc_real": 0.065}
    scenario = loads(mapping | {"costs": COSTS, "finance": finance})
    ledger = run(scenario).ledger
    level = price_level(scenario)
    days_y = (scenario.calendar.month_start_d[:-1] + scenario.calendar.month_start_d[1:]) / 2 / 365.25
    real = npv(ledger.total("capex", "opex"), rate_per_y=0.065, times_y=days_y)
    flows = statements(scenario, ledger).flows
    nominal = 0.065 + inflation + 0.065 * inflation
    value = npv(flows["capex"] + flows["opex"], rate_per_y=nominal, times_y=days_y)
    # both discount to the start; nominal money of the start is that of the price year, moved half a year
    at_start = level[0] / (1 + inflation) ** days_y[0]
    assert value == pytest.approx(real * at_start, rel=1e-9)
    given_nominal = loads(
        mapping | {"costs": COSTS, "finance": {"inflation_per_y": inflation, "wacc_nominal": nominal}}
    )
    both = [levelised_costs(s, run(s).operations, run(s).ledger)["it_mwh"] for s in (scenario, given_nominal)]
    assert both[0] == pytest.approx(both[1], rel=1e-9, nan_ok=True)


@settings(max_examples=15)
@given(make.portfolios())
def test_two_currencies_give_the_answer_of_one(mapping):
    written = [
        {"id": "hall", "category": "capex", "basis": "per_critical_it_mw", "amount": 8e6},
        {"id": "staff", "category": "opex", "basis": "per_critical_it_mw_year", "amount": 3e5},
    ]
    items = [item | {"currency": "EUR"} for item in written]
    dollars = [item | {"amount": item["amount"] / 0.8, "currency": "USD"} for item in items]
    one, two = (run(loads(mapping | {"costs": {"items": i}})).ledger for i in (items, dollars))
    assert one.lines == two.lines
    np.testing.assert_allclose(one.amounts, two.amounts, rtol=1e-12)
    usd = {
        "code": "USD",
        "price_year": 2025,
        "fx": [{"id": "e", "currency": "EUR", "per_unit": 1.25, "dated": make.START}],
    }
    other = run(loads(mapping | {"costs": {"items": items}, "currency": usd})).ledger
    capex = [ledger.total("capex") for ledger in (one, other)]
    np.testing.assert_allclose(1.25 * capex[0], capex[1], rtol=1e-9)


@settings(max_examples=15)
@given(make.portfolios())
def test_levelised_parts_sum_to_the_levelised_cost(mapping):
    scenario = loads(mapping | {"costs": COSTS})
    result = run(scenario)
    parts = levelised_by_item(scenario, result.operations, result.ledger)
    for output, whole in levelised_costs(scenario, result.operations, result.ledger).items():
        total = sum(part[output] for part in parts.values())
        assert total == pytest.approx(whole, rel=1e-9, nan_ok=True)


@settings(max_examples=15)
@given(make.portfolios(), st.floats(1.0, 3.0))
def test_nothing_is_sold_where_nothing_is_in_service_and_prices_scale_revenue(mapping, factor):
    scenario = loads(mapping | {"revenue": SOLD})
    dearer = [point | {"amount": factor * point["amount"]} for point in PATH]
    result, more = run(scenario), run(loads(mapping | {"revenue": SOLD | {"prices": dearer}}))
    sold = result.ledger.total("revenue")
    in_service = result.operations.monthly["in_service_h"].sum(axis=0)
    assert not sold[in_service == 0.0].any()
    assert np.all(sold >= 0)
    np.testing.assert_allclose(more.ledger.total("revenue"), factor * sold, rtol=1e-9)


@settings(max_examples=10)
@given(make.portfolios())
def test_a_delay_costs_nothing_less_than_its_plant_and_no_lease_has_plant(mapping):
    scenario = loads(mapping | {"costs": COSTS})
    result = run(scenario)
    found = delays(scenario, result.timeline, result.ledger)
    assert all(d.stranded_plant > 0 and d.total >= d.stranded_plant for d in found)
    for place in mapping["sites"]:
        for plan in place["phases"]:
            plan["tenure"] = "lease"
    leased = loads(mapping | {"costs": {"preset": "fr-leased-ai"}})
    result = run(leased)
    assert not result.ledger.rows("capex", item="electrical-fr").size
    found = delays(leased, result.timeline, result.ledger)
    assert all(d.stranded_plant == 0 and 0 < d.rent <= d.total for d in found)
    rent = result.ledger.total("opex", item="colocation-lease")
    assert np.all(rent >= 0)
    ready = result.operations.monthly["critical_it_mw"].sum(axis=0)
    assert (rent.sum() > 0) == (ready.sum() > 0)
    assert cost_per_it_mw_year(leased, result.timeline, result.ledger) != 0.0
