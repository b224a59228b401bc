"""Parts of the cooling plants: fans, pumps, water-cooled chillers with a tower, air-cooled chillers.

Powers are per heat carried, so that a plant is a sum of parts times a heat.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capsim.models import psychrometrics as air
from capsim.units import KILO, KW_PER_MW, L_PER_M3, SECONDS_PER_HOUR

Array = NDArray[np.float64]

WATER_KJ_PER_KG_K = 4.2
"""Heat capacity of water in Lei & Masanet (2020). [kJ/(kg K)]"""
WATER_KG_PER_M3 = L_PER_M3
"""Density of water, 1 kg/L. [kg/m3]"""
EVAPORATION_KJ_PER_KG = 2430.0
"""Latent heat of water near 30 degC. [kJ/kg]"""
M3_PER_H_PER_MW = KW_PER_MW * SECONDS_PER_HOUR / WATER_KG_PER_M3
"""Turns kg/s of water per kW of heat into m3/h per MW. [1]"""
ROUNDING = 1e-9
"""Margin of a capacity over the heat of a full hall, which is a sum of rounded numbers. [1]"""
SUPPLY_AIR_C = 20.0
"""Temperature at which room fans move their air; their power changes 0.3 % per kelvin of it. [degC]"""
_CHILLED_RATING_C = 6.67
"""Chilled water at which chillers are rated. [degC]"""
_COLDEST_CONDENSER_C = 24.0
"""Condenser water below which the capacity of water-cooled chillers is held. [degC]"""
_WARMEST_CHILLED_C = 15.56
"""Chilled water above which air-cooled chillers are held. [degC]"""
_COLDEST_AIR_C = 12.7
"""Air below which air-cooled chillers are held. [degC]"""
_RATING_AIR_C = 35.0
"""Air at which air-cooled chillers are rated. [degC]"""
_CAPACITY = (1.0433825, 0.0407073, 0.0004506, -0.0041514, -0.0000886, -0.0003467)
_INPUT = (0.5961915, -0.0099496, 0.0007888, 0.0004506, 0.0004875, -0.0007623)
"""Coefficients of 1, c, c2, t, t2 and c t in `AirCooledPlant.compressor_mw`."""


class Cooling(NamedTuple):
    """What a plant draws."""

    power_mw: Array
    """Electric power of compressors, fans and pumps. [MW]"""
    water_m3_per_h: Array
    """Make-up water: evaporation and blow-down. [m3/h]"""


def require_shares(**shares: float) -> None:
    """Refuse a share outside [0, 1]."""
    for name, value in shares.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must be in [0, 1] (got {value})")


def require_positive(**values: float) -> None:
    """Refuse a value that is not greater than 0."""
    for name, value in values.items():
        if not value > 0:
            raise ValueError(f"{name} must be greater than 0 (got {value})")


def hall_loads(heat_mw: ArrayLike, rated_heat_mw: ArrayLike, fixed_share: float) -> tuple[Array, Array]:
    """Heat carried, none where no hall is ready, and the heat that fans and pumps run for. [MW]"""
    heat, rated = np.broadcast_arrays(
        np.asarray(heat_mw, dtype=np.float64), np.asarray(rated_heat_mw, dtype=np.float64)
    )
    require_shares(fixed_share=fixed_share)
    least = np.min(np.asarray(rated_heat_mw), initial=np.inf)
    if not (np.min(heat, initial=0.0) >= 0 and least >= 0):
        raise ValueError("heat_mw and rated_heat_mw must not be negative")
    if not least > 0:
        heat = heat * (rated > 0)
    moved = np.asarray(heat * (1 - fixed_share))
    moved += fixed_share * np.asarray(rated_heat_mw)
    return heat, moved


def weather_arrays(dry_bulb_c: ArrayLike, wet_bulb_c: ArrayLike) -> tuple[Array, Array]:
    """Both temperatures in one shape. [degC]"""
    dry, wet = np.broadcast_arrays(
        np.asarray(dry_bulb_c, dtype=np.float64), np.asarray(wet_bulb_c, dtype=np.float64)
    )
    return dry, wet


def fan_per_heat(pressure_pa: float, efficiency: float, air_rise_k: float) -> float:
    """Fan power per heat and per specific volume of the air. [kW / (kW m3/kg)]"""
    require_positive(pressure_pa=pressure_pa, fan_efficiency=efficiency, air_rise_k=air_rise_k)
    return pressure_pa / (efficiency * KILO * air.DRY_AIR_KJ_PER_KG_K * air_rise_k)


def pump_per_heat(pressure_pa: float, efficiency: float, rise_k: float) -> float:
    """Pump power per heat carried by water warmed by `rise_k`. [kW/kW]"""
    require_positive(pump_pressure_pa=pressure_pa, pump_efficiency=efficiency, water_rise_k=rise_k)
    return pressure_pa / (KILO * efficiency * WATER_KG_PER_M3 * WATER_KJ_PER_KG_K * rise_k)


def make_up(cycles_of_concentration: float) -> float:
    """Make-up over evaporated water: evaporation and blow-down. [1]"""
    if not cycles_of_concentration > 1:
        raise ValueError(f"cycles_of_concentration must be greater than 1 (got {cycles_of_concentration})")
    return cycles_of_concentration / (cycles_of_concentration - 1)


def water_cooled_cop(part_load: float, condenser_water_c: Array, *, adjustment: float = 0.0) -> Array:
    r"""Coefficient of performance of a water-cooled chiller.

    Parameters
    ----------
    part_load : float
        Load of the chillers running, in (0, 1]. [1]
    condenser_water_c : ndarray of float64
        Wet-bulb plus the approach of the tower. [degC]
    adjustment : float
        Relative departure from the regression. [1]

    Returns
    -------
    cop : ndarray of float64
        Heat removed over electric power. [1]

    Raises
    ------
    ValueError
        If `part_load` is outside (0, 1].

    Notes
    -----
    .. math:: 16.798751 + 0.00884 t^2 - 8.528931 L^2 + 9.885294 L - 0.760621 t + 0.084615 L t

    The regression has its minimum at 43 - 4.8 L degC; water warmer than that gets the minimum.

    References
    ----------
    .. [1] Lei & Masanet, Energy 201 (2020) 117556.

    Examples
    --------
    >>> water_cooled_cop(0.5, np.array([20.0])).round(3)
    array([8.779])
    """
    if not 0 < part_load <= 1:
        raise ValueError(f"chiller_part_load must be in (0, 1] (got {part_load})")
    slope = -0.760621 + 0.084615 * part_load
    t = np.minimum(condenser_water_c, -slope / (2 * 0.008840))
    cop: Array = t * 0.008840
    cop += slope
    cop *= t
    cop += 16.798751 - 8.528931 * part_load**2 + 9.885294 * part_load
    cop *= 1 + adjustment
    return cop


def tower_capacity_ratio(condenser_water_c: Array) -> Array:
    r"""Capacity of a water-cooled chiller over that with condenser water of 29.4 degC.

    Parameters
    ----------
    condenser_water_c : ndarray of float64
        Wet-bulb plus the approach of the tower. [degC]

    Returns
    -------
    ratio : ndarray of float64
        Falls from 1.04 at 24 degC and below to 0.91 at 35; never negative. [1]

    Notes
    -----
    .. math:: 0.257896 + 0.0389016 c - 0.00021708 c^2 + 0.0468684 t - 0.00094284 t^2 - 0.00034344 c t

    with chilled water c of 6.67 degC, its rating; warmer chilled water would carry more. Fitted from
    24 to 35 degC, held below, extrapolated above.

    References
    ----------
    .. [1] EnergyPlus data set Chillers.idf, "DOE-2 Centrifugal/5.50COP"; copied in the Modelica
       library Buildings, Chillers.Data.ElectricEIR.

    Examples
    --------
    >>> tower_capacity_ratio(np.array([10.0, 24.0, 29.4, 35.0])).round(3)
    array([1.034, 1.034, 1.003, 0.913])
    """
    t = np.maximum(condenser_water_c, _COLDEST_CONDENSER_C)
    c = _CHILLED_RATING_C
    ratio: Array = t * -0.00094284
    ratio += 0.0468684 - 0.00034344 * c
    ratio *= t
    ratio += 0.257896 + 0.0389016 * c - 0.00021708 * c**2
    return np.maximum(ratio, 0.0)


@dataclass(frozen=True)
class TowerPlant:
    """Water-cooled chillers and their cooling tower, as in Lei & Masanet (2020)."""

    tower_rise_k: float
    tower_pump_pressure_pa: float
    tower_pump_efficiency: float
    tower_fan_pressure_pa: float
    tower_fan_efficiency: float
    tower_approach_k: float
    tower_liquid_to_gas: float
    chiller_part_load: float
    chiller_cop_adjustment: float

    def compressor_per_heat(self, wet_bulb_c: Array) -> Array:
        """Compressor power per heat removed by the chiller. [kW/kW]"""
        cop = water_cooled_cop(
            self.chiller_part_load, wet_bulb_c + self.tower_approach_k, adjustment=self.chiller_cop_adjustment
        )
        compressor: Array = 1 / cop
        return compressor

    def auxiliaries_per_rejected(self, dry_bulb_c: Array) -> Array:
        """Tower pump and fan power per heat rejected. [kW/kW]"""
        require_positive(tower_liquid_to_gas=self.tower_liquid_to_gas)
        pump = pump_per_heat(self.tower_pump_pressure_pa, self.tower_pump_efficiency, self.tower_rise_k)
        water_per_heat = 1 / (WATER_KJ_PER_KG_K * self.tower_rise_k * self.tower_liquid_to_gas)
        fan = self.tower_fan_pressure_pa / (self.tower_fan_efficiency * KILO) * water_per_heat
        power = air.air_m3_per_kg(dry_bulb_c)
        power *= fan
        power += pump
        return power


def humidifier_pump(pressure_pa: float, efficiency: float) -> float:
    """Pump power per water sprayed. [kW s/kg]"""
    require_positive(humidifier_pressure_pa=pressure_pa, humidifier_efficiency=efficiency)
    return pressure_pa / (KILO * efficiency * WATER_KG_PER_M3)


def economiser_share(cold_c: Array, return_c: float, rise_k: float) -> Array:
    """Share of the heat that water cooled to `cold_c` takes from water returning at `return_c`. [1]"""
    share = return_c - cold_c
    share /= rise_k
    return np.clip(share, 0.0, 1.0)


def vaporisation_kj_per_kg(water_c: float) -> float:
    """Latent heat of water in Lei & Masanet's code. [kJ/kg]"""
    return -0.0013 * water_c**2 - 2.3097 * water_c + 2500.5


