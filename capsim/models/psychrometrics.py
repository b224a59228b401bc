"""Moist air at one pressure: saturation, humidity ratio, enthalpy, wet-bulb and relative humidity.

Saturation is over liquid water at every temperature, the meteorological convention and the
one of the cooling equations that use this module; below 0 degC the ASHRAE tables use ice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from capsim.models.argument_checks import shares
from capsim.units import Array

STANDARD_PRESSURE_PA = 101325.0
"""Standard atmosphere at sea level. [Pa]"""
DRY_AIR_KJ_PER_KG_K = 1.01
"""Heat capacity of dry air in Lei & Masanet (2020). [kJ/(kg K)]"""
VAPOUR_KJ_PER_KG_K = 1.84
"""Heat capacity of water vapour in Lei & Masanet (2020). [kJ/(kg K)]"""
VAPORISATION_KJ_PER_KG = 2500.0
"""Enthalpy of vaporisation at 0 degC in Lei & Masanet (2020). [kJ/kg]"""
VAPOUR_TO_AIR = 0.622
"""Molar mass of water over that of dry air. [1]"""


def saturation_pressure_pa(temperature_c: ArrayLike) -> Array:
    r"""Pressure of saturated water vapour over liquid water.

    Parameters
    ----------
    temperature_c : array_like of float
        Temperature, in -80 to 60. [degC]

    Returns
    -------
    pressure_pa : ndarray of float64
        Saturation pressure. [Pa]

    Notes
    -----
    .. math:: p_s = 611.21 \exp\left[\left(18.678 - \frac{T}{234.5}\right)\frac{T}{257.14 + T}\right]

    Within 0.1 % of the ASHRAE (Hyland and Wexler) curve from 0 to 50 degC.

    References
    ----------
    .. [1] Buck, A. L., Hygrometer model CR-1A operating manual, 1996; used by Lei & Masanet,
       Energy 201 (2020) 117556.

    Examples
    --------
    >>> saturation_pressure_pa([0.0, 20.0]).round(1)
    array([ 611.2, 2338.3])
    """
    t = np.asarray(temperature_c, dtype=np.float64)
    # in place, by Horner's rule: an hourly array is large, and this runs for every guess of the solver
    exponent = t / -234.5
    exponent += 18.678
    exponent *= t
    exponent /= t + 257.14
    pressure: Array = np.exp(exponent)
    return pressure * 611.21


def humidity_ratio_of_pressure(vapour_pa: Array, pressure_pa: float = STANDARD_PRESSURE_PA) -> Array:
    """Water over dry air at a vapour pressure. [kg/kg]"""
    return VAPOUR_TO_AIR * vapour_pa / (pressure_pa - vapour_pa)


def humidity_ratio(
    dry_bulb_c: ArrayLike, relative_humidity: ArrayLike, *, pressure_pa: float = STANDARD_PRESSURE_PA
) -> Array:
    """Mass of water per mass of dry air.

    Parameters
    ----------
    dry_bulb_c : array_like of float
        Dry-bulb temperature. [degC]
    relative_humidity : array_like of float
        Relative humidity, in [0, 1]. [1]
    pressure_pa : float
        Pressure of the air. [Pa]

    Returns
    -------
    humidity_ratio : ndarray of float64
        Water per dry air. [kg/kg]

    Raises
    ------
    ValueError
        If the relative humidity is outside [0, 1].

    Examples
    --------
    >>> humidity_ratio(20.0, [0.0, 0.5]).round(5)
    array([0.     , 0.00726])
    """
    rh = shares("relative_humidity", relative_humidity)
    return humidity_ratio_of_pressure(rh * saturation_pressure_pa(dry_bulb_c), pressure_pa)


def enthalpy_kj_per_kg(dry_bulb_c: ArrayLike, water_kg_per_kg: ArrayLike) -> Array:
    """Enthalpy of moist air above dry air and liquid water at 0 degC.

    Parameters
    ----------
    dry_bulb_c : array_like of float
        Dry-bulb temperature. [degC]
    water_kg_per_kg : array_like of float
        Humidity ratio. [kg/kg]

    Returns
    -------
    enthalpy : ndarray of float64
        ``1.01 T + (2500 + 1.84 T) w``, per mass of dry air. [kJ/kg]

    References
    ----------
    .. [1] Lei & Masanet, Energy 201 (2020) 117556.

    Examples
    --------
    >>> float(enthalpy_kj_per_kg(10.0, 0.0))
    10.1
    """
    t = np.asarray(dry_bulb_c, dtype=np.float64)
    return DRY_AIR_KJ_PER_KG_K * t + (VAPORISATION_KJ_PER_KG + VAPOUR_KJ_PER_KG_K * t) * np.asarray(
        water_kg_per_kg, dtype=np.float64
    )


def saturated_enthalpy_kj_per_kg(wet_bulb_c: ArrayLike) -> Array:
    """Enthalpy of saturated air at sea level: nearly that of any air of the same wet-bulb. [kJ/kg]"""
    water = humidity_ratio_of_pressure(saturation_pressure_pa(wet_bulb_c))
    return enthalpy_kj_per_kg(wet_bulb_c, water)


def water_of_enthalpy(dry_bulb_c: Array, enthalpy: Array) -> Array:
    """Humidity ratio of air with a temperature and an enthalpy in kJ/kg. [kg/kg]"""
    water: Array = (enthalpy - DRY_AIR_KJ_PER_KG_K * dry_bulb_c) / (
        VAPORISATION_KJ_PER_KG + VAPOUR_KJ_PER_KG_K * dry_bulb_c
    )
    return water


def _water_of_wet_bulb(dry_bulb_c: Array, wet_bulb_c: Array, pressure_pa: float) -> Array:
    """Humidity ratio by adiabatic saturation, ASHRAE Fundamentals 2017 ch. 1 eq. 33. [kg/kg]"""
    saturated = humidity_ratio_of_pressure(saturation_pressure_pa(wet_bulb_c), pressure_pa)
    gained = (2501.0 - 2.326 * wet_bulb_c) * saturated - 1.006 * (dry_bulb_c - wet_bulb_c)
    return gained / (2501.0 + 1.86 * dry_bulb_c - 4.186 * wet_bulb_c)


def wet_bulb_c(
    dry_bulb_c: ArrayLike, relative_humidity: ArrayLike, *, pressure_pa: float = STANDARD_PRESSURE_PA
) -> Array:
    """Thermodynamic wet-bulb temperature by adiabatic saturation.

    Parameters
    ----------
    dry_bulb_c : array_like of float
        Dry-bulb temperature, in -60 to 60. [degC]
    relative_humidity : array_like of float
        Relative humidity over liquid water, in [0, 1]. [1]
    pressure_pa : float
        Pressure of the air. [Pa]

    Returns
    -------
    wet_bulb_c : ndarray of float64
        Wet-bulb temperature, never above the dry-bulb. [degC]

    Raises
    ------
    ValueError
        If the relative humidity is outside [0, 1].

    Notes
    -----
    Bisection to 1e-9 K between 40 K below the dry-bulb and the dry-bulb itself, all hours at once.

    References
    ----------
    .. [1] ASHRAE Handbook of Fundamentals (2017), chapter 1, equation 33.

    Examples
    --------
    >>> wet_bulb_c([20.0, 30.0], [1.0, 0.5]).round(2)
    array([20.  , 22.01])
    """
    dry = np.asarray(dry_bulb_c, dtype=np.float64)
    water = humidity_ratio(dry, relative_humidity, pressure_pa=pressure_pa)
    dry, water = np.broadcast_arrays(dry, water)
    low, high = dry - 40.0, dry.copy()
    for _ in range(36):  # 40 K / 2**36 is below 1e-9 K
        middle = 0.5 * (low + high)
        too_wet = _water_of_wet_bulb(dry, middle, pressure_pa) > water
        high = np.where(too_wet, middle, high)
        low = np.where(too_wet, low, middle)
    return high


def air_m3_per_kg(temperature_c: ArrayLike) -> Array:
    """Specific volume of air at sea level, the inverse of ``1.293 * 273.15 / (273.15 + T)``. [m3/kg]"""
    return (np.asarray(temperature_c, dtype=np.float64) + 273.15) * (1 / (1.293 * 273.15))


def dew_point_water(dew_point_c: float) -> float:
    """Humidity ratio of air with a dew point at sea level. [kg/kg]"""
    return float(humidity_ratio_of_pressure(saturation_pressure_pa(dew_point_c)))
