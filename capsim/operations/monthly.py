"""The hours of a site become its monthly series. One hour at a mean power of one MW is one MWh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.models.compute import DEFINITIONS
from capsim.models.electrical import headroom_mw, stranded_mw
from capsim.models.flexibility import Moved
from capsim.operations.demand import Served, offered_h100e, working_share
from capsim.operations.fleet import PhaseFleet, SiteFleet
from capsim.operations.halls import behind_caps_mw
from capsim.operations.jobs import JobLoad
from capsim.operations.limits import connection_mw, lasting_reach_mw
from capsim.operations.loads import phase_load, workload_of
from capsim.operations.meter import Meter
from capsim.operations.power import SitePower
from capsim.operations.spans import Spans
from capsim.operations.surroundings import Surroundings
from capsim.quantities.capping import capped_system
from capsim.quantities.money import in_scenario_money
from capsim.scenario.records.schema import Scenario, Site, Workload
from capsim.units import HOURS_PER_DAY, KWH_PER_MWH, L_PER_M3, MONTHS_PER_YEAR

Array = NDArray[np.float64]
Months = dict[str, Array]


@dataclass(frozen=True)
class SiteRun:
    """All of a site over the hours of the horizon."""

    site: Site
    fleet: SiteFleet
    demand: Served | None
    around: Surroundings
    limit_mw: Array
    """Most power at the meter, shape (n_hours,). [MW]"""
    moved: Moved | None
    """Load that was paused; None without flexible load."""
    served: Array | float
    """Share of the allocation ceiling that runs. [1]"""
    power: SitePower
    meter: Meter
    embodied_t: Array
    """Embodied carbon by month, shape (n_months,). [tCO2e]"""
    jobs: JobLoad | None = None
    """Whole jobs in the fleet; None without a job mix."""


def monthly(scenario: Scenario, run: SiteRun) -> Months:
    """Monthly series of one site, as named in `MONTHLY`."""
    months = _energy(scenario, run)
    months |= _money_and_footprint(scenario, run, months)
    months |= _margins(scenario, run, months) | _compute(scenario, run) | _demand(scenario, run)
    return months


def _energy(scenario: Scenario, run: SiteRun) -> Months:
    total, spans, power = scenario.calendar.sum_by_month, run.fleet.spans, run.power
    it = total(power.it_mw)
    held_back = power.it_wanted_mw is not power.it_mw
    nothing = np.zeros_like(it)
    generated, lost = run.meter.generated_mw, run.meter.battery_loss_mw
    facility = total(power.facility_mw)
    reuse = run.site.heat_reuse
    warm = 0.0 if reuse is None else reuse.share * (run.around.weather.dry_bulb_c < reuse.below_dry_bulb_c)
    return {
        "accelerators": spans.last_of_month(run.fleet.total("accelerators")),
        **{f"h100e_{d}": spans.last_of_month(run.fleet.total("h100e", d)) for d in DEFINITIONS},
        "critical_it_mw": spans.last_of_month(run.fleet.ready_mw),
        "grid_mw": spans.last_of_month(run.fleet.grid_mw),
        "grid_usable_mw": spans.last_of_month(connection_mw(run.site, run.fleet)),
        "it_peak_mw": scenario.calendar.max_by_month(power.it_mw),
        "facility_peak_mw": scenario.calendar.max_by_month(power.facility_mw),
        "it_mwh": it,
        "cooling_mwh": total(power.cooling_mw),
        "losses_mwh": total(power.losses_mw),
        "facility_mwh": facility,
        "curtailed_mwh": total(power.it_wanted_mw - power.it_mw) if held_back else nothing,
        "cooling_curtailed_mwh": nothing
        if power.held_by_cooling_mw is None
        else total(power.held_by_cooling_mw),
        "grid_mwh": facility if run.meter.grid_mw is power.facility_mw else total(run.meter.grid_mw),
        "generated_mwh": nothing if generated is None else total(generated),
        "battery_loss_mwh": nothing if lost is None else total(lost),
        "reused_heat_mwh": nothing if reuse is None else total(power.it_mw * warm),
        "water_m3": total(power.water_m3_per_h),
    }


def _money_and_footprint(scenario: Scenario, run: SiteRun, months: Months) -> Months:
    """Cost, carbon, and water at the power plants."""
    total, spans, meter, site = scenario.calendar.sum_by_month, run.fleet.spans, run.meter, run.site
    cost, location = total(meter.cost), total(meter.carbon_t)
    if site.tariff.capacity_per_mw_y:
        cost = cost + spans.sum_by_month(run.fleet.grid_mw) * capacity_charge_per_mw_h(scenario, site)
    outside, grid = site.footprint, months["grid_mwh"]
    market = location if meter.market_carbon_t is meter.carbon_t else total(meter.market_carbon_t)
    fuel = meter.fuel_carbon_t
    return {
        "energy_cost": cost,
        "carbon_t": location,
        "carbon_market_t": market,
        "carbon_fuel_t": np.zeros_like(location) if fuel is None else total(fuel),
        "carbon_embodied_t": run.embodied_t,
        "water_source_m3": grid * (outside.source_water_l_per_kwh * KWH_PER_MWH / L_PER_M3),
    }


def capacity_charge_per_mw_h(scenario: Scenario, site: Site) -> Array:
    """Capacity charge in an hour of each month: a twelfth of a year's by month. [scenario currency/MW/h]"""
    tariff, hours = site.tariff, np.diff(scenario.calendar.month_start_d) * HOURS_PER_DAY
    rate = in_scenario_money(scenario, 1.0, tariff.currency, tariff.price_year)
    return np.asarray(tariff.capacity_per_mw_y * rate / MONTHS_PER_YEAR / hours)


