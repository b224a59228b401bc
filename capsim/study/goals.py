"""Goals of scenarios and studies, and how often they are met."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.projection import goals_of_target
from capsim.scenario import Scenario
from capsim.study.columns import Rows
from capsim.study.figures_of_rows import values_of
from capsim.study.statistics import probability_interval
from capsim.vocabulary import Goal


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


def chance_of(goal: Goal, scenario: Scenario, rows: Rows) -> Chance:
    """How often a goal is met in the rows of a study."""
    reached = values_of(goal.figure, rows, scenario)
    met = int(is_met(goal, reached).sum())
    low, high = probability_interval(met, rows.n)
    p10, p50, p90 = _percentiles(reached, is_date=goal.figure.is_date)
    return Chance(str(goal), goal.name, met / rows.n, low, high, p10, p50, p90)


def _percentiles(reached: NDArray[np.float64], *, is_date: bool) -> list[float]:
    """P10, P50 and P90; of dates the first day by which so many are there, never after all days."""
    at = (0.1, 0.5, 0.9)
    if not is_date:
        return [float(p) for p in np.quantile(reached, at)]
    days = np.where(np.isnan(reached), np.inf, reached)
    return [float(p) for p in np.quantile(days, at, method="inverted_cdf")]
