"""The state one build-out run shares: the clock, the resources, and the record of what happened."""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

import numpy as np
import simpy
from simpy.resources.resource import SortedQueue

from capsim.buildout.pool import Pool
from capsim.buildout.timeline import Abandoned, Milestone, Wait
from capsim.scenario.awaited import IN_SERVICE, Awaited
from capsim.scenario.draws.streams import stream
from capsim.scenario.records.schema import Scenario
from capsim.vocabulary.events import Cause, MilestoneKind

Process = Generator[simpy.Event, Any, Any]
Name = tuple[str, str, str]
"""Site, phase and item; the last two empty where it is the whole of what is before."""


class Hold(NamedTuple):
    """A time during which a stage was held up. [d]"""

    start_d: float
    end_d: float
    cause: str


class Span(NamedTuple):
    """When a stage was free of its predecessors, what held it up, when it started and ended. [d]"""

    free_d: float
    holds: tuple[Hold, ...]
    start_d: float
    end_d: float


class _Queue(SortedQueue):
    """A queue in the same order, which finds the place of who asks without sorting all the others again."""

    def append(self, item: Any) -> None:
        insort(self, item, key=lambda asked: asked.key)


class Crews(simpy.PriorityResource):
    """Crews that serve the lower priority first, then who asked first."""

    PutQueue = _Queue


@dataclass
class Build:
    """How far the stages of a phase or of a grid step have come."""

    planned_d: float
    """When the plan lets it start. [d]"""
    cancelled: simpy.Event
    """Fires when it is cancelled."""
    start_d: float = math.inf
    """When its first stage may start: earlier phases are ready and the money is there. [d]"""
    started_d: dict[str, float] = field(default_factory=dict)
    """Start of each stage that has started. [d]"""
    spans: dict[str, Span] = field(default_factory=dict)
    """Stages that are done."""
    holds: dict[str, list[Hold]] = field(default_factory=dict)
    """What has held up each stage so far whose predecessors are done."""
    equipment_d: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Order and delivery of equipment; the delivery is infinite while it is under way. [d]"""
    prefix: list[Hold] = field(default_factory=list)
    """What came before the first stage."""
    cancelled_d: float = math.inf
    """When it was cancelled. [d]"""
    cancelled_by: str = ""
    """Stage that ended it."""

    def is_cancelled(self) -> bool:
        """Whether the phase was cancelled."""
        return self.cancelled_d < math.inf


class Stuck(NamedTuple):
    """Something that waits for what may never come."""

    since_d: float
    amount: float
    unit: str
    cause: Cause | Literal[""] = ""


class Service(NamedTuple):
    """A lot in service."""

    site: str
    phase: str
    item: str
    system: str
    systems: int
    from_d: float
    to_d: float
    """Retirement or end of the horizon. [d]"""
    name: str
    """Name of its random stream within the deployment."""


@dataclass
class World:
    """One run: scenario, clock, what is shared, and log. Times are days since the scenario's start."""

    scenario: Scenario
    seed: int
    replication: int
    env: simpy.Environment
    installers: Crews
    crews: dict[str, Crews] = field(default_factory=dict)
    """Crews of stages by kind, where their number is limited."""
    supplies: dict[str, Pool] = field(default_factory=dict)
    """Allocation a system counts against, by system."""
    purse: Pool | None = None
    """Money that may be committed; None where it is not limited."""
    committed: dict[Name, float] = field(default_factory=dict)
    """Price of what is paid for; 0 where it draws no money. [scenario currency]"""
    reserved: dict[Name, float] = field(default_factory=dict)
    """Money kept for what was asked for together with something else. [scenario currency]"""
    energised: dict[tuple[str, str], simpy.Event] = field(default_factory=dict)
    """Fires when a grid step, by (site, step), is energised."""
    ready: dict[tuple[str, str], simpy.Event] = field(default_factory=dict)
    """Fires when a phase, by (site, phase), is ready for service."""
    cancelled: dict[tuple[str, str], simpy.Event] = field(default_factory=dict)
    """Fires when a phase, by (site, phase), is cancelled."""
    applied_d: dict[tuple[str, str], float] = field(default_factory=dict)
    """When each grid step was applied for, by (site, step). [d]"""
    unapplied: set[tuple[str, str]] = field(default_factory=set)
    """Grid steps that are still to be applied for, by (site, step)."""
    builds: dict[tuple[str, str], Build] = field(default_factory=dict)
    """How far each phase that is built has come, by (site, phase)."""
    connections: dict[tuple[str, str], Build] = field(default_factory=dict)
    """How far each grid step with stages has come, by (site, step)."""
    stuck: dict[tuple[str, str, str], Stuck] = field(default_factory=dict)
    """What waits for something that may never come, by (site, phase, item)."""
    awaited: dict[Awaited, simpy.Event] = field(default_factory=dict)
    """Fires with the first milestone that a tranche waits for; of systems, with any of its phase."""
    asked: dict[tuple[str, str, str], simpy.Event] = field(default_factory=dict)
    """Fires when demand asks for a deployment, by (site, phase, deployment)."""
    ordered_h100e: dict[tuple[str, str], float] = field(default_factory=dict)
    """H100-equivalents there or ordered so far, in the scenario's definition, by (site, phase). [H100e]"""
    given_up: set[tuple[str, str]] = field(default_factory=set)
    """Phases that are cancelled, or come after one that is, by (site, phase)."""
    services: list[Service] = field(default_factory=list)
    abandoned: list[Abandoned] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)

    @property
    def end_d(self) -> float:
        """End of the horizon. [d]"""
        return float(self.scenario.calendar.n_days)

    def day_of(self, day: date | None) -> float:
        """Days from the start to a date; the start itself where there is none. [d]"""
        return 0.0 if day is None else self.scenario.calendar.day_of(day)

    def until(self, time_d: float) -> simpy.Event:
        """Event at an absolute time, at once if that has passed."""
        return self.env.timeout(max(0.0, time_d - self.env.now))

    @property
    def is_drawn(self) -> bool:
        """Whether the scenario is a draw, so that chance plays a part, or the central case."""
        return self.scenario.plan is not self.scenario

    def stream(self, *ids: str) -> np.random.Generator:
        """Random stream of what the ids name."""
        return stream(self.seed, self.replication, *ids)

    def log(self, site: str, phase: str, item: str, kind: MilestoneKind, amount: float, unit: str) -> None:
        """Record a milestone now."""
        self.milestones.append(Milestone(self.env.now, site, phase, item, kind, amount, unit))
        if self.awaited:
            event = self.awaited.get(Awaited(site, phase, "" if kind == IN_SERVICE else item, kind))
            if event is not None and not event.triggered:
                event.succeed()

    def log_wait(
        self, start_d: float, site: str, phase: str, item: str, cause: str, end_d: float | None = None
    ) -> None:
        """Record that an item waited for a cause, until now or a time; nothing where it did not wait."""
        end_d = self.env.now if end_d is None else end_d
        if end_d > start_d:
            self.waits.append(Wait(start_d, end_d, site, phase, item, cause))
