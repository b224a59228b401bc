"""What holds the plan back: planned MW that do not compute, by cause and month."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capsim.buildout import FUNDING, GRID, MAINTENANCE, OF_GRID, PLANNED_START, Outages, Timeline
from capsim.operations.fleet import SiteFleet
from capsim.operations.job_loads import JobLoad
from capsim.operations.spans import Spans
from capsim.scenario import Scenario
from capsim.units import HOURS_PER_DAY, KW_PER_MW, Calendar
from capsim.vocabulary import Binding, IdleCause

Array = NDArray[np.float64]

ACCELERATORS: Final[IdleCause] = "accelerators"
"""Cause: the hall is ready, and systems ordered for it are not there, not installed or not burnt in."""
NOT_ORDERED: Final[IdleCause] = "not ordered"
"""Cause: the hall is ready, and nothing is ordered for a part of it nor waits for money to be; in
colocation, not let."""
OF_THE_PLAN: Final[tuple[Binding, ...]] = (PLANNED_START, NOT_ORDERED)
"""Causes that are the plan's own and no limit to it."""
POWER: Final[IdleCause] = "power"
"""Cause: systems are in service, and a hall or the grid connection gives less than they want."""
COOLING: Final[IdleCause] = "cooling"
"""Cause: systems are in service, and the cooling plant carries less heat than they would give off."""
DEMAND: Final[IdleCause] = "demand"
"""Cause: systems are in service, and nobody asks for their compute."""
JOBS: Final[IdleCause] = "jobs"
"""Cause: systems are in service, and a class of whole jobs that fits nowhere leaves them idle."""

Waiting = dict[tuple[str, str], Array]
"""Mean MW that wait, by (cause, site), shape (n_months,)."""


def waiting_for_readiness(scenario: Scenario, timeline: Timeline) -> Waiting:
    """Critical IT MW not ready for service, by what is on the phase's critical path.

    All stages of a grid connection count as one cause.
    """
    mw = {(s.id, p.id): p.critical_it_mw for s in scenario.sites for p in s.phases}
    waiting: Waiting = {}
    for wait in timeline.waits:
        if not wait.item:
            share = month_shares(scenario.calendar, wait.start_d, wait.end_d)
            cause = GRID if wait.cause.startswith(OF_GRID) else wait.cause
            _add(waiting, cause, wait.site, share * mw[wait.site, wait.phase])
    return waiting


def waiting_in_service(
    fleet: SiteFleet,
    served: Array | float,
    months: dict[str, Array],
    down: Waiting,
    jobs: JobLoad | None = None,
) -> Waiting:
    """MW of a site that are ready and do not compute: no systems, out of service, no power, no demand.

    Of the site's monthly series `months` what is curtailed is read. `down` says, as `out_of_service_mw`
    does, for what those out of service wait; `jobs` what whole jobs leave idle that fit nowhere, of the time
    in which they are asked for.
    """
    site, hours = fleet.site.id, np.diff(fleet.scenario.calendar.month_start_d) * float(HOURS_PER_DAY)
    waiting: Waiting = {}
    by_cooling = months["cooling_curtailed_mwh"]
    _add(waiting, POWER, site, (months["curtailed_mwh"] - by_cooling) / hours)
    if by_cooling.any():
        _add(waiting, COOLING, site, by_cooling / hours)
    computing = fleet.total(lambda s: s.level * s.all_in_mw if s.accelerators else np.zeros_like(s.level))
    out = np.zeros(hours.size)
    for phase in fleet.phases:
        held = phase.total(lambda s: s.level * s.all_in_mw)
        placed = phase.total(lambda s: s.placed * s.all_in_mw)
        empty = np.maximum(phase.ready_mw - held, 0.0)
        unordered = np.minimum(np.maximum(phase.ready_mw - phase.committed_mw, 0.0), empty)
        unpaid = np.minimum(unordered, phase.unpaid_mw)
        if unpaid.any():
            _add(waiting, FUNDING, site, fleet.spans.sum_by_month(unpaid) / hours)
        _add(waiting, NOT_ORDERED, site, fleet.spans.sum_by_month(unordered - unpaid) / hours)
        absent = empty - unordered
        if any(system.placed is not system.level for system in phase.systems):
            lost = np.minimum(placed - held, absent)
            out += fleet.spans.sum_by_month(lost) / hours
            absent = absent - lost
        _add(waiting, ACCELERATORS, site, fleet.spans.sum_by_month(absent) / hours)
    total = np.sum([mw for (_, of), mw in down.items() if of == site], axis=0) if out.any() else out
    for (cause, of), mw in down.items():
        if of == site:
            _add(waiting, cause, site, out * mw / np.where(total > 0.0, total, 1.0))
    for cause, idle_h in _idle_h(fleet.spans, served, jobs):
        _add(waiting, cause, site, fleet.spans.fold_by_month(computing * idle_h) / hours)
    return waiting


