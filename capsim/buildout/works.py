"""Stages played forward, of a phase or of a grid step: what each waits for, takes, and ends with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

import simpy

from capsim.buildout import funding
from capsim.buildout.cancellation import give_up
from capsim.buildout.critical_path import is_timed, power_holds
from capsim.buildout.forecast import JUST_IN_TIME
from capsim.buildout.history import (
    has_started,
    is_agreed_in_time,
    is_in_the_works,
    is_over,
    start_of,
)
from capsim.buildout.marks import Hold, Span
from capsim.buildout.schedule import CONSTRUCTION, duration_d
from capsim.buildout.timeline import CREW, FUNDING, GRID
from capsim.buildout.waiting import powered, until_known
from capsim.buildout.world import ItemState, Name, PhaseState, Process, StepState, Works, World
from capsim.models.stages import WORK
from capsim.scenario import Stage

LIKELIER_THAN_NOT = 0.5
"""Probability above which the central case lets a stage end its phase or grid step. [1]"""


def start(works: Works) -> Sequence[simpy.Process]:
    """Start all stages; each waits for those it comes after. Return their processes."""
    done: dict[str, simpy.Process] = {}
    for name, after in works.after.items():
        played = _stage(works, works.stages[name], [done[earlier] for earlier in after])
        done[name] = works.world.env.process(played)
    return list(done.values())


def _name(works: Works, stage: Stage) -> Name:
    """Site, phase and item under which a stage is recorded."""
    site, phase, step = works.name
    return (site, phase, f"{step}.{stage.id}" if step else stage.id)


def _stage(works: Works, stage: Stage, after: list[simpy.Process]) -> Process[None]:
    """Run a stage once what it comes after is done, and keep its span."""
    world, is_known = works.world, has_started(works, stage)
    # what has started waited for nothing that the plan knows of
    yield world.until(start_of(works, stage)) if is_known else world.env.all_of(after)
    # what is cancelled while a stage waits or runs ends it: nothing more of it is recorded
    if works.is_cancelled():
        return
    free_d = world.env.now
    holds = works.holds[stage.id] = []
    if not is_known:
        yield from _may_start(works, stage, holds)
    elif isinstance(works, PhaseState) and stage.id == CONSTRUCTION:
        world.env.process(funding.commit_works(works))
    if works.is_cancelled():
        return
    start_d = yield from _run(works, stage, holds, waits=not is_known)
    if works.is_cancelled():
        return
    world.log(*_name(works, stage), "finished", 1.0, "stage")
    works.spans[stage.id] = Span(free_d, tuple(holds), start_d, world.env.now)
    _end(works, stage)


def _run(works: Works, stage: Stage, holds: list[Hold], *, waits: bool) -> Process[float]:
    """Take a stage's crew, for which it may wait, and run it to its end; return when it started. [d]"""
    world, name = works.world, _name(works, stage)
    with _crew(works, stage) as crew:
        asked_d = world.env.now
        if crew is not None and waits:
            yield crew | works.cancelled
            holds += _hold(world, name, asked_d, CREW)
        if works.is_cancelled():
            return asked_d
        start_d = works.started_d[stage.id] = world.env.now
        world.log(*name, "started", 1.0, "stage")
        if isinstance(works, PhaseState) and works.is_to_first_power and stage.id == works.plan.stages[-1].id:
            works.open.succeed()
        works.lengths_d[stage.id] = _length_d(works, stage)
        done = _ending(works, stage)
        # a cancelled stage gives its crew back
        yield done if crew is None else done | works.cancelled
    return start_d


def _may_start(works: Works, stage: Stage, holds: list[Hold]) -> Process[None]:
    """Wait for the data date and for what a stage needs; for nothing in works whose end has a date."""
    if works.done_d < math.inf or (isinstance(works, StepState) and is_agreed_in_time(works, stage)):
        return
    yield from until_known(works.world)
    if isinstance(works, PhaseState) and not works.is_cancelled():
        yield from _held(works, stage, holds)


def _ending(works: Works, stage: Stage) -> simpy.Event:
    """What ends a stage that has started: its time, or of works within a phase's durations that phase."""
    if isinstance(works, StepState) and is_in_the_works(works, stage):
        return works.wanted | works.world.until(works.world.end_d)
    return works.world.env.timeout(works.lengths_d[stage.id])


