"""Assets: what was bought, the milestones its price is tied to, when it works and how long it lasts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from capsim.buildout.spending import works_ordered
from capsim.buildout.timeline import Timeline
from capsim.ledger.orders import batches
from capsim.quantities.money import in_scenario_money
from capsim.scenario.records.money_records import AssetClass
from capsim.scenario.records.schema import Deployment, Phase, Scenario, Site
from capsim.units import years_to_days

PLANT_KINDS = ("started", "started", "ready_for_service")
GRID_KINDS = ("applied", "applied", "energised")
SYSTEM_KINDS = ("ordered", "delivered", "in_service")
LUMP_KINDS = ("due", "due", "due")


class Asset(NamedTuple):
    """Something that keeps its value for a life, straight-line. Times are infinity where never."""

    site: str
    """Empty for what belongs to the whole portfolio."""
    phase: str
    """Empty for what belongs to the whole site."""
    item: str
    """Deployment, grid step or stage whose milestones the price is tied to; empty for the phase."""
    kinds: tuple[str, str, str]
    """Milestones its three instalments are tied to."""
    cost: float
    """Price before any trend. [scenario currency]"""
    price_year: int
    """Year the price is of, from which its trend runs."""
    asset_class: AssetClass
    ordered_d: float
    """Order, start of construction, or application. [d]"""
    delivered_from_d: float
    """First day of the second instalment; the same as `delivered_to_d` where it is paid at once. [d]"""
    delivered_to_d: float
    """Last day of the second instalment. [d]"""
    accepted_d: float
    """Acceptance, on which it starts to work. [d]"""
    life_y: float
    """Economic life. [y]"""
    leaves_d: float = math.inf
    """Day it leaves. [d]"""
    cancelled_d: float = math.inf
    """Day it was cancelled; what is not paid then falls due. [d]"""
    source: str = ""
    """Dotted path of its price, where the cost item has none of its own."""
    priced_d: float = math.nan
    """Day whose price it has, where that was agreed before the order; NaN where it was not. [d]"""


class Hall(NamedTuple):
    """A phase that is built, there, or was cancelled after its construction had started."""

    site: Site
    phase: Phase
    start_d: float
    """Start of construction. [d]"""
    ready_d: float
    """Ready for service. [d]"""
    cancelled_d: float
    priced_d: float
    """Day whose price it has: that of the commitment, or the start of construction. [d]"""
    built_share: float = 1.0
    """Share of it that was built before it was given up; 1 where it was not. [1]"""


@dataclass(frozen=True)
class Purchase:
    """Systems of one kind that were ordered, delivered and put in service together."""

    site: str
    phase: str
    item: str
    """Deployment."""
    system: str
    systems: float
    ordered_d: float
    time_d: float
    """Day of delivery. [d]"""
    in_service_d: float
    cancelled_d: float
    price: float
    """Price of one, before any trend. [scenario currency]"""
    price_year: int
    life_y: float
    """Economic life; never past the refresh age. [y]"""
    stay_y: float
    """Years in service until they leave. [y]"""
    source: str
    """Dotted path of the price."""


def halls(scenario: Scenario, timeline: Timeline) -> Iterator[Hall]:
    """Owned phases that are there, built, or cancelled after their construction had started."""
    ready_d = timeline.ready_for_service_d()
    ordered = works_ordered(scenario, timeline)
    abandoned = {(phase.site, phase.phase): phase for phase in timeline.abandoned}
    for site in scenario.sites:
        for phase in site.phases:
            key = (site.id, phase.id)
            end_d, (start_d, priced_d) = ready_d.get(key, math.inf), ordered[key]
            stop_d, share = math.inf, 1.0
            if key in abandoned:
                share, stop_d = abandoned[key].share_done, abandoned[key].until_d
            if phase.tenure == "own" and start_d < math.inf and start_d <= stop_d and share > 0:
                yield Hall(site, phase, start_d, end_d, stop_d, priced_d, share)


class Terms(NamedTuple):
    """What systems of a deployment cost and how long they last."""

    first: tuple[float, int]
    """Price of one system of the first generation, and its price year. [scenario currency]"""
    successor: tuple[float, int]
    """The same of one system that replaces them; 0 where none does."""
    life_y: float
    stay_y: float


def purchases(scenario: Scenario, timeline: Timeline) -> Iterator[Purchase]:
    """Every order of systems at its price.

    The first order of a deployment is its first generation, later ones are successors.
    """
    terms = {
        (site.id, phase.id, order.id): _terms(scenario, order)
        for site in scenario.sites
        for phase in site.phases
        for order in phase.deployments
    }
    first_d: dict[tuple[str, str, str], float] = {}
    found = sorted(batches(timeline), key=lambda batch: batch.ordered_d)
    for batch in found:
        first_d.setdefault(batch[:3], batch.ordered_d)
    for site, phase, item, system, systems, ordered_d, delivered_d, in_service_d, stop_d in found:
        own = terms[site, phase, item]
        is_first = ordered_d == first_d[site, phase, item]
        path = f"sites.{site}.phases.{phase}.deployments.{item}."
        yield Purchase(
            site,
            phase,
            item,
            system,
            systems,
            ordered_d,
            delivered_d,
            in_service_d,
            stop_d,
            *(own.first if is_first else own.successor),
            own.life_y,
            own.stay_y,
            path + ("system_price_usd" if is_first else "refresh.system_price_usd"),
        )


def _terms(scenario: Scenario, order: Deployment) -> Terms:
    """Terms of a deployment; successors have a price and a price year of their own."""
    year = order.system_price_year
    first = in_scenario_money(scenario, order.system_price_usd, "USD", year), year
    life_y, refresh = scenario.finance.life_it_years, order.refresh
    if refresh is None:
        return Terms(first, (0.0, year), life_y, math.inf)
    successor = (0.0, year)
    if refresh.system is not None:
        year = refresh.system_price_year or year
        successor = in_scenario_money(scenario, refresh.system_price_usd or 0.0, "USD", year), year
    return Terms(first, successor, min(life_y, refresh.age_years), refresh.age_years)


def system_asset(scenario: Scenario, bought: Purchase, cost: float, price_year: int, path: str = "") -> Asset:
    """The asset that a purchase of systems, or something bought with it, makes."""
    return Asset(
        bought.site,
        bought.phase,
        bought.item,
        SYSTEM_KINDS,
        cost,
        price_year,
        "it",
        bought.ordered_d,
        bought.time_d,
        bought.time_d,
        bought.in_service_d,
        min(bought.life_y, scenario.finance.life_it_years),
        bought.in_service_d + years_to_days(bought.stay_y),
        bought.cancelled_d,
        path,
    )
