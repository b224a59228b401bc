"""What is wrong with records as faults of their file: what rules say, and what records find themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, NamedTuple

from capsim.catalog import currency_meant, load_catalog
from capsim.language.notes import NOTE_KEYS
from capsim.language.tree import Faults, Node, Path, Place, as_written, located
from capsim.registry import did_you_mean
from capsim.scenario.other_money import money_to_write
from capsim.scenario.records.fields import fields_of, record_at, unknown_key
from capsim.scenario.records.record import Record
from capsim.scenario.rules.date_rules import CALENDAR_RULE, is_off_the_calendar
from capsim.scenario.rules.rule import Issue

DATE_RULE = "must be a date, written as 2026-01-01"
_WORD = re.compile(r"\w+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_RULES: Mapping[str, str] = MappingProxyType(
    {
        "missing": "missing",
        "int_type": "must be a whole number",
        "int_from_float": "must be a whole number",
        "float_type": "must be a number",
        "string_type": "must be text; quote it if it is meant as text",
        "string_too_short": "must not be empty",
        "bool_type": "must be true or false",
        "date_type": DATE_RULE,
        "tuple_type": "must be a list",
        "dict_type": "must be a mapping",
    }
)
MOST_NAMED = 3
"""Keys that are named where a mapping is wanted."""
_SHAPES: Mapping[str, Callable[[Any, type[Record]], str]] = MappingProxyType(
    {
        "too_short": lambda context, _: f"must have at least {context['min_length']} entry",
        "model_type": lambda _, wanted: (
            f"must be a mapping, with keys such as {', '.join([*fields_of(wanted)][:MOST_NAMED])}"
        ),
    }
)
_BOUNDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "greater_than": ("must be greater than", "gt"),
        "greater_than_equal": ("must be at least", "ge"),
        "less_than": ("must be less than", "lt"),
        "less_than_equal": ("must be at most", "le"),
    }
)
CODE = r"^[A-Z]{3}$"
"""Pattern of the code of a currency."""
_PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        r"^[a-z0-9][a-z0-9_-]*$": "must be made of a-z, 0-9, - and _, and start with a letter or digit",
        CODE: "must be three capital letters, such as EUR",
        r"^[a-z]{3}$": "must be three small letters, such as fra",
    }
)
_OUTERMOST = ("extends", "overrides")
"""Keys of a scenario file that are no fields of the scenario."""


CATALOG = "catalog"
"""Layer of what the catalogue supplies."""
SUPPLIED: Mapping[str, str] = MappingProxyType({CATALOG: "by the catalogue", "default": "by default"})
"""Layers of what the scenario's author did not write, and how their values are told."""


class Wrong(NamedTuple):
    """A record that does not validate."""

    kind: type[Record]
    node: Node
    path: Path
    details: Sequence[Any]
    """Its errors, as pydantic tells them."""


def add_issue(issue: Issue, tree: Node, path: Path, faults: Faults) -> None:
    """Add an issue of the record at a path as a fault, of what the author wrote where the rule names that."""
    whole = (*path, *issue.path)
    node = nearest(tree, whole)
    written = as_written(node) if issue.got is True else issue.got or ""
    key = _written_beside(issue, tree, whole)
    if key is not None:
        beside = nearest(tree, (*whole[:-1], key))
        other = f"{whole[-1]} ({written} {SUPPLIED[node.place.layer]})"
        rule = f"does not go with {other}, which {issue.rule}"
        faults.add(beside.place, (*whole[:-1], key), rule, as_written(beside))
        return
    place = node_of(issue, tree, path).place
    if place.layer == CATALOG and place.file in {f"{table}.csv" for table in load_catalog().tables}:
        # what ships is right by itself: the author gave what it does not go with
        written, place = f"{written} {SUPPLIED[CATALOG]}", _of_the_author(tree, whole)
    faults.add(place, whole, issue.rule, written)


def _of_the_author(tree: Node, path: Path) -> Place:
    """The place of the innermost node on a path that the scenario's author wrote."""
    place, node = tree.place, tree
    for part in path:
        child = node.named(part)
        if child is None:
            break
        node = child
        place = place if node.place.layer in SUPPLIED else node.place
    return place


def _written_beside(issue: Issue, tree: Node, whole: Path) -> str | None:
    """What the author wrote and the rule holds a supplied value against; None where that is none."""
    if not issue.path or issue.at is not None:
        return None
    around = nearest(tree, whole[:-1])
    node = around.get(whole[-1])
    if node is None or node.place.layer not in SUPPLIED:
        return None
    named = ((word, around.get(word)) for word in _WORD.findall(issue.rule))
    return next((word for word, child in named if child and child.place.layer not in SUPPLIED), None)


