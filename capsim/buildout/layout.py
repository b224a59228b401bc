"""A world in which nothing has happened yet: its clock, its crews, and an object for all that is planned."""

from __future__ import annotations

import math
from datetime import date, timedelta
from itertools import chain

import simpy

from capsim.buildout import history
from capsim.buildout.crews import Crews
from capsim.buildout.installers import Installers
from capsim.buildout.world import ItemState, OrderState, PhaseState, SiteState, StepState, World
from capsim.scenario import GridStep, Phase, Scenario, Site
from capsim.units import DAYS_PER_MONTH, months_to_days, weeks_to_days

CAMPUS = "campus"
"""Word of equipment of which the first phase's serves the whole campus."""


def lay_out(scenario: Scenario, seed: int, replication: int) -> World:
    """A world whose clock starts early enough for everything that exists already."""
    past = chain(_past_dates(scenario), _past_dates(scenario.plan))
    env = simpy.Environment(initial_time=min(0.0, *map(scenario.calendar.day_of, past)))
    terms = scenario.crews
    limited = {"construction": terms.construction_crews, "commissioning": terms.commissioning_crews}
    crews = {
        name: Crews(env, capacity=round(number)) for name, number in limited.items() if number is not None
    }
    world = World(scenario, seed, replication, env, crews)
    if terms.installer_crews is not None:
        rate_per_d = round(terms.installer_crews) * terms.racks_per_crew_day
        world.shared_installers = Installers(env, rate_per_d)
    for plan, expected in zip(scenario.sites, scenario.plan.sites, strict=True):
        world.sites[plan.id] = _site(world, plan, expected)
    for phase in world.phases:
        phase.step.phases.append(phase)
        for name in phase.plan.after:
            place, dot, other = name.partition(".")
            earlier = world.sites[place].phases[other] if dot else phase.site.phases[name]
            phase.earlier.append(earlier)
            earlier.later.append(phase)
    for site in world.sites.values():
        for step in site.steps.values():
            if step.is_to_apply:
                step.applied_d = history.applied_d(step)
    return world


def _site(world: World, plan: Site, expected: Site) -> SiteState:
    """A site with its grid steps, its phases, and their equipment and orders."""
    site = SiteState(plan)
    for step, terms in zip(plan.grid_connection, expected.grid_connection, strict=True):
        site.steps[step.id] = StepState(world, (plan.id, "", step.id), site, step, terms)
    campus: dict[tuple[str, str], ItemState] = {}
    for hall, as_planned in zip(plan.phases, expected.phases, strict=True):
        phase = site.phases[hall.id] = PhaseState(world, (plan.id, hall.id, ""), site, hall, as_planned)
        for kit, of_kit in zip(hall.equipment, as_planned.equipment, strict=True):
            phase.items[kit.id] = ItemState(world, (plan.id, hall.id, kit.id), phase, kit, of_kit)
        for name, item in phase.items.items():
            if item.plan.per == CAMPUS:
                first = campus.setdefault((name, item.plan.item), item)
                item.serves = None if first is item else first
        for order, of_order in zip(hall.deployments, as_planned.deployments, strict=True):
            phase.orders.append(OrderState(world, (plan.id, hall.id, order.id), phase, order, of_order))
        phase.planned_d = history.planned_d(phase)
    return site


def _past_dates(scenario: Scenario) -> list[date]:
    """Dates the scenario names that may lie before its start."""
    dates: list[date | None] = [scenario.start]
    for site in scenario.sites:
        for step in site.grid_connection:
            dates += [step.energised_on, step.applied_on, step.finished_on, step.cancelled_on]
            dates += _of_stages(step)
            dates += [part.on for part in step.energised]
        for phase in site.phases:
            dates += [phase.ready_for_service_on, phase.starts_on, phase.finished_on, phase.cancelled_on]
            dates += _of_stages(phase)
            orders = phase.deployments
            dates += [d for o in orders for d in (o.in_service_on, o.ordered_on, o.cancelled_on)]
            dates += [c.on for o in orders for c in (*o.delivered, *o.in_service)]
            dates += [d for item in phase.equipment for d in (item.ordered_on, item.delivered_on)]
            start = phase.starts_on or scenario.start
            before = [item.ordered_before_months or 0.0 for item in phase.equipment]
            if phase.reaches == "first_power":
                leads = [history.quantile(item.lead_time_weeks, history.LIKELY) for item in phase.equipment]
                before += [weeks_to_days(lead) / DAYS_PER_MONTH for lead in leads]
            if phase.grid_agreed:
                before += [sum(s.duration_months for s in step.stages[:-1]) for step in site.grid_connection]
            dates.append(start - timedelta(days=math.ceil(months_to_days(max(before, default=0.0)))))
    return [d for d in dates if d is not None]


def _of_stages(plan: Phase | GridStep) -> list[date | None]:
    """Dates of the stages of a phase or a grid step, and when those began of which only the end is known."""
    days = [day for stage in plan.stages for day in (stage.started_on, stage.cancelled_on)]
    for stage in plan.stages:
        if stage.finished_on is not None:
            before = timedelta(days=math.ceil(months_to_days(stage.duration_months)))
            days += [stage.finished_on, stage.finished_on - before]
    return days
