"""Correlations, common factors and marks of what is confidential name values that a scenario has."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from capsim.language.tree import Path
from capsim.registry import did_you_mean
from capsim.scenario.records.schema import Scenario
from capsim.scenario.rules.rule import Issue, Issues


def unmatched(scenario: Scenario, values: Sequence[str], things: Sequence[str]) -> Issues:
    """Find patterns of correlations and of common factors that none of the values' dotted paths matches.

    A correlation may also name what has one draw for several values.

    Whether a value is uncertain is for the study to see: another of its scenarios may have it so.
    """
    either = [*values, *things]
    named: list[tuple[Path, Sequence[str], Sequence[str]]] = [
        (("correlations", one.id, "of"), one.of, either) for one in scenario.correlations
    ]
    named += [
        (("uncertainty", "factors", factor.id, "values"), factor.values, values)
        for factor in scenario.uncertainty.factors
    ]
    for path, patterns, known in named:
        for i, pattern in enumerate(patterns):
            if not any(fnmatchcase(name, pattern) for name in known):
                hint = "" if "*" in pattern else did_you_mean(pattern, known)
                yield Issue(path, f"no value is called this{hint}", got=pattern, at=(*path, str(i)))


def unmarked(scenario: Scenario, values: Sequence[str]) -> Issues:
    """Find marks of what is confidential that no value's dotted path is, or is below."""
    records = {name.rsplit(".", depth)[0] for name in values for depth in range(name.count(".") + 1)}
    for i, mark in enumerate(scenario.confidential):
        if not any(is_marked(name, (mark,)) for name in values):
            hint = "" if "*" in mark else did_you_mean(mark, [*records])
            rule = f"no value or record is called this{hint}"
            yield Issue(("confidential",), rule, got=mark, at=("confidential", str(i)))


def is_marked(path: str, marks: Sequence[str]) -> bool:
    """Whether a dotted path is what a mark names, or is below it.

    Examples
    --------
    >>> is_marked("costs.items.network.amount", ["costs.items.*.amount"])
    True
    >>> is_marked("sites.a.tariff.preset", ["sites.a.tariff"]), is_marked("sites.a2.id", ["sites.a"])
    (True, False)
    """
    return any(fnmatchcase(path, mark) or fnmatchcase(path, f"{mark}.*") for mark in marks)


def holds_marked(record: str, marks: Sequence[str]) -> bool:
    """Whether a record is marked, or a value in it.

    Examples
    --------
    >>> holds_marked("sites.a.phases.p1", ["sites.*.phases.p1.critical_it_mw"])
    True
    >>> holds_marked("sites.a", ["sites.b"])
    False
    """
    depth = record.count(".") + 1
    above = [".".join(mark.split(".")[:depth]) for mark in marks]
    return is_marked(record, marks) or any(fnmatchcase(record, mark) for mark in above)
