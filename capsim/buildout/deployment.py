"""Deployments: how many systems, in which lots, ordered when, and what takes their place."""

from __future__ import annotations

from capsim.buildout import ordering
from capsim.buildout.lots import Allotted, Lot, Plan, deliver, life, log_lot
from capsim.buildout.world import Process, World
from capsim.quantities.sizes import lot_sizes, refreshed_sizes, system_count
from capsim.scenario.records.schema import Deployment, Phase, Site


def deployment(world: World, site: Site, plan: Phase, order: Deployment) -> Process:
    """Order and deliver a deployment, then send its lots on their way."""
    sizes = lot_sizes(system_count(plan, order, world.scenario.catalog), order.lots)
    lots = [_lot(world, site.id, plan.id, order.id, order.system, size) for size in sizes]
    is_there = order.in_service_on is not None
    if is_there:
        yield world.until(world.day_of(order.in_service_on))
        if (site.id, plan.id) in world.given_up:
            return
        ordering.count(world, (site.id, plan.id), order.system, sum(sizes))
        for lot in lots:
            log_lot(world, lot, "ordered", "delivered")
        allotted: Allotted = [None] * len(lots)
    else:
        yield from ordering.order_time(world, site, plan, order)
        if world.env.now >= world.end_d or (site.id, plan.id) in world.given_up:
            return
        ordered = yield from deliver(world, lots, order, order.lead_time_weeks)
        if ordered is None:
            return
        allotted = ordered
    successors = _successors(world, order, lots)
    for number, (lot, successor, event) in enumerate(zip(lots, successors, allotted, strict=True)):
        world.env.process(life(world, Plan(lot, successor, order, number, is_there), event))


def _lot(world: World, site: str, phase: str, item: str, system: str, systems: int) -> Lot:
    per_system = world.scenario.catalog.entry("systems", system).number("rack_count")
    return Lot(site, phase, item, system, systems, systems * per_system)


def _successors(world: World, order: Deployment, lots: list[Lot]) -> list[Lot | None]:
    """Lots that replace the given ones at their refresh age."""
    if order.refresh is None or order.refresh.system is None:
        return [None] * len(lots)
    new, sizes = order.refresh.system, refreshed_sizes(order, [lot.systems for lot in lots], world.scenario)
    return [_lot(world, lot.site, lot.phase, lot.item, new, n) for lot, n in zip(lots, sizes, strict=True)]
