"""Money: tranches that arrive, and what phases, grid steps and orders commit of it.

A commitment is at the price of its day. A grid step without its first phase is worth nothing, nor is the
phase without the step: whichever asks first asks for both, and what it does not spend itself is
reserved for the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from capsim.buildout.forecast import works_forecast_d
from capsim.buildout.pool import Pool
from capsim.buildout.timeline import FUNDING
from capsim.buildout.world import PhaseState, Process, Purchase, StepState, World
from capsim.quantities import facility_price, grid_price, system_price
from capsim.scenario import FINISHED, Awaited, Tranche, awaited

UNDER_WAY = -1
"""Rank of what a reservation falls short of: it goes before all that has not begun."""
Payer = PhaseState | StepState | Purchase
"""What is paid for."""


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
    world.env.process(_settle(world, world.purse))


def _settle(world: World, purse: Pool) -> Process[None]:
    """Have the purse hold what is left of it by what is known to be committed."""
    lines = [line for line in world.scenario.actuals if line.what == "committed" and not line.site]
    for line in sorted(lines, key=lambda line: line.on):
        yield world.until(world.day_of(line.on) + 1.0)
        purse.settle(line.number or 0.0)


def _arrive(world: World, tranche: Tranche, purse: Pool) -> Process[None]:
    """Wait for a tranche's date and for its milestones, then add it."""
    yield world.until(world.day_of(tranche.available_on))
    for milestone in awaited(tranche):
        yield world.awaited[milestone]
        # a milestone that ended what it belongs to keeps the tranche back for good
        if _is_refused(world, milestone):
            return
    world.log("", "", tranche.id, "funded", tranche.amount, world.scenario.currency.code)
    purse.put(tranche.amount)


def _is_refused(world: World, milestone: Awaited) -> bool:
    """Whether a stage is over because it ended its phase or grid step."""
    site, (step, _, stage) = world.sites[milestone.site], milestone.item.partition(".")
    # only the end of a stage can be a refusal
    if milestone.kind != FINISHED:
        return False
    if milestone.phase:
        return site.phases[milestone.phase].cancelled_by == milestone.item
    return site.steps[step].cancelled_by == stage


@dataclass(frozen=True)
class Claim:
    """A claim on the purse whose amount is that of the day on which it is met.

    Its partner is what is worth nothing without it: a step's first phase, or a phase's step.
    """

    payer: Payer
    kind: str
    """What the funding may cover: `facilities`, `grid` or `systems`."""
    price: Callable[[], float]
    """Price on the day it is asked for. [scenario currency]"""
    partner: Callable[[], Claim | None] = lambda: None

    def amount(self) -> float:
        """Money it takes now, less what is reserved. [scenario currency]"""
        other = self._other()
        return self.price() - self.payer.account.reserved + (other.price() if other else 0.0)

    def take(self, _: float) -> None:
        """Commit the price, and reserve that of the other."""
        other, account = self._other(), self.payer.account
        _reserve(self.payer, 0.0)
        price = self.price()
        account.committed = (account.committed or 0.0) + price
        self.payer.log("committed", price, self.payer.world.scenario.currency.code)
        if other is not None:
            _reserve(other.payer, other.price())

    def _other(self) -> Claim | None:
        """The partner, where it is not paid for and its kind is covered."""
        other = self.partner()
        if other is None or not other.payer.account.is_open:
            return None
        return None if other.payer.world.purse_for(other.kind) is None else other


def commit_step(step: StepState) -> Process[None]:
    """Wait until a grid step can be paid for together with the first phase it serves."""
    claim = Claim(step, "grid", lambda: _step_price(step), lambda: _first_phase(step))
    rank = min((phase.plan.priority for phase in step.phases), default=0)
    yield from _commit(claim, rank, step.plan.grid_mw, "MW")


