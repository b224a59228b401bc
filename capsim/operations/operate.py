"""Run the models over a timeline: hourly inside, monthly outside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.buildout.timeline import Timeline
from capsim.models.compute import DEFINITIONS
from capsim.models.demand import DEMAND_SHAPES, allocation, demand_h100e
from capsim.operations.binding import Waiting, merged, waiting_for_readiness, waiting_in_service
from capsim.operations.fleet import SiteFleet, site_fleets
from capsim.operations.power import SitePower, site_power
from capsim.operations.series import HOURLY, SERIES
from capsim.operations.surroundings import Sky, Surroundings, hours_elapsed_y
from capsim.scenario.schema import Scenario, Site
from capsim.units import G_PER_KG, KG_PER_T, KWH_PER_MWH, Calendar


@dataclass(frozen=True)
class Operations:
    """Monthly series of all sites, and hourly ones where asked for."""

    monthly: dict[str, NDArray[np.float64]]
    """Series by name (see `SERIES`), each of shape (n_sites, n_months)."""
    waiting: Waiting
    """Mean MW that wait, by (cause, site), each of shape (n_months,). [MW]"""
    hourly: dict[str, NDArray[np.float64]] | None
    """Hourly series by name (see `HOURLY`), each of shape (n_sites, n_hours); None unless kept."""


def operate(
    scenario: Scenario, timeline: Timeline, seed: int = 0, replication: int = 0, *, hourly: bool = False
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
    hourly : bool
        Whether the hourly series are kept.

    Returns
    -------
    operations : Operations
        Monthly series, what waits for what, and hourly series on request.
    """
    fleets = site_fleets(scenario, timeline)
    served = served_share(scenario, fleets)
    sky = Sky(scenario, seed, replication)
    months, hours, waiting = [], [], [waiting_for_readiness(scenario, timeline)]
    for site, fleet in zip(scenario.sites, fleets, strict=True):
        around = sky.over(site)
        power = site_power(scenario, site, fleet, served, around.weather)
        month = _monthly(scenario, site, fleet, served, power, around)
        waiting.append(
            waiting_in_service(scenario.calendar, site.id, fleet.phases, served, month["curtailed_mwh"])
        )
        months.append(month)
        if hourly:
            hours.append(_hourly(fleet, power, around))
    return Operations(
        monthly={s.name: np.stack([month[s.name] for month in months]) for s in SERIES},
        waiting=merged(waiting),
        hourly={s.name: np.stack([h[s.name] for h in hours]) for s in HOURLY} if hourly else None,
    )


def served_share(scenario: Scenario, fleets: list[SiteFleet]) -> NDArray[np.float64] | float:
    """Share of the fleet's allocation ceiling that demand fills, the same at all sites. [1]

    1.0 where demand has no limit; otherwise demand over what the portfolio can offer, shape (n_hours,).
    """
    demand, calendar = scenario.demand, scenario.calendar
    if demand.h100e is None:
        return 1.0
    offered = np.zeros(calendar.n_hours)
    for site, fleet in zip(scenario.sites, fleets, strict=True):
        offered += fleet.total("h100e", scenario.h100e) * (site.workload or scenario.workload).allocation
    wanted = demand_h100e(demand.h100e, demand.growth_per_y, hours_elapsed_y(calendar))
    shape = DEMAND_SHAPES[demand.shape.name](calendar.hour_of_week, **demand.shape.arguments)
    return allocation(wanted * shape, offered, ceiling=1.0)


def _monthly(
    scenario: Scenario,
    site: Site,
    fleet: SiteFleet,
    served: NDArray[np.float64] | float,
    power: SitePower,
    around: Surroundings,
) -> dict[str, NDArray[np.float64]]:
    """Monthly series of one site. One hour at a mean power of one MW is one MWh."""
    calendar = scenario.calendar
    total, last = calendar.sum_by_month, calendar.last_of_month
    facility_kg = power.facility_mw * around.carbon_g_per_kwh * (KWH_PER_MWH / G_PER_KG)
    month = {
        "accelerators": last(fleet.total("accelerators")),
        "critical_it_mw": last(power.ready_mw),
        "grid_mw": last(fleet.grid_mw),
        "it_peak_mw": calendar.max_by_month(power.it_mw),
        "facility_peak_mw": calendar.max_by_month(power.facility_mw),
        "it_mwh": total(power.it_mw),
        "cooling_mwh": total(power.cooling_mw),
        "losses_mwh": total(power.losses_mw),
        "facility_mwh": total(power.facility_mw),
        "curtailed_mwh": total(power.it_wanted_mw - power.it_mw),
        "energy_cost": total(power.facility_mw * around.price_per_mwh),
        "carbon_t": total(facility_kg) / KG_PER_T,
        "water_m3": total(power.water_m3_per_h),
    }
    month |= {f"h100e_{d}": last(fleet.total("h100e", d)) for d in DEFINITIONS}
    return month | _compute(scenario, site, fleet, served, power, calendar)


def _compute(
    scenario: Scenario,
    site: Site,
    fleet: SiteFleet,
    served: NDArray[np.float64] | float,
    power: SitePower,
    calendar: Calendar,
) -> dict[str, NDArray[np.float64]]:
    """Accelerator-hours in service and delivered, and what the power limits took."""
    workload = site.workload or scenario.workload
    wanted_share = workload.allocation * workload.busy_share * served
    series = {
        name: np.zeros(calendar.n_months) for name in ("in_service_h", "accelerator_h", "h100e_h", "lost")
    }
    for phase, kept in zip(fleet.phases, power.kept_share, strict=True):
        for system in phase.systems:
            if system.accelerators:
                systems_h = calendar.sum_by_month(system.level)
                wanted_h = calendar.sum_by_month(system.level * wanted_share)
                given_h = calendar.sum_by_month(system.level * (wanted_share * kept))
                series["in_service_h"] += systems_h * system.accelerators
                series["accelerator_h"] += given_h * system.accelerators
                series["h100e_h"] += given_h * system.h100e[scenario.h100e]
                series["lost"] += (wanted_h - given_h) * system.h100e[scenario.h100e]
    series["curtailed_h100e_h"] = series.pop("lost")
    return series


def _hourly(fleet: SiteFleet, power: SitePower, around: Surroundings) -> dict[str, NDArray[np.float64]]:
    """Hourly series of one site."""
    return {
        "it_mw": power.it_mw,
        "cooling_mw": power.cooling_mw,
        "losses_mw": power.losses_mw,
        "facility_mw": power.facility_mw,
        "it_wanted_mw": power.it_wanted_mw,
        "critical_it_mw_ready": power.ready_mw,
        "grid_mw_energised": fleet.grid_mw,
        "accelerators_in_service": fleet.total("accelerators"),
        "dry_bulb_c": around.weather.dry_bulb_c,
        "wet_bulb_c": around.weather.wet_bulb_c,
        "price_per_mwh": around.price_per_mwh,
        "carbon_g_per_kwh": around.carbon_g_per_kwh,
    }
