import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from capsim.models.electrical import (
    ElectricalChain,
    facility_load_mw,
    hall_losses_mw,
)

EFFICIENCY = st.floats(0.5, 1.0)
CHAINS = st.builds(
    ElectricalChain,
    ups_loss_a=st.floats(0, 0.05),
    ups_loss_b=st.floats(0, 0.05),
    ups_loss_c=st.floats(0, 0.05),
    transformer_efficiency=EFFICIENCY,
    switchgear_efficiency=EFFICIENCY,
    distribution_efficiency=EFFICIENCY,
    lighting_share=st.floats(0, 0.05),
    backup_self_use_share=st.floats(0, 0.05),
)
CRITICAL = st.floats(0.1, 2000.0)
SHARE = st.floats(0.0, 1.0)


@given(chain=CHAINS, critical=CRITICAL, load=SHARE, cooling=SHARE)
def test_facility_is_it_cooling_and_losses(
    chain: ElectricalChain, critical: float, load: float, cooling: float
) -> None:
    it, cool = load * critical, cooling * critical
    inside = hall_losses_mw(it, critical, chain)
    backup = critical * chain.backup_self_use_share
    upstream = (it + cool + inside + backup) * (1 / chain.upstream_efficiency - 1)
    facility = facility_load_mw(it, cool, critical, chain)
    np.testing.assert_allclose(it + cool + inside + backup + upstream, facility, rtol=1e-9)


@given(chain=CHAINS, critical=CRITICAL, load=SHARE, cooling=SHARE)
def test_facility_is_never_below_it_and_cooling(
    chain: ElectricalChain, critical: float, load: float, cooling: float
) -> None:
    it, cool = load * critical, cooling * critical
    assert float(facility_load_mw(it, cool, critical, chain)) >= (it + cool) * (1 - 1e-12)


@given(chain=CHAINS, critical=CRITICAL, loads=st.tuples(SHARE, SHARE))
def test_losses_grow_with_load(chain: ElectricalChain, critical: float, loads: tuple[float, float]) -> None:
    less, more = (
        float(facility_load_mw(load * critical, 0.0, critical, chain)) - load * critical
        for load in sorted(loads)
    )
    assert less <= more + 1e-12 * critical


@given(chain=CHAINS, critical=CRITICAL, load=SHARE, scale=st.floats(0.01, 100.0))
def test_twice_the_hall_loses_twice(
    chain: ElectricalChain, critical: float, load: float, scale: float
) -> None:
    one = float(facility_load_mw(load * critical, 0.0, critical, chain))
    many = float(facility_load_mw(load * critical * scale, 0.0, critical * scale, chain))
    np.testing.assert_allclose(many, one * scale, rtol=1e-9)
