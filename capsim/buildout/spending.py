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


def steps_applied(timeline: Timeline, site: Site) -> dict[str, float]:
    """When each grid step of a site is applied for, or energised where that is a date, by its id. [d]

    Infinite where never.
    """
    begun: dict[bool, MilestoneKind] = {False: "applied", True: "energised"}
    days_d = {
        is_date: {m.item: m.time_d for m in timeline.of_phase(site.id, "", kind)}
        for is_date, kind in begun.items()
    }
    return {
        step.id: days_d[step.energised_on is not None].get(step.id, math.inf) for step in site.grid_connection
    }
