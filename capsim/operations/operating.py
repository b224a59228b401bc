"""Run the models over a timeline: hourly inside, monthly outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.buildout import Timeline
from capsim.models.flexibility import Moved, dearest_of_year, hours_to_avoid, pause
from capsim.operations.capped import Capped, capped_of
from capsim.operations.contracts import under_contracts
from capsim.operations.embodied import embodied_by_month, lots_of_sites
from capsim.operations.fleet import SiteFleet, site_fleets
from capsim.operations.foreseen_loss import foreseen_loss
from capsim.operations.held_back import (
    Waiting,
    merged,
    out_of_service_mw,
    waiting_for_readiness,
    waiting_in_service,
)
from capsim.operations.hourly_limits import limit_of, reach_of
from capsim.operations.hourly_series import hours_of
from capsim.operations.job_loads import JobLoad, NeverRun, job_load
from capsim.operations.memory import keep_freed_memory
from capsim.operations.meter import meter
from capsim.operations.metered import metered
from capsim.operations.monthly import SiteRun, monthly
from capsim.operations.monthly_halls import Halls, halls_of
from capsim.operations.outside import Outside, outside_of
from capsim.operations.power import site_power
from capsim.operations.served_demand import Served, served_demand
from capsim.operations.surroundings import Sky, Surroundings
from capsim.operations.unused_power import Lost, draws_the_same, lost_power, powered, without
from capsim.operations.year_bank import Key
from capsim.quantities import Replaced
from capsim.scenario import Scenario
from capsim.units import HOURS_PER_DAY, Array
from capsim.vocabulary import HALLS, HOURLY, MONTHLY

TakeHours = Callable[[str, dict[str, Array]], None]
"""Takes the id of a site and its hourly series by name (see `HOURLY`), each of shape (n_hours,)."""


@dataclass(frozen=True)
class Operations:
    """Monthly series of all sites, and hourly ones where asked for."""

    monthly: dict[str, Array]
    """Series by name (see `MONTHLY`), each of shape (n_sites, n_months)."""
    waiting: Waiting
    """Mean MW that wait, by (cause, site), each of shape (n_months,). [MW]"""
    halls: Halls
    """Monthly series of the halls by name (see `HALLS`), one row per phase in the scenario's order. [MW]"""
    hourly: dict[str, Array] | None
    """Hourly series by name (see `HOURLY`), each of shape (n_sites, n_hours); None unless kept."""
    never_run: dict[str, tuple[NeverRun, ...]]
    """Classes of whole jobs that find no place, by the id of their site; empty where all do."""
    replaced: tuple[Replaced, ...] = ()
    """What was metered, beside what the model has of it."""
    lost: tuple[Lost, ...] = ()
    """Grid power that is lost because it was not used."""
    capped: tuple[Capped, ...] = ()
    """What power caps take and save, where they bind."""


def operate(
    scenario: Scenario,
    timeline: Timeline,
    seed: int = 0,
    replication: int = 0,
    *,
    hourly: bool | TakeHours = False,
    banked: bool = False,
    sky: Sky | None = None,
) -> Operations:
    """Power, energy, carbon, water, cost and compute of a timeline.

    Parameters
    ----------
    scenario : Scenario
        Loaded scenario.
    timeline : Timeline
        Outcome of its build-out.
    seed, replication : int
        Key of the random streams of weather and price.
    hourly : bool or callable
        Whether the hourly series are kept; or what takes those of each site in turn, by its id.
    banked : bool
        Whether hours of weather and price are joined from the bank of years of the seed, as in the
        replications of a study, and not made anew.
    sky : Sky, optional
        Weather and prices, where variants of a plan share them; made from the streams where None.

    Returns
    -------
    operations : Operations
        Monthly series, what waits for what, and hourly series on request.
    """
    keep_freed_memory()
    fleets = site_fleets(scenario, timeline)
    jobs = [job_load(fleet, seed, replication) for fleet in fleets]
    demand = served_demand(scenario, fleets, jobs)
    share = demand.share if demand is not None else 1.0
    sky = Sky(scenario, Key(seed, replication, banked)) if sky is None else sky
    months, halls, waiting = [], [], [waiting_for_readiness(scenario, timeline)]
    hours = _room(scenario) if hourly is True else None
    take = hourly if callable(hourly) else _keep_in(scenario, hours)
    down = out_of_service_mw(scenario, timeline.outages, fleets)
    lots, ready_d = lots_of_sites(timeline), timeline.ready_for_service_d()
    lost: list[Lost] = []
    capped: list[Capped] = []
    for planned, of_jobs in zip(fleets, jobs, strict=True):
        embodied = embodied_by_month(planned, lots.get(planned.site.id, ()), ready_d)
        energised = timeline.of_site(planned.site.id, "energised")
        steps = powered(planned.site, energised, scenario.calendar)
        run, around = None, sky.over(planned.site)
        outside = outside_of(scenario, planned.site, around.weather)
        gone = foreseen_loss(planned, steps, outside) if demand is None and of_jobs is None else []
        fleet = without(planned, gone)
        while True:
            run = run_site(fleet, demand, share, around, outside, embodied, of_jobs, run)
            peak_mw = scenario.calendar.max_by_month(run.power.facility_mw)
            again = lost_power(fleet.site, steps, peak_mw, scenario.calendar)
            # less power may mean lower peaks, and these may cost more of it
            if again == gone:
                break
            fleet, gone = without(planned, again), again
        lost += gone
        capped += capped_of(run, outside.hall_air)
        month = monthly(run)
        waiting.append(waiting_in_service(fleet, share, month, down, of_jobs))
        months.append(month)
        halls.append(halls_of(fleet, run.power, month))
        if hourly:
            take(fleet.site.id, hours_of(run))
    modelled = {s.name: np.array([month[s.name] for month in months]) for s in MONTHLY}
    series, replaced = metered(scenario, modelled)
    return Operations(
        monthly=series,
        waiting=merged(waiting),
        halls={s.name: np.concatenate([of_site[s.name] for of_site in halls]) for s in HALLS},
        hourly=hours,
        never_run={
            site.id: of.never for site, of in zip(scenario.sites, jobs, strict=True) if of and of.never
        },
        replaced=tuple(replaced),
        lost=tuple(lost),
        capped=tuple(capped),
    )


