"""Prices of years kept out: measured market-years against years made from those before them.

A year to come is made as the model makes it, like one of up to three measured years before, and nothing of
the year itself is used but, for prices in money, the level of its mean.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from capsim.catalog import RECENT_YEARS, PriceYear, load_catalog, price_years
from capsim.catalog.wide import names_in, rows_of
from capsim.models.grid import relative_price
from capsim.units import DAYS_IN_MONTH, HOURS_PER_DAY, Array, calendar

PUBLISHED = Path(__file__).resolve().parents[1] / "tests" / "validation" / "published" / "prices.csv"
MARKETS = names_in("price_shape")
DRAWS = 60
"""Years made for a market and a year."""
FIRST_YEAR = 2023
LEAST_BEFORE = 2
"""Measured years before one that is scored; with one alone there is nothing to draw from."""
PERCENTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_HALF = sum(DAYS_IN_MONTH[:6])


class Statistic(NamedTuple):
    """A figure of a measured year beside P10 and P90 of years made from those before it."""

    market: str
    year: int
    name: str
    measured: float
    low: float
    high: float
    central: float
    is_scored: bool
    """Whether at least `LEAST_BEFORE` years stand before it."""

    @property
    def side(self) -> int:
        """0 inside P10 to P90, -1 where the measured figure is below, 1 where it is above."""
        return int(self.measured > self.high) - int(self.measured < self.low)


def years_before(market: str, year: int) -> tuple[PriceYear, ...]:
    """Measured years a year of a market may be like when it is kept out."""
    return tuple(known for known in price_years(market) if known.year < year)[-RECENT_YEARS:]


@cache
def made(market: str, year: int) -> Array:
    """Hours of years made from those before a year, over their level, shape (DRAWS, 8760). [1]"""
    before = years_before(market, year)
    likely = np.arange(1.0, len(before) + 1.0)
    index = calendar(date(2025, 1, 1), 12).month_hour_index
    swings = load_catalog().entry("assumptions", "price")
    hours = []
    for number in range(DRAWS):
        rng = np.random.default_rng([year, number])
        like = before[rng.choice(len(before), p=likely / likely.sum())]
        swing = math.exp(swings.number("swing_growth") + swings.number("swing_sd") * rng.standard_normal())
        drawn = relative_price(
            like.shape, index, rng, residual=like.residual, quantiles=like.quantiles, swing=swing
        )
        hours.append(drawn / drawn.mean())
    return np.array(hours)


def kept_out() -> Iterator[Statistic]:
    """Every statistic of every market-year with a whole shape and a year before it."""
    for market in MARKETS:
        for year in price_years(market)[1:]:
            if year.year >= FIRST_YEAR:
                is_scored = len(years_before(market, year.year)) >= LEAST_BEFORE
                for name, drawn, measured in _statistics(year, made(market, year.year)):
                    low, central, high = np.percentile(drawn, [10, 50, 90])
                    yield Statistic(market, year.year, name, measured, low, high, central, is_scored)


def _statistics(year: PriceYear, hours: Array) -> Iterator[tuple[str, Array, float]]:
    """Name, figures of the years made and measured figure of what is published of a year."""
    first, second = _halves(year)
    half_h = _HALF * HOURS_PER_DAY
    yield "mean of January to June", hours[:, :half_h].mean(axis=1), first
    yield "mean of July to December", hours[:, half_h:].mean(axis=1), second
    yield "negative hours", (hours < 0.0).sum(axis=1), year.negative_hours
    spread = np.ptp(hours.reshape(len(hours), -1, HOURS_PER_DAY), axis=2).mean(axis=1)
    yield "daily spread", spread, year.daily_spread / year.mean
    known = year.quantiles
    for share in PERCENTILES:
        measured = float(np.interp(share, known.shares, known.prices))
        yield f"P{100 * share:.0f}", np.quantile(hours, share, axis=1), measured


def _halves(year: PriceYear) -> tuple[float, float]:
    """Means of the halves of a measured year over its own mean. [1]"""
    by_month, days = year.shape.mean(axis=1), np.array(DAYS_IN_MONTH)
    whole = np.average(by_month, weights=days)
    first, second = (np.average(by_month[half], weights=days[half]) for half in (slice(6), slice(6, 12)))
    return float(first / whole), float(second / whole)


def published() -> list[dict[str, str]]:
    """Figures of years and half-years that others published."""
    with PUBLISHED.open(newline="") as lines:
        return list(csv.DictReader(lines))


def drawn_figures(row: dict[str, str]) -> Array:
    """A published figure in every year made from those before its own."""
    hours = made(row["market"], int(row["year"]))
    if row["half"]:
        hours = hours[:, : _HALF * HOURS_PER_DAY] if row["half"] == "1" else hours[:, _HALF * HOURS_PER_DAY :]
    if row["figure"] == "negative hours":
        return np.asarray((hours < 0.0).sum(axis=1), dtype=np.float64)
    level = next(year for year in rows_of("price_years", row["market"]) if year["year"] == row["year"])
    return np.asarray(hours.mean(axis=1) * float(level["mean"]))
