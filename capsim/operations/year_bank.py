"""Hours of weather and price: made for one replication, or joined from a bank of single years.

To make hours anew costs more than all that is computed from them, and they carry a small share of the
variance of most figures. So the replications of a study take their years from a bank, each in its own
order; the bank follows from the seed alone, and a process makes a year of it when it is first used.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.catalog import RECENT_YEARS, Market, price_years, turned
from capsim.models.grid import relative_price
from capsim.models.weather import (
    ClimateTable,
    Weather,
    weather_hours,
)
from capsim.scenario import stream
from capsim.units import DAYS_IN_MONTH, HOURS_PER_DAY, MONTHS_PER_YEAR, Array, Calendar

Days = NDArray[np.int64]

BANK_YEARS = 128
"""Years in the bank of a climate or of a price zone."""
STEP_K = 0.01
"""Step in which a bank keeps temperatures, a tenth of that of published ones. [K]"""
_DAYS_IN_MONTH = np.array(DAYS_IN_MONTH)


class Key(NamedTuple):
    """Which of all possible hours of weather and price are meant."""

    seed: int
    replication: int
    is_banked: bool
    """Whether they are joined from the years of a bank."""


class PriceYears(NamedTuple):
    """What the years of a price zone are like: one of the measured years each, its swings wider or not."""

    zone: str
    """Price zone, which names the draws."""
    market: Market
    """Where the measured years are from."""
    swing_growth: float
    """Mean of the logarithm of a year's swings over those of the measured year. [1]"""
    swing_sd: float
    """Standard deviation of that logarithm. [1]"""


class YearBank:
    """Years of 365 days that begin in the same month, each made when it is first used."""

    def __init__(
        self, make: Callable[[int, Days], NDArray[Any]], hours: NDArray[Any], first_month: int = 0
    ) -> None:
        """Bank of what `make` gives for a number and the months of the days of a year, kept in `hours`."""
        self._make, self._first_month = make, first_month
        self._hours = hours
        self._is_made = np.zeros(BANK_YEARS, dtype=np.bool_)

    def joined(self, calendar: Calendar, rng: np.random.Generator) -> NDArray[Any]:
        """Hours of a horizon from years drawn at random, shape (n_series, n_hours).

        29 February has the hours of the 28th.
        """
        year, day = _days(calendar, self._first_month)
        drawn = rng.integers(BANK_YEARS, size=int(year[-1]) + 1)
        months = _months_of_days(self._first_month)
        for number in np.unique(drawn[~self._is_made[drawn]]):
            self._hours[:, number] = self._make(int(number), months).reshape(self._hours[:, number].shape)
            self._is_made[number] = True
        n_series, _, n_days, _ = self._hours.shape
        rows = drawn[year] * n_days + day
        by_day = self._hours.reshape(n_series, -1, HOURS_PER_DAY).take(rows, axis=1)
        return np.asarray(by_day.reshape(n_series, -1))


def _room(n_series: int, dtype: type[np.generic]) -> NDArray[Any]:
    """Room for the hours of a bank. Small numbers, because each process has its own banks."""
    return np.empty((n_series, BANK_YEARS, int(_DAYS_IN_MONTH.sum()), HOURS_PER_DAY), dtype=dtype)


@lru_cache(maxsize=32)
def _days(calendar: Calendar, first_month: int) -> tuple[Days, Days]:
    """Year, from 0, and day of it, of every day, in years that begin in a month."""
    month = calendar.month_of_hour[::HOURS_PER_DAY]
    day = np.minimum(calendar.day_of_month_of_hour[::HOURS_PER_DAY], _DAYS_IN_MONTH[month]) - 1
    order = np.roll(np.arange(MONTHS_PER_YEAR), -first_month)
    first_day = np.zeros(MONTHS_PER_YEAR, dtype=np.int64)
    first_day[order[1:]] = np.cumsum(_DAYS_IN_MONTH[order])[:-1]
    year = calendar.year_of_hour[::HOURS_PER_DAY] - (month < first_month)
    return year - year[0], first_day[month] + day


def synthetic_weather(key: Key, climate: str, table: ClimateTable, calendar: Calendar) -> Weather:
    """Weather of a climate without any trend. Not to be changed in place.

    Each year is made and mapped onto the climate by itself, so none depends on how many follow it.
    """
    if not key.is_banked:
        return _made_weather(key, climate, table, calendar)
    rng = stream(key.seed, key.replication, "years of weather", climate)
    dry, wet = _weather_bank(key.seed, climate, table).joined(calendar, rng) * STEP_K
    return Weather(dry, wet)


