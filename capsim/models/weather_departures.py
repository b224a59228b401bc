"""Departures of the weather from the mean day: sums of three processes that persist differently.

Independent days, days that persist, and hours share the variance, month by month, so that the hourly and
the daily lag-1 correlation are the climate's.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.errors import SimulationError
from capsim.models.persistence import persistent
from capsim.units import HOURS_PER_DAY, MONTHS_PER_YEAR, Array

_DAY_MEMORY = 0.8
"""Day-to-day correlation of the days that persist. Assumed: daily means reach nearly all observed. [1]"""
_HOUR_MEMORY = 0.7
"""Hour-to-hour correlation of the hourly process (assumed; below all observed lag-1). [1]"""
_KNOWN_SHARES = (0.5, 0.2, 0.3)
"""Shares that the check of the fits must lead back to: any that are not at an edge. [1]"""
_DAYS_AT_ONCE = 1024
"""Days multiplied by their weights at once: larger products BLAS splits over threads that then wait busily
for the next one, which doubles the processor time of a site. [d]"""


class _Process(NamedTuple):
    """Second moments of a process of unit variance, for the solution of the shares."""

    lag1_hour: float
    day_variance: float
    day_covariance: float


@lru_cache(maxsize=8)
def _day_weights(memory: float) -> Array:
    """Weights of this day's and the next day's number in each hour, unit variance, shape (2, 24)."""
    late = np.arange(HOURS_PER_DAY) / HOURS_PER_DAY
    early = 1 - late
    return np.stack([early, late]) / np.sqrt(early**2 + late**2 + 2 * memory * early * late)


def _daily_process(memory: float) -> _Process:
    """Moments of daily numbers joined by `_day_weights`."""
    early, late = _day_weights(memory)
    within = early[1:] * early[:-1] + late[1:] * late[:-1]
    within = within + memory * (early[1:] * late[:-1] + late[1:] * early[:-1])
    a, b = early.mean(), late.mean()
    across = memory * early[-1] + late[-1]  # the next day starts at its own number
    return _Process(
        float((within.sum() + across) / HOURS_PER_DAY),
        float(a * a + b * b + 2 * a * b * memory),
        float(memory * (a * a + b * b) + a * b * (1 + memory**2)),
    )


def _hourly_process(memory: float) -> _Process:
    """Moments of an hourly first-order process."""
    hours = np.arange(HOURS_PER_DAY)
    apart = np.abs(hours[:, None] - hours[None, :])
    day_variance = float(np.mean(memory**apart))
    return _Process(memory, day_variance, float(np.mean(memory ** (HOURS_PER_DAY + hours[:, None] - hours))))


def variance_shares(lag1_hour_corr: Array, lag1_day_corr: Array) -> Array:
    """Shares of the variance of hours, independent days and persisting days, shape (12, 3).

    Parameters
    ----------
    lag1_hour_corr, lag1_day_corr : ndarray of float64, shape (12,)
        Correlations to reproduce. [1]

    Returns
    -------
    shares : ndarray of float64, shape (12, 3)
        Not negative, summing to 1. A pair that three such processes cannot have gets the
        nearest in least squares. [1]

    Raises
    ------
    SimulationError
        If the libraries of this environment do not find the shares of processes that are known.

    Examples
    --------
    >>> variance_shares(np.full(12, 0.97), np.full(12, 0.6))[0].sum().round(12)
    np.float64(1.0)
    """
    _check_fits()
    parts = _parts()
    shares = np.empty((MONTHS_PER_YEAR, len(parts)))
    for month, (hour, day) in enumerate(zip(lag1_hour_corr, lag1_day_corr, strict=True)):
        shares[month] = _shares(parts, hour, day)
    return shares


def _parts() -> list[_Process]:
    """The three processes: hours, independent days, days that persist."""
    return [_hourly_process(_HOUR_MEMORY), _daily_process(0.0), _daily_process(_DAY_MEMORY)]


def _shares(parts: list[_Process], hour: float, day: float) -> Array:
    """Shares of the processes in the variance, for an hourly and a daily correlation."""
    # weighted least squares: the sum of shares holds best, then the hours, then the days
    rows = np.array(
        [
            [100.0] * len(parts),
            [10 * (p.lag1_hour - hour) for p in parts],
            [p.day_covariance - day * p.day_variance for p in parts],
        ]
    )
    nonnegative = _least_squares(rows, np.array([100.0, 0.0, 0.0]))
    return np.asarray(nonnegative / nonnegative.sum())


@cache
def _check_fits() -> None:
    """Refuse an environment that solves small fits wrongly, as releases of libraries have: once a process.

    Correlations of known shares must lead back to them; a solver that stops early is off by far more.
    """
    known, parts = np.array(_KNOWN_SHARES), _parts()
    hour = float(known @ [p.lag1_hour for p in parts])
    days = known @ [(p.day_covariance, p.day_variance) for p in parts]
    found = _shares(parts, hour, float(days[0] / days[1]))
    if not np.allclose(found, known, rtol=0.0, atol=1e-9):
        raise SimulationError(
            f"NumPy {np.__version__} solves the fits of the weather wrongly here: shares of {_KNOWN_SHARES} "
            f"come back as {found.tolist()}; install another version (constraints.txt has one)"
        )


def _least_squares(rows: Array, values: Array) -> Array:
    """Least squares over numbers that are not negative: the best of those with some of them 0.

    Of few numbers every choice can be tried, which spares the import of an optimiser.
    """
    n = rows.shape[1]
    best, least = np.zeros(n), float(values @ values)
    for size in range(1, n + 1):
        for some in map(list, combinations(range(n), size)):
            solution = np.linalg.lstsq(rows[:, some], values)[0]
            off = float(np.sum((rows[:, some] @ solution - values) ** 2))
            if off < least and np.all(solution >= 0):
                best, least = np.zeros(n), off
                best[some] = solution
    return best


def _persisting(shape: tuple[int, int], memory: float, rng: np.random.Generator) -> Array:
    """First-order series of unit variance along the last axis, started from its own distribution."""
    noise = rng.standard_normal(shape)
    # the first value has the variance of the series, the later ones what the memory leaves
    noise[:, 1:] *= np.sqrt(1 - memory**2)
    return persistent(noise, memory)


def departures(month_of_day: NDArray[np.int64], shares: Array, rng: np.random.Generator) -> Array:
    """Two independent series of unit variance with the months' persistence, shape (2, n_days, 24)."""
    n_days = month_of_day.size
    roots = np.sqrt(shares)[month_of_day]
    hourly = _persisting((2, n_days * HOURS_PER_DAY), _HOUR_MEMORY, rng)
    # the sum of all three, in place, block by block: three over years of hours would not stay in the cache
    total = hourly.reshape(2, n_days, HOURS_PER_DAY)
    total *= roots[:, 0, None]
    single = rng.standard_normal((2, n_days + 1))
    lasting = _persisting((2, n_days + 1), _DAY_MEMORY, rng)
    numbers = np.stack(
        [
            single[:, :-1] * roots[:, 1],
            single[:, 1:] * roots[:, 1],
            lasting[:, :-1] * roots[:, 2],
            lasting[:, 1:] * roots[:, 2],
        ],
        axis=-1,
    )
    weights = np.concatenate([_day_weights(0.0), _day_weights(_DAY_MEMORY)])
    for first in range(0, n_days, _DAYS_AT_ONCE):
        block = slice(first, first + _DAYS_AT_ONCE)
        total[:, block] += numbers[:, block] @ weights
    return total
