"""Variants of a scenario, each run with its central estimates, over several processes."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capsim.scenario.sample import assigned
from capsim.scenario.schema import Scenario
from capsim.study.observe import Detail, observe, play
from capsim.study.runner import Progress, Task, block_count, collect
from capsim.study.store import open_store


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
        scenario = self.scenario.override(changes) if changes else self.scenario
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
    processes: int | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
) -> NDArray[np.float64]:
    """All rows of a task that is small enough to keep nowhere, shape (n, n_columns)."""
    with tempfile.TemporaryDirectory(prefix="capsim-cases-") as temporary:
        store = open_store(Path(temporary) / "study", {}, resume=False)
        collect(task, store, n, processes=processes, dask=dask, progress=progress)
        return store.columns(range(block_count(n)), 0, task.n_columns)
