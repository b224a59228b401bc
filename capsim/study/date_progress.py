"""What a table of dates says has happened, laid into a plan: the columns of progress of its rows.

An empty cell says nothing. Where a row has happened anew, that day stands in place of the one it was to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from capsim.scenario import Scenario, Task

Columns = Mapping[str, Any]
"""Cells of progress by column."""
BEGAN, ENDED, DONE = "actual_start", "actual_finish", "percent_done"


@dataclass(frozen=True)
class Fields:
    """The fields of a plan that say what has happened to the thing of a row."""

    path: str
    """Dotted path of the thing; empty of what no field says."""
    began: str = ""
    ended: str = ""
    done: str = ""
    with_start: tuple[tuple[str, Any], ...] = ()
    """Other fields that a start settles."""


def as_it_was(before: Task, task: Task) -> Task:
    """A row with the days on which it happened, where the plan's row has not these, in place of its own."""
    began = task.actual_start if task.actual_start != before.actual_start else None
    ended = task.actual_finish if task.actual_finish != before.actual_finish else None
    is_milestone = task.start == task.finish
    start = began or (ended if ended is not None and is_milestone else task.start)
    finish = ended or task.finish
    return replace(task, start=min(start, finish), finish=finish)


def progress_of(
    scenario: Scenario, fields: Mapping[str, Fields], rows: Mapping[str, Task], asked: Mapping[str, Task]
) -> tuple[dict[str, Any], dict[str, str]]:
    """What the rows of a table say has happened that the plan does not.

    Parameters
    ----------
    scenario : Scenario
        The plan.
    fields : mapping of str to Fields
        What says it, by row.
    rows, asked : mapping of str to Task
        Rows as the plan has them, and as the table does.

    Returns
    -------
    changes : dict
        Values by dotted path.
    refused : dict
        What cannot be laid, and why, by row.
    """
    changes: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for name, task in asked.items():
        new = dict(_new(rows[name], task))
        wrong = _why_not(scenario.as_of, fields[name], new)
        if wrong:
            refused[name] = wrong
        elif new:
            changes |= _changes(fields[name], new, task, scenario.as_of)
    return changes, refused


def unsaid_ends(
    as_of: date | None, before: Mapping[str, date], asked: Mapping[str, Task]
) -> Iterator[tuple[str, str]]:
    """Rows that end anew by the data date without a column that says that they did, and what is wrong.

    Parameters
    ----------
    as_of : date, optional
        The data date; without one nothing has happened.
    before : mapping of str to date
        Ends that the plan has, of the rows that were changed.
    asked : mapping of str to Task
        Rows as the table has them.
    """
    for name, end in before.items():
        task = asked[name]
        if as_of is not None and task.finish <= as_of and task.finish != end and task.actual_finish is None:
            done = f", {task.percent_done:g} % done" if task.percent_done else ""
            yield (
                name,
                f"cannot end on {task.finish}, by the data date {as_of}, without an actual_finish{done}",
            )


def _new(before: Task, now: Task) -> Iterator[tuple[str, Any]]:
    """Cells of progress that say something that the plan does not."""
    for column in (BEGAN, ENDED):
        value = getattr(now, column)
        if value is not None and value != getattr(before, column):
            yield column, value
    # what is over is done, whatever share stands beside its end
    if now.percent_done not in (0.0, before.percent_done) and now.actual_finish is None:
        yield DONE, now.percent_done


def _why_not(as_of: date | None, fields: Fields, new: Columns) -> str:
    """Why cells of progress cannot be laid; empty where they can."""
    for column, value in new.items():
        field = {BEGAN: fields.began, ENDED: fields.ended, DONE: fields.done}[column]
        shown = f"{column} {value:g} %" if column == DONE else f"{column} {value}"
        if as_of is None:
            return f"{shown} needs a data date: give as_of, --as-of or --actuals"
        if not field:
            return f"{shown}: no column says that of this row; a status file does (--actuals)"
        if column != DONE and value > as_of:
            return f"{shown} must not be after the data date, {as_of}"
        if column == DONE and not value < 100.0:
            return f"{shown} needs an actual_finish"
    return ""


def _changes(fields: Fields, new: Columns, task: Task, as_of: date | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if BEGAN in new:
        found |= {f"{fields.path}.{fields.began}": new[BEGAN]}
        found |= {f"{fields.path}.{key}": value for key, value in fields.with_start}
    if ENDED in new:
        found |= {f"{fields.path}.{fields.ended}": new[ENDED]}
    if DONE in new:
        found |= {f"{fields.path}.{fields.done}": new[DONE], f"{fields.path}.reported_on": as_of}
    # a stage of which only the end was known began when its row does
    if ENDED in new and fields.done and task.actual_start is None:
        found[f"{fields.path}.{fields.began}"] = min(task.start, new[ENDED])
    return found
