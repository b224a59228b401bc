"""When the works of a phase and the steps of a grid connection are ordered, as a timeline tells."""

from __future__ import annotations

import math
from typing import NamedTuple

from capsim.buildout.schedule import CONSTRUCTION, is_staged
from capsim.buildout.timeline import Timeline
from capsim.scenario import Scenario, Site
from capsim.vocabulary import MilestoneKind


class Ordered(NamedTuple):
    """When something is begun, and the day whose price it has. Infinite where never. [d]"""

    start_d: float
    priced_d: float


def works_ordered(scenario: Scenario, timeline: Timeline) -> dict[tuple[str, str], Ordered]:
    """Start of the works of each phase, and the day of their price: that of the commitment, if any.

    What is there on a date is bought on it, also where its power comes later.
    """
    ready_d = timeline.ready_for_service_d()
    starts: dict[tuple[str, str], dict[str, float]] = {}
    for m in timeline.of_kind("started"):
        starts.setdefault((m.site, m.phase), {}).setdefault(m.item, m.time_d)
    committed = {m[1:4]: m.time_d for m in timeline.of_kind("committed")}
    works: dict[tuple[str, str], Ordered] = {}
    for site, phase in scenario.phases():
        key = site.id, phase.id
        stages, end_d = starts.get(key, {}), ready_d.get(key, math.inf)
        if phase.ready_for_service_on is not None:
            end_d = scenario.calendar.day_of(phase.ready_for_service_on)
        first_d = end_d if is_staged(phase) else min(stages.values(), default=end_d)
        start_d = stages.get(CONSTRUCTION, first_d)
        works[key] = Ordered(start_d, committed.get((*key, ""), start_d))
    return works


def applied_d(timeline: Timeline, site: Site) -> dict[str, float]:
    """When each grid step of a site is applied for, or energised where that is a date. [d]

    Infinite where never.
    """
    of_steps = timeline.of_phase(site.id, "", "applied", "energised")
    days_d = {(m.item, m.kind): m.time_d for m in of_steps}
    kinds: dict[str, MilestoneKind] = {
        s.id: "applied" if s.energised_on is None else "energised" for s in site.grid_connection
    }
    return {step: days_d.get((step, kind), math.inf) for step, kind in kinds.items()}


def steps_applied(scenario: Scenario, timeline: Timeline) -> dict[tuple[str, str], float]:
    """The same by (site, step). [d]"""
    sites = {site.id: applied_d(timeline, site) for site in scenario.sites}
    return {(site, step): day_d for site, steps in sites.items() for step, day_d in steps.items()}
