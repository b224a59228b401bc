"""A power cap: nothing without one, never more than the cap, and power on a bent curve."""

import pytest

from capsim.quantities import capped_system, on_curve
from capsim.scenario import Workload


def workload(**changes):
    numbers = {
        "allocation": 0.9,
        "busy_share": 0.9,
        "power_utilisation": 0.8,
        "power_cap": 1.0,
        "loss_per_cap": 0.5,
        "power_exponent": 1.0,
    }
    return Workload(**(numbers | changes))


def test_without_a_cap_nothing_is_changed():
    assert capped_system(workload(), 0.2) == (0.8, 1.0)


def test_a_cap_above_the_draw_does_not_bite():
    # 0.2 idle and 0.8 x 0.8 above it draw 0.84 of nameplate
    utilisation, throughput = capped_system(workload(power_cap=0.9), 0.2)
    assert (utilisation, throughput) == (pytest.approx(0.8), pytest.approx(1.0))


def test_a_cap_below_the_draw_is_what_is_drawn():
    # of 0.6, 0.4 is above idle: 0.4 / 0.8 = half of the dynamic power
    utilisation, throughput = capped_system(workload(power_cap=0.6), 0.2)
    assert utilisation == pytest.approx(0.5)
    assert 0.0 < throughput < 1.0


def test_the_curve_is_straight_at_exponent_1_and_ends_where_it_must():
    assert on_curve(0.37, workload()) == 0.37
    bent = workload(power_exponent=1.4)
    assert on_curve(0.0, bent) == pytest.approx(0.0)
    assert on_curve(1.0, bent) == pytest.approx(1.0)
    assert on_curve(0.5, bent) != pytest.approx(0.5)
