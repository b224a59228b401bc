"""A world in which nothing has happened yet: its clock, its crews, and an object for all that is planned."""

from __future__ import annotations

from datetime import date

import simpy

from capsim.buildout.crews import Crews
from capsim.buildout.world import ItemState, OrderState, PhaseState, SiteState, StepState, World
from capsim.scenario.records.schema import GridStep, Phase, Scenario


def lay_out(scenario: Scenario, seed: int, replication: int) -> World:
    """A world whose clock starts early enough for everything that exists already."""
    env = simpy.Environment(initial_time=min(0.0, *map(scenario.calendar.day_of, _past_dates(scenario))))
    terms = scenario.crews
    limited = {"construction": terms.construction_crews, "commissioning": terms.commissioning_crews}
    crews = {
        name: Crews(env, capacity=round(number)) for name, number in limited.items() if number is not None
    }
    world = World(scenario, seed, replication, env, Crews(env, capacity=round(terms.installer_crews)), crews)
    for plan, expected in zip(scenario.sites, scenario.plan.sites, strict=True):
        site = world.sites[plan.id] = SiteState(plan, expected)
        for step, step_expected in zip(plan.grid_connection, expected.grid_connection, strict=True):
            site.steps[step.id] = _step(world, site, step, step_expected)
        for phase, phase_expected in zip(plan.phases, expected.phases, strict=True):
            site.phases[phase.id] = _phase(world, site, phase, phase_expected)
    for state in world.phases:
        state.step.phases.append(state)
        for name in state.plan.after:
            place, dot, other = name.partition(".")
            earlier = world.sites[place].phases[other] if dot else state.site.phases[name]
            state.earlier.append(earlier)
            earlier.later.append(state)
    return world


def _step(world: World, site: SiteState, plan: GridStep, expected: GridStep) -> StepState:
    applied_d = world.day_of(plan.applied_on) if plan.energised_on is None else 0.0
    return StepState(
        world=world,
        name=(site.plan.id, "", plan.id),
        site=site,
        plan=plan,
        expected=expected,
        planned_d=applied_d,
        cancelled=world.env.event(),
        energised=world.env.event(),
        applied_d=applied_d,
        is_to_apply=plan.energised_on is None,
    )


def _phase(world: World, site: SiteState, plan: Phase, expected: Phase) -> PhaseState:
    is_dated = plan.ready_for_service_on is not None
    phase = PhaseState(
        world=world,
        name=(site.plan.id, plan.id, ""),
        site=site,
        plan=plan,
        expected=expected,
        planned_d=world.day_of(plan.ready_for_service_on if is_dated else plan.starts_on),
        cancelled=world.env.event(),
        step=site.steps[plan.energization],
        ready=world.env.event(),
    )
    for item, terms in zip(plan.equipment, expected.equipment, strict=True):
        name = site.plan.id, plan.id, item.id
        phase.items[item.id] = ItemState(world=world, name=name, phase=phase, plan=item, expected=terms)
    for order, as_planned in zip(plan.deployments, expected.deployments, strict=True):
        name = site.plan.id, plan.id, order.id
        phase.orders[order.id] = OrderState(
            world=world, name=name, phase=phase, plan=order, expected=as_planned
        )
    return phase


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
