import math

import numpy as np
import pytest

from capsim.models.finance import (
    capital_recovery_factor,
    discount_factor,
    irr,
    levelised_cost,
    npv,
    payback_y,
    real_rate,
)


def test_capital_recovery_textbook_case():
    # 8 % over 10 years: 0.14903 in every engineering-economics table.
    assert capital_recovery_factor(0.08, 10) == pytest.approx(0.14903, abs=5e-6)


def test_capital_recovery_is_continuous_at_rate_zero():
    assert capital_recovery_factor([0.0, 1e-12, -1e-12], 8.0) == pytest.approx([0.125] * 3, rel=1e-9)


def test_annuity_repays_what_was_borrowed():
    payment = 1000.0 * capital_recovery_factor(0.07, 6).item()
    assert npv(np.full(6, payment), rate_per_y=0.07) == pytest.approx(1000.0)


def test_vector_equals_scalar_loop():
    rates, lives = np.array([-0.02, 0.0, 0.05]), np.array([3.0, 4.0, 14.0])
    loop = [capital_recovery_factor(r, n).item() for r, n in zip(rates, lives, strict=True)]
    assert capital_recovery_factor(rates, lives).tolist() == loop
    flows = np.array([[1.0, 2.0], [3.0, -4.0]])
    assert npv(flows, rate_per_y=0.1).tolist() == [npv(row, rate_per_y=0.1).item() for row in flows]


def test_npv_by_hand():
    # 110 / 1.1 + 121 / 1.21; at time 0 instead, 110 + 121 / 1.1.
    assert npv([110.0, 121.0], rate_per_y=0.1) == pytest.approx(200.0)
    assert npv([110.0, 121.0], rate_per_y=0.1, times_y=[0, 1]) == pytest.approx(220.0)


def test_dated_flows_between_years():
    assert npv([121.0], rate_per_y=0.21, times_y=[0.5]) == pytest.approx(110.0)
    assert discount_factor(0.21, -0.5) == pytest.approx(1.1)


def test_irr_textbook_cases():
    assert irr([-100.0, 110.0]) == pytest.approx(0.1)
    assert irr([-100.0, 0.0, 121.0]) == pytest.approx(0.1)
    assert irr([-100.0, 100.0]) == pytest.approx(0.0, abs=1e-12)
    assert irr([-100.0, 50.0]) == pytest.approx(-0.5)


def test_irr_of_dated_flows():
    assert irr([-100.0, 110.0], times_y=[0.25, 0.75]) == pytest.approx(0.21)


def test_irr_of_two_rates_is_the_one_nearest_zero():
    # -1000 + 2500 / (1 + r) - 1540 / (1 + r)^2 is 0 at 10 % and 40 %.
    assert irr([-1000.0, 2500.0, -1540.0]) == pytest.approx(0.1)


@pytest.mark.parametrize("flows", [[1.0, 2.0], [-1.0, -2.0], [0.0, 0.0], [1.0, -3.0, 3.0]])
def test_irr_that_does_not_exist_is_nan(flows):
    assert math.isnan(irr(flows))


def test_irr_of_a_long_horizon_does_not_overflow():
    flows = np.full(200, 10.0)
    flows[0] = -1e9
    assert npv(flows, rate_per_y=irr(flows)) == pytest.approx(0.0, abs=1.0)


def test_payback_by_hand():
    assert payback_y([-100.0, 50.0, 50.0, 50.0], times_y=[0, 1, 2, 3]) == 2.0
    assert payback_y([-100.0, 80.0, 80.0]) == 2.25


def test_payback_waits_for_the_refresh():
    # Back at 0 after year 1, out again for a refresh in year 2, back for good halfway through year 3.
    assert payback_y([-100.0, 100.0, -50.0, 100.0], times_y=[0, 1, 2, 3]) == 2.5


def test_payback_at_once_and_never():
    assert payback_y([10.0, -5.0], times_y=[0.5, 1.0]) == 0.5
    assert math.isnan(payback_y([-100.0, 99.0]))


def test_levelised_cost_by_hand():
    # 100 at time 0, 10 units at the ends of years 1 and 2 at 0 %; 100 x CRF / 10 at 8 %.
    cost, output, times = [100.0, 0.0, 0.0], [0.0, 10.0, 10.0], [0, 1, 2]
    assert levelised_cost(cost, output, rate_per_y=0.0, times_y=times) == pytest.approx(5.0)
    expected = 10.0 * capital_recovery_factor(0.08, 2)
    assert levelised_cost(cost, output, rate_per_y=0.08, times_y=times) == pytest.approx(expected)


def test_levelised_cost_without_output_is_nan():
    got = levelised_cost([[1.0, 1.0], [1.0, 1.0]], [[0.0, 0.0], [1.0, 1.0]], rate_per_y=0.1)
    assert got == pytest.approx([math.nan, 1.0], nan_ok=True)


def test_real_and_nominal_rates_agree():
    # 1 nominal in 5 years, discounted at the nominal rate, is its real worth at the real rate.
    nominal = 1.05 * 1.02 - 1
    real_worth = 1.02**-5
    assert real_worth * discount_factor(0.05, 5) == pytest.approx(discount_factor(nominal, 5))
    assert real_rate(nominal, 0.02) == pytest.approx(0.05)


@pytest.mark.parametrize("rate", [-1.0, -1.5, np.nan, np.inf])
def test_impossible_rates_are_refused(rate):
    for call in (
        lambda: capital_recovery_factor(rate, 5),
        lambda: npv([1.0], rate_per_y=rate),
        lambda: real_rate(rate, 0.02),
        lambda: real_rate(0.02, rate),
    ):
        with pytest.raises(ValueError, match="above -1"):
            call()


@pytest.mark.parametrize("life", [0.0, -1.0, np.nan, np.inf])
def test_impossible_lives_are_refused(life):
    with pytest.raises(ValueError, match="life_y"):
        capital_recovery_factor(0.05, life)


@pytest.mark.parametrize("function", [irr, payback_y, lambda f, **t: npv(f, rate_per_y=0.1, **t)])
def test_impossible_flows_are_refused(function):
    with pytest.raises(ValueError, match="cash_flows must be finite"):
        function([np.nan, 1.0])
    with pytest.raises(ValueError, match="times_y must have shape"):
        function([-1.0, 1.0], times_y=[0.0])
    with pytest.raises(ValueError, match="times_y must be finite"):
        function([-1.0, 1.0], times_y=[0.0, np.nan])


def test_tables_of_flows_are_refused_where_one_is_meant():
    for function in (irr, payback_y):
        with pytest.raises(ValueError, match="one-dimensional"):
            function([[-1.0, 2.0]])


def test_payback_refuses_times_out_of_order():
    with pytest.raises(ValueError, match="rising order"):
        payback_y([-1.0, 2.0], times_y=[1.0, 0.0])
