"""Outdoor air through the hall inside limits of warmth and humidity, water-cooled chillers outside.

The rule of Lei & Masanet, Resources, Conservation and Recycling 182 (2022) 106323, whose bands of PUE and
WUE by climate zone it reproduces, with part load and capacity added.
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
    fan_per_heat,
    hall_loads,
    humidifier_pump,
    make_up,
    pump_per_heat,
    require_positive,
    require_shares,
    tower_capacity_ratio,
    weather_arrays,
)


def airside_humidity_limits_capacity_mw(
    dry_bulb_c: ArrayLike,
    wet_bulb_c: ArrayLike,
    *,
    rated_heat_mw: ArrayLike,
    tower_approach_k: float,
    chiller_capacity_margin: float,
) -> Array:
    """Most heat the plant of `airside_humidity_limits` carries: that of its chillers. [MW]

    At wet-bulbs at which chillers of a margin of 1 fall short of a full hall, outdoor air is too humid.
    """
    dry, wet = weather_arrays(dry_bulb_c, wet_bulb_c)
    ratio = tower_capacity_ratio(wet + tower_approach_k) * chiller_capacity_margin
    return np.asarray(rated_heat_mw, dtype=np.float64) * np.broadcast_to(ratio, dry.shape)


def _supply_within_limits(
    dry_bulb_c: Array,
    wet_bulb_c: Array,
    supply_c: tuple[float, float],
    humidity: tuple[float, float],
    dew_point_c: tuple[float, float],
    air_rise_k: float,
) -> tuple[Array, NDArray[np.bool_], Array]:
    """Supply temperature, whether outdoor air serves, and water sprayed per supply air [kg/kg].

    Each pair is a lower and an upper limit. Air below the range is mixed with return air, air above it
    does not serve, nor air inside it that is too humid; air that is too dry is sprayed.
    """
    supply = np.clip(dry_bulb_c, *supply_c)
    outdoor_h = air.saturated_enthalpy_kj_per_kg(wet_bulb_c)
    outdoor = np.maximum(air.water_of_enthalpy(dry_bulb_c, outdoor_h), 0.0)
    saturation = air.saturation_pressure_pa(supply)
    driest, wettest = (air.humidity_ratio_of_pressure(rh * saturation) for rh in humidity)
    driest = np.maximum(driest, air.dew_point_water(dew_point_c[0]))
    wettest = np.minimum(wettest, air.dew_point_water(dew_point_c[1]))
    is_cold = dry_bulb_c < supply_c[0]
    serves = is_cold | ((dry_bulb_c <= supply_c[1]) & (outdoor <= wettest))
    sprayed = np.maximum(driest - outdoor, 0.0) * serves
    sprayed *= np.where(is_cold, air_rise_k / (supply + air_rise_k - dry_bulb_c), 1.0)
    return supply, serves, sprayed


def airside_humidity_limits(
    heat_mw: ArrayLike,
    dry_bulb_c: ArrayLike,
    wet_bulb_c: ArrayLike,
    *,
    rated_heat_mw: ArrayLike,
    supply_min_c: float,
    supply_max_c: float,
    humidity_min: float,
    humidity_max: float,
    dew_point_min_c: float,
    dew_point_max_c: float,
    air_rise_k: float,
    fan_pressure_pa: float,
    fan_efficiency: float,
    humidifier_pressure_pa: float,
    humidifier_efficiency: float,
    sensible_heat_ratio: float,
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
    chiller_capacity_margin: float,
    fixed_share: float,
    cycles_of_concentration: float,
) -> Cooling:
    """Outdoor air of limited warmth and humidity; water-cooled chillers take everything else.

    Parameters
    ----------
    heat_mw, dry_bulb_c, wet_bulb_c : array_like of float
        Heat released in the hall [MW] and the weather [degC]; they broadcast.
    rated_heat_mw : array_like of float
        Design heat of the ready halls; where it is 0 nothing runs. [MW]
    supply_min_c, supply_max_c : float
        Range of the supply air: colder air is mixed with return air, warmer air is not used. [degC]
    humidity_min, humidity_max : float
        Range of the relative humidity of the supply air, in [0, 1]. [1]
    dew_point_min_c, dew_point_max_c : float
        Range of its dew point. [degC]
    sensible_heat_ratio : float
        Heat of the hall over that and what its chilled coils condense, in (0, 1]. [1]
    chiller_capacity_margin : float
        Capacity of the chillers at their rating condition over `rated_heat_mw`, at least 1: in humid
        hours they take all the heat. [1]

    Other parameters are those of `airside_adiabatic`.

    Returns
    -------
    Cooling
        Power and water.

    Raises
    ------
    ValueError
        If a heat is negative or NaN, or a parameter is out of range.

    Notes
    -----
    Most of its water is that of the tower, in mild and humid hours; air above the range is not
    sprayed, the rule with which the authors' published bands were made.

    References
    ----------
    .. [1] Lei & Masanet, Resources, Conservation and Recycling 182 (2022) 106323.
    """
    heat, moved = hall_loads(heat_mw, rated_heat_mw, fixed_share)
    dry, wet = weather_arrays(dry_bulb_c, wet_bulb_c)
    require_positive(air_rise_k=air_rise_k, sensible_heat_ratio=sensible_heat_ratio)
    if not chiller_capacity_margin >= 1:
        raise ValueError(f"chiller_capacity_margin must be at least 1 (got {chiller_capacity_margin})")
    require_shares(
        sensible_heat_ratio=sensible_heat_ratio, humidity_min=humidity_min, humidity_max=humidity_max
    )
    supply, serves, sprayed = _supply_within_limits(
        dry,
        wet,
        (supply_min_c, supply_max_c),
        (humidity_min, humidity_max),
        (dew_point_min_c, dew_point_max_c),
        air_rise_k,
    )
    sprayed /= air.DRY_AIR_KJ_PER_KG_K * air_rise_k  # kg/s per kW of heat
    sprayed += ~serves * ((1 / sensible_heat_ratio - 1) / EVAPORATION_KJ_PER_KG)
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
    chilled = ~serves / sensible_heat_ratio
    compressor = tower.compressor_per_heat(wet) * chilled
    rejected = compressor + chilled
    auxiliary = tower.auxiliaries_per_rejected(dry) * rejected
    auxiliary += chilled * pump_per_heat(
        chilled_pump_pressure_pa, chilled_pump_efficiency, chilled_water_rise_k
    )
    auxiliary += air.air_m3_per_kg(supply) * fan_per_heat(fan_pressure_pa, fan_efficiency, air_rise_k)
    auxiliary += sprayed * humidifier_pump(humidifier_pressure_pa, humidifier_efficiency)
    evaporated = rejected / EVAPORATION_KJ_PER_KG + sprayed
    water = heat * evaporated * (M3_PER_H_PER_MW * make_up(cycles_of_concentration))
    return Cooling(moved * auxiliary + heat * compressor, water)