def room_auxiliaries_per_heat(
    *,
    chilled_water_rise_k: float,
    air_rise_k: float,
    fan_pressure_pa: float,
    fan_efficiency: float,
    chilled_pump_pressure_pa: float,
    chilled_pump_efficiency: float,
) -> float:
    """Room fans and chilled-water pumps. [kW/kW]"""
    pump = pump_per_heat(chilled_pump_pressure_pa, chilled_pump_efficiency, chilled_water_rise_k)
    volume = float(air.air_m3_per_kg(SUPPLY_AIR_C))
    return pump + volume * fan_per_heat(fan_pressure_pa, fan_efficiency, air_rise_k)


def _at_temperatures(coefficients: tuple[float, ...], chilled_c: float, dry_bulb_c: Array) -> Array:
    """Ratio of an air-cooled chiller to its rating, with water and in air of some temperatures. [1]"""
    one, c1, c2, t1, t2, ct = coefficients
    c = min(chilled_c, _WARMEST_CHILLED_C)
    t = np.maximum(dry_bulb_c, _COLDEST_AIR_C)
    ratio: Array = t * t2
    ratio += t1 + ct * c
    ratio *= t
    ratio += one + c1 * c + c2 * c**2
    return ratio


def warm_water_input_ratio(dry_bulb_c: Array) -> Array:
    """Power over heat of an air-cooled chiller for warm water, over that in air of 35 degC. [1]

    The ratio `AirCooledPlant.compressor_mw` has with the warmest water its curve is taken to.
    """
    ratio = _at_temperatures(_INPUT, _WARMEST_CHILLED_C, dry_bulb_c)
    ratio /= _at_temperatures(_INPUT, _WARMEST_CHILLED_C, np.asarray(_RATING_AIR_C))
    return ratio


