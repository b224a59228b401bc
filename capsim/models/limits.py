"""Hard limits on power: the most IT load that fits, and the compute lost to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capsim.models.argument_checks import finite_at_least_0
from capsim.models.ratios import share_of
from capsim.units import Array

FacilityOfIt = Callable[[Array, NDArray[np.int64]], Array]
"""IT load of some hours, shape (..., n), and the indices of those hours, shape (n,) -> facility load, of the
shape of the IT load. [MW]"""

RELATIVE_GAP = 1e-9
"""How far below its limit a throttled hour may end, over the limit. [1]"""
_NEAR = np.array([[1.0], [0.96], [0.92]])
"""Loads tried first, over the load in proportion to the facility, which is more than the answer. [1]"""
_FITS = 4
_INTERPOLATIONS = 24
_BISECTIONS = 60


def throttle(
    it_wanted_mw: ArrayLike,
    facility_of_it: FacilityOfIt,
    limit_mw: ArrayLike,
    *,
    at_wanted_mw: Array | None = None,
) -> Array:
    r"""IT load that keeps the facility inside its limit in every hour.

    Cooling and losses depend on the load itself, so the load that just fits is the root of
    an equation. It is solved for all the hours over their limit at once, and only for them.

    Parameters
    ----------
    it_wanted_mw : array_like of float, shape (n_hours,)
        IT load wanted, at least 0. [MW]
    facility_of_it : callable
        ``facility_of_it(it_mw, hours)``: facility load of the hours with these indices, shape (n,), at
        these IT loads, shape (n,) or several of each, (k, n). Must not fall as the IT load rises. [MW]
    limit_mw : array_like of float, scalar or shape (n_hours,)
        Most facility power, at least 0; infinite for none. [MW]
    at_wanted_mw : ndarray of float64, shape (n_hours,), optional
        ``facility_of_it`` at the load wanted, where it is known already; or any part of it that is over
        the limit by itself. [MW]

    Returns
    -------
    it_mw : ndarray of float64, shape (n_hours,)
        The wanted load where it fits, else the largest that fits; 0 where not even an empty hall
        fits. [MW]

    Raises
    ------
    ValueError
        If a load or limit is negative or NaN, or the shapes do not fit.

    Notes
    -----
    The target is just inside the limit, so that either side of it is within the limit. A parabola is
    laid through the facility at three loads near the answer [1]_, so a facility that is one, as over the
    heat of its halls, is hit at once. What that does not hit goes to Anderson-Bjorck
    false position [2]_ between 0 and the load wanted, and is bisected in the end. Facility power never
    exceeds the limit where 0 fits, and ends less than ``RELATIVE_GAP`` of the limit below it where
    `facility_of_it` is continuous and the limit is a watt or more. Where it jumps over the
    limit, the load ends just below the jump.

    References
    ----------
    .. [1] D. E. Muller, "A method for solving algebraic equations using an automatic computer",
       Mathematical Tables and Other Aids to Computation 10 (1956) 208-215.
    .. [2] N. Anderson, A. Bjorck, "A new high order method of regula falsi type for computing a
       root of an equation", BIT 13 (1973) 253-264.

    Examples
    --------
    >>> throttle([50.0, 150.0], lambda it, hours: 1.25 * it, 125.0).round(6)
    array([ 50., 100.])
    """
    wanted_mw = np.asarray(it_wanted_mw, dtype=np.float64)
    limit = np.broadcast_to(np.asarray(limit_mw, dtype=np.float64), wanted_mw.shape)
    if not (wanted_mw.ndim == 1 and np.all(wanted_mw >= 0.0) and np.all(np.isfinite(wanted_mw))):
        raise ValueError("it_wanted_mw must be one-dimensional, finite and at least 0")
    if not np.all(limit >= 0.0):
        raise ValueError("limit_mw must be at least 0")
    hours = np.arange(wanted_mw.size)
    facility = facility_of_it(wanted_mw, hours) if at_wanted_mw is None else at_wanted_mw
    over = np.flatnonzero(~(facility <= limit))
    it_mw = wanted_mw.copy()
    if over.size:
        most = limit[over]
        target, band = most * (1.0 - RELATIVE_GAP / 2), most * (RELATIVE_GAP * 0.4)
        # hours inside their limit keep the load wanted
        hours_over = _Over(wanted_mw[over], facility[over], target, band, over)
        it_mw[over] = _largest_inside(hours_over, facility_of_it)
    return it_mw


class _Over(NamedTuple):
    """Hours known to be over their limit at the load wanted."""

    wanted_mw: Array
    """IT load wanted. [MW]"""
    facility: Array
    """At the load wanted. [MW]"""
    target: Array
    """Facility load to end at, just inside the limit. [MW]"""
    band: Array
    """How far from it is near enough. [MW]"""
    hours: NDArray[np.int64]

    def at(self, some: NDArray[np.int64]) -> _Over:
        """Some of them."""
        return _Over._make(column[some] for column in self)


def _largest_inside(over: _Over, facility_of_it: FacilityOfIt) -> Array:
    """Largest IT load inside the limit. [MW]"""
    it_mw, left = _fitted(over, facility_of_it)
    if left.size:
        it_mw[left] = _bracketed(over.at(left), facility_of_it)
    return it_mw


def _fitted(over: _Over, facility_of_it: FacilityOfIt) -> tuple[Array, NDArray[np.int64]]:
    """Loads on the target, by parabolas through three loads tried [MW], and what they do not hit."""
    tried = over.wanted_mw * (over.target / over.facility) * _NEAR
    excess = facility_of_it(tried, over.hours) - over.target
    it_mw, left = np.zeros_like(over.wanted_mw), np.arange(over.wanted_mw.size)
    for _ in range(_FITS):
        # held between 0 and the load wanted; 0 where undefined
        guess = np.minimum(np.fmax(_root_near(tried, excess), 0.0), over.wanted_mw)
        it_mw[left] = guess
        off = facility_of_it(guess, over.hours) - over.target
        missed = np.flatnonzero(~(np.abs(off) <= over.band))
        left = left[missed]
        # most often one parabola hits every hour
        if not missed.size:
            break
        over, tried, excess = over.at(missed), tried[:, missed], excess[:, missed]
        # the guess takes the place of the worst of the three points
        worst = np.argmax(np.abs(excess), axis=0), np.arange(missed.size)
        tried[worst], excess[worst] = guess[missed], off[missed]
    return it_mw, left


def _root_near(x: Array, f: Array) -> Array:
    """Root next to the last of three points of the parabola through them; NaN where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        width = x[2] - x[1]
        slope = (f[2] - f[1]) / width
        bend = ((f[1] - f[0]) / (x[1] - x[0]) - slope) / (x[0] - x[2])
        at_last = slope + width * bend
        # the root nearest the last point, in the form that loses no digits where the bend is small
        root = np.sqrt(bend * f[2] * -4.0 + at_last * at_last)
        return np.asarray(x[2] - 2.0 / ((at_last + root) / f[2]))


