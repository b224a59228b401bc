"""What has happened by the data date: it is played as it was, whatever the plan says it waits for.

What the plan does not say has happened has not: it starts on the data date at the earliest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from capsim.buildout.cohorts import enter_service, install
from capsim.buildout.order_dates import FIXED
from capsim.buildout.schedule import duration_d
from capsim.buildout.world import ItemState, OrderState, PhaseState, Process, StepState, Works
from capsim.models.uncertain import Uncertain
from capsim.scenario import Count, Stage
from capsim.units import months_to_days, weeks_to_days

LIKELY = 0.9
"""Chance with which those who build to first power have their equipment in time. [1]"""


def has_started(works: Works, stage: Stage) -> bool:
    """Whether a stage has started by the data date."""
    return stage.started_on is not None or is_over(works, stage)


def is_over(works: Works, stage: Stage) -> bool:
    """Whether a stage is finished by the data date."""
    return stage.finished_on is not None and works.world.day_of(stage.finished_on) <= works.world.as_of_d


def start_of(works: Works, stage: Stage) -> float:
    """When a stage started that has; from its end and its central duration where only that is known. [d]"""
    world = works.world
    if stage.started_on is not None:
        return world.day_of(stage.started_on)
    end_d = world.day_of(stage.finished_on)
    before_d = [end_of(works, works.stages[name]) for name in works.after[stage.id]]
    planned_d = end_d - duration_d(works.expected, works.expected_stages[stage.id], None)
    return max([planned_d, *(day for day in before_d if day <= end_d)])


def end_of(works: Works, stage: Stage) -> float:
    """When a stage was or will be finished by its date; infinite where it has none. [d]"""
    own_d = math.inf if stage.finished_on is None else works.world.day_of(stage.finished_on)
    return min(own_d, works.done_d)


def ended(works: Works) -> tuple[float, str]:
    """When works were cancelled by what is known, and by which stage; infinite where they were not. [d]"""
    named = [("", works.plan.cancelled_on), *((stage.id, stage.cancelled_on) for stage in works.plan.stages)]
    days = [(works.world.day_of(day), by) for by, day in named if day is not None]
    return min(days, default=(math.inf, ""))


def begun_d(works: Works) -> float:
    """When the first stage started of those that have; infinite where none has. [d]"""
    stages = works.stages.values()
    return min((start_of(works, s) for s in stages if has_started(works, s)), default=math.inf)


def order_of(item: ItemState) -> float | None:
    """When equipment was ordered by what is known, of itself or of its stage; None where nothing is. [d]"""
    world, plan = item.world, item.plan
    if plan.ordered_on is not None:
        return world.day_of(plan.ordered_on)
    arrived_d = arrival_of(item)
    if arrived_d is not None:
        return arrived_d - weeks_to_days(item.expected.lead_time_weeks)
    if plan.ordered_before_months is not None:
        return max(item.phase.planned_d - months_to_days(plan.ordered_before_months), world.as_of_d)
    is_of_the_class = item.phase.is_to_first_power and not plan.ordered_after
    return max(_in_time_d(item), world.as_of_d) if is_of_the_class else None


def _in_time_d(item: ItemState) -> float:
    """When equipment is ordered whose wait is part of the durations of a phase to first power. [d]

    Those who built ordered early: it is there in nine of ten cases even where the works before its stage are
    as fast as in one of ten; and never later than at the start.
    """
    phase, needed_d = item.phase, 0.0
    for stage in phase.expected.stages:
        if stage.id == item.plan.needed_at:
            break
        needed_d += duration_d(phase.expected, stage, None)
    overrun = phase.expected.overrun
    slowest_d = weeks_to_days(quantile(item.expected.lead_time_weeks, LIKELY))
    fastest_d = needed_d / overrun * quantile(overrun, 1.0 - LIKELY)
    return phase.planned_d + min(0.0, fastest_d - slowest_d)


def quantile(value: float, probability: float) -> float:
    """Quantile of an uncertain value; of a plain number the number."""
    return float(value.distribution.ppf(probability)) if isinstance(value, Uncertain) else value


def arrival_of(item: ItemState) -> float | None:
    """When equipment came or is announced to come: at the start of its stage at the latest. [d]"""
    if item.plan.delivered_on is not None:
        return item.world.day_of(item.plan.delivered_on)
    stage = item.phase.stages[item.plan.needed_at]
    return start_of(item.phase, stage) if has_started(item.phase, stage) else None


def applied_d(step: StepState) -> float:
    """When a grid step was, or is to be, applied for. [d]"""
    world, plan = step.world, step.plan
    if plan.applied_on is not None:
        return world.day_of(plan.applied_on)
    return min(agreed_in_time_d(step), max(0.0, world.as_of_d), begun_d(step), step.done_d)


def agreed_in_time_d(step: StepState) -> float:
    """When a step was applied for so that it is agreed at the planned start of the phases that say so. [d]"""
    starts_d = [phase.planned_d for phase in step.phases if phase.plan.grid_agreed]
    if not starts_d or len(step.plan.stages) < 2:
        return math.inf
    before_d = sum(duration_d(step.plan, stage, None) for stage in step.plan.stages[:-1])
    applied_d, as_of_d = min(starts_d) - before_d, step.world.as_of_d
    # land that is cleared had its agreement; else what is not known to have been applied for has not been
    return applied_d if min(starts_d) <= as_of_d else max(applied_d, as_of_d)


def is_agreed_in_time(step: StepState, stage: Stage) -> bool:
    """Whether a stage of a step comes before an agreement that is taken to be there at a phase's start."""
    is_assumed = step.plan.applied_on is None and step.applied_d == agreed_in_time_d(step)
    return is_assumed and stage.id != step.plan.stages[-1].id


