"""Files that are no scenarios, such as claims and plans: read as one record, with all faults at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from capsim.errors import ScenarioError
from capsim.language.reader import read_tree
from capsim.language.tree import Faults, Node, as_written, plain
from capsim.registry import did_you_mean
from capsim.scenario.records.fields import fields_of

R = TypeVar("R", bound=BaseModel)
NOT_SHOWN = ("extra_forbidden", "missing")
"""Kinds of faults whose value says nothing."""


def read_record(
    file: str,
    kind: type[R],
    records: Mapping[str, type[BaseModel]],
    check: Callable[[R, Node, Faults], None],
) -> R:
    """A file as a record.

    Parameters
    ----------
    file : str
        YAML file.
    kind : type
        Record of the whole file.
    records : mapping
        Records of its parts by the names of their keys, for suggestions.
    check : callable
        Adds the faults that no single value has.

    Returns
    -------
    record : BaseModel
        Of type `kind`.

    Raises
    ------
    ScenarioError
        With every fault of the file.
    """
    faults = Faults()
    root = read_tree(file, "file", faults)
    try:
        record = kind.model_validate(plain(root))
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _add(detail, root, kind, records, faults)
        raise ScenarioError(file, sorted(faults.found)) from None
    check(record, root, faults)
    faults.stop(file)
    return record


def _add(
    detail: Any, root: Node, kind: type[BaseModel], records: Mapping[str, type[BaseModel]], faults: Faults
) -> None:
    """A fault pydantic found, at the line of its value or of the record it is missing in."""
    node, place, path = root, root.place, tuple(str(part) for part in detail["loc"])
    for part in path:
        child = _child(node, part)
        if child is None:
            break
        node, place = child, child.place
    rule = str(detail["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    if detail["type"] == "extra_forbidden":
        record = next((records[part] for part in reversed(path[:-1]) if part in records), kind)
        rule = f"unknown key{did_you_mean(path[-1], list(fields_of(record)))}"
    elif detail["type"] == "missing":
        rule = "missing"
    shown = "" if detail["type"] in NOT_SHOWN else as_written(node)
    faults.add(place, path, rule[:1].lower() + rule[1:], shown)


def _child(node: Node, part: str) -> Node | None:
    """Child of a mapping by key, of a list by number."""
    if isinstance(node.value, list):
        return node.value[int(part)] if part.isdigit() and int(part) < len(node.value) else None
    return node.get(part)
