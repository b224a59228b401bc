"""The end of a run: what still waits when nothing more can happen, and the path of what is never ready."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain

from capsim.buildout.critical_path import grid_path, is_timed, log_path, walked
from capsim.buildout.marks import Hold, Span, Stuck
from capsim.buildout.schedule import CONSTRUCTION
from capsim.buildout.timeline import (
    ALLOCATION,
    EARLIER_PHASE,
    FUNDING,
    GRID,
    HALL,
    HAND_OVER,
    PLANNED_START,
    Milestone,
)
from capsim.buildout.world import ItemState, PhaseState, StepState, Waiter, World
from capsim.units import weeks_to_days
from capsim.vocabulary import MilestoneKind


def close(world: World) -> None:
    """Record what still waits: phases never ready, equipment and orders never filled, claims on the purse."""
    for phase in world.phases:
        if not phase.is_cancelled() and not phase.ready.triggered:
            _close_phase(phase)
    for waiter in _steps_and_goods(world):
        if waiter.stuck is not None and waiter.stuck.since_d < world.end_d:
            since_d, amount, unit, cause = waiter.stuck
            world.log_wait(max(since_d, 0.0), waiter.name, cause, world.end_d)
            if cause != HALL:
                world.milestones.append(Milestone(world.end_d, *waiter.name, "undelivered", amount, unit))
    _close_purse(world)


def _steps_and_goods(world: World) -> Iterator[Waiter]:
    """All that may wait but phases: grid steps, equipment, purchases and arrivals."""
    for site in world.sites.values():
        yield from site.steps.values()
    for phase in world.phases:
        yield from phase.items.values()
        for order in phase.orders:
            yield from chain(order.purchases, order.arrivals)


def _close_purse(world: World) -> None:
    """Record what still waits for money, how much each needs, and which of them holds up the others."""
    purse, code = world.purse, world.scenario.currency.code
    if purse is None:
        return
    waiting = [(asked, asked.amount()) for asked in purse.queue if asked.since_d < world.end_d]
    waiting = [(asked, amount) for asked, amount in waiting if amount > 0.0]
    for number, (asked, amount) in enumerate(waiting):
        site, phase, item = asked.name
        is_first = purse.in_order and not number
        kinds: tuple[MilestoneKind, ...] = ("first_in_queue", "unfunded") if is_first else ("unfunded",)
        for kind in kinds:
            world.milestones.append(Milestone(world.end_d, site, phase, item, kind, amount, code))


def _close_phase(phase: PhaseState) -> None:
    """Record a phase that waits for an earlier phase, money, equipment or power to the end."""
    world, stuck = phase.world, phase.stuck
    if stuck is None:
        since_d, path = phase.start_d, _path_to_the_end(phase)
        _log_waiting(phase)
    else:
        since_d, path = stuck.since_d, _path_to_stuck(phase, stuck)
    log_path(phase, path)
    end_d = max(world.end_d, since_d)
    world.milestones.append(Milestone(end_d, *phase.name, "unbuilt", phase.plan.critical_it_mw, "MW"))
    # what is under way is not given up
    phase.abandon(*((end_d, 1.0) if stuck is None else (since_d, 0.0)))


def _path_to_stuck(phase: PhaseState, stuck: Stuck) -> list[Hold]:
    """The path of a phase that waits for an earlier one, or for the money of its works."""
    # its construction waits, and what comes before that is done
    if phase.start_d < math.inf:
        path = walked(phase, phase.after[CONSTRUCTION])
    else:
        path = [
            Hold(0.0, phase.planned_d, PLANNED_START),
            Hold(phase.planned_d, stuck.since_d, EARLIER_PHASE),
        ]
    return [*path, Hold(stuck.since_d, phase.world.end_d, stuck.cause)]


def _path_to_the_end(phase: PhaseState) -> list[Hold]:
    """The path of a phase that has started and waits for ever: of its waits the one that began first."""
    paths: list[list[Hold]] = []
    needs_power = False
    for stage in _waiting(phase):
        stuck = [item for item in phase.needed_at(stage) if item.stuck is not None]
        firm = [item for item in stuck if not is_timed(item)]
        paths += [_path_to_equipment(item) for item in firm]
        lacks_power = phase.stages[stage].needs_energization and not phase.step.energised.triggered
        # what is timed for the others holds up only beyond them
        if not firm and not lacks_power:
            paths += [_path_to_timed(item) for item in stuck]
        needs_power |= lacks_power
    if not paths or needs_power:
        # where all stages are done, power is what is left to wait for
        paths.append(_path_to_power(phase.step))
    return min(paths, key=lambda path: path[-1].start_d)


def _waiting(phase: PhaseState) -> list[str]:
    """Stages that wait though those they come after are done."""
    return [
        stage
        for stage, before in phase.after.items()
        if stage not in phase.spans and all(name in phase.spans for name in before)
    ]


def _log_waiting(phase: PhaseState) -> None:
    """Record what waits to the end: stages for the first equipment that never comes, all else for power."""
    world, (site, name, _) = phase.world, phase.name
    if phase.plan.ready_for_service_on is not None:
        world.log_wait(max(phase.planned_d, 0.0), (site, name, HAND_OVER), GRID, world.end_d)
    for stage in _waiting(phase):
        stuck = (item.plan.id for item in phase.needed_at(stage) if item.stuck is not None)
        since_d = max(_held_until_d(phase, stage), 0.0)
        world.log_wait(since_d, (site, name, stage), next(stuck, GRID), world.end_d)


def _held_until_d(phase: PhaseState, stage: str) -> float:
    """When the last of what held up a waiting stage was over, or it was free of its predecessors. [d]"""
    holds = phase.holds[stage]
    return holds[-1].end_d if holds else phase.free_d(stage)


def _path_to_equipment(item: ItemState) -> list[Hold]:
    """The path to equipment that was ordered as soon as it could be, and is never allotted."""
    due_d, plan = _due_d(item), item.plan
    ordered_d, end_d = due_d - weeks_to_days(plan.lead_time_weeks), max(item.world.end_d, due_d)
    last = [Hold(ordered_d, due_d, plan.id), Hold(due_d, end_d, ALLOCATION)]
    if plan.ordered_on is not None:
        return [Hold(0.0, ordered_d, PLANNED_START), *last]
    return walked(item.phase, (plan.ordered_after,) if plan.ordered_after else ()) + last


def _path_to_timed(item: ItemState) -> list[Hold]:
    """The path to equipment just in time that is never allotted: what it was timed for, and then itself."""
    phase, stage, due_d = item.phase, item.plan.needed_at, _due_d(item)
    asked_d = _held_until_d(phase, stage)
    end_d = max(item.world.end_d, due_d)
    last = [Hold(asked_d, due_d, item.plan.id)] if due_d > asked_d else []
    last.append(Hold(max(asked_d, due_d), end_d, ALLOCATION))
    held = Span(phase.free_d(stage), (*phase.holds[stage], *last), end_d, end_d)
    return walked(phase, (stage,), phase.spans | {stage: held})[:-1]


def _due_d(item: ItemState) -> float:
    """When equipment that is never allotted was due. [d]"""
    return math.inf if item.stuck is None else item.stuck.since_d


def _path_to_power(step: StepState) -> list[Hold]:
    """The path to a grid step that is never energised: it waits for its money to the end."""
    path = grid_path(step, step.world.end_d)
    if step.stuck is not None:
        path[-1] = path[-1]._replace(cause=FUNDING)
    return path
