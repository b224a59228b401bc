"""Demand for compute: its growth, its daily and weekly shape, and the allocation it gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capsim.models.argument_checks import finite, finite_at_least_0, require_finite_at_least_0, require_within
from capsim.registry import Table
from capsim.units import DAYS_PER_WEEK, HOURS_PER_DAY, SECONDS_PER_HOUR, Array

HOURS_PER_WEEK = DAYS_PER_WEEK * HOURS_PER_DAY
_WEEKDAYS = 5


def _wrong(multipliers: Any) -> str:
    numbers = np.asarray(multipliers)
    is_shape = numbers.dtype.kind in "fiu" and bool(np.isfinite(numbers).all() and (numbers >= 0.0).all())
    return "" if is_shape else "must give multipliers of at least 0"


DEMAND_SHAPES: Table[Callable[..., Array]] = Table("demand shape", wrong=_wrong)
"""``shape(hour_of_week, *, ...)``: demand in each hour over its weekly mean. [1]

``hour_of_week`` counts UTC hours from Monday 00:00, 0 to 167; the mean over a whole week is 1.
"""


@DEMAND_SHAPES.register("flat")
def flat(hour_of_week: NDArray[np.int64]) -> Array:
    """The same demand at every hour, as queued training gives.

    Parameters
    ----------
    hour_of_week : ndarray of int64, shape (n_hours,)
        UTC hour of the week from Monday 00:00, 0 to 167. [h]

    Returns
    -------
    multiplier : ndarray of float64, shape (n_hours,)
        Ones. [1]

    Raises
    ------
    ValueError
        If an hour is outside 0 to 167.

    Examples
    --------
    >>> flat(np.array([0, 100]))
    array([1., 1.])
    """
    return np.ones(HOURS_PER_WEEK)[_checked(hour_of_week)]


@DEMAND_SHAPES.register("diurnal")
def diurnal(
    hour_of_week: NDArray[np.int64],
    *,
    daily_amplitude: float,
    weekend_share: float,
    peak_hour_utc: float = 14.0,
) -> Array:
    r"""Demand of people at work: a cosine over the day, lower at the weekend.

    Inference follows its users; most of them are awake together and at work together.

    Parameters
    ----------
    hour_of_week : ndarray of int64, shape (n_hours,)
        UTC hour of the week from Monday 00:00, 0 to 167. [h]
    daily_amplitude : float
        Peak of a day over its mean, minus 1, in [0, 1]. [1]
    weekend_share : float
        Mean of Saturday and Sunday over that of the other days, at least 0. [1]
    peak_hour_utc : float, default 14.0 (assumed: afternoon in Europe)
        Hour of the day with the most demand, in [0, 24). [h]

    Returns
    -------
    multiplier : ndarray of float64, shape (n_hours,)
        Demand over its weekly mean. [1]

    Raises
    ------
    ValueError
        If an argument is outside its range or NaN.

    Notes
    -----
    .. math:: m(d, h) = \frac{7\, w_d}{5 + 2 w}\left(1 + A \cos\frac{2\pi (h - h_0)}{24}\right)

    with :math:`w_d = w` at the weekend and 1 on other days. One population in one time zone,
    without holidays; a service spread over the world is flatter.

    Examples
    --------
    >>> diurnal(np.array([2, 14]), daily_amplitude=0.5, weekend_share=1.0)
    array([0.5, 1.5])
    """
    require_within("daily_amplitude", daily_amplitude, 0.0, 1.0)
    if not 0.0 <= weekend_share < np.inf:
        raise ValueError(f"weekend_share must be at least 0 (got {weekend_share})")
    if not 0.0 <= peak_hour_utc < HOURS_PER_DAY:
        raise ValueError(f"peak_hour_utc must be in [0, {HOURS_PER_DAY}) (got {peak_hour_utc})")
    angle = 2.0 * np.pi * (np.arange(HOURS_PER_DAY) - peak_hour_utc) / HOURS_PER_DAY
    day = 1.0 + daily_amplitude * np.cos(angle)
    level = np.where(np.arange(DAYS_PER_WEEK) < _WEEKDAYS, 1.0, weekend_share)
    week: Array = np.outer(level / level.mean(), day).ravel()
    return week[_checked(hour_of_week)]


def demand_h100e(h100e_at_start: float, growth_per_y: float, years_elapsed: ArrayLike) -> Array:
    r"""Demand for compute that grows by a constant factor.

    Parameters
    ----------
    h100e_at_start : float
        Demand at time 0, at least 0, in the definition of H100e in force. [H100e]
    growth_per_y : float
        Growth per year, above -1: 0.3 is 30 % a year, 3.6 is 4.6-fold a year. [1/y]
    years_elapsed : array_like of float, shape (...,)
        Time since the start. [y]

    Returns
    -------
    demand_h100e : ndarray of float64, shape (...,)
        Demand at those times, before its daily and weekly shape. [H100e]

    Raises
    ------
    ValueError
        If an argument is outside its range or NaN.

    Notes
    -----
    .. math:: D(t) = D_0 (1 + g)^t

    No saturation: published growth of training compute (4.6-fold a year) cannot hold over 15 years.

    Examples
    --------
    >>> demand_h100e(100.0, 1.0, [0.0, 1.0, 3.0])
    array([100., 200., 800.])
    """
    require_finite_at_least_0("h100e_at_start", h100e_at_start)
    if not -1.0 < growth_per_y < np.inf:
        raise ValueError(f"growth_per_y must be above -1 (got {growth_per_y})")
    years = finite("years_elapsed", years_elapsed)
    # a power over years of hours is slow, and most demand does not grow
    if growth_per_y == 0.0:
        return np.full(years.shape, h100e_at_start)
    return np.asarray(h100e_at_start * (1.0 + growth_per_y) ** years, dtype=np.float64)


def service_h100e(messages_per_day: float, tokens_per_message: float, h100_s_per_token: float) -> float:
    r"""H100s that work for a chat service on average over a day.

    Parameters
    ----------
    messages_per_day : float
        Messages answered, at least 0. [1/d]
    tokens_per_message : float
        Output tokens of each, at least 0. [tokens]
    h100_s_per_token : float
        Time one H100 works for a token, at least 0. [s/token]

    Returns
    -------
    h100e : float
        Mean demand; its peak is this times that of the demand shape. [H100e]

    Raises
    ------
    ValueError
        If an argument is negative, infinite or NaN.

    Examples
    --------
    >>> service_h100e(86_400.0, 500.0, 0.002)
    1.0
    """
    for value in (messages_per_day, tokens_per_message, h100_s_per_token):
        require_finite_at_least_0("demand", value)
    return messages_per_day * tokens_per_message * h100_s_per_token / (SECONDS_PER_HOUR * HOURS_PER_DAY)


def inference_speed(flops_ratio: float, bandwidth_ratio: float, memory_bound_share: float) -> float:
    r"""Tokens per second of an accelerator over those of an H100.

    Parameters
    ----------
    flops_ratio, bandwidth_ratio : float
        Its FLOP/s and its memory bandwidth over those of an H100, greater than 0. [1]
    memory_bound_share : float
        Share of the time of a token on an H100 in which it waits for memory, in [0, 1]. [1]

    Returns
    -------
    speed : float
        [1]

    Raises
    ------
    ValueError
        If an argument is outside its range or NaN.

    Notes
    -----
    .. math:: v = \left(\frac{m}{b} + \frac{1 - m}{f}\right)^{-1}

    The two parts of the time follow one another and do not overlap: between :math:`f` and :math:`b`.

    Examples
    --------
    >>> round(inference_speed(1.0, 4.8 / 3.35, 0.5), 3)
    1.178
    """
    if not (flops_ratio > 0.0 and bandwidth_ratio > 0.0):
        raise ValueError(f"ratios must be greater than 0 (got {flops_ratio}, {bandwidth_ratio})")
    require_within("memory_bound_share", memory_bound_share, 0.0, 1.0)
    return 1.0 / (memory_bound_share / bandwidth_ratio + (1.0 - memory_bound_share) / flops_ratio)


def queued(arriving: ArrayLike, capacity: ArrayLike) -> tuple[Array, Array]:
    r"""Work served and work waiting when what finds no room waits for it.

    Parameters
    ----------
    arriving : array_like of float, shape (n_hours,)
        Work that arrives in each hour, at least 0. [H100e h]
    capacity : array_like of float, shape (n_hours,)
        Most work each hour can do, at least 0. [H100e h]

    Returns
    -------
    served, backlog : ndarray of float64, shape (n_hours,)
        Work done in each hour, and waiting at its end. [H100e h]

    Raises
    ------
    ValueError
        If an argument is negative, infinite or NaN.

    Notes
    -----
    .. math:: Q_t = \max(Q_{t-1} + a_t - c_t, 0) = S_t - \min(0, \min_{s \le t} S_s),
       \quad S_t = \sum_{s \le t} (a_s - c_s)

    Lindley's recursion of a fluid queue, first come first served, without balking.

    Examples
    --------
    >>> queued([3.0, 0.0, 1.0], [1.0, 1.0, 5.0])
    (array([1., 1., 2.]), array([2., 1., 0.]))
    """
    work, room = (finite_at_least_0("arriving and capacity", hours) for hours in (arriving, capacity))
    net = np.cumsum(work - room)
    backlog = net - np.minimum(np.minimum.accumulate(net), 0.0)
    before = np.concatenate([[0.0], backlog[:-1]])
    return np.clip(work + before - backlog, 0.0, room), backlog


def _checked(hour_of_week: NDArray[np.int64]) -> NDArray[np.int64]:
    """Hours of the week, checked to be in 0 to 167."""
    if not np.all((hour_of_week >= 0) & (hour_of_week < HOURS_PER_WEEK)):
        raise ValueError(f"hour_of_week must be in 0 to {HOURS_PER_WEEK - 1}")
    return hour_of_week
