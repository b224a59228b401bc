"""The life of systems in their hall: installed, burnt in, in service, retired, replaced.

Crews work through what is delivered at their rate, so systems come into service one by one. They are
followed in cohorts: those of the first day of work, so that the first systems have their date, and then those
of each week. A cohort is in service once all of it is installed and burnt in: the last system has its date,
and no system earns before it is there.
"""

from __future__ import annotations

import math

import simpy

from capsim.buildout.deliveries import MOST_PARTS, buy, log_systems, split
from capsim.buildout.outages import Service
from capsim.buildout.timeline import CREW, HALL, Milestone
from capsim.buildout.world import Cohort, OrderState, Process, Systems, Waiter, World
from capsim.quantities import part_sizes, refreshed_sizes
from capsim.units import DAYS_PER_WEEK, weeks_to_days, years_to_days


def systems_of(world: World, system: str, systems: int) -> Systems:
    """Systems of a kind, with their racks."""
    racks = world.catalog.entry("systems", system).number("rack_count")
    return Systems(system, systems, systems * racks)


def stand(order: OrderState, there: Systems) -> Process[None]:
    """Put systems in service that are there, once their hall is ready."""
    log_systems(order, there, "ordered", "delivered")
    yield from _enter_hall(order, there)
    log_systems(order, there, "install_started", "installed")
    yield from _serve(_cohort(order, there, is_successor=False))


def install(order: OrderState, delivered: Systems) -> Process[None]:
    """Install systems of the first generation at the rate of the crews, once their hall is ready."""
    yield from _enter_hall(order, delivered)
    work_d = delivered.racks / order.phase.installers.racks_per_day
    yield from _set_up(order, split(delivered, first_day_and_weeks(delivered.systems, work_d)))


def first_day_and_weeks(systems: int, work_d: float) -> list[int]:
    """Systems that so many days of work are cut into: those of the first day, then of each week.

    Examples
    --------
    >>> first_day_and_weeks(320, 32.0), first_day_and_weeks(5, 0.5)
    ([10, 77, 78, 77, 78], [5])
    """
    first = min(systems, max(1, math.floor(systems / work_d))) if work_d > 0.0 else systems
    return [first, *_weeks(systems - first, work_d - 1.0)]


def _weeks(systems: int, work_d: float) -> list[int]:
    """Systems that so many days of work are cut into, a week each."""
    return part_sizes(systems, min(MOST_PARTS, max(1, round(work_d / DAYS_PER_WEEK))))


def _succeed(order: OrderState, delivered: Systems, room: simpy.Event) -> Process[None]:
    """Install systems in the room of those they follow, once that is free."""
    yield room
    work_d = delivered.racks / order.phase.installers.racks_per_day
    yield from _set_up(order, split(delivered, _weeks(delivered.systems, work_d)), is_successor=True)


def _enter_hall(order: OrderState, part: Systems) -> Process[None]:
    """Wait until the hall is ready for service."""
    if order.phase.ready.triggered:
        return
    waiter, start_d = Waiter(order.world, order.name), order.world.env.now
    order.arrivals.append(waiter)
    yield from waiter.wait(order.phase.ready, part.systems, part.system, HALL)
    order.world.log_wait(max(start_d, 0.0), order.name, HALL)


def _set_up(order: OrderState, parts: list[Systems], *, is_successor: bool = False) -> Process[None]:
    """Have the crews set up systems part by part, each of which begins its life then."""
    world, asked_d = order.world, order.world.env.now
    cohorts = [_cohort(order, part, is_successor=is_successor) for part in parts]
    installers, rank = order.phase.installers, order.plan.priority
    works = [installers.install(c.content.racks, rank, (*c.name, f"{c.number:06d}")) for c in cohorts]
    for cohort, work in zip(cohorts, works, strict=True):
        begun_d = yield work
        if cohort is cohorts[0]:
            world.log_wait(asked_d, order.name, CREW, begun_d)
        if begun_d < world.end_d:
            systems, system = cohort.content.systems, cohort.content.system
            world.milestones.append(Milestone(begun_d, *order.name, "install_started", systems, system))
        log_systems(order, cohort.content, "installed")
        world.env.process(_burn_in(cohort))


def _cohort(order: OrderState, content: Systems, *, is_successor: bool) -> Cohort:
    """The next cohort of a deployment."""
    order.n_cohorts += 1
    return Cohort(order.world, order.name, order, order.n_cohorts - 1, content, is_successor)


def _burn_in(cohort: Cohort) -> Process[None]:
    """Burn a cohort in, then have it serve."""
    yield cohort.world.env.timeout(cohort.world.scenario.crews.burn_in_days)
    yield from _serve(cohort)


def _serve(cohort: Cohort) -> Process[None]:
    """Keep a cohort in service until it retires, and order what follows it."""
    world, order, (system, systems, _) = cohort.world, cohort.order, cohort.content
    log_systems(order, cohort.content, "in_service")
    refresh, from_d = order.plan.refresh, world.env.now
    retire_d = math.inf if refresh is None else from_d + years_to_days(refresh.age_years)
    to_d = min(retire_d, world.end_d)
    if systems and from_d < to_d:
        world.services.append(Service(*order.name, system, systems, from_d, to_d, str(cohort.number)))
    if retire_d >= world.end_d:
        return
    lead_d, room = weeks_to_days((refresh and refresh.lead_time_weeks) or 0.0), world.env.event()
    successor = _successor(cohort)
    if successor.systems:
        # ordered so that the delivery meets the retirement, or at once where that is too late
        yield world.until(retire_d - lead_d)
        purchase = buy(
            order, successor, (lead_d, 0.0), lambda part: _succeed(order, part, room), is_successor=True
        )
        world.env.process(purchase)
    yield world.until(retire_d)
    log_systems(order, cohort.content, "retired")
    room.succeed()


def _successor(cohort: Cohort) -> Systems:
    """What takes the place of a cohort; no systems where nothing does.

    Successors of the first generation are rounded on the running total of the deployment.
    """
    order, (system, systems, _) = cohort.order, cohort.content
    refresh, scenario = order.plan.refresh, order.world.scenario
    if refresh is None or refresh.system is None:
        return Systems(system, 0, 0.0)
    if not cohort.is_successor:
        before, order.n_replaced = order.n_replaced, order.n_replaced + systems
        systems = refreshed_sizes(order.plan, [before, systems], scenario)[1]
    return systems_of(order.world, refresh.system, systems)
