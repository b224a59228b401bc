"""Reading the file of a plan, and holding its options against the scenario they change."""

from __future__ import annotations

import os
from pathlib import Path

from capsim.errors import Fault, ScenarioError
from capsim.language.paths import node_at, split
from capsim.scenario import (
    Issue,
    Issues,
    Option,
    Options,
    Scenario,
    changes_of,
    load,
    not_in_results,
    option_issues,
    override,
    read_record,
)
from capsim.vocabulary import parse_goal

A_FIGURE_TO_REACH = "a plan's goal is a figure to reach, no date and no limit"
"""Rule of the goal of a plan."""


def load_options(path: str | os.PathLike[str]) -> Options:
    """Load the file of a plan; its scenario's path becomes relative to the working directory.

    Raises
    ------
    ScenarioError
        With every fault of the file.
    """
    file = os.fspath(path)

    def check(options: Options) -> Issues:
        issues = list(option_issues(options))
        yield from issues or _issues_of(options, load(str(Path(file).parent / options.scenario)))

    options = read_record(file, Options, check)
    return options.model_copy(update={"scenario": str(Path(file).parent / options.scenario)})


def _issues_of(options: Options, scenario: Scenario) -> Issues:
    """Goal and slots exist, and each option makes a valid scenario by itself, at both ends of its size."""
    if wrong := _wrong_goal(options, scenario):
        yield Issue(("goal",), wrong, got=True)
    lost = {slot.id: rule for slot in options.slots if (rule := _no_record(scenario, slot.path))}
    yield from (Issue(("slots", slot, "path"), rule) for slot, rule in lost.items())
    # an option for a slot that is not there would be named again for it
    for option in () if lost else options.options:
        for end in (None,) if option.size is None else (option.size.low, option.size.high):
            try:
                override(scenario, changes_of(options, {option.slot: (option, end)}))
            except ScenarioError as error:
                yield from (_issue(fault, option) for fault in error.faults)
                break


def _wrong_goal(options: Options, scenario: Scenario) -> str:
    """What is wrong with the goal of a plan of the scenario; empty where nothing is."""
    goal = parse_goal(options.goal)
    if goal.figure.is_date or goal.sense == "<=":
        return A_FIGURE_TO_REACH
    return not_in_results(goal.figure, scenario)


def _issue(fault: Fault, option: Option) -> Issue:
    """A fault of the changed scenario, at the line of the option's value that makes it."""
    path = ("options", option.id)
    place: tuple[str, ...] = ()
    if fault.path in option.set:
        place = ("set", fault.path)
    elif option.size is not None and option.size.path == fault.path:
        place = ("size",)
    return Issue(path, f"{fault.path}: {fault.rule}", got=fault.value, at=(*path, *place))


def _no_record(scenario: Scenario, path: str) -> str:
    """Why a path names no record of a scenario's file; empty where it names one."""
    try:
        node_at(scenario._provenance.merged, split(path), scenario._provenance.file)
    except ScenarioError as error:
        (fault,) = error.faults
        return fault.rule.replace("no such value", f"the scenario has no {path}")
    return ""