def _margins(scenario: Scenario, run: SiteRun, months: Months) -> Months:
    """What is left below the limits, what they put out of reach, and how long they bind."""
    power, spans = run.power, run.fleet.spans
    reach = spans.last_of_month(lasting_reach_mw(run.site, run.fleet))
    it, facility = months["it_peak_mw"], months["facility_peak_mw"]
    pue = np.divide(facility, it, out=np.ones_like(it), where=it > 0.0)
    return {
        "grid_headroom_mw": _grid_headroom(scenario, run),
        "hall_headroom_mw": headroom_mw(months["critical_it_mw"], it + behind_caps_mw(run.fleet, power)),
        "stranded_mw": stranded_mw(months["critical_it_mw"], reach / pue),
        "power_limited_h": scenario.calendar.count_by_month(power.is_power_limited),
        "cooling_limited_h": scenario.calendar.count_by_month(power.is_cooling_limited),
    }


def _grid_headroom(scenario: Scenario, run: SiteRun) -> Array:
    """Smallest hourly margin of each month between the limit at the meter and what passes it. [MW]"""
    margin, grid = run.limit_mw - run.meter.grid_mw, run.fleet.grid_mw
    if not np.all(grid > 0.0):
        margin[run.fleet.spans.hourly(grid) <= 0.0] = np.inf
    least = scenario.calendar.min_by_month(margin)
    return np.where(np.isfinite(least), np.maximum(least, 0.0), 0.0)


def _compute(scenario: Scenario, run: SiteRun) -> Months:
    """Accelerator-hours in service and delivered, and what limits, caps and pauses took."""
    workload, calendar = workload_of(scenario, run.site, run.jobs), scenario.calendar
    share = working_share(workload)
    spans = run.fleet.spans
    running = _span_sums(spans, run.served)
    names = ("in_service_h", "held_h", "accelerator_h", "h100e_h", "curtailed_h100e_h", "shed_h100e_h")
    series = {name: np.zeros(calendar.n_months) for name in (*names, "delayed_h100e_h", "shed_mwh")}
    lost = later = paused = held = running
    if run.jobs is not None:
        held = spans.sum_of(_held(run.jobs, run.served))
    if run.moved is not None:
        paused, later = _span_sums(spans, run.moved.paused), _span_sums(spans, run.moved.made_up)
        lost = paused - later
    for phase, taken in zip(run.fleet.phases, run.power.lost_h, strict=True):
        chips, slowed_chips, h100e, slowed = working(phase, workload, scenario.h100e)
        given = running - taken

        def total(by_span: Array, hours: Array) -> Array:
            return spans.fold_by_month(by_span * hours) * share

        series["in_service_h"] += spans.sum_by_month(chips)
        series["held_h"] += spans.fold_by_month(chips * held) * workload.allocation
        series["accelerator_h"] += total(slowed_chips, given)
        series["h100e_h"] += total(slowed, given)
        series["curtailed_h100e_h"] += total(slowed, taken)
        if workload.power_cap < 1.0 and run.demand is None:
            series["shed_h100e_h"] += total(h100e - slowed, given)
        if run.moved is not None:
            series["shed_h100e_h"] += total(slowed, lost)
            series["delayed_h100e_h"] += total(slowed, later)
            series["shed_mwh"] += spans.fold_by_month(phase_load(phase, workload).computing_mw * paused)
    return series


