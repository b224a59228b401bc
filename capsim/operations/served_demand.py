"""Demand of the portfolio: what services and jobs ask for, and what the fleet serves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capsim.models.demand import DEMAND_SHAPES, demand_h100e, inference_speed, queued, service_h100e
from capsim.models.ratios import share_of
from capsim.operations.fleet import SiteFleet, ratio
from capsim.operations.job_loads import JobLoad
from capsim.operations.phase_loads import workload_of
from capsim.operations.surroundings import hours_elapsed_y
from capsim.quantities import throughput
from capsim.scenario import Scenario, Service, Shape, Workload
from capsim.series import Varying, hour_of_week
from capsim.units import HOURS_PER_DAY, Array, Calendar, months_to_days

SPEEDS = MEASURED_SPEED, BY_BOUNDS, BY_FLOPS, NO_TOKENS = ("measured", "bounded", "by FLOP/s", "none")
"""How the tokens of a system are known: measured, bounded by memory and FLOP/s, by FLOP/s alone, or none."""
REFERENCE_CHIP = "h100-sxm"
"""Accelerator of which an H100e is one."""


@dataclass(frozen=True)
class Served:
    """Demand of the portfolio hour by hour, as H100e that work, each of shape (n_hours,). [H100e]

    One that holds a job works for the workload's busy share of the time, so more are held than work.
    """

    asked: Array
    """What services and jobs ask for."""
    served: Array
    """What the fleets do of it, services and jobs."""
    jobs: Array
    """Jobs among what is done."""
    turned_away: Array
    """What finds no accelerator and goes elsewhere."""
    queued: Array
    """Jobs that wait at the end of the hour. [H100e h]"""
    offered: Array
    """Most the fleets can do, under their power caps."""

    @property
    def share(self) -> Array:
        """Share of the allocation ceiling that is filled, the same at all sites. [1]"""
        return np.clip(share_of(self.served, self.offered), 0.0, 1.0)

    @property
    def jobs_part(self) -> Array:
        """Part of what is served that is jobs, which can wait; services cannot. [1]"""
        return np.clip(share_of(self.jobs, self.served), 0.0, 1.0)


def served_demand(
    scenario: Scenario, fleets: list[SiteFleet], jobs_of: list[JobLoad | None]
) -> Served | None:
    """Demand met by the portfolio: services first, then jobs; None where demand has no limit."""
    demand, calendar = scenario.demand, scenario.calendar
    # without a limit all is asked for all the time: no hours to compute
    if demand.h100e is None and not demand.services:
        return None
    offered = np.zeros(calendar.n_hours)
    for fleet, of_jobs in zip(fleets, jobs_of, strict=True):
        most = fleet.spans.hourly(offered_h100e(fleet, workload_of(fleet, of_jobs)))
        offered += most if of_jobs is None else most * of_jobs.filled
    services = np.zeros(calendar.n_hours)
    for service in demand.services:
        services += service_demand(service, calendar) / _speed(scenario, service, fleets)
    served = np.minimum(services, offered)
    room = np.maximum(offered - served, 0.0)
    jobs = job_demand(scenario)
    if demand.when_short == "queued":
        done, waiting = queued(jobs, room)
        lost = services - served
    else:
        done = np.minimum(jobs, room)
        waiting, lost = np.zeros_like(jobs), (services - served) + (jobs - done)
    return Served(services + jobs, served + done, done, lost, waiting, offered)


def _speed(scenario: Scenario, service: Service, fleets: list[SiteFleet]) -> Array | float:
    """Tokens of the fleets over those of as many H100e of H100: as measured, else by their bounds. [1]"""
    # a tenant asks for compute and not for tokens
    if service.h100e is not None:
        return 1.0
    definition, n_hours = scenario.h100e, scenario.calendar.n_hours
    speeds = {
        name: speed
        for name in {s.kind.name for fleet in fleets for phase in fleet.phases for s in phase.systems}
        if (speed := speed_of(scenario, service, name)[0]) != 1.0
    }
    if not speeds:
        return 1.0
    plain, fast = np.zeros(n_hours), np.zeros(n_hours)
    for fleet in fleets:
        plain += fleet.spans.hourly(fleet.h100e(definition))
        fast += fleet.spans.hourly(
            fleet.total(lambda s: s.level * (s.kind.h100e[definition] * speeds.get(s.kind.name, 1.0)))
        )
    return np.divide(fast, plain, out=np.ones(n_hours), where=plain > 0.0)


def speed_of(scenario: Scenario, service: Service, system: str) -> tuple[float, str]:
    """Tokens of a system over those of as many H100e of H100, and what says so: one of `SPEEDS`. [1]"""
    catalog, definition = scenario.catalog, scenario.h100e
    entry = catalog.entry("systems", system)
    count = entry.number("accelerator_count")
    chip = catalog.entry("accelerators", entry.text("accelerator")) if count else None
    each = 0.0 if chip is None else ratio(chip, definition)
    if chip is None or not each:
        return 1.0, NO_TOKENS
    if system in service.throughput:
        return service.throughput[system] * service.h100_s_per_token / (count * each), MEASURED_SPEED
    if "hbm_tb_per_s" not in chip:
        return 1.0, BY_FLOPS
    reference = catalog.entry("accelerators", REFERENCE_CHIP).number("hbm_tb_per_s")
    bandwidth = chip.number("hbm_tb_per_s") / reference
    return inference_speed(each, bandwidth, service.memory_bound_share) / each, BY_BOUNDS


def working_share(workload: Workload) -> float:
    """Accelerators that compute over those in service, where jobs fill the allocation to its ceiling. [1]"""
    return workload.allocation * workload.busy_share * workload.delivered_share


def offered_h100e(fleet: SiteFleet, workload: Workload) -> Array:
    """Most H100-equivalents that can be at work at a site, as fast as a power cap lets them, span by span."""
    definition = fleet.scenario.h100e
    most = fleet.total(lambda s: s.level * (s.kind.h100e[definition] * throughput(s.kind.parts, workload)))
    return most * working_share(workload)


def service_demand(service: Service, calendar: Calendar) -> Array:
    """What a service asks for in each hour, shape (n_hours,). [H100e]"""
    asked_h100e = _service_level(service, calendar) * _week(service.shape, calendar)
    start_d = calendar.day_of(service.starts_on) if service.starts_on is not None else 0.0
    end_d = start_d + months_to_days(service.months) if service.months is not None else np.inf
    hour = np.arange(calendar.n_hours)
    inside = (hour >= start_d * HOURS_PER_DAY) & (hour < end_d * HOURS_PER_DAY)
    return np.asarray(asked_h100e * inside)


def _service_level(service: Service, calendar: Calendar) -> Array:
    """What a service asks for on average over its week, hour by hour. [H100e]"""
    # a tenant says what it asks for, and users what they write
    if service.h100e is not None:
        return _grown(service.h100e, service.growth_per_y, calendar)
    per_user = service.active_share * service.messages_per_user_day
    each_h100e = service_h100e(per_user, service.tokens_per_message, service.h100_s_per_token)
    users, gain = service.users or 0.0, service.efficiency_gain_per_y
    if isinstance(users, Varying):
        cheaper = (1.0 - gain) ** hours_elapsed_y(calendar)
        return users.series.over(calendar, service.growth_per_y) * each_h100e * cheaper
    growth = (1.0 + service.growth_per_y) * (1.0 - gain) - 1.0
    return demand_h100e(users * each_h100e, growth, hours_elapsed_y(calendar))


def _grown(h100e: float, growth_per_y: float, calendar: Calendar) -> Array:
    """Compute asked for, hour by hour: a number that grows, or a series. [H100e]"""
    if isinstance(h100e, Varying):
        return h100e.series.over(calendar, growth_per_y)
    return demand_h100e(h100e, growth_per_y, hours_elapsed_y(calendar))


def job_demand(scenario: Scenario) -> Array:
    """What jobs ask for in each hour, shape (n_hours,). [H100e]"""
    demand, calendar = scenario.demand, scenario.calendar
    asked_h100e = _grown(demand.h100e or 0.0, demand.growth_per_y, calendar)
    # a series by the hour has its own week, and the shape is flat
    return np.asarray(asked_h100e * _week(demand.shape, calendar))


def _week(shape: Shape, calendar: Calendar) -> Array:
    """Demand in each hour over its mean. [1]"""
    if isinstance(shape.series, Varying):
        return shape.series.series.over(calendar) / float(shape.series)
    if shape.profile:
        profile = np.array(shape.profile)
        hour = hour_of_week(calendar, shape.time_zone or "UTC")
        return np.asarray((profile / profile.mean())[hour % profile.size])
    return DEMAND_SHAPES[shape.name](calendar.hour_of_week, **shape.arguments)
