"""What planners expect: hand-over of a phase, from what has happened and central durations.

Stages that are done count as they were, one that has started runs for its central duration, and one that has
not starts when it is free, but not before now. No queue is foreseen, so a forecast grows with what is late,
and is made anew when an order is due by the last one.

Two halls share one construction crew. Each has a permit of 61 days and a construction of 122, and racks for
the second are to come two weeks before it is ready, after a lead time of ten weeks: ordered 84 days ahead.

* Day 0: ready on day 61 + 122 = 183, so the order is due on day 99.
* Day 99: the crew is still with the first hall. Were the construction to start now, the second would be
  ready on day 220; due on day 136, and by the same reckoning then on day 174, and on day 212.
* Day 212: the construction has started, on day 183, so the hall is ready on day 304: due on day 220.
* Day 220: nothing has changed, and the racks are ordered.

>>> from datetime import date
>>> from capsim.buildout.simulate import build_out
>>> from capsim.scenario.loading import loads
>>> permit = {"id": "permit", "duration_months": 2}
>>> construction = {"id": "construction", "duration_months": 4, "crew": "construction"}
>>> racks = {"id": "racks", "system": "gb300-nvl72", "systems": 40, "ordering": "just_in_time"}
>>> racks |= {"lead_time_weeks": 10, "margin_weeks": 2}
>>> first = {"id": "p1", "critical_it_mw": 10, "energization": "g1", "stages": [permit, construction]}
>>> second = first | {"id": "p2", "deployments": [racks]}
>>> site = {"id": "a", "country": "fra", "climate": "paris", "tariff": {"preset": "fr-datacenter"}}
>>> site |= {"cooling": {"preset": "dlc-dry-cooler"}, "phases": [first, second]}
>>> site["grid_connection"] = [{"id": "g1", "grid_mw": 30, "energised_on": date(2025, 1, 1)}]
>>> plan = {"schema": 1, "name": "x", "start": date(2026, 1, 1), "horizon_years": 2, "sites": [site]}
>>> timeline = build_out(loads(plan | {"crews": {"construction_crews": 1}}))
>>> seen = timeline.of_phase("a", "p2", "started", "ordered", "delivered", "ready_for_service")
>>> [(m.item or "hall", m.kind, round(m.time_d)) for m in seen]
... # doctest: +NORMALIZE_WHITESPACE
[('permit', 'started', 0), ('construction', 'started', 183), ('racks', 'ordered', 220),
 ('racks', 'delivered', 290), ('hall', 'ready_for_service', 304)]
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from capsim.buildout.schedule import CONSTRUCTION, duration_d, is_staged
from capsim.buildout.waiting import bridged_d
from capsim.buildout.world import ItemState, PhaseState, Process, StepState, Works
from capsim.scenario import Phase
from capsim.units import DAYS_PER_MONTH, months_to_days, weeks_to_days

JUST_IN_TIME = "just_in_time"
"""Ordering of equipment so that it arrives when its stage needs it."""
LAST_LOOK_D = 1.0
"""Time before an order is due from which on the forecast is not made anew. [d]"""


def until_due(phase: PhaseState, due_d: Callable[[], float]) -> Process[None]:
    """Wait until an order of a phase is due, by a forecast made anew whenever it is due by the last one."""
    world = phase.world
    while world.env.now < world.end_d and not phase.is_given_up:
        wait_d = due_d() - world.env.now
        if wait_d > 0.0:
            # of works that tell how they go, it is looked at every month
            yield world.env.timeout(min(wait_d, DAYS_PER_MONTH) if phase.is_to_first_power else wait_d)
        # so near that a new forecast could only chase its own tail
        if wait_d < LAST_LOOK_D:
            return


def ready_forecast_d(phase: PhaseState) -> float:
    """Forecast, made now, of when a phase is ready for service; queues are not foreseen. [d]"""
    return _ready_d(phase, _ready_before_d(phase))


def open_forecast_d(phase: PhaseState) -> float:
    """Forecast, made now, of when systems may be installed in a phase. [d]"""
    if not phase.is_to_first_power or not _is_open(phase):
        return ready_forecast_d(phase)
    return _chain(phase).starts[phase.plan.stages[-1].id]


def needed_forecast_d(item: ItemState) -> float:
    """Forecast, made now, of when the stage that needs equipment could start if that were there. [d]"""
    return _chain(item.phase, item).starts[item.plan.needed_at]


def works_forecast_d(phase: PhaseState) -> float:
    """Forecast, made now, of when the works of a phase start: its construction, or its first stage. [d]"""
    if phase.plan.ready_for_service_on is not None or not phase.plan.stages:
        return ready_forecast_d(phase)
    starts = _chain(phase).starts
    return max(phase.world.env.now, starts.get(CONSTRUCTION, min(starts.values())))


def share_of_works(works: Works) -> float:
    """Share of the works of a phase or a grid step that was done when it was cancelled. [1]

    Durations done over all durations, without any wait: what is not finished takes its central duration, or
    as long as it takes already. Of a phase from its construction on, with what the construction does not
    come after; 0 before the construction.
    """
    counted = list(works.after)
    if isinstance(works.plan, Phase) and is_staged(works.plan):
        # permits and site control are not paid with the works
        if CONSTRUCTION not in works.started_d:
            return 0.0
        earlier: set[str] = set()
        for stage, after in reversed(works.after.items()):
            if stage == CONSTRUCTION or stage in earlier:
                earlier |= set(after)
        counted = [stage for stage in counted if stage not in earlier]
    done_d = total_d = 0.0
    for stage in counted:
        if stage in works.spans:
            span = works.spans[stage]
            took_d = whole_d = span.end_d - span.start_d
        else:
            took_d = works.cancelled_d - works.started_d.get(stage, works.cancelled_d)
            whole_d = max(took_d, duration_d(works.expected, works.expected_stages[stage], None))
        done_d, total_d = done_d + took_d, total_d + whole_d
    if isinstance(works, StepState) and not works.after:
        total_d = months_to_days(works.expected.lead_time_months or 0.0)
        done_d = min(max(0.0, works.cancelled_d - works.applied_d), total_d)
    return done_d / total_d if total_d > 0.0 else 0.0


class _Chain(NamedTuple):
    """When the stages of a phase or a grid step start and end, as far as is known. [d]"""

    starts: dict[str, float]
    ends: dict[str, float]


def _chain(phase: PhaseState, without: ItemState | None = None) -> _Chain:
    """Stages of a phase, with the equipment (but for one item) and the power they need."""
    return _chain_after(phase, _ready_before_d(phase), without)


def _ready_before_d(phase: PhaseState) -> dict[PhaseState, float]:
    """Forecast of the phases a phase waits for. [d]"""
    ready_d: dict[PhaseState, float] = {}
    for earlier in _lineage(phase):
        ready_d[earlier] = _ready_d(earlier, ready_d)
    return ready_d


def _ready_d(phase: PhaseState, ready_d: dict[PhaseState, float]) -> float:
    """Forecast of a phase from that of the phases it waits for. [d]"""
    if not _is_open(phase):
        return _handed_over_d(phase)
    if phase.expected.finished_on is not None:
        return max(phase.world.day_of(phase.expected.finished_on), _energised_d(phase))
    # a phase without stages is there once it starts and has power
    return max([phase.planned_d, _energised_d(phase), *_chain_after(phase, ready_d).ends.values()])


def _lineage(phase: PhaseState) -> list[PhaseState]:
    """Phases whose hand-over a phase that has not begun waits for, each after those it waits for itself."""
    now, lineage, ahead = phase.world.env.now, dict[PhaseState, None](), [(phase, False)]
    while ahead:
        state, is_due = ahead.pop()
        # a phase is met twice: on the way there, and when all before it are placed
        if state in lineage:
            continue
        if is_due:
            lineage[state] = None
            continue
        ahead.append((state, True))
        if _is_open(state) and not state.start_d <= now:
            ahead += [(earlier, False) for earlier in state.earlier]
    del lineage[phase]
    return list(lineage)


def _is_open(phase: PhaseState) -> bool:
    """Whether the hand-over of a phase follows from its stages, and has not happened."""
    return phase.plan.ready_for_service_on is None and not phase.ready.triggered


def _handed_over_d(phase: PhaseState) -> float:
    """Hand-over of a phase that has happened or has a date. [d]"""
    if phase.ready.triggered:
        return float(phase.ready.value or 0.0)
    announced_d = phase.world.day_of(phase.expected.ready_for_service_on)
    announced_d += months_to_days(phase.expected.slip_months)
    return max(phase.world.env.now, announced_d, _energised_d(phase))


def _chain_after(
    phase: PhaseState, ready_d: dict[PhaseState, float], without: ItemState | None = None
) -> _Chain:
    """The same from the forecast of the phases it waits for."""
    start_d, now, power_d = phase.start_d, phase.world.env.now, _energised_d(phase)
    if not start_d <= now:
        start_d = max(now, phase.planned_d, *(ready_d[earlier] for earlier in phase.earlier))

    def needs(stage: str, ends: dict[str, float]) -> list[float]:
        arrivals = [_arrival_d(i, ends, start_d) for i in phase.needed_at(stage) if i is not without]
        return [*arrivals, power_d] if phase.expected_stages[stage].needs_energization else arrivals

    return _played(phase, start_d, now, needs)


def _played(
    works: Works, start_d: float, now: float, needs: Callable[[str, dict[str, float]], list[float]]
) -> _Chain:
    """Stages as they were, and as they will be with central durations and no queues."""
    chain = _Chain({}, {})
    for stage, after in works.after.items():
        if stage in works.spans:
            span = works.spans[stage]
            chain.starts[stage], chain.ends[stage] = span.start_d, span.end_d
            continue
        begun_d = works.started_d.get(stage)
        if begun_d is None:
            begun_d = max(now, start_d, *needs(stage, chain.ends), *(chain.ends[name] for name in after))
        chain.starts[stage] = begun_d
        chain.ends[stage] = max(now, begun_d + _length_d(works, stage))
    return chain


def _length_d(works: Works, stage: str) -> float:
    """Forecast of how long a stage takes: its central duration. [d]

    Durations to first power contain that the systems were there: who orders them sees how the works go.
    """
    if isinstance(works, PhaseState) and works.is_to_first_power and stage in works.lengths_d:
        return works.lengths_d[stage]
    return duration_d(works.expected, works.expected_stages[stage], None)


def _energised_d(phase: PhaseState) -> float:
    """When a phase has power, or is expected to: of its grid step, or of own generation before. [d]"""
    return min(_grid_d(phase), max(phase.world.env.now, bridged_d(phase)))


def _grid_d(phase: PhaseState) -> float:
    """When the phase's grid step is energised, or expected to be. [d]"""
    event = phase.step.energised
    if event.triggered:
        return float(event.value or 0.0)
    step, now = phase.step, phase.world.env.now
    if step.is_cancelled():
        return math.inf
    # its works are part of the durations of the phase: only its agreement is waited for
    if phase.plan.grid_agreed and len(step.plan.stages) > 1 and step.expected.finished_on is None:
        ends = _played(step, step.applied_d, now if step.has_begun else -math.inf, lambda *_: []).ends
        return max([now, *(ends[stage.id] for stage in step.expected.stages[:-1])])
    return max(now, _step_due_d(step))


