"""Kinds of stages: what is worked off, and attempts until one succeeds."""

import numpy as np
import pytest

from capsim.models.stages import attempts, work


@pytest.mark.parametrize("rng", [None, np.random.default_rng(1)])
def test_work_takes_its_duration(rng):
    assert work(42.0, rng) == 42.0


def test_attempts_take_one_duration_where_none_is_refused_or_nothing_is_drawn():
    assert attempts(30.0, None, refusal_probability=0.9) == 30.0
    assert attempts(30.0, np.random.default_rng(1), refusal_probability=0.0) == 30.0


def test_attempts_are_whole_and_on_average_one_over_the_chance_of_success():
    rng = np.random.default_rng(7)
    tries = np.array([attempts(1.0, rng, refusal_probability=0.6) for _ in range(4_000)])
    assert np.array_equal(tries, np.round(tries))
    assert tries.min() == 1.0
    # geometric: mean 1 / 0.4, deviation sqrt(0.6) / 0.4
    assert abs(tries.mean() - 2.5) <= 4 * (0.6**0.5 / 0.4) / 4_000**0.5


@pytest.mark.parametrize("probability", [-0.1, 1.0, float("nan")])
def test_a_probability_outside_its_range_is_refused(probability):
    with pytest.raises(ValueError, match=r"refusal_probability must be in \[0, 1\)"):
        attempts(1.0, None, refusal_probability=probability)
