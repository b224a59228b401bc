"""What a plan has by the day up to which all is known: it is done, and nobody can bring it forward."""

from __future__ import annotations

from datetime import date

from capsim.scenario import Phase, Scenario, Stage
from capsim.study.limit import Played
from capsim.units import DAYS_PER_MONTH
from capsim.vocabulary import MilestoneKind

Item = tuple[str, str, str]
"""Site, phase and item; the phase is empty for what belongs to a whole site."""


def known_d(scenario: Scenario) -> float:
    """The day up to which all is known, before which nothing can be brought. [d]"""
    return scenario.calendar.day_of(scenario.known_until)


def first_day(played: Played) -> date:
    """The first day on which a lifted limit can change anything."""
    return max(played.scenario.start, played.scenario.known_until)


def by_then(played: Played, kind: MilestoneKind) -> dict[Item, float]:
    """When what was by the data date was, by item. [d]"""
    found: dict[Item, float] = {}
    for m in played.run.timeline.of_kind(kind):
        if m.time_d <= known_d(played.scenario):
            found.setdefault((m.site, m.phase, m.item), m.time_d)
    return found


def least_months(phase: Phase, stage: Stage, started_d: float, played: Played) -> float:
    """Duration at which a stage under way ends on the data date: before it, it has not. [months]"""
    overrun = phase.overrun if stage.started_on is None else 1.0
    return (known_d(played.scenario) - started_d) / DAYS_PER_MONTH / overrun
