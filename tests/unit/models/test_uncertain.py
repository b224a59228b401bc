import math
import pickle

import numpy as np
import pytest
from pydantic_core import PydanticCustomError

from capsim.models.uncertain import (
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
from capsim.scenario.records.quantity import Quantity


def test_central_values_by_hand():
    # half of the area lies above 24 - sqrt(15 x 10 / 2)
    assert triangular(low=9, mode=14, high=24).central == pytest.approx(24 - 75**0.5)
    assert triangular(low=0, mode=3, high=4).central == pytest.approx(6**0.5)
    assert triangular(low=3, mode=3, high=3).central == 3
    assert lognormal(median=10, sigma=0.5).central == 10
    assert lognormal(p10=5, p90=20).central == pytest.approx(10)
    assert uniform(low=2, high=6).central == 4
    assert normal(mean=3, sd=1).central == pytest.approx(3)
    assert normal(mean=3, sd=1, low=3, high=5).central == pytest.approx(3 + 0.6391, abs=2e-4)
    assert discrete(values=[1, 2, 3], weights=[1, 5, 1]).central == 2
    # the likeliest is 9, and in half of all cases it is at most 2
    assert discrete(values=[9, 1, 2], weights=[4, 3, 3]).central == 2


def test_quantiles_by_hand():
    assert triangular(low=0, mode=1, high=2).ppf(0.5) == pytest.approx(1)
    assert triangular(low=0, mode=0, high=1).ppf(0.75) == pytest.approx(0.5)
    assert triangular(low=3, mode=3, high=3).ppf([0.1, 0.9]).tolist() == [3, 3]


def test_half_of_a_double_triangular_lies_on_either_side_of_its_median():
    skewed = double_triangular(low=3, median=4, high=14)
    assert skewed.central == 4
    # an eighth is the quarter of the lower half: half of the way from low, since sqrt(1/4) = 1/2
    assert skewed.ppf([0.125, 0.5, 0.875]).tolist() == pytest.approx([3.5, 4, 9])
    means = (3 + 2 * 4) / 3, (2 * 4 + 14) / 3
    grid = (np.arange(100_000) + 0.5) / 100_000
    assert skewed.ppf(grid).mean() == pytest.approx(sum(means) / 2, rel=1e-4)
    assert double_triangular(low=4, median=4, high=6).ppf([0.1, 0.49]).tolist() == [4, 4]
    assert uniform(low=2, high=6).ppf(0.25) == 3
    assert lognormal(p10=5, p90=20).ppf([0.1, 0.9]) == pytest.approx([5, 20])
    assert discrete(values=[10, 20], weights=[1, 3]).ppf([0.1, 0.2, 0.3, 0.99]).tolist() == [10, 10, 20, 20]


def test_vector_equals_scalar_loop():
    probabilities = np.linspace(0.01, 0.99, 23)
    for distribution in (
        triangular(low=1, mode=2, high=5),
        double_triangular(low=1, median=2, high=5),
        lognormal(median=2, sigma=0.3),
        normal(mean=1, sd=2, low=0, high=3),
        discrete(values=[1, 2, 3]),
    ):
        loop = [float(distribution.ppf(p)) for p in probabilities]
        assert distribution.ppf(probabilities).tolist() == loop


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"dist": "triangular", "low": 2, "mode": 1, "high": 3}, "low <= mode <= high"),
        ({"dist": "double_triangular", "low": 2, "median": 1, "high": 3}, "low <= median <= high"),
        ({"dist": "triangular", "low": "a", "mode": 1, "high": 3}, "low must be a finite number"),
        ({"dist": "triangular", "low": True, "mode": 1, "high": 3}, "low must be a finite number"),
        ({"dist": "uniform", "low": 2, "high": math.nan}, "high must be a finite number"),
        ({"dist": "uniform", "low": 2, "high": 1}, "low <= high"),
        ({"dist": "lognormal", "median": 2}, "median and sigma, or p10 and p90"),
        ({"dist": "lognormal", "median": -2, "sigma": 1}, "median > 0"),
        ({"dist": "lognormal", "p10": 3, "p90": 2}, "0 < p10 <= p90"),
        ({"dist": "normal", "mean": 1, "sd": 0}, "sd > 0"),
        ({"dist": "normal", "mean": 1, "sd": 1, "low": 2, "high": 1}, "low < high"),
        ({"dist": "discrete", "values": []}, "a list of values"),
        ({"dist": "discrete", "values": [1, 2], "weights": [1]}, "as many weights as values"),
        ({"dist": "discrete", "values": [1, 2], "weights": [0, 0]}, "a positive sum"),
        ({"dist": "discrete", "values": [1, "b"]}, r"values\[1\] must be a finite number"),
        ({"dist": "unifrom", "low": 1, "high": 2}, "unknown distribution unifrom; did you mean uniform"),
        ({"dist": 3}, "dist must name a distribution"),
        ({"dist": "uniform", "low": 1}, "distribution uniform needs argument high"),
    ],
)
def test_wrong_distributions_raise_in_words(record, words):
    with pytest.raises(ValueError, match=words):
        parse_distribution(record)


@pytest.mark.parametrize(
    "record",
    [
        {"dist": "triangular", "low": 1.0, "mode": 2.0, "high": 3.0},
        {"dist": "double_triangular", "low": 1.0, "median": 2.0, "high": 3.0},
        {"dist": "lognormal", "median": 2.0, "sigma": 0.5},
        {"dist": "uniform", "low": 1.0, "high": 2.0},
        {"dist": "normal", "mean": 1.0, "sd": 2.0},
        {"dist": "normal", "mean": 1.0, "sd": 2.0, "low": 0.0},
        {"dist": "discrete", "values": [1.0, 2.0], "weights": [0.25, 0.75]},
    ],
)
def test_describing_is_the_inverse_of_parsing(record):
    assert describe(parse_distribution(record)) == record


def test_an_uncertain_value_is_its_central_value():
    value = Uncertain(triangular(low=9, mode=14, high=19))
    assert value == 14
    assert value * 2 == 28
    assert isinstance(value, float)
    copy = pickle.loads(pickle.dumps(value))
    assert (copy, copy.distribution) == (value, value.distribution)


def test_bounds_hold_for_all_that_can_be_drawn():
    share = Quantity("1", ge=0, le=1)
    assert share.check(1) == 1.0
    assert isinstance(share.check({"dist": "uniform", "low": 0, "high": 1}), Uncertain)
    for wrong in (
        1.01,
        -0.01,
        {"dist": "uniform", "low": 0.5, "high": 1.5},
        {"dist": "normal", "mean": 0.5, "sd": 1},
    ):
        with pytest.raises(PydanticCustomError, match=r"must be at (least|most)"):
            share.check(wrong)
    for wrong in (True, "1", None, math.nan, math.inf, [1]):
        with pytest.raises(PydanticCustomError, match="must be a number or an uncertain value"):
            share.check(wrong)


def test_an_open_bound_may_be_the_end_of_a_support():
    positive = Quantity("MW", gt=0)
    assert positive.check({"dist": "lognormal", "median": 2, "sigma": 1}) == 2
    with pytest.raises(PydanticCustomError, match="must be greater than 0"):
        positive.check(0)
