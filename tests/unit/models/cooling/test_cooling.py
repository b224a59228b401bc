"""Cooling plants: worked hours, limits, and the parts that they are made of.

Tests `models.cooling`, `models.cooling.air`, `models.cooling.chillers`, `models.cooling.dry`,
`models.cooling.humid`, `models.cooling.parts`, `models.cooling.plant`, `models.cooling.sea`,
`models.cooling.tower`, `models.cooling.wet`.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.models import psychrometrics as air
from capsim.models.cooling import COOLING, Cooling, Weather, chillers, plant_of
from capsim.models.cooling.dry import AirCooledChiller

moist = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[3] / "moist_air.py")))

AIR_COOLED = {
    "chilled_supply_c": 6.67,
    "chilled_water_rise_k": 6.0,
    "air_rise_k": 16.0,
    "fan_pressure_pa": 750.0,
    "fan_efficiency": 0.75,
    "chilled_pump_pressure_pa": 144000.0,
    "chilled_pump_efficiency": 0.7,
    "chiller_rated_cop": 3.0,
    "chiller_capacity_margin": 1.2,
    "free_cooling_share": 1.0,
    "free_cooling_approach_k": 6.0,
    "fixed_share": 0.2,
}
LIQUID = {
    **AIR_COOLED,
    "liquid_share": 1.0,
    "loop_supply_c": 32.0,
    "loop_rise_k": 10.0,
    "dry_approach_k": 8.0,
    "adiabatic_effectiveness": 0.0,
    "cooler_air_rise_k": 12.0,
    "loop_pump_share": 0.015,
    "cooler_fan_share": 0.02,
    "trim_chiller_cop": 5.0,
    "cycles_of_concentration": 5.0,
}
TOWER = {
    "tower_rise_k": 5.0,
    "tower_pump_pressure_pa": 209000.0,
    "tower_pump_efficiency": 0.7,
    "tower_fan_pressure_pa": 250.0,
    "tower_fan_efficiency": 0.775,
    "tower_approach_k": 4.75,
    "tower_liquid_to_gas": 2.0,
    "chiller_part_load": 0.5,
    "chiller_cop_adjustment": 0.0,
    "chilled_water_rise_k": 7.5,
    "chilled_pump_pressure_pa": 144000.0,
    "chilled_pump_efficiency": 0.7,
    "humidifier_pressure_pa": 7e6,
    "humidifier_efficiency": 0.7,
    "fan_pressure_pa": 750.0,
    "fan_efficiency": 0.75,
    "air_rise_k": 16.0,
    "fixed_share": 0.2,
    "cycles_of_concentration": 5.0,
    "chiller_capacity_margin": 1.0,
}
OUTDOOR = {**TOWER, "supply_min_c": 14.0, "supply_max_c": 31.0}
AIRSIDE = {
    **OUTDOOR,
    "spray_trigger_c": 60.0,
    "spray_wet_bulb_c": -60.0,
    "saturation_effectiveness": 0.8,
    "purge_m3_per_mwh": 0.0,
}
LIMITS = {
    **OUTDOOR,
    "supply_max_c": 27.0,
    "humidity_min": 0.2,
    "humidity_max": 0.8,
    "dew_point_min_c": -10.0,
    "dew_point_max_c": 20.0,
    "sensible_heat_ratio": 0.96,
}
WATERSIDE = {
    **TOWER,
    "supply_c": 25.0,
    "economiser_pump_pressure_pa": 150000.0,
    "economiser_pump_efficiency": 0.7,
    "exchanger_approach_k": 2.0,
    "exchanger_effectiveness": 0.8,
    "sensible_heat_ratio": 0.99,
}
SEA = {
    "air_rise_k": 16.0,
    "fan_pressure_pa": 750.0,
    "fan_efficiency": 0.75,
    "chilled_water_rise_k": 10.0,
    "chilled_pump_pressure_pa": 147000.0,
    "chilled_pump_efficiency": 0.7,
    "sea_rise_k": 5.0,
    "sea_pump_pressure_pa": 210000.0,
    "sea_pump_efficiency": 0.5,
    "fixed_share": 0.2,
}
PRESETS = {
    "airside-adiabatic": AIRSIDE,
    "airside-humidity-limits": LIMITS,
    "waterside-economiser": WATERSIDE,
    "air-cooled-chiller": AIR_COOLED,
    "direct-liquid": LIQUID,
    "sea-water": SEA,
}
MODELS = sorted(PRESETS)


def drawn(
    model: str, heat: object, dry: object, wet: object, rated: object = 10.0, **changes: float
) -> Cooling:
    plant = plant_of(model, {**PRESETS[model], **changes})
    return plant.power(heat, Weather(dry, wet), rated_heat_mw=rated)


def test_presets_cover_every_model() -> None:
    assert sorted(COOLING.names) == MODELS
    assert all(not COOLING.faults(m, PRESETS[m]) for m in MODELS)


@pytest.mark.parametrize("model", MODELS)
def test_nothing_runs_where_no_hall_is_ready(model: str) -> None:
    power, water = drawn(model, [0.0, 5.0], 30.0, 22.0, rated=[0.0, 10.0])
    assert power[0] == water[0] == 0.0
    assert power[1] > 0


@pytest.mark.parametrize("model", MODELS)
def test_fixed_share_is_drawn_without_heat(model: str) -> None:
    assert float(drawn(model, 0.0, 20.0, 12.0).power_mw) > 0
    assert float(drawn(model, 0.0, 20.0, 12.0, fixed_share=0.0).power_mw) == 0.0
    assert float(drawn(model, 0.0, 20.0, 12.0).water_m3_per_h) == 0.0


@pytest.mark.parametrize("model", MODELS)
def test_fixed_share_changes_nothing_at_rated_heat(model: str) -> None:
    low, high = (float(drawn(model, 10.0, 28.0, 21.0, fixed_share=f).power_mw) for f in (0.0, 0.5))
    assert low == pytest.approx(high)


@pytest.mark.parametrize("model", MODELS)
def test_vectors_equal_scalars(model: str) -> None:
    heat, dry, wet = (
        np.array([0.0, 4.0, 7.0, 10.0]),
        np.array([-5.0, 12.0, 24.0, 38.0]),
        np.array([-6.0, 9.0, 20.0, 23.0]),
    )
    together = drawn(model, heat, dry, wet)
    alone = [drawn(model, *hour) for hour in zip(heat, dry, wet, strict=True)]
    np.testing.assert_allclose(together.power_mw, [float(c.power_mw) for c in alone], rtol=1e-14)
    np.testing.assert_allclose(together.water_m3_per_h, [float(c.water_m3_per_h) for c in alone], rtol=1e-14)


@pytest.mark.parametrize("model", MODELS)
def test_what_weather_does_is_computed_once(model: str) -> None:
    """With what `under` keeps of more hours than one block has, all or some draw what they draw alone."""
    rng = np.random.default_rng(3)
    dry = rng.uniform(-15.0, 42.0, 70_000)
    weather, heat = Weather(dry, dry - rng.uniform(0.0, 12.0, dry.size)), rng.uniform(0.0, 10.0, dry.size)
    plant, some = plant_of(model, PRESETS[model]), np.arange(1, dry.size, 7)
    under = plant.under(weather)
    for hours in (slice(None), some):
        known = plant.power_under(heat[hours], tuple(series[hours] for series in under), 10.0)
        anew = plant.power(heat[hours], Weather(*(series[hours] for series in weather)), 10.0)
        np.testing.assert_array_equal(known.power_mw, anew.power_mw)
        np.testing.assert_array_equal(known.water_m3_per_h, anew.water_m3_per_h)
        assert np.any(anew.water_m3_per_h > 0.0) != plant.is_dry


@pytest.mark.parametrize("model", MODELS)
def test_halls_broadcast_against_weather(model: str) -> None:
    power, water = drawn(
        model, np.full((2, 1), 5.0), np.array([10.0, 30.0, 35.0]), 9.0, rated=np.array([[10.0], [20.0]])
    )
    assert power.shape == water.shape == (2, 3)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("heat", "rated"), [(-1.0, 10.0), (np.nan, 10.0), (1.0, -10.0), (1.0, np.nan)])
def test_negative_or_missing_heat_is_refused(model: str, heat: float, rated: float) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        drawn(model, heat, 20.0, 12.0, rated=rated)


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        *[(m, "fixed_share", v) for m in MODELS for v in (-0.1, 1.1, np.nan)],
        *[
            (m, "cycles_of_concentration", 1.0)
            for m in MODELS
            if m not in ("air-cooled-chiller", "sea-water")
        ],
        *[(m, "fan_efficiency", 0.0) for m in MODELS],
        *[(m, "air_rise_k", -1.0) for m in MODELS],
        ("airside-adiabatic", "chiller_part_load", 0.0),
        ("airside-adiabatic", "tower_liquid_to_gas", 0.0),
        ("airside-adiabatic", "humidifier_pressure_pa", np.nan),
        ("airside-adiabatic", "chiller_capacity_margin", -0.1),
        ("airside-humidity-limits", "chiller_capacity_margin", 0.9),
        ("airside-humidity-limits", "humidity_max", 1.1),
        ("waterside-economiser", "chiller_capacity_margin", 0.0),
        ("waterside-economiser", "exchanger_effectiveness", 0.0),
        ("waterside-economiser", "sensible_heat_ratio", 1.01),
        ("air-cooled-chiller", "free_cooling_share", 1.5),
        ("air-cooled-chiller", "chiller_rated_cop", 0.0),
        ("direct-liquid", "liquid_share", 1.2),
        ("direct-liquid", "adiabatic_effectiveness", -0.1),
        ("direct-liquid", "loop_rise_k", 0.0),
    ],
)
def test_parameters_out_of_range_are_refused(model: str, name: str, value: float) -> None:
    with pytest.raises(ValueError, match="must"):
        drawn(model, 5.0, 20.0, 12.0, **{name: value})


def test_cool_moist_air_needs_fans_only() -> None:
    """At 20 degC: 1 / (1.01 x 16) kg/s per kW, of 0.83 m3/kg, against 750 Pa at 75 %."""
    power, water = drawn("airside-adiabatic", 10.0, 20.0, 16.0)
    assert float(power) == pytest.approx(10 / (1.01 * 16) * (293.15 / (1.293 * 273.15)) * 750 / 0.75 / 1e3)
    assert float(water) == 0.0


def test_hot_dry_air_is_sprayed_and_hot_wet_air_chilled() -> None:
    dry_air, wet_air = (
        drawn("airside-adiabatic", 10.0, 38.0, 20.0),
        drawn("airside-adiabatic", 10.0, 38.0, 30.0),
    )
    assert 0 < float(dry_air.water_m3_per_h) < float(wet_air.water_m3_per_h)
    assert float(wet_air.power_mw) > 2 * float(dry_air.power_mw)


def test_spray_by_hand() -> None:
    """Cooling 1 kg of air by 7 K evaporates 7 x 1.023 / 2,557 kg of water; 20 % more is blown down."""
    water = float(drawn("airside-adiabatic", 10.0, 38.0, 20.0, cycles_of_concentration=6.0).water_m3_per_h)
    air_kg_per_s = 10e3 / (1.01 * 16)
    assert water == pytest.approx(air_kg_per_s * 7 * 1.023 / 2557 * 3.6 * 1.2, rel=0.005)


def test_running_sprays_cool_more_than_the_supply_needs_by_hand() -> None:
    """At 24 degC above a trigger of 20, 12 K of depression: 0.8 of it is 9.6 K, and 0.1 m3/MWh is drained.

    Without the trigger the air of 24 degC serves as it is, dry.
    """
    on = {"spray_trigger_c": 20.0, "cycles_of_concentration": 5.0}
    power, water = drawn("airside-adiabatic", 10.0, 24.0, 12.0, **on)
    dry_power, dry = drawn("airside-adiabatic", 10.0, 24.0, 12.0)
    air_kg_per_s = 10e3 / (1.01 * 16)
    assert float(dry) == 0.0
    assert float(water) == pytest.approx(air_kg_per_s * 9.6 * 1.02 / 2540 * 3.6 * 1.25, rel=0.02)
    drained = drawn("airside-adiabatic", 10.0, 24.0, 12.0, purge_m3_per_mwh=0.1, **on).water_m3_per_h
    assert float(drained - water) == pytest.approx(1.0)
    # the pump of the spray costs power, and cooler air less of the fans'
    assert float(power) != float(dry_power)


HUMID = np.arange(0.41, 0.98, 0.02)
"""Relative humidities on both sides of the 80 % to which air is sprayed."""


def sprayed(dry_c: float, **by: float) -> Cooling:
    """What a hall above a trigger of 18 degC takes by humidity."""
    wet_c = np.array([wet_bulb(dry_c, share) for share in HUMID])
    return drawn("airside-adiabatic", 10.0, np.full(HUMID.size, dry_c), wet_c, spray_trigger_c=18.0, **by)


@pytest.mark.parametrize("dry_c", [21.0, 25.0, 30.0, 32.0, 36.0])
def test_sprays_of_halls_without_chillers_run_as_long_as_they_can_cool(dry_c: float) -> None:
    """Air of 80 % has nothing to give: evaporation has come to 0 there, and the purge ends with the sprays.

    Both sides of the supply limit of 31 degC, and of what air would serve with chillers, are alike.
    """
    water = sprayed(dry_c, chiller_capacity_margin=0.0).water_m3_per_h
    drained = sprayed(dry_c, chiller_capacity_margin=0.0, purge_m3_per_mwh=0.4).water_m3_per_h - water
    np.testing.assert_allclose(drained, np.where(HUMID < 0.8, 4.0, 0.0), atol=1e-9)
    assert np.all(water[HUMID > 0.8] == 0.0)
    # down to nothing by steps, none of which takes more than a fraction of what there was
    fallen = -np.diff(water)
    assert np.all((fallen >= -1e-9) & (fallen <= 0.09 * water[0]))


@pytest.mark.parametrize("dry_c", [21.0, 30.0, 36.0])
def test_sprays_beside_chillers_run_where_air_serves_and_they_can_cool(dry_c: float) -> None:
    plant = sprayed(dry_c)
    drained = sprayed(dry_c, purge_m3_per_mwh=0.4).water_m3_per_h - plant.water_m3_per_h
    serves = plant.power_mw < 1.2 * plant.power_mw[0]
    assert 0 < serves.sum() < HUMID.size
    np.testing.assert_allclose(drained, np.where(serves & (HUMID < 0.8), 4.0, 0.0), atol=1e-9)


def test_where_half_the_chillers_serve_half_the_water_is_purged() -> None:
    """At 38 degC and a wet-bulb of 30, which a spray still cools: the air takes what the chillers do not."""
    drained = [
        float(
            drawn(
                "airside-adiabatic", 10.0, 38.0, 30.0, chiller_capacity_margin=margin, purge_m3_per_mwh=0.4
            ).water_m3_per_h
            - drawn("airside-adiabatic", 10.0, 38.0, 30.0, chiller_capacity_margin=margin).water_m3_per_h
        )
        for margin in (0.0, 0.5, 1.0)
    ]
    assert drained == pytest.approx([4.0, 2.0, 0.0])


def test_cold_air_that_is_humidified_is_bled_by_its_salt_alone() -> None:
    """At -10 degC and 30 % air is sprayed to 20 % of its 14 degC: no pad is flushed for that."""
    wet_c = wet_bulb(-10.0, 0.3)
    water = [
        float(drawn("airside-adiabatic", 10.0, -10.0, wet_c, purge_m3_per_mwh=purge).water_m3_per_h)
        for purge in (0.0, 0.4)
    ]
    assert 0.0 < water[0] == water[1]


def test_sprays_by_wet_bulb_run_above_it_alone_and_where_the_supply_needs_them() -> None:
    """At 24 degC: above a wet-bulb of 15 as by a low dry-bulb, below it not; at 40 degC in any wet-bulb."""

    def water(dry: float, wet: float, **by: float) -> float:
        return float(drawn("airside-adiabatic", 10.0, dry, wet, purge_m3_per_mwh=0.1, **by).water_m3_per_h)

    by_wet_bulb = {"spray_trigger_c": -10.0, "spray_wet_bulb_c": 15.0}
    assert water(24.0, 16.0, **by_wet_bulb) == water(24.0, 16.0, spray_trigger_c=20.0) > 1.0
    assert water(24.0, 14.0, **by_wet_bulb) == 0.0 < water(24.0, 14.0, spray_trigger_c=20.0)
    assert water(40.0, 14.0, **by_wet_bulb) == water(40.0, 14.0) > 1.0


def test_sprays_never_cool_below_the_coldest_supply() -> None:
    water = [
        float(drawn("airside-adiabatic", 10.0, 20.0, wet, spray_trigger_c=10.0).water_m3_per_h)
        for wet in (11.0, 10.0)
    ]
    # 6 K to 14 degC in both, whatever the depression; drier air takes the same for as much cooling
    assert water[0] == pytest.approx(water[1], rel=0.02)


def test_sea_water_by_hand() -> None:
    """147 kPa over 0.7 and 10 K, 210 kPa over 0.5 and 5 K of 4.2 MJ/m3 K; 750 Pa of fans; no weather."""
    fans = (293.15 / (1.293 * 273.15)) * 750 / 0.75 / 1e3 / (1.01 * 16)
    pumps = 147e3 / 0.7 / (4.2e6 * 10) + 210e3 / 0.5 / (4.2e6 * 5)
    for dry in (-10.0, 35.0):
        power, water = drawn("sea-water", 10.0, dry, dry - 2.0)
        assert float(power) == pytest.approx(10 * (fans + pumps), rel=1e-6)
        assert float(water) == 0.0
    assert capacity("sea-water", [0.0, 40.0], [0.0, 25.0]) == pytest.approx([10.0, 10.0])


def test_waterside_economiser_hands_over_linearly() -> None:
    """Supply water 25 + 16 - 16 / 0.8 = 21, return 28.5; halfway at 24.75, a wet-bulb of 18."""
    full, half, none = (
        float(drawn("waterside-economiser", 10.0, 25.0, wet).power_mw) for wet in (14.25, 18.0, 21.75)
    )
    assert full < half < none
    cop = float(chillers.water_cooled_cop(0.5, np.array([18.0 + 4.75]))[0])
    assert half - full == pytest.approx(0.5 * 10 / 0.99 / cop, rel=0.1)


def test_cop_holds_its_minimum_in_hot_water() -> None:
    cop = chillers.water_cooled_cop(0.5, np.array([30.0, 40.0, 45.0, 60.0]))
    assert np.all(np.diff(cop) <= 0)
    assert cop[2] == cop[3] > 0
    # the lowest point of the parabola is at 40.63 degC
    slope = -0.760621 + 0.084615 * 0.5
    lowest = 16.798751 - 8.528931 * 0.25 + 9.885294 * 0.5 - slope**2 / (4 * 0.00884)
    assert cop[3] == pytest.approx(lowest, rel=1e-9)


def test_air_cooled_chillers_at_half_their_load_by_hand() -> None:
    """0.141 + 0.655 / 2 + 0.203 / 4 of the power at full load; half of it with twice the rated COP."""
    rating = {"chiller_capacity_margin": 1.0, "free_cooling_share": 0.0, "fixed_share": 0.0}
    at_3, at_6 = (
        float(drawn("air-cooled-chiller", 5.0, 35.0, 24.0, chiller_rated_cop=cop, **rating).power_mw)
        for cop in (3.0, 6.0)
    )
    assert at_3 - at_6 == pytest.approx((0.141 + 0.655 / 2 + 0.203 / 4) * (10 / 3 - 10 / 6), rel=2e-3)


def air_cooled(supply_c: float, margin: float = 1.0, **changes: float) -> AirCooledChiller:
    """Chillers rated at a COP of 3, without free cooling unless it is given."""
    sizes = {"chilled_supply_c": supply_c, "chiller_capacity_margin": margin, "free_cooling_share": 0.0}
    return AirCooledChiller(**{**AIR_COOLED, **sizes, **changes})


def air_cooled_cop(supply_c: float, dry_bulb_c: list[float], load: float = 1.0) -> np.ndarray:
    """COP of 10 MW of chillers rated at 3, without free cooling, at a share of their capacity there."""
    plant = air_cooled(supply_c)
    dry = np.array(dry_bulb_c)
    heat = 10 * load * plant.capacity_ratio(dry)
    return np.asarray(heat / plant.compressor_mw(heat, np.full(dry.shape, 10.0), dry))


def test_air_cooled_chiller_at_its_rating_point() -> None:
    """Both curves of temperature are 1 there nearly, and that of load is 0.999 at full load."""
    assert air_cooled_cop(6.67, [35.0])[0] == pytest.approx(3 / 0.999, rel=2e-3)
    assert air_cooled_cop(6.67, [35.0], 0.5)[0] == pytest.approx(3 * 0.5 / 0.51925, rel=2e-3)


@pytest.mark.parametrize(
    ("load_mw", "margin", "cop"), [(10.0, 1.0, [5.28, 3.60, 2.70]), (7.5, 1.2, [4.84, 3.42, 2.62])]
)
def test_water_of_15_degc_as_the_docs_have_it(load_mw: float, margin: float, cop: list[float]) -> None:
    """Nominal capacity in full use, and 75 % of the heat of halls under a margin of 1.2: 0.625 of it."""
    plant = air_cooled(15.0, margin, chilled_water_rise_k=7.5)
    air_c, heat = np.array([12.7, 35.0, 45.0]), np.full(3, load_mw)
    found = heat / plant.compressor_mw(heat, np.full(3, 10.0), air_c)
    assert found == pytest.approx(cop, abs=0.01)
    if margin == 1.0:
        assert air_cooled_cop(15.0, [12.7, 35.0, 45.0]) == pytest.approx([5.33, 3.59, 2.69], abs=0.01)


@pytest.mark.parametrize("supply_c", [6.67, 10.0, 15.0, 20.0])
def test_hot_air_costs_air_cooled_chillers_efficiency_and_capacity(supply_c: float) -> None:
    air_c = [12.7, 17.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 51.0]
    assert np.all(np.diff(air_cooled_cop(supply_c, air_c)) < 0.0)
    plant = air_cooled(supply_c)
    assert np.all(np.diff(plant.capacity_ratio(np.array(air_c))) < 0.0)


@pytest.mark.parametrize(
    ("supply_c", "air_c", "off_by"),
    [(6.67, 35.0, 0.01), (10.0, 35.0, 0.015), (15.0, 35.0, 0.03), (6.67, 45.0, 0.015), (15.0, 45.0, 0.03)],
)
def test_air_cooled_chillers_are_as_a_makers_curve_of_warm_water_has_them(
    supply_c: float, air_c: float, off_by: float
) -> None:
    """Carrier 30RB360 (EnergyPlus data set), fitted for water up to 15.6 degC, to its rating."""
    one, c1, c2, t1, t2, ct = (
        0.9617522343, -0.018761025, 0.0013138214, -0.0175269675, 0.0007280484, -0.0007655058,
    )  # fmt: skip
    c, t = supply_c, air_c
    made = one + c1 * c + c2 * c * c + t1 * t + t2 * t * t + ct * c * t
    assert 3 / 0.999 / air_cooled_cop(c, [t])[0] == pytest.approx(made, rel=off_by)


def test_trim_chillers_lose_efficiency_in_hot_air() -> None:
    """At 41 degC the trim chiller carries all, with a COP below the 5 it has at 35 degC."""
    power = float(drawn("direct-liquid", 10.0, 41.0, 41.0).power_mw)
    at = [0.5961915 - 0.0099496 * 15.56 + 0.0007888 * 15.56**2 + 0.0004506 * t + 0.0004875 * t**2
          - 0.0007623 * 15.56 * t for t in (41.0, 35.0)]  # fmt: skip
    assert power == pytest.approx(10 * (0.035 + at[0] / at[1] / 5))


def test_free_cooling_stops_the_compressors() -> None:
    """Return water 12.67 degC, approach 6: everything below 0.67 degC, nothing above 6.67."""
    plant = air_cooled(6.67, 1.2, free_cooling_share=1.0)
    np.testing.assert_allclose(plant.mechanical_share(np.array([0.6, 3.67, 6.7])), [0.0, 0.5, 1.0])
    assert float(drawn("air-cooled-chiller", 10.0, 0.0, -1.0).power_mw) < 0.1 * 10
    without = drawn("air-cooled-chiller", 10.0, 0.0, -1.0, free_cooling_share=0.0)
    assert float(without.power_mw) > float(drawn("air-cooled-chiller", 10.0, 0.0, -1.0).power_mw)


def test_dry_coolers_alone_in_cool_air() -> None:
    power, water = drawn("direct-liquid", 10.0, 20.0, 15.0)
    assert float(power) == pytest.approx(10 * 0.035)
    assert float(water) == 0.0


def test_trim_chiller_takes_what_dry_coolers_leave() -> None:
    """At 29 degC coolers reach 37 where 32 is wanted and 42 returns: half the heat is left."""
    in_29 = float(chillers.warm_water_input_ratio(np.array(29.0)))
    power = float(drawn("direct-liquid", 10.0, 29.0, 29.0).power_mw)
    assert power == pytest.approx(10 * (0.035 + 0.5 * in_29 / 5))


def test_spray_on_dry_coolers_by_hand() -> None:
    """At 29 degC 5 K are needed, 0.8 x 10 K are at hand: no chiller; 5 K of 12 evaporates."""
    power, water = drawn("direct-liquid", 10.0, 29.0, 19.0, adiabatic_effectiveness=0.8)
    assert float(power) == pytest.approx(10 * 0.035)
    assert float(water) == pytest.approx(10 * 5 / 12 * 3600 / 2430 * 1.25)


def test_air_side_carries_the_rest_of_the_heat() -> None:
    all_air = float(drawn("air-cooled-chiller", 10.0, 30.0, 20.0).power_mw)
    assert float(drawn("direct-liquid", 10.0, 30.0, 20.0, liquid_share=0.0).power_mw) == pytest.approx(
        all_air
    )


def capacity(model: str, dry: object, wet: object, **changes: float) -> np.ndarray:
    design_dry_bulb_c = changes.pop("design_dry_bulb_c", 35.0)
    known = COOLING.parameters(model)
    plant = plant_of(model, {**PRESETS[model], **{k: v for k, v in changes.items() if k in known}})
    return plant.capacity_mw(Weather(dry, wet), rated_heat_mw=10.0, design_dry_bulb_c=design_dry_bulb_c)


def wet_bulb(dry_c: float, humidity: float) -> float:
    return float(moist.wet_bulb_c(dry_c, humidity))


def test_limits_of_humidity_decide_who_cools() -> None:
    """20 degC: air of 70 % serves, of 90 % does not; 25 degC: dew point 18 serves, 22 does not; 28 never."""
    hours = [(20.0, 0.7), (20.0, 0.9), (25.0, 0.65), (25.0, 0.84), (28.0, 0.3), (5.0, 1.0)]
    power = [float(drawn("airside-humidity-limits", 10.0, t, wet_bulb(t, rh)).power_mw) for t, rh in hours]
    chilled = [p > 1.5 * power[0] for p in power]
    assert chilled == [False, True, False, True, True, False]


def test_chillers_behind_outdoor_air_by_hand() -> None:
    """All the heat and 4 % of moisture go to the chillers at a COP of wet-bulb plus approach."""
    wet = wet_bulb(28.0, 0.5)
    power, water = drawn("airside-humidity-limits", 10.0, 28.0, wet, fixed_share=0.0)
    cop = float(chillers.water_cooled_cop(0.5, np.array([wet + 4.75]))[0])
    compressor = 10 / 0.96 / cop
    fans = 10 / (1.01 * 16) * (300.15 / (1.293 * 273.15)) * 750 / 0.75 / 1e3
    chilled_pump = 10 / 0.96 * 144 / (0.7 * 1000 * 4.2 * 7.5)
    rejected = compressor + 10 / 0.96
    tower = rejected * (
        209 / (0.7 * 1000 * 4.2 * 5) + 301.15 / (1.293 * 273.15) * 0.25 / 0.775 / (4.2 * 5 * 2)
    )
    spray = 10 * (1 / 0.96 - 1) / 2430
    assert float(power) == pytest.approx(compressor + fans + chilled_pump + tower + spray * 7 / 0.7, rel=1e-9)
    assert float(water) == pytest.approx((rejected / 2430 + spray) * 3600 * 1.25, rel=1e-9)


def test_cold_air_is_mixed_and_its_dryness_sprayed_away() -> None:
    """At -10 degC, 14 wanted and 30 returning, 16 / 40 of the supply is outdoor air of 20 % of saturation."""
    wet = wet_bulb(-10.0, 0.2)
    water = float(drawn("airside-humidity-limits", 10.0, -10.0, wet).water_m3_per_h)
    wanted = float(air.humidity_ratio(14.0, 0.2)) - float(air.humidity_ratio(-10.0, 0.2))
    assert water == pytest.approx(16 / 40 * wanted * 10 / (1.01 * 16) * 3600 * 1.25, rel=1e-3)


def test_capacity_of_towers_falls_with_the_wet_bulb() -> None:
    """DOE-2's curve at 6.67 degC water: 24.65 + 4.75 is the rating, 30.25 + 4.75 its warm end."""
    at_35 = 0.257896 + 0.0389016 * 6.67 - 0.00021708 * 6.67**2
    at_35 += 0.0468684 * 35 - 0.00094284 * 35**2 - 0.00034344 * 6.67 * 35
    for model in ("waterside-economiser", "airside-humidity-limits"):
        found = capacity(model, [40.0, 40.0, 40.0], [24.65, 30.25, 32.0])
        assert found[0] == pytest.approx(10.0, rel=0.005)
        assert found[1] == pytest.approx(10 * at_35)
        assert found[2] < found[1] < 10 < capacity(model, 40.0, 30.25, chiller_capacity_margin=1.1)


