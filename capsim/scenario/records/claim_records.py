"""The record of a claim: what an announcement states about money, power, compute, chips and dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from capsim.magnitudes import magnitude_of
from capsim.scenario.records.quantity import Quantity
from capsim.scenario.records.record import Day, Id, Name, Record, Text

STATED = ("mw", "h100e", "accelerators", "money", "first_mw_on")
"""Keys of which a claim has at least one."""
MwBasis = Literal["grid", "facility", "it", "rack"]
"""Which MW: contracted grid power, power at the meter, IT power, or nameplate of the racks alone."""
Scope = Literal["facility", "all-in", "rent"]
"""What money pays for: shell, mechanical and electrical plant, that and the IT, or the use of both."""
MoneyPart = Literal["debt", "first-tranche", "one-investor"]
"""Which part of the money is stated, where it is not all of it."""
Stated = Literal["mw", "h100e", "accelerators", "money"]
"""Figures that may be stated as the least."""


class Span(Record):
    """A range; a claim that states one number has both ends at it."""

    low: Annotated[float, Quantity("as the claim says", gt=0, is_certain=True)]
    """Lower end."""
    high: Annotated[float, Quantity("as the claim says", gt=0, is_certain=True)]
    """Upper end."""

    @model_validator(mode="after")
    def _is_ordered(self) -> Span:
        if not self.low <= self.high:
            raise ValueError("low must be at most high")
        return self


def _as_span(value: Any) -> Any:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number and not isinstance(value, (Mapping, Span)):
        raise ValueError("must be a number, or a mapping with low and high")
    return {"low": value, "high": value} if is_number else value


_POSITIVE = {"type": "number", "exclusiveMinimum": 0}
_ENDS = {
    "type": "object",
    "properties": {"low": _POSITIVE, "high": _POSITIVE},
    "required": ["low", "high"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class _OfUnit:
    """Annotation of an amount: its ends are of a size that a quantity of the unit may have."""

    unit: str

    def check(self, span: Span) -> Span:
        """The span; PydanticCustomError in words where it is no size of the unit."""
        size = magnitude_of(self.unit)
        if fault := size.fault(span.low) or size.fault(span.high):
            raise PydanticCustomError("magnitude", "{rule}", {"rule": fault})
        return span

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate the span, then with `check`; pydantic's hook."""
        return core_schema.no_info_after_validator_function(self.check, handler(source))


Amount = Annotated[Span, BeforeValidator(_as_span), WithJsonSchema({"anyOf": [_POSITIVE, _ENDS]})]
"""A number, or a mapping with low and high."""


class ClaimSource(Record):
    """Where a claim was made."""

    publisher: Name
    """Who published it."""
    published: Day
    """When."""
    url: Text = ""
    """Where it stands, if it has an address."""


class Claim(Record):
    """What an announcement states. Whatever it leaves open stays missing and is solved for."""

    claim: Id
    """Name of the claim."""
    title: Text = ""
    """Name for people."""
    statement: Text
    """What it says."""
    source: ClaimSource
    """Where it was made."""
    mw: Annotated[Amount, _OfUnit("MW")] | None = None
    """Power. [MW, on the basis stated]"""
    mw_basis: MwBasis | None = None
    """Which MW the claim says it means; missing where it does not say."""
    h100e: Annotated[Amount, _OfUnit("H100e")] | None = None
    """H100-equivalents. [H100e, in a definition that is not stated]"""
    accelerators: Annotated[Amount, _OfUnit("accelerators")] | None = None
    """Accelerators. [accelerators]"""
    accelerator: Name | None = None
    """Entry of the catalogue's accelerators the claim names."""
    money: Annotated[Amount, _OfUnit("scenario currency")] | None = None
    """Money. [`currency`]"""
    currency: Annotated[str, StringConstraints(pattern=r"^(EUR|USD)$")] = "EUR"
    """Currency of the money."""
    scope: Scope | None = None
    """What the claim says the money pays for; missing where it does not say. Rent is no cost of building, and
    is held against none."""
    money_part: MoneyPart | None = None
    """Which part of the money is stated: the debt alone, a first tranche, or what one investor brings; all of
    it where missing. What a part does not pay for, others may."""
    at_least: tuple[Stated, ...] = ()
    """Figures that are stated as the least ("over 2 GW"): what is meant may be more."""
    sites: Annotated[int, Field(strict=True, ge=1, le=10_000)] = 1
    """Sites the totals are shared by."""
    years: Annotated[float, Quantity("y", gt=0, is_certain=True)] | None = None
    """Years the money is spent over. [y]"""
    first_mw_on: Day | None = None
    """Date the first MW is to be energised."""
    own_builds: tuple[Name, ...] = ()
    """Entries of the reference builds that are this claim itself; not what it is compared with."""

    @property
    def floors(self) -> frozenset[str]:
        """Figures of which more may be meant than is stated."""
        return frozenset(self.at_least) | (frozenset({"money"}) if self.money_part else frozenset())

    @property
    def announced_on(self) -> date:
        """Date of the claim."""
        return self.source.published
