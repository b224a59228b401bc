"""A back-test: plans as they stood against what happened since, beside what naive forecasts would have said.

Every line after a plan's data date is an outcome: a date, a level of MW or accelerators on a day, or a figure
of a month. The plan is drawn many times as it stood; its draws, and the naive forecasts, are scored.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from capsim.buildout import Timeline, build_out
from capsim.errors import CapsimError
from capsim.models.scores import crps, is_inside, rank_share
from capsim.pipeline import simulate
from capsim.scenario import Actual, Sampler, Scenario
from capsim.shown import Shown
from capsim.study.execution import Progress, counted
from capsim.study.happenings import day_d, instead, is_date, is_end, is_level, later, level
from capsim.units import DAYS_PER_MONTH

DATES, LEVELS, FIGURES, ENDS = "dates", "levels", "figures", "cancelled"
NAIVE = ("the plan comes true", "a constant", "a plain lognormal")
FIGURE_DRAWS = 8
"""Draws that figures are read from: each takes a whole run."""
BINS = 10
"""Bins of the histogram of ranks."""


class Outcome(NamedTuple):
    """What happened, and what was forecast."""

    plan: str
    line: Actual
    kind: str
    actual: float
    """Months after the data date, MW or accelerators, or the unit of the figure."""
    central: float
    """The plan's own value; infinite where it has none."""
    before: float
    """The level on the data date; 0 for dates and figures."""
    draws: tuple[float, ...]
    """What the draws have that come at all."""
    never: float
    """Share of draws in which it never comes. [1]"""


@dataclass(frozen=True)
class BackTest(Shown):
    """Outcomes of plans, and the scores of their forecasts."""

    outcomes: tuple[Outcome, ...]
    left_out: int
    """Lines that no plan says anything of."""

    def __repr__(self) -> str:
        return f"<BackTest of {len(self.outcomes)} outcomes>"

    def of(self, kind: str) -> list[Outcome]:
        """Outcomes of a kind that were forecast at all."""
        return [one for one in self.outcomes if one.kind == kind and one.draws]

    @cached_property
    def scores(self) -> dict[str, dict[str, float]]:
        """Scores by kind of outcome: CRPS, bias, coverage of 50 and 80 %, and CRPS of naive forecasts."""
        scored = {kind: _scores(self.of(kind), kind) for kind in (DATES, LEVELS, FIGURES) if self.of(kind)}
        # what was cancelled has no date: the plan is held to the chance that it gave to that
        ends = [one.never for one in self.outcomes if one.kind == ENDS]
        return scored | ({ENDS: {"outcomes": float(len(ends)), "never": _mean(ends)}} if ends else {})

    def to_dict(self) -> dict[str, Any]:
        """Scores, ranks and outcomes, for machines."""
        return {
            "scores": self.scores,
            "ranks": {kind: _ranks(self.of(kind)) for kind in self.scores if kind != ENDS},
            "left_out": self.left_out,
            "outcomes": [_told(one) for one in self.outcomes],
        }


def backtest(
    plans: Sequence[Scenario],
    actuals: Sequence[Actual],
    n: int = 128,
    seed: int = 0,
    progress: Progress | None = None,
) -> BackTest:
    """Hold plans, each as it stood on its data date, against what happened since.

    Parameters
    ----------
    plans : sequence of Scenario
        Each with what was known at its `as_of`; its start is that of a plan without one.
    actuals : sequence of Actual
        All that happened; what a plan knew already is no outcome of it.
    n : int
        Draws of each plan.
    seed : int
        Seed of the draws.
    progress : callable, optional
        Told how many plans are done, as in `capsim.study.execution.Progress`.

    Returns
    -------
    test : BackTest
        Outcomes and scores.
    """
    outcomes: list[Outcome] = []
    told: set[int] = set()
    for plan in counted(plans, progress):
        lines = later(actuals, plan)
        told |= {id(line) for line in lines}
        outcomes += _of_plan(plan, lines, n, seed)
    return BackTest(tuple(outcomes), sum(id(line) not in told for line in actuals))


def _of_plan(plan: Scenario, lines: Sequence[Actual], n: int, seed: int) -> list[Outcome]:
    """The outcomes of one plan."""
    sampler, central = Sampler(plan), build_out(plan)
    dated = [line for line in lines if is_date(line) or is_level(line) or is_end(line)]
    drawn = [build_out(sampler.sample(seed, k), seed, k) for k in range(n)] if dated else []
    outcomes = [_of_line(plan, line, central, drawn) for line in dated]
    measured = [line for line in lines if line.number is not None and not is_level(line)]
    return outcomes + _of_figures(plan, measured, sampler, seed)


