"""Where the values of a scenario come from, and the scenario as text that loads again."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import yaml

from capsim.catalog import Catalog
from capsim.errors import Fault, ScenarioError
from capsim.language.tree import Node, Note, Path, id_of, is_records, plain, scalar_text
from capsim.language.yaml_tree import MAX_DIGITS
from capsim.registry import did_you_mean
from capsim.scenario.rules.source_rules import kind_of

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_RESERVED = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")


@dataclass(frozen=True)
class Provenance:
    """The trees a scenario was made of."""

    file: str
    """File the scenario was loaded from, as the user named it."""
    merged: Node
    """All layers of the user, before the catalogue's defaults: what an override changes."""
    tree: Node
    """The resolved tree, which the records were made of."""

    @cached_property
    def text(self) -> str:
        """The resolved scenario as YAML: it loads to an equal scenario, whatever its files become."""
        return str(yaml.dump(_resolved(self.tree), Dumper=_Dumper, sort_keys=False, allow_unicode=True))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the resolved values, whatever the layout, comments and sources of the files."""
        return hashlib.sha256(json.dumps(_canonical(self.tree), sort_keys=True).encode()).hexdigest()


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


def node_at(root: Node, path: Path, file: str) -> Node:
    """The node a path of keys and ids leads to.

    Raises
    ------
    ScenarioError
        If the path leads nowhere, with the nearest name that would.
    """
    node = root
    for i, key in enumerate(path):
        children = children_of(node)
        if key not in children:
            hint = did_you_mean(key, list(children))
            raise ScenarioError(file, [Fault(file, 0, ".".join(path[: i + 1]), f"no such value{hint}")])
        node = children[key]
    return node


def children_of(node: Node) -> dict[str, Node]:
    """What a path can go on to: keys of a record, ids of a list of records."""
    if isinstance(node.value, dict) and not node.is_distribution:
        return dict(node.value)
    return {id_of(child): child for child in node.value} if is_records(node) else {}


def origin(provenance: Provenance, catalog: Catalog, dotted: str) -> Origin:
    """Where the value at a dotted path comes from; ScenarioError where the path leads nowhere."""
    path = tuple(dotted.split("."))
    return origin_of(node_at(provenance.tree, path, provenance.file), path, catalog)


def origin_of(node: Node, path: Path, catalog: Catalog) -> Origin:
    """Origin of a node of the resolved tree."""
    note = node.note or Note()
    kind = kind_of(note, path[-1] if path else "", catalog)
    place = node.place
    return Origin(plain(node), place.file, place.line, place.layer, note.source, note.confidence, kind)


class _Dumper(yaml.SafeDumper):
    """Writes numbers so that the reader of scenario files reads them as numbers again."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Write everything out; PyYAML's hook."""
        return True


def _write_float(dumper: yaml.SafeDumper, value: float) -> yaml.ScalarNode:
    """A number that also readers of YAML 1.1 know: with a point before its exponent."""
    text = repr(value)
    written = text if "." in text else text.replace("e", ".0e")
    return dumper.represent_scalar("tag:yaml.org,2002:float", written)


def _write_text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    """Text in quotes unless it is a plain word to every reader."""
    is_plain = _WORD.fullmatch(value) and value.lower() not in _RESERVED
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if is_plain else '"')


def _write_int(dumper: yaml.SafeDumper, value: int) -> yaml.ScalarNode:
    """A whole number; as a float where it has more digits than a file may have."""
    if len(str(value)) > MAX_DIGITS:
        return _write_float(dumper, float(value))
    return dumper.represent_int(value)


_Dumper.add_representer(int, _write_int)
_Dumper.add_representer(float, _write_float)
_Dumper.add_representer(str, _write_text)


def _resolved(node: Node) -> Any:
    if isinstance(node.value, dict) and not node.is_distribution:
        return {key: _resolved(child) for key, child in node.value.items()}
    if isinstance(node.value, list) and any(isinstance(c.value, dict) for c in node.value):
        return [_resolved(child) for child in node.value]
    value = _listed(plain(node))
    note = _written_note(node.note)
    if not note:
        return value
    return {**value, **note} if isinstance(value, dict) else {"value": value, **note}


def _listed(value: Any) -> Any:
    """Tuples as lists, for YAML."""
    if isinstance(value, dict):
        return {key: _listed(child) for key, child in value.items()}
    return [_listed(child) for child in value] if isinstance(value, tuple) else value


def _written_note(note: Note | None) -> dict[str, str]:
    if note is None:
        return {}
    source = f"catalog:{note.catalog}" if note.catalog else note.source
    return {key: text for key, text in (("source", source), ("confidence", note.confidence)) if text}


def _canonical(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {key: _canonical(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [_canonical(child) for child in node.value]
    value = node.value
    if isinstance(value, date):
        return scalar_text(value)
    return repr(float(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
