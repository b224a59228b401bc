"""Bases, revenue, leases, trends, financing and delay of one hall, by hand.

Tests `ledger.delay`, `ledger.financial_statements`, `ledger.levelised`, `ledger.opex`,
`ledger.rates_of_return`, `ledger.revenue`, `quantities.money`, `quantities.prices`.
"""

import math
import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.catalog import load_catalog
from capsim.errors import ScenarioError
from capsim.ledger import delays, returns, statements
from capsim.ledger.revenue import price_path
from capsim.pipeline import run
from capsim.quantities.money import price_level, price_trend, wacc_real
from capsim.scenario.costs import applies
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
MONTH_D, YEAR_D = 365.25 / 12, 365.25
FLAT = {
    "wacc_real": 0.065,
    "inflation_per_y": 0.02,
    "construction_inflation_per_y": 0.02,
    "system_price_trend_per_y": 0.0,
}


def item(name, basis, amount, category="capex", **more):
    return {"id": name, "basis": basis, "amount": amount, "category": category, **more}


def booked(*places, items=(), **changes):
    return run(loads(make.scenario(*places, costs={"items": list(items)}, **changes)))


def total(result, name, category="capex"):
    return result.ledger.total(category, item=name).sum()


def test_capex_bases_count_racks_site_mw_and_lumps():
    items = [
        item("cabling", "per_rack", 1000.0),
        item("land", "per_site_mw", 50e3, asset_class="land"),
        item("study", "lump", 7e6, due_on=date(2026, 6, 15)),
    ]
    result = booked(make.site(), items=items)
    assert total(result, "cabling") == pytest.approx(100_000)
    assert total(result, "land") == pytest.approx(16 * 50e3)
    assert total(result, "land", "residual") == pytest.approx(-16 * 50e3), "land keeps its value"
    assert np.flatnonzero(result.ledger.total("capex", item="study")).tolist() == [5]


def test_an_item_is_for_its_countries_only():
    items = [item("f", "per_critical_it_mw", 1e6, countries=["fra"]), item("s", "per_facility_cost", 0.5)]
    items.append(item("g", "per_critical_it_mw", 2e6, countries=["pol"]))
    place = {"country": "pol", "id": "b"}
    result = booked(make.site(), make.site(**place), items=items)
    sums = {}
    for line, amounts in zip(result.ledger.lines, result.ledger.amounts, strict=True):
        if line.category == "capex" and line.item in {"f", "g", "s"}:
            sums[line.site, line.item] = amounts.sum()
    expected = {("a", "f"): 16e6, ("a", "s"): 8e6, ("b", "g"): 32e6, ("b", "s"): 16e6}
    assert sums == pytest.approx(expected)


def test_opex_bases_by_hand():
    items = [
        item("floor", "per_site_year", 1e6, "opex"),
        item("capacity", "per_grid_mw_year", 1000.0, "opex"),
        item("demand", "per_peak_mw_month", 10.0, "opex"),
        item("hall", "per_critical_it_mw", 1e6),
        item("upkeep", "per_installed_facility_year", 0.1, "opex"),
        item("support", "per_installed_it_year", 0.1, "opex"),
        item("insurance", "per_installed_year", 0.01, "opex"),
    ]
    result = booked(make.standing_site(), items=items)
    years = 730 / YEAR_D
    racks = 100 * 4_000_000 / 1.02 * 0.8
    assert total(result, "floor", "opex") == pytest.approx(1e6 * years)
    assert total(result, "capacity", "opex") == pytest.approx(40e3 * years)
    assert total(result, "demand", "opex") == pytest.approx(
        10 * result.operations.monthly["facility_peak_mw"].sum()
    )
    assert total(result, "upkeep", "opex") == pytest.approx(1.6e6 * years)
    assert total(result, "support", "opex") == pytest.approx(0.1 * racks * years)
    assert total(result, "insurance", "opex") == pytest.approx(0.01 * (16e6 + racks) * years)


