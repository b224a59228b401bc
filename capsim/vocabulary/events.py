"""What happens and what holds it up: kinds of milestones, causes of waits, categories of the ledger.

Closed lists are `Literal` types, so that a name misspelt anywhere is found by mypy and is no empty table.
Names of a scenario's own (stages, equipment, cost items) are in none of them.
"""

from __future__ import annotations

from typing import Final, Literal, TypeGuard, get_args

SystemKind = Literal["ordered", "delivered", "install_started", "installed", "in_service", "retired"]
"""Kinds of milestones of systems, in the order each system meets them."""
MilestoneKind = Literal[
    SystemKind,
    "started",
    "finished",
    "applied",
    "energised",
    "cancelled",
    "ready_for_service",
    "unbuilt",
    "equipment_ordered",
    "equipment_delivered",
    "allotted",
    "undelivered",
    "funded",
    "committed",
    "reserved",
    "released",
    "unfunded",
    "first_in_queue",
]
"""Kinds of milestones.

`started`, `finished` (stage); `applied`, `energised`, `cancelled` (grid step); `ready_for_service`,
`cancelled`, `unbuilt` (phase); `equipment_ordered`, `equipment_delivered`; `allotted` (supply);
`funded` (tranche); `committed`, `reserved`, `released`, `unfunded` (money: paid for; kept for it, less
where it is used; given back by what was cancelled; still asked for at the end); `first_in_queue` (what of
it holds up the others, under the rule `in_order`); `undelivered` (systems still waited for at the
horizon); those of systems.
"""
DatedKind = Literal["energised", "ready_for_service", "first_in_service", "fleet_in_service"]
"""Milestones of a phase that studies date: its grid step carries power, its hall is handed over, the first
of its systems is in service, and the last of its first fleet is."""

Cause = Literal[
    "grid connection",
    "own generation",
    "earlier phase",
    "planned start",
    "lead time",
    "hall",
    "crew",
    "funding",
    "allocation",
    "cancelled",
]
"""Causes of waits beside a scenario's own stages and equipment."""
OutageCause = Literal["technician", "spare", "repair", "maintenance"]
"""Why a server is out of service."""
IdleCause = Literal["accelerators", "not ordered", "power", "cooling", "demand", "jobs"]
"""Why MW of a hall that is ready do not compute, beside outages and money."""
Binding = Literal[Cause, OutageCause, IdleCause]
"""What planned power may wait for, beside a scenario's own stages and equipment."""

Category = Literal["capex", "opex", "revenue", "opening", "residual"]
"""Categories of the ledger: `capex`, `opex` and `revenue` are cash; `opening` (value of what is there at
the start) and `residual` (value left at the end, negative) are not, and count in levelised costs only."""

CHANGE_IN_SERVICE: Final[dict[MilestoneKind, float]] = {"in_service": 1.0, "retired": -1.0}
"""What a milestone of systems adds to those in service, per system."""
SYSTEM_KINDS: Final[tuple[SystemKind, ...]] = get_args(SystemKind)
MILESTONE_KINDS: Final[tuple[MilestoneKind, ...]] = get_args(MilestoneKind)
DATED: Final[tuple[DatedKind, ...]] = get_args(DatedKind)
CAUSES: Final[tuple[Cause, ...]] = get_args(Cause)
BINDINGS: Final[tuple[Binding, ...]] = get_args(Binding)
CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)


def is_cause(text: str) -> TypeGuard[Cause]:
    """Whether a text is a cause, and no stage or equipment of a scenario.

    Examples
    --------
    >>> is_cause("funding"), is_cause("transformer")
    (True, False)
    """
    return text in CAUSES
