"""A finding: a sentence a projection says, with what it is about, how serious it is, and its numbers."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Severity = Literal["note", "warning"]
OfTargets = Literal["budget", "budget_builds", "compute_inside_power", "goal", "power_limit"]
OfLimits = Literal[
    "binding",
    "capped_hall",
    "curtailment",
    "demand",
    "empty_halls",
    "headroom",
    "jobs",
    "nothing_computed",
    "power_cap",
    "stranded_in_heat",
]
OfBuilding = Literal[
    "failures", "idle", "power_lost", "spare_power", "technicians_busy", "unfinished_deployments"
]
OfInputs = Literal[
    "accepted",
    "actuals",
    "borrowed_climate",
    "borrowed_price",
    "carbon_hours",
    "contract_carbon",
    "delay",
    "funding",
    "launch_awaited",
    "inference",
    "overdue",
    "own_series",
    "price_hours",
    "scope",
    "several_rates",
    "stale",
    "tranche",
]
Note = OfTargets | OfLimits | OfBuilding | OfInputs
"""Kinds of findings that answer a question of the planner's."""
NeverThere = Literal[
    "cancelled_order", "cancelled_phase", "dropped_step", "late_phases", "never_ordered", "never_ready"
]
Missing = Literal["equipment_missing", "steps_missing", "systems_missing", "tranche_missing"]
TooLittle = Literal["jobs_never_run", "money_runs_out", "technicians_too_few"]
Doubtful = Literal[
    "aged_systems", "bought_in_vain", "left_out", "outdated_systems", "priced_elsewhere", "questioned"
]
Warned = NeverThere | Missing | TooLittle | Doubtful
"""Kinds that mean that the plan cannot happen as written, or that a result cannot be trusted."""
Kind = Note | Warned
"""What a finding is about; docs/findings.md says what each means."""
GRAVEST_FIRST: tuple[Kind, ...] = (
    # what never comes
    "never_ready",
    "never_ordered",
    "money_runs_out",
    "cancelled_phase",
    "dropped_step",
    "cancelled_order",
    "jobs_never_run",
    # what does not come inside the horizon
    "late_phases",
    "steps_missing",
    "equipment_missing",
    "systems_missing",
    "tranche_missing",
    "technicians_too_few",
    # figures that cannot be trusted
    "questioned",
    "priced_elsewhere",
    "left_out",
    "aged_systems",
    "outdated_systems",
    "bought_in_vain",
)
"""Kinds of warnings in the order in which they are told."""
WARNINGS = frozenset(kind for kinds in get_args(Warned) for kind in get_args(kinds))
Place = tuple[str, str]
"""Site and phase; each empty where the finding is about more than one."""


@dataclass(frozen=True)
class Finding:
    """What a projection says in one sentence."""

    kind: Kind
    severity: Severity
    site: str
    """Site it is about; empty where it is about the portfolio or several sites."""
    phase: str
    """Phase it is about; empty where it is about a site or several phases."""
    numbers: Mapping[str, float]
    """Its figures by name, with the unit in the name; those that are not known are left out."""
    text: str
    """The sentence, for people."""


def finding(kind: Kind, text: str, place: Place = ("", ""), /, **numbers: float) -> Finding:
    """A finding of a kind, which gives its severity."""
    finite = {name: float(value) for name, value in numbers.items() if math.isfinite(value)}
    return Finding(kind, "warning" if kind in WARNINGS else "note", *place, finite, text)


def warnings_in(findings: Iterable[Finding]) -> list[str]:
    """The sentences of the warnings among findings, the gravest first; those of one kind as they came.

    Examples
    --------
    >>> warnings_in([finding("questioned", "b"), finding("goal", "c"), finding("never_ready", "a")])
    ['a', 'b']
    """
    told = [one for one in findings if one.severity == "warning"]
    return [one.text for one in sorted(told, key=lambda one: GRAVEST_FIRST.index(one.kind))]


def only(places: Collection[Place]) -> Place:
    """The place of a finding that lists places, where it lists one.

    Examples
    --------
    >>> only([("paris", "p1")]), only([("paris", "p1"), ("paris", "p2")])
    (('paris', 'p1'), ('', ''))
    """
    return next(iter(places)) if len(places) == 1 else ("", "")
