"""The map from a Gaussian price to published quantiles."""

import numpy as np
import pytest

from capsim.models.price_spread import PriceQuantiles, price_map
from capsim.units import DAYS_IN_MONTH

FLAT = np.ones((12, 24))
QUANTILES = PriceQuantiles((0.02, 0.05, 0.5, 0.95, 0.9999), (0.0, 0.1, 0.98, 1.8, 5.0))


def test_quantiles_and_mean_of_many_prices():
    rng = np.random.default_rng(0)
    prices = price_map(FLAT, 0.4, QUANTILES)(1 + 0.4 * rng.standard_normal(400_000))
    assert prices.mean() == pytest.approx(1.0, abs=4 * prices.std() / np.sqrt(prices.size))
    assert np.percentile(prices, [5, 95]) == pytest.approx([0.1, 1.8], abs=0.06)
    assert np.mean(prices < 0) == pytest.approx(0.02, abs=0.001)


def test_the_order_of_the_hours_is_kept_and_beyond_the_extremes_prices_move_one_for_one():
    spread = price_map(FLAT, 0.4, QUANTILES)
    prices = spread(np.linspace(-3, 5, 2001))
    assert np.all(np.diff(prices) >= 0)
    low, _, high = np.diff(spread(np.array([-3.0, -2.0, 4.0, 5.0])))
    assert low == pytest.approx(1.0)
    assert high == pytest.approx(1.0)
    assert np.diff(spread.values)[-1] / np.diff(spread.knots)[-1] > 1.5


def test_a_tail_of_many_times_the_mean_leaves_the_mean():
    spiky = PriceQuantiles((0.05, 0.5, 0.95, 0.99995), (0.3, 0.8, 1.9, 75.0))
    spread = price_map(FLAT, 0.4, spiky)
    assert np.average(spread.of_months, weights=DAYS_IN_MONTH) == pytest.approx(1.0, rel=1e-6)
    assert spread(np.array([1 + 0.4 * 3.9]))[0] > 50.0


def test_the_map_is_made_once():
    assert price_map(FLAT, 0.4, QUANTILES) is price_map(FLAT.copy(), 0.4, QUANTILES)


@pytest.mark.parametrize(
    ("sd", "quantiles", "words"),
    [
        (0.0, QUANTILES, "residual_sd"),
        (np.nan, QUANTILES, "residual_sd"),
        (0.4, PriceQuantiles((0.05, 0.05), (0.1, 1.8)), "contradict"),
        (0.4, PriceQuantiles((0.05, 0.95), (2.0, 1.8)), "contradict"),
        (0.4, PriceQuantiles((0.0, 0.95), (0.1, 1.8)), "contradict"),
        (0.4, PriceQuantiles((0.05, 1.0), (0.1, 1.8)), "contradict"),
        (0.4, PriceQuantiles((0.05, 0.95), (-2.0, -1.8)), "contradict"),
    ],
)
def test_quantiles_that_cannot_be_are_refused(sd, quantiles, words):
    with pytest.raises(ValueError, match=words):
        price_map(FLAT, sd, quantiles)
