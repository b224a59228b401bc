"""Grid steps and phases: from application and permit to ready for service."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import simpy

from capsim.buildout import funding
from capsim.buildout.paths import record_path
from capsim.buildout.stages import duration_d, predecessors
from capsim.buildout.timeline import ALLOCATION, CREW, EARLIER_PHASE, FUNDING, GRID, PLANNED_START
from capsim.buildout.world import Build, Hold, Process, Span, Stuck, World
from capsim.scenario.schema import Equipment, GridStep, Phase, Site, Stage
from capsim.units import months_to_days, weeks_to_days

LIKELIER_THAN_NOT = 0.5
"""Probability above which the central case lets a stage end its phase. [1]"""


def grid_step(world: World, site: Site, step: GridStep) -> Process:
    """Energise a step of the grid connection on its date, or a lead time after its application."""
    slip_d = months_to_days(step.slip_months)
    key = site.id, step.id
    if step.energised_on is not None:
        world.applied_d[key] = 0.0
        due_d = world.day_of(step.energised_on) + slip_d
    else:
        world.applied_d[key] = world.day_of(step.applied_on)
        if world.purse is not None:
            yield world.until(world.applied_d[key])
            cost = funding.grid_cost(world.scenario, step)
            of = Stuck(world.env.now, step.grid_mw, "MW")
            yield from funding.commit(world, "grid", cost, 0, (site.id, "", step.id), of)
            world.applied_d[key] = world.env.now
        due_d = world.applied_d[key] + months_to_days(step.lead_time_months or 0.0) + slip_d
    yield world.until(due_d)
    world.log(site.id, "", step.id, "energised", step.grid_mw, "MW")
    world.energised[key].succeed(world.env.now)


def phase(world: World, site: Site, plan: Phase) -> Process:
    """Play a phase to ready for service, and record the critical path that led there."""
    if plan.ready_for_service_on is not None:
        yield world.until(world.day_of(plan.ready_for_service_on))
        world.log_wait(0.0, site.id, plan.id, "", PLANNED_START)
    else:
        yield from _build(world, site, plan)
        if world.builds[site.id, plan.id].is_cancelled():
            return
    world.log(site.id, plan.id, "", "ready_for_service", plan.critical_it_mw, "MW")
    world.ready[site.id, plan.id].succeed(world.env.now)


def _build(world: World, site: Site, plan: Phase) -> Process:
    """Wait for the planned start, earlier phases and money, then run the stages."""
    items = {
        item.id: world.env.process(_equipment(world, site, plan, item))
        for item in plan.equipment
        if item.ordered_on is not None
    }
    yield world.until(world.day_of(plan.starts_on))
    build = world.builds[site.id, plan.id] = Build(world.env.now)
    yield from _may_start(world, site, plan, build)
    done: dict[str, simpy.Process] = {}
    finished: dict[str, simpy.Event] = {stage.id: world.env.event() for stage in plan.stages}
    for item in plan.equipment:
        if item.ordered_on is None:
            after = finished[item.ordered_after] if item.ordered_after else None
            items[item.id] = world.env.process(_equipment(world, site, plan, item, after))
    for stage, names in predecessors(plan):
        needs = [(item.id, items[item.id]) for item in plan.equipment if item.needed_at == stage.id]
        process = _stage(world, site, plan, stage, [done[s] for s in names], needs, finished[stage.id])
        done[stage.id] = world.env.process(process)
    power = world.energised[site.id, plan.energization]
    yield world.env.all_of([*done.values(), power]) | world.cancelled[site.id, plan.id]
    energised_d: Any = power.value if power.triggered else None
    record_path(world, site, plan, energised_d)


def _may_start(world: World, site: Site, plan: Phase, build: Build) -> Process:
    """Wait for earlier phases and for the money of the phase."""
    name = site.id, plan.id, ""
    if plan.after:
        world.stuck[name] = Stuck(world.env.now, plan.critical_it_mw, "MW", EARLIER_PHASE)
        yield world.env.all_of([world.ready[site.id, earlier] for earlier in plan.after])
        del world.stuck[name]
    free_d = world.env.now
    if world.purse is not None and plan.tenure == "own":
        cost = funding.facility_cost(world.scenario, plan)
        of = Stuck(free_d, plan.critical_it_mw, "MW")
        yield from funding.commit(world, "facilities", cost, plan.priority, name, of)
    build.start_d = world.env.now
    build.prefix = [
        Hold(0.0, build.planned_d, PLANNED_START),
        Hold(build.planned_d, free_d, EARLIER_PHASE),
        Hold(free_d, build.start_d, FUNDING),
    ]


def _equipment(
    world: World, site: Site, plan: Phase, item: Equipment, after: simpy.Event | None = None
) -> Process:
    """Order equipment on its date or after its stage, and have it delivered once it is allotted."""
    if item.ordered_on is not None:
        yield world.until(world.day_of(item.ordered_on))
    elif after is not None:
        yield after
    ordered_d = world.env.now
    world.log(site.id, plan.id, item.id, "equipment_ordered", 1.0, "equipment")
    pool, name = world.supplies.get(item.item), (site.id, plan.id, item.id)
    allotted = None if pool is None else pool.ask(1.0, plan.priority, name)
    yield world.env.timeout(weeks_to_days(item.lead_time_weeks))
    if allotted is not None:
        due_d = world.env.now
        world.stuck[name] = Stuck(due_d, 1.0, "equipment", ALLOCATION)
        yield allotted
        del world.stuck[name]
        world.log_wait(due_d, *name, ALLOCATION)
    world.log(site.id, plan.id, item.id, "equipment_delivered", 1.0, "equipment")
    return ordered_d


def _stage(
    world: World,
    site: Site,
    plan: Phase,
    stage: Stage,
    after: list[simpy.Process],
    needs: list[tuple[str, simpy.Process]],
    finished: simpy.Event,
) -> Process:
    """Run a stage once what it comes after is done, and keep its span."""
    build = world.builds[site.id, plan.id]
    yield world.env.all_of(after)
    if build.is_cancelled():
        return
    free_d = world.env.now
    holds = yield from _held(world, site, plan, stage, needs)
    with _crew(world, stage, plan.priority) as crew:
        asked_d = world.env.now
        if crew is not None:
            yield crew
            holds += _hold(world, site, plan, stage, asked_d, CREW)
        if build.is_cancelled():
            return
        start_d = build.started_d[stage.id] = world.env.now
        world.log(site.id, plan.id, stage.id, "started", 1.0, "stage")
        rng = world.stream(site.id, plan.id, stage.id) if world.is_drawn else None
        yield world.env.timeout(duration_d(stage, rng))
    if build.is_cancelled():
        return
    world.log(site.id, plan.id, stage.id, "finished", 1.0, "stage")
    build.spans[stage.id] = Span(free_d, tuple(holds), start_d, world.env.now)
    if stage.cancel_probability > LIKELIER_THAN_NOT:
        build.cancelled_d = world.env.now
        world.log(site.id, plan.id, stage.id, "cancelled", plan.critical_it_mw, "MW")
        world.cancelled[site.id, plan.id].succeed(world.env.now)
        return
    finished.succeed(world.env.now)


def _held(
    world: World, site: Site, plan: Phase, stage: Stage, needs: list[tuple[str, simpy.Process]]
) -> Generator[simpy.Event, Any, list[Hold]]:
    """Wait for equipment and power; return what held the stage up."""
    holds: list[Hold] = []
    build = world.builds[site.id, plan.id]
    for name, process in needs:
        asked_d = world.env.now
        ordered_d = yield process
        build.equipment_d[name] = ordered_d, world.env.now
        holds += _hold(world, site, plan, stage, asked_d, name)
    if stage.needs_energization:
        asked_d = world.env.now
        yield world.energised[site.id, plan.energization]
        holds += _hold(world, site, plan, stage, asked_d, GRID)
    return holds


def _hold(world: World, site: Site, plan: Phase, stage: Stage, asked_d: float, cause: str) -> list[Hold]:
    """Log that a stage was held up since a time; nothing where it was not."""
    world.log_wait(asked_d, site.id, plan.id, stage.id, cause)
    return [Hold(asked_d, world.env.now, cause)] if world.env.now > asked_d else []


def _crew(world: World, stage: Stage, rank: int) -> AbstractContextManager[simpy.Event | None]:
    """A request for one of the stage's crews, where their number is limited."""
    crews = world.crews.get(stage.crew or "")
    return nullcontext() if crews is None else crews.request(priority=rank)
