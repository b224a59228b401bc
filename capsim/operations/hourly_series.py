"""The hourly series of one site that are kept on request: flows, what each limit holds back, what is left."""

from __future__ import annotations

import numpy as np

from capsim.models.limits import lost_compute_share
from capsim.models.ratios import share_of
from capsim.operations.hall_swing import hall_swings, lost_in_swing
from capsim.operations.monthly import SiteRun, capacity_charge_per_mw_h, slowed_h100e
from capsim.operations.phase_loads import racks_at_work_mw
from capsim.operations.served_demand import working_share
from capsim.units import Array


def hours_of(run: SiteRun) -> dict[str, Array]:
    """Hourly series of one site, as named in `HOURLY`."""
    power, around, fleet = run.power, run.around, run.fleet
    return {
        "it_mw": power.it_mw,
        "cooling_mw": power.cooling_mw,
        "losses_mw": power.losses_mw,
        "facility_mw": power.facility_mw,
        "grid_mw_drawn": run.meter.grid_mw,
        "water_m3_per_h": power.water_m3_per_h,
        "it_wanted_mw": power.it_wanted_mw,
        "critical_it_mw_ready": fleet.spans.hourly(fleet.ready_mw),
        "grid_mw_energised": fleet.spans.hourly(fleet.grid_mw),
        "accelerators_in_service": fleet.spans.hourly(fleet.total(lambda s: s.level * s.kind.accelerators)),
        "dry_bulb_c": around.weather.dry_bulb_c,
        "wet_bulb_c": around.weather.wet_bulb_c,
        "price_per_mwh": around.price_per_mwh,
        "carbon_g_per_kwh": around.carbon_g_per_kwh,
        **_limits(run),
        **_flows(run),
        "h100e_delivered": _delivered_h100e(run),
    }


def _limits(run: SiteRun) -> dict[str, Array]:
    """What the meter, the cooling and the halls let through, and what each of them holds back. [MW]"""
    power = run.power
    cooling = power.held_by_cooling_mw
    in_halls = power.in_halls_mw
    by_cooling = np.zeros_like(in_halls) if cooling is None else cooling
    return {
        "grid_mw_usable": run.limit.hourly_mw,
        "cooling_capacity_it_mw": power.plant.carried_it_mw(),
        "held_by_halls_mw": power.it_wanted_mw - in_halls,
        "held_by_cooling_mw": by_cooling,
        "held_by_meter_mw": np.maximum(in_halls - by_cooling - power.it_mw, 0.0),
    }


def _flows(run: SiteRun) -> dict[str, Array]:
    """Own generation, battery, cost and carbon of the hour."""
    meter, fleet = run.meter, run.fleet
    nothing = np.zeros_like(meter.grid_mw)
    charge = capacity_charge_per_mw_h(fleet)[run.calendar.month_of_hour]
    return {
        "generated_mw": nothing if meter.generated_mw is None else meter.generated_mw,
        "battery_mw": nothing if meter.battery_loss_mw is None else meter.battery_loss_mw,
        "energy_cost_per_h": meter.cost.hourly + fleet.spans.hourly(fleet.grid_mw) * charge,
        "carbon_t_per_h": meter.carbon_t.hourly,
        "carbon_fuel_t_per_h": nothing if meter.fuel_carbon_t is None else meter.fuel_carbon_t,
    }


def _delivered_h100e(run: SiteRun) -> Array:
    """H100-equivalents that compute: what runs, less what limits take, as the monthly series count it."""
    spans, fleet = run.fleet.spans, run.fleet
    swings = hall_swings(fleet, run.loads, run.served, run.jobs)
    in_halls = run.power.in_halls_mw
    drawn_share = share_of(run.power.it_mw, in_halls, of_nothing=1.0)
    at_work = run.served if run.jobs is None else run.jobs.at_work(run.served)
    delivered = np.zeros_like(in_halls)
    for phase, load, swing in zip(fleet.phases, run.loads, swings, strict=True):
        computing = spans.hourly(load.computing_mw) * run.served
        want = spans.hourly(load.steady_mw) + computing
        working_mw = racks_at_work_mw(want, spans.hourly(load.computing_idle_mw), at_work)
        if swing is None:
            drawn = np.minimum(want, spans.hourly(phase.ready_mw)) * drawn_share
            lost = lost_compute_share(working_mw, drawn)
        else:
            drawn = (want - swing.cut_mw) * drawn_share
            lost = lost_in_swing(working_mw, drawn, swing.above_mw, computing)
        slowed = slowed_h100e(phase, run.workload, fleet.scenario.h100e)
        delivered += spans.hourly(slowed) * (1.0 - lost) * run.served
    return delivered * working_share(run.workload)
