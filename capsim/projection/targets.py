"""Targets and announcements held against a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from capsim.models.compute import DEFINITIONS
from capsim.projection.headline import cumulative_capex
from capsim.projection.run import Run, money_unit
from capsim.scenario.records.schema import Target
from capsim.vocabulary import DECLARED


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


def target_results(run: Run) -> list[TargetResult]:
    """Every goal of every target. Compute goals are held against all three definitions."""
    return [result for target in run.scenario.targets for result in _results(run, target)]


def _results(run: Run, target: Target) -> list[TargetResult]:
    month = {name: series.sum(axis=0) for name, series in run.operations.monthly.items()}
    results = []
    if target.h100e is not None:
        kept = 1.0 - curtailed_share(month["curtailed_h100e_h"], month["h100e_h"])
        for definition in DEFINITIONS:
            name = f"h100e_{definition}"
            runs = month[name] * kept
            results.append(_at_least(run, target, name, target.h100e, runs))
    if target.accelerators is not None:
        series = month["accelerators"]
        results.append(_at_least(run, target, "accelerators", target.accelerators, series))
    if target.critical_it_mw is not None:
        series = month["critical_it_mw"]
        results.append(_at_least(run, target, "critical_it_mw", target.critical_it_mw, series))
    if target.facility_mw is not None:
        peak = np.maximum.accumulate(month["facility_peak_mw"])
        results.append(_at_most(run, target, "facility_peak_mw", target.facility_mw, peak))
    if target.budget is not None:
        spent = cumulative_capex(run)
        results.append(_at_most(run, target, "capex", target.budget, spent))
    return results


def curtailed_share(lost: NDArray[np.float64], given: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the compute wanted that limits take from the fleet at the end of each month.

    The larger of the month's own share and the next one's: a fleet that grows inside a month is
    curtailed in full from then on.

    Parameters
    ----------
    lost, given : ndarray of float64, shape (n_months,)
        Compute curtailed and compute delivered. [H100e h]

    Returns
    -------
    share : ndarray of float64, shape (n_months,)
        Lost over lost and given; 0 where nothing is lost. [1]

    Examples
    --------
    >>> curtailed_share(np.array([0.0, 1.0, 0.0, 0.0]), np.array([4.0, 3.0, 2.0, 0.0]))
    array([0.25, 0.25, 0.  , 0.  ])
    """
    wanted = lost + given
    share = np.divide(lost, wanted, out=np.zeros_like(wanted), where=lost > 0.0)
    share[:-1] = np.maximum(share[:-1], share[1:])
    return share


def _by_month(run: Run, target: Target) -> int:
    """Index of the last month that is over by then; the first one where none is."""
    calendar = run.scenario.calendar
    if target.by is None:
        return calendar.n_months - 1
    over = calendar.month_of_day(calendar.day_of(target.by) + 1.0) - 1
    return min(max(over, 0), calendar.n_months - 1)


def _at_least(
    run: Run, target: Target, metric: str, goal: float, series: NDArray[np.float64]
) -> TargetResult:
    reached = float(series[_by_month(run, target)])
    return _result(run, target, metric, goal, reached, series >= goal, met=reached >= goal)


def _at_most(run: Run, target: Target, metric: str, goal: float, series: NDArray[np.float64]) -> TargetResult:
    reached = float(series[_by_month(run, target)])
    return _result(run, target, metric, goal, reached, series > goal, met=reached <= goal)


def _result(
    run: Run,
    target: Target,
    metric: str,
    goal: float,
    reached: float,
    over: NDArray[np.bool_],
    *,
    met: bool,
) -> TargetResult:
    calendar = run.scenario.calendar
    by = target.by or date.fromordinal(calendar.end.toordinal() - 1)
    first = calendar.months[int(np.argmax(over))].isoformat() if over.any() else ""
    unit = DECLARED["monthly"][metric].unit_in(money_unit(run.scenario))
    return TargetResult(target.id, metric, unit, goal, reached, by.isoformat(), met, first)
