"""The life of a lot: ordered, delivered, installed, burnt in, in service, retired, replaced."""

from __future__ import annotations

import math

import simpy

from capsim.buildout.funding import commit_systems
from capsim.buildout.order_dates import ON_DEMAND, count
from capsim.buildout.outages import Service
from capsim.buildout.timeline import ALLOCATION, CREW, HALL, LEAD_TIME
from capsim.buildout.world import LotState, OrderState, Process, Purchase, Systems, Waiter, World
from capsim.scenario import Deployment, Refresh
from capsim.units import months_to_days, weeks_to_days, years_to_days
from capsim.vocabulary import SystemKind

Allotted = list[simpy.Event | None]
"""By lot: event that fires when the vendor allots it; None where allocation is not limited."""


def log_systems(waiter: Waiter, part: Systems, *kinds: SystemKind) -> None:
    """Record milestones of systems of a deployment; nothing from the horizon on."""
    if waiter.world.env.now < waiter.world.end_d and part.systems:
        for kind in kinds:
            waiter.log(kind, part.systems, part.system)


def buy(
    order: OrderState, parts: list[Systems], terms: Deployment | Refresh, *, is_successor: bool
) -> Process[Allotted | None]:
    """Order systems together once they can be paid for; return when their lead time is over, and the launch.

    None where their phase is given up before the money is there: then nothing is ordered.
    """
    # no room for a system: nothing to pay for, and no lead time to wait for
    if not parts:
        return []
    world, system = order.world, parts[0].system
    purchase = Purchase(world, order.name, order, parts, is_successor)
    order.purchases.append(purchase)
    may_order = yield from commit_systems(purchase)
    if not may_order:
        return None
    ordered_d = world.env.now
    for part in parts:
        log_systems(order, part, "ordered")
    if not is_successor and order.plan.ordering != ON_DEMAND:
        count(order.phase, system, purchase.systems)
    pool = world.supplies.get(system)
    allotted: Allotted = [None] * len(parts)
    if pool is not None:
        names = [(*order.name, f"{number:03d}") for number in range(len(parts))]
        rank = order.plan.priority
        allotted = [pool.ask(part.systems, rank, name) for part, name in zip(parts, names, strict=True)]
    yield world.until(max(ordered_d + weeks_to_days(terms.lead_time_weeks or 0.0), launch_d(world, terms)))
    if pool is None:
        for part in parts:
            log_systems(order, part, "delivered")
    world.log_wait(ordered_d, order.name, LEAD_TIME)
    return allotted


def launch_d(world: World, terms: Deployment | Refresh) -> float:
    """Day from which a system is shipped; always where the catalogue has no date. [d]"""
    if terms.launched_on is None:
        return -math.inf
    return world.day_of(terms.launched_on) + months_to_days(terms.launch_slip_months)


def live(lot: LotState, allotted: simpy.Event | None) -> Process[None]:
    """Take a lot from the end of its lead time to its retirement and on to its successors'."""
    world, is_there = lot.world, lot.order.plan.in_service_on is not None
    while True:
        if is_there and not lot.generation:
            yield from _enter_hall(lot)
            log_systems(lot, lot.content, "install_started", "installed")
        else:
            is_allotted = yield from _allot(lot, allotted)
            # given up before it was allotted
            if not is_allotted:
                return
            yield from _install(lot)
        retire_d = _serve(lot)
        if retire_d >= world.end_d:
            return
        delivered = world.env.process(_order_successor(lot, retire_d))
        yield world.until(retire_d)
        log_systems(lot, lot.content, "retired")
        # it leaves without a successor
        if lot.successor is None:
            return
        lot.content, lot.generation = lot.successor, lot.generation + 1
        allotted = yield delivered


def _serve(lot: LotState) -> float:
    """Put a lot in service now; return when it retires. [d]"""
    world, (system, systems, _) = lot.world, lot.content
    log_systems(lot, lot.content, "in_service")
    refresh, from_d = lot.order.plan.refresh, world.env.now
    retire_d = math.inf if refresh is None else from_d + years_to_days(refresh.age_years)
    to_d = min(retire_d, world.end_d)
    if systems and from_d < to_d:
        name = f"{lot.number}.{lot.generation}"
        world.services.append(Service(*lot.name, system, systems, from_d, to_d, name))
    return retire_d


def _allot(lot: LotState, allotted: simpy.Event | None) -> Process[bool]:
    """Wait for the vendor's allotment of a lot whose lead time is over, and deliver it.

    Return whether it was allotted: not where its phase is given up before.
    """
    if allotted is None:
        return True
    asked_d = lot.world.env.now
    given_d = yield from lot.wait(allotted, lot.content.systems, lot.content.system, ALLOCATION)
    lot.world.log_wait(asked_d, lot.name, ALLOCATION)
    if given_d is None:
        return False
    log_systems(lot, lot.content, "delivered")
    return True


def _order_successor(lot: LotState, retire_d: float) -> Process[simpy.Event | None]:
    """Order so that the delivery meets the retirement, or at once where that is too late."""
    order, refresh = lot.order, lot.order.plan.refresh
    if lot.successor is None:
        return None
    terms = refresh or order.plan
    yield lot.world.until(retire_d - weeks_to_days(terms.lead_time_weeks or 0.0))
    allotted = yield from buy(order, [lot.successor], terms, is_successor=True)
    return allotted[0] if allotted else None


def _install(lot: LotState) -> Process[None]:
    """Wait for the hall and for a crew, install, burn in."""
    yield from _enter_hall(lot)
    yield from with_crew(lot)
    log_systems(lot, lot.content, "installed")
    yield lot.world.env.timeout(lot.world.scenario.crews.burn_in_days)


def _enter_hall(lot: LotState) -> Process[None]:
    """Wait until the hall is ready for service."""
    start_d = lot.world.env.now
    yield from lot.wait(lot.order.phase.ready, lot.content.systems, lot.content.system, HALL)
    lot.world.log_wait(max(start_d, 0.0), lot.name, HALL)


def with_crew(lot: LotState) -> Process[None]:
    """Wait for a crew of installers, and hold it while the racks are set up."""
    world, start_d = lot.world, lot.world.env.now
    with world.installers.request(priority=lot.order.plan.priority) as crew:
        yield crew
        world.log_wait(start_d, lot.name, CREW)
        log_systems(lot, lot.content, "install_started")
        yield world.env.timeout(lot.content.racks / world.scenario.crews.racks_per_crew_day)
