"""The Gaussian price and its map to published quantiles, means of hours and correlations."""

import numpy as np
import pytest

from capsim.models.price_spread import PriceQuantiles, price_map
from capsim.units import DAYS_IN_MONTH

FLAT = np.ones((12, 24))
QUANTILES = PriceQuantiles((0.02, 0.05, 0.5, 0.95, 0.9999), (0.0, 0.1, 0.98, 1.8, 5.0))


def mapped(shape=FLAT, quantiles=QUANTILES, lag1_corr=0.9, lag24_corr=0.4):
    return price_map(shape, quantiles, lag1_corr=lag1_corr, lag24_corr=lag24_corr)


def test_quantiles_and_mean_of_many_prices():
    rng = np.random.default_rng(0)
    prices = mapped()(1 + mapped().sd * rng.standard_normal(400_000))
    assert prices.mean() == pytest.approx(1.0, abs=4 * prices.std() / np.sqrt(prices.size))
    assert np.percentile(prices, [5, 95]) == pytest.approx([0.1, 1.8], abs=0.06)
    assert np.mean(prices < 0) == pytest.approx(0.02, abs=0.001)


def test_the_order_of_the_hours_is_kept_and_beyond_the_extremes_prices_move_one_for_one():
    spread = mapped(quantiles=QUANTILES._replace(prices=(0.0, 0.1, 0.98, 1.8, 7.0)))
    prices = spread(np.linspace(-3, 5, 2001))
    assert np.all(np.diff(prices) >= 0)
    low, _, high = np.diff(spread(np.array([-3.0, -2.0, 4.0, 5.0])))
    assert low == pytest.approx(1.0)
    assert high == pytest.approx(1.0)
    assert np.diff(spread.values)[-1] / np.diff(spread.knots)[-1] > 1.5


def test_a_tail_of_many_times_the_mean_leaves_the_mean():
    spiky = PriceQuantiles((0.05, 0.5, 0.95, 0.99995), (0.3, 0.8, 1.9, 75.0))
    spread = mapped(quantiles=spiky)
    assert np.average(spread.of_months, weights=DAYS_IN_MONTH) == pytest.approx(1.0, rel=1e-6)
    assert spread(np.array([1 + spread.sd * 3.9]))[0] > 50.0


def test_the_map_is_made_once():
    assert mapped() is mapped(FLAT.copy())


@pytest.mark.parametrize(
    "quantiles",
    [
        PriceQuantiles((0.05, 0.05), (0.1, 1.8)),
        PriceQuantiles((0.05, 0.95), (2.0, 1.8)),
        PriceQuantiles((0.0, 0.95), (0.1, 1.8)),
        PriceQuantiles((0.05, 1.0), (0.1, 1.8)),
        PriceQuantiles((0.05, 0.95), (-2.0, -1.8)),
    ],
)
def test_quantiles_that_cannot_be_are_refused(quantiles):
    with pytest.raises(ValueError, match="contradict"):
        mapped(quantiles=quantiles)


SPIKY = PriceQuantiles((0.01, 0.05, 0.25, 0.5, 0.95, 0.99, 0.9999), (0.0, 0.3, 0.6, 0.8, 2.0, 4.0, 40.0))
SHAPE = np.ones((12, 24)) + 0.4 * np.sin(np.arange(24) * np.pi / 12)
"""Evenings over half as dear again as the mean of their hours."""


def means_of_hours(spread, shape=SHAPE):
    """Means of the mapped price by numerical integration over the Gaussian one."""
    nodes = np.linspace(-6, 6, 4001)
    density = np.exp(-0.5 * nodes**2)
    prices = spread(spread.gaussian.reshape(-1, 1) + spread.sd * nodes)
    return ((prices * density).sum(axis=1) / density.sum()).reshape(shape.shape)


@pytest.mark.parametrize("quantiles", [QUANTILES, SPIKY])
def test_means_of_hours_are_those_of_the_shape_after_the_map(quantiles):
    """The Gaussian ones are not: a map that bends spikes upwards raises the dear hours most."""
    spread = mapped(SHAPE, quantiles)
    assert means_of_hours(spread) == pytest.approx(SHAPE, abs=2e-3)
    assert np.abs(spread.gaussian - SHAPE).max() > 0.05


@pytest.mark.parametrize("quantiles", [QUANTILES, SPIKY])
def test_correlations_are_those_wanted_after_the_map(quantiles):
    """Pairs of Gaussian prices with the correlations found; the mapped ones lose what the spikes are."""
    spread = mapped(SHAPE, quantiles, lag1_corr=0.8, lag24_corr=0.4)
    rng, n = np.random.default_rng(0), 4000
    for lag, corr, wanted in ((1, spread.lag1_corr, 0.8), (24, spread.lag24_corr, 0.4)):
        first, own = rng.standard_normal((2, n, 12, 24))
        second = corr * first + np.sqrt(1.0 - corr**2) * own
        now, then = (
            spread(means + spread.sd * noise) - shape
            for means, noise, shape in (
                (spread.gaussian, first, SHAPE),
                (np.roll(spread.gaussian, -lag, axis=1), second, np.roll(SHAPE, -lag, axis=1)),
            )
        )
        assert corr > wanted
        assert (now * then).mean() / (now**2).mean() == pytest.approx(wanted, abs=0.03)


def test_an_hour_is_remembered_no_longer_than_lets_a_day_be_forgotten():
    spread = mapped(SHAPE, SPIKY, lag1_corr=0.95, lag24_corr=0.1)
    assert spread.lag1_corr == pytest.approx(spread.lag24_corr ** (1 / 24))


def test_a_shape_that_the_quantiles_cannot_have_is_met_as_far_as_they_go():
    """One hour of a month at 30 times the mean, where no price is above five."""
    steep = np.ones((12, 24))
    steep[0, 0] = 30.0
    spread = mapped(steep, QUANTILES)
    found = means_of_hours(spread)
    assert np.all(np.isfinite(spread.gaussian))
    assert found[0, 0] == found.max() > 4.5
    assert spread.of_months @ np.array(DAYS_IN_MONTH) / 365 == pytest.approx(1.0, rel=1e-3)


@pytest.mark.parametrize(("lag1", "lag24"), [(-0.5, 0.0), (0.0, 0.0), (0.9, 0.0)])
def test_what_does_not_persist_stays_as_it_is(lag1, lag24):
    spread = mapped(lag1_corr=lag1, lag24_corr=lag24)
    assert spread.lag24_corr == 0.0
    assert spread.lag1_corr == lag1 if lag1 <= 0 else spread.lag1_corr > lag1
