"""Reading YAML into a tree of values that know their file and line; a hostile file costs little.

The reader knows YAML 1.2's plain scalars and refuses what could be read in two ways.

| written | read as |
|---|---|
| `1e6`, `1E-3`, `6.5e-2` | numbers |
| `12:30`, `1_000`, `0x10` | text |
| `no`, `yes`, `on`, `off` | text; only `true` and `false` are booleans |
| `2026-01-01` | a date; `2026-01` is text, and refused where a date is expected |
| `010` | refused: write `10`, or quote it |
| `.nan`, `.inf`, `1e999` | refused: a number is finite |
| a key given twice, an `id` given twice | refused, with the line of the first |
| `!tag`, `!!python/...`, `<<` | refused |
| `&anchor` and `*alias` | allowed, for up to 60,000 values written out |
| a list or a mapping of more than 60,000 entries | refused |

A file has at most 50,000,000 bytes of UTF-8 text, one document, and 40 levels.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sized
from datetime import date
from pathlib import Path as FilePath
from typing import Any, NoReturn

import yaml

from capsim.errors import Fault, ScenarioError, file_of
from capsim.language.tree import Faults, Node, Path, Place, clone, located, size
from capsim.reach import OUTSIDE, is_out_of_reach

MAX_BYTES = 50_000_000
"""Largest file that is read. [bytes]"""
MAX_DEPTH = 40
"""Deepest nesting of lists and mappings."""
MAX_ENTRIES = 60_000
"""Most entries of one list or mapping; how many there are of these is bounded by the size of the file."""
MAX_ALIASED = 60_000
"""Most values that the aliases of a file may stand for."""
MAX_DIGITS = 18
"""Longest whole number."""

TAG_RULE = "tags are not allowed; write the plain value"

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_INT = re.compile(r"[-+]?[0-9]+")
_PADDED = re.compile(r"[-+]?0[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"[-+]?\.(inf|nan)", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def unreadable(file: str, line: int, rule: str, value: str = "") -> ScenarioError:
    """What is raised where a file cannot be read at all: one fault that says why."""
    return ScenarioError(file_of(file), [Fault(file, line, "", rule, value)])


def parse_scalar(text: str) -> Any:
    """A plain scalar's value; raises ValueError in words where it is ambiguous.

    Examples
    --------
    >>> parse_scalar("1e6"), parse_scalar("12:30"), parse_scalar("no"), parse_scalar("-5")
    (1000000.0, '12:30', 'no', -5)
    """
    if text in _WORDS:
        return _WORDS[text]
    # most scalars are words, and every pattern below starts otherwise
    if text[0].isalpha():
        return text
    if _PADDED.fullmatch(text):
        plain = text.lstrip("+-").lstrip("0") or "0"
        raise ValueError(f"a number does not start with 0; write {plain} or quote it")
    if _INT.fullmatch(text):
        if len(text) > MAX_DIGITS:
            raise ValueError(f"a whole number has at most {MAX_DIGITS} digits")
        return int(text)
    if _FLOAT.fullmatch(text) and not _is_infinite(text):
        return float(text)
    if _DATE.fullmatch(text):
        return _parse_date(text)
    return text


def _is_infinite(text: str) -> bool:
    if abs(float(text)) == float("inf"):
        raise ValueError("a number must be finite")
    return False


def _parse_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("not a day of the calendar") from None


def _quoted(text: str) -> str:
    """A quoted text for a message: with its quotes where it would be no text without them."""
    try:
        is_text = isinstance(parse_scalar(text), str)
    except ValueError:
        is_text = False
    return text if is_text else f'"{text}"'


def _short_tag(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")


class _Composer:
    """Turns the parser's events into nodes, one file at a time."""

    def __init__(self, text: str, file: str, layer: str, faults: Faults) -> None:
        self.file, self.layer, self.faults = file, layer, faults
        self.noted: list[tuple[Place, Path, str, str]] = []
        self.events: Iterator[Any] = iter(_LOADER(text).get_event, None)
        self.anchors: dict[str, Node | None] = {}
        self.n_aliased = 0
        self.depth = 0

    def stop(self, line: int, rule: str) -> NoReturn:
        """Give up on the file."""
        raise unreadable(self.file, line, rule)

    def document(self) -> Node:
        """The file's one document."""
        next(self.events)
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            self.stop(0, "the file is empty")
        node = self.node(next(self.events), None, ())
        next(self.events)
        following = next(self.events)
        if not isinstance(following, yaml.StreamEndEvent):
            self.stop(following.start_mark.line + 1, "a file holds one document; remove what follows ---")
        for place, path, rule, value in self.noted:
            self.faults.add(place, located(node, path)[0], rule, value)
        return node

    def bound(self, entries: Sized, line: int) -> None:
        """Refuse a list or a mapping that is too long."""
        if not len(entries) <= MAX_ENTRIES:
            self.stop(line, f"more than {MAX_ENTRIES:,} entries in a list or a mapping")

    def note(self, place: Place, path: Path, rule: str, value: str = "") -> None:
        """Note a fault; its path gets ids once the records are read."""
        self.noted.append((place, path, rule, value))

    def node(self, event: Any, line: int | None, path: Path) -> Node:
        """The node an event starts; `line` is that of its key, where it has one."""
        at = event.start_mark.line + 1
        place = Place(self.file, line or at, self.layer)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, place)
        if event.tag is not None:
            self.note(place, path, TAG_RULE, _short_tag(event.tag))
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            node = self.scalar(event, place, path)
        else:
            self.depth += 1
            if not self.depth <= MAX_DEPTH:
                self.stop(at, f"nested deeper than {MAX_DEPTH} levels")
            compose = self.mapping if isinstance(event, yaml.MappingStartEvent) else self.sequence
            node = Node(compose(path), place)
            self.depth -= 1
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def alias(self, event: Any, place: Place) -> Node:
        """A copy of what an anchor names."""
        target = self.anchors.get(event.anchor)
        if target is None:
            self.stop(event.start_mark.line + 1, f"alias *{event.anchor} names nothing written before it")
        self.n_aliased += size(target)
        if not self.n_aliased <= MAX_ALIASED:
            self.stop(event.start_mark.line + 1, f"aliases stand for more than {MAX_ALIASED:,} values")
        copy = clone(target)
        copy.place = place
        return copy

    def scalar(self, event: Any, place: Place, path: Path) -> Node:
        """A scalar; text where it is quoted."""
        text = event.value
        # quotes are how an author says that it is text
        if event.style in ('"', "'", "|", ">"):
            return Node(text, place, _quoted(text))
        if _SPECIAL.fullmatch(text):
            self.note(place, path, "a number must be finite", text)
            return Node(0.0, place, text)
        try:
            return Node(parse_scalar(text), place, text)
        except ValueError as fault:
            self.note(place, path, str(fault), text)
            return Node(text, place, text)

    def sequence(self, path: Path) -> list[Node]:
        """The elements of a list."""
        elements: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            elements.append(self.node(event, None, (*path, str(len(elements)))))
            self.bound(elements, event.start_mark.line + 1)
        return elements

    def mapping(self, path: Path) -> dict[str, Node]:
        """The keys and values of a mapping."""
        children: dict[str, Node] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent):
                self.stop(line, "a key must be a plain word")
            inner = (*path, event.value)
            child = self.node(next(self.events), line, inner)
            if event.value == "<<" and event.implicit[0]:
                self.note(child.place, path, "merge keys (<<) are not allowed; use extends, or write it out")
            elif event.tag is not None:
                self.note(child.place, inner, TAG_RULE, _short_tag(event.tag))
            elif event.value in children:
                first = children[event.value].place.line
                self.note(child.place, inner, f"key given twice; the first is on line {first}")
            else:
                children[event.value] = child
                self.bound(children, line)
        return children


