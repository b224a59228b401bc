"""Exchange rates of a scenario: filled in with date and source, never over its own."""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.catalog import load_catalog
from capsim.quantities.money import exchange_rates, in_scenario_money
from capsim.scenario.loading import loads
from capsim.scenario.resolved_values import explain

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[3] / "portfolios.py")))


def loaded(code, year, **currency):
    return loads(make.scenario(currency={"code": code, "price_year": year, **currency}))


# means of the ECB's daily reference rates, and of 2026-07-17 for what is not over
@pytest.mark.parametrize(("year", "rate"), [(2023, 1.0813), (2024, 1.0824), (2025, 1.13), (2026, 1.1435)])
def test_the_rate_of_the_price_year_is_filled_in_with_its_source(year, rate):
    rows = {row.path: row for row in explain(loaded("EUR", year), "currency.fx.usd")}
    assert float(rows["currency.fx.usd.per_unit"].value) == pytest.approx(1 / rate, rel=1e-12)
    assert rows["currency.fx.usd.dated"].value == f"{year}-07-01"
    assert "ECB" in rows["currency.fx.usd.per_unit"].source
    assert exchange_rates(loaded("USD", year)) == {"EUR": rate}


def test_every_shipped_rate_is_the_ecbs():
    catalog = load_catalog()
    for name in catalog.names("fx"):
        value = catalog.entry("fx", name).values["usd_per_eur"]
        assert "ECB" in value.source, name
        assert value.kind in ("published", "derived")


def test_a_rate_of_the_scenario_stays():
    own = {"id": "mine", "currency": "USD", "per_unit": 0.5, "dated": date(2020, 1, 1)}
    scenario = loaded("EUR", 2025, fx=[own])
    assert [rate.id for rate in scenario.currency.fx] == ["mine"]
    assert in_scenario_money(scenario, 100.0, "USD", 2025) == 50.0
    other = {"id": "gbp", "currency": "GBP", "per_unit": 1.2, "dated": date(2025, 1, 1)}
    assert exchange_rates(loaded("EUR", 2025, fx=[other])) == {"GBP": 1.2, "USD": pytest.approx(1 / 1.13)}


def test_a_third_currency_gets_no_rate_it_cannot_have():
    yen = {"id": "e", "currency": "EUR", "per_unit": 160.0, "dated": date(2025, 1, 1)}
    dollars = {"id": "d", "currency": "USD", "per_unit": 140.0, "dated": date(2025, 1, 1)}
    assert exchange_rates(loaded("JPY", 2025, fx=[yen, dollars])) == {"EUR": 160.0, "USD": 140.0}


def test_the_filled_rate_reloads_and_has_a_source():
    scenario = loaded("EUR", 2025)
    again = loads(scenario.resolved())
    assert again.currency == scenario.currency
    rates = [row for row in explain(scenario, "currency.fx") if row.path.endswith(("per_unit", "dated"))]
    assert rates
    assert all(row.source for row in rates)
