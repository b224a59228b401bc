"""The tree a scenario is made of before it becomes records: values that know where they come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from capsim.errors import Fault, ScenarioError, placed

Path = tuple[str, ...]
"""Keys and record ids from the root to a value."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value was written."""

    file: str
    """File as the user named it, a catalogue table, or the option or call that gave the value."""
    line: int
    """Line, counted from 1; 0 where there is none."""
    layer: str
    """Layer of precedence: default, catalog, extends, file, override NAME, --set or override()."""

    def __str__(self) -> str:
        return placed(self.file, self.line)


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of a value besides the value: its source and how far it is trusted."""

    source: str = ""
    """Source as written, or the catalogue's."""
    confidence: str = ""
    """`high`, `medium`, `low`, or empty."""
    kind: str = ""
    """`published`, `derived` or `assumed`; empty until the source is looked up."""
    catalog: str = ""
    """``table/entry`` the value was taken from; empty where a file gave it."""
    place: Place | None = None
    """Where the source was written."""


@dataclass(slots=True)
class Node:
    """A mapping, a list or a scalar, with its place."""

    value: Any
    """``dict[str, Node]``, ``list[Node]``, or a scalar."""
    place: Place
    """Where it was written: the line of its key, or of the element of a list."""
    text: str = ""
    """A scalar as written."""
    note: Note | None = None
    """Source and confidence, where there are any."""
    by_path: bool = False
    """Made by a path that named an id not (yet) in the list: a preset must supply the record."""
    _positions: dict[str, int] | None = field(default=None, init=False, repr=False, compare=False)
    """Where `named` last saw the elements of a list; what stands there is looked at before it is believed."""

    def get(self, key: str) -> Node | None:
        """Child of a mapping; None where this is no mapping or has no such key."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def at(self, part: int | str) -> Node | None:
        """Child of a mapping by key, of a list by position; None where there is none."""
        if not isinstance(self.value, list):
            return self.get(str(part))
        return self.value[int(part)] if str(part).isdigit() and int(part) < len(self.value) else None

    def named(self, part: str) -> Node | None:
        """Child by key or by id, by position where an element has no id; None where there is none."""
        if not isinstance(self.value, list):
            return self.get(part)
        i = (self._positions or {}).get(part, len(self.value))
        # long lists are asked for their elements one after the other, and change in between at most
        if i >= len(self.value) or (id_of(self.value[i]) or str(i)) != part:
            self._positions = {name: i for i, (name, _) in enumerate(self.children())}
            i = self._positions.get(part, -1)
        return self.value[i] if i >= 0 else None

    def scalar(self, key: str) -> Any:
        """Value of a scalar child; None where there is none."""
        child = self.get(key)
        return None if child is None or isinstance(child.value, (dict, list)) else child.value

    def records(self, key: str) -> list[tuple[str, Node]]:
        """The records of a list child with their ids; those without an id are left out."""
        child = self.get(key)
        elements = child.value if child is not None and isinstance(child.value, list) else []
        return [(name, element) for element in elements if (name := id_of(element))]

    def children(self) -> list[tuple[str, Node]]:
        """What is inside, by key or by id, by position where an element has no id; a scalar has nothing."""
        if isinstance(self.value, dict):
            return list(self.value.items())
        elements = self.value if isinstance(self.value, list) else ()
        return [(id_of(element) or str(i), element) for i, element in enumerate(elements)]

    def value_of(self, make: Callable[[Node], Any]) -> Any:
        """The value with what is made of each child in its place; a scalar as it is."""
        if isinstance(self.value, dict):
            return {key: make(child) for key, child in self.value.items()}
        return [make(child) for child in self.value] if isinstance(self.value, list) else self.value

    @property
    def is_distribution(self) -> bool:
        """Whether this mapping is an uncertain value."""
        return isinstance(self.value, dict) and "dist" in self.value

    @property
    def is_series(self) -> bool:
        """Whether this mapping is a value that moves with time: a file, or values by date."""
        if not isinstance(self.value, dict) or "id" in self.value:
            return False
        dated = self.value.get("values")
        return "file" in self.value or (dated is not None and bool(dated.children()) and is_dated(dated))

    @property
    def is_one_value(self) -> bool:
        """Whether this mapping stands where a number may stand, and its keys are no values of their own."""
        return self.is_distribution or self.is_series


@dataclass
class Faults:
    """Collector of everything wrong, so that all of it is reported at once."""

    found: list[Fault] = field(default_factory=list)

    def add(self, place: Place, path: Path, rule: str, value: str = "") -> None:
        """Add a fault."""
        self.found.append(Fault(place.file, place.line, ".".join(path), rule, shortened(value)))

    def stop(self, file: str) -> None:
        """Refuse a file: ScenarioError with all that was found, in file order; nothing where nothing was."""
        if self.found:
            raise ScenarioError(file, sorted(set(self.found)))

    def covers(self, path: Path) -> bool:
        """Whether a fault was found at a path or above it."""
        dotted = ".".join(path)
        return any(f.path and (dotted == f.path or dotted.startswith(f.path + ".")) for f in self.found)


def id_of(node: Node) -> str:
    """The id of a record, empty where it has none."""
    name = node.scalar("id")
    return name if isinstance(name, str) else ""


def located(root: Node, parts: Iterable[int | str]) -> tuple[Path, Node | None, Node]:
    """Path by ids of what keys and positions lead to; the node there, if any; and the last on the way."""
    path: Path = ()
    node: Node | None = root
    nearest = root
    for part in parts:
        is_element = node is not None and isinstance(node.value, list)
        node = node.at(part) if node is not None else None
        path += ((id_of(node) if node is not None and is_element else "") or str(part),)
        nearest = node or nearest
    return path, node, nearest


def is_dated(node: Node) -> bool:
    """Whether a node is a list of values by date."""
    return isinstance(node.value, list) and any(child.get("on") is not None for child in node.value)


def is_records(node: Node) -> bool:
    """Whether a node is a list that has records with ids only, and at least one."""
    return isinstance(node.value, list) and bool(node.value) and all(map(id_of, node.value))


def clone(node: Node) -> Node:
    """A copy that shares nothing that can be changed."""
    return Node(node.value_of(clone), node.place, node.text, node.note, node.by_path)


def moved(node: Node, place: Callable[[Place], Place]) -> Node:
    """The tree with the places of all its nodes changed, in place."""
    node.place = place(node.place)
    for _, child in node.children():
        moved(child, place)
    return node


def size(node: Node) -> int:
    """Number of nodes of a tree."""
    return 1 + sum(size(child) for _, child in node.children())


def plain(node: Node) -> Any:
    """The tree as dicts, tuples and scalars, for the records to validate."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    return tuple(plain(child) for child in node.value) if isinstance(node.value, list) else node.value


