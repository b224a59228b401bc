"""IT power from what the accelerators do.

Three shares are kept apart, because published figures for one are often quoted as another:

``allocation``
    Share of the accelerators in service that hold a job. [1]
``busy_share``
    Share of the time an allocated accelerator computes rather than waits. [1]
``power_utilisation``
    Power drawn above idle while busy, over what the rated power of the parts has above idle. [1]
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
