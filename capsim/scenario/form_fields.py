"""The values of a scenario as the fields of a form: what may stand in each, and what it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args, get_origin

from capsim.language.paths import split
from capsim.scenario.named_entries import choices_of, titles_of
from capsim.scenario.records.fields import FieldPlan, fields_of, meanings_of, record_at
from capsim.scenario.records.record import Record
from capsim.scenario.records.schema import Scenario
from capsim.scenario.resolved_values import Row, explain
from capsim.vocabulary import input_name

Kind = Literal["number", "whole", "date", "truth", "text", "list"]


@dataclass(frozen=True)
class FormField:
    """One value of a resolved scenario as a form asks for it."""

    row: Row
    """The value, its unit, and where it comes from."""
    title: str = ""
    """What people call it, where its place is said beside it."""
    kind: Kind = "text"
    """What may stand in it."""
    meaning: str = ""
    """What it is, from the record's docstring."""
    bounds: dict[str, float] = field(default_factory=dict)
    """Least and most, by `gt`, `ge`, `lt` and `le`."""
    choices: str = ""
    """Key of the names it may have among the choices of the form; empty where it is no name."""
    is_fixed: bool = False
    """Whether it names its record, so that another value makes another record."""


@dataclass(frozen=True)
class Form:
    """What a form asks of a scenario."""

    fields: tuple[FormField, ...]
    """Its values, in its order."""
    choices: dict[str, dict[str, str]]
    """Names that fields may have, with titles, by the key that fields name."""
    overrides: tuple[str, ...] = ()
    """Named overrides of its files."""


def form_of(scenario: Scenario) -> Form:
    """The form of a loaded scenario.

    Examples
    --------
    >>> from capsim.scenario import loads, started
    >>> form = form_of(loads(started("mine")))
    >>> hall = next(one for one in form.fields if one.row.path.endswith("critical_it_mw"))
    >>> hall.kind, hall.bounds, hall.row.unit
    ('number', {'gt': 0}, 'MW')
    """
    choices: dict[str, dict[str, str]] = {}
    fields = tuple(_field(scenario, row, choices) for row in explain(scenario))
    return Form(fields, choices, tuple(scenario._provenance.named.value))


def _field(scenario: Scenario, row: Row, choices: dict[str, dict[str, str]]) -> FormField:
    path = split(row.path)
    record = record_at(Scenario, path[:-1])
    plan = fields_of(record).get(path[-1]) if record is not None else None
    if record is None or plan is None:
        return FormField(row, input_name(row.path), "number" if row.unit else "text")
    key = f"{record.__name__}.{plan.key}"
    if key not in choices and (names := choices_of(record, plan.key, scenario.catalog)):
        titles = titles_of(record, plan.key, scenario.catalog)
        choices[key] = {name: titles.get(name, "") for name in names}
    meaning = " ".join(meanings_of(record)[plan.key].split())
    named = key if key in choices else ""
    is_fixed = _is_name_of_record(record, plan)
    return FormField(row, input_name(row.path), _kind(plan), meaning, _bounds(plan), named, is_fixed)


def _is_name_of_record(record: type[Record], plan: FieldPlan) -> bool:
    return plan.key == "id" or (record is Scenario and plan.key == "schema")


def _kind(plan: FieldPlan) -> Kind:
    if plan.quantity is not None:
        return "number"
    type_: Any = plan.type_
    if get_origin(type_) is tuple:
        return "list"
    if get_origin(type_) is Literal:
        type_ = type(get_args(type_)[0])
    kinds: dict[Any, Kind] = {date: "date", bool: "truth", int: "whole", float: "number"}
    return kinds.get(type_, "text")


def _bounds(plan: FieldPlan) -> dict[str, float]:
    of = plan.quantity
    named = {} if of is None else {"gt": of.gt, "ge": of.ge, "lt": of.lt, "le": of.le}
    return {name: bound for name, bound in named.items() if bound is not None}
