"""Sea water, or that of a lake or a deep river, through a heat exchanger."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from capsim.models import psychrometrics as air
from capsim.models.cooling import coefficients as of
from capsim.models.cooling import parts
from capsim.models.cooling.dry import SUPPLY_AIR_C
from capsim.models.cooling.plant import Cooling, Plant
from capsim.models.weather import Weather
from capsim.units import Array


@dataclass(frozen=True, kw_only=True)
class SeaWater(Plant):
    """Room air handlers on a water loop that cold sea water cools all year; no chiller and no make-up water.

    The water is cold enough in every hour, so the weather changes nothing: not for seas above some 20 degC.
    Where the air says that there is none so cold, a scenario is questioned (`sea_of_a_warm_climate`).
    """

    air_rise_k: of.AirRise
    fan_pressure_pa: of.FanPressure
    fan_efficiency: of.FanEfficiency
    chilled_water_rise_k: of.ChilledRise
    chilled_pump_pressure_pa: of.ChilledPumpPressure
    chilled_pump_efficiency: of.ChilledPumpEfficiency
    sea_rise_k: of.SeaRise
    sea_pump_pressure_pa: of.SeaPumpPressure
    sea_pump_efficiency: of.SeaPumpEfficiency
    fixed_share: of.FixedShare

    def power(self, heat_mw: ArrayLike, weather: Weather, rated_heat_mw: ArrayLike) -> Cooling:
        """Power of fans and pumps, and no water."""
        _, moved = parts.hall_loads(heat_mw, rated_heat_mw, self.fixed_share)
        shape = np.broadcast_shapes(moved.shape, np.shape(weather.dry_bulb_c), np.shape(weather.wet_bulb_c))
        return Cooling(np.broadcast_to(moved * self.per_heat, shape), np.zeros(shape))

    @property
    def is_dry(self) -> bool:
        """It takes none."""
        return True

    @property
    def per_heat(self) -> float:
        """Power of fans and of both pumps. [kW/kW]"""
        loop = parts.pump_per_heat(
            self.chilled_pump_pressure_pa, self.chilled_pump_efficiency, self.chilled_water_rise_k
        )
        sea = parts.pump_per_heat(self.sea_pump_pressure_pa, self.sea_pump_efficiency, self.sea_rise_k)
        fans = parts.fan_per_heat(self.fan_pressure_pa, self.fan_efficiency, self.air_rise_k)
        return loop + sea + fans * float(air.air_m3_per_kg(SUPPLY_AIR_C))

    def capacity_mw(self, weather: Weather, rated_heat_mw: ArrayLike, design_dry_bulb_c: float) -> Array:  # noqa: ARG002
        """The rated heat in any weather. [MW]"""
        rated = np.asarray(rated_heat_mw, dtype=np.float64) * (1 + parts.ROUNDING)
        return rated + np.zeros(np.shape(weather.dry_bulb_c))
