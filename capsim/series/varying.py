"""A number that moves with time: a float that is the mean of the series it carries."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.series.clock import DAY, EPOCH, wall_of_utc
from capsim.series.hours import Hours
from capsim.units import (
    DAYS_PER_WEEK,
    HOURS_PER_DAY,
    HOURS_PER_STANDARD_YEAR,
    MINUTES_PER_HOUR,
    MONTHS_PER_YEAR,
    Array,
    Calendar,
)

WEEKDAY, SAME_DATE, HOLD = BEYOND = ("weekday", "date", "hold")
"""What stands in hours that a series does not have: those of the same weekday of its last year (of its first
before it begins), those of the same date, or its last (its first) value."""
_WHOLE_YEAR_H = HOURS_PER_STANDARD_YEAR - HOURS_PER_DAY
"""From which length a series is a whole year: a zone's year may begin a day apart from that of UTC. [h]"""


@dataclass(frozen=True, eq=False)
class Series:
    """Hours of a planner's own, and how they extend over a horizon."""

    hours: Hours
    beyond: str
    """One of `BEYOND`."""
    label: str
    """File, or that it is written by date."""
    about: str
    """What was read and how it extends, in words."""
    is_none_before: bool = False
    """Whether there is nothing before the first value, as with demand that begins on a day."""
    currency: str = ""
    """ISO 4217 code of its unit; empty where it names none."""
    written: Any = None
    """As a scenario has it."""
    _kept: dict[tuple[date, int, float], Array] = field(default_factory=dict, repr=False)

    def __getstate__(self) -> dict[str, object]:
        """State to pickle, without what is made of it."""
        return {name: value for name, value in vars(self).items() if name != "_kept"} | {"_kept": {}}

    @property
    def covers_a_year(self) -> bool:
        """Whether it has the hours of a whole year."""
        return self.hours.values.size >= _WHOLE_YEAR_H

    def misses(self, calendar: Calendar) -> bool:
        """Whether a horizon has hours that it does not have."""
        first = hour_of(calendar.start)
        return first < self.hours.first_h or first + calendar.n_hours > self.hours.end_h

    def over(self, calendar: Calendar, growth_per_y: float = 0.0) -> Array:
        """Values of every hour of a horizon, shape (n_hours,); read-only.

        Its own hours stand as they are; what stands in for others grows by a rate from the year it is taken
        from, or from the start of the horizon where that is later.
        """
        key = calendar.start, calendar.n_months, growth_per_y
        if key not in self._kept:
            made = _over(self, calendar, growth_per_y)
            made.setflags(write=False)
            self._kept[key] = made
        return self._kept[key]

    def level_at(self, calendar: Calendar, time_d: float, growth_per_y: float = 0.0) -> float:
        """Value on a day of a horizon or after it, whose last day stands for what follows."""
        hourly = self.over(calendar, growth_per_y)
        day = min(max(int(time_d), 0), calendar.n_days - 1)
        return float(hourly[day * HOURS_PER_DAY : (day + 1) * HOURS_PER_DAY].mean())


def scaled(hours: Hours, mean: float) -> Hours:
    """Hours brought to another mean; ValueError where they have none to scale."""
    before = float(hours.values.mean())
    if before == 0.0:
        raise ValueError("has a mean of 0, which no factor brings to another")
    values = hours.values * (mean / before)
    values.setflags(write=False)
    return replace(hours, values=values)


