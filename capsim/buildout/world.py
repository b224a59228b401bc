"""A run while it is under way: the clock, the log, what is shared, and every object that is built.

The scenario's records say what is planned, and never change. The objects here say how far it has come: a
site has grid steps and phases, a phase its equipment and orders, an order its cohorts. Each keeps its plan,
its own events and what it waits for; the processes are functions of one such object.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import simpy

from capsim.buildout.crews import Crews
from capsim.buildout.installers import Installers
from capsim.buildout.marks import Account, Hold, Span, Stuck
from capsim.buildout.outages import Service
from capsim.buildout.pool import Pool
from capsim.buildout.schedule import predecessors
from capsim.buildout.timeline import Abandoned, Milestone, Wait
from capsim.catalog import Catalog
from capsim.scenario import (
    IN_SERVICE,
    Awaited,
    Deployment,
    Equipment,
    GridStep,
    Phase,
    Scenario,
    Site,
    Stage,
    stream,
)
from capsim.vocabulary import Cause, MilestoneKind, SystemKind

T = TypeVar("T")
Process = Generator[simpy.Event, Any, T]
"""What a SimPy process runs, and returns at its end."""
Name = tuple[str, str, str]
"""Site, phase and item; the last two empty where it is the whole of what is before."""


@dataclass(eq=False)
class World:
    """One run: scenario, clock, what is shared, and log. Times are days since the scenario's start."""

    scenario: Scenario
    seed: int
    replication: int
    env: simpy.Environment
    crews: dict[str, Crews]
    """Crews of stages by kind, where their number is limited."""
    shared_installers: Installers | None = None
    """Installers of the whole portfolio; None where each hall has its own."""
    supplies: dict[str, Pool] = field(default_factory=dict)
    """Allocation a system counts against, by system."""
    purse: Pool | None = None
    """Money that may be committed; None where it is not limited."""
    sites: dict[str, SiteState] = field(default_factory=dict)
    """Sites by id, in the scenario's order."""
    awaited: dict[Awaited, simpy.Event] = field(default_factory=dict)
    """Fires with the first milestone that a tranche waits for; of systems, with any of its phase."""
    reviews_demand: bool = False
    """Whether any deployment waits for demand to ask for it."""
    ordered_h100e: dict[PhaseState, float] = field(default_factory=dict)
    """H100-equivalents there or ordered so far, in the scenario's definition, by phase; counted only where
    demand is reviewed. [H100e]"""
    services: list[Service] = field(default_factory=list)
    abandoned: list[Abandoned] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)

    @cached_property
    def end_d(self) -> float:
        """End of the horizon. [d]"""
        return float(self.scenario.calendar.n_days)

    @cached_property
    def as_of_d(self) -> float:
        """The data date: nothing that has not happened by then starts before; long ago without one. [d]"""
        return -math.inf if self.scenario.as_of is None else self.day_of(self.scenario.as_of)

    @property
    def phases(self) -> Iterator[PhaseState]:
        """All phases, site by site."""
        return (phase for site in self.sites.values() for phase in site.phases.values())

    @property
    def orders(self) -> Iterator[OrderState]:
        """All deployments, phase by phase."""
        return (order for phase in self.phases for order in phase.orders)

    @cached_property
    def catalog(self) -> Catalog:
        """The catalogue in force."""
        return self.scenario.catalog

    @cached_property
    def is_drawn(self) -> bool:
        """Whether the scenario is a draw, so that chance plays a part, or the central case."""
        return self.scenario.plan is not self.scenario

    def purse_for(self, kind: str) -> Pool | None:
        """Money for a kind of thing; None where that is not limited."""
        funding = self.scenario.funding
        return self.purse if funding is not None and kind in funding.covers else None

    def day_of(self, day: date | None) -> float:
        """Days from the start to a date; the start itself where there is none. [d]"""
        return 0.0 if day is None else self.scenario.calendar.day_of(day)

    def until(self, time_d: float) -> simpy.Event:
        """Event at an absolute time, at once if that has passed."""
        return self.env.timeout(max(0.0, time_d - self.env.now))

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

    def log_wait(self, start_d: float, name: Name, cause: str, end_d: float | None = None) -> None:
        """Record that something waited for a cause, until now or a time; nothing where it did not wait."""
        end_d = self.env.now if end_d is None else end_d
        if end_d > start_d:
            self.waits.append(Wait(start_d, end_d, *name, cause))


