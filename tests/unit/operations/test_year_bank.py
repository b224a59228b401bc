"""Weather and price of replications, joined from banks of single years."""

from datetime import date

import numpy as np
import pytest
from scipy.stats import ks_2samp

from capsim.catalog import climate_table, load_catalog, market_of
from capsim.models.price_spread import PriceMap
from capsim.operations.year_bank import (
    BANK_YEARS,
    STEP_K,
    Key,
    PriceYears,
    YearBank,
    relative_price_hours,
    synthetic_weather,
)
from capsim.units import Calendar, calendar

TWELVE = calendar(date(2026, 1, 1), 144)
PARIS = climate_table(load_catalog(), "paris")
FRANCE = PriceYears("fra", market_of(load_catalog(), "fra"), 0.1, 0.18)
N = 40
"""Horizons of each kind that are compared."""


def numbered(first_month=0):
    """A bank whose hours tell the year they are of, and their month."""

    def make(number, months):
        return np.repeat(100 * number + months, 24)

    return YearBank(make, np.empty((1, BANK_YEARS, 365, 24)), first_month)


def test_each_calendar_year_is_one_year_of_the_bank_and_each_month_its_own():
    hours = numbered().joined(TWELVE, np.random.default_rng(1))[0]
    assert np.array_equal(hours % 100, TWELVE.month_of_hour)
    years = [set(hours[TWELVE.year_of_hour == year] // 100) for year in range(2026, 2038)]
    assert all(len(year) == 1 for year in years)
    assert [year.pop() for year in years] == np.random.default_rng(1).integers(BANK_YEARS, size=12).tolist()


def test_years_that_begin_in_july_are_joined_in_july():
    hours = numbered(first_month=6).joined(Calendar(date(2026, 3, 1), 12), np.random.default_rng(2))[0]
    (joints,) = np.nonzero(np.diff(hours // 100))
    # the last hour of June: 31 + 30 + 31 + 30 days after the start
    assert joints.tolist() == [122 * 24 - 1]
    assert hours[0] % 100 == 2


def test_a_leap_day_has_the_hours_of_the_day_before():
    dry = synthetic_weather(
        Key(0, 0, is_banked=True), "paris", PARIS, calendar(date(2028, 2, 1), 2)
    ).dry_bulb_c
    days = dry.reshape(-1, 24)
    assert np.array_equal(days[28], days[27])
    assert not np.array_equal(days[29], days[28])


def test_a_year_is_made_when_it_is_first_used_and_only_then():
    made = []

    def make(number, months):
        made.append(number)
        return np.zeros(months.size * 24)

    bank = YearBank(make, np.empty((1, BANK_YEARS, 365, 24)))
    for _ in range(2):
        bank.joined(TWELVE, np.random.default_rng(3))
    assert sorted(made) == sorted(set(np.random.default_rng(3).integers(BANK_YEARS, size=12).tolist()))


@pytest.mark.parametrize("banked", [True, False])
def test_the_same_key_gives_the_same_hours_whatever_was_asked_for_before(banked):
    first = synthetic_weather(Key(5, 3, banked), "paris", PARIS, TWELVE)
    synthetic_weather(Key(5, 4, banked), "paris", PARIS, TWELVE)
    again = synthetic_weather(Key(5, 3, banked), "paris", PARIS, TWELVE)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, synthetic_weather(Key(6, 3, banked), "paris", PARIS, TWELVE))


def test_a_longer_horizon_begins_with_the_same_prices():
    key = Key(0, 7, is_banked=True)
    short, long = (relative_price_hours(key, FRANCE, calendar(date(2026, 1, 1), n)) for n in (24, 48))
    assert np.array_equal(short, long[: short.size])


def test_hours_made_for_a_replication_are_kept_and_cannot_be_changed():
    key = Key(9, 0, is_banked=False)
    first = relative_price_hours(key, FRANCE, TWELVE)
    assert relative_price_hours(key, FRANCE, TWELVE) is first
    with pytest.raises(ValueError, match="read-only"):
        first += 1.0


def test_a_decade_maps_each_hour_once_and_those_below_their_month_once_more(monkeypatch):
    """Counts, for time is never asserted: twice the look-ups of a map would be twice its time."""
    decade = calendar(date(2026, 1, 1), 120)
    relative_price_hours(Key(10, 0, is_banked=False), FRANCE, decade)
    mapped, plain = [], PriceMap.__call__

    def counted(self, relative):
        mapped.append(relative.size)
        return plain(self, relative)

    monkeypatch.setattr(PriceMap, "__call__", counted)
    relative_price_hours(Key(10, 1, is_banked=False), FRANCE, decade)
    assert len(mapped) == 2 * 10
    assert 10 * 8760 < sum(mapped) <= 1.7 * 10 * 8760


@pytest.fixture(scope="module")
def horizons():
    """Statistics of dry-bulb and wet-bulb over twelve years, from the bank and made anew."""

    def statistics(key):
        dry, wet = synthetic_weather(key, "paris", PARIS, TWELVE)
        hot = dry.reshape(-1, 24).max(axis=1) > 30.0
        edges = np.flatnonzero(np.diff(np.concatenate([[0], hot, [0]])))
        runs = edges[1::2] - edges[::2]
        return {
            "mean": dry.mean(),
            "peak": dry.max(),
            "P99": np.percentile(dry, 99),
            "wet-bulb P99": np.percentile(wet, 99),
            "hot days": hot.sum() / 12,
            "longest run of hot days": runs.max(),
            "mean run of hot days": runs.mean(),
        }

    # the bank of one seed is a sample of 128 years: those of several seeds average out what it lacks
    keys = {True: [Key(k, 0, True) for k in range(N)], False: [Key(0, k, False) for k in range(N)]}
    return {banked: [statistics(key) for key in chosen] for banked, chosen in keys.items()}


@pytest.mark.parametrize(
    "name",
    ["mean", "peak", "P99", "wet-bulb P99", "hot days", "longest run of hot days", "mean run of hot days"],
)
def test_joined_years_have_the_distribution_of_years_made_anew(horizons, name):
    banked, fresh = (np.array([row[name] for row in horizons[is_so]]) for is_so in (True, False))
    error = np.sqrt((banked.var(ddof=1) + fresh.var(ddof=1)) / N)
    assert abs(banked.mean() - fresh.mean()) <= 4 * error + STEP_K
    assert ks_2samp(banked, fresh).pvalue > 1e-3


def test_prices_of_joined_years_have_the_distribution_of_prices_made_anew():
    def quantiles(banked):
        keys = [Key(k if banked else 0, 0 if banked else k + 1, banked) for k in range(20)]
        hours = [relative_price_hours(key, FRANCE, TWELVE) for key in keys]
        return np.array([[*np.percentile(h, (5, 50, 95, 99.9)), (h < 0).mean()] for h in hours])

    banked, fresh = quantiles(True), quantiles(False)
    error = np.sqrt((banked.var(axis=0, ddof=1) + fresh.var(axis=0, ddof=1)) / 20)
    assert np.all(np.abs(banked.mean(axis=0) - fresh.mean(axis=0)) <= 4 * error + 1e-6)


def test_the_plan_itself_has_swings_in_the_middle_of_their_range():
    """A plan whose first year swung half as much again had thrice the negative hours of any year known."""

    def negative_hours(key):
        hours = relative_price_hours(key, FRANCE, TWELVE)
        return (hours[: 12 * 8760].reshape(12, 8760) < 0).sum(axis=1)

    plan = np.concatenate([negative_hours(Key(seed, 0, is_banked=False)) for seed in range(12)])
    draws = np.concatenate([negative_hours(Key(0, k, is_banked=False)) for k in range(1, 13)])
    assert plan.std() < 0.75 * draws.std()
    assert np.median(plan) == pytest.approx(np.median(draws), rel=0.1)
