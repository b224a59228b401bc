"""What the swing of whole jobs within the hour costs a hall that holds more than it carries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.models.power_swing import clipped, swing
from capsim.operations.fleet import PhaseFleet, SiteFleet
from capsim.operations.jobs import JobLoad
from capsim.operations.loads import PhaseLoad
from capsim.operations.spans import Spans

Array = NDArray[np.float64]

_POINTS = 33
"""Loads of a hall at which the cut is computed; between them it is interpolated."""
_STEPS = 400.0
"""Steps in which states of a hall are told apart where its fleet changes in every hour."""
_MANY_SPANS = 1000
_NOTHING = 1e-9
"""Share of a load below which a cut is none. [1]"""


@dataclass(frozen=True)
class Swing:
    """Cut of a hall's load by its own limit, each of shape (n_hours,)."""

    cut_mw: Array
    """Mean load above the limit. [MW]"""
    cut_share: Array
    """Share of the hour in which the limit cuts. [1]"""


@dataclass(frozen=True)
class _State:
    """A hall with a fleet in it."""

    limit_mw: float
    steady_mw: float
    dynamic_mw: float
    """Mean power above the steady one when all accelerators are held and busy as the best class. [MW]"""
    peak_mw: float
    """Most power above the steady one: the accelerators at their cap or nameplate. [MW]"""
    chips: float
    held: Array
    """Share of the site's accelerators by class, shape (n_classes,). [1]"""


def hall_swings(
    fleet: SiteFleet, loads: list[PhaseLoad], served: Array | float, jobs: JobLoad | None
) -> list[Swing | None]:
    """Cut of each hall by the swing of its jobs; None where there is none."""
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
    if not bound_h.size:
        return tuple(np.zeros_like(phase.ready_mw) for phase in fleet.phases)
    span = spans.of_hours(bound_h)
    at = served[bound_h] if isinstance(served, np.ndarray) else served
    times: list[Array] = []
    for load, phase, own in zip(loads, fleet.phases, swings, strict=True):
        if own is None:
            want = load.steady_mw[span] + load.computing_mw[span] * at
            share = (want > phase.ready_mw[span]).astype(np.float64)
        else:
            share = own.cut_share[bound_h]
        times.append(np.bincount(span, weights=share, minlength=spans.hours.size).astype(np.float64))
    return tuple(times)


def _hall_swing(
    phase: PhaseFleet, load: PhaseLoad, jobs: JobLoad, served: Array, spans: Spans
) -> Swing | None:
    """Cut of a hall's load hour by hour; None where its systems cannot exceed its limit.

    Jobs are spread over the halls in proportion to their accelerators; one larger than a hall fills it.
    """
    steady, computing = load.steady_mw, load.computing_mw
    chips = np.zeros_like(steady)
    for system in phase.systems:
        chips += system.level * system.accelerators
    peak = np.minimum(load.peak_mw, computing / (jobs.goodput * jobs.mix.compute.min()))
    tight = np.flatnonzero((steady + peak > phase.ready_mw * (1.0 + _NOTHING)) & (computing > 0.0))
    if not tight.size:
        return None
    cut, share = np.zeros(served.size), np.zeros(served.size)
    columns = np.column_stack([phase.ready_mw, steady, computing, peak, chips, jobs.mean_held.T])[tight]
    _, first, state_of = np.unique(_rounded(columns), axis=0, return_index=True, return_inverse=True)
    for number, row in enumerate(columns[first]):
        of_spans = tight[state_of.ravel() == number]
        hours = _hours(spans, of_spans)
        at = served[hours]
        low, high = float(at.min()), float(at.max())
        loads_at = np.array([low]) if high - low < _NOTHING else np.linspace(low, high, _POINTS)
        limit, base, dynamic_most, peak_most, count = (float(value) for value in row[:5])
        state = _State(limit, base, dynamic_most, peak_most, count, row[5:])
        cut_at, share_at = _cut(state, jobs, loads_at)
        dynamic = np.repeat(computing[of_spans], spans.hours[of_spans])
        cut[hours] = np.interp(at, loads_at, cut_at) * dynamic
        share[hours] = np.interp(at, loads_at, share_at)
    want = spans.hourly(steady) + spans.hourly(computing) * served
    np.maximum(cut, want - spans.hourly(phase.ready_mw), out=cut)
    cut[cut <= _NOTHING * want] = 0.0
    return Swing(cut, share)


def _cut(state: _State, jobs: JobLoad, served: Array) -> tuple[Array, Array]:
    """Cut over the dynamic power of the hall, and share of the time with it, where a share `served` runs."""
    mix = jobs.mix
    work = state.held * mix.busy
    weight = work / work.sum() if work.sum() > 0.0 else np.zeros_like(work)
    size = np.minimum(mix.sizes, state.chips)
    per_chip = state.dynamic_mw / (state.chips * jobs.goodput)
    compute = np.maximum(mix.compute, min(1.0, state.dynamic_mw / (jobs.goodput * state.peak_mw)))
    power, on = size * per_chip / compute, mix.busy * compute
    mean = np.outer(weight, served) * state.dynamic_mw
    count = np.divide(mean, (power * on)[:, None], out=np.zeros_like(mean), where=(power * on)[:, None] > 0.0)
    _, variance = swing(count, power[:, None], on[:, None])
    largest = int(np.argmax(variance[:, -1]))
    others = mean.sum(axis=0) - mean[largest]
    given, share = clipped(
        state.steady_mw + others,
        jobs=count[largest],
        job_mw=power[largest],
        on_share=on[largest],
        others_variance=variance.sum(axis=0) - variance[largest],
        limit_mw=state.limit_mw,
    )
    total = mean.sum(axis=0)
    return np.maximum(state.steady_mw + total - given, 0.0) / state.dynamic_mw, share


def _rounded(columns: Array) -> Array:
    """States as they are, or in steps where there are as many as hours."""
    if len(columns) < _MANY_SPANS:
        return columns
    most = columns.max(axis=0)
    return np.asarray(np.rint(columns / np.where(most > 0.0, most, 1.0) * _STEPS))


def _hours(spans: Spans, of_spans: NDArray[np.int64]) -> NDArray[np.int64]:
    """Hours of some spans, in order."""
    starts, lengths = spans.edges_h[of_spans], spans.hours[of_spans]
    offset = np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    return offset + np.arange(int(lengths.sum()))
