"""Every path of the scenario format that takes a number or a date, of the records a scenario has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from capsim.language.tree import Path, id_of
from capsim.scenario import Scenario
from capsim.scenario.records.fields import FieldPlan, fields_of


def number_fields(scenario: Scenario, kinds: tuple[type, ...] = (float, int)) -> dict[str, FieldPlan]:
    """Fields by dotted path, in the first record of each list; those of kinds of values."""
    return {
        ".".join(path): plan
        for path, plan in _fields(Scenario, scenario._provenance.tree, ())
        if plan.quantity is not None or plan.type_ in kinds
    }


def date_fields(scenario: Scenario) -> dict[str, FieldPlan]:
    """Fields of dates by dotted path."""
    return {path: plan for path, plan in number_fields(scenario, (date,)).items() if plan.type_ is date}


def _fields(kind, node, path: Path) -> Iterator[tuple[Path, FieldPlan]]:
    for key, plan in fields_of(kind).items():
        child = None if node is None else node.get(key)
        if plan.shape == "leaf":
            yield (*path, key), plan
        elif plan.shape == "record":
            yield from _fields(plan.record, child, (*path, key))
        elif plan.shape == "records" and child is not None and child.value and id_of(child.value[0]):
            yield from _fields(plan.record, child.value[0], (*path, key, id_of(child.value[0])))