def from_python(value: Any, place: Place, note: Note | None = None) -> Node:
    """A tree of a Python value, all of it at one place; the note is of the value as a whole."""
    if isinstance(value, Node):
        return value
    # most are scalars, and asking whether one is a Mapping takes longer than all else here
    if not isinstance(value, (str, int, float)):
        if isinstance(value, Mapping):
            return Node({str(k): from_python(child, place) for k, child in value.items()}, place, note=note)
        if isinstance(value, (list, tuple)):
            return Node([from_python(child, place) for child in value], place, note=note)
    return Node(value, place, scalar_text(value), note)


def scalar_text(value: Any) -> str:
    """A scalar as a scenario file writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


def as_written(node: Node, limit: int = 60) -> str:
    """A value for a message: a scalar as written, a list or mapping in one line."""
    if isinstance(node.value, dict):
        text = "{" + ", ".join(f"{k}: {as_written(v)}" for k, v in node.value.items()) + "}"
    elif isinstance(node.value, list):
        text = "[" + ", ".join(as_written(v) for v in node.value) + "]"
    else:
        text = node.text or scalar_text(node.value)
    return shortened(text, limit)


def shortened(text: str, limit: int = 60) -> str:
    """A text of at most `limit` characters."""
    return text if len(text) <= limit else text[: limit - 3] + "..."


def leaves(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """All values with their paths: scalars, uncertain values, and lists that have no records."""
    if isinstance(node.value, dict) and not node.is_one_value:
        for key, child in node.value.items():
            yield from leaves(child, (*path, key))
    elif is_records(node):
        for child in node.value:
            yield from leaves(child, (*path, id_of(child)))
    else:
        yield path, node


def with_note(node: Node, note: Note) -> Node:
    """Put a note on a value, keeping what the value's own note says."""
    before = node.note
    if before is None or not (before.source or before.confidence):
        node.note = note
    elif not before.source:
        node.note = replace(note, confidence=before.confidence)
    return node
