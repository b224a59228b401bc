"""Hours of weather and price: made for one replication, or joined from a bank of single years.

To make hours anew costs more than all that is computed from them, and they carry a small share of the
variance of most figures. So the replications of a study take their years from a bank, each in its own
order; the bank follows from the seed alone, and a process makes a year of it when it is first used.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.catalog import in_utc, price_residual, price_shape
from capsim.models.grid import relative_price
from capsim.models.weather import (
    ClimateTable,
    Weather,
    expected_percentiles,
    unmapped_weather,
    weather_hours,
)
from capsim.models.weather_percentiles import percentile_map, sample_of_years
from capsim.scenario import stream
from capsim.units import DAYS_IN_MONTH, HOURS_PER_DAY, MONTHS_PER_YEAR, Array, Calendar

Days = NDArray[np.int64]
Steps = NDArray[np.int16]

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
    """What the years of a price zone follow."""

    zone: str
    shape_year: int
    """Year of the month-hour shape and of the residual."""
    utc_offset_h: int
    """Standard time of the zone less UTC. [h]"""


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
        order = np.roll(np.arange(MONTHS_PER_YEAR), -self._first_month)
        months = np.repeat(order, _DAYS_IN_MONTH[order])
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
    """Weather of a climate without any trend. Not to be changed in place."""
    if not key.is_banked:
        return _made_weather(key, climate, table, calendar)
    rng = stream(key.seed, key.replication, "years of weather", climate)
    steps = _weather_bank(key.seed, climate, table).joined(calendar, rng)
    # what is known of a climate is known of many years: they are mapped once they are joined
    dry, wet = map(_mapped, steps, table.percentiles_c or (None, None), expected_percentiles(table))
    return Weather(dry, np.minimum(dry, wet, out=wet))


def _mapped(steps: Steps, wanted_c: Array | None, expected_c: Array) -> Array:
    """Temperatures of whole steps of `STEP_K`, moved to the percentiles of their climate. [degC]"""
    lowest = steps.min()
    step = steps - lowest
    temperature_c = np.arange(lowest, steps.max() + 1) * STEP_K
    if wanted_c is not None:
        # steps are counted, which is faster than to sort them
        hours = np.bincount(sample_of_years(step), minlength=temperature_c.size)
        to_climate = percentile_map(temperature_c, hours, wanted_c, expected_c)
        temperature_c = temperature_c if to_climate is None else to_climate(temperature_c)
    # a map of single hours: that of each step, looked up; "clip" spares a check of every index
    return np.asarray(temperature_c.take(step, mode="clip"))


@lru_cache(maxsize=16)
def _made_weather(key: Key, climate: str, table: ClimateTable, calendar: Calendar) -> Weather:
    """Weather made for one replication; kept, because the runs of a central study share it."""
    rng = stream(key.seed, key.replication, "weather", climate)
    return Weather(*map(_fixed, weather_hours(table, calendar.month_hour_index, rng)))


@lru_cache(maxsize=32)
def _weather_bank(seed: int, climate: str, table: ClimateTable) -> YearBank:
    def make(number: int, months: Days) -> NDArray[Any]:
        weather = unmapped_weather(table, months, stream(seed, number, "bank of weather", climate))
        return np.rint(np.stack(weather) / STEP_K)

    # joined where it is coldest, so that no spell of heat is cut
    return YearBank(make, _room(2, np.int16), int(np.argmin(table.dry_bulb_mean_c.mean(axis=1))))


def relative_price_hours(key: Key, years: PriceYears, calendar: Calendar) -> Array:
    """Wholesale price of a zone over its level. Not to be changed in place. [1]"""
    if not key.is_banked:
        return _made_price(key, years, calendar)
    rng = stream(key.seed, key.replication, "years of price", years.zone)
    return np.asarray(_price_bank(key.seed, years).joined(calendar, rng)[0], dtype=np.float64)


@lru_cache(maxsize=16)
def _made_price(key: Key, years: PriceYears, calendar: Calendar) -> Array:
    """Price made for one replication; kept, because the runs of a central study share it."""
    rng = stream(key.seed, key.replication, "price", years.zone)
    return _fixed(_price(years, calendar.month_hour_index, rng))


@lru_cache(maxsize=32)
def _price_bank(seed: int, years: PriceYears) -> YearBank:
    def make(number: int, months: Days) -> NDArray[Any]:
        index = (months[:, None] * HOURS_PER_DAY + np.arange(HOURS_PER_DAY)).ravel()
        return _price(years, index, stream(seed, number, "bank of price", years.zone))

    return YearBank(make, _room(1, np.float32))


def _price(years: PriceYears, month_hour_index: NDArray[np.int64], rng: np.random.Generator) -> Array:
    """Price of a zone over its level, in some hours; flat where no shape is known. [1]"""
    shape = price_shape(years.zone, years.shape_year)
    residual = price_residual(years.zone, years.shape_year)
    return relative_price(
        np.ones((MONTHS_PER_YEAR, HOURS_PER_DAY)) if shape is None else in_utc(shape, years.utc_offset_h),
        month_hour_index,
        rng,
        residual_sd_over_mean=None if residual is None else residual.sd_over_mean,
        lag1_hour_corr=0.0 if residual is None else residual.lag1_hour_corr,
        quantiles=None if residual is None else residual.quantiles,
    )


def _fixed(hourly: Array) -> Array:
    """The same array, which nobody can change any more: several runs read it."""
    hourly.flags.writeable = False
    return hourly
