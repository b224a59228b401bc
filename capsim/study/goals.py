"""Goals of scenarios and studies, and how often they are met."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from capsim.errors import FigureError
from capsim.projection import goals_of_target, so_far
from capsim.scenario import Scenario
from capsim.study.columns import Rows
from capsim.study.figures_of_rows import Answers, values_of
from capsim.study.statistics import probability_interval
from capsim.units import first_of_month
from capsim.vocabulary import Goal

QUANTILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
"""Shares of the draws whose values a chance states. [1]"""


def goals_of(scenario: Scenario) -> list[Goal]:
    """Goals of the scenario's own targets; those on H100-equivalents under each definition."""
    return [goal for target in scenario.targets for goal in goals_of_target(scenario, target)]


def is_met(goal: Goal, reached: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether values reach a goal; for ``=``, whether they reach it from below. Never is not met."""
    return np.asarray(reached <= goal.value if goal.sense == "<=" else reached >= goal.value)


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
    """What nine in ten replications exceed; of a date its ordinal, infinite for never."""
    p50: float
    """What half of the replications exceed."""
    p90: float
    """What one in ten replications exceeds."""
    reached: dict[str, str] = field(default_factory=dict)
    """First months by which 10, 50 and 90 % of the replications have reached it, or passed an upper
    bound: ISO dates by `p10`, `p50` and `p90`, empty where never; none where no month is the first."""
    by_month: list[float] = field(default_factory=list)
    """Share of the replications that have reached it, or passed an upper bound, by each month. [1]"""


def chance_of(goal: Goal, scenario: Scenario, rows: Rows) -> Chance:
    """How often a goal is met in the rows of a study."""
    reached = values_of(goal.figure, rows, scenario)
    met = int(is_met(goal, reached).sum())
    low, high = probability_interval(met, rows.n)
    p10, p50, p90 = _percentiles(reached, is_date=goal.figure.is_date)
    shares = _by_month(goal, scenario, rows)
    months = _months_by_which(shares, scenario) if shares else {}
    return Chance(str(goal), goal.name, met / rows.n, low, high, p10, p50, p90, months, shares)


def _by_month(goal: Goal, scenario: Scenario, rows: Rows) -> list[float]:
    """Share of the rows that have reached a goal, or passed an upper bound, by the end of each month."""
    if goal.figure.is_date:
        ends = [first_of_month(month, 1) - timedelta(days=1) for month in scenario.calendar.months]
        days = values_of(goal.figure, rows, scenario)
        return [float((days <= end.toordinal()).mean()) for end in ends]
    if goal.figure.when is not None and goal.figure.when.word == "in":
        return []
    try:
        series = so_far(goal.figure, Answers(scenario, rows))
    except FigureError:  # a figure of the whole horizon
        return []
    crossed = series > goal.value if goal.sense == "<=" else series >= goal.value
    return [float(share) for share in np.logical_or.accumulate(crossed, axis=-1).mean(axis=0)]


def _months_by_which(shares: list[float], scenario: Scenario) -> dict[str, str]:
    """First months by which so many of the rows are there, ISO dates; empty where never."""
    months, held = scenario.calendar.months, np.array(shares)
    at = {name: int(np.searchsorted(held, share)) for name, share in QUANTILES.items()}
    return {name: months[i].isoformat() if i < len(months) else "" for name, i in at.items()}


def _percentiles(reached: NDArray[np.float64], *, is_date: bool) -> list[float]:
    """P10, P50 and P90; of dates the first day by which so many are there, never after all days."""
    at = tuple(QUANTILES.values())
    if not is_date:
        return [float(p) for p in np.quantile(reached, at)]
    days = np.where(np.isnan(reached), np.inf, reached)
    return [float(p) for p in np.quantile(days, at, method="inverted_cdf")]
