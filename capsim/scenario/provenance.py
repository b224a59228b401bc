"""Where the values of a scenario come from, and the scenario as text that loads again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path as FilePath
from typing import Any

from capsim.catalog import Catalog
from capsim.errors import Question
from capsim.language.paths import node_at, split
from capsim.language.tree import Node, Note, Path, plain
from capsim.language.writer import digest, yaml_text
from capsim.scenario.records.schema import Scenario
from capsim.scenario.rules.source_rules import kind_of
from capsim.series import read_bytes


@dataclass(frozen=True)
class Origin:
    """A value and where it comes from."""

    value: Any
    """As a scenario file would have it: a scalar, or a mapping with `dist`."""
    file: str
    """File, catalogue table or option that set it."""
    line: int
    """Line in the file; 0 where it has none."""
    layer: str
    """Layer of precedence that set it."""
    source: str
    """Source of the value, empty where none is given."""
    confidence: str
    """`high`, `medium`, `low`, or empty."""
    kind: str
    """`published`, `derived`, `assumed`, or empty where no source is given."""


@dataclass(frozen=True)
class Provenance:
    """The trees a scenario was made of."""

    file: str
    """File the scenario was loaded from, as the user named it."""
    merged: Node
    """All layers of the user, before the catalogue's defaults: what an override changes."""
    tree: Node
    """The resolved tree, which the records were made of."""
    named: Node
    """Named overrides of the files, which may be asked for later."""
    read_later: tuple[str, ...]
    """Files of series and weather, which hold hours that the trees do not."""
    override: Callable[[Any, Mapping[str, Any] | str], Any]
    """What makes another scenario with values changed: the loader's, which records know nothing of."""
    ask: Callable[[Any, Node, Catalog], tuple[Question, ...]]
    """What finds the doubts about a scenario and the tree it was made of: that of judging."""

    @cached_property
    def text(self) -> str:
        """The resolved scenario as YAML: it loads to an equal scenario, whatever its files become."""
        return yaml_text(self.tree)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the resolved values, whatever the layout, comments and sources of the files.

        What stands in a file of series or weather counts by its content, once that is read.
        """
        of_values = digest(self.tree)
        if not self.read_later:
            return of_values
        contents = [sha256(read_bytes(FilePath(file))).hexdigest() for file in self.read_later]
        return sha256(" ".join([of_values, *contents]).encode()).hexdigest()

    def questions(self, scenario: Scenario) -> tuple[Question, ...]:
        """What is doubtful in the scenario of these trees, in file order."""
        return self.ask(scenario, self.tree, scenario.catalog)

    def node_at(self, path: Path) -> Node:
        """The resolved value at a path; ScenarioError where there is none."""
        return node_at(self.tree, path, self.file)

    def origin(self, dotted: str, catalog: Catalog) -> Origin:
        """Where the value at a dotted path comes from; ScenarioError where the path leads nowhere."""
        path = split(dotted)
        return origin_of(self.node_at(path), path, catalog)


def origin_of(node: Node, path: Path, catalog: Catalog) -> Origin:
    """Origin of a node of the resolved tree."""
    note = node.note or Note()
    kind = kind_of(note, path[-1] if path else "", catalog)
    place = node.place
    return Origin(plain(node), place.file, place.line, place.layer, note.source, note.confidence, kind)
