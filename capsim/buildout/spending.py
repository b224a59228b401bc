"""When the works of a phase and the steps of a grid connection are ordered, as a timeline tells."""

from __future__ import annotations

import math
from typing import NamedTuple

from capsim.buildout.schedule import CONSTRUCTION, is_staged
from capsim.buildout.timeline import Timeline
from capsim.scenario.records.schema import Scenario


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
