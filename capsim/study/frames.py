"""Scenarios of different years side by side: the months they have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capsim.projection.run import money_name
from capsim.scenario.records.schema import Scenario
from capsim.study.observe import Layout
from capsim.study.store import Store

LEVELS = ("h100e_8bit", "accelerators", "critical_it_mw", "facility_peak_mw")
"""Series compared over common months, beside energy and money."""
AMOUNTS = ("h100e_h", "it_mwh", "facility_mwh", "carbon_t", "energy_cost")
MONEY = ("capex", "opex")
COMMON = ", common months"
"""Ending of the name of a figure over common months."""


@dataclass(frozen=True)
class Rows:
    """Columns of one scenario in the rows of a study."""

    layout: Layout
    store: Store
    blocks: Sequence[int]
    first: int
    """Column the scenario's own begin at."""

    def read(self, start: int, stop: int) -> NDArray[np.float64]:
        """Some of the scenario's columns, shape (n_rows, stop - start)."""
        return self.store.columns(self.blocks, self.first + start, self.first + stop)


@dataclass(frozen=True)
class Frames:
    """Years of the scenarios of a comparison."""

    own: Mapping[str, tuple[date, date]]
    """First and last month of each."""

    @property
    def differ(self) -> bool:
        """Whether the scenarios are of different years."""
        return len(set(self.own.values())) > 1

    @property
    def common(self) -> tuple[date, date] | None:
        """First and last month all have; None where there is none."""
        first, last = max(f for f, _ in self.own.values()), min(la for _, la in self.own.values())
        return (first, last) if first <= last else None

    def about(self) -> dict[str, Any]:
        """The years, where they differ, as plain data."""
        if not self.differ:
            return {}
        own = {name: [f"{month:%Y-%m}" for month in frame] for name, frame in self.own.items()}
        common = self.common and [f"{month:%Y-%m}" for month in self.common]
        return {"months": own, "common_months": common}

    def of(self, scenario: Scenario, rows: Rows) -> dict[str, NDArray[np.float64]]:
        """Headline figures of a scenario, and what it comes to in the common months."""
        names = rows.layout.figures
        figures = dict(zip(names, rows.read(0, len(names)).T, strict=True))
        if not self.differ or self.common is None:
            return figures
        months = scenario.calendar.months
        first, last = (months.index(month) for month in self.common)
        wanted = (*LEVELS, *AMOUNTS, *(money_name(kind, scenario) for kind in MONEY))
        for series in map(rows.layout.columns, wanted):
            values = rows.read(series.first + first, series.first + last + 1)
            fold = {"end": values[:, -1], "peak": values.max(axis=1)}.get(series.fold, values.sum(axis=1))
            figures[series.name + COMMON] = fold
        return figures


def frames_of(named: Mapping[str, Scenario]) -> Frames:
    """Years of some scenarios."""
    return Frames({name: (s.calendar.months[0], s.calendar.months[-1]) for name, s in named.items()})
