"""Correlations and common factors name values that a scenario has."""

from __future__ import annotations

from fnmatch import fnmatchcase

from capsim.language.tree import Faults, Node, Path, leaves
from capsim.registry import did_you_mean


def check_correlations(root: Node, faults: Faults) -> None:
    """Find patterns of correlations and of common factors that no value of the filled tree matches.

    Whether a value is uncertain is for the study to see: another of its scenarios may have it so.
    """
    uncertainty = root.get("uncertainty")
    factors = [] if uncertainty is None else uncertainty.records("factors")
    named: list[tuple[Path, Node | None]] = [
        (("correlations", name, "of"), node.get("of")) for name, node in root.records("correlations")
    ]
    named += [(("uncertainty", "factors", name, "values"), node.get("values")) for name, node in factors]
    if not named:
        return
    known = [".".join(path) for path, _ in leaves(root) if path[0] not in ("correlations", "uncertainty")]
    for path, patterns in named:
        for pattern in patterns.value if patterns is not None and isinstance(patterns.value, list) else ():
            text = str(pattern.value)
            if not any(fnmatchcase(value, text) for value in known):
                hint = "" if "*" in text else did_you_mean(text, known)
                faults.add(pattern.place, path, f"no value is called this{hint}", text)
