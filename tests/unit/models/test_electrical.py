import dataclasses
from dataclasses import replace

import numpy as np
import pytest

from capsim.models.electrical import (
    ElectricalChain,
    at_meter_mw,
    facility_load_mw,
    hall_heat_mw,
    hall_losses_mw,
    headroom_mw,
    it_load_of_heat_mw,
    stranded_mw,
    usable_mw,
)

CHAIN = ElectricalChain(0.004, 0.011, 0.014, 0.985, 0.99, 0.99, 0.001)


@pytest.mark.parametrize(("load", "efficiency"), [(0.25, 0.970), (0.5, 0.975), (1.0, 0.972)])
def test_ups_efficiency_is_the_one_its_coefficients_were_fitted_to(load: float, efficiency: float) -> None:
    ups_alone = replace(CHAIN, distribution_efficiency=1.0, lighting_share=0.0)
    assert load / hall_heat_mw(load, 1.0, ups_alone) == pytest.approx(efficiency, abs=5e-4)


def test_losses_by_hand() -> None:
    inside = 0.29 + 10 * (1 / 0.99 - 1) + 0.01
    assert hall_losses_mw(10.0, 10.0, CHAIN) == pytest.approx(inside)
    assert hall_heat_mw(10.0, 10.0, CHAIN) == pytest.approx(10 + inside)
    assert facility_load_mw(10.0, 1.0, 10.0, CHAIN) == pytest.approx((11 + inside) / (0.985 * 0.99))


def test_backup_that_stands_by_draws_power_and_heats_no_hall() -> None:
    waiting = replace(CHAIN, backup_self_use_share=0.002)
    more = facility_load_mw(6.0, 1.0, 10.0, waiting) - facility_load_mw(6.0, 1.0, 10.0, CHAIN)
    assert more == pytest.approx(0.02 / (0.985 * 0.99))
    assert hall_heat_mw(6.0, 10.0, waiting) == hall_heat_mw(6.0, 10.0, CHAIN)


@pytest.mark.parametrize("chain", [CHAIN, replace(CHAIN, ups_loss_c=0.0), replace(CHAIN, ups_loss_c=0.3)])
def test_it_load_is_found_back_from_its_heat(chain: ElectricalChain) -> None:
    it, critical = np.array([0.0, 1e-3, 4.0, 10.0, 3.0]), np.array([10.0, 10.0, 10.0, 10.0, 0.0])
    got = it_load_of_heat_mw(hall_heat_mw(it, critical, chain), critical, chain)
    np.testing.assert_allclose(got, it, rtol=1e-12, atol=1e-14)
    assert it_load_of_heat_mw(0.01, 10.0, chain) == 0.0  # empty halls give off 0.05 MW
    with pytest.raises(ValueError, match="negative"):
        it_load_of_heat_mw(np.nan, 10.0, chain)


def test_nothing_is_lost_where_there_is_no_hall() -> None:
    np.testing.assert_array_equal(facility_load_mw([0.0, 0.0], 0.0, [0.0, 10.0], CHAIN) > 0, [False, True])
    assert float(facility_load_mw(0.0, 0.0, 0.0, CHAIN)) == 0.0


def test_facility_is_it_cooling_and_losses_from_parts() -> None:
    rng = np.random.default_rng(1)
    it, cooling = rng.uniform(0, 100, 500), rng.uniform(0, 40, 500)
    behind = it + cooling + hall_losses_mw(it, 100.0, CHAIN)
    upstream = behind * (1 / (0.985 * 0.99) - 1)
    facility = facility_load_mw(it, cooling, 100.0, CHAIN)
    np.testing.assert_allclose(behind + upstream, facility, rtol=0, atol=1e-11)
    heat = hall_heat_mw(it, 100.0, CHAIN)
    np.testing.assert_array_equal(at_meter_mw(heat, cooling, 100.0, CHAIN), facility)


def test_a_perfect_chain_loses_nothing() -> None:
    perfect = ElectricalChain(0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0)
    assert float(facility_load_mw(7.0, 2.0, 10.0, perfect)) == 9.0


def test_vectors_equal_scalars() -> None:
    it, critical = np.array([0.0, 3.0, 8.0]), np.array([0.0, 10.0, 8.0])
    one_by_one = [float(facility_load_mw(a, 1.0, b, CHAIN)) for a, b in zip(it, critical, strict=True)]
    np.testing.assert_allclose(facility_load_mw(it, 1.0, critical, CHAIN), one_by_one, rtol=1e-15)


@pytest.mark.parametrize(("it", "critical"), [(-1.0, 10.0), (1.0, -10.0), (np.nan, 10.0), (1.0, np.nan)])
def test_negative_or_missing_loads_are_refused(it: float, critical: float) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        facility_load_mw(it, 0.0, critical, CHAIN)


@pytest.mark.parametrize("field", [f.name for f in dataclasses.fields(ElectricalChain)])
@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_chain_out_of_range_is_refused(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=field):
        replace(CHAIN, **{field: value})


def test_usable_is_what_k_of_n_carry() -> None:
    assert float(usable_mw(2.0, 6, 2)) == 8.0
    np.testing.assert_array_equal(usable_mw(2.0, [2, 4], [0, 4]), [4.0, 0.0])


@pytest.mark.parametrize(
    ("unit", "units", "spare", "derating"),
    [(2.0, 2, 3, 1.0), (-1.0, 2, 1, 1.0), (2.0, 2, 1, 0.0), (2.0, 2, -1, 1.0)],
)
def test_usable_out_of_range_is_refused(unit: float, units: int, spare: int, derating: float) -> None:
    with pytest.raises(ValueError, match="must"):
        usable_mw(unit, units, spare, derating=derating)


def test_headroom_and_stranded_by_hand() -> None:
    assert float(headroom_mw(10.0, 7.0)) == 3.0
    assert float(stranded_mw(10.0)) == 0.0
    assert float(stranded_mw(10.0, 8.0, 9.0)) == 2.0
