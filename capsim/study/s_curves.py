"""S-curves: what was planned, what there was up to the data date, and what is to come with its spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from capsim.buildout import Timeline
from capsim.pipeline import run
from capsim.scenario import Scenario
from capsim.units import Array

CURVES = {"grid_mw": "energised", "critical_it_mw": "ready_for_service"}
"""Figures of MW, and the milestones they are sums of."""
CAPEX, PAID = "capex", "paid"
Curve = Mapping[str, float]
"""Level at the end of each month."""


@dataclass(frozen=True)
class Point:
    """A month of an S-curve."""

    month: str
    plan: float | None
    """What it is held against had; None where it has none."""
    actual: float | None
    """What there was; None in months that are not over by the data date, and of money not reported whole."""
    p10: float | None
    p50: float | None
    p90: float | None
    """What is to come, or not known; None in months that have an actual."""


def months_of(scenario: Scenario) -> list[str]:
    """Months of the horizon."""
    return [f"{month:%Y-%m}" for month in scenario.calendar.months]


def level_mw(scenario: Scenario, timeline: Timeline, kind: str) -> Array:
    """MW at the end of each month. [MW]"""
    ends = np.asarray(scenario.calendar.month_start_d[1:], dtype=np.float64)
    found = [m for m in timeline.milestones if m.kind == kind]
    days, amounts = np.array([m.time_d for m in found]), np.array([m.amount for m in found])
    return np.array([amounts[days < end].sum() if len(found) else 0.0 for end in ends])


def mw_on(scenario: Scenario, timeline: Timeline, day: date) -> dict[str, float]:
    """MW that are there on a day, by figure. [MW]"""
    at_d = scenario.calendar.day_of(day)
    return {
        figure: sum(m.amount for m in timeline.milestones if m.kind == kind and m.time_d <= at_d)
        for figure, kind in CURVES.items()
    }


def capex_so_far(scenario: Scenario, seed: int) -> Array:
    """Capex up to the end of each month, with what was paid before the start, of a whole run.

    [scenario currency, real]
    """
    ledger = run(scenario, seed).ledger
    paid = ledger.instalments
    before = float(paid.amount @ paid.share_paid_by(0))
    return np.asarray(before + np.cumsum(ledger.total("capex")))


def reported_until(scenario: Scenario) -> date | None:
    """Last day up to which lines say what was paid of all: of the portfolio, or of each of its sites."""
    last: dict[str, date] = {}
    for line in scenario.actuals:
        if line.what == PAID and not line.item:
            last[line.site] = max(line.on, last.get(line.site, line.on))
    sites = [last.get(site.id) for site in scenario.sites]
    of_sites = [day for day in sites if day is not None]
    days = [last[""]] if "" in last else []
    days += [min(of_sites)] if len(of_sites) == len(sites) else []
    return max(days, default=None)


def mw_curves(scenario: Scenario, timeline: Timeline) -> dict[str, dict[str, float]]:
    """MW by figure and month. [MW]"""
    months = months_of(scenario)
    return {
        figure: dict(zip(months, level_mw(scenario, timeline, kind).tolist(), strict=True))
        for figure, kind in CURVES.items()
    }


def percentiles(months: Sequence[str], drawn: Sequence[Array]) -> dict[str, tuple[float, float, float]]:
    """P10, P50 and P90 by month."""
    rows = np.quantile(drawn, (0.1, 0.5, 0.9), axis=0).T.tolist()
    return {month: (row[0], row[1], row[2]) for month, row in zip(months, rows, strict=True)}


def s_curve(
    scenario: Scenario,
    plan: Curve,
    now: Curve,
    spread: Mapping[str, tuple[float, float, float]],
    known: date | None,
) -> list[Point]:
    """A figure month by month: the plan's, what there was up to a day, and the spread of what is unknown."""
    ends = (*scenario.calendar.months[1:], scenario.calendar.end)
    points = []
    for month, end in zip(months_of(scenario), ends, strict=True):
        is_over = known is not None and (end - known).days <= 1
        to_go = (None, None, None) if is_over else spread[month]
        points.append(Point(month, plan.get(month), now[month] if is_over else None, *to_go))
    return points
