"""Money over time: discounting, annuities, returns, levelised cost and price years.

Rates are fractions per year, times are years from time 0, and every function works in any one
currency. Rates and cash flows are both nominal or both real; `real_rate` goes between.
Arrays of cash flows have time on their last axis.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from capsim.models.argument_checks import finite, finite_above_0
from capsim.units import Array

_IRR_LOG_RATES = np.linspace(-7.0, 7.0, 281)
"""Where `irr` looks for a change of sign: ln(1 + rate), with 0 among them. [1/y]"""


_SAME_RATE = 1e-9
"""How near to one another two rates are one, in ln(1 + rate). [1/y]"""
_ROUNDING = 1e-12
"""How near to 0 a value is 0, over the sum of the flows' values. [1]"""


def capital_recovery_factor(rate_per_y: ArrayLike, life_y: ArrayLike) -> Array:
    r"""Share of an investment due each year to recover it with interest over its life.

    Parameters
    ----------
    rate_per_y : array_like of float, shape (...,)
        Cost of capital, above -1. [1/y]
    life_y : array_like of float, shape (...,)
        Life, above 0. [y]

    Returns
    -------
    factor : ndarray of float64, shape (...,)
        Payment at the end of each year over the amount at time 0. [1/y]

    Raises
    ------
    ValueError
        If an argument is outside its range or NaN.

    Notes
    -----
    .. math:: \mathrm{CRF} = \frac{r}{1 - (1 + r)^{-n}}, \qquad \mathrm{CRF}(0) = \frac{1}{n}

    Examples
    --------
    >>> capital_recovery_factor([0.0, 0.1], 10.0).round(5)
    array([0.1    , 0.16275])
    """
    rate, life = np.broadcast_arrays(_rate(rate_per_y), finite_above_0("life_y", life_y))
    factor = np.asarray(1.0 / life)
    # expm1 and log1p lose no digits at small rates; at 0 the limit above stands
    np.divide(rate, -np.expm1(-life * np.log1p(rate)), out=factor, where=rate != 0.0)
    return factor


def discount_factor(rate_per_y: ArrayLike, times_y: ArrayLike) -> Array:
    """Worth at time 0 of one unit of money at a time: ``(1 + rate) ** -time``.

    Parameters
    ----------
    rate_per_y : array_like of float, shape (...,)
        Discount rate, above -1. [1/y]
    times_y : array_like of float, shape (...,)
        Times, any fraction of a year. [y]

    Returns
    -------
    factor : ndarray of float64, shape (...,)
        Present value over value then. [1]

    Raises
    ------
    ValueError
        If a rate is not above -1, or an argument is infinite or NaN.

    Examples
    --------
    >>> discount_factor(0.25, [0.0, 1.0, 2.0])
    array([1.  , 0.8 , 0.64])
    """
    times = finite("times_y", times_y)
    return np.asarray((1.0 + _rate(rate_per_y)) ** -times, dtype=np.float64)


def npv(cash_flows: ArrayLike, *, rate_per_y: float, times_y: ArrayLike | None = None) -> Array:
    r"""Net present value at time 0.

    Parameters
    ----------
    cash_flows : array_like of float, shape (..., n)
        In positive, out negative. [currency]
    rate_per_y : float
        Discount rate, above -1. [1/y]
    times_y : array_like of float, shape (n,), optional
        Time of each flow; without it they fall at the ends of years 1 to n. [y]

    Returns
    -------
    value : ndarray of float64, shape (...,)
        Net present value. [currency]

    Raises
    ------
    ValueError
        If a rate is not above -1, a value is infinite or NaN, or the shapes do not fit.

    Notes
    -----
    .. math:: \mathrm{NPV} = \sum_k C_k (1 + r)^{-t_k}

    A spreadsheet's NPV has its first flow at the end of year 1, as here; other libraries put it
    at time 0, which is ``times_y=range(n)``.

    Examples
    --------
    >>> npv([-100.0, 125.0], rate_per_y=0.25, times_y=[0.0, 1.0]).item()
    0.0
    """
    flows, times = _flows_and_times(cash_flows, times_y)
    return np.asarray(np.sum(flows * discount_factor(rate_per_y, times), axis=-1), dtype=np.float64)


