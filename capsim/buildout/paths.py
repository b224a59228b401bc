"""Critical paths: what decided when a phase was ready, or why it never is."""

from __future__ import annotations

import math

from capsim.buildout.forecast import ready_forecast_d
from capsim.buildout.funding import release
from capsim.buildout.stages import predecessors
from capsim.buildout.timeline import (
    ALLOCATION,
    CANCELLED,
    EARLIER_PHASE,
    FUNDING,
    GRID,
    HALL,
    PLANNED_START,
    Abandoned,
    Milestone,
    Wait,
)
from capsim.buildout.world import Build, Hold, World
from capsim.scenario.schema import Phase, Site


def record_path(world: World, site: Site, plan: Phase, energised_d: float | None) -> None:
    """Record the critical path of a phase whose stages are done, or that was cancelled."""
    build = world.builds[site.id, plan.id]
    ends = {name: span.end_d for name, span in build.spans.items()}
    if build.is_cancelled():
        last = max(ends, key=lambda name: ends[name])
        path = _walked(world, site, plan, build, (last,))
        path.append(Hold(ends[last], world.end_d, CANCELLED))
        due_d = ready_forecast_d(world, site, plan)
        ended = Abandoned(site.id, plan.id, ends[last], max(due_d, ends[last]))
        world.abandoned.append(ended)
        release(world, site.id, plan, ended)
    elif energised_d is not None and energised_d > max(ends.values(), default=-float("inf")):
        path = _grid_path(world, site, plan, energised_d)
    else:
        path = _walked(world, site, plan, build, tuple(ends))
    _log(world, site, plan, path)


def _walked(world: World, site: Site, plan: Phase, build: Build, names: tuple[str, ...]) -> list[Hold]:
    """The path back from the last of some stages to the start, or to what came from outside."""
    after = {stage.id: earlier for stage, earlier in predecessors(plan)}
    items = {item.id: item for item in plan.equipment}
    path: list[Hold] = []
    while names:
        name = max(names, key=lambda stage: build.spans[stage].end_d)
        span, names = build.spans[name], after[name]
        path.insert(0, Hold(span.start_d, span.end_d, name))
        for hold in reversed(span.holds):
            if hold.cause == GRID:
                return _grid_path(world, site, plan, hold.end_d) + path
            if hold.cause not in items:
                path.insert(0, hold)
                continue
            ordered_d, item = build.equipment_d[hold.cause][0], items[hold.cause]
            path.insert(0, Hold(ordered_d, hold.end_d, hold.cause))
            if item.ordered_on is not None:
                return [Hold(0.0, ordered_d, PLANNED_START), *path]
            names = () if item.ordered_after is None else (item.ordered_after,)
            break
    return build.prefix + path


def _grid_path(world: World, site: Site, plan: Phase, energised_d: float) -> list[Hold]:
    """The path where energization came last: the grid connection, and no stage before it."""
    step = next(step for step in site.grid_connection if step.id == plan.energization)
    applied_d = world.applied_d[site.id, step.id]
    planned_d = applied_d if step.energised_on is not None else min(world.day_of(step.applied_on), applied_d)
    return [
        Hold(0.0, planned_d, PLANNED_START),
        Hold(planned_d, applied_d, FUNDING),
        Hold(applied_d, energised_d, GRID),
    ]


def _log(world: World, site: Site, plan: Phase, path: list[Hold]) -> None:
    for start, end, cause in path:
        if end > max(start, 0.0):
            world.waits.append(Wait(max(start, 0.0), end, site.id, plan.id, "", cause))


def close(world: World) -> None:
    """Record what still waits when nothing more can happen: phases never ready, orders never filled."""
    for site in world.scenario.sites:
        for plan in site.phases:
            build = world.builds.get((site.id, plan.id))
            if build is not None and not build.is_cancelled() and not world.ready[site.id, plan.id].triggered:
                _close_phase(world, site, plan, build)
    for (site_id, phase_id, item), (since_d, amount, unit, cause) in world.stuck.items():
        if item and since_d < world.end_d:
            name = site_id, phase_id, item.partition("/")[0]
            world.waits.append(Wait(max(since_d, 0.0), world.end_d, *name, cause))
            if cause != HALL:
                world.milestones.append(Milestone(world.end_d, *name, "undelivered", amount, unit))


def _close_phase(world: World, site: Site, plan: Phase, build: Build) -> None:
    """Record a phase that waits for an earlier phase, money, equipment or power to the end."""
    has_started = (site.id, plan.id, "") not in world.stuck
    path = [Hold(0.0, build.planned_d, PLANNED_START)]
    if has_started:
        since_d, cause, path = build.start_d, GRID, list(build.prefix)
        if any((site.id, plan.id, item.id) in world.stuck for item in plan.equipment):
            cause = ALLOCATION
    else:
        since_d, _, _, cause = world.stuck[site.id, plan.id, ""]
        path.append(Hold(build.planned_d, since_d, EARLIER_PHASE))
    _log(world, site, plan, [*path, Hold(since_d, world.end_d, cause)])
    end_d = max(world.end_d, since_d)
    world.milestones.append(Milestone(end_d, site.id, plan.id, "", "unbuilt", plan.critical_it_mw, "MW"))
    until_d, due_d = (end_d, end_d) if has_started else (since_d, math.inf)
    world.abandoned.append(Abandoned(site.id, plan.id, until_d, due_d))
