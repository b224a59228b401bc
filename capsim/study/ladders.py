"""Ladder: the best relief of a plan, the best next one given the first, until nothing but demand helps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from capsim.projection import awaits_launch, launch_of
from capsim.study.counterfactuals import Orders, lifting, variant
from capsim.study.gains import Gain, Ranking, gain_of
from capsim.study.liftable_limits import DEMAND
from capsim.study.limit import Change, Limit, Played
from capsim.units import DAYS_PER_MONTH

MOST_CAUSES = 3
"""Causes named of what waits at the end."""
LEAST_MW_MONTHS = 1.0
"""Less than this is not named. [MW months]"""
Tell = Callable[[], None]
"""Called after each run."""


class Tried(NamedTuple):
    """Limits lifted together, and what that leads to."""

    limits: tuple[Limit, ...]
    played: Played
    gain: Gain


def tried(
    plan: Played, limits: tuple[Limit, ...], ranking: Ranking, names: tuple[str, ...], tell: Tell
) -> Tried:
    """Some limits of a plan lifted."""
    return best_of(plan, lifting(limits), limits, ranking, names, tell)


def best_of(
    plan: Played,
    change: Change,
    limits: tuple[Limit, ...],
    ranking: Ranking,
    names: tuple[str, ...],
    tell: Tell,
) -> Tried:
    """A change of some limits, with orders that follow their halls.

    Where that buys other systems, it is tried with orders that wait for those of the plan: the better counts.
    """
    group, of_dates = tuple(limit.name for limit in limits), all(limit.is_of_dates for limit in limits)

    def one(orders: Orders) -> Tried:
        after = variant(plan, change, of_dates=of_dates, orders=orders)
        return Tried(limits, after, gain_of(group, plan, after, names))

    found = one("follow")
    if any(order.system_before != order.system_after for order in found.gain.orders):
        # of two that are level, the one with the systems of the plan
        found = max(one("wait"), found, key=lambda this: ranking.key(this.gain))
    tell()
    return found


def ladder(
    plan: Played,
    limits: Sequence[Limit],
    first: Sequence[Tried],
    ranking: Ranking,
    tell: Tell,
    most: int | None = None,
) -> tuple[list[Gain], str]:
    """Gains of one relief after the other, each over the one before, and what is left at the end.

    Where no limit helps by itself, the best two together are lifted: of two ways that take equally long,
    neither alone gains anything. It ends with the last that gains something, or after the `most` rungs that
    are asked for. `first` are the limits of the plan lifted one by one.
    """
    climbed: list[Tried] = []
    names = tuple(first[0].gain.figures) if first else ()
    at, left, singles = plan, list(limits), list(first)
    while singles and len(climbed) != most:
        best = max(singles, key=lambda one: ranking.key(one.gain))
        if not ranking.moves(best.gain):
            pairs = [tried(at, pair, ranking, names, tell) for pair in combinations(_there(left, at), 2)]
            best = max(pairs, key=lambda one: ranking.key(one.gain), default=best)
        if not ranking.moves(best.gain):
            break
        climbed.append(best)
        at, left = best.played, [limit for limit in left if limit not in best.limits]
        singles = [tried(at, (limit,), ranking, names, tell) for limit in _there(left, at)]
    # halls that are earlier lead on to others, or to nothing: then the ladder ends before them
    while climbed and not ranking.helps(climbed[-1].gain):
        climbed.pop()
    if most is not None and len(climbed) == most:
        return [one.gain for one in climbed], ""
    at = climbed[-1].played if climbed else plan
    return [one.gain for one in climbed], _end(at, ranking, names, tell)


def _there(limits: Sequence[Limit], plan: Played) -> Iterator[Limit]:
    """Limits that a plan has."""
    return (limit for limit in limits if not limit.why_not(plan))


def _end(plan: Played, ranking: Ranking, names: tuple[str, ...], tell: Tell) -> str:
    """What binds where all that helps is lifted."""
    if (
        names
        and not DEMAND.why_not(plan)
        and ranking.helps(tried(plan, (DEMAND,), ranking, names, tell).gain)
    ):
        return "only demand binds"
    return "nothing more helps" + _waits(plan) + _launches(plan)


def _waits(plan: Played) -> str:
    """What planned power that does not compute then waits for, by MW-months."""
    days = np.diff(plan.run.scenario.calendar.month_start_d)
    waiting: dict[str, float] = {}
    for (cause, _), mw in plan.run.operations.waiting.items():
        waiting[cause] = waiting.get(cause, 0.0) + float(mw @ days) / DAYS_PER_MONTH
    most = sorted(waiting, key=lambda cause: -waiting[cause])[:MOST_CAUSES]
    named = [f"{cause} {waiting[cause]:,.0f}" for cause in most if waiting[cause] >= LEAST_MW_MONTHS]
    return f"; MW-months of planned power that wait then: {', '.join(named)}" if named else ""


def _launches(plan: Played) -> str:
    """The launches that orders or deliveries for halls that are ready then wait for: no limit lifts them."""
    run, orders = plan.run, plan.run.scenario.deployments()
    ready_d = run.timeline.ready_for_service_d()
    early = {(row["site"], row["phase"], row["deployment"]) for row in awaits_launch(run)}
    waiting: dict[tuple[str, str], list[str]] = {}
    for place, order in orders.items():
        launched_on = launch_of(order)
        if place not in early | plan.waiting or launched_on is None:
            continue
        if ready_d.get(place[:2], math.inf) < run.scenario.calendar.day_of(launched_on):
            waiting.setdefault((order.system, launched_on.isoformat()), []).append(".".join(place))
    told = (f"{system} on {day} ({', '.join(places)})" for (system, day), places in waiting.items())
    return f"; no limit lifts the launch that orders wait for: {', '.join(told)}" if waiting else ""
