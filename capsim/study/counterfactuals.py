"""Variants of a plan: played under its weather and prices, with dated orders moved along with their halls."""

from __future__ import annotations

import math
from datetime import timedelta

from capsim.buildout import Timeline, build_out
from capsim.operations import Key, Sky
from capsim.projection import Run, headline
from capsim.scenario import Deployment, Scenario
from capsim.study.limit import Limit, Played
from capsim.study.moved_sites import operated_where_moved
from capsim.study.observe import operated, play
from capsim.study.plan_changes import Place, changed, with_orders


def played(scenario: Scenario, seed: int) -> Played:
    """A plan as it stands, under a sky that its variants share."""
    sky = Sky(scenario, Key(seed, 0, False), for_variants=True)
    return of_run(play(scenario, seed, 0, sky), sky)


def of_run(run: Run, sky: Sky | None = None) -> Played:
    """A plan of which the run is known."""
    sky = Sky(run.scenario, Key(run.seed, 0, False), for_variants=True) if sky is None else sky
    return Played(run.scenario, run, sky, headline(run, run.statements))


def variant(plan: Played, scenario: Scenario, *, of_dates: bool, orders_follow: bool = True) -> Played:
    """A variant of a plan: its central run.

    Parameters
    ----------
    plan : Played
        What it is a variant of.
    scenario : Scenario
        The plan with records changed.
    of_dates : bool
        Whether the change acts through dates alone: where no date moves, the run is that of the plan.
    orders_follow : bool
        Whether orders with a date are placed as much earlier or later as their hall is ready.

    Returns
    -------
    variant : Played
        The scenario as it was played, and its run.
    """
    before, seed = plan.run.timeline, plan.run.seed
    timeline = build_out(scenario, seed)
    if orders_follow:
        moved = _with_orders_moved(scenario, before, timeline)
        if moved is not scenario:
            scenario, timeline = moved, build_out(moved, seed)
    if of_dates and timeline.milestones == before.milestones:
        return plan._replace(scenario=scenario)
    run = operated_where_moved if of_dates else _operated
    return of_run(run(plan, scenario, timeline), plan.sky)


def _operated(plan: Played, scenario: Scenario, timeline: Timeline) -> Run:
    return operated(scenario, timeline, plan.run.seed, 0, plan.sky)


def lifted(plan: Played, limits: tuple[Limit, ...], *, orders_follow: bool = True) -> Played:
    """The plan with some limits lifted."""
    changing = plan
    for limit in limits:
        changing = changing._replace(scenario=limit.lifted(changing))
    of_dates = all(limit.is_of_dates for limit in limits)
    return variant(plan, changing.scenario, of_dates=of_dates, orders_follow=orders_follow)


def _with_orders_moved(scenario: Scenario, before: Timeline, after: Timeline) -> Scenario:
    """The plan with each dated order as much earlier as its hall is; itself where none moves."""
    was, now = before.ready_for_service_d(), after.ready_for_service_d()
    earlier_d = {place: round(was[place] - now[place]) for place in was if _is_known(was, now, place)}
    if not any(earlier_d.values()):
        return scenario

    def moved(place: Place, order: Deployment) -> Deployment:
        if order.ordered_on is None or not earlier_d.get(place):
            return order
        ordered_on = order.ordered_on - timedelta(days=earlier_d[place])
        return changed(order, ordered_on=max(ordered_on, min(order.ordered_on, scenario.start)))

    return with_orders(scenario, moved)


def _is_known(was: dict[Place, float], now: dict[Place, float], place: Place) -> bool:
    return math.isfinite(was[place]) and math.isfinite(now.get(place, math.inf))
