"""A re-forecast: what a plan looks like now, against last month and against a baseline, and why it moved.

Milestones are told by name, as `site.phase ready_for_service`; one that another vintage does not have is new
or gone, and never a slip. A phase that has another name there says so: `was`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import numpy as np

from capsim.buildout import Timeline, build_out
from capsim.errors import CapsimError
from capsim.pipeline import simulate
from capsim.scenario import Learned, Sampler, Scenario, learned, uninformed, with_history
from capsim.shown import Pictured
from capsim.study.baselines import as_the_plan_says
from capsim.study.date_trends import Trend, trends
from capsim.study.execution import Progress, counted, draws_of
from capsim.study.s_curves import (
    CAPEX,
    CURVES,
    Point,
    capex_so_far,
    level_mw,
    months_of,
    mw_on,
    percentiles,
    reported_until,
    s_curve,
)
from capsim.study.store import checksum, identity, of_scenario
from capsim.study.vintages import ANNOUNCED_DATE, BEYOND, Vintage, milestone_days, vintage
from capsim.units import DAYS_PER_MONTH
from capsim.vocabulary import Goal, parse_goal

YEAR_END = "-12"
MONEY_DRAWS = 8
"""Draws that capex is told from: each takes a whole run."""


@dataclass(frozen=True)
class Slip:
    """How a milestone moved from one vintage to another."""

    milestone: str
    before: str
    now: str
    months: float
    """Later, or earlier where negative; infinite of what has no date beyond the horizon, NaN where it is new
    or gone. [months]"""
    cause: str
    """What took longer on its path, or is new there; empty where nothing did."""


@dataclass(frozen=True)
class Forecast(Pictured):
    """A plan as it stands, with its spread, its slips and what was learned."""

    vintage: Vintage
    spread: Mapping[str, tuple[str, str, str]]
    """P10, P50 and P90 by milestone; empty text for what is beyond the horizon."""
    curves: Mapping[str, Mapping[str, tuple[float, float, float]]]
    """P10, P50 and P90 of MW by figure and month."""
    slips: Mapping[str, Sequence[Slip]]
    """Slips by the vintage they are held against."""
    learned: Learned
    is_learned: bool
    """Whether what is to come is drawn with it."""
    chances: Mapping[str, float]
    """Share of draws that have the MW asked for by their month, by goal. [1]"""
    money: Mapping[str, tuple[float, float, float, float]]
    """Capex up to the end of each year, with what was paid before the start: central, P10, P50 and P90; empty
    where it is not asked for."""
    paid: Mapping[str, float]
    """Money paid by the days of the status file, as it says. [scenario currency]"""
    s_curves: Mapping[str, Sequence[Point]]
    """Plan, actual and what is to come, by figure and month; the plan is that of the last other vintage."""
    trends: Sequence[Trend]
    """Forecast dates of milestones by vintage, and how fast they slip."""
    findings: Sequence[str]
    """What was metered, paid and committed, and what it stands in place of; with money only."""
    scenario: str = ""
    """Name of the plan."""
    present: Mapping[str, float] = field(default_factory=dict)
    """MW that are there on the data date, by figure. [MW]"""
    unreported: Mapping[str, str] = field(default_factory=dict)
    """Days of the plan by milestone that are past on the data date and count as kept, though no line of a
    status file says so."""
    overdue: Mapping[str, str] = field(default_factory=dict)
    """Days by milestone that are past by the plan alone; no line of a status file tells of it or of its
    stages, so it counts as still to come."""
    is_dated: bool = True
    """Whether the plan has a data date; one without is forecast as of its start."""
    title: str = ""
    """Its title; empty where it has none."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """Titles of its sites, by id."""
    manifest: Mapping[str, Any] = field(default_factory=dict)
    """What makes it the same forecast: digests of what it is of and held against, and the options."""

    def __repr__(self) -> str:
        return f"<Forecast {self.vintage.name} as of {self.vintage.as_of}: {len(self.spread)} milestones>"

    def to_dict(self) -> dict[str, Any]:
        """All of it, for machines."""
        return asdict(self)


def forecast(
    scenario: Scenario,
    *,
    against: Sequence[Vintage] = (),
    goals: Sequence[str] = (),
    n: int = 128,
    seed: int = 0,
    learn: bool = False,
    money: bool = False,
    progress: Progress | None = None,
) -> Forecast:
    """A plan as it stands on its data date, against other vintages.

    Parameters
    ----------
    scenario : Scenario
        The plan with what is known.
    against : sequence of Vintage
        Last month, a baseline: what it is held against, by the names that phases and grid steps say they had.
    goals : sequence of str
        MW by a month, such as ``critical_it_mw >= 100 by 2028-12``, whose chance is asked for.
    n : int
        Draws.
    seed : int
        Seed of the draws.
    learn : bool
        Whether what is to come has the overrun that the plan's own finished stages say.
    money : bool
        Whether capex is told, too: it takes whole runs.
    progress : callable, optional
        Told how far it is, as in `capsim.study.execution.Progress`.

    Returns
    -------
    made : Forecast
        Dates, curves, slips with their cause, and the prior, data and posterior of the overrun.

    Raises
    ------
    StudyError
        If there are no draws, or too many.
    """
    draws, chances = draws_of(n), chances_asked(scenario, goals)
    asked = {"seed": seed, "replications": n, "goals": [*goals], "learn": learn, "money": money}
    asked |= {"against": {other.name: checksum(asdict(other)) for other in against}}
    against = [as_the_plan_says(scenario, other) for other in against]
    terms = learned(scenario)
    plan = with_history(scenario, terms) if learn else scenario
    now, sampler, months = vintage(plan, "now", money=money, seed=seed), Sampler(plan), months_of(plan)
    drawn = [build_out(sampler.sample(seed, k), seed, k) for k in counted(draws, progress)]
    curves = {
        figure: percentiles(months, [level_mw(plan, timeline, kind) for timeline in drawn])
        for figure, kind in CURVES.items()
    }
    if money:
        runs = [capex_so_far(sampler.sample(seed, k), seed) for k in counted(range(MONEY_DRAWS), progress)]
        curves[CAPEX] = percentiles(months, runs)
    held = against[-1].curves if against else {}
    known = (plan.as_of, reported_until(plan))
    return Forecast(
        now,
        _spread(plan, drawn),
        curves,
        {other.name: slips(other, now) for other in against},
        terms,
        learn,
        {words: _chance(plan, drawn, goal) for words, goal in chances.items()},
        _by_year(now.curves[CAPEX], curves[CAPEX]) if money else {},
        {line.on.isoformat(): float(line.number or 0.0) for line in plan.actuals if line.what == "paid"},
        {
            figure: s_curve(plan, held.get(figure, {}), now.curves[figure], spread, known[figure == CAPEX])
            for figure, spread in curves.items()
        },
        trends([*against, now]),
        [one.text for one in simulate(plan, seed).findings if one.kind == "actuals"] if money else [],
        plan.name,
        mw_on(plan, build_out(plan), plan.known_until),
        _unreported(plan),
        _overdue(plan, now),
        plan.as_of is not None,
        plan.title,
        {site.id: site.title for site in plan.sites if site.title},
        identity("forecast", **of_scenario(scenario), **asked),
    ).with_scenario(plan)


def _unreported(plan: Scenario) -> dict[str, str]:
    """Days of the plan that are past on the data date and that nothing reported, by milestone."""
    told = {(line.site, line.item, line.what) for line in plan.actuals}
    dated = {
        (site.id, record.id, kind): day
        for site in plan.sites
        for kind, records, key in (
            ("energised", site.grid_connection, "energised_on"),
            ("ready_for_service", site.phases, "ready_for_service_on"),
        )
        for record in records
        if (day := getattr(record, key)) is not None
    }
    return {
        f"{site}.{item} {kind}": day.isoformat()
        for (site, item, kind), day in dated.items()
        # what is there at the start is no plan
        if plan.start < day <= plan.known_until and (site, item, kind) not in told
    }


def _overdue(plan: Scenario, now: Vintage) -> dict[str, str]:
    """Days by milestone that are past by the plan alone, where nothing tells of it."""
    if plan.as_of is None or plan.as_of <= plan.start:
        return {}
    told = {(line.site, line.item.partition(".")[0]) for line in plan.actuals}
    late = {}
    for name, time_d in milestone_days(build_out(uninformed(plan))).items():
        place, _, kind = name.partition(" ")
        day = plan.calendar.date_of(time_d)
        is_late = plan.start < day <= plan.as_of and not "" < now.day(name) <= plan.as_of.isoformat()
        # what is in service is late with its phase
        if is_late and kind != "first_in_service" and tuple(place.split(".", 1)) not in told:
            late[name] = day.isoformat()
    return late


def chances_asked(scenario: Scenario, goals: Sequence[str]) -> dict[str, Goal]:
    """MW by a month of the plan, by the words that ask for their chance.

    Raises
    ------
    CapsimError
        If words ask for anything else, or for a month outside the horizon.
    """
    asked = {words: parse_goal(words) for words in goals}
    for words, goal in asked.items():
        if goal.figure.name not in CURVES or goal.month is None or goal.sense != ">=" or goal.figure.of:
            known = " or ".join(CURVES)
            raise CapsimError(f"a chance is asked for as '{known} >= MW by 2028-12' (got {words})")
        if goal.month not in scenario.calendar.months:
            raise CapsimError(f"{goal.month:%Y-%m} is not inside the horizon (got {words})")
    return asked


def _chance(scenario: Scenario, drawn: Sequence[Timeline], goal: Goal) -> float:
    """Share of draws that have MW by a month. [1]"""
    at = next(place for place, month in enumerate(scenario.calendar.months) if month == goal.month)
    kind = CURVES[goal.figure.name]
    return float(np.mean([level_mw(scenario, timeline, kind)[at] >= goal.value for timeline in drawn]))


def _by_year(
    central: Mapping[str, float], spread: Mapping[str, tuple[float, float, float]]
) -> dict[str, tuple[float, float, float, float]]:
    """Capex up to the end of each year of the horizon. [scenario currency]"""
    return {month: (central[month], *spread[month]) for month in spread if month.endswith(YEAR_END)}


def slips(before: Vintage, now: Vintage) -> list[Slip]:
    """How milestones moved, those that did and those that are new or gone; in order of size."""
    moved = []
    for name in dict.fromkeys([*before.dates, *now.dates]):
        old, new = before.shown(name), now.shown(name)
        months = _months_later(before.day(name), now.day(name))
        if math.isnan(months) and old and new:
            months = math.inf if new == BEYOND else -math.inf
        if old != new and months != 0.0:
            moved.append(Slip(name, old, new, months, _cause(name, before, now)))
    return sorted(moved, key=lambda slip: (math.isnan(slip.months), -abs(slip.months)))


def _months_later(before: str, now: str) -> float:
    """How much later a day is than another; NaN where one of them has no date. [months]"""
    if not (before and now):
        return math.nan
    return (date.fromisoformat(now) - date.fromisoformat(before)).days / DAYS_PER_MONTH


def _cause(name: str, before: Vintage, now: Vintage) -> str:
    """What grew most on the path of a milestone's phase or grid step."""
    place, _, kind = name.partition(" ")
    key = f"{place} ready_for_service" if kind == "first_in_service" else name
    old, new = before.causes.get(key, {}), now.causes.get(key, {})
    # a baseline of an earlier version has no path of its grid steps
    if not (old and new):
        return ANNOUNCED_DATE if ANNOUNCED_DATE in {**old, **new} else ""
    grown = {cause: new.get(cause, 0.0) - old.get(cause, 0.0) for cause in {**old, **new}}
    worst = max(grown, key=lambda cause: abs(grown[cause]))
    return worst if abs(grown[worst]) >= 1.0 else ""


def _spread(scenario: Scenario, drawn: Sequence[Timeline]) -> dict[str, tuple[str, str, str]]:
    """P10, P50 and P90 of every milestone."""
    rows = [milestone_days(timeline) for timeline in drawn]
    names = dict.fromkeys(name for row in rows for name in row)

    def day(days: float) -> str:
        is_there = days < scenario.calendar.n_days
        return scenario.calendar.date_of(days).isoformat() if is_there else ""

    spread = {}
    for name in names:
        days = sorted(row.get(name, math.inf) for row in rows)
        at = [days[min(len(days) - 1, int(p * len(days)))] for p in (0.1, 0.5, 0.9)]
        spread[name] = (day(at[0]), day(at[1]), day(at[2]))
    return spread