def _step_due_d(step: StepState) -> float:
    """When a grid step is expected to be energised, from what has happened and central durations. [d]"""
    plan, slip_d = step.expected, months_to_days(step.expected.slip_months)
    if plan.energised_on is not None:
        return step.world.day_of(plan.energised_on) + slip_d
    if plan.finished_on is not None:
        return step.world.day_of(plan.finished_on)
    if not plan.stages:
        return step.applied_d + months_to_days(plan.lead_time_months or 0.0) + slip_d
    since_d = step.world.env.now if step.has_begun else -math.inf
    return max(_played(step, step.applied_d, since_d, lambda *_: []).ends.values()) + slip_d


def _arrival_d(item: ItemState, ends: dict[str, float], start_d: float) -> float:
    """When equipment is expected. [d]"""
    plan, now = item.expected, item.phase.world.env.now
    lead_d = weeks_to_days(plan.lead_time_weeks)
    if item.is_ordered and item.delivered_d < math.inf:
        return item.delivered_d
    if plan.delivered_on is not None:
        return max(now, item.world.day_of(plan.delivered_on))
    if item.is_ordered:
        return max(now, item.ordered_d + lead_d)
    if plan.ordered_on is not None:
        ordered_d = item.world.day_of(plan.ordered_on)
    else:
        ordered_d = ends.get(plan.ordered_after, start_d) if plan.ordered_after else start_d
    if plan.ordering == JUST_IN_TIME:
        ordered_d = max(ordered_d, now)
    return ordered_d + lead_d
