"""The life of systems in their hall: installed, burnt in, in service, retired, replaced.

Crews work through what is delivered at their rate, so systems come into service one by one. They are
followed in cohorts: those of the first day of work, so that the first systems have their date, and then those
of each week. A cohort is in service once all of it is installed and burnt in: the last system has its date,
and no system earns before it is there.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import simpy

from capsim.buildout.deliveries import MOST_PARTS, buy, launch_of
from capsim.buildout.outages import Service
from capsim.buildout.timeline import CREW, HALL, Milestone
from capsim.buildout.world import OrderState, Process, Waiter
from capsim.quantities import part_sizes, refreshed_sizes
from capsim.units import DAYS_PER_WEEK, weeks_to_days, years_to_days


class Cohort(NamedTuple):
    """Systems of a deployment that are installed, burnt in, served and replaced together."""

    number: int
    """Number in the deployment."""
    system: str
    systems: int
    is_successor: bool


def stand(order: OrderState, systems: int) -> Process[None]:
    """Put systems in service that are there, once their hall is ready."""
    system = order.plan.system
    order.log_systems(system, systems, "ordered", "delivered")
    yield from _enter_hall(order, system, systems)
    yield from enter_service(order, systems)


def enter_service(order: OrderState, systems: int) -> Process[None]:
    """Have systems of a deployment installed and in service now."""
    system = order.plan.system
    order.log_systems(system, systems, "install_started", "installed")
    yield from _serve(order, _next_cohort(order, system, systems))


def install(order: OrderState, system: str, systems: int, room: simpy.Event | None = None) -> Process[None]:
    """Install systems at the rate of the crews, once their hall is ready or those before them leave room.

    Successors come cohort by cohort, so their first day needs no cohort of its own.
    """
    if room is None:
        yield from _enter_hall(order, system, systems)
    else:
        yield room
    world, asked_d, installers = order.world, order.world.env.now, order.phase.installers
    racks = world.catalog.entry("systems", system).number("rack_count")
    cut = first_day_and_weeks if room is None else weeks
    sizes = cut(systems, systems * racks / installers.racks_per_day)
    cohorts = [_next_cohort(order, system, size, is_successor=room is not None) for size in sizes]
    works = [
        installers.install(racks * cohort.systems, order.plan.priority, (*order.name, f"{cohort.number:06d}"))
        for cohort in cohorts
    ]
    for cohort, work in zip(cohorts, works, strict=True):
        begun_d = yield work
        if cohort is cohorts[0]:
            world.log_wait(asked_d, order.name, CREW, begun_d)
        if begun_d < world.end_d:
            begun = Milestone(begun_d, *order.name, "install_started", cohort.systems, system)
            world.milestones.append(begun)
        order.log_systems(system, cohort.systems, "installed")
        world.env.process(_burn_in(order, cohort))


def first_day_and_weeks(systems: int, work_d: float) -> list[int]:
    """Systems that so many days of work are cut into: those of the first day, then of each week.

    Examples
    --------
    >>> first_day_and_weeks(320, 32.0), first_day_and_weeks(5, 0.5)
    ([10, 77, 78, 77, 78], [5])
    """
    first = min(systems, max(1, math.floor(systems / work_d))) if work_d > 0.0 else systems
    return [first, *weeks(systems - first, work_d - 1.0)]


def weeks(systems: int, work_d: float) -> list[int]:
    """Systems that so many days of work are cut into, about a week each."""
    return part_sizes(systems, min(MOST_PARTS, max(1, round(work_d / DAYS_PER_WEEK))))


def _enter_hall(order: OrderState, system: str, systems: int) -> Process[None]:
    """Wait until the hall is ready for service."""
    waiter, start_d = Waiter(order.world, order.name), order.world.env.now
    order.arrivals.append(waiter)
    yield from waiter.wait(order.phase.open, systems, system, HALL)
    order.world.log_wait(max(start_d, 0.0), order.name, HALL)


def _next_cohort(order: OrderState, system: str, systems: int, *, is_successor: bool = False) -> Cohort:
    """The next cohort of a deployment."""
    order.n_cohorts += 1
    return Cohort(order.n_cohorts - 1, system, systems, is_successor)


def _burn_in(order: OrderState, cohort: Cohort) -> Process[None]:
    """Burn a cohort in, then have it serve."""
    yield order.world.env.timeout(order.world.scenario.crews.burn_in_days)
    yield from _serve(order, cohort)


def _serve(order: OrderState, cohort: Cohort) -> Process[None]:
    """Keep a cohort in service until it retires, and order what follows it."""
    world, (number, system, systems, _) = order.world, cohort
    # of a phase that leads to first IT power, no system is in service before it
    if not order.phase.ready.triggered:
        yield order.phase.ready
    order.log_systems(system, systems, "in_service")
    refresh, from_d = order.plan.refresh, world.env.now
    retire_d = math.inf if refresh is None else from_d + years_to_days(refresh.age_years)
    to_d = min(retire_d, world.end_d)
    if systems and from_d < to_d:
        world.services.append(Service(*order.name, system, systems, from_d, to_d, str(number)))
    if refresh is None or retire_d >= world.end_d:
        return
    room, successor, successors = world.env.event(), refresh.system, _successors(order, cohort)
    if successor is not None and successors:
        lead_d = weeks_to_days(refresh.lead_time_weeks or 0.0)
        # ordered so that the delivery meets the retirement, or at once where that is too late
        yield world.until(retire_d - lead_d)

        def receive(some: int) -> Process[None]:
            return install(order, successor, some, room)

        launch_d, times_d = launch_of(world, refresh), (lead_d, 0.0)
        again = buy(order, successor, successors, times_d, receive, launch_d=launch_d, is_successor=True)
        world.env.process(again)
    yield world.until(retire_d)
    order.log_systems(system, systems, "retired")
    room.succeed()


def _successors(order: OrderState, cohort: Cohort) -> int:
    """How many systems take the place of a cohort.

    Those of the first generation are rounded on the running total of the deployment.
    """
    if cohort.is_successor:
        return cohort.systems
    before, order.n_replaced = order.n_replaced, order.n_replaced + cohort.systems
    return refreshed_sizes(order.plan, [before, cohort.systems], order.world.scenario)[1]
