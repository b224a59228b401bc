"""What a build-out emits: dated milestones, and what each item waited for."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from capsim.buildout.outages import NO_OUTAGES, Outages
from capsim.vocabulary import CHANGE_IN_SERVICE, SYSTEM_KINDS, Cause, MilestoneKind

GRID: Final[Cause] = "grid connection"
"""Cause: the phase's grid step, which is one lead time or late after its last stage, is not energised yet."""
OWN_POWER: Final[Cause] = "own generation"
"""Cause: own generation that carries the phase before its grid step is energised is not available yet."""
OF_GRID = "grid "
"""What the causes of a grid connection begin with: `grid queue`, `grid study`, `grid works`."""
EARLIER_PHASE: Final[Cause] = "earlier phase"
"""Cause: a phase it comes after is not ready for service yet."""
PLANNED_START: Final[Cause] = "planned start"
"""Cause: the plan starts it later."""
LEAD_TIME: Final[Cause] = "lead time"
"""Cause: ordered and not delivered yet."""
HALL: Final[Cause] = "hall"
"""Cause: delivered, and the hall is not ready for service yet."""
CREW: Final[Cause] = "crew"
"""Cause: delivered, the hall is ready, and all installers are busy; or a stage waits for its crew."""
FUNDING: Final[Cause] = "funding"
"""Cause: what is to be paid for exceeds the money that has arrived."""
ALLOCATION: Final[Cause] = "allocation"
"""Cause: ordered, the lead time is over, and the vendor has not allotted the systems yet."""
CANCELLED: Final[Cause] = "cancelled"
"""Cause: the phase was cancelled."""
HAND_OVER = "ready for service"
"""Item of the wait of a hall with an announced date, from that date on."""

K = TypeVar("K", bound=Hashable)
Key = tuple[str, str, str, str]
"""Site, phase, item and unit of milestones."""


class Milestone(NamedTuple):
    """Something that happened on one day."""

    time_d: float
    """Time since the start. [d]"""
    site: str
    phase: str
    """Empty for what belongs to the whole site."""
    item: str
    """Stage, grid step, its stage as `step.stage`, or deployment; empty for the phase itself. Of a cancelled
    phase the stage or the grid step that ended it."""
    kind: MilestoneKind
    amount: float
    """How much of the unit."""
    unit: str
    """`MW`, `stage`, `equipment`, `systems`, a currency, or the name of the system that is counted."""


class Wait(NamedTuple):
    """A time during which something waited for one cause."""

    start_d: float
    """Start. [d]"""
    end_d: float
    """End. [d]"""
    site: str
    phase: str
    item: str
    """Stage, equipment, deployment or grid step that waited, or `HAND_OVER`; empty for the critical path of
    the phase itself."""
    cause: str
    """Name of a stage or of equipment, or one of the causes of this module."""


class Columns(NamedTuple):
    """Milestones as arrays, each of shape (n,)."""

    time_d: NDArray[np.float64]
    """Time since the start. [d]"""
    amount: NDArray[np.float64]
    """How much of the unit."""
    key: NDArray[np.int64]
    """Number of its key."""
    keys: tuple[Key, ...]
    """Site, phase, item and unit, each once."""


class Abandoned(NamedTuple):
    """A phase that is never ready for service, or a grid step that never comes, and how far it came."""

    site: str
    phase: str
    """Empty for a grid step."""
    until_d: float
    """When work on it ended. [d]"""
    share_done: float
    """Share of its works that was done by then, and of its price that is spent. [1]"""
    step: str = ""
    """Grid step; empty for a phase."""


class Reason(NamedTuple):
    """Why a phase is never ready for service, or a deployment is not ordered or not delivered."""

    site: str
    phase: str
    item: str
    """Deployment; empty for the phase itself."""
    chain: tuple[str, ...]
    """What waits for what, from the phase or the deployment on, by name."""
    cause: str
    """What the last of them waits for, or what ended it."""


