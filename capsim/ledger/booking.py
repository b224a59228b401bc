"""Book a build-out and its operation: lines by site, phase and item, in monthly columns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from capsim.buildout import Timeline
from capsim.ledger.assets import (
    Asset,
    Bought,
    BuiltHall,
    Things,
    built_halls,
    portfolio_bought,
    things_bought,
    value_left,
)
from capsim.ledger.instalments import Booked, Instalments, instalments
from capsim.ledger.line import Flow, Line
from capsim.ledger.opex import Running, things_running
from capsim.ledger.revenue import revenue
from capsim.models.cost_bases import CAPEX_BASES, OPEX_BASES, Portfolio, Systems
from capsim.operations import Operations
from capsim.quantities import Part, in_scenario_money, item_costs, price_trend
from capsim.scenario import CostItem, Scenario, applies
from capsim.units import Array, Calendar
from capsim.vocabulary import Category

SYSTEMS = "systems"
"""Item: the systems themselves, at their own prices."""
ENERGY = "energy"
"""Item: electricity at the meter."""
RESALE = "resale"
"""Item: what systems fetch when they leave, a negative cost."""
COSTS: tuple[Category, ...] = ("capex", "opex", "opening", "residual")
"""Categories that levelised costs count."""


@dataclass(frozen=True)
class Ledger:
    """Cash flows in the scenario's currency and price year, real terms. Costs and revenue are positive."""

    lines: tuple[Line, ...]
    """Rows, sorted."""
    amounts: Array
    """Amount of each row in each month, shape (n_lines, n_months). [scenario currency]"""
    instalments: Instalments
    """What the capex rows are the sums of."""
    sources: dict[str, str]
    """Dotted path in the scenario that the opex and the revenue of an item come from."""

    def total(self, *categories: Category, item: str | None = None, of: str = "") -> Array:
        """Monthly sum over the rows of some categories, shape (n_months,). [scenario currency]"""
        return np.asarray(self.rows(*categories, item=item, of=of).sum(axis=0))

    def rows(self, *categories: Category, item: str | None = None, of: str = "") -> Array:
        """Rows of some categories, of a site or of a ``site.phase``, shape (n_rows, n_months).

        [scenario currency]
        """
        keep = [
            line.category in categories
            and item in (None, line.item)
            and of in ("", line.site, f"{line.site}.{line.phase}")
            for line in self.lines
        ]
        return np.asarray(self.amounts[np.array(keep, dtype=bool)])


def book(scenario: Scenario, timeline: Timeline, operations: Operations) -> Ledger:
    """Ledger of a projection.

    Parameters
    ----------
    scenario : Scenario
        Loaded scenario, with its cost items.
    timeline : Timeline
        When things were ordered, delivered, ready and cancelled.
    operations : Operations
        Energy cost, water and compute by month.

    Returns
    -------
    ledger : Ledger
        All rows that are not zero throughout.
    """
    halls = list(built_halls(scenario, timeline))
    booked = _booked(scenario, things_bought(scenario, timeline, halls), halls)
    paid = instalments(booked, scenario.calendar)
    rows = _capex_rows(paid, scenario.calendar)
    running = things_running(scenario, timeline, operations, halls, paid.assets)
    sources: dict[str, str] = {}
    used = zip(scenario.sites, operations.monthly["energy_cost"], strict=True)
    energy = ((Line(site.id, "", ENERGY, "opex"), cost, "sites.{site}.tariff") for site, cost in used)
    sold = revenue(scenario, timeline, operations)
    flows = _opex(scenario, running), energy, sold, _resale(scenario, booked)
    for line, monthly, path in chain(*flows):
        # several items, phases or sales may make one line
        rows[line] = rows[line] + monthly if line in rows else monthly
        sources.setdefault(line.item, path)
    kept = sorted(line for line, amounts in rows.items() if amounts.any())
    amounts = np.array([rows[line] for line in kept]).reshape(len(kept), scenario.calendar.n_months)
    return Ledger(tuple(kept), amounts, paid, sources)


def _booked(scenario: Scenario, bought: Things, halls: list[BuiltHall]) -> list[Booked]:
    """All assets at their prices with trend, and how they are paid."""
    costs, sites = scenario.costs, {site.id: site for site in scenario.sites}
    shares = _shares(costs.systems_order_share, costs.systems_delivery_share)
    booked = []
    for ordered in bought[Systems]:
        price = Part(ordered.thing.price * ordered.thing.systems, ordered.thing.price_year)
        booked.append(Booked(SYSTEMS, _asset(scenario, ordered, price, None), shares, ordered.path))
    for item in (item for item in costs.items if item.category == "capex"):
        shares, path = _shares(item.order_share or 0.0, item.delivery_share or 0.0), _path(item)
        per = CAPEX_BASES[item.basis].per
        for one in [portfolio_bought(scenario, item, halls)] if per is Portfolio else bought[per]:
            here = sites.get(one.asset.site)
            if applies(item, here):
                booked += [
                    Booked(item.id, _asset(scenario, one, part, item), shares, path)
                    for part in item_costs(scenario, item, one.thing, here)
                ]
    return booked


