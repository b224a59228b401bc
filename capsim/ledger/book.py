"""Book a build-out and its operation: lines by site, phase and item, in monthly columns."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from capsim.buildout.timeline import Timeline
from capsim.errors import Fault, ScenarioError
from capsim.ledger.assets import Asset
from capsim.ledger.bases import CAPEX_BASES, Books, Priced, systems, value_left
from capsim.ledger.instalments import Booked, Instalments, instalments
from capsim.ledger.opex import OPEX_BASES, Monthly
from capsim.ledger.revenue import revenue
from capsim.operations.operate import Operations
from capsim.quantities.money import in_scenario_money, price_trend
from capsim.quantities.prices import is_facility
from capsim.registry import Table, did_you_mean
from capsim.scenario.costs import SHARES_OF_OTHERS, applies
from capsim.scenario.records.schema import CostItem, Scenario
from capsim.units import Calendar
from capsim.vocabulary.events import Category

F = TypeVar("F", bound=Callable[..., Any])

SYSTEMS = "systems"
"""Item: the systems themselves, at their own prices."""
ENERGY = "energy"
"""Item: electricity at the meter."""
RESALE = "resale"
"""Item: what systems fetch when they leave, a negative cost."""
COSTS: tuple[Category, ...] = ("capex", "opex", "opening", "residual")
"""Categories that levelised costs count."""


class Line(NamedTuple):
    """What a row of the ledger is about."""

    site: str
    """Empty for what belongs to the whole portfolio."""
    phase: str
    """Empty for what belongs to the whole site."""
    item: str
    """Cost item, `systems` or `energy`; what is sold."""
    category: Category


@dataclass(frozen=True)
class Ledger:
    """Cash flows in the scenario's currency and price year, real terms. Costs and revenue are positive."""

    lines: tuple[Line, ...]
    """Rows, sorted."""
    amounts: NDArray[np.float64]
    """Amount of each row in each month, shape (n_lines, n_months). [scenario currency]"""
    instalments: Instalments
    """What the capex rows are the sums of."""
    sources: dict[str, str]
    """Dotted path in the scenario that the opex and the revenue of an item come from."""

    def total(self, *categories: Category, item: str | None = None) -> NDArray[np.float64]:
        """Monthly sum over the rows of some categories, shape (n_months,). [scenario currency]"""
        return np.asarray(self.rows(*categories, item=item).sum(axis=0))

    def rows(self, *categories: Category, item: str | None = None) -> NDArray[np.float64]:
        """Rows of some categories, shape (n_rows, n_months). [scenario currency]"""
        keep = [line.category in categories and item in (None, line.item) for line in self.lines]
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

    Raises
    ------
    ScenarioError
        If a cost item names a basis that there is none of.
    """
    priced = [Priced(item, _amount(scenario, item)) for item in scenario.costs.items]
    facility = tuple(p for p in priced if is_facility(p.item))
    books = Books(scenario, timeline, operations, facility)
    booked = _booked(books, [p for p in priced if p.item.category == "capex"])
    books.assets.extend(b.asset for b in booked)
    paid = instalments(booked, scenario.calendar)
    rows = _capex_rows(paid, scenario.calendar)
    sources: dict[str, str] = {}
    running = _flows(books, [p for p in priced if p.item.category == "opex"])
    for line, monthly, path in chain(running, _resale(scenario, booked)):
        rows[line] = rows[line] + monthly if line in rows else monthly
        sources.setdefault(line.item, path)
    kept = sorted(line for line, amounts in rows.items() if amounts.any())
    amounts = np.array([rows[line] for line in kept]).reshape(len(kept), scenario.calendar.n_months)
    return Ledger(tuple(kept), amounts, paid, sources)


def _amount(scenario: Scenario, item: CostItem) -> float:
    if item.basis in SHARES_OF_OTHERS:
        return item.amount
    return in_scenario_money(scenario, item.amount, item.currency, item.price_year)


def _known(table: Table[F], scenario: Scenario, item: CostItem) -> F:
    """The basis an item names; ScenarioError with the nearest name where there is none."""
    if item.basis in table:
        return table[item.basis]
    path = f"costs.items.{item.id}.basis"
    origin = scenario.origin(path)
    rule = f"unknown {table.what}{did_you_mean(item.basis, list(table.names))}"
    raise ScenarioError(origin.file, [Fault(origin.file, origin.line, path, rule, item.basis)])


def _booked(books: Books, priced: list[Priced]) -> list[Booked]:
    """All assets at their prices with trend, and how they are paid."""
    scenario, costs = books.scenario, books.scenario.costs
    shares = _shares(costs.systems_order_share, costs.systems_delivery_share)
    booked = [
        Booked(SYSTEMS, _trended(scenario, asset, None), shares, asset.source) for asset in systems(books)
    ]
    for p in priced:
        item, path = p.item, f"costs.items.{p.item.id}.amount"
        shares = _shares(item.order_share or 0.0, item.delivery_share or 0.0)
        booked += [
            Booked(item.id, _trended(scenario, asset, item), shares, path)
            for asset in _known(CAPEX_BASES, scenario, item)(books, p)
            if applies(item, books.country(asset.site))
        ]
    return booked


def _shares(order: float, delivery: float) -> tuple[float, float, float]:
    """Shares of the instalments: the last is what the first two leave, so that all is paid."""
    return (order, delivery, 1.0 - order - delivery)


def _trended(scenario: Scenario, asset: Asset, item: CostItem | None) -> Asset:
    """An asset in the class and with the life its item gives, at the price of the day of its order."""
    own = item.asset_class if item is not None and item.asset_class else asset.asset_class
    life_y = asset.life_y
    if own != asset.asset_class:
        finance = scenario.finance
        lives = {"it": finance.life_it_years, "facility": finance.life_facility_years, "land": math.inf}
        life_y = lives[own]
    if item is not None and item.life_years is not None:
        life_y = item.life_years
    day_d = asset.ordered_d if math.isnan(asset.priced_d) else asset.priced_d
    cost = asset.cost * price_trend(scenario, own, asset.price_year, day_d)
    return asset._replace(asset_class=own, life_y=life_y, cost=cost)


def _capex_rows(paid: Instalments, calendar: Calendar) -> dict[Line, NDArray[np.float64]]:
    """Cash, opening value and residual value of all assets, by line."""
    assets = [b.asset for b in paid.booked]
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
        values = np.zeros(len(places))
        np.add.at(values, place[paid.asset], sign * share[paid.asset] * paid.amount * paid.paid[:, edge])
        for name, row in places.items():
            monthly = np.zeros(calendar.n_months)
            monthly[edge] = values[row]
            rows[Line(*name, category)] = monthly
    return rows


def _flows(books: Books, priced: list[Priced]) -> Iterator[tuple[Line, NDArray[np.float64], str]]:
    """Opex and revenue, each with the path of its price."""
    for p in priced:
        basis = _known(OPEX_BASES, books.scenario, p.item)
        for site, phase, monthly in _applying(books, p, basis(books, p)):
            yield Line(site, phase, p.item.id, "opex"), monthly, f"costs.items.{p.item.id}.amount"
    for site_record, cost in zip(books.scenario.sites, books.operations.monthly["energy_cost"], strict=True):
        yield Line(site_record.id, "", ENERGY, "opex"), cost, "sites.{site}.tariff"
    for site, item, monthly, path in revenue(books):
        yield Line(site, "", item, "revenue"), monthly, path


def _resale(scenario: Scenario, booked: list[Booked]) -> Iterator[tuple[Line, NDArray[np.float64], str]]:
    """What systems fetch in the month in which they leave: a share of what they cost."""
    shares = {
        (site.id, phase.id, order.id): order.refresh.resale_share
        for site in scenario.sites
        for phase in site.phases
        for order in phase.deployments
        if order.refresh is not None and order.refresh.resale_share > 0.0
    }
    edges_d = scenario.calendar.month_start_d
    for row in booked:
        asset, key = row.asset, (row.asset.site, row.asset.phase, row.asset.item)
        is_sold = row.item == SYSTEMS and key in shares and asset.leaves_d < asset.cancelled_d
        if is_sold and 0.0 <= asset.leaves_d < edges_d[-1]:
            monthly = np.zeros(scenario.calendar.n_months)
            monthly[int(np.searchsorted(edges_d, asset.leaves_d, side="right")) - 1] = (
                -shares[key] * asset.cost
            )
            path = "sites.{site}.phases.{phase}.deployments"
            yield Line(asset.site, asset.phase, RESALE, "opex"), monthly, path


def _applying(books: Books, priced: Priced, flows: Iterator[Monthly]) -> Iterator[Monthly]:
    """The flows of the sites an item is for."""
    return (flow for flow in flows if applies(priced.item, books.country(flow[0])))
