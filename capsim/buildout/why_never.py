"""Why a phase is never ready and a deployment never ordered or delivered: the chain back to the cause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from capsim.buildout.order_dates import ON_DEMAND
from capsim.buildout.timeline import ALLOCATION, EARLIER_PHASE, Reason
from capsim.buildout.world import Name, OrderState, PhaseState, Waiter, Works, World
from capsim.scenario import Awaited, Tranche, awaited

TOO_LITTLE = "what is left of the money is too little"
"""Cause: no tranche is to come, and what is there does not pay for what asks first."""
CIRCLE = "they wait for each other"
"""Cause: what waits is on the way to what it waits for."""
PERCENT = 100.0
FIRST, LAST = 3, 2
"""Names of a long chain that are kept at its beginning and its end."""
Seen = tuple[PhaseState | Name, ...]
"""Phases that are on the way already, and what asks for money."""


class Chain(NamedTuple):
    """What waits for what, and the cause at the end."""

    names: tuple[str, ...]
    cause: str

    def behind(self, *names: str) -> Chain:
        """The chain with what waits for its first."""
        return Chain((*names, *self.names), self.cause)


def reasons(world: World) -> Iterator[Reason]:
    """A reason for each phase that is never ready, and each deployment that is not ordered or delivered.

    Looked for when nothing more can happen; a deployment in a hall that is never ready has that of its hall.
    """
    ordered = {m[1:4] for m in world.milestones if m.kind == "ordered" and m.time_d < world.end_d}
    for phase in world.phases:
        if not phase.ready.triggered:
            yield _reason(phase.name, _of_phase(phase, ()))
        for order in phase.orders:
            if order.plan.in_service_on is None and order.name not in ordered:
                yield _reason(order.name, _of_order(order))
                continue
            stuck = (one.stuck for one in order.arrivals if one.stuck is not None)
            # of the order's own system or of its successor
            short = next((some.unit for some in stuck if some.cause == ALLOCATION), None)
            if short is not None:
                yield _reason(order.name, Chain((_shown(order.name),), _of_supply(world, short)))


def _reason(name: Name, chain: Chain) -> Reason:
    """A reason with so many names of its chain as can be read: the first and the last ones."""
    names = chain.names
    if len(names) > FIRST + LAST + 1:
        between = f"{len(names) - FIRST - LAST} more"
        names = (*names[:FIRST], between, *names[-LAST:])
    return Reason(*name, names, chain.cause)


def _of_phase(phase: PhaseState, seen: Seen) -> Chain:
    """Why a phase is never ready; one that is on the way there already closes a circle."""
    names: list[str] = []
    met: set[PhaseState | Name] = {*seen}
    while True:
        names.append(_shown(phase.name))
        if phase in met:
            return Chain(tuple(names), CIRCLE)
        met.add(phase)
        if phase.is_cancelled() or phase.stuck is None or phase.stuck.cause != EARLIER_PHASE:
            return _of_itself(phase, tuple(met)).behind(*names[:-1])
        phase = next(earlier for earlier in phase.earlier if not earlier.ready.triggered)


def _of_itself(phase: PhaseState, seen: Seen) -> Chain:
    """Why a phase that waits for no other is never ready."""
    step, name = phase.step, _shown(phase.name)
    if phase.is_cancelled():
        if phase.end_of_itself():
            return Chain((name,), f"{name} is cancelled{_ended(phase)}")
        ended = f"is refused or dropped{_ended(step)}"
        return Chain((name, _shown(step.name)), f"{_shown(step.name)} {ended}")
    # of an earlier phase it does not wait, so it is money
    if phase.stuck is not None:
        return _of_money(phase, seen)
    for item in phase.items.values():
        if item.stuck is not None:
            return Chain((name, _shown(item.name)), _of_supply(phase.world, item.plan.item))
    if step.stuck is not None:
        return _of_money(step, seen).behind(name)
    return Chain((name,), f"{name} waits for what never comes")


def _of_money(waiter: Waiter, seen: Seen) -> Chain:
    """Why the money for something does not come: a tranche that waits for it, or none is left."""
    world, name = waiter.world, waiter.name
    # it was met on the way here: what it waits for waits for it
    if name in seen:
        return Chain((_shown(name),), CIRCLE)
    asks, purse = [name], world.purse
    if purse is not None and purse.in_order and purse.queue and purse.queue[0].name != name:
        site, phase, item = purse.queue[0].name
        asks.append((site, phase, item))
    names = [_shown(asked) for asked in asks]
    pending = _pending(world)
    if pending is None:
        return Chain(tuple(names), TOO_LITTLE)
    tranche, milestone = pending
    names.append(f"tranche {tranche.id}")
    of_site = world.sites[milestone.site]
    if milestone.phase:
        if not of_site.phases[milestone.phase].ready.triggered:
            return _of_phase(of_site.phases[milestone.phase], seen).behind(*names)
    else:
        step = of_site.steps[milestone.item.partition(".")[0]]
        if step.stuck is not None:
            return _of_money(step, (*seen, *asks)).behind(*names)
    return Chain(tuple(names), f"its milestone never comes: {milestone}")


def _pending(world: World) -> tuple[Tranche, Awaited] | None:
    """The first tranche with money in it that waits for a milestone that never comes, and that one."""
    funding = world.scenario.funding
    for tranche in () if funding is None else funding.tranches:
        for milestone in awaited(tranche) if tranche.amount > 0.0 else ():
            if not world.awaited[milestone].triggered:
                return tranche, milestone
    return None


def _of_order(order: OrderState) -> Chain:
    """Why a deployment is never ordered inside the horizon."""
    phase, name = order.phase, _shown(order.name)
    if order.plan.cancelled_on is not None:
        return Chain((name,), f"it is cancelled in {order.plan.cancelled_on:%Y-%m}")
    if any(purchase.stuck is not None for purchase in order.purchases):
        return _of_money(order, ())
    on_demand = order.plan.ordering == ON_DEMAND
    # of what is given up demand asks for nothing
    if phase.is_given_up or (not phase.ready.triggered and not on_demand):
        return _of_phase(phase, ()).behind(name)
    if on_demand:
        share = f"{order.plan.order_at_allocation * PERCENT:.3g} %"
        return Chain((name,), f"demand never fills {share} of what is there or ordered by then")
    return Chain((name,), "the hand-over of its hall is too late for an order inside the horizon")


def _of_supply(world: World, system: str) -> str:
    """That a vendor allots less than is asked for."""
    pool = world.supplies[system]
    name = next(supply.id for supply in world.scenario.supply if system in supply.systems)
    asked = pool.given + sum(entry.amount() for entry in pool.queue)
    received = f"{pool.received:,.6g} inside the horizon"
    return f"supply {name} allots {received}, and {asked:,.6g} are asked for"


def _ended(works: Works) -> str:
    """The stage that ended something, if one did, and the month."""
    day = works.world.scenario.start + timedelta(days=int(works.cancelled_d // 1))
    after = f" after its stage {works.cancelled_by}" if works.cancelled_by in works.spans else ""
    by = f" with its stage {works.cancelled_by}" if works.cancelled_by and not after else ""
    return f"{after or by} in {day:%Y-%m}"


def _shown(name: Name) -> str:
    """What waits as it is written: a grid step has no phase."""
    site, phase, item = name
    return ".".join(part for part in (site, phase, item) if part) if phase else f"grid step {site}.{item}"
