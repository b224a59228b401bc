"""Tables of when phases are there in an ensemble, with what spread, and what decides it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from capsim.projection import NONE
from capsim.report.compared_dates import NEVER, Table
from capsim.study import PERCENT, PERCENTILES, Ensemble

if TYPE_CHECKING:
    import pandas as pd

MOST_DATES = 60
"""Rows with every milestone; a portfolio with more shows `MAIN` of each phase, and JSON has all."""
MAIN = "ready_for_service"
LEAST_INDEX = 0.5
"""Share of the draws from which what decides is shown of a portfolio with many phases. [1]"""


def spread_table(result: Ensemble) -> Table:
    """Months of each phase's milestones: central, percentiles, and how often never."""
    shown, more = result.dates, ""
    if len(shown) > MOST_DATES:
        shown = shown[shown.index.get_level_values("milestone") == MAIN]
        more = "; ready for service only, --json has the others"
    first, last = (f"{day:%Y-%m}" for day in result.monthly.indexes["month"][[0, -1]])
    title = f"Dates of phases ({NEVER}: not inside the horizon, {first} to {last}{more})"
    headings = ["phase", "milestone", "central", "which is", *(f"p{p}" for p in PERCENTILES), f"{NEVER} in"]
    return title, headings, [_row(row) for _, row in shown.reset_index().iterrows()]


def criticality_table(result: Ensemble) -> Table:
    """What decides when phases are ready, how often, and how its duration goes with the date."""
    table, more = result.criticality, ""
    if len(table) > MOST_DATES:
        table = table[table["criticality_index"] >= LEAST_INDEX]
        more = f"; those that decide in {LEAST_INDEX:.0%} of the draws or more, --json has all"
    title = f"What decides when phases are ready (no float in so many draws{more})"
    headings = ["phase", "activity", "decides in", "rank\ncorrelation", "median\nmonths", "median\nfloat"]
    return title, headings, [_activity(row) for _, row in table.reset_index().iterrows()]


def _activity(row: pd.Series[Any]) -> list[str]:
    correlation = NONE if math.isnan(row["rank_correlation"]) else f"{row['rank_correlation']:.2f}"
    months = (f"{row[name]:.1f}" for name in ("median_months", "median_float_months"))
    index = f"{row['criticality_index'] * PERCENT:.0f} %"
    return [f"{row['site']}.{row['phase']}", row["activity"], index, correlation, *months]


def _row(row: pd.Series[Any]) -> list[str]:
    mark = "" if PERCENTILES[0] <= row["central_percentile"] <= PERCENTILES[-1] else "! "
    days = [_month(row[f"p{p}"]) for p in PERCENTILES]
    never = f"{row['never_share'] * PERCENT:.1f} %"
    which = f"{mark}P{row['central_percentile']:.0f}"
    phase, milestone = f"{row['site']}.{row['phase']}", row["milestone"].replace("_", " ")
    return [phase, milestone, _month(row["central"]), which, *days, never]


def _month(day: pd.Timestamp) -> str:
    return f"{day:%Y-%m}" if day == day else NEVER  # noqa: PLR0124
