"""Correlations and common factors name values that a scenario has."""

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
