"""Write-offs by table and at once, fiscal years, a price of carbon, and rates of return that are several.

Tests `ledger.rates_of_return`, `projection.findings.money_findings`.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.catalog import load_catalog
from capsim.errors import ScenarioError
from capsim.ledger import returns, statements
from capsim.ledger.rates_of_return import several_rates as rates_by_figure
from capsim.models.depreciation import written_off, written_off_by_table
from capsim.models.finance import irr, irrs
from capsim.pipeline import simulate
from capsim.projection.findings.money_findings import several_rates
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


def bought(years=8, **finance):
    order = make.racks(in_service_on=make.START)
    for key in ("ordered_on", "lead_time_weeks"):
        order.pop(key)
    money = (
        make.scenario()["finance"]
        | {"inflation_per_y": 0.0, "life_it_years": 5.0, "tax_rate": 0.25}
        | finance
    )
    place = make.standing_site(phases=[make.standing_hall(deployments=[order])])
    price = {"id": "a", "on": make.START, "amount": 5.0, "currency": "EUR", "price_year": 2025}
    sold = {
        "prices": [price],
        "reserved_share": 1.0,
        "reserved_discount": 0.0,
        "sold_share": 0.0,
        "trend_per_y": 0.0,
    }
    return simulate(loads(make.scenario(place, horizon_years=years, finance=money, revenue=sold)))


def by_year(projection, name):
    flow = projection.cash_flow
    return flow.groupby(flow["month"].astype(str).str[:4])[name].sum().to_numpy()


def test_a_factor_of_the_life_or_more_writes_all_off_in_the_first_year():
    cost = by_year(bought(declining_factor_it=4.99), "depreciation_eur").sum()
    for factor in (5.0, 6.0, 40.0):
        assert by_year(bought(declining_factor_it=factor), "depreciation_eur")[0] == pytest.approx(
            cost, rel=1e-9
        )
    assert [float(written_off(1.0, life_y=2.0, factor=f)) for f in (2.0, 3.0)] == [1.0, 1.0]
    assert float(written_off(0.0, life_y=2.0, factor=2.0)) == 0.0
    assert float(written_off(0.5, life_y=1.5, factor=1.5)) == 1.0


def test_macrs_by_name_and_a_bonus():
    cost = by_year(bought(), "depreciation_eur").sum()
    five = np.array([0.2, 0.32, 0.192, 0.1152, 0.1152, 0.0576, 0, 0])
    assert by_year(bought(tax_table_it="macrs-5"), "depreciation_eur") == pytest.approx(cost * five, rel=1e-9)
    some = by_year(bought(tax_table_it="macrs-5", bonus_share_it=0.4), "depreciation_eur")
    assert some == pytest.approx(cost * (0.6 * five + 0.4 * np.eye(8)[0]), rel=1e-9)
    # a fiscal year from October: its first ends in September
    autumn = by_year(bought(tax_table_it="macrs-5", fiscal_year_starts=10), "depreciation_eur")
    assert autumn[0] == pytest.approx(cost * (0.2 + 0.32 * 92 / 365), rel=1e-3)
    with pytest.raises(ScenarioError, match=r"unknown table of tax depreciation; did you mean macrs-7\?"):
        bought(tax_table_it="macrs-6")


def test_tables_sum_to_all_and_need_their_years():
    catalog = load_catalog()
    for name in catalog.names("tax_depreciation"):
        values = catalog.entry("tax_depreciation", name).values
        assert sum(v.value for key, v in values.items() if key.startswith("year_")) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="needs the tax years"):
        written_off_by_table([0.0], 50.0, [0.0, 100.0], [0.5, 0.5])


def test_tax_falls_due_with_the_fiscal_year():
    flow = bought(fiscal_year_starts=7).cash_flow
    due = flow[flow["tax_eur"] > 0]["month"].astype(str).str[5:7].unique().tolist()
    assert "06" in due
    # and at the end of the horizon
    assert set(due) <= {"06", "12"}


def test_carbon_has_a_price_by_the_tonne():
    items = [
        {
            "id": basis,
            "category": "opex",
            "basis": basis,
            "amount": 80.0,
            "currency": "EUR",
            "price_year": 2025,
        }
        for basis in ("per_tco2e", "per_tco2_market", "per_tco2_fuel")
    ]
    engine = {"power_mw": 5.0, "fuel": "diesel", "test_hours_per_y": 100.0}
    p = simulate(loads(make.scenario(make.standing_site(generation=engine), costs={"items": items})))
    for item, series in (
        ("per_tco2e", "carbon_t"),
        ("per_tco2_market", "carbon_market_t"),
        ("per_tco2_fuel", "carbon_fuel_t"),
    ):
        booked = p.ledger[p.ledger["item"] == item]["amount_eur"].sum()
        assert booked == pytest.approx(80.0 * float(p.monthly[series].sum())), item
        assert booked > 0


def test_a_double_root_and_two_roots_within_a_step_are_found():
    assert irr([-100, 220, -121]) == pytest.approx(0.1, abs=1e-6)
    assert irrs([-100, 230, -132]) == pytest.approx([0.1, 0.2])
    near = irrs([-100.0, 100 * (1.10 + 1.11), -100 * 1.10 * 1.11])
    assert near == pytest.approx([0.10, 0.11], abs=1e-6)
    assert irrs([-100, 60, 60]) == pytest.approx([0.130662], abs=1e-6)
    assert irrs([100, 1, 1]) == []
    # income alone has no rate, though that of 200 years ahead is worth nothing at the highest one
    assert irrs([0.0, 1.0], times_y=[0.0, 200.0]) == []
    # at -90 %, where the last flow is worth ten billion times the first
    assert irrs([1e10, -2e5, 1.0], times_y=[0, 5, 10]) == pytest.approx([-0.9])
    assert irrs([1e10, -1.99e5, 1.0], times_y=[0, 5, 10]) == []
    # nearly, and not: no rate balances them
    assert np.isnan(irr([-100, 219, -121]))


def test_several_rates_are_said():
    facts = SimpleNamespace(several_rates={"irr_real": [0.1, 0.2]})
    (said,) = several_rates(SimpleNamespace(facts=facts))
    assert said.text.startswith("irr_real has 2 values, 10.0%, 20.0%")
    assert said.numbers == {"rates": 2.0, "shown": 0.1}


@pytest.mark.parametrize("of", ["it", "facility"])
def test_a_table_and_a_factor_are_not_given_together(of):
    rule = rf"declining_factor_{of}: must not be given together with tax_table_{of}, which takes its place"
    for factor in (1.0, 2.0):
        with pytest.raises(ScenarioError, match=rule):
            bought(**{f"tax_table_{of}": "macrs-5", f"declining_factor_{of}": factor})
    # taken out, or of the other assets, it is in nobody's way
    other = {"it": "facility", "facility": "it"}[of]
    bought(**{f"tax_table_{of}": "macrs-5", f"declining_factor_{of}": None, f"declining_factor_{other}": 2.0})


def test_an_own_table_writes_off_all(tmp_path):
    table = tmp_path / "tax.csv"
    base = loads(make.scenario(make.standing_site()))
    for third, is_whole in ((0.3, True), (0.2, False)):
        table.write_text(f"name,title,year_1,year_2,year_3\nmine,Mine,0.4,0.3,{third}\n", "utf-8")
        changes = {"catalog": {"tax_depreciation": str(table)}, "finance.tax_table_it": "mine"}
        if is_whole:
            assert base.override(changes).finance.tax_table_it == "mine"
            continue
        with pytest.raises(
            ScenarioError, match=r"tax_table_it: its years must sum to 1 \(sum 0\.9\) \(got mine\)"
        ):
            base.override(changes)


def test_returns_discount_from_the_middle_of_each_month_by_hand():
    """What is bought is the outlay, and what is left of it at the end comes back to the owners."""
    loan = {"id": "bank", "of": "it", "share": 0.5, "rate_nominal_per_y": 0.05, "term_years": 5.0}
    result = bought(years=3, debts=[loan]).run
    said = statements(result.scenario, result.ledger)
    found = returns(result.scenario, result.ledger, said)
    flows = result.ledger.total("revenue") - result.ledger.total("capex", "opex", "opening", "residual")
    middle_y = [(month + 0.5) / 12.0 for month in range(36)]
    by_hand = sum(flow * 1.065**-year for flow, year in zip(flows, middle_y, strict=True))
    assert by_hand != 0.0
    assert found["npv"] == pytest.approx(by_hand, rel=1e-9)
    owners = said.flows["distributed"] - said.flows["equity_called"]
    value = sum(
        flow * (1.0 + found["irr_equity_nominal"]) ** -year
        for flow, year in zip(owners, middle_y, strict=True)
    )
    kept, owed = said.balance["fixed_assets"][35], said.balance["debt"][35]
    value += (kept - owed) * (1.0 + found["irr_equity_nominal"]) ** -middle_y[35]
    assert kept > owed > 0.0
    assert value == pytest.approx(0.0, abs=1e-3)


def test_several_rates_are_found_where_revenue_comes_in_some_months_only():
    """Flows of -100, 230 and -132 a year apart have the rates of 10 and 20 %."""
    flows = np.zeros(36)
    flows[[0, 12, 24]] = -100.0, 230.0, -132.0
    totals = {"revenue": np.maximum(flows, 0.0), "capex": np.maximum(-flows, 0.0)}
    ledger = SimpleNamespace(total=lambda *names: sum(totals.get(name, np.zeros(36)) for name in names))
    none = np.zeros(36)
    owners = SimpleNamespace(
        flows={"distributed": none, "equity_called": none},
        balance={"fixed_assets": none, "debt": none},
        opening_equity=0.0,
    )
    scenario = SimpleNamespace(calendar=SimpleNamespace(n_months=36))
    assert rates_by_figure(scenario, ledger, owners) == {"irr_real": pytest.approx([0.1, 0.2])}
