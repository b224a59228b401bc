import numpy as np
import numpy_financial as npf
import pytest

from capsim.models.depreciation import declining_balance, straight_line


def test_straight_line_by_hand():
    assert straight_line(1000.0, life_y=5, residual=100.0).tolist() == [180.0] * 5


def test_double_declining_textbook_case():
    # 1,000 over 5 years at 40 %: 400, 240, 144, then half of the 216 left in each of two years.
    assert declining_balance(1000.0, life_y=5, factor=2.0) == pytest.approx([400, 240, 144, 108, 108])


def test_declining_stops_at_the_residual_value():
    # 40 % a year reaches the residual of 300 in the third year: 400, 240, 60, nothing more.
    got = declining_balance(1000.0, life_y=5, factor=2.0, residual=300.0)
    assert got == pytest.approx([400, 240, 60, 0, 0])


def test_declining_at_the_straight_line_rate_is_straight_line():
    assert declining_balance(900.0, life_y=6, factor=1.0) == pytest.approx(straight_line(900.0, life_y=6))


def test_discounted_depreciation_is_a_present_value_of_an_annuity():
    # Oracle: numpy-financial's present value of 180 a year for 5 years at 8 %.
    yearly = straight_line(900.0, life_y=5)
    assert yearly @ 1.08 ** -np.arange(1.0, 6.0) == pytest.approx(-npf.pv(0.08, 5, 180.0))


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"cost": -1.0}, "residual"),
        ({"cost": np.nan}, "residual"),
        ({"cost": np.inf}, "residual"),
        ({"residual": 101.0}, "residual"),
        ({"residual": -1.0}, "residual"),
        ({"life_y": 0}, "life_y"),
        ({"factor": 0.5}, "factor"),
        ({"factor": np.nan}, "factor"),
    ],
)
def test_impossible_assets_are_refused(arguments, match):
    given = {"cost": 100.0, "life_y": 4, "residual": 0.0, "factor": 2.0, **arguments}
    cost, factor = given.pop("cost"), given.pop("factor")
    with pytest.raises(ValueError, match=match):
        declining_balance(cost, factor=factor, **given)
    if "factor" not in arguments:
        with pytest.raises(ValueError, match=match):
            straight_line(cost, **given)
