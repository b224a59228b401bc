from datetime import date

import numpy as np
import pytest

from capsim.models.grid import (
    Residual,
    hourly_carbon,
    hourly_price,
    memories,
    normalised_shape,
    persistent_noise,
    relative_price,
)
from capsim.models.price_spread import PriceQuantiles
from capsim.units import DAYS_IN_MONTH, HOURS_PER_STANDARD_YEAR, Calendar

YEAR = Calendar(date(2025, 1, 1), 12)
SHAPE = 1.0 + 0.3 * np.sin(np.arange(288.0)).reshape(12, 24)
CALM = {"residual": None}


def price(level, *, seed=0, shape=SHAPE, index=YEAR.month_hour_index, adders_per_mwh=0.0, **options):
    relative = relative_price(shape, index, np.random.default_rng(seed), **{**CALM, **options})
    return hourly_price(relative, level, adders_per_mwh)


def test_months_of_the_standard_year_make_its_hours():
    assert sum(DAYS_IN_MONTH) * 24 == HOURS_PER_STANDARD_YEAR == YEAR.n_hours


def test_normalised_shape_has_an_hourly_mean_of_one():
    one_hot = np.zeros((12, 24))
    one_hot[1, 5] = 1.0
    # 28 of the 8,760 hours carry everything.
    assert normalised_shape(one_hot)[1, 5] == pytest.approx(8760 / 28)
    assert normalised_shape(SHAPE).ravel()[YEAR.month_hour_index].mean() == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("shape", [np.ones((24, 12)), np.zeros((12, 24)), np.full((12, 24), np.nan)])
def test_shapes_without_a_mean_are_refused(shape):
    with pytest.raises(ValueError, match="shape"):
        normalised_shape(shape)


def test_calm_price_is_level_by_shape_plus_adders():
    got = price(60.0, adders_per_mwh=12.0)
    expected = 60.0 * normalised_shape(SHAPE)[6, 15] + 12.0
    assert got[YEAR.month_hour_index == 6 * 24 + 15] == pytest.approx(expected)
    assert got.mean() == pytest.approx(72.0, rel=1e-12)


@pytest.mark.parametrize("swing", [0.0, 0.5, 3.0])
def test_no_swing_brings_a_month_below_nothing_by_itself(swing):
    cheap = np.where(np.arange(12) == 4, 0.2, 1.0)[:, None] * np.ones(24)
    calm = relative_price(cheap, YEAR.month_hour_index, np.random.default_rng(0), residual=None, swing=swing)
    assert np.all(calm >= 0.0)


def test_calm_price_draws_nothing():
    rng = np.random.default_rng(0)
    before = rng.bit_generator.state
    relative_price(SHAPE, YEAR.month_hour_index, rng, residual=Residual(0.0, 0.9, 0.4))
    assert rng.bit_generator.state == before


def test_a_swing_widens_the_day_about_its_month_and_months_as_factors():
    """Months of 0.5 and 1.5, days of 0.2 each way: under a swing of 2, of 0.25, 2.25 and 0.4."""
    shape = np.where(np.arange(12) % 2, 1.5, 0.5)[:, None] + np.where(np.arange(24) < 12, -0.2, 0.2)
    months = normalised_shape(shape).mean(axis=1)
    days = np.ptp(normalised_shape(shape), axis=1)
    relative = relative_price(
        shape, YEAR.month_hour_index, np.random.default_rng(0), residual=None, swing=2.0
    )
    made = np.array([relative[YEAR.month_hour_index == cell].mean() for cell in range(288)]).reshape(12, 24)
    assert made.mean(axis=1) == pytest.approx(months**2)
    assert np.ptp(made, axis=1) == pytest.approx(2 * days)


HEAPED = PriceQuantiles((0.02, 0.1, 0.5, 0.95, 0.9999), (-0.01, 0.02, 0.98, 1.8, 9.0))
"""Eight hours in a hundred heap near 0, and a few are very dear."""


def mapped_year(swing):
    wild = Residual(0.4, 0.9, 0.4)
    rng = np.random.default_rng(3)
    index = YEAR.month_hour_index
    return relative_price(np.ones((12, 24)), index, rng, residual=wild, quantiles=HEAPED, swing=swing)


@pytest.mark.parametrize("swing", [0.6, 1.5])
def test_a_swing_of_mapped_prices_is_a_factor_above_the_mean_and_at_most_one_below(swing):
    before, after = mapped_year(1.0) - 1.0, mapped_year(swing) - 1.0
    above = before >= 0.0
    assert after[above] == pytest.approx(swing * before[above], abs=1e-9)
    further = np.sort([before[~above], swing * before[~above]], axis=0)
    assert np.all((after[~above] >= further[0] - 1e-9) & (after[~above] <= further[1] + 1e-9))
    assert after.max() == pytest.approx(swing * before.max())


def test_prices_that_heap_near_nothing_leave_it_little_under_a_swing():
    """A factor alone brings 0.02 to -0.47 under a swing of 1.5, and a tenth of the year below nothing."""
    before, after = mapped_year(1.0), mapped_year(1.5)
    heap = (before > 0.0) & (before < 0.02)
    assert heap.sum() > 300
    alone = 1.0 + 1.5 * (before - 1.0)
    assert alone[heap].mean() < -0.45 < -0.2 < after[heap].mean()
    assert np.mean(alone < 0.0) > 0.15
    assert np.mean(before < 0.0) < np.mean(after < 0.0) < 0.1


