"""Money: tranches that arrive, and what phases, grid steps and orders commit of it."""

from __future__ import annotations

import math

from capsim.buildout.pool import Pool
from capsim.buildout.timeline import FUNDING, Abandoned
from capsim.buildout.world import Process, Stuck, World
from capsim.scenario.money import in_scenario_money
from capsim.scenario.schema import Deployment, GridStep, Phase, Scenario, Tranche

CONSTRUCTION = "construction"
"""Stage with which spending on a phase starts; its first stage where it has none of that name."""
PER_MW, OF_FACILITY, PER_GRID_MW = "per_critical_it_mw", "per_facility_cost", "per_grid_mw"
PER_ACCELERATOR, OF_PRICE = "per_accelerator", "per_system_price"


def open_funding(world: World) -> None:
    """Start the tranches; without them nothing waits for money."""
    funding = world.scenario.funding
    if funding is None:
        return
    world.purse = Pool(world.env, funding.rule == "in_order")
    for tranche in funding.tranches:
        world.env.process(_arrive(world, tranche, world.purse))


def _arrive(world: World, tranche: Tranche, purse: Pool) -> Process:
    """Wait for a tranche's date and for its phase, then add it."""
    yield world.until(world.day_of(tranche.available_on))
    if tranche.after_phase:
        site, _, phase = tranche.after_phase.partition(".")
        yield world.ready[site, phase]
    world.log("", "", tranche.id, "funded", tranche.amount, world.scenario.currency.code)
    purse.put(tranche.amount)


def commit(world: World, what: str, cost: float, rank: int, name: tuple[str, str, str], of: Stuck) -> Process:
    """Wait until the cost can be committed, and commit it.

    What was committed before the start, or is of a kind the funding does not cover, draws nothing.
    """
    funding = world.scenario.funding
    if world.purse is None or funding is None or what not in funding.covers:
        return
    if of.since_d < 0.0 or not cost > 0.0:
        return
    world.stuck[name] = of._replace(cause=FUNDING)
    yield world.purse.ask(cost, rank, name)
    world.stuck.pop(name, None)  # two lots of one deployment may have waited under its name
    world.log(*name, "committed", cost, world.scenario.currency.code)
    if name[2]:
        world.log_wait(of.since_d, *name, FUNDING)


def release(world: World, site: str, plan: Phase, ended: Abandoned) -> None:
    """Give back what a cancelled phase committed and did not spend, as the ledger counts what was done."""
    funding = world.scenario.funding
    if world.purse is None or funding is None or "facilities" not in funding.covers or plan.tenure != "own":
        return
    started_d = world.builds[site, plan.id].started_d
    first_d = min(started_d.values(), default=math.inf)
    is_staged = any(stage.id == CONSTRUCTION for stage in plan.stages)
    start_d = started_d.get(CONSTRUCTION, math.inf if is_staged else first_d)
    committed = any(m[1:5] == (site, plan.id, "", "committed") for m in world.milestones)
    unspent = facility_cost(world.scenario, plan) * (1.0 - ended.share_done(start_d))
    if committed and unspent > 0.0:
        world.log(site, plan.id, "", "released", unspent, world.scenario.currency.code)
        world.purse.put(unspent)


def release_step(world: World, step: GridStep, ended: Abandoned) -> None:
    """Give back what a dropped grid step committed and did not spend, as the ledger counts what was done."""
    name = (ended.site, "", ended.step)
    if world.purse is None or not any(m[1:5] == (*name, "committed") for m in world.milestones):
        return
    done = ended.share_done(world.applied_d[ended.site, ended.step])
    unspent = grid_cost(world.scenario, step) * (1.0 - done)
    if unspent > 0.0:
        world.log(*name, "released", unspent, world.scenario.currency.code)
        world.purse.put(unspent)


def facility_cost(scenario: Scenario, phase: Phase) -> float:
    """Cost of a phase's building and plant, as the ledger books it. [scenario currency]"""
    return phase.critical_it_mw * _sum(scenario, PER_MW) * (1.0 + _shares(scenario, OF_FACILITY))


def grid_cost(scenario: Scenario, step: GridStep) -> float:
    """Cost of a step of a grid connection, as the ledger books it. [scenario currency]"""
    return step.grid_mw * _sum(scenario, PER_GRID_MW)


def systems_cost(
    scenario: Scenario, order: Deployment, system: str, systems: int, *, is_successor: bool
) -> float:
    """Cost of systems with what goes with them, as the ledger books it. [scenario currency]"""
    entry = scenario.catalog.entry("systems", system)
    usd, year = order.system_price_usd, order.system_price_year
    if is_successor and order.refresh is not None:
        usd, year = order.refresh.system_price_usd or 0.0, round(entry.number("price_year"))
    price = in_scenario_money(scenario, usd, "USD", year)
    per_chip = _sum(scenario, PER_ACCELERATOR) * entry.number("accelerator_count")
    return systems * (price * (1.0 + _shares(scenario, OF_PRICE)) + per_chip)


def _sum(scenario: Scenario, basis: str) -> float:
    """Sum of the capex items of a basis. [scenario currency per unit of the basis]"""
    return sum(
        in_scenario_money(scenario, item.amount, item.currency, item.price_year)
        for item in scenario.costs.items
        if item.category == "capex" and item.basis == basis
    )


def _shares(scenario: Scenario, basis: str) -> float:
    """Sum of the capex items that are shares of other costs. [1]"""
    return sum(i.amount for i in scenario.costs.items if i.category == "capex" and i.basis == basis)
