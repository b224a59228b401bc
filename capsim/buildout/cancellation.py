"""The end of a phase that is refused or dropped: what it waits for is free, and nothing more is ordered."""

from __future__ import annotations

from capsim.buildout.forecast import phase_key
from capsim.buildout.funding import release
from capsim.buildout.world import World
from capsim.scenario.records.schema import GridStep, Phase, Site


def give_up(world: World, site: Site, plan: Phase, by: str) -> None:
    """Cancel a phase now, and with it the plans of all that comes after it.

    What was ordered stays bought. What none of them has been given yet, of money and of allocations, goes to
    those that wait behind, with what is reserved for those that have not begun.
    """
    build = world.builds[site.id, plan.id]
    build.cancelled_d, build.cancelled_by = world.env.now, by
    world.log(site.id, plan.id, by, "cancelled", plan.critical_it_mw, "MW")
    build.cancelled.succeed()
    lost = _with_those_after(world, (site.id, plan.id)) - world.given_up
    world.given_up |= lost
    pools = {id(pool): pool for pool in (world.purse, *world.supplies.values()) if pool is not None}
    for pool in pools.values():
        pool.withdraw(lambda name: name[:2] in world.given_up)
    for key in sorted(lost - {(site.id, plan.id)}):  # the phase itself gives back what it did not spend
        release(world, (*key, ""), 0.0)
    for place in world.scenario.sites:
        for step in place.grid_connection:
            if _is_in_vain(world, place, step):
                _drop(world, place, step)


def _is_in_vain(world: World, site: Site, step: GridStep) -> bool:
    """Whether a grid step is still to be applied for, and all phases it was to power are given up."""
    served = [(site.id, phase.id) for phase in site.phases if phase.energization == step.id]
    is_paid = (site.id, "", step.id) in world.committed
    is_open = (site.id, step.id) in world.unapplied and not is_paid
    return is_open and bool(served) and world.given_up.issuperset(served)


def _drop(world: World, site: Site, step: GridStep) -> None:
    """Give up a grid step before it is applied for, with the money it waits for or has reserved."""
    name = site.id, "", step.id
    world.unapplied.remove((site.id, step.id))
    world.log(*name, "cancelled", step.grid_mw, "MW")
    if world.purse is not None:
        world.purse.withdraw(lambda asked: asked == name)
        release(world, name, 0.0)


def _with_those_after(world: World, key: tuple[str, str]) -> set[tuple[str, str]]:
    """A phase and all that, directly or not, comes after it, by (site, phase)."""
    lost, found = {key}, 0
    while found < len(lost):
        found = len(lost)
        lost |= {
            (site.id, phase.id)
            for site in world.scenario.sites
            for phase in site.phases
            if any(phase_key(site, name) in lost for name in phase.after)
        }
    return lost
