"""Conversion constants and the calendar: days since the start <-> dates <-> UTC hours.

The only module with conversion literals in it; everything else names them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Numbers in one unit, of any shape."""

HOURS_PER_DAY = 24
DAYS_PER_WEEK = 7
DAYS_PER_YEAR = 365.25
"""Mean Gregorian year, to turn a duration in years into days. [d/y]"""
MONTHS_PER_YEAR = 12
YEARS_PER_DECADE = 10
MONTHS_PER_QUARTER = 3
DAYS_PER_MONTH = DAYS_PER_YEAR / MONTHS_PER_YEAR
"""Mean month, to turn a duration in months into days. [d/month]"""
HOURS_PER_YEAR = DAYS_PER_YEAR * HOURS_PER_DAY
"""Mean Gregorian year. [h/y]"""
ROUNDING_D = 1e-6
"""Part of a day, a tenth of a second, that sums of durations may be off by. [d]"""
DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Months of the 365-day year, January first. [d]"""
HOURS_PER_STANDARD_YEAR = 8760
"""The 365-day year that published annual figures use. [h/y]"""
BLOCK_H = 1 << 15
"""Hours computed at a time: eight series of 256 KiB fit a second cache of 2 MiB. [h]"""
SECONDS_PER_HOUR = 3600
MINUTES_PER_HOUR = 60
BLOCK_ROWS = 1 << 13
"""Rows of which each has a number for every month, looked at together: a few MB of them."""

KILO = 1e3
MEGA = 1e6
GIGA = 1e9
W_PER_KW = KILO
W_PER_MW = MEGA
KW_PER_MW = KILO
KWH_PER_MWH = KILO
MWH_PER_GWH = KILO
G_PER_KG = KILO
KG_PER_T = KILO
L_PER_M3 = KILO


def months_to_days(months: float) -> float:
    """Duration in mean months as days. [d]"""
    return months * DAYS_PER_MONTH


def years_to_days(years: float) -> float:
    """Duration in mean years as days. [d]"""
    return years * DAYS_PER_YEAR


def weeks_to_days(weeks: float) -> float:
    """Duration in weeks as days. [d]"""
    return weeks * DAYS_PER_WEEK


def first_of_month(start: date, months: int) -> date:
    """First day of the month ``months`` after the month of ``start``."""
    index = start.year * MONTHS_PER_YEAR + start.month - 1 + months
    return date(index // MONTHS_PER_YEAR, index % MONTHS_PER_YEAR + 1, 1)


def months_later(day: date, months: int) -> date:
    """The same day of the month ``months`` later, or the last of that month where it has no such day.

    >>> months_later(date(2027, 11, 30), 3)
    datetime.date(2028, 2, 29)
    """
    month = first_of_month(day, months)
    last = first_of_month(day, months + 1) - timedelta(days=1)
    return month.replace(day=min(day.day, last.day))


@dataclass(frozen=True)
class Calendar:
    """The horizon of a run as days, hours and months, in UTC.

    Examples
    --------
    >>> calendar = Calendar(date(2026, 1, 1), 24)
    >>> calendar.n_hours, calendar.date_of(31.5), calendar.day_of(date(2026, 2, 1))
    (17520, datetime.date(2026, 2, 1), 31.0)
    """

    start: date
    """First day, always the first of a month."""
    n_months: int
    """Length of the horizon. [months]"""

    def __post_init__(self) -> None:
        if self.start.day != 1:
            raise ValueError(f"a calendar starts on the first of a month (got {self.start})")
        if not self.n_months > 0:
            raise ValueError(f"a calendar has at least one month (got {self.n_months})")

    @cached_property
    def end(self) -> date:
        """First day after the horizon."""
        return first_of_month(self.start, self.n_months)

    @cached_property
    def n_days(self) -> int:
        """Length of the horizon. [d]"""
        return (self.end - self.start).days

    @cached_property
    def n_hours(self) -> int:
        """Length of the horizon. [h]"""
        return self.n_days * HOURS_PER_DAY

    @cached_property
    def months(self) -> tuple[date, ...]:
        """First day of each month."""
        return tuple(first_of_month(self.start, m) for m in range(self.n_months))

    @cached_property
    def month_start_d(self) -> NDArray[np.int64]:
        """Day at which each month starts, and the end of the last, shape (n_months + 1,). [d]"""
        days = [(day - self.start).days for day in (*self.months, self.end)]
        return np.array(days, dtype=np.int64)

    @cached_property
    def month_start_h(self) -> NDArray[np.int64]:
        """Hour at which each month starts, shape (n_months,). [h]"""
        return self.month_start_d[:-1] * HOURS_PER_DAY

    @cached_property
    def month_of_hour(self) -> NDArray[np.int64]:
        """Month of the year, 0 to 11, of every hour, shape (n_hours,)."""
        hours = np.diff(self.month_start_d) * HOURS_PER_DAY
        return np.repeat([m.month - 1 for m in self.months], hours)

    @cached_property
    def month_hour_index(self) -> NDArray[np.int64]:
        """``month * 24 + hour of day`` of every hour: an index into a raveled (12, 24) table."""
        hour_of_day = np.tile(np.arange(HOURS_PER_DAY), self.n_days)
        return self.month_of_hour * HOURS_PER_DAY + hour_of_day

    @cached_property
    def hour_of_week(self) -> NDArray[np.int64]:
        """Hour of the week of every hour, 0 at Monday 00 UTC, shape (n_hours,)."""
        first = self.start.weekday() * HOURS_PER_DAY
        return (np.arange(self.n_hours) + first) % (DAYS_PER_WEEK * HOURS_PER_DAY)

    @cached_property
    def year_of_month(self) -> NDArray[np.int64]:
        """Calendar year of each month, shape (n_months,)."""
        return np.array([m.year for m in self.months], dtype=np.int64)

    @cached_property
    def year_of_hour(self) -> NDArray[np.int64]:
        """Calendar year of every hour, shape (n_hours,)."""
        return np.repeat(self.year_of_month, np.diff(self.month_start_d) * HOURS_PER_DAY)

    @cached_property
    def day_of_month_of_hour(self) -> NDArray[np.int64]:
        """Day of the month, from 1, of every hour, shape (n_hours,)."""
        days = np.diff(self.month_start_d)
        first = np.repeat(self.month_start_d[:-1], days)
        return np.repeat(np.arange(self.n_days) - first + 1, HOURS_PER_DAY)

    def day_of(self, day: date) -> float:
        """Days from the start to a date, negative before it. [d]"""
        return float((day - self.start).days)

    def date_of(self, time_d: float) -> date:
        """Date on which a time since the start falls; of one that rounding left just short, that day."""
        return self.start + timedelta(days=int(np.floor(time_d + ROUNDING_D)))

    def month_of_day(self, time_d: float) -> int:
        """Index of the month a time falls in; -1 before the start, ``n_months`` after the end."""
        return int(np.searchsorted(self.month_start_d, time_d, side="right")) - 1

    def sum_by_month(self, hourly: Array) -> Array:
        """Monthly sums of an hourly series, shape (..., n_hours) -> (..., n_months)."""
        return np.add.reduceat(hourly, self.month_start_h, axis=-1)

    def sum_of_products_by_month(self, hourly: Array, by: Array) -> Array:
        """Monthly sums of the products of two hourly series, shape (n_hours,) each -> (n_months,)."""
        # day by day: the products themselves, another pass over the hours, are never written down
        days = (series.reshape(-1, HOURS_PER_DAY) for series in (hourly, by))
        return np.add.reduceat(np.einsum("dh,dh->d", *days), self.month_start_d[:-1])

    def count_by_month(self, is_so: NDArray[np.bool_]) -> Array:
        """Hours of each month in which something is so, shape (n_hours,) -> (n_months,). [h]"""
        # the hours in which it is so are sorted, and counting those before each edge takes no loop
        edges = self.month_start_d * HOURS_PER_DAY
        return np.diff(np.searchsorted(np.flatnonzero(is_so), edges)).astype(np.float64)

    def last_of_month(self, hourly: Array) -> Array:
        """Value in the last hour of each month, shape (..., n_hours) -> (..., n_months)."""
        return hourly[..., self.month_start_d[1:] * HOURS_PER_DAY - 1]

    def max_by_month(self, hourly: Array) -> Array:
        """Monthly maxima of an hourly series, shape (..., n_hours) -> (..., n_months)."""
        return np.maximum.reduceat(hourly, self.month_start_h, axis=-1)


def hour_blocks(first: int, n_hours: int) -> list[slice]:
    """Hours from a first one on in equal blocks, over which a chain of passes stays in a near cache."""
    edges = np.linspace(first, n_hours, max(1, round((n_hours - first) / BLOCK_H)) + 1).astype(np.int64)
    return [slice(start, end) for start, end in itertools.pairwise(edges.tolist())]


def row_blocks(n_rows: int) -> Iterator[slice]:
    """Rows in blocks, for which all months are looked at together."""
    return (slice(first, first + BLOCK_ROWS) for first in range(0, n_rows, BLOCK_ROWS))


@lru_cache(maxsize=32)
def calendar(start: date, n_months: int) -> Calendar:
    """The calendar of a horizon; the same object for the same horizon, so its tables are made once."""
    return Calendar(start, n_months)