def test_an_economiser_carries_its_share_beside_small_chillers() -> None:
    """Halfway at a wet-bulb of 18 (above), chillers of 40 % carry 80 % of the heat; none is left at 14."""
    assert float(capacity("waterside-economiser", 25.0, 14.0, chiller_capacity_margin=0.4)) >= 10.0
    ratio = float(chillers.tower_capacity_ratio(np.array([22.75]))[0])
    half = float(capacity("waterside-economiser", 25.0, 18.0, chiller_capacity_margin=0.4))
    assert half == pytest.approx(10 * 0.4 * ratio / 0.5)


def test_chillers_carry_their_margin_on_the_design_day_and_less_above() -> None:
    """At 6.67 degC water the curve is 1.0004 at 35 degC and 0.8647 at 45; a maker's falls by 13 % as well."""
    at_35, at_45 = (1.3349469 - 0.0041514 * t - 0.0000886 * t**2 - 0.00231249 * t for t in (35, 45))
    ratio = at_45 / at_35
    assert ratio == pytest.approx(0.8645, abs=1e-4)
    dry = {"chilled_supply_c": 6.67, "chiller_capacity_margin": 1.2, "adiabatic_effectiveness": 0.0}
    liquid_only = {"liquid_share": 1.0}
    for model, more in (("air-cooled-chiller", {}), ("direct-liquid", {}), ("direct-liquid", liquid_only)):
        found = capacity(model, [-5.0, 35.0, 45.0], -5.0, **dry, **more)
        np.testing.assert_allclose(found, [12.0, 12.0, 12.0 * ratio], rtol=1e-6)
        hotter = capacity(model, 45.0, 20.0, design_dry_bulb_c=45.0, **dry, **more)
        assert float(hotter) == pytest.approx(12.0)


