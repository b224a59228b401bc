"""Outdoor air through the hall, sprayed when it is hot, with water-cooled chillers or without.

The equations of Lei & Masanet, Energy 201 (2020) 117556, with part load, water and capacity added.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.models import psychrometrics as air
from capsim.models.cooling import coefficients as of
from capsim.models.cooling import parts
from capsim.models.cooling.plant import PerHeat
from capsim.models.cooling.tower import TowerPlant
from capsim.models.weather import Weather
from capsim.units import Array

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
    sprays_run: NDArray[np.bool_] | bool = False
    """Whether sprays cool it, in part or in full; not where they only humidify."""


@dataclass(frozen=True, kw_only=True)
class OutdoorAir(TowerPlant):
    """A hall that outdoor air cools between a least and a greatest supply temperature."""

    supply_min_c: of.SupplyMin
    supply_max_c: of.SupplyMax

    def inlet_c(self, weather: Weather) -> Array:
        """Outdoor air between the least and the greatest supply temperature. [degC]"""
        dry_bulb_c = np.asarray(weather.dry_bulb_c, dtype=np.float64)
        return np.clip(dry_bulb_c, self.supply_min_c, self.supply_max_c)

    def auxiliary_per_heat(
        self, dry_bulb_c: Array, supply_c: Array, sprayed: Array, chilled: Array, rejected: Array
    ) -> Array:
        """Fan and pump power for `sprayed` in kg/s/kW and the shares `chilled` and `rejected`. [kW/kW]"""
        auxiliary = self.auxiliaries_per_rejected(dry_bulb_c) * rejected
        # summed in place: an hourly array is large, and this runs for every guess of the solver
        auxiliary += chilled * self.chilled_pump_per_heat
        auxiliary += air.air_m3_per_kg(supply_c) * self.fan_per_heat
        auxiliary += sprayed * self.spray_pump_per_water
        return auxiliary


@dataclass(frozen=True, kw_only=True)
class AirsideAdiabatic(OutdoorAir):
    """Outdoor air through the hall, sprayed when warm or dry; water-cooled chillers when too humid.

    Sprays run as far as the supply temperature needs them, and in full where it is above both
    `spray_trigger_c` and, in wet-bulb, `spray_wet_bulb_c`: pads and nozzles are on or off, and start before
    the limit is reached. They bring air to a relative humidity of 80 % at most, and so are off in air that
    has it: they could not cool. Wherever they cool, water is purged and bled.
    Without chillers (a margin of 0) the hall takes the air as warm as it is after spraying to 80 % relative
    humidity. Outdoor air between the least and the greatest supply temperature is used as it is.

    References
    ----------
    .. [1] Lei & Masanet, Energy 201 (2020) 117556; `fixed_share` 0 and full heat is their model.
    """

    chiller_capacity_margin: Annotated[of.ChillerMargin, of.NOT_NEGATIVE]
    spray_trigger_c: of.SprayTrigger
    spray_wet_bulb_c: of.SprayWetBulb
    saturation_effectiveness: of.Saturation
    purge_m3_per_mwh: of.Purge

    @property
    def _backed_share(self) -> float:
        """Share of the heat that chillers take where outdoor air does not serve. [1]"""
        return min(self.chiller_capacity_margin, 1.0)

    def per_heat(self, dry_bulb_c: Array, wet_bulb_c: Array) -> PerHeat:
        """What fans, sprays, chillers and tower draw per heat."""
        supply = self._supply(dry_bulb_c, wet_bulb_c)
        # halls backed by chillers, and hours in which air serves, need no second look at the supply
        if self._backed_share < 1 and not np.all(supply.serves):
            supply = self._without_chillers(dry_bulb_c, wet_bulb_c, supply)
        water = supply.sprayed_kg_per_kg
        sprayed: Array = water / ((1 + water) * (air.DRY_AIR_KJ_PER_KG_K * self.air_rise_k))
        chilled = np.where(supply.serves, 0.0, self._backed_share)
        per_chilled = self.compressor_per_heat(wet_bulb_c)
        rejected = (per_chilled + 1) * chilled
        auxiliary = self.auxiliary_per_heat(dry_bulb_c, supply.temperature_c, sprayed, chilled, rejected)
        # purged water is no vapour, so that the make-up for evaporation does not apply to it
        purged = (self.purge_m3_per_mwh / parts.M3_PER_H_PER_MW) / parts.make_up(self.cycles_of_concentration)
        # where chillers take a part, the air that is sprayed is that of the rest
        runs = supply.sprays_run * np.where(supply.serves, 1.0, 1 - self._backed_share)
        return parts.with_tower(per_chilled * chilled, auxiliary, rejected, sprayed + purged * runs)

    def carried_share(self, dry_bulb_c: Array, wet_bulb_c: Array) -> Array:
        """Most heat the air or the chillers carry over the rated heat. [1]

        The fans move the air of a full hall. Air that spraying leaves warmer than `supply_max_c` warms
        that much less, so that what leaves the racks is never warmer than at full heat: 3 K too warm of
        15 K is a fifth less. Chillers lose capacity as in `tower_capacity_ratio`.
        """
        excess_k = np.maximum(coldest_sprayed_c(dry_bulb_c, wet_bulb_c) - self.supply_max_c, 0.0)
        by_air = np.maximum(1 - excess_k / self.air_rise_k, 0.0) * (1 + parts.ROUNDING)
        return np.maximum(by_air, self.chillers_share(wet_bulb_c))

    def _triggered(self, dry_bulb_c: Array, wet_bulb_c: Array) -> NDArray[np.bool_]:
        """Whether the sprays run in full, by both triggers."""
        return (dry_bulb_c > self.spray_trigger_c) & (wet_bulb_c > self.spray_wet_bulb_c)

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
        runs = serves & (dry_bulb_c > self.supply_max_c)
        triggered = serves & self._triggered(dry_bulb_c, wet_bulb_c)
        # most plants of the cold never run their sprays before they must
        if triggered.any():
            reached = self._sprayed_in_full_c(dry_bulb_c, wet_bulb_c)
            triggered &= reached < dry_bulb_c
            runs |= triggered
            supply = np.where(triggered, np.minimum(supply, reached), supply)
            outdoor = np.maximum(air.water_of_enthalpy(dry_bulb_c, outdoor_h), 0.0)
            by_sprays = air.water_of_enthalpy(supply, outdoor_h) - outdoor
            gained = np.where(triggered, np.maximum(gained, by_sprays), gained)
        return SupplyAir(supply, serves, np.maximum(gained, 0.0) * serves, runs)

    def _sprayed_in_full_c(self, dry_bulb_c: Array, wet_bulb_c: Array) -> Array:
        """Air behind sprays that run in full, to 80 % relative humidity at most. [degC]"""
        by_pads = dry_bulb_c - self.saturation_effectiveness * (dry_bulb_c - wet_bulb_c)
        return np.maximum(np.maximum(by_pads, coldest_sprayed_c(dry_bulb_c, wet_bulb_c)), self.supply_min_c)

    def _without_chillers(self, dry_bulb_c: Array, wet_bulb_c: Array, air_of: SupplyAir) -> SupplyAir:
        """Air of a hall that has too few chillers, which takes what does not serve too."""
        supply, sprayed = np.array(air_of.temperature_c), np.array(air_of.sprayed_kg_per_kg)
        runs = np.array(air_of.sprays_run)
        taken = ~air_of.serves
        dry, wet = dry_bulb_c[taken], wet_bulb_c[taken]
        reached = coldest_sprayed_c(dry, wet)
        outdoor_h = air.saturated_enthalpy_kj_per_kg(wet)
        outdoor = np.maximum(air.water_of_enthalpy(dry, outdoor_h), 0.0)
        gained = air.water_of_enthalpy(reached, outdoor_h) - outdoor
        # only the hours of such air are looked at, a few of a year
        supply[taken], sprayed[taken] = reached, np.maximum(gained, 0.0) * (1 - self._backed_share)
        runs[taken] = reached < dry
        return SupplyAir(supply, air_of.serves, sprayed, runs)
