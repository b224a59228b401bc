"""Plants that reject heat to dry air: air-cooled chillers, and liquid cooling with dry coolers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from capsim.models.chillers import (
    EVAPORATION_KJ_PER_KG,
    M3_PER_H_PER_MW,
    AirCooledPlant,
    Array,
    Cooling,
    economiser_share,
    hall_loads,
    make_up,
    require_positive,
    require_shares,
    room_auxiliaries_per_heat,
    warm_water_input_ratio,
    weather_arrays,
)


def air_cooled_chiller(
    heat_mw: ArrayLike,
    dry_bulb_c: ArrayLike,
    wet_bulb_c: ArrayLike,
    *,
    rated_heat_mw: ArrayLike,
    chilled_supply_c: float,
    chilled_water_rise_k: float,
    air_rise_k: float,
    fan_pressure_pa: float,
    fan_efficiency: float,
    chilled_pump_pressure_pa: float,
    chilled_pump_efficiency: float,
    chiller_rated_cop: float,
    chiller_capacity_margin: float,
    free_cooling_share: float,
    free_cooling_approach_k: float,
    fixed_share: float,
) -> Cooling:
    """Chilled water from air-cooled chillers, with free-cooling coils when it is cold; no water.

    Parameters
    ----------
    heat_mw, dry_bulb_c, wet_bulb_c : array_like of float
        Heat released in the hall [MW] and the weather [degC]; the wet-bulb changes nothing.
    rated_heat_mw : array_like of float
        Design heat of the ready halls; where it is 0 nothing runs. [MW]
    chilled_supply_c, chilled_water_rise_k : float
        Chilled water [degC] and its warming [K].
    chiller_rated_cop : float
        At 35 degC outdoors and 6.67 degC water, condenser fans included. [1]
    chiller_capacity_margin : float
        Nominal capacity of the chillers over `rated_heat_mw`. [1]
    free_cooling_share, free_cooling_approach_k : float
        Share of the heat with a free-cooling coil [1], and its water above the dry-bulb [K].

    Other parameters are those of `airside_adiabatic`.

    Returns
    -------
    Cooling
        Power, and no water.

    Raises
    ------
    ValueError
        If a heat is negative or NaN, or a parameter is out of range.

    References
    ----------
    .. [1] EnergyPlus Engineering Reference, Chiller:Electric; see ``AirCooledPlant``.
    """
    heat, moved = hall_loads(heat_mw, rated_heat_mw, fixed_share)
    dry, rated = np.asarray(dry_bulb_c, dtype=np.float64), np.asarray(rated_heat_mw, dtype=np.float64)
    plant = AirCooledPlant(
        chilled_supply_c,
        chilled_water_rise_k,
        chiller_rated_cop,
        chiller_capacity_margin,
        free_cooling_share,
        free_cooling_approach_k,
    )
    power = plant.compressor_mw(heat, rated, dry)
    power += moved * room_auxiliaries_per_heat(
        chilled_water_rise_k=chilled_water_rise_k,
        air_rise_k=air_rise_k,
        fan_pressure_pa=fan_pressure_pa,
        fan_efficiency=fan_efficiency,
        chilled_pump_pressure_pa=chilled_pump_pressure_pa,
        chilled_pump_efficiency=chilled_pump_efficiency,
    )
    return Cooling(power, np.zeros(np.broadcast_shapes(power.shape, np.shape(wet_bulb_c))))


def air_cooled_chiller_capacity_mw(
    dry_bulb_c: ArrayLike,
    wet_bulb_c: ArrayLike,  # noqa: ARG001 - every entry of the table has it
    *,
    rated_heat_mw: ArrayLike,
    design_dry_bulb_c: float,
    chilled_supply_c: float,
    chilled_water_rise_k: float,
    chiller_rated_cop: float,
    chiller_capacity_margin: float,
    free_cooling_share: float,
    free_cooling_approach_k: float,
) -> Array:
    """Most heat the plant of `air_cooled_chiller` carries; it falls as the outdoor air warms. [MW]

    The chillers are sized to carry `chiller_capacity_margin` times the rated heat at `design_dry_bulb_c`.
    """
    plant = AirCooledPlant(
        chilled_supply_c,
        chilled_water_rise_k,
        chiller_rated_cop,
        chiller_capacity_margin,
        free_cooling_share,
        free_cooling_approach_k,
    )
    rated = np.asarray(rated_heat_mw, dtype=np.float64)
    return plant.capacity_mw(rated, np.asarray(dry_bulb_c, dtype=np.float64), design_dry_bulb_c)


def direct_liquid(
    heat_mw: ArrayLike,
    dry_bulb_c: ArrayLike,
    wet_bulb_c: ArrayLike,
    *,
    rated_heat_mw: ArrayLike,
    liquid_share: float,
    loop_supply_c: float,
    loop_rise_k: float,
    dry_approach_k: float,
    adiabatic_effectiveness: float,
    cooler_air_rise_k: float,
    loop_pump_share: float,
    cooler_fan_share: float,
    trim_chiller_cop: float,
    cycles_of_concentration: float,
    chilled_supply_c: float,
    chilled_water_rise_k: float,
    air_rise_k: float,
    fan_pressure_pa: float,
    fan_efficiency: float,
    chilled_pump_pressure_pa: float,
    chilled_pump_efficiency: float,
    chiller_rated_cop: float,
    chiller_capacity_margin: float,
    free_cooling_share: float,
    free_cooling_approach_k: float,
    fixed_share: float,
) -> Cooling:
    r"""Warm water to the chips or an immersion bath, dry coolers outside, chilled air for the rest.

    Dry coolers carry the liquid heat while dry-bulb plus approach is at most the loop's supply
    temperature; above that their inlet air is sprayed, as far as needed and possible; a trim
    chiller takes what is left. The other heat goes to the plant of `air_cooled_chiller`.

    Parameters
    ----------
    heat_mw, dry_bulb_c, wet_bulb_c : array_like of float
        Heat released in the hall [MW] and the weather [degC]; they broadcast.
    rated_heat_mw : array_like of float
        Design heat of the ready halls; where it is 0 nothing runs. [MW]
    liquid_share : float
        Share of the heat that the liquid takes, in [0, 1]; near 1 for immersion. [1]
    loop_supply_c, loop_rise_k : float
        Facility water to the halls [degC] and its warming [K].
    dry_approach_k : float
        Water leaving a dry cooler above the air entering it. [K]
    adiabatic_effectiveness : float
        Cooling of the inlet air by spraying over (dry-bulb - wet-bulb); 0 without spray. [1]
    cooler_air_rise_k : float
        Warming of the air through a dry cooler, which sets the air to be sprayed. [K]
    loop_pump_share, cooler_fan_share : float
        Loop pump and dry-cooler fan power over the liquid heat, at rated heat. [1]
    trim_chiller_cop : float
        Of the trim chiller in air of 35 degC; it falls as the air gets hotter. [1]

    Other parameters are those of `air_cooled_chiller` and `airside_adiabatic`.

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
    .. math:: T_{in} = T_{dry} - \min\left[\epsilon (T_{dry} - T_{wet}),
       \max(0, T_{dry} + A - T_{supply})\right]

    The share of the dry coolers is that of an economiser with water at :math:`T_{in} + A`, as in
    Lei & Masanet. The trim chiller's own heat is left out of the dry coolers' fan power.
    """
    heat, moved = hall_loads(heat_mw, rated_heat_mw, fixed_share)
    dry, wet = weather_arrays(dry_bulb_c, wet_bulb_c)
    require_shares(
        liquid_share=liquid_share,
        adiabatic_effectiveness=adiabatic_effectiveness,
        loop_pump_share=loop_pump_share,
        cooler_fan_share=cooler_fan_share,
    )
    require_positive(
        loop_rise_k=loop_rise_k, cooler_air_rise_k=cooler_air_rise_k, trim_chiller_cop=trim_chiller_cop
    )
    plant = AirCooledPlant(
        chilled_supply_c,
        chilled_water_rise_k,
        chiller_rated_cop,
        chiller_capacity_margin,
        free_cooling_share,
        free_cooling_approach_k,
    )
    room = room_auxiliaries_per_heat(
        chilled_water_rise_k=chilled_water_rise_k,
        air_rise_k=air_rise_k,
        fan_pressure_pa=fan_pressure_pa,
        fan_efficiency=fan_efficiency,
        chilled_pump_pressure_pa=chilled_pump_pressure_pa,
        chilled_pump_efficiency=chilled_pump_efficiency,
    )
    air_share = 1 - liquid_share  # the air-cooled plant is smaller by it, and draws that much less
    power = plant.compressor_mw(heat, np.asarray(rated_heat_mw, dtype=np.float64), dry)
    power *= air_share
    cooled_k = _spray_cooling_k(dry, wet, dry_approach_k - loop_supply_c, adiabatic_effectiveness)
    trimmed = _trimmed_share(dry, cooled_k, dry_approach_k, loop_supply_c, loop_rise_k)
    if trimmed.any():
        trimmed *= warm_water_input_ratio(dry)
    trimmed *= liquid_share / trim_chiller_cop
    power += heat * trimmed
    moved *= liquid_share * (loop_pump_share + cooler_fan_share) + air_share * room
    power += moved
    cooled_k *= liquid_share * M3_PER_H_PER_MW / (EVAPORATION_KJ_PER_KG * cooler_air_rise_k)
    cooled_k *= make_up(cycles_of_concentration)
    return Cooling(power, heat * cooled_k)


def direct_liquid_capacity_mw(
    dry_bulb_c: ArrayLike,
    wet_bulb_c: ArrayLike,
    *,
    rated_heat_mw: ArrayLike,
    design_dry_bulb_c: float,
    liquid_share: float,
    loop_supply_c: float,
    loop_rise_k: float,
    dry_approach_k: float,
    adiabatic_effectiveness: float,
    chilled_supply_c: float,
    chilled_water_rise_k: float,
    chiller_rated_cop: float,
    chiller_capacity_margin: float,
    free_cooling_share: float,
    free_cooling_approach_k: float,
) -> Array:
    """Most heat the plant of `direct_liquid` carries; it falls as the outdoor air warms. [MW]

    Liquid and air share the heat of every rack, so what is short of its part first holds back the whole.
    Trim chillers are sized like the air-cooled ones, for `chiller_capacity_margin` times the heat of the
    loop at `design_dry_bulb_c`, and lose capacity as they do; dry coolers spare them what they carry.
    """
    require_shares(liquid_share=liquid_share)
    require_positive(loop_rise_k=loop_rise_k)
    rated = np.asarray(rated_heat_mw, dtype=np.float64)
    dry, wet = weather_arrays(dry_bulb_c, wet_bulb_c)
    plant = AirCooledPlant(
        chilled_supply_c,
        chilled_water_rise_k,
        chiller_rated_cop,
        chiller_capacity_margin,
        free_cooling_share,
        free_cooling_approach_k,
    )
    cooled_k = _spray_cooling_k(dry, wet, dry_approach_k - loop_supply_c, adiabatic_effectiveness)
    trimmed = _trimmed_share(dry, cooled_k, dry_approach_k, loop_supply_c, loop_rise_k)
    mechanical = trimmed
    if liquid_share < 1:
        air_side = plant.mechanical_share(dry)
        mechanical = np.maximum(trimmed, air_side) if liquid_share > 0 else air_side
    return plant.carried_mw(rated, dry, design_dry_bulb_c, mechanical)


def _spray_cooling_k(
    dry_bulb_c: Array, wet_bulb_c: Array, approach_over_supply_k: float, effectiveness: float
) -> Array:
    """Cooling of a dry cooler's inlet air by spraying: what is needed, up to what is possible. [K]"""
    if effectiveness == 0:
        return np.zeros(dry_bulb_c.shape)
    needed = np.maximum(dry_bulb_c + approach_over_supply_k, 0.0)
    return np.minimum(needed, effectiveness * np.maximum(dry_bulb_c - wet_bulb_c, 0.0))


def _trimmed_share(
    dry_bulb_c: Array, cooled_k: Array, approach_k: float, loop_supply_c: float, loop_rise_k: float
) -> Array:
    """Share of the liquid heat that dry coolers, with sprayed inlet air, leave to the trim chiller. [1]"""
    reached = dry_bulb_c - cooled_k
    reached += approach_k
    return 1 - economiser_share(reached, loop_supply_c + loop_rise_k, loop_rise_k)
