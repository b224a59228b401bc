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
from capsim.study.figures_of_rows import HEADLINE_ONLY, Kept
from capsim.study.folder import study_folder
from capsim.study.observe import play
from capsim.study.runner import Task, collect
from capsim.study.store import Store

Case = Mapping[str, Any]
"""Values by dotted path."""


@dataclass(frozen=True)
class Replications:
    """Task: rows are those of each scenario in turn for one replication after another.

    Scenarios share the random numbers of a replication. A row that is shorter than others ends in NaN.
    """

    scenarios: tuple[Scenario, ...]
    design: Design
    n_columns: int
    kept: tuple[Kept, ...]
    """What is kept of each scenario."""
    fresh_weather: bool = False
    """Whether hours of weather and price are made anew for each replication, and not joined from a bank."""

    @cached_property
    def _samplers(self) -> tuple[Sampler, ...]:
        return tuple(map(Sampler, self.scenarios))

    def rows(self, first: int, count: int) -> NDArray[np.float64]:
        """Rows of some replications of scenarios."""
        variants, seed = len(self.scenarios), self.design.seed
        start, stop = first // variants, -(-(first + count) // variants)
        drawn = self.design.rows(start, stop - start).tolist()
        rows = np.full((count, self.n_columns), np.nan)
        for row, number in zip(rows, range(first, first + count), strict=True):
            replication, variant = divmod(number, variants)
            probabilities = dict(zip(self.design.paths, drawn[replication - start], strict=True))
            one = self._samplers[variant].sample(seed, replication, probabilities)
            run = play(one, seed, replication, banked=not self.fresh_weather)
            values = self.kept[variant].row(run)
            # In place: what a shorter row lacks stays NaN.
            row[: len(values)] = values
        return rows


@dataclass(frozen=True)
class Variants:
    """Task: a row is the scenario with the values of a case, and its central estimates."""

    scenario: Scenario
    cases: tuple[Case, ...]
    seed: int
    n_columns: int
    kept: Kept = HEADLINE_ONLY
    make: Callable[[Scenario, Case], Scenario] = override
    """Sets the values of a case: as a user's file would, or those of uncertain values (`assigned`)."""

    def rows(self, first: int, count: int) -> NDArray[np.float64]:
        """Rows of some cases."""
        return np.array([self._row(case) for case in self.cases[first : first + count]])

    def _row(self, case: Case) -> NDArray[np.float64]:
        variant = self.make(self.scenario, case) if case else self.scenario
        return self.kept.row(play(variant, self.seed, 0))


def computed(task: Task, n: int, execution: Execution, store: Store | None = None) -> NDArray[np.float64]:
    """All rows of a task, shape (n, n_columns); kept in a study's folder where one is given."""
    with nullcontext(store) if store is not None else study_folder(Execution(), {}) as kept:
        collect(task, kept, n, execution)
        return kept.rows(0, n)
