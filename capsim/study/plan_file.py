"""Reading the file of a plan, and holding its options against the scenario they change."""

from __future__ import annotations

import os
from pathlib import Path

from capsim.errors import Fault, ScenarioError
from capsim.language.paths import node_at, split
from capsim.language.tree import Faults, Node
from capsim.scenario import (
    Option,
    Options,
    Scenario,
    changes_of,
    check_options,
    load,
    override,
    read_record,
)


def load_options(path: str | os.PathLike[str]) -> Options:
    """Load the file of a plan; its scenario's path becomes relative to the working directory.

    Raises
    ------
    ScenarioError
        With every fault of the file.
    """
    file = os.fspath(path)

    def check(options: Options, root: Node, faults: Faults) -> None:
        check_options(options, root, faults)
        if not faults.found:
            _check_against(options, root, faults, load(str(Path(file).parent / options.scenario)))

    options = read_record(file, Options, check)
    return options.model_copy(update={"scenario": str(Path(file).parent / options.scenario)})


def _check_against(options: Options, root: Node, faults: Faults, scenario: Scenario) -> None:
    """Slots are there, and each option makes a valid scenario by itself, at both ends of its size."""
    for slot, (_, node) in zip(options.slots, root.records("slots"), strict=True):
        rule = _no_record(scenario, slot.path)
        if rule:
            faults.add((node.get("path") or node).place, ("slots", slot.id, "path"), rule)
    # An option for a slot that is not there would be named again for it.
    if faults.found:
        return
    for option, (_, node) in zip(options.options, root.records("options"), strict=True):
        for end in (None,) if option.size is None else (option.size.low, option.size.high):
            try:
                override(scenario, changes_of(options, {option.slot: (option, end)}))
            except ScenarioError as error:
                for fault in error.faults:
                    _add(fault, option, node, faults)
                break


def _add(fault: Fault, option: Option, node: Node, faults: Faults) -> None:
    """A fault of the changed scenario, at the line of the option's value that makes it."""
    values = node.get("set")
    near = values.get(fault.path) if values is not None else None
    if near is None and option.size is not None and option.size.path == fault.path:
        near = node.get("size")
    faults.add((near or node).place, ("options", option.id), f"{fault.path}: {fault.rule}", fault.value)


def _no_record(scenario: Scenario, path: str) -> str:
    """Why a path names no record of a scenario's file; empty where it names one."""
    try:
        node_at(scenario._provenance.merged, split(path), scenario._provenance.file)
    except ScenarioError as error:
        (fault,) = error.faults
        return fault.rule.replace("no such value", f"the scenario has no {path}")
    return ""
