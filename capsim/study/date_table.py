"""The dates of a plan as a table, a row per stage, order and milestone, and a table laid back into the plan.

A table that nobody changed changes nothing. Of what was changed, stages get the length they have there,
with a wait before them where they start later than what they come after ends; what follows from them follows.
Where the plan cannot have a date that the table has, the table is refused: no date is changed on the way.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from capsim.buildout import Timeline, build_out
from capsim.errors import Fault, ScenarioError
from capsim.models.elapsed import Affine
from capsim.models.uncertain import Uncertain
from capsim.registry import did_you_mean
from capsim.scenario import Equipment, GridStep, Phase, Scenario, Stage, Task
from capsim.study.date_progress import Fields, as_it_was, progress_of, unsaid_ends
from capsim.units import DAYS_PER_MONTH, DAYS_PER_WEEK

SPANS = (
    ("started", "finished"),
    ("equipment_ordered", "equipment_delivered"),
    ("ordered", "delivered"),
)
"""Milestones that a row of a stage, of equipment and of a deployment runs between."""
Changes = dict[str, Any]
"""Values by dotted path."""


@dataclass(frozen=True)
class Row:
    """A row of the table, with its exact length in the plan."""

    task: Task
    length_d: float
    fields: Fields
    """What says of it what has happened."""


def planned_dates(scenario: Scenario) -> list[Task]:
    """A plan's stages, orders and milestones with their central dates, in the order of the plan."""
    return [row.task for row in _rows(scenario)]


def rows_left_out(scenario: Scenario, tasks: Sequence[Task]) -> list[str]:
    """Rows of a plan that a table does not have: they stay as they are."""
    names = {task.id for task in tasks} | {task.name for task in tasks}
    return [row.task.id for row in _rows(scenario) if row.task.id not in names]


def with_dates(scenario: Scenario, tasks: Sequence[Task], file: str) -> Scenario:
    """The plan with the dates of a table, and with what it says has happened.

    Parameters
    ----------
    scenario : Scenario
        The plan.
    tasks : sequence of Task
        Rows, by the ids of `planned_dates`, which may stand as names where a tool gives ids of its own; what
        has no row stays.
    file : str
        File they come from, for messages.

    Returns
    -------
    changed : Scenario
        The plan itself where nothing was changed.

    Raises
    ------
    ScenarioError
        Where the table names what the plan does not have, or a date that it cannot have.
    """
    rows = {row.task.id: row for row in _rows(scenario)}
    named = [
        task if task.id in rows or task.name not in rows else replace(task, id=task.name) for task in tasks
    ]
    faults = [
        Fault(file, task.line, task.id, f"unknown row{did_you_mean(task.id, list(rows))}", "")
        for task in named
        if task.id not in rows
    ]
    _stop(file, faults)
    asked = {task.id: as_it_was(rows[task.id].task, task) for task in named}
    fields, known = ({name: getattr(row, key) for name, row in rows.items()} for key in ("fields", "task"))
    happened, refused = progress_of(scenario, fields, known, asked)
    _refuse(file, asked, refused)
    if happened:
        scenario = scenario.override(happened)
        rows = {row.task.id: row for row in _rows(scenario)}
    changed = {name for name, task in asked.items() if name in rows and _moved(rows[name].task, task)}
    ends = {name: rows[name].task.finish for name in changed}
    _refuse(file, asked, dict(unsaid_ends(scenario.as_of, ends, asked)))
    made = _settled(scenario, rows, asked, changed) if changed else scenario
    _stop(file, list(_not_there(made, asked, file)))
    return made


def _settled(
    scenario: Scenario, rows: Mapping[str, Row], asked: Mapping[str, Task], changed: set[str]
) -> Scenario:
    """The plan with its changed rows, and as many waits as they need."""
    waits: set[str] = set()
    while True:
        made = scenario.override(_changes(scenario, rows, asked, changed, waits))
        after = {row.task.id: row.task for row in _rows(made)}
        early = _too_early(made, after, {name: asked.get(name, row.task) for name, row in rows.items()})
        if early <= waits:
            return made
        waits |= early


