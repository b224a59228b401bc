"""Dotted paths: the keys of mappings and the ids of records, from the root of a tree to a value."""

from __future__ import annotations

from capsim.errors import Fault, ScenarioError
from capsim.language.merge import merge
from capsim.language.tree import Faults, Node, Path, id_of, is_records
from capsim.registry import did_you_mean


def split(dotted: str) -> Path:
    """The keys and ids of a dotted path.

    Examples
    --------
    >>> split("sites.paris.phases")
    ('sites', 'paris', 'phases')
    """
    return tuple(dotted.split("."))


def steps(node: Node) -> dict[str, Node]:
    """What a path can go on to: keys of a record, ids of a list of records."""
    if isinstance(node.value, dict) and not node.is_one_value:
        return dict(node.value)
    return {id_of(child): child for child in node.value} if is_records(node) else {}


def node_at(root: Node, path: Path, file: str) -> Node:
    """The node a path leads to.

    Raises
    ------
    ScenarioError
        If the path leads nowhere, with the nearest name that would.
    """
    node = root
    for i, key in enumerate(path):
        child = None if node.is_one_value else node.named(key)
        if child is None or (isinstance(node.value, list) and not id_of(child)):
            hint = did_you_mean(key, steps(node))
            raise ScenarioError(file, [Fault(file, 0, ".".join(path[: i + 1]), f"no such value{hint}")])
        node = child
    return node


def set_key(node: Node, key: str, value: Node) -> None:
    """Lay a value over the child of a mapping, in place; null removes the child."""
    # popped rather than kept as null, so that what fills the tree sees no key
    if value.value is None:
        node.value.pop(key, None)
    else:
        node.value[key] = merge(node.value[key], value) if key in node.value else value


def find_unknown_ids(node: Node, faults: Faults, path: Path = ()) -> None:
    """Find the records that only a path named: no file and no preset has them."""
    for name, child in node.children():
        if child.by_path:
            others = [id_of(other) for other in node.value if not other.by_path]
            rule = f"unknown id {id_of(child)}{did_you_mean(id_of(child), others)}"
            faults.add(child.place, (*path, id_of(child)), rule)
        elif isinstance(child.value, (dict, list)):
            find_unknown_ids(child, faults, (*path, name))
