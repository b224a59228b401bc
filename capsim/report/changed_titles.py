"""What changes between scenarios are called: by titles, not by paths."""

from __future__ import annotations

from typing import Final

from capsim.vocabulary import input_title

RECORDS: Final = {
    "accepted": "Accepted:",
    "debts": "Debt",
    "deployments": "Systems",
    "grants": "Grant",
    "grid_connection": "Grid step",
    "items": "Cost item",
    "phases": "Phase",
    "sites": "Site",
    "targets": "Target",
}
"""What records are, before their names."""


def changed_title(path: str) -> str:
    """What was changed, as people call it.

    Examples
    --------
    >>> changed_title("sites.campus"), changed_title("costs.preset"), changed_title("finance.wacc_real")
    ('Site campus', 'Preset of costs', 'Cost of capital, real')
    """
    *parents, key = path.split(".")
    if parents and parents[-1] in RECORDS:
        return f"{RECORDS[parents[-1]]} {key.replace('_', ' ')}"
    return f"Preset of {parents[-1]}" if parents and key == "preset" else input_title(path)
