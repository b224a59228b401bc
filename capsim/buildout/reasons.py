"""Why a phase is never ready and a deployment never ordered or delivered: the chain back to the cause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from capsim.buildout.forecast import phase_key
from capsim.buildout.ordering import ON_DEMAND
from capsim.buildout.timeline import ALLOCATION, EARLIER_PHASE, Reason
from capsim.buildout.world import Build, Name, World
from capsim.scenario.awaited_milestones import IN_SERVICE, Awaited, awaited
from capsim.scenario.records.schema import Deployment, Phase, Site, Tranche

TOO_LITTLE = "what is left of the money is too little"
"""Cause: no tranche is to come, and what is there does not pay for what asks first."""
CIRCLE = "they wait for each other"
"""Cause: what waits is on the way to what it waits for."""
PERCENT = 100.0
FIRST, LAST = 3, 2
"""Names of a long chain that are kept at its beginning and its end."""
Key = tuple[str, str]
"""Site and phase."""
Seen = tuple[Key | Name, ...]
"""Phases that are on the way already, and what asks for money."""


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
    of = _Search(world)
    for site in world.scenario.sites:
        for plan in site.phases:
            if not world.ready[site.id, plan.id].triggered:
                yield _reason((site.id, plan.id, ""), of.phase((site.id, plan.id), ()))
            for order in plan.deployments:
                name = site.id, plan.id, order.id
                if order.in_service_on is None and name not in ordered:
                    yield _reason(name, of.order(site, plan, order))
                elif name in unallotted:
                    yield _reason(name, Chain((".".join(name),), of.supply(order.system)))


def _reason(name: Name, chain: Chain) -> Reason:
    """A reason with so many names of its chain as can be read: the first and the last ones."""
    names = chain.names
    if len(names) > FIRST + LAST + 1:
        between = f"{len(names) - FIRST - LAST} more"
        names = (*names[:FIRST], between, *names[-LAST:])
    return Reason(*name, names, chain.cause)


class _Search:
    """Walks from what waits to what it waits for, in a world in which nothing more can happen."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.plans = {(s.id, p.id): (s, p) for s in world.scenario.sites for p in s.phases}

    def phase(self, key: Key, seen: Seen) -> Chain:
        """Why a phase is never ready; one that is on the way there already closes a circle."""
        names: list[str] = []
        met: set[Key | Name] = {*seen}
        while True:
            names.append(".".join(key))
            if key in met:
                return Chain(tuple(names), CIRCLE)
            met.add(key)
            waits = self.world.stuck.get((*key, ""))
            if self.world.builds[key].is_cancelled() or waits is None or waits.cause != EARLIER_PHASE:
                end = self._of_itself(key, tuple(met))
                return Chain((*names[:-1], *end.names), end.cause)
            site, plan = self.plans[key]
            earlier = (phase_key(site, other) for other in plan.after)
            key = next(other for other in earlier if not self.world.ready[other].triggered)

    def _of_itself(self, key: Key, seen: Seen) -> Chain:
        """Why a phase that waits for no other is never ready."""
        world, (site, plan), name = self.world, self.plans[key], ".".join(key)
        build, step = world.builds[key], (site.id, "", plan.energization)
        if build.is_cancelled():
            if build.cancelled_by in build.spans:
                return Chain((name,), f"{name} is cancelled after its stage {_ended(world, build)}")
            ended = f"is refused or dropped after its stage {_ended(world, world.connections[step[::2]])}"
            return Chain((name, _shown(step)), f"{_shown(step)} {ended}")
        if (*key, "") in world.stuck:
            return self._of_money((*key, ""), seen)
        for item in plan.equipment:
            if (*key, item.id) in world.stuck:
                return Chain((name, f"{name}.{item.id}"), self.supply(item.item))
        if step in world.stuck:
            return _behind(name, self._of_money(step, seen))
        return Chain((name,), f"{name} waits for what never comes")

    def _of_money(self, name: Name, seen: Seen) -> Chain:
        """Why the money for something does not come: a tranche that waits for it, or none is left."""
        if name in seen:
            return Chain((_shown(name),), CIRCLE)
        asks, purse = [name], self.world.purse
        if purse is not None and purse.in_order and purse.queue and purse.queue[0].name != name:
            site, phase, item = (*purse.queue[0].name, "", "")[:3]
            asks.append((site, phase, item))
        names = [_shown(asked) for asked in asks]
        pending = self._pending()
        if pending is None:
            return Chain(tuple(names), TOO_LITTLE)
        tranche, milestone = pending
        names.append(f"tranche {tranche.id}")
        if milestone.phase and not self.world.ready[milestone.site, milestone.phase].triggered:
            chain = self.phase((milestone.site, milestone.phase), seen)
            return Chain((*names, *chain.names), chain.cause)
        step = milestone.site, "", milestone.item.partition(".")[0]
        if not milestone.phase and step in self.world.stuck:
            chain = self._of_money(step, (*seen, *asks))
            return Chain((*names, *chain.names), chain.cause)
        return Chain(tuple(names), f"its milestone never comes: {milestone}")

    def _pending(self) -> tuple[Tranche, Awaited] | None:
        """The first tranche with money in it that waits for a milestone that never comes, and that one."""
        funding = self.world.scenario.funding
        came = {
            (m.site, m.phase, "" if m.kind == IN_SERVICE else m.item, m.kind) for m in self.world.milestones
        }
        for tranche in () if funding is None else funding.tranches:
            for milestone in awaited(tranche) if tranche.amount > 0.0 else ():
                if milestone not in came:
                    return tranche, milestone
        return None

    def order(self, site: Site, plan: Phase, order: Deployment) -> Chain:
        """Why a deployment is never ordered inside the horizon."""
        key, name = (site.id, plan.id), f"{site.id}.{plan.id}.{order.id}"
        if (*key, order.id) in self.world.stuck:
            return self._of_money((*key, order.id), ())
        is_lost = key in self.world.given_up  # then demand asks for nothing there
        if is_lost or (not self.world.ready[key].triggered and order.ordering != ON_DEMAND):
            return _behind(name, self.phase(key, ()))
        if order.ordering == ON_DEMAND:
            share = f"{order.order_at_allocation * PERCENT:.3g} %"
            return Chain((name,), f"demand never fills {share} of what is there or ordered by then")
        return Chain((name,), "the hand-over of its hall is too late for an order inside the horizon")

    def supply(self, system: str) -> str:
        """That a vendor allots less than is asked for."""
        pool = self.world.supplies[system]
        name = next(supply.id for supply in self.world.scenario.supply if system in supply.systems)
        asked = pool.given + sum(entry.amount() for entry in pool.queue)
        received = f"{pool.received:,.6g} inside the horizon"
        return f"supply {name} allots {received}, and {asked:,.6g} are asked for"


def _behind(name: str, chain: Chain) -> Chain:
    return Chain((name, *chain.names), chain.cause)


def _ended(world: World, build: Build) -> str:
    """The stage that ended something, and the month."""
    day = world.scenario.start + timedelta(days=int(build.cancelled_d // 1))
    return f"{build.cancelled_by} in {day:%Y-%m}"


def _shown(name: tuple[str, ...]) -> str:
    """What asks for money as it is written: a grid step has no phase."""
    site, phase, item = (*name, "", "")[:3]
    return ".".join(part for part in (site, phase, item) if part) if phase else f"grid step {site}.{item}"
