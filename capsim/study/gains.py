"""What a variant of a plan gains: months of each phase and target, compute, and money."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from capsim.projection import Run, TargetResult, first_fleet_d, money_name, target_results
from capsim.scenario import Deployment
from capsim.study.chosen_again import systems_of
from capsim.study.limit import Played
from capsim.study.plan_changes import Place
from capsim.study.standing import known_d
from capsim.units import DAYS_PER_MONTH, MONTHS_PER_YEAR
from capsim.vocabulary import parse_figure

READY, SERVED = "ready_for_service", "fleet_in_service"
"""Dates of a phase that are compared: its hand-over, and its last first system in service."""
MAY_BE_NONE = ("reached_before", "reached_after", "months")
"""Numbers of a goal that there may be none of."""
IT_ENERGY = "it_gwh"
"""What ranks where nothing computes."""
LEAST_SHARE = 1e-6
"""Change of a figure over its value that is no more than rounding. [1]"""
LEAST_MW_MONTHS = 1e-3
"""Gain of halls that is no more than rounding: a minute of some MW. [MW months]"""


@dataclass(frozen=True)
class DateGain:
    """A date of a phase that moves."""

    site: str
    phase: str
    milestone: str
    before: str
    """ISO date; empty where it never comes."""
    after: str
    months: float
    """Months earlier; negative where later, infinite where it never came or never comes. [months]"""


@dataclass(frozen=True)
class TargetGain:
    """A goal of a target that is reached at another time, or to another degree."""

    target: str
    metric: str
    unit: str
    goal: float
    reached_before: float
    """On the target's day; of a date its proleptic Gregorian ordinal, NaN where it never is."""
    reached_after: float
    met_before: bool
    met_after: bool
    crossed_before: str
    """First month in which the goal is reached, or an upper limit passed, ISO date; empty where never."""
    crossed_after: str
    months: float
    """Months between the two, of a date between its days; NaN where one of them is never, and of an upper
    limit. [months]"""


@dataclass(frozen=True)
class OrderChange:
    """A dated order that is placed on another day, or buys another system."""

    site: str
    phase: str
    deployment: str
    before: str
    """ISO date."""
    after: str
    system_before: str
    system_after: str
    """The newest of its line on that day, where the plan asks for that."""


@dataclass(frozen=True)
class Gain:
    """What a variant of a plan gains over it."""

    limits: tuple[str, ...]
    """Limits it lifts or eases."""
    dates: tuple[DateGain, ...]
    """Dates of phases that move."""
    targets: tuple[TargetGain, ...]
    """Goals of targets that something moves for."""
    figures: dict[str, float]
    """Changes of headline figures, each in its unit; NaN where there is none."""
    mw_months: float
    """Critical IT power of halls times the months they are ready earlier inside the horizon. [MW months]"""
    orders: tuple[OrderChange, ...] = ()
    """Orders that are placed on another day or buy another system: what to write to have the same."""
    waiting: tuple[str, ...] = ()
    """Orders, as ``site.phase.deployment``, that do not follow their hall all the way but wait for the launch
    of what the plan buys: with what is newest before it less is gained."""

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Gain:
        """The gain that `asdict` wrote, None where a number is none."""
        dates = (DateGain(**part | {"months": _months(part)}) for part in row["dates"])
        targets = (
            TargetGain(**part | {key: _number(part[key]) for key in MAY_BE_NONE}) for part in row["targets"]
        )
        figures = {name: _number(value) for name, value in row["figures"].items()}
        # results of before have neither
        orders = tuple(OrderChange(**part) for part in row.get("orders", ()))
        rest = (row["mw_months"], orders, tuple(row.get("waiting", ())))
        return cls(tuple(row["limits"]), tuple(dates), tuple(targets), figures, *rest)


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _months(row: dict[str, Any]) -> float:
    """Months of a date; of one that never came or never comes infinite."""
    if row["months"] is None:
        return math.inf if row["after"] else -math.inf
    return float(row["months"])


@dataclass(frozen=True)
class Ranking:
    """By what gains are ranked: a headline figure, and then halls that are there earlier."""

    figure: str
    sign: int
    """1 where more is better, -1 where less is."""
    of_plan: float
    """The figure as the plan stands."""

    def key(self, gain: Gain) -> tuple[float, float]:
        """Sorts gains, the best last: change for the better, rounding left out, and MW-months."""
        better = self.sign * gain.figures[self.figure]
        is_some = abs(better) > LEAST_SHARE * abs(self.of_plan)
        mw_months = gain.mw_months if abs(gain.mw_months) > LEAST_MW_MONTHS else 0.0
        return (better if is_some else 0.0, mw_months)

    def helps(self, gain: Gain) -> bool:
        """Whether a gain is one: of the figure, or of halls where they are all there is."""
        better, mw_months = self.key(gain)
        return better > 0.0 or (self.is_of_halls and better == 0.0 and mw_months > 0.0)

    def moves(self, gain: Gain) -> bool:
        """Whether a gain is one, or has halls earlier that lead to nothing by themselves."""
        return self.key(gain) > (0.0, 0.0)

    @property
    def is_of_halls(self) -> bool:
        """Whether the plan draws no power, so that halls are all that can be earlier."""
        return self.figure == IT_ENERGY and not self.of_plan


