"""What the swing of whole jobs within the hour costs a hall that holds more than it carries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.models.limits import lost_compute_share
from capsim.models.power_swing import clipped, swing
from capsim.models.ratios import share_of
from capsim.operations.fleet import PhaseFleet, SiteFleet
from capsim.operations.job_loads import JobLoad
from capsim.operations.phase_loads import PhaseLoad, racks_at_work_mw
from capsim.operations.spans import Spans
from capsim.units import Array

_POINTS = 17
"""Loads of a hall at which the cut is computed; between them it is interpolated."""
_STEPS = 400
"""Steps of each quantity in which the states of a hall are told apart where there are many."""
_FEW_STATES = 24
_NOTHING = 1e-9
"""Share of a load, or of the time, below which a cut is none. [1]"""
_HASH = 0x9E3779B97F4A7C15
"""Odd multiplier that spreads the states of a hall over whole numbers (Fibonacci hashing)."""


@dataclass(frozen=True)
class Swing:
    """Cut of a hall's load by its own limit, each of shape (n_hours,)."""

    cut_mw: Array
    """Mean load that the limit takes: racks switched off, and what swings above it of the others. [MW]"""
    above_mw: Array
    """Mean load that would swing above the limit, or above the mean where that is higher. [MW]"""
    cut_share: Array
    """Share of the hour in which the limit cuts. [1]"""


@dataclass(frozen=True)
class _States:
    """Fleets that a hall has in it, one a row."""

    limit_mw: Array
    steady_mw: Array
    dynamic_mw: Array
    """Mean power above the steady one when all accelerators are held and busy as the best class. [MW]"""
    peak_mw: Array
    """Most power above the steady one: the accelerators at their cap or nameplate. [MW]"""
    chips: Array
    held: Array
    """Share of the site's accelerators by class, shape (n_states, n_classes). [1]"""


def hall_swings(
    fleet: SiteFleet, loads: list[PhaseLoad], served: Array | float, jobs: JobLoad | None
) -> list[Swing | None]:
    """Cut of each hall by the swing of its jobs; None where there is none."""
    # without whole jobs a hall's load is its mean, which `cut_times` and `site_power` cut themselves
    if jobs is None or not isinstance(served, np.ndarray):
        return [None] * len(loads)
    return [
        _hall_swing(phase, load, jobs, served, fleet.spans)
        for phase, load in zip(fleet.phases, loads, strict=True)
    ]


def cut_times(
    fleet: SiteFleet,
    loads: list[PhaseLoad],
    swings: list[Swing | None],
    served: Array | float,
    bound_h: NDArray[np.int64],
) -> tuple[Array, ...]:
    """Time in each span in which each hall's own limit cuts its load, among the hours that bind. [h]"""
    spans = fleet.spans
    # no hour binds: there is nothing to look up in the hours
    if not bound_h.size:
        return (np.zeros_like(fleet.grid_mw),) * len(fleet.phases)
    span = spans.of_hours(bound_h)
    at = served[bound_h] if isinstance(served, np.ndarray) else served
    times, never = list[Array](), np.zeros_like(fleet.grid_mw)
    for load, phase, swing_of in zip(loads, fleet.phases, swings, strict=True):
        if swing_of is not None:
            times.append(spans.sum_of(swing_of.cut_share))
        elif np.any(load.steady_mw + load.computing_mw > phase.ready_mw):
            want = load.steady_mw[span] + load.computing_mw[span] * at
            is_over = (want > phase.ready_mw[span]).astype(np.float64)
            times.append(np.bincount(span, weights=is_over, minlength=spans.hours.size).astype(np.float64))
        else:
            times.append(never)
    return tuple(times)


def _hall_swing(
    phase: PhaseFleet, load: PhaseLoad, jobs: JobLoad, served: Array, spans: Spans
) -> Swing | None:
    """Cut of a hall's load hour by hour; None where its systems cannot exceed its limit.

    Jobs are spread evenly over the halls, each at its full size whatever part of them runs. One larger
    than its part of a hall swings there with all of that part. Where the mean is above the limit, racks
    are switched off until it fits, and the rest swings as all would around the mean.
    """
    steady, computing = load.steady_mw, load.computing_mw
    chips = phase.total(lambda system: system.level * system.kind.accelerators)
    peak = np.minimum(load.peak_mw, computing / (jobs.goodput * jobs.mix.compute.min()))
    tight = np.flatnonzero((steady + peak > phase.ready_mw * (1.0 + _NOTHING)) & (computing > 0.0))
    # most halls hold no more than they carry
    if not tight.size:
        return None
    above, share = np.zeros(served.size), np.zeros(served.size)
    columns = np.column_stack([phase.ready_mw, steady, computing, peak, chips, jobs.mean_held.T])[tight]
    first, groups = _groups(columns)
    rows = columns[first]
    hours = [_hours(spans, tight[group]) for group in groups]
    ends = np.array([(served[at].min(), served[at].max()) for at in hours])
    loads_at = np.linspace(ends[:, 0], ends[:, 1], _POINTS if np.any(np.diff(ends) > _NOTHING) else 1, axis=1)
    limit, base, dynamic_most, peak_most, count = rows[:, :5].T
    states = _States(limit, base, dynamic_most, peak_most, count, rows[:, 5:])
    above_at, share_at = _above(states, jobs, loads_at)
    for number, at in enumerate(hours):
        group = tight[groups[number]]
        dynamic = np.repeat(computing[group], spans.hours[group])
        above[at] = np.interp(served[at], loads_at[number], above_at[number]) * dynamic
        share[at] = np.interp(served[at], loads_at[number], share_at[number])
    want = spans.hourly(steady) + spans.hourly(computing) * served
    above[above <= _NOTHING * want] = 0.0
    share[share <= _NOTHING] = 0.0
    over = np.flatnonzero(want > spans.hourly(phase.ready_mw))
    # most halls carry their mean load: nothing is switched off
    if not over.size:
        return Swing(above, above, share)
    cut = above.copy()
    kept = spans.hourly(phase.ready_mw)[over]
    idle = spans.hourly(load.computing_idle_mw)[over]
    on = 1.0 - lost_compute_share(racks_at_work_mw(want[over], idle, jobs.at_work(served)[over]), kept)
    cut[over] = want[over] - kept + on * above[over]
    share[over] = 1.0
    return Swing(cut, above, share)


