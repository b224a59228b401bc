"""Demand of the portfolio: what services and jobs ask for, and what the fleet serves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capsim.models.demand import DEMAND_SHAPES, demand_h100e, queued, service_h100e
from capsim.models.ratios import share_of
from capsim.operations.fleet import SiteFleet
from capsim.operations.job_loads import JobLoad
from capsim.operations.phase_loads import workload_of
from capsim.operations.surroundings import hours_elapsed_y
from capsim.quantities import throughput
from capsim.scenario import Scenario, Service, Shape, Workload
from capsim.units import HOURS_PER_DAY, Array, Calendar, months_to_days


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
        services += service_demand(service, calendar)
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


def working_share(workload: Workload) -> float:
    """Accelerators at work over those in service, where jobs fill the allocation to its ceiling. [1]"""
    return workload.allocation * workload.busy_share


def offered_h100e(fleet: SiteFleet, workload: Workload) -> Array:
    """Most H100-equivalents that can be at work at a site, as fast as a power cap lets them, span by span."""
    definition = fleet.scenario.h100e
    most = fleet.total(lambda s: s.level * (s.kind.h100e[definition] * throughput(s.kind.parts, workload)))
    return most * working_share(workload)


def service_demand(service: Service, calendar: Calendar) -> Array:
    """What a service asks for in each hour, shape (n_hours,). [H100e]"""
    messages = service.users * service.active_share * service.messages_per_user_day
    mean = service_h100e(messages, service.tokens_per_message, service.h100_s_per_token)
    growth = (1.0 + service.growth_per_y) * (1.0 - service.efficiency_gain_per_y) - 1.0
    asked_h100e = demand_h100e(mean, growth, hours_elapsed_y(calendar)) * _week(service.shape, calendar)
    start_d = calendar.day_of(service.starts_on) if service.starts_on is not None else 0.0
    end_d = start_d + months_to_days(service.months) if service.months is not None else np.inf
    hour = np.arange(calendar.n_hours)
    inside = (hour >= start_d * HOURS_PER_DAY) & (hour < end_d * HOURS_PER_DAY)
    return np.asarray(asked_h100e * inside)


def job_demand(scenario: Scenario) -> Array:
    """What jobs ask for in each hour, shape (n_hours,). [H100e]"""
    demand, calendar = scenario.demand, scenario.calendar
    asked_h100e = demand_h100e(demand.h100e or 0.0, demand.growth_per_y, hours_elapsed_y(calendar))
    return np.asarray(asked_h100e * _week(demand.shape, calendar))


def _week(shape: Shape, calendar: Calendar) -> Array:
    return DEMAND_SHAPES[shape.name](calendar.hour_of_week, **shape.arguments)
