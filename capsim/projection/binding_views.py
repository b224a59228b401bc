"""What is not ready, for which most of the plan waits: by year, by month, and in runs of months.

That most wait for a cause does not say that lifting it gains anything: another may be late as well.
`capsim.study.relief` lifts each.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from capsim.operations import OF_THE_PLAN
from capsim.projection.months import Months
from capsim.units import Array

NOTHING = "nothing"
"""Shown where less than a two-hundredth of the planned power waits for anything."""
NEGLIGIBLE_SHARE = 0.005


def binding_by_year(months: Months) -> pd.Series[str]:
    """The cause that keeps most planned MW from computing in each year.

    A start the plan itself puts later, or a part of a hall nothing is ordered for, is not a limit; it
    shows only where nothing else waits.
    """
    days = np.asarray(months.index.days_in_month, dtype=np.float64)
    years, first = np.unique(np.asarray(months.index.year), return_index=True)
    causes, waiting, floor_mw = _waiting(months)
    # months are in order, so those of a year are one run from where it is first seen
    by_year = np.add.reduceat(waiting * days, first, axis=1)
    floor = floor_mw * np.add.reduceat(days, first)
    return pd.Series(
        [_binding(dict(zip(causes, mw, strict=True)), low) for mw, low in zip(by_year.T, floor, strict=True)],
        index=years,
    )


def binding_by_month(months: Months) -> pd.DataFrame:
    """What is not ready in each month, by the rule of `binding_by_year`.

    Returns
    -------
    table : pandas.DataFrame
        One row per month: `month`, the cause that `binds`, its `binding_mw`, and a column per cause. All MW
        are means over the month of planned critical IT power that does not compute. [MW]
    """
    causes, waiting, floor_mw = _waiting(months)
    binds = [_binding(dict(zip(causes, mw, strict=True)), floor_mw) for mw in waiting.T]
    mw_of = {NOTHING: np.zeros(len(binds)), **dict(zip(causes, waiting, strict=True))}
    binding_mw = [mw_of[cause][month] for month, cause in enumerate(binds)]
    columns = {"month": months.index.to_numpy(), "binds": binds, "binding_mw": binding_mw}
    names = [f"waits_for_{cause.replace(' ', '_')}_mw" for cause in causes]
    return pd.DataFrame(columns | dict(zip(names, waiting, strict=True)))


class BindingRun(NamedTuple):
    """Months in a row in which most MW wait for one cause."""

    first: pd.Timestamp
    last: pd.Timestamp
    """First day of the last month."""
    months: int
    cause: str
    mean_mw: float
    """Critical IT power that waits for it, mean over the run. [MW]"""
    most_mw: float
    """The same in its worst month. [MW]"""


def binding_runs(table: pd.DataFrame) -> list[BindingRun]:
    """Runs of months of a table of `binding_by_month`, in order."""
    # a run begins where the cause is not that of the month before
    number = (table["binds"] != table["binds"].shift()).cumsum()
    runs = []
    for _, run in table.groupby(number, sort=True):
        days = run["month"].dt.days_in_month.to_numpy()
        mw = run["binding_mw"].to_numpy()
        ends = pd.Timestamp(run["month"].iloc[0]), pd.Timestamp(run["month"].iloc[-1])
        mean_mw = float(np.average(mw, weights=days))
        runs.append(BindingRun(*ends, len(run), str(run["binds"].iloc[0]), mean_mw, float(mw.max())))
    return runs


def _waiting(months: Months) -> tuple[tuple[str, ...], Array, float]:
    """Causes, MW of the portfolio that wait for each by month, and the MW below which none counts."""
    waiting = months.waiting_by_cause_mw()
    planned_mw = float((waiting.sum(axis=0) + months.total("critical_it_mw")).max())
    return months.causes, waiting, NEGLIGIBLE_SHARE * planned_mw


def _binding(mw: dict[str, float], floor: float) -> str:
    """The largest cause above the floor, those of the plan itself only where there is no other."""
    large = {cause: value for cause, value in mw.items() if value > floor}
    limits = {cause: value for cause, value in large.items() if cause not in OF_THE_PLAN} or large
    return max(limits, key=lambda cause: limits[cause], default=NOTHING)
