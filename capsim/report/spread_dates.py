"""Table of when phases are there in an ensemble, and with what spread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capsim.report.compared_dates import NEVER, Table
from capsim.study import PERCENT, PERCENTILES, Ensemble

if TYPE_CHECKING:
    import pandas as pd

MOST_DATES = 60
"""Rows with every milestone; a portfolio with more shows `MAIN` of each phase, and JSON has all."""
MAIN = "ready_for_service"


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


def _row(row: pd.Series[Any]) -> list[str]:
    mark = "" if PERCENTILES[0] <= row["central_percentile"] <= PERCENTILES[-1] else "! "
    days = [_month(row[f"p{p}"]) for p in PERCENTILES]
    never = f"{row['never_share'] * PERCENT:.1f} %"
    which = f"{mark}P{row['central_percentile']:.0f}"
    phase, milestone = f"{row['site']}.{row['phase']}", row["milestone"].replace("_", " ")
    return [phase, milestone, _month(row["central"]), which, *days, never]


def _month(day: pd.Timestamp) -> str:
    return f"{day:%Y-%m}" if day == day else NEVER  # noqa: PLR0124
