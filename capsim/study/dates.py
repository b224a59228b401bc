"""Dates of phases, and idle assets of central runs: what a study says of a build-out beside its figures."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from capsim.buildout import ACCELERATOR_DAYS, stranded
from capsim.projection import Run, finite, money_unit
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


class PhaseDates(NamedTuple):
    """When a phase of a central run is there, and what of it stood idle inside the horizon."""

    scenario: str
    site: str
    phase: str
    ready_on: date | None
    """Ready for service; None where never."""
    in_service_on: date | None
    """Last of its first systems in service; None where not inside the horizon."""
    idle_accelerator_d: float
    """Accelerator-days in which delivered systems had no hall. [accelerator d]"""
    idle_cost: float
    """Annuity of those, and of power without hall and halls without systems. [scenario currency]"""
    money_unit: str
    """Currency and price year."""

    @property
    def place(self) -> tuple[str, str]:
        """Site and phase."""
        return self.site, self.phase

    @property
    def outcome(self) -> tuple[Any, ...]:
        """Dates and what stood idle, whatever the scenario."""
        return self[3:]

    def to_dict(self) -> dict[str, Any]:
        """As plain data, with dates in ISO form."""
        plain: dict[str, Any] = finite(self._asdict())
        return plain

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> PhaseDates:
        """The dates that `to_dict` wrote."""
        days = {key: row[key] and date.fromisoformat(row[key]) for key in ("ready_on", "in_service_on")}
        return cls(**{**row, **days})


def date_columns(scenario: Scenario) -> tuple[DateColumn, ...]:
    """Dated milestones of all phases, in the order of the scenario."""
    return tuple(
        DateColumn(site.id, phase.id, milestone)
        for site in scenario.sites
        for phase in site.phases
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
        for site in scenario.sites
        for phase in site.phases
    }
    by_kind = (energised, timeline.ready_for_service_d(), first, first_fleet_d(run))
    day_of = dict(zip(DATED, by_kind, strict=True))
    days = [day_of[c.milestone].get((c.site, c.phase), math.inf) for c in date_columns(scenario)]
    return [math.floor(day) if day < scenario.calendar.n_days else math.nan for day in days]


def phase_dates(name: str, run: Run) -> list[PhaseDates]:
    """Dates of all phases of a run that are not there at its start."""
    idle, cost = defaultdict[tuple[str, str], float](float), defaultdict[tuple[str, str], float](float)
    for row in stranded(run.scenario, run.timeline):
        idle[row.site, row.phase] += row.amount if row.unit == ACCELERATOR_DAYS else 0.0
        cost[row.site, row.phase] += row.cost
    served_d, unit = first_fleet_d(run), money_unit(run.scenario)
    return [
        PhaseDates(
            name, *key, _on(run, ready_d), _on(run, served_d.get(key, math.inf)), idle[key], cost[key], unit
        )
        for key, ready_d in sorted(run.timeline.ready_for_service_d().items())
        if ready_d > 0.0
    ]


def _on(run: Run, time_d: float) -> date | None:
    return run.scenario.calendar.date_of(time_d) if math.isfinite(time_d) else None


def first_fleet_d(run: Run) -> dict[tuple[str, str], float]:
    """When all systems of all deployments of a phase are in service; infinite where they never are. [d]"""
    in_service: dict[tuple[str, str, str], float] = defaultdict(float)
    full_d: dict[tuple[str, str, str], float] = {}
    fleets = {
        (site.id, phase.id, order.id): system_count(phase, order, run.scenario.catalog)
        for site in run.scenario.sites
        for phase in site.phases
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
