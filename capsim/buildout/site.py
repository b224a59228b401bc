"""Grid steps and phases: from application and permit to ready for service."""

from __future__ import annotations

import math

from capsim.buildout import funding, history, works
from capsim.buildout.cancellation import end_phase, end_step, give_up
from capsim.buildout.critical_path import record_path
from capsim.buildout.forecast import JUST_IN_TIME, needed_forecast_d, share_of_works, until_due
from capsim.buildout.marks import Hold
from capsim.buildout.schedule import is_staged
from capsim.buildout.timeline import (
    ALLOCATION,
    EARLIER_PHASE,
    FUNDING,
    GRID,
    HAND_OVER,
    OWN_POWER,
    PLANNED_START,
)
from capsim.buildout.waiting import bridged_d, is_bridged, powered, powered_d, until_known
from capsim.buildout.world import ItemState, PhaseState, Process, StepState
from capsim.units import months_to_days, weeks_to_days


def play_step(step: StepState) -> Process[None]:
    """Play a step of the grid connection until it is energised, refused or dropped."""
    ended_d, by = history.ended(step)
    if ended_d < math.inf:
        step.world.env.process(end_step(step, ended_d, by))
    yield step.world.env.process(_energise(step)) | step.cancelled
    if step.is_cancelled():
        _drop_step(step)


def _energise(step: StepState) -> Process[None]:
    """Energise a step on its date, or once its stages or its lead time are over."""
    world, plan = step.world, step.plan
    slip_d = months_to_days(plan.slip_months)
    if plan.energised_on is not None:
        world.env.process(history.energise_parts(step))
        announced_d = world.day_of(plan.energised_on)
        yield world.until(announced_d + slip_d)
        world.log_wait(announced_d, step.name, GRID)
    else:
        world.env.process(history.energise_parts(step))
        is_applied = yield from _apply(step)
        # all it was to power was given up before
        if not is_applied:
            return
        if plan.stages:
            step.start_d, step.has_begun = world.env.now, True
            yield world.env.all_of(works.start(step)) | step.cancelled
            # a date is not before the stages that lead there, nor is it late once more
            yield world.until(step.done_d) if plan.finished_on is not None else world.env.timeout(slip_d)
        else:
            due_d = step.applied_d + months_to_days(plan.lead_time_months or 0.0) + slip_d
            yield world.until(due_d if plan.finished_on is None else step.done_d)
    if step.is_cancelled():
        return
    if not step.agreed.triggered:
        step.agreed.succeed()
    step.log("energised", plan.grid_mw - step.energised_mw, "MW")
    step.energised.succeed(world.env.now)


def _apply(step: StepState) -> Process[bool]:
    """Apply for a grid step on its date, or once there is the money for it.

    Return whether it was: not where all it was to power is given up before.
    """
    world = step.world
    yield world.until(step.applied_d)
    if world.purse is not None and step.is_to_apply:
        yield from funding.commit_step(step)
        step.applied_d = world.env.now
    if not step.is_to_apply:
        return False
    step.is_to_apply = False
    step.log("applied", step.plan.grid_mw, "MW")
    return True


def _drop_step(step: StepState) -> None:
    """End a grid step that was refused or dropped, and with it the phases that have no other power."""
    step.log("cancelled", step.plan.grid_mw, "MW")
    done = share_of_works(step)
    step.abandon(step.cancelled_d, done)
    funding.release(step, done)
    for phase in step.phases:
        # what own generation carries needs no grid
        if not phase.is_cancelled() and not bridged_d(phase) < math.inf:
            give_up(phase, step.plan.id)


def play_phase(phase: PhaseState) -> Process[None]:
    """Play a phase to ready for service, and record the critical path that led there."""
    played = _build if phase.plan.ready_for_service_on is None else _handed_over
    ended_d, by = history.ended(phase)
    if ended_d < math.inf:
        phase.world.env.process(end_phase(phase, ended_d, by))
    yield phase.world.env.process(played(phase)) | phase.cancelled
    if phase.is_cancelled():
        record_path(phase, None)
        return
    phase.log("ready_for_service", phase.plan.critical_it_mw, "MW")
    phase.ready.succeed(phase.world.env.now)
    if not phase.open.triggered:
        phase.open.succeed()