def _path(item: CostItem) -> str:
    """Dotted path of an item's price."""
    return f"costs.items.{item.id}.amount"


def _shares(order: float, delivery: float) -> tuple[float, float, float]:
    """Shares of the instalments: the last is what the first two leave, so that all is paid."""
    return (order, delivery, 1.0 - order - delivery)


def _asset(scenario: Scenario, bought: Bought[Any], price: Part, item: CostItem | None) -> Asset:
    """An asset in the class and with the life its item gives, at the price of the day of its order."""
    asset, finance = bought.asset, scenario.finance
    asset_class = item.asset_class if item is not None and item.asset_class else asset.asset_class
    life_y = asset.life_y
    if asset_class != asset.asset_class:
        lives = {"it": finance.life_it_years, "facility": finance.life_facility_years, "land": math.inf}
        life_y = lives[asset_class]
    if item is not None and item.life_years is not None:
        life_y = item.life_years
    trend = price_trend(scenario, asset_class, price.price_year, bought.priced_d)
    return asset._replace(asset_class=asset_class, life_y=life_y, cost=price.amount * asset.cost * trend)


def _capex_rows(paid: Instalments, calendar: Calendar) -> dict[Line, Array]:
    """Cash, opening value and residual value of all assets, by line."""
    assets = paid.assets
    names = [(a.site, a.phase, b.item) for a, b in zip(assets, paid.booked, strict=True)]
    places = {name: row for row, name in enumerate(dict.fromkeys(names))}
    place = np.array([places[name] for name in names], dtype=np.int64)
    cash = np.zeros((len(places), calendar.n_months))
    np.add.at(cash, place[paid.asset], paid.monthly)
    rows = {Line(*name, "capex"): cash[row] for name, row in places.items()}
    ends: tuple[tuple[Category, int, float], ...] = (("opening", 0, 1.0), ("residual", -1, -1.0))
    for category, edge, sign in ends:
        time_d = float(calendar.month_start_d[edge])
        share = np.array([value_left(a, time_d) / a.cost if a.cost else 0.0 for a in assets])
        # what counts of an asset's value is the part that was paid by then
        values = np.zeros(len(places))
        np.add.at(values, place[paid.asset], sign * share[paid.asset] * paid.amount * paid.paid[:, edge])
        for name, row in places.items():
            monthly = np.zeros(calendar.n_months)
            monthly[edge] = values[row]
            rows[Line(*name, category)] = monthly
    return rows


def _opex(scenario: Scenario, running: dict[type, list[Running]]) -> Iterator[Flow]:
    """What cost items of opex come to."""
    sites = {site.id: site for site in scenario.sites}
    for item in (item for item in scenario.costs.items if item.category == "opex"):
        basis, amount = OPEX_BASES[item.basis], item.amount
        if not basis.is_share:
            amount = in_scenario_money(scenario, amount, item.currency, item.price_year)
        for site, phase, thing in running[basis.per]:
            if applies(item, sites.get(site)):
                yield Line(site, phase, item.id, "opex"), basis(amount, thing), _path(item)


def _resale(scenario: Scenario, booked: list[Booked]) -> Iterator[Flow]:
    """What systems fetch in the month in which they leave: a share of what they cost."""
    refreshes = {place: order.refresh for place, order in scenario.deployments().items()}
    shares = {place: refresh.resale_share for place, refresh in refreshes.items() if refresh is not None}
    for row in booked:
        asset, key = row.asset, (row.asset.site, row.asset.phase, row.asset.item)
        is_sold = row.item == SYSTEMS and shares.get(key, 0.0) > 0.0 and asset.leaves_d < asset.cancelled_d
        if is_sold and 0.0 <= asset.leaves_d < scenario.calendar.n_days:
            monthly = np.zeros(scenario.calendar.n_months)
            monthly[scenario.calendar.month_of_day(asset.leaves_d)] = -shares[key] * asset.cost
            path = "sites.{site}.phases.{phase}.deployments"
            yield Line(asset.site, asset.phase, RESALE, "opex"), monthly, path
