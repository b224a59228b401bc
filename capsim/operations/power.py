"""Power of a site, hour by hour, inside its limits: halls, cooling plant, grid connection."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from capsim.models.limits import RELATIVE_GAP, lost_compute_share
from capsim.models.ratios import share_of
from capsim.models.system_power import HallAir
from capsim.operations.fleet import SiteFleet, sum_of
from capsim.operations.hall_swing import Swing, cut_times, hall_swings, lost_in_swing
from capsim.operations.job_loads import JobLoad
from capsim.operations.outside import Outside
from capsim.operations.phase_loads import PhaseLoad, phase_load, racks_at_work_mw, workload_of
from capsim.operations.power_limit import Limit
from capsim.operations.site_plant import Drawn, Plant, Steady, inside_limits
from capsim.operations.spans import Cut, Spans
from capsim.units import Array


@dataclass(frozen=True)
class SitePower:
    """Hourly power of a site, each of shape (n_hours,). [MW]"""

    it_wanted_mw: Array
    in_halls_mw: Array
    """What the halls let through of it."""
    it_mw: Array
    it_by_span_mw: Array | None
    """The same span by span, shape (n_spans,); None where it changes inside a span."""
    cooling_mw: Array
    facility_mw: Array
    water_m3_per_h: Array
    lost_h: tuple[Array, ...]
    """Compute each phase loses where a hall, the cooling or the meter gives less than is wanted: hours in
    which all of its allocation ceiling would run, shape (n_spans,). [h]"""
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
    plant: Plant
    """Cooling and electrical chain that drew it."""
    loads: list[PhaseLoad]
    """What each hall wants."""

    @property
    def losses_mw(self) -> Array:
        """What is drawn besides IT and cooling. [MW]"""
        return self.facility_mw - self.it_mw - self.cooling_mw


def site_power(
    fleet: SiteFleet,
    served: Array | float,
    outside: Outside,
    limit: Limit,
    jobs: JobLoad | None = None,
) -> SitePower:
    """Power of a site when a share `served` of its allocation ceiling is asked for.

    `limit` is the most power at the meter; `served` is of shape (n_hours,) or, where nothing moves it, a
    scalar. Plant beyond the limit stays switched off, so an
    empty hall never draws more than the connection carries. Whole `jobs` swing within the hour, and a
    hall's limit cuts what of that swing is above it.
    """
    asked = asked_of(fleet, served, outside.hall_air, jobs)
    loads, swings = asked.loads, asked.swings
    plant, drawn = inside_connection(fleet, asked, outside, limit)
    power_limited, cooling_limited = drawn.is_power_limited, drawn.is_cooling_limited
    is_bound = power_limited | cooling_limited
    if asked.in_halls_mw is not asked.wanted_mw:
        is_bound = is_bound | (asked.in_halls_mw < asked.wanted_mw)
        power_limited = power_limited | _is_over(fleet, loads, served)
    bound_h = np.flatnonzero(is_bound)
    bound = _bound(drawn.it_mw, asked.in_halls_mw, bound_h, fleet.spans.cut(bound_h), served, jobs)
    lost, peak = _halls(fleet, loads, asked.of_halls, served, bound, swings)
    return SitePower(
        it_wanted_mw=asked.wanted_mw,
        in_halls_mw=asked.in_halls_mw,
        it_mw=drawn.it_mw,
        it_by_span_mw=asked.in_halls_by_span if drawn.it_mw is asked.in_halls_mw else None,
        cooling_mw=drawn.cooling_mw,
        facility_mw=drawn.facility_mw,
        water_m3_per_h=drawn.water_m3_per_h,
        lost_h=lost,
        hall_peak_mw=peak,
        hall_cut_h=cut_times(fleet, loads, swings, served, bound_h),
        is_power_limited=power_limited,
        is_cooling_limited=cooling_limited,
        held_by_cooling_mw=drawn.held_by_cooling_mw,
        plant=plant,
        loads=loads,
    )


@dataclass(frozen=True)
class Asked:
    """IT load of a site before the limits of its cooling and its meter."""

    loads: list[PhaseLoad]
    """What each hall wants."""
    swings: list[Swing | None]
    """What the swing of whole jobs cuts in each hall."""
    wanted_mw: Array
    """What all halls want, shape (n_hours,). [MW]"""
    in_halls_mw: Array
    """What the halls let through, shape (n_hours,); the same object where they let through all. [MW]"""
    in_halls_by_span: Array | None = None
    """The same span by span; None where it changes inside a span. [MW]"""
    of_halls: tuple[Array, ...] = ()
    """The same hall by hall; empty where it changes inside a span. [MW]"""


def inside_connection(fleet: SiteFleet, asked: Asked, outside: Outside, limit: Limit) -> tuple[Plant, Drawn]:
    """Plant of a site, and what it draws of what is asked for; see `site_power`."""
    spans, ready_by_span, steady = fleet.spans, fleet.ready_mw, None
    ready = energised = spans.hourly(ready_by_span)
    if limit.is_by_span:
        energised_by_span = np.minimum(ready_by_span, limit.mw)
        if np.any(ready_by_span > limit.mw):
            energised = spans.hourly(energised_by_span)
        if asked.in_halls_by_span is not None:
            steady = Steady(spans, asked.in_halls_by_span, energised_by_span, ready_by_span)
    else:
        energised = np.minimum(ready, limit.mw)
    plant = Plant(fleet, energised, ready, outside, steady)
    return plant, inside_limits(plant, asked.in_halls_mw, limit)


def _is_over(fleet: SiteFleet, loads: list[PhaseLoad], served: Array | float) -> NDArray[np.bool_]:
    """Whether the mean load of a hall is above its own limit, hour by hour."""
    spans = fleet.spans
    over = np.zeros(int(spans.edges_h[-1]), dtype=np.bool_)
    top = spans.max_of(served) if isinstance(served, np.ndarray) else served
    for load, phase in zip(loads, fleet.phases, strict=True):
        # a hall that holds just what it carries is not over it by what its sum rounds
        most = phase.ready_mw * (1.0 + RELATIVE_GAP)
        if np.any(load.steady_mw + load.computing_mw * top > most):
            want = spans.hourly(load.steady_mw) + spans.hourly(load.computing_mw) * served
            over |= want > spans.hourly(most)
    return over


def asked_of(fleet: SiteFleet, served: Array | float, air: HallAir, jobs: JobLoad | None = None) -> Asked:
    """What all phases want, and what their halls let through of it; see `site_power`."""
    workload, spans = workload_of(fleet, jobs), fleet.spans
    loads = [phase_load(phase, workload, air) for phase in fleet.phases]
    swings = hall_swings(fleet, loads, served, jobs)
    # nothing changes inside a span: all is computed by span and spread over the hours once
    if not isinstance(served, np.ndarray):
        wanted = [load.at_mw(served) for load in loads]
        let = [
            # most halls carry all of it: to see that takes less than to copy it
            want if np.all(want <= phase.ready_mw) else np.minimum(want, phase.ready_mw)
            for want, phase in zip(wanted, fleet.phases, strict=True)
        ]
        is_cut = any(through is not want for through, want in zip(let, wanted, strict=True))
        all_halls = sum_of(wanted, fleet.grid_mw)
        in_halls = sum_of(let, fleet.grid_mw) if is_cut else all_halls
        all_mw = spans.hourly(all_halls)
        let_through = all_mw
        if is_cut and not np.array_equal(in_halls, all_halls):
            let_through = spans.hourly(in_halls)
        return Asked(loads, swings, all_mw, let_through, in_halls, tuple(let))
    # halls that nothing cuts share one sum, which is spread over the hours once
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
    let_through = all_mw if beyond is None else np.maximum(all_mw - beyond, 0.0)
    return Asked(loads, swings, all_mw, let_through)


def _drawn_share(it_mw: Array, in_halls_mw: Array, hours: NDArray[np.int64]) -> Array:
    """Share of what the halls let through that the site draws in some hours, the same for all halls. [1]"""
    let = in_halls_mw[hours]
    # a plain division is faster than a masked one, and empty halls seldom bind
    if np.min(let, initial=np.inf) > 0.0:
        return it_mw[hours] / let
    return share_of(it_mw[hours], let, of_nothing=1.0)


def _halls(
    fleet: SiteFleet,
    loads: list[PhaseLoad],
    of_halls: tuple[Array, ...],
    served: Array | float,
    bound: _Bound,
    swings: list[Swing | None],
) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """Per phase, span by span, the compute lost in the hours that bind [h], and the highest load. [MW]

    `of_halls` is what each hall lets through, where nothing moves it inside a span.
    """
    top, is_free = _served_unbound(fleet.spans, served, bound)
    peaks = of_halls or tuple(
        np.minimum(load.steady_mw + load.computing_mw * top, phase.ready_mw)
        for load, phase in zip(loads, fleet.phases, strict=True)
    )
    if not bound.hours.size:
        return (np.zeros_like(fleet.grid_mw),) * len(peaks), peaks
    in_turn = zip(loads, fleet.phases, swings, strict=True)
    drawn = [_bound_hall(load, phase.ready_mw, bound, swing) for load, phase, swing in in_turn]
    highest = (np.maximum(peak * is_free, most) for peak, (_, most) in zip(peaks, drawn, strict=True))
    return tuple(lost_h for lost_h, _ in drawn), tuple(highest)


@dataclass(frozen=True, eq=False)
class _Bound:
    """The hours of a site that bind."""

    hours: NDArray[np.int64]
    cut: Cut
    """How many of them lie in each span."""
    served: Array | float
    """Share of the allocation ceiling asked for in each. [1]"""
    at_work: Array | float
    """Share of the racks that have work in each. [1]"""
    drawn_share: Array
    """Share of what the halls let through that the site draws in each. [1]"""

    @cached_property
    def drawn_share_by_span(self) -> tuple[Array, Array]:
        """Mean and most of `drawn_share` in each span. [1]"""
        cut = self.cut
        return cut.sum_of(self.drawn_share) / np.maximum(cut.hours, 1), cut.max_of(self.drawn_share)


def _bound(
    it_mw: Array,
    in_halls_mw: Array,
    hours: NDArray[np.int64],
    cut: Cut,
    served: Array | float,
    jobs: JobLoad | None,
) -> _Bound:
    """The hours that bind: what is asked for in them, and how much of what halls let through is drawn."""
    at_work = served if jobs is None else jobs.at_work(served)
    asked, working = (of[hours] if isinstance(of, np.ndarray) else of for of in (served, at_work))
    return _Bound(hours, cut, asked, working, _drawn_share(it_mw, in_halls_mw, hours))


def _bound_hall(load: PhaseLoad, ready_mw: Array, bound: _Bound, swing: Swing | None) -> tuple[Array, Array]:
    """Compute a hall loses in hours that bind [h], and its highest load in them [MW], span by span.

    Where all is asked for in all hours, the loss is linear in what is drawn: its mean is that of the mean
    hour.
    """
    cut, served = bound.cut, bound.served
    if not isinstance(served, np.ndarray) and swing is None:
        mean, most = bound.drawn_share_by_span
        want = load.steady_mw + load.computing_mw * served
        let = np.minimum(want, ready_mw)
        return lost_compute_share(want, let * mean) * (cut.hours * served), let * most
    computing = cut.spread(load.computing_mw) * served
    want = cut.spread(load.steady_mw) + computing
    at_work = racks_at_work_mw(want, cut.spread(load.computing_idle_mw), bound.at_work)
    if swing is None:
        drawn = np.minimum(want, cut.spread(ready_mw)) * bound.drawn_share
        lost = lost_compute_share(at_work, drawn)
    else:
        drawn = (want - swing.cut_mw[bound.hours]) * bound.drawn_share
        lost = lost_in_swing(at_work, drawn, swing.above_mw[bound.hours], computing)
    # in place: one array less for each hall
    lost *= served
    return cut.sum_of(lost), cut.max_of(drawn)


def _served_unbound(
    spans: Spans, served: Array | float, bound: _Bound
) -> tuple[Array | float, NDArray[np.bool_]]:
    """Largest share served in the hours of each span that do not bind, and whether there are any."""
    is_free = bound.cut.hours < spans.hours
    # one share for all hours: nothing to look up
    if not isinstance(served, np.ndarray):
        return served, is_free
    if bound.hours.size:
        served = served.copy()
        served[bound.hours] = 0.0
    return spans.max_of(served), is_free