def _length_d(works: Works, stage: Stage) -> float:
    """How long a stage lasts that starts now: until its date where it has one, else its duration. [d]"""
    world = works.world
    if stage.finished_on is not None:
        return max(0.0, world.day_of(stage.finished_on) - world.env.now)
    return min(_duration_d(works, stage), max(0.0, works.done_d - world.env.now))


def _duration_d(works: Works, stage: Stage) -> float:
    """How long a stage takes in this run. [d]"""
    site, phase, step = works.name
    ids = (site, "grid connection", step) if step else (site, phase)
    # work takes its time and draws nothing; a stream takes longer to make than all else of a stage
    draws = works.world.is_drawn and stage.kind != WORK
    rng = works.world.stream(*ids, stage.id) if draws else None
    return duration_d(works.plan, stage, rng)


def _end(works: Works, stage: Stage) -> None:
    """Tell what waits for a stage that it is done, or end the phase or the grid step with it."""
    # what is finished by the data date was not refused, nor what is taken to be agreed by the start
    is_settled = is_over(works, stage) or works.done_d <= works.world.as_of_d
    is_settled |= isinstance(works, StepState) and is_agreed_in_time(works, stage)
    is_refused = stage.cancel_probability > LIKELIER_THAN_NOT and not is_settled
    if is_refused and isinstance(works, PhaseState):
        give_up(works, stage.id)
    elif is_refused:
        works.cancelled_by, works.cancelled_d = stage.id, works.world.env.now
        works.cancelled.succeed()
    elif stage.id in works.finished:
        works.finished[stage.id].succeed(works.world.env.now)
    if isinstance(works, StepState) and not is_refused and _is_agreed(works):
        works.agreed.succeed()


def _is_agreed(step: StepState) -> bool:
    """Whether all but the last stage of a grid step is done, and was not before."""
    return not step.agreed.triggered and all(stage.id in step.spans for stage in step.plan.stages[:-1])


def _held(phase: PhaseState, stage: Stage, holds: list[Hold]) -> Process[None]:
    """Wait for money, equipment and power, and add what held the stage up.

    Equipment timed for all else comes last: it holds the stage up only beyond that.
    """
    world, name = phase.world, _name(phase, stage)
    if stage.id == CONSTRUCTION:
        asked_d = world.env.now
        yield from funding.commit_works(phase)
        # a claim that was withdrawn with its phase was no wait for money
        if phase.is_cancelled():
            return
        holds += _hold(world, name, asked_d, FUNDING)
    timed: list[ItemState] = []
    for item in phase.needed_at(stage.id):
        if item.plan.ordering == JUST_IN_TIME:
            timed.append(item)
            continue
        asked_d = world.env.now
        yield item.process
        holds += _hold(world, name, asked_d, item.plan.id)
    if stage.needs_energization:
        asked_d = world.env.now
        if phase.plan.grid_agreed and not phase.step.wanted.triggered:
            phase.step.wanted.succeed()
        yield powered(phase)
        for hold in power_holds(phase, asked_d):
            world.log_wait(hold.start_d, name, hold.cause, hold.end_d)
        if world.env.now > asked_d:
            holds.append(Hold(asked_d, world.env.now, GRID))
    if timed:
        asked_d = world.env.now
        yield world.env.all_of([item.process for item in timed])
        holds += _in_turn(name, asked_d, timed)


def _in_turn(name: Name, asked_d: float, items: list[ItemState]) -> list[Hold]:
    """What equipment just in time held a stage up: what was ordered at once before what was timed for it."""
    holds: list[Hold] = []
    for item in sorted(items, key=is_timed):
        until_d = min(item.delivered_d, item.world.env.now)  # what is never delivered to a cancelled phase
        holds += _hold(item.world, name, asked_d, item.plan.id, until_d)
        asked_d = max(asked_d, until_d)
    return holds


def _hold(world: World, name: Name, from_d: float, cause: str, to_d: float | None = None) -> list[Hold]:
    """Log that a stage was held up from a time to another, or now; nothing where it was not."""
    to_d = world.env.now if to_d is None else to_d
    world.log_wait(from_d, name, cause, to_d)
    return [Hold(from_d, to_d, cause)] if to_d > from_d else []


def _crew(works: Works, stage: Stage) -> AbstractContextManager[simpy.Event | None]:
    """A request for one of the stage's crews, where their number is limited."""
    crews = works.world.crews.get(stage.crew or "")
    rank = works.plan.priority if isinstance(works, PhaseState) else 0
    return nullcontext() if crews is None else crews.request(priority=rank)
