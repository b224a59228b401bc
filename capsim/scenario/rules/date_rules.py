"""Rules of dates and durations: none lies where no plan does."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from capsim.magnitudes import FIRST_YEAR, LAST_YEAR
from capsim.scenario.records.fields import fields_of
from capsim.scenario.records.record import Record
from capsim.scenario.rules.rule import Around, Issue, Issues, rule
from capsim.units import DAYS_PER_WEEK, DAYS_PER_YEAR, MONTHS_PER_YEAR

CALENDAR_RULE = f"must be a date from {FIRST_YEAR} to {LAST_YEAR}"
LONGEST_YEARS = 100
"""Longest stage, lead time or slip whose end is still a date worth telling. [y]"""
LONGEST = {
    "duration_months": LONGEST_YEARS * MONTHS_PER_YEAR,
    "lead_time_months": LONGEST_YEARS * MONTHS_PER_YEAR,
    "slip_months": LONGEST_YEARS * MONTHS_PER_YEAR,
    "lead_time_weeks": round(LONGEST_YEARS * DAYS_PER_YEAR / DAYS_PER_WEEK),
    "margin_weeks": round(LONGEST_YEARS * DAYS_PER_YEAR / DAYS_PER_WEEK),
    "burn_in_days": round(DAYS_PER_YEAR),
}
"""Largest central estimate by key, in the unit of its name."""


def is_off_the_calendar(value: Any) -> bool:
    """Whether a value is a date that no plan has."""
    return isinstance(value, date) and not FIRST_YEAR <= value.year <= LAST_YEAR


@rule
def plans_are_on_the_calendar(record: Record, _: Around) -> Issues:
    """Dates lie in the years of plans, and the central estimates of durations in their length."""
    for key in _on_the_calendar(type(record)):
        value = vars(record).get(key)
        listed = value if isinstance(value, tuple) else ()
        days = [((key,), value), *(((key, str(i)), element) for i, element in enumerate(listed))]
        yield from (Issue(path, CALENDAR_RULE, got=True) for path, day in days if is_off_the_calendar(day))
        if key in LONGEST and value is not None and not value <= LONGEST[key]:
            yield Issue((key,), f"must be at most {LONGEST[key]}", got=True)


@cache
def _on_the_calendar(kind: type[Record]) -> tuple[str, ...]:
    """The fields of a record that are durations, dates, or lists that may hold dates."""
    plans = fields_of(kind).items()
    return tuple(key for key, plan in plans if key in LONGEST or repr(date)[1:-1] in repr(plan.type_))
