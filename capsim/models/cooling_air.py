"""Outdoor air through the hall, sprayed when it is hot, with water-cooled chillers or without.

The equations of Lei & Masanet, Energy 201 (2020) 117556, with part load, water and capacity added.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capsim.models import psychrometrics as air
from capsim.models.chillers import (
    EVAPORATION_KJ_PER_KG,
    M3_PER_H_PER_MW,
    ROUNDING,
    Array,
    Cooling,
    TowerPlant,
    fan_per_heat,
    hall_loads,
    humidifier_pump,
    make_up,
    pump_per_heat,
    require_positive,
    tower_capacity_ratio,
    weather_arrays,
)

_SPRAYED_HUMIDITY = 0.8
"""Relative humidity up to which air is sprayed in Lei & Masanet (2020). [1]"""
_COLDEST_WET_BULB_C, _WET_BULBS_PER_K, _WET_BULBS = -60.0, 4, 441
"""Grid of wet-bulbs, to 50 degC, between which the sprayed air is interpolated. [degC], [1/K], [1]"""


@lru_cache(maxsize=1)
def _sprayed_air() -> Array:
    """Temperature of air at 80 % relative humidity for every wet-bulb of a grid. [degC]"""
    temperature = np.linspace(-70.0, 59.0, 2581)
    vapour = _SPRAYED_HUMIDITY * air.saturation_pressure_pa(temperature)
    enthalpy = air.enthalpy_kj_per_kg(temperature, air.humidity_ratio_of_pressure(vapour))
    wet_bulb = _COLDEST_WET_BULB_C + np.arange(_WET_BULBS) / _WET_BULBS_PER_K
    return np.interp(air.saturated_enthalpy_kj_per_kg(wet_bulb), enthalpy, temperature)


def coldest_sprayed_c(dry_bulb_c: Array, wet_bulb_c: Array) -> Array:
    """Temperature to which spraying brings outdoor air: 80 % relative humidity, or as it is. [degC]

    Examples
    --------
    >>> coldest_sprayed_c(np.array([38.0, 24.0]), np.array([22.0, 23.0])).round(1)
    array([24.6, 24. ])
    """
    table = _sprayed_air()
    place = np.clip((wet_bulb_c - _COLDEST_WET_BULB_C) * _WET_BULBS_PER_K, 0.0, _WET_BULBS - 2)
    below = place.astype(np.intp)
    place -= below
    sprayed = table[below]
    place *= table[below + 1] - sprayed
    return np.minimum(dry_bulb_c, sprayed + place)


def _adiabatic_supply(
    dry_bulb_c: Array, wet_bulb_c: Array, supply_min_c: float, supply_max_c: float
) -> tuple[Array, NDArray[np.bool_], Array]:
    """Supply temperature, whether outdoor air serves, and water sprayed per air [kg/kg].

    Outdoor air serves below the enthalpy of 27 degC with a dew point of 15 degC, or below that of the
    supply temperature at 80 % relative humidity; it is humidified to at least 20 % (when cool) or
    cooled along its enthalpy to the supply temperature (when warm).
    """
    supply = np.clip(dry_bulb_c, supply_min_c, supply_max_c)
    outdoor_h = air.saturated_enthalpy_kj_per_kg(wet_bulb_c)
    saturation = air.saturation_pressure_pa(supply)
    dry_enough = float(air.enthalpy_kj_per_kg(27.0, air.dew_point_water(15.0)))
    humid_limit = air.enthalpy_kj_per_kg(
        supply, air.humidity_ratio_of_pressure(_SPRAYED_HUMIDITY * saturation)
    )
    serves = (outdoor_h < dry_enough) | (outdoor_h <= humid_limit)
    target = np.where(
        dry_bulb_c > supply_max_c,
        air.water_of_enthalpy(supply, outdoor_h),
        air.humidity_ratio_of_pressure(0.2 * saturation),
    )
    target -= np.maximum(air.water_of_enthalpy(dry_bulb_c, outdoor_h), 0.0)
    sprayed = np.maximum(target, 0.0, out=target)
    sprayed *= serves
    return supply, serves, sprayed


def _backed_share(chiller_capacity_margin: float) -> float:
    """Share of the heat that chillers take where outdoor air does not serve. [1]"""
    if not chiller_capacity_margin >= 0:
        raise ValueError(f"chiller_capacity_margin must not be negative (got {chiller_capacity_margin})")
    return min(chiller_capacity_margin, 1.0)


def _without_chillers(
    dry_bulb_c: Array,
    wet_bulb_c: Array,
    supply: Array,
    serves: NDArray[np.bool_],
    sprayed: Array,
    backed: float,
) -> tuple[Array, Array]:
    """Supply temperature [degC] and water sprayed [kg/kg] where air that does not serve is taken too."""
    supply, sprayed, taken = np.array(supply), np.array(sprayed), ~serves
    dry, wet = dry_bulb_c[taken], wet_bulb_c[taken]
    reached = coldest_sprayed_c(dry, wet)
    outdoor_h = air.saturated_enthalpy_kj_per_kg(wet)
    gained = air.water_of_enthalpy(reached, outdoor_h)
    gained -= np.maximum(air.water_of_enthalpy(dry, outdoor_h), 0.0)
    supply[taken], sprayed[taken] = reached, np.maximum(gained, 0.0) * (1 - backed)
    return supply, sprayed


def airside_adiabatic(
    heat_mw: ArrayLike,
    dry_bulb_c: ArrayLike,
    wet_bulb_c: ArrayLike,
    *,
    rated_heat_mw: ArrayLike,
    supply_min_c: float,
    supply_max_c: float,
    air_rise_k: float,
    fan_pressure_pa: float,
    fan_efficiency: float,
    humidifier_pressure_pa: float,
    humidifier_efficiency: float,
    chilled_water_rise_k: float,
    chilled_pump_pressure_pa: float,
    chilled_pump_efficiency: float,
    tower_rise_k: float,
    tower_pump_pressure_pa: float,
    tower_pump_efficiency: float,
    tower_fan_pressure_pa: float,
    tower_fan_efficiency: float,
    tower_approach_k: float,
    tower_liquid_to_gas: float,
    chiller_part_load: float,
    chiller_cop_adjustment: float,
    fixed_share: float,
    cycles_of_concentration: float,
    chiller_capacity_margin: float,
) -> Cooling:
    """Outdoor air through the hall, sprayed when warm or dry; water-cooled chillers when too humid.

    Without chillers the hall takes the air as warm as it is after spraying to 80 % relative humidity.

    Parameters
    ----------
    heat_mw, dry_bulb_c, wet_bulb_c : array_like of float
        Heat released in the hall [MW] and the weather [degC]; they broadcast.
    rated_heat_mw : array_like of float
        Design heat of the ready halls; where it is 0 nothing runs. [MW]
    supply_min_c, supply_max_c : float
        Range of the supply air; outdoor air inside it is used as it is. [degC]
    air_rise_k : float
        Warming of the air through the racks. [K]
    fan_pressure_pa, fan_efficiency : float
        Pressure rise [Pa] and efficiency [1] of the hall fans; likewise `tower_fan_*`.
    humidifier_pressure_pa, humidifier_efficiency : float
        Of the spray pump; likewise `chilled_pump_*` and `tower_pump_*`.
    chilled_water_rise_k, tower_rise_k : float
        Warming of the chilled and of the tower water. [K]
    tower_approach_k : float
        Tower water above the wet-bulb. [K]
    tower_liquid_to_gas : float
        Water over air flow in the tower. [kg/kg]
    chiller_part_load, chiller_cop_adjustment : float
        See `water_cooled_cop`. [1]
    fixed_share : float
        Share of rated fan and pump power drawn whatever the heat. [1]
    cycles_of_concentration : float
        Salt of the water blown down (drift included) over that of the make-up, greater than 1. [1]
    chiller_capacity_margin : float
        Capacity of the chillers at their rating condition over `rated_heat_mw`; 0 for a plant without
        chillers. [1]

    Returns
    -------
    Cooling
        Power and water.

    Raises
    ------
    ValueError
        If a heat is negative or NaN, or a parameter is out of range.

    References
    ----------
    .. [1] Lei & Masanet, Energy 201 (2020) 117556; `fixed_share` 0 and full heat is their model.
    """
    heat, moved = hall_loads(heat_mw, rated_heat_mw, fixed_share)
    dry, wet = weather_arrays(dry_bulb_c, wet_bulb_c)
    supply, serves, sprayed = _adiabatic_supply(dry, wet, supply_min_c, supply_max_c)
    backed = _backed_share(chiller_capacity_margin)
    if backed < 1 and not np.all(serves):
        supply, sprayed = _without_chillers(dry, wet, supply, serves, sprayed, backed)
    sprayed /= (1 + sprayed) * (air.DRY_AIR_KJ_PER_KG_K * air_rise_k)  # kg/s per kW of heat
    tower = TowerPlant(
        tower_rise_k,
        tower_pump_pressure_pa,
        tower_pump_efficiency,
        tower_fan_pressure_pa,
        tower_fan_efficiency,
        tower_approach_k,
        tower_liquid_to_gas,
        chiller_part_load,
        chiller_cop_adjustment,
    )
    chilled = ~serves * backed
    compressor = tower.compressor_per_heat(wet)
    rejected = (compressor + 1) * chilled
    compressor *= chilled
    auxiliary = tower.auxiliaries_per_rejected(dry) * rejected
    auxiliary += chilled * pump_per_heat(
        chilled_pump_pressure_pa, chilled_pump_efficiency, chilled_water_rise_k
    )
    auxiliary += air.air_m3_per_kg(supply) * fan_per_heat(fan_pressure_pa, fan_efficiency, air_rise_k)
    auxiliary += sprayed * humidifier_pump(humidifier_pressure_pa, humidifier_efficiency)
    evaporated = rejected / EVAPORATION_KJ_PER_KG + sprayed
    water = heat * evaporated * (M3_PER_H_PER_MW * make_up(cycles_of_concentration))
    return Cooling(moved * auxiliary + heat * compressor, water)


def airside_adiabatic_capacity_mw(
    dry_bulb_c: ArrayLike,
    wet_bulb_c: ArrayLike,
    *,
    rated_heat_mw: ArrayLike,
    supply_max_c: float,
    air_rise_k: float,
    tower_approach_k: float,
    chiller_capacity_margin: float,
) -> Array:
    """Most heat the plant of `airside_adiabatic` carries: that of its air or of its chillers. [MW]

    The fans move the air of a full hall. Air that spraying leaves warmer than `supply_max_c` warms that
    much less, so that what leaves the racks is never warmer than at full heat: 3 K too warm of 15 K is
    a fifth less. Chillers lose capacity as in `tower_capacity_ratio`.
    """
    dry, wet = weather_arrays(dry_bulb_c, wet_bulb_c)
    require_positive(air_rise_k=air_rise_k)
    excess = np.maximum(coldest_sprayed_c(dry, wet) - supply_max_c, 0.0)
    carried = np.maximum(1 - excess / air_rise_k, 0.0) * (1 + ROUNDING)
    chillers = chiller_capacity_margin * tower_capacity_ratio(wet + tower_approach_k)
    return np.asarray(rated_heat_mw, dtype=np.float64) * np.maximum(carried, chillers)
