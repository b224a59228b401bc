"""The type of a number in a scenario: bounds, unit, and where its default comes from."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from capsim.catalog import numbers_meant, what_to_write
from capsim.magnitudes import magnitude_of
from capsim.models.uncertain import DISTRIBUTIONS, Uncertain, ends_of, parse_distribution
from capsim.registry import Table, did_you_mean
from capsim.series import FILE_ENDINGS, KEYS, Varying, is_series, varying

_BOUNDS: tuple[tuple[str, str, Callable[[float, float], bool]], ...] = (
    ("gt", "greater than", lambda value, bound: value > bound),
    ("ge", "at least", lambda value, bound: value >= bound),
    ("lt", "less than", lambda value, bound: value < bound),
    ("le", "at most", lambda value, bound: value <= bound),
)
UNIT_OF_BASIS = "of the basis"
"""Unit of an amount whose basis says what it is."""
POWER_FACTOR = 0.95
"""Power over apparent power where a file does not say: assumed, as what grids ask of large loads. [1]"""
_A_LITTLE = 1e-9
"""How far inside of an excluded bound a value is looked for, at least. [unit]"""
_IN_PERCENT = 2.0
"""Least that looks like a share in per cent. [%]"""


@dataclass(frozen=True)
class CatalogDefault:
    """Annotation of a field whose type says nothing of the catalogue, where its default comes from."""

    catalog: str
    """Where the default is read from, as in `Quantity`."""


@dataclass(frozen=True)
class Choice:
    """Annotation of a field that names an entry of a table: ``Annotated[str, Choice(ORDERING)]``."""

    table: Table[Any]

    def check(self, value: Any) -> str:
        """Return a name of the table; raise PydanticCustomError in words."""
        if isinstance(value, str) and value in self.table:
            return value
        hint = did_you_mean(str(value), self.table.names)
        rule = f"must be one of {', '.join(self.table.names)}, or one registered with --extend{hint}"
        raise PydanticCustomError("choice", "{rule}", {"rule": rule})

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate with `check`; pydantic's hook."""
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """One of the names; pydantic's hook."""
        return {"enum": list(self.table.names), "type": "string"}


