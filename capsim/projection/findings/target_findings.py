"""What a projection says of its targets: whether each is reached, and what a power or a budget carries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from capsim.models.compute import DEFINITIONS
from capsim.projection.findings.finding import Finding, Kind, finding
from capsim.projection.findings.heat_findings import carried_in_words, fit
from capsim.projection.findings.limit_findings import CURTAILED_SHARE_WORTH_SAYING, PERCENT
from capsim.projection.targets import FLOORS, TargetResult, curtailed_share
from capsim.projection.wording import answered, count, megawatts, money, month, rounded
from capsim.vocabulary import parse_figure

if TYPE_CHECKING:
    from capsim.projection.projection import Projection

COMPUTE = tuple(f"h100e_{definition}" for definition in DEFINITIONS)
"""Figures of which a power carries so many."""
LEVELS = (*COMPUTE, *FLOORS)
"""Figures of which it is said when they are first reached."""


def target_findings(projection: Projection) -> Iterator[Finding]:
    """Findings on each target, on its date or on the last day of the horizon."""
    last_day = f"{projection.end - pd.Timedelta(days=1):%Y-%m-%d}"
    of_target: dict[str, list[TargetResult]] = {}
    for result in projection.targets:
        of_target.setdefault(result.target, []).append(replace(result, by=min(result.by, last_day)))
    for results in of_target.values():
        power = next((r for r in results if r.metric == "facility_peak_mw" and r.is_limit), None)
        for result in results:
            if result.metric == "capex" and result.is_limit:
                yield _held(projection, "budget", result, _budget(projection, result))
                yield from _budget_mw(projection, result)
            elif result.metric in COMPUTE and power is not None and not result.is_limit:
                yield _compute_inside_power(projection, result, power)
            elif result is power:
                yield _held(projection, "power_limit", result, _power(result))
            else:
                yield _held(projection, "goal", result, _goal(projection, result))


def _held(projection: Projection, kind: Kind, result: TargetResult, text: str, **more: float) -> Finding:
    """The finding on a goal, with the goal, what is reached, and `more` numbers."""
    figure = f"capex_{projection.currency}" if result.metric == "capex" else result.metric
    # names of numbers are those of figures: what else the words say is in the sentence
    name = re.sub(r"\W+", "_", figure)
    return finding(kind, text, **{f"goal_{name}": result.goal, f"reached_{name}": result.reached}, **more)


def _compute_inside_power(projection: Projection, result: TargetResult, power: TargetResult) -> Finding:
    """Whether compute is reached inside a facility power, and what that power carries."""
    months = projection.months
    lost, delivered = (months.total(name) for name in ("curtailed_h100e_h", "h100e_h"))
    curtailed = float(curtailed_share(lost, delivered)[months.index.get_loc(f"{result.by[:7]}-01")])
    verb = "is reached" if result.met and power.met else "is not reached"
    limit = f"{megawatts(power.goal)} MW"
    sentence = f"{count(result.goal)} {result.unit} {verb} inside {limit} by {result.by}"
    carried = fit(projection, power.goal, result.by)
    numbers: dict[str, float] = {}
    if carried is not None:
        words, numbers = carried_in_words(carried, result.metric)
        sentence += f": {limit} carries {words}"
    runs, peak = "are in service", f"at a peak load of {megawatts(power.reached)} MW"
    if curtailed > CURTAILED_SHARE_WORTH_SAYING:
        there = count(result.reached / (1.0 - curtailed)) if curtailed < 1.0 else "what"
        loss = f"{rounded(curtailed * PERCENT, 2)} % of their compute is curtailed"
        runs, peak = "run", f"{peak}: {there} are in service and {loss}"
    text = f"{sentence}; {count(result.reached)} {runs} {peak}{_when(result)}"
    return _held(projection, "compute_inside_power", result, text, **numbers)


def _goal(projection: Projection, result: TargetResult) -> str:
    """Whether a goal is reached, or a bound is kept, and when."""
    if result.metric not in LEVELS or result.is_limit:
        return _in_words(projection, result)
    number = megawatts if result.unit == "MW" else count
    what = "MW of critical IT power" if result.metric == "critical_it_mw" else result.unit
    verb = "is reached" if result.met else "is not reached"
    goal = f"the goal of {number(result.goal)} {what}"
    return f"{goal} {verb} by {result.by}: it is {number(result.reached)} then{_when(result)}"


def _in_words(projection: Projection, result: TargetResult) -> str:
    """Whether a goal in words is reached or kept."""
    asked, unit = parse_figure(result.metric), projection.facts.money_unit
    goal, reached = (answered(asked, value, unit) for value in (result.goal, result.reached))
    by = f" by {result.by}" if asked.when is None and result.by else ""
    verb = "kept" if result.is_limit else "reached"
    said = f"the goal {result.metric} {result.sense} {goal}{by}"
    return f"{said} is {'' if result.met else 'not '}{verb}: it is {reached}"


def _when(result: TargetResult) -> str:
    """When a level is first reached."""
    number = (megawatts if result.unit == "MW" else count)(result.goal)
    if result.crossed:
        return f"; {number} is first reached in {month(result.crossed)}"
    return f"; {number} is not reached inside the horizon"


def _power(result: TargetResult) -> str:
    """Whether a facility power is kept to."""
    limit = f"the limit of {megawatts(result.goal)} MW at the meter is"
    later = f"; it is passed in {month(result.crossed)}" if result.crossed else ""
    verb = "kept" if result.met else "not kept"
    return f"{limit} {verb}: the peak load is {megawatts(result.reached)} MW by {result.by}{later}"


def _budget(projection: Projection, result: TargetResult) -> str:
    """Whether a budget lasts, and when it is passed."""
    budget, spent = money(result.goal, result.unit), money(result.reached, result.unit)
    spent = f"{spent} is spent by {month(result.by)}"
    if result.met:
        later = f"; it is passed later, in {month(result.crossed)}" if result.crossed else ""
        if len(projection.of_kind("unfunded")):
            return f"the budget of {budget} is kept, since what it cannot pay for waits: {spent}{later}"
        return f"the budget of {budget} lasts: {spent}{later}"
    return f"the budget of {budget} is passed in {month(result.crossed)}; {spent}"


def _budget_mw(projection: Projection, result: TargetResult) -> Iterator[Finding]:
    """The MW the budget of the first target that has one builds."""
    first = next(t for t in projection.targets if t.metric == "capex")
    mw, plant_only = (projection.headline[f"budget_buys{part}_mw"] for part in ("", "_plant_only"))
    if result.target == first.target and mw > 0:
        cost = money(result.goal / mw, result.unit)
        alone = (
            f"; of buildings and plant alone it builds {megawatts(plant_only)} MW" if plant_only > 0 else ""
        )
        text = (
            f"{money(result.goal, result.unit)} builds {megawatts(mw)} MW of critical IT power at {cost} per "
            f"MW: new phases in the order they start, with grid connection, land and first systems{alone}"
        )
        yield finding("budget_builds", text, critical_it_mw=mw, plant_only_critical_it_mw=plant_only)
