"""Cooling tower as waterside economiser with water-cooled chillers behind it.

The equations of Lei & Masanet, Energy 201 (2020) 117556, with part load, water and capacity added.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from capsim.models import psychrometrics as air
from capsim.models.chillers import (
    EVAPORATION_KJ_PER_KG,
    M3_PER_H_PER_MW,
    ROUNDING,
    Array,
    Cooling,
    TowerPlant,
    economiser_share,
    fan_per_heat,
    hall_loads,
    humidifier_pump,
    make_up,
    pump_per_heat,
    require_positive,
    require_shares,
    tower_capacity_ratio,
    vaporisation_kj_per_kg,
    weather_arrays,
)


def waterside_economiser(
    heat_mw: ArrayLike,
    dry_bulb_c: ArrayLike,
    wet_bulb_c: ArrayLike,
    *,
    rated_heat_mw: ArrayLike,
    supply_c: float,
    air_rise_k: float,
    chilled_water_rise_k: float,
    tower_rise_k: float,
    fan_pressure_pa: float,
    fan_efficiency: float,
    tower_fan_pressure_pa: float,
    tower_fan_efficiency: float,
    humidifier_pressure_pa: float,
    humidifier_efficiency: float,
    economiser_pump_pressure_pa: float,
    economiser_pump_efficiency: float,
    chilled_pump_pressure_pa: float,
    chilled_pump_efficiency: float,
    tower_pump_pressure_pa: float,
    tower_pump_efficiency: float,
    tower_approach_k: float,
    exchanger_approach_k: float,
    exchanger_effectiveness: float,
    sensible_heat_ratio: float,
    chiller_part_load: float,
    chiller_cop_adjustment: float,
    tower_liquid_to_gas: float,
    fixed_share: float,
    cycles_of_concentration: float,
    chiller_capacity_margin: float,
) -> Cooling:
    """Cooling tower through a heat exchanger when the wet-bulb allows, water-cooled chillers for the rest.

    Parameters
    ----------
    heat_mw, dry_bulb_c, wet_bulb_c : array_like of float
        Heat released in the hall [MW] and the weather [degC]; they broadcast.
    rated_heat_mw : array_like of float
        Design heat of the ready halls; where it is 0 nothing runs. [MW]
    supply_c, air_rise_k : float
        Supply air [degC] and its warming through the racks [K].
    exchanger_effectiveness : float
        Of the air coil: air warming over (return air - supply water), in (0, 1]. [1]
    exchanger_approach_k, tower_approach_k : float
        Economiser water above tower water, and tower water above the wet-bulb. [K]
    sensible_heat_ratio : float
        Heat of the hall over that and the latent heat of its humidification, in (0, 1]. [1]
    economiser_pump_pressure_pa, economiser_pump_efficiency : float
        Of the economiser's water pump.
    chiller_capacity_margin : float
        Capacity of the chillers at their rating condition over `rated_heat_mw`; see
        `waterside_economiser_capacity_mw`. [1]

    Other parameters are those of `airside_adiabatic`.

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
    require_positive(
        exchanger_effectiveness=exchanger_effectiveness,
        sensible_heat_ratio=sensible_heat_ratio,
        chiller_capacity_margin=chiller_capacity_margin,
    )
    require_shares(exchanger_effectiveness=exchanger_effectiveness, sensible_heat_ratio=sensible_heat_ratio)
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
    water_c = supply_c + air_rise_k - air_rise_k / exchanger_effectiveness
    cold_c = wet + (tower_approach_k + exchanger_approach_k)
    free = economiser_share(cold_c, water_c + chilled_water_rise_k, chilled_water_rise_k)
    latent = 1 / sensible_heat_ratio - 1
    sprayed = latent / vaporisation_kj_per_kg(water_c + chilled_water_rise_k / 2)
    chilled = (1 - free) / sensible_heat_ratio
    compressor = tower.compressor_per_heat(wet)
    compressor *= chilled
    rejected = compressor + 1 / sensible_heat_ratio
    auxiliary = tower.auxiliaries_per_rejected(dry)
    auxiliary *= rejected
    auxiliary += free * (
        pump_per_heat(economiser_pump_pressure_pa, economiser_pump_efficiency, chilled_water_rise_k)
        / sensible_heat_ratio
    )
    auxiliary += chilled * pump_per_heat(
        chilled_pump_pressure_pa, chilled_pump_efficiency, chilled_water_rise_k
    )
    hall_fan = fan_per_heat(fan_pressure_pa, fan_efficiency, air_rise_k) * air.air_m3_per_kg(supply_c)
    auxiliary += hall_fan + sprayed * humidifier_pump(humidifier_pressure_pa, humidifier_efficiency)
    evaporated = rejected / EVAPORATION_KJ_PER_KG + sprayed
    water = heat * evaporated * (M3_PER_H_PER_MW * make_up(cycles_of_concentration))
    return Cooling(moved * auxiliary + heat * compressor, water)


def waterside_economiser_capacity_mw(
    dry_bulb_c: ArrayLike,
    wet_bulb_c: ArrayLike,
    *,
    rated_heat_mw: ArrayLike,
    supply_c: float,
    air_rise_k: float,
    chilled_water_rise_k: float,
    tower_approach_k: float,
    exchanger_approach_k: float,
    exchanger_effectiveness: float,
    chiller_capacity_margin: float,
) -> Array:
    """Most heat the plant of `waterside_economiser` carries; it falls as the wet-bulb rises. [MW]

    The exchanger is sized for a full hall and carries its share; chillers, which lose capacity as in
    `tower_capacity_ratio`, have to carry the rest.
    """
    dry, wet = weather_arrays(dry_bulb_c, wet_bulb_c)
    return_c = supply_c + air_rise_k - air_rise_k / exchanger_effectiveness + chilled_water_rise_k
    cold_c = wet + (tower_approach_k + exchanger_approach_k)
    mechanical = 1 - economiser_share(cold_c, return_c, chilled_water_rise_k)
    chillers = tower_capacity_ratio(wet + tower_approach_k) * chiller_capacity_margin
    most = max(chiller_capacity_margin, 1.0) * (1 + ROUNDING)
    carried = np.minimum(chillers / np.maximum(mechanical, ROUNDING), most)
    capacity: Array = np.asarray(rated_heat_mw, dtype=np.float64) * np.broadcast_to(carried, dry.shape)
    return capacity
