"""Book a build-out and its operation: lines by site, phase and item, in monthly columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.buildout.timeline import Timeline
from capsim.ledger.assets import Asset
from capsim.ledger.bases import CAPEX_BASES, OPEX_BASES, Books
from capsim.operations.operate import Operations
from capsim.scenario.money import in_scenario_money
from capsim.scenario.schema import CostItem, Scenario
from capsim.units import DAYS_PER_YEAR, Calendar

SYSTEMS = "systems"
"""Item: the systems themselves, at their own prices."""
ENERGY = "energy"
"""Item: electricity at the meter."""
SHARES_OF_OTHERS = ("per_facility_cost", "per_system_price")
"""Bases whose amount is a share and not money."""

Category = Literal["capex", "opex", "opening", "residual"]


class Line(NamedTuple):
    """What a row of the ledger is about."""

    site: str
    phase: str
    """Empty for what belongs to the whole site."""
    item: str
    """Cost item, `systems` or `energy`."""
    category: Category
    """`capex` and `opex` are cash; `opening` (value of what is there at the start) and `residual`
    (value left at the end, negative) are not, and count in levelised costs only."""


@dataclass(frozen=True)
class Ledger:
    """Costs in the scenario's currency and price year, real terms."""

    lines: tuple[Line, ...]
    """Rows, sorted."""
    amounts: NDArray[np.float64]
    """Cost of each row in each month, shape (n_lines, n_months). [scenario currency]"""

    def total(self, *categories: str, item: str | None = None) -> NDArray[np.float64]:
        """Monthly sum over the rows of some categories, shape (n_months,). [scenario currency]"""
        return np.asarray(self.rows(*categories, item=item).sum(axis=0))

    def rows(self, *categories: str, item: str | None = None) -> NDArray[np.float64]:
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
        When things were bought and ready.
    operations : Operations
        Energy cost and water by month.

    Returns
    -------
    ledger : Ledger
        All rows that are not zero throughout.
    """
    facility = [i for i in scenario.costs.items if i.basis == "per_critical_it_mw"]
    books = Books(scenario, timeline, operations, sum(_amount(scenario, i) for i in facility))
    rows: dict[Line, NDArray[np.float64]] = {}
    for line, amounts in _all(books):
        rows[line] = rows[line] + amounts if line in rows else amounts
    kept = sorted(line for line, amounts in rows.items() if amounts.any())
    n_months = scenario.calendar.n_months
    return Ledger(tuple(kept), np.array([rows[line] for line in kept]).reshape(len(kept), n_months))


def _all(books: Books) -> Iterator[tuple[Line, NDArray[np.float64]]]:
    yield from _capex(books, SYSTEMS, "per_system_price", 1.0)
    for item in books.scenario.costs.items:
        amount = _amount(books.scenario, item)
        if item.category == "capex":
            yield from _capex(books, item.id, item.basis, amount)
        else:
            for site, phase, monthly in OPEX_BASES[item.basis](books, amount):
                yield Line(site, phase, item.id, "opex"), monthly
    for site_record, cost in zip(books.scenario.sites, books.operations.monthly["energy_cost"], strict=True):
        yield Line(site_record.id, "", ENERGY, "opex"), cost


def _amount(scenario: Scenario, item: CostItem) -> float:
    if item.basis in SHARES_OF_OTHERS:
        return item.amount
    return in_scenario_money(scenario, item.amount, item.currency, item.price_year)


def _capex(books: Books, item: str, basis: str, amount: float) -> Iterator[tuple[Line, NDArray[np.float64]]]:
    """Cash, opening value and residual value of the assets of one item."""
    calendar = books.scenario.calendar
    for asset in CAPEX_BASES[basis](books, amount):
        for category, monthly in _asset_rows(calendar, asset):
            yield Line(asset.site, asset.phase, item, category), monthly


def _asset_rows(calendar: Calendar, asset: Asset) -> Iterator[tuple[Category, NDArray[np.float64]]]:
    paid = paid_share(asset, calendar.month_start_d)
    yield "capex", asset.cost * np.diff(paid)
    yield "opening", _at(calendar, 0, value_left(asset, 0.0) * paid[0])
    yield "residual", _at(calendar, -1, -value_left(asset, float(calendar.n_days)) * paid[-1])


def paid_share(asset: Asset, time_d: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of an asset's price paid before each time, even over its time of payment. [1]"""
    if asset.paid_to_d > asset.paid_from_d:
        share = (time_d - asset.paid_from_d) / (asset.paid_to_d - asset.paid_from_d)
        return np.asarray(np.minimum(np.maximum(share, 0.0), 1.0))
    return np.asarray(asset.paid_to_d < time_d, dtype=np.float64)


def value_left(asset: Asset, time_d: float) -> float:
    """Value of an asset at a time, straight-line over its life. [scenario currency]"""
    age_y = max(0.0, time_d - asset.works_from_d) / DAYS_PER_YEAR
    return asset.cost * max(0.0, 1.0 - age_y / asset.life_y)


def _at(calendar: Calendar, month: int, amount: float) -> NDArray[np.float64]:
    monthly = np.zeros(calendar.n_months)
    monthly[month] = amount
    return monthly
