"""Allocations of systems: what vendors allot quarter by quarter, shared by all deployments."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from capsim.buildout.pool import Pool
from capsim.buildout.world import Process, World
from capsim.scenario import Allocation, Supply
from capsim.units import MONTHS_PER_QUARTER, months_later


def open_supplies(world: World) -> None:
    """Start the vendors' allotments; systems of no supply are not limited."""
    for supply in world.scenario.supply:
        pool = Pool(world.env, in_order=True)
        world.supplies |= dict.fromkeys(supply.systems, pool)
        world.env.process(_allot(world, supply, pool))


def _allot(world: World, supply: Supply, pool: Pool) -> Process[None]:
    """Put each quarter's systems into the pool, up to the horizon."""
    steps = sorted(supply.allocation, key=lambda entry: entry.from_on)
    for step, later in zip(steps, [*steps[1:], None], strict=True):
        end_d = world.end_d if later is None else min(world.end_d, world.day_of(later.from_on))
        for due_d in _quarters_d(world, step, end_d):
            yield world.until(due_d)
            pool.put(step.systems_per_quarter)
            world.log("", "", supply.id, "allotted", step.systems_per_quarter, "systems")


def _quarters_d(world: World, step: Allocation, end_d: float) -> Iterator[float]:
    """Days an entry allots on: its first, and every three months of the calendar after it. [d]"""
    for months in count(0, MONTHS_PER_QUARTER):
        due_d = world.day_of(months_later(step.from_on, months))
        if not due_d < end_d:
            return
        yield due_d
