"""Cost bases of capex: what a cost item's amount is multiplied with, and which milestones it is tied to."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from capsim.buildout.spending import steps_applied
from capsim.buildout.timeline import Timeline
from capsim.ledger.assets import (
    GRID_KINDS,
    LUMP_KINDS,
    PLANT_KINDS,
    Asset,
    Hall,
    Purchase,
    halls,
    purchases,
    system_asset,
)
from capsim.operations.operate import Operations
from capsim.registry import Table
from capsim.scenario.costs import applies
from capsim.scenario.records.schema import CostItem, Scenario
from capsim.units import DAYS_PER_YEAR


class Priced(NamedTuple):
    """A cost item with its amount in the scenario's money, or as the share it is."""

    item: CostItem
    amount: float


@dataclass(frozen=True)
class Books:
    """What a basis may look at."""

    scenario: Scenario
    timeline: Timeline
    operations: Operations
    facility: tuple[Priced, ...] = ()
    """Items per critical IT MW, which others are a share of."""
    assets: list[Asset] = field(default_factory=list)
    """All assets, at prices with their trend, once capex is booked."""

    @cached_property
    def halls(self) -> list[Hall]:
        """Owned phases."""
        return list(halls(self.scenario, self.timeline))

    @cached_property
    def purchases(self) -> list[Purchase]:
        """Orders of systems."""
        return list(purchases(self.scenario, self.timeline))

    @cached_property
    def first_start_d(self) -> dict[str, float]:
        """When the first construction of each site with owned phases starts. [d]"""
        first: dict[str, float] = {}
        for hall in self.halls:
            first[hall.site.id] = min(hall.start_d, first.get(hall.site.id, math.inf))
        return first

    def country(self, site: str) -> str:
        """Country of a site; empty for the portfolio."""
        return self._countries.get(site, "")

    @cached_property
    def _countries(self) -> dict[str, str]:
        return {site.id: site.country for site in self.scenario.sites}


CapexBasis = Callable[[Books, Priced], Iterator[Asset]]
"""Books and a cost item -> assets bought."""

CAPEX_BASES: Table[CapexBasis] = Table("cost basis of capex")
"""What `basis:` of a capex item may name."""


def _hall_asset(books: Books, hall: Hall, cost: float, price_year: int) -> Asset:
    life_y = books.scenario.finance.life_facility_years
    start_d, ready_d, stop_d = hall.start_d, hall.ready_d, hall.cancelled_d
    built_d = ready_d if hall.phase.ready_for_service_on is None else start_d
    return Asset(
        hall.site.id,
        hall.phase.id,
        "",
        PLANT_KINDS,
        cost * hall.built_share,
        price_year,
        "facility",
        start_d,
        start_d,
        built_d,
        ready_d,
        life_y,
        cancelled_d=stop_d,
        priced_d=hall.priced_d,
    )


@CAPEX_BASES.register("per_critical_it_mw")
def per_critical_it_mw(books: Books, priced: Priced) -> Iterator[Asset]:
    """Per MW of critical IT power: construction start, evenly until hand-over, hand-over."""
    for hall in books.halls:
        yield _hall_asset(books, hall, priced.amount * hall.phase.critical_it_mw, priced.item.price_year)


@CAPEX_BASES.register("per_facility_cost")
def per_facility_cost(books: Books, priced: Priced) -> Iterator[Asset]:
    """As a share of the items per critical IT MW, at the same times."""
    for hall in books.halls:
        for part in books.facility:
            if applies(part.item, hall.site.country):
                cost = priced.amount * part.amount * hall.phase.critical_it_mw
                yield _hall_asset(books, hall, cost, part.item.price_year)


