"""What was forecast of a plan on a data date: its milestones, what led to each, and its curves.

Milestones are told by name, as `site.phase ready_for_service`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from capsim.buildout import GRID, OF_GRID, PLANNED_START, Timeline, build_out
from capsim.scenario import GridStep, Scenario
from capsim.study.s_curves import CAPEX, capex_so_far, months_of, mw_curves

BEYOND = "beyond"
"""What tables have in place of a date after the horizon."""

ANNOUNCED_DATE = "announced date"
"""Cause of a slip of what has a date that is announced anew, and of what is overdue."""
NOT_BEGUN = "not begun"
"""Cause of a slip of what was to begin, or be ordered or applied for, by the data date, and did not."""


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
    curves = mw_curves(scenario, timeline)
    if money:
        spent = capex_so_far(scenario, seed).tolist()
        curves[CAPEX] = dict(zip(months_of(scenario), spent, strict=True))
    return Vintage(name, known, dates, _causes(scenario, timeline, days), curves, beyond)


def _causes(scenario: Scenario, timeline: Timeline, days: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Days by cause on the path of each phase and each grid step. [d]"""
    held = _Held(timeline)
    as_of_d = 0.0 if scenario.as_of is None else scenario.calendar.day_of(scenario.as_of)
    paths: dict[str, dict[str, float]] = {}
    for site in scenario.sites:
        dated = {step.id for step in site.grid_connection if _has_date(step)}
        for step in site.grid_connection:
            key = f"{site.id}.{step.id} energised"
            if key in days:
                paths[key] = held.of_step(site.id, step, days[key])
        for phase in site.phases:
            path = held.path[site.id, phase.id]
            # the date of the power or of the hall, whatever came before it
            if GRID in path and phase.energization in dated:
                path[GRID] += path.pop(PLANNED_START, 0.0)
            elif phase.ready_for_service_on is not None and PLANNED_START in path:
                path[ANNOUNCED_DATE] = path.pop(PLANNED_START)
            paths[f"{site.id}.{phase.id} ready_for_service"] = path
    for key, path in paths.items():
        if as_of_d > 0.0 and ANNOUNCED_DATE not in path:
            _tell_idle_time(path, as_of_d, days.get(key, 0.0))
    return {key: path for key, path in paths.items() if path}


def _tell_idle_time(path: dict[str, float], as_of_d: float, end_d: float) -> None:
    """Give time in which nothing had begun by the data date a cause, in place."""
    idle_d = max(0.0, end_d - sum(path.values()))
    if abs(path.get(PLANNED_START, 0.0) - as_of_d) < 1.0:
        idle_d += path.pop(PLANNED_START)
    if idle_d >= 1.0:
        path[NOT_BEGUN] = idle_d


def _has_date(step: GridStep) -> bool:
    """Whether a grid step is energised on a date, and not when its stages or its lead time are over."""
    return step.energised_on is not None or step.finished_on is not None


class _Held:
    """What held up the phases and the grid steps of a timeline. [d]"""

    def __init__(self, timeline: Timeline) -> None:
        self.path: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
        """By cause, of a phase its critical path, of a step or its stage what it waited for."""
        self.day_d: dict[tuple[str, str, str], float] = {}
        """Days of milestones of grid steps and their stages."""
        for wait in timeline.waits:
            if not (wait.phase and wait.item):
                path = self.path[wait.site, wait.phase or wait.item]
                path[wait.cause] = path.get(wait.cause, 0.0) + wait.end_d - wait.start_d
        for m in timeline.of_kind("applied", "started", "finished"):
            if not m.phase:
                self.day_d.setdefault((m.site, m.item, m.kind), max(0.0, m.time_d))

    def of_step(self, site: str, step: GridStep, end_d: float) -> dict[str, float]:
        """The path of a grid step: its date, or its application, its stages and what is added to them."""
        if _has_date(step):
            return {ANNOUNCED_DATE: end_d}
        path: dict[str, float] = {}
        for item in (step.id, *(f"{step.id}.{stage.id}" for stage in step.stages)):
            for cause, length_d in self.path[site, item].items():
                path[cause] = path.get(cause, 0.0) + length_d
        last_d = self.day_d.get((site, step.id, "applied"), 0.0)
        path[PLANNED_START] = last_d
        for stage in step.stages:
            start_d, stop_d = (
                self.day_d.get((site, f"{step.id}.{stage.id}", kind), last_d)
                for kind in ("started", "finished")
            )
            path[OF_GRID + stage.id] = stop_d - start_d
            last_d = max(last_d, stop_d)
        path[GRID] = max(0.0, end_d - last_d)
        return path


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
