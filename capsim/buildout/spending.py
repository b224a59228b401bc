"""When the works of a phase and the steps of a grid connection are ordered, as a timeline tells."""

from __future__ import annotations

import math
from typing import NamedTuple

from capsim.buildout.stages import duration_d, predecessors
from capsim.buildout.timeline import Timeline
from capsim.buildout.world import Build
from capsim.scenario.records.schema import GridStep, Phase, Scenario

CONSTRUCTION = "construction"
"""Stage with which spending on a phase starts; its first stage where it has none of that name."""


class Ordered(NamedTuple):
    """When something is begun, and the day whose price it has. Infinite where never. [d]"""

    start_d: float
    priced_d: float


def is_staged(phase: Phase) -> bool:
    """Whether spending on a phase starts with a stage of its own."""
    return any(stage.id == CONSTRUCTION for stage in phase.stages)


def share_of_works(plan: Phase | GridStep, build: Build, now: float) -> float:
    """Share of the works of a phase or a grid step that is done: by the time they take, without any wait.

    Parameters
    ----------
    plan : Phase or GridStep
        As planned: what is not finished takes its central duration, or as long as it takes already.
    build : Build
        How far its stages have come.
    now : float
        Time since the start. [d]

    Returns
    -------
    share : float
        Durations done over all durations; of a phase from its construction on, with what the construction
        does not come after; 0 before the construction. [1]
    """
    stages = predecessors(plan)
    if isinstance(plan, Phase) and is_staged(plan):
        if CONSTRUCTION not in build.started_d:
            return 0.0
        earlier: set[str] = set()
        for stage, after in reversed(stages):
            if stage.id == CONSTRUCTION or stage.id in earlier:
                earlier |= set(after)
        stages = [(stage, after) for stage, after in stages if stage.id not in earlier]
    done_d = total_d = 0.0
    for stage, _ in stages:
        if stage.id in build.spans:
            span = build.spans[stage.id]
            took_d = whole_d = span.end_d - span.start_d
        else:
            took_d = now - build.started_d.get(stage.id, now)
            whole_d = max(took_d, duration_d(plan, stage, None))
        done_d, total_d = done_d + took_d, total_d + whole_d
    return done_d / total_d if total_d > 0.0 else 0.0


def works_ordered(scenario: Scenario, timeline: Timeline) -> dict[tuple[str, str], Ordered]:
    """Start of the works of each phase, and the day of their price: that of the commitment, if any.

    What is there on a date is bought on it, also where its power comes later.
    """
    ready_d = timeline.ready_for_service_d()
    starts: dict[tuple[str, str], dict[str, float]] = {}
    for m in timeline.of_kind("started"):
        starts.setdefault((m.site, m.phase), {}).setdefault(m.item, m.time_d)
    committed = _committed(timeline)
    found: dict[tuple[str, str], Ordered] = {}
    for site in scenario.sites:
        for phase in site.phases:
            key = site.id, phase.id
            stages, end_d = starts.get(key, {}), ready_d.get(key, math.inf)
            if phase.ready_for_service_on is not None:
                end_d = scenario.calendar.day_of(phase.ready_for_service_on)
            first_d = end_d if is_staged(phase) else min(stages.values(), default=end_d)
            start_d = stages.get(CONSTRUCTION, first_d)
            found[key] = Ordered(start_d, committed.get((*key, ""), start_d))
    return found


def steps_applied(scenario: Scenario, timeline: Timeline) -> dict[tuple[str, str], float]:
    """When each grid step is applied for, or energised where that is a date; infinite where never. [d]"""
    applied = {(m.site, m.item): m.time_d for m in timeline.of_kind("applied")}
    energised = {(m.site, m.item): m.time_d for m in timeline.of_kind("energised")}
    return {
        (site.id, step.id): (energised if step.energised_on is not None else applied).get(
            (site.id, step.id), math.inf
        )
        for site in scenario.sites
        for step in site.grid_connection
    }


def _committed(timeline: Timeline) -> dict[tuple[str, str, str], float]:
    return {m[1:4]: m.time_d for m in timeline.of_kind("committed")}