def irr(cash_flows: ArrayLike, *, times_y: ArrayLike | None = None) -> float:
    """Internal rate of return: the rate at which the net present value is 0.

    Parameters
    ----------
    cash_flows : array_like of float, shape (n,)
        In positive, out negative. [currency]
    times_y : array_like of float, shape (n,), optional
        Time of each flow; without it they are a year apart. [y]

    Returns
    -------
    rate_per_y : float
        NaN when the flows do not change sign or no rate balances them. Where several
        rates do, the one nearest 0 in ``ln(1 + rate)``; `irrs` has all. [1/y]

    Raises
    ------
    ValueError
        If a value is infinite or NaN, or the shapes do not fit.

    Notes
    -----
    Looks between rates of -99.9 % and 109,600 % a year (``ln(1 + rate)`` from -7 to 7), in
    steps of 5 % and then by Brent's method; between steps for where the value comes nearest 0, so
    that two rates closer than a step, and a double one, are found.

    Examples
    --------
    >>> round(irr([-100.0, 60.0, 60.0]), 6)
    0.130662
    """
    return min(irrs(cash_flows, times_y=times_y), key=lambda rate: abs(math.log1p(rate)), default=math.nan)


def irrs(cash_flows: ArrayLike, *, times_y: ArrayLike | None = None) -> list[float]:
    """All internal rates of return that `irr` can find, rising. [1/y]

    Examples
    --------
    >>> [round(rate, 6) for rate in irrs([-100.0, 230.0, -132.0])]
    [0.1, 0.2]
    """
    flows, times = _flows_and_times(cash_flows, times_y)
    if flows.ndim != 1:
        raise ValueError("cash_flows must be one-dimensional")
    # flows of one sign have no rate
    if not (np.any(flows > 0.0) and np.any(flows < 0.0)):
        return []
    values = np.array([_scaled_npv(x, flows, times) for x in _IRR_LOG_RATES])
    signs = np.sign(values)
    starts = np.flatnonzero(signs[:-1] * signs[1:] <= 0.0)
    roots = [_log_irr(int(i), values, flows, times) for i in starts]
    same = (signs[:-2] == signs[1:-1]) & (signs[1:-1] == signs[2:]) & (signs[1:-1] != 0.0)
    dips = np.abs(values[1:-1]) <= np.minimum(np.abs(values[:-2]), np.abs(values[2:]))
    for i in np.flatnonzero(same & dips) + 1:
        roots += _between_steps(int(i), values, flows, times)
    # a rate of the grid itself is found from both sides
    distinct = [x for i, x in enumerate(sorted(roots)) if i == 0 or x - sorted(roots)[i - 1] > _SAME_RATE]
    return [math.expm1(x) for x in distinct]


def _between_steps(middle: int, values: Array, flows: Array, times: Array) -> list[float]:
    """Roots where the value comes near 0 between trial rates and turns back, as ln(1 + rate)."""
    from scipy.optimize import brentq, minimize_scalar

    low, high = _IRR_LOG_RATES[middle - 1], _IRR_LOG_RATES[middle + 1]
    sign = float(np.sign(values[middle]))
    nearest = minimize_scalar(
        lambda x: sign * _scaled_npv(x, flows, times),
        bounds=(low, high),
        method="bounded",
        options={"xatol": _SAME_RATE / 10.0},
    )
    scale = float(
        np.abs(flows) @ np.exp(-nearest.x * (times - (times.max() if nearest.x < 0 else times.min())))
    )
    if abs(nearest.fun) <= _ROUNDING * scale:
        return [float(nearest.x)]
    if nearest.fun > 0.0:
        return []
    at = float(nearest.x)
    ends = ((float(low), at), (at, float(high)))
    return [
        float(brentq(_scaled_npv, left, right, args=(flows, times), xtol=1e-14, rtol=1e-14))
        for left, right in ends
    ]


def _log_irr(start: int, values: Array, flows: Array, times: Array) -> float:
    """The root between a trial rate and the next, as ln(1 + rate)."""
    from scipy.optimize import brentq

    low, high = _IRR_LOG_RATES[start], _IRR_LOG_RATES[start + 1]
    for x, value in ((low, values[start]), (high, values[start + 1])):
        # a rate of the grid itself is no change of sign
        if value == 0.0:
            return float(x)
    return float(brentq(_scaled_npv, low, high, args=(flows, times), xtol=1e-14, rtol=1e-14))


def _scaled_npv(log_rate: float, flows: Array, times: Array) -> float:
    """Value at the end of the flows for negative rates, at their start for others: never overflows."""
    origin = times.max() if log_rate < 0.0 else times.min()
    return float(flows @ np.exp(-log_rate * (times - origin)))


