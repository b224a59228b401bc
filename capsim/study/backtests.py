"""A back-test: plans as they stood against what happened since, beside what naive forecasts would have said.

Every line after a plan's data date is an outcome: a date, a level of MW or accelerators on a day, or a figure
of a month; and so is the MW of all sites at the end of each month that the lines reach. The plan is drawn
many times as it stood; its draws, and the naive forecasts, are scored, by milestone and by figure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from capsim.buildout import Timeline, build_out
from capsim.errors import CapsimError
from capsim.models.scores import crps, is_inside, rank_share
from capsim.pipeline import simulate
from capsim.scenario import Actual, Sampler, Scenario
from capsim.shown import Shown
from capsim.study.execution import Progress, counted, draws_of
from capsim.study.happenings import (
    day_d,
    instead,
    is_date,
    is_end,
    is_level,
    is_of,
    later,
    level,
    totals,
)
from capsim.study.store import checksum, identity
from capsim.units import DAYS_PER_MONTH

DATES, LEVELS, FIGURES, ENDS = "dates", "levels", "figures", "cancelled"
KINDS = (DATES, LEVELS, FIGURES)
MONTHS = "months"
ALL_SITES, MONTHLY = "all sites", " by month"
NAIVE = ("the plan comes true", "a constant", "a plain lognormal")
FIGURE_DRAWS = 20
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
    is_total: bool = False
    """Whether it is the sum of what lines say of sites."""

    @property
    def group(self) -> str:
        """What it is scored with: outcomes of one milestone, or of one figure of sites or of all of them."""
        if self.kind != LEVELS:
            return self.line.what.replace("_", " ") if self.kind == DATES else self.line.what
        whose = "a site" if self.line.site else ALL_SITES
        return f"{self.line.what} of {whose}{MONTHLY if self.is_total else ''}"

    @property
    def unit(self) -> str:
        """Unit of its numbers."""
        return MONTHS if self.kind in (DATES, ENDS) else self.line.unit or "1"


@dataclass(frozen=True)
class BackTest(Shown):
    """Outcomes of plans, and the scores of their forecasts."""

    outcomes: tuple[Outcome, ...]
    left_out: Mapping[str, tuple[Actual, ...]]
    """Lines that are no outcome, by why."""
    manifest: Mapping[str, Any] = field(default_factory=dict)
    """What makes it the same back-test: digests of the plans and of what happened, and the draws;
    under ``titles`` those of the plans by name."""

    def __repr__(self) -> str:
        return f"<BackTest of {len(self.outcomes)} outcomes>"

    def of(self, kind: str, group: str = "") -> list[Outcome]:
        """Outcomes of a kind, or of one group of it, that were forecast at all."""
        found = [one for one in self.outcomes if one.kind == kind and one.draws]
        return [one for one in found if group in ("", one.group)]

    def groups(self, kind: str) -> list[str]:
        """Groups of a kind, each of which has one unit."""
        return list(dict.fromkeys(one.group for one in self.of(kind)))

    @cached_property
    def scores(self) -> dict[str, dict[str, dict[str, float]]]:
        """Scores by kind of outcome and by group: CRPS, bias, coverage of 50 and 80 %, naive forecasts."""
        return {
            kind: {group: _scores(self.of(kind, group), kind) for group in self.groups(kind)}
            for kind in KINDS
            if self.groups(kind)
        }

    @property
    def cancelled(self) -> dict[str, float]:
        """How many were cancelled, which have no date, and the mean chance given to their never coming."""
        ends = [one.never for one in self.outcomes if one.kind == ENDS]
        return {"outcomes": float(len(ends)), "never": _mean(ends)} if ends else {}

    def ranks(self, kind: str, group: str) -> list[int]:
        """How often the outcome lies in each tenth of its forecast: even where forecasts are right."""
        ranks = [min(BINS - 1, int(BINS * rank_share(one.draws, one.actual))) for one in self.of(kind, group)]
        return [ranks.count(number) for number in range(BINS)]

    def unit(self, kind: str, group: str) -> str:
        """Unit of the numbers of a group."""
        return self.of(kind, group)[0].unit

    @property
    def named(self) -> dict[str, list[str]]:
        """Lines that are no outcome, by why, in words by which they are found in their file."""
        return {why: [_named(line) for line in lines] for why, lines in self.left_out.items()}

    def to_dict(self) -> dict[str, Any]:
        """Scores, ranks and outcomes, for machines."""
        groups = [(kind, group) for kind in self.scores for group in self.scores[kind]]
        return {
            "scores": [
                {"kind": kind, "of": group, "unit": self.unit(kind, group), "ranks": self.ranks(kind, group)}
                | self.scores[kind][group]
                for kind, group in groups
            ],
            "cancelled": self.cancelled,
            "left_out": self.named,
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

    Raises
    ------
    StudyError
        If there are no draws, or too many.
    """
    outcomes, draws = list[Outcome](), draws_of(n)
    for plan in counted(plans, progress):
        outcomes += _of_plan(plan, actuals, draws, seed)
    scored = {id(one.line) for one in outcomes}
    left: dict[str, list[Actual]] = {}
    for line in actuals:
        if id(line) not in scored:
            left.setdefault(_why_left(line, plans), []).append(line)
    about = identity(
        "backtest",
        scenarios={f"{plan.name} as of {plan.known_until}": plan.digest for plan in plans},
        catalogs=[*dict.fromkeys(plan.catalog.version for plan in plans)],
        actuals=checksum({"lines": [line.model_dump(mode="json") for line in actuals]}),
        seed=seed,
        replications=n,
    )
    about |= {"titles": {plan.name: plan.title for plan in plans}}
    return BackTest(tuple(outcomes), {why: tuple(left[why]) for why in WHY if why in left}, about)


