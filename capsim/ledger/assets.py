"""Assets: what was bought, when it was paid, when it went to work, how long it lasts."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from capsim.buildout.timeline import Timeline
from capsim.scenario.money import in_scenario_money
from capsim.scenario.schema import Deployment, Phase, Scenario, Site


@dataclass(frozen=True)
class Asset:
    """Something that keeps its value for a life, straight-line."""

    site: str
    phase: str
    cost: float
    """Price paid. [scenario currency]"""
    paid_from_d: float
    """First day of payment; the same as `paid_to_d` where it is paid at once. [d]"""
    paid_to_d: float
    """Last day of payment. [d]"""
    works_from_d: float
    """Day its life starts. [d]"""
    life_y: float
    """Economic life. [y]"""


@dataclass(frozen=True)
class Purchase:
    """Systems of one kind delivered on one day."""

    site: str
    phase: str
    time_d: float
    """Day of delivery. [d]"""
    systems: float
    system: str
    price: float
    """Price of one. [scenario currency]"""
    life_y: float
    """Economic life; never past the refresh age. [y]"""


def halls(scenario: Scenario, timeline: Timeline) -> Iterator[tuple[Site, Phase, float, float]]:
    """Phases that are built or there: when their construction starts, and when they are ready. [d]"""
    ready_d = timeline.ready_for_service_d()
    started = {(m.site, m.phase, m.item): m.time_d for m in timeline.of_kind("started")}
    for site in scenario.sites:
        for phase in site.phases:
            end_d = ready_d[site.id, phase.id]
            if end_d == math.inf:
                continue
            first_d = min([t for key, t in started.items() if key[:2] == (site.id, phase.id)], default=end_d)
            yield site, phase, started.get((site.id, phase.id, WORKS), first_d), end_d


WORKS = "construction"
"""Stage whose start is that of a phase's works; its first stage where it has none of the name."""


def abandoned(scenario: Scenario, timeline: Timeline) -> Iterator[tuple[str, str, float, float, float]]:
    """Phases that are never ready: site, phase, start and end of their works [d], and share of them done.

    Where works never started, there is nothing of them.
    """
    first_stage = {
        (site.id, phase.id): [s.id for s in phase.stages] for site in scenario.sites for phase in site.phases
    }
    started = {(m.site, m.phase, m.item): m.time_d for m in timeline.of_kind("started")}
    for phase in timeline.abandoned:
        stages = first_stage[phase.site, phase.phase]
        of_works = [WORKS] if WORKS in stages else stages
        from_d = min(
            (started.get((phase.site, phase.phase, s), math.inf) for s in of_works), default=math.inf
        )
        if from_d < phase.until_d:
            share = (phase.until_d - from_d) / (phase.due_d - from_d)
            yield phase.site, phase.phase, from_d, phase.until_d, share


class Terms(NamedTuple):
    """What systems of a deployment cost and how long they last."""

    first_price: float
    """Price of one system of the first generation. [scenario currency]"""
    successor_price: float
    """Price of one system that replaces them; 0 where none does. [scenario currency]"""
    life_y: float
    """Economic life; never past the refresh age. [y]"""


def purchases(scenario: Scenario, timeline: Timeline) -> Iterator[Purchase]:
    """Every delivery of systems at its price; lots delivered together are one purchase.

    The first order of a deployment is its first generation, and is delivered before any other.
    """
    terms = _terms(scenario)
    first: dict[tuple[str, str, str], tuple[float, float]] = {}
    for m in timeline.of_kind("ordered"):
        key = m.site, m.phase, m.item
        time_d, systems = first.get(key, (m.time_d, 0.0))
        if m.time_d == time_d:
            first[key] = time_d, systems + m.amount
    delivered: dict[tuple[str, str, str, str, float], float] = defaultdict(float)
    for m in timeline.of_kind("delivered"):
        delivered[m.site, m.phase, m.item, m.unit, m.time_d] += m.amount
    so_far: dict[tuple[str, str, str], float] = defaultdict(float)
    for (site, phase, item, system, time_d), systems in delivered.items():
        first_price, successor_price, life_y = terms[site, phase, item]
        is_first = so_far[site, phase, item] < first[site, phase, item][1]
        so_far[site, phase, item] += systems
        price = first_price if is_first else successor_price
        yield Purchase(site, phase, time_d, systems, system, price, life_y)


def _terms(scenario: Scenario) -> dict[tuple[str, str, str], Terms]:
    """Terms by (site, phase, deployment)."""
    return {
        (site.id, phase.id, order.id): _terms_of(scenario, order)
        for site in scenario.sites
        for phase in site.phases
        for order in phase.deployments
    }


def _terms_of(scenario: Scenario, order: Deployment) -> Terms:
    """Terms of a deployment. The price year of successors is that of their catalogue entry."""
    price = in_scenario_money(scenario, order.system_price_usd, "USD", order.system_price_year)
    successor_price, life_y = 0.0, scenario.finance.life_it_years
    if order.refresh is not None:
        life_y = min(life_y, order.refresh.age_years)
        if order.refresh.system is not None:
            year = round(scenario.catalog.entry("systems", order.refresh.system).number("price_year"))
            usd = order.refresh.system_price_usd or 0.0
            successor_price = in_scenario_money(scenario, usd, "USD", year)
    return Terms(price, successor_price, life_y)
