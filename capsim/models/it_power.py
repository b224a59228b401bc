"""IT power from what the accelerators do.

Three shares are kept apart, because published figures for one are often quoted as another:

``allocation``
    Share of the accelerators in service that hold a job. [1]
``busy_share``
    Share of the time an allocated accelerator computes rather than waits. [1]
``power_utilisation``
    Dynamic power drawn while busy, over nameplate minus idle. [1]
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from capsim.models.argument_checks import finite_at_least_0, require_within, shares
from capsim.units import Array

_NEWTON_STEPS = 40
"""Enough for any curve; a usual one is there after five."""


def server_power(nameplate: ArrayLike, utilisation: ArrayLike, *, idle_share: float, r: float = 1.0) -> Array:
    r"""Power of a server at a processor utilisation.

    The measured curve of a server lies above the straight line from idle to busy;
    the exponent bends it.

    Parameters
    ----------
    nameplate : array_like of float, shape (...,)
        Power when fully busy, at least 0; any unit of power. [power]
    utilisation : array_like of float, shape (...,)
        Utilisation of the processors, in [0, 1]. [1]
    idle_share : float
        Idle power over `nameplate`, in [0, 1]. [1]
    r : float, default 1.0
        Calibration exponent, in [1, 2]: 1 is the straight line, about 1.4 the published fit. [1]

    Returns
    -------
    power : ndarray of float64, shape (...,)
        In the unit of `nameplate`. [power]

    Raises
    ------
    ValueError
        If an argument is outside its range or NaN.

    Notes
    -----
    .. math:: P(u) = P_\mathrm{idle} + (P_\mathrm{busy} - P_\mathrm{idle})(2u - u^r)

    Fitted to processors of 2007 [1]_. Above r = 2 the curve would fall again before u = 1.

    References
    ----------
    .. [1] X. Fan, W.-D. Weber, L. A. Barroso, "Power provisioning for a warehouse-sized
       computer", ISCA 2007.

    Examples
    --------
    >>> server_power(10.0, [0.0, 0.5, 1.0], idle_share=0.2)
    array([ 2.,  6., 10.])
    """
    busy = finite_at_least_0("nameplate", nameplate)
    u = shares("utilisation", utilisation)
    idle = shares("idle_share", idle_share)
    require_within("r", r, 1.0, 2.0)
    return np.asarray(busy * (idle + (1.0 - idle) * (2.0 * u - u**r)), dtype=np.float64)


def capped(
    power_cap: float, *, power_utilisation: float, idle_share: float, loss_per_cap: float
) -> tuple[float, float]:
    r"""Power utilisation under a power cap, and the share of the throughput that is left.

    A cap above the power that the work draws anyway changes nothing.

    Parameters
    ----------
    power_cap : float
        Cap over nameplate, above `idle_share`, at most 1. [1]
    power_utilisation : float
        Dynamic power while busy over nameplate minus idle, without a cap, in [0, 1]. [1]
    idle_share : float
        Idle power over nameplate, in [0, 1). [1]
    loss_per_cap : float
        Share of the throughput lost per share of the busy power that is cut, at least 0. [1]

    Returns
    -------
    power_utilisation, throughput : float
        Under the cap. [1]

    Raises
    ------
    ValueError
        If an argument is outside its range or NaN.

    Notes
    -----
    .. math:: t = \max\left(0,\ 1 - \ell \left(1 - \frac{c}{P_b}\right)\right), \quad P_b = i + (1 - i) p

    A line through one published point for training and one for memory-bound inference, an H100 at
    600 of 700 W [1]_; real curves are flat near the top and steep at the bottom, so it is not to
    be trusted far below 0.6 of the busy power.

    References
    ----------
    .. [1] factryze.ai, Scale Atlas, power capping, 2026 (a vendor's figures).

    Examples
    --------
    >>> [round(x, 6) for x in capped(0.6, power_utilisation=0.75, idle_share=0.2, loss_per_cap=0.8)]
    [0.5, 0.8]
    """
    if not 0.0 <= idle_share < 1.0:
        raise ValueError(f"idle_share must be in [0, 1) (got {idle_share})")
    require_within("power_utilisation", power_utilisation, 0.0, 1.0)
    if not idle_share < power_cap <= 1.0:
        raise ValueError(f"power_cap must be above idle_share and at most 1 (got {power_cap})")
    if not loss_per_cap >= 0.0:
        raise ValueError(f"loss_per_cap must be at least 0 (got {loss_per_cap})")
    busy = idle_share + (1.0 - idle_share) * power_utilisation
    # a cap above what the work draws changes nothing
    if power_cap >= busy:
        return power_utilisation, 1.0
    throughput = max(0.0, 1.0 - loss_per_cap * (1.0 - power_cap / busy))
    return (power_cap - idle_share) / (1.0 - idle_share), throughput


def utilisation_at_power(dynamic_share: float, *, r: float) -> float:
    r"""Utilisation at which a server draws a share of its dynamic power: `server_power` read backwards.

    Parameters
    ----------
    dynamic_share : float
        Power above idle over busy less idle, in [0, 1]. [1]
    r : float
        Calibration exponent of the curve, in [1, 2]. [1]

    Returns
    -------
    utilisation : float
        In [0, 1]. [1]

    Raises
    ------
    ValueError
        If an argument is outside its range or NaN.

    Notes
    -----
    Solves :math:`2u - u^r = s` by Newton's method from :math:`u = s/2`: the curve is concave and rises,
    so every step stays below the root and comes nearer.

    Examples
    --------
    >>> round(utilisation_at_power(2 * 0.5 - 0.5**1.4, r=1.4), 12)
    0.5
    """
    require_within("dynamic_share", dynamic_share, 0.0, 1.0)
    require_within("r", r, 1.0, 2.0)
    # the straight line and the ends of the curve are known
    if r == 1.0 or dynamic_share in (0.0, 1.0):
        return dynamic_share
    u = dynamic_share / 2.0
    for _ in range(_NEWTON_STEPS):
        u = min(1.0, u + (dynamic_share - 2.0 * u + u**r) / (2.0 - r * u ** (r - 1.0)))
    return u
