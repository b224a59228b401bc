"""Tasks of a schedule as the stages of a phase, each on the dates that it has in the schedule.

Where a task starts later than what it comes after ends, for a lag, a calendar or another link, a wait stands
between them. On a data date what has happened has its day, and what runs, a wait as well, has left what the
schedule says is left: so no date moves, but of what was due by then and did not happen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from capsim.scenario.schedule_files import ALL_DONE, Schedule, Task
from capsim.units import DAYS_PER_MONTH


@dataclass(frozen=True)
class Staged:
    """A schedule as the stages of a phase."""

    starts_on: date
    """First day of the schedule."""
    stages: tuple[dict[str, Any], ...]
    """Stages as they are written, in an order in which each may follow."""
    overdue: tuple[str, ...]
    """Stages that were to start or to end by the data date and did not: they run on from there."""
    leads: int
    """Links from a finish that lies after the start: dates are kept, and not the links."""
    strange: int
    """Links from what is no task with dates, such as a summary."""


@dataclass(frozen=True)
class _Dated:
    """A task with its name as a stage, and what is known of it on the data date."""

    name: str
    task: Task
    start: date
    finish: date
    has_begun: bool
    is_done: bool


def stages_of(schedule: Schedule, as_of: date | None = None) -> Staged:
    """The stages of a phase that starts with the first task.

    Parameters
    ----------
    schedule : Schedule
        Tasks as they were read.
    as_of : date, optional
        Day until which it is known what happened; without it nothing has.

    Returns
    -------
    staged : Staged
        Stages that start and end as the tasks do.
    """
    known = {task.id: _dated(task, number, as_of) for number, task in enumerate(schedule.tasks)}
    first = min(one.start for one in known.values())
    stages: list[dict[str, Any]] = []
    overdue, leads, strange = list[str](), 0, 0
    for one in known.values():
        listed = [known[name] for name in one.task.after if name in known]
        after = [other for other in listed if other.finish <= one.start]
        leads += len(listed) - len(after)
        strange += len(one.task.after) - len(listed)
        needed = [other.name for other in after]
        free = max((other.finish for other in after), default=first)
        # what has begun waits for nothing any more
        if one.start > free and not one.has_begun:
            wait = {"id": f"{one.name}-wait", "duration_months": _months(free, one.start), "after": needed}
            if as_of is not None and free <= as_of and all(other.is_done for other in after):
                wait |= _so_far(free, one.start, as_of, is_done=one.start <= as_of)
            stages.append(wait)
            needed = [str(wait["id"])]
        stage = {"id": one.name, "duration_months": _months(one.start, one.finish), "after": needed}
        if as_of is not None and one.has_begun:
            stage |= _so_far(one.start, one.finish, as_of, is_done=one.is_done)
        if as_of is not None and not one.is_done:
            # what has not begun may still begin on the data date
            is_due = one.finish <= as_of if one.has_begun else one.start < as_of
            overdue += [one.name] * is_due
        stages.append(stage)
    return Staged(first, tuple(stages), tuple(overdue), leads, strange)


def _dated(task: Task, number: int, as_of: date | None) -> _Dated:
    word = re.sub(r"[^a-z0-9]+", "-", task.name.lower()).strip("-") or "task"
    name = f"{word[:40].strip('-')}-{number + 1}"
    ended = task.actual_finish or (task.finish if task.percent_done >= ALL_DONE else None)
    began = task.actual_start or (task.start if ended is not None or task.percent_done > 0.0 else None)
    is_done = as_of is not None and ended is not None and ended <= as_of
    has_begun = as_of is not None and began is not None and began <= as_of
    start = began if has_begun and began is not None else task.start
    finish = ended if is_done and ended is not None else task.finish
    return _Dated(name, task, min(start, finish), finish, has_begun or is_done, is_done)


def _so_far(start: date, finish: date, as_of: date, *, is_done: bool) -> dict[str, Any]:
    """What is known of what has begun: its start, and its end or what is left of it."""
    if is_done:
        return {"started_on": start, "finished_on": finish}
    # of what should be over by now the schedule does not say what is left
    left = {"remaining_months": _months(as_of, finish), "reported_on": as_of} if finish > as_of else {}
    return {"started_on": start} | left


def _months(start: date, finish: date) -> float:
    return (finish - start).days / DAYS_PER_MONTH
