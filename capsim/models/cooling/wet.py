"""Cooling tower as waterside economiser with water-cooled chillers behind it.

The equations of Lei & Masanet, Energy 201 (2020) 117556, with part load, water and capacity added.
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
from capsim.models.cooling.chillers import Tower, tower_capacity_ratio
from capsim.models.cooling.plant import Array, Cooling, PerHeat, Plant, part
from capsim.models.weather import Weather


@dataclass(frozen=True, kw_only=True)
class WatersideEconomiser(Plant):
    """Cooling tower through a heat exchanger when the wet-bulb allows, water-cooled chillers for the rest.

    `exchanger_effectiveness` is that of the air coil.

    References
    ----------
    .. [1] Lei & Masanet, Energy 201 (2020) 117556; `fixed_share` 0 and full heat is their model.
    """

    supply_c: of.Supply
    air_rise_k: of.AirRise
    chilled_water_rise_k: of.ChilledRise
    tower_rise_k: of.TowerRise
    fan_pressure_pa: of.FanPressure
    fan_efficiency: of.FanEfficiency
    tower_fan_pressure_pa: of.TowerFanPressure
    tower_fan_efficiency: of.TowerFanEfficiency
    humidifier_pressure_pa: of.HumidifierPressure
    humidifier_efficiency: of.HumidifierEfficiency
    economiser_pump_pressure_pa: of.EconomiserPumpPressure
    economiser_pump_efficiency: of.EconomiserPumpEfficiency
    chilled_pump_pressure_pa: of.ChilledPumpPressure
    chilled_pump_efficiency: of.ChilledPumpEfficiency
    tower_pump_pressure_pa: of.TowerPumpPressure
    tower_pump_efficiency: of.TowerPumpEfficiency
    tower_approach_k: of.TowerApproach
    exchanger_approach_k: of.ExchangerApproach
    exchanger_effectiveness: of.CoilEffect
    sensible_heat_ratio: of.SensibleShare
    chiller_part_load: of.ChillerPartLoad
    chiller_cop_adjustment: of.CopAdjustment
    tower_liquid_to_gas: of.LiquidToGas
    fixed_share: of.FixedShare
    cycles_of_concentration: of.Cycles
    chiller_capacity_margin: Annotated[of.ChillerMargin, of.POSITIVE]

    @cached_property
    def _tower(self) -> Tower:
        return part(Tower, self)

    @property
    def _water_c(self) -> float:
        """Chilled water that brings the supply air about. [degC]"""
        return self.supply_c + self.air_rise_k - self.air_rise_k / self.exchanger_effectiveness

    def power(self, heat_mw: ArrayLike, weather: Weather, rated_heat_mw: ArrayLike) -> Cooling:
        """Power and water."""
        loads_mw = parts.hall_loads(heat_mw, rated_heat_mw, self.fixed_share)
        per_heat = self._per_heat(*parts.weather_arrays(weather))
        return parts.drawn(loads_mw, per_heat, self.cycles_of_concentration)

    # towers are sized by their margin alone
    def capacity_mw(self, weather: Weather, rated_heat_mw: ArrayLike, design_dry_bulb_c: float) -> Array:  # noqa: ARG002
        """Most heat the exchanger and the chillers carry together. [MW]

        The exchanger is sized for a full hall and carries its share; chillers, which lose capacity as in
        `tower_capacity_ratio`, have to carry the rest.
        """
        dry, wet = parts.weather_arrays(weather)
        mechanical = 1 - self._free_share(wet)
        chillers = tower_capacity_ratio(wet + self.tower_approach_k) * self.chiller_capacity_margin
        most = max(self.chiller_capacity_margin, 1.0) * (1 + parts.ROUNDING)
        carried = np.minimum(chillers / np.maximum(mechanical, parts.ROUNDING), most)
        capacity: Array = np.asarray(rated_heat_mw, dtype=np.float64) * np.broadcast_to(carried, dry.shape)
        return capacity

    def _free_share(self, wet_bulb_c: Array) -> Array:
        """Share of the heat that goes through the exchanger. [1]"""
        cold_c = wet_bulb_c + (self.tower_approach_k + self.exchanger_approach_k)
        rise_k = self.chilled_water_rise_k
        return parts.economiser_share(cold_c, self._water_c + rise_k, rise_k)

    def _per_heat(self, dry_bulb_c: Array, wet_bulb_c: Array) -> PerHeat:
        """What exchanger, chillers, tower, sprays and hall draw per heat."""
        ratio, rise_k = self.sensible_heat_ratio, self.chilled_water_rise_k
        free = self._free_share(wet_bulb_c)
        sprayed = (1 / ratio - 1) / parts.vaporisation_kj_per_kg(self._water_c + rise_k / 2)
        chilled = (1 - free) / ratio
        compressor = self._tower.compressor_per_heat(wet_bulb_c) * chilled
        rejected = compressor + 1 / ratio
        economiser = parts.pump_per_heat(
            self.economiser_pump_pressure_pa, self.economiser_pump_efficiency, rise_k
        )
        pump = parts.pump_per_heat(self.chilled_pump_pressure_pa, self.chilled_pump_efficiency, rise_k)
        fan = parts.fan_per_heat(self.fan_pressure_pa, self.fan_efficiency, self.air_rise_k)
        spray = sprayed * parts.humidifier_pump(self.humidifier_pressure_pa, self.humidifier_efficiency)
        auxiliary = self._tower.auxiliaries_per_rejected(dry_bulb_c) * rejected
        # summed in place: an hourly array is large, and this runs for every guess of the solver
        auxiliary += free * (economiser / ratio)
        auxiliary += chilled * pump
        auxiliary += fan * air.air_m3_per_kg(self.supply_c) + spray
        return PerHeat(compressor, auxiliary, rejected / parts.EVAPORATION_KJ_PER_KG + sprayed)
