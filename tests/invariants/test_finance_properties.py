import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from capsim.models.finance import (
    capital_recovery_factor,
    irr,
    levelised_cost,
    npv,
    payback_y,
    real_rate,
)

rates = st.floats(-0.3, 1.0)
lives = st.integers(1, 40)
money = st.floats(-1e6, 1e6, allow_subnormal=False)
flows = arrays(np.float64, st.integers(1, 30), elements=money)
outlays = st.floats(1.0, 1e6)
incomes = arrays(np.float64, st.integers(1, 20), elements=st.floats(0.01, 1e6))


@given(flows, rates)
def test_npv_agrees_with_numpy_financial(cash, rate):
    ours = npv(cash, rate_per_y=rate, times_y=np.arange(cash.size))
    scale = npv(np.abs(cash), rate_per_y=rate, times_y=np.arange(cash.size)).item()
    assert ours == pytest.approx(npf.npv(rate, cash), abs=1e-12 * scale)


@given(st.floats(1e-4, 1.0), lives, outlays)
def test_annuity_agrees_with_numpy_financial(rate, life, amount):
    payment = amount * capital_recovery_factor(rate, life)
    assert payment == pytest.approx(-npf.pmt(rate, life, amount))


@given(outlays, incomes)
def test_irr_of_an_investment_balances_it(outlay, income):
    cash = np.concatenate([[-outlay], income])
    rate = irr(cash)
    times = np.arange(cash.size)
    if np.isnan(rate):  # beyond the range searched, so of one sign all over it
        ends = [npv(cash, rate_per_y=np.expm1(x), times_y=times).item() for x in (-7, 7)]
        assert ends[0] * ends[1] > 0
    else:
        scale = npv(np.abs(cash), rate_per_y=rate, times_y=times).item()
        assert npv(cash, rate_per_y=rate, times_y=times) == pytest.approx(0.0, abs=1e-10 * scale)


@given(outlays, st.integers(2, 25), st.floats(-0.3, 0.6))
def test_irr_agrees_with_numpy_financial(outlay, life, rate):
    income = outlay * capital_recovery_factor(rate, life).item()
    cash = np.concatenate([[-outlay], np.full(life, income)])
    assert irr(cash) == pytest.approx(rate, abs=1e-9)
    assert irr(cash) == pytest.approx(npf.irr(cash), abs=1e-7)


@given(flows)
def test_npv_at_rate_zero_is_the_sum(cash):
    assert npv(cash, rate_per_y=0.0) == pytest.approx(cash.sum(), abs=1e-9 * (1 + np.abs(cash).sum()))


@given(flows, rates, st.floats(0.1, 10))
def test_levelised_cost_by_discounted_output_is_discounted_cost(costs, rate, output):
    made = np.full(costs.size, output)
    price = levelised_cost(costs, made, rate_per_y=rate)
    scale = npv(np.abs(costs), rate_per_y=rate).item()
    expected = npv(costs, rate_per_y=rate)
    assert price * npv(made, rate_per_y=rate) == pytest.approx(expected, abs=1e-12 * scale)


@given(rates, lives)
def test_recovery_rises_with_the_rate_and_covers_the_cost(rate, life):
    factor = capital_recovery_factor(rate, life)
    assert capital_recovery_factor(rate + 0.01, life) > factor > 0
    assert npv(np.full(life, factor), rate_per_y=rate) == pytest.approx(1.0, rel=1e-9)


@given(rates, st.floats(-0.1, 0.3))
def test_real_and_nominal_are_inverses(rate, inflation):
    nominal = rate + inflation + rate * inflation
    assert real_rate(nominal, inflation) == pytest.approx(rate, abs=1e-12)


@given(outlays, incomes)
def test_payback_lies_within_the_flows_or_never_comes(outlay, income):
    cash = np.concatenate([[-outlay], income])
    got = payback_y(cash, times_y=np.arange(cash.size))
    assert np.isnan(got) if np.cumsum(cash)[-1] < 0 else 0 <= got <= income.size