@dataclass(frozen=True)
class Quantity:
    """Annotation of a float field: ``Annotated[float, Quantity("MW", gt=0)]``.

    A number or an uncertain value is accepted; the bounds hold for all that can be drawn. A side without a
    bound has that of its unit (`capsim.magnitudes`), which holds for all but one draw in a thousand.
    """

    unit: str
    """Unit as shown in the reference, `1` for a share."""
    catalog: str | None = None
    """``table/entry.field`` the default is read from, or ``table/entry`` where the field has the key of
    the record's; ``{key}`` stands for a key of the record or of one around it. A further place behind a
    ``|`` is read where the first has no value."""
    gt: float | None = None
    ge: float | None = None
    lt: float | None = None
    le: float | None = None
    meaning: str = ""
    """What a number is, in words and with an example, where it is often taken for another."""
    series: str = ""
    """What a series in place of the number is of; empty where it must be a number. The bounds then hold for
    the mean of the series, and those of its measure for each hour."""
    is_certain: bool = False
    """Whether it must be a number, and not an uncertain value."""

    def check(self, value: Any) -> float:
        """Return a float, uncertain or varying, within the bounds; raise PydanticCustomError in words."""
        if self.series and is_series(value):
            try:
                value = varying(value, self.series)
            except ValueError as fault:
                raise PydanticCustomError("series", "{reason}", {"reason": str(fault)}) from None
        if isinstance(value, Mapping) and not self.is_certain:
            try:
                value = Uncertain(parse_distribution(value))
            except (ValueError, OverflowError) as fault:
                raise PydanticCustomError("distribution", "{reason}", {"reason": str(fault)}) from None
        if not _is_number(value):
            raise PydanticCustomError("number", *self._what_it_must_be(value))
        if too_far := self.too_far(value):
            # of its own kind: what is as far off as this is no value to be judged any further
            raise PydanticCustomError("magnitude", "{rule}", {"rule": too_far})
        if out_of_bounds := self._out_of_bounds(value):
            hint = self._per_cent(value) or self._said()
            raise PydanticCustomError("bound", "{rule}", {"rule": f"{out_of_bounds}{hint}"})
        return value if isinstance(value, (Uncertain, Varying)) else float(value)

    def _out_of_bounds(self, value: float) -> str:
        """Which of its own bounds a number breaks, in words; empty where it breaks none."""
        low, high = value.distribution.support if isinstance(value, Uncertain) else (value, value)
        for name, words, holds in _BOUNDS:
            bound = getattr(self, name)
            worst = low if name in ("gt", "ge") else high
            if bound is not None and not (holds(worst, bound) or self._open_end(value, worst, bound)):
                return f"must be {words} {bound:g}"
        return ""

    def too_far(self, value: float) -> str:
        """What is wrong with a number, uncertain or not, of no size that its unit has; empty where it has."""
        size = magnitude_of(self.unit)
        spread = ends_of(value.distribution) if isinstance(value, Uncertain) else ()
        faults = (size.fault(number, may_be_zero=self.gt is None) for number in (value, *spread))
        fault = next(filter(None, faults), "")
        # its own bound is the nearer one
        return fault and (self._out_of_bounds(value) or fault)

    def never(self, value: float) -> str:
        """What is wrong with a number that the field cannot be; empty where it can."""
        return self._out_of_bounds(value) or self.too_far(value)

    def ends(self) -> tuple[float, float]:
        """Lowest and highest value it may have; a bound of its own that is excluded is pulled in a little."""
        size = magnitude_of(self.unit)
        a_little = max(_A_LITTLE, size.least)
        lows = (self.ge, None if self.gt is None else self.gt + a_little, -size.largest)
        highs = (self.le, None if self.lt is None else self.lt - a_little, size.largest)
        return max(low for low in lows if low is not None), min(high for high in highs if high is not None)

    def _what_it_must_be(self, value: Any) -> tuple[str, dict[str, str]]:
        """What a value must be, and what to write where it is a number with a unit; the first of it alone."""
        words = "must be a number" if self.is_certain else "must be a number or an uncertain value"
        if self.series:
            words = "must be a number, an uncertain value or a series"
        kept = {"words": words}
        if not isinstance(value, str):
            return words, kept
        if self.series and value.lower().endswith(FILE_ENDINGS):
            return f"{words}; write {{file: {value}}}", kept
        meant = what_to_write(value, self.unit)
        apparent = numbers_meant(value, "MVA") if self.unit == "MW" and not meant else ()
        if apparent:
            power = f"write {apparent[0] * POWER_FACTOR:.8g}, at a power factor of {POWER_FACTOR}"
            return f"{words}, in MW: {power}; or grid_mva or unit_mva, which are apparent power", kept
        return f"{words}, in {self.unit}: {meant}" if meant else f"{words}{self._said()}", kept

    def _said(self) -> str:
        return f"; it is {self.meaning}" if self.meaning else ""

    def _per_cent(self, value: float) -> str:
        """Words where a number out of bounds would be in them if it was in per cent."""
        bounds = ((holds, getattr(self, name)) for name, _, holds in _BOUNDS)
        is_in = all(bound is None or holds(value / 100.0, bound) for holds, bound in bounds)
        # a factor may be above 1, and is no share
        is_share = self.unit == "1/y" or (self.unit == "1" and not (self.le or self.lt or 0.0) > 1.0)
        is_share = is_share and abs(value) >= _IN_PERCENT
        return "; is it in per cent?" if is_share and is_in else ""

    @staticmethod
    def _open_end(value: float, worst: float, bound: float) -> bool:
        """Whether the support only touches an excluded bound with probability 0 (a lognormal at 0)."""
        return isinstance(value, Uncertain) and worst == bound and value != bound

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate with `check`; pydantic's hook."""
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Number with bounds, or a mapping with ``dist``; pydantic's hook."""
        names = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}
        bounds = {names[b]: getattr(self, b) for b in names if getattr(self, b) is not None}
        if self.is_certain:
            return {"type": "number", **bounds, "unit": self.unit}
        uncertain = {
            "type": "object",
            "required": ["dist"],
            "properties": {"dist": {"enum": list(DISTRIBUTIONS.names)}},
        }
        ways = [{"type": "number", **bounds}, uncertain]
        if self.series:
            dated = {"type": "array", "items": {"type": "object", "required": ["on"]}}
            keys: dict[str, Any] = {key: {} for key in KEYS} | {"values": dated}
            ways += [{"type": "object", "properties": keys, "additionalProperties": False}, dated]
        return {"anyOf": ways, "unit": self.unit}


def _is_number(value: Any) -> bool:
    """Whether a value is a number, of whatever size: an uncertain one may reach beyond all numbers."""
    if isinstance(value, Uncertain):
        return not math.isnan(value)
    # a whole number may be too large to be asked whether it is finite
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole or (isinstance(value, float) and math.isfinite(value))


Share = Annotated[float, Quantity("1", ge=0, le=1)]
"""A share. [1]"""
ShareBelowOne = Annotated[float, Quantity("1", ge=0, lt=1)]
"""A share that is never all. [1]"""
PositiveShare = Annotated[float, Quantity("1", gt=0, le=1)]
"""A share that is never nothing. [1]"""
