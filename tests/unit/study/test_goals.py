"""What a goal looks at, by how its series becomes a month's value."""

from datetime import date

import numpy as np
import pytest

from capsim.study.goals import Goal, reading

ROWS = np.array([[1.0, 5.0, 2.0]])


@pytest.mark.parametrize(
    ("fold", "sense", "seen"),
    [
        ("sum", ">=", 8.0),  # energy from the start
        ("hours", "<=", 8.0),  # hours in which a limit binds, from the start
        ("peak", "<=", 5.0),  # the highest so far
        ("peak", ">=", 2.0),
        ("end", ">=", 2.0),
    ],
)
def test_what_adds_up_is_totalled_and_peaks_are_the_highest_so_far(fold, sense, seen):
    goal = Goal("any", sense, 1.0, date(2026, 3, 1), "t")
    assert reading(goal, ROWS, fold).tolist() == [seen]
