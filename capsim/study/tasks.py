"""Tasks of studies: what computes their rows, one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capsim.scenario import Sampler, Scenario, override
from capsim.study.draws import Design
from capsim.study.execution import Execution
from capsim.study.folder import study_folder
from capsim.study.observe import Detail, observe, play
from capsim.study.runner import Task, collect
from capsim.study.store import Store, block_count

Case = Mapping[str, Any]
"""Values by dotted path."""


@dataclass(frozen=True)
class Replications:
    """Task: a row is a replication of one scenario after another, under common random numbers."""

    scenarios: tuple[Scenario, ...]
    design: Design
    n_columns: int
    detail: Detail
    fresh_weather: bool = False
    """Whether hours of weather and price are made anew for each replication, and not joined from a bank."""

    @cached_property
    def _samplers(self) -> tuple[Sampler, ...]:
        return tuple(map(Sampler, self.scenarios))

    def rows(self, first: int, count: int) -> NDArray[np.float64]:
        """Rows of some replications."""
        drawn = self.design.rows(first, count)
        return np.array([self._row(first + i, p) for i, p in enumerate(drawn)])

    def _row(self, replication: int, drawn: NDArray[np.float64]) -> NDArray[np.float64]:
        seed, probabilities = self.design.seed, dict(zip(self.design.paths, map(float, drawn), strict=True))
        samples = (sampler.sample(seed, replication, probabilities) for sampler in self._samplers)
        banked = not self.fresh_weather
        runs = (play(one, seed, replication, banked=banked) for one in samples)
        return np.concatenate([observe(run, self.detail) for run in runs])


@dataclass(frozen=True)
class Variants:
    """Task: a row is the scenario with the values of a case, and its central estimates."""

    scenario: Scenario
    cases: tuple[Case, ...]
    seed: int
    n_columns: int
    detail: Detail = "figures"
    make: Callable[[Scenario, Case], Scenario] = override
    """Sets the values of a case: as a user's file would, or those of uncertain values (`assigned`)."""

    def rows(self, first: int, count: int) -> NDArray[np.float64]:
        """Rows of some cases."""
        return np.array([self._row(case) for case in self.cases[first : first + count]])

    def _row(self, case: Case) -> NDArray[np.float64]:
        variant = self.make(self.scenario, case) if case else self.scenario
        return observe(play(variant, self.seed, 0), self.detail)


def computed(task: Task, n: int, execution: Execution, store: Store | None = None) -> NDArray[np.float64]:
    """All rows of a task, shape (n, n_columns); kept in a study's folder where one is given."""
    with nullcontext(store) if store is not None else study_folder(Execution(), {}) as kept:
        collect(task, kept, n, execution)
        return kept.columns(range(block_count(n)), 0, task.n_columns)
