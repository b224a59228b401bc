"""Correlations name values that a scenario has."""

from __future__ import annotations

from fnmatch import fnmatchcase

from capsim.registry import did_you_mean
from capsim.scenario.tree import Faults, Node, leaves


def check_correlations(root: Node, faults: Faults) -> None:
    """Find patterns of correlations that no value of the filled tree matches.

    Whether a value is uncertain is for the study to see: another of its scenarios may have it so.
    """
    correlations = root.records("correlations")
    if not correlations:
        return
    known = [".".join(path) for path, _ in leaves(root) if path[0] != "correlations"]
    for name, node in correlations:
        patterns = node.get("of")
        for pattern in patterns.value if patterns is not None and isinstance(patterns.value, list) else ():
            text = str(pattern.value)
            if not any(fnmatchcase(path, text) for path in known):
                hint = "" if "*" in text else did_you_mean(text, known)
                rule = f"no value is called this{hint}"
                faults.add(pattern.place, ("correlations", name, "of"), rule, text)
