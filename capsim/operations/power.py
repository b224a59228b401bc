"""Power of a site, hour by hour, inside its limits: halls, cooling plant, grid connection."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.models.cooling import CAPACITY, COOLING, Cooling
from capsim.models.electrical import ElectricalChain, hall_losses_mw
from capsim.models.limits import kept_compute_share, throttle
from capsim.models.weather import Weather
from capsim.operations.fleet import SiteFleet
from capsim.operations.jobs import JobLoad
from capsim.operations.loads import PhaseLoad, phase_load, workload_of
from capsim.operations.spans import Spans
from capsim.operations.surroundings import design_dry_bulb_c
from capsim.operations.swing import Swing, cut_times, hall_swings
from capsim.scenario.schema import Scenario, Site

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
    bound_h: NDArray[np.int64]
    """Hours in which a hall, the cooling or the meter gives less than is wanted, shape (n_bound,)."""
    lost_share: tuple[Array, ...]
    """Share of the compute wanted that each phase loses in those hours, shape (n_bound,). [1]"""
    hall_peak_mw: tuple[Array, ...]
    """Highest hourly IT load of each hall, shape (n_spans,). [MW]"""
    hall_cut_h: tuple[Array, ...]
    """Time in which each hall's own limit cuts its load, shape (n_spans,). [h]"""
    is_power_limited: NDArray[np.bool_]
    """Whether a hall or the grid connection gives less than is wanted."""
    is_cooling_limited: NDArray[np.bool_]
    """Whether the cooling plant carries less heat than the halls would give off."""
    held_by_cooling_mw: Array | None
    """IT load that the cooling plant cannot carry; None where it carries all. [MW]"""


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
            if "design_dry_bulb_c" in known:
                self._capacity_arguments["design_dry_bulb_c"] = design_dry_bulb_c(scenario, site)
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
        self._hours: Hours = ALL
        self._there: tuple[Array, ...] = (energised_mw, self._rated_heat_mw, *weather)

    def heat_mw(self, it_mw: Array, hours: Hours) -> Array:
        """Heat of the halls in some hours. [MW]"""
        return it_mw + hall_losses_mw(it_mw, self._in(hours)[0], self._chain)

    def _in(self, hours: Hours) -> tuple[Array, ...]:
        """Energised MW, rated heat and weather of some hours, gathered once for guess after guess."""
        if hours is not self._hours:
            series = (self._energised_mw, self._rated_heat_mw, *self._weather)
            self._hours, self._there = hours, tuple(values[hours] for values in series)
        return self._there

    def loads(self, it_mw: Array, hours: Hours) -> tuple[Array, Cooling, Array]:
        """Heat of the halls [MW], cooling, and facility load [MW] of some hours."""
        energised, rated_heat, dry, wet = self._in(hours)
        heat = it_mw + hall_losses_mw(it_mw, energised, self._chain)
        cooling = self._model(heat, dry, wet, rated_heat_mw=rated_heat, **self._arguments)
        facility = heat + cooling.power_mw
        if self._chain.backup_self_use_share:
            facility += energised * self._chain.backup_self_use_share
        facility /= self._chain.upstream_efficiency
        return heat, cooling, facility

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
    jobs: JobLoad | None = None,
) -> SitePower:
    """Power of a site when a share `served` of its allocation ceiling is asked for.

    `served` and `limit_mw`, the most power at the meter, are of shape (n_hours,) or, where nothing
    moves them inside a span, a scalar and (n_spans,). Plant beyond the limit stays switched off, so an
    empty hall never draws more than the connection carries. Whole `jobs` swing within the hour, and a
    hall's limit cuts what of that swing is above it.
    """
    workload, spans = workload_of(scenario, site, jobs), fleet.spans
    loads = [phase_load(phase, workload) for phase in fleet.phases]
    swings = hall_swings(fleet, loads, served, jobs)
    asked = _asked(fleet, loads, served, swings)
    ready = energised = spans.hourly(fleet.ready_mw)
    if limit_mw.size == fleet.grid_mw.size:
        if np.any(fleet.ready_mw > limit_mw):
            energised = spans.hourly(np.minimum(fleet.ready_mw, limit_mw))
        limit_mw = spans.hourly(limit_mw)
    else:
        energised = np.minimum(ready, limit_mw)
    plant = Plant(scenario, site, energised, ready, weather)
    drawn = _inside_limits(plant, asked.in_halls_mw, limit_mw)
    power_limited, cooling_limited = drawn.is_power_limited, drawn.is_cooling_limited
    is_bound = power_limited | cooling_limited
    if asked.in_halls_mw is not asked.wanted_mw:
        is_bound = is_bound | (asked.in_halls_mw < asked.wanted_mw)
        power_limited = power_limited | _is_over(fleet, loads, served)
    bound_h = np.flatnonzero(is_bound)
    given = _given(drawn.it_mw, asked.in_halls_mw, bound_h)
    lost, peak = _halls(fleet, loads, served, bound_h, given, swings)
    return SitePower(
        it_wanted_mw=asked.wanted_mw,
        it_mw=drawn.it_mw,
        cooling_mw=drawn.cooling_mw,
        losses_mw=drawn.facility_mw - drawn.it_mw - drawn.cooling_mw,
        facility_mw=drawn.facility_mw,
        water_m3_per_h=drawn.water_m3_per_h,
        bound_h=bound_h,
        lost_share=lost,
        hall_peak_mw=peak,
        hall_cut_h=cut_times(fleet, loads, swings, served, bound_h),
        is_power_limited=power_limited,
        is_cooling_limited=cooling_limited,
        held_by_cooling_mw=drawn.held_by_cooling_mw,
    )