@dataclass(eq=False)
class Waiter:
    """Something that may wait for what may never come."""

    world: World
    name: Name
    """Under which it is recorded, and stands in queues."""
    stuck: Stuck | None = field(default=None, init=False)
    """What it waits for now."""

    def wait(self, event: simpy.Event, amount: float, unit: str, cause: Cause) -> Process[Any]:
        """Wait for an event that may never come; return what it brings."""
        self.stuck = Stuck(self.world.env.now, amount, unit, cause)
        brought = yield event
        self.stuck = None
        return brought

    def log(self, kind: MilestoneKind, amount: float, unit: str) -> None:
        """Record a milestone of it now."""
        self.world.log(*self.name, kind, amount, unit)


@dataclass(eq=False)
class Works(Waiter):
    """What has stages, a phase or a grid step, and how far they have come."""

    site: SiteState
    plan: Phase | GridStep
    """As it turns out in this run."""
    expected: Phase | GridStep
    """As planners know it: with central values, before chance has its say."""

    def __post_init__(self) -> None:
        self.cancelled = self.world.env.event()
        """Fires when it is cancelled."""
        self.cancelled_d = math.inf
        """When it was cancelled. [d]"""
        self.cancelled_by = ""
        """Stage that ended it; of a phase, or its grid step; empty where it was just cancelled."""
        self.account = Account()
        self.start_d = math.inf
        """When its first stage may start: earlier phases are ready and the money is there. [d]"""
        self.started_d: dict[str, float] = {}
        """Start of each stage that has started. [d]"""
        self.spans: dict[str, Span] = {}
        """Stages that are done."""
        self.finished: dict[str, simpy.Event] = {}
        """Fires when a stage is done and nothing was cancelled with it."""
        self.lengths_d: dict[str, float] = {}
        """How long each stage that has started takes in this run: planners see how far it is. [d]"""
        self.holds: dict[str, list[Hold]] = {}
        """What has held up each stage so far whose predecessors are done."""

    @cached_property
    def after(self) -> dict[str, tuple[str, ...]]:
        """The stages each stage comes after, which stand before it."""
        return predecessors(self.plan)

    @cached_property
    def done_d(self) -> float:
        """When all of it was or is announced to be done; infinite where only its stages say. [d]"""
        day = self.plan.finished_on
        return math.inf if day is None else self.world.day_of(day)

    @cached_property
    def stages(self) -> dict[str, Stage]:
        """Stages as they turn out in this run, by id."""
        return {stage.id: stage for stage in self.plan.stages}

    @cached_property
    def expected_stages(self) -> dict[str, Stage]:
        """Stages as planners know them, by id."""
        return {stage.id: stage for stage in self.expected.stages}

    def abandon(self, until_d: float, share_done: float) -> None:
        """Record that it never comes, when work on it ended, and how far that was."""
        site, phase, step = self.name
        self.world.abandoned.append(Abandoned(site, phase, until_d, share_done, step))

    def is_cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self.cancelled_d < math.inf

    def end_of_itself(self) -> bool:
        """Whether itself or one of its stages ended it, and of a phase not its grid step."""
        return self.cancelled_by in ("", *self.after)

    def free_d(self, stage: str) -> float:
        """When all that a stage comes after is done. [d]"""
        return max((self.spans[name].end_d for name in self.after[stage]), default=self.start_d)


@dataclass(eq=False)
class StepState(Works):
    """A step of a grid connection."""

    plan: GridStep
    expected: GridStep

    def __post_init__(self) -> None:
        super().__post_init__()
        self.energised = self.world.env.event()
        """Fires when it is energised."""
        self.is_to_apply = self.plan.energised_on is None
        """Whether it is still to be applied for."""
        self.applied_d = 0.0
        """When it was, or is to be, applied for. [d]"""
        self.agreed = self.world.env.event()
        """Fires when all but its last stage is done: the connection is agreed."""
        self.wanted = self.world.env.event()
        """Fires when a phase whose durations contain its works first needs its power."""
        self.energised_mw = 0.0
        """Parts of it that carry power already. [MW]"""
        self.has_begun = False
        """Whether its stages have begun."""
        self.phases: list[PhaseState] = []
        """The phases it powers."""


