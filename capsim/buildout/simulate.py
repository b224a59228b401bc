"""Play a scenario's build-out forward and return its timeline."""

from __future__ import annotations

import math
from datetime import date

import simpy
from simpy.core import EmptySchedule

from capsim.buildout import lifecycle
from capsim.buildout.closing import close
from capsim.buildout.deployment import play_order
from capsim.buildout.funding import open_funding
from capsim.buildout.layout import lay_out
from capsim.buildout.order_dates import ON_DEMAND, review_demand
from capsim.buildout.site import play_phase, play_step
from capsim.buildout.supply import open_supplies
from capsim.buildout.timeline import Timeline, ordered
from capsim.buildout.why_never import reasons
from capsim.buildout.world import World
from capsim.errors import SimulationError
from capsim.scenario import Scenario
from capsim.units import DAYS_PER_YEAR

MAX_EVENTS = 2_000_000
"""Events after which a run is stopped with an error; the largest shipped scenario needs some thousands."""


def build_out(
    scenario: Scenario, seed: int = 0, replication: int = 0, *, max_events: int = MAX_EVENTS
) -> Timeline:
    """Timeline of a scenario.

    Parameters
    ----------
    scenario : Scenario
        Loaded scenario; uncertain values count with their central estimate.
    seed, replication : int
        Random streams are keyed by both and by the ids of what is drawn.
    max_events : int
        Bound on the events of the run.

    Returns
    -------
    timeline : Timeline
        Milestones and waits. Time is in days since the scenario's start, negative before it.

    Raises
    ------
    SimulationError
        If the bound on events is hit, or something happens after the last day of the calendar.
    """
    world = begin(scenario, seed, replication)
    events = _run(world.env, max_events)
    close(world)
    _check_calendar(world)
    outages = lifecycle.outages(scenario, seed, replication, world.services)
    return ordered(world.milestones, world.waits, events, world.abandoned, outages, reasons(world))


def _check_calendar(world: World) -> None:
    """Find what would happen after the last day that has a date."""
    last_d = world.day_of(date.max)
    late = next((m for m in world.milestones if not m.time_d < last_d), None)
    if late is not None:
        name = ".".join(part for part in (late.site, late.phase, late.item) if part)
        raise SimulationError(
            f"{name} is {late.kind} {late.time_d / DAYS_PER_YEAR:,.0f} years after the start, beyond all "
            "dates: the stages, lead times and slips before it are too long"
        )


def begin(scenario: Scenario, seed: int = 0, replication: int = 0) -> World:
    """A world in which all processes wait for the first event."""
    world = lay_out(scenario, seed, replication)
    open_supplies(world)
    open_funding(world)
    world.reviews_demand = any(order.plan.ordering == ON_DEMAND for order in world.orders)
    if world.reviews_demand:
        world.env.process(review_demand(world))
    for site in world.sites.values():
        for step in site.steps.values():
            world.env.process(play_step(step))
        for phase in site.phases.values():
            world.env.process(play_phase(phase))
            for order in phase.orders:
                world.env.process(play_order(order))
    return world


def _run(env: simpy.Environment, max_events: int) -> int:
    """Process events until none is left; return how many."""
    for events in range(max_events):
        try:
            env.step()
        except EmptySchedule:
            return events
    if env.peek() < math.inf:
        raise SimulationError(
            f"the build-out has not ended after {max_events} events (day {env.now:.0f}); "
            "the scenario has more deliveries, refreshes or orders just in time than a run may have"
        )
    return max_events
