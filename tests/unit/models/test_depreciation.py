"""Depreciation in continuous time, against the yearly schedules."""

import math

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsim.models.depreciation import written_off


def yearly_schedule(cost, life_y, factor=1.0):
    """Depreciation of each whole year: a share of the book value, then straight-line once that is more."""
    years, book = [], cost
    for year in range(life_y):
        years.append(min(book, max(factor * book / life_y, book / (life_y - year))))
        book -= years[-1]
    return years


def test_the_schedule_is_the_textbooks():
    # 1,000 over 5 years at 40 %: 400, 240, 144, then half of the 216 left in each of two years.
    assert yearly_schedule(1000.0, 5, 2.0) == pytest.approx([400, 240, 144, 108, 108])
    assert yearly_schedule(1000.0, 5) == pytest.approx([200.0] * 5)


@pytest.mark.parametrize(("age_y", "left"), [(1.0, 600.0), (2.0, 360.0)])
def test_double_declining_textbook_case(age_y, left):
    assert 1000.0 * (1 - written_off(age_y, life_y=5.0, factor=2.0)) == pytest.approx(left)


def test_discounted_depreciation_is_a_present_value_of_an_annuity():
    # Oracle: numpy-financial's present value of 180 a year for 5 years at 8 %.
    yearly = 900.0 * np.diff(written_off(np.arange(6.0), life_y=5.0))
    assert yearly @ 1.08 ** -np.arange(1.0, 6.0) == pytest.approx(-npf.pv(0.08, 5, 180.0))


@given(st.integers(1, 30))
def test_straight_line_at_whole_years(life_y):
    share = written_off(np.arange(life_y + 1), life_y=float(life_y))
    assert np.diff(share) == pytest.approx(yearly_schedule(1.0, life_y))


@given(st.integers(3, 30), st.floats(1.01, 2.9))
def test_declining_is_the_yearly_schedule_until_it_turns_straight(life_y, factor):
    share = written_off(np.arange(life_y + 1.0), life_y=float(life_y), factor=factor)
    yearly = np.cumsum(yearly_schedule(1.0, life_y, factor))
    rate = -math.log(1 - factor / life_y)
    before = np.arange(1, life_y + 1) <= life_y - 1 / rate
    before &= np.arange(1, life_y + 1) <= life_y - life_y / factor + 1
    assert share[1:][before] == pytest.approx(yearly[before])


@given(st.floats(0.5, 40.0), st.floats(1.0, 4.0))
def test_it_rises_from_nothing_to_all_and_never_lags_a_straight_line(life_y, factor):
    age = np.linspace(-1.0, life_y + 1.0, 200)
    share = written_off(age, life_y=life_y, factor=factor)
    assert np.all(np.diff(share) >= -1e-12)
    assert share[0] == 0
    assert share[-1] == pytest.approx(1.0)
    assert np.all(share >= np.clip(age / life_y, 0, 1) - 1e-9)


def test_limits_and_what_is_refused():
    assert written_off([-1.0, 0.0, 5.0], life_y=0.0).tolist() == [0, 1, 1]
    assert written_off([0.0, 1e6], life_y=math.inf, factor=2.0).tolist() == [0, 0]
    assert written_off([1.0, 2.0], life_y=[2.0, 2.0]).tolist() == [0.5, 1.0]
    for wrong in ({"life_y": -1.0}, {"life_y": math.nan}, {"life_y": 1.0, "factor": 0.5}):
        with pytest.raises(ValueError, match="factor must be finite"):
            written_off(1.0, **wrong)
