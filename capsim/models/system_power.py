"""Power of a system of accelerators from its parts: modules, host, fans, supplies, share of the cluster.

Three figures of one system are kept apart. Its *nameplate* is what its power supplies are labelled for; the
*sum of its parts* at their rated power (TDP) is what the silicon and its fans can draw; what it *draws* at a
workload lies between idle and that sum. None of them stands in for another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from capsim.models.argument_checks import require_within
from capsim.units import W_PER_KW

_LEAST_SPEED = 0.3
"""Least speed of fans over that at full heat: at most 0.3 by Intel's specification of 4-wire fans; the
slowest duty listed of a server is 0.32 (Graphcore BMC user guide, fan PWM). [1]"""
FAN_LIMIT_C = 25.0
"""Inlet air above which fans of servers speed up, the middle of the published onset of 23-27 degC. [degC]"""
_FAN_GAIN_PER_K = 0.045
"""Rise of the fans' power per kelvin of warmer inlet: 0.35-0.5 % of the server's, over 0.1 of it. [1/K]"""


@dataclass(frozen=True)
class Parts:
    """What one system is made of, at the outlets of its power supplies but for `shared_w`. [W]"""

    modules: float
    """Accelerators, or modules of accelerator and processor, with a power limit of their own."""
    module_w: float
    """Power of a module at its rated or set limit. [W]"""
    module_idle_w: float
    """Power of a module without work. [W]"""
    host_w: float = 0.0
    """Processors, memory, network cards, switches and drives at their rated power. [W]"""
    host_idle_w: float = 0.0
    """The same without work. [W]"""
    fan_w: float = 0.0
    """Fans at full heat, with all of it in air that enters no warmer than `FAN_LIMIT_C`. [W]"""
    supply_efficiency: float = 1.0
    """Power behind the power supplies over that before them. [1]"""
    shared_w: float = 0.0
    """Share of the cluster's network, storage and management, which does not follow the work. [W]"""
    departure: float = 1.0
    """What the system draws over what its parts come to. [1]"""


class HallAir(NamedTuple):
    """What the air of a hall makes of the fans of servers in it."""

    share: float = 1.0
    """Share of the servers' heat that air carries. [1]"""
    fan_factor: float = 1.0
    """Power of fans over that with inlet air no warmer than `FAN_LIMIT_C`. [1]"""


class Draw(NamedTuple):
    """Power of one system by part; the parts add up to what it draws. [kW]"""

    modules_kw: float
    host_kw: float
    fans_kw: float
    supplies_kw: float
    """Lost in the power supplies."""
    shared_kw: float
    """Share of the cluster's network, storage and management."""

    @property
    def total_kw(self) -> float:
        """What the system draws. [kW]"""
        return sum(self)


ROOM_AIR = HallAir()
"""Air that carries all heat and enters cool."""


def system_draw(
    parts: Parts,
    utilisation: float,
    *,
    power_cap: float = 1.0,
    step_utilisation: float = 0.0,
    air: HallAir = ROOM_AIR,
) -> Draw:
    r"""Power that one system draws by part, at a utilisation of the power above idle.

    Parameters
    ----------
    parts : Parts
        What the system is made of.
    utilisation : float
        Power above idle over that of the rated powers, of modules and host alike, in [0, 1]. [1]
    power_cap : float
        Limit set on each module over its rated power, above 0, at most 1 for none. [1]
    step_utilisation : float
        Utilisation while the work computes, between its waits, in [0, 1]: the cap meets the power of these
        steps. That of all its time where less, as draws of the two may be. [1]
    air : HallAir
        Share of the heat in air, and how warm it enters.

    Returns
    -------
    draw : Draw
        At the inlet of the power supplies, with the share of the cluster.

    Raises
    ------
    ValueError
        If an argument is outside its range or NaN.

    Notes
    -----
    .. math:: P = \frac{n\,(i + u\,k\,(m - i)) + h_0 + u(h - h_0) + F}{\eta}\,d + s, \quad
       k = \min\left(1, \frac{c\,m - i}{v\,(m - i)}\right), \quad F = f a g \max(q, x)^3

    with v the utilisation of the steps: a cap above their power changes nothing, one below lowers it and
    leaves the waits alone; x the heat of modules and host over that at rated power. Air that warms by as many
    kelvin at any load flows in proportion to the heat, and so turn the fans, down to their least speed q;
    their power goes with the cube of it (affinity law). Fans of servers of 250 and 350 W take 30 and 75 W
    (J. Neudorfer, eWEEK, 2009-03-05): an exponent of 2.7. Utilisation is of power, not of time or arithmetic.

    Examples
    --------
    >>> node = Parts(modules=4, module_w=500, module_idle_w=100, host_w=400, host_idle_w=200)
    >>> [round(system_draw(node, u).total_kw, 12) for u in (0.0, 0.5, 1.0)]
    [0.6, 1.5, 2.4]
    """
    require_within("utilisation", utilisation, 0.0, 1.0)
    if not 0.0 < power_cap <= 1.0:
        raise ValueError(f"power_cap must be above 0 and at most 1 (got {power_cap})")
    require_within("step_utilisation", step_utilisation, 0.0, 1.0)
    above_idle_w = parts.module_w - parts.module_idle_w
    steps_w = max(step_utilisation, utilisation) * above_idle_w
    left_w = max(0.0, power_cap * parts.module_w - parts.module_idle_w)
    kept = left_w / steps_w if left_w < steps_w else 1.0
    modules_w = parts.modules * (parts.module_idle_w + utilisation * kept * above_idle_w)
    host_w = parts.host_idle_w + utilisation * (parts.host_w - parts.host_idle_w)
    heat_share = (modules_w + host_w) / (parts.modules * parts.module_w + parts.host_w)
    fans_w = parts.fan_w * air.share * air.fan_factor * max(_LEAST_SPEED, heat_share) ** 3
    lost_w = (modules_w + host_w + fans_w) * (1.0 / parts.supply_efficiency - 1.0)
    at_rated = parts.departure / W_PER_KW
    return Draw(
        modules_w * at_rated,
        host_w * at_rated,
        fans_w * at_rated,
        lost_w * at_rated,
        parts.shared_w / W_PER_KW,
    )


