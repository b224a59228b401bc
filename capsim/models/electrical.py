"""From the meter to the rack: transformer, switchgear, UPS, distribution, lighting; firm capacity.

::

    meter --switchgear, transformer--+-- UPS -- distribution -- IT
                                     +-- lighting
                                     +-- cooling
                                     +-- backup standing by

Losses of UPS, distribution and lighting end as heat in the hall and load its cooling; those of
transformer and switchgear, and what backup draws while it stands by, are lost outside.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import reduce

import numpy as np
from numpy.typing import ArrayLike

from capsim.units import Array


@dataclass(frozen=True)
class ElectricalChain:
    """Losses between the meter and the rack."""

    ups_loss_a: float
    """UPS loss that does not depend on load, over critical IT power. [1]"""
    ups_loss_b: float
    """UPS loss proportional to load, over critical IT power. [1]"""
    ups_loss_c: float
    """UPS loss proportional to the square of load, over critical IT power. [1]"""
    transformer_efficiency: float
    """Power out over power in, in (0, 1]. [1]"""
    switchgear_efficiency: float
    """Power out over power in, in (0, 1]. [1]"""
    distribution_efficiency: float
    """Power to the racks over power from the UPS, in (0, 1]. [1]"""
    lighting_share: float
    """Lighting over critical IT power, burning whatever the load. [1]"""
    backup_self_use_share: float = 0.0
    """What backup draws while it stands by (block heaters, float charge), over critical IT power. [1]"""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name.endswith("_efficiency"):
                if not 0 < value <= 1:
                    raise ValueError(f"{field.name} must be in (0, 1] (got {value})")
            elif not 0 <= value < 1:
                raise ValueError(f"{field.name} must be in [0, 1) (got {value})")

    @property
    def upstream_efficiency(self) -> float:
        """Transformer and switchgear together. [1]"""
        return self.transformer_efficiency * self.switchgear_efficiency


def _loads(it_load_mw: ArrayLike, critical_it_mw: ArrayLike) -> tuple[Array, ...]:
    """Both loads as arrays, checked."""
    it = np.asarray(it_load_mw, dtype=np.float64)
    critical = np.asarray(critical_it_mw, dtype=np.float64)
    if not (np.min(it, initial=0.0) >= 0 and np.min(critical, initial=0.0) >= 0):
        raise ValueError("it_load_mw and critical_it_mw must not be negative")
    return it, critical


def hall_losses_mw(it_load_mw: ArrayLike, critical_it_mw: ArrayLike, chain: ElectricalChain) -> Array:
    r"""UPS, distribution and lighting: what ends as heat in the hall besides the IT load.

    Parameters
    ----------
    it_load_mw, critical_it_mw : array_like of float
        IT power drawn now and design IT power of the energised halls. [MW]
    chain : ElectricalChain
        Losses of each step.

    Returns
    -------
    losses_mw : ndarray of float64
        0 where `critical_it_mw` is 0. [MW]

    Raises
    ------
    ValueError
        If a load is negative or NaN.

    Notes
    -----
    .. math:: P_{loss} = P_{crit}\,(a + l + b\,p + c\,p^2) + P_{IT}\,(1/\eta_{dist} - 1),
       \quad p = P_{IT}/P_{crit}

    With a, b, c = 0.0040, 0.0110, 0.0140 (an assumed fit) the efficiency of the UPS is 97.0, 97.5 and 97.2 %
    at 25, 50 and 100 % load.

    Examples
    --------
    >>> chain = ElectricalChain(0.004, 0.0, 0.0, 1.0, 1.0, 0.8, 0.001)
    >>> hall_losses_mw([0.0, 8.0], 10.0, chain).round(6)
    array([0.05, 2.05])
    """
    it, critical = _loads(it_load_mw, critical_it_mw)
    shape = np.broadcast_shapes(it.shape, critical.shape)
    # most runs have halls in every hour: then there is nothing to mask
    if np.min(critical, initial=np.inf) > 0:
        load, drawn = np.asarray(it / critical), it
    else:
        # where no hall is energised there is no load to divide by, and nothing is drawn
        load = np.divide(it, critical, out=np.zeros(shape), where=critical > 0)
        drawn = it * (critical > 0)
    # in place, by Horner's rule: an hourly array is large, and this runs for every guess of the solver
    losses = load * chain.ups_loss_c
    losses += chain.ups_loss_b + (1 / chain.distribution_efficiency - 1)
    losses *= drawn
    losses += critical * (chain.ups_loss_a + chain.lighting_share)
    return losses


def hall_heat_mw(it_load_mw: ArrayLike, critical_it_mw: ArrayLike, chain: ElectricalChain) -> Array:
    """Heat the cooling of the hall must carry: the IT load and `hall_losses_mw`.

    Examples
    --------
    >>> chain = ElectricalChain(0.004, 0.0, 0.0, 1.0, 1.0, 0.8, 0.001)
    >>> float(hall_heat_mw(8.0, 10.0, chain).round(6))
    10.05
    """
    return np.asarray(it_load_mw, dtype=np.float64) + hall_losses_mw(it_load_mw, critical_it_mw, chain)


def it_load_of_heat_mw(heat_mw: ArrayLike, critical_it_mw: ArrayLike, chain: ElectricalChain) -> Array:
    r"""IT load that gives off a heat, the inverse of `hall_heat_mw`.

    Parameters
    ----------
    heat_mw, critical_it_mw : array_like of float
        Heat of the halls and design IT power of the energised ones. [MW]
    chain : ElectricalChain
        Losses of each step.

    Returns
    -------
    it_load_mw : ndarray of float64
        0 where the heat is no more than that of empty halls. [MW]

    Raises
    ------
    ValueError
        If a heat or `critical_it_mw` is negative or NaN.

    Notes
    -----
    Root of :math:`c P^2 / P_{crit} + P (b + 1/\eta_{dist}) = Q - P_{crit} (a + l)`, written so that it loses
    no digits where c is small.

    Examples
    --------
    >>> chain = ElectricalChain(0.004, 0.011, 0.014, 0.985, 0.99, 0.99, 0.001)
    >>> it_load_of_heat_mw(hall_heat_mw([2.0, 8.0], 10.0, chain), 10.0, chain)
    array([2., 8.])
    """
    heat, critical = _loads(heat_mw, critical_it_mw)
    spare = np.maximum(heat - critical * (chain.ups_loss_a + chain.lighting_share), 0.0)
    slope: Array | float = chain.ups_loss_b + 1 / chain.distribution_efficiency
    if not np.min(critical, initial=np.inf) > 0:  # without energised halls nothing is lost
        slope = np.where(critical > 0, slope, 1.0)
        critical = np.where(critical > 0, critical, np.inf)
    root = spare * (4 * chain.ups_loss_c) / critical + slope * slope
    return np.asarray(2 * spare / (np.sqrt(root) + slope), dtype=np.float64)


def facility_load_mw(
    it_load_mw: ArrayLike, cooling_mw: ArrayLike, critical_it_mw: ArrayLike, chain: ElectricalChain
) -> Array:
    r"""Power at the meter.

    Parameters
    ----------
    it_load_mw : array_like of float
        IT power drawn now. [MW]
    cooling_mw : array_like of float
        Cooling power. [MW]
    critical_it_mw : array_like of float
        Design IT power of the energised halls. [MW]
    chain : ElectricalChain
        Losses of each step.

    Returns
    -------
    facility_mw : ndarray of float64
        Power drawn from the grid or from own generation. [MW]

    Raises
    ------
    ValueError
        If a load is negative or NaN.

    Notes
    -----
    .. math:: P = \frac{P_{IT} + P_{UPS} + P_{dist} + P_{light} + P_{backup} + P_{cool}}
              {\eta_{transf}\,\eta_{switch}}

    Examples
    --------
    >>> chain = ElectricalChain(0.0, 0.0, 0.0, 0.8, 1.0, 1.0, 0.0)
    >>> float(facility_load_mw(8.0, 2.0, 10.0, chain).round(6))
    12.5
    """
    heat = hall_heat_mw(it_load_mw, critical_it_mw, chain)
    return at_meter_mw(heat, cooling_mw, critical_it_mw, chain)


def at_meter_mw(
    heat_mw: ArrayLike, cooling_mw: ArrayLike, critical_it_mw: ArrayLike, chain: ElectricalChain
) -> Array:
    """Power at the meter of halls of which the heat is known, as `facility_load_mw` has it. [MW]

    Examples
    --------
    >>> chain = ElectricalChain(0.0, 0.0, 0.0, 0.8, 1.0, 1.0, 0.0)
    >>> float(at_meter_mw(8.0, 2.0, 10.0, chain).round(6))
    12.5
    """
    heat, cooling = np.asarray(heat_mw, dtype=np.float64), np.asarray(cooling_mw, dtype=np.float64)
    # few sites have backup that draws, and the others need no pass over the hours for it
    if not chain.backup_self_use_share:
        return np.asarray((heat + cooling) / chain.upstream_efficiency)
    backup = np.asarray(critical_it_mw, dtype=np.float64) * chain.backup_self_use_share
    return np.asarray((heat + cooling + backup) / chain.upstream_efficiency)


def usable_mw(
    unit_mw: ArrayLike, units: ArrayLike, redundant_units: ArrayLike, *, derating: float = 1.0
) -> Array:
    """Power that k of n units carry with the redundant ones out of service.

    Parameters
    ----------
    unit_mw : array_like of float
        Nameplate of one unit: transformer, UPS module, generator. [MW]
    units, redundant_units : array_like of float
        Units installed, n, and kept in reserve, n - k.
    derating : float
        Usable over nameplate of a unit, in (0, 1]. [1]

    Returns
    -------
    usable_mw : ndarray of float64
        ``(units - redundant_units) * unit_mw * derating``. [MW]

    Raises
    ------
    ValueError
        If more units are redundant than installed, or a number is out of range.

    Examples
    --------
    >>> float(usable_mw(2.5, 5, 1, derating=0.9))
    9.0
    """
    unit, n, spare = (np.asarray(x, dtype=np.float64) for x in (unit_mw, units, redundant_units))
    if not 0 < derating <= 1:
        raise ValueError(f"derating must be in (0, 1] (got {derating})")
    if not (np.all(unit >= 0) and np.all(spare >= 0) and np.all(n >= spare)):
        raise ValueError("unit_mw and redundant_units must not be negative, nor units below redundant_units")
    return (n - spare) * unit * derating


def headroom_mw(usable: ArrayLike, committed: ArrayLike) -> Array:
    """Usable minus committed power, 0 when over-committed. [MW]

    Examples
    --------
    >>> headroom_mw([10.0, 10.0], [8.0, 12.0])
    array([2., 0.])
    """
    spare: Array = np.subtract(usable, committed, dtype=np.float64)
    return np.maximum(spare, 0.0)


def stranded_mw(usable: ArrayLike, *other_limits: ArrayLike) -> Array:
    """Usable power out of reach because another limit (cooling, space, a feeder) is lower. [MW]

    Examples
    --------
    >>> float(stranded_mw(10.0, 12.0, 7.5))
    2.5
    """
    power = np.asarray(usable, dtype=np.float64)
    return power - reduce(np.minimum, other_limits, power)