@dataclass(frozen=True)
class Timeline:
    """The outcome of a build-out.

    Milestones of phases and grid steps after the horizon are kept: they say when it would have been.
    """

    milestones: tuple[Milestone, ...]
    """In order of time; at one time in order of site, phase, item and life."""
    waits: tuple[Wait, ...]
    """In order of start."""
    events: int
    """Events the simulation processed."""
    abandoned: tuple[Abandoned, ...] = ()
    """Phases that were cancelled, or for which there was no money or power to the end; grid steps that were
    cancelled."""
    outages: Outages = NO_OUTAGES
    """Systems out of service for repair."""
    reasons: tuple[Reason, ...] = ()
    """Why phases are never ready, and deployments never ordered or delivered."""

    def of_kind(self, *kinds: MilestoneKind) -> Iterator[Milestone]:
        """Milestones of the kinds named, in order."""
        groups = [self._by_kind.get(kind, []) for kind in kinds]
        return iter(groups[0] if len(groups) == 1 else sorted(chain.from_iterable(groups), key=_rank))

    @cached_property
    def fleet_changes(self) -> Columns:
        """Systems that come into service and, with an amount below 0, those that leave, in order."""
        changes = list(self.of_kind(*CHANGE_IN_SERVICE))
        keys: dict[Key, int] = {}
        numbers = [keys.setdefault((m.site, m.phase, m.item, m.unit), len(keys)) for m in changes]
        return Columns(
            np.array([m.time_d for m in changes], dtype=np.float64),
            np.array([m.amount * CHANGE_IN_SERVICE[m.kind] for m in changes], dtype=np.float64),
            np.array(numbers, dtype=np.int64),
            tuple(keys),
        )

    def of_site(self, site: str, *kinds: str) -> Iterator[Milestone]:
        """Those of a site."""
        return (m for m in self._by_site.get(site, ()) if m.kind in kinds)

    def of_phase(self, site: str, phase: str, *kinds: str) -> Iterator[Milestone]:
        """Those of a phase; of what belongs to a whole site where its name is empty."""
        return (m for m in self._by_phase.get((site, phase), ()) if m.kind in kinds)

    def ready_for_service_d(self) -> dict[tuple[str, str], float]:
        """When each phase is ready for service, by (site, phase); infinite where it never is. [d]"""
        return self._ready_d

    # each is made once: a run asks for some kinds some twenty times, and for each of thousands of phases

    @cached_property
    def _by_kind(self) -> dict[str, list[Milestone]]:
        return _grouped(self.milestones, lambda m: m.kind)

    @cached_property
    def _by_site(self) -> dict[str, list[Milestone]]:
        return _grouped(self.milestones, lambda m: m.site)

    @cached_property
    def _by_phase(self) -> dict[tuple[str, str], list[Milestone]]:
        return _grouped(self.milestones, lambda m: (m.site, m.phase))

    @cached_property
    def _ready_d(self) -> dict[tuple[str, str], float]:
        never = {(phase.site, phase.phase): math.inf for phase in self.abandoned if phase.phase}
        return never | {(m.site, m.phase): m.time_d for m in self.of_kind("ready_for_service")}

    def cancelled_d(self) -> dict[tuple[str, str], float]:
        """When phases were cancelled, by (site, phase), whatever stage or grid step ended them. [d]"""
        of_phases = (m for m in self.of_kind("cancelled") if m.phase and m.unit == "MW")
        return {(m.site, m.phase): m.time_d for m in of_phases}

    def orders_cancelled_d(self) -> dict[tuple[str, str, str], float]:
        """When orders of systems were cancelled, by (site, phase, deployment). [d]"""
        return {m[1:4]: m.time_d for m in self.of_kind("cancelled") if m.phase and m.unit != "MW"}


def _grouped(milestones: Iterable[Milestone], key: Callable[[Milestone], K]) -> dict[K, list[Milestone]]:
    """Milestones by a key, in order."""
    groups: dict[K, list[Milestone]] = {}
    for m in milestones:
        groups.setdefault(key(m), []).append(m)
    return groups


_LIFE = {kind: rank for rank, kind in enumerate(("started", "finished", *SYSTEM_KINDS))}


def _rank(m: Milestone) -> tuple[float, str, str, str, int, str, float]:
    """What milestones are sorted by."""
    return (m.time_d, m.site, m.phase, m.item, _LIFE.get(m.kind, -1), m.unit, m.amount)


def ordered(
    milestones: Iterable[Milestone],
    waits: Iterable[Wait],
    events: int,
    abandoned: Iterable[Abandoned] = (),
    outages: Outages = NO_OUTAGES,
    reasons: Iterable[Reason] = (),
) -> Timeline:
    """A timeline in its canonical order, which does not depend on the order of simulation."""
    return Timeline(
        tuple(sorted(milestones, key=_rank)),
        tuple(sorted(waits)),
        events,
        tuple(sorted(abandoned)),
        outages,
        tuple(sorted(reasons)),
    )