def _held(jobs: JobLoad, served: Array | float) -> Array:
    """Share of the accelerators in service that a job holds, hour by hour. [1]"""
    full = np.divide(served, jobs.filled, out=np.zeros_like(jobs.filled), where=jobs.filled > 0.0)
    return np.asarray(np.minimum(full, 1.0) * jobs.held)


def _span_sums(spans: Spans, share: Array | float) -> Array:
    """Sum over the hours of each span of a share that is the same all along, or changes by the hour. [h]"""
    return spans.sum_of(share) if isinstance(share, np.ndarray) else np.asarray(spans.hours * share)


def working(phase: PhaseFleet, workload: Workload, definition: str) -> tuple[Array, Array, Array, Array]:
    """Accelerators and H100-equivalents in service, each as such and as slowed by a power cap."""
    chips, slowed_chips, h100e, slowed = (np.zeros_like(phase.ready_mw) for _ in range(4))
    for system in phase.systems:
        if system.accelerators:
            _, throughput = capped_system(workload, system.idle_share)
            chips += system.level * system.accelerators
            slowed_chips += system.level * (system.accelerators * throughput)
            h100e += system.level * system.h100e[definition]
            slowed += system.level * (system.h100e[definition] * throughput)
    return chips, slowed_chips, h100e, slowed


def _demand(scenario: Scenario, run: SiteRun) -> Months:
    """The site's part of the portfolio's demand: as its share of what is offered; equal parts of nothing."""
    calendar, served = scenario.calendar, run.demand
    names = ("demand_h100e_h", "turned_away_h100e_h", "queued_h100e_h", "demand_peak_h100e", "demand_peak_mw")
    if served is None:
        return {name: np.zeros(calendar.n_months) for name in names}
    workload = workload_of(scenario, run.site, run.jobs)
    by_span = offered_h100e(scenario, run.fleet, workload)
    offered = run.fleet.spans.hourly(by_span)
    if run.jobs is not None:
        offered *= run.jobs.filled
    equal = np.full_like(offered, 1.0 / len(scenario.sites))
    part = np.divide(offered, served.offered, out=equal, where=served.offered > 0.0)
    loads = [phase_load(phase, workload) for phase in run.fleet.phases]
    it = np.sum([load.idle_mw + load.computing_mw for load in loads], axis=0)
    it_per_h100e = np.divide(it, by_span, out=np.zeros_like(it), where=by_span > 0.0)
    needed = np.divide(
        run.power.facility_mw, run.power.it_mw, out=np.zeros_like(offered), where=run.power.it_mw > 0.0
    )
    asked = served.asked * part
    needed *= asked
    needed *= run.fleet.spans.hourly(it_per_h100e)
    return {
        "demand_h100e_h": calendar.sum_by_month(asked),
        "turned_away_h100e_h": calendar.sum_by_month(served.turned_away * part),
        "queued_h100e_h": calendar.last_of_month(served.queued * part),
        "demand_peak_h100e": calendar.max_by_month(_holding(scenario, run, asked, by_span)),
        "demand_peak_mw": calendar.max_by_month(needed),
    }


def _holding(scenario: Scenario, run: SiteRun, asked: Array, by_span: Array) -> Array:
    """H100e held by what is asked for: at work for a part of the time, and slower under a power cap."""
    workload = workload_of(scenario, run.site, run.jobs)
    held = asked / (workload.busy_share or 1.0)
    if workload.power_cap < 1.0:
        whole = run.fleet.total("h100e", scenario.h100e) * working_share(workload)
        throughput = np.divide(by_span, whole, out=np.ones_like(whole), where=by_span > 0.0)
        held /= run.fleet.spans.hourly(throughput)
    return held