def test_capacity_without_chillers_falls_with_the_air_the_spray_leaves() -> None:
    """Air of 80 % humidity 3 K above the supply limit of 31 degC warms 13 K instead of 16."""
    wet = wet_bulb(34.0, 0.8)
    found = capacity("airside-adiabatic", [34.0, 45.0, 31.0], [wet, wet, 22.0], chiller_capacity_margin=0.0)
    np.testing.assert_allclose(found, [10 * 13 / 16, 10 * 13 / 16, 10.0], rtol=1e-4)
    backed = capacity("airside-adiabatic", 45.0, wet, chiller_capacity_margin=1.0)
    assert 10 * 13 / 16 < float(backed) < 10


def test_without_chillers_hot_humid_air_costs_fans_and_little_spray() -> None:
    """At 34 degC and 80 % the air goes in as it is: fans only, no water."""
    wet = wet_bulb(34.0, 0.8)
    bare = drawn("airside-adiabatic", 5.0, 34.0, wet, chiller_capacity_margin=0.0, fixed_share=0.0)
    fans = 5 / (1.01 * 16) * (307.15 / (1.293 * 273.15)) * 750 / 0.75 / 1e3
    assert float(bare.power_mw) == pytest.approx(fans, rel=1e-3)
    assert float(bare.water_m3_per_h) < 0.01
    assert float(drawn("airside-adiabatic", 5.0, 34.0, wet).power_mw) > 2 * fans


