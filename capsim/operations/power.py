"""Power of a site, hour by hour, inside its limits: halls, cooling plant, grid connection."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.models.cooling import CAPACITY, COOLING, Cooling
from capsim.models.electrical import ElectricalChain, hall_losses_mw
from capsim.models.it_power import capped, server_power, utilisation_at_power
from capsim.models.limits import kept_compute_share, throttle
from capsim.models.weather import Weather
from capsim.operations.fleet import PhaseFleet, SiteFleet
from capsim.scenario.schema import Scenario, Site, Workload

Array = NDArray[np.float64]
Hours = NDArray[np.int64] | slice
ALL = slice(None)


@dataclass(frozen=True)
class SitePower:
    """Hourly power of a site, each of shape (n_hours,). [MW]"""

    it_wanted_mw: Array
    it_mw: Array
    cooling_mw: Array
    losses_mw: Array
    facility_mw: Array
    water_m3_per_h: Array
    kept_share: tuple[Array | float, ...]
    """Share of the compute wanted that each phase delivers; 1.0 where it hits no limit. [1]"""
    hall_mw: tuple[Array, ...]
    """IT load of each hall, by span where nothing moves it inside one, else of shape (n_hours,). [MW]"""
    is_power_limited: NDArray[np.bool_]
    """Whether a hall or the grid connection gives less than is wanted."""
    is_cooling_limited: NDArray[np.bool_]
    """Whether the cooling plant carries less heat than the halls would give off."""
    held_by_cooling_mw: Array | None
    """IT load that the cooling plant cannot carry; None where it carries all. [MW]"""


@dataclass(frozen=True)
class PhaseLoad:
    """IT load of a phase, span by span. [MW]"""

    steady_mw: Array
    """Idle power of all systems, and hosted IT, which does not follow the demand for compute."""
    computing_mw: Array
    """What computing at the ceiling of the allocation adds."""
    idle_mw: Array
    """Idle power of all systems."""


class Plant:
    """Cooling and electrical chain of a site: IT load and weather become facility load."""

    def __init__(
        self, scenario: Scenario, site: Site, energised_mw: Array, ready_mw: Array, weather: Weather
    ) -> None:
        name = scenario.catalog.entry("cooling", site.cooling.preset).text("model")
        self._model, self._arguments = COOLING[name], site.cooling.arguments
        self._capacity = None
        if name in CAPACITY:
            self._capacity, known = CAPACITY[name], CAPACITY.parameters(name)
            self._capacity_arguments = {k: v for k, v in self._arguments.items() if k in known}
        self._chain = ElectricalChain(
            **{name: getattr(site.electrical, name) for name in ElectricalChain.__annotations__}
        )
        full_load = hall_losses_mw(1.0, 1.0, self._chain)
        heat_per_it = 1.0 + float(full_load)
        self._energised_mw, self._rated_heat_mw = energised_mw, energised_mw * heat_per_it
        self._installed_heat_mw = self._rated_heat_mw
        if ready_mw is not energised_mw:
            self._installed_heat_mw = ready_mw * heat_per_it
        self._weather = weather

    def heat_mw(self, it_mw: Array, hours: Hours) -> Array:
        """Heat of the halls in some hours. [MW]"""
        return it_mw + hall_losses_mw(it_mw, self._energised_mw[hours], self._chain)

    def loads(self, it_mw: Array, hours: Hours) -> tuple[Array, Cooling, Array]:
        """Heat of the halls [MW], cooling, and facility load [MW] of some hours."""
        heat = self.heat_mw(it_mw, hours)
        cooling = self._model(
            heat,
            self._weather.dry_bulb_c[hours],
            self._weather.wet_bulb_c[hours],
            rated_heat_mw=self._rated_heat_mw[hours],
            **self._arguments,
        )
        facility = heat + cooling.power_mw
        if self._chain.backup_self_use_share:
            facility += self._energised_mw[hours] * self._chain.backup_self_use_share
        facility /= self._chain.upstream_efficiency
        return heat, cooling, facility

    def facility_mw(self, it_mw: Array, hours: NDArray[np.int64]) -> Array:
        """Facility load of some hours. [MW]"""
        return self.loads(it_mw, hours)[2]

    def capacity_mw(self, heat_mw: Array) -> Array | None:
        """Most heat the plant carries in each hour; None where even the hottest hour carries it all."""
        if self._capacity is None:
            return None
        dry, wet = self._weather
        hottest = self._capacity(dry.max(), wet.max(), rated_heat_mw=1.0, **self._capacity_arguments)
        if np.all(heat_mw <= self._installed_heat_mw * float(hottest)):
            return None
        return self._capacity(dry, wet, rated_heat_mw=self._installed_heat_mw, **self._capacity_arguments)


def site_power(
    scenario: Scenario,
    site: Site,
    fleet: SiteFleet,
    served: Array | float,
    weather: Weather,
    limit_mw: Array,
) -> SitePower:
    """Power of a site when a share `served` of its allocation ceiling is asked for.

    `served` and `limit_mw`, the most power at the meter, are of shape (n_hours,) or, where nothing
    moves them inside a span, a scalar and (n_spans,). Plant beyond the limit stays switched off, so an
    empty hall never draws more than the connection carries.
    """
    workload, spans = site.workload or scenario.workload, fleet.spans
    loads = [phase_load(phase, workload) for phase in fleet.phases]
    moves = isinstance(served, np.ndarray)

    def of_hours(by_span: Array) -> Array:
        return spans.hourly(by_span) if moves else by_span

    wanted = [of_hours(load.steady_mw) + of_hours(load.computing_mw) * served for load in loads]
    in_hall = [np.minimum(it, of_hours(p.ready_mw)) for it, p in zip(wanted, fleet.phases, strict=True)]
    it_wanted, it_in_halls = _sum(wanted, of_hours(fleet.grid_mw)), _sum(in_hall, of_hours(fleet.grid_mw))
    hall_binds = it_in_halls < it_wanted
    if not moves:
        it_in_halls, hall_binds = spans.hourly(it_in_halls), np.repeat(hall_binds, spans.hours)
    ready = energised = spans.hourly(fleet.ready_mw)
    if limit_mw.size == fleet.grid_mw.size:
        if np.any(fleet.ready_mw > limit_mw):
            energised = spans.hourly(np.minimum(fleet.ready_mw, limit_mw))
        limit_mw = spans.hourly(limit_mw)
    else:
        energised = np.minimum(ready, limit_mw)
    plant = Plant(scenario, site, energised, ready, weather)
    drawn = _inside_limits(plant, it_in_halls, limit_mw)
    binds = drawn.is_power_limited.any() or drawn.is_cooling_limited.any()
    hall_mw = _given_to_halls(fleet, in_hall, drawn.it_mw, it_in_halls) if binds else in_hall
    kept = _kept_shares(fleet, loads, wanted, hall_mw) if binds else None
    return SitePower(
        it_wanted_mw=it_wanted if moves else spans.hourly(it_wanted),
        it_mw=drawn.it_mw,
        cooling_mw=drawn.cooling_mw,
        losses_mw=drawn.facility_mw - drawn.it_mw - drawn.cooling_mw,
        facility_mw=drawn.facility_mw,
        water_m3_per_h=drawn.water_m3_per_h,
        kept_share=kept or _kept_by_halls(fleet, loads, wanted, in_hall, moves=moves),
        hall_mw=tuple(hall_mw),
        is_power_limited=hall_binds | drawn.is_power_limited,
        is_cooling_limited=drawn.is_cooling_limited,
        held_by_cooling_mw=drawn.held_by_cooling_mw,
    )


@dataclass(frozen=True)
class _Drawn:
    """What a site draws inside its limits, each of shape (n_hours,)."""

    it_mw: Array
    cooling_mw: Array
    facility_mw: Array
    water_m3_per_h: Array
    is_power_limited: NDArray[np.bool_]
    is_cooling_limited: NDArray[np.bool_]
    held_by_cooling_mw: Array | None


def _inside_limits(plant: Plant, it_mw: Array, limit_mw: Array) -> _Drawn:
    """Throttle the hours over the cooling's or the meter's limit; the others are computed once."""
    heat, cooling, facility = plant.loads(it_mw, ALL)
    capacity = plant.capacity_mw(heat)
    fits = it_mw
    if capacity is not None:
        fits = throttle(it_mw, plant.heat_mw, capacity, at_wanted_mw=heat)
        _redraw(plant, fits, np.flatnonzero(fits < it_mw), cooling, facility)
    given = throttle(fits, plant.facility_mw, limit_mw, at_wanted_mw=facility)
    is_over = given < fits
    _redraw(plant, given, np.flatnonzero(is_over), cooling, facility)
    held = it_mw - fits if capacity is not None else None
    return _Drawn(given, cooling.power_mw, facility, cooling.water_m3_per_h, is_over, fits < it_mw, held)


def _redraw(
    plant: Plant, it_mw: Array, hours: NDArray[np.int64], cooling: Cooling, facility_mw: Array
) -> None:
    """Put the loads of some hours in place after their IT load has changed."""
    if hours.size:
        _, again, facility = plant.loads(it_mw[hours], hours)
        cooling.power_mw[hours] = again.power_mw
        cooling.water_m3_per_h[hours] = again.water_m3_per_h
        facility_mw[hours] = facility


def phase_load(phase: PhaseFleet, workload: Workload) -> PhaseLoad:
    """IT load a phase wants, before any limit. [MW]"""
    steady, computing, idle = (np.zeros_like(phase.ready_mw) for _ in range(3))
    for system in phase.systems:
        nameplate = system.level * system.all_in_mw
        dynamic = dynamic_share(workload, system.idle_share)
        idle += nameplate * system.idle_share
        steady += nameplate * (system.idle_share + (0.0 if system.accelerators else dynamic))
        if system.accelerators:
            computing += nameplate * dynamic
    return PhaseLoad(steady, computing, idle)


def dynamic_share(workload: Workload, idle_share: float) -> float:
    """Mean dynamic power of systems whose allocation is at its ceiling, over nameplate. [1]"""
    utilisation, _ = capped_system(workload, idle_share)
    above_idle = (1.0 - idle_share) * workload.allocation
    if workload.power_exponent == 1.0:
        return above_idle * workload.busy_share * utilisation
    return above_idle * _bent(workload.busy_share * utilisation, workload)


def capped_system(workload: Workload, idle_share: float) -> tuple[float, float]:
    """Power utilisation and share of the throughput left under the workload's power cap. [1]"""
    if workload.power_cap >= 1.0:
        return workload.power_utilisation, 1.0
    drawn, throughput = capped(
        workload.power_cap,
        power_utilisation=_bent(workload.power_utilisation, workload),
        idle_share=idle_share,
        loss_per_cap=workload.loss_per_cap,
    )
    return utilisation_at_power(drawn, r=workload.power_exponent), throughput


