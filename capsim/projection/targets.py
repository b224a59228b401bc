"""Targets and announcements held against a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from capsim.models.compute import DEFINITIONS
from capsim.projection.answers import Values, read, so_far
from capsim.projection.answers_of_run import Arrays
from capsim.projection.quotients import QUOTIENTS
from capsim.projection.run import Run, money_unit
from capsim.scenario import Scenario, Target
from capsim.units import first_of_month
from capsim.vocabulary import Asked, Goal, Sense, When, declared, measure_of, parse_goal

FLOORS = ("accelerators", "critical_it_mw")
"""Keys of a target that are the least of the series of their name; `h100e` is, under each definition."""
CEILINGS = {"facility_mw": "facility_peak_mw", "budget": "capex"}
"""Keys of a target that are the most of a series."""


@dataclass(frozen=True)
class TargetResult:
    """One goal of a target and how far the projection gets."""

    target: str
    """Id of the target."""
    metric: str
    """Figure the goal is about, in words; with its definition for H100-equivalents."""
    unit: str
    goal: float
    """What was announced or wished for; of a date its proleptic Gregorian ordinal."""
    reached: float
    """Value at the end of the last month that is over by then; for H100-equivalents those that can run:
    in service less the share of compute that halls, cooling and grid connections curtail."""
    by: str
    """Last day that counts, ISO date; empty for dates and for figures of the whole horizon."""
    met: bool
    crossed: str
    """First month in which a goal is reached, or an upper bound is passed, ISO date; empty if never."""
    sense: Sense = ">="
    """``>=`` for what is to be reached, ``<=`` for what must not be passed."""

    @property
    def is_limit(self) -> bool:
        """Whether it must not be passed."""
        return self.sense == "<="


def target_results(run: Run) -> list[TargetResult]:
    """Every goal of every target. Compute goals are held against all three definitions."""
    scenario, running = run.scenario, Running(run)
    return [
        _held(running, target, goal)
        for target in scenario.targets
        for goal in goals_of_target(scenario, target)
    ]


def goals_of_target(scenario: Scenario, target: Target) -> Iterator[Goal]:
    """Goals of a target, by its date where they name no month; H100e under each definition."""
    by = _by_its_date(scenario, target)
    compute = [(f"h100e_{definition}", target.h100e) for definition in DEFINITIONS]
    floors = [*compute, *((key, getattr(target, key)) for key in FLOORS)]
    ceilings = [(metric, getattr(target, key)) for key, metric in CEILINGS.items()]
    for sense, bounds in ((">=", floors), ("<=", ceilings)):
        for metric, value in bounds:
            if value is not None:
                yield Goal(Asked(metric, when=by), sense, float(value), target.id)  # type: ignore[arg-type]
    for text in target.goals:
        goal = parse_goal(text)
        has_months = declared(goal.figure.name, "monthly") is not None or goal.figure.full_name in QUOTIENTS
        is_open = has_months and goal.figure.when is None and not goal.figure.is_date
        figure = replace(goal.figure, when=by) if is_open else goal.figure
        yield replace(goal, figure=figure, name=target.id)


def curtailed_share(lost: NDArray[np.float64], delivered: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the compute wanted that limits take from the fleet at the end of each month.

    The larger of the month's own share and the next one's: a fleet that grows inside a month is
    curtailed in full from then on.

    Parameters
    ----------
    lost, delivered : ndarray of float64, shape (n_months,)
        Compute curtailed and compute delivered. [H100e h]

    Returns
    -------
    share : ndarray of float64, shape (n_months,)
        Lost over lost and delivered; 0 where nothing is lost. [1]

    Examples
    --------
    >>> curtailed_share(np.array([0.0, 1.0, 0.0, 0.0]), np.array([4.0, 3.0, 2.0, 0.0]))
    array([0.25, 0.25, 0.  , 0.  ])
    """
    asked_for = lost + delivered
    share = np.divide(lost, asked_for, out=np.zeros_like(asked_for), where=lost > 0.0)
    # in place: each month's share is read before the next one changes
    share[:-1] = np.maximum(share[:-1], share[1:])
    return share


class Running(Arrays):
    """A run, of whose H100-equivalents those count that limits let run."""

    def series(self, name: str, site: str) -> Values:
        """A monthly series, shape (n_months,)."""
        series = super().series(name, site)
        if name not in [f"h100e_{definition}" for definition in DEFINITIONS]:
            return series
        lost, delivered = (super(Running, self).series(n, site) for n in ("curtailed_h100e_h", "h100e_h"))
        return series * (1.0 - curtailed_share(lost, delivered))


def _by_its_date(scenario: Scenario, target: Target) -> When:
    """The last month that is over on a target's date; the first one where none is."""
    calendar = scenario.calendar
    last = calendar.n_months - 1
    if target.by is not None:
        last = min(max(calendar.month_of_day(calendar.day_of(target.by) + 1.0) - 1, 0), last)
    return When("by", calendar.months[last], calendar.months[last])


def _held(running: Running, target: Target, goal: Goal) -> TargetResult:
    """A goal held against its figure."""
    scenario, measure = running.run.scenario, measure_of(goal.figure)
    reached = float(read(goal.figure, running))
    is_of_the_target = goal.figure.when == _by_its_date(scenario, target)
    return TargetResult(
        target=target.id,
        metric=str(replace(goal.figure, when=None) if is_of_the_target else goal.figure),
        unit="date" if measure is None else measure.unit_in(money_unit(scenario)),
        goal=goal.value,
        reached=reached,
        by=_last_day(scenario, target, goal),
        met=reached <= goal.value if goal.sense == "<=" else reached >= goal.value,
        crossed=_crossed(running, goal, reached),
        sense=goal.sense,
    )


def _last_day(scenario: Scenario, target: Target, goal: Goal) -> str:
    """Last day that counts, ISO date; empty where the figure is of no months."""
    if goal.month is None:
        return ""
    if goal.figure.when == _by_its_date(scenario, target):
        return (target.by or scenario.calendar.end - timedelta(days=1)).isoformat()
    return (first_of_month(goal.month, 1) - timedelta(days=1)).isoformat()


def _crossed(running: Running, goal: Goal, reached: float) -> str:
    """First month in which a goal is reached, or an upper bound is passed, ISO date; empty if never."""
    when = goal.figure.when
    # of a ratio no month is the first: it goes up and down
    if when is None or goal.figure.full_name in QUOTIENTS:
        return ""
    # what is of the months of a year has come when they are over
    values = np.full(1, reached) if when.word == "in" else so_far(goal.figure, running)
    crossed = values > goal.value if goal.sense == "<=" else values >= goal.value
    months = [when.last] if when.word == "in" else running.months
    return months[int(np.argmax(crossed))].isoformat() if crossed.any() else ""