def _handed_over(phase: PhaseState) -> Process[None]:
    """Wait for the announced date of hand-over, and for the power without which no hall is in service."""
    yield phase.world.until(phase.planned_d)
    if phase.earlier:
        are_ready = phase.world.env.all_of([earlier.ready for earlier in phase.earlier])
        yield from phase.wait(are_ready, phase.plan.critical_it_mw, "MW", EARLIER_PHASE)
    if phase.is_cancelled():
        return
    phase.start_d, phase.prefix = phase.planned_d, [Hold(0.0, phase.planned_d, PLANNED_START)]
    # a hall that was ready had power, of which others may have thought there was more
    had_power = phase.step.plan.energised and phase.planned_d <= phase.world.as_of_d
    if not had_power:
        yield powered(phase)
    cause = OWN_POWER if is_bridged(phase) else GRID
    phase.world.log_wait(phase.planned_d, (*phase.name[:2], HAND_OVER), cause)
    record_path(phase, phase.planned_d if had_power else powered_d(phase))


def _build(phase: PhaseState) -> Process[None]:
    """Wait for the planned start, earlier phases and money, then run the stages."""
    env, items = phase.world.env, phase.items.values()
    at_once = [item for item in items if history.order_of(item) is not None]
    for item in at_once:
        item.process = env.process(_procure(item))
    yield phase.world.until(phase.planned_d)
    yield from _may_start(phase)
    if phase.is_cancelled():
        return
    phase.finished = {stage: env.event() for stage in phase.after}
    for item in items:
        if item not in at_once:
            item.process = env.process(_procure(item))
    power = powered(phase)
    announced = [phase.world.until(phase.done_d)] if phase.done_d < math.inf else []
    # a hall that was ready had its power
    needed = announced if phase.done_d <= phase.world.as_of_d else [*announced, power]
    yield env.all_of([*works.start(phase), *needed]) | phase.cancelled
    if not phase.is_cancelled():
        record_path(phase, powered_d(phase))


def _may_start(phase: PhaseState) -> Process[None]:
    """Wait for earlier phases, and for the money of a phase that has no construction to wait for it."""
    world = phase.world
    # what has begun waited for nothing that the plan knows of
    if history.begun_d(phase) < math.inf or phase.done_d < math.inf:
        phase.start_d, phase.prefix = world.env.now, [Hold(0.0, phase.planned_d, PLANNED_START)]
        return
    if phase.earlier:
        are_ready = world.env.all_of([earlier.ready for earlier in phase.earlier])
        yield from phase.wait(are_ready, phase.plan.critical_it_mw, "MW", EARLIER_PHASE)
    if phase.is_cancelled():
        return
    if phase.plan.grid_agreed and history.is_to_be_agreed(phase.step):
        yield from phase.wait(phase.step.agreed | phase.cancelled, phase.plan.critical_it_mw, "MW", GRID)
        if phase.is_cancelled():
            return
    free_d = world.env.now
    if not is_staged(phase.plan):
        yield from funding.commit_works(phase)
        if phase.is_cancelled():
            return
    phase.start_d = world.env.now
    phase.prefix = [
        Hold(0.0, phase.planned_d, PLANNED_START),
        Hold(phase.planned_d, free_d, EARLIER_PHASE),
        Hold(free_d, phase.start_d, FUNDING),
    ]


def _procure(item: ItemState) -> Process[None]:
    """Order equipment on its date or after its stage, and have it delivered once it is allotted."""
    world, phase, plan = item.world, item.phase, item.plan
    if item.serves is not None:
        yield item.serves.arrived | item.serves.phase.cancelled
        if item.serves.arrived.triggered:
            item.ordered_d, item.delivered_d = item.serves.ordered_d, world.env.now
            return
    known_d = history.order_of(item)
    if known_d is not None:
        yield world.until(known_d)
    elif plan.ordered_after:
        yield phase.finished[plan.ordered_after]
    if known_d is None:
        yield from until_known(world)
    if plan.ordering == JUST_IN_TIME:
        terms = item.expected
        ahead_d = weeks_to_days(terms.lead_time_weeks) + weeks_to_days(terms.margin_weeks)
        yield from until_due(phase, lambda: needed_forecast_d(item) - ahead_d)
    # nothing more is ordered for it
    if phase.is_given_up:
        return
    item.ordered_d = world.env.now
    item.log("equipment_ordered", 1.0, "equipment")
    pool = world.supplies.get(plan.item)
    allotted = None if pool is None else pool.ask(1.0, phase.plan.priority, item.name)
    arrives_d = history.arrival_of(item)
    lead_d = weeks_to_days(plan.lead_time_weeks)
    yield world.env.timeout(lead_d) if arrives_d is None else world.until(arrives_d)
    if allotted is not None and arrives_d is None:
        due_d = world.env.now
        given_d = yield from item.wait(allotted, 1.0, "equipment", ALLOCATION)
        world.log_wait(due_d, item.name, ALLOCATION)
        # withdrawn with its phase: it is never delivered
        if given_d is None:
            return
    item.delivered_d = world.env.now
    item.arrived.succeed()
    item.log("equipment_delivered", 1.0, "equipment")
