"""Tests for `capsim.study.execution`: how many draws there may be."""

import pytest

from capsim.errors import StudyError
from capsim.study.backtests import backtest
from capsim.study.draws import MOST_DRAWS
from capsim.study.execution import draws_of
from capsim.study.forecasts import forecast


@pytest.mark.parametrize("n", [0, -1, 2.5, MOST_DRAWS + 1, 10**20])
def test_draws_are_some_and_not_too_many(small, n):
    for ask in (draws_of, lambda n: forecast(small, n=n), lambda n: backtest([small], [], n)):
        with pytest.raises(
            StudyError, match=r"draws must be (a whole number, at least 1|at most 16,777,216)"
        ):
            ask(n)


def test_all_that_is_allowed_is_drawn():
    assert len(draws_of(MOST_DRAWS)) == MOST_DRAWS