def figures_shown(played: Played) -> tuple[str, ...]:
    """Names of the headline figures that gains are told in.

    Compute and its levelised cost, or those of IT energy where nothing computes; present value, and capex.
    """
    scenario, computes = played.scenario, played.figures["h100e_h"] > 0.0
    first = ("h100e_h", "lcoc_per_h100e_h") if computes else (IT_ENERGY, "levelised_cost_per_it_mwh")
    output, *money = (*first, "npv", "capex")
    return (output, *(money_name(name, scenario) for name in money))


def gain_of(limits: tuple[str, ...], before: Played, after: Played, names: tuple[str, ...]) -> Gain:
    """What a variant gains over another, in figures of some names."""
    figures = {name: after.figures[name] - before.figures[name] for name in names}
    if after.run is before.run:
        return Gain(limits, (), (), figures, 0.0)
    dates, targets = tuple(_dates(before.run, after.run)), tuple(_targets(before.run, after.run))
    waiting = tuple(".".join(place) for place in before.scenario.deployments() if place in after.waiting)
    orders = tuple(_orders(before, after))
    return Gain(limits, dates, targets, figures, _mw_months(before.run, after.run), orders, waiting)


def _orders(before: Played, after: Played) -> Iterator[OrderChange]:
    """Dated orders that are placed otherwise."""
    now = after.scenario.deployments()
    for place, order in before.scenario.deployments().items():
        then = now[place]
        if order.ordered_on is None or then.ordered_on is None:
            continue
        days = order.ordered_on.isoformat(), then.ordered_on.isoformat()
        if (order.ordered_on, systems_of(order)) != (then.ordered_on, systems_of(then)):
            yield OrderChange(*place, *days, _bought(order), _bought(then))


def _bought(order: Deployment) -> str:
    """What an order buys, and what takes its place where that is another system."""
    names = dict.fromkeys(systems_of(order).values())
    return ", then ".join(names)


def _dates(before: Run, after: Run) -> Iterator[DateGain]:
    """Dates of phases that differ after the data date, in whole days."""
    since_d = known_d(before.scenario)
    for milestone, of in ((READY, lambda run: run.timeline.ready_for_service_d()), (SERVED, first_fleet_d)):
        was, now = of(before), of(after)
        for site, phase in was:
            # what is ready on a day that is past is there, no sooner and no later
            was_d, now_d = (max(run_d.get((site, phase), math.inf), since_d) for run_d in (was, now))
            if _day(was_d) != _day(now_d):
                days = (_on(before, was_d), _on(before, now_d))
                yield DateGain(site, phase, milestone, *days, (was_d - now_d) / DAYS_PER_MONTH)


def _day(time_d: float) -> float:
    return math.floor(time_d) if math.isfinite(time_d) else time_d


def _on(run: Run, time_d: float) -> str:
    return run.scenario.calendar.date_of(time_d).isoformat() if math.isfinite(time_d) else ""


def _mw_months(before: Run, after: Run) -> float:
    """MW of halls times the months they are ready earlier, from the data date to the end. [MW months]"""
    was, now = map(_ready_d, (before, after))
    since_d, end_d = max(0.0, known_d(before.scenario)), before.scenario.calendar.n_days
    mw = {(site.id, phase.id): phase.critical_it_mw for site, phase in before.scenario.phases()}

    def there_d(day: float) -> float:
        return min(max(day, since_d), end_d)

    days = (mw[place] * (there_d(was[place]) - there_d(now[place])) for place in was)
    return math.fsum(days) / DAYS_PER_MONTH


def _ready_d(run: Run) -> dict[Place, float]:
    return run.timeline.ready_for_service_d()


def _targets(before: Run, after: Run) -> Iterator[TargetGain]:
    """Goals that are reached otherwise."""
    for was, now in zip(target_results(before), target_results(after), strict=True):
        is_alike = was.reached == now.reached or (math.isnan(was.reached) and math.isnan(now.reached))
        if not is_alike or was.crossed != now.crossed:
            yield _target(was, now)


def _target(was: TargetResult, now: TargetResult) -> TargetGain:
    months = math.nan
    if parse_figure(was.metric).is_date:
        # NaN where one of them is never
        months = (was.reached - now.reached) / DAYS_PER_MONTH
    elif was.crossed and now.crossed and not was.is_limit:
        months = float(_month(was.crossed) - _month(now.crossed))
    reached = (was.reached, now.reached, was.met, now.met, was.crossed, now.crossed)
    return TargetGain(was.target, was.metric, was.unit, was.goal, *reached, months)


def _month(iso_date: str) -> int:
    day = date.fromisoformat(iso_date)
    return day.year * MONTHS_PER_YEAR + day.month
