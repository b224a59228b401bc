"""What planners expect: hand-over of a phase, from what has happened and central durations."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from capsim.buildout.spending import CONSTRUCTION
from capsim.buildout.stages import duration_d, predecessors
from capsim.buildout.world import Build, Process, World
from capsim.scenario.records.schema import Equipment, GridStep, Phase, Site, Stage
from capsim.units import months_to_days, weeks_to_days

JUST_IN_TIME = "just_in_time"
"""Ordering of equipment so that it arrives when its stage needs it."""
LAST_LOOK_D = 1.0
"""Time before an order is due from which on the forecast is not made anew. [d]"""


def until_due(world: World, site: Site, plan: Phase, due_d: Callable[[], float]) -> Process:
    """Wait until an order of a phase is due, by a forecast made anew whenever it is due by the last one."""
    while world.env.now < world.end_d and (site.id, plan.id) not in world.given_up:
        wait_d = due_d() - world.env.now
        if wait_d > 0.0:
            yield world.env.timeout(wait_d)
        if wait_d < LAST_LOOK_D:
            return


def planned(world: World, site: Site, phase: Phase) -> tuple[Site, Phase]:
    """A phase as planners know it: with central values, before chance has its say."""
    sites = {s.id: s for s in world.scenario.plan.sites}
    place = sites[site.id]
    return place, next(p for p in place.phases if p.id == phase.id)


def ready_forecast_d(world: World, site: Site, phase: Phase) -> float:
    """Forecast, made now, of when a phase is ready for service; queues are not foreseen. [d]"""
    place, plan = planned(world, site, phase)
    return _ready_d(world, place, plan)


def needed_forecast_d(world: World, site: Site, plan: Phase, item: Equipment) -> float:
    """Forecast, made now, of when the stage that needs equipment could start if that were there. [d]"""
    others = tuple(other for other in plan.equipment if other.id != item.id)
    chain = _chain(world, site, plan.model_copy(update={"equipment": others}))
    return chain.starts[item.needed_at]


def works_forecast_d(world: World, site: Site, phase: Phase) -> float:
    """Forecast, made now, of when the works of a phase start: its construction, or its first stage. [d]"""
    place, plan = planned(world, site, phase)
    if plan.ready_for_service_on is not None or not plan.stages:
        return _ready_d(world, place, plan)
    starts = _chain(world, place, plan).starts
    return max(world.env.now, starts.get(CONSTRUCTION, min(starts.values())))


def phase_key(site: Site, name: str) -> tuple[str, str]:
    """Site and phase of a name in `after`: a phase of the site itself, or `site.phase`."""
    place, dot, other = name.partition(".")
    return (place, other) if dot else (site.id, name)


class _Chain(NamedTuple):
    """When the stages of a phase or a grid step start and end, as far as is known. [d]"""

    starts: dict[str, float]
    ends: dict[str, float]


Known = dict[tuple[str, str], float]
"""Hand-over of phases, by (site, phase), as forecast so far. [d]"""


def _ready_d(world: World, site: Site, plan: Phase) -> float:
    if not _is_open(world, site, plan):
        return _given_d(world, site, plan)
    return max(_energised_d(world, site, plan), *_chain(world, site, plan).ends.values())


def _chain(world: World, site: Site, plan: Phase) -> _Chain:
    """Stages of a phase, with the equipment and the power they need."""
    known: Known = {}
    for place, earlier in _lineage(world, site, plan):
        key = place.id, earlier.id
        if _is_open(world, place, earlier):
            ends = _own_chain(world, place, earlier, known).ends.values()
            known[key] = max(_energised_d(world, place, earlier), *ends)
        else:
            known[key] = _given_d(world, place, earlier)
    return _own_chain(world, site, plan, known)


def _lineage(world: World, site: Site, plan: Phase) -> list[tuple[Site, Phase]]:
    """Phases whose hand-over a phase that has not begun waits for, each after those it waits for itself."""
    sites = {s.id: s for s in world.scenario.plan.sites}
    found: dict[tuple[str, str], tuple[Site, Phase]] = {}
    ahead = [(site, plan, False)]
    while ahead:
        place, phase, is_due = ahead.pop()
        key = place.id, phase.id
        if key in found:
            continue
        if is_due:
            found[key] = place, phase
            continue
        ahead.append((place, phase, True))
        if _is_open(world, place, phase) and not world.builds[key].start_d <= world.env.now:
            for name in phase.after:
                site_id, phase_id = phase_key(place, name)
                other = sites[site_id]
                ahead.append((other, next(p for p in other.phases if p.id == phase_id), False))
    del found[site.id, plan.id]
    return list(found.values())


def _is_open(world: World, site: Site, plan: Phase) -> bool:
    """Whether the hand-over of a phase follows from its stages, and has not happened."""
    return plan.ready_for_service_on is None and not world.ready[site.id, plan.id].triggered


def _given_d(world: World, site: Site, plan: Phase) -> float:
    """Hand-over of a phase that has happened or has a date. [d]"""
    ready = world.ready[site.id, plan.id]
    if ready.triggered:
        return float(ready.value or 0.0)
    day_d = world.day_of(plan.ready_for_service_on)
    return max(world.env.now, day_d, _energised_d(world, site, plan))


def _own_chain(world: World, site: Site, plan: Phase, known: Known) -> _Chain:
    """The same, where the hand-over of earlier phases is known."""
    build = world.builds[site.id, plan.id]
    start_d, now = build.start_d, world.env.now
    if not start_d <= now:
        start_d = max(now, build.planned_d, *(known[phase_key(site, name)] for name in plan.after))
    power_d = _energised_d(world, site, plan)

    def needs(stage: Stage, ends: dict[str, float]) -> list[float]:
        arrivals = [
            _arrival_d(world, build, i, ends, start_d) for i in plan.equipment if i.needed_at == stage.id
        ]
        return [*arrivals, power_d] if stage.needs_energization else arrivals

    return _played(plan, build, start_d, now, needs)


def _played(
    plan: Phase | GridStep,
    build: Build,
    start_d: float,
    now: float,
    needs: Callable[[Stage, dict[str, float]], list[float]],
) -> _Chain:
    """Stages as they were, and as they will be with central durations and no queues."""
    chain = _Chain({}, {})
    for stage, after in predecessors(plan):
        if stage.id in build.spans:
            span = build.spans[stage.id]
            chain.starts[stage.id], chain.ends[stage.id] = span.start_d, span.end_d
            continue
        begun_d = build.started_d.get(stage.id)
        if begun_d is None:
            begun_d = max(now, start_d, *needs(stage, chain.ends), *(chain.ends[name] for name in after))
        chain.starts[stage.id] = begun_d
        chain.ends[stage.id] = max(now, begun_d + duration_d(plan, stage, None))
    return chain


def _energised_d(world: World, site: Site, plan: Phase) -> float:
    """When the phase's grid step is energised, or expected to be. [d]"""
    event = world.energised[site.id, plan.energization]
    if event.triggered:
        return float(event.value or 0.0)
    step = next(step for step in site.grid_connection if step.id == plan.energization)
    return max(world.env.now, step_due_d(world, site, step))


