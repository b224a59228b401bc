"""When systems are ordered: on a date, just in time for the hall, or once demand asks for them."""

from __future__ import annotations

import math

from capsim.buildout.forecast import open_forecast_d, until_due
from capsim.buildout.waiting import until_known
from capsim.buildout.world import OrderState, PhaseState, Process, World
from capsim.models.demand import demand_h100e
from capsim.models.ordering import ORDERING, Outlook
from capsim.quantities import parts_of, planned_working_share, system_count, system_h100e, throughput
from capsim.scenario import Deployment
from capsim.series import Varying
from capsim.units import DAYS_PER_YEAR, weeks_to_days

FIXED = "fixed"
"""Name of the policy whose orders are placed on their date."""
ON_DEMAND = "demand"
"""Name of the policy whose orders the monthly review places."""


def until_ordered(order: OrderState) -> Process[None]:
    """Wait until a deployment is to be ordered, never before its `ordered_on`.

    The forecast is made anew when the order is due by the last one, from what has happened by then
    and the central durations of what has not; it sees no queue and no draw.
    """
    world, phase, terms = order.world, order.phase, order.expected
    is_placed = order.plan.ordering == FIXED and order.plan.ordered_on is not None
    yield world.until(world.day_of(order.plan.ordered_on))
    if not is_placed:
        yield from until_known(world)
    if order.plan.ordering == ON_DEMAND:
        order.asked = world.env.event()
        yield order.asked
        return
    times_d = weeks_to_days(terms.lead_time_weeks), weeks_to_days(terms.margin_weeks)

    def due_d() -> float:
        outlook = Outlook(world.env.now, lambda: open_forecast_d(phase), *times_d)
        day_d = ORDERING[order.plan.ordering](outlook)
        # nothing can wait for ever, and what is due after the horizon is never ordered
        return day_d if day_d < math.inf else world.end_d

    yield from until_due(phase, due_d)


def review_demand(world: World) -> Process[None]:
    """Look at demand every month, and ask for as many deployments as it takes, by rank.

    The forecast is central demand a lead time ahead, held against what is there or ordered times the
    largest share of it that can hold a job.
    """
    orders = [order for order in world.orders if order.plan.ordering == ON_DEMAND]
    orders.sort(key=lambda order: (order.plan.priority, order.name))
    for month_d in world.scenario.calendar.month_start_d[:-1]:
        if not orders:
            return
        yield world.until(float(month_d))
        # all else that happens on this day comes first
        yield world.env.timeout(0.0)
        orders = [order for order in orders if not order.phase.is_given_up and not _ask(order)]


def _ask(order: OrderState) -> bool:
    """Ask for a deployment that may be asked for and is wanted, and count it; return whether it was."""
    if order.asked is None or not _is_wanted(order.world, order.expected):
        return False
    catalog = order.world.scenario.catalog
    count(order.phase, order.plan.system, system_count(order.phase.expected, order.expected, catalog))
    order.asked.succeed()
    return True


def _is_wanted(world: World, order: Deployment) -> bool:
    """Whether demand a lead time from now fills what is ordered so far up to the order's share."""
    scenario = world.scenario.plan
    then_y = (world.env.now + weeks_to_days(order.lead_time_weeks)) / DAYS_PER_YEAR
    demand = scenario.demand
    if isinstance(demand.h100e, Varying):
        then_d = world.env.now + weeks_to_days(order.lead_time_weeks)
        asked_h100e = demand.h100e.series.level_at(scenario.calendar, then_d, demand.growth_per_y)
    else:
        asked_h100e = float(demand_h100e(demand.h100e or 0.0, demand.growth_per_y, then_y))
    there_h100e = sum(h100e for phase, h100e in world.ordered_h100e.items() if not phase.is_given_up)
    offered_h100e = there_h100e * planned_working_share(scenario.workload)
    return asked_h100e > 0.0 and asked_h100e >= order.order_at_allocation * offered_h100e


def count(phase: PhaseState, system: str, systems: int) -> None:
    """Add systems, as fast as the power cap lets them, to what is there or ordered."""
    world = phase.world
    plan = world.scenario.plan
    if not world.reviews_demand:
        return
    speed = throughput(parts_of(plan, system), plan.workload)
    added_h100e = systems * system_h100e(world.scenario, system) * speed
    world.ordered_h100e[phase] = world.ordered_h100e.get(phase, 0.0) + added_h100e
