"""What changes between scenarios are called: by titles, not by paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from capsim.magnitudes import plain_number
from capsim.projection import money_unit, plural
from capsim.scenario import Scenario
from capsim.study import unit_at
from capsim.vocabulary import input_scale, input_title, input_unit

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
YEAR: Final = "year"
"""Unit of a year in the catalogue."""
LONGEST_NAME: Final = 160
"""Room of the values that a name tells, two lines of a terminal; of more it says how many there are.
[characters]"""


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


def is_year(path: str, unit: str) -> bool:
    """Whether a value is a year, which has no thousands."""
    return unit == YEAR or path.endswith("year")


def name_of_values_set(scenario: Scenario, sets: Sequence[str]) -> str:
    """What a variant is called that has values set: each by its title, with its value and unit.

    Parameters
    ----------
    scenario : Scenario
        The variant, whose records know units.
    sets : sequence of str
        Values as ``PATH=VALUE``.
    """
    named = [_value_set(scenario, *map(str.strip, text.split("=", 1))) for text in sets]
    fitting = (n for n in range(len(named), 1, -1) if len("; ".join(named[:n])) <= LONGEST_NAME)
    told = next(fitting, 1)
    more = f" and {plural(len(named) - told, 'value')} more" if len(named) > told else ""
    return "; ".join(named[:told]) + more


def _value_set(scenario: Scenario, path: str, written: str) -> str:
    """A value that is set, by its title, in the unit that is shown."""
    unit = unit_at(scenario, path)
    try:
        value = f"{plain_number(written) * input_scale(unit):,.10g}"
    except ValueError:
        value = written
    said = input_unit(unit, money_unit(scenario))
    value = written if is_year(path, unit) else value
    return f"{changed_title(path)} = {value}{f' {said}' if said not in ('', YEAR) else ''}"