def parse_tree(text: str, file: str, layer: str, faults: Faults) -> Node:
    """The tree of a YAML text.

    Raises
    ------
    ScenarioError
        If the text is no YAML, or breaks a limit; lesser faults go to `faults`.
    """
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        raise unreadable(file, line, "not a text file: it has control characters")
    try:
        return _Composer(text, file, layer, faults).document()
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text, file) from None
    except yaml.YAMLError as error:
        raise unreadable(file, 0, f"not readable as YAML: {error}") from None


def _syntax_error(error: yaml.MarkedYAMLError, text: str, file: str) -> ScenarioError:
    line = error.problem_mark.line + 1 if error.problem_mark else 0
    lines = text.splitlines()
    written = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in written[: len(written) - len(written.lstrip()) + 1]:
        return unreadable(file, line, "a tab cannot indent; use spaces")
    return unreadable(file, line, f"not readable as YAML: {error.problem}")


def read_tree(file: str, layer: str, faults: Faults) -> Node:
    """The tree of a YAML file.

    Raises
    ------
    ScenarioError
        If the file cannot be read, is no YAML, or breaks a limit.
    """
    return parse_tree(read_text(file), file, layer, faults)


def read_text(file: str) -> str:
    """The text of a file that is regular, small enough and UTF-8; ScenarioError otherwise."""
    try:
        if is_out_of_reach(file):
            raise unreadable(file, 0, OUTSIDE)
        status = FilePath(file).stat()
        if not stat.S_ISREG(status.st_mode):
            what = "a directory" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise unreadable(file, 0, f"cannot be read: it is {what}")
        if not status.st_size <= MAX_BYTES:
            rule = f"larger than {MAX_BYTES} bytes; a scenario is text of some pages"
            raise unreadable(file, 0, rule, f"{status.st_size} bytes")
        with FilePath(file).open("rb") as stream:
            # no more than was measured, for the file may grow meanwhile
            return stream.read(MAX_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise unreadable(file, 0, f"cannot be read: {_reason(error)}") from None
    except UnicodeDecodeError:
        raise unreadable(file, 0, "not a UTF-8 text file") from None
    except ValueError:
        raise unreadable(file, 0, "cannot be read: not a file name") from None


def _reason(error: OSError) -> str:
    return (error.strerror or os.strerror(error.errno or 0)).lower()
