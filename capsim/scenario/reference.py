"""The scenario format, described from the records: JSON Schema for editors, a page for people.

``python -m capsim.scenario.reference > docs/scenario-reference.md`` writes the page.
"""

from __future__ import annotations

import inspect
import sys
from datetime import date
from pathlib import Path
from string import Template
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

from capsim.catalog import load_catalog
from capsim.language import merge, notes, reader
from capsim.language.notes import CONFIDENCE
from capsim.models.uncertain import DISTRIBUTIONS
from capsim.scenario.claim_reference import claim_section
from capsim.scenario.fill.trade_words import APPARENT
from capsim.scenario.named_entries import titles_of
from capsim.scenario.records.fields import FieldPlan, fields_of, is_made, meanings_of, must_be_given
from capsim.scenario.records.quantity import Choice
from capsim.scenario.records.record import Record
from capsim.scenario.records.schema import Scenario

__all__ = ["json_schema", "reference_markdown"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FROM_PRESETS = ("Stage", "CostItem")
"""Records that a preset may complete: only their id is required."""
_PART = "Part"
_NOTES: dict[str, Any] = {
    "source": {"type": "string", "description": "Source of the values in this record."},
    "confidence": {"enum": list(CONFIDENCE), "description": "Confidence in the values of this record."},
}


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file, for editors.

    A file that extends another may leave out whatever the other gives, so each record is there
    twice: with what it requires, and in part.
    """
    made = Scenario.model_json_schema(by_alias=True)
    records: dict[str, Any] = {**made.pop("$defs"), "Scenario": made}
    models = {record.__name__: record for record in _records(Scenario)}
    definitions: dict[str, Any] = {"Sourced": _sourced()}
    for name, schema in records.items():
        definitions[name] = _record_schema(schema, models[name], "")
        definitions[name + _PART] = _record_schema(schema, models[name], _PART)
    return {
        "$schema": _DIALECT,
        "title": "capsim scenario",
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": f"#/$defs/Scenario{_PART}"},
        "else": {"$ref": "#/$defs/Scenario"},
        "$defs": definitions,
    }


def _sourced() -> dict[str, Any]:
    value: dict[str, Any] = {"value": {}, **_NOTES}
    return {"type": "object", "properties": value, "required": ["value"], "additionalProperties": False}


def _record_schema(schema: dict[str, Any], record: type[Record], part: str) -> dict[str, Any]:
    """The schema of a record as files write it: defaults left out, sources allowed."""
    plans, meanings = fields_of(record), meanings_of(record)
    properties = {
        key: _property(prop, plans[key], part) | {"description": meanings[key]}
        for key, prop in schema.get("properties", {}).items()
    }
    for key, ways in [(key, prop["anyOf"]) for key, prop in properties.items() if "anyOf" in prop]:
        if offered := _offered(record, key):
            properties[key] = {**properties[key], "anyOf": _with_names(ways, offered)}
    if record is Scenario:
        files = {"type": "array", "items": {"type": "string"}, "minItems": 1}
        about = "Scenario file this one changes, or several that it puts together."
        properties["extends"] = {"anyOf": [{"type": "string"}, files], "description": about}
        named = {"type": "object", "additionalProperties": {"type": "object"}}
        properties["overrides"] = {**named, "description": "Values by dotted path, under names."}
    elif record.__name__ != "Source":
        properties |= _NOTES
    made = {"type": "object", "properties": properties, "additionalProperties": False}
    if schema.get("description"):
        made["description"] = schema["description"].split("\n")[0]
    return {**made, "required": _required(record, bool(part))}


def _offered(record: type[Record], key: str) -> list[dict[str, Any]]:
    """The names that a field may have as choices with their titles, so that an editor offers them."""
    titles = titles_of(record, key, load_catalog())
    return [{"const": name, **({"title": title} if title else {})} for name, title in titles.items()]


def _with_names(ways: list[dict[str, Any]], offered: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ways to write a field, with names that are offered; in a list of names each may be one of them."""
    if not any(way.get("type") == "array" for way in ways):
        return [*offered, *ways]
    lists = [
        way | {"items": {"anyOf": [*offered, way["items"]]}} for way in ways if way.get("type") == "array"
    ]
    return [*lists, *(way for way in ways if way.get("type") != "array")]


def _required(record: type[Record], in_part: bool) -> list[str]:
    plans = fields_of(record)
    if in_part or record.__name__ in _FROM_PRESETS:
        return [key for key in plans if key == "id"]
    other = APPARENT.get(record.__name__, ())
    return [key for key, plan in plans.items() if must_be_given(plan) and key not in other]


def _property(schema: dict[str, Any], plan: FieldPlan, part: str) -> dict[str, Any]:
    if plan.record is not None:
        reference = {"$ref": f"#/$defs/{plan.record.__name__}{part}"}
        whole = {"type": "array", "items": reference} if plan.shape == "records" else reference
        return {"anyOf": [whole, {"type": "null"}]}
    if plan.shape == "mapping":
        values = {"anyOf": _choices(schema["additionalProperties"])}
        return {"type": "object", "additionalProperties": values}
    unit = {"unit": plan.quantity.unit} if plan.quantity else {}
    return {"anyOf": _choices(schema), **unit}


def _choices(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The ways to write a value: plainly, uncertain, with its source, or null."""
    dropped = ("title", "description", "default", "unit")
    kept = {key: value for key, value in schema.items() if key not in dropped}
    choices = [choice for choice in kept.pop("anyOf", [kept]) if choice != {"type": "null"}]
    return [*choices, {"$ref": "#/$defs/Sourced"}, {"type": "null"}]


def _records(root: type[Record]) -> list[type[Record]]:
    """A record and all in it, each once, outermost first."""
    found = [root]
    # it grows while it is walked
    for record in found:
        inner = dict.fromkeys(plan.record for plan in fields_of(record).values())
        found += [other for other in inner if other is not None and other not in found]
    return found


_WORDS = {
    str: "text",
    int: "whole number",
    date: "date",
    bool: "true or false",
    dict: "mapping",
    tuple: "list of names",
}
"""Types of values as a reader knows them."""
_COLUMNS = "| key | unit or type | default | meaning |\n|---|---|---|---|\n"
PAGE = Path(__file__).with_suffix(".md")
"""The page without what the records and modules tell, which stands behind `$` in it."""


def reference_markdown() -> str:
    """The page docs/scenario-reference.md."""
    return Template(PAGE.read_text("utf-8")).substitute(
        distributions=_distributions(),
        sources=_told_by(notes),
        layers=_told_by(merge),
        traps=_told_by(reader),
        records="\n".join(map(_section, _records(Scenario))),
        claim=claim_section(),
    )


def _told_by(module: ModuleType) -> str:
    """What a module's docstring tells a planner, below its summary."""
    return inspect.cleandoc(str(module.__doc__)).split("\n\n", 1)[1]


def _distributions() -> str:
    rows = []
    for name in DISTRIBUTIONS.names:
        keys = ", ".join(
            f"`{key}`" if parameter.default is inspect.Parameter.empty else f"[`{key}`]"
            for key, parameter in DISTRIBUTIONS.parameters(name).items()
        )
        rows.append(f"| `{name}` | {keys} | {inspect.getdoc(DISTRIBUTIONS[name])} |\n")
    return "".join(rows)


def _section(record: type[Record]) -> str:
    summary = inspect.cleandoc(str(record.__doc__))
    head = f"## {record.__name__}\n\n{summary}\n\n{_COLUMNS}"
    meanings = meanings_of(record)
    return head + "".join(_row(plan, meanings[key]) for key, plan in fields_of(record).items())


def _row(plan: FieldPlan, meaning: str) -> str:
    meaning = " ".join(meaning.split()).replace("|", "\\|")
    return f"| `{plan.key}` | {_type(plan)} | {_default(plan)} | {meaning} |\n"


def _type(plan: FieldPlan) -> str:
    if plan.record is not None:
        link = f"[{plan.record.__name__}](#{plan.record.__name__.lower()})"
        return f"list of {link}" if plan.shape == "records" else link
    # of a number the unit says more than its type
    if plan.quantity is not None:
        return plan.quantity.unit
    if isinstance(plan.type_, Choice):
        return (
            ", ".join(f"`{name}`" for name in plan.type_.table.names) + ", or one registered with `--extend`"
        )
    if get_origin(plan.type_) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(plan.type_))
    return _WORDS[get_origin(plan.type_) or plan.type_]


def _default(plan: FieldPlan) -> str:
    if plan.catalog is not None:
        return "catalogue, " + ", else ".join(f"`{place}`" for place in plan.catalog.split("|"))
    if must_be_given(plan):
        return "required"
    if plan.shape == "record" and is_made(plan):
        return "its own defaults"
    empty = plan.default is None or plan.default in ("", (), {})
    return "" if empty else f"`{str(plan.default).lower() if plan.type_ is bool else plan.default}`"


if __name__ == "__main__":
    sys.stdout.write(reference_markdown())