@dataclass(frozen=True)
class _Asked:
    """IT load of a site before the limits of its cooling and its meter, each of shape (n_hours,). [MW]"""

    wanted_mw: Array
    in_halls_mw: Array
    """What the halls let through; the same object where they let through all."""


def _is_over(fleet: SiteFleet, loads: list[PhaseLoad], served: Array | float) -> NDArray[np.bool_]:
    """Whether the mean load of a hall is above its own limit, hour by hour."""
    spans = fleet.spans
    over = np.zeros(int(spans.edges_h[-1]), dtype=np.bool_)
    top = spans.max_of(served) if isinstance(served, np.ndarray) else served
    for load, phase in zip(loads, fleet.phases, strict=True):
        if np.any(load.steady_mw + load.computing_mw * top > phase.ready_mw):
            want = spans.hourly(load.steady_mw) + spans.hourly(load.computing_mw) * served
            over |= want > spans.hourly(phase.ready_mw)
    return over


def _asked(
    fleet: SiteFleet, loads: list[PhaseLoad], served: Array | float, swings: list[Swing | None]
) -> _Asked:
    """What all phases want, and what their halls let through of it."""
    spans = fleet.spans
    if not isinstance(served, np.ndarray):
        wanted, in_halls = np.zeros_like(fleet.grid_mw), np.zeros_like(fleet.grid_mw)
        for load, phase in zip(loads, fleet.phases, strict=True):
            want = load.steady_mw + load.computing_mw * served
            wanted += want
            in_halls += np.minimum(want, phase.ready_mw)
        all_mw = spans.hourly(wanted)
        return _Asked(all_mw, all_mw if np.array_equal(in_halls, wanted) else spans.hourly(in_halls))
    top = spans.max_of(served)
    steady, computing = np.zeros_like(fleet.grid_mw), np.zeros_like(fleet.grid_mw)
    beyond = None
    for load, phase, swing in zip(loads, fleet.phases, swings, strict=True):
        steady += load.steady_mw
        computing += load.computing_mw
        if swing is not None:
            beyond = swing.cut_mw if beyond is None else beyond + swing.cut_mw
        elif np.any(load.steady_mw + load.computing_mw * top > phase.ready_mw):
            over = spans.hourly(load.computing_mw) * served + spans.hourly(load.steady_mw - phase.ready_mw)
            np.maximum(over, 0.0, out=over)
            beyond = over if beyond is None else beyond + over
    all_mw = spans.hourly(computing) * served
    all_mw += spans.hourly(steady)
    return _Asked(all_mw, all_mw if beyond is None else np.maximum(all_mw - beyond, 0.0))


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
    guesses = _Guesses(plant)
    given = throttle(fits, guesses.facility_mw, limit_mw, at_wanted_mw=facility)
    is_over = given < fits
    left = guesses.put_right(given, is_over, cooling, facility)
    _redraw(plant, given, np.flatnonzero(left), cooling, facility)
    held = it_mw - fits if capacity is not None else None
    return _Drawn(given, cooling.power_mw, facility, cooling.water_m3_per_h, is_over, fits < it_mw, held)


