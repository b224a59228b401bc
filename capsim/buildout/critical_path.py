"""Critical paths: what decided when a phase was ready, or why it is cancelled.

A path is found backwards, from what was done last. A permit takes 61 days, the construction 122 and the
commissioning 30; the UPS is ordered once the permit is there, takes 26 weeks, and the commissioning needs it,
and power, which comes on day 91.

The commissioning was done last, on day 273. It was free on day 183, when the construction was done, and was
held up by the UPS until day 243. So the path leaves the stages there and follows the UPS back to its order,
on day 61, and from there to the stage it was ordered after. The construction is not on it: it had 60 days to
spare. Power is not, either: nothing waited for it.

>>> from datetime import date
>>> from capsim.buildout.simulate import build_out
>>> from capsim.scenario.loading import loads
>>> permit = {"id": "permit", "duration_months": 2}
>>> construction = {"id": "construction", "duration_months": 4}
>>> commissioning = {"id": "commissioning", "duration_months": 1, "needs_energization": True}
>>> ups = {"id": "ups", "item": "lt-ups", "lead_time_weeks": 26, "ordered_after": "permit"}
>>> ups["needed_at"] = "commissioning"
>>> hall = {"id": "p1", "critical_it_mw": 10, "energization": "g1", "equipment": [ups]}
>>> hall["stages"] = [permit, construction, commissioning]
>>> site = {"id": "a", "country": "fra", "climate": "paris", "tariff": {"preset": "fr-datacenter"}}
>>> site |= {"cooling": {"preset": "dlc-dry-cooler"}, "phases": [hall]}
>>> site["grid_connection"] = [{"id": "g1", "grid_mw": 15, "lead_time_months": 3}]
>>> plan = {"schema": 1, "name": "x", "start": date(2026, 1, 1), "horizon_years": 2, "sites": [site]}
>>> waits = build_out(loads(plan)).waits
>>> [(w.cause, round(w.start_d), round(w.end_d)) for w in waits if not w.item]
[('permit', 0, 61), ('ups', 61, 243), ('commissioning', 243, 273)]
"""

from __future__ import annotations

from collections.abc import Mapping

from capsim.buildout.forecast import JUST_IN_TIME, LAST_LOOK_D, share_of_works
from capsim.buildout.funding import release
from capsim.buildout.marks import Hold, Span
from capsim.buildout.timeline import CANCELLED, FUNDING, GRID, OF_GRID, OWN_POWER, PLANNED_START
from capsim.buildout.waiting import is_bridged
from capsim.buildout.world import ItemState, PhaseState, StepState


def record_path(phase: PhaseState, energised_d: float | None) -> None:
    """Record the critical path of a phase whose stages are done, or that was cancelled."""
    ends = {name: span.end_d for name, span in phase.spans.items()}
    if phase.is_cancelled():
        path = _path_to_cancellation(phase)
        # a hall with a date is there on it, whatever came of its power
        done = share_of_works(phase) if phase.plan.ready_for_service_on is None else 1.0
        phase.abandon(phase.cancelled_d, done)
        release(phase, done)
    elif energised_d is not None and energised_d > max(ends.values(), default=phase.start_d):
        path = _power_path(phase, energised_d)
    else:
        path = walked(phase, tuple(ends))
    log_path(phase, path)


def _power_path(phase: PhaseState, until_d: float) -> list[Hold]:
    """The path where power came last: of the grid connection, or the date of the own generation before it."""
    return [Hold(0.0, until_d, OWN_POWER)] if is_bridged(phase) else grid_path(phase.step, until_d)