@CAPEX_BASES.register("per_grid_mw")
def per_grid_mw(books: Books, priced: Priced) -> Iterator[Asset]:
    """Per MW of grid connection: application, evenly until energization, energization."""
    life_y, applied = (
        books.scenario.finance.life_facility_years,
        steps_applied(books.scenario, books.timeline),
    )
    energised = {(m.site, m.item): m.time_d for m in books.timeline.of_kind("energised")}
    stopped = {(ended.site, ended.step): ended for ended in books.timeline.abandoned if ended.step}
    for site in books.scenario.sites:
        if all(phase.tenure == "lease" for phase in site.phases) and site.phases:
            continue
        for step in site.grid_connection:
            end_d = energised.get((site.id, step.id), math.inf)
            ended = stopped.get((site.id, step.id))
            stop_d = math.inf if ended is None else ended.until_d
            applied_d = applied[site.id, step.id]
            if applied_d < math.inf and applied_d <= stop_d and min(end_d, stop_d) < math.inf:
                share = 1.0 if ended is None else ended.share_done
                cost, year = priced.amount * step.grid_mw * share, priced.item.price_year
                times = (applied_d, applied_d, end_d, end_d, life_y, math.inf, stop_d)
                yield Asset(site.id, "", step.id, GRID_KINDS, cost, year, "facility", *times)


@CAPEX_BASES.register("per_site")
def per_site(books: Books, priced: Priced) -> Iterator[Asset]:
    """Per site with an owned phase, when its first construction starts."""
    for site, start_d in books.first_start_d.items():
        yield _lump(books, site, priced.amount, priced.item.price_year, start_d)


@CAPEX_BASES.register("per_site_mw")
def per_site_mw(books: Books, priced: Priced) -> Iterator[Asset]:
    """Per MW of critical IT power of all owned phases of a site, when its first construction starts."""
    mw: dict[str, float] = {}
    for hall in books.halls:
        mw[hall.site.id] = mw.get(hall.site.id, 0.0) + hall.phase.critical_it_mw
    for site, start_d in books.first_start_d.items():
        yield _lump(books, site, priced.amount * mw[site], priced.item.price_year, start_d)


@CAPEX_BASES.register("lump")
def lump(books: Books, priced: Priced) -> Iterator[Asset]:
    """Once, for the whole portfolio, on the day it falls due."""
    due_on = priced.item.due_on
    due_d = 0.0 if due_on is None else books.scenario.calendar.day_of(due_on)
    yield _lump(books, "", priced.amount, priced.item.price_year, due_d)


def _lump(books: Books, site: str, cost: float, price_year: int, time_d: float) -> Asset:
    life_y = books.scenario.finance.life_facility_years
    kinds = PLANT_KINDS if site else LUMP_KINDS
    return Asset(site, "", "", kinds, cost, price_year, "facility", time_d, time_d, time_d, time_d, life_y)


@CAPEX_BASES.register("per_accelerator")
def per_accelerator(books: Books, priced: Priced) -> Iterator[Asset]:
    """Per accelerator: order, delivery, in service."""
    yield from _per_system(books, priced, "accelerator_count")


@CAPEX_BASES.register("per_rack")
def per_rack(books: Books, priced: Priced) -> Iterator[Asset]:
    """Per rack the systems take up: order, delivery, in service."""
    yield from _per_system(books, priced, "rack_count")


def _per_system(books: Books, priced: Priced, counted: str) -> Iterator[Asset]:
    systems = books.scenario.catalog
    for p in books.purchases:
        count = systems.entry("systems", p.system).number(counted) * p.systems
        yield system_asset(books.scenario, p, priced.amount * count, priced.item.price_year)


@CAPEX_BASES.register("per_system_price")
def per_system_price(books: Books, priced: Priced) -> Iterator[Asset]:
    """As a multiple of the price of the systems: order, delivery, in service."""
    for p in books.purchases:
        yield system_asset(books.scenario, p, priced.amount * p.price * p.systems, p.price_year)


def systems(books: Books) -> Iterator[Asset]:
    """The systems themselves, at their own prices."""
    for p in books.purchases:
        yield system_asset(books.scenario, p, p.price * p.systems, p.price_year, p.source)


def value_left(asset: Asset, time_d: float) -> float:
    """Value of an asset at a time, straight-line over its life; none once it is cancelled. [currency]"""
    if asset.cancelled_d <= time_d:
        return 0.0
    age_y = max(0.0, time_d - asset.accepted_d) / DAYS_PER_YEAR
    return asset.cost if math.isinf(asset.life_y) else asset.cost * max(0.0, 1.0 - age_y / asset.life_y)
