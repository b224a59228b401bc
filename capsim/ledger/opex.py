"""Cost bases of opex: what a cost item's amount is multiplied with, month by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from capsim.ledger.assets import Asset
from capsim.ledger.bases import Books, Priced
from capsim.operations.held_back import month_shares
from capsim.registry import Table
from capsim.units import DAYS_PER_YEAR, KW_PER_MW, Calendar

Monthly = tuple[str, str, NDArray[np.float64]]
"""Site, phase, and a cost of shape (n_months,); the phase is empty for the whole site."""

OpexBasis = Callable[[Books, Priced], Iterator[Monthly]]
"""Books and a cost item -> monthly cost by place."""

OPEX_BASES: Table[OpexBasis] = Table("cost basis of opex")
"""What `basis:` of an opex item may name."""


def years_of_months(calendar: Calendar) -> NDArray[np.float64]:
    """Length of each month, shape (n_months,). [y]"""
    return np.asarray(np.diff(calendar.month_start_d) / DAYS_PER_YEAR)


@OPEX_BASES.register("per_critical_it_mw_year")
def per_critical_it_mw_year(books: Books, priced: Priced) -> Iterator[Monthly]:
    """Per MW of critical IT power of owned phases and year, from ready for service on."""
    calendar = books.scenario.calendar
    for hall in books.halls:
        open_years = years_of_months(calendar) * month_shares(calendar, hall.ready_d, calendar.n_days)
        yield hall.site.id, hall.phase.id, priced.amount * hall.phase.critical_it_mw * open_years


@OPEX_BASES.register("per_site_year")
def per_site_year(books: Books, priced: Priced) -> Iterator[Monthly]:
    """Per site and year, from the day its first owned phase is ready for service."""
    calendar = books.scenario.calendar
    first: dict[str, float] = {}
    for hall in books.halls:
        first[hall.site.id] = min(hall.ready_d, first.get(hall.site.id, hall.ready_d))
    for site, ready_d in first.items():
        open_share = month_shares(calendar, ready_d, calendar.n_days)
        yield site, "", priced.amount * years_of_months(calendar) * open_share


@OPEX_BASES.register("per_m3_water")
def per_m3_water(books: Books, priced: Priced) -> Iterator[Monthly]:
    """Per cubic metre of water the cooling takes in."""
    yield from _of_series(books, "water_m3", priced.amount)


@OPEX_BASES.register("per_grid_mw_year")
def per_grid_mw_year(books: Books, priced: Priced) -> Iterator[Monthly]:
    """Per MW of energised grid connection and year."""
    yield from _of_series(books, "grid_mw", priced.amount * years_of_months(books.scenario.calendar))


@OPEX_BASES.register("per_peak_mw_month")
def per_peak_mw_month(books: Books, priced: Priced) -> Iterator[Monthly]:
    """Per MW of the highest hourly load at the meter of each month."""
    yield from _of_series(books, "facility_peak_mw", priced.amount)


def _of_series(books: Books, name: str, factor: NDArray[np.float64] | float) -> Iterator[Monthly]:
    for site, series in zip(books.scenario.sites, books.operations.monthly[name], strict=True):
        yield site.id, "", factor * series


@OPEX_BASES.register("per_leased_kw_month")
def per_leased_kw_month(books: Books, priced: Priced) -> Iterator[Monthly]:
    """Per kW of critical IT power of leased phases and month, from ready for service on."""
    calendar = books.scenario.calendar
    ready_d = books.timeline.ready_for_service_d()
    for site in books.scenario.sites:
        for phase in site.phases:
            if phase.tenure == "lease" and (site.id, phase.id) in ready_d:
                months = month_shares(calendar, ready_d[site.id, phase.id], calendar.n_days)
                yield site.id, phase.id, priced.amount * phase.critical_it_mw * KW_PER_MW * months


@OPEX_BASES.register("per_installed_facility_year")
def per_installed_facility_year(books: Books, priced: Priced) -> Iterator[Monthly]:
    """As a share per year of the price of the buildings and plant at work."""
    yield from _of_installed(books, priced.amount, ("facility",))


@OPEX_BASES.register("per_installed_it_year")
def per_installed_it_year(books: Books, priced: Priced) -> Iterator[Monthly]:
    """As a share per year of the price of the systems at work, with what is bought with them."""
    yield from _of_installed(books, priced.amount, ("it",))


@OPEX_BASES.register("per_installed_year")
def per_installed_year(books: Books, priced: Priced) -> Iterator[Monthly]:
    """As a share per year of the price of all plant and systems at work."""
    yield from _of_installed(books, priced.amount, ("facility", "it"))


def _of_installed(books: Books, share: float, classes: tuple[str, ...]) -> Iterator[Monthly]:
    years = years_of_months(books.scenario.calendar)
    assets = [a for a in books.assets if a.asset_class in classes]
    shares = working_shares(books.scenario.calendar, assets)
    by_place: dict[tuple[str, str], NDArray[np.float64]] = defaultdict(lambda: np.zeros(years.size))
    for asset, at_work in zip(assets, shares, strict=True):
        by_place[asset.site, asset.phase] += asset.cost * at_work
    for (site, phase), installed in by_place.items():
        yield site, phase, share * installed * years


def working_shares(calendar: Calendar, assets: Iterable[Asset]) -> NDArray[np.float64]:
    """Share of each month in which each asset works, shape (n_assets, n_months). [1]"""
    spans = np.array([(a.accepted_d, min(a.leaves_d, a.cancelled_d)) for a in assets]).reshape(-1, 2)
    return shares_between(calendar, spans[:, 0], spans[:, 1])


def shares_between(
    calendar: Calendar, start_d: NDArray[np.float64], end_d: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Share of each month between pairs of times, shape (n, n_months). [1]"""
    edges = calendar.month_start_d.astype(np.float64)
    inside = np.minimum(edges[1:], end_d[:, None]) - np.maximum(edges[:-1], start_d[:, None])
    return np.asarray(np.maximum(inside, 0.0) / np.diff(edges))
