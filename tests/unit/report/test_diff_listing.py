"""A diff as the lines of a failed test: what moved and which inputs changed, by the names held."""

from __future__ import annotations

import math

import pytest

from capsim.report.diff_listing import diff_lines, headline_of
from capsim.study import ChangedInput, Diff, Moved

MOVED = (
    Moved("figure", "capex_eur", 2e9, 2.002e9, 2e6, 0.001, True),
    Moved("figure", "pue", 1.2, 1.2001, 1e-4, 1e-4 / 1.2, False),
    Moved("date", "energised of a.p1", "2030-01-01", "2030-01-31", 30.0, math.nan, True),
    Moved("date", "energised of a.p2", "2030-01-01", None, math.inf, math.nan, True),
    Moved("text", "binds | 2030", "grid", "nothing", math.nan, math.nan, True),
)
INPUTS = (ChangedInput("cost_items/network.amount", "1000 1", "1001 1", 1.0, 0.001),)


@pytest.fixture
def found():
    return Diff("old", "new", MOVED, INPUTS, 100, 500)


def test_the_line_counts_what_is_beyond_and_within(found):
    assert headline_of(found) == "4 of 100 figures, dates and texts moved beyond tolerance, 1 within it"


def test_lines_of_a_test_say_the_same(found):
    assert diff_lines(found) == [
        "capex_eur: 2,000,000,000 -> 2,002,000,000 (+2,000,000, +0.1 %)",
        "energised of a.p1: 2030-01-01 -> 2030-01-31 (+30 d)",
        "energised of a.p2: 2030-01-01 -> none",
        "binds | 2030: grid -> nothing",
        "1 input changed:",
        "  cost_items/network.amount: 1000 1 -> 1001 1 (+0.1 %)",
    ]


@pytest.mark.parametrize(("n_inputs", "said"), [(500, True), (0, False)])
def test_where_no_input_changed_the_code_did_if_inputs_are_known(n_inputs, said):
    found = Diff("old", "new", MOVED, (), 100, n_inputs)
    assert ("no input changed: what computes the results did" in "\n".join(diff_lines(found))) is said


def test_many_inputs_are_counted():
    many = tuple(ChangedInput(f"row-{i}", "1", "2", 1.0, 1.0) for i in range(50))
    assert diff_lines(Diff("old", "new", MOVED, many, 9, 90))[-1] == "  ... and 10 more"
