"""Parts of the cooling plants: heat, fans, pumps, sprays, water.

Powers are per heat carried, so that a plant is a sum of parts times a heat.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from capsim.models import psychrometrics as air
from capsim.models.cooling.plant import Cooling, PerHeat
from capsim.models.weather import Weather
from capsim.units import KILO, KW_PER_MW, L_PER_M3, SECONDS_PER_HOUR, Array

WATER_KJ_PER_KG_K = 4.2
"""Heat capacity of water in Lei & Masanet (2020). [kJ/(kg K)]"""
WATER_KG_PER_M3 = L_PER_M3
"""Density of water, 1 kg/L. [kg/m3]"""
EVAPORATION_KJ_PER_KG = 2430.0
"""Latent heat of water near 30 degC. [kJ/kg]"""
M3_PER_H_PER_MW = KW_PER_MW * SECONDS_PER_HOUR / WATER_KG_PER_M3
"""Turns kg/s of water per kW of heat into m3/h per MW. [1]"""
ROUNDING = 1e-9
"""Margin of a capacity over the heat of a full hall, which is a sum of rounded numbers. [1]"""


def hall_loads(heat_mw: ArrayLike, rated_heat_mw: ArrayLike, fixed_share: float) -> tuple[Array, Array]:
    """Heat carried, none where no hall is ready, and the heat that fans and pumps run for. [MW]"""
    heat, rated = np.broadcast_arrays(
        np.asarray(heat_mw, dtype=np.float64), np.asarray(rated_heat_mw, dtype=np.float64)
    )
    least = np.min(np.asarray(rated_heat_mw), initial=np.inf)
    if not (np.min(heat, initial=0.0) >= 0 and least >= 0):
        raise ValueError("heat_mw and rated_heat_mw must not be negative")
    # most runs have halls in every hour: then there is nothing to mask
    if not least > 0:
        heat = heat * (rated > 0)
    moved = np.asarray(heat * (1 - fixed_share))
    # in place: one hourly array less for each guess of the solver
    moved += fixed_share * np.asarray(rated_heat_mw)
    return heat, moved


def weather_arrays(weather: Weather) -> tuple[Array, Array]:
    """Dry-bulb and wet-bulb in one shape. [degC]"""
    dry, wet = np.broadcast_arrays(*(np.asarray(series, dtype=np.float64) for series in weather))
    return dry, wet


def with_tower(compressor: Array, auxiliary: Array, rejected: Array, sprayed: Array | float) -> PerHeat:
    """All drawn per heat, a tower evaporating for the share `rejected`; `sprayed` in kg/s/kW."""
    return PerHeat(compressor, auxiliary, rejected / EVAPORATION_KJ_PER_KG + sprayed)


def drawn(loads_mw: tuple[Array, Array], per_heat: PerHeat, cycles_of_concentration: float) -> Cooling:
    """Power and water for the heat carried and the heat that fans and pumps run for."""
    heat, moved = loads_mw
    water = heat * per_heat.evaporated * (M3_PER_H_PER_MW * make_up(cycles_of_concentration))
    return Cooling(moved * per_heat.auxiliary + heat * per_heat.compressor, water)


def fan_per_heat(pressure_pa: float, efficiency: float, air_rise_k: float) -> float:
    """Fan power per heat and per specific volume of the air. [kW / (kW m3/kg)]"""
    return pressure_pa / (efficiency * KILO * air.DRY_AIR_KJ_PER_KG_K * air_rise_k)


def pump_per_heat(pressure_pa: float, efficiency: float, rise_k: float) -> float:
    """Pump power per heat carried by water warmed by `rise_k`. [kW/kW]"""
    return pressure_pa / (KILO * efficiency * WATER_KG_PER_M3 * WATER_KJ_PER_KG_K * rise_k)


def humidifier_pump(pressure_pa: float, efficiency: float) -> float:
    """Pump power per water sprayed. [kW s/kg]"""
    return pressure_pa / (KILO * efficiency * WATER_KG_PER_M3)


def make_up(cycles_of_concentration: float) -> float:
    """Make-up over evaporated water: evaporation and blow-down. [1]"""
    return cycles_of_concentration / (cycles_of_concentration - 1)


def vaporisation_kj_per_kg(water_c: float) -> float:
    """Latent heat of water in Lei & Masanet's code. [kJ/kg]"""
    return -0.0013 * water_c**2 - 2.3097 * water_c + 2500.5


def economiser_share(cold_c: Array, return_c: float, rise_k: float) -> Array:
    """Share of the heat that water cooled to `cold_c` takes from water returning at `return_c`. [1]"""
    return np.clip((return_c - cold_c) / rise_k, 0.0, 1.0)


def left_by_economiser(cold_c: Array, return_c: float, rise_k: float, share: float = 1.0) -> Array:
    """Share of the heat that an economiser carrying at most a `share` of it leaves to others. [1]

    One minus `share` times `economiser_share`, in half the passes over the hours.
    """
    left = np.asarray(cold_c * (share / rise_k))
    left += 1 - share * return_c / rise_k
    return np.clip(left, 1 - share, 1.0, out=left)
