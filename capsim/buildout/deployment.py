"""Deployments: how many systems, in which lots, ordered when, and what takes their place."""

from __future__ import annotations

from capsim.buildout.lots import Allotted, buy, live, log_systems
from capsim.buildout.order_dates import count, until_ordered
from capsim.buildout.world import LotState, OrderState, Process, Systems, World
from capsim.quantities import lot_sizes, refreshed_sizes, system_count


def play_order(order: OrderState) -> Process[None]:
    """Order and deliver a deployment, then send its lots on their way."""
    world, phase, plan = order.world, order.phase, order.plan
    sizes = lot_sizes(system_count(phase.plan, plan, world.scenario.catalog), plan.lots)
    parts = [_systems(world, plan.system, size) for size in sizes]
    if plan.in_service_on is not None:
        yield world.until(world.day_of(plan.in_service_on))
        # the hall they were to stand in never comes
        if phase.is_given_up:
            return
        count(phase, plan.system, sum(sizes))
        for part in parts:
            log_systems(order, part, "ordered", "delivered")
        allotted: Allotted = [None] * len(parts)
    else:
        yield from until_ordered(order)
        if world.env.now >= world.end_d or phase.is_given_up:
            return
        bought = yield from buy(order, parts, plan, is_successor=False)
        # its phase was given up before the money came
        if bought is None:
            return
        allotted = bought
    for number, (part, successor) in enumerate(zip(parts, _successors(order, sizes), strict=True)):
        lot = LotState(world, order.name, order, number, part, successor)
        order.lots.append(lot)
        world.env.process(live(lot, allotted[number]))


def _systems(world: World, system: str, systems: int) -> Systems:
    racks = world.scenario.catalog.entry("systems", system).number("rack_count")
    return Systems(system, systems, systems * racks)


def _successors(order: OrderState, sizes: list[int]) -> list[Systems | None]:
    """What replaces the lots of some sizes at their refresh age."""
    refresh, world = order.plan.refresh, order.world
    if refresh is None or refresh.system is None:
        return [None] * len(sizes)
    return [_systems(world, refresh.system, n) for n in refreshed_sizes(order.plan, sizes, world.scenario)]
