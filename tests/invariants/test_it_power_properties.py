import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsim.models.it_power import delivered_accelerators, fleet_it_power_mw, server_power

share = st.floats(0, 1, allow_subnormal=False)
power = st.floats(0, 1e4, allow_subnormal=False)


@given(power, share, share, share, share)
def test_fleet_draws_between_idle_and_nameplate(fleet_mw, allocation, busy, drawn, idle):
    it_mw = fleet_it_power_mw(
        fleet_mw, allocation, busy_share=busy, power_utilisation=drawn, idle_share=idle
    ).item()
    rounding = 1e-12 * fleet_mw
    assert idle * fleet_mw - rounding <= it_mw <= fleet_mw + rounding


@given(power, share, share, share, share)
def test_twice_the_fleet_draws_twice(fleet_mw, allocation, busy, drawn, idle):
    shares = {"busy_share": busy, "power_utilisation": drawn, "idle_share": idle}
    once = fleet_it_power_mw(fleet_mw, allocation, **shares)
    twice = fleet_it_power_mw(2 * fleet_mw, allocation, **shares)
    assert twice == pytest.approx(2 * once, rel=1e-15)
    delivered = delivered_accelerators(2 * fleet_mw, allocation, busy)
    assert delivered == pytest.approx(2 * delivered_accelerators(fleet_mw, allocation, busy), rel=1e-15)


@given(share, st.floats(1, 2))
def test_server_power_rises_with_utilisation(idle, r):
    drawn = server_power(1.0, np.linspace(0, 1, 50), idle_share=idle, r=r)
    assert np.all(np.diff(drawn) >= -1e-12)
