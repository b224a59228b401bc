"""Depreciation in continuous time, against the yearly schedules."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsim.models.depreciation import declining_balance, straight_line, written_off


@given(st.integers(1, 30))
def test_straight_line_at_whole_years(life_y):
    share = written_off(np.arange(life_y + 1), life_y=float(life_y))
    assert np.diff(share) == pytest.approx(straight_line(1.0, life_y=life_y))


@given(st.integers(3, 30), st.floats(1.01, 2.9))
def test_declining_is_the_yearly_schedule_until_it_turns_straight(life_y, factor):
    share = written_off(np.arange(life_y + 1.0), life_y=float(life_y), factor=factor)
    yearly = np.cumsum(declining_balance(1.0, life_y=life_y, factor=factor))
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