def _not_there(made: Scenario, asked: Mapping[str, Task], file: str) -> Iterator[Fault]:
    """Rows whose dates the plan does not have."""
    after = {row.task.id: row.task for row in _rows(made)}
    for name, task in asked.items():
        comes = after.get(name)
        if comes is None or _moved(comes, task):
            there = "it never comes" if comes is None else f"it runs {_shown(comes)}"
            rule = f"cannot be {_shown(task)}: by what it waits for, and with all other rows, {there}"
            yield Fault(file, task.line, name, rule, "")
        elif 0.0 < task.percent_done != comes.percent_done and task.actual_finish is None:
            rule = f"cannot be {task.percent_done:g} % done: the actuals of the plan say"
            rule += f" {comes.percent_done:g} %"
            yield Fault(file, task.line, name, rule, "")


def _changes(
    scenario: Scenario,
    rows: Mapping[str, Row],
    asked: Mapping[str, Task],
    changed: set[str],
    waits: set[str],
) -> Changes:
    """Values that have a plan run as the table says, with waits before some stages."""
    found: Changes = {}
    for site in scenario.sites:
        for key, plans in (("grid_connection", site.grid_connection), ("phases", site.phases)):
            for works in plans:
                sheet = _Sheet(scenario, f"sites.{site.id}.{key}.{works.id}", f"{site.id}.{works.id}", waits)
                found |= sheet.changes(works, rows, asked, changed)
    return found


def _too_early(scenario: Scenario, after: Mapping[str, Task], asked: Mapping[str, Task]) -> set[str]:
    """Stages that start before their row though what they come after ends as its rows say."""
    stages: set[str] = set()
    for site in scenario.sites:
        built: list[GridStep | Phase] = [*site.grid_connection, *site.phases]
        stages |= {f"{site.id}.{works.id}.{stage.id}" for works in built for stage in works.stages}
    return {
        name
        for name in stages & asked.keys() & after.keys()
        if after[name].start < asked[name].start
        and all(after[other].finish == asked[other].finish for other in after[name].after if other in asked)
    }


def _stop(file: str, faults: Sequence[Fault]) -> None:
    if faults:
        raise ScenarioError(file, list(faults))


def _refuse(file: str, asked: Mapping[str, Task], rules: Mapping[str, str]) -> None:
    """Refuse rows by what is wrong with them."""
    _stop(file, [Fault(file, asked[name].line, name, rule, "") for name, rule in rules.items()])


def _moved(before: Task, now: Task) -> bool:
    return (before.start, before.finish) != (now.start, now.finish)


def _shown(task: Task) -> str:
    return f"on {task.start}" if task.start == task.finish else f"from {task.start} to {task.finish}"


def _rows(scenario: Scenario) -> Iterator[Row]:
    """Rows of a plan, with what its timeline has of them."""
    found = _Found(scenario, build_out(scenario))
    for site in scenario.sites:
        for step in site.grid_connection:
            yield from found.milestone(site.id, step, ("", step.id), "applied", "applied_on")
            yield from found.parts(site.id, step)
            yield from found.milestone(site.id, step, ("", step.id), "energised", "energised_on")
        for phase in site.phases:
            yield from found.parts(site.id, phase)
            dated = "ready_for_service_on"
            yield from found.milestone(site.id, phase, (phase.id, ""), "ready_for_service", dated)
            yield from found.first_in_service(site.id, phase)


