"""Cooling plants by name: electric power and water for the heat of a hall, hour by hour.

A plant is a function ``(heat_mw, dry_bulb_c, wet_bulb_c, *, rated_heat_mw, ...) -> Cooling`` in the
table `COOLING`. Fans and pumps draw a fixed share of their rated power whatever the heat
(`fixed_share`) and the rest in proportion to it; compressors follow the heat. Pressure is that of sea
level.

For a given heat neither a warmer dry-bulb nor a higher wet-bulb lowers the power, except that

- an airside economiser runs more in warmer air of the same wet-bulb, which is drier, and sprays
  less in wetter air;
- air-cooled chillers well below full load pay the constant term of their curve on the capacity that
  colder air gives them, a few per cent of their power.
"""

from __future__ import annotations

from collections.abc import Callable

from capsim.models.chillers import Array, Cooling
from capsim.models.cooling_air import airside_adiabatic, airside_adiabatic_capacity_mw
from capsim.models.cooling_dry import (
    air_cooled_chiller,
    air_cooled_chiller_capacity_mw,
    direct_liquid,
    direct_liquid_capacity_mw,
)
from capsim.models.cooling_humid import airside_humidity_limits, airside_humidity_limits_capacity_mw
from capsim.models.cooling_wet import waterside_economiser, waterside_economiser_capacity_mw
from capsim.registry import Table

__all__ = ["CAPACITY", "COOLING", "Cooling", "CoolingModel"]

CoolingModel = Callable[..., Cooling]

COOLING: Table[CoolingModel] = Table("cooling model")
"""Cooling plants by name."""
COOLING.register("airside-adiabatic")(airside_adiabatic)
COOLING.register("airside-humidity-limits")(airside_humidity_limits)
COOLING.register("waterside-economiser")(waterside_economiser)
COOLING.register("air-cooled-chiller")(air_cooled_chiller)
COOLING.register("direct-liquid")(direct_liquid)

CAPACITY: Table[Callable[..., Array]] = Table("cooling capacity")
"""Most heat a plant carries in given weather, ``(dry_bulb_c, wet_bulb_c, *, rated_heat_mw, ...)``, under the
plant's name; its keyword arguments are some of the plant's. It never rises with either temperature. A plant
that is not here is not derated. [MW]"""
CAPACITY.register("airside-adiabatic")(airside_adiabatic_capacity_mw)
CAPACITY.register("airside-humidity-limits")(airside_humidity_limits_capacity_mw)
CAPACITY.register("waterside-economiser")(waterside_economiser_capacity_mw)
CAPACITY.register("air-cooled-chiller")(air_cooled_chiller_capacity_mw)
CAPACITY.register("direct-liquid")(direct_liquid_capacity_mw)
