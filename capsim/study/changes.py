"""What differs between two scenarios."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from capsim.language.tree import Node, Path, as_written, id_of, is_records, plain
from capsim.scenario import Scenario

UNRELATED = ("name", "title", "description", "sources", "targets", "source", "statement", "schema", "axes")
"""Keys that change no result."""
NOTHING = "-"


@dataclass(frozen=True)
class Change:
    """A value two scenarios do not share."""

    path: str
    """Dotted path."""
    before: str
    """Value in the first, as a file would have it; `-` where it has none."""
    after: str
    """Value in the other."""
    value: Any = field(repr=False, compare=False)
    """Value in the other, to set; None removes it."""


def changes_between(first: Scenario, other: Scenario) -> tuple[Change, ...]:
    """What the user's files set differently, in the order of the scenarios.

    Defaults that follow from a change, such as the price of another system, belong to it.
    """
    return tuple(_differences(first._provenance.merged, other._provenance.merged, ()))


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
    return NOTHING if node is None else as_written(node)
