"""Money: tranches that arrive, and what phases, grid steps and orders commit of it.

A commitment is at the price of its day. A grid step without its first phase is worth nothing, nor is the
phase without the step: whichever asks first asks for both, and what it does not spend itself is
reserved for the other.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, NamedTuple

import simpy

from capsim.buildout.forecast import works_forecast_d
from capsim.buildout.pool import Pool
from capsim.buildout.timeline import FUNDING
from capsim.buildout.world import Name, Process, Stuck, World
from capsim.quantities.prices import facility_price, grid_price
from capsim.scenario.awaited_milestones import FINISHED, Awaited, awaited
from capsim.scenario.records.schema import GridStep, Phase, Site, Tranche

Price = Callable[[], float]
"""Price of something on the day it is asked for. [scenario currency]"""
UNDER_WAY = -1
"""Rank of what a reservation falls short of: it goes before all that has not begun."""


class Partner(NamedTuple):
    """What is worth nothing without the other: a step's first phase, or a phase's step."""

    name: Name
    price: Price


def open_funding(world: World) -> None:
    """Start the tranches; without them nothing waits for money."""
    funding = world.scenario.funding
    if funding is None:
        return
    world.purse = Pool(world.env, funding.rule == "in_order")
    for tranche in funding.tranches:
        for milestone in awaited(tranche):
            world.awaited.setdefault(milestone, world.env.event())
        world.env.process(_arrive(world, tranche, world.purse))


def _arrive(world: World, tranche: Tranche, purse: Pool) -> Process:
    """Wait for a tranche's date and for its milestones, then add it."""
    yield world.until(world.day_of(tranche.available_on))
    for milestone in awaited(tranche):
        yield world.awaited[milestone]
        if _is_refused(world, milestone):
            return
    world.log("", "", tranche.id, "funded", tranche.amount, world.scenario.currency.code)
    purse.put(tranche.amount)


def _is_refused(world: World, milestone: Awaited) -> bool:
    """Whether a stage is over because it ended its phase or grid step."""
    site, phase, item, kind = milestone
    step, _, stage = item.partition(".")
    build = world.builds.get((site, phase)) if phase else world.connections.get((site, step))
    return kind == FINISHED and build is not None and build.cancelled_by == (item if phase else stage)


def commit_step(world: World, site: Site, step: GridStep) -> Process:
    """Wait until a grid step can be paid for together with the first phase it serves."""

    def partner() -> Partner | None:
        return _first_phase(world, site, step)

    served = [phase.priority for phase in site.phases if phase.energization == step.id]
    of = Stuck(world.env.now, step.grid_mw, "MW")
    name = site.id, "", step.id
    yield from commit(
        world, "grid", _step_price(world, site, step), min(served, default=0), name, of, partner
    )


def commit_works(world: World, site: Site, phase: Phase) -> Process:
    """Wait until the works of a phase can be paid for, together with a grid step nobody has applied for."""
    if phase.tenure != "own":
        return

    def partner() -> Partner | None:
        step = next(step for step in site.grid_connection if step.id == phase.energization)
        name = site.id, "", step.id
        is_open = step.energised_on is None and world.day_of(step.applied_on) >= 0.0
        return Partner(name, _step_price(world, site, step)) if is_open else None

    of = Stuck(world.env.now, phase.critical_it_mw, "MW")
    name = site.id, phase.id, ""

    def price() -> float:
        return facility_price(world.scenario, site, phase, world.env.now)

    yield from commit(world, "facilities", price, phase.priority, name, of, partner)