def _of_line(plan: Scenario, line: Actual, central: Timeline, drawn: Sequence[Timeline]) -> Outcome:
    """A date or a level, from the build-out alone."""
    known_d = plan.calendar.day_of(plan.known_until)
    if is_level(line):
        start = line.model_copy(update={"on": plan.known_until})
        levels = tuple(level(line, timeline, plan) for timeline in drawn)
        actual, before = float(line.number or 0.0), level(start, central, plan)
        return Outcome(plan.name, line, LEVELS, actual, level(line, central, plan), before, levels, 0.0)

    is_over = is_end(line)
    asked = instead(line, plan) if is_over else line

    def months(timeline: Timeline) -> float:
        return (day_d(asked, timeline, plan) - known_d) / DAYS_PER_MONTH

    dates = [months(timeline) for timeline in drawn]
    comes = tuple(one for one in dates if one < math.inf)
    actual = (line.on - plan.known_until).days / DAYS_PER_MONTH
    never = 1.0 - len(comes) / len(dates)
    kind = ENDS if is_over else DATES
    return Outcome(plan.name, line, kind, math.inf if is_over else actual, months(central), 0.0, comes, never)


def _of_figures(plan: Scenario, lines: Sequence[Actual], sampler: Sampler, seed: int) -> list[Outcome]:
    """Figures of months, from whole runs."""
    if not lines:
        return []
    central = simulate(plan, seed)
    drawn = [simulate(sampler.sample(seed, k), seed) for k in range(FIGURE_DRAWS)]
    outcomes = []
    for line in lines:
        asked = f"{line.what}{f' of {line.site}' if line.site else ''} in {line.on:%Y-%m}"
        try:
            value, values = central.figure(asked), tuple(one.figure(asked) for one in drawn)
        except CapsimError:
            # a figure that is of no month, such as money paid
            continue
        number = float(line.number or 0.0)
        outcomes.append(Outcome(plan.name, line, FIGURES, number, value, 0.0, values, 0.0))
    return outcomes


def _scores(outcomes: Sequence[Outcome], kind: str) -> dict[str, float]:
    """Scores of outcomes of a kind."""
    errors = [float(np.median(one.draws)) - one.actual for one in outcomes]
    scores = {
        "outcomes": float(len(outcomes)),
        "crps": _mean([crps(one.draws, one.actual) for one in outcomes]),
        "bias": _mean(errors),
        "inside_50": _mean([is_inside(one.draws, one.actual, 0.5) for one in outcomes]),
        "inside_80": _mean([is_inside(one.draws, one.actual, 0.8) for one in outcomes]),
        "never": _mean([one.never for one in outcomes]),
    }
    if kind == FIGURES:
        shares = [abs(e) / abs(o.actual) for e, o in zip(errors, outcomes, strict=True) if o.actual]
        scores["mape"] = _mean(shares)
    planned = [one for one in outcomes if math.isfinite(one.central)]
    for name in NAIVE:
        scores[f"crps of {name}"] = _mean([_naive(name, one, planned) for one in planned])
    return scores


def _naive(name: str, one: Outcome, planned: Sequence[Outcome]) -> float:
    """Score of a naive forecast, from the plan and from the other outcomes."""
    others = [other for other in planned if other is not one]
    if name == NAIVE[0]:
        return abs(one.central - one.actual)
    if name == NAIVE[1]:
        # of a level the one there was; of a date or a figure the mean of the others, over the plan's
        slip = _mean([other.actual - other.central for other in others]) if others else 0.0
        constant = one.before if one.kind == LEVELS else one.central + slip
        return abs(constant - one.actual)
    ratios = [other.actual / other.central for other in others if other.central > 0.0 and other.actual > 0.0]
    if len(ratios) < 2 or not one.central > 0.0:
        return abs(one.central - one.actual)
    logs = np.log(ratios)
    from scipy.special import ndtri

    scores = ndtri((np.arange(200) + 0.5) / 200)
    return crps(one.central * np.exp(logs.mean() + logs.std(ddof=1) * scores), one.actual)


def _ranks(outcomes: Sequence[Outcome]) -> list[int]:
    """How often the outcome lies in each tenth of its forecast: even where forecasts are right."""
    ranks = [min(BINS - 1, int(BINS * rank_share(one.draws, one.actual))) for one in outcomes]
    return [ranks.count(number) for number in range(BINS)]


def _told(one: Outcome) -> dict[str, Any]:
    line = one.line
    p10, p50, p90 = np.quantile(one.draws, [0.1, 0.5, 0.9]) if one.draws else (math.nan,) * 3
    return {
        "plan": one.plan,
        "site": line.site,
        "item": line.item,
        "what": line.what,
        "on": line.on.isoformat(),
        "actual": one.actual,
        "plan_says": one.central,
        "p10": float(p10),
        "p50": float(p50),
        "p90": float(p90),
        "never": one.never,
    }


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else math.nan
