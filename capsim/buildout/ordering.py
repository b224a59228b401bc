"""When systems are ordered: on a date, just in time for the hall, or once demand asks for them."""

from __future__ import annotations

import math

from capsim.buildout.forecast import planned, ready_forecast_d, until_due
from capsim.buildout.world import Process, World
from capsim.models.demand import demand_h100e
from capsim.models.ordering import ORDERING, Outlook
from capsim.quantities.capping import capped_system
from capsim.quantities.jobs import planned_working_share
from capsim.quantities.sizes import system_count, system_h100e
from capsim.scenario.records.schema import Deployment, Phase, Site
from capsim.units import DAYS_PER_YEAR, weeks_to_days

ON_DEMAND = "demand"
"""Name of the policy whose orders the monthly review places."""


def order_time(world: World, site: Site, plan: Phase, order: Deployment) -> Process:
    """Wait until a deployment is to be ordered, never before its `ordered_on`.

    The forecast is made anew when the order is due by the last one, from what has happened by then
    and the central durations of what has not; it sees no queue and no draw.
    """
    yield world.until(world.day_of(order.ordered_on))
    if order.ordering == ON_DEMAND:
        event = world.asked[site.id, plan.id, order.id] = world.env.event()
        yield event
        return
    _, expected = planned(world, site, plan)
    terms = next(d for d in expected.deployments if d.id == order.id)
    times_d = weeks_to_days(terms.lead_time_weeks), weeks_to_days(terms.margin_weeks)

    def due_d() -> float:
        outlook = Outlook(world.env.now, lambda: ready_forecast_d(world, site, plan), *times_d)
        day_d = ORDERING[order.ordering](outlook)
        # nothing can wait for ever, and what is due after the horizon is never ordered
        return day_d if day_d < math.inf else world.end_d

    yield from until_due(world, site, plan, due_d)


def review_demand(world: World) -> Process:
    """Look at demand every month, and ask for as many deployments as it takes, by rank.

    The forecast is central demand a lead time ahead, held against what is there or ordered times the
    largest share of it that can hold a job.
    """
    orders = sorted(_demand_orders(world), key=lambda entry: entry[0])
    for month_d in world.scenario.calendar.month_start_d[:-1]:
        if not orders:
            return
        yield world.until(float(month_d))
        yield world.env.timeout(0.0)
        for entry in list(orders):
            (_, site_id, phase_id, order_id), phase, order = entry
            if (site_id, phase_id) in world.given_up:
                orders.remove(entry)
                continue
            asked = world.asked.get((site_id, phase_id, order_id))
            if asked is not None and _is_wanted(world, order):
                orders.remove(entry)
                systems = system_count(phase, order, world.scenario.catalog)
                count(world, (site_id, phase_id), order.system, systems)
                asked.succeed()


def _demand_orders(world: World) -> list[tuple[tuple[int, str, str, str], Phase, Deployment]]:
    """Deployments ordered on demand, as planned, with their rank and name."""
    return [
        ((order.priority, site.id, phase.id, order.id), phase, order)
        for site in world.scenario.plan.sites
        for phase in site.phases
        for order in phase.deployments
        if order.ordering == ON_DEMAND
    ]


def _is_wanted(world: World, order: Deployment) -> bool:
    """Whether demand a lead time from now fills what is ordered so far up to the order's share."""
    scenario = world.scenario.plan
    then_y = (world.env.now + weeks_to_days(order.lead_time_weeks)) / DAYS_PER_YEAR
    wanted = float(demand_h100e(scenario.demand.h100e or 0.0, scenario.demand.growth_per_y, then_y))
    there = sum(h100e for key, h100e in world.ordered_h100e.items() if key not in world.given_up)
    offered = there * planned_working_share(scenario.workload)
    return wanted > 0.0 and wanted >= order.order_at_allocation * offered


def count(world: World, key: tuple[str, str], system: str, systems: int) -> None:
    """Add systems, as fast as the power cap lets them, to what is there or ordered, by (site, phase)."""
    idle_share = world.scenario.catalog.entry("systems", system).number("idle_share")
    _, throughput = capped_system(world.scenario.plan.workload, idle_share)
    added = systems * system_h100e(world.scenario, system) * throughput
    world.ordered_h100e[key] = world.ordered_h100e.get(key, 0.0) + added
