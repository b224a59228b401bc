"""Dates and idle assets of central runs: what a comparison says of a build-out beside its figures."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from capsim.buildout.explain import ACCELERATOR_DAYS, stranded
from capsim.projection.run import Run, money_unit


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

    def to_dict(self) -> dict[str, Any]:
        """As plain data, with dates in ISO form."""
        return {key: v.isoformat() if isinstance(v, date) else v for key, v in self._asdict().items()}

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
    served = _first_generation_d(run)
    return [
        PhaseDates(
            name,
            *key,
            _on(run, ready_d),
            _on(run, served.get(key, math.nan)),
            idle[key],
            cost[key],
            money_unit(run.scenario),
        )
        for key, ready_d in sorted(run.timeline.ready_for_service_d().items())
        if ready_d > 0.0
    ]


def _on(run: Run, time_d: float) -> date | None:
    return run.scenario.start + timedelta(days=math.floor(time_d)) if math.isfinite(time_d) else None


def _first_generation_d(run: Run) -> dict[tuple[str, str], float]:
    """When as many systems as were ordered first are in service, by phase. [d]"""
    wanted: dict[tuple[str, str, str], tuple[float, float]] = {}
    for m in run.timeline.of_kind("ordered"):
        day_d, number = wanted.get(m[1:4], (m.time_d, 0.0))
        wanted[m[1:4]] = day_d, number + (m.amount if m.time_d == day_d else 0.0)
    there: dict[tuple[str, str, str], float] = defaultdict(float)
    full: dict[tuple[str, str, str], float] = {}
    for m in run.timeline.of_kind("in_service"):
        there[m[1:4]] += m.amount
        if there[m[1:4]] >= wanted[m[1:4]][1]:
            full.setdefault(m[1:4], m.time_d)
    found: dict[tuple[str, str], float] = {}
    for name in wanted:
        key = name[:2]
        found[key] = max(found.get(key, -math.inf), full.get(name, math.nan))
    return found