def step_due_d(world: World, site: Site, step: GridStep) -> float:
    """When a grid step is expected to be energised, from what has happened and central durations. [d]"""
    slip_d, now = months_to_days(step.slip_months), world.env.now
    if step.energised_on is not None:
        return world.day_of(step.energised_on) + slip_d
    applied_d = world.applied_d.get((site.id, step.id), world.day_of(step.applied_on))
    if not step.stages:
        return applied_d + months_to_days(step.lead_time_months or 0.0) + slip_d
    build = world.connections.get((site.id, step.id), Build(applied_d, world.env.event()))
    since_d = now if (site.id, step.id) in world.connections else -math.inf
    ends = _played(step, build, applied_d, since_d, lambda *_: []).ends
    return max(ends.values()) + slip_d


def _arrival_d(world: World, build: Build, item: Equipment, ends: dict[str, float], start_d: float) -> float:
    """When equipment is expected. [d]"""
    lead_d, now = weeks_to_days(item.lead_time_weeks), world.env.now
    if item.id in build.equipment_d:
        ordered_d, delivered_d = build.equipment_d[item.id]
        return delivered_d if delivered_d < math.inf else max(now, ordered_d + lead_d)
    if item.ordered_on is not None:
        ordered_d = world.day_of(item.ordered_on)
    else:
        ordered_d = ends.get(item.ordered_after, start_d) if item.ordered_after else start_d
    if item.ordering == JUST_IN_TIME:
        ordered_d = max(ordered_d, now)
    return ordered_d + lead_d
