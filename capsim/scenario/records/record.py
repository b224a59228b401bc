"""The base of all scenario records, and the types of their fields that are no quantities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", strict=True)]
Text = Annotated[str, StringConstraints(strict=True)]
Name = Annotated[str, StringConstraints(strict=True, min_length=1)]
SystemName = Annotated[
    str,
    StringConstraints(strict=True, min_length=1),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {
                    "type": "object",
                    "properties": {"newest": {"type": "string"}, "at": {"enum": ["order", "delivery"]}},
                    "required": ["newest"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]
"""Name of a system, in place of which a file may ask for the newest of a line."""
ClimateName = Annotated[
    str,
    StringConstraints(strict=True, min_length=1),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {
                    "type": "object",
                    "properties": {
                        "nearest": {
                            "type": "array",
                            "items": {"type": "number"},
                            "minItems": 2,
                            "maxItems": 2,
                        }
                    },
                    "required": ["nearest"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]
"""Name of a climate, in place of which a file may ask for that of the nearest place."""
Day = Annotated[date, Field(strict=True)]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217 code."""
PriceYear = Annotated[int, Field(strict=True, ge=2000, le=2060)]
"""Year that prices may be of."""
H100eDefinition = Literal["bf16", "8bit", "best"]
"""Which FLOP/s an H100-equivalent compares; never mixed."""


class HoleError(AttributeError):
    """A field without a value, in a record of a scenario that has faults: what it gives does not validate."""


class Record(BaseModel):
    """Base of all scenario records.

    `model_fields_set` of a loaded one holds what the scenario's author wrote; what the catalogue and the
    format supplied is not in it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
    retired: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Keys of earlier versions, and what to write in their place."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Tell a hole from a misspelt attribute."""
            # private attributes come here as well, and are asked for often: no need to look among the fields
            if not name.startswith("_") and name in type(self).model_fields:
                raise HoleError(name)
            return super().__getattr__(name)
