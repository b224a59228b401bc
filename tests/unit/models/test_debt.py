"""Loans and tax: textbook cases, and agreement with numpy-financial."""

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsim.models.debt import REPAYMENTS, follow, tax_after_losses


@given(st.floats(0.0001, 0.05), st.integers(1, 360))
def test_an_annuity_is_that_of_numpy_financial(rate, periods):
    schedule = REPAYMENTS["annuity"](rate, periods)
    at = np.arange(1, periods + 1)
    np.testing.assert_allclose(schedule.interest, -npf.ipmt(rate, at, periods, 1.0), rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(schedule.principal, -npf.ppmt(rate, at, periods, 1.0), rtol=1e-7, atol=1e-12)


@given(st.sampled_from(REPAYMENTS.names), st.floats(0.0, 0.1), st.integers(1, 240))
def test_every_loan_is_repaid_and_worth_what_was_lent(name, rate, periods):
    schedule = REPAYMENTS[name](rate, periods)
    assert schedule.principal.sum() == pytest.approx(1.0, rel=1e-9)
    left = 1.0 - np.concatenate([[0.0], np.cumsum(schedule.principal)[:-1]])
    assert schedule.interest == pytest.approx(rate * left, rel=1e-6, abs=1e-9)
    discounted = (schedule.interest + schedule.principal) @ (1.0 + rate) ** -np.arange(1.0, periods + 1)
    assert discounted == pytest.approx(1.0, rel=1e-7)


def test_a_textbook_loan():
    # 100,000 over 30 years at 0.5 % a month: 599.55 a month
    schedule = REPAYMENTS["annuity"](0.005, 360)
    assert 1e5 * (schedule.interest + schedule.principal)[0] == pytest.approx(599.55, abs=0.005)
    assert 1e5 * schedule.interest[0] == pytest.approx(500.0)


@pytest.mark.parametrize("name", REPAYMENTS.names)
@pytest.mark.parametrize(("rate", "periods"), [(-0.01, 5), (0.05, 0), (float("nan"), 5)])
def test_a_loan_that_is_none_is_refused(name, rate, periods):
    with pytest.raises(ValueError, match="a loan has a rate of at least 0"):
        REPAYMENTS[name](rate, periods)


@given(st.lists(st.floats(0.0, 1e9), min_size=1, max_size=40), st.integers(1, 60))
def test_following_a_schedule_is_the_sum_of_its_loans(starts, periods):
    schedule = np.linspace(1.0, 2.0, periods)
    expected = np.zeros(len(starts))
    for start, amount in enumerate(starts):
        for k, share in enumerate(schedule, start + 1):
            if k < len(starts):
                expected[k] += amount * share
    np.testing.assert_allclose(follow(starts, schedule), expected, rtol=1e-9, atol=1e-3)


def test_losses_are_used_once_and_tax_is_never_negative():
    assert tax_after_losses([-100.0, -50.0, 200.0, 40.0], rate=0.25).tolist() == [0, 0, 12.5, 10]
    assert tax_after_losses([80.0, -100.0, 20.0], rate=0.25).tolist() == [20, 0, 0]
    half = tax_after_losses([-100.0, 60.0, 60.0, 160.0], rate=0.25, offset_share=0.5)
    assert half.tolist() == [0, 7.5, 7.5, 30.0]


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30), st.floats(0.0, 0.99), st.floats(0.0, 1.0))
def test_tax_is_between_that_of_all_losses_and_that_of_none(profit, rate, offset):
    tax = tax_after_losses(profit, rate=rate, offset_share=offset).sum()
    assert tax <= rate * np.maximum(profit, 0.0).sum() + 1e-3
    assert tax >= rate * max(sum(profit), 0.0) - 1e-3


@pytest.mark.parametrize(("rate", "offset"), [(1.0, 1.0), (-0.1, 1.0), (0.2, 1.1), (float("nan"), 1.0)])
def test_a_tax_that_is_none_is_refused(rate, offset):
    with pytest.raises(ValueError, match="rate must be in"):
        tax_after_losses([1.0], rate=rate, offset_share=offset)


def test_a_profit_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="profit must be finite"):
        tax_after_losses([float("nan")], rate=0.25)