@dataclass(frozen=True)
class _Found:
    """What the timeline of a plan has."""

    scenario: Scenario
    timeline: Timeline

    def first_d(self, site: str, phase: str, item: str, kind: str) -> float:
        """When something happens first; infinite where it never does. [d]"""
        found = self.timeline.of_phase(site, phase, kind)
        return next((m.time_d for m in found if m.item == item and m.site == site), math.inf)

    def parts(self, site: str, plan: GridStep | Phase) -> Iterator[Row]:
        """Rows of the stages, the equipment and the deployments of a phase or a grid step."""
        phase, head = (plan.id, "") if isinstance(plan, Phase) else ("", f"{plan.id}.")
        for item, what, after in _parts(plan):
            name = f"{site}.{plan.id}.{item.id}"
            for kinds in SPANS:
                start_d, end_d = (self.first_d(site, phase, head + item.id, kind) for kind in kinds)
                if max(start_d, end_d) < math.inf:
                    names = tuple(f"{site}.{plan.id}.{other}" for other in after)
                    fields = _fields_of(_path(site, plan), item)
                    task = Task(name, what, date.min, date.min, names)
                    yield self.row(task, start_d, end_d, fields, item)

    def milestone(
        self, site: str, plan: GridStep | Phase, at: tuple[str, str], kind: str, field: str
    ) -> Iterator[Row]:
        """The row of a milestone, where it comes."""
        day_d = self.first_d(site, *at, kind)
        if day_d < math.inf:
            is_dated = field == "applied_on" or getattr(plan, field) is not None
            fields = Fields(_path(site, plan), ended=field if is_dated else "finished_on")
            task = Task(f"{site}.{plan.id}.{kind}", kind, date.min, date.min)
            yield self.row(task, day_d, day_d, fields, plan)

    def first_in_service(self, site: str, phase: Phase) -> Iterator[Row]:
        """The row of the first systems of a phase."""
        day_d = next((m.time_d for m in self.timeline.of_phase(site, phase.id, "in_service")), math.inf)
        name = "first_in_service"
        if day_d < math.inf:
            task = Task(f"{site}.{phase.id}.{name}", name, date.min, date.min)
            yield self.row(task, day_d, day_d, Fields(""), phase)

    def row(self, task: Task, start_d: float, end_d: float, fields: Fields, plan: Any) -> Row:
        """A row with its dates, and what is known of it."""
        start, finish = (self.scenario.calendar.date_of(day_d) for day_d in (start_d, end_d))
        # without a data date nothing is said of what has happened
        until = self.scenario.as_of or date.min
        began, ended = (getattr(plan, key, None) for key in (fields.began, fields.ended))
        task = replace(
            task,
            start=start,
            finish=finish,
            percent_done=float(getattr(plan, fields.done, None) or 0.0),
            # of a step that carries power in part the row has the day of that part
            actual_start=began if began == start and start <= until else None,
            actual_finish=ended if ended == finish and finish <= until else None,
        )
        return Row(task, end_d - start_d, fields)


def _path(site: str, plan: GridStep | Phase) -> str:
    return f"sites.{site}.{'phases' if isinstance(plan, Phase) else 'grid_connection'}.{plan.id}"


def _fields_of(path: str, item: Any) -> Fields:
    """The fields that say what has happened to a stage, to equipment or to a deployment."""
    if isinstance(item, Stage):
        return Fields(f"{path}.stages.{item.id}", "started_on", "finished_on", "percent_done")
    placed = (("ordering", "fixed"),)
    if isinstance(item, Equipment):
        return Fields(f"{path}.equipment.{item.id}", "ordered_on", "delivered_on", with_start=placed)
    # what arrived of a deployment is counted, which a column cannot say
    return Fields(f"{path}.deployments.{item.id}", "ordered_on", with_start=placed)


def _parts(plan: GridStep | Phase) -> Iterator[tuple[Any, str, tuple[str, ...]]]:
    """Stages, equipment and deployments, what each is called, and the stages each comes after."""
    before: tuple[str, ...] = ()
    for stage in plan.stages:
        yield stage, stage.id, before if stage.after is None else stage.after
        before = (stage.id,)
    for item in plan.equipment if isinstance(plan, Phase) else ():
        yield item, "equipment", () if item.ordered_after is None else (item.ordered_after,)
    for order in plan.deployments if isinstance(plan, Phase) else ():
        yield order, "systems", ()