def system_power_kw(
    parts: Parts,
    utilisation: float,
    *,
    power_cap: float = 1.0,
    step_utilisation: float = 0.0,
    air: HallAir = ROOM_AIR,
) -> float:
    """All that one system draws, see `system_draw`. [kW]"""
    draw = system_draw(parts, utilisation, power_cap=power_cap, step_utilisation=step_utilisation, air=air)
    return draw.total_kw


def share_cut(parts: Parts, utilisation: float, *, power_cap: float) -> float:
    """Share that a cap takes from the power of a module at a utilisation; 0 where it is above that power. [1]

    Examples
    --------
    >>> node = Parts(modules=8, module_w=700, module_idle_w=100)
    >>> round(share_cut(node, 1.0, power_cap=6 / 7), 6), share_cut(node, 0.5, power_cap=6 / 7)
    (0.142857, 0.0)
    """
    drawn_w = parts.module_idle_w + utilisation * (parts.module_w - parts.module_idle_w)
    return max(0.0, 1.0 - power_cap * parts.module_w / drawn_w) if drawn_w > 0.0 else 0.0


def power_at_full(idle: float, measured: float, utilisation: float) -> float:
    r"""Power at full utilisation of a system that was measured at a lower one, in the unit of the two.

    Notes
    -----
    .. math:: P = i + (m - i) / u

    Work that draws nothing above idle (u = 0) says nothing of full power: that is then what was measured.

    Examples
    --------
    >>> power_at_full(2.0, 6.0, 0.8)
    7.0
    """
    return idle + (measured - idle) / utilisation if utilisation > 0.0 else measured


def cap_throughput(cut: float, *, loss_per_cap: float, exponent: float) -> float:
    r"""Share of the throughput left to modules whose power is capped.

    Parameters
    ----------
    cut : float
        Share that the cap takes from what a module draws while it computes, in [0, 1] (`share_cut`); a cap
        that takes nothing costs nothing. [1]
    loss_per_cap : float
        Scale of the loss, at least 0; all of the power cut would lose this share. [1]
    exponent : float
        How the loss grows with the share of the power that is cut, at least 1: 1 is in proportion. [1]

    Returns
    -------
    throughput : float
        In [0, 1]. [1]

    Raises
    ------
    ValueError
        If an argument is outside its range or NaN.

    Notes
    -----
    .. math:: t = \max\left(0,\ 1 - \ell\,x^{n}\right)

    Against the power of the steps between waits and not against the mean that the work draws: a cap slows the
    steps. Power falls faster than the clock, since the voltage falls with it, so the first watts cost little
    and the last ones most: the exponent of work that computes all along is near 2 [1]_ [2]_. Work that waits
    for memory loses nothing until the clock falls below what the memory feeds, and much soon after: a larger
    exponent.

    References
    ----------
    .. [1] M. Mayr et al., "AI Application Benchmarking", arXiv 2603.16164, 2026, table 4.
    .. [2] J. You et al., "Zeus", NSDI 2023, and J.-W. Chung et al., "Perseus", SOSP 2024; their data are in
       ml-energy/zeus.

    Examples
    --------
    >>> round(cap_throughput(0.5, loss_per_cap=1.4, exponent=2.0), 6)
    0.65
    """
    require_within("cut", cut, 0.0, 1.0)
    if not loss_per_cap >= 0.0:
        raise ValueError(f"loss_per_cap must be at least 0 (got {loss_per_cap})")
    if not exponent >= 1.0:
        raise ValueError(f"exponent must be at least 1 (got {exponent})")
    return max(0.0, 1.0 - loss_per_cap * math.pow(cut, exponent))


def fan_factor(inlet_c: ArrayLike) -> float:
    r"""Mean power of server fans over that in cool air, over hours of inlet air.

    Parameters
    ----------
    inlet_c : array_like of float, shape (...,)
        Air that enters the servers, in the hours meant; all hours count alike. [degC]

    Returns
    -------
    factor : float
        1 where no hour is warmer than `FAN_LIMIT_C`. [1]

    Raises
    ------
    ValueError
        If a temperature is NaN.

    Notes
    -----
    .. math:: g = \overline{\exp\left(k \max(0, T - T_0)\right)}

    Servers of a colocation provider draw 0.35-0.5 % more per kelvin between 23 and 30 degC [1]_; at a tenth
    of the power in fans that is 3.5-5 % of theirs. A lightly loaded server drew 8 % more at 35 than at
    27 degC [2]_.

    References
    ----------
    .. [1] V. C. Coroama, "Temperature Optimisation in Data Centres", arXiv 2509.26163, 2025.
    .. [2] Green Revolution Cooling, "Temperature set point vs server fan power", 2016.

    Examples
    --------
    >>> fan_factor([18.0, 25.0])
    1.0
    """
    above_k = np.asarray(inlet_c, dtype=np.float64) - FAN_LIMIT_C
    # few hours are warm, and an exponential of all would cost more than the rest
    warm_k = above_k[~(above_k <= 0.0)]
    factor = 1.0 + float(np.expm1(_FAN_GAIN_PER_K * warm_k).sum()) / max(above_k.size, 1)
    if math.isnan(factor):
        raise ValueError("inlet_c must have no NaN")
    return factor
