"""The authors' worked example of Lei & Masanet, Energy 201 (2020) 117556, point by point.

Parameters and the two full-precision results are those of the authors' published examples
(github.com/nuoaleon/Data-center-PUE-prediction-tool, commit c31bab2); the four-digit table holds
results of their published code for the same parameters. Nothing here was fitted.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.catalog import climate_table, load_catalog
from capsim.models.cooling import Weather, plant_of
from capsim.models.weather import weather_hours
from capsim.units import calendar

IT_LOSSES = 1 / 9.80302734e-01 - 1 + 1 / (1 - 5.60546875e-03) - 1 + 1.81445313e-03
moist = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "moist_air.py")))
NO_PART_LOAD = {"fixed_share": 0.0, "cycles_of_concentration": 5.0, "chiller_capacity_margin": 1.0}
AIRSIDE = {
    # the paper sprays as far as the supply needs it, and drains nothing
    "spray_trigger_c": 60.0,
    "spray_wet_bulb_c": -60.0,
    "saturation_effectiveness": 0.0,
    "purge_m3_per_mwh": 0.0,
    "supply_min_c": 10.3671875,
    "supply_max_c": 34.1953125,
    "air_rise_k": 14.7840712,
    "fan_pressure_pa": 685.058594,
    "fan_efficiency": 0.829931641,
    "humidifier_pressure_pa": 7.31582031e6,
    "humidifier_efficiency": 0.704492187,
    "chilled_water_rise_k": 6.91894531,
    "chilled_pump_pressure_pa": 146519.937,
    "chilled_pump_efficiency": 0.790039062,
    "tower_rise_k": 4.28710938,
    "tower_pump_pressure_pa": 212001.82,
    "tower_pump_efficiency": 0.716601562,
    "tower_fan_pressure_pa": 203.417969,
    "tower_fan_efficiency": 0.897802734,
    "tower_approach_k": 6.33818359,
    "tower_liquid_to_gas": 1.11914062,
    "chiller_part_load": 0.224023438,
    "chiller_cop_adjustment": 0.105488281,
}
WATERSIDE = {
    "supply_c": 27.3671875,
    "air_rise_k": 18.8856337,
    "chilled_water_rise_k": 7.50488281,
    "tower_rise_k": 4.13867188,
    "fan_pressure_pa": 416.992188,
    "fan_efficiency": 0.713720703,
    "tower_fan_pressure_pa": 148.339844,
    "tower_fan_efficiency": 0.745947266,
    "humidifier_pressure_pa": 6.50097656e6,
    "humidifier_efficiency": 0.674023438,
    "economiser_pump_pressure_pa": 156284.191,
    "economiser_pump_efficiency": 0.668945312,
    "chilled_pump_pressure_pa": 171884.552,
    "chilled_pump_efficiency": 0.745117188,
    "tower_pump_pressure_pa": 210534.68,
    "tower_pump_efficiency": 0.709960938,
    "tower_approach_k": 6.50576172,
    "exchanger_approach_k": 2.29404297,
    "exchanger_effectiveness": 0.816601563,
    "sensible_heat_ratio": 0.986289063,
    "chiller_part_load": 0.224023438,
    "chiller_cop_adjustment": 0.105488281,
    "tower_liquid_to_gas": 1.11914062,
}
POINTS = [(0, 80), (10, 80), (20, 40), (20, 60), (25, 60), (30, 40), (35, 40), (40, 30)]
AIRSIDE_PUE = [1.0731, 1.0731, 1.0747, 1.0747, 1.0755, 1.0763, 1.0772, 1.0786]
WATERSIDE_PUE = [1.0881, 1.0884, 1.0887, 1.1037, 1.2127, 1.2304, 1.3181, 1.3309]
ROWS = [
    *[("airside-adiabatic", *point, pue) for point, pue in zip(POINTS, AIRSIDE_PUE, strict=True)],
    *[("waterside-economiser", *point, pue) for point, pue in zip(POINTS, WATERSIDE_PUE, strict=True)],
]


def pue(model: str, dry_bulb_c: float, relative_humidity: float) -> float:
    """PUE of one MW of IT at full heat, without transformer, as in the paper."""
    parameters = AIRSIDE if model == "airside-adiabatic" else WATERSIDE
    heat = 1 + IT_LOSSES
    hour = Weather(dry_bulb_c, moist.wet_bulb_c(dry_bulb_c, relative_humidity))
    drawn = plant_of(model, parameters | NO_PART_LOAD).power(heat, hour, rated_heat_mw=heat)
    return heat + float(drawn.power_mw)


@pytest.mark.parametrize(("model", "dry_bulb_c", "rh_percent", "published"), ROWS)
def test_pue_to_the_printed_digits(
    model: str, dry_bulb_c: float, rh_percent: float, published: float
) -> None:
    assert round(pue(model, dry_bulb_c, rh_percent / 100), 4) == published


@pytest.mark.parametrize(
    ("model", "published"),
    [("airside-adiabatic", 1.0746922969797756), ("waterside-economiser", 1.0887168184890426)],
)
def test_pue_at_20_c_and_40_percent_to_full_precision(model: str, published: float) -> None:
    assert pue(model, 20.0, 0.4) == pytest.approx(published, abs=1e-9)


def test_tower_evaporates_the_published_water_per_heat() -> None:
    """About 1.5-1.8 L per kWh of heat rejected, before blow-down."""
    plant = plant_of("waterside-economiser", {**WATERSIDE, **NO_PART_LOAD, "cycles_of_concentration": 1e9})
    everything_free = plant.power(1.0, Weather(0.0, -2.0), rated_heat_mw=1.0)
    assert 1.45 < float(everything_free.water_m3_per_h) < 1.8


def test_vectors_equal_the_points() -> None:
    dry = np.array([t for t, _ in POINTS], dtype=float)
    rh = np.array([r for _, r in POINTS]) / 100
    wet = moist.wet_bulb_c(dry, rh)
    heat = 1 + IT_LOSSES
    plant = plant_of("waterside-economiser", WATERSIDE | NO_PART_LOAD)
    drawn = plant.power(heat, Weather(dry, wet), rated_heat_mw=heat)
    one_by_one = [pue("waterside-economiser", t, r / 100) for t, r in POINTS]
    np.testing.assert_allclose(heat + drawn.power_mw, one_by_one, rtol=1e-10)


@pytest.mark.parametrize(
    ("model", "published"), [("airside-adiabatic", 1.074), ("waterside-economiser", 1.099)]
)
def test_annual_pue_of_a_paris_year(model: str, published: float) -> None:
    """Printed to 0.001 for a typical year; ten synthetic ones here."""
    hours = calendar(np.datetime64("2027-01-01").item(), 12).month_hour_index
    years = [
        weather_hours(climate_table(load_catalog(), "paris"), hours, np.random.default_rng(s))
        for s in range(10)
    ]
    dry, wet = (np.concatenate(series) for series in zip(*years, strict=True))
    heat, parameters = 1 + IT_LOSSES, AIRSIDE if model == "airside-adiabatic" else WATERSIDE
    plant = plant_of(model, parameters | NO_PART_LOAD)
    drawn = plant.power(heat, Weather(dry, wet), rated_heat_mw=heat)
    assert heat + drawn.power_mw.mean() == pytest.approx(published, abs=0.002)
