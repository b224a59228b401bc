"""The sentence that a board reads says of which years money is, and how sure goals are."""

import math

import pytest

from capsim.report.board_words import goals_words, span_words


def test_money_has_its_years():
    assert span_words(range(2026, 2038), has_refresh=True) == "from 2026 to 2037, refresh included"
    assert span_words([2027, 2026], has_refresh=False) == "from 2026 to 2027"
    assert span_words([2026], has_refresh=True) == "in 2026, refresh included"


@pytest.mark.parametrize(
    ("chances", "n", "left_out", "said"),
    [
        ([], 2, 0, "0 of 2 goals are met"),
        ([0.98, 0.5], 3, 0, "2 of 3 goals are met, the least sure of them in 50 % of the draws"),
        ([0.98], 1, 0, "1 of 1 goal is met, in 98 % of the draws"),
        ([math.nan] * 4, 4, 2, "4 of the 4 goals shown are met; others are left out"),
    ],
)
def test_goals_have_the_least_chance_of_those_that_are_met(chances, n, left_out, said):
    assert goals_words(chances, n, left_out) == said