NO_PLAN, KNOWN, NO_OUTCOME = "of no plan", "known to the plans", "without anything that is scored"
WHY = (NO_PLAN, KNOWN, NO_OUTCOME)
"""Why lines are left out."""


def _why_left(line: Actual, plans: Sequence[Scenario]) -> str:
    mine = [plan for plan in plans if is_of(line, plan)]
    if not mine:
        return NO_PLAN
    return NO_OUTCOME if any(line.on > plan.known_until for plan in mine) else KNOWN


def _named(line: Actual) -> str:
    place = ".".join(part for part in (line.site, line.item) if part)
    return f"{line.on} {place} {line.what}" if place else f"{line.on} {line.what}"


def _of_plan(plan: Scenario, actuals: Sequence[Actual], draws: range, seed: int) -> list[Outcome]:
    """The outcomes of one plan."""
    lines = [line for line in later(actuals, plan) if is_of(line, plan)]
    sampler, central = Sampler(plan), build_out(plan)
    dated = [line for line in lines if is_date(line) or is_level(line) or is_end(line)]
    sums = totals(actuals, plan, central)
    drawn = [build_out(sampler.sample(seed, k), seed, k) for k in draws] if dated or sums else []
    outcomes = [_of_line(plan, line, central, drawn) for line in dated]
    outcomes += [_of_line(plan, line, central, drawn)._replace(is_total=True) for line in sums]
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
        # a PUE where nothing runs is none
        values = tuple(one for one in values if math.isfinite(one))
        if not (math.isfinite(value) and values):
            continue
        number = float(line.number or 0.0)
        outcomes.append(Outcome(plan.name, line, FIGURES, number, value, 0.0, values, 0.0))
    return outcomes


def _scores(outcomes: Sequence[Outcome], kind: str) -> dict[str, float]:
    """Scores of outcomes of one group."""
    errors = [float(np.median(one.draws)) - one.actual for one in outcomes]
    scores = {
        "outcomes": float(len(outcomes)),
        "crps": _mean([crps(one.draws, one.actual) for one in outcomes]),
        "bias": _mean(errors),
        "inside_50": _mean([is_inside(one.draws, one.actual, 0.5) for one in outcomes]),
        "inside_80": _mean([is_inside(one.draws, one.actual, 0.8) for one in outcomes]),
    }
    if kind == DATES:
        scores["never"] = _mean([one.never for one in outcomes])
    else:
        mean = _mean([abs(one.actual) for one in outcomes])
        scores["bias_share"] = scores["bias"] / mean if mean else math.nan
        scores["mape"] = _mean([abs(e / o.actual) for e, o in zip(errors, outcomes, strict=True) if o.actual])
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


def _told(one: Outcome) -> dict[str, Any]:
    line = one.line
    p10, p50, p90 = np.quantile(one.draws, [0.1, 0.5, 0.9]) if one.draws else (math.nan,) * 3
    return {
        "plan": one.plan,
        "site": line.site,
        "item": line.item,
        "what": line.what,
        "of": one.group,
        "unit": one.unit,
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
