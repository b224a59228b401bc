"""Tables of dates in studies: their spread, what decides them, what a change does to them and idle assets."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from capsim.projection import NONE, count, money
from capsim.study import PERCENT, PERCENTILES, Comparison, Ensemble, PhaseDates, dates_that_differ

if TYPE_CHECKING:
    import pandas as pd

NEVER = "never"
MOST_DATES = 60
"""Rows with every milestone; a portfolio with more shows `MAIN` of each phase, and JSON has all."""
MAIN = "ready_for_service"
LEAST_INDEX = 0.5
"""Share of the draws from which what decides is shown of a portfolio with many phases. [1]"""
Table = tuple[str, list[str], list[list[str]]]
"""Title, headings, rows."""


def dates_tables(result: Comparison, name: str) -> Iterator[Table]:
    """Tables of one scenario against the first, of the phases that differ; nothing where none does."""
    before, after = (
        [row for row in result.dates if row.scenario == side] for side in (result.names[0], name)
    )
    pairs = dates_that_differ(before, after)
    # a table of dates that stay says nothing
    if not pairs:
        return
    yield (
        f"{name}: dates before and then (central estimates)",
        ["phase", "ready for\nservice", "then", "first systems\nall in service", "then"],
        [
            [_name(a), _day(a.ready_on), _day(b.ready_on), _day(a.in_service_on), _day(b.in_service_on)]
            for a, b in pairs
        ],
    )
    rows = [[_name(a), *_idle([a]), *_idle([b])] for a, b in pairs]
    rows.append(["all phases", *_idle(before), *_idle(after)])
    yield (
        f"{name}: idle before and then (accelerators without a hall; annuity of all that is idle)",
        ["phase", "accelerator-\ndays", "then", "annuity", "then"],
        [[row[0], row[1], row[3], row[2], row[4]] for row in rows],
    )


def _idle(rows: list[PhaseDates]) -> tuple[str, str]:
    """Accelerator-days and money of some phases."""
    days = count(sum(row.idle_accelerator_d for row in rows))
    return days, money(sum(row.idle_cost for row in rows), rows[0].money_unit)


def _name(row: PhaseDates) -> str:
    return f"{row.site}.{row.phase}"


def _day(day: date | None) -> str:
    return NEVER if day is None else day.isoformat()


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
    medians = (row[name] for name in ("median_months", "median_float_months"))
    months = ("no limit" if math.isinf(median) else f"{median:.1f}" for median in medians)
    index = f"{row['criticality_index'] * PERCENT:.0f} %"
    return [f"{row['site']}.{row['phase']}", row["activity"], index, correlation, *months]
