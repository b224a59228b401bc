"""Outdoor air through the hall, sprayed when it is hot, with water-cooled chillers or without.

The equations of Lei & Masanet, Energy 201 (2020) 117556, with part load, water and capacity added.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capsim.models import psychrometrics as air
from capsim.models.cooling import coefficients as of
from capsim.models.cooling import parts
from capsim.models.cooling.chillers import Tower, tower_capacity_ratio
from capsim.models.cooling.plant import Array, Cooling, PerHeat, Plant, part
from capsim.models.weather import Weather

_SPRAYED_HUMIDITY = 0.8
"""Relative humidity up to which air is sprayed in Lei & Masanet (2020). [1]"""
_COLDEST_WET_BULB_C, _WET_BULBS_PER_K, _WET_BULBS = -60.0, 4, 441
"""Grid of wet-bulbs, to 50 degC, between which the sprayed air is interpolated. [degC], [1/K], [1]"""


@lru_cache(maxsize=1)
def _sprayed_air() -> Array:
    """Temperature of air at 80 % relative humidity for every wet-bulb of a grid, made once. [degC]"""
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
    sprayed = table[below]
    return np.minimum(dry_bulb_c, sprayed + (place - below) * (table[below + 1] - sprayed))


class SupplyAir(NamedTuple):
    """Air that enters the racks, hour by hour."""

    temperature_c: Array
    serves: NDArray[np.bool_]
    """Whether outdoor air does, and not the chillers."""
    sprayed_kg_per_kg: Array
    """Water sprayed into it. [kg/kg]"""


@dataclass(frozen=True)
class OutdoorAir(Tower):
    """Fans, sprays and chilled-water pumps of a hall that outdoor air cools, with a tower behind."""

    air_rise_k: float
    fan_pressure_pa: float
    fan_efficiency: float
    humidifier_pressure_pa: float
    humidifier_efficiency: float
    chilled_water_rise_k: float
    chilled_pump_pressure_pa: float
    chilled_pump_efficiency: float

    def per_heat(
        self,
        dry_bulb_c: Array,
        supply_c: Array,
        sprayed: Array,
        chilled: Array,
        compressor: Array,
        rejected: Array,
    ) -> PerHeat:
        """All that is drawn per heat: `sprayed` in kg/s/kW, the shares `chilled` and `rejected`."""
        pump = parts.pump_per_heat(
            self.chilled_pump_pressure_pa, self.chilled_pump_efficiency, self.chilled_water_rise_k
        )
        fan = parts.fan_per_heat(self.fan_pressure_pa, self.fan_efficiency, self.air_rise_k)
        auxiliary = self.auxiliaries_per_rejected(dry_bulb_c) * rejected
        # summed in place: an hourly array is large, and this runs for every guess of the solver
        auxiliary += chilled * pump
        auxiliary += air.air_m3_per_kg(supply_c) * fan
        auxiliary += sprayed * parts.humidifier_pump(self.humidifier_pressure_pa, self.humidifier_efficiency)
        return PerHeat(compressor, auxiliary, rejected / parts.EVAPORATION_KJ_PER_KG + sprayed)


@dataclass(frozen=True, kw_only=True)
class AirsideAdiabatic(Plant):
    """Outdoor air through the hall, sprayed when warm or dry; water-cooled chillers when too humid.

    Without chillers (a margin of 0) the hall takes the air as warm as it is after spraying to 80 % relative
    humidity. Outdoor air between the least and the greatest supply temperature is used as it is.

    References
    ----------
    .. [1] Lei & Masanet, Energy 201 (2020) 117556; `fixed_share` 0 and full heat is their model.
    """

    supply_min_c: of.SupplyMin
    supply_max_c: of.SupplyMax
    air_rise_k: of.AirRise
    fan_pressure_pa: of.FanPressure
    fan_efficiency: of.FanEfficiency
    humidifier_pressure_pa: of.HumidifierPressure
    humidifier_efficiency: of.HumidifierEfficiency
    chilled_water_rise_k: of.ChilledRise
    chilled_pump_pressure_pa: of.ChilledPumpPressure
    chilled_pump_efficiency: of.ChilledPumpEfficiency
    tower_rise_k: of.TowerRise
    tower_pump_pressure_pa: of.TowerPumpPressure
    tower_pump_efficiency: of.TowerPumpEfficiency
    tower_fan_pressure_pa: of.TowerFanPressure
    tower_fan_efficiency: of.TowerFanEfficiency
    tower_approach_k: of.TowerApproach
    tower_liquid_to_gas: of.LiquidToGas
    chiller_part_load: of.ChillerPartLoad
    chiller_cop_adjustment: of.CopAdjustment
    fixed_share: of.FixedShare
    cycles_of_concentration: of.Cycles
    chiller_capacity_margin: Annotated[of.ChillerMargin, of.NOT_NEGATIVE]

    @cached_property
    def _hall(self) -> OutdoorAir:
        return part(OutdoorAir, self)

    @property
    def _backed_share(self) -> float:
        """Share of the heat that chillers take where outdoor air does not serve. [1]"""
        return min(self.chiller_capacity_margin, 1.0)

    def power(self, heat_mw: ArrayLike, weather: Weather, rated_heat_mw: ArrayLike) -> Cooling:
        """Power and water."""
        loads_mw = parts.hall_loads(heat_mw, rated_heat_mw, self.fixed_share)
        dry, wet = parts.weather_arrays(weather)
        supply = self._supply(dry, wet)
        # halls backed by chillers, and hours in which air serves, need no second look at the supply
        if self._backed_share < 1 and not np.all(supply.serves):
            supply = self._without_chillers(dry, wet, supply)
        water = supply.sprayed_kg_per_kg
        sprayed: Array = water / ((1 + water) * (air.DRY_AIR_KJ_PER_KG_K * self.air_rise_k))
        chilled = np.where(supply.serves, 0.0, self._backed_share)
        compressor = self._hall.compressor_per_heat(wet)
        per_heat = self._hall.per_heat(
            dry, supply.temperature_c, sprayed, chilled, compressor * chilled, (compressor + 1) * chilled
        )
        return parts.drawn(loads_mw, per_heat, self.cycles_of_concentration)

    # air and towers are sized by their margin alone
    def capacity_mw(self, weather: Weather, rated_heat_mw: ArrayLike, design_dry_bulb_c: float) -> Array:  # noqa: ARG002
        """Most heat the air or the chillers carry. [MW]

        The fans move the air of a full hall. Air that spraying leaves warmer than `supply_max_c` warms
        that much less, so that what leaves the racks is never warmer than at full heat: 3 K too warm of
        15 K is a fifth less. Chillers lose capacity as in `tower_capacity_ratio`.
        """
        dry, wet = parts.weather_arrays(weather)
        excess_k = np.maximum(coldest_sprayed_c(dry, wet) - self.supply_max_c, 0.0)
        carried = np.maximum(1 - excess_k / self.air_rise_k, 0.0) * (1 + parts.ROUNDING)
        chillers = self.chiller_capacity_margin * tower_capacity_ratio(wet + self.tower_approach_k)
        return np.asarray(rated_heat_mw, dtype=np.float64) * np.maximum(carried, chillers)

    def _supply(self, dry_bulb_c: Array, wet_bulb_c: Array) -> SupplyAir:
        """Air of a hall with chillers.

        Outdoor air serves below the enthalpy of 27 degC with a dew point of 15 degC, or below that of the
        supply temperature at 80 % relative humidity; it is humidified to at least 20 % (when cool) or
        cooled along its enthalpy to the supply temperature (when warm).
        """
        supply = np.clip(dry_bulb_c, self.supply_min_c, self.supply_max_c)
        outdoor_h = air.saturated_enthalpy_kj_per_kg(wet_bulb_c)
        saturation = air.saturation_pressure_pa(supply)
        dry_enough = float(air.enthalpy_kj_per_kg(27.0, air.dew_point_water(15.0)))
        humid_limit = air.enthalpy_kj_per_kg(
            supply, air.humidity_ratio_of_pressure(_SPRAYED_HUMIDITY * saturation)
        )
        serves = (outdoor_h < dry_enough) | (outdoor_h <= humid_limit)
        target = np.where(
            dry_bulb_c > self.supply_max_c,
            air.water_of_enthalpy(supply, outdoor_h),
            air.humidity_ratio_of_pressure(0.2 * saturation),
        )
        gained = target - np.maximum(air.water_of_enthalpy(dry_bulb_c, outdoor_h), 0.0)
        return SupplyAir(supply, serves, np.maximum(gained, 0.0) * serves)

    def _without_chillers(self, dry_bulb_c: Array, wet_bulb_c: Array, air_of: SupplyAir) -> SupplyAir:
        """Air of a hall that has too few chillers, which takes what does not serve too."""
        supply, sprayed = np.array(air_of.temperature_c), np.array(air_of.sprayed_kg_per_kg)
        taken = ~air_of.serves
        dry, wet = dry_bulb_c[taken], wet_bulb_c[taken]
        reached = coldest_sprayed_c(dry, wet)
        outdoor_h = air.saturated_enthalpy_kj_per_kg(wet)
        gained = air.water_of_enthalpy(reached, outdoor_h)
        gained -= np.maximum(air.water_of_enthalpy(dry, outdoor_h), 0.0)
        # only the hours of such air are looked at, a few of a year
        supply[taken], sprayed[taken] = reached, np.maximum(gained, 0.0) * (1 - self._backed_share)
        return SupplyAir(supply, air_of.serves, sprayed)
