"""Grid steps and phases: from application and permit to ready for service."""

from __future__ import annotations

from typing import Any, NamedTuple

import simpy

from capsim.buildout.stages import STAGE_KINDS
from capsim.buildout.timeline import EARLIER_PHASE, GRID, PLANNED_START, Wait
from capsim.buildout.world import Process, World
from capsim.scenario.schema import GridStep, Phase, Site, Stage
from capsim.units import months_to_days


class Span(NamedTuple):
    """When a stage was free of its predecessors, when it started and when it ended. [d]"""

    free_d: float
    start_d: float
    end_d: float


class Segment(NamedTuple):
    """A piece of a critical path. [d]"""

    start_d: float
    end_d: float
    cause: str


def grid_step(world: World, site: Site, step: GridStep) -> Process:
    """Energise a step of the grid connection on its date, or a lead time after its application."""
    if step.energised_on is not None:
        due_d = world.day_of(step.energised_on)
    else:
        due_d = world.day_of(step.applied_on) + months_to_days(step.lead_time_months or 0.0)
    yield world.until(due_d)
    world.log(site.id, "", step.id, "energised", step.grid_mw, "MW")
    world.energised[site.id, step.id].succeed(world.env.now)


def phase(world: World, site: Site, plan: Phase) -> Process:
    """Play a phase to ready for service, and record the critical path that led there."""
    if plan.ready_for_service_on is not None:
        yield world.until(world.day_of(plan.ready_for_service_on))
        world.log_wait(0.0, site.id, plan.id, "", PLANNED_START)
    else:
        yield from _build(world, site, plan)
    world.log(site.id, plan.id, "", "ready_for_service", plan.critical_it_mw, "MW")
    world.ready[site.id, plan.id].succeed(world.env.now)


def _build(world: World, site: Site, plan: Phase) -> Process:
    """Wait for the planned start and earlier phases, run the stages, keep the critical path."""
    yield world.until(world.day_of(plan.starts_on))
    planned_d = world.env.now
    yield world.env.all_of([world.ready[site.id, earlier] for earlier in plan.after])
    start_d = world.env.now
    done: dict[str, simpy.Process] = {}
    for stage, after in predecessors(plan):
        done[stage.id] = world.env.process(_stage(world, site, plan, stage, [done[s] for s in after]))
    power = world.energised[site.id, plan.energization]
    yield world.env.all_of([*done.values(), power])
    spans: dict[str, Any] = {name: process.value for name, process in done.items()}
    energised_d: Any = power.value
    path = _critical_path(plan, spans, energised_d)
    if path and path[0].cause == GRID:
        applied_d = _applied_d(world, site, plan)
        path[0] = path[0]._replace(start_d=applied_d)
        path.insert(0, Segment(0.0, applied_d, PLANNED_START))
    else:
        path[:0] = [Segment(0.0, planned_d, PLANNED_START), Segment(planned_d, start_d, EARLIER_PHASE)]
    for start, end, cause in path:
        if end > max(start, 0.0):
            world.waits.append(Wait(max(start, 0.0), end, site.id, plan.id, "", cause))


def _applied_d(world: World, site: Site, plan: Phase) -> float:
    """When the phase's grid step was applied for. [d]"""
    step = next(step for step in site.grid_connection if step.id == plan.energization)
    return world.day_of(step.applied_on)


def predecessors(plan: Phase) -> list[tuple[Stage, tuple[str, ...]]]:
    """Stages with the stages each comes after, so ordered that those stand before it."""
    waiting = [
        (stage, stage.after if stage.after is not None else tuple(s.id for s in plan.stages[i - 1 : i]))
        for i, stage in enumerate(plan.stages)
    ]
    placed: dict[str, tuple[Stage, tuple[str, ...]]] = {}
    while waiting:
        free = [pair for pair in waiting if all(s in placed for s in pair[1])]
        if not free:
            raise ValueError(f"stages of phase {plan.id} wait for each other: {[s.id for s, _ in waiting]}")
        placed |= {pair[0].id: pair for pair in free}
        waiting = [pair for pair in waiting if pair[0].id not in placed]
    return list(placed.values())


def _stage(world: World, site: Site, plan: Phase, stage: Stage, after: list[simpy.Process]) -> Process:
    """Run a stage once what it comes after is done; its value is a Span."""
    yield world.env.all_of(after)
    free_d = world.env.now
    if stage.needs_energization:
        yield world.energised[site.id, plan.energization]
        world.log_wait(free_d, site.id, plan.id, stage.id, GRID)
    start_d = world.env.now
    world.log(site.id, plan.id, stage.id, "started", 1.0, "stage")
    rng = world.stream(site.id, plan.id, stage.id)
    yield world.env.timeout(STAGE_KINDS[stage.kind](stage, rng))
    world.log(site.id, plan.id, stage.id, "finished", 1.0, "stage")
    return Span(free_d, start_d, world.env.now)


def _critical_path(plan: Phase, spans: dict[str, Span], energised_d: float) -> list[Segment]:
    """What decided when the phase was ready, walked back from the end.

    Where energization came last, the path is the grid connection: no stage before it mattered.
    """
    after = {stage.id: names for stage, names in predecessors(plan)}
    path: list[Segment] = []
    names: tuple[str, ...] = tuple(spans)
    if energised_d > max([span.end_d for span in spans.values()], default=-float("inf")):
        return [Segment(0.0, energised_d, GRID)]
    while names:
        name = max(names, key=lambda s: spans[s].end_d)
        span = spans[name]
        path.insert(0, Segment(span.start_d, span.end_d, name))
        if span.start_d > span.free_d:
            path.insert(0, Segment(0.0, span.start_d, GRID))
            break
        names = after[name]
    return path
