"""Plants that evaporate water: airside economiser with adiabatic cooling, waterside economiser.

Both are the equations of Lei & Masanet, Energy 201 (2020) 117556, with part load and water added.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capsim.models import psychrometrics as air
from capsim.models.chillers import (
    EVAPORATION_KJ_PER_KG,
    M3_PER_H_PER_MW,
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
    vaporisation_kj_per_kg,
    weather_arrays,
)


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
    humid_limit = air.enthalpy_kj_per_kg(supply, air.humidity_ratio_of_pressure(0.8 * saturation))
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
) -> Cooling:
    """Outdoor air through the hall, sprayed when warm or dry; water-cooled chillers when too humid.

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
        Salt of the water blown down over that of the make-up, greater than 1. [1]

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
    chilled = ~serves
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
    require_positive(exchanger_effectiveness=exchanger_effectiveness, sensible_heat_ratio=sensible_heat_ratio)
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
