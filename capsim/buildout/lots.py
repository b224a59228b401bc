"""The life of a lot: ordered, delivered, installed, burnt in, in service, retired, replaced."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import simpy

from capsim.buildout import funding, ordering
from capsim.buildout.timeline import ALLOCATION, CREW, HALL, LEAD_TIME
from capsim.buildout.world import Process, Service, Stuck, World
from capsim.quantities.prices import system_price
from capsim.scenario.records.schema import Deployment
from capsim.units import weeks_to_days, years_to_days
from capsim.vocabulary.events import SystemKind

Allotted = list[simpy.Event | None]
"""By lot: event that fires when the vendor allots it; None where allocation is not limited."""


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


@dataclass
class Plan:
    """A lot, what takes its place, and the order they belong to."""

    lot: Lot
    successor: Lot | None
    order: Deployment
    number: int
    """Number of the lot in the order."""
    is_there: bool
    """Whether the lot is in service from the beginning."""
    generation: int = 0


def log_lot(world: World, lot: Lot, *kinds: SystemKind) -> None:
    """Record milestones of a lot; nothing from the horizon on."""
    if world.env.now < world.end_d and lot.systems:
        for kind in kinds:
            world.log(lot.site, lot.phase, lot.item, kind, lot.systems, lot.system)


def deliver(
    world: World, lots: list[Lot], order: Deployment, lead_time_weeks: float, *, is_successor: bool = False
) -> Generator[simpy.Event, Any, Allotted | None]:
    """Order lots together once they can be paid for; return when their lead time is over.

    None where their phase is given up before the money is there: then nothing is ordered.
    """
    if not lots:
        return []
    first, systems = lots[0], sum(lot.systems for lot in lots)
    name = first.site, first.phase, first.item
    if world.purse is not None:
        of = Stuck(world.env.now, systems, first.system)
        site = next(site for site in world.scenario.sites if site.id == first.site)

        def price() -> float:
            one = system_price(world.scenario, site, order, world.env.now, is_successor=is_successor)
            return systems * one

        is_paid = yield from funding.commit(world, "systems", price, order.priority, name, of)
        if not is_paid:
            return None
    ordered_d = world.env.now
    for lot in lots:
        log_lot(world, lot, "ordered")
    if not is_successor and order.ordering != ordering.ON_DEMAND:
        ordering.count(world, name[:2], first.system, systems)
    pool = world.supplies.get(first.system)
    allotted: Allotted = [None] * len(lots)
    if pool is not None:
        names = [(*name, f"{number:03d}") for number in range(len(lots))]
        allotted = [pool.ask(lot.systems, order.priority, n) for lot, n in zip(lots, names, strict=True)]
    yield world.env.timeout(weeks_to_days(lead_time_weeks))
    if pool is None:
        for lot in lots:
            log_lot(world, lot, "delivered")
    world.log_wait(ordered_d, *name, LEAD_TIME)
    return allotted


def life(world: World, plan: Plan, allotted: simpy.Event | None) -> Process:
    """Take a lot from the end of its lead time to its retirement and on to its successors'."""
    lot = plan.lot
    if plan.is_there:
        yield from _enter_hall(world, plan, lot)
        log_lot(world, lot, "install_started", "installed")
    else:
        is_allotted = yield from _allot(world, plan, lot, allotted)
        if not is_allotted:
            return
        yield from _install(world, plan, lot)
    retire_d = _serve(world, plan, lot)
    while retire_d < world.end_d:
        delivered = _order_successor(world, plan, retire_d)
        yield world.until(retire_d)
        log_lot(world, lot, "retired")
        if plan.successor is None:
            return
        lot = plan.successor
        allotted = yield delivered
        yield from _allot(world, plan, lot, allotted)
        yield from _install(world, plan, lot)
        plan.generation += 1
        retire_d = _serve(world, plan, lot)


def _serve(world: World, plan: Plan, lot: Lot) -> float:
    """Put a lot in service now; return when it retires. [d]"""
    log_lot(world, lot, "in_service")
    refresh = plan.order.refresh
    retire_d = float("inf") if refresh is None else world.env.now + years_to_days(refresh.age_years)
    name = f"{plan.number}.{plan.generation}"
    to_d = min(retire_d, world.end_d)
    if lot.systems and world.env.now < to_d:
        kind = lot.site, lot.phase, lot.item, lot.system
        world.services.append(Service(*kind, lot.systems, world.env.now, to_d, name))
    return retire_d


def _allot(
    world: World, plan: Plan, lot: Lot, allotted: simpy.Event | None
) -> Generator[simpy.Event, Any, bool]:
    """Wait for the vendor's allotment of a lot whose lead time is over, and deliver it.

    Return whether it was allotted: not where its phase is given up before.
    """
    if allotted is None:
        return True
    asked_d, key = world.env.now, (lot.site, lot.phase, f"{lot.item}/{plan.number:03d}")
    world.stuck[key] = Stuck(asked_d, lot.systems, lot.system, ALLOCATION)
    given_d = yield allotted
    del world.stuck[key]
    world.log_wait(asked_d, lot.site, lot.phase, lot.item, ALLOCATION)
    if given_d is None:
        return False
    log_lot(world, lot, "delivered")
    return True


def _order_successor(world: World, plan: Plan, retire_d: float) -> simpy.Process:
    """Order so that the delivery meets the retirement, or at once where that is too late."""
    refresh = plan.order.refresh
    lead_weeks = (refresh.lead_time_weeks if refresh else None) or 0.0

    def order_and_deliver() -> Generator[simpy.Event, Any, simpy.Event | None]:
        if plan.successor is None:
            return None
        yield world.until(retire_d - weeks_to_days(lead_weeks))
        allotted = yield from deliver(world, [plan.successor], plan.order, lead_weeks, is_successor=True)
        return allotted[0] if allotted else None

    return world.env.process(order_and_deliver())


def _install(world: World, plan: Plan, lot: Lot) -> Process:
    """Wait for the hall and for a crew, install, burn in."""
    yield from _enter_hall(world, plan, lot)
    yield from with_crew(world, lot, plan.order.priority)
    log_lot(world, lot, "installed")
    yield world.env.timeout(world.scenario.crews.burn_in_days)


def _enter_hall(world: World, plan: Plan, lot: Lot) -> Process:
    """Wait until the hall is ready for service."""
    start_d, key = world.env.now, (lot.site, lot.phase, f"{lot.item}/{plan.number:03d}")
    world.stuck[key] = Stuck(start_d, lot.systems, lot.system, HALL)
    yield world.ready[lot.site, lot.phase]
    del world.stuck[key]
    world.log_wait(max(start_d, 0.0), lot.site, lot.phase, lot.item, HALL)


def with_crew(world: World, lot: Lot, rank: int) -> Process:
    """Wait for a crew of installers, and hold it while the racks are set up."""
    start_d = world.env.now
    with world.installers.request(priority=rank) as crew:
        yield crew
        world.log_wait(start_d, lot.site, lot.phase, lot.item, CREW)
        log_lot(world, lot, "install_started")
        yield world.env.timeout(lot.racks / world.scenario.crews.racks_per_crew_day)