def lost_in_swing(at_work_mw: Array, drawn_mw: Array, above_mw: Array, computing_mw: Array) -> Array:
    """Share of its compute that a hall with a swing loses: racks off, and the others slowed. [1]

    Slowed racks draw less, so that `drawn_mw` carries more of them.
    """
    slowed = share_of(above_mw, computing_mw)
    off = lost_compute_share(at_work_mw - above_mw, drawn_mw)
    return np.asarray(slowed + off * (1.0 - slowed))


def _above(states: _States, jobs: JobLoad, served: Array) -> tuple[Array, Array]:
    """Load above the limit over dynamic power, and share of the time with it, where shares `served` run.

    All of shape (n_states, n_loads). Where the mean is above the limit, it stands in for it.
    """
    mix = jobs.mix
    work = states.held * mix.busy
    weight = share_of(work, work.sum(axis=1, keepdims=True))
    per_chip = states.dynamic_mw / (states.chips * jobs.goodput)
    least = np.minimum(1.0, states.dynamic_mw / (jobs.goodput * states.peak_mw))
    on = (mix.busy * np.maximum(mix.compute, least[:, None])).T[:, :, None]
    mean = weight.T[:, :, None] * (states.dynamic_mw[:, None] * served)
    of_class = states.held.T * states.chips / mix.on_share[:, None]
    size = np.minimum(mix.sizes[:, None], of_class)[:, :, None]
    held = mean / (per_chip[:, None] * mix.busy[:, None, None])
    count = share_of(held, size)
    power = np.broadcast_to(size * per_chip[:, None] * mix.busy[:, None, None] / on, mean.shape)
    _, variance = swing(count, power, on)
    largest = np.argmax(variance, axis=0)[None]
    total = mean.sum(axis=0)
    of_largest = np.take_along_axis(mean, largest, axis=0)[0]
    limit = np.maximum(states.limit_mw[:, None], states.steady_mw[:, None] + total)
    let_through, share = clipped(
        states.steady_mw[:, None] + np.maximum(total - of_largest, 0.0),
        jobs=np.take_along_axis(count, largest, axis=0)[0],
        job_mw=np.take_along_axis(power, largest, axis=0)[0],
        on_share=np.take_along_axis(np.broadcast_to(on, mean.shape), largest, axis=0)[0],
        others_variance=np.maximum(variance.sum(axis=0) - variance.max(axis=0), 0.0),
        limit_mw=limit,
    )
    most = states.steady_mw[:, None] + (np.ceil(count - _NOTHING) * power).sum(axis=0)
    can = most > limit * (1.0 + _NOTHING)
    above = np.maximum(states.steady_mw[:, None] + total - let_through, 0.0) / states.dynamic_mw[:, None]
    return above * can, share * can


def _groups(columns: Array) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """Rows that are alike, near enough where they are many: the first of each kind, and all of them."""
    if len(columns) > _FEW_STATES:
        most = columns.max(axis=0)
        steps = np.rint(columns / np.where(most > 0.0, most, 1.0) * _STEPS).astype(np.uint64)
        key = np.zeros(len(columns), dtype=np.uint64)
        for column in steps.T:
            key = (key ^ column) * np.uint64(_HASH)
        _, first, kind = np.unique(key, return_index=True, return_inverse=True)
    else:
        _, first, kind = np.unique(columns, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(kind.ravel(), kind="stable")
    ends = np.cumsum(np.bincount(kind.ravel()))
    return first, np.split(order, ends[:-1])


def _hours(spans: Spans, of_spans: NDArray[np.int64]) -> NDArray[np.int64]:
    """Hours of some spans, in order."""
    starts, lengths = spans.edges_h[of_spans], spans.hours[of_spans]
    offset = np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    return offset + np.arange(int(lengths.sum()))
