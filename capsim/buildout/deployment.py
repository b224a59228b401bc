"""Deployments: ordered when, delivered when, and handed to the installers."""

from __future__ import annotations

from capsim.buildout.cohorts import install, stand
from capsim.buildout.deliveries import buy, launch_of
from capsim.buildout.history import known_end, known_systems
from capsim.buildout.order_dates import count, until_ordered
from capsim.buildout.world import OrderState, Process
from capsim.quantities import system_count
from capsim.units import weeks_to_days


def play_order(order: OrderState) -> Process[None]:
    """Order a deployment and send what is delivered on its way, or put it there on its date."""
    world, phase, plan = order.world, order.phase, order.plan
    systems = system_count(phase.plan, plan, world.catalog)
    if plan.cancelled_on is not None:
        known = known_systems(order, systems)
        count(phase, plan.system, known)
        yield from known_end(order, systems - known)
        return
    known = known_systems(order, systems)
    systems -= known
    if known:
        count(phase, plan.system, known)
    if plan.in_service_on is not None:
        yield world.until(world.day_of(plan.in_service_on))
        # the hall they were to stand in never comes
        if (systems or not known) and not phase.is_given_up:
            count(phase, plan.system, systems)
            yield from stand(order, systems)
        return
    # the rest is of the same order, where that is placed
    yield from until_ordered(order)
    # no room for a system: nothing to pay for, and no lead time to wait for
    if world.env.now < world.end_d and not phase.is_given_up and systems:
        times_d = weeks_to_days(plan.lead_time_weeks), weeks_to_days(plan.delivery_weeks)
        launch_d = launch_of(world, plan)

        def receive(some: int) -> Process[None]:
            return install(order, plan.system, some)

        yield from buy(order, plan.system, systems, times_d, receive, launch_d=launch_d)
