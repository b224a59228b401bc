"""What plants with water-cooled chillers and a cooling tower have in common, as in Lei & Masanet (2020)."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from capsim.models import psychrometrics as air
from capsim.models.cooling import coefficients as of
from capsim.models.cooling import parts
from capsim.models.cooling.chillers import tower_capacity_ratio, water_cooled_cop
from capsim.models.cooling.plant import Cooling, PerHeat, Plant
from capsim.models.weather import Weather
from capsim.units import KILO, Array, hour_blocks


@dataclass(frozen=True, kw_only=True)
class TowerPlant(Plant):
    """Hall fans, sprays and chilled-water pumps, with water-cooled chillers and their tower behind.

    What a plant draws and carries follows from its `per_heat` and `carried_share`.
    """

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
    chiller_capacity_margin: of.ChillerMargin
    fixed_share: of.FixedShare
    cycles_of_concentration: of.Cycles

    def power(self, heat_mw: ArrayLike, weather: Weather, rated_heat_mw: ArrayLike) -> Cooling:
        """Power and water."""
        return self.power_under(heat_mw, self.per_heat(*parts.weather_arrays(weather)), rated_heat_mw)

    def under(self, weather: Weather) -> PerHeat:
        """What is drawn per heat."""
        dry, wet = parts.weather_arrays(weather)
        some = [self.per_heat(dry[hours], wet[hours]) for hours in hour_blocks(0, dry.size)]
        return PerHeat(*map(np.concatenate, zip(*some, strict=True)))

    def power_under(self, heat_mw: ArrayLike, under: tuple[Array, ...], rated_heat_mw: ArrayLike) -> Cooling:
        """Power and water where it is known what is drawn per heat."""
        loads_mw = parts.hall_loads(heat_mw, rated_heat_mw, self.fixed_share)
        return parts.drawn(loads_mw, PerHeat(*under), self.cycles_of_concentration)

    # fans, exchangers and towers are sized by their margins alone
    def capacity_mw(self, weather: Weather, rated_heat_mw: ArrayLike, design_dry_bulb_c: float) -> Array:  # noqa: ARG002
        """Most heat the plant carries. [MW]"""
        return np.asarray(rated_heat_mw, dtype=np.float64) * self.carried_share(
            *parts.weather_arrays(weather)
        )

    @abstractmethod
    def per_heat(self, dry_bulb_c: Array, wet_bulb_c: Array) -> PerHeat:
        """What the plant draws per heat of its halls; both temperatures in one shape."""

    @abstractmethod
    def carried_share(self, dry_bulb_c: Array, wet_bulb_c: Array) -> Array:
        """Most heat it carries over the rated heat; both temperatures in one shape. [1]"""

    def chillers_share(self, wet_bulb_c: Array) -> Array:
        """Most heat the chillers carry over the rated heat, see `tower_capacity_ratio`. [1]"""
        return tower_capacity_ratio(wet_bulb_c + self.tower_approach_k) * self.chiller_capacity_margin

    def compressor_per_heat(self, wet_bulb_c: Array) -> Array:
        """Compressor power per heat removed by the chiller. [kW/kW]"""
        condenser_c = wet_bulb_c + self.tower_approach_k
        cop = water_cooled_cop(self.chiller_part_load, condenser_c, adjustment=self.chiller_cop_adjustment)
        return 1 / cop

    def auxiliaries_per_rejected(self, dry_bulb_c: Array) -> Array:
        """Tower pump and fan power per heat rejected. [kW/kW]"""
        pump = parts.pump_per_heat(self.tower_pump_pressure_pa, self.tower_pump_efficiency, self.tower_rise_k)
        water_per_heat = 1 / (parts.WATER_KJ_PER_KG_K * self.tower_rise_k * self.tower_liquid_to_gas)
        fan = self.tower_fan_pressure_pa / (self.tower_fan_efficiency * KILO) * water_per_heat
        return air.air_m3_per_kg(dry_bulb_c) * fan + pump

    @property
    def fan_per_heat(self) -> float:
        """Hall fan power per heat and per specific volume of the air. [kW / (kW m3/kg)]"""
        return parts.fan_per_heat(self.fan_pressure_pa, self.fan_efficiency, self.air_rise_k)

    @property
    def chilled_pump_per_heat(self) -> float:
        """Chilled-water pump power per heat of the chillers. [kW/kW]"""
        return parts.pump_per_heat(
            self.chilled_pump_pressure_pa, self.chilled_pump_efficiency, self.chilled_water_rise_k
        )

    @property
    def spray_pump_per_water(self) -> float:
        """Spray pump power per water sprayed. [kW s/kg]"""
        return parts.humidifier_pump(self.humidifier_pressure_pa, self.humidifier_efficiency)
