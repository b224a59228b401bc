"""The one place for prices of what is built and bought: the build-out commits them, the ledger books them.

What a cost item comes to for a thing is the function of its basis, applied to its amount in the scenario's
money, or to the share of a price that it is. The price of a day carries it there by the real trend of its
asset class, and the plant in it what the cooling and the redundancy of the site make of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from capsim.models.cost_bases import CAPEX_BASES, Grid, Hall, OwnedSite, Portfolio, Systems
from capsim.quantities.money import in_scenario_money, price_trend
from capsim.scenario import (
    BATTERY,
    FACILITY_BASIS,
    CostItem,
    Deployment,
    GridStep,
    Phase,
    Scenario,
    Site,
    applies,
)

CapexThing = Hall | Grid | OwnedSite | Portfolio | Systems


class Part(NamedTuple):
    """Cost before any trend, or amount per unit of a basis. [scenario currency]"""

    amount: float
    price_year: int
    """Year it is of, from which its trend runs."""


def is_facility(item: CostItem) -> bool:
    """Whether an item is part of the facility that others are a share of."""
    return item.basis == FACILITY_BASIS and item.asset_class in {None, "facility"}


def item_costs(scenario: Scenario, item: CostItem, thing: CapexThing, site: Site | None) -> Iterator[Part]:
    """What a capex item comes to for a thing at a site: one part, or one of each price it is a share of."""
    basis = CAPEX_BASES[item.basis]
    if not _is_built(item, thing):
        return
    if not basis.is_share:
        amounts = [_at_site(scenario, item, site)]
    elif isinstance(thing, Systems):
        amounts = [Part(item.amount * thing.price, thing.price_year)]
    else:
        facility = [
            i for i in scenario.costs.items if is_facility(i) and applies(i, site) and _is_built(i, thing)
        ]
        parts = [_at_site(scenario, part, site) for part in facility]
        amounts = [Part(item.amount * part.amount, part.price_year) for part in parts]
    overrun = thing.cost_overrun if isinstance(thing, Hall) else 1.0
    for amount, year in amounts:
        yield Part(overrun * basis(amount, thing), year)


def battery_price(scenario: Scenario, site: Site) -> Part:
    """Price of a battery of a site, for its power and its energy."""
    battery = site.battery
    if battery is None or any(BATTERY in i.contains and applies(i, site) for i in scenario.costs.items):
        return Part(0.0, scenario.currency.price_year)
    amount = battery.cost_per_mw * battery.power_mw + battery.cost_per_mwh * battery.energy_mwh
    money = in_scenario_money(scenario, amount, battery.currency, battery.price_year)
    return Part(money, battery.price_year)


def _is_built(item: CostItem, thing: CapexThing) -> bool:
    """Whether what is built for a hall is what an item is for."""
    return item.works is None or not isinstance(thing, Hall) or item.works == thing.works


def facility_price(scenario: Scenario, site: Site, phase: Phase, day_d: float) -> float:
    """Price of a phase's building and plant, ordered on a day. [scenario currency]"""
    hall = Hall(phase.critical_it_mw, phase.cost_overrun, phase.works)
    return _price(scenario, hall, site, day_d)


def grid_price(scenario: Scenario, site: Site, step: GridStep, day_d: float) -> float:
    """Price of a step of a grid connection, applied for on a day; nothing where it is the owner's.

    [scenario currency]
    """
    return 0.0 if site.is_leased else _price(scenario, Grid(step.grid_mw), site, day_d)


def system_price(
    scenario: Scenario, site: Site, order: Deployment, day_d: float, *, is_successor: bool = False
) -> float:
    """Price of one system of a deployment with what goes with it, ordered on a day. [scenario currency]"""
    refresh = order.refresh if is_successor else None
    name = order.system if refresh is None or refresh.system is None else refresh.system
    of_itself = price_of_one(scenario, order, is_successor=is_successor)
    trend = price_trend(scenario, Systems.asset_class, of_itself.price_year, day_d)
    one = ordered_systems(scenario, name, 1.0, of_itself)
    return of_itself.amount * trend + _price(scenario, one, site, day_d)


def price_of_one(scenario: Scenario, order: Deployment, *, is_successor: bool) -> Part:
    """Price of one system of a deployment itself, or of one that takes its place after a refresh."""
    usd, year, refresh = order.system_price_usd, order.system_price_year, order.refresh
    launched_on = order.launched_on
    if is_successor and refresh is not None and refresh.system is not None:
        usd, year = refresh.system_price_usd or 0.0, refresh.system_price_year or year
        launched_on = refresh.launched_on
    # what is announced keeps its price until its launch
    trend_from = year if launched_on is None else max(year, launched_on.year)
    return Part(in_scenario_money(scenario, usd, "USD", year), trend_from)


def ordered_systems(scenario: Scenario, system: str, number: float, price: Part) -> Systems:
    """Systems of one kind that are ordered together, at the price of one."""
    about = scenario.catalog.entry("systems", system)
    accelerators, racks = about.number("accelerator_count"), about.number("rack_count")
    return Systems(number, accelerators * number, racks * number, price.amount, price.price_year)


def _price(scenario: Scenario, thing: CapexThing, site: Site, day_d: float) -> float:
    """Price on a day of all that is counted per a thing. [scenario currency]"""
    return sum(
        part.amount * price_trend(scenario, item.asset_class or thing.asset_class, part.price_year, day_d)
        for item in scenario.costs.items
        if item.category == "capex" and CAPEX_BASES[item.basis].per is type(thing) and applies(item, site)
        for part in item_costs(scenario, item, thing, site)
    )


def _at_site(scenario: Scenario, item: CostItem, site: Site | None) -> Part:
    """Amount of an item in the scenario's money, for the plant of a site. [scenario currency per unit]"""
    amount = in_scenario_money(scenario, item.amount, item.currency, item.price_year)
    return Part(amount * (1.0 if site is None else plant_factor(item, site)), item.price_year)


def plant_factor(item: CostItem, site: Site) -> float:
    """What the cooling and the redundancy of a site make of an item's amount: its plant gets dearer. [1]"""
    chain, cooling = site.electrical, site.cooling
    mechanical = cooling.cost_factor * chain.mechanical_cost_factor
    return (
        1.0 + item.electrical_share * (chain.cost_factor - 1.0) + item.mechanical_share * (mechanical - 1.0)
    )
