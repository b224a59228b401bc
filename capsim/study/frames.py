"""Scenarios of different years side by side: the months they have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capsim.projection import money_name
from capsim.scenario import Scenario
from capsim.study.columns import Rows

LEVELS = ("h100e_8bit", "accelerators", "critical_it_mw", "facility_peak_mw")
"""Series compared over common months, beside energy and money."""
AMOUNTS = ("h100e_h", "it_mwh", "facility_mwh", "carbon_t", "energy_cost")
MONEY = ("capex", "opex")
COMMON = ", common months"
"""Ending of the name of a figure over common months."""

Frame = tuple[date, date]
"""First and last month."""


@dataclass(frozen=True)
class Frames:
    """Years of the scenarios of a comparison."""

    by_name: Mapping[str, Frame]

    @property
    def differ(self) -> bool:
        """Whether the scenarios are of different years."""
        return len(set(self.by_name.values())) > 1

    @property
    def common(self) -> Frame | None:
        """First and last month all have; None where there is none."""
        firsts, lasts = zip(*self.by_name.values(), strict=True)
        return (max(firsts), min(lasts)) if max(firsts) <= min(lasts) else None

    def about(self) -> dict[str, Any]:
        """The years, where they differ, as plain data."""
        if not self.differ:
            return {}
        months = {name: _written(frame) for name, frame in self.by_name.items()}
        return {"months": months, "common_months": self.common and _written(self.common)}

    def over_common(self, scenario: Scenario, rows: Rows) -> Iterator[tuple[str, NDArray[np.float64]]]:
        """Name and values of what a scenario comes to in the common months, where the years differ."""
        # Of the same years, headline figures are over common months already.
        if not self.differ or self.common is None:
            return
        first, last = map(scenario.calendar.months.index, self.common)
        names = (*LEVELS, *AMOUNTS, *(money_name(kind, scenario) for kind in MONEY))
        for series in map(rows.layout.columns, names):
            values = rows.months(series.first + first, series.first + last + 1)
            fold = {"end": values[:, -1], "peak": values.max(axis=1)}.get(series.fold, values.sum(axis=1))
            yield series.name + COMMON, fold


def _written(frame: Frame) -> list[str]:
    return [f"{month:%Y-%m}" for month in frame]


def frames_of(named: Mapping[str, Scenario]) -> Frames:
    """Years of some scenarios."""
    return Frames({name: (s.calendar.months[0], s.calendar.months[-1]) for name, s in named.items()})
