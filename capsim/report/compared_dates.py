"""Tables of what a change does to dates and idle assets, phase by phase."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from capsim.projection import count, money
from capsim.study import Comparison, PhaseDates, dates_that_differ

NEVER = "never"
Table = tuple[str, list[str], list[list[str]]]
"""Title, headings, rows."""


def dates_tables(result: Comparison, name: str) -> Iterator[Table]:
    """Tables of one scenario against the first, of the phases that differ; nothing where none does."""
    before, after = (
        [row for row in result.dates if row.scenario == side] for side in (result.names[0], name)
    )
    pairs = dates_that_differ(before, after)
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
