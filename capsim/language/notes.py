"""Sources and confidence: taken off the tree and put on the values they speak of, layer by layer.

- Any value may be written `{value: 60, source: ..., confidence: high}`; an uncertain value takes
  `source` and `confidence` beside its own keys.
- A record's `source:` covers the values written with it, in the same file, that have none of
  their own; the nearest record counts. The scenario itself has no `source`.
- A source is `assumed` or `assumed: why`; the `id` of an entry of `sources`; `catalog:table/entry`;
  or free text that cites a publication. `confidence` is `high`, `medium` or `low`.
"""

from __future__ import annotations

from typing import Any

from capsim.language.tree import Faults, Node, Note, Path, as_written, id_of, with_note
from capsim.registry import did_you_mean

NOTE_KEYS = ("source", "confidence")
"""Keys taken off the tree."""
CONFIDENCE = ("high", "medium", "low")
"""Grades of confidence."""
_LEAF_KEYS = ("value", *NOTE_KEYS)


def annotate(root: Node, faults: Faults) -> Node:
    """Replace annotated values by plain ones with notes, and give records' sources to their values."""
    for key, child in root.value.items():
        # the publications themselves have no source
        if key != "sources":
            root.value[key] = annotate_value(child, (key,), faults)
    return root


def annotate_value(node: Node, path: Path, faults: Faults, around: Note | None = None) -> Node:
    """The same for a value of the tree, or one that a path is set to; `around` is its record's note."""
    # in place: a tree that was just read is nobody else's, and its values keep their identity
    if isinstance(node.value, list):
        node.value = [
            annotate_value(child, (*path, id_of(child) or str(i)), faults, around)
            for i, child in enumerate(node.value)
        ]
        return node if any(isinstance(c.value, dict) for c in node.value) else _covered(node, around)
    if not isinstance(node.value, dict):
        return _covered(node, around)
    if "value" in node.value and "on" not in node.value:
        return _annotated_value(node, path, faults, around)
    note = _take_note(node, path, faults)
    # the keys of an uncertain value are no values of their own, and take no note
    if node.is_one_value:
        node.note = note
        return _covered(node, around)
    if note is not None and around is not None:
        note = _within(note, around)
    node.note = note
    node.value = {
        key: child if key == "id" else annotate_value(child, (*path, key), faults, note or around)
        for key, child in node.value.items()
    }
    return node


def _annotated_value(node: Node, path: Path, faults: Faults, around: Note | None) -> Node:
    """The value inside ``{value: ..., source: ...}``, with its note."""
    for key, child in node.value.items():
        if key not in _LEAF_KEYS:
            hint = did_you_mean(key, _LEAF_KEYS)
            rule = f"unknown key beside value{hint}"
            faults.add(child.place, (*path, key), rule, as_written(child))
    note = _take_note(node, path, faults)
    inner: Node = node.value["value"]
    if isinstance(inner.value, dict) and not inner.is_one_value:
        faults.add(inner.place, path, "value must be a number, a date, text or an uncertain value")
    if inner.is_one_value:
        inner.note = _take_note(inner, path, faults)
    inner.place = node.place
    if note is not None:
        with_note(inner, note)
    return _covered(inner, around)


def _covered(node: Node, around: Note | None) -> Node:
    return node if around is None else with_note(node, around)


def _within(note: Note, around: Note) -> Note:
    """A record's note, completed by that of the record around it."""
    return (
        note if note.source else Note(around.source, note.confidence or around.confidence, place=around.place)
    )


def _take_note(node: Node, path: Path, faults: Faults) -> Note | None:
    """Remove the note's keys from a mapping and read them."""
    taken: dict[str, Any] = {key: node.value.pop(key) for key in NOTE_KEYS if key in node.value}
    if not taken:
        return None
    for key, child in taken.items():
        if not (isinstance(child.value, str) and child.value.strip()):
            faults.add(child.place, (*path, key), "must be text", as_written(child))
        elif key == "confidence" and child.value not in CONFIDENCE:
            rule = f"must be one of {', '.join(CONFIDENCE)}{did_you_mean(child.value, CONFIDENCE)}"
            faults.add(child.place, (*path, key), rule, child.value)
    texts = {key: str(child.value).strip() for key, child in taken.items()}
    place = taken["source"].place if "source" in taken else None
    return Note(texts.get("source", ""), texts.get("confidence", ""), place=place)
