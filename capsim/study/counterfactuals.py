"""Variants of a plan: played under its weather and prices, with dated orders moved along with their halls."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import timedelta
from typing import Literal

from capsim.buildout import Timeline, build_out
from capsim.operations import Key, Sky
from capsim.projection import Run
from capsim.scenario import Deployment, GridStep, Scenario, Site
from capsim.study.chosen_again import chosen_again, in_wait
from capsim.study.limit import Change, Limit, Played
from capsim.study.moved_sites import operated_where_moved
from capsim.study.observe import operated, play
from capsim.study.plan_changes import Order, Place, changed, with_orders, with_sites
from capsim.study.ranked import figures_of, kept_for
from capsim.vocabulary import Asked

Orders = Literal["follow", "wait", "stay"]
"""What orders with a date do where their hall is ready on another day."""


def played(scenario: Scenario, seed: int, by: str = "") -> Played:
    """A plan as it stands, under a sky that its variants share, with the figure they are ranked by."""
    sky = Sky(scenario, Key(seed, 0, False), for_variants=True)
    run = play(scenario, seed, 0, sky)
    return of_run(run, sky, kept_for(by, run))


def of_run(run: Run, sky: Sky | None = None, asked: tuple[Asked, ...] = ()) -> Played:
    """A plan of which the run is known; figures in words are kept beside its headline figures."""
    sky = Sky(run.scenario, Key(run.seed, 0, False), for_variants=True) if sky is None else sky
    figures = figures_of(run, asked)
    return Played(run.scenario, run, sky, figures, asked, run.scenario, lambda scenario: scenario)


def variant(plan: Played, change: Change, *, of_dates: bool, orders: Orders = "follow") -> Played:
    """A variant of a plan: its central run.

    Parameters
    ----------
    plan : Played
        What it is a variant of.
    change : callable
        Gives the plan with records changed.
    of_dates : bool
        Whether the change acts through dates alone: where no date moves, the run is that of the plan.
    orders : {"follow", "wait", "stay"}
        Whether orders with a date are placed as much earlier or later as their hall is ready; the same, but
        not before what the plan buys is the newest; or on their day.

    Returns
    -------
    variant : Played
        The scenario as it was played, and its run: that of a planner who edits the file. Where that asks for
        the newest system of a line, it is the newest on the day of its order in the variant.
    """

    def lifts(written: Scenario) -> Scenario:
        return with_years_of_the_plan(plan, change(plan._replace(scenario=plan.lifts(written))))

    before, seed = plan.run.timeline, plan.run.seed
    first, waiting = with_years_of_the_plan(plan, change(plan)), frozenset[Order]()
    timeline = build_out(first, seed)
    moved = first if orders == "stay" else _with_orders_moved(first, before, timeline)
    if orders == "wait":
        moved, waiting = in_wait(plan.scenario, plan.written, moved)
    waiting |= {place for place in plan.waiting if _is_same(place, plan.scenario, moved)}
    scenario = chosen_again(plan.written, moved, lifts)
    if scenario is not first:
        timeline = build_out(scenario, seed)
    if of_dates and timeline.milestones == before.milestones:
        return plan._replace(scenario=scenario, lifts=lifts, waiting=waiting)
    run = (operated_where_moved if of_dates else _operated)(plan, scenario, timeline)
    return of_run(run, plan.sky, plan.asked)._replace(written=plan.written, lifts=lifts, waiting=waiting)


def with_years_of_the_plan(plan: Played, variant: Scenario) -> Scenario:
    """A variant whose power is not lost for being there before the plan has it: its years count as there.

    A step that the plan never has does not grow old inside the horizon.
    """
    calendar = plan.run.scenario.calendar
    energised_d = {(m.site, m.item): m.time_d for m in plan.run.timeline.of_kind("energised")}

    def of_site(site: Site) -> Site:
        if site.unused_power_lost_after_years is None:
            return site
        return changed(site, grid_connection=tuple(of_step(site, step) for step in site.grid_connection))

    def of_step(site: Site, step: GridStep) -> GridStep:
        day_d = energised_d.get((site.id, step.id), math.inf)
        if day_d <= 0.0:
            return step
        there_on = calendar.date_of(day_d) if math.isfinite(day_d) else calendar.end
        counts_from = max(there_on, step.unused_power_counts_from or there_on)
        return changed(step, unused_power_counts_from=counts_from)

    return with_sites(variant, of_site)


def _operated(plan: Played, scenario: Scenario, timeline: Timeline) -> Run:
    return operated(scenario, timeline, plan.run.seed, 0, plan.sky)


def lifting(limits: Iterable[Limit]) -> Change:
    """The change that lifts some limits, one after the other."""

    def lift(played: Played) -> Scenario:
        for limit in limits:
            played = played._replace(scenario=limit.lifted(played))
        return played.scenario

    return lift


def lifted(plan: Played, limits: tuple[Limit, ...], *, orders: Orders = "follow") -> Played:
    """The plan with some limits lifted."""
    of_dates = all(limit.is_of_dates for limit in limits)
    return variant(plan, lifting(limits), of_dates=of_dates, orders=orders)


def _with_orders_moved(scenario: Scenario, before: Timeline, after: Timeline) -> Scenario:
    """The plan with each dated order as much earlier as its hall is; itself where none moves.

    What was ordered by the data date is not moved, nor is anything to before it.
    """
    was, now = before.ready_for_service_d(), after.ready_for_service_d()
    earlier_d = {place: round(was[place] - now[place]) for place in was if _is_known(was, now, place)}
    if not any(earlier_d.values()):
        return scenario

    def moved(place: Place, order: Deployment) -> Deployment:
        if order.ordered_on is None or not earlier_d.get(place):
            return order
        if scenario.as_of is not None and order.ordered_on <= scenario.as_of:
            return order
        ordered_on = order.ordered_on - timedelta(days=earlier_d[place])
        return changed(order, ordered_on=max(ordered_on, min(order.ordered_on, scenario.known_until)))

    return with_orders(scenario, moved)


def _is_same(place: Order, before: Scenario, after: Scenario) -> bool:
    """Whether an order has not moved."""
    return before.deployments()[place].ordered_on == after.deployments()[place].ordered_on


def _is_known(was: dict[Place, float], now: dict[Place, float], place: Place) -> bool:
    return math.isfinite(was[place]) and math.isfinite(now.get(place, math.inf))
