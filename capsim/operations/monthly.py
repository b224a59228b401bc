"""The hours of a site become its monthly series. One hour at a mean power of one MW is one MWh."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from capsim.models.compute import DEFINITIONS
from capsim.models.electrical import headroom_mw, stranded_mw
from capsim.models.flexibility import Moved
from capsim.models.ratios import share_of
from capsim.operations.fleet import PhaseFleet, SiteFleet
from capsim.operations.hourly_limits import connection_mw, lasting_reach_mw
from capsim.operations.job_loads import JobLoad
from capsim.operations.meter import Meter
from capsim.operations.monthly_halls import behind_caps_mw
from capsim.operations.phase_loads import PhaseLoad, workload_of
from capsim.operations.power import SitePower
from capsim.operations.power_limit import Limit
from capsim.operations.served_demand import Served, offered_h100e, working_share
from capsim.operations.spans import Spans
from capsim.operations.surroundings import Surroundings
from capsim.quantities import in_scenario_money, throughput
from capsim.scenario import Site, Workload
from capsim.units import HOURS_PER_DAY, KWH_PER_MWH, L_PER_M3, MONTHS_PER_YEAR, Array, Calendar

Months = dict[str, Array]


@dataclass(frozen=True, eq=False)
class SiteRun:
    """All of a site over the hours of the horizon."""

    fleet: SiteFleet
    demand: Served | None
    around: Surroundings
    limit: Limit
    """Most power at the meter."""
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

    @property
    def site(self) -> Site:
        """What the plan has of it."""
        return self.fleet.site

    @property
    def calendar(self) -> Calendar:
        """Of the horizon."""
        return self.fleet.scenario.calendar

    @cached_property
    def workload(self) -> Workload:
        """How its accelerators work."""
        return workload_of(self.fleet, self.jobs)

    @property
    def loads(self) -> list[PhaseLoad]:
        """What each of its halls wants."""
        return self.power.loads


def monthly(run: SiteRun) -> Months:
    """Monthly series of one site, as named in `MONTHLY`."""
    months = _energy(run)
    months |= _money_and_footprint(run, months)
    months |= _margins(run, months) | _compute(run) | _demand(run)
    return months


def _energy(run: SiteRun) -> Months:
    total, power = run.calendar.sum_by_month, run.power
    there, cooling, of_spans = run.fleet.at_month_ends(), total(power.cooling_mw), power.it_by_span_mw
    if of_spans is None:
        it, it_peak = total(power.it_mw), run.calendar.max_by_month(power.it_mw)
    else:
        it, it_peak = run.fleet.spans.sum_by_month(of_spans), run.fleet.spans.max_by_month(of_spans)
    held_back = power.it_wanted_mw is not power.it_mw
    nothing = np.zeros_like(it)
    generated, lost = run.meter.generated_mw, run.meter.battery_loss_mw
    facility = total(power.facility_mw)
    reuse = run.site.heat_reuse
    warm = 0.0 if reuse is None else reuse.share * (run.around.weather.dry_bulb_c < reuse.below_dry_bulb_c)
    return {
        "accelerators": there.total(lambda s: s.level * s.kind.accelerators),
        **{f"h100e_{d}": there.h100e(d) for d in DEFINITIONS},
        "critical_it_mw": there.ready_mw,
        "grid_mw": there.grid_mw,
        "grid_usable_mw": connection_mw(there),
        "it_peak_mw": it_peak,
        "facility_peak_mw": run.calendar.max_by_month(power.facility_mw),
        "it_mwh": it,
        "cooling_mwh": cooling,
        "losses_mwh": facility - it - cooling,
        "facility_mwh": facility,
        "curtailed_mwh": total(power.it_wanted_mw - power.it_mw) if held_back else nothing,
        "cooling_curtailed_mwh": nothing
        if power.held_by_cooling_mw is None
        else total(power.held_by_cooling_mw),
        "grid_mwh": facility if run.meter.grid_mw is power.facility_mw else total(run.meter.grid_mw),
        "generated_mwh": nothing if generated is None else total(generated),
        "battery_loss_mwh": nothing if lost is None else total(lost),
        "renewable_mwh": nothing
        if run.meter.renewable_mw is None
        else np.minimum(total(run.meter.renewable_mw), facility),
        "reused_heat_mwh": nothing if reuse is None else total(power.it_mw * warm),
        "water_m3": total(power.water_m3_per_h),
    }


def _money_and_footprint(run: SiteRun, months: Months) -> Months:
    """Cost, carbon, and water at the power plants."""
    calendar, spans, meter, site = run.calendar, run.fleet.spans, run.meter, run.site
    cost, location = meter.cost.by_month(calendar), meter.carbon_t.by_month(calendar)
    if site.tariff.capacity_per_mw_y:
        cost = cost + spans.sum_by_month(run.fleet.grid_mw) * capacity_charge_per_mw_h(run.fleet)
    if site.tariff.demand_per_mw_month or site.tariff.generation_demand_per_mw_month:
        cost = cost + demand_charge(run.fleet, months)
    outside, grid, market = site.footprint, months["grid_mwh"], location
    if meter.market_carbon_t is not meter.carbon_t:
        is_all = meter.market_carbon_t.power_mw is meter.grid_mw
        market = meter.market_carbon_t.by_month(calendar, grid if is_all else None)
    fuel = meter.fuel_carbon_t
    return {
        "energy_cost": cost,
        "carbon_t": location,
        "carbon_direct_t": location * site.carbon.direct_share,
        "carbon_market_t": market,
        "carbon_fuel_t": np.zeros_like(location) if fuel is None else calendar.sum_by_month(fuel),
        "carbon_embodied_t": run.embodied_t,
        "water_source_m3": grid * (outside.source_water_l_per_kwh * KWH_PER_MWH / L_PER_M3),
    }


def capacity_charge_per_mw_h(fleet: SiteFleet) -> Array:
    """Capacity charge in an hour of each month: a twelfth of a year's by month. [scenario currency/MW/h]"""
    scenario, tariff = fleet.scenario, fleet.site.tariff
    hours = np.diff(scenario.calendar.month_start_d) * HOURS_PER_DAY
    rate = in_scenario_money(scenario, 1.0, tariff.currency, tariff.price_year)
    return np.asarray(tariff.capacity_per_mw_y * rate / MONTHS_PER_YEAR / hours)