def test_a_leased_hall_pays_rent_and_builds_nothing():
    items = [item("hall", "per_critical_it_mw", 1e6), item("rent", "per_leased_kw_month", 100.0, "opex")]
    items += [item("grid", "per_grid_mw", 1e5), item("land", "per_site", 1e6)]
    leased = booked(make.site(make.hall(tenure="lease")), items=items)
    assert {line.item for line in leased.ledger.lines if line.category == "capex"} == {"systems"}
    ready_d = 7 * MONTH_D
    august = (243 - ready_d) / 31
    assert leased.ledger.total("opex", item="rent")[6:9] == pytest.approx(1.6e6 * np.array([0, august, 1]))
    owned = booked(make.site(), items=items)
    assert not owned.ledger.total("opex", item="rent").any()


def test_prices_of_plant_rise_from_the_price_year_to_the_order_and_no_further_than_the_trend_lasts():
    finance = {"inflation_per_y": 0.02, "construction_inflation_per_y": 0.05, "price_trend_years": 3.0}
    scenario = loads(make.scenario(finance=finance | {"system_price_trend_per_y": -0.1}))
    two_years_d = (date(2027, 7, 1) - make.START).days
    real = 1.05 / 1.02
    assert price_trend(scenario, "facility", 2025, two_years_d) == pytest.approx(real**2, rel=1e-3)
    assert price_trend(scenario, "it", 2025, two_years_d) == pytest.approx(0.9**2, rel=1e-3)
    assert price_trend(scenario, "facility", 2025, 9999.0) == pytest.approx(real**3)
    assert price_trend(scenario, "facility", 2025, -9999.0) == 1.0
    assert price_trend(scenario, "land", 2025, two_years_d) == 1.0


def test_nominal_is_real_in_the_middle_of_the_price_year():
    level = price_level(loads(make.scenario(start=date(2025, 1, 1))))
    assert level[5] < 1.0 < level[6]
    assert level[18] / level[6] == pytest.approx(1.02, rel=1e-3)
    assert wacc_real(
        loads(make.scenario(finance={"wacc_nominal": 0.0863, "inflation_per_y": 0.02}))
    ) == pytest.approx(0.065)


def test_the_published_rental_path_is_a_v():
    money = {"code": "USD", "price_year": 2025}
    start = {"start": date(2023, 1, 1), "horizon_years": 5, "currency": money}
    scenario = loads(
        make.scenario(make.standing_site(), revenue={"preset": "h100-rental", "trend_per_y": 0.0}, **start)
    )
    path = price_path(scenario, scenario.revenue)
    month = {m.isoformat()[:7]: p for m, p in zip(scenario.calendar.months, path, strict=True)}
    assert month["2023-01"] == pytest.approx(8.0 * 1.02**2)
    assert min(month, key=month.get) in {"2025-09", "2025-10"}
    assert month["2025-10"] == pytest.approx(1.70, abs=0.1)
    assert month["2027-12"] == pytest.approx(2.60 / 1.02)


def test_hours_sold_by_hand():
    path = [{"id": "flat", "on": date(2025, 7, 1), "amount": 2.0, "currency": "EUR"}]
    sold = {
        "prices": path,
        "trend_per_y": 0.0,
        "reserved_share": 0.25,
        "reserved_discount": 0.2,
        "sold_share": 0.5,
    }
    use = {"allocation": 0.8, "busy_share": 1.0, "power_utilisation": 1.0}
    result = booked(make.standing_site(), revenue=sold | {"per": "accelerator_h"}, workload=use)
    hours = 7200 * 730 * 24
    assert total(result, "reserved-hours", "revenue") == pytest.approx(0.25 * hours * 1.6)
    assert total(result, "on-demand-hours", "revenue") == pytest.approx(0.75 * 0.5 * 0.8 * hours * 2.0)
    per_h100e = booked(make.standing_site(), revenue=sold, workload=use)
    ratio = result.operations.monthly["h100e_h"].sum() / result.operations.monthly["accelerator_h"].sum()
    both = [r.ledger.total("revenue").sum() for r in (result, per_h100e)]
    assert both[1] == pytest.approx(ratio * both[0])