def test_half_the_chillers_leave_half_of_the_heat_to_sprays_and_half_to_the_tower() -> None:
    """At 38 degC and a wet-bulb of 30 outdoor air does not serve, and a spray still cools it."""
    none, half, all_ = (
        drawn("airside-adiabatic", 10.0, 38.0, 30.0, chiller_capacity_margin=margin, fixed_share=0.0)
        for margin in (0.0, 0.5, 1.0)
    )
    assert 0.0 < float(none.water_m3_per_h) < float(all_.water_m3_per_h)
    # but for the mass of the moisture itself, under 1 % of that of the air
    mean = float(none.water_m3_per_h + all_.water_m3_per_h) / 2.0
    assert float(half.water_m3_per_h) == pytest.approx(mean, rel=1e-3)


@pytest.mark.parametrize("model", MODELS)
def test_capacity_never_rises_with_either_temperature(model: str) -> None:
    dry, wet = np.arange(-30.0, 56.0, 2.0)[:, None], np.arange(-30.0, 36.0, 1.0)[None, :]
    found = np.broadcast_to(capacity(model, dry, wet), (dry.size, wet.size))
    if np.all(np.isfinite(found)):
        assert np.all(np.diff(found, axis=0) <= 1e-9)
        assert np.all(np.diff(found, axis=1) <= 1e-9)
    assert np.min(found) >= 0


@pytest.mark.parametrize(
    ("dry_c", "humidity", "chilled"),
    [(26.0, 0.78, False), (26.0, 0.82, True), (20.0, 0.90, False), (20.0, 0.96, True), (34.0, 0.55, False)],
)
def test_open_air_is_chilled_wholly_when_it_is_both_warm_and_humid(
    dry_c: float, humidity: float, chilled: bool
) -> None:
    """Above 80 % and the enthalpy of 27 degC with a dew point of 15 degC: a wet-bulb of 19.1 degC."""
    wet_c = wet_bulb(dry_c, humidity)
    assert chilled == (humidity > 0.8 and wet_c > 19.1)
    fans = drawn("airside-adiabatic", 10.0, 15.0, 10.0, supply_min_c=10.4, supply_max_c=34.2)
    here = drawn("airside-adiabatic", 10.0, dry_c, wet_c, supply_min_c=10.4, supply_max_c=34.2)
    ratio = float(here.power_mw / fans.power_mw)
    assert ratio > 4 if chilled else ratio < 1.1