class _Guesses:
    """What the plant draws at the loads a solver tries, kept because one of them is the answer."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._tried: list[tuple[Array, NDArray[np.int64], Cooling, Array]] = []

    def facility_mw(self, it_mw: Array, hours: NDArray[np.int64]) -> Array:
        """Facility load of some hours. [MW]"""
        _, cooling, facility = self._plant.loads(it_mw, hours)
        self._tried.append((it_mw, hours, cooling, facility))
        return facility

    def put_right(
        self, it_mw: Array, is_over: NDArray[np.bool_], cooling: Cooling, facility_mw: Array
    ) -> NDArray[np.bool_]:
        """Put in place what was drawn at the loads found; the hours over the limit that are left."""
        left = is_over.copy()
        for tried_mw, hours, tried, facility in self._tried:
            hit = tried_mw == it_mw[hours]
            if hit.any():
                at = hours if hit.all() else hours[hit]
                cooling.power_mw[at] = tried.power_mw if at is hours else tried.power_mw[hit]
                cooling.water_m3_per_h[at] = (
                    tried.water_m3_per_h if at is hours else tried.water_m3_per_h[hit]
                )
                facility_mw[at] = facility if at is hours else facility[hit]
                left[at] = False
        return left


def _redraw(
    plant: Plant, it_mw: Array, hours: NDArray[np.int64], cooling: Cooling, facility_mw: Array
) -> None:
    """Put the loads of some hours in place after their IT load has changed."""
    if hours.size:
        _, again, facility = plant.loads(it_mw[hours], hours)
        cooling.power_mw[hours] = again.power_mw
        cooling.water_m3_per_h[hours] = again.water_m3_per_h
        facility_mw[hours] = facility


def _given(it_mw: Array, in_halls_mw: Array, hours: NDArray[np.int64]) -> Array:
    """Share of what the halls let through that the site draws in some hours, the same for all halls. [1]"""
    let = in_halls_mw[hours]
    return np.divide(it_mw[hours], let, out=np.ones_like(let), where=let > 0.0)


def _halls(
    fleet: SiteFleet,
    loads: list[PhaseLoad],
    served: Array | float,
    bound_h: NDArray[np.int64],
    given: Array,
    swings: list[Swing | None],
) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """Per phase, the share of its compute lost in the hours that bind, and its highest load by span."""
    spans = fleet.spans
    span = spans.of_hours(bound_h)
    first = np.flatnonzero(np.diff(span, prepend=-1))
    at = served[bound_h] if isinstance(served, np.ndarray) else served
    top, is_free = _served_unbound(spans, served, bound_h, span)
    lost, peaks = [], []
    for load, phase, swing in zip(loads, fleet.phases, swings, strict=True):
        peak = np.minimum(load.steady_mw + load.computing_mw * top, phase.ready_mw) * is_free
        if bound_h.size:
            want = load.steady_mw[span] + load.computing_mw[span] * at
            let = want - swing.cut_mw[bound_h] if swing is not None else want
            drawn = np.minimum(let, phase.ready_mw[span]) * given
            lost.append(1.0 - kept_compute_share(want, np.minimum(want, drawn), load.idle_mw[span]))
            peak[span[first]] = np.maximum(peak[span[first]], np.maximum.reduceat(drawn, first))
        else:
            lost.append(np.zeros(0))
        peaks.append(peak)
    return tuple(lost), tuple(peaks)


def _served_unbound(
    spans: Spans, served: Array | float, bound_h: NDArray[np.int64], span: NDArray[np.int64]
) -> tuple[Array | float, NDArray[np.bool_]]:
    """Largest share served in the hours of each span that do not bind, and whether there are any."""
    is_free = np.bincount(span, minlength=spans.hours.size) < spans.hours
    if not isinstance(served, np.ndarray):
        return served, is_free
    if bound_h.size:
        served = served.copy()
        served[bound_h] = 0.0
    return spans.max_of(served), is_free
