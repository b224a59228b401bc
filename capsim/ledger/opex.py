"""What runs, month by month, for cost items of opex to be counted per: halls, sites, what is installed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.buildout import Timeline
from capsim.ledger.assets import BuiltHall
from capsim.ledger.instalments import Instalments
from capsim.models.cost_bases import HallMonths, InstalledMonths, LeaseMonths, SiteMonths
from capsim.operations import Operations, month_shares
from capsim.scenario import Phase, Scenario
from capsim.units import DAYS_PER_YEAR, Array, Calendar

PLACES_AT_ONCE = 256
"""Places whose assets have a row of months each at the same time."""


class Running(NamedTuple):
    """A thing that cost items of opex are counted per, and where it is."""

    site: str
    phase: str
    """Empty for the whole site."""
    thing: HallMonths | SiteMonths | InstalledMonths


def years_of_months(calendar: Calendar) -> Array:
    """Length of each month, shape (n_months,). [y]"""
    return np.asarray(np.diff(calendar.month_start_d) / DAYS_PER_YEAR)


def things_running(
    scenario: Scenario,
    timeline: Timeline,
    operations: Operations,
    halls: list[BuiltHall],
    paid: Instalments,
) -> dict[type, list[Running]]:
    """All that cost items of opex may be counted per, by the class of the things."""
    ready_d = timeline.ready_for_service_d()
    leased = [
        (site.id, phase, ready_d[site.id, phase.id])
        for site, phase in scenario.phases()
        if phase.tenure == "lease" and (site.id, phase.id) in ready_d
    ]
    owned = [(hall.site.id, hall.phase, hall.ready_d) for hall in halls]
    return {
        HallMonths: _phases(scenario.calendar, HallMonths, owned),
        LeaseMonths: _phases(scenario.calendar, LeaseMonths, leased),
        SiteMonths: _sites(scenario, operations, halls),
        InstalledMonths: _installed(scenario.calendar, paid),
    }


def _phases(
    calendar: Calendar, months: type[HallMonths], phases: list[tuple[str, Phase, float]]
) -> list[Running]:
    """Phases by site, from ready for service on. [d]"""
    years = years_of_months(calendar)
    return [
        Running(site, phase.id, months(phase.critical_it_mw, years, _share_after(calendar, ready_d)))
        for site, phase, ready_d in phases
    ]


def _sites(scenario: Scenario, operations: Operations, halls: list[BuiltHall]) -> list[Running]:
    """Sites, with the series of their operation."""
    calendar, years = scenario.calendar, years_of_months(scenario.calendar)
    first_d: dict[str, float] = {}
    for hall in halls:
        first_d[hall.site.id] = min(hall.ready_d, first_d.get(hall.site.id, math.inf))
    running = []
    for row, site in enumerate(scenario.sites):
        series = {name: monthly[row] for name, monthly in operations.monthly.items()}
        open_share = _share_after(calendar, first_d.get(site.id, math.inf))
        running.append(Running(site.id, "", SiteMonths(years, open_share, series)))
    return running


def _share_after(calendar: Calendar, ready_d: float) -> Array:
    """Share of each month after a time, shape (n_months,). [1]"""
    return month_shares(calendar, ready_d, calendar.n_days)


def _installed(calendar: Calendar, paid: Instalments) -> list[Running]:
    """What is at work at each place, by its class; land is not."""
    years, columns = years_of_months(calendar), paid.columns
    built = [row for row, asset in enumerate(paid.assets) if asset.asset_class != "land"]
    of = [paid.assets[row] for row in built]
    leave_d = np.minimum(columns.leaves_d, columns.cancelled_d)[built]
    cost, accepted_d = columns.cost[built], columns.accepted_d[built]
    places = {place: n for n, place in enumerate(dict.fromkeys((a.site, a.phase) for a in of))}
    place = np.array([places[a.site, a.phase] for a in of], dtype=np.int64)
    is_it = np.array([a.asset_class == "it" for a in of], dtype=bool)
    is_of = {"facility": ~is_it, "it": is_it, "all": np.ones_like(is_it)}
    sums = {name: np.zeros((len(places), years.size)) for name in is_of}
    for here, rows in _by_places(place, len(places)):
        worth = cost[rows, None] * month_shares(calendar, accepted_d[rows], leave_d[rows])
        for name, so in is_of.items():
            which, by_place = so[rows], sums[name][here]
            by_place[:] = _summed(worth[which], place[rows[which]] - here.start, len(by_place))
    return [
        Running(*where, InstalledMonths(years, **{name: by_place[n] for name, by_place in sums.items()}))
        for where, n in places.items()
    ]


def _by_places(place: NDArray[np.int64], n_places: int) -> Iterator[tuple[slice, NDArray[np.int64]]]:
    """Some places in turn and the rows that are theirs, in order, so that few rows have months at once."""
    rows = np.argsort(place, kind="stable")
    in_order = place[rows]
    for first in range(0, n_places, PLACES_AT_ONCE):
        here = slice(first, first + PLACES_AT_ONCE)
        start, end = np.searchsorted(in_order, (here.start, here.stop))
        yield here, rows[start:end]


def _summed(rows: Array, place: NDArray[np.int64], n_places: int) -> Array:
    """Sums of the rows of each place, row after row, so that no digit hangs on the others."""
    n_months = rows.shape[1]
    cell = place[:, None] * n_months + np.arange(n_months)
    sums = np.bincount(cell.ravel(), rows.ravel(), n_places * n_months)
    return np.asarray(sums.reshape(n_places, n_months), dtype=np.float64)
