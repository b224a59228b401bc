"""Cost bases: what a cost item's amount is multiplied with, and when it falls due."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.buildout.timeline import Timeline
from capsim.ledger.assets import Asset, Purchase, abandoned, halls, purchases
from capsim.operations.binding import month_shares
from capsim.operations.operate import Operations
from capsim.registry import Table
from capsim.scenario.schema import Scenario
from capsim.units import DAYS_PER_YEAR


@dataclass(frozen=True)
class Books:
    """What a basis may look at."""

    scenario: Scenario
    timeline: Timeline
    operations: Operations
    facility_per_mw: float
    """Sum of the items per critical IT MW, for items that are a share of it. [scenario currency/MW]"""


CapexBasis = Callable[[Books, float], Iterator[Asset]]
"""Books and amount in the scenario's money -> assets bought."""

OpexBasis = Callable[[Books, float], Iterator[tuple[str, str, NDArray[np.float64]]]]
"""Books and amount in the scenario's money -> (site, phase, monthly cost of shape (n_months,))."""

CAPEX_BASES: Table[CapexBasis] = Table("cost basis of capex")
"""What `basis:` of a capex item may name."""

OPEX_BASES: Table[OpexBasis] = Table("cost basis of opex")
"""What `basis:` of an opex item may name."""


@CAPEX_BASES.register("per_critical_it_mw")
def per_critical_it_mw(books: Books, amount: float) -> Iterator[Asset]:
    """Per MW of critical IT power, paid evenly from the start of construction to ready for service.

    A phase that is never ready costs what was done of it, and leaves no value.
    """
    life_y = books.scenario.finance.life_facility_years
    for site, phase, start_d, ready_d in halls(books.scenario, books.timeline):
        yield Asset(site.id, phase.id, amount * phase.critical_it_mw, start_d, ready_d, ready_d, life_y)
    critical_mw = {(s.id, p.id): p.critical_it_mw for s in books.scenario.sites for p in s.phases}
    for site_id, phase_id, start_d, end_d, share in abandoned(books.scenario, books.timeline):
        spent = amount * critical_mw[site_id, phase_id] * share
        yield Asset(site_id, phase_id, spent, start_d, end_d, -math.inf, life_y)


@CAPEX_BASES.register("per_facility_cost")
def per_facility_cost(books: Books, amount: float) -> Iterator[Asset]:
    """As a share of the items per critical IT MW, paid with them."""
    yield from per_critical_it_mw(books, amount * books.facility_per_mw)


@CAPEX_BASES.register("per_grid_mw")
def per_grid_mw(books: Books, amount: float) -> Iterator[Asset]:
    """Per MW of grid connection, paid when the step is energised."""
    life_y = books.scenario.finance.life_facility_years
    for m in books.timeline.of_kind("energised"):
        yield Asset(m.site, "", amount * m.amount, m.time_d, m.time_d, m.time_d, life_y)


@CAPEX_BASES.register("per_site")
def per_site(books: Books, amount: float) -> Iterator[Asset]:
    """Per site with a phase, paid when the first construction starts."""
    first: dict[str, float] = {}
    for site, _, start_d, _ in halls(books.scenario, books.timeline):
        first[site.id] = min(start_d, first.get(site.id, start_d))
    for site_id, _, start_d, _, _ in abandoned(books.scenario, books.timeline):
        first[site_id] = min(start_d, first.get(site_id, start_d))
    for site_id, start_d in first.items():
        life_y = books.scenario.finance.life_facility_years
        yield Asset(site_id, "", amount, start_d, start_d, start_d, life_y)


@CAPEX_BASES.register("per_accelerator")
def per_accelerator(books: Books, amount: float) -> Iterator[Asset]:
    """Per accelerator, paid at delivery."""
    systems = books.scenario.catalog
    for p in purchases(books.scenario, books.timeline):
        count = systems.entry("systems", p.system).number("accelerator_count")
        yield _it_asset(p, amount * count * p.systems)


@CAPEX_BASES.register("per_system_price")
def per_system_price(books: Books, amount: float) -> Iterator[Asset]:
    """As a multiple of the price of the systems, paid at delivery."""
    for p in purchases(books.scenario, books.timeline):
        yield _it_asset(p, amount * p.price * p.systems)


def _it_asset(purchase: Purchase, cost: float) -> Asset:
    day = purchase.time_d
    return Asset(purchase.site, purchase.phase, cost, day, day, day, purchase.life_y)


@OPEX_BASES.register("per_critical_it_mw_year")
def per_critical_it_mw_year(books: Books, amount: float) -> Iterator[tuple[str, str, NDArray[np.float64]]]:
    """Per MW of critical IT power and year, from ready for service on."""
    calendar = books.scenario.calendar
    years = np.diff(calendar.month_start_d) / DAYS_PER_YEAR
    for site, phase, _, ready_d in halls(books.scenario, books.timeline):
        open_share = month_shares(calendar, ready_d, calendar.n_days)
        yield site.id, phase.id, amount * phase.critical_it_mw * years * open_share


@OPEX_BASES.register("per_m3_water")
def per_m3_water(books: Books, amount: float) -> Iterator[tuple[str, str, NDArray[np.float64]]]:
    """Per cubic metre of water the cooling takes in."""
    for site, water in zip(books.scenario.sites, books.operations.monthly["water_m3"], strict=True):
        yield site.id, "", amount * water
