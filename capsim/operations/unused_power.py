"""Power that is reserved and not used: lost where the law says so.

In France a connection that has been there for five years is cut each year to what is used of it: 1.25 times
the highest power of the last five years (energy code L. 342-24; CRE, decision 2024-229 of 18 December 2024,
in force since 1 August 2025). Steps that are younger are still being filled, and stay.

A site of 100 MW whose load has peaked at 40 MW for five years keeps 50.

>>> kept_mw(100.0, old_mw=100.0, peak_mw=40.0, factor=1.25)
50.0
>>> kept_mw(100.0, old_mw=30.0, peak_mw=40.0, factor=1.25)
70.0
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.buildout import Milestone
from capsim.operations.fleet import SiteFleet
from capsim.operations.hourly_limits import connection_mw
from capsim.operations.power_limit import Limit
from capsim.scenario import Site
from capsim.units import DAYS_PER_YEAR, HOURS_PER_DAY, Array, Calendar, years_to_days

DAY = 1.0
"""What years of the calendar and of 365.25 days may differ by. [d]"""


class Powered(NamedTuple):
    """A step of a connection that carries power."""

    time_d: float
    """Day from which on. [d]"""
    mw: float
    """How much. [MW]"""
    counts_from_d: float
    """Day its age is counted from. [d]"""


class Lost(NamedTuple):
    """Power of a site that is lost because it was not used."""

    site: str
    time_d: float
    """Day of the loss, the first of a month. [d]"""
    mw: float
    """What is lost. [MW]"""
    peak_mw: float
    """Highest power of the years before. [MW]"""


def kept_mw(in_force_mw: float, *, old_mw: float, peak_mw: float, factor: float) -> float:
    """Power that stays of a connection of which so much is old enough to be cut. [MW]"""
    return min(in_force_mw, max(factor * peak_mw, in_force_mw - old_mw))


def powered(site: Site, energised: Iterable[Milestone], calendar: Calendar) -> list[Powered]:
    """Steps of a site that carry power, with the day their age is counted from."""
    from_d = {
        step.id: calendar.day_of(step.unused_power_counts_from)
        for step in site.grid_connection
        if step.unused_power_counts_from is not None
    }
    return [Powered(m.time_d, m.amount, max(m.time_d, from_d.get(m.item, m.time_d))) for m in energised]


def lost_power(site: Site, energised: Sequence[Powered], peak_mw: Array, calendar: Calendar) -> list[Lost]:
    """What a site loses, year by year, of the steps of its connection.

    Parameters
    ----------
    site : Site
        Its country says after how many years, and what of its peak it keeps.
    energised : sequence of Powered
        Its steps.
    peak_mw : ndarray of float64, shape (n_months,)
        Highest power of each month. [MW]
    calendar : Calendar
        Of the horizon.

    Returns
    -------
    lost : list of Lost
        Empty where no law takes power back.
    """
    years, factor = site.unused_power_lost_after_years, site.unused_power_kept
    if years is None or factor is None or not energised or site.is_leased:
        return []
    lost: list[Lost] = []
    window_d = years_to_days(years)
    # what was used before the start is not known, so a review looks at years of the horizon alone
    first_d = max(0.0, min(step.counts_from_d for step in energised))
    for month, day_d in _reviews(first_d + window_d, calendar):
        gone = sum(one.mw for one in lost)
        in_force = sum(step.mw for step in energised if step.time_d < day_d) - gone
        old = sum(step.mw for step in energised if step.counts_from_d < day_d - window_d + DAY) - gone
        first = calendar.month_of_day(day_d - window_d)
        peak = float(peak_mw[max(first, 0) : month].max())
        kept = kept_mw(in_force, old_mw=max(old, 0.0), peak_mw=peak, factor=factor)
        if kept < in_force:
            lost.append(Lost(site.id, day_d, in_force - kept, peak))
    return lost


def _reviews(first_d: float, calendar: Calendar) -> Iterator[tuple[int, float]]:
    """Months with whose start a review takes place: the first from a day on, and every year after."""
    starts_d, due_d = calendar.month_start_d[:-1], first_d
    while (month := int(np.searchsorted(starts_d, due_d - DAY, side="right"))) < starts_d.size:
        yield month, float(starts_d[month])
        due_d += DAYS_PER_YEAR


def without(fleet: SiteFleet, lost: Sequence[Lost]) -> SiteFleet:
    """A fleet behind its connection less what is lost of it."""
    if not lost:
        return fleet
    starts_h = fleet.spans.edges_h[:-1]
    gone = sum((np.where(starts_h >= one.time_d * HOURS_PER_DAY, one.mw, 0.0) for one in lost), np.zeros(1))
    mean = None if fleet.mean is None else without(fleet.mean, lost)
    return replace(fleet, grid_mw=np.maximum(fleet.grid_mw - gone, 0.0), mean=mean)


def draws_the_same(
    before: SiteFleet, after: SiteFleet, facility_mw: Array, is_power_limited: NDArray[np.bool_]
) -> bool:
    """Whether a site draws behind less power what it drew before: no hour was cut, and none would be.

    `facility_mw` and `is_power_limited` are what it drew before, hour by hour. [MW]
    """
    ready, then, now = after.ready_mw, connection_mw(before), connection_mw(after)
    # the plant behind the connection has to stay the same as well
    if is_power_limited.any() or not np.array_equal(np.minimum(ready, then), np.minimum(ready, now)):
        return False
    return Limit(after.spans, now).holds(facility_mw)
