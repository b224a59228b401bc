"""What was forecast of a plan on a data date: its milestones, what led to each, and its curves.

Milestones are told by name, as `site.phase ready_for_service`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from capsim.buildout import Timeline, build_out
from capsim.scenario import Scenario
from capsim.study.s_curves import CAPEX, capex_so_far, months_of, mw_curves

BEYOND = "beyond"
"""What tables have in place of a date after the horizon."""


@dataclass(frozen=True)
class Vintage:
    """What was forecast on a data date."""

    name: str
    as_of: str
    dates: Mapping[str, str]
    """Central dates by milestone, inside the horizon."""
    causes: Mapping[str, Mapping[str, float]]
    """Days on the critical path by cause, by milestone. [d]"""
    curves: Mapping[str, Mapping[str, float]]
    """Central MW by figure and month; capex so far, too, where it was asked for."""
    beyond: Mapping[str, str] = field(default_factory=dict)
    """Milestones of the plan that do not come inside the horizon, with their dates; empty text for none."""

    def shown(self, milestone: str) -> str:
        """The date of a milestone as tables have it; empty of one that the plan does not have."""
        return self.dates.get(milestone) or (BEYOND if milestone in self.beyond else "")

    def day(self, milestone: str) -> str:
        """The date of a milestone, inside the horizon or not; empty where it has none."""
        return self.dates.get(milestone) or self.beyond.get(milestone, "")


def vintage(scenario: Scenario, name: str, *, money: bool = False, seed: int = 0) -> Vintage:
    """The central forecast of a scenario as it stands; with capex so far by month where it is asked for."""
    timeline = build_out(scenario)
    known, end_d = scenario.known_until.isoformat(), float(scenario.calendar.n_days)
    days = milestone_days(timeline)
    told = {key: scenario.calendar.date_of(day).isoformat() for key, day in days.items()}
    dates = {key: told[key] for key, day in days.items() if day < end_d}
    beyond = {key: told.get(key, "") for key in _planned(scenario, timeline) if key not in dates}
    causes: dict[str, dict[str, float]] = {}
    for wait in timeline.waits:
        if wait.phase and wait.item:
            continue
        # of a grid step the first part of the item is its name, the rest the stage
        step = wait.item.partition(".")[0]
        key = f"{wait.phase} ready_for_service" if wait.phase else f"{step} energised"
        if wait.phase or step:
            path = causes.setdefault(f"{wait.site}.{key}", {})
            path[wait.cause] = path.get(wait.cause, 0.0) + wait.end_d - wait.start_d
    curves = mw_curves(scenario, timeline)
    if money:
        spent = capex_so_far(scenario, seed).tolist()
        curves[CAPEX] = dict(zip(months_of(scenario), spent, strict=True))
    return Vintage(name, known, dates, causes, curves, beyond)


def milestone_days(timeline: Timeline) -> dict[str, float]:
    """Days of the milestones that are told, by name. [d]"""
    days = {f"{m.site}.{m.item} energised": m.time_d for m in timeline.of_kind("energised")}
    days |= {f"{m.site}.{m.phase} ready_for_service": m.time_d for m in timeline.of_kind("ready_for_service")}
    for m in timeline.of_kind("in_service"):
        days.setdefault(f"{m.site}.{m.phase} first_in_service", m.time_d)
    return days


def _planned(scenario: Scenario, timeline: Timeline) -> Iterator[str]:
    """Milestones of the plan by name, whether or not they come; of what was cancelled there are none."""
    cancelled = timeline.of_kind("cancelled")
    ended = {(m.site, m.phase, "" if m.phase else m.item) for m in cancelled if m.unit == "MW"}
    for site in scenario.sites:
        for step in site.grid_connection:
            if (site.id, "", step.id) not in ended:
                yield f"{site.id}.{step.id} energised"
        for phase in site.phases:
            if (site.id, phase.id, "") not in ended:
                yield f"{site.id}.{phase.id} ready_for_service"
                yield from [f"{site.id}.{phase.id} first_in_service"] if phase.deployments else []
