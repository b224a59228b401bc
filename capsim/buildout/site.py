"""Grid steps and phases: from application and permit to ready for service."""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

import simpy

from capsim.buildout import funding, works
from capsim.buildout.cancellation import give_up
from capsim.buildout.forecast import (
    JUST_IN_TIME,
    needed_forecast_d,
    phase_key,
    planned,
    until_due,
)
from capsim.buildout.paths import record_path
from capsim.buildout.spending import is_staged, share_of_works
from capsim.buildout.timeline import (
    ALLOCATION,
    EARLIER_PHASE,
    FUNDING,
    GRID,
    HAND_OVER,
    PLANNED_START,
    Abandoned,
)
from capsim.buildout.works import Works
from capsim.buildout.world import Build, Hold, Process, Stuck, World
from capsim.scenario.records.schema import Equipment, GridStep, Phase, Site
from capsim.units import months_to_days, weeks_to_days


def grid_step(world: World, site: Site, step: GridStep) -> Process:
    """Energise a step of the grid connection on its date, or once its stages or its lead time are over."""
    slip_d = months_to_days(step.slip_months)
    key = site.id, step.id
    if step.energised_on is not None:
        world.applied_d[key] = 0.0
        announced_d = world.day_of(step.energised_on)
        yield world.until(announced_d + slip_d)
        world.log_wait(announced_d, site.id, "", step.id, GRID)
    else:
        is_applied = yield from _apply(world, site, step)
        if not is_applied:
            return
        if step.stages:
            build = world.connections[key] = Build(world.applied_d[key], world.env.event(), world.env.now)
            done = works.start(world, Works(site, step, build))
            yield world.env.all_of(done) | build.cancelled
            if build.is_cancelled():
                _drop_step(world, site, step, build)
                return
            yield world.env.timeout(slip_d)
        else:
            lead_d = months_to_days(step.lead_time_months or 0.0)
            yield world.until(world.applied_d[key] + lead_d + slip_d)
    world.log(site.id, "", step.id, "energised", step.grid_mw, "MW")
    world.energised[key].succeed(world.env.now)


def _apply(world: World, site: Site, step: GridStep) -> Generator[simpy.Event, Any, bool]:
    """Apply for a grid step on its date, or once there is the money for it.

    Return whether it was: not where all it was to power is given up before.
    """
    key = site.id, step.id
    world.applied_d[key] = world.day_of(step.applied_on)
    world.unapplied.add(key)
    yield world.until(world.applied_d[key])
    if world.purse is not None and key in world.unapplied:
        yield from funding.commit_step(world, site, step)
        world.applied_d[key] = world.env.now
    if key not in world.unapplied:
        return False
    world.unapplied.remove(key)
    world.log(site.id, "", step.id, "applied", step.grid_mw, "MW")
    return True


def _drop_step(world: World, site: Site, step: GridStep, build: Build) -> None:
    """End a grid step that was refused or dropped, and with it the phases it was to power."""
    place = next(s for s in world.scenario.plan.sites if s.id == site.id)
    expected = next(s for s in place.grid_connection if s.id == step.id)
    world.log(site.id, "", step.id, "cancelled", step.grid_mw, "MW")
    done = share_of_works(expected, build, world.env.now)
    ended = Abandoned(site.id, "", build.cancelled_d, done, step.id)
    world.abandoned.append(ended)
    funding.release(world, (site.id, "", step.id), done)
    for plan in site.phases:
        of_phase = world.builds.get((site.id, plan.id))
        if plan.energization == step.id and of_phase is not None and not of_phase.is_cancelled():
            give_up(world, site, plan, step.id)


def phase(world: World, site: Site, plan: Phase) -> Process:
    """Play a phase to ready for service, and record the critical path that led there."""
    is_dated = plan.ready_for_service_on is not None
    planned_d = world.day_of(plan.ready_for_service_on if is_dated else plan.starts_on)
    build = Build(planned_d, world.cancelled[site.id, plan.id])
    world.builds[site.id, plan.id] = build
    played = _handed_over if is_dated else _build
    yield world.env.process(played(world, site, plan, build)) | build.cancelled
    if build.is_cancelled():
        record_path(world, site, plan, None)
        return
    world.log(site.id, plan.id, "", "ready_for_service", plan.critical_it_mw, "MW")
    world.ready[site.id, plan.id].succeed(world.env.now)