def node_of(issue: Issue, tree: Node, path: Path) -> Node:
    """The node whose line an issue of the record at a path shows."""
    return nearest(tree, (*path, *(issue.path if issue.at is None else issue.at)))


def nearest(node: Node, path: Path) -> Node:
    """The node at a path of keys, ids and positions, or the last one on the way to it."""
    for part in path:
        child = node.named(part)
        if child is None:
            break
        node = child
    return node


def translate(
    wrong: Sequence[Wrong], unresolved: set[Path], faults: Faults, root: Node | None = None
) -> None:
    """Add a fault for each error of the records, except where an earlier fault explains it.

    Of a scenario, `root` says in which currencies its amounts are.
    """
    earlier = Faults(list(faults.found))
    reported: set[int] = set()
    for record in wrong:
        for detail in record.details:
            inner, node, last = located(record.node, detail["loc"])
            path, kind = (*record.path, *inner), detail["type"]
            # a number that stands for a record, such as a range, is told as what was written
            if node is None and kind != "missing" and not isinstance(last.value, (dict, list)):
                node, path = last, path[:-1]
            # what an unknown preset leaves missing has the fault of the preset
            is_left_out = kind == "missing" and any(path[:n] in unresolved for n in range(1, len(path) + 1))
            # entries that do not validate are told themselves; the list is not short of them
            is_left_out |= kind == "too_short" and node is not None and bool(node.value)
            if is_left_out or earlier.covers(path) or id(node) in reported:
                continue
            reported |= {id(node)} if node is not None else set()
            rule = _rule(detail, record_at(record.kind, inner[:-1]) or record.kind, path, node)
            if root is not None and kind == "number" and node is not None:
                rule = _with_money(rule, detail["ctx"]["words"], record, inner, node, root)
            shown = node is not None and kind not in ("missing", "extra_forbidden") and "(got" not in rule
            faults.add(last.place, path, rule, as_written(node) if node and shown else "")


def misspelt(wrong: Sequence[Wrong]) -> set[tuple[str, str]]:
    """Unknown keys that are near one of their record: its dotted path, and the key that is meant."""
    found = set()
    for record in wrong:
        for detail in (each for each in record.details if each["type"] == "extra_forbidden"):
            inner, _, _ = located(record.node, detail["loc"])
            kind = record_at(record.kind, inner[:-1]) or record.kind
            meant = get_close_matches(str(detail["loc"][-1]), fields_of(kind), n=1)
            found |= {(".".join((*record.path, *inner[:-1])), key) for key in meant}
    return found


def _with_money(rule: str, words: str, record: Wrong, inner: Path, node: Node, root: Node) -> str:
    """The rule of a number, with what to write where an amount with a currency was written."""
    plan = fields_of(record.kind).get(inner[0]) if len(inner) == 1 else None
    if plan is None or plan.quantity is None or not isinstance(node.value, str):
        return rule
    money = money_to_write(node.value, plan.quantity.unit, record.kind, record.node, root)
    return f"{words}, {money}" if money else rule


def _rule(detail: Any, record: type[Record], path: Path, node: Node | None) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    # what is no day of any plan is told as that, whatever else the field wants of it
    if node is not None and path[-1:] != ("id",) and is_off_the_calendar(node.value):
        return CALENDAR_RULE
    if kind == "extra_forbidden":
        more = NOTE_KEYS if len(path) > 1 else _OUTERMOST
        return unknown_key(record, path[-1], more)
    if kind == "literal_error":
        return _literal(context["expected"], node)
    if kind in _SHAPES:
        return _SHAPES[kind](context, record_at(record, path[-1:]) or record)
    if kind in _BOUNDS:
        words, name = _BOUNDS[kind]
        return f"{words} {context[name]:g}"
    pattern = context.get("pattern", "")
    is_day = kind == "date_type" and node is not None and _DAY.fullmatch(str(node.value))
    # what a record's own validator says stands in the context
    rule = f"{DATE_RULE}, without quotes" if is_day else _of_pattern(pattern, node)
    return rule or _RULES.get(kind) or str(context.get("error", detail["msg"]))


def _of_pattern(pattern: str, node: Node | None) -> str:
    """The rule of a text of a pattern, and what to write for a currency by its sign or in small letters."""
    written = str(node.value) if node is not None else ""
    code = currency_meant(f"1 {written}") or written.upper()
    hint = f"; write {code}" if pattern == CODE and re.fullmatch(CODE, code) else ""
    return _PATTERNS.get(pattern, "") + hint


def _literal(expected: str, node: Node | None) -> str:
    choices = [word.strip("' ") for word in expected.replace(" or ", ", ").split(",")]
    written = str(node.value) if node is not None else ""
    hint = "" if written in choices else did_you_mean(written, choices)
    return f"must be {'one of ' if len(choices) > 1 else ''}{', '.join(choices)}{hint}"