class Varying(float):
    """A float that is the mean of the series it carries, so that whatever reads a level reads that."""

    series: Series

    def __new__(cls, series: Series) -> Varying:
        """Make the float; its value is the mean of the hours the series has."""
        value = super().__new__(cls, float(series.hours.values.mean()))
        value.series = series
        return value

    def times(self, factor: float) -> Varying:
        """The number and its series, all of it a factor larger."""
        values = self.series.hours.values * factor
        values.setflags(write=False)
        return Varying(replace(self.series, hours=replace(self.series.hours, values=values), _kept={}))

    def __reduce__(self) -> tuple[type[Varying], tuple[Series]]:
        return Varying, (self.series,)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Varying):
            return False if isinstance(other, (int, float)) else NotImplemented
        mine, others = self.series, other.series
        return (mine.hours.first_h, mine.beyond) == (others.hours.first_h, others.beyond) and np.array_equal(
            mine.hours.values, others.hours.values
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = float.__hash__


def moves_by_the_hour(level: float) -> bool:
    """Whether a level is a series that leaves nothing to move about it: by the hour or by the day."""
    return isinstance(level, Varying) and level.series.hours.step in ("hours", "day")


@lru_cache(maxsize=16)
def hour_of_week(calendar: Calendar, zone: str) -> NDArray[np.int64]:
    """Hour of the week of every hour of a horizon by a clock, 0 at Monday 00:00, shape (n_hours,)."""
    utc = (hour_of(calendar.start) + np.arange(calendar.n_hours)) * MINUTES_PER_HOUR
    wall = wall_of_utc(utc, zone)
    # the first of January 1970 was a Thursday
    day = (wall // DAY + EPOCH.weekday()) % DAYS_PER_WEEK
    return np.asarray(day * HOURS_PER_DAY + wall % DAY // MINUTES_PER_HOUR)


def hour_of(day: date) -> int:
    """First hour of a day of UTC. [h since 1970]"""
    return (day - EPOCH).days * HOURS_PER_DAY


def _over(series: Series, calendar: Calendar, growth_per_y: float) -> Array:
    hours = series.hours
    first = hour_of(calendar.start)
    target = first + np.arange(calendar.n_hours)
    inside = (target >= hours.first_h) & (target < hours.end_h)
    made = np.empty(calendar.n_hours)
    made[inside] = hours.values[target[inside] - hours.first_h]
    if inside.all():
        return made
    if series.beyond == HOLD or hours.step == "date":
        made[target >= hours.end_h] = hours.values[-1]
        made[target < hours.first_h] = 0.0 if series.is_none_before else hours.values[0]
        years = _years_after(calendar, target, hours.end_h)
    else:
        outside = np.flatnonzero(~inside)
        made[outside], taken_from = _repeated(series, target[outside])
        years = np.zeros(calendar.n_hours)
        years[outside] = _whole_years(calendar, target[outside]) - _whole_years(calendar, taken_from)
    if growth_per_y:
        made[~inside] *= (1.0 + growth_per_y) ** years[~inside]
    if series.is_none_before:
        made[target < hours.first_h] = 0.0
    return made


def _years_after(calendar: Calendar, target: NDArray[np.int64], end_h: int) -> Array:
    """Anniversaries of the start since the end of a series. [y]"""
    return np.maximum(_whole_years(calendar, target) - _whole_years(calendar, np.array([end_h - 1])), 0.0)


def _whole_years(calendar: Calendar, hour: NDArray[np.int64]) -> Array:
    """Anniversaries of the start before an hour; 0 before the start. [y]"""
    days = hour // HOURS_PER_DAY
    start = calendar.start
    n = calendar.n_months // MONTHS_PER_YEAR + 2
    edges = [(date(start.year + i, start.month, 1) - EPOCH).days for i in range(1, n)]
    return np.searchsorted(np.array(edges), days, side="right").astype(np.float64)


def _repeated(series: Series, target: NDArray[np.int64]) -> tuple[Array, NDArray[np.int64]]:
    """Values in place of hours that a series does not have, and the hours they are taken from."""
    walls = _walls(series)
    wall = wall_of_utc(target * MINUTES_PER_HOUR, series.hours.zone)
    days, where = np.unique(wall // DAY, return_inverse=True)
    sources = np.array([_source(day, walls, series) for day in days.tolist()], dtype=np.int64)
    hour = wall % DAY // MINUTES_PER_HOUR
    source = sources[where]
    return walls.values[source - walls.first_day, hour], (source * HOURS_PER_DAY + hour)


class _Walls(NamedTuple):
    """A series by day and hour of its own clock."""

    first_day: int
    values: Array
    """Shape (n_days, 24); an hour that a clock leaps over has the value before it."""
    first_whole: int
    """First day with all of its hours, where there is one. [d since 1970]"""
    last_whole: int
    """Last day with all of its hours, where there is one. [d since 1970]"""


@lru_cache(maxsize=64)
def _walls(series: Series) -> _Walls:
    hours = series.hours
    utc = (hours.first_h + np.arange(hours.values.size)) * MINUTES_PER_HOUR
    wall = wall_of_utc(utc, hours.zone)
    day, hour = wall // DAY, wall % DAY // MINUTES_PER_HOUR
    first, n = int(day[0]), int(day[-1] - day[0]) + 1
    cell = (day - first) * HOURS_PER_DAY + hour
    counts = np.bincount(cell, minlength=n * HOURS_PER_DAY)
    sums = np.bincount(cell, weights=hours.values, minlength=n * HOURS_PER_DAY)
    known = np.flatnonzero(counts)
    # a clock that leaps leaves an hour without a value, and the ends of a year of UTC lie in days of others
    before = np.maximum(np.searchsorted(known, np.arange(counts.size), side="right") - 1, 0)
    values = (sums[known] / counts[known])[before].reshape(n, HOURS_PER_DAY)
    # what is of another zone's year has a part of a day at either end, which stands for no other day
    low, high = first + int(hour[0] > 0), int(day[-1]) - int(hour[-1] < HOURS_PER_DAY - 1)
    return _Walls(first, values, *((low, high) if low <= high else (first, int(day[-1]))))


def _source(day: int, walls: _Walls, series: Series) -> int:
    """Day that a series has in place of one that it has not. [d since 1970]"""
    low, high = walls.first_whole, walls.last_whole
    # the last whole year that there is stands for what follows, the first for what comes before
    is_before = day < low
    whole = date.fromordinal(EPOCH.toordinal() + (low if is_before else high))
    wanted = date.fromordinal(EPOCH.toordinal() + day)
    candidates = [_in_year(wanted, whole.year + shift) for shift in ((0, 1) if is_before else (0, -1))]
    source = next((c for c in candidates if low <= c <= high), None)
    if source is None:
        # a date of which a part is there has the next day in its place
        next_to = (min(max(c, low), high) for c in candidates if low - 1 <= c <= high + 1)
        source = next(next_to, low if is_before else high)
    if series.beyond == WEEKDAY and series.hours.values.size >= DAYS_PER_WEEK * HOURS_PER_DAY:
        off = (day - source + DAYS_PER_WEEK // 2) % DAYS_PER_WEEK - DAYS_PER_WEEK // 2
        source += off
        source += DAYS_PER_WEEK * ((source < low) - (source > high))
    return source


def _in_year(day: date, year: int) -> int:
    """The same date of another year; the day before where it has none. [d since 1970]"""
    try:
        moved = day.replace(year=year)
    except ValueError:
        moved = day.replace(year=year, day=day.day - 1)
    return (moved - EPOCH) // timedelta(days=1)