def _idle_h(spans: Spans, served: Array | float, jobs: JobLoad | None) -> Iterator[tuple[IdleCause, Array]]:
    """Time of each span in which systems in service are not asked for, or too few for whole jobs. [h]"""
    asked_h = spans.sum_of(served) if isinstance(served, np.ndarray) else np.asarray(spans.hours * served)
    if jobs is not None and jobs.never:
        yield JOBS, jobs.left_over * asked_h
    if isinstance(served, np.ndarray):
        yield DEMAND, spans.hours - asked_h


def out_of_service_mw(scenario: Scenario, outages: Outages, fleets: list[SiteFleet]) -> Waiting:
    """Mean MW out of service by month: what repairs wait for, repairs under way, maintenance."""
    waiting: Waiting = {}
    edges_d = scenario.calendar.month_start_d.astype(np.float64)
    for lot in outages.lots:
        mw = lot.share * scenario.catalog.entry("systems", lot.system).number("all_in_it_kw") / KW_PER_MW
        if outages.waits_for:
            _add(waiting, outages.waits_for, lot.site, mw * mean_count(lot.down_d, lot.begun_d, edges_d))
        _add(waiting, outages.ends_with, lot.site, mw * mean_count(lot.begun_d, lot.up_d, edges_d))
    if outages.maintenance_share > 0.0:
        for fleet in fleets:
            hours = np.diff(edges_d) * float(HOURS_PER_DAY)
            for phase in fleet.phases:
                for system in (s for s in phase.systems if s.placed is not s.level):
                    placed = fleet.spans.sum_by_month(system.placed) / hours
                    _add(
                        waiting,
                        MAINTENANCE,
                        fleet.site.id,
                        placed * system.all_in_mw * outages.maintenance_share,
                    )
    return waiting


def mean_count(from_d: Array, to_d: Array, edges_d: Array) -> Array:
    """Mean between two edges of the number of intervals it lies in, in any order, shape (n_edges - 1,).

    Examples
    --------
    >>> mean_count(np.array([0.5, 2.0]), np.array([2.0, 9.0]), np.arange(5.0))
    array([0.5, 1. , 1. , 1. ])
    """
    days = _days_since(from_d, edges_d) - _days_since(to_d, edges_d)
    return np.asarray(np.diff(days) / np.diff(edges_d))


def _days_since(times_d: Array, edges_d: Array) -> Array:
    """Sum over the times before each edge of the days from them to it. [d]"""
    slot = np.searchsorted(edges_d, times_d, side="right")
    number = np.cumsum(np.bincount(slot, minlength=edges_d.size + 1))[: edges_d.size]
    sums = np.cumsum(np.bincount(slot, weights=times_d, minlength=edges_d.size + 1))[: edges_d.size]
    return np.asarray(number * edges_d - sums)


def month_shares(calendar: Calendar, start_d: ArrayLike, end_d: ArrayLike) -> Array:
    """Share of each month that lies between two times, or pairs of them, shape (..., n_months). [1]"""
    edges = calendar.month_start_d.astype(np.float64)
    start, end = (np.asarray(time_d, dtype=np.float64)[..., None] for time_d in (start_d, end_d))
    inside = np.minimum(edges[1:], end) - np.maximum(edges[:-1], start)
    return np.asarray(np.maximum(inside, 0.0) / np.diff(edges))


def merged(parts: list[Waiting]) -> Waiting:
    """Sum of several."""
    total: Waiting = {}
    for part in parts:
        for (cause, site), mw in part.items():
            _add(total, cause, site, mw)
    return total


def _add(waiting: Waiting, cause: str, site: str, mw: Array) -> None:
    before = waiting.get((cause, site))
    waiting[cause, site] = mw if before is None else before + mw
