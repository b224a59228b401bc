"""Book a build-out and its operation: lines by site, phase and item, in monthly columns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, compress
from typing import Any

import numpy as np

from capsim.buildout import Timeline
from capsim.ledger.assets import (
    Asset,
    Bought,
    BuiltHall,
    batteries_bought,
    built_halls,
    portfolio_bought,
    things_bought,
    value_left,
)
from capsim.ledger.instalments import Booked, Instalments, instalments
from capsim.ledger.line import Flow, Line
from capsim.ledger.opex import Running, things_running
from capsim.ledger.paid_so_far import paid_over_plan
from capsim.ledger.revenue import revenue
from capsim.models.cost_bases import CAPEX_BASES, OPEX_BASES, Portfolio, Systems
from capsim.operations import Operations
from capsim.quantities import Part, Replaced, battery_price, in_scenario_money, item_costs, price_trend
from capsim.scenario import BATTERY, AssetClass, CostItem, Scenario, applies
from capsim.units import Array, Calendar, row_blocks
from capsim.vocabulary import Category

SYSTEMS = "systems"
"""Item: the systems themselves, at their own prices."""
ENERGY = "energy"
"""Item: electricity at the meter."""
RESALE = "resale"
"""Item: what systems fetch when they leave, a negative cost."""
LUMP = (1.0, 0.0, 0.0)
"""Shares of the instalments of what is paid at once."""
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
    replaced: tuple[Replaced, ...] = ()
    """Money paid and committed so far, beside what the plan has of it."""

    def total(self, *categories: Category, item: str | None = None, of: str = "") -> Array:
        """Monthly sum over the rows of some categories, shape (n_months,). [scenario currency]"""
        keep = self._kept(*categories, item=item, of=of)
        total = np.zeros((0, self.amounts.shape[1]))
        for some in row_blocks(len(keep)):
            # the sum so far as the first row: row after row, as all of them at once
            total = np.concatenate([total, self.amounts[keep[some]]]).sum(axis=0, keepdims=True)
        return np.asarray(total.sum(axis=0))

    def rows(self, *categories: Category, item: str | None = None, of: str = "") -> Array:
        """Rows of some categories, of a site or of a ``site.phase``, shape (n_rows, n_months).

        [scenario currency]
        """
        return np.asarray(self.amounts[self._kept(*categories, item=item, of=of)])

    def _kept(self, *categories: Category, item: str | None, of: str) -> list[int]:
        """Rows of some categories, of an item, of a site or of a ``site.phase``, in order."""
        keep = sorted(row for category in categories for row in self._rows_of.get(category, ()))
        if item is not None:
            keep = [row for row in keep if self.lines[row].item == item]
        if of:
            places = [(line.site, f"{line.site}.{line.phase}") for line in self.lines]
            keep = [row for row in keep if of in places[row]]
        return keep

    @cached_property
    def _rows_of(self) -> dict[Category, list[int]]:
        """Rows of each category, in order."""
        rows: dict[Category, list[int]] = {}
        for row, line in enumerate(self.lines):
            rows.setdefault(line.category, []).append(row)
        return rows


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
    booked = _booked(scenario, timeline, halls)
    extra, replaced = paid_over_plan(scenario, booked)
    booked += extra
    paid = instalments(booked, scenario.calendar)
    rows = _capex_rows(paid, scenario.calendar)
    running = things_running(scenario, timeline, operations, halls, paid)
    sources: dict[str, str] = {}
    used = zip(scenario.sites, operations.monthly["energy_cost"], strict=True)
    energy = ((Line(site.id, "", ENERGY, "opex"), cost, "sites.{site}.tariff") for site, cost in used)
    sold = revenue(scenario, timeline, operations)
    flows = _opex(scenario, running), energy, sold, _resale(scenario, booked)
    for line, monthly, path in chain(*flows):
        # several items, phases or sales may make one line
        rows[line] = rows[line] + monthly if line in rows else monthly
        sources.setdefault(line.item, path)
    lines = sorted(rows)
    amounts = np.array([rows[line] for line in lines]).reshape(len(lines), scenario.calendar.n_months)
    is_kept = np.asarray(amounts.any(axis=1))
    if not is_kept.all():
        lines, amounts = list(compress(lines, is_kept.tolist())), amounts[is_kept]
    return Ledger(tuple(lines), amounts, paid, sources, tuple(replaced))


def _booked(scenario: Scenario, timeline: Timeline, halls: list[BuiltHall]) -> list[Booked]:
    """All assets at their prices with trend, and how they are paid."""
    bought = things_bought(scenario, timeline, halls)
    costs, sites = scenario.costs, {site.id: site for site in scenario.sites}
    shares = _shares(costs.systems_order_share, costs.systems_delivery_share)
    booked, priced = [], _Prices(scenario)
    for ordered in bought[Systems]:
        price = Part(ordered.thing.price * ordered.thing.systems, ordered.thing.price_year)
        booked.append(Booked(SYSTEMS, priced.asset(ordered, price, None), shares, ordered.path))
    for lot in batteries_bought(scenario, timeline):
        price, path = battery_price(scenario, lot.thing), f"sites.{lot.thing.id}.battery.cost_per_mwh"
        booked.append(Booked(BATTERY, priced.asset(lot, price, None), LUMP, path))
    for item in (item for item in costs.items if item.category == "capex"):
        shares, path = _shares(item.order_share or 0.0, item.delivery_share or 0.0), _path(item)
        per = CAPEX_BASES[item.basis].per
        places = {site_id for site_id, site in sites.items() if applies(item, site)} | {""}
        for one in [portfolio_bought(scenario, item, halls)] if per is Portfolio else bought[per]:
            here = sites.get(one.asset.site)
            if one.asset.site in places:
                booked += [
                    Booked(item.id, priced.asset(one, part, item), shares, path)
                    for part in item_costs(scenario, item, one.thing, here)
                ]
    return booked


def _path(item: CostItem) -> str:
    """Dotted path of an item's price."""
    return f"costs.items.{item.id}.amount"


