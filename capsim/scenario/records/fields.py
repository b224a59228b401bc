"""What the records allow, as plain data: for paths, catalogue defaults, faults and the reference."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from inspect import cleandoc, getsource
from itertools import pairwise
from textwrap import dedent
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from capsim.language.tree import Path
from capsim.registry import did_you_mean
from capsim.scenario.records.quantity import CatalogDefault, Choice, Quantity
from capsim.scenario.records.record import Record

Shape = Literal["leaf", "record", "records", "mapping"]


@dataclass(frozen=True)
class FieldPlan:
    """One field of a record."""

    key: str
    """Key in a scenario file."""
    shape: Shape
    """A value, a record, a list of records, or a mapping of free keys to values."""
    record: type[Record] | None
    """Record of the field or of its list."""
    quantity: Quantity | None
    """Unit and bounds, where it is a number."""
    catalog: str | None
    """``table/entry.field`` its default is read from."""
    required: bool
    """Whether the record has no default for it."""
    default: Any
    """Default of the scenario format; None where there is none."""
    type_: Any
    """Its type, without what annotates it; a `Choice` where it names an entry of a table."""
    ends: tuple[Any, Any] = (None, None)
    """First and last value of a whole number or a date; None where it has none."""

    def is_beyond(self, value: Any) -> bool:
        """Whether a whole number or a date lies beyond the ends of its field."""
        first, last = self.ends
        return (first is not None and value < first) or (last is not None and value > last)


@cache
def fields_of(record: type[BaseModel]) -> dict[str, FieldPlan]:
    """The fields of a record by their keys."""
    plans = (_plan(name, info) for name, info in record.model_fields.items())
    return {plan.key: plan for plan in plans}


@cache
def meanings_of(record: type[BaseModel]) -> dict[str, str]:
    """What the fields of a record mean, by their keys: the docstring below each.

    Read from the source where they are asked for: for all records it takes as long as to load a file.
    """
    said: dict[str, str] = {}
    for base in reversed([base for base in record.__mro__ if issubclass(base, Record)]):
        body = ast.parse(dedent(getsource(base))).body[0]
        for field, below in pairwise(body.body if isinstance(body, ast.ClassDef) else ()):
            if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr):
                said[ast.unparse(field.target)] = cleandoc(ast.literal_eval(below.value))
    return {info.alias or name: said.get(name, "") for name, info in record.model_fields.items()}


def must_be_given(plan: FieldPlan) -> bool:
    """Whether neither the format nor the catalogue has a default."""
    if not plan.required or plan.catalog is not None:
        return False
    of_record = () if plan.record is None else fields_of(plan.record).values()
    return plan.shape != "record" or any(map(must_be_given, of_record))


def is_made(plan: FieldPlan) -> bool:
    """Whether a record that is missing is made of defaults: it needs nothing from the scenario's author."""
    return not must_be_given(plan) and (plan.required or plan.default is not None)


def unknown_key(record: type[Record], key: str, others: Iterable[str] = ()) -> str:
    """That a record has no such key: what took its place, where a file goes, or the nearest of its keys."""
    return record.retired.get(key) or f"unknown key{_takes_a_file(record, key, others)}"


def _takes_a_file(record: type[Record], key: str, others: Iterable[str]) -> str:
    """The field that a key of a file is meant for, if one takes a series; else the nearest of all keys."""
    plans = fields_of(record)
    series = [name for name, plan in plans.items() if plan.quantity is not None and plan.quantity.series]
    if not key.endswith("_file") or not series:
        return did_you_mean(key, [*plans, *others])
    about = key.removesuffix("_file").partition("_")[0]
    meant = [name for name in series if about in name] or series
    return "; " + " or ".join(f"write {name}: {{file: FILE}}" for name in meant)


def _plan(name: str, info: FieldInfo) -> FieldPlan:
    type_, notes = _unwrap(info.annotation)
    notes = [*info.metadata, *notes]
    quantity = next((n for n in notes if isinstance(n, Quantity)), None)
    places = (n.catalog for n in notes if isinstance(n, (Quantity, CatalogDefault)))
    place, key = next(filter(None, places), None), info.alias or name
    # most defaults stand in the catalogue under the key they are for, and their place leaves it out
    catalog = place if place is None or "." in place else f"{place}.{key}"
    # a choice stands for its table, so that the reference lists the names that are there
    type_ = next((n for n in notes if isinstance(n, Choice)), type_)
    shape, record = _shape(type_)
    default = None if info.default is PydanticUndefined else info.default
    ends = _end(notes, Ge, "ge"), _end(notes, Le, "le")
    return FieldPlan(key, shape, record, quantity, catalog, info.is_required(), default, type_, ends)


def _end(notes: list[Any], kind: type, name: str) -> Any:
    """A bound that a field's annotations state, as they are or within a `Field`."""
    within = [*notes, *(inner for note in notes for inner in getattr(note, "metadata", ()))]
    return next((getattr(note, name) for note in within if isinstance(note, kind)), None)


def _unwrap(type_: Any) -> tuple[Any, list[Any]]:
    """A type without ``None`` and annotations, and the annotations."""
    if get_origin(type_) is Annotated:
        inner, *notes = get_args(type_)
        inner, more = _unwrap(inner)
        return inner, [*notes, *more]
    if get_origin(type_) in (Union, UnionType):
        rest = [arg for arg in get_args(type_) if arg is not NoneType]
        return _unwrap(rest[0])
    return type_, []


def _shape(type_: Any) -> tuple[Shape, type[Record] | None]:
    if isinstance(type_, type) and issubclass(type_, Record):
        return "record", type_
    if get_origin(type_) is tuple:
        element = get_args(type_)[0]
        if isinstance(element, type) and issubclass(element, Record):
            return "records", element
    return ("mapping", None) if get_origin(type_) is dict else ("leaf", None)


def record_at(root: type[Record], path: Path) -> type[Record] | None:
    """The record a path of keys and ids leads to; None where it leads to a value or nowhere."""
    record: type[Record] | None = root
    keys = iter(path)
    for key in keys:
        plan = fields_of(record).get(key) if record else None
        if plan is None or plan.record is None:
            return None
        if plan.shape == "records":
            next(keys, None)
        record = plan.record
    return record
