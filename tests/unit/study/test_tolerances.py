"""What may move, and by how much: one number for all, or by name."""

from __future__ import annotations

import math

import pytest

from capsim.errors import StudyError
from capsim.study.tolerances import SAME, tolerance, tolerance_in_words


def test_the_wider_of_share_and_amount_counts():
    within = tolerance(rel=0.1, abs=3.0)
    assert within.of_figure("pue", 10.0) == 3.0
    assert within.of_figure("pue", -100.0) == 10.0
    assert within.of_figure("pue", math.inf) == 3.0


def test_without_a_word_only_rounding_is_allowed():
    assert tolerance().of_figure("pue", 2.0) == 2.0 * SAME
    assert tolerance().of_date("energised of a.p1") == 0.0
    assert tolerance(rel={"pue": 0.1}).of_figure("capex_eur", 2.0) == 2.0 * SAME


def test_a_name_comes_before_a_pattern_and_money_needs_no_currency():
    within = tolerance(rel={"lcoc": 0.2, "lcoc*": 0.3, "*": 0.1}, days={"ready_for_service of a.*": 7})
    assert within.of_figure("lcoc_eur_per_h100e_h", 1.0) == 0.2
    assert within.of_figure("lcoc_eur_per_accelerator_h", 1.0) == 0.3
    assert within.of_figure("pue", 1.0) == 0.1
    assert within.of_date("ready_for_service of a.p1") == 7
    assert within.of_date("ready_for_service of b.p1") == 0


def test_options_are_read_as_shares_per_cent_and_by_name():
    within = tolerance_in_words(["1%", "lcoc=0.5%"], ["pue=0.01"], ["7"])
    assert within.of_figure("capex_eur", 100.0) == 1.0
    assert within.of_figure("lcoc_eur_per_h100e_h", 100.0) == 0.5
    assert within.of_figure("pue", 0.5) == 0.01
    assert within.of_date("energised of a.p1") == 7.0


@pytest.mark.parametrize("words", ["", "one", "lcoc=", "1%%"])
def test_what_is_no_tolerance_is_refused(words):
    with pytest.raises(StudyError, match="a tolerance is written 1e-6, 1% or FIGURE=1%"):
        tolerance_in_words([words], [], [])


@pytest.mark.parametrize("bound", [-1.0, float("nan")])
def test_no_tolerance_is_negative(bound):
    with pytest.raises(StudyError, match=r"days: the tolerance of \* must be at least 0"):
        tolerance(days=bound)


def test_a_name_that_nothing_has_is_refused():
    with pytest.raises(StudyError, match=r"rel: no figure is called puee; did you mean pue\?"):
        tolerance(rel={"puee": 0.1}).check(["pue"], [])
    with pytest.raises(StudyError, match="days: no date is called pue"):
        tolerance(days={"pue": 1}).check(["pue"], [])


@pytest.mark.parametrize("bounds", [{"rel": 1e300}, {"abs": 1e300}, {"days": math.inf}, {"days": 1e-300}])
def test_a_tolerance_of_no_size_is_refused(bounds):
    with pytest.raises(StudyError, match=r"the tolerance of \* must be"):
        tolerance(**bounds)


@pytest.mark.parametrize("text", ["1e999", "1_0%", "１%"])
def test_a_tolerance_is_a_number_as_people_write_it(text):
    with pytest.raises(StudyError, match="a tolerance is written"):
        tolerance_in_words([text], (), ())
