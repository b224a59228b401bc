"""Debt, grants and tax: schedules of a unit loan, and what losses carried forward leave to tax.

Periods are of any length, and rates are per period; the ledger uses months.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from capsim.models.argument_checks import finite
from capsim.registry import Table
from capsim.units import Array


class Schedule(NamedTuple):
    """Interest and principal of a unit loan at the end of each period, each of shape (periods,)."""

    interest: Array
    """Interest. [1]"""
    principal: Array
    """Repayment; the sum is 1. [1]"""


Repayment = Callable[[float, int], Schedule]
"""Rate per period and number of periods -> schedule."""

REPAYMENTS: Table[Repayment] = Table("repayment schedule")
"""What `repayment:` of a tranche of debt may name."""


@REPAYMENTS.register("annuity")
def annuity(rate: float, periods: int) -> Schedule:
    """Equal sums of interest and principal.

    Examples
    --------
    >>> annuity(0.0, 4).principal
    array([0.25, 0.25, 0.25, 0.25])
    """
    _check_loan(rate, periods)
    growth = np.power(1.0 + rate, np.arange(periods, dtype=np.float64))
    principal = np.asarray(growth / growth.sum(), dtype=np.float64)
    return Schedule(np.asarray(rate + principal[0] - principal), principal)


@REPAYMENTS.register("linear")
def linear(rate: float, periods: int) -> Schedule:
    """Equal repayments, and interest on what is left.

    Examples
    --------
    >>> linear(0.5, 2).interest
    array([0.5 , 0.25])
    """
    _check_loan(rate, periods)
    left = 1.0 - np.arange(periods) / periods
    return Schedule(rate * left, np.full(periods, 1.0 / periods))


@REPAYMENTS.register("bullet")
def bullet(rate: float, periods: int) -> Schedule:
    """Interest every period, and all principal at the end.

    Examples
    --------
    >>> bullet(0.5, 2).principal
    array([0., 1.])
    """
    _check_loan(rate, periods)
    principal = np.zeros(periods)
    principal[-1] = 1.0
    return Schedule(np.full(periods, rate), principal)


def follow(starts: ArrayLike, schedule: Array) -> Array:
    """Payments of loans that start in different periods, each following one schedule.

    Parameters
    ----------
    starts : array_like of float, shape (n,)
        Amount of the loans that start in each period. [currency]
    schedule : ndarray of float64, shape (periods,)
        Payment per unit in each period after the start. [1]

    Returns
    -------
    payments : ndarray of float64, shape (n,)
        Sum over all loans; what falls due after the last period is left out. [currency]

    Examples
    --------
    >>> follow([100.0, 0.0, 200.0, 0.0], np.array([0.5, 0.5]))
    array([  0.,  50.,  50., 100.])
    """
    amounts = np.asarray(starts, dtype=np.float64)
    return np.asarray(np.concatenate([[0.0], np.convolve(amounts, schedule)])[: amounts.size])


def tax_after_losses(profit: ArrayLike, *, rate: float, offset_share: float = 1.0) -> Array:
    """Tax on yearly profits with losses carried forward without limit of time.

    Parameters
    ----------
    profit : array_like of float, shape (n,)
        Profit before tax of each year; negative is a loss. [currency]
    rate : float
        Tax rate, in [0, 1). [1]
    offset_share : float, default 1
        Share of a year's profit that earlier losses may offset, in [0, 1]. [1]

    Returns
    -------
    tax : ndarray of float64, shape (n,)
        Tax of each year, never negative. [currency]

    Raises
    ------
    ValueError
        If a rate or share is outside its range, or a profit is not finite.

    Examples
    --------
    >>> tax_after_losses([-100.0, 60.0, 60.0], rate=0.25)
    array([0., 0., 5.])
    >>> tax_after_losses([-100.0, 60.0, 60.0], rate=0.25, offset_share=0.5)
    array([0. , 7.5, 7.5])
    """
    profits = finite("profit", profit)
    if not (0.0 <= rate < 1.0 and 0.0 <= offset_share <= 1.0):
        raise ValueError(f"rate must be in [0, 1) and offset_share in [0, 1] (got {rate}, {offset_share})")
    losses, taxed = 0.0, []
    for year in profits.tolist():
        # of a year with a loss nothing is offset, and of one with a profit nothing is added
        used = min(losses, offset_share * max(year, 0.0))
        losses += max(-year, 0.0) - used
        taxed.append(max(year, 0.0) - used)
    return rate * np.array(taxed, dtype=np.float64)


def _check_loan(rate: float, periods: int) -> None:
    if not (0.0 <= rate < np.inf and periods >= 1):
        raise ValueError(f"a loan has a rate of at least 0 and at least one period (got {rate}, {periods})")
