"""The one place where amounts change currency and price year, and real money becomes nominal."""

from __future__ import annotations

from datetime import date

import numpy as np

from capsim.errors import CatalogError
from capsim.models.finance import real_rate
from capsim.registry import did_you_mean
from capsim.scenario import Scenario
from capsim.units import DAYS_PER_YEAR, Array

MIDDLE_OF_YEAR = (7, 1)
"""Month and day that a price year stands for."""


def in_scenario_money(scenario: Scenario, amount: float, currency: str, price_year: int) -> float:
    """Amount in the scenario's currency and price year.

    Carried between price years by the scenario's inflation, then converted at the scenario's dated
    rate; between euro and dollar that of the catalogue nearest to the middle of the scenario's price
    year, where the scenario gives none. [scenario currency]
    """
    years = scenario.currency.price_year - price_year
    return amount * (1.0 + scenario.finance.inflation_per_y) ** years * fx_rate(scenario, currency)


def fx_rate(scenario: Scenario, currency: str) -> float:
    """Units of the scenario's currency for one unit of another.

    Raises
    ------
    CatalogError
        If there is no rate.
    """
    # its own currency has no rate
    if currency == scenario.currency.code:
        return 1.0
    for rate in scenario.currency.fx:
        if rate.currency == currency:
            return rate.per_unit
    hint = did_you_mean(currency, list(exchange_rates(scenario)))
    raise CatalogError(f"no exchange rate from {currency} to {scenario.currency.code}{hint}")


def exchange_rates(scenario: Scenario) -> dict[str, float]:
    """Units of the scenario's currency for one unit of each other it can convert, by ISO code."""
    rates = {rate.currency: rate.per_unit for rate in scenario.currency.fx}
    return dict(sorted(rates.items()))


def price_level(scenario: Scenario) -> Array:
    """Nominal money for one unit of real money in the middle of each month, shape (n_months,). [1]

    1 in the middle of the scenario's price year; the one place where real becomes nominal.
    """
    edges_d = scenario.calendar.month_start_d
    after_d = (edges_d[:-1] + edges_d[1:]) / 2 - _middle_d(scenario, scenario.currency.price_year)
    return np.asarray((1.0 + scenario.finance.inflation_per_y) ** (after_d / DAYS_PER_YEAR))


def wacc_real(scenario: Scenario) -> float:
    """Discount rate in real terms, whichever way the scenario gives it. [1/y]"""
    finance = scenario.finance
    if finance.wacc_nominal is None:
        return finance.wacc_real
    return float(real_rate(finance.wacc_nominal, finance.inflation_per_y))


def price_trend(scenario: Scenario, asset_class: str, price_year: int, ordered_d: float) -> float:
    """Real price on the day of order over that of the price year; 1 before it. [1]

    Plant follows construction inflation less inflation, systems their own trend, land neither.
    """
    finance = scenario.finance
    rate, inflation = 0.0, finance.inflation_per_y
    if asset_class == "facility":
        rate = (finance.construction_inflation_per_y - inflation) / (1.0 + inflation)
    elif asset_class == "it":
        rate = finance.system_price_trend_per_y
    years = (ordered_d - _middle_d(scenario, price_year)) / DAYS_PER_YEAR
    return float((1.0 + rate) ** min(max(years, 0.0), finance.price_trend_years))


def _middle_d(scenario: Scenario, price_year: int) -> float:
    """Middle of a price year, since the start. [d]"""
    return scenario.calendar.day_of(date(price_year, *MIDDLE_OF_YEAR))