def demand_charge(fleet: SiteFleet, months: Months) -> Array:
    """Demand charges of each month, each on its peak or on its least demand. [scenario currency]"""
    tariff = fleet.site.tariff
    rate = in_scenario_money(fleet.scenario, 1.0, tariff.currency, tariff.price_year)
    peak, energised = months["facility_peak_mw"], months["grid_mw"]
    wires = np.maximum(peak, tariff.minimum_demand_share * energised) * tariff.demand_per_mw_month
    plants = np.maximum(peak, tariff.minimum_generation_share * energised)
    return np.asarray((wires + plants * tariff.generation_demand_per_mw_month) * rate)


def _margins(run: SiteRun, months: Months) -> Months:
    """What is left below the limits, what they put out of reach, and how long they bind."""
    power, spans = run.power, run.fleet.spans
    reach = spans.last_of_month(lasting_reach_mw(run.fleet))
    it, facility = months["it_peak_mw"], months["facility_peak_mw"]
    pue = np.maximum(share_of(facility, it, of_nothing=1.0), _worst_pue_short_of_power(run))
    return {
        "grid_headroom_mw": _grid_headroom(run),
        "hall_headroom_mw": headroom_mw(months["critical_it_mw"], it + behind_caps_mw(run.fleet, power)),
        "stranded_mw": stranded_mw(months["critical_it_mw"], reach / pue),
        "power_limited_h": run.calendar.count_by_month(power.is_power_limited),
        "cooling_limited_h": run.calendar.count_by_month(power.is_cooling_limited),
    }


def _worst_pue_short_of_power(run: SiteRun) -> Array:
    """Highest PUE among the hours of each month in which power is short; 1 where it never is. [1]

    The month's peaks do not tell it: at the limit the facility is the same in heat and cold, and the highest
    IT load is that of the coolest hour.
    """
    power, calendar = run.power, run.calendar
    short = np.flatnonzero(power.is_power_limited)
    worst = np.ones(calendar.n_months)
    if short.size:
        pue = share_of(power.facility_mw[short], power.it_mw[short], of_nothing=1.0)
        np.maximum.at(worst, calendar.month_of_hour[short], pue)
    return worst


def _grid_headroom(run: SiteRun) -> Array:
    """Smallest hourly margin of each month between the limit at the meter and what passes it. [MW]"""
    least = run.limit.least_left_by_month(run.meter.grid_mw, run.fleet.grid_mw > 0.0)
    return np.where(np.isfinite(least), np.maximum(least, 0.0), 0.0)


