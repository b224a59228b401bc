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


def planned_dates(scenario: Scenario) -> list[Task]:
    """A plan's stages, orders and milestones with their central dates, in the order of the plan."""
    return [row.task for row in _rows(scenario)]


def with_dates(scenario: Scenario, tasks: Sequence[Task], file: str) -> Scenario:
    """The plan with the dates of a table.

    Parameters
    ----------
    scenario : Scenario
        The plan.
    tasks : sequence of Task
        Rows, by the ids of `planned_dates`; what has no row stays.
    file : str
        File they come from, for messages.

    Returns
    -------
    changed : Scenario
        The plan itself where no date was changed.

    Raises
    ------
    ScenarioError
        Where the table names what the plan does not have, or a date that it cannot have.
    """
    rows = {row.task.id: row for row in _rows(scenario)}
    faults = [
        Fault(file, task.line, task.id, f"unknown row{did_you_mean(task.id, list(rows))}", "")
        for task in tasks
        if task.id not in rows
    ]
    _stop(file, faults)
    asked = {task.id: task for task in tasks}
    changed = {name for name, task in asked.items() if _moved(rows[name].task, task)}
    if not changed:
        return scenario
    waits: set[str] = set()
    while True:
        made = scenario.override(_changes(scenario, rows, asked, changed, waits))
        after = {row.task.id: row.task for row in _rows(made)}
        early = _too_early(made, after, {name: asked.get(name, row.task) for name, row in rows.items()})
        if early <= waits:
            break
        waits |= early
    faults = []
    for name, task in asked.items():
        comes = after.get(name)
        if comes is None or _moved(comes, task):
            there = "it never comes" if comes is None else f"it runs {_shown(comes)}"
            rule = f"cannot be {_shown(task)}: by what it waits for, and with all other rows, {there}"
            faults.append(Fault(file, task.line, name, rule, ""))
    _stop(file, faults)
    return made


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


def _moved(before: Task, now: Task) -> bool:
    return (before.start, before.finish) != (now.start, now.finish)


def _shown(task: Task) -> str:
    return f"on {task.start}" if task.start == task.finish else f"from {task.start} to {task.finish}"


def _rows(scenario: Scenario) -> Iterator[Row]:
    """Rows of a plan, with what its timeline has of them."""
    found = _Found(scenario, build_out(scenario))
    for site in scenario.sites:
        for step in site.grid_connection:
            yield from found.milestone(site.id, step.id, ("", step.id), "applied")
            yield from found.parts(site.id, step)
            yield from found.milestone(site.id, step.id, ("", step.id), "energised")
        for phase in site.phases:
            yield from found.parts(site.id, phase)
            yield from found.milestone(site.id, phase.id, (phase.id, ""), "ready_for_service")
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
                    yield self.row(Task(name, what, date.min, date.min, names), start_d, end_d, item)

    def milestone(self, site: str, works: str, at: tuple[str, str], kind: str) -> Iterator[Row]:
        """The row of a milestone, where it comes."""
        day_d = self.first_d(site, *at, kind)
        if day_d < math.inf:
            yield self.row(Task(f"{site}.{works}.{kind}", kind, date.min, date.min), day_d, day_d)

    def first_in_service(self, site: str, phase: Phase) -> Iterator[Row]:
        """The row of the first systems of a phase."""
        day_d = next((m.time_d for m in self.timeline.of_phase(site, phase.id, "in_service")), math.inf)
        name = "first_in_service"
        if day_d < math.inf:
            yield self.row(Task(f"{site}.{phase.id}.{name}", name, date.min, date.min), day_d, day_d)

    def row(self, task: Task, start_d: float, end_d: float, plan: Any = None) -> Row:
        """A row with its dates, and what is known of a stage."""
        start, finish = (self.scenario.calendar.date_of(day_d) for day_d in (start_d, end_d))
        task = replace(task, start=start, finish=finish)
        if isinstance(plan, Stage):
            over = plan.finished_on
            known = over if over is not None and over <= self.scenario.known_until else None
            done = float(plan.percent_done or 0.0)
            task = replace(task, percent_done=done, actual_start=plan.started_on, actual_finish=known)
        return Row(task, end_d - start_d)


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
                wait = f"{stage.id}-wait"
                length = (task.start - free).days / DAYS_PER_MONTH
                listed.append({"id": wait, "duration_months": length, "after": needed})
                needed = [wait]
            listed.append(self._stage(stage, task, rows[name].length_d) | {"after": needed})
        begins = "starts_on" if isinstance(plan, Phase) else "applied_on"
        return {f"{self.path}.stages": listed, f"{self.path}.{begins}": min(roots)}

    def _stage(self, stage: Stage, task: Task, length_d: float) -> dict[str, Any]:
        """A stage as it is written, with the length that it has in the table."""
        record = {
            key: getattr(stage, key)
            for key, field in type(stage).model_fields.items()
            if key != "after" and getattr(stage, key) != field.get_default(call_default_factory=True)
        }
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
            return {f"{self.path}.lead_time_months": (day - applied.start).days / DAYS_PER_MONTH}
        return {}


def _is_root(item: Any, after: tuple[str, ...]) -> bool:
    return isinstance(item, Stage) and not after
