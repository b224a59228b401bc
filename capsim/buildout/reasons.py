"""Why a phase is never ready and a deployment never ordered or delivered: the chain back to the cause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from capsim.buildout.forecast import phase_key
from capsim.buildout.ordering import ON_DEMAND
from capsim.buildout.timeline import ALLOCATION, FUNDING, Reason
from capsim.buildout.world import Build, Name, World
from capsim.scenario.schema import Deployment, Phase, Site, Tranche

TOO_LITTLE = "what is left of the money is too little"
"""Cause: no tranche is to come, and what is there does not pay for what asks first."""
PERCENT = 100.0
Key = tuple[str, str]
"""Site and phase."""


class Chain(NamedTuple):
    """What waits for what, and the cause at the end."""

    names: tuple[str, ...]
    cause: str


def reasons(world: World) -> Iterator[Reason]:
    """A reason for each phase that is never ready, and each deployment that is not ordered or delivered.

    Looked for when nothing more can happen; a deployment in a hall that is never ready has that of its hall.
    """
    ordered = {m[1:4] for m in world.milestones if m.kind == "ordered" and m.time_d < world.end_d}
    unallotted = {
        (*name[:2], name[2].partition("/")[0]) for name, w in world.stuck.items() if w.cause == ALLOCATION
    }
    for site in world.scenario.sites:
        for plan in site.phases:
            if not world.ready[site.id, plan.id].triggered:
                yield Reason(site.id, plan.id, "", *_of_phase(world, (site.id, plan.id), ()))
            for order in plan.deployments:
                name = site.id, plan.id, order.id
                if order.in_service_on is None and name not in ordered:
                    yield Reason(*name, *_of_order(world, site, plan, order))
                elif name in unallotted:
                    yield Reason(*name, (".".join(name),), _of_supply(world, order.system))


def _of_phase(world: World, key: Key, seen: tuple[Key, ...]) -> Chain:
    """Why a phase is never ready; phases already on the way there close a circle."""
    site = next(s for s in world.scenario.sites if s.id == key[0])
    plan = next(p for p in site.phases if p.id == key[1])
    name, seen = ".".join(key), (*seen, key)
    build, step = world.builds[key], f"grid step {site.id}.{plan.energization}"
    if build.is_cancelled():
        if build.cancelled_by in build.spans:
            return Chain((name,), f"{name} is cancelled after its stage {_ended(world, build)}")
        dropped = world.connections[site.id, plan.energization]
        return Chain((name, step), f"{step} is refused or dropped after its stage {_ended(world, dropped)}")
    waits = world.stuck.get((*key, ""))
    if waits is None:
        return _of_needs(world, site, plan, seen)
    if waits.cause == FUNDING:
        return _of_money(world, (*key, ""), name, seen)
    earlier = (phase_key(site, other) for other in plan.after)
    return _behind(name, _next(world, next(k for k in earlier if not world.ready[k].triggered), seen))


def _of_needs(world: World, site: Site, plan: Phase, seen: tuple[Key, ...]) -> Chain:
    """Why the equipment or the power of a phase that has begun does not come."""
    name, step = f"{site.id}.{plan.id}", (site.id, "", plan.energization)
    for item in plan.equipment:
        if (site.id, plan.id, item.id) in world.stuck:
            return Chain((name, f"{name}.{item.id}"), _of_supply(world, item.item))
    if step in world.stuck:
        return _behind(name, _of_money(world, step, _shown(step), seen))
    return Chain((name,), f"{name} waits for what never comes")


def _next(world: World, key: Key, seen: tuple[Key, ...]) -> Chain:
    """The reason of a phase another waits for, or the circle it closes."""
    if key in seen:
        return Chain((".".join(key),), "they wait for each other")
    return _of_phase(world, key, seen)


def _behind(name: str, chain: Chain) -> Chain:
    return Chain((name, *chain.names), chain.cause)


def _ended(world: World, build: Build) -> str:
    """The stage that ended something, and the month."""
    day = world.scenario.start + timedelta(days=int(build.cancelled_d // 1))
    return f"{build.cancelled_by} in {day:%Y-%m}"


def _of_money(world: World, name: Name, shown: str, seen: tuple[Key, ...]) -> Chain:
    """Why the money for something does not come: a tranche that waits for a phase, or none is left."""
    names = [shown]
    if world.purse is not None and world.purse.in_order and world.purse.queue:
        first = world.purse.queue[0].name
        if first != name:
            names.append(_shown(first))
    tranche = _pending(world)
    if tranche is None:
        return Chain(tuple(names), TOO_LITTLE)
    site, _, phase = tranche.after_phase.partition(".")
    chain = _next(world, (site, phase), seen)
    return Chain((*names, f"tranche {tranche.id}", *chain.names), chain.cause)


def _shown(name: tuple[str, ...]) -> str:
    """A place in the queue for money as it is written."""
    site, phase, item = (*name, "", "")[:3]
    return ".".join(part for part in (site, phase, item) if part) if phase else f"grid step {site}.{item}"


def _pending(world: World) -> Tranche | None:
    """The first tranche with money in it that waits for a phase that is never ready."""
    funding = world.scenario.funding
    for tranche in () if funding is None else funding.tranches:
        site, _, phase = tranche.after_phase.partition(".")
        if tranche.amount > 0.0 and tranche.after_phase and not world.ready[site, phase].triggered:
            return tranche
    return None


def _of_order(world: World, site: Site, plan: Phase, order: Deployment) -> Chain:
    """Why a deployment is never ordered inside the horizon."""
    key, name = (site.id, plan.id), f"{site.id}.{plan.id}.{order.id}"
    if (*key, order.id) in world.stuck:
        return _of_money(world, (*key, order.id), name, ())
    if not world.ready[key].triggered and order.ordering != ON_DEMAND:
        return _behind(name, _of_phase(world, key, ()))
    if order.ordering == ON_DEMAND:
        share = f"{order.order_at_allocation * PERCENT:.3g} %"
        return Chain((name,), f"demand never fills {share} of what is there or ordered by then")
    return Chain((name,), "the hand-over of its hall is too late for an order inside the horizon")


def _of_supply(world: World, system: str) -> str:
    """That a vendor allots less than is asked for."""
    pool = world.supplies[system]
    name = next(supply.id for supply in world.scenario.supply if system in supply.systems)
    asked = pool.given + sum(entry.amount() for entry in pool.queue)
    return f"supply {name} allots {pool.received:,.6g} inside the horizon, and {asked:,.6g} are asked for"
