"""What holds the plan back: planned MW that do not compute, by cause and month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from capsim.buildout import (
    FUNDING,
    GRID,
    MAINTENANCE,
    OF_GRID,
    PLANNED_START,
    Outage,
    Outages,
    Timeline,
    Wait,
)
from capsim.operations.fleet import SiteFleet
from capsim.operations.job_loads import JobLoad
from capsim.operations.spans import Spans
from capsim.scenario import Scenario
from capsim.units import HOURS_PER_DAY, KW_PER_MW, Array, Calendar, row_blocks
from capsim.vocabulary import Binding, IdleCause

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

_ROUNDING = 1e-12
"""Share by which sums of the same systems may differ. [1]"""
Waiting = dict[tuple[str, str], Array]
"""Mean MW that wait, by (cause, site), shape (n_months,)."""


def waiting_for_readiness(scenario: Scenario, timeline: Timeline) -> Waiting:
    """Critical IT MW not ready for service, by what is on the phase's critical path."""
    mw = {(s.id, p.id): p.critical_it_mw for s in scenario.sites for p in s.phases}
    waiting: Waiting = {}
    waits = [wait for wait in timeline.waits if not wait.item]
    for some in row_blocks(len(waits)):
        start_d, end_d = np.array([wait[:2] for wait in waits[some]], dtype=np.float64).T
        shares = month_shares(scenario.calendar, start_d, end_d)
        for wait, share in zip(waits[some], shares, strict=True):
            _add(waiting, cause_of(wait), wait.site, share * mw[wait.site, wait.phase])
    return waiting


def cause_of(wait: Wait) -> str:
    """Cause under which a wait counts: all stages of a grid connection are one."""
    return GRID if wait.cause.startswith(OF_GRID) else wait.cause


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
    out = np.zeros(hours.size)
    planned = fleet.by_plan
    there = planned if _is_linear(planned) else fleet

    def month_mw(by_span: Array) -> Array:
        return there.spans.sum_by_month(by_span) / hours

    def spread(of_plan: Array) -> Array:
        return of_plan if there is planned else planned.spans.hourly(of_plan)

    for phase in there.phases:
        held = phase.total(lambda s: s.level * s.kind.all_in_mw)
        absent = np.maximum(phase.ready_mw - held, 0.0)
        unordered = np.minimum(np.maximum(phase.ready_mw - spread(phase.committed_mw), 0.0), absent)
        absent -= unordered
        unpaid = np.minimum(unordered, spread(phase.unpaid_mw))
        if unpaid.any():
            _add(waiting, FUNDING, site, month_mw(unpaid))
        _add(waiting, NOT_ORDERED, site, month_mw(unordered - unpaid))
        if any(system.placed is not system.level for system in phase.systems):
            lost = np.minimum(phase.total(lambda s: (s.placed - s.level) * s.kind.all_in_mw), absent)
            out += month_mw(lost)
            absent -= lost
        _add(waiting, ACCELERATORS, site, month_mw(absent))
    total = np.sum([mw for (_, of), mw in down.items() if of == site], axis=0) if out.any() else out
    for (cause, of), mw in down.items():
        if of == site:
            _add(waiting, cause, site, out * mw / np.where(total > 0.0, total, 1.0))
    # what computes, but not all the time
    for cause, idle_h in _idle_h(fleet.spans, served, jobs):
        computing = fleet.total(lambda s: s.level * (s.kind.all_in_mw if s.kind.accelerators else 0.0))
        _add(waiting, cause, site, fleet.spans.fold_by_month(computing * idle_h) / hours)
    return waiting


def _is_linear(planned: SiteFleet) -> bool:
    """Whether no hall is ever fuller than it is ready or ordered, so that what waits follows what fails."""
    for phase in planned.phases:
        placed = phase.total(lambda s: s.placed * s.kind.all_in_mw)
        if np.any(placed > np.minimum(phase.ready_mw, phase.committed_mw) * (1.0 + _ROUNDING)):
            return False
    return True


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
    lots_of: dict[tuple[str, str, float], list[Outage]] = defaultdict(list)
    for lot in outages.lots:
        lots_of[lot.site, lot.system, lot.share].append(lot)
    for (site, name, share), lots in lots_of.items():
        mw = share * scenario.catalog.entry("systems", name).number("all_in_it_kw") / KW_PER_MW
        # all lots at once: what each adds to a month is a sum over its outages
        down_d, begun_d, up_d = (
            np.concatenate(times) for times in zip(*(lot[4:] for lot in lots), strict=True)
        )
        begun, up = _days_since(begun_d, edges_d), _days_since(up_d, edges_d)
        days = np.diff(edges_d)
        if outages.waits_for:
            down = _days_since(down_d, edges_d)
            _add(waiting, outages.waits_for, site, np.diff(down - begun) * (mw / days))
        _add(waiting, outages.ends_with, site, np.diff(begun - up) * (mw / days))
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
                        placed * system.kind.all_in_mw * outages.maintenance_share,
                    )
    return waiting


def _days_since(times_d: Array, edges_d: Array) -> Array:
    """Sum over the times before each edge of the days from them to it. [d]

    Of two of them, the difference is the time that intervals have spent, in any order.

    Examples
    --------
    >>> edges_d = np.arange(5.0)
    >>> _days_since(np.array([0.5, 2.0]), edges_d) - _days_since(np.array([2.0, 9.0]), edges_d)
    array([0. , 0.5, 1.5, 2.5, 3.5])
    """
    # whole days first: looking up a day is faster than searching for each time
    day_of_edge = edges_d.astype(np.int64)
    last = int(day_of_edge[-1])
    day = np.floor(times_d)
    np.clip(day, -1.0, last, out=day)
    bin_of = day.astype(np.int64)
    bin_of += 1
    number = np.cumsum(np.bincount(bin_of, minlength=last + 2))[day_of_edge]
    sums = np.cumsum(np.bincount(bin_of, weights=times_d, minlength=last + 2))[day_of_edge]
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
