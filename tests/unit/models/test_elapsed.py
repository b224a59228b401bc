"""What is left of a duration that is under way; products and shifts of uncertain values."""

import math

import numpy as np
import pytest
from scipy import stats

from capsim.models.elapsed import (
    Affine,
    Product,
    StillRunning,
    affine,
    probability_by,
    product,
    still_running,
)
from capsim.models.uncertain import Lognormal, Uniform

TEN_TO_TWENTY = {"dist": "uniform", "low": 10.0, "high": 20.0}
PERCENTILES = np.array([0.1, 0.5, 0.9])


@pytest.mark.parametrize("correlation", [-0.5, 0.0, 0.8])
def test_a_product_of_lognormals_is_the_lognormal_of_their_summed_variance(correlation):
    """Medians 2 and 5 make 10; 0.3 and 0.4 make sqrt(0.09 + 0.16 + 2 r 0.12)."""
    sigma = math.sqrt(0.25 + 0.24 * correlation)
    found = Product(Lognormal(2.0, 0.3), Lognormal(5.0, 0.4), correlation)
    np.testing.assert_allclose(
        found.ppf(PERCENTILES), stats.lognorm(sigma, scale=10.0).ppf(PERCENTILES), 2e-3
    )
    assert found.central == pytest.approx(10.0, rel=1e-3)
    assert found.support == (0.0, math.inf)


def test_a_product_reaches_from_the_least_by_the_least_to_the_most_by_the_most():
    found = product(factor={"dist": "uniform", "low": 2.0, "high": 3.0}, of=TEN_TO_TWENTY)
    assert found.support == (20.0, 60.0)
    # of independent values the product is under 40 where factor x value is: 1/10 of the integral of 40/f - 10
    assert probability_by(found, 40.0) == pytest.approx((40.0 * math.log(1.5) - 10.0) / 10.0, abs=2e-3)


@pytest.mark.parametrize("correlation", [-1.0, 1.0, math.nan])
def test_a_product_needs_a_correlation_that_leaves_both_free(correlation):
    with pytest.raises(ValueError, match="product needs a correlation between -1 and 1"):
        product(factor=TEN_TO_TWENTY, of=TEN_TO_TWENTY, correlation=correlation)


def test_a_value_is_scaled_and_then_shifted():
    found = affine(of=TEN_TO_TWENTY, scale=2.0, shift=-5.0)
    assert (found.central, found.support) == (25.0, (15.0, 35.0))
    np.testing.assert_allclose(found.ppf([0.1, 0.9]), [17.0, 33.0])
    assert affine(of=TEN_TO_TWENTY) == Affine(Uniform(10.0, 20.0), 1.0, 0.0)
    for scale in (0.0, -1.0, math.nan):
        with pytest.raises(ValueError, match="affine needs scale > 0"):
            affine(of=TEN_TO_TWENTY, scale=scale)


def test_what_has_lasted_15_of_10_to_20_ends_anywhere_from_15_to_20():
    found = still_running(of=TEN_TO_TWENTY, elapsed=15.0)
    assert found.support == pytest.approx((15.0, 20.0))
    np.testing.assert_allclose(found.ppf(PERCENTILES), [15.5, 17.5, 19.5])
    assert found.central == pytest.approx(17.5)


@pytest.mark.parametrize("elapsed", [0.0, 9.0])
def test_what_has_lasted_less_than_the_shortest_is_as_it_was(elapsed):
    found = still_running(of=TEN_TO_TWENTY, elapsed=elapsed)
    assert found.support == (10.0, 20.0)
    np.testing.assert_allclose(found.ppf(PERCENTILES), [11.0, 15.0, 19.0])


def test_what_has_lasted_longer_than_the_longest_follows_the_lognormal_of_the_same_p10_and_p90():
    """P10 11 and P90 19: median sqrt(11 x 19), sigma ln(19 / 11) / (2 x 1.2816)."""
    tail = stats.lognorm(math.log(19.0 / 11.0) / (2.0 * stats.norm.ppf(0.9)), scale=math.sqrt(11.0 * 19.0))
    found = StillRunning(Uniform(10.0, 20.0), 22.0)
    done = tail.cdf(22.0)
    np.testing.assert_allclose(found.ppf(PERCENTILES), tail.ppf(done + (1.0 - done) * PERCENTILES), rtol=1e-5)
    assert found.support == (22.0, math.inf)


def test_what_has_lasted_beyond_that_too_is_given_its_own_length_to_go_on_the_same_spread():
    """A thousand months into a stage of 10 to 20: the lognormal whose median is what has elapsed."""
    sigma = math.log(19.0 / 11.0) / (2.0 * stats.norm.ppf(0.9))
    found = StillRunning(Uniform(10.0, 20.0), 1000.0)
    np.testing.assert_allclose(found.ppf(0.5), stats.lognorm(sigma, scale=1000.0).ppf(0.75), rtol=1e-5)


def test_still_running_needs_a_time():
    for elapsed in (-1.0, math.nan):
        with pytest.raises(ValueError, match="still_running needs elapsed >= 0"):
            still_running(of=TEN_TO_TWENTY, elapsed=elapsed)


@pytest.mark.parametrize(
    ("value", "probability"), [(9.0, 0.0), (10.0, 0.0), (12.5, 0.25), (20.0, 1.0), (99.0, 1.0)]
)
def test_probability_that_a_value_is_at_most_another(value, probability):
    assert probability_by(Uniform(10.0, 20.0), value) == pytest.approx(probability, abs=1e-9)


def test_what_is_made_of_another_distribution_names_the_one_that_is_missing():
    for made, missing in (
        (lambda: product(factor=3.0, of=TEN_TO_TWENTY), "factor"),
        (lambda: product(factor=TEN_TO_TWENTY, of=3.0), "of"),
        (lambda: affine(of=3.0), "of"),
        (lambda: still_running(of=3.0, elapsed=1.0), "of"),
    ):
        with pytest.raises(ValueError, match=rf"^{missing} must be a distribution \(got 3.0\)"):
            made()
