import numpy as np
import pytest

from capsim.models.it_power import server_power, utilisation_at_power


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


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_impossible_servers_are_refused(wrong):
    with pytest.raises(ValueError, match="nameplate"):
        server_power(wrong, 0.5, idle_share=0.2)


@pytest.mark.parametrize("r", [0.9, 2.1, np.nan])
def test_exponent_that_bends_back_is_refused(r):
    with pytest.raises(ValueError, match="r must be"):
        server_power(1.0, 0.5, idle_share=0.2, r=r)


@pytest.mark.parametrize("wrong", [-0.1, 1.1, np.nan])
def test_shares_outside_their_range_are_refused(wrong):
    with pytest.raises(ValueError, match="utilisation"):
        server_power(1.0, wrong, idle_share=0.2)
    with pytest.raises(ValueError, match="idle_share"):
        server_power(1.0, 0.5, idle_share=wrong)
