"""Values by date: each holds from its day to the next one's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from capsim.series.clock import DAY, EPOCH, utc_of_wall
from capsim.series.hours import Hours
from capsim.units import MINUTES_PER_HOUR, MONTHS_PER_QUARTER

_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|[- ]?[QqTt]([1-4]))?")


@dataclass(frozen=True)
class Point:
    """A value from a day on."""

    on: date
    value: float


def parse_day(written: object) -> date:
    """First day of a date, a month, a quarter or a year.

    Raises
    ------
    ValueError
        In words, where it is none.

    Examples
    --------
    >>> parse_day("2027-Q2"), parse_day("2027-01"), parse_day(2027)
    (datetime.date(2027, 4, 1), datetime.date(2027, 1, 1), datetime.date(2027, 1, 1))
    """
    if isinstance(written, date):
        return written
    found = _FORM.fullmatch(str(written).strip())
    try:
        if found is not None:
            year, month, day, quarter = found.groups()
            first = (int(quarter) - 1) * MONTHS_PER_QUARTER + 1 if quarter else int(month or 1)
            return date(int(year), first, int(day or 1))
    except ValueError:
        pass
    raise ValueError(f"must be a date such as 2027-01-31, 2027-01, 2027-Q1 or 2027 (got {written})")


def hours_of_points(points: Sequence[Point], zone: str = "UTC") -> Hours:
    """Values by date as hours; the last is one day long and holds for ever.

    Raises
    ------
    ValueError
        If there is no point, or two are of one day.
    """
    if not points:
        raise ValueError("needs at least one value")
    for before, after in pairwise(points):
        if not before.on < after.on:
            rule = "is given twice" if before.on == after.on else f"comes after {before.on}"
            raise ValueError(f"{after.on} {rule}; dates must rise")
    days = np.array([(point.on - EPOCH).days for point in points], dtype=np.int64)
    edges = utc_of_wall(np.append(days, days[-1] + 1) * DAY, zone) // MINUTES_PER_HOUR
    values = np.repeat([point.value for point in points], np.diff(edges))
    values.setflags(write=False)
    return Hours(int(edges[0]), values, "date", zone)
