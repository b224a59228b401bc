import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psychrolib
import pytest

from capsim.models import psychrometrics as air

moist = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "moist_air.py")))
psychrolib.SetUnitSystem(psychrolib.SI)
P = air.STANDARD_PRESSURE_PA
GRID = [(t, rh) for t in (2.0, 10.0, 20.0, 30.0, 45.0) for rh in (0.1, 0.4, 0.8, 1.0)]


@pytest.mark.parametrize("temperature_c", [0.5, 10.0, 20.0, 35.0, 50.0])
def test_saturation_pressure_agrees_with_ashrae(temperature_c: float) -> None:
    expected = psychrolib.GetSatVapPres(temperature_c)
    assert air.saturation_pressure_pa(temperature_c) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(("dry", "rh"), GRID)
def test_humidity_ratio_agrees_with_ashrae(dry: float, rh: float) -> None:
    expected = psychrolib.GetHumRatioFromRelHum(dry, rh, P)
    assert air.humidity_ratio(dry, rh) == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize(("dry", "rh"), GRID)
def test_enthalpy_is_near_ashrae(dry: float, rh: float) -> None:
    water = psychrolib.GetHumRatioFromRelHum(dry, rh, P)
    expected = psychrolib.GetMoistAirEnthalpy(dry, water) / 1e3
    assert air.enthalpy_kj_per_kg(dry, water) == pytest.approx(expected, rel=5e-3)


@pytest.mark.parametrize(("dry", "rh"), GRID)
def test_wet_bulb_agrees_with_ashrae(dry: float, rh: float) -> None:
    expected = psychrolib.GetTWetBulbFromRelHum(dry, rh, P)
    if expected > 0:  # below 0 degC ASHRAE saturates over ice
        assert air.wet_bulb_c(dry, rh) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(("dry", "rh"), [(-20.0, 0.8), (-10.0, 0.5), (-2.0, 0.3)])
def test_wet_bulb_over_ice_is_within_half_a_kelvin(dry: float, rh: float) -> None:
    assert air.wet_bulb_c(dry, rh) == pytest.approx(psychrolib.GetTWetBulbFromRelHum(dry, rh, P), abs=0.5)


def test_wet_bulb_has_the_humidity_of_adiabatic_saturation() -> None:
    dry, rh = np.meshgrid(np.linspace(-15, 45, 25), np.linspace(0.05, 1.0, 20))
    water = air._water_of_wet_bulb(dry, air.wet_bulb_c(dry, rh), P)
    found = P * water / (air.VAPOUR_TO_AIR + water) / air.saturation_pressure_pa(dry)
    np.testing.assert_allclose(found, rh, atol=1e-7)


def test_isenthalpic_wet_bulb_is_close_below_the_thermodynamic_one() -> None:
    dry, rh = np.meshgrid(np.linspace(5, 40, 15), np.linspace(0.2, 1.0, 9))
    gap = air.wet_bulb_c(dry, rh) - moist.wet_bulb_c(dry, rh)
    assert gap.min() > -0.03
    assert gap.max() < 0.3


def test_vectors_equal_scalars() -> None:
    dry, rh = np.array([5.0, 20.0, 35.0]), np.array([0.9, 0.5, 0.2])
    one_by_one = [float(air.wet_bulb_c(t, r)) for t, r in zip(dry, rh, strict=True)]
    np.testing.assert_array_equal(air.wet_bulb_c(dry, rh), one_by_one)


def test_air_density_at_freezing() -> None:
    assert 1 / air.air_m3_per_kg(0.0) == pytest.approx(1.293)


def test_dew_point_of_saturated_air_is_its_temperature() -> None:
    assert air.dew_point_water(15.0) == pytest.approx(float(air.humidity_ratio(15.0, 1.0)))


@pytest.mark.parametrize("rh", [-0.01, 1.01, float("nan")])
def test_relative_humidity_out_of_range_is_refused(rh: float) -> None:
    with pytest.raises(ValueError, match="relative_humidity"):
        air.wet_bulb_c(20.0, rh)
