"""The state one build-out run shares: the clock, the resources, and the record of what happened."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import simpy

from capsim.buildout.timeline import Milestone, Wait
from capsim.scenario.schema import Scenario
from capsim.scenario.streams import stream

Process = Generator[simpy.Event, Any, Any]


@dataclass
class World:
    """One run: scenario, clock, installers and log. Times are days since the scenario's start."""

    scenario: Scenario
    seed: int
    replication: int
    env: simpy.Environment
    installers: simpy.Resource
    energised: dict[tuple[str, str], simpy.Event] = field(default_factory=dict)
    """Fires when a grid step, by (site, step), is energised."""
    ready: dict[tuple[str, str], simpy.Event] = field(default_factory=dict)
    """Fires when a phase, by (site, phase), is ready for service."""
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

    def stream(self, *ids: str) -> np.random.Generator:
        """Random stream of what the ids name."""
        return stream(self.seed, self.replication, *ids)

    def log(self, site: str, phase: str, item: str, kind: str, amount: float, unit: str) -> None:
        """Record a milestone now."""
        self.milestones.append(Milestone(self.env.now, site, phase, item, kind, amount, unit))

    def log_wait(self, start_d: float, site: str, phase: str, item: str, cause: str) -> None:
        """Record that an item waited for a cause from a time until now; nothing where it did not wait."""
        if self.env.now > start_d:
            self.waits.append(Wait(start_d, self.env.now, site, phase, item, cause))