def payback_y(cash_flows: ArrayLike, *, times_y: ArrayLike | None = None) -> float:
    """Time after which the cumulative cash flow stays at or above 0, undiscounted.

    A refresh that drags the total below 0 again counts: the money is then still out.

    Parameters
    ----------
    cash_flows : array_like of float, shape (n,)
        In positive, out negative. [currency]
    times_y : array_like of float, shape (n,), optional
        Times in rising order; without it the ends of years 1 to n. [y]

    Returns
    -------
    payback_y : float
        Linear between the two flows around it; the time of the first flow when the total is never
        below 0, NaN when it ends below 0. [y]

    Raises
    ------
    ValueError
        If a value is infinite or NaN, times do not rise, or the shapes do not fit.

    Examples
    --------
    >>> payback_y([-100.0, 40.0, 40.0, 40.0], times_y=[0.0, 1.0, 2.0, 3.0])
    2.5
    """
    flows, times = _flows_and_times(cash_flows, times_y)
    if not (flows.ndim == 1 and flows.size and np.all(np.diff(times) >= 0.0)):
        raise ValueError("cash_flows must be one-dimensional, with times in rising order")
    total = np.cumsum(flows)
    below = np.flatnonzero(total < 0.0)
    # never below nothing: paid back when it starts
    if not below.size:
        return float(times[0])
    last = int(below[-1])
    # below nothing at the end: never paid back
    if last == flows.size - 1:
        return math.nan
    part = -total[last] / flows[last + 1]
    return float(times[last] + part * (times[last + 1] - times[last]))


def levelised_cost(
    costs: ArrayLike, output: ArrayLike, *, rate_per_y: float, times_y: ArrayLike | None = None
) -> Array:
    r"""Constant price per unit of output that just covers discounted costs.

    Parameters
    ----------
    costs : array_like of float, shape (..., n)
        Costs, positive. [currency]
    output : array_like of float, shape (..., n)
        Output at the same times, of any unit. [unit]
    rate_per_y : float
        Discount rate, above -1; real where costs are in the money of one year. [1/y]
    times_y : array_like of float, shape (n,), optional
        Times; without it the ends of years 1 to n. [y]

    Returns
    -------
    price : ndarray of float64, shape (...,)
        Cost per unit of output; NaN where there is no output. [currency/unit]

    Raises
    ------
    ValueError
        If a rate is not above -1, a value is infinite or NaN, or the shapes do not fit.

    Notes
    -----
    .. math:: c = \frac{\sum_k C_k (1 + r)^{-t_k}}{\sum_k Q_k (1 + r)^{-t_k}}

    Output is discounted too, as the revenue that it stands for.

    Examples
    --------
    >>> levelised_cost([100.0, 0.0], [0.0, 50.0], rate_per_y=0.25, times_y=[0.0, 1.0]).item()
    2.5
    """
    present = (npv(flows, rate_per_y=rate_per_y, times_y=times_y) for flows in (costs, output))
    spent, made = np.broadcast_arrays(*present)
    # without output there is no price, which is not a price of 0
    price = np.full(spent.shape, np.nan)
    np.divide(spent, made, out=price, where=made != 0.0)
    return price


def real_rate(nominal_per_y: ArrayLike, inflation_per_y: ArrayLike) -> Array:
    """Rate over and above inflation (Fisher): ``(1 + nominal) / (1 + inflation) - 1``. [1/y]

    Both rates are above -1, of shape (...,), else ValueError. [1/y]

    Examples
    --------
    >>> real_rate(0.0815, 0.03).round(6).item()
    0.05
    """
    inflation = _rate(inflation_per_y)
    return np.asarray((_rate(nominal_per_y) - inflation) / (1.0 + inflation), dtype=np.float64)


def _rate(value: ArrayLike) -> Array:
    """A rate as an array, checked to be above -1."""
    rate = np.asarray(value, dtype=np.float64)
    if not (np.all(rate > -1.0) and np.all(np.isfinite(rate))):
        raise ValueError("a rate must be finite and above -1")
    return rate


def _flows_and_times(cash_flows: ArrayLike, times_y: ArrayLike | None) -> tuple[Array, Array]:
    """Flows and their times, the ends of years 1 to n where none are given."""
    flows = np.atleast_1d(finite("cash_flows", cash_flows))
    n = flows.shape[-1]
    times = np.arange(1.0, n + 1.0) if times_y is None else finite("times_y", times_y)
    if times.shape != (n,):
        raise ValueError(f"times_y must have shape ({n},), as the last axis of cash_flows")
    return flows, times
