"""Parts of a system, the cap of its modules, and its fans.

Tests `models.system_power`.
"""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsim.models.system_power import (
    FAN_LIMIT_C,
    HallAir,
    Parts,
    cap_throughput,
    fan_factor,
    share_cut,
    system_draw,
    system_power_kw,
)

NODE = Parts(
    modules=8,
    module_w=700,
    module_idle_w=100,
    host_w=1500,
    host_idle_w=1200,
    fan_w=1000,
    supply_efficiency=0.5,
    shared_w=300,
    departure=1.1,
)
share = st.floats(0, 1, allow_subnormal=False)


def test_parts_add_up_by_hand():
    # (8 x 400 + 1350) W of silicon, 4550 of 7100 at rated power; fans turn in proportion
    fans = 1000 * (4550 / 7100) ** 3
    expected = ((4550 + fans) / 0.5 * 1.1 + 300) / 1000
    assert system_power_kw(NODE, 0.5) == pytest.approx(expected, rel=1e-12)


def test_the_parts_add_up_to_the_whole():
    draw = system_draw(NODE, 0.5)
    assert draw.modules_kw == pytest.approx(8 * 0.4 * 1.1)
    assert draw.host_kw == pytest.approx(1.35 * 1.1)
    assert draw.supplies_kw == pytest.approx(draw.modules_kw + draw.host_kw + draw.fans_kw)
    assert draw.shared_kw == 0.3
    assert draw.total_kw == system_power_kw(NODE, 0.5) == sum(draw)


def test_at_rated_power_fans_run_in_full_and_the_share_of_the_cluster_is_constant():
    assert system_power_kw(NODE, 1.0) == pytest.approx(((7100 + 1000) / 0.5 * 1.1 + 300) / 1000)
    without = dataclasses.replace(NODE, shared_w=0.0)
    for u in (0.0, 0.4, 1.0):
        assert system_power_kw(NODE, u) - system_power_kw(without, u) == pytest.approx(0.3)


def test_a_cap_holds_the_modules_and_leaves_host_and_a_lower_draw_alone():
    # a cap of 0.5 is 350 W on modules that would draw 400
    capped = dataclasses.replace(NODE, fan_w=0.0)
    assert system_power_kw(capped, 0.5, power_cap=0.5) == pytest.approx(
        ((8 * 350 + 1350) / 0.5 * 1.1 + 300) / 1000
    )
    assert system_power_kw(NODE, 0.5, power_cap=0.6) == system_power_kw(NODE, 0.5)


def test_liquid_takes_the_fans_with_the_heat():
    none, half = HallAir(share=0.0), HallAir(share=0.5)
    fans = system_power_kw(NODE, 1.0) - system_power_kw(NODE, 1.0, air=none)
    assert fans == pytest.approx(1000 / 0.5 * 1.1 / 1000)
    assert system_power_kw(NODE, 1.0) - system_power_kw(NODE, 1.0, air=half) == pytest.approx(fans / 2)


@given(share, share, st.floats(0.3, 1.0))
def test_more_work_never_draws_less_and_a_cap_never_more(low, more, cap):
    high = min(1.0, low + more)
    assert system_power_kw(NODE, low) <= system_power_kw(NODE, high) + 1e-12
    assert system_power_kw(NODE, high, power_cap=cap) <= system_power_kw(NODE, high) + 1e-12


def test_fans_turn_no_slower_than_their_least_speed():
    # 500 of 7,100 W of heat are far below 0.3 of it
    idle = dataclasses.replace(NODE, module_idle_w=50, host_idle_w=100)
    draw = system_draw(idle, 0.0)
    assert draw.fans_kw == pytest.approx(1.1 * 0.3**3)
    assert system_draw(dataclasses.replace(idle, host_idle_w=0), 0.0).fans_kw == draw.fans_kw


def test_warm_air_drives_fans_and_cool_air_does_not():
    assert fan_factor([10.0, FAN_LIMIT_C]) == 1.0
    assert fan_factor(24.0) == 1.0
    # 0.35-0.5 % of a server per kelvin between 23 and 30 degC, with a tenth of its power in fans
    per_k = (fan_factor(30.0) - 1.0) / 5.0 * 0.1
    assert 0.0035 <= per_k <= 0.0055
    # half of the hours warm is half of the rise
    assert fan_factor([20.0, 32.0]) - 1.0 == pytest.approx((fan_factor(32.0) - 1.0) / 2)
    with pytest.raises(ValueError, match="inlet_c"):
        fan_factor([20.0, np.nan])


def test_a_cap_below_the_steps_lowers_them_and_leaves_the_waits():
    # half of the time in steps of 700 W, half waiting at 100: at a cap of 400 W the steps have half of 600
    waits = dataclasses.replace(NODE, fan_w=0.0)
    even, stepped = (system_power_kw(waits, 0.5, power_cap=4 / 7, step_utilisation=v) for v in (0.0, 1.0))
    plain = system_power_kw(waits, 0.5)
    assert plain == even
    assert plain - stepped == pytest.approx(8 * 0.5 * 300 / 0.5 * 1.1 / 1000)


@given(share, st.floats(0.3, 1.0), share)
def test_a_cap_costs_throughput_where_it_saves_power_and_nowhere_else(u, cap, steps):
    saved = system_power_kw(NODE, u) - system_power_kw(NODE, u, power_cap=cap, step_utilisation=steps)
    cut = share_cut(NODE, max(u, steps), power_cap=cap)
    left = cap_throughput(cut, loss_per_cap=0.84, exponent=1.0)
    assert saved >= -1e-12
    assert left <= 1.0
    if saved > 1e-9:
        assert left < 1.0
    if u > 1e-3 and left < 1.0 - 1e-6:
        assert saved > 0.0


@pytest.mark.parametrize(
    ("cut", "loss_per_cap", "exponent", "left"),
    [
        (0.5, 1.2, 1.8, 0.655),
        # serving on cards that draw 526 W: 0.991 at 360, 0.954 at 300, 0.840 at 250 W
        (1 - 360 / 526, 7.2, 5.9, 0.991),
        (1 - 300 / 526, 7.2, 5.9, 0.954),
        (1 - 250 / 526, 7.2, 5.9, 0.840),
        (0.0, 0.84, 1.0, 1.0),
        (0.9, 2.0, 1.0, 0.0),
    ],
)
def test_the_curve_of_capped_work(cut, loss_per_cap, exponent, left):
    found = cap_throughput(cut, loss_per_cap=loss_per_cap, exponent=exponent)
    assert found == pytest.approx(left, abs=0.005)


@pytest.mark.parametrize(
    "wrong",
    [
        {"utilisation": 1.1},
        {"utilisation": np.nan},
        {"power_cap": 0.0},
        {"power_cap": 1.1},
        {"step_utilisation": -0.1},
    ],
)
def test_power_arguments_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        system_power_kw(NODE, **({"utilisation": 0.5} | wrong))


@pytest.mark.parametrize("wrong", [{"cut": -0.1}, {"cut": 1.1}, {"loss_per_cap": -0.1}, {"exponent": 0.9}])
def test_cap_arguments_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        cap_throughput(**({"cut": 0.2, "loss_per_cap": 0.84, "exponent": 1.0} | wrong))
