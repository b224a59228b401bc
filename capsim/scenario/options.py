"""The file of a plan: a scenario, the slots in it that are open, and the options for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from capsim.errors import FigureError
from capsim.registry import did_you_mean
from capsim.scenario.records.quantity import Quantity
from capsim.scenario.records.record import Day, Id, Name, Record, Text
from capsim.scenario.rules.rule import Issue, Issues
from capsim.vocabulary import parse_goal

Objective = Literal["least-cost", "most-compute"]


class Slot(Record):
    """A record of the scenario that is built with one of its options, or not at all."""

    id: Id
    """Name of the slot."""
    path: Name
    """Dotted path of the record, such as a phase; it is removed where no option is chosen."""


class Size(Record):
    """A number that may take any value in a range."""

    path: Name
    """Dotted path of the number, such as a phase's `critical_it_mw`."""
    low: Annotated[float, Quantity("as its path says", gt=0, is_certain=True)]
    """Least value."""
    high: Annotated[float, Quantity("as its path says", gt=0, is_certain=True)]
    """Largest value."""


class Option(Record):
    """One way to use a slot: values it sets, and a size where that is open."""

    id: Id
    """Name of the option."""
    slot: Id
    """Slot it is for."""
    set: dict[str, float | int | str | Day] = Field(default_factory=dict)
    """Values by dotted path: a system, a date of order, a start."""
    size: Size | None = None
    """Size, where it is open."""


class Options(Record):
    """What a plan may choose from, and what it has to achieve."""

    plan: Id
    """Name of the plan."""
    title: Text = ""
    """Name for people."""
    scenario: Name
    """Scenario file, relative to this one."""
    objective: Objective
    """Least present cost that meets the goal, or most of the goal's metric within the limits."""
    goal: Name
    """Goal in words, such as ``h100e_8bit>=250000 by 2031-12``: a figure to reach, no date and no limit."""
    budget: Annotated[float, Quantity("scenario currency", gt=0, is_certain=True)] | None = None
    """Most capex up to the goal's month. [scenario currency]"""
    grid_mw: Annotated[float, Quantity("MW", gt=0, is_certain=True)] | None = None
    """Most facility peak over the horizon, summed over sites. [MW]"""
    slots: Annotated[tuple[Slot, ...], Field(min_length=1)]
    """Open slots."""
    options: Annotated[tuple[Option, ...], Field(min_length=1)]
    """Options."""


def changes_of(options: Options, chosen: Mapping[str, tuple[Option, float | None]]) -> dict[str, Any]:
    """What turns the scenario into one with the chosen options only, each with its size, by slot."""
    changes: dict[str, Any] = {slot.path: None for slot in options.slots if slot.id not in chosen}
    for option, size in chosen.values():
        changes |= option.set
        if option.size is not None and size is not None:
            changes[option.size.path] = size
    return changes


def option_issues(options: Options) -> Issues:
    """What is wrong with a plan's file by itself."""
    try:
        parse_goal(options.goal)
    except FigureError as error:
        yield Issue(("goal",), str(error))
    slots = [slot.id for slot in options.slots]
    for option in options.options:
        path = ("options", option.id)
        if option.slot not in slots:
            hint = did_you_mean(option.slot, slots)
            yield Issue((*path, "slot"), f"unknown slot {option.slot}{hint}")
        if option.size is not None and not option.size.low <= option.size.high:
            yield Issue((*path, "size"), "low must be at most high")
