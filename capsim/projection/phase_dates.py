"""Dates of phases: when each has power, is handed over, and has its first and all of its first systems."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import NamedTuple

from capsim.projection.run import Run
from capsim.quantities import system_count
from capsim.scenario import Scenario
from capsim.vocabulary import DATED, DatedKind

OF_SYSTEMS = DATED[2:]
"""Those of a phase with deployments only."""


class DateColumn(NamedTuple):
    """A dated milestone of a phase."""

    site: str
    phase: str
    milestone: DatedKind

    def __str__(self) -> str:
        return f"{self.milestone}_d[{self.site}.{self.phase}]"


def date_columns(scenario: Scenario) -> tuple[DateColumn, ...]:
    """Dated milestones of all phases, in the order of the scenario."""
    return tuple(
        DateColumn(site.id, phase.id, milestone)
        for site, phase in scenario.phases()
        for milestone in DATED
        if phase.deployments or milestone not in OF_SYSTEMS
    )


def milestone_days(run: Run) -> list[float]:
    """Day since the start of each of `date_columns`, in whole days; NaN where not inside the horizon. [d]"""
    scenario, timeline = run.scenario, run.timeline
    first: dict[tuple[str, str], float] = {}
    for m in timeline.of_kind("in_service"):
        first.setdefault((m.site, m.phase), m.time_d)
    powered = {(m.site, m.item): m.time_d for m in timeline.of_kind("energised")}
    energised = {
        (site.id, phase.id): powered.get((site.id, phase.energization), math.inf)
        for site, phase in scenario.phases()
    }
    by_kind = (energised, timeline.ready_for_service_d(), first, first_fleet_d(run))
    day_of = dict(zip(DATED, by_kind, strict=True))
    days = [day_of[c.milestone].get((c.site, c.phase), math.inf) for c in date_columns(scenario)]
    return [math.floor(day) if day < scenario.calendar.n_days else math.nan for day in days]


def first_fleet_d(run: Run) -> dict[tuple[str, str], float]:
    """When all systems of all deployments of a phase are in service; infinite where they never are. [d]"""
    in_service: dict[tuple[str, str, str], float] = defaultdict(float)
    full_d: dict[tuple[str, str, str], float] = {}
    fleets = {
        (site.id, phase.id, order.id): system_count(phase, order, run.scenario.catalog)
        for site, phase in run.scenario.phases()
        for order in phase.deployments
    }
    for m in run.timeline.of_kind("in_service"):
        in_service[m[1:4]] += m.amount
        if in_service[m[1:4]] >= fleets.get(m[1:4], math.inf):
            full_d.setdefault(m[1:4], m.time_d)
    latest_d: dict[tuple[str, str], float] = {}
    for name, number in fleets.items():
        # A deployment of no systems is waited for by nobody.
        if number:
            latest_d[name[:2]] = max(latest_d.get(name[:2], -math.inf), full_d.get(name, math.inf))
    return latest_d


def dates_by_phase(run: Run) -> dict[str, dict[str, str | None]]:
    """ISO dates of each phase by ``site.phase`` and milestone; None where not inside the horizon."""
    dates: dict[str, dict[str, str | None]] = {}
    for column, day in zip(date_columns(run.scenario), milestone_days(run), strict=True):
        on = None if math.isnan(day) else run.scenario.calendar.date_of(day).isoformat()
        dates.setdefault(f"{column.site}.{column.phase}", {})[column.milestone] = on
    return dates