def _bent(utilisation: float, workload: Workload) -> float:
    """Dynamic power at a utilisation on the workload's power curve, over nameplate less idle. [1]"""
    if workload.power_exponent == 1.0:
        return utilisation
    return float(server_power(1.0, utilisation, idle_share=0.0, r=workload.power_exponent))


def _kept_by_halls(
    fleet: SiteFleet, loads: list[PhaseLoad], wanted: list[Array], in_hall: list[Array], *, moves: bool
) -> tuple[Array | float, ...]:
    """Per phase, what its hall leaves of the compute wanted, where no other limit binds."""
    shares: list[Array | float] = []
    for load, want, hall in zip(loads, wanted, in_hall, strict=True):
        if np.array_equal(want, hall):
            shares.append(1.0)
            continue
        idle = fleet.spans.hourly(load.idle_mw) if moves else load.idle_mw
        kept = kept_compute_share(want, hall, idle)
        shares.append(kept if moves else fleet.spans.hourly(kept))
    return tuple(shares)


def _given_to_halls(fleet: SiteFleet, in_hall: list[Array], it_mw: Array, it_in_halls: Array) -> list[Array]:
    """IT load of each hall, shape (n_hours,), where the site gives all of them the same share. [MW]"""
    given = np.divide(it_mw, it_in_halls, out=np.ones_like(it_mw), where=it_in_halls > 0)
    return [(hall if hall.size == it_mw.size else fleet.spans.hourly(hall)) * given for hall in in_hall]


def _kept_shares(
    fleet: SiteFleet, loads: list[PhaseLoad], wanted: list[Array], hall_mw: list[Array]
) -> tuple[Array | float, ...]:
    """Per phase, what its hall and its part of the site's power leave of the compute wanted."""
    shares: list[Array | float] = []
    for load, want, drawn in zip(loads, wanted, hall_mw, strict=True):
        asked = want if want.size == drawn.size else fleet.spans.hourly(want)
        idle = fleet.spans.hourly(load.idle_mw)
        shares.append(kept_compute_share(asked, np.minimum(asked, drawn), idle))
    return tuple(shares)


def _sum(parts: list[Array], like: Array) -> Array:
    total = np.zeros_like(like)
    for part in parts:
        total += part
    return total