def _handed_over(world: World, site: Site, plan: Phase, build: Build) -> Process:
    """Wait for the announced date of hand-over, and for the power without which no hall is in service."""
    yield world.until(build.planned_d)
    if build.is_cancelled():
        return
    build.start_d, build.prefix = build.planned_d, [Hold(0.0, build.planned_d, PLANNED_START)]
    energised_d: Any = yield world.energised[site.id, plan.energization]
    world.log_wait(build.planned_d, site.id, plan.id, HAND_OVER, GRID)
    record_path(world, site, plan, energised_d)


def _build(world: World, site: Site, plan: Phase, build: Build) -> Process:
    """Wait for the planned start, earlier phases and money, then run the stages."""
    items = {
        item.id: world.env.process(_equipment(world, site, plan, item))
        for item in plan.equipment
        if item.ordered_on is not None
    }
    yield world.until(build.planned_d)
    yield from _may_start(world, site, plan, build)
    if build.is_cancelled():
        return
    chain = Works(site, plan, build, finished={stage.id: world.env.event() for stage in plan.stages})
    for item in plan.equipment:
        if item.ordered_on is None:
            after = chain.finished[item.ordered_after] if item.ordered_after else None
            items[item.id] = world.env.process(_equipment(world, site, plan, item, after))
        chain.needs.setdefault(item.needed_at, []).append((item.id, items[item.id]))
    power = world.energised[site.id, plan.energization]
    yield world.env.all_of([*works.start(world, chain), power]) | build.cancelled
    if not build.is_cancelled():
        energised_d: Any = power.value
        record_path(world, site, plan, energised_d)


def _may_start(world: World, site: Site, plan: Phase, build: Build) -> Process:
    """Wait for earlier phases, and for the money of a phase that has no construction to wait for it."""
    name = site.id, plan.id, ""
    if plan.after:
        world.stuck[name] = Stuck(world.env.now, plan.critical_it_mw, "MW", EARLIER_PHASE)
        yield world.env.all_of([world.ready[phase_key(site, earlier)] for earlier in plan.after])
        if build.is_cancelled():
            return
        del world.stuck[name]
    free_d = world.env.now
    if not is_staged(plan) and not build.is_cancelled():
        yield from funding.commit_works(world, site, plan)
        if build.is_cancelled():
            return
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
    if item.ordering == JUST_IN_TIME:
        yield from _just_in_time(world, site, plan, item)
    if (site.id, plan.id) in world.given_up:
        return
    arrivals, ordered_d = world.builds[site.id, plan.id].equipment_d, world.env.now
    arrivals[item.id] = ordered_d, math.inf
    world.log(site.id, plan.id, item.id, "equipment_ordered", 1.0, "equipment")
    pool, name = world.supplies.get(item.item), (site.id, plan.id, item.id)
    allotted = None if pool is None else pool.ask(1.0, plan.priority, name)
    yield world.env.timeout(weeks_to_days(item.lead_time_weeks))
    if allotted is not None:
        due_d = world.env.now
        world.stuck[name] = Stuck(due_d, 1.0, "equipment", ALLOCATION)
        given_d = yield allotted
        del world.stuck[name]
        world.log_wait(due_d, *name, ALLOCATION)
        if given_d is None:
            return
    arrivals[item.id] = ordered_d, world.env.now
    world.log(site.id, plan.id, item.id, "equipment_delivered", 1.0, "equipment")


def _just_in_time(world: World, site: Site, plan: Phase, item: Equipment) -> Process:
    """Wait until equipment must be ordered to arrive a margin before the forecast start of its stage."""
    place, expected = planned(world, site, plan)
    terms = next(other for other in expected.equipment if other.id == item.id)
    ahead_d = weeks_to_days(terms.lead_time_weeks) + weeks_to_days(terms.margin_weeks)
    yield from until_due(
        world, site, plan, lambda: needed_forecast_d(world, place, expected, terms) - ahead_d
    )
