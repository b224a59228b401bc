"""Dates of phases, and idle assets of central runs: what a study says of a build-out beside its figures."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from capsim.buildout import ACCELERATOR_DAYS, stranded
from capsim.projection import Run, finite, first_fleet_d, money_unit


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
