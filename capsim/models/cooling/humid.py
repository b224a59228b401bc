"""Outdoor air through the hall inside limits of warmth and humidity, water-cooled chillers outside.

The rule of Lei & Masanet, Resources, Conservation and Recycling 182 (2022) 106323, whose bands of PUE and
WUE by climate zone it reproduces, with part load and capacity added.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike

from capsim.models import psychrometrics as air
from capsim.models.cooling import coefficients as of
from capsim.models.cooling import parts
from capsim.models.cooling.air import OutdoorAir, SupplyAir
from capsim.models.cooling.chillers import tower_capacity_ratio
from capsim.models.cooling.plant import Array, Cooling, Plant, part
from capsim.models.weather import Weather


@dataclass(frozen=True, kw_only=True)
class AirsideHumidityLimits(Plant):
    """Outdoor air of limited warmth and humidity; water-cooled chillers take everything else.

    Air colder than the range is mixed with return air, warmer air is not used. In humid hours the chillers
    take all the heat, so their margin is at least 1.

    Notes
    -----
    Most of its water is that of the tower, in mild and humid hours; air above the range is not
    sprayed, the rule with which the authors' published bands were made.

    References
    ----------
    .. [1] Lei & Masanet, Resources, Conservation and Recycling 182 (2022) 106323.
    """

    supply_min_c: of.SupplyMin
    supply_max_c: of.SupplyMax
    humidity_min: of.HumidityMin
    humidity_max: of.HumidityMax
    dew_point_min_c: of.DewPointMin
    dew_point_max_c: of.DewPointMax
    air_rise_k: of.AirRise
    fan_pressure_pa: of.FanPressure
    fan_efficiency: of.FanEfficiency
    humidifier_pressure_pa: of.HumidifierPressure
    humidifier_efficiency: of.HumidifierEfficiency
    sensible_heat_ratio: of.SensibleShare
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
    chiller_capacity_margin: Annotated[of.ChillerMargin, of.AT_LEAST_ONE]
    fixed_share: of.FixedShare
    cycles_of_concentration: of.Cycles

    @cached_property
    def _hall(self) -> OutdoorAir:
        return part(OutdoorAir, self)

    def power(self, heat_mw: ArrayLike, weather: Weather, rated_heat_mw: ArrayLike) -> Cooling:
        """Power and water."""
        loads_mw = parts.hall_loads(heat_mw, rated_heat_mw, self.fixed_share)
        dry, wet = parts.weather_arrays(weather)
        supply = self._supply(dry, wet)
        sprayed = supply.sprayed_kg_per_kg / (air.DRY_AIR_KJ_PER_KG_K * self.air_rise_k)
        sprayed += ~supply.serves * ((1 / self.sensible_heat_ratio - 1) / parts.EVAPORATION_KJ_PER_KG)
        chilled = ~supply.serves / self.sensible_heat_ratio
        compressor = self._hall.compressor_per_heat(wet) * chilled
        per_heat = self._hall.per_heat(
            dry, supply.temperature_c, sprayed, chilled, compressor, compressor + chilled
        )
        return parts.drawn(loads_mw, per_heat, self.cycles_of_concentration)

    # towers are sized by their margin alone
    def capacity_mw(self, weather: Weather, rated_heat_mw: ArrayLike, design_dry_bulb_c: float) -> Array:  # noqa: ARG002
        """Most heat the chillers carry. [MW]

        At wet-bulbs at which chillers of a margin of 1 fall short of a full hall, outdoor air is too humid.
        """
        dry, wet = parts.weather_arrays(weather)
        ratio = tower_capacity_ratio(wet + self.tower_approach_k) * self.chiller_capacity_margin
        return np.asarray(rated_heat_mw, dtype=np.float64) * np.broadcast_to(ratio, dry.shape)

    def _supply(self, dry_bulb_c: Array, wet_bulb_c: Array) -> SupplyAir:
        """Air within the limits.

        Air below the range is mixed with return air, air above it does not serve, nor air inside it that
        is too humid; air that is too dry is sprayed.
        """
        supply = np.clip(dry_bulb_c, self.supply_min_c, self.supply_max_c)
        outdoor_h = air.saturated_enthalpy_kj_per_kg(wet_bulb_c)
        outdoor = np.maximum(air.water_of_enthalpy(dry_bulb_c, outdoor_h), 0.0)
        saturation = air.saturation_pressure_pa(supply)
        driest = air.humidity_ratio_of_pressure(self.humidity_min * saturation)
        driest = np.maximum(driest, air.dew_point_water(self.dew_point_min_c))
        wettest = air.humidity_ratio_of_pressure(self.humidity_max * saturation)
        wettest = np.minimum(wettest, air.dew_point_water(self.dew_point_max_c))
        is_cold = dry_bulb_c < self.supply_min_c
        serves = is_cold | ((dry_bulb_c <= self.supply_max_c) & (outdoor <= wettest))
        sprayed = np.maximum(driest - outdoor, 0.0) * serves
        # of mixed air only the part from outdoors is sprayed
        sprayed *= np.where(is_cold, self.air_rise_k / (supply + self.air_rise_k - dry_bulb_c), 1.0)
        return SupplyAir(supply, serves, sprayed)
