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
from capsim.models.grid import normalised_shape, relative_price
from capsim.units import DAYS_IN_MONTH, HOURS_PER_DAY, Array, calendar

PUBLISHED = Path(__file__).resolve().parents[1] / "tests" / "validation" / "published" / "prices.csv"
MARKETS = names_in("price_shape")
DRAWS = 60
"""Years made for a market and a year."""
FIRST_YEAR, FIRST_SCORED = 2023, 2024
NEGATIVE, FIRST_HALF = "negative hours", "mean of January to June"
LEAST_BEFORE = 2
"""Measured years before one that is scored; with one alone there is nothing to draw from."""
PERCENTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_HALF = sum(DAYS_IN_MONTH[:6])


class Way(NamedTuple):
    """How a year is made from those before it."""

    words: str
    later_is_likelier: float = 1.0
    """Power of a year's place, 1 for the earliest, in how likely it is."""
    growth_per_y: float = 0.0
    """Growth of the swings in each year since the one it is like, in place of one growth for all. [1/y]"""
    is_of_two_years: bool = False
    """Whether the months have the level of one year, each as likely, and the hours the swing of another."""


KEPT = Way("as shipped: later years likelier in proportion, swings 5 % wider")
TRIED = (
    Way("swings 5 % wider for each year since", growth_per_y=0.05),
    Way("swings 10 % wider for each year since", growth_per_y=0.1),
    Way("later years likelier by the square", later_is_likelier=2.0),
    Way("level of months of any recent year, hours of a later one", 2.0, is_of_two_years=True),
    Way("the same, swings 5 % wider for each year since", 2.0, 0.05, is_of_two_years=True),
)
"""Trends that were tried."""


class Trial(NamedTuple):
    """What a way of making years is against the one that ships, by the year kept out."""

    way: str
    year: int
    over_kept: dict[str, float]
    """CRPS over that of the way that ships, of all statistics and of single ones. [1]"""
    better: float
    """Share of the markets whose negative hours it makes better. [1]"""
    halves_inside: float
    """Share of the means of January to June inside P10 to P90. [1]"""


class Statistic(NamedTuple):
    """A figure of a measured year beside P10 and P90 of years made from those before it."""

    market: str
    year: int
    name: str
    measured: float
    low: float
    high: float
    central: float
    crps: float
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
def made(market: str, year: int, way: Way = KEPT, draws: int = DRAWS) -> Array:
    """Hours of years made from those before a year, over their level, shape (draws, 8760). [1]"""
    before = years_before(market, year)
    likely = np.arange(1.0, len(before) + 1.0) ** way.later_is_likelier
    index = calendar(date(2025, 1, 1), 12).month_hour_index
    swings = load_catalog().entry("assumptions", "price")
    hours = []
    for number in range(draws):
        rng = np.random.default_rng([year, number])
        like = before[rng.choice(len(before), p=likely / likely.sum())]
        shape = like.shape
        if way.is_of_two_years:
            shape = _at_the_months_of(before[rng.choice(len(before))].shape, shape)
        growth = way.growth_per_y * (year - like.year) if way.growth_per_y else swings.number("swing_growth")
        swing = math.exp(growth + swings.number("swing_sd") * rng.standard_normal())
        drawn = relative_price(
            shape, index, rng, residual=like.residual, quantiles=like.quantiles, swing=swing
        )
        hours.append(drawn / drawn.mean())
    return np.array(hours)


def _at_the_months_of(other: Array, shape: Array) -> Array:
    """A shape whose months have the level of those of another. [1]"""
    levels = [normalised_shape(one).mean(axis=1, keepdims=True) for one in (other, shape)]
    return np.asarray(normalised_shape(shape) * levels[0] / levels[1])


def kept_out(way: Way = KEPT, first_year: int = FIRST_YEAR, draws: int = DRAWS) -> Iterator[Statistic]:
    """Every statistic of every market-year with a whole shape and a year before it."""
    for market in MARKETS:
        for year in price_years(market)[1:]:
            if year.year >= first_year:
                is_scored = len(years_before(market, year.year)) >= LEAST_BEFORE
                for name, drawn, measured in _statistics(year, made(market, year.year, way, draws)):
                    low, central, high = np.percentile(drawn, [10, 50, 90])
                    score = crps(drawn, measured)
                    yield Statistic(market, year.year, name, measured, low, high, central, score, is_scored)


def crps(drawn: Array, measured: float) -> float:
    """Continuous ranked probability score of draws against a value, in their unit."""
    ordered = np.sort(np.asarray(drawn, dtype=np.float64))
    n = ordered.size
    # mean distance of two of the draws, from their ranks
    apart = 2.0 * float(((2.0 * np.arange(1, n + 1) - n - 1.0) * ordered).sum()) / n**2
    return float(np.abs(ordered - measured).mean()) - apart / 2.0


@cache
def trials(draws: int = DRAWS) -> tuple[Trial, ...]:
    """Each trend that was tried, for each year kept out."""
    kept = [s for s in kept_out(KEPT, FIRST_SCORED, draws) if s.is_scored]
    found = []
    for way in TRIED:
        tried = [s for s in kept_out(way, FIRST_SCORED, draws) if s.is_scored]
        for year in sorted({s.year for s in kept}):
            pairs = [(new, old) for new, old in zip(tried, kept, strict=True) if old.year == year]
            found.append(_trial(way, year, pairs))
    return tuple(found)


def _trial(way: Way, year: int, pairs: list[tuple[Statistic, Statistic]]) -> Trial:
    """What a way is against the one that ships, from the statistics of both."""
    names = dict.fromkeys(old.name for _, old in pairs)
    over = {
        name: sum(new.crps for new, old in pairs if old.name == name)
        / sum(old.crps for _, old in pairs if old.name == name)
        for name in names
    }
    negative = [new.crps < old.crps for new, old in pairs if old.name == NEGATIVE]
    halves = [new.side == 0 for new, old in pairs if old.name == FIRST_HALF]
    over_kept = {"all": float(np.mean(list(over.values()))), **over}
    return Trial(way.words, year, over_kept, float(np.mean(negative)), float(np.mean(halves)))


def _statistics(year: PriceYear, hours: Array) -> Iterator[tuple[str, Array, float]]:
    """Name, figures of the years made and measured figure of what is published of a year."""
    first, second = _halves(year)
    half_h = _HALF * HOURS_PER_DAY
    yield FIRST_HALF, hours[:, :half_h].mean(axis=1), first
    yield "mean of July to December", hours[:, half_h:].mean(axis=1), second
    yield NEGATIVE, (hours < 0.0).sum(axis=1), year.negative_hours
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
