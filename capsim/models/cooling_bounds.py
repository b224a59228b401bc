"""Bounds of the arguments of cooling plants: what no plant has, however unusual.

Wider than any published range, so that a slip of the unit or of the decimal point is caught: a supply
temperature of 0.1 degC, a fan of 7 Pa. The models themselves refuse only what has no meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

BOUNDS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "adiabatic_effectiveness": (0.0, 1.0),
        "air_rise_k": (3.0, 40.0),
        "chilled_pump_efficiency": (0.1, 1.0),
        "chilled_pump_pressure_pa": (1e4, 2e6),
        "chilled_supply_c": (3.0, 30.0),
        "chilled_water_rise_k": (2.0, 25.0),
        "chiller_capacity_margin": (0.0, 5.0),
        "chiller_cop_adjustment": (-0.9, 1.0),
        "chiller_part_load": (0.05, 1.0),
        "chiller_rated_cop": (1.0, 12.0),
        "cooler_air_rise_k": (2.0, 40.0),
        "cooler_fan_share": (0.0, 0.2),
        "cycles_of_concentration": (1.1, 100.0),
        "dew_point_max_c": (0.0, 35.0),
        "dew_point_min_c": (-40.0, 20.0),
        "dry_approach_k": (1.0, 25.0),
        "economiser_pump_efficiency": (0.1, 1.0),
        "economiser_pump_pressure_pa": (1e4, 2e6),
        "exchanger_approach_k": (0.1, 15.0),
        "exchanger_effectiveness": (0.2, 1.0),
        "fan_efficiency": (0.1, 1.0),
        "fan_pressure_pa": (20.0, 3e3),
        "fixed_share": (0.0, 1.0),
        "free_cooling_approach_k": (1.0, 25.0),
        "free_cooling_share": (0.0, 1.0),
        "humidifier_efficiency": (0.1, 1.0),
        "humidifier_pressure_pa": (1e5, 3e7),
        "humidity_max": (0.2, 1.0),
        "humidity_min": (0.0, 0.8),
        "liquid_share": (0.0, 1.0),
        "loop_pump_share": (0.0, 0.2),
        "loop_rise_k": (2.0, 30.0),
        "loop_supply_c": (10.0, 60.0),
        "sensible_heat_ratio": (0.5, 1.0),
        "supply_c": (10.0, 45.0),
        "supply_max_c": (15.0, 45.0),
        "supply_min_c": (5.0, 35.0),
        "tower_approach_k": (1.0, 20.0),
        "tower_fan_efficiency": (0.1, 1.0),
        "tower_fan_pressure_pa": (10.0, 2e3),
        "tower_liquid_to_gas": (0.1, 10.0),
        "tower_pump_efficiency": (0.1, 1.0),
        "tower_pump_pressure_pa": (1e4, 2e6),
        "tower_rise_k": (1.0, 20.0),
        "trim_chiller_cop": (1.0, 15.0),
    }
)
"""Least and greatest value by argument, in the argument's unit. Assumed."""

ORDERED: tuple[tuple[str, str], ...] = (
    ("supply_min_c", "supply_max_c"),
    ("humidity_min", "humidity_max"),
    ("dew_point_min_c", "dew_point_max_c"),
)
"""Pairs of arguments of which the first must not exceed the second."""