@lru_cache(maxsize=16)
def _made_weather(key: Key, climate: str, table: ClimateTable, calendar: Calendar) -> Weather:
    """Weather made for one replication; kept, because the runs of a central study share it."""
    first_month = _coldest_month(table)
    year, day = _days(calendar, first_month)
    months = _months_of_days(first_month)
    # a calendar year has its own stream, whatever day a horizon begins or ends
    first = int(calendar.year_of_hour[0]) - int(calendar.month_of_hour[0] < first_month)
    streams = (
        stream(key.seed, key.replication, "weather", climate, str(first + number))
        for number in range(int(year[-1]) + 1)
    )
    made = np.stack([_year_of_weather(table, months, rng) for rng in streams], axis=1)
    by_day = made.reshape(len(made), -1, HOURS_PER_DAY).take(year * months.size + day, axis=1)
    return Weather(*map(_fixed, by_day.reshape(len(made), -1)))


@lru_cache(maxsize=32)
def _weather_bank(seed: int, climate: str, table: ClimateTable) -> YearBank:
    def make(number: int, months: Days) -> NDArray[Any]:
        weather = _year_of_weather(table, months, stream(seed, number, "bank of weather", climate))
        return np.rint(weather / STEP_K)

    return YearBank(make, _room(2, np.int16), _coldest_month(table))


def _year_of_weather(table: ClimateTable, months: Days, rng: np.random.Generator) -> Array:
    """Dry-bulb and wet-bulb of the days of a year, mapped onto its climate, shape (2, n_hours). [degC]"""
    return np.stack(weather_hours(table, _month_hours_of_days(months), rng))


def _coldest_month(table: ClimateTable) -> int:
    """Month in which years are joined, so that no spell of heat is cut."""
    return int(np.argmin(table.dry_bulb_mean_c.mean(axis=1)))


def _months_of_days(first_month: int) -> Days:
    """Month of each day of a year of 365 days that begins with a month."""
    order = np.roll(np.arange(MONTHS_PER_YEAR), -first_month)
    return np.repeat(order, _DAYS_IN_MONTH[order])


def _month_hours_of_days(months: Days) -> NDArray[np.int64]:
    """``month * 24 + hour of day`` of every hour of days in given months."""
    return np.asarray((months[:, None] * HOURS_PER_DAY + np.arange(HOURS_PER_DAY)).ravel())


def relative_price_hours(key: Key, years: PriceYears, calendar: Calendar) -> Array:
    """Wholesale price of a zone over its level. Not to be changed in place. [1]"""
    if not key.is_banked:
        return _made_price(key, years, calendar)
    rng = stream(key.seed, key.replication, "years of price", years.zone)
    return np.asarray(_price_bank(key.seed, years).joined(calendar, rng)[0], dtype=np.float64)


@lru_cache(maxsize=16)
def _made_price(key: Key, years: PriceYears, calendar: Calendar) -> Array:
    """Price made for one replication; kept, because the runs of a central study share it."""
    year, day = _days(calendar, 0)
    index = _month_hours_of_days(_months_of_days(0))
    # whole calendar years, each from its own stream, whatever day a horizon begins or ends
    first = int(calendar.year_of_hour[0])
    streams = (
        stream(key.seed, key.replication, "price", years.zone, str(first + number))
        for number in range(int(year[-1]) + 1)
    )
    # the plan itself has swings in the middle of their range, as all that is uncertain; draws have their own
    like = years if key.replication else years._replace(swing_sd=0.0)
    made = np.stack([_price(like, index, rng) for rng in streams])
    by_day = made.reshape(-1, HOURS_PER_DAY).take(year * _DAYS_IN_MONTH.sum() + day, axis=0)
    return _fixed(by_day.ravel())


@lru_cache(maxsize=32)
def _price_bank(seed: int, years: PriceYears) -> YearBank:
    def make(number: int, months: Days) -> NDArray[Any]:
        rng = stream(seed, number, "bank of price", years.zone)
        return _price(years, _month_hours_of_days(months), rng)

    return YearBank(make, _room(1, np.float32))


def _price(years: PriceYears, month_hour_index: NDArray[np.int64], rng: np.random.Generator) -> Array:
    """Price of a zone over its level in the hours of one calendar year, like one recent year, mean 1. [1]

    A recent year is drawn, and none is a mean of several: in the mean of years the trough at noon, which
    moves and deepens, would be shallower than in any of them.
    """
    recent = price_years(years.market.name)[-RECENT_YEARS:]
    likely = np.arange(1.0, len(recent) + 1.0)
    like = recent[rng.choice(len(recent), p=likely / likely.sum())]
    swing = math.exp(years.swing_growth + years.swing_sd * rng.standard_normal())
    relative = relative_price(
        turned(years.market, like),
        month_hour_index,
        rng,
        residual=like.residual,
        quantiles=like.quantiles,
        swing=swing,
    )
    # a level is the mean of its year: what chance makes of one is not another level
    return np.asarray(relative / relative.mean())


def _fixed(hourly: Array) -> Array:
    """The same array, which nobody can change any more: several runs read it."""
    hourly.flags.writeable = False
    return hourly
