"""What runs, month by month, for cost items of opex to be counted per: halls, sites, what is installed."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import NamedTuple

import numpy as np

from capsim.buildout import Timeline
from capsim.ledger.assets import Asset, BuiltHall
from capsim.models.cost_bases import HallMonths, InstalledMonths, LeaseMonths, SiteMonths
from capsim.operations import Operations, month_shares
from capsim.scenario import Phase, Scenario
from capsim.units import DAYS_PER_YEAR, Array, Calendar


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
    assets: list[Asset],
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
        InstalledMonths: _installed(scenario.calendar, assets),
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


def _installed(calendar: Calendar, assets: list[Asset]) -> list[Running]:
    """What is at work at each place, by its class; land is not."""
    years = years_of_months(calendar)
    priced: dict[tuple[str, str], dict[str, Array]] = defaultdict(
        lambda: {name: np.zeros(years.size) for name in ("facility", "it", "all")}
    )
    built = [a for a in assets if a.asset_class != "land"]
    leave_d = [min(a.leaves_d, a.cancelled_d) for a in built]
    at_work = month_shares(calendar, [a.accepted_d for a in built], leave_d)
    for asset, share in zip(built, at_work, strict=True):
        worth = asset.cost * share
        # each sum runs over the assets in their order, so that its digits do not depend on the others
        priced[asset.site, asset.phase][asset.asset_class] += worth
        priced[asset.site, asset.phase]["all"] += worth
    return [Running(*place, InstalledMonths(years, **sums)) for place, sums in priced.items()]