def test_a_swing_keeps_the_order_of_the_hours_of_a_month():
    order = np.argsort(mapped_year(1.0))
    assert np.all(np.diff(mapped_year(1.7)[order]) >= -1e-9)


def test_level_may_change_by_the_hour():
    level = np.where(np.arange(YEAR.n_hours) < 4380, 50.0, 100.0)
    assert price(level) == pytest.approx(level * price(1.0), rel=1e-15)


def test_residual_keeps_the_mean_of_a_long_series():
    index = np.tile(YEAR.month_hour_index, 20)
    got = price(60.0, index=index, residual=Residual(0.4, 0.95))
    # Standard error of the mean of an AR(1): sd x sqrt((1 + rho) / (1 - rho) / n).
    standard_error = 60.0 * 0.4 * np.sqrt(1.95 / 0.05 / index.size)
    assert abs(got.mean() - 60.0) <= 4 * standard_error


# Standard deviation over the mean and lag-1 correlation of the French day-ahead price around its
# month x hour shape, computed from the hourly prices of the bidding zone.
@pytest.mark.parametrize(
    ("sd", "lag1", "seed"), [(0.348, 0.961, 2023), (0.479, 0.94, 2024)], ids=["FR 2023", "FR 2024"]
)
def test_residual_has_the_measured_spread_and_persistence(sd, lag1, seed):
    n = 200_000
    noise = persistent_noise(n, np.random.default_rng(seed), sd=sd, lag1_corr=lag1)
    # Bartlett: relative standard error of the variance of an AR(1), and of its lag-1 correlation.
    variance_error = np.sqrt(2 * (1 + lag1**2) / (1 - lag1**2) / n)
    assert abs(noise.var() / sd**2 - 1) <= 4 * variance_error
    got = np.corrcoef(noise[1:], noise[:-1])[0, 1]
    assert abs(got - lag1) <= 4 * np.sqrt((1 - lag1**2) / n)


@pytest.mark.parametrize("lag1", [-0.5, 0.0, 0.3, 0.97, 0.9999])
def test_noise_equals_the_recursion_it_stands_for(lag1):
    n = 300
    got = persistent_noise(n, np.random.default_rng(1), sd=2.0, lag1_corr=lag1)
    draws = np.random.default_rng(1).standard_normal(n)
    expected = [2.0 * draws[0]]
    for draw in draws[1:]:
        expected.append(lag1 * expected[-1] + 2.0 * np.sqrt(1 - lag1**2) * draw)
    assert got == pytest.approx(expected, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize(
    ("lag1", "lag24"), [(0.94, 0.472), (0.909, 0.371), (0.767, 0.155), (0.929, 0.253), (0.96, 0.725)]
)
def test_two_memories_make_both_correlations(lag1, lag24):
    """Residuals of France, Germany, Texas, Britain and New York."""
    pairs = memories(Residual(1.0, lag1, lag24))
    assert sum(share for share, _ in pairs) == pytest.approx(1.0)
    for lag, wanted in ((1, lag1), (24, lag24)):
        assert sum(share * memory**lag for share, memory in pairs) == pytest.approx(wanted, abs=0.01)


def test_a_memory_of_days_above_one_is_refused():
    with pytest.raises(ValueError, match="lag-24"):
        memories(Residual(1.0, 0.9, 1.0))


def test_same_seed_gives_the_same_price():
    wild = {"residual": Residual(0.4, 0.9, 0.4)}
    assert price(60.0, seed=5, **wild).tolist() == price(60.0, seed=5, **wild).tolist()
    assert price(60.0, seed=5, **wild).tolist() != price(60.0, seed=6, **wild).tolist()


def test_carbon_is_intensity_by_shape():
    got = hourly_carbon(44.0, SHAPE, YEAR.month_hour_index)
    assert got.mean() == pytest.approx(44.0, rel=1e-12)
    assert got[0] == pytest.approx(44.0 * normalised_shape(SHAPE)[0, 0])


@pytest.mark.parametrize("level", [-1.0, np.nan, np.inf])
def test_impossible_levels_are_refused(level):
    with pytest.raises(ValueError, match="level_per_mwh"):
        price(level)
    with pytest.raises(ValueError, match="intensity_g_per_kwh"):
        hourly_carbon(level, SHAPE, YEAR.month_hour_index)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"residual": Residual(-0.1, 0.9)}, "standard deviation"),
        ({"residual": Residual(np.nan, 0.9)}, "standard deviation"),
        ({"residual": Residual(0.4, 1.0)}, "lag-1"),
        ({"residual": Residual(0.4, np.nan)}, "lag-1"),
        ({"adders_per_mwh": np.nan}, "adders_per_mwh"),
        ({"adders_per_mwh": np.ones((2, 1))}, "one for each"),
    ],
)
def test_impossible_price_arguments_are_refused(options, match):
    with pytest.raises(ValueError, match=match):
        price(60.0, **options)


def test_negative_carbon_shape_is_refused():
    shape = np.ones((12, 24))
    shape[0, 0] = -1.0
    with pytest.raises(ValueError, match="must not be negative"):
        hourly_carbon(44.0, shape, YEAR.month_hour_index)
