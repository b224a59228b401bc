"""The format of claims as JSON Schema and as a table of the reference, from their records alone."""

from __future__ import annotations

import inspect
from typing import Any

from capsim.scenario.records.claim_records import STATED, Claim, ClaimSource
from capsim.scenario.records.fields import meanings_of
from capsim.scenario.records.record import Record

_IN_WORDS = {"string": "text", "number": "number", "integer": "whole number", "array": "list of names"}
"""Types of JSON as a reader knows them."""


def claim_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a claim file, for editors."""
    made = Claim.model_json_schema()
    source = made.pop("$defs")["ClaimSource"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_described(made, Claim),
        "title": "capsim claim",
        "anyOf": [{"required": [key]} for key in STATED],
        "$defs": {"ClaimSource": _described(source, ClaimSource)},
    }


def claim_section() -> str:
    """Claims as a section of docs/scenario-reference.md."""
    schema, source = claim_schema(), claim_schema()["$defs"]["ClaimSource"]
    rows = list(_rows(schema, ""))
    at = next(number for number, row in enumerate(rows) if row.startswith("| `source`"))
    rows[at : at + 1] = _rows(source, "source.")
    head = f"## Claim\n\n{inspect.cleandoc(str(Claim.__doc__))} A claim has a file of its own,\n"
    told = f"for `capsim audit`; at least one of {', '.join(f'`{key}`' for key in STATED)} is stated.\n\n"
    return f"{head}{told}| key | type | default | meaning |\n|---|---|---|---|\n{''.join(rows)}"


def _described(schema: dict[str, Any], record: type[Record]) -> dict[str, Any]:
    """A schema with what each key means, and without titles."""
    meanings, properties = meanings_of(record), {}
    for key, prop in schema["properties"].items():
        kept = {name: value for name, value in prop.items() if name not in ("title", "description")}
        properties[key] = {**kept, "description": " ".join(meanings[key].split())}
    kept = {name: value for name, value in schema.items() if name not in ("title", "description")}
    return {**kept, "properties": properties, "description": inspect.cleandoc(str(record.__doc__))}


def _rows(schema: dict[str, Any], prefix: str) -> list[str]:
    """A row for each key."""
    return [
        f"| `{prefix}{key}` | {_type(prop)} | {_default(key, prop, schema)} | {prop['description']} |\n"
        for key, prop in schema["properties"].items()
    ]


def _type(prop: dict[str, Any]) -> str:
    """What may be written, in words."""
    choices = [choice for choice in prop.get("anyOf", [prop]) if choice.get("type") != "null"]
    if any("properties" in part for choice in choices for part in choice.get("anyOf", [choice])):
        return "number, or `{low, high}`"
    (choice,) = choices[:1]
    names = choice.get("enum", choice.get("items", {}).get("enum"))
    if names:
        listed = " or ".join(f"`{name}`" for name in names)
        return f"list of {listed}" if choice["type"] == "array" else listed
    return "date" if choice.get("format") == "date" else _IN_WORDS.get(choice.get("type", ""), "record")


def _default(key: str, prop: dict[str, Any], schema: dict[str, Any]) -> str:
    """What holds where a key is missing."""
    if key in schema.get("required", []):
        return "required"
    return f"`{prop['default']}`" if prop.get("default") else ""
