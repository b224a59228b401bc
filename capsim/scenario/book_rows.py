"""Rows of a workbook and the tree of a scenario: from the one to the other by the fields of the records."""

from __future__ import annotations

from collections.abc import Iterator

from capsim.language.paths import split
from capsim.language.tree import Faults, Node, Path, as_written, from_python, id_of
from capsim.scenario.records.fields import FieldPlan, fields_of
from capsim.scenario.records.record import Record
from capsim.scenario.records.schema import Scenario

Leaf = tuple[Path, type[Record] | None, Node]
"""A value with its path and the record it is a field of."""


def leaves_of(node: Node, record: type[Record] | None = Scenario, path: Path = ()) -> Iterator[Leaf]:
    """The values of a tree as rows have them: records go deeper, and all else is one value."""
    for key, child in node.value.items():
        plan = fields_of(record).get(key) if record is not None else None
        inside = _inside(child, plan)
        if plan is None or inside is None:
            yield (*path, key), record, child
            continue
        for name, element in inside:
            if plan.shape == "mapping":
                yield (*path, key, name), None, element
            elif isinstance(child.value, dict):
                yield from leaves_of(Node({name: element}, element.place), plan.record, (*path, key))
            else:
                yield from _of_element(element, plan.record, (*path, key, name))


def _of_element(element: Node, record: type[Record] | None, path: Path) -> Iterator[Leaf]:
    """The values of a record of a list; one that has its id alone is an empty mapping."""
    kept = {key: child for key, child in element.value.items() if key != "id"}
    if not kept:
        yield path, None, Node({}, element.place)
    yield from leaves_of(Node(kept, element.place), record, path)


def _inside(node: Node, plan: FieldPlan | None) -> list[tuple[str, Node]] | None:
    """What a value holds, by key, id or position; None where it is one value, which has one row."""
    if plan is None or (plan.record is None and plan.shape != "mapping"):
        return None
    inside = node.children()
    if not inside or any("." in name for name, _ in inside):
        return None
    if plan.shape == "records":
        by_id = plan.record is not None and "id" in fields_of(plan.record)
        is_whole = isinstance(node.value, list) and all(isinstance(c.value, dict) for _, c in inside)
        if not is_whole or by_id != all(id_of(child) for _, child in inside):
            return None
    elif not isinstance(node.value, dict) or node.is_one_value:
        return None
    return inside


def lay(root: Node, dotted: str, value: Node, faults: Faults) -> None:
    """Lay the value of a row into a tree, at the path of the row.

    Elements of lists are made as they are named: those with ids by them, others by their positions.
    """
    path = split(dotted)
    if not all(path):
        faults.add(value.place, (), "a path is names with points between them", dotted)
        return
    node = root
    record: type[Record] | None = Scenario
    plan: FieldPlan | None = None
    for i, key in enumerate(path):
        is_last = i == len(path) - 1
        if isinstance(node.value, list):
            node = _element(node, key, plan, value)
        else:
            plan = fields_of(record).get(key) if record is not None else None
            if is_last:
                _set(node, key, value, path, faults)
                return
            record = plan.record if plan is not None else None
            empty: object = [] if plan is not None and plan.shape == "records" else {}
            node = node.value.setdefault(key, Node(empty, value.place))
        if not isinstance(node.value, (dict, list)) or (is_last and not isinstance(value.value, dict)):
            faults.add(value.place, path, f"{key} cannot be both a value and a record", as_written(value))
            return
    node.value.update(value.value)


def _element(node: Node, key: str, plan: FieldPlan | None, value: Node) -> Node:
    """The record of a list that a path names; made where it is not there."""
    by_id = plan is None or plan.record is None or "id" in fields_of(plan.record)
    for i, element in enumerate(node.value):
        if (id_of(element) if by_id else str(i)) == key:
            found: Node = element
            return found
    made = Node({"id": from_python(key, value.place)} if by_id else {}, value.place)
    node.value.append(made)
    return made


def _set(node: Node, key: str, value: Node, path: Path, faults: Faults) -> None:
    before = node.value.get(key)
    if before is not None:
        rule = f"given twice; first at {before.place}"
        faults.add(value.place, path, rule, as_written(value))
        return
    node.value[key] = value
