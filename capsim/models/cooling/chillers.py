"""Curves of chillers, water-cooled and air-cooled ones."""

from __future__ import annotations

import numpy as np

from capsim.units import Array

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
CAPACITY_CURVE = (1.0433825, 0.0407073, 0.0004506, -0.0041514, -0.0000886, -0.0003467)
INPUT_CURVE = (0.5961915, -0.0099496, 0.0007888, 0.0004506, 0.0004875, -0.0007623)
"""Coefficients of 1, c, c2, t, t2 and c t in `AirCooledChiller.compressor_mw`."""


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
    slope = -0.760621 + 0.084615 * part_load
    t = np.minimum(condenser_water_c, -slope / (2 * 0.008840))
    # in place, by Horner's rule: an hourly array is large, and this runs for every guess of the solver
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
    # in place, by Horner's rule, as above
    ratio: Array = t * -0.00094284
    ratio += 0.0468684 - 0.00034344 * c
    ratio *= t
    ratio += 0.257896 + 0.0389016 * c - 0.00021708 * c**2
    return np.maximum(ratio, 0.0)


def at_temperatures(coefficients: tuple[float, ...], chilled_c: float, dry_bulb_c: Array) -> Array:
    """Ratio of an air-cooled chiller to its rating, with water and in air of some temperatures. [1]"""
    one, c1, c2, t1, t2, ct = coefficients
    c = min(chilled_c, _WARMEST_CHILLED_C)
    t = np.maximum(dry_bulb_c, _COLDEST_AIR_C)
    # in place, by Horner's rule, as above
    ratio: Array = t * t2
    ratio += t1 + ct * c
    ratio *= t
    ratio += one + c1 * c + c2 * c**2
    return ratio


def warm_water_input_ratio(dry_bulb_c: Array) -> Array:
    """Power over heat of an air-cooled chiller for warm water, over that in air of 35 degC. [1]

    The ratio `AirCooledChiller.compressor_mw` has with the warmest water its curve is taken to.
    """
    ratio = at_temperatures(INPUT_CURVE, _WARMEST_CHILLED_C, dry_bulb_c)
    return ratio / at_temperatures(INPUT_CURVE, _WARMEST_CHILLED_C, np.asarray(_RATING_AIR_C))
