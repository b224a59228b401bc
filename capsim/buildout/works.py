"""Stages played forward, of a phase or of a grid step: what each waits for, takes, and ends with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

import simpy

from capsim.buildout import funding
from capsim.buildout.cancellation import give_up
from capsim.buildout.forecast import JUST_IN_TIME
from capsim.buildout.paths import is_timed, power_holds
from capsim.buildout.spending import CONSTRUCTION
from capsim.buildout.stages import duration_d, predecessors
from capsim.buildout.timeline import CREW, FUNDING, GRID
from capsim.buildout.world import Build, Hold, Process, Span, World
from capsim.scenario.records.schema import Equipment, GridStep, Phase, Site, Stage

LIKELIER_THAN_NOT = 0.5
"""Probability above which the central case lets a stage end its phase or grid step. [1]"""
Needs = dict[str, list[tuple[str, simpy.Process]]]
"""Equipment each stage needs, by stage: name and the process that ends with its delivery."""


@dataclass
class Works:
    """The stages of a phase or of a grid step, and how far they have come."""

    site: Site
    plan: Phase | GridStep
    build: Build
    needs: Needs = field(default_factory=dict)
    finished: dict[str, simpy.Event] = field(default_factory=dict)
    """Fires when a stage is done and nothing was cancelled with it."""

    @property
    def is_phase(self) -> bool:
        """Whether the stages are those of a phase."""
        return isinstance(self.plan, Phase)

    def name(self, stage: str) -> tuple[str, str, str]:
        """Site, phase and item under which a stage is recorded."""
        return (
            (self.site.id, self.plan.id, stage)
            if self.is_phase
            else (self.site.id, "", f"{self.plan.id}.{stage}")
        )

    @property
    def stream_ids(self) -> tuple[str, ...]:
        """What keys the random streams of the stages."""
        return (
            (self.site.id, self.plan.id) if self.is_phase else (self.site.id, "grid connection", self.plan.id)
        )


def start(world: World, works: Works) -> Sequence[simpy.Process]:
    """Start all stages; each waits for those it comes after. Return their processes."""
    done: dict[str, simpy.Process] = {}
    for stage, names in predecessors(works.plan):
        done[stage.id] = world.env.process(_stage(world, works, stage, [done[name] for name in names]))
    return list(done.values())


def _stage(world: World, works: Works, stage: Stage, after: list[simpy.Process]) -> Process:
    """Run a stage once what it comes after is done, and keep its span."""
    build = works.build
    yield world.env.all_of(after)
    if build.is_cancelled():
        return
    free_d, name = world.env.now, works.name(stage.id)
    holds = build.holds[stage.id] = []
    if stage.id == CONSTRUCTION and isinstance(works.plan, Phase):
        yield from funding.commit_works(world, works.site, works.plan)
        if build.is_cancelled():
            return
        holds += _hold(world, name, free_d, FUNDING)
    yield from _held(world, works, stage, holds)
    if build.is_cancelled():
        return
    with _crew(world, stage, works.plan) as crew:
        asked_d = world.env.now
        if crew is not None:
            yield crew | build.cancelled
            holds += _hold(world, name, asked_d, CREW)
        if build.is_cancelled():
            return
        start_d = build.started_d[stage.id] = world.env.now
        world.log(*name, "started", 1.0, "stage")
        rng = world.stream(*works.stream_ids, stage.id) if world.is_drawn else None
        done = world.env.timeout(duration_d(works.plan, stage, rng))
        yield done if crew is None else done | build.cancelled  # a cancelled stage gives its crew back
    if build.is_cancelled():
        return
    world.log(*name, "finished", 1.0, "stage")
    build.spans[stage.id] = Span(free_d, tuple(holds), start_d, world.env.now)
    _end(world, works, stage)


def _end(world: World, works: Works, stage: Stage) -> None:
    """Tell what waits for a stage that it is done, or end the phase or the grid step with it."""
    build = works.build
    if stage.cancel_probability > LIKELIER_THAN_NOT and isinstance(works.plan, Phase):
        give_up(world, works.site, works.plan, stage.id)
    elif stage.cancel_probability > LIKELIER_THAN_NOT:
        build.cancelled_by, build.cancelled_d = stage.id, world.env.now
        build.cancelled.succeed()
    elif stage.id in works.finished:
        works.finished[stage.id].succeed(world.env.now)


def _held(world: World, works: Works, stage: Stage, holds: list[Hold]) -> Process:
    """Wait for equipment and power, and add what held the stage up.

    Equipment timed for all else comes last: it holds the stage up only beyond that.
    """
    name, needs = works.name(stage.id), works.needs.get(stage.id, [])
    items = {item.id: item for item in works.plan.equipment} if isinstance(works.plan, Phase) else {}
    late = {item: process for item, process in needs if items[item].ordering == JUST_IN_TIME}
    for item, process in needs:
        if item not in late:
            asked_d = world.env.now
            yield process
            holds += _hold(world, name, asked_d, item)
    if stage.needs_energization and isinstance(works.plan, Phase):
        asked_d, step = world.env.now, works.plan.energization
        yield world.energised[works.site.id, step]
        for hold in power_holds(world, works.site, step, asked_d):
            world.log_wait(hold.start_d, *name, hold.cause, hold.end_d)
        if world.env.now > asked_d:
            holds.append(Hold(asked_d, world.env.now, GRID))
    if late:
        asked_d = world.env.now
        yield world.env.all_of(late.values())
        holds += _in_turn(world, works, name, asked_d, [items[item] for item in late])


def _in_turn(
    world: World, works: Works, name: tuple[str, str, str], asked_d: float, items: list[Equipment]
) -> list[Hold]:
    """What equipment just in time held a stage up: what was ordered at once before what was timed for it."""
    holds: list[Hold] = []
    for item in sorted(items, key=lambda item: is_timed(world, works.build, item)):
        _, delivered_d = works.build.equipment_d.get(item.id, (0.0, math.inf))
        until_d = min(delivered_d, world.env.now)  # what is never delivered to a cancelled phase
        if until_d > asked_d:
            world.log_wait(asked_d, *name, item.id, until_d)
            holds.append(Hold(asked_d, until_d, item.id))
            asked_d = until_d
    return holds


def _hold(world: World, name: tuple[str, str, str], asked_d: float, cause: str) -> list[Hold]:
    """Log that a stage was held up since a time; nothing where it was not."""
    world.log_wait(asked_d, *name, cause)
    return [Hold(asked_d, world.env.now, cause)] if world.env.now > asked_d else []


def _crew(world: World, stage: Stage, plan: Phase | GridStep) -> AbstractContextManager[simpy.Event | None]:
    """A request for one of the stage's crews, where their number is limited."""
    crews = world.crews.get(stage.crew or "")
    rank = plan.priority if isinstance(plan, Phase) else 0
    return nullcontext() if crews is None else crews.request(priority=rank)