@dataclass(eq=False)
class PhaseState(Works):
    """A phase, its equipment and its orders."""

    plan: Phase
    expected: Phase

    def __post_init__(self) -> None:
        super().__post_init__()
        self.planned_d = 0.0
        """When the plan lets it start, or hands it over. [d]"""
        self.ready = self.world.env.event()
        """Fires when it is ready for service."""
        self.is_to_first_power = self.plan.reaches == "first_power" and bool(self.plan.stages)
        """Whether its systems are installed in the course of its last stage."""
        self.open = self.world.env.event() if self.is_to_first_power else self.ready
        """Fires when systems may be installed."""
        self.step = self.site.steps[self.plan.energization]
        """Step of the grid connection that powers it."""
        self.earlier: list[PhaseState] = []
        """Phases it comes after."""
        self.later: list[PhaseState] = []
        """Phases that come after it."""
        self.items: dict[str, ItemState] = {}
        """Equipment by id, in the order of the plan."""
        self.orders: list[OrderState] = []
        """Deployments, in the order of the plan."""
        self.prefix: list[Hold] = []
        """What came before the first stage."""
        self.is_given_up = False
        """Whether it is cancelled, or comes after one that is."""

    @cached_property
    def installers(self) -> Installers:
        """Who sets up its systems: the portfolio's crews, or as many of its own as its MW ask for."""
        world, terms = self.world, self.world.scenario.crews
        if world.shared_installers is not None:
            return world.shared_installers
        crews = max(1.0, (terms.installer_crews_per_mw or 0.0) * self.plan.critical_it_mw)
        return Installers(world.env, crews * terms.racks_per_crew_day)

    def needed_at(self, stage: str) -> list[ItemState]:
        """Equipment a stage needs."""
        return [item for item in self.items.values() if item.plan.needed_at == stage]


@dataclass(eq=False)
class ItemState(Waiter):
    """Equipment of a phase."""

    phase: PhaseState
    plan: Equipment
    expected: Equipment
    process: simpy.Process = field(init=False)
    """Ends with its delivery, or where that never comes."""
    serves: ItemState | None = None
    """Equipment of an earlier phase of the campus that serves this phase too."""
    ordered_d: float = math.inf
    """When it was ordered. [d]"""
    delivered_d: float = math.inf
    """When it was delivered; infinite while it is under way. [d]"""

    def __post_init__(self) -> None:
        self.arrived = self.world.env.event()
        """Fires with its delivery."""

    @property
    def is_ordered(self) -> bool:
        """Whether it is on order or there."""
        return self.ordered_d < math.inf


@dataclass(eq=False)
class OrderState(Waiter):
    """A deployment: systems ordered together, and those that replace them."""

    phase: PhaseState
    plan: Deployment
    expected: Deployment
    asked: simpy.Event | None = None
    """Fires when demand asks for it; None where it is not to be asked yet."""
    account: Account = field(default_factory=Account)
    purchases: list[Purchase] = field(default_factory=list)
    """What was ordered, or waits for its money."""
    arrivals: list[Waiter] = field(default_factory=list)
    """Deliveries that wait for what is allotted, and systems that wait for their hall."""
    n_cohorts: int = 0
    """Cohorts so far, those of successors included."""
    n_replaced: int = 0
    """Systems of the first generation for which successors are ordered."""

    def log_systems(self, system: str, systems: int, *kinds: SystemKind) -> None:
        """Record milestones of systems now; nothing from the horizon on."""
        if self.world.env.now < self.world.end_d and systems:
            for kind in kinds:
                self.log(kind, systems, system)


@dataclass(eq=False)
class Purchase(Waiter):
    """Systems of a deployment that are ordered and paid for together."""

    order: OrderState
    system: str
    systems: int
    is_successor: bool

    @property
    def account(self) -> Account:
        """Money of the deployment."""
        return self.order.account


@dataclass(eq=False)
class SiteState:
    """A site: its grid steps and its phases."""

    plan: Site
    steps: dict[str, StepState] = field(default_factory=dict)
    """Grid steps by id, in the order of the plan."""
    phases: dict[str, PhaseState] = field(default_factory=dict)
    """Phases by id, in the order of the plan."""