def test_tenants_pay_rent_by_the_kw_and_their_energy():
    tenant = {"id": "t", "system": "hosted-it-100kw", "systems": 50, "in_service_on": date(2025, 2, 1)}
    place = make.standing_site(phases=[make.standing_hall(deployments=[tenant])])
    rent = {"amount_per_kw_month": 100.0, "currency": "EUR", "energy_share": 0.5}
    result = booked(place, revenue={"rent": rent})
    assert result.ledger.total("revenue", item="rent") == pytest.approx(np.full(24, 5000 * 100.0))
    energy = result.ledger.total("opex", item="energy")
    assert result.ledger.total("revenue", item="tenants-energy") == pytest.approx(0.5 * energy)


def test_interest_during_construction_is_capitalised_and_the_loan_repaid():
    rate = 1.01**12 - 1
    debt = {"id": "bank", "of": "facility", "share": 0.5, "rate_nominal_per_y": rate, "term_years": 1.0}
    shares = {"order_share": 1.0, "delivery_share": 0.0}
    finance = FLAT | {"inflation_per_y": 0.0, "construction_inflation_per_y": 0.0, "debts": [debt]}
    result = booked(
        make.site(make.hall(deployments=[])),
        items=[item("hall", "per_critical_it_mw", 1e6, **shares)],
        finance=finance,
    )
    f = statements(result.scenario, result.ledger).flows
    # drawn in March, ready for service in August: five months of interest are added
    assert np.flatnonzero(f["debt_drawn"]).tolist() == [2]
    assert f["debt_drawn"].sum() == pytest.approx(8e6)
    assert f["interest_capitalised"].sum() == pytest.approx(8e6 * (1.01**5 - 1))
    assert f["debt_repaid"].sum() == pytest.approx(8e6 * 1.01**5)
    assert np.flatnonzero(f["debt_repaid"]).tolist() == list(range(8, 20))
    payment = (f["debt_repaid"] + f["interest_paid"])[8:20]
    assert payment == pytest.approx(np.full(12, 8e6 * 1.01**5 * 0.01 / (1 - 1.01**-12)))


def test_a_loan_for_systems_lends_nothing_to_a_hall_without_any():
    debt = {"id": "bank", "of": "it", "share": 0.5, "rate_nominal_per_y": 0.05, "term_years": 1.0}
    result = booked(
        make.site(make.hall(deployments=[])),
        items=[item("hall", "per_critical_it_mw", 1e6)],
        finance=FLAT | {"debts": [debt]},
    )
    f = statements(result.scenario, result.ledger).flows
    assert not any(f[name].any() for name in ("debt_drawn", "interest_paid", "debt_repaid"))


def test_what_a_delay_costs_by_hand():
    finance = FLAT | {"life_it_years": 5.0, "life_facility_years": 20.0}
    result = booked(make.site(), items=[item("hall", "per_critical_it_mw", 1e6)], finance=finance)
    (found,) = delays(result.scenario, result.timeline, result.ledger)
    racks = 100 * 4_000_000 / 1.02 * 0.8
    assert found.idle_systems == pytest.approx(racks / 60)
    assert found.interest_on_systems == pytest.approx(racks * 0.065 / 12)
    assert found.stranded_plant == pytest.approx(16e6 * 0.065 / (1 - 1.065**-20) / 12)