def _path_to_cancellation(phase: PhaseState) -> list[Hold]:
    """The path to the stage or the grid step that ended a phase, and the time after it."""
    if not phase.end_of_itself():
        path = grid_path(phase.step, phase.cancelled_d)
    elif phase.cancelled_by in phase.spans:
        path = walked(phase, (phase.cancelled_by,))
    else:
        # it was cancelled before its stages ended it: the last that ran, or its start, is what it waited for
        path = walked(phase, tuple(phase.spans))
        running = [stage for stage in phase.started_d if stage not in phase.spans]
        since_d = path[-1].end_d if path else 0.0
        path.append(Hold(since_d, phase.cancelled_d, running[-1] if running else PLANNED_START))
    return [*path, Hold(phase.cancelled_d, phase.world.end_d, CANCELLED)]


def walked(phase: PhaseState, names: tuple[str, ...], spans: Mapping[str, Span] | None = None) -> list[Hold]:
    """The path back from the last of some stages to the start, or to what came from outside."""
    spans = phase.spans if spans is None else spans
    path: list[Hold] = []
    while names:
        name = max(names, key=lambda stage: spans[stage].end_d)
        span, names = spans[name], phase.after[name]
        path.insert(0, Hold(span.start_d, span.end_d, name))
        for hold in reversed(span.holds):
            # power came last, and what the stages did before it decided nothing
            if hold.cause == GRID:
                return _power_path(phase, hold.end_d) + path
            item = phase.items.get(hold.cause)
            if item is None or is_timed(item):
                path.insert(0, hold)
                continue
            path.insert(0, Hold(item.ordered_d, hold.end_d, hold.cause))
            # a date of the plan waits for nothing
            if item.plan.ordered_on is not None:
                return [Hold(0.0, item.ordered_d, PLANNED_START), *path]
            names = () if item.plan.ordered_after is None else (item.plan.ordered_after,)
            break
    return phase.prefix + path


def is_timed(item: ItemState) -> bool:
    """Whether equipment was ordered (or will be) as late as the forecast allows, not as soon as it can be."""
    plan, phase = item.plan, item.phase
    # what is not ordered yet can only be told by its policy
    if plan.ordering != JUST_IN_TIME or not item.is_ordered:
        return plan.ordering == JUST_IN_TIME
    earliest_d = phase.start_d if plan.ordered_after is None else phase.spans[plan.ordered_after].end_d
    if plan.ordered_on is not None:
        earliest_d = item.world.day_of(plan.ordered_on)
    return item.ordered_d > earliest_d + LAST_LOOK_D


def grid_path(step: StepState, until_d: float) -> list[Hold]:
    """The path where energization came last: the grid connection, stage by stage, and nothing before it."""
    planned_d = step.applied_d
    if step.plan.energised_on is None and step.world.purse is not None:
        planned_d = min(step.world.day_of(step.plan.applied_on), step.applied_d)
    path: list[Hold] = []
    names = tuple(step.spans)
    while names:
        last = max(names, key=lambda stage: step.spans[stage].end_d)
        span, names = step.spans[last], step.after[last]
        path[:0] = [*span.holds, Hold(span.start_d, span.end_d, OF_GRID + last)]
    end_d = path[-1].end_d if path else step.applied_d
    before = [Hold(0.0, planned_d, PLANNED_START), Hold(planned_d, step.applied_d, FUNDING)]
    return [*before, *path, Hold(end_d, until_d, GRID)]


def power_holds(phase: PhaseState, since_d: float) -> list[Hold]:
    """What held power up from a time until now: stages of the grid step, all of it, or own generation."""
    step, now = phase.step, phase.world.env.now
    if is_bridged(phase):
        return [Hold(since_d, now, OWN_POWER)]
    # without an application there are no stages to tell of
    if not step.has_begun:
        return [Hold(since_d, now, GRID)]
    path = grid_path(step, now)
    return [Hold(max(hold.start_d, since_d), hold.end_d, hold.cause) for hold in path if hold.end_d > since_d]


def log_path(phase: PhaseState, path: list[Hold]) -> None:
    """Record a critical path, from the start of the scenario on."""
    for start_d, end_d, cause in path:
        phase.world.log_wait(max(start_d, 0.0), phase.name, cause, end_d)
