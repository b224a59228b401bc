"""Cooling tower as waterside economiser with water-cooled chillers behind it.

The equations of Lei & Masanet, Energy 201 (2020) 117556, with part load, water and capacity added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from capsim.models import psychrometrics as air
from capsim.models.cooling import coefficients as of
from capsim.models.cooling import parts
from capsim.models.cooling.plant import PerHeat
from capsim.models.cooling.tower import TowerPlant
from capsim.models.weather import Weather
from capsim.units import Array


@dataclass(frozen=True, kw_only=True)
class WatersideEconomiser(TowerPlant):
    """Cooling tower through a heat exchanger when the wet-bulb allows, water-cooled chillers for the rest.

    `exchanger_effectiveness` is that of the air coil.

    References
    ----------
    .. [1] Lei & Masanet, Energy 201 (2020) 117556; `fixed_share` 0 and full heat is their model.
    """

    supply_c: of.Supply
    economiser_pump_pressure_pa: of.EconomiserPumpPressure
    economiser_pump_efficiency: of.EconomiserPumpEfficiency
    exchanger_approach_k: of.ExchangerApproach
    exchanger_effectiveness: of.CoilEffect
    sensible_heat_ratio: of.SensibleShare
    chiller_capacity_margin: Annotated[of.ChillerMargin, of.POSITIVE]

    @property
    def _water_c(self) -> float:
        """Chilled water that brings the supply air about. [degC]"""
        return self.supply_c + self.air_rise_k - self.air_rise_k / self.exchanger_effectiveness

    def inlet_c(self, weather: Weather) -> float:  # noqa: ARG002
        """Supply air, the same in all hours. [degC]"""
        return self.supply_c

    def carried_share(self, dry_bulb_c: Array, wet_bulb_c: Array) -> Array:  # noqa: ARG002
        """Most heat the exchanger and the chillers carry together over the rated heat. [1]

        The exchanger is sized for a full hall and carries its share; chillers, which lose capacity as in
        `tower_capacity_ratio`, have to carry the rest.
        """
        mechanical = 1 - self._free_share(wet_bulb_c)
        most = max(self.chiller_capacity_margin, 1.0) * (1 + parts.ROUNDING)
        return np.minimum(self.chillers_share(wet_bulb_c) / np.maximum(mechanical, parts.ROUNDING), most)

    def _free_share(self, wet_bulb_c: Array) -> Array:
        """Share of the heat that goes through the exchanger. [1]"""
        cold_c = wet_bulb_c + (self.tower_approach_k + self.exchanger_approach_k)
        rise_k = self.chilled_water_rise_k
        return parts.economiser_share(cold_c, self._water_c + rise_k, rise_k)

    def per_heat(self, dry_bulb_c: Array, wet_bulb_c: Array) -> PerHeat:
        """What exchanger, chillers, tower, sprays and hall draw per heat."""
        ratio, rise_k = self.sensible_heat_ratio, self.chilled_water_rise_k
        free = self._free_share(wet_bulb_c)
        sprayed = (1 / ratio - 1) / parts.vaporisation_kj_per_kg(self._water_c + rise_k / 2)
        chilled = (1 - free) / ratio
        compressor = self.compressor_per_heat(wet_bulb_c) * chilled
        rejected = compressor + 1 / ratio
        economiser = parts.pump_per_heat(
            self.economiser_pump_pressure_pa, self.economiser_pump_efficiency, rise_k
        )
        auxiliary = self.auxiliaries_per_rejected(dry_bulb_c) * rejected
        # summed in place: an hourly array is large, and this runs for every guess of the solver
        auxiliary += free * (economiser / ratio)
        auxiliary += chilled * self.chilled_pump_per_heat
        fan = self.fan_per_heat * air.air_m3_per_kg(self.supply_c)
        auxiliary += fan + sprayed * self.spray_pump_per_water
        return parts.with_tower(compressor, auxiliary, rejected, sprayed)
