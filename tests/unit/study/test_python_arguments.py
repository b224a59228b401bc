"""What is given in Python is held at the door, in the project's own words, with argument, rule and value.

Tests `errors`, `study.sampling`.
"""

import numpy as np
import pytest

import capsim
from capsim.errors import CapsimError

NO_SCENARIO = "a scenario is what capsim.load gives (got 'plan.yaml')"


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda small: capsim.simulate(small, seed=-1), "seed must be a whole number, at least 0 (got -1)"),
        (lambda small: capsim.simulate(small, seed="x"), "seed must be a whole number, at least 0 (got 'x')"),
        (lambda _: capsim.simulate("plan.yaml"), NO_SCENARIO),
        (
            lambda small: capsim.ensemble(small, 2, seed=1.5),
            "a whole number, at least 0 (got 1.5)",
        ),
        (
            lambda small: capsim.ensemble(small, 2.5),
            "number of draws must be a whole number",
        ),
        (
            lambda small: capsim.ensemble(small, True),
            "draws must be a whole number, at least 0 (got True)",
        ),
        (lambda small: capsim.ensemble(small, 2, targets=[3]), "a figure or a goal is text (got 3)"),
        (
            lambda small: capsim.ensemble(small, 2, processes="a"),
            "processes must be a whole number",
        ),
        (lambda _: capsim.ensemble("plan.yaml", 2), NO_SCENARIO),
        (lambda small: capsim.compare([small, small], 2.5), "number of draws must be a whole number"),
        (
            lambda small: capsim.sensitivity(small, sobol=2.5),
            "sobol must be a whole number",
        ),
        (lambda _: capsim.sensitivity("plan.yaml"), NO_SCENARIO),
        (lambda small: capsim.relief(small, seed=-1), "seed must be a whole number, at least 0 (got -1)"),
        (lambda _: capsim.relief("plan.yaml"), NO_SCENARIO),
        (lambda small: capsim.solve(small, "horizon_years", 3), "a figure or a goal is text (got 3)"),
    ],
)
def test_a_wrong_argument_is_told_with_its_rule(small, call, says):
    with pytest.raises(CapsimError) as refused:
        call(small)
    assert says in str(refused.value)


def test_a_whole_number_of_any_type_is_one(small):
    assert capsim.simulate(small, seed=np.int64(3)).identical(capsim.simulate(small, seed=3))
