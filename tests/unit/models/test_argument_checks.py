"""Checks of arguments: what passes comes back, and each refusal names the argument and the rule."""

import math
import re

import numpy as np
import pytest

from capsim.models import argument_checks as checks


@pytest.mark.parametrize(
    ("check", "good", "bad", "rule"),
    [
        (checks.finite, [-1.0, 0.0], [math.inf, math.nan], "must be finite"),
        (checks.finite_at_least_0, [0.0, 2.0], [-1.0, math.inf, math.nan], "must be finite and at least 0"),
        (checks.finite_above_0, [0.1, 2.0], [0.0, math.inf, math.nan], "must be finite and above 0"),
        (checks.shares, [0.0, 1.0], [-0.1, 1.1, math.nan], "must be in [0, 1]"),
    ],
)
def test_arrays_inside_pass_and_each_value_outside_is_refused(check, good, bad, rule):
    assert np.array_equal(check("x", good), good)
    for value in bad:
        with pytest.raises(ValueError, match=f"^{re.escape(f'x {rule}')}$"):
            check("x", [good[0], value])


@pytest.mark.parametrize(
    ("check", "good", "bad", "rule"),
    [
        (checks.require_finite_at_least_0, [0.0, 2.0], [-1.0, math.inf, math.nan], "finite and at least 0"),
        (checks.require_finite_above_0, [0.1, 2.0], [0.0, math.inf, math.nan], "finite and above 0"),
        (
            lambda name, x: checks.require_within(name, x, 1.0, 2.5),
            [1.0, 2.5],
            [0.9, math.nan],
            "in [1, 2.5]",
        ),
    ],
)
def test_numbers_inside_pass_and_each_outside_is_refused_with_its_value(check, good, bad, rule):
    for number in good:
        check("x", number)
    for number in bad:
        with pytest.raises(ValueError, match=f"^{re.escape(f'x must be {rule} (got {number})')}$"):
            check("x", number)
