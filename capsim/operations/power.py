"""Power of a site, hour by hour, inside its limits: halls, cooling plant, grid connection."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from capsim.models.it_power import capped, server_power, utilisation_at_power
from capsim.models.limits import lost_compute_share
from capsim.models.weather import Weather
from capsim.operations.fleet import PhaseFleet, SiteFleet
from capsim.operations.plant import Plant, inside_limits
from capsim.operations.spans import Cut, Spans
from capsim.scenario.schema import Scenario, Site, Workload

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SitePower:
    """Hourly power of a site, each of shape (n_hours,). [MW]"""

    it_wanted_mw: Array
    it_mw: Array
    cooling_mw: Array
    losses_mw: Array
    facility_mw: Array
    water_m3_per_h: Array
    lost_h: tuple[Array, ...]
    """Compute each phase loses where a hall, the cooling or the meter gives less than is wanted: hours in
    which all of its allocation ceiling would run, shape (n_spans,). [h]"""
    hall_peak_mw: tuple[Array, ...]
    """Highest hourly IT load of each hall, shape (n_spans,). [MW]"""
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
    asked = _asked(fleet, loads, served)
    ready = energised = spans.hourly(fleet.ready_mw)
    if limit_mw.size == fleet.grid_mw.size:
        if np.any(fleet.ready_mw > limit_mw):
            energised = spans.hourly(np.minimum(fleet.ready_mw, limit_mw))
        limit_mw = spans.hourly(limit_mw)
    else:
        energised = np.minimum(ready, limit_mw)
    plant = Plant(scenario, site, energised, ready, weather)
    drawn = inside_limits(plant, asked.in_halls_mw, limit_mw)
    power_limited, cooling_limited = drawn.is_power_limited, drawn.is_cooling_limited
    if asked.in_halls_mw is not asked.wanted_mw:
        power_limited = power_limited | (asked.in_halls_mw < asked.wanted_mw)
    bound_h = np.flatnonzero(power_limited | cooling_limited)
    lost, peak = _halls(fleet, loads, served, bound_h, _given(drawn.it_mw, asked.in_halls_mw, bound_h))
    return SitePower(
        it_wanted_mw=asked.wanted_mw,
        it_mw=drawn.it_mw,
        cooling_mw=drawn.cooling_mw,
        losses_mw=drawn.facility_mw - drawn.it_mw - drawn.cooling_mw,
        facility_mw=drawn.facility_mw,
        water_m3_per_h=drawn.water_m3_per_h,
        lost_h=lost,
        hall_peak_mw=peak,
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


def _asked(fleet: SiteFleet, loads: list[PhaseLoad], served: Array | float) -> _Asked:
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
    for load, phase in zip(loads, fleet.phases, strict=True):
        steady += load.steady_mw
        computing += load.computing_mw
        if np.any(load.steady_mw + load.computing_mw * top > phase.ready_mw):
            over = spans.hourly(load.computing_mw) * served + spans.hourly(load.steady_mw - phase.ready_mw)
            np.maximum(over, 0.0, out=over)
            beyond = over if beyond is None else beyond + over
    all_mw = spans.hourly(computing) * served
    all_mw += spans.hourly(steady)
    return _Asked(all_mw, all_mw if beyond is None else np.maximum(all_mw - beyond, 0.0))


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


def _given(it_mw: Array, in_halls_mw: Array, hours: NDArray[np.int64]) -> Array:
    """Share of what the halls let through that the site draws in some hours, the same for all halls. [1]"""
    let = in_halls_mw[hours]
    if np.min(let, initial=np.inf) > 0.0:
        return it_mw[hours] / let
    return np.divide(it_mw[hours], let, out=np.ones_like(let), where=let > 0.0)


def _halls(
    fleet: SiteFleet, loads: list[PhaseLoad], served: Array | float, bound_h: NDArray[np.int64], given: Array
) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """Per phase, span by span, the compute lost in the hours that bind [h], and the highest load. [MW]"""
    cut = fleet.spans.cut(bound_h)
    top, is_free = _served_unbound(fleet.spans, served, bound_h, cut)
    bound = _Bound(cut, served[bound_h] if isinstance(served, np.ndarray) else served, given)
    lost, peaks = [], []
    for load, phase in zip(loads, fleet.phases, strict=True):
        peak = np.minimum(load.steady_mw + load.computing_mw * top, phase.ready_mw) * is_free
        lost_h = np.zeros_like(peak)
        if bound_h.size:
            lost_h, drawn = _bound_hall(load, phase.ready_mw, bound)
            peak = np.maximum(peak, drawn)
        lost.append(lost_h)
        peaks.append(peak)
    return tuple(lost), tuple(peaks)


@dataclass(frozen=True, eq=False)
class _Bound:
    """The hours of a site that bind."""

    cut: Cut
    """How many of them lie in each span."""
    served: Array | float
    """Share of the allocation ceiling asked for in each. [1]"""
    given: Array
    """Share of what the halls let through that the site draws in each. [1]"""

    @cached_property
    def given_by_span(self) -> tuple[Array, Array, Array]:
        """Least, mean and most of `given` in each span. [1]"""
        cut = self.cut
        return (
            cut.min_of(self.given),
            cut.sum_of(self.given) / np.maximum(cut.hours, 1),
            cut.max_of(self.given),
        )


def _bound_hall(load: PhaseLoad, ready_mw: Array, bound: _Bound) -> tuple[Array, Array]:
    """Compute a hall loses in hours that bind [h], and its highest load in them [MW], span by span.

    Where the wish is the same all along a span, and its hours draw idle power or more, the loss is linear
    in what is given: its mean is that of the mean hour.
    """
    cut, served = bound.cut, bound.served
    if not isinstance(served, np.ndarray):
        least, mean, most = bound.given_by_span
        want = load.steady_mw + load.computing_mw * served
        let = np.minimum(want, ready_mw)
        if np.all((let * least >= load.idle_mw) | (cut.hours == 0)):
            lost = lost_compute_share(want, let * mean, load.idle_mw)
            return lost * (cut.hours * served), let * most
    want = cut.spread(load.steady_mw) + cut.spread(load.computing_mw) * served
    drawn = np.minimum(want, cut.spread(ready_mw))
    drawn *= bound.given
    lost = lost_compute_share(want, drawn, cut.spread(load.idle_mw))
    lost *= served
    return cut.sum_of(lost), cut.max_of(drawn)


def _served_unbound(
    spans: Spans, served: Array | float, bound_h: NDArray[np.int64], cut: Cut
) -> tuple[Array | float, NDArray[np.bool_]]:
    """Largest share served in the hours of each span that do not bind, and whether there are any."""
    is_free = cut.hours < spans.hours
    if not isinstance(served, np.ndarray):
        return served, is_free
    if bound_h.size:
        served = served.copy()
        served[bound_h] = 0.0
    return spans.max_of(served), is_free
