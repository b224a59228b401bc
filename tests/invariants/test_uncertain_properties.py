"""What holds for every distribution a planner can write."""

import pickle

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from capsim.models.uncertain import (
    Distribution,
    Uncertain,
    describe,
    discrete,
    double_triangular,
    lognormal,
    normal,
    parse_distribution,
    triangular,
    uniform,
)

NUMBERS = st.floats(-1e6, 1e6)
POSITIVE = st.floats(1e-3, 1e6)
PROBABILITIES = st.lists(st.floats(0.001, 0.999), min_size=2, max_size=20).map(sorted)


@st.composite
def distributions(draw) -> Distribution:
    kind = draw(
        st.sampled_from(["triangular", "double_triangular", "lognormal", "uniform", "normal", "discrete"])
    )
    low, mode, high = sorted(draw(st.tuples(NUMBERS, NUMBERS, NUMBERS)))
    if kind == "triangular":
        return triangular(low=low, mode=mode, high=high)
    if kind == "double_triangular":
        return double_triangular(low=low, median=mode, high=high)
    if kind == "lognormal":
        return lognormal(median=draw(POSITIVE), sigma=draw(st.floats(0, 2)))
    if kind == "uniform":
        return uniform(low=low, high=high)
    if kind == "normal":
        sd = draw(st.floats(0.1, 100))
        reach = draw(st.floats(0.5, 3)) * sd
        return normal(mean=mode, sd=sd, low=mode - reach, high=mode + reach)
    return discrete(values=sorted({low, mode, high}))


@given(distributions(), PROBABILITIES)
def test_quantiles_rise_and_stay_inside_the_support(distribution, probabilities):
    values = distribution.ppf(probabilities)
    low, high = distribution.support
    slack = 1e-9 * (1 + np.abs(values))
    assert values.shape == (len(probabilities),)
    assert np.all(np.diff(values) >= -slack[1:])
    assert np.all(values >= low - slack)
    assert np.all(values <= high + slack)


@given(POSITIVE, st.floats(1, 100))
def test_lognormal_by_its_percentiles_has_them(p10, ratio):
    distribution = lognormal(p10=p10, p90=p10 * ratio)
    np.testing.assert_allclose(distribution.ppf([0.1, 0.9]), [p10, p10 * ratio], rtol=1e-9)


@given(distributions())
def test_an_uncertain_value_is_its_central_value_inside_the_support(distribution):
    value = Uncertain(distribution)
    low, high = distribution.support
    assert value == distribution.central
    assert low - 1e-9 * (1 + abs(value)) <= value <= high + 1e-9 * (1 + abs(value))


@given(distributions())
def test_an_uncertain_value_survives_pickling(distribution):
    copy = pickle.loads(pickle.dumps(Uncertain(distribution)))
    assert copy == Uncertain(distribution)
    assert copy.distribution == distribution


@given(distributions())
def test_a_described_distribution_parses_to_itself(distribution):
    again = parse_distribution(describe(distribution))
    np.testing.assert_allclose(again.ppf([0.1, 0.5, 0.9]), distribution.ppf([0.1, 0.5, 0.9]), rtol=1e-12)
