"""Every coefficient of every plant has unit, bounds and meaning, and every preset lies inside them.

Tests `models.cooling.coefficients`, `models.cooling.plant`.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pytest

from capsim.catalog import load_catalog
from capsim.models.cooling import (
    COOLING,
    Coefficient,
    Cooling,
    Plant,
    Weather,
    coefficient_faults,
    coefficient_names,
    plant_of,
)
from capsim.models.cooling.coefficients import coefficients_of

CATALOG = load_catalog()
PRESETS = CATALOG.names("cooling")
MILD = Weather(np.array([15.0]), np.array([12.0]))


def coefficients(preset: str) -> tuple[str, dict[str, float]]:
    entry = CATALOG.entry("cooling", preset)
    model = entry.text("model")
    return model, {name: entry.number(name) for name in coefficient_names(model)}


@pytest.mark.parametrize("model", COOLING.names)
def test_every_coefficient_is_annotated(model):
    about = coefficients_of(COOLING[model])
    assert list(about) == coefficient_names(model)
    assert all(note.low < note.high and note.meaning and note.unit for note in about.values())
    assert all(not note.at_most or note.at_most in about for note in about.values())


RANGES = """
adiabatic_effectiveness 0 1 1
air_rise_k 3 40 K
chilled_pump_efficiency 0.1 1 1
chilled_pump_pressure_pa 10000 2e+06 Pa
chilled_supply_c 3 30 degC
chilled_water_rise_k 2 25 K
chiller_capacity_margin 0 5 1
chiller_cop_adjustment -0.9 1 1
chiller_part_load 0.05 1 1
chiller_rated_cop 1 12 1
cooler_air_rise_k 2 40 K
cooler_fan_share 0 0.2 1
cycles_of_concentration 1.1 100 1
dew_point_max_c 0 35 degC
dew_point_min_c -40 20 degC
dry_approach_k 1 25 K
economiser_pump_efficiency 0.1 1 1
economiser_pump_pressure_pa 10000 2e+06 Pa
exchanger_approach_k 0.1 15 K
exchanger_effectiveness 0.2 1 1
fan_efficiency 0.1 1 1
fan_pressure_pa 20 3000 Pa
fixed_share 0 1 1
free_cooling_approach_k 1 25 K
free_cooling_share 0 1 1
humidifier_efficiency 0.1 1 1
humidifier_pressure_pa 100000 3e+07 Pa
humidity_max 0.2 1 1
humidity_min 0 0.8 1
liquid_share 0 1 1
loop_pump_share 0 0.2 1
loop_rise_k 2 30 K
loop_supply_c 10 60 degC
purge_m3_per_mwh 0 5 m3/MWh
saturation_effectiveness 0 1 1
sea_pump_efficiency 0.1 1 1
sea_pump_pressure_pa 10000 2e+06 Pa
sea_rise_k 1 20 K
sensible_heat_ratio 0.5 1 1
spray_trigger_c -10 60 degC
spray_wet_bulb_c -60 40 degC
supply_c 10 45 degC
supply_max_c 15 45 degC
supply_min_c 5 35 degC
tower_approach_k 1 20 K
tower_fan_efficiency 0.1 1 1
tower_fan_pressure_pa 10 2000 Pa
tower_liquid_to_gas 0.1 10 1
tower_pump_efficiency 0.1 1 1
tower_pump_pressure_pa 10000 2e+06 Pa
tower_rise_k 1 20 K
trim_chiller_cop 1 15 1
"""
"""Least and greatest value that is taken of each coefficient, and its unit."""


@pytest.mark.parametrize("model", COOLING.names)
def test_what_is_taken_of_a_coefficient_is_its_range(model):
    ranges = dict(line.split(maxsplit=1) for line in RANGES.strip().splitlines())
    for name, about in coefficients_of(COOLING[model]).items():
        assert f"{about.low:g} {about.high:g} {about.unit}" == ranges[name], name


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_inside(preset):
    entry = CATALOG.entry("cooling", preset)
    for name, about in coefficients_of(COOLING[entry.text("model")]).items():
        value = entry.values[name]
        assert value.unit == about.unit
        for number in (value.value, value.low, value.high):
            assert number is None or about.low <= number <= about.high, name
        if about.at_most:
            assert entry.number(name) <= entry.number(about.at_most)


@pytest.mark.parametrize("preset", PRESETS)
def test_nothing_is_wrong_with_a_preset(preset):
    model, given = coefficients(preset)
    assert coefficient_faults(model, {name: (value,) for name, value in given.items()}) == []


@pytest.mark.parametrize(
    ("preset", "changes", "faults"),
    [
        (
            "waterside-tower",
            {"fan_pressure_pa": (7.0,)},
            [("fan_pressure_pa", "must be between 20 and 3000")],
        ),
        (
            "waterside-tower",
            {"fan_pressure_pa": (700.0, 10.0, np.inf)},
            [("fan_pressure_pa", "must be between 20 and 3000")],
        ),
        (
            "airside-adiabatic-open",
            {"supply_min_c": (34.5,), "supply_max_c": (34.0,)},
            [("supply_min_c", "must be at most supply_max_c (34)")],
        ),
        (
            "airside-adiabatic-hyperscale",
            {"chiller_capacity_margin": (0.9,)},
            [("chiller_capacity_margin", "must be at least 1")],
        ),
        ("air-cooled-chiller", {"loop_rise_k": (200.0,)}, [("loop_rise_k", "must be between 2 and 30")]),
        (
            "airside-adiabatic-open",
            {"supply_min_c": (10.0,), "supply_max_c": (14.0,)},
            [("supply_max_c", "must be between 15 and 45")],
        ),
        (
            "airside-adiabatic-open",
            {"purge_m3_per_mwh": (5.5,)},
            [("purge_m3_per_mwh", "must be between 0 and 5")],
        ),
        ("air-cooled-chiller", {"chiller_rated_cop": ()}, []),
        ("airside-adiabatic-open", {"supply_min_c": ()}, []),
        ("airside-adiabatic-open", {"supply_max_c": ()}, []),
    ],
)
def test_what_is_wrong_with_coefficients(preset, changes, faults):
    model, given = coefficients(preset)
    tried = {name: (value,) for name, value in given.items()} | changes
    assert coefficient_faults(model, tried) == faults


@dataclass(frozen=True, kw_only=True)
class River(Plant):
    """A plant of a stranger, as a record."""

    pump_share: Annotated[float, Coefficient("1", 0.001, 0.1, "Pump power over the heat")]

    def power(self, heat_mw, weather, rated_heat_mw):
        power = np.broadcast_to(heat_mw * self.pump_share, weather.dry_bulb_c.shape)
        return Cooling(power, np.zeros_like(power))

    def capacity_mw(self, weather, rated_heat_mw, design_dry_bulb_c):
        return rated_heat_mw * np.ones_like(weather.dry_bulb_c)


def lake(heat_mw, dry_bulb_c, wet_bulb_c, *, rated_heat_mw, pump_share):
    if not pump_share > 0:
        raise ValueError(f"pump_share must be greater than 0 (got {pump_share})")
    power = np.broadcast_to(heat_mw * pump_share, dry_bulb_c.shape)
    return Cooling(power, np.zeros_like(power))


@pytest.fixture(params=[River, lake])
def stranger(request, monkeypatch):
    """A plant registered from outside, for one test."""
    monkeypatch.setitem(COOLING._entries, "stranger", request.param)
    return "stranger"


def test_a_strangers_record_or_function_is_a_plant(stranger):
    plant = plant_of(stranger, {"pump_share": 0.02})
    assert coefficient_names(stranger) == ["pump_share"]
    assert plant.power(10.0, MILD, 10.0).power_mw == pytest.approx([0.2])
    carried = plant.capacity_mw(MILD, 10.0, 30.0)
    assert carried is None or carried == pytest.approx([10.0])
    assert coefficient_faults(stranger, {"pump_share": (0.02,)}) == []


def test_bounds_of_a_strangers_record_and_refusals_of_a_function():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(COOLING._entries, "river", River)
        patch.setitem(COOLING._entries, "lake", lake)
        assert coefficient_faults("river", {"pump_share": (0.5,)}) == [
            ("pump_share", "must be between 0.001 and 0.1")
        ]
        del COOLING._entries["river"]
        assert coefficient_faults("lake", {"pump_share": (0.0,)}) == [
            ("pump_share", "must be greater than 0")
        ]