def commit(
    world: World,
    what: str,
    price: Price,
    rank: int,
    name: Name,
    of: Stuck,
    partner: Callable[[], Partner | None] = lambda: None,
) -> Generator[simpy.Event, Any, bool]:
    """Wait until something can be paid for, and commit its price.

    What was committed before the start, or is of a kind the funding does not cover, draws nothing.
    Return whether it may be ordered: not where its phase is given up while it waits.
    """
    funding = world.scenario.funding
    if world.purse is None or funding is None or what not in funding.covers:
        return True
    if of.since_d < 0.0 or not price() > 0.0:
        world.committed.setdefault(name, 0.0)
        return True
    ask = _Ask(world, price, name, partner)
    key = _free_key(world, name)
    world.stuck[key] = of._replace(cause=FUNDING)
    given_d = yield world.purse.ask(ask.amount, UNDER_WAY if name in world.reserved else rank, name, ask.take)
    del world.stuck[key]
    if name[2]:
        world.log_wait(of.since_d, *name, FUNDING)
    return given_d is not None


def _free_key(world: World, name: Name) -> Name:
    """Key of what waits: numbered where successors of several lots of one deployment wait."""
    key, number = name, 0
    while key in world.stuck:
        number += 1
        key = (*name[:2], f"{name[2]}/{number}")
    return key


class _Ask:
    """A claim on the purse whose amount is that of the day on which it is met."""

    def __init__(self, world: World, price: Price, name: Name, partner: Callable[[], Partner | None]) -> None:
        self.world, self.price, self.name, self.partner = world, price, name, partner

    def amount(self) -> float:
        """Money it takes now, less what is reserved."""
        other = self._other()
        return self.price() - self.world.reserved.get(self.name, 0.0) + (other.price() if other else 0.0)

    def take(self) -> None:
        """Commit the price, and reserve that of the other."""
        other = self._other()
        reserve(self.world, self.name, 0.0)
        price = self.price()
        self.world.committed[self.name] = self.world.committed.get(self.name, 0.0) + price
        self.world.log(*self.name, "committed", price, self.world.scenario.currency.code)
        if other is not None:
            reserve(self.world, other.name, other.price())

    def _other(self) -> Partner | None:
        """The other, where it is not paid for and its kind is covered."""
        funding, other = self.world.scenario.funding, self.partner()
        if other is None or funding is None or other.name in self.world.committed:
            return None
        kind = "facilities" if other.name[1] else "grid"
        return other if kind in funding.covers and other.name not in self.world.reserved else None


def reserve(world: World, name: Name, amount: float) -> None:
    """Set what is reserved for something, and record the change."""
    change = amount - world.reserved.pop(name, 0.0)
    if amount > 0.0:
        world.reserved[name] = amount
    if change:
        world.log(*name, "reserved", change, world.scenario.currency.code)


def release(world: World, name: Name, share_done: float) -> None:
    """Give back what a cancelled phase or grid step did not spend, and what was reserved for it."""
    if world.purse is None:
        return
    unspent, kept = world.committed.get(name, 0.0) * (1.0 - share_done), world.reserved.get(name, 0.0)
    reserve(world, name, 0.0)
    if unspent > 0.0:
        world.log(*name, "released", unspent, world.scenario.currency.code)
    world.purse.put(unspent + kept)


def _first_phase(world: World, site: Site, step: GridStep) -> Partner | None:
    """The first phase to be built of those a step serves; none where one is there or paid for already."""
    served = [phase for phase in site.phases if phase.energization == step.id]
    if any(p.ready_for_service_on is not None or p.tenure != "own" for p in served):
        return None
    if any((site.id, p.id, "") in held for p in served for held in (world.committed, world.reserved)):
        return None
    alive = [phase for phase in served if (site.id, phase.id) not in world.given_up]
    if not alive:
        return None
    starts_d = {phase.id: works_forecast_d(world, site, phase) for phase in alive}
    first = min(alive, key=lambda phase: (starts_d[phase.id], phase.priority, phase.id))

    def price() -> float:
        return facility_price(world.scenario, site, first, starts_d[first.id])

    return Partner((site.id, first.id, ""), price)


def _step_price(world: World, site: Site, step: GridStep) -> Price:
    """Price of a grid step, applied for now or on the date the plan says."""
    return lambda: grid_price(world.scenario, site, step, max(world.env.now, world.day_of(step.applied_on)))