def _shares(order: float, delivery: float) -> tuple[float, float, float]:
    """Shares of the instalments: the last is what the first two leave, so that all is paid."""
    return (order, delivery, 1.0 - order - delivery)


class _Prices:
    """Puts assets at the price of the day of their order; each trend is computed once."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario, finance = scenario, scenario.finance
        self._lives = {"it": finance.life_it_years, "facility": finance.life_facility_years, "land": math.inf}
        self._trends: dict[tuple[AssetClass, int, float], float] = {}

    def asset(self, bought: Bought[Any], price: Part, item: CostItem | None) -> Asset:
        """An asset in the class and with the life its item gives, at the price of the day of its order."""
        asset, asset_class, life_y = bought.asset, bought.asset.asset_class, bought.asset.life_y
        if item is not None:
            asset_class = item.asset_class or asset_class
            if item.life_years is not None:
                life_y = item.life_years
            elif asset_class != asset.asset_class:
                life_y = self._lives[asset_class]
        key = asset_class, price.price_year, bought.priced_d
        if key not in self._trends:
            self._trends[key] = price_trend(self._scenario, *key)
        cost = price.amount * asset.cost * self._trends[key]
        # by its fields one after the other: `_replace` takes three times as long, and assets are many
        site, phase, name, kinds, _, _, ordered_d, from_d, to_d, accepted_d, _, leaves_d, end_d, owed = asset
        times_d = ordered_d, from_d, to_d, accepted_d
        return Asset(site, phase, name, kinds, cost, asset_class, *times_d, life_y, leaves_d, end_d, owed)


def _capex_rows(paid: Instalments, calendar: Calendar) -> dict[Line, Array]:
    """Cash, opening value and residual value of all assets, by line."""
    assets = paid.assets
    names = [(a.site, a.phase, b.item) for a, b in zip(assets, paid.booked, strict=True)]
    places = {name: row for row, name in enumerate(dict.fromkeys(names))}
    place = np.array([places[name] for name in names], dtype=np.int64)
    cash = paid.by_month(place, len(places))
    rows = {Line(*name, "capex"): cash[row] for name, row in places.items()}
    ends: tuple[tuple[Category, int, float], ...] = (("opening", 0, 1.0), ("residual", -1, -1.0))
    for category, edge, sign in ends:
        time_d = float(calendar.month_start_d[edge])
        cost = paid.columns.cost
        share = np.divide(value_left(paid.columns, time_d), cost, out=np.zeros_like(cost), where=cost != 0.0)
        # what counts of an asset's value is the part that was paid by then
        worth = sign * share[paid.asset] * paid.amount * paid.share_paid_by(edge)
        values = np.bincount(place[paid.asset], worth, len(places))
        for name, row in places.items():
            if values[row]:
                monthly = np.zeros(calendar.n_months)
                monthly[edge] = values[row]
                rows[Line(*name, category)] = monthly
    return rows


def _opex(scenario: Scenario, running: dict[type, list[Running]]) -> Iterator[Flow]:
    """What cost items of opex come to."""
    for item in (item for item in scenario.costs.items if item.category == "opex"):
        basis, amount = OPEX_BASES[item.basis], item.amount
        if not basis.is_share:
            amount = in_scenario_money(scenario, amount, item.currency, item.price_year)
        places = {site.id for site in scenario.sites if applies(item, site)} | {""}
        for site, phase, thing in running[basis.per]:
            if site in places:
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
