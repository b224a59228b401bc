import numpy as np
import pytest

from capsim.models.it_power import (
    delivered_accelerators,
    fleet_it_power_mw,
    server_power,
    utilisation_at_power,
)

SHARES = {"busy_share": 0.9, "power_utilisation": 0.8, "idle_share": 0.2}


def test_server_power_runs_from_idle_to_nameplate():
    for r in (1.0, 1.4, 2.0):
        assert server_power(10.2, [0.0, 1.0], idle_share=0.2, r=r) == pytest.approx([2.04, 10.2])


def test_calibrated_server_lies_above_the_line():
    # 2 x 0.5 - 0.5^1.4 = 0.62107
    assert server_power(1.0, 0.5, idle_share=0.0, r=1.4) == pytest.approx(0.62107, abs=1e-5)
    assert server_power(1.0, 0.5, idle_share=0.0) == 0.5


@pytest.mark.parametrize("r", [1.0, 1.01, 1.4, 1.9, 2.0])
@pytest.mark.parametrize("utilisation", [0.0, 1e-6, 0.1, 0.5, 0.9, 1.0])
def test_utilisation_is_read_back_from_power(utilisation, r):
    drawn = server_power(1.0, utilisation, idle_share=0.0, r=r).item()
    assert utilisation_at_power(drawn, r=r) == pytest.approx(utilisation, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    "wrong", [{"dynamic_share": -0.1}, {"dynamic_share": np.nan}, {"r": 0.9}, {"r": 2.1}]
)
def test_no_utilisation_without_a_share_or_a_curve(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        utilisation_at_power(**({"dynamic_share": 0.5, "r": 1.4} | wrong))


def test_fleet_power_by_hand():
    # 0.2 + 0.8 x (0.5 x 0.9 x 0.8)
    assert fleet_it_power_mw(100.0, 0.5, **SHARES) == pytest.approx(48.8)
    assert fleet_it_power_mw(100.0, 0.0, **SHARES) == pytest.approx(20.0)


def test_measured_8xh100_node():
    # Nameplate 10.2 kW; idle 2.0-2.3 kW and a training maximum of 8.4 kW (Latif et al., IEEE Access
    # 13, 2025); 6.85 kW training under immersion. Intensive training at 76 % of nameplate must lie between.
    nameplate_kw, idle_kw = 10.2, np.array([2.0, 2.3])
    in_training = {"busy_share": 1.0, "idle_share": idle_kw / nameplate_kw}
    assert fleet_it_power_mw(nameplate_kw, 0.0, **in_training, power_utilisation=0.7) == pytest.approx(
        idle_kw
    )
    drawn_kw = fleet_it_power_mw(nameplate_kw, 1.0, **in_training, power_utilisation=0.7)
    assert np.all((drawn_kw > 6.85) & (drawn_kw < 8.4))
    assert drawn_kw / nameplate_kw == pytest.approx(0.76, abs=0.02)


def test_vector_equals_scalar_loop():
    allocation = np.linspace(0.0, 1.0, 7)
    loop = [fleet_it_power_mw(30.0, share, **SHARES).item() for share in allocation]
    assert fleet_it_power_mw(30.0, allocation, **SHARES) == pytest.approx(loop, rel=1e-15)


def test_delivered_accelerators_follow_two_shares_only():
    assert delivered_accelerators([0, 100], [0.5, 0.5], 0.9) == pytest.approx([0.0, 45.0])


@pytest.mark.parametrize("wrong", [-0.1, 1.1, np.nan])
@pytest.mark.parametrize("name", SHARES)
def test_shares_outside_their_range_are_refused(name, wrong):
    with pytest.raises(ValueError, match=name):
        fleet_it_power_mw(1.0, 0.5, **{**SHARES, name: wrong})


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_impossible_fleets_are_refused(wrong):
    with pytest.raises(ValueError, match="power_mw_all_in"):
        fleet_it_power_mw(wrong, 0.5, **SHARES)
    with pytest.raises(ValueError, match="in_service"):
        delivered_accelerators(wrong, 0.5, 0.5)
    with pytest.raises(ValueError, match="nameplate"):
        server_power(wrong, 0.5, idle_share=0.2)


@pytest.mark.parametrize("r", [0.9, 2.1, np.nan])
def test_exponent_that_bends_back_is_refused(r):
    with pytest.raises(ValueError, match="r must be"):
        server_power(1.0, 0.5, idle_share=0.2, r=r)


def test_allocation_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="allocation"):
        delivered_accelerators(1.0, 1.5, 0.5)
