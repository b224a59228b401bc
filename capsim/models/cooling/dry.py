"""Plants that reject heat to dry air: air-cooled chillers, and liquid cooling with dry coolers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike

from capsim.models import psychrometrics as air
from capsim.models.cooling import chillers, parts
from capsim.models.cooling import coefficients as of
from capsim.models.cooling.plant import Cooling, Plant
from capsim.models.weather import Weather
from capsim.units import Array

_FEW = 0.3
"""Share of the hours up to which picking some is faster than computing all. [1]"""
SUPPLY_AIR_C = 20.0
"""Temperature at which room fans move their air; their power changes 0.3 % per kelvin of it. [degC]"""


@dataclass(frozen=True, kw_only=True)
class AirCooledChiller(Plant):
    """Chilled water from air-cooled chillers, with free-cooling coils when it is cold; no water.

    The wet-bulb changes nothing. The rated COP counts condenser fans in.

    References
    ----------
    .. [1] EnergyPlus Engineering Reference, Chiller:Electric; see `compressor_mw`.
    """

    chilled_supply_c: of.ChilledSupply
    chilled_water_rise_k: of.ChilledRise
    air_rise_k: of.AirRise
    fan_pressure_pa: of.FanPressure
    fan_efficiency: of.FanEfficiency
    chilled_pump_pressure_pa: of.ChilledPumpPressure
    chilled_pump_efficiency: of.ChilledPumpEfficiency
    chiller_rated_cop: of.ChillerCop
    chiller_capacity_margin: Annotated[of.ChillerMargin, of.POSITIVE]
    free_cooling_share: of.FreeShare
    free_cooling_approach_k: of.FreeApproach
    fixed_share: of.FixedShare

    def power(self, heat_mw: ArrayLike, weather: Weather, rated_heat_mw: ArrayLike) -> Cooling:
        """Power, and no water."""
        heat, moved = parts.hall_loads(heat_mw, rated_heat_mw, self.fixed_share)
        dry, rated = np.asarray(weather.dry_bulb_c, np.float64), np.asarray(rated_heat_mw, np.float64)
        power = self.compressor_mw(heat, rated, dry) + moved * self.room_per_heat
        return Cooling(power, np.zeros(np.broadcast_shapes(power.shape, np.shape(weather.wet_bulb_c))))

    def capacity_mw(self, weather: Weather, rated_heat_mw: ArrayLike, design_dry_bulb_c: float) -> Array:
        """Most heat the chillers and their coils carry together; it falls as the outdoor air warms. [MW]"""
        dry, rated = np.asarray(weather.dry_bulb_c, np.float64), np.asarray(rated_heat_mw, np.float64)
        return self.carried_mw(rated, dry, design_dry_bulb_c, self.mechanical_share(dry))

    @property
    def is_dry(self) -> bool:
        """It takes none."""
        return True

    @property
    def room_per_heat(self) -> float:
        """Power of room fans and chilled-water pumps. [kW/kW]"""
        pump = parts.pump_per_heat(
            self.chilled_pump_pressure_pa, self.chilled_pump_efficiency, self.chilled_water_rise_k
        )
        volume = float(air.air_m3_per_kg(SUPPLY_AIR_C))
        return pump + volume * parts.fan_per_heat(self.fan_pressure_pa, self.fan_efficiency, self.air_rise_k)

    def mechanical_share(self, dry_bulb_c: Array) -> Array:
        """Share of the heat left to the compressors by the free-cooling coils. [1]"""
        return parts.left_by_economiser(
            dry_bulb_c,
            self.chilled_supply_c + self.chilled_water_rise_k - self.free_cooling_approach_k,
            self.chilled_water_rise_k,
            self.free_cooling_share,
        )

    def capacity_ratio(self, dry_bulb_c: Array) -> Array:
        """Available over nominal capacity, which falls as the air gets hotter. [1]"""
        return chillers.at_temperatures(chillers.CAPACITY_CURVE, self.chilled_supply_c, dry_bulb_c)

    def compressor_mw(self, heat_mw: Array, rated_heat_mw: Array, dry_bulb_c: Array) -> Array:
        r"""Power of the chillers for the heat left to them. [MW]

        Notes
        -----
        With chilled water c, air t, and a share l of the capacity in use:

        .. math:: P = (0.141 + 0.655 l + 0.203 l^2) \, e(c, t) \, r(c, t) \, Q_{nom} / COP

        .. math:: e = 0.5961915 - 0.0099496 c + 0.0007888 c^2 + 0.0004506 t + 0.0004875 t^2
           - 0.0007623 c t

        .. math:: r = 1.0433825 + 0.0407073 c + 0.0004506 c^2 - 0.0041514 t - 0.0000886 t^2
           - 0.0003467 c t

        Both are 1 at the rating, water of 6.67 and air of 35 degC [1]_. Fitted for air of 12.7 to
        51.67 degC, and held below, as head-pressure control does; and for water of 5 to 10 degC,
        extrapolated up to 15.56 degC, where e stays within 3 % of a maker's curve fitted to there [2]_,
        and held above. A share l below 0.05 cycles; above 1 the curve is extrapolated: the caller
        bounds the heat by the plant's capacity.

        References
        ----------
        .. [1] NREL openstudio-standards, ashrae_90_1.curves.json, AirCooled_Chiller_2010_PathA_CAPFT and
           _EIRFT, AirCooled_Chiller_AllCapacities_2004_2010_EIRFPLR (R. Lord's study of 2010-01-17).
        .. [2] Modelica record ElectricEIRChiller Carrier 30RB360, 1248 kW: water of 4.4 to 15.6, air of
           29.4 to 48.9 degC.
        """
        available = self.capacity_ratio(dry_bulb_c) * (rated_heat_mw * self.chiller_capacity_margin)
        input_ratio = chillers.at_temperatures(chillers.INPUT_CURVE, self.chilled_supply_c, dry_bulb_c)
        divisor = available
        # the copy is made only where some hour has no capacity, before the first hall is ready
        if not np.min(available, initial=np.inf) > 0:
            divisor = np.where(available > 0, available, 1.0)
        load = np.asarray(heat_mw * (self.mechanical_share(dry_bulb_c) / divisor))
        running = np.maximum(load, 0.05)
        # in place, by Horner's rule: an hourly array is large, and this runs for every guess of the solver
        power: Array = running * (0.203 / self.chiller_rated_cop)
        power += 0.655 / self.chiller_rated_cop
        power *= running
        power += 0.141 / self.chiller_rated_cop
        load /= running  # the share of the time in which it cycles
        power *= load
        power *= input_ratio
        power *= available
        return np.asarray(power, dtype=np.float64)

    def carried_mw(
        self, rated_heat_mw: Array, dry_bulb_c: Array, design_dry_bulb_c: float, mechanical: Array
    ) -> Array:
        """Most heat that chillers sized for `design_dry_bulb_c` carry with what spares them a share. [MW]

        On the design day they carry `chiller_capacity_margin` times the rated heat, and never more; in
        hotter air less, as `capacity_ratio` falls.
        """
        most = rated_heat_mw * self.chiller_capacity_margin
        ratio = self.capacity_ratio(dry_bulb_c) / self.capacity_ratio(np.asarray(design_dry_bulb_c))
        return np.minimum(most * ratio / np.maximum(mechanical, parts.ROUNDING), most)


@dataclass(frozen=True, kw_only=True)
class LiquidLoop(Plant):
    """A loop of warm water with its dry coolers and trim chiller."""

    liquid_share: of.LiquidShare
    loop_supply_c: of.LoopSupply
    loop_rise_k: of.LoopRise
    dry_approach_k: of.DryApproach
    adiabatic_effectiveness: of.SprayEffect
    cooler_air_rise_k: of.CoolerAirRise
    loop_pump_share: of.LoopPumpShare
    cooler_fan_share: of.CoolerFanShare
    trim_chiller_cop: of.TrimCop
    cycles_of_concentration: of.Cycles


@dataclass(frozen=True, kw_only=True)
# fields of records stand from the last base to the first: the loop before the air
class DirectLiquid(AirCooledChiller, LiquidLoop):
    r"""Warm water to the chips or an immersion bath, dry coolers outside, chilled air for the rest.

    Dry coolers carry the liquid heat while dry-bulb plus approach is at most the loop's supply
    temperature; above that their inlet air is sprayed, as far as needed and possible; a trim
    chiller takes what is left, with a COP that falls in hotter air. The other heat goes to the plant of
    `AirCooledChiller`. The share of the liquid is near 1 for immersion; the warming of the air through a dry
    cooler sets how much air is sprayed.

    Notes
    -----
    .. math:: T_{in} = T_{dry} - \min\left[\epsilon (T_{dry} - T_{wet}),
       \max(0, T_{dry} + A - T_{supply})\right]

    The share of the dry coolers is that of an economiser with water at :math:`T_{in} + A`, as in
    Lei & Masanet. The trim chiller's own heat is left out of the dry coolers' fan power.
    """

    def power(self, heat_mw: ArrayLike, weather: Weather, rated_heat_mw: ArrayLike) -> Cooling:
        """Power and water."""
        heat, moved = parts.hall_loads(heat_mw, rated_heat_mw, self.fixed_share)
        dry, wet = parts.weather_arrays(weather)
        air_share = 1 - self.liquid_share  # the air-cooled plant is smaller by it, and draws that much less
        power = self.compressor_mw(heat, np.asarray(rated_heat_mw, dtype=np.float64), dry)
        power *= air_share
        cooled_k = self._spray_cooling_k(dry, wet)
        trim = self._trimmed_share(dry, cooled_k)
        hot = np.flatnonzero(trim > 0.0)
        # in most hours of most climates dry coolers carry all: only where they do not is more to compute
        if trim.ndim == 1 and heat.shape[-1:] == trim.shape and hot.size < _FEW * trim.size:
            power[..., hot] += self._trim_mw(heat[..., hot], dry[hot], trim[hot])
        elif hot.size:
            power += self._trim_mw(heat, dry, trim)
        loop_share = self.liquid_share * (self.loop_pump_share + self.cooler_fan_share)
        power += moved * (loop_share + air_share * self.room_per_heat)
        spray_per_k = (
            self.liquid_share * parts.M3_PER_H_PER_MW / (parts.EVAPORATION_KJ_PER_KG * self.cooler_air_rise_k)
        )
        # what is not sprayed takes no water
        if self.is_dry:
            return Cooling(power, np.zeros(power.shape))
        return Cooling(power, heat * (cooled_k * spray_per_k * parts.make_up(self.cycles_of_concentration)))

    @property
    def is_dry(self) -> bool:
        """Without spray it takes none."""
        return self.adiabatic_effectiveness == 0

    @property
    def heat_in_air(self) -> float:
        """Share of the heat that the liquid leaves to the air. [1]"""
        return 1.0 - self.liquid_share

    def capacity_mw(self, weather: Weather, rated_heat_mw: ArrayLike, design_dry_bulb_c: float) -> Array:
        """Most heat the plant carries; it falls as the outdoor air warms. [MW]

        Liquid and air share the heat of every rack, so what is short of its part first holds back the
        whole. Trim chillers are sized like the air-cooled ones, for `chiller_capacity_margin` times the
        heat of the loop at `design_dry_bulb_c`, and lose capacity as they do; dry coolers spare them what
        they carry.
        """
        dry, wet = parts.weather_arrays(weather)
        mechanical = self._trimmed_share(dry, self._spray_cooling_k(dry, wet))
        if self.liquid_share < 1:
            air_side = self.mechanical_share(dry)
            mechanical = np.maximum(mechanical, air_side) if self.liquid_share > 0 else air_side
        rated = np.asarray(rated_heat_mw, dtype=np.float64)
        return self.carried_mw(rated, dry, design_dry_bulb_c, mechanical)

    def _spray_cooling_k(self, dry_bulb_c: Array, wet_bulb_c: Array) -> Array:
        """Cooling of a dry cooler's inlet air by spraying: what is needed, up to what is possible. [K]"""
        # a plant without spray needs no arithmetic over the hours
        if self.is_dry:
            return np.zeros(())
        needed = np.asarray(dry_bulb_c + (self.dry_approach_k - self.loop_supply_c))
        possible = dry_bulb_c - wet_bulb_c
        possible *= self.adiabatic_effectiveness
        # in place: neither is negative, so the smaller one is none either
        np.minimum(needed, possible, out=needed)
        return np.maximum(needed, 0.0, out=needed)

    def _trim_mw(self, heat_mw: Array, dry_bulb_c: Array, trimmed_share: Array) -> Array:
        """Power of the trim chiller for its share of the liquid heat. [MW]"""
        input_ratio = trimmed_share * chillers.warm_water_input_ratio(dry_bulb_c)
        return heat_mw * (input_ratio * (self.liquid_share / self.trim_chiller_cop))

    def _trimmed_share(self, dry_bulb_c: Array, cooled_k: Array) -> Array:
        """Share of the liquid heat that dry coolers with sprayed inlet air leave to the trim chiller. [1]"""
        # the approach is taken from the water instead, which spares a pass over the hours
        return_c = self.loop_supply_c + self.loop_rise_k - self.dry_approach_k
        return parts.left_by_economiser(dry_bulb_c - cooled_k, return_c, self.loop_rise_k)
