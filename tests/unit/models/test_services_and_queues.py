"""Demand of chat services, and jobs that wait.

Tests `models.demand`.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from capsim.models.demand import queued, service_h100e

work = arrays(np.float64, 40, elements=st.floats(0, 100))


def test_a_day_of_messages_by_hand():
    # 15.5 M subscribers, 40 % active, 3.7 messages of 500 tokens at 1.01 H100-seconds each
    assert service_h100e(15.5e6 * 0.4 * 3.7, 500, 0.00202) == pytest.approx(268.2, abs=0.1)


@given(work, work)
def test_a_queue_is_that_of_the_recursion_hour_by_hour(arriving, capacity):
    served, backlog = queued(arriving, capacity)
    waiting = 0.0
    for hour in range(arriving.size):
        there = waiting + arriving[hour]
        waiting = max(there - capacity[hour], 0.0)
        assert backlog[hour] == pytest.approx(waiting, abs=1e-9)
        assert served[hour] == pytest.approx(there - waiting, abs=1e-9)
    assert served.sum() + backlog[-1] == pytest.approx(arriving.sum(), abs=1e-7)


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_arguments_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="at least 0"):
        service_h100e(wrong, 1.0, 1.0)
    with pytest.raises(ValueError, match="at least 0"):
        queued([wrong], [1.0])