def test_a_month_of_a_leased_hall_costs_its_rent_by_hand():
    """16,000 kW at EUR 100 a month is EUR 1.6 m; the rent of another country does not count."""
    rents = [
        item("rent", "per_leased_kw_month", 100.0, category="opex", countries=["fra"]),
        item("other", "per_leased_kw_month", 60.0, category="opex", countries=["deu"]),
    ]
    hall = make.hall(deployments=[], tenure="lease")
    result = booked(make.site(hall), items=rents)
    (found,) = delays(result.scenario, result.timeline, result.ledger)
    assert found[2:] == (0.0, 0.0, 0.0, pytest.approx(1.6e6))
    assert found.total == pytest.approx(1.6e6)
    monthly = result.ledger.total("opex", item="rent")
    assert monthly[-1] == pytest.approx(1.6e6), "as the ledger books a whole month"


def test_returns_need_revenue_and_peak_funding_is_the_deepest_point():
    result = booked(make.site(), items=[])
    figures = returns(result.scenario, result.ledger, statements(result.scenario, result.ledger))
    assert all(math.isnan(figures[name]) for name in ("npv", "irr_real", "payback_y", "irr_equity_nominal"))
    assert figures["peak_funding"] == pytest.approx(result.ledger.total("capex", "opex").sum())
    path = [{"id": "dear", "on": date(2025, 7, 1), "amount": 90.0, "currency": "EUR"}]
    rich = booked(make.site(), items=[], revenue={"prices": path, "trend_per_y": 0.0})
    figures = returns(rich.scenario, rich.ledger, statements(rich.scenario, rich.ledger))
    assert figures["npv"] > 0
    assert figures["irr_real"] > 0.065
    assert 0 < figures["payback_y"] < 2
    cash = np.cumsum(rich.ledger.total("revenue") - rich.ledger.total("capex", "opex"))
    assert figures["peak_funding"] == pytest.approx(-cash.min())


def test_no_shipped_preset_counts_anything_twice():
    catalog = load_catalog()
    for preset in catalog.names("cost_presets"):
        scenario = loads(make.scenario(costs={"preset": preset}))
        for country in ("fra", "pol", "hun", "usa"):
            site = scenario.sites[0].model_copy(update={"country": country})
            words = [word for item in scenario.costs.items if applies(item, site) for word in item.contains]
            assert words, preset
            assert sorted(words) == sorted(set(words)), preset


WRONG = [
    (
        {
            "costs": {
                "items": [
                    item("a", "lump", 1.0, contains=["roof"]),
                    item("b", "lump", 1.0, contains=["roof"]),
                ]
            }
        },
        "roof is already contained in a",
    ),
    (
        {"costs": {"items": [item("a", "lump", 1.0, order_share=0.6, delivery_share=0.6)]}},
        "sum to more than 1",
    ),
    ({"costs": {"systems_order_share": 0.9}}, "must not sum to more than 1 \\(sum 1.6\\)"),
    ({"finance": {"owners": [{"id": "x", "share": 0.6}]}}, "shares must sum to 1"),
    ({"finance": {"wacc_nominal": 0.08, "wacc_real": 0.06}}, "must not be given together with wacc_real"),
    (
        {"finance": {"debts": [{"id": "d", "preset": "gpu-laon"}]}},
        "unknown debt preset; did you mean gpu-loan",
    ),
    (
        {"finance": {"debts": [{"id": "d", "preset": "gpu-loan", "repayment": "anuity"}]}},
        "did you mean annuity",
    ),
    (
        {"finance": {"debts": [{"id": "d", "preset": "gpu-loan"}], "grants": [{"id": "g", "share": 0.5}]}},
        "must not pay more than all",
    ),
    ({"revenue": {}}, "needs a preset or prices, or rent"),
    ({"revenue": {"preset": "h100-rentals"}}, "did you mean h100-rental"),
    (
        {"revenue": {"prices": [{"id": "a", "on": date(2026, 1, 1), "amount": 1.0, "currency": "GBP"}]}},
        "no exchange rate to EUR",
    ),
]


@pytest.mark.parametrize(("changes", "rule"), WRONG)
def test_what_does_not_add_up_is_refused(changes, rule):
    with pytest.raises(ScenarioError, match=rule):
        loads(make.scenario(**changes))
