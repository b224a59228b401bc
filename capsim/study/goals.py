"""Goals in words: ``h100e_8bit>=288000 by 2029-12``, what they read in rows, and how often they are met."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from capsim.errors import StudyError
from capsim.models.compute import DEFINITIONS
from capsim.projection import money_name
from capsim.scenario import Scenario, Target
from capsim.study.columns import Rows
from capsim.study.observe import Layout
from capsim.study.statistics import probability_interval
from capsim.vocabulary import in_results, no_result

_GOAL = re.compile(
    r"\s*(?P<metric>[a-z][a-z0-9_]*)\s*(?P<sense>>=|<=|=)\s*(?P<value>[-+0-9.eE_]+)"
    r"(?:\s+(?:by|at)\s+(?P<month>\d{4}-\d{2})(?:-\d{2})?)?\s*"
)
FORM = "METRIC>=VALUE by YYYY-MM (also <= or =; without a month for headline figures)"


@dataclass(frozen=True)
class Goal:
    """A metric and the value it should have."""

    metric: str
    """A monthly series of the portfolio, or a headline figure."""
    sense: str
    """``>=``, ``<=`` or ``=``."""
    value: float
    month: date | None = None
    """First day of the month at whose end the goal is held against; None for a headline figure."""
    name: str = ""
    """Target of the scenario the goal is from."""

    def __str__(self) -> str:
        by = f" by {self.month:%Y-%m}" if self.month else ""
        return f"{self.metric}{self.sense}{self.value:.12g}{by}"

    def is_met(self, reached: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether values reach the goal; for ``=``, whether they reach it from below."""
        return np.asarray(reached <= self.value if self.sense == "<=" else reached >= self.value)


def parse_goal(text: str) -> Goal:
    """A goal in words.

    Raises
    ------
    StudyError
        If the words are no goal.

    Examples
    --------
    >>> parse_goal("h100e_8bit>=288000 by 2029-12")
    Goal(metric='h100e_8bit', sense='>=', value=288000.0, month=datetime.date(2029, 12, 1), name='')
    """
    match = _GOAL.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        month = date.fromisoformat(f"{match['month']}-01") if match["month"] else None
        return Goal(match["metric"], match["sense"], float(match["value"]), month)
    except ValueError:
        raise StudyError(f"a goal is written {FORM} (got {text!r})") from None


def columns_of(goal: Goal, layout: Layout, scenario: Scenario) -> tuple[int, int, str]:
    """First and last-but-one column a goal reads, and how: as a `figure`, or folded as the series is.

    Raises
    ------
    StudyError
        If there is no such metric, or no such month.
    """
    metric = metric_name(goal.metric, layout, scenario, dated=goal.month is not None)
    if goal.month is None:
        place = layout.figures.index(metric)
        return place, place + 1, "figure"
    series, months = layout.columns(metric), scenario.calendar.months
    if goal.month not in months:
        raise StudyError(f"{goal}: the horizon is from {months[0]:%Y-%m} to {months[-1]:%Y-%m}")
    return series.first, series.first + months.index(goal.month) + 1, series.fold


def metric_name(metric: str, layout: Layout, scenario: Scenario, *, dated: bool) -> str:
    """Name of a figure or series, with the currency where it was left out (``lcoc``, ``capex``)."""
    monthly = [series.name for series in layout.series if not series.site]
    offered, others = (monthly, layout.figures) if dated else (layout.figures, monthly)
    name = in_results(metric, offered, scenario.currency.code)
    if name is not None:
        return name
    if in_results(metric, others, scenario.currency.code) is not None:
        raise StudyError(f"{metric} {'needs no month' if dated else 'needs a month: ... by 2030-12'}")
    raise StudyError(no_result(metric, offered))


def figure_of(on: str, scenario: Scenario, layout: Layout, row: NDArray[np.float64]) -> str:
    """Name of a headline figure; ``lcoc`` is that per MWh of IT energy where there is no accelerator."""
    figure = metric_name(on, layout, scenario, dated=False)
    # Halls for tenants have no accelerator to share their cost out to.
    if on == "lcoc" and np.isnan(row[layout.figures.index(figure)]):
        return money_name("levelised_cost_per_it_mwh", scenario)
    return figure


def reading(goal: Goal, rows: NDArray[np.float64], fold: str) -> NDArray[np.float64]:
    """What a goal looks at, from the columns `columns_of` names.

    A level or a headline figure as it is; of a peak under ``<=`` the highest so far; of what adds
    up, the total from the start.
    """
    if fold in ("sum", "hours"):
        return np.asarray(rows.sum(axis=1))
    return np.asarray(rows.max(axis=1) if fold == "peak" and goal.sense == "<=" else rows[:, -1])


def goals_of(scenario: Scenario) -> list[Goal]:
    """Goals of the scenario's own targets; those on H100-equivalents under each definition."""
    return [goal for target in scenario.targets for goal in _of_target(scenario, target)]


def _of_target(scenario: Scenario, target: Target) -> list[Goal]:
    calendar = scenario.calendar
    month = calendar.months[-1]
    if target.by is not None:
        month = min(max(date(target.by.year, target.by.month, 1), calendar.months[0]), month)
    bounds = [(f"h100e_{definition}", ">=", target.h100e) for definition in DEFINITIONS]
    bounds += [("accelerators", ">=", target.accelerators), ("critical_it_mw", ">=", target.critical_it_mw)]
    bounds += [("facility_peak_mw", "<=", target.facility_mw)]
    bounds += [(money_name("capex", scenario), "<=", target.budget)]
    return [
        Goal(metric, sense, float(value), month, target.id)
        for metric, sense, value in bounds
        if value is not None
    ]


@dataclass(frozen=True)
class Chance:
    """How often a goal was met."""

    goal: str
    """The goal in words."""
    target: str
    """Target of the scenario it is from; empty where it was asked for."""
    probability: float
    """Share of replications that meet it. [1]"""
    low: float
    """Lower end of the 95 % interval of the probability. [1]"""
    high: float
    """Upper end of it. [1]"""
    p10: float
    """What nine in ten replications exceed."""
    p50: float
    """What half of the replications exceed."""
    p90: float
    """What one in ten replications exceeds."""


def chance_of(goal: Goal, scenario: Scenario, rows: Rows) -> Chance:
    """How often a goal is met in the rows of a study."""
    start, stop, fold = columns_of(goal, rows.layout, scenario)
    reached = reading(goal, rows.months(start, stop), fold)
    met = int(goal.is_met(reached).sum())
    low, high = probability_interval(met, rows.n)
    p10, p50, p90 = (float(p) for p in np.quantile(reached, (0.1, 0.5, 0.9)))
    return Chance(str(goal), goal.name, met / rows.n, low, high, p10, p50, p90)
