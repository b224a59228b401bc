"""Setting a value of a scenario by its dotted path: named overrides, ``--set`` and `Scenario.override`."""

from __future__ import annotations

from capsim.language.merge import merge
from capsim.language.paths import set_key, split
from capsim.language.tree import Faults, Node, Path, as_written, from_python, id_of
from capsim.scenario.records.fields import FieldPlan, fields_of, unknown_key
from capsim.scenario.records.record import Record
from capsim.scenario.records.schema import Scenario


class _PathError(Exception):
    """A path that leads nowhere; its text says why."""


def set_path(root: Node, dotted: str, value: Node, faults: Faults) -> None:
    """Lay a value over what a path names, in place; null removes it."""
    path = split(dotted)
    try:
        _set_in_record(root, Scenario, path, value)
    except _PathError as fault:
        faults.add(value.place, path, str(fault), as_written(value))


def _plan_of(record: type[Record], key: str) -> FieldPlan:
    plans = fields_of(record)
    if key not in plans:
        raise _PathError(unknown_key(record, key))
    return plans[key]


def _no_deeper(plan: FieldPlan, rest: Path) -> None:
    if rest and plan.shape == "leaf":
        raise _PathError(f"{plan.key} is a value and has nothing inside")
    if len(rest) > 1:
        raise _PathError(f"{plan.key} holds values and nothing deeper")


def _set_in_record(node: Node, record: type[Record], path: Path, value: Node) -> None:
    key, rest = path[0], path[1:]
    plan = _plan_of(record, key)
    if plan.record is None:
        _no_deeper(plan, rest)
    if not rest:
        set_key(node, key, value)
        return
    child = _child(node, key, [] if plan.shape == "records" else {}, value)
    if plan.record is None:
        set_key(child, rest[0], value)
    elif plan.shape == "records":
        _set_in_records(child, plan.record, rest, value)
    else:
        _set_in_record(child, plan.record, rest, value)


def _child(node: Node, key: str, empty: object, value: Node) -> Node:
    """The child of a key, made where it is missing and replaced where it is of the wrong kind."""
    child: Node | None = node.value.get(key)
    if child is None or not isinstance(child.value, type(empty)):
        child = node.value[key] = Node(empty, value.place)
    return child


def _set_in_records(node: Node, record: type[Record], path: Path, value: Node) -> None:
    name, rest = path[0], path[1:]
    if not rest and value.value is None:
        # in place, for the list is the tree's own, which the caller goes on to use
        node.value[:] = [element for element in node.value if id_of(element) != name]
        return
    if not rest and not isinstance(value.value, dict):
        raise _PathError("a record is a mapping")
    index = next((i for i, element in enumerate(node.value) if id_of(element) == name), len(node.value))
    if index == len(node.value):
        # a preset may have a record of this id, so whether it is unknown shows only once all is filled
        made = {"id": from_python(name, value.place)}
        node.value.append(Node(made, value.place, by_path=bool(rest)))
    if rest:
        _set_in_record(node.value[index], record, rest, value)
    else:
        node.value[index] = merge(node.value[index], value)