def commit_works(phase: PhaseState) -> Process[None]:
    """Wait until the works of a phase can be paid for, together with a grid step nobody has applied for."""
    world, step, plan = phase.world, phase.step, phase.plan
    # the landlord pays for a leased hall
    if plan.tenure != "own":
        return

    def price() -> float:
        return facility_price(world.scenario, phase.site.plan, plan, world.env.now)

    is_open = step.plan.energised_on is None and world.day_of(step.plan.applied_on) >= 0.0
    partner = Claim(step, "grid", lambda: _step_price(step)) if is_open else None
    claim = Claim(phase, "facilities", price, lambda: partner)
    yield from _commit(claim, plan.priority, plan.critical_it_mw, "MW")


def commit_systems(purchase: Purchase) -> Process[bool]:
    """Wait until systems can be paid for; return whether they may be ordered."""
    world, order = purchase.world, purchase.order
    site, plan, systems = order.phase.site.plan, order.plan, purchase.systems

    def price() -> float:
        now, is_successor = world.env.now, purchase.is_successor
        return systems * system_price(world.scenario, site, plan, now, is_successor=is_successor)

    claim = Claim(purchase, "systems", price)
    may_order = yield from _commit(claim, plan.priority, systems, purchase.system)
    return may_order


def _commit(claim: Claim, rank: int, amount: float, unit: str) -> Process[bool]:
    """Wait until something can be paid for, and commit its price.

    What was committed before the start, or is of a kind the funding does not cover, draws nothing.
    Return whether it may be ordered: not where its phase is given up while it waits.
    """
    payer = claim.payer
    world, account, purse = payer.world, payer.account, payer.world.purse_for(claim.kind)
    # money for this kind is not limited
    if purse is None:
        return True
    asked_d = world.env.now
    if asked_d < 0.0 or not claim.price() > 0.0:
        account.committed = account.committed or 0.0
        return True
    rank = UNDER_WAY if account.reserved else rank
    given_d = yield from payer.wait(
        purse.ask(claim.amount, rank, payer.name, claim.take), amount, unit, FUNDING
    )
    if payer.name[2]:
        world.log_wait(asked_d, payer.name, FUNDING)
    return given_d is not None


def _reserve(payer: Payer, amount: float) -> None:
    """Set what is reserved for something, and record the change."""
    change = amount - payer.account.reserved
    payer.account.reserved = max(0.0, amount)
    if change:
        payer.log("reserved", change, payer.world.scenario.currency.code)


def release(payer: PhaseState | StepState, share_done: float) -> None:
    """Give back what a cancelled phase or grid step did not spend, and what was reserved for it."""
    purse, account = payer.world.purse, payer.account
    if purse is None:
        return
    unspent, kept = (account.committed or 0.0) * (1.0 - share_done), account.reserved
    _reserve(payer, 0.0)
    if unspent > 0.0:
        payer.log("released", unspent, payer.world.scenario.currency.code)
    purse.put(unspent + kept)


def _first_phase(step: StepState) -> Claim | None:
    """The first phase to be built of those a step serves; none where one is there or paid for already."""
    # a hall that is there, or is another's, makes the step worth its price
    if any(p.plan.ready_for_service_on is not None or p.plan.tenure != "own" for p in step.phases):
        return None
    alive = [phase for phase in step.phases if not phase.is_given_up]
    if not alive or not all(phase.account.is_open for phase in step.phases):
        return None
    starts_d = {phase: works_forecast_d(phase) for phase in alive}
    first = min(alive, key=lambda phase: (starts_d[phase], phase.plan.priority, phase.plan.id))
    scenario, site = step.world.scenario, step.site.plan
    return Claim(first, "facilities", lambda: facility_price(scenario, site, first.plan, starts_d[first]))


def _step_price(step: StepState) -> float:
    """Price of a grid step, applied for now or on the date the plan says. [scenario currency]"""
    day_d = max(step.world.env.now, step.world.day_of(step.plan.applied_on))
    return grid_price(step.world.scenario, step.site.plan, step.plan, day_d)
