"""Correlations and common factors name values that a scenario has."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from capsim.language.tree import Path
from capsim.registry import did_you_mean
from capsim.scenario.records.schema import Scenario
from capsim.scenario.rules.rule import Issue, Issues


def unmatched(scenario: Scenario, values: Sequence[str]) -> Issues:
    """Find patterns of correlations and of common factors that none of the values' dotted paths matches.

    Whether a value is uncertain is for the study to see: another of its scenarios may have it so.
    """
    named: list[tuple[Path, Sequence[str]]] = [
        (("correlations", correlation.id, "of"), correlation.of) for correlation in scenario.correlations
    ]
    named += [
        (("uncertainty", "factors", factor.id, "values"), factor.values)
        for factor in scenario.uncertainty.factors
    ]
    for path, patterns in named:
        for i, pattern in enumerate(patterns):
            if not any(fnmatchcase(value, pattern) for value in values):
                hint = "" if "*" in pattern else did_you_mean(pattern, values)
                yield Issue(path, f"no value is called this{hint}", got=pattern, at=(*path, str(i)))