@dataclass(frozen=True)
class AirCooledPlant:
    """Air-cooled chillers with free-cooling coils."""

    chilled_supply_c: float
    chilled_water_rise_k: float
    chiller_rated_cop: float
    chiller_capacity_margin: float
    free_cooling_share: float
    free_cooling_approach_k: float

    def __post_init__(self) -> None:
        require_shares(free_cooling_share=self.free_cooling_share)
        require_positive(
            chilled_water_rise_k=self.chilled_water_rise_k,
            chiller_rated_cop=self.chiller_rated_cop,
            chiller_capacity_margin=self.chiller_capacity_margin,
        )

    def mechanical_share(self, dry_bulb_c: Array) -> Array:
        """Share of the heat left to the compressors by the free-cooling coils. [1]"""
        free = economiser_share(
            dry_bulb_c + self.free_cooling_approach_k,
            self.chilled_supply_c + self.chilled_water_rise_k,
            self.chilled_water_rise_k,
        )
        free *= -self.free_cooling_share
        free += 1
        return free

    def capacity_ratio(self, dry_bulb_c: Array) -> Array:
        """Available over nominal capacity, which falls as the air gets hotter. [1]"""
        return _at_temperatures(_CAPACITY, self.chilled_supply_c, dry_bulb_c)

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
        full = self.input_ratio(dry_bulb_c)  # power at full load over the capacity available
        full /= self.chiller_rated_cop
        safe = available
        if not np.min(available, initial=np.inf) > 0:
            safe = np.where(available > 0, available, 1.0)
        load = np.asarray(heat_mw * (self.mechanical_share(dry_bulb_c) / safe))
        running = np.maximum(load, 0.05)
        power = running * 0.203
        power += 0.655
        power *= running
        power += 0.141
        load /= running  # the share of the time in which it cycles
        power *= load
        power *= full * available
        return np.asarray(power, dtype=np.float64)

    def input_ratio(self, dry_bulb_c: Array) -> Array:
        """Power over heat at full load, over that at the rating, which rises as the air gets hotter. [1]"""
        return _at_temperatures(_INPUT, self.chilled_supply_c, dry_bulb_c)

    def capacity_mw(self, rated_heat_mw: Array, dry_bulb_c: Array, design_dry_bulb_c: float) -> Array:
        """Most heat the chillers and their free-cooling coils carry together. [MW]"""
        return self.carried_mw(
            rated_heat_mw, dry_bulb_c, design_dry_bulb_c, self.mechanical_share(dry_bulb_c)
        )

    def carried_mw(
        self, rated_heat_mw: Array, dry_bulb_c: Array, design_dry_bulb_c: float, mechanical: Array
    ) -> Array:
        """Most heat that chillers sized for `design_dry_bulb_c` carry with what spares them a share. [MW]

        On the design day they carry `chiller_capacity_margin` times the rated heat, and never more; in
        hotter air less, as `capacity_ratio` falls.
        """
        most = rated_heat_mw * self.chiller_capacity_margin
        ratio = self.capacity_ratio(dry_bulb_c) / self.capacity_ratio(np.asarray(design_dry_bulb_c))
        capacity: Array = np.minimum(most * ratio / np.maximum(mechanical, ROUNDING), most)
        return capacity
