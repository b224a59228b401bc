"""Critical paths: what decided when a phase was ready, or why it never is."""

from __future__ import annotations

import math
from dataclasses import replace

from capsim.buildout.forecast import JUST_IN_TIME, LAST_LOOK_D, planned
from capsim.buildout.funding import release
from capsim.buildout.spending import CONSTRUCTION, share_of_works
from capsim.buildout.stages import predecessors
from capsim.buildout.timeline import (
    ALLOCATION,
    CANCELLED,
    EARLIER_PHASE,
    FUNDING,
    GRID,
    HALL,
    HAND_OVER,
    OF_GRID,
    PLANNED_START,
    Abandoned,
    Milestone,
    Wait,
)
from capsim.buildout.world import Build, Hold, Span, World
from capsim.scenario.records.schema import Equipment, Phase, Site, Stage
from capsim.units import weeks_to_days
from capsim.vocabulary.events import MilestoneKind


def record_path(world: World, site: Site, plan: Phase, energised_d: float | None) -> None:
    """Record the critical path of a phase whose stages are done, or that was cancelled."""
    build = world.builds[site.id, plan.id]
    ends = {name: span.end_d for name, span in build.spans.items()}
    if build.is_cancelled():
        end_d = build.cancelled_d
        if build.cancelled_by in ends:
            path = _walked(world, site, plan, build, (build.cancelled_by,))
        else:
            path = _grid_path(world, site, plan.energization, end_d)
        path.append(Hold(end_d, world.end_d, CANCELLED))
        is_dated = plan.ready_for_service_on is not None  # there on its date, whatever came of its power
        done = 1.0 if is_dated else share_of_works(planned(world, site, plan)[1], build, end_d)
        world.abandoned.append(Abandoned(site.id, plan.id, end_d, done))
        release(world, (site.id, plan.id, ""), done)
    elif energised_d is not None and energised_d > max(ends.values(), default=build.start_d):
        path = _grid_path(world, site, plan.energization, energised_d)
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
                return _grid_path(world, site, plan.energization, hold.end_d) + path
            if hold.cause not in items or is_timed(world, build, items[hold.cause]):
                path.insert(0, hold)
                continue
            ordered_d, item = build.equipment_d[hold.cause][0], items[hold.cause]
            path.insert(0, Hold(ordered_d, hold.end_d, hold.cause))
            if item.ordered_on is not None:
                return [Hold(0.0, ordered_d, PLANNED_START), *path]
            names = () if item.ordered_after is None else (item.ordered_after,)
            break
    return build.prefix + path


def is_timed(world: World, build: Build, item: Equipment) -> bool:
    """Whether equipment was ordered (or will be) as late as the forecast allows, not as soon as it can be."""
    if item.ordering != JUST_IN_TIME or item.id not in build.equipment_d:
        return item.ordering == JUST_IN_TIME
    after = build.start_d if item.ordered_after is None else build.spans[item.ordered_after].end_d
    earliest_d = after if item.ordered_on is None else world.day_of(item.ordered_on)
    return build.equipment_d[item.id][0] > earliest_d + LAST_LOOK_D


def _grid_path(world: World, site: Site, name: str, until_d: float) -> list[Hold]:
    """The path where energization came last: the grid connection, stage by stage, and nothing before it."""
    step = next(step for step in site.grid_connection if step.id == name)
    applied_d = world.applied_d[site.id, name]
    planned_d = applied_d if step.energised_on is not None else min(world.day_of(step.applied_on), applied_d)
    path: list[Hold] = []
    build = world.connections.get((site.id, name))
    after = {} if build is None else {stage.id: earlier for stage, earlier in predecessors(step)}
    names = () if build is None else tuple(build.spans)
    while build is not None and names:
        last = max(names, key=lambda stage: build.spans[stage].end_d)
        span, names = build.spans[last], after[last]
        path[:0] = [*span.holds, Hold(span.start_d, span.end_d, OF_GRID + last)]
    end_d = path[-1].end_d if path else applied_d
    before = [Hold(0.0, planned_d, PLANNED_START), Hold(planned_d, applied_d, FUNDING)]
    return [*before, *path, Hold(end_d, until_d, GRID)]


def power_holds(world: World, site: Site, name: str, since_d: float) -> list[Hold]:
    """What held power up from a time until now: stages of the grid step, or all of it at once."""
    now = world.env.now
    if (site.id, name) not in world.connections:
        return [Hold(since_d, now, GRID)]
    path = _grid_path(world, site, name, now)
    return [Hold(max(hold.start_d, since_d), hold.end_d, hold.cause) for hold in path if hold.end_d > since_d]


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
    _close_purse(world)


def _close_purse(world: World) -> None:
    """Record what still waits for money, how much each needs, and which of them holds up the others."""
    purse, code = world.purse, world.scenario.currency.code
    if purse is None:
        return
    waiting = [(asked, asked.amount()) for asked in purse.queue if asked.since_d < world.end_d]
    waiting = [(asked, amount) for asked, amount in waiting if amount > 0.0]
    for number, (asked, amount) in enumerate(waiting):
        site, phase, item = (*asked.name, "", "")[:3]
        is_first = purse.in_order and not number
        kinds: tuple[MilestoneKind, ...] = ("first_in_queue", "unfunded") if is_first else ("unfunded",)
        for kind in kinds:
            world.milestones.append(Milestone(world.end_d, site, phase, item, kind, amount, code))


