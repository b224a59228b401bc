"""What planners expect: hand-over of a phase, from what has happened and central durations."""

from __future__ import annotations

from capsim.buildout.stages import duration_d, predecessors
from capsim.buildout.world import Build, World
from capsim.scenario.schema import Equipment, GridStep, Phase, Site
from capsim.units import months_to_days, weeks_to_days


def planned(world: World, site: Site, phase: Phase) -> tuple[Site, Phase]:
    """A phase as planners know it: with central values, before chance has its say."""
    sites = {s.id: s for s in world.scenario.plan.sites}
    place = sites[site.id]
    return place, next(p for p in place.phases if p.id == phase.id)


def ready_forecast_d(world: World, site: Site, phase: Phase) -> float:
    """Forecast, made now, of when a phase is ready for service; queues are not foreseen. [d]"""
    place, plan = planned(world, site, phase)
    return _ready_d(world, place, plan)


def _ready_d(world: World, site: Site, plan: Phase) -> float:
    ready, now = world.ready[site.id, plan.id], world.env.now
    if ready.triggered:
        return float(ready.value or 0.0)
    if plan.ready_for_service_on is not None:
        return max(now, world.day_of(plan.ready_for_service_on))
    build = world.builds.get((site.id, plan.id), Build(world.day_of(plan.starts_on)))
    start_d = build.start_d
    if not start_d <= now:
        earlier = [_ready_d(world, site, p) for p in site.phases if p.id in plan.after]
        start_d = max(now, build.planned_d, *earlier)
    power_d = _energised_d(world, site, plan)
    ends: dict[str, float] = {}
    for stage, after in predecessors(plan):
        took_d = duration_d(stage, None)
        if stage.id in build.spans:
            ends[stage.id] = build.spans[stage.id].end_d
        elif stage.id in build.started_d:
            ends[stage.id] = max(now, build.started_d[stage.id] + took_d)
        else:
            needs = [
                _arrival_d(world, build, i, ends, start_d) for i in plan.equipment if i.needed_at == stage.id
            ]
            needs += [power_d] if stage.needs_energization else []
            ends[stage.id] = max(now, start_d, *needs, *(ends[name] for name in after)) + took_d
    return max(power_d, *ends.values()) if ends else power_d


def _energised_d(world: World, site: Site, plan: Phase) -> float:
    """When the phase's grid step is energised, or expected to be. [d]"""
    event = world.energised[site.id, plan.energization]
    if event.triggered:
        return float(event.value or 0.0)
    step = next(step for step in site.grid_connection if step.id == plan.energization)
    return max(world.env.now, _due_d(world, site, step))


def _due_d(world: World, site: Site, step: GridStep) -> float:
    slip_d = months_to_days(step.slip_months)
    if step.energised_on is not None:
        return world.day_of(step.energised_on) + slip_d
    applied_d = world.applied_d.get((site.id, step.id), world.day_of(step.applied_on))
    return applied_d + months_to_days(step.lead_time_months or 0.0) + slip_d


def _arrival_d(world: World, build: Build, item: Equipment, ends: dict[str, float], start_d: float) -> float:
    """When equipment is expected. [d]"""
    if item.id in build.equipment_d:
        return build.equipment_d[item.id][1]
    if item.ordered_on is not None:
        ordered_d = world.day_of(item.ordered_on)
    else:
        ordered_d = ends.get(item.ordered_after, start_d) if item.ordered_after else start_d
    return ordered_d + weeks_to_days(item.lead_time_weeks)
