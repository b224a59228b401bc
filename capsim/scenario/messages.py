"""What the records find wrong, in words: each error with its file, line, path and a suggestion."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from capsim.language.notes import NOTE_KEYS
from capsim.language.tree import Faults, Node, Path, as_written, id_of
from capsim.registry import did_you_mean
from capsim.scenario.records.fields import fields_of, record_at
from capsim.scenario.records.schema import Scenario

DATE_RULE = "must be a date, written as 2026-01-01"
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
        "model_type": "must be a mapping",
        "model_attributes_type": "must be a mapping",
        "dict_type": "must be a mapping",
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
_PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        r"^[a-z0-9][a-z0-9_-]*$": "must be made of a-z, 0-9, - and _, and start with a letter or digit",
        r"^[A-Z]{3}$": "must be three capital letters, such as EUR",
        r"^[a-z]{3}$": "must be three small letters, such as fra",
    }
)


def translate(error: ValidationError, tree: Node, unresolved: set[Path], faults: Faults) -> None:
    """Add a fault for each error, except where an earlier fault explains it."""
    earlier = Faults(list(faults.found))
    reported: set[int] = set()
    for detail in error.errors(include_url=False):
        path, node, parent = _locate(tree, detail["loc"])
        kind = detail["type"]
        if earlier.covers(path) or _is_explained(kind, path, node, unresolved) or id(node) in reported:
            continue
        reported |= {id(node)} if node is not None else set()
        rule = _rule(dict(detail), path, node)
        shown = node is not None and kind not in ("missing", "extra_forbidden") and "(got" not in rule
        faults.add((node or parent).place, path, rule, as_written(node) if node and shown else "")


def _is_explained(kind: str, path: Path, node: Node | None, unresolved: set[Path]) -> bool:
    """Whether another fault is the reason: an unknown preset, or elements that are wrong themselves."""
    if kind == "missing":
        return any(path[:n] in unresolved for n in range(1, len(path) + 1))
    return kind == "too_short" and node is not None and bool(node.value)


def _locate(tree: Node, loc: tuple[int | str, ...]) -> tuple[Path, Node | None, Node]:
    """Path by ids, the node there if there is one, and the nearest node that is there."""
    path: list[str] = []
    node: Node | None = tree
    parent = tree
    for part in loc:
        if node is not None:
            parent = node
        if node is not None and isinstance(node.value, list) and isinstance(part, int):
            node = node.value[part]
            path.append(id_of(node) or str(part))
        else:
            node = node.get(str(part)) if node is not None else None
            path.append(str(part))
    return tuple(path), node, parent


def _rule(detail: dict[str, Any], path: Path, node: Node | None) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(path)
    if kind in _BOUNDS:
        words, name = _BOUNDS[kind]
        return f"{words} {context[name]:g}"
    if kind == "literal_error":
        return _literal(context["expected"], node)
    if kind == "string_pattern_mismatch":
        return _PATTERNS[context["pattern"]]
    if kind in ("too_short", "too_long"):
        return f"must have at least {context['min_length']} entry" if kind == "too_short" else "is too long"
    return _RULES.get(kind, detail["msg"])


def _unknown_key(path: Path) -> str:
    record = record_at(Scenario, path[:-1]) or Scenario
    more = ("extends", "overrides") if record is Scenario else NOTE_KEYS
    known = [*fields_of(record), *more]
    return f"unknown key{did_you_mean(path[-1], known)}"


def _literal(expected: str, node: Node | None) -> str:
    choices = [word.strip("' ") for word in expected.replace(" or ", ", ").split(",")]
    given = str(node.value) if node is not None else ""
    hint = "" if given in choices else did_you_mean(given, choices)
    return f"must be {'one of ' if len(choices) > 1 else ''}{', '.join(choices)}{hint}"
