"""Amounts between currencies and price years, real rates and trends: by hand."""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.errors import CatalogError
from capsim.quantities import exchange_rates, in_scenario_money, price_level, price_trend, wacc_real
from capsim.scenario import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
FX = {"id": "usd", "currency": "USD", "per_unit": 0.8, "dated": date(2025, 7, 1)}
CURRENCY = {"code": "EUR", "price_year": 2025, "fx": [FX]}


def scenario(**finance):
    terms = {"inflation_per_y": 0.1, "price_trend_years": 5.0}
    return loads(make.scenario(make.site(), currency=CURRENCY, finance=terms | finance))


def test_amounts_are_carried_by_inflation_and_then_converted():
    made = scenario()
    assert in_scenario_money(made, 100.0, "EUR", 2025) == 100.0
    assert in_scenario_money(made, 100.0, "EUR", 2023) == pytest.approx(121.0)
    assert in_scenario_money(made, 100.0, "USD", 2025) == pytest.approx(80.0)
    assert in_scenario_money(made, 110.0, "USD", 2026) == pytest.approx(80.0)


def test_a_rate_that_is_not_there_is_named():
    with pytest.raises(CatalogError, match="no exchange rate from JPY to EUR"):
        in_scenario_money(scenario(), 1.0, "JPY", 2025)


def test_rates_are_those_of_the_scenario():
    assert exchange_rates(scenario()) == {"USD": 0.8}


def test_real_money_becomes_nominal_from_the_middle_of_the_price_year():
    level = price_level(scenario())
    # January 2026 is half a year after the middle of 2025
    assert level[0] == pytest.approx(1.1 ** (199.5 / 365.25), rel=1e-4)
    assert level[12] / level[0] == pytest.approx(1.1, rel=1e-3)


def test_a_nominal_rate_is_made_real():
    assert wacc_real(scenario(wacc_real=0.06)) == 0.06
    assert wacc_real(scenario(wacc_nominal=0.21)) == pytest.approx(0.1)


def test_prices_follow_the_trend_of_their_class_and_stop():
    made = scenario(construction_inflation_per_y=0.21, system_price_trend_per_y=-0.1)
    start_d = made.calendar.day_of(date(2026, 7, 1))
    two_years_d = made.calendar.day_of(date(2028, 7, 1))
    # (0.21 - 0.1) / 1.1 = 0.1 a year
    assert price_trend(made, "facility", 2026, two_years_d) == pytest.approx(1.21, rel=1e-3)
    assert price_trend(made, "it", 2026, two_years_d) == pytest.approx(0.81, rel=1e-3)
    assert price_trend(made, "land", 2026, two_years_d) == 1.0
    assert price_trend(made, "it", 2026, start_d - 100.0) == 1.0
    assert price_trend(made, "it", 2020, two_years_d) == pytest.approx(0.9**5)
