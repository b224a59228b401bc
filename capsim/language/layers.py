"""The files of a scenario: read, annotated and merged along their ``extends``."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass

from capsim.errors import Fault, ScenarioError
from capsim.language.duplicates import find_duplicate_ids
from capsim.language.merge import merge
from capsim.language.notes import annotate
from capsim.language.reader import read_tree
from capsim.language.tree import Faults, Node, as_written

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
    return _split(_Chains(faults, read).read_file(file, "file", ()), faults)


def merge_layers(top: Node, faults: Faults, read: Reader = read_tree) -> Layers:
    """The same for a tree that is no file; what it extends is relative to the working directory."""
    return _split(_Chains(faults, read).with_bases(top, "", ()), faults)


class _Chains:
    """Files with those they extend laid under them; a file that several extend is read once."""

    def __init__(self, faults: Faults, read: Reader) -> None:
        self._faults, self._read = faults, read
        self._known: dict[str, Node] = {}

    def read_file(self, file: str, layer: str, chain: tuple[str, ...]) -> Node:
        """A file with all it extends, `chain` being what extends it."""
        if file not in self._known:
            # read first: what is no name of a file is told by the reader
            top = self._read(file, layer, self._faults)
            self._known[file] = self.with_bases(top, file, (*chain, os.path.realpath(file)))
        return self._known[file]

    def with_bases(self, top: Node, file: str, chain: tuple[str, ...]) -> Node:
        """A file's tree laid over those of the files it extends, of which a later one is the stronger."""
        if not isinstance(top.value, dict):
            raise _unusable(top, "", "a scenario is a mapping of keys to values")
        find_duplicate_ids(top, (), self._faults)
        extends = top.value.pop("extends", None)
        annotate(top, self._faults)
        if extends is None or extends.value is None:
            return top
        trees = [self._base(named, file, chain) for named in _named(extends)]
        return functools.reduce(merge, [*trees, top])

    def _base(self, named: Node, file: str, chain: tuple[str, ...]) -> Node:
        """A file that is extended, named relative to the file that does."""
        base = os.path.normpath(os.path.join(os.path.dirname(file), named.value))  # noqa: PTH118, PTH120
        if os.path.realpath(base) in chain:
            raise _unusable(named, "extends", "files extend one another in a circle")
        if not len(chain) <= MAX_EXTENDS:
            raise _unusable(named, "extends", f"a chain of more than {MAX_EXTENDS} files")
        try:
            return self.read_file(base, "extends", chain)
        except ScenarioError as error:
            (fault,) = error.faults
            # what is wrong inside the other file stands there; that it cannot be opened, where it is named
            if fault.line or fault.file != base:
                raise
            raise _unusable(named, "extends", fault.rule) from None


def _named(extends: Node) -> list[Node]:
    """The files that are extended, each the text of a path."""
    nodes = extends.value if isinstance(extends.value, list) else [extends]
    if not nodes or not all(isinstance(node.value, str) for node in nodes):
        raise _unusable(extends, "extends", "must be the path of a scenario file, or a list of them")
    for node in nodes:
        if "\0" in node.value:
            raise _unusable(node, "extends", "not a file name")
    return nodes


def _unusable(node: Node, path: str, rule: str) -> ScenarioError:
    fault = Fault(node.place.file, node.place.line, path, rule, as_written(node))
    return ScenarioError(fault.file, [fault])


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
