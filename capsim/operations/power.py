"""Power of a site, hour by hour, inside its two hard limits: the hall and the grid connection."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.models.cooling import COOLING, Cooling
from capsim.models.electrical import ElectricalChain, hall_losses_mw
from capsim.models.it_power import fleet_it_power_mw
from capsim.models.limits import kept_compute_share, throttle
from capsim.models.weather import Weather
from capsim.operations.fleet import PhaseFleet, SiteFleet
from capsim.scenario.schema import Scenario, Site, Workload


@dataclass(frozen=True)
class SitePower:
    """Hourly power of a site, each of shape (n_hours,). [MW]"""

    it_wanted_mw: NDArray[np.float64]
    it_mw: NDArray[np.float64]
    cooling_mw: NDArray[np.float64]
    losses_mw: NDArray[np.float64]
    facility_mw: NDArray[np.float64]
    water_m3_per_h: NDArray[np.float64]
    ready_mw: NDArray[np.float64]
    kept_share: tuple[NDArray[np.float64] | float, ...]
    """Share of the compute wanted that each phase delivers; 1.0 where it hits no limit. [1]"""


class Plant:
    """Cooling and electrical chain of a site: IT load and weather become facility load."""

    def __init__(self, scenario: Scenario, site: Site, energised_mw: NDArray[np.float64], weather: Weather):
        self._model = COOLING[scenario.catalog.entry("cooling", site.cooling.preset).text("model")]
        self._arguments = site.cooling.arguments
        self._chain = ElectricalChain(
            **{name: getattr(site.electrical, name) for name in ElectricalChain.__annotations__}
        )
        self._energised_mw = energised_mw
        self._rated_heat_mw = energised_mw + hall_losses_mw(energised_mw, energised_mw, self._chain)
        self._weather = weather

    def loads(
        self, it_mw: NDArray[np.float64], hours: NDArray[np.int64] | slice
    ) -> tuple[NDArray[np.float64], Cooling, NDArray[np.float64]]:
        """Losses in the hall [MW], cooling, and facility load [MW] of some hours."""
        in_hall = hall_losses_mw(it_mw, self._energised_mw[hours], self._chain)
        heat = it_mw + in_hall
        cooling = self._model(
            heat,
            self._weather.dry_bulb_c[hours],
            self._weather.wet_bulb_c[hours],
            rated_heat_mw=self._rated_heat_mw[hours],
            **self._arguments,
        )
        return in_hall, cooling, (heat + cooling.power_mw) / self._chain.upstream_efficiency

    @property
    def upstream_loss_share(self) -> float:
        """Transformer and switchgear losses over facility load. [1]"""
        return 1.0 - self._chain.upstream_efficiency

    def facility_mw(self, it_mw: NDArray[np.float64], hours: NDArray[np.int64]) -> NDArray[np.float64]:
        """Facility load of some hours. [MW]"""
        return self.loads(it_mw, hours)[2]


def site_power(
    scenario: Scenario, site: Site, fleet: SiteFleet, served: NDArray[np.float64] | float, weather: Weather
) -> SitePower:
    """Power of a site when a share `served` of its allocation ceiling is asked for.

    Plant beyond the grid's power stays switched off, so an empty hall never draws more than the
    connection carries.
    """
    workload = site.workload or scenario.workload
    wanted = [phase_it_mw(phase, workload, served) for phase in fleet.phases]
    in_hall = [np.minimum(it, phase.ready_mw) for it, phase in zip(wanted, fleet.phases, strict=True)]
    ready = _sum([phase.ready_mw for phase in fleet.phases], fleet.grid_mw)
    it_in_halls = _sum(in_hall, fleet.grid_mw)
    plant = Plant(scenario, site, np.minimum(ready, fleet.grid_mw), weather)
    it = throttle(it_in_halls, plant.facility_mw, fleet.grid_mw)
    in_hall_losses, cooling, facility = plant.loads(it, slice(None))
    return SitePower(
        it_wanted_mw=_sum(wanted, fleet.grid_mw),
        it_mw=it,
        cooling_mw=cooling.power_mw,
        losses_mw=in_hall_losses + facility * plant.upstream_loss_share,
        facility_mw=facility,
        water_m3_per_h=cooling.water_m3_per_h,
        ready_mw=ready,
        kept_share=_kept_shares(fleet, wanted, in_hall, it, it_in_halls),
    )


def phase_it_mw(
    phase: PhaseFleet, workload: Workload, served: NDArray[np.float64] | float
) -> NDArray[np.float64]:
    """IT load a phase wants, before any limit. Hosted IT does not follow the demand for compute. [MW]"""
    total = np.zeros_like(phase.ready_mw)
    for system in phase.systems:
        share = served if system.accelerators else 1.0
        total += fleet_it_power_mw(
            system.level * system.all_in_mw,
            workload.allocation * share,
            busy_share=workload.busy_share,
            power_utilisation=workload.power_utilisation,
            idle_share=system.idle_share,
        )
    return total


def idle_mw(phase: PhaseFleet) -> NDArray[np.float64]:
    """IT load of a phase when nothing computes. [MW]"""
    return _sum([s.level * (s.all_in_mw * s.idle_share) for s in phase.systems], phase.ready_mw)


def _kept_shares(
    fleet: SiteFleet,
    wanted: list[NDArray[np.float64]],
    in_hall: list[NDArray[np.float64]],
    it: NDArray[np.float64],
    it_in_halls: NDArray[np.float64],
) -> tuple[NDArray[np.float64] | float, ...]:
    """Per phase, what its hall and its part of the grid's power leave of the compute wanted."""
    grid_binds = bool(np.any(it < it_in_halls))
    given_share = (
        np.divide(it, it_in_halls, out=np.ones_like(it), where=it_in_halls > 0) if grid_binds else 1.0
    )
    shares: list[NDArray[np.float64] | float] = []
    for phase, want, hall in zip(fleet.phases, wanted, in_hall, strict=True):
        if not grid_binds and np.array_equal(want, hall):
            shares.append(1.0)
        else:
            shares.append(kept_compute_share(want, np.minimum(want, hall * given_share), idle_mw(phase)))
    return tuple(shares)


def _sum(parts: list[NDArray[np.float64]], like: NDArray[np.float64]) -> NDArray[np.float64]:
    total = np.zeros_like(like)
    for part in parts:
        total += part
    return total
