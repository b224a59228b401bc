import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsim.catalog import load_catalog
from capsim.models.cooling import Cooling, Weather, coefficient_names, plant_of

CATALOG = load_catalog()
PRESETS = sorted(CATALOG.names("cooling"))
LOADS = st.floats(0.0, 1.0)
DRY = st.floats(-30.0, 48.0)
DEPRESSION = st.floats(0.0, 25.0)


def drawn(preset: str, heat: object, dry: object, wet: object, rated: object = 1.0) -> Cooling:
    entry = CATALOG.entry("cooling", preset)
    model = entry.text("model")
    plant = plant_of(model, {name: entry.number(name) for name in coefficient_names(model)})
    return plant.power(heat, Weather(dry, wet), rated_heat_mw=rated)


@pytest.mark.parametrize("preset", PRESETS)
@given(load=LOADS, dry=DRY, depression=DEPRESSION)
def test_power_and_water_are_finite_and_not_negative(
    preset: str, load: float, dry: float, depression: float
) -> None:
    power, water = drawn(preset, load, dry, dry - depression)
    assert 0 < float(power) < 1
    assert 0 <= float(water) < 5


@pytest.mark.parametrize("preset", PRESETS)
@given(load=LOADS, dry=DRY, depression=DEPRESSION, scale=st.floats(0.01, 1000.0))
def test_a_bigger_plant_draws_in_proportion(
    preset: str, load: float, dry: float, depression: float, scale: float
) -> None:
    one = drawn(preset, load, dry, dry - depression)
    many = drawn(preset, load * scale, dry, dry - depression, rated=scale)
    np.testing.assert_allclose(many, np.multiply(one, scale), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("preset", PRESETS)
@given(loads=st.tuples(LOADS, LOADS), dry=DRY, depression=DEPRESSION)
def test_more_heat_never_draws_less(
    preset: str, loads: tuple[float, float], dry: float, depression: float
) -> None:
    less, more = (drawn(preset, load, dry, dry - depression) for load in sorted(loads))
    assert float(less.power_mw) <= float(more.power_mw) + 1e-12
    assert float(less.water_m3_per_h) <= float(more.water_m3_per_h) + 1e-12


@pytest.mark.parametrize("preset", [p for p in PRESETS if not p.startswith("airside")])
@given(dry=st.tuples(DRY, DRY), wet=st.tuples(DRY, DRY))
def test_warmer_air_never_draws_less_at_full_heat(
    preset: str, dry: tuple[float, float], wet: tuple[float, float]
) -> None:
    cool, warm = sorted(dry)
    low, high = sorted(min(w, cool) for w in wet)
    assert (
        float(drawn(preset, 1.0, cool, low).power_mw)
        <= float(drawn(preset, 1.0, warm, high).power_mw) + 1e-12
    )


@pytest.mark.parametrize("preset", [p for p in PRESETS if p.startswith("airside")])
@given(load=LOADS, dry=DRY, depressions=st.tuples(DEPRESSION, DEPRESSION))
def test_wetter_air_saves_an_airside_plant_no_more_than_its_spray_pump(
    preset: str, load: float, dry: float, depressions: tuple[float, float]
) -> None:
    drier, wetter = (drawn(preset, load, dry, dry - d) for d in sorted(depressions, reverse=True))
    assert float(wetter.power_mw) >= float(drier.power_mw) - 0.006


@given(load=LOADS, dry=DRY, depression=DEPRESSION)
def test_air_cooled_chillers_use_no_water(load: float, dry: float, depression: float) -> None:
    assert float(drawn("air-cooled-chiller", load, dry, dry - depression).water_m3_per_h) == 0.0
