"""Writing a tree: as YAML that the reader reads as the same values, and as a digest of the values alone."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import yaml

from capsim.language.reader import MAX_DIGITS
from capsim.language.tree import Node, Note, plain, scalar_text

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_WIDTH = 1 << 20
"""Columns of a line: texts are not folded, which libyaml and PyYAML do differently."""
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""The one of libyaml where PyYAML has it: the same text in a third of the time."""
_RESERVED = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")


def yaml_text(root: Node) -> str:
    """A tree as YAML, with the sources and confidence of its values beside them."""
    if not isinstance(root.value, dict) or not root.value or root.is_one_value:
        return _dumped(_written(root))
    return "".join(text for key, child in root.value.items() for text in _entry(key, child))


def _entry(key: str, node: Node) -> Iterator[str]:
    """An entry of a mapping, its records one by one: all nodes of a large plan would take half a gigabyte."""
    records = node.value
    if not isinstance(records, list) or not any(isinstance(child.value, dict) for child in records):
        yield _dumped({key: _written(node)})
        return
    for number, child in enumerate(records):
        text = _dumped({key: [_written(child)]})
        yield text if number == 0 else text.partition("\n")[2]


def flow_text(node: Node) -> str:
    """A mapping or a list in one line, without the note of the whole.

    Examples
    --------
    >>> from datetime import date
    >>> from capsim.language.tree import Place, from_python
    >>> flow_text(from_python({"on": date(2027, 1, 1), "values": [1, 2.5]}, Place("", 0, "file")))
    '{"on": 2027-01-01, values: [1, 2.5]}'
    """
    written = _written(Node(node.value, node.place))
    return _dumped(written, default_flow_style=True).strip()


def _dumped(written: Any, *, default_flow_style: bool = False) -> str:
    options: dict[str, Any] = {"sort_keys": False, "allow_unicode": True, "width": _WIDTH}
    return str(yaml.dump(written, Dumper=_Dumper, default_flow_style=default_flow_style, **options))


def quoted_text(text: str) -> str:
    """Text in quotes, which is read as text whatever it says."""
    return json.dumps(text, ensure_ascii=False)


def digest(root: Node) -> str:
    """SHA-256 of the values of a tree, whatever the layout, comments and sources of its files."""
    return hashlib.sha256(json.dumps(_canonical(root), sort_keys=True).encode()).hexdigest()


class _Dumper(_DUMPER):  # type: ignore[misc]
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


def _written(node: Node) -> Any:
    """A value as the dumper takes it; one with a source is a mapping that has both."""
    if isinstance(node.value, dict) and not node.is_one_value:
        return {key: _written(child) for key, child in node.value.items()}
    if isinstance(node.value, list) and any(isinstance(child.value, dict) for child in node.value):
        return [_written(child) for child in node.value]
    value, note = plain(node), _written_note(node.note)
    if not note:
        return value
    return {**value, **note} if isinstance(value, dict) else {"value": value, **note}


def _written_note(note: Note | None) -> dict[str, str]:
    if note is None:
        return {}
    source = f"catalog:{note.catalog}" if note.catalog else note.source
    return {key: text for key, text in (("source", source), ("confidence", note.confidence)) if text}


def _canonical(node: Node) -> Any:
    value = node.value_of(_canonical)
    if isinstance(value, date):
        return scalar_text(value)
    return repr(float(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
