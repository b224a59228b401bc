"""Files that are no scenarios, such as claims and plans: read as one record, with all faults at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from pydantic import ValidationError

from capsim.errors import ScenarioError
from capsim.language.reader import read_tree
from capsim.language.tree import Faults, Node, as_written, located, plain
from capsim.registry import did_you_mean
from capsim.scenario.messages import add_issue
from capsim.scenario.records.fields import fields_of, record_at
from capsim.scenario.records.record import Record
from capsim.scenario.rules.rule import Issue

R = TypeVar("R", bound=Record)
NOT_SHOWN = ("extra_forbidden", "missing")
"""Kinds of faults whose value says nothing."""


def read_record(file: str, kind: type[R], check: Callable[[R], Iterable[Issue]]) -> R:
    """A file as a record.

    Parameters
    ----------
    file : str
        YAML file.
    kind : type
        Record of the whole file.
    check : callable
        Gives the issues that no single value has.

    Returns
    -------
    record : Record
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
            _add(detail, root, kind, faults)
        raise ScenarioError(file, sorted(set(faults.found))) from None
    for issue in check(record):
        add_issue(issue, root, (), faults)
    faults.stop(file)
    return record


def _add(detail: Any, root: Node, kind: type[Record], faults: Faults) -> None:
    """A fault pydantic found, at the line of its value or of the record it is missing in."""
    path, (_, _, node) = tuple(map(str, detail["loc"])), located(root, detail["loc"])
    rule = str(detail["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    if detail["type"] == "extra_forbidden":
        rule = f"unknown key{did_you_mean(path[-1], fields_of(record_at(kind, path[:-1]) or kind))}"
    elif detail["type"] == "missing":
        rule = "missing"
    shown = "" if detail["type"] in NOT_SHOWN else as_written(node)
    faults.add(node.place, path, rule[:1].lower() + rule[1:], shown)
