"""Load that moves in time: hours to avoid, work paused and made up for, a battery over a day.

All work day by day on arrays of shape (n_days, 24); the horizon is whole days.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capsim.models.argument_checks import finite, require_within, shares
from capsim.models.ratios import share_of
from capsim.units import HOURS_PER_DAY, HOURS_PER_STANDARD_YEAR, Array

CHARGE_UNTIL_H = 16
"""Hour of the UTC day before which a battery charges and from which it discharges: the night and the
solar noon come before the evening peak. Assumed. [h]"""


def hours_to_avoid(signal: ArrayLike, hours_per_day: int) -> NDArray[np.bool_]:
    """The hours of each day in which a signal is highest.

    Parameters
    ----------
    signal : array_like of float, shape (n_hours,)
        Price or carbon intensity over whole days; of equal hours the earlier ones are taken.
    hours_per_day : int
        How many hours of each day, 0 to 24. [h/d]

    Returns
    -------
    avoided : ndarray of bool, shape (n_hours,)
        True in exactly `hours_per_day` hours of each day.

    Raises
    ------
    ValueError
        If the signal is not whole days or has a NaN, or the number is out of range.

    Examples
    --------
    >>> np.flatnonzero(hours_to_avoid(np.arange(48.0) % 24, 2)).tolist()
    [22, 23, 46, 47]
    """
    days = _by_day(signal)
    require_within("hours_per_day", hours_per_day, 0, HOURS_PER_DAY)
    # the partition below needs an hour to look for
    if hours_per_day == 0:
        return np.zeros(days.size, dtype=np.bool_)
    least = np.partition(days, HOURS_PER_DAY - hours_per_day, axis=1)[:, -hours_per_day, None]
    avoided = days >= least
    # a partition is faster than a sort; only days with equal hours at the edge are sorted
    tied = np.flatnonzero(np.count_nonzero(avoided, axis=1) > hours_per_day)
    if tied.size:
        order = np.argsort(-days[tied], axis=1, kind="stable")[:, :hours_per_day]
        first = np.zeros((tied.size, HOURS_PER_DAY), dtype=np.bool_)
        np.put_along_axis(first, order, values=True, axis=1)
        avoided[tied] = first
    return avoided.ravel()


def dearest_of_year(signal: ArrayLike, year: NDArray[np.int64], hours_per_y: float) -> NDArray[np.bool_]:
    """The hours of each year in which a signal is highest; of a part of a year, its part of the hours.

    Parameters
    ----------
    signal : array_like of float, shape (n_hours,)
        Price of each hour.
    year : ndarray of int64, shape (n_hours,)
        Calendar year of each hour.
    hours_per_y : float
        Hours in a 365-day year, at least 0. [h/y]

    Returns
    -------
    called : ndarray of bool, shape (n_hours,)
        True in the hours called.

    Raises
    ------
    ValueError
        If the signal has a NaN or the number is negative.

    Examples
    --------
    >>> dearest_of_year(np.arange(8760.0), np.full(8760, 2027), 3).nonzero()[0].tolist()
    [8757, 8758, 8759]
    """
    values = finite("the signal", signal)
    if not hours_per_y >= 0.0:
        raise ValueError(f"hours_per_y must be at least 0 (got {hours_per_y})")
    called = np.zeros(values.shape, dtype=np.bool_)
    # hours are in order, so each year is one stretch of them
    for first, size in zip(*np.unique(year, return_index=True, return_counts=True)[1:], strict=True):
        count = min(round(hours_per_y * size / HOURS_PER_STANDARD_YEAR), size)
        if count:
            # a partition is faster than a sort, and the order inside is of no matter
            inside = values[first : first + size]
            called[first + np.argpartition(inside, size - count)[size - count :]] = True
    return called


class Moved(NamedTuple):
    """Load after pausing."""

    running: Array
    """Share of the ceiling that runs, shape (n_hours,). [1]"""
    paused: Array
    """Share that was paused in each hour, shape (n_hours,). [1]"""
    made_up: Array
    """Share that runs later or earlier in the same day instead, shape (n_hours,). [1]"""


def pause(
    load: ArrayLike,
    avoided: NDArray[np.bool_],
    share: ArrayLike,
    *,
    shift: bool,
    ceiling: ArrayLike = 1.0,
    fleet: ArrayLike = 1.0,
) -> Moved:
    r"""Pause a share of the load in some hours, and make up for it where there is room.

    Parameters
    ----------
    load : array_like of float, shape (n_hours,)
        Load over its ceiling, in [0, 1], over whole days. [1]
    avoided : ndarray of bool, shape (n_hours,)
        Hours in which it pauses.
    share : array_like of float, scalar or shape (n_hours,)
        Share of the load that pauses, in [0, 1]. [1]
    shift : bool
        Whether the work is made up for in the other hours of the same day, in proportion to the
        room below the ceiling; otherwise it is lost.
    ceiling : array_like of float, scalar or shape (n_hours,), default 1.0 (all of it)
        Most that can run in each hour, such as what whole jobs fill, at least `load`. [1]
    fleet : array_like of float, scalar or shape (n_hours,), default 1.0 (the same in all hours)
        What the shares are shares of: a fleet that grows or shrinks within a day makes up for the
        work that was paused, not for the share. At least 0. [H100e]

    Returns
    -------
    moved : Moved
        Load that runs, and what was paused and made up for.

    Raises
    ------
    ValueError
        If an argument is out of range or NaN, or the hours are not whole days.

    Notes
    -----
    A full fleet has no room: its paused work is lost. Work moves by at most 23 hours, and what is made
    up for over a day, in shares times fleet, is never more than what was paused.

    Examples
    --------
    >>> hour = np.arange(24)
    >>> moved = pause(np.full(24, 0.5), hour == 20, 0.4, shift=True)
    >>> round(float(moved.running.sum()), 9), round(float(moved.running[20]), 9)
    (12.0, 0.3)
    """
    stop = np.asarray(avoided, dtype=np.bool_).reshape(-1, HOURS_PER_DAY)
    full, part = (shares("the load and the share", values) for values in (_by_day(load), share))
    levels = np.asarray(ceiling, np.float64), part, np.asarray(fleet, np.float64)
    most, part, size = (level.reshape(stop.shape) if level.ndim else level for level in levels)
    if not np.all(size >= 0.0):
        raise ValueError("the fleet must be at least 0")
    if not (np.all(most <= 1.0) and np.all(full <= most)):
        raise ValueError("the ceiling must be at most 1 and at least the load")
    paused = full * (stop * part)
    made_up = np.zeros_like(full)
    if shift:
        room = np.where(stop, 0.0, most - full)
        there = (room * size).sum(axis=1, keepdims=True)
        fits = np.minimum((paused * size).sum(axis=1, keepdims=True), there)
        made_up = room * share_of(fits, there)
    return Moved((full - paused + made_up).ravel(), paused.ravel(), made_up.ravel())


class BatteryFlow(NamedTuple):
    """Power of a battery at the meter."""

    charge_mw: Array
    """Power taken, shape (n_hours,). [MW]"""
    discharge_mw: Array
    """Power given, shape (n_hours,). [MW]"""


def daily_battery(
    price: ArrayLike,
    load_mw: ArrayLike,
    limit_mw: ArrayLike,
    *,
    power_mw: float,
    energy_mwh: float | Array,
    round_trip_efficiency: float,
) -> BatteryFlow:
    r"""A battery that shifts load from the cheap hours of a day to the dear ones.

    Parameters
    ----------
    price : array_like of float, shape (n_hours,)
        Cost of one more MWh at the meter, over whole days. [currency/MWh]
    load_mw : array_like of float, shape (n_hours,)
        Load at the meter without the battery; nothing is exported. [MW]
    limit_mw : array_like of float, scalar or shape (n_hours,)
        Most power at the meter, charging included. [MW]
    power_mw : float
        Most power in and out, greater than 0. [MW]
    energy_mwh : float or ndarray of float64, shape (n_days,)
        Energy delivered from full, the same on all days or of each, greater than 0. [MWh]
    round_trip_efficiency : float
        Energy out over energy in, in (0, 1]. [1]

    Returns
    -------
    flow : BatteryFlow
        Power taken and given; it is empty at midnight UTC.

    Raises
    ------
    ValueError
        If an argument is out of range or NaN, or the hours are not whole days.

    Notes
    -----
    One cycle a day with perfect foresight of that day: it charges in the cheapest hours before
    16:00 UTC and discharges in the dearest from then on, so it is never emptier than empty. It takes as
    much as is worth more than it costs, losses included, and rests on a day on which nothing is: within
    these hours no cycle saves more. It is a rule and no bound: the best of each day, by a linear program
    that starts and ends empty, cycles as often as it pays and has the same foresight, earns more. On hours
    like those of 2025 the rule earns 74 % of it in France and 82 % in Germany with two hours of energy, 80
    and 86 % with four. No ancillary services.

    Examples
    --------
    >>> price = np.where(np.arange(24) < 16, 20.0, 100.0)
    >>> flow = daily_battery(price, np.full(24, 9.0), 10.0, power_mw=2.0, energy_mwh=4.0,
    ...                      round_trip_efficiency=0.8)
    >>> float(flow.charge_mw.sum()), float(flow.discharge_mw.sum()), float(flow.charge_mw.max())
    (5.0, 4.0, 1.0)
    """
    for name, value in (("power_mw", power_mw), ("energy_mwh", energy_mwh)):
        if not (np.all(np.greater(value, 0.0)) and np.all(np.isfinite(value))):
            raise ValueError(f"{name} must be greater than 0 (got {value})")
    if not 0.0 < round_trip_efficiency <= 1.0:
        raise ValueError(f"round_trip_efficiency must be in (0, 1] (got {round_trip_efficiency})")
    dear, load = _by_day(price), _by_day(load_mw)
    limit = _by_day(np.broadcast_to(np.asarray(limit_mw, dtype=np.float64), load.size))
    cheap_h, dear_h = slice(None, CHARGE_UNTIL_H), slice(CHARGE_UNTIL_H, None)
    room = np.clip(limit[:, cheap_h] - load[:, cheap_h], 0.0, power_mw)
    most_out = np.minimum(load[:, dear_h], power_mw)
    stored = np.minimum(room.sum(axis=1) * round_trip_efficiency, energy_mwh)
    energy = np.minimum(stored, most_out.sum(axis=1))
    # what is put in, as energy that comes out, and what a unit of that costs
    put_in, cost = room * round_trip_efficiency, dear[:, cheap_h] / round_trip_efficiency
    energy = np.minimum(energy, _energy_that_pays(put_in, cost, most_out, dear[:, dear_h]))
    # the halves of the day are filled each by itself
    taken, released = np.zeros((2, *load.shape))
    taken[:, cheap_h] = _in_order(room, dear[:, cheap_h], energy / round_trip_efficiency)
    released[:, dear_h] = _in_order(most_out, -dear[:, dear_h], energy)
    return BatteryFlow(taken.ravel(), released.ravel())


def _energy_that_pays(put_in: Array, cost: Array, most_out: Array, worth: Array) -> Array:
    """Energy of each day up to which the next unit is worth more than it costs, shape (n_days,).

    Of the hours from cheap to dear, it is the most that those up to one can hold and that is worth more than
    in that one: what they hold rises, and what is worth more falls.
    """
    held = (put_in[:, None, :] * (cost[:, None, :] <= cost[:, :, None])).sum(axis=2)
    worth_more = (most_out[:, None, :] * (worth[:, None, :] > cost[:, :, None])).sum(axis=2)
    return np.asarray(np.minimum(held, worth_more).max(axis=1))


def _in_order(most: Array, rank: Array, total: Array) -> Array:
    """Fill hours up to their most, lowest rank first, until each day has its total."""
    days, width = most.shape
    order = np.argsort(rank, axis=1, kind="stable")
    # positions in the raveled arrays: one gather and one scatter serve all days
    order += (np.arange(days) * width)[:, None]
    sorted_most = most.ravel()[order]
    before = np.cumsum(sorted_most, axis=1) - sorted_most
    filled = np.empty(most.size)
    filled[order] = np.clip(total[:, None] - before, 0.0, sorted_most)
    return filled.reshape(most.shape)


def _by_day(values: ArrayLike) -> Array:
    """Finite hourly values as (n_days, 24)."""
    hours = np.asarray(values, dtype=np.float64)
    if not (hours.ndim == 1 and hours.size % HOURS_PER_DAY == 0):
        raise ValueError("give whole days of hours")
    return finite("hourly values", hours).reshape(-1, HOURS_PER_DAY)