def _path_to_the_end(world: World, site: Site, plan: Phase, build: Build) -> list[Hold]:
    """The path of a phase that has started and waits for ever: of its waits the one that began first."""
    found: list[list[Hold]] = []
    needs_power = False
    for stage in _waiting(plan, build):
        stuck = [
            item
            for item in plan.equipment
            if item.needed_at == stage.id and (site.id, plan.id, item.id) in world.stuck
        ]
        firm = [item for item in stuck if not is_timed(world, build, item)]
        found += [_path_to_equipment(world, site, plan, build, item) for item in firm]
        lacks_power = stage.needs_energization and not world.energised[site.id, plan.energization].triggered
        if not firm and not lacks_power:  # what is timed for the others holds up only beyond them
            found += [_path_to_timed(world, site, plan, build, item) for item in stuck]
        needs_power |= lacks_power
    if not found or needs_power:
        # where all stages are done, power is what is left to wait for
        found.append(_path_to_power(world, site, plan.energization))
    return min(found, key=lambda path: path[-1].start_d)


def _waiting(plan: Phase, build: Build) -> list[Stage]:
    """Stages that wait though those they come after are done."""
    return [
        stage
        for stage, before in predecessors(plan)
        if stage.id not in build.spans and all(name in build.spans for name in before)
    ]


def _log_waiting(world: World, site: Site, plan: Phase, build: Build) -> None:
    """Record what waits to the end: stages for the first equipment that never comes, all else for power."""
    if plan.ready_for_service_on is not None:
        world.log_wait(max(build.planned_d, 0.0), site.id, plan.id, HAND_OVER, GRID, world.end_d)
    for stage in _waiting(plan, build):
        before = next(names for other, names in predecessors(plan) if other.id == stage.id)
        holds = build.holds[stage.id]
        free_d = max((build.spans[name].end_d for name in before), default=build.start_d)
        items = (item.id for item in plan.equipment if item.needed_at == stage.id)
        cause = next((item for item in items if (site.id, plan.id, item) in world.stuck), GRID)
        since_d = max(holds[-1].end_d if holds else free_d, 0.0)
        world.log_wait(since_d, site.id, plan.id, stage.id, cause, world.end_d)


def _path_to_equipment(world: World, site: Site, plan: Phase, build: Build, item: Equipment) -> list[Hold]:
    """The path to equipment that was ordered as soon as it could be, and is never allotted."""
    due_d = world.stuck[site.id, plan.id, item.id].since_d
    ordered_d, end_d = due_d - weeks_to_days(item.lead_time_weeks), max(world.end_d, due_d)
    last = [Hold(ordered_d, due_d, item.id), Hold(due_d, end_d, ALLOCATION)]
    if item.ordered_on is not None:
        return [Hold(0.0, ordered_d, PLANNED_START), *last]
    return _walked(world, site, plan, build, (item.ordered_after,) if item.ordered_after else ()) + last


def _path_to_timed(world: World, site: Site, plan: Phase, build: Build, item: Equipment) -> list[Hold]:
    """The path to equipment just in time that is never allotted: what it was timed for, and then itself."""
    due_d = world.stuck[site.id, plan.id, item.id].since_d
    before = next(names for stage, names in predecessors(plan) if stage.id == item.needed_at)
    free_d = max((build.spans[name].end_d for name in before), default=build.start_d)
    holds = build.holds[item.needed_at]
    asked_d = holds[-1].end_d if holds else free_d
    end_d = max(world.end_d, due_d)
    last = [Hold(asked_d, due_d, item.id)] if due_d > asked_d else []
    last.append(Hold(max(asked_d, due_d), end_d, ALLOCATION))
    held = Span(free_d, (*holds, *last), end_d, end_d)
    played = replace(build, spans=build.spans | {item.needed_at: held})
    return _walked(world, site, plan, played, (item.needed_at,))[:-1]


def _path_to_power(world: World, site: Site, name: str) -> list[Hold]:
    """The path to a grid step that is never energised: it waits for its money to the end."""
    path = _grid_path(world, site, name, world.end_d)
    if (site.id, "", name) in world.stuck and path:
        path[-1] = path[-1]._replace(cause=FUNDING)
    return path


def _close_phase(world: World, site: Site, plan: Phase, build: Build) -> None:
    """Record a phase that waits for an earlier phase, money, equipment or power to the end."""
    has_started = (site.id, plan.id, "") not in world.stuck
    if has_started:
        since_d, path = build.start_d, _path_to_the_end(world, site, plan, build)
        _log_waiting(world, site, plan, build)
    else:
        since_d, _, _, cause = world.stuck[site.id, plan.id, ""]
        if build.start_d < math.inf:  # its construction waits, and what comes before that is done
            before = next(names for stage, names in predecessors(plan) if stage.id == CONSTRUCTION)
            path = _walked(world, site, plan, build, before)
        else:
            path = [
                Hold(0.0, build.planned_d, PLANNED_START),
                Hold(build.planned_d, since_d, EARLIER_PHASE),
            ]
        path.append(Hold(since_d, world.end_d, cause))
    _log(world, site, plan, path)
    end_d = max(world.end_d, since_d)
    world.milestones.append(Milestone(end_d, site.id, plan.id, "", "unbuilt", plan.critical_it_mw, "MW"))
    until_d, spent = (end_d, 1.0) if has_started else (since_d, 0.0)  # what is under way is not given up
    world.abandoned.append(Abandoned(site.id, plan.id, until_d, spent))
