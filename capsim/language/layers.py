"""The files of a scenario: read, annotated and merged along their ``extends``."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from capsim.errors import Fault, ScenarioError
from capsim.language.merge import merge
from capsim.language.notes import annotate
from capsim.language.reader import read_tree
from capsim.language.tree import Faults, Node, Path, as_written, id_of

Reader = Callable[[str, str, Faults], Node]
"""Makes the tree of a file, given its layer and a collector of faults."""
MAX_EXTENDS = 10
"""Longest chain of files that extend one another."""


@dataclass(frozen=True)
class Layers:
    """The merged files of a scenario."""

    root: Node
    """The scenario's keys, without `extends` and `overrides`."""
    overrides: Node
    """Named overrides: a mapping of names to mappings of dotted paths to values."""


def read_layers(file: str, faults: Faults, read: Reader = read_tree) -> Layers:
    """Read a file and all it extends; `read` makes the tree of each.

    Raises
    ------
    ScenarioError
        If one of the files cannot be read.
    """
    return _split(_read_chain(file, "file", (), faults, read), faults)


def merge_layers(top: Node, faults: Faults, read: Reader = read_tree) -> Layers:
    """The same for a tree that is no file; what it extends is relative to the working directory."""
    return _split(_with_base(top, "", (), faults, read), faults)


def _read_chain(file: str, layer: str, chain: tuple[str, ...], faults: Faults, read: Reader) -> Node:
    return _with_base(read(file, layer, faults), file, (*chain, os.path.realpath(file)), faults, read)


def _with_base(top: Node, file: str, chain: tuple[str, ...], faults: Faults, read: Reader) -> Node:
    """A file's tree laid over that of the file it extends."""
    if not isinstance(top.value, dict):
        raise _unusable(top, "", "a scenario is a mapping of keys to values")
    _find_duplicate_ids(top, (), faults)
    extends = top.value.pop("extends", None)
    annotate(top, faults)
    if extends is None or extends.value is None:
        return top
    if not isinstance(extends.value, str):
        raise _unusable(extends, "extends", "must be the path of a scenario file")
    base = os.path.normpath(os.path.join(os.path.dirname(file), extends.value))  # noqa: PTH118, PTH120
    if os.path.realpath(base) in chain:
        raise _unusable(extends, "extends", "files extend one another in a circle")
    if not len(chain) <= MAX_EXTENDS:
        raise _unusable(extends, "extends", f"a chain of more than {MAX_EXTENDS} files")
    try:
        return merge(_read_chain(base, "extends", chain, faults, read), top)
    except ScenarioError as error:
        (fault,) = error.faults
        # what is wrong inside the other file stands there; that it cannot be opened is told where it is named
        if fault.line or fault.file != base:
            raise
        raise _unusable(extends, "extends", fault.rule) from None


def _unusable(node: Node, path: str, rule: str) -> ScenarioError:
    fault = Fault(node.place.file, node.place.line, path, rule, as_written(node))
    return ScenarioError(fault.file, [fault])


def _find_duplicate_ids(node: Node, path: Path, faults: Faults) -> None:
    first: dict[str, Node] = {}
    for name, child in node.children():
        is_record = isinstance(node.value, list) and id_of(child)
        # by identity, for two records that say the same are two all the same
        if is_record and first.setdefault(name, child) is not child:
            rule = f"id {name} given twice; the first is on line {first[name].place.line}"
            faults.add(child.place, (*path, name), rule)
        if isinstance(child.value, (dict, list)):
            _find_duplicate_ids(child, (*path, name), faults)


def _split(root: Node, faults: Faults) -> Layers:
    """Take the named overrides off the tree."""
    overrides = root.value.pop("overrides", None)
    if overrides is None or overrides.value is None:
        return Layers(root, Node({}, root.place))
    rule = "must be a mapping of names to mappings of paths to values"
    named = overrides.value if isinstance(overrides.value, dict) else {}
    if not isinstance(overrides.value, dict):
        faults.add(overrides.place, ("overrides",), rule, as_written(overrides))
    for name, changes in named.items():
        if not isinstance(changes.value, dict):
            faults.add(changes.place, ("overrides", name), rule, as_written(changes))
    kept = {name: changes for name, changes in named.items() if isinstance(changes.value, dict)}
    return Layers(root, Node(kept, overrides.place))
