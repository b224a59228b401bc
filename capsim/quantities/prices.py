"""The one place for prices of what is built and bought: the build-out commits them, the ledger books them.

A price is that of the day of the order: the cost item's amount in the scenario's money, carried there
by the real trend of its asset class.
"""

from __future__ import annotations

from collections.abc import Iterator

from capsim.quantities.money import in_scenario_money, price_trend
from capsim.scenario.costs import OF_FACILITY, PER_GRID_MW, PER_MW, applies
from capsim.scenario.records.schema import CostItem, Deployment, GridStep, Phase, Scenario, Site

OF_PRICE = "per_system_price"
PER_SYSTEM = {"per_accelerator": "accelerator_count", "per_rack": "rack_count"}
"""Bases per part of a system, and what counts the parts."""


def is_facility(item: CostItem) -> bool:
    """Whether an item is part of the facility that others are a share of."""
    return item.basis == PER_MW and item.asset_class in {None, "facility"}


def facility_price(scenario: Scenario, site: Site, phase: Phase, day_d: float) -> float:
    """Price of a phase's building and plant, ordered on a day. [scenario currency]"""
    parts = [item for item in scenario.costs.items if is_facility(item) and applies(item, site.country)]
    price = sum(_amount(scenario, i, "facility", day_d) for i in _capex(scenario, PER_MW, site.country))
    for share in _capex(scenario, OF_FACILITY, site.country):
        own = share.asset_class or "facility"
        price += share.amount * sum(
            _in_money(scenario, part) * price_trend(scenario, own, part.price_year, day_d) for part in parts
        )
    return phase.critical_it_mw * price


def grid_price(scenario: Scenario, site: Site, step: GridStep, day_d: float) -> float:
    """Price of a step of a grid connection, applied for on a day; the owner's, where all phases are leased.

    [scenario currency]
    """
    if site.phases and all(phase.tenure == "lease" for phase in site.phases):
        return 0.0
    items = _capex(scenario, PER_GRID_MW, site.country)
    return step.grid_mw * sum(_amount(scenario, item, "facility", day_d) for item in items)


def system_price(
    scenario: Scenario, site: Site, order: Deployment, day_d: float, *, is_successor: bool = False
) -> float:
    """Price of one system of a deployment with what goes with it, ordered on a day. [scenario currency]"""
    name, usd, year = order.system, order.system_price_usd, order.system_price_year
    if is_successor and order.refresh is not None and order.refresh.system is not None:
        name, usd = order.refresh.system, order.refresh.system_price_usd or 0.0
        year = order.refresh.system_price_year or year
    own = in_scenario_money(scenario, usd, "USD", year)
    price = own * price_trend(scenario, "it", year, day_d)
    for item in _capex(scenario, OF_PRICE, site.country):
        price += item.amount * own * price_trend(scenario, item.asset_class or "it", year, day_d)
    for basis, counted in PER_SYSTEM.items():
        number = scenario.catalog.entry("systems", name).number(counted)
        price += number * sum(
            _amount(scenario, i, "it", day_d) for i in _capex(scenario, basis, site.country)
        )
    return price


def _capex(scenario: Scenario, basis: str, country: str) -> Iterator[CostItem]:
    """Capex items of a basis that apply in a country."""
    return (
        item
        for item in scenario.costs.items
        if item.category == "capex" and item.basis == basis and applies(item, country)
    )


def _amount(scenario: Scenario, item: CostItem, asset_class: str, day_d: float) -> float:
    """Amount of an item on a day, with the trend of its own class or of the basis's. [currency per unit]"""
    trend = price_trend(scenario, item.asset_class or asset_class, item.price_year, day_d)
    return _in_money(scenario, item) * trend


def _in_money(scenario: Scenario, item: CostItem) -> float:
    return in_scenario_money(scenario, item.amount, item.currency, item.price_year)
