"""How the forecast date of a milestone has moved over vintages: the trend that its planners read.

A forecast that slips by a month a month never comes; one that slips by `s` months a month comes when what is
left is used up at a pace of `1 - s`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from capsim.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from capsim.study.vintages import Vintage


@dataclass(frozen=True)
class Trend:
    """The forecast dates of a milestone by vintage, and their slip."""

    milestone: str
    dates: Mapping[str, str]
    """Forecast date by vintage, the earliest first, inside the horizon or not; empty where it has none."""
    per_month: float
    """Slip of the forecast date in a month of time, by least squares; NaN of fewer than two dates. [1]"""
    comes: str
    """When it comes if its forecast goes on to slip so; empty where it never does, or has come."""


def trends(vintages: Sequence[Vintage]) -> list[Trend]:
    """Trends of all milestones over vintages, those that slip fastest first.

    Parameters
    ----------
    vintages : sequence of Vintage
        In any order; the one with the last data date is the present.

    Returns
    -------
    found : list of Trend
        One a milestone; a vintage on whose data date a milestone was there adds nothing to its slip.
    """
    ordered = sorted(vintages, key=lambda one: one.as_of)
    names = dict.fromkeys(name for one in reversed(ordered) for name in one.dates)
    found = [_trend(name, ordered) for name in names]
    return sorted(found, key=lambda one: (math.isnan(one.per_month), -one.per_month))


def _trend(name: str, vintages: Sequence[Vintage]) -> Trend:
    dates = {one.name: one.day(name) for one in vintages}
    # what is there is no forecast, but the date on which it came is where the forecasts led
    came = len(vintages)
    while came and "" < dates[vintages[came - 1].name] <= vintages[came - 1].as_of:
        came -= 1
    points = [(one.as_of, dates[one.name]) for one in vintages[: came + 1] if dates[one.name]]
    known, said = (
        np.array([date.fromisoformat(day).toordinal() for day in days]) for days in zip(*points, strict=True)
    )
    if len(np.unique(known)) < 2:
        return Trend(name, dates, math.nan, "")
    slip = float(np.polyfit(known - known[0], said - said[0], 1)[0])
    left_d, is_there = float(said[-1] - known[-1]), came < len(vintages)
    if is_there or slip >= 1.0 or not dates[vintages[-1].name]:
        return Trend(name, dates, slip, "")
    day = date.fromisoformat(points[-1][0]) + timedelta(days=round(min(left_d / (1.0 - slip), LONG_D)))
    return Trend(name, dates, slip, day.isoformat())


LONG_D = 1200 * DAYS_PER_MONTH
"""A century: no trend is told farther. [d]"""