def _bracketed(over: _Over, facility_of_it: FacilityOfIt) -> Array:
    """Largest IT load inside the limit, between 0 and the load wanted, whatever the curve. [MW]"""
    wanted_mw, facility, target, band, hours = over
    low, high = np.zeros_like(wanted_mw), wanted_mw.copy()
    excess_low, excess_high = facility_of_it(low, hours) - target, facility - target
    open_ = np.flatnonzero(excess_low < -band)
    last_side = np.zeros(wanted_mw.shape, dtype=np.int8)
    for step in range(_INTERPOLATIONS + _BISECTIONS):
        # an hour on its target is not looked at again
        if not open_.size:
            break
        a, b, fa, fb = low[open_], high[open_], excess_low[open_], excess_high[open_]
        x = b - fb * (b - a) / (fb - fa) if step < _INTERPOLATIONS else 0.5 * (a + b)
        fx = facility_of_it(x, hours[open_]) - target[open_]
        done = np.abs(fx) <= band[open_]
        below = (fx < 0.0) | done
        side = np.where(below, -1, 1).astype(np.int8)
        again = side == last_side[open_]
        low[open_], high[open_] = np.where(below, x, a), np.where(below, b, x)
        # the end that stays twice running is pulled down, or the other would creep towards the root
        weight = _kept_weight(fx, np.where(below, fa, fb)) * again + ~again
        excess_low[open_] = np.where(below, fx, weight * fa)
        excess_high[open_] = np.where(below, weight * fb, fx)
        last_side[open_] = side
        open_ = open_[~done]
    return low


def _kept_weight(excess: Array, excess_before: Array) -> Array:
    """Weight of the end kept twice running; a half where the rule gives no positive one."""
    weight = 1.0 - excess / excess_before
    return np.where(weight > 0.0, weight, 0.5)


def lost_compute_share(it_at_work_mw: ArrayLike, it_given_mw: ArrayLike) -> Array:
    r"""Share of the compute wanted that a fleet short of power does not deliver.

    Racks are switched off until the others fit, those without work first: a rack that is off saves its idle
    power too, so as many run as the power carries, each as fast as ever.

    Parameters
    ----------
    it_at_work_mw : array_like of float, shape (...,)
        IT load of the racks that have work, idle power included, at least 0. [MW]
    it_given_mw : array_like of float, shape (...,)
        IT load inside the limit, at least 0. [MW]

    Returns
    -------
    share : ndarray of float64, shape (...,)
        Compute lost over compute wanted, in [0, 1]; 0 where the racks with work fit, or where none has
        any. [1]

    Raises
    ------
    ValueError
        If an argument is negative, infinite or NaN.

    Notes
    -----
    .. math:: s = \max\left(0,\ 1 - \frac{P_\mathrm{given}}{P_\mathrm{at\ work}}\right)

    All racks are alike in it; of the last one, a part runs, or all of it for a part of the hour, so that a
    fleet twice as large behind twice the power does twice as much. Slowing all racks instead loses less as
    long as little is missing: an H100 capped from 700 W to 600 W (14 % less power) is reported to lose 12 %
    (10-15 %) of training throughput and 6.5 % of memory-bound inference [1]_. A plan chooses that by its
    power cap.

    References
    ----------
    .. [1] factryze.ai, Scale Atlas, power capping, 2026 (a vendor's figures).

    Examples
    --------
    >>> lost_compute_share([100.0, 100.0, 20.0], [60.0, 10.0, 25.0])
    array([0.4, 0.9, 0. ])
    """
    at_work, given = (finite_at_least_0("IT loads", load_mw) for load_mw in (it_at_work_mw, it_given_mw))
    return share_of(np.maximum(at_work - given, 0.0), at_work)