def is_to_be_agreed(step: StepState) -> bool:
    """Whether a grid step has stages that come before its works, and no date of its own."""
    return len(step.plan.stages) > 1 and step.plan.finished_on is None and not step.agreed.triggered


def is_in_the_works(step: StepState, stage: Stage) -> bool:
    """Whether a stage of a grid step is part of the durations of a phase that the step powers."""
    has_date = stage.finished_on is not None or step.plan.finished_on is not None
    is_last = stage.id == step.plan.stages[-1].id and not has_date
    return is_last and len(step.plan.stages) > 1 and any(phase.plan.grid_agreed for phase in step.phases)


def energise_parts(step: StepState) -> Process[None]:
    """Energise the parts of a step that carry power before all of it does."""
    for part in sorted(step.plan.energised, key=lambda part: part.on):
        yield step.world.until(step.world.day_of(part.on))
        if part.mw > step.energised_mw:
            step.log("energised", part.mw - step.energised_mw, "MW")
            step.energised_mw = part.mw


def known_systems(order: OrderState, systems: int) -> int:
    """Send what has arrived of a deployment on its way, as it did; return how many systems that are."""
    world = order.world
    served = list(_counts(order, order.plan.in_service, systems))
    arrived = max((n for _, n in _counts(order, order.plan.delivered, systems)), default=0)
    at_work = max((n for _, n in served), default=0)
    before = 0
    for day_d, number in served:
        if number > before:
            world.env.process(_have_served(order, day_d, number - before))
            before = number
    if arrived > at_work:
        delivered_d = max(d for d, _ in _counts(order, order.plan.delivered, systems))
        world.env.process(_have_arrived(order, delivered_d, arrived - at_work))
    return max(arrived, at_work)


def _counts(order: OrderState, counts: tuple[Count, ...], systems: int) -> Iterator[tuple[float, int]]:
    """Days and systems that were counted, of those that the deployment has."""
    world, each = order.world, 1.0
    for count in sorted(counts, key=lambda count: count.on):
        if count.unit == "accelerators":
            each = world.catalog.entry("systems", order.plan.system).number("accelerator_count")
        number = min(systems, round(count.number / each))
        yield world.day_of(count.on), number


def _have_served(order: OrderState, day_d: float, systems: int) -> Process[None]:
    """Have systems ordered, delivered and in service when they were."""
    yield from _ordered(order, day_d, systems)
    yield order.world.until(day_d)
    order.log_systems(order.plan.system, systems, "delivered")
    yield from enter_service(order, systems)


def _have_arrived(order: OrderState, day_d: float, systems: int) -> Process[None]:
    """Have systems delivered when they were, and installed from the data date on."""
    yield from _ordered(order, day_d, systems)
    yield order.world.until(day_d)
    order.log_systems(order.plan.system, systems, "delivered")
    yield order.world.until(order.world.as_of_d)
    yield from install(order, order.plan.system, systems)


def _ordered(order: OrderState, by_d: float, systems: int) -> Process[None]:
    """Order systems on the date of the order, or by the day they came where there is none."""
    ordered_d = by_d if order.plan.ordered_on is None else order.world.day_of(order.plan.ordered_on)
    yield order.world.until(min(by_d, ordered_d))
    order.log_systems(order.plan.system, systems, "ordered")


def known_end(order: OrderState, rest: int) -> Process[None]:
    """Have an order cancelled when it was: of the rest nothing is delivered, and what was ordered is void."""
    world, plan = order.world, order.plan
    cancelled_d = world.day_of(plan.cancelled_on)
    if plan.ordered_on is not None and plan.ordering == FIXED:
        yield world.until(world.day_of(plan.ordered_on))
        order.log_systems(plan.system, rest, "ordered")
    yield world.until(cancelled_d)
    if rest:
        order.log("cancelled", rest, plan.system)


def planned_d(phase: PhaseState) -> float:
    """When the plan lets a phase start, or hands it over: nothing starts before the data date. [d]"""
    world, plan = phase.world, phase.plan
    if plan.ready_for_service_on is not None:
        return world.day_of(plan.ready_for_service_on) + months_to_days(plan.slip_months)
    first_d = begun_d(phase)
    if first_d < math.inf:
        return first_d
    start_d = world.day_of(plan.starts_on)
    return start_d if phase.done_d < math.inf else max(start_d, world.as_of_d)
