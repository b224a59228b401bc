"""Deployments: systems ordered, delivered, installed lot by lot, burnt in, in service, refreshed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import simpy

from capsim.buildout.timeline import CREW, HALL, LEAD_TIME
from capsim.buildout.world import Process, World
from capsim.catalog import Catalog
from capsim.scenario.schema import Deployment, Phase, Site
from capsim.units import KW_PER_MW, weeks_to_days, years_to_days


def system_count(plan: Phase, deployment: Deployment, catalog: Catalog) -> int:
    """Systems of a deployment: as written, or as many whole ones as its share of the hall powers."""
    if deployment.systems is not None:
        return deployment.systems
    all_in_kw = catalog.entry("systems", deployment.system).number("all_in_it_kw")
    return int(plan.critical_it_mw * (deployment.fill_share or 0.0) * KW_PER_MW / all_in_kw)


def lot_sizes(systems: int, lots: int) -> list[int]:
    """Split systems into lots that differ by at most one.

    Examples
    --------
    >>> lot_sizes(10, 4)
    [2, 3, 2, 3]
    """
    edges = np.floor(np.arange(min(lots, systems) + 1) * systems / max(1, min(lots, systems)))
    return [int(n) for n in np.diff(edges)]


def successor_sizes(sizes: list[int], old_kw: float, new_kw: float) -> list[int]:
    """Successors per lot inside the power of the systems they replace.

    Rounded down on the running total, so the whole deployment loses less than one system.

    Examples
    --------
    >>> successor_sizes([10, 10, 10], old_kw=10.0, new_kw=25.0)
    [4, 4, 4]
    """
    whole = np.floor(np.cumsum(sizes) * old_kw / new_kw + 1e-9)
    return [int(n) for n in np.diff(whole, prepend=0.0)]


@dataclass
class Lot:
    """Systems of one kind that go through their life together."""

    site: str
    phase: str
    item: str
    system: str
    systems: int
    racks: float
    """Racks the installers set up. [racks]"""


def deployment(world: World, site: Site, plan: Phase, order: Deployment) -> Process:
    """Order and deliver a deployment, then send its lots on their way."""
    sizes = lot_sizes(system_count(plan, order, world.scenario.catalog), order.lots)
    lots = [_lot(world, site.id, plan.id, order.id, order.system, size) for size in sizes]
    if order.in_service_on is not None:
        yield world.until(world.day_of(order.in_service_on))
        for lot in lots:
            _log(world, lot, "ordered", "delivered", "install_started", "installed")
    else:
        yield world.until(world.day_of(order.ordered_on))
        if world.env.now >= world.end_d:
            return
        yield from _deliver(world, lots, order.lead_time_weeks)
    successors = _successors(world, order, lots)
    for lot, successor in zip(lots, successors, strict=True):
        world.env.process(_life(world, lot, successor, order, there=order.in_service_on is not None))


def _lot(world: World, site: str, phase: str, item: str, system: str, systems: int) -> Lot:
    per_system = world.scenario.catalog.entry("systems", system).number("rack_count")
    return Lot(site, phase, item, system, systems, systems * per_system)


def _log(world: World, lot: Lot, *kinds: str) -> None:
    """Record milestones of a lot; nothing from the horizon on."""
    if world.env.now < world.end_d and lot.systems:
        for kind in kinds:
            world.log(lot.site, lot.phase, lot.item, kind, lot.systems, lot.system)


def _deliver(world: World, lots: list[Lot], lead_time_weeks: float) -> Process:
    """Order lots together now; return when they are delivered."""
    ordered_d = world.env.now
    for lot in lots:
        _log(world, lot, "ordered")
    yield world.env.timeout(weeks_to_days(lead_time_weeks))
    for lot in lots:
        _log(world, lot, "delivered")
    if lots:
        world.log_wait(ordered_d, lots[0].site, lots[0].phase, lots[0].item, LEAD_TIME)


def _successors(world: World, order: Deployment, lots: list[Lot]) -> list[Lot | None]:
    """Lots that replace the given ones at their refresh age."""
    if order.refresh is None or order.refresh.system is None:
        return [None] * len(lots)
    catalog, new = world.scenario.catalog, order.refresh.system
    old_kw = catalog.entry("systems", order.system).number("all_in_it_kw")
    new_kw = catalog.entry("systems", new).number("all_in_it_kw")
    sizes = [lot.systems for lot in lots]
    if order.refresh.fill == "power":
        sizes = successor_sizes(sizes, old_kw, new_kw)
    return [_lot(world, lot.site, lot.phase, lot.item, new, n) for lot, n in zip(lots, sizes, strict=True)]


def _life(world: World, lot: Lot, successor: Lot | None, order: Deployment, *, there: bool) -> Process:
    """Take a delivered lot through installation, burn-in, service and refresh, up to the horizon."""
    if not there:
        yield from _install(world, lot)
    _log(world, lot, "in_service")
    if order.refresh is None:
        return
    retire_d = world.env.now + years_to_days(order.refresh.age_years)
    while retire_d < world.end_d:
        delivered = _order_successor(world, successor, order, retire_d)
        yield world.until(retire_d)
        _log(world, lot, "retired")
        if successor is None:
            return
        yield delivered
        yield from _install(world, successor)
        _log(world, successor, "in_service")
        lot, retire_d = successor, world.env.now + years_to_days(order.refresh.age_years)


def _order_successor(
    world: World, successor: Lot | None, order: Deployment, retire_d: float
) -> simpy.Process:
    """Order so that the delivery meets the retirement, or at once where that is too late."""
    lead_weeks = (order.refresh.lead_time_weeks if order.refresh else None) or 0.0

    def deliver() -> Process:
        if successor is not None:
            yield world.until(retire_d - weeks_to_days(lead_weeks))
            yield from _deliver(world, [successor], lead_weeks)

    return world.env.process(deliver())


def _install(world: World, lot: Lot) -> Process:
    """Wait for the hall and for a crew, install, burn in."""
    start_d = world.env.now
    yield world.ready[lot.site, lot.phase]
    world.log_wait(start_d, lot.site, lot.phase, lot.item, HALL)
    start_d = world.env.now
    with world.installers.request() as crew:
        yield crew
        world.log_wait(start_d, lot.site, lot.phase, lot.item, CREW)
        _log(world, lot, "install_started")
        yield world.env.timeout(lot.racks / world.scenario.crews.racks_per_crew_day)
    _log(world, lot, "installed")
    yield world.env.timeout(world.scenario.crews.burn_in_days)
