"""Wholesale prices by the hour: measured years of a market's shape and spread, or those of a neighbour."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from capsim.catalog.records import Catalog, Entry
from capsim.catalog.wide import by_month_and_hour, in_utc, names_in, rows_of
from capsim.errors import CatalogError
from capsim.models.grid import Residual
from capsim.models.price_spread import PriceQuantiles
from capsim.registry import did_you_mean
from capsim.units import HOURS_PER_STANDARD_YEAR, Array

RECENT_YEARS = 3
"""Measured years that a year to come may be like; the later ones are likelier."""
_SHARES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_EXTREME = 0.5 / HOURS_PER_STANDARD_YEAR


class PriceYear(NamedTuple):
    """One measured year of a market."""

    year: int
    shape: Array
    """Month x hour factors in UTC, read-only, shape (12, 24). [1]"""
    residual: Residual
    """Movement about them."""
    quantiles: PriceQuantiles
    """Prices over the year's mean by the share of the hours below them."""
    mean: float
    """Mean of the year. [currency of the market/MWh]"""
    negative_hours: float
    """Hours with a price below 0. [h]"""
    daily_spread: float
    """Mean of the dearest less the cheapest hour of a day. [currency of the market/MWh]"""


class Market(NamedTuple):
    """Where the hours of a price zone are from."""

    name: str
    """Market whose measured years are used."""
    is_own: bool
    """Whether it is the zone's own; another's stands in where not."""
    shift_h: float
    """Hours by which the sun is earlier at the zone than at the market. [h]"""


def market_of(catalog: Catalog, zone: str) -> Market | None:
    """The market whose hours a price zone has; None for a zone of the user's that names none.

    Raises
    ------
    CatalogError
        If there is no such zone, or it names a market that has no measured years.
    """
    entry = catalog.entry("electricity_prices", zone)
    if "market" not in entry:
        return None
    name = entry.text("market")
    if name not in names_in("price_shape"):
        raise CatalogError(f"no hourly prices of market {name}{did_you_mean(name, names_in('price_shape'))}")
    lent = "lent_because" in entry
    return Market(name, not lent, _number(entry, "sun_earlier_h"))


@cache
def price_years(market: str) -> tuple[PriceYear, ...]:
    """Measured years of a market with a whole shape, the earliest first.

    Examples
    --------
    >>> [year.year for year in price_years("FR")]
    [2022, 2023, 2024, 2025]
    """
    shapes = rows_of("price_shape", market)
    return tuple(
        _year(row, by_month_and_hour([month for month in shapes if month["year"] == row["year"]]))
        for row in rows_of("price_years", market)
        if row["shape"] == "yes"
    )


def turned(market: Market, year: PriceYear) -> Array:
    """The shape of a market's year at the zone that has it. [1]"""
    return in_utc(year.shape, market.shift_h) if market.shift_h else year.shape


def _year(row: dict[str, str], shape: Array) -> PriceYear:
    """A measured year of the table, with its shape."""
    mean = float(row["mean"])
    prices = {share: float(row[f"p{share * 100:02.0f}"]) / mean for share in _SHARES}
    lag1, lag24 = float(row["lag1_hour_corr"]), float(row["lag24_hour_corr"])
    negative = float(row["share_negative"])
    prices |= {_EXTREME: float(row["min"]) / mean, 1.0 - _EXTREME: float(row["max"]) / mean}
    if negative > _EXTREME and min(abs(negative - share) for share in prices) > _EXTREME:
        prices[negative] = 0.0
    shares = sorted(prices)
    # rounded percentiles may cross the share of negative hours by a cent
    rising = [max(prices[share] for share in shares[: i + 1]) for i in range(len(shares))]
    return PriceYear(
        int(row["year"]),
        shape,
        Residual(float(row["residual_sd_over_mean"]), lag1, max(lag24, 0.0)),
        PriceQuantiles(tuple(shares), tuple(rising)),
        mean,
        float(row["negative_hours"]),
        float(row["daily_spread_mean"]),
    )


def _number(entry: Entry, field: str) -> float:
    """A number of a record, 0 where it has none."""
    return entry.number(field) if field in entry else 0.0
