"""The base of all scenario records, and the types of their fields that are no quantities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from capsim.errors import STEERING, CapsimError
from capsim.magnitudes import FIRST_YEAR, LAST_YEAR
from capsim.registry import did_you_mean


def _showable(text: str) -> str:
    """A text without characters that steer a terminal; pydantic's hook."""
    if STEERING.search(text):
        raise PydanticCustomError("steering", "must be text without characters of control")
    return text


Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", strict=True)]
Text = Annotated[str, StringConstraints(strict=True), AfterValidator(_showable)]
Name = Annotated[str, StringConstraints(strict=True, min_length=1), AfterValidator(_showable)]
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
Day = Annotated[date, Field(strict=True, ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31))]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217 code."""
PriceYear = Annotated[int, Field(strict=True, ge=2000, le=2060)]
"""Year that prices may be of."""
LevelYear = Annotated[int, Field(strict=True, ge=2000, le=2060)]
"""Calendar year whose mean a level is."""
H100eDefinition = Literal["bf16", "8bit", "best"]
"""Which FLOP/s an H100-equivalent compares; never mixed."""


Of = TypeVar("Of", bound="Record")


class HoleError(CapsimError, AttributeError):
    """A field without a value, in a record that is not checked yet or whose value does not validate."""


class Record(BaseModel):
    """Base of all scenario records.

    `model_fields_set` of a loaded one holds what the scenario's author wrote; what the catalogue and the
    format supplied is not in it.
    """

    # validators are built when they are first used, with those of the records inside, and not one by one
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    retired: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Keys of earlier versions, and what to write in their place."""

    if not TYPE_CHECKING:

        @classmethod
        def model_construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Record:
            """Make a record unchecked; TypeError for a name that no field has, which would be lost."""
            names = {*cls.model_fields, *(info.alias for info in cls.model_fields.values() if info.alias)}
            for name in values.keys() - names:
                raise TypeError(f"{cls.__name__} has no field {name}{did_you_mean(name, names)}")
            return super().model_construct(_fields_set, **values)

        def __getattr__(self, name: str) -> Any:
            """Tell a hole from a misspelt attribute."""
            # private attributes come here as well, and are asked for often: no need to look among the fields
            if not name.startswith("_") and name in type(self).model_fields:
                raise HoleError(self._hole(name))
            try:
                return super().__getattr__(name)
            except AttributeError:
                if name in type(self).__private_attributes__:
                    raise HoleError(self._hole(name)) from None
                raise

        def _hole(self, name: str) -> str:
            field = f"{type(self).__name__}.{name}"
            return f"{field} has no value: capsim.scenario.checked fills and checks records made in Python"


def with_fields(record: Of, fields: Mapping[str, Any]) -> Of:
    """A record with other values that need no check; a scenario keeps its catalogue and its origins."""
    copy: Of = BaseModel.model_copy(record, update=fields)
    return copy
