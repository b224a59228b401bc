"""Play a scenario's build-out forward and return its timeline."""

from __future__ import annotations

from datetime import date

import simpy

from capsim.buildout import lifecycle
from capsim.buildout import site as sites
from capsim.buildout.deployment import deployment
from capsim.buildout.funding import open_funding
from capsim.buildout.ordering import ON_DEMAND, review_demand
from capsim.buildout.paths import close
from capsim.buildout.reasons import reasons
from capsim.buildout.supply import open_supplies
from capsim.buildout.timeline import Timeline, ordered
from capsim.buildout.world import Crews, World
from capsim.errors import SimulationError
from capsim.quantities.sizes import system_count
from capsim.scenario.records.schema import Scenario
from capsim.units import DAYS_PER_YEAR

MAX_EVENTS = 2_000_000
"""Events after which a run is stopped with an error; the largest shipped scenario needs some thousands."""
MAX_LOTS = 100_000
"""Lots of a scenario, with those that replace them, above which it is not begun."""


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
        If the scenario has more lots than a run may have, the bound on events is hit, or something happens
        after the last day of the calendar.
    """
    _check_lots(scenario)
    world = begin(scenario, seed, replication)
    events = _run(world.env, max_events)
    close(world)
    _check_calendar(world)
    outages = lifecycle.outages(scenario, seed, replication, world.services)
    why = reasons(world)
    return ordered(world.milestones, world.waits, events, world.abandoned, outages, why)


def _check_lots(scenario: Scenario) -> None:
    """Refuse a scenario that could not end in reasonable time, before it takes the memory."""
    years, most, lots = scenario.horizon_years, "", 0
    largest = 0
    for site in scenario.sites:
        for phase in site.phases:
            for order in phase.deployments:
                systems = system_count(phase, order, scenario.catalog)
                follows = order.refresh is not None and order.refresh.system is not None
                lives = 1 + int(years / order.refresh.age_years) if order.refresh and follows else 1
                own = min(order.lots, systems) * lives
                lots += own
                if own > largest:
                    largest, most = own, f"sites.{site.id}.phases.{phase.id}.deployments.{order.id}"
    if lots > MAX_LOTS:
        raise SimulationError(
            f"the deployments have {lots:,} lots with those that replace them, more than a run may have "
            f"({MAX_LOTS:,}); {most} alone has {largest:,}: give it fewer lots or a higher refresh age"
        )


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
    world = _world(scenario, seed, replication)
    open_supplies(world)
    open_funding(world)
    if any(o.ordering == ON_DEMAND for s in scenario.sites for p in s.phases for o in p.deployments):
        world.env.process(review_demand(world))
    for site in scenario.sites:
        for step in site.grid_connection:
            world.env.process(sites.grid_step(world, site, step))
        for phase in site.phases:
            world.env.process(sites.phase(world, site, phase))
            for order in phase.deployments:
                world.env.process(deployment(world, site, phase, order))
    return world


def _world(scenario: Scenario, seed: int, replication: int) -> World:
    """A world whose clock starts early enough for everything that exists already."""
    env = simpy.Environment(initial_time=min(0.0, *map(scenario.calendar.day_of, _past_dates(scenario))))
    crews = scenario.crews
    installers = Crews(env, capacity=round(crews.installer_crews))
    limited = {"construction": crews.construction_crews, "commissioning": crews.commissioning_crews}
    of_stages = {
        name: Crews(env, capacity=round(number)) for name, number in limited.items() if number is not None
    }
    world = World(scenario, seed, replication, env, installers, of_stages)
    for site in scenario.sites:
        world.energised |= {(site.id, step.id): env.event() for step in site.grid_connection}
        world.ready |= {(site.id, phase.id): env.event() for phase in site.phases}
        world.cancelled |= {(site.id, phase.id): env.event() for phase in site.phases}
    return world


def _past_dates(scenario: Scenario) -> list[date]:
    """Dates the scenario names that may lie before its start."""
    dates: list[date | None] = [scenario.start]
    for site in scenario.sites:
        dates += [d for step in site.grid_connection for d in (step.energised_on, step.applied_on)]
        for phase in site.phases:
            dates += [phase.ready_for_service_on, phase.starts_on]
            dates += [d for order in phase.deployments for d in (order.in_service_on, order.ordered_on)]
            dates += [item.ordered_on for item in phase.equipment]
    return [d for d in dates if d is not None]


def _run(env: simpy.Environment, max_events: int) -> int:
    """Process events until none is left; return how many."""
    events = 0
    while env.peek() != float("inf"):
        if events >= max_events:
            raise SimulationError(
                f"the build-out has not ended after {max_events} events (day {env.now:.0f}); "
                "the scenario has more lots, refreshes or orders just in time than a run may have"
            )
        env.step()
        events += 1
    return events