@dataclass(frozen=True)
class _Sheet:
    """The rows of a phase or a grid step, laid back."""

    scenario: Scenario
    path: str
    place: str
    waits: set[str]
    """Stages that have a wait before them."""

    def changes(
        self, plan: GridStep | Phase, rows: Mapping[str, Row], asked: Mapping[str, Task], changed: set[str]
    ) -> Changes:
        """Values that have the plan run as the table says."""
        now = {name: asked.get(name, row.task) for name, row in rows.items()}
        mine = {name for name in changed if name.startswith(f"{self.place}.")}
        found: Changes = {}
        if any(f"{self.place}.{stage.id}" in mine for stage in plan.stages):
            found |= self._stages(plan, rows, now)
        kit: tuple[Any, ...] = (*plan.equipment, *plan.deployments) if isinstance(plan, Phase) else ()
        for item in kit:
            if f"{self.place}.{item.id}" in mine:
                found |= self._order(item, now[f"{self.place}.{item.id}"])
        for end, field in (("ready_for_service", "ready_for_service_on"), ("energised", "energised_on")):
            name = f"{self.place}.{end}"
            if name in mine:
                found |= self._end(plan, field, now[name].finish, now.get(f"{self.place}.applied"))
        name = f"{self.place}.applied"
        if name in mine and not (isinstance(plan, GridStep) and plan.stages):
            found[f"{self.path}.applied_on"] = now[name].start
        return found

    def _stages(self, plan: GridStep | Phase, rows: Mapping[str, Row], now: Mapping[str, Task]) -> Changes:
        """All stages with their lengths, in whole days, and waits before those that start later."""
        listed: list[dict[str, Any]] = []
        roots = [now[f"{self.place}.{s.id}"].start for s, _, after in _parts(plan) if _is_root(s, after)]
        for stage, _, after in _parts(plan):
            if not isinstance(stage, Stage) or f"{self.place}.{stage.id}" not in now:
                continue
            name, needed = f"{self.place}.{stage.id}", list(after)
            task, before = now[name], [f"{self.place}.{other}" for other in after]
            free = max((now[other].finish for other in before), default=min(roots))
            if name in self.waits:
                wait = self._wait(plan, stage, needed, free, task.start)
                listed.append(wait)
                needed = [wait["id"]]
            listed.append(self._stage(stage, task, rows[name].length_d) | {"after": needed})
        begins = "starts_on" if isinstance(plan, Phase) else "applied_on"
        return {f"{self.path}.stages": listed, f"{self.path}.{begins}": min(roots)}

    def _wait(
        self, plan: GridStep | Phase, stage: Stage, needed: list[str], free: date, until: date
    ) -> dict[str, Any]:
        """A wait before a stage; one that has begun has left what is left until the stage starts."""
        known, of = {other.id: other for other in plan.stages}, f"{stage.id}-wait"
        while of in known:
            of += "-2"
        wait: dict[str, Any] = {"id": of, "duration_months": _months(free, until), "after": needed}
        as_of = self.scenario.as_of
        ends = [known[name].finished_on for name in needed]
        if as_of is None or free > as_of or any(end is None or end > as_of for end in ends):
            return wait
        if until <= as_of:
            return wait | {"started_on": free, "finished_on": until}
        return wait | {"started_on": free, "remaining_months": _months(as_of, until), "reported_on": as_of}

    def _stage(self, stage: Stage, task: Task, length_d: float) -> dict[str, Any]:
        """A stage as it is written, with the length that it has in the table."""
        record = {
            key: getattr(stage, key)
            for key, field in type(stage).model_fields.items()
            if key != "after" and getattr(stage, key) != field.get_default(call_default_factory=True)
        }
        # working days, where it was written in them, gave way to months when the plan was read
        record |= {"working_days": None}
        if stage.started_on is not None or stage.finished_on is not None:
            # what has begun is known by its dates, and its end is announced
            over = stage.finished_on is not None and stage.finished_on <= self.scenario.known_until
            return record | ({} if over else {"finished_on": task.finish})
        days, length = (task.finish - task.start).days, stage.duration_months
        if not length_d > 0.0:
            return record | {"duration_months": days / DAYS_PER_MONTH}
        scale = days / length_d
        if isinstance(length, Uncertain) and scale > 0.0:
            return record | {"duration_months": Uncertain(Affine(length.distribution, scale, 0.0))}
        return record | {"duration_months": float(length) * scale}

    def _order(self, item: Any, task: Task) -> Changes:
        """Equipment or systems ordered and delivered on their days."""
        path = f"{self.path}.{'equipment' if isinstance(item, Equipment) else 'deployments'}.{item.id}"
        weeks = (task.finish - task.start).days / DAYS_PER_WEEK
        days = {"ordered_on": task.start, "ordering": "fixed"}
        for key in ("in_service_on", "delivered_on"):
            if getattr(item, key, None) is not None:
                return {f"{path}.{key}": task.finish}
        return {f"{path}.{key}": value for key, value in days.items()} | {f"{path}.lead_time_weeks": weeks}

    def _end(self, plan: GridStep | Phase, field: str, day: date, applied: Task | None) -> Changes:
        """The date of a phase or a step that has one; of stages it follows."""
        for key in (field, "finished_on"):
            if getattr(plan, key, None) is not None:
                return {f"{self.path}.{key}": day}
        if isinstance(plan, GridStep) and not plan.stages and applied is not None:
            return {f"{self.path}.lead_time_months": _months(applied.start, day)}
        return {}


def _months(start: date, finish: date) -> float:
    return (finish - start).days / DAYS_PER_MONTH


def _is_root(item: Any, after: tuple[str, ...]) -> bool:
    return isinstance(item, Stage) and not after
