"""Variants of a scenario, each run with its central estimates, over several processes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capsim.scenario.draws.sample import assigned
from capsim.scenario.loading import override
from capsim.scenario.records.schema import Scenario
from capsim.study.folder import study_folder
from capsim.study.observe import Detail, observe, play
from capsim.study.runner import Progress, Task, block_count, collect
from capsim.study.store import Store


@dataclass(frozen=True)
class Overridden:
    """Task: a row is the scenario with values changed by dotted path, and its central estimates."""

    scenario: Scenario
    changes: tuple[Mapping[str, Any], ...]
    seed: int
    n_columns: int
    detail: Detail

    def rows(self, first: int, count: int) -> NDArray[np.float64]:
        """Rows of some cases."""
        return np.array([self._row(changes) for changes in self.changes[first : first + count]])

    def _row(self, changes: Mapping[str, Any]) -> NDArray[np.float64]:
        scenario = override(self.scenario, changes) if changes else self.scenario
        return observe(play(scenario, self.seed, 0), self.detail)


@dataclass(frozen=True)
class Assigned:
    """Task: a row is the scenario with some uncertain values set and the others central."""

    scenario: Scenario
    values: tuple[Mapping[str, float], ...]
    seed: int
    n_columns: int
    detail: Detail

    def rows(self, first: int, count: int) -> NDArray[np.float64]:
        """Rows of some cases."""
        chosen = (assigned(self.scenario, values) for values in self.values[first : first + count])
        return np.array([observe(play(scenario, self.seed, 0), self.detail) for scenario in chosen])


def computed(
    task: Task,
    n: int,
    *,
    store: Store | None = None,
    processes: int | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
) -> NDArray[np.float64]:
    """All rows of a task, shape (n, n_columns); kept in a study's folder where one is given."""
    with nullcontext(store) if store is not None else study_folder(None, {}, resume=False) as kept:
        collect(task, kept, n, processes=processes, dask=dask, progress=progress)
        return kept.columns(range(block_count(n)), 0, task.n_columns)