def _compute(run: SiteRun) -> Months:
    """Accelerator-hours in service and delivered, and what limits, caps and pauses took."""
    workload, calendar = run.workload, run.calendar
    share = working_share(workload)
    # what runs all the time alike is linear in the fleet
    is_even = not isinstance(run.served, np.ndarray) and not any(lost.any() for lost in run.power.lost_h)
    fleet = run.fleet.by_plan if is_even else run.fleet
    spans = fleet.spans
    running = _span_sums(spans, run.served)
    names = ("in_service_h", "held_h", "accelerator_h", "h100e_h", "curtailed_h100e_h", "shed_h100e_h")
    series = {name: np.zeros(calendar.n_months) for name in (*names, "delayed_h100e_h", "shed_mwh")}
    lost = later = paused = held = running
    if run.jobs is not None:
        held = spans.sum_of(run.jobs.at_work(run.served))
    if run.moved is not None:
        paused, later = _span_sums(spans, run.moved.paused), _span_sums(spans, run.moved.made_up)
        lost = paused - later
    for phase, load, taken in zip(fleet.phases, run.loads, run.power.lost_h, strict=True):
        delivered = running - taken if taken.any() else running
        for system in (s for s in phase.systems if s.kind.accelerators):
            chips, h100e = system.kind.accelerators, system.kind.h100e[run.fleet.scenario.h100e]
            speed = throughput(system.kind.parts, workload)
            slowed, level = h100e * speed * share, system.level
            series["in_service_h"] += spans.sum_by_month(level) * chips
            asked = spans.fold_by_month(level * running)
            done = asked if delivered is running else spans.fold_by_month(level * delivered)
            holding = asked if held is running else spans.fold_by_month(level * held)
            series["held_h"] += holding * (chips * workload.allocation)
            series["accelerator_h"] += done * (chips * speed * share)
            series["h100e_h"] += done * slowed
            if delivered is not running:
                series["curtailed_h100e_h"] += spans.fold_by_month(level * taken) * slowed
            if workload.power_cap < 1.0 and run.demand is None:
                series["shed_h100e_h"] += done * (h100e * (1.0 - speed) * share)
            if run.moved is not None:
                series["shed_h100e_h"] += spans.fold_by_month(level * lost) * slowed
                series["delayed_h100e_h"] += spans.fold_by_month(level * later) * slowed
        if run.moved is not None:
            series["shed_mwh"] += spans.fold_by_month(load.computing_mw * paused)
    return series


def _span_sums(spans: Spans, share: Array | float) -> Array:
    """Sum over the hours of each span of a share that is the same all along, or changes by the hour. [h]"""
    return spans.sum_of(share) if isinstance(share, np.ndarray) else np.asarray(spans.hours * share)


def slowed_h100e(phase: PhaseFleet, workload: Workload, definition: str) -> Array:
    """H100-equivalents in service, as slowed by a power cap."""
    return phase.total(lambda s: s.level * (s.kind.h100e[definition] * throughput(s.kind.parts, workload)))


def _demand(run: SiteRun) -> Months:
    """The site's part of the portfolio's demand: as its share of what is offered; equal parts of nothing."""
    calendar, served = run.calendar, run.demand
    names = ("demand_h100e_h", "turned_away_h100e_h", "queued_h100e_h", "demand_peak_h100e", "demand_peak_mw")
    if served is None:
        return {name: np.zeros(calendar.n_months) for name in names}
    by_span = offered_h100e(run.fleet, run.workload)
    offered = run.fleet.spans.hourly(by_span) * (1.0 if run.jobs is None else run.jobs.filled)
    part = share_of(offered, served.offered, of_nothing=1.0 / len(run.fleet.scenario.sites))
    it = np.sum([load.idle_mw + load.computing_mw for load in run.loads], axis=0)
    it_per_h100e = share_of(it, by_span)
    pue = share_of(run.power.facility_mw, run.power.it_mw)
    asked = served.asked * part
    needed_mw = pue * asked * run.fleet.spans.hourly(it_per_h100e)
    return {
        "demand_h100e_h": calendar.sum_by_month(asked),
        "turned_away_h100e_h": calendar.sum_by_month(served.turned_away * part),
        "queued_h100e_h": calendar.last_of_month(served.queued * part),
        "demand_peak_h100e": calendar.max_by_month(_holding(run, asked, by_span)),
        "demand_peak_mw": calendar.max_by_month(needed_mw),
    }


def _holding(run: SiteRun, asked: Array, by_span: Array) -> Array:
    """H100e held by what is asked for: at work for a part of the time, and slower under a power cap."""
    workload = run.workload
    held = asked / (workload.busy_share or 1.0)
    if workload.power_cap < 1.0:
        whole = run.fleet.h100e(run.fleet.scenario.h100e) * working_share(workload)
        throughput = share_of(by_span, whole, of_nothing=1.0)
        held /= run.fleet.spans.hourly(throughput)
    return held
