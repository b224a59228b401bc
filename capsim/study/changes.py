"""What differs between two scenarios."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from capsim.errors import ScenarioError
from capsim.language.tree import Node, Path, as_written, id_of, is_records, plain
from capsim.models.uncertain import parse_distribution
from capsim.scenario import Scenario

UNRELATED = ("name", "title", "description", "sources", "targets", "source", "statement", "schema", "axes")
"""Keys that change no result."""
NOTHING = "-"
LONGEST = 500
"""Longest range that is written out. [characters]"""


@dataclass(frozen=True)
class Change:
    """A value two scenarios do not share."""

    path: str
    """Dotted path."""
    before: str
    """Value in the first, as a file would have it, or its default; `-` where it has none."""
    after: str
    """Value in the other."""
    value: Any = field(repr=False, compare=False)
    """Value in the other, to set; None removes it."""


def changes_between(first: Scenario, other: Scenario) -> tuple[Change, ...]:
    """What the user's files set differently, in the order of the scenarios.

    Defaults that follow from a change, such as the price of another system, belong to it.
    """
    found = _differences(first._provenance.merged, other._provenance.merged, ())
    return tuple(_with_defaults(change, first, other) for change in found)


def _with_defaults(change: Change, first: Scenario, other: Scenario) -> Change:
    """A change with the value that a scenario has where its files set none."""
    before, after = (
        _default(scenario, change.path) if said == NOTHING else said
        for scenario, said in ((first, change.before), (other, change.after))
    )
    return replace(change, before=before, after=after)


def _default(scenario: Scenario, path: str) -> str:
    """The value at a path as resolved; `-` where there is none, or it is of more than one value."""
    try:
        node = scenario._provenance.node_at(tuple(path.split(".")))
    except ScenarioError:
        return NOTHING
    is_branch = (isinstance(node.value, dict) and not node.is_one_value) or is_records(node)
    return NOTHING if is_branch or node.value is None else _shown(node)


def _differences(a: Node | None, b: Node | None, path: Path, *, is_element: bool = False) -> Iterable[Change]:
    # Titles and sources differ between files that give the same results.
    if path and path[-1] in UNRELATED:
        return
    if _is_branch(a, is_element=is_element) and _is_branch(b, is_element=is_element):
        # A list of records counts by their ids, so that an inserted one shifts no other.
        ours, theirs = children(a), children(b)
        in_list = any(node is not None and is_records(node) for node in (a, b))
        for key in dict.fromkeys([*ours, *theirs]):
            yield from _differences(ours.get(key), theirs.get(key), (*path, key), is_element=in_list)
        return
    if a is not None and b is not None and plain(a) == plain(b):
        return
    value = None if b is None else plain(b)
    yield Change(".".join(path), _shown(a), _shown(b), value)


def _is_branch(node: Node | None, *, is_element: bool) -> bool:
    """Whether a node has children; a record that is not there has none, unless it is one of a list."""
    if node is None:
        return not is_element
    return (isinstance(node.value, dict) and not node.is_one_value) or is_records(node)


def children(node: Node | None) -> dict[str, Node]:
    """What is in a node by key, in a list of records by id; nothing in any other value."""
    if node is None:
        return {}
    if isinstance(node.value, dict):
        return dict(node.value)
    return {id_of(child): child for child in node.value} if is_records(node) else {}


def _shown(node: Node | None) -> str:
    if node is None:
        return NOTHING
    if not node.is_distribution:
        return as_written(node)
    # whole, and with its central estimate, as inputs are kept
    return f"{parse_distribution(plain(node)).central:.12g} {as_written(node, limit=LONGEST)}"
