"""The one place where amounts change currency and price year."""

from __future__ import annotations

from datetime import date

from capsim.catalog import Catalog
from capsim.errors import CatalogError
from capsim.registry import did_you_mean
from capsim.scenario.schema import Scenario
from capsim.units import MONTHS_PER_YEAR


def in_scenario_money(scenario: Scenario, amount: float, currency: str, price_year: int) -> float:
    """Amount in the scenario's currency and price year.

    Carried between price years by the scenario's inflation, then converted at the scenario's dated
    rate, or the catalogue's rate nearest to the middle of the price year. [scenario currency]
    """
    years = scenario.currency.price_year - price_year
    return amount * (1.0 + scenario.finance.inflation_per_y) ** years * fx_rate(scenario, currency)


def fx_rate(scenario: Scenario, currency: str) -> float:
    """Units of the scenario's currency for one unit of another.

    Raises
    ------
    CatalogError
        If neither the scenario nor the catalogue has a rate.
    """
    if currency == scenario.currency.code:
        return 1.0
    for rate in scenario.currency.fx:
        if rate.currency == currency:
            return rate.per_unit
    usd_per_eur = catalog_usd_per_eur(scenario.catalog, scenario.currency.price_year)
    known = {("USD", "EUR"): 1.0 / usd_per_eur, ("EUR", "USD"): usd_per_eur}
    if (currency, scenario.currency.code) not in known:
        hint = did_you_mean(currency, ["USD", "EUR"])
        raise CatalogError(f"no exchange rate from {currency} to {scenario.currency.code}{hint}")
    return known[currency, scenario.currency.code]


def catalog_usd_per_eur(catalog: Catalog, price_year: int) -> float:
    """The catalogue's rate nearest to the middle of a year. [USD/EUR]"""
    middle = date(price_year, 7, 1)

    def distance(name: str) -> int:
        year, _, month = name.partition("-")
        return abs((date(int(year), int(month or MONTHS_PER_YEAR // 2 + 1), 1) - middle).days)

    nearest = min(catalog.names("fx"), key=distance)
    return catalog.entry("fx", nearest).number("usd_per_eur")
