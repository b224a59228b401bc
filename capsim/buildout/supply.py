"""Allocations of systems: what vendors allot quarter by quarter, shared by all deployments."""

from __future__ import annotations

from capsim.buildout.pool import Pool
from capsim.buildout.world import Process, World
from capsim.scenario.schema import Supply
from capsim.units import DAYS_PER_MONTH, MONTHS_PER_QUARTER

DAYS_PER_QUARTER = DAYS_PER_MONTH * MONTHS_PER_QUARTER


def open_supplies(world: World) -> None:
    """Start the vendors' allotments; systems of no supply are not limited."""
    for supply in world.scenario.supply:
        pool = Pool(world.env, supply.rule == "in_order")
        world.supplies |= dict.fromkeys(supply.systems, pool)
        world.env.process(_allot(world, supply, pool))


def _allot(world: World, supply: Supply, pool: Pool) -> Process:
    """Put each quarter's systems into the pool, up to the horizon."""
    steps = sorted(supply.allocation, key=lambda entry: entry.from_on)
    for step, later in zip(steps, [*steps[1:], None], strict=True):
        due_d = world.day_of(step.from_on)
        end_d = world.end_d if later is None else min(world.end_d, world.day_of(later.from_on))
        while due_d < end_d:
            yield world.until(due_d)
            pool.put(step.systems_per_quarter)
            world.log("", "", supply.id, "allotted", step.systems_per_quarter, "systems")
            due_d += DAYS_PER_QUARTER