def _room(scenario: Scenario) -> dict[str, Array]:
    """Room for the hourly series of all sites."""
    shape = len(scenario.sites), scenario.calendar.n_hours
    return {series.name: np.empty(shape) for series in HOURLY}


def _keep_in(scenario: Scenario, hours: dict[str, Array] | None) -> TakeHours:
    """What copies the hours of a site into its rows."""
    row = {site.id: number for number, site in enumerate(scenario.sites)}

    def keep(site: str, series: dict[str, Array]) -> None:
        for name, kept in (hours or {}).items():
            kept[row[site]] = series[name]

    return keep


def run_site(
    fleet: SiteFleet,
    demand: Served | None,
    asked: Array | float,
    around: Surroundings,
    outside: Outside,
    embodied_t: Array,
    jobs: JobLoad | None = None,
    before: SiteRun | None = None,
) -> SiteRun:
    """One site, hour by hour: limits, flexible load, power, and what passes the meter.

    `asked` is the share of its allocation ceiling that is asked for, or of what its whole `jobs` fill
    where it has a job mix [1], `embodied_t` its embodied carbon by month, `before` the same site behind
    more power.
    """
    if jobs is not None:
        asked = asked * jobs.filled
    is_same = before is not None and _draws_as_before(before, fleet)
    around = under_contracts(fleet, around)
    limit = limit_of(fleet, around)
    part, most = 1.0 if demand is None else demand.jobs_part, 1.0 if jobs is None else jobs.filled
    moved = flexible(fleet, asked, around, part, most)
    served = moved.running if moved is not None else asked
    if before is not None and is_same:
        power = before.power
    else:
        power = site_power(fleet, served, outside, reach_of(fleet, around, limit), jobs)
    passed = meter(fleet, around, power.facility_mw, limit)
    return SiteRun(fleet, demand, around, limit, moved, served, power, passed, embodied_t, jobs)


def _draws_as_before(before: SiteRun, fleet: SiteFleet) -> bool:
    """Whether a site draws behind less power what it drew before.

    Only where its connection is all that limits it: own power, or calls of the grid, may move it by the hour.
    """
    site, power = fleet.site, before.power
    if site.generation or site.solar or site.grid_call or site.flexibility:
        return False
    return draws_the_same(before.fleet, fleet, power.facility_mw, power.is_power_limited)


def flexible(
    fleet: SiteFleet,
    asked: Array | float,
    around: Surroundings,
    jobs: Array | float,
    most: Array | float = 1.0,
) -> Moved | None:
    """Load of a site with its flexible part paused in the hours to avoid; None without such a part.

    `jobs` is the part of what runs that is jobs and can be paused; services answer at once. `most` is
    what can run in each hour. [1]
    """
    rule = fleet.site.flexibility
    if rule is None:
        return None
    if rule.signal == "request":
        year = fleet.scenario.calendar.year_of_hour
        avoided = dearest_of_year(around.price_per_mwh, year, rule.request_hours_per_y)
    else:
        signal = around.marginal_per_mwh if rule.signal == "price" else around.carbon_g_per_kwh
        avoided = hours_to_avoid(signal, round(rule.hours_per_day)) & _varies_by_day(signal)
    load = np.broadcast_to(np.asarray(asked), avoided.shape)
    in_service = fleet.spans.hourly(fleet.h100e(fleet.scenario.h100e))
    is_shift = rule.mode == "shift"
    return pause(load, avoided, rule.share * jobs, shift=is_shift, ceiling=most, fleet=in_service)


def _varies_by_day(signal: Array) -> NDArray[np.bool_]:
    """Whether an hour lies in a day whose hours differ: on a flat day there is none to avoid."""
    days = signal.reshape(-1, HOURS_PER_DAY)
    return np.repeat(days.max(axis=1) > days.min(axis=1), HOURS_PER_DAY)
