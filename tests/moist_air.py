"""Wet-bulb from enthalpy, as Lei & Masanet's published cases need it: the run starts from a wet-bulb."""

import numpy as np

from capsim.models import psychrometrics as air

WARMEST_C = 60.0


def wet_bulb_of_enthalpy_c(enthalpy_kj_per_kg):
    """Temperature at which saturated air has an enthalpy, to 1e-10 K by bisection. [degC]

    Up to 0.3 K below the adiabatic-saturation wet-bulb, because the heat of the water added is left out.
    """
    h = np.asarray(enthalpy_kj_per_kg, dtype=np.float64)
    low, high = np.full(h.shape, -80.0), np.full(h.shape, WARMEST_C)
    for _ in range(45):
        middle = 0.5 * (low + high)
        warm = air.saturated_enthalpy_kj_per_kg(middle) > h
        low, high = np.where(warm, low, middle), np.where(warm, middle, high)
    return 0.5 * (low + high)


def wet_bulb_c(dry_bulb_c, relative_humidity):
    """The same of air of a temperature and a relative humidity. [degC]"""
    water = air.humidity_ratio(dry_bulb_c, relative_humidity)
    return wet_bulb_of_enthalpy_c(air.enthalpy_kj_per_kg(dry_bulb_c, water))
