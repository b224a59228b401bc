"""The file of a plan: a scenario, the slots in it that are open, and the options for each."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from capsim.errors import Fault, ScenarioError
from capsim.language.tree import Faults, Node, id_of
from capsim.registry import did_you_mean
from capsim.scenario.load import load
from capsim.scenario.record_file import read_record
from capsim.scenario.records.record import Day, Id, Name, Record, Text
from capsim.scenario.records.schema import Scenario

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
    low: Annotated[float, Field(gt=0)]
    """Least value."""
    high: Annotated[float, Field(gt=0)]
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
    """Goal such as ``h100e_8bit>=250000 by 2031-12``."""
    budget: Annotated[float, Field(gt=0)] | None = None
    """Most capex up to the goal's month. [scenario currency]"""
    grid_mw: Annotated[float, Field(gt=0)] | None = None
    """Most facility peak over the horizon, summed over sites. [MW]"""
    slots: Annotated[tuple[Slot, ...], Field(min_length=1)]
    """Open slots."""
    options: Annotated[tuple[Option, ...], Field(min_length=1)]
    """Options."""


def load_options(path: str | os.PathLike[str]) -> Options:
    """Load the file of a plan; its scenario's path becomes relative to the working directory.

    Raises
    ------
    ScenarioError
        With every fault of the file.
    """
    file = os.fspath(path)

    def check(options: Options, root: Node, faults: Faults) -> None:
        _check(options, root, faults)
        if not faults.found:
            _check_against(options, root, faults, load(str(Path(file).parent / options.scenario)))

    options = read_record(file, Options, {"slots": Slot, "options": Option, "size": Size}, check)
    return options.model_copy(update={"scenario": str(Path(file).parent / options.scenario)})


def changes_of(options: Options, chosen: Mapping[str, tuple[Option, float | None]]) -> dict[str, Any]:
    """What turns the scenario into one with the chosen options only, each with its size, by slot."""
    changes: dict[str, Any] = {slot.path: None for slot in options.slots if slot.id not in chosen}
    for option, size in chosen.values():
        changes |= option.set
        if option.size is not None and size is not None:
            changes[option.size.path] = size
    return changes


def _check(options: Options, root: Node, faults: Faults) -> None:
    slots = [slot.id for slot in options.slots]
    for option, (_, node) in zip(options.options, root.records("options"), strict=True):
        if option.slot not in slots:
            rule = f"unknown slot {option.slot}{did_you_mean(option.slot, slots)}"
            faults.add((node.get("slot") or node).place, ("options", option.id, "slot"), rule)
        if option.size is not None and not option.size.low <= option.size.high:
            place = (node.get("size") or node).place
            faults.add(place, ("options", option.id, "size"), "low must be at most high")


def _check_against(options: Options, root: Node, faults: Faults, scenario: Scenario) -> None:
    """Slots are there, and each option makes a valid scenario by itself, at both ends of its size."""
    for slot, (_, node) in zip(options.slots, root.records("slots"), strict=True):
        rule = _no_record(scenario, slot.path)
        if rule:
            faults.add((node.get("path") or node).place, ("slots", slot.id, "path"), rule)
    if faults.found:
        return
    for option, (_, node) in zip(options.options, root.records("options"), strict=True):
        for end in (None,) if option.size is None else (option.size.low, option.size.high):
            try:
                scenario.override(changes_of(options, {option.slot: (option, end)}))
            except ScenarioError as error:
                for fault in error.faults:
                    _add(fault, option, node, faults)
                break


def _add(fault: Fault, option: Option, node: Node, faults: Faults) -> None:
    """A fault of the changed scenario, at the line of the option's value that makes it."""
    given = node.get("set")
    near = given.get(fault.path) if given is not None else None
    if near is None and option.size is not None and option.size.path == fault.path:
        near = node.get("size")
    faults.add((near or node).place, ("options", option.id), f"{fault.path}: {fault.rule}", fault.value)


def _no_record(scenario: Scenario, path: str) -> str:
    """Why a path names no record of a scenario's file; empty where it names one."""
    node: Node = scenario._provenance.merged
    for part in path.split("."):
        inside: dict[str, Node] = {}
        if isinstance(node.value, dict):
            inside = node.value
        elif isinstance(node.value, list):
            inside = {id_of(child): child for child in node.value}
        if part not in inside:
            return f"the scenario has no {path}{did_you_mean(part, list(inside))}"
        node = inside[part]
    return ""
