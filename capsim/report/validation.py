"""What `capsim validate` says of a file: a scenario, a claim or a plan, told apart by what they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from capsim.catalog import checked_table, load_catalog, near_name
from capsim.errors import Fault, Question, ScenarioError
from capsim.language.tree import Faults, Node, as_written
from capsim.projection import plural
from capsim.scenario import (
    STATED,
    Claim,
    Options,
    Scenario,
    fields_of,
    load,
    load_claim,
    read_file,
    read_quotes,
    read_throughput,
    uncertain_paths,
)
from capsim.series import read_bytes, sheet_of_text, text_of
from capsim.study import load_options

Kind = Literal["scenario", "claim", "plan"]
KEYS: Mapping[Kind, frozenset[str]] = MappingProxyType(
    {
        "scenario": frozenset({*fields_of(Scenario), "extends", "overrides"}),
        "claim": frozenset(fields_of(Claim)),
        "plan": frozenset(fields_of(Options)),
    }
)
"""Keys that a file of each kind may have."""
TAKEN_BY: Mapping[Kind, str] = MappingProxyType({"scenario": "run", "claim": "audit", "plan": "plan"})
"""Commands that take a file of each kind."""
OWN_NAMES = "own_names"
"""Question of a record that is named nearly like a shipped one."""
NONE_OF_THEM = (
    "is no scenario (which has schema, name and sites, or extends another), no claim (claim, statement "
    "and source) and no plan (plan, scenario, slots and options)"
)


def validated_file(
    file: str, *, overrides: Sequence[str] = (), sets: Sequence[str] = (), strict: bool = False
) -> tuple[str, tuple[Question, ...]]:
    """What a valid file is and holds, in a few words, and what is doubtful in it.

    Parameters
    ----------
    file : str
        A scenario, a claim, a plan, or a CSV file: a table of the catalogue, quotes or measured throughput.
    overrides, sets : sequence of str, optional
        Named overrides and ``PATH=VALUE`` to apply to a scenario, as `load` does.
    strict : bool, optional
        Whether what is doubtful is a fault.

    Returns
    -------
    words : str
        Such as ``scenario aion, 1 site, 4 phases``.
    doubts : tuple of Question
        Values of a scenario, or names of a table, that can hardly be meant.

    Raises
    ------
    ScenarioError
        With every fault of the file, or that it is none of the three.
    """
    if file.lower().endswith(".csv"):
        return _of_quotes_or_throughput(file) or _table(file)
    kind = kind_of_file(file)
    if kind == "scenario":
        scenario = load(file, overrides=overrides, sets=sets, strict=strict)
        doubts = scenario.questions
        questioned = f", {plural(len(doubts), 'question')}" if doubts else ""
        return f"scenario {_counted(scenario)}{questioned}", doubts
    if overrides or sets:
        rule = f"is a {kind}; --override and --set change scenarios only"
        raise ScenarioError(file, [Fault(file, 0, "", rule)])
    return _claim(load_claim(file)) if kind == "claim" else _plan(load_options(file)), ()


def _of_quotes_or_throughput(file: str) -> tuple[str, tuple[Question, ...]] | None:
    """What a file of quotes or of measured throughput holds, by its header; None where it is neither."""
    faults, words = Faults(), ""
    # what is no table is told by the reader of tables
    with suppress(ValueError):
        header = {name.lower() for name in sheet_of_text(text_of(read_bytes(Path(file)))).header}
        if "item" in header and not header & {"field", "name"}:
            quotes = read_quotes(file, "", faults, ("quotes",))
            words = f"quotes of {plural(len(quotes), 'item')}"
        elif "system" in header and not header & {"field", "name"}:
            figures = read_throughput(file, faults, ("throughput",))
            words = f"throughput, {plural(sum(map(len, figures.values())), 'figure')}"
    faults.stop(file)
    return (words, ()) if words else None


def _table(file: str) -> tuple[str, tuple[Question, ...]]:
    """What a table of the catalogue holds, and the names in it that look like misspelt ones."""
    table, rows = checked_table(file)
    names, shipped = dict.fromkeys(name for name, _ in rows), load_catalog().names(table)
    lines = {name: int(value.origin.rpartition(":")[2]) for (name, _), value in reversed(rows.items())}
    doubts = [
        Question(file, lines[name], f"{table}.{name}", f"is a record of its own{hint}", name=OWN_NAMES)
        for name in names
        if name not in shipped and (hint := near_name(name, shipped))
    ]
    counts = f"{plural(len(names), 'record')}, {plural(len(rows), 'value')}"
    return f"catalogue table {table}, {counts}", tuple(doubts)


def kind_of_file(file: str) -> Kind:
    """The kind of which a file has most keys, so that a misspelt one does not hide what it is meant to be.

    Raises
    ------
    ScenarioError
        If the file cannot be read, or has no key of any kind.
    """
    return _kind(file, read_file(file, "file", Faults()))


def _kind(file: str, root: Node) -> Kind:
    keys = _keys(root)
    kind: Kind = max(KEYS, key=lambda name: len(KEYS[name] & keys))
    if not KEYS[kind] & keys:
        raise ScenarioError(file, [Fault(file, 0, "", NONE_OF_THEM, as_written(root))])
    return kind


def _keys(root: Node) -> set[str]:
    return set(root.value) if isinstance(root.value, dict) else set()


def taken_by(file: str) -> str:
    """The command that takes a file; empty for a scenario without a name, which only others extend.

    Raises
    ------
    ScenarioError
        As `kind_of_file`.
    """
    root = read_file(file, "file", Faults())
    kind = _kind(file, root)
    return "" if kind == "scenario" and "name" not in _keys(root) else f"capsim {TAKEN_BY[kind]}"


def told_apart(error: ScenarioError, file: str, wanted: Kind) -> ScenarioError:
    """The error of a file that does not load, or that it is of another kind and which command takes it."""
    with suppress(ScenarioError):
        kind = kind_of_file(file)
        if kind != wanted:
            rule = f"must be a {wanted} and is a {kind}, which capsim {TAKEN_BY[kind]} takes"
            return ScenarioError(file, [Fault(file, 0, "", rule)])
    return error


def _claim(claim: Claim) -> str:
    stated = [key for key in STATED if getattr(claim, key) is not None]
    return f"claim {claim.claim}, of {claim.announced_on}, states {' and '.join(stated)}"


def _plan(options: Options) -> str:
    counts = (plural(len(options.slots), "slot"), plural(len(options.options), "option"))
    return ", ".join((f"plan {options.plan}", *counts, f"of {Path(options.scenario).name}"))


def _counted(scenario: Scenario) -> str:
    """What a valid scenario holds, in a few words."""
    counts = (
        plural(len(scenario.sites), "site"),
        plural(len([*scenario.phases()]), "phase"),
        plural(len(scenario.deployments()), "deployment"),
        plural(len(uncertain_paths(scenario)), "uncertain value"),
    )
    return ", ".join((scenario.name, *counts))
