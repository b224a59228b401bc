"""Targets and announcements held against a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.models.compute import DEFINITIONS
from capsim.projection.headline_figures import cumulative_capex
from capsim.projection.run import Run, money_unit
from capsim.scenario import Target


@dataclass(frozen=True)
class TargetResult:
    """One goal of a target and how far the projection gets."""

    target: str
    """Id of the target."""
    metric: str
    """Series the goal is about; with its definition for H100-equivalents."""
    unit: str
    goal: float
    """What was announced or wished for; an upper bound for power and budget."""
    reached: float
    """Value at the end of the last month that is over by then; for H100-equivalents those that can run:
    in service less the share of compute that halls, cooling and grid connections curtail."""
    by: str
    """Last day that counts, ISO date."""
    met: bool
    crossed: str
    """First month in which a goal is reached, or an upper bound is passed, ISO date; empty if never."""


class Goal(NamedTuple):
    """A goal of a target, and the figure it is about, by month."""

    metric: str
    unit: str
    goal: float
    series: NDArray[np.float64]
    is_limit: bool = False
    """Whether the figure must not pass it; otherwise it must reach it."""


def target_results(run: Run) -> list[TargetResult]:
    """Every goal of every target. Compute goals are held against all three definitions."""
    return [_held(run, target, goal) for target in run.scenario.targets for goal in _goals(run, target)]


def _goals(run: Run, target: Target) -> Iterator[Goal]:
    month = {name: series.sum(axis=0) for name, series in run.operations.monthly.items()}
    if target.h100e is not None:
        kept = 1.0 - curtailed_share(month["curtailed_h100e_h"], month["h100e_h"])
        for definition in DEFINITIONS:
            runs = month[f"h100e_{definition}"] * kept
            yield Goal(f"h100e_{definition}", f"H100e ({definition})", target.h100e, runs)
    if target.accelerators is not None:
        yield Goal("accelerators", "accelerators", target.accelerators, month["accelerators"])
    if target.critical_it_mw is not None:
        yield Goal("critical_it_mw", "MW", target.critical_it_mw, month["critical_it_mw"])
    if target.facility_mw is not None:
        peak = np.maximum.accumulate(month["facility_peak_mw"])
        yield Goal("facility_peak_mw", "MW", target.facility_mw, peak, is_limit=True)
    if target.budget is not None:
        spent, unit = cumulative_capex(run), money_unit(run.scenario)
        yield Goal("capex", unit, target.budget, spent, is_limit=True)


def curtailed_share(lost: NDArray[np.float64], delivered: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the compute wanted that limits take from the fleet at the end of each month.

    The larger of the month's own share and the next one's: a fleet that grows inside a month is
    curtailed in full from then on.

    Parameters
    ----------
    lost, delivered : ndarray of float64, shape (n_months,)
        Compute curtailed and compute delivered. [H100e h]

    Returns
    -------
    share : ndarray of float64, shape (n_months,)
        Lost over lost and delivered; 0 where nothing is lost. [1]

    Examples
    --------
    >>> curtailed_share(np.array([0.0, 1.0, 0.0, 0.0]), np.array([4.0, 3.0, 2.0, 0.0]))
    array([0.25, 0.25, 0.  , 0.  ])
    """
    asked_for = lost + delivered
    share = np.divide(lost, asked_for, out=np.zeros_like(asked_for), where=lost > 0.0)
    # in place: each month's share is read before the next one changes
    share[:-1] = np.maximum(share[:-1], share[1:])
    return share


def _by_month(run: Run, target: Target) -> int:
    """Index of the last month that is over by then; the first one where none is."""
    calendar = run.scenario.calendar
    if target.by is None:
        return calendar.n_months - 1
    over = calendar.month_of_day(calendar.day_of(target.by) + 1.0) - 1
    return min(max(over, 0), calendar.n_months - 1)


def _held(run: Run, target: Target, goal: Goal) -> TargetResult:
    """A goal held against its figure on the target's date."""
    calendar = run.scenario.calendar
    reached = float(goal.series[_by_month(run, target)])
    met = reached <= goal.goal if goal.is_limit else reached >= goal.goal
    crossed = goal.series > goal.goal if goal.is_limit else goal.series >= goal.goal
    first = calendar.months[int(np.argmax(crossed))].isoformat() if crossed.any() else ""
    by = target.by or date.fromordinal(calendar.end.toordinal() - 1)
    return TargetResult(target.id, goal.metric, goal.unit, goal.goal, reached, by.isoformat(), met, first)
