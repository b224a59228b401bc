"""The base of all scenario records, and the types of their fields that are no quantities."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", strict=True)]
Text = Annotated[str, StringConstraints(strict=True)]
Name = Annotated[str, StringConstraints(strict=True, min_length=1)]
Day = Annotated[date, Field(strict=True)]
H100eDefinition = Literal["bf16", "8bit", "best"]
"""Which FLOP/s an H100-equivalent compares; never mixed."""


class Record(BaseModel):
    """Base of all scenario records."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
