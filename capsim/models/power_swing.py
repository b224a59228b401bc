"""Spread of a hall's power within the hour, and what a limit cuts of it.

A synchronous job swings as one: all of its accelerators compute, or all of them wait for the network,
a checkpoint or a restart. Many small jobs average out; one large job does not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capsim.models.argument_checks import finite_at_least_0, shares
from capsim.units import Array

MOST_JOBS = 128
"""Largest number of jobs that is counted out; more are taken as normal."""
_FAR = 30.0
"""Standard deviations beyond which nothing is left of a normal distribution."""
_RELATIVE_STEP = 1e-12
"""How far above a limit a load without spread must lie to count as above it. [1]"""


def swing(count: ArrayLike, job_mw: ArrayLike, on_share: ArrayLike) -> tuple[Array, ...]:
    r"""Mean and variance of the power of jobs that are at full power or not.

    Parameters
    ----------
    count : array_like of float, shape (...,)
        Jobs, at least 0; between two whole numbers it is one or the other, with the weights that give
        this mean. [jobs]
    job_mw : array_like of float, shape (...,)
        Power of one above idle while it computes, at least 0. [MW]
    on_share : array_like of float, shape (...,)
        Share of the time in which one computes, in [0, 1]. [1]

    Returns
    -------
    mean_mw, variance : ndarray of float64, shape (...,)
        Above idle. [MW, MW2]

    Raises
    ------
    ValueError
        If an argument is outside its range or NaN.

    Notes
    -----
    .. math:: \mu = n P b, \quad \sigma^2 = n P^2 b (1 - b) + f (1 - f) P^2 b^2

    with the part f of n above a whole number.

    Examples
    --------
    >>> [float(x) for x in swing(4.0, 10.0, 0.5)]
    [20.0, 100.0]

    One job of 10 MW that is there half of the time and then always computes:

    >>> [float(x) for x in swing(0.5, 10.0, 1.0)]
    [5.0, 25.0]
    """
    jobs, power, on = _checked(count, job_mw, on_share)
    mean = np.asarray(jobs * power * on)
    part = jobs - np.floor(jobs)
    return mean, np.asarray(mean * power * (1.0 - on) + part * (1.0 - part) * (power * on) ** 2)


def clipped(
    base_mw: ArrayLike,
    *,
    jobs: ArrayLike,
    job_mw: ArrayLike,
    on_share: ArrayLike,
    others_variance: ArrayLike = 0.0,
    limit_mw: ArrayLike,
) -> tuple[Array, Array]:
    r"""Mean power that a limit lets through, and the share of the time in which it cuts.

    Parameters
    ----------
    base_mw : array_like of float, shape (...,)
        Mean power of all but the jobs that are counted out, at least 0. [MW]
    jobs : array_like of float, shape (...,)
        Jobs that are counted out, at least 0; between two whole numbers it is one or the other, with
        the weights that give this mean. [jobs]
    job_mw : array_like of float, shape (...,)
        Power of each above idle while it computes, at least 0. [MW]
    on_share : array_like of float, shape (...,)
        Share of the time in which each computes, in [0, 1]. [1]
    others_variance : array_like of float, shape (...,), default 0
        Variance of the power of all the rest, taken as normal, at least 0. [MW2]
    limit_mw : array_like of float, shape (...,)
        Most power, at least 0. [MW]

    Returns
    -------
    mean_mw : ndarray of float64, shape (...,)
        Mean of the lesser of load and limit; never above the limit or the mean load. [MW]
    cut_share : ndarray of float64, shape (...,)
        Share of the time in which the load would exceed the limit. [1]

    Raises
    ------
    ValueError
        If an argument is outside its range or NaN.

    Notes
    -----
    .. math:: \mathrm{E}\min(X, L) = \sum_k p_k \left(\mu_k - (\mu_k - L)\,\Phi(z_k)
       - \sigma \varphi(z_k)\right), \quad z_k = \frac{\mu_k - L}{\sigma}

    with the binomial probability :math:`p_k` that k jobs compute, the mean :math:`\mu_k` then, and the
    spread :math:`\sigma` of all else. Jobs are independent of each other. Above ``MOST_JOBS`` their
    number is normal too, which moves the share of the time by less than 0.07 (a limit at a whole number
    of jobs) and the mean by less than a twentieth of a job.

    Examples
    --------
    One job of 10 MW that computes nine tenths of the time, on 2 MW, under 11 MW:

    >>> mean, share = clipped(2.0, jobs=1.0, job_mw=10.0, on_share=0.9, limit_mw=11.0)
    >>> round(float(mean), 9), round(float(share), 9)
    (10.1, 0.9)
    """
    arguments = (base_mw, jobs, job_mw, on_share, others_variance, limit_mw)
    arrays = (np.asarray(argument, dtype=np.float64) for argument in arguments)
    base, count, power, on, variance, limit = np.broadcast_arrays(*arrays)
    _checked(count, power, on)
    for name, value in (("base_mw", base), ("others_variance", variance), ("limit_mw", limit)):
        if not np.all(value >= 0.0):
            raise ValueError(f"{name} must be at least 0")
    many = count > MOST_JOBS
    if np.any(many):
        mean, spread = swing(np.where(many, count, 0.0), power, on)
        base, variance, count = base + mean, variance + spread, np.where(many, 0.0, count)
    let_through, share = _clipped_normal(
        base[..., None] + power[..., None] * np.arange(np.ceil(count.max(initial=0.0)) + 1.0),
        np.sqrt(variance)[..., None],
        limit[..., None],
    )
    weight = _numbers_on(count, on)
    return (weight * let_through).sum(axis=-1), np.clip((weight * share).sum(axis=-1), 0.0, 1.0)


def _numbers_on(jobs: Array, on: Array) -> Array:
    """Probability that 0, 1, ... of the jobs compute, along a new last axis."""
    low = np.floor(jobs)
    part = (jobs - low)[..., None]
    k = np.arange(int(np.ceil(jobs.max(initial=0.0))) + 1)
    probability = _binomial(low, k, on)
    if np.any(part > 0.0):
        probability = (1.0 - part) * probability + part * _binomial(low + 1.0, k, on)
    return probability


def _binomial(n: Array, k: NDArray[np.int64], p: Array) -> Array:
    """Probability of k out of whole n, along a new last axis; 0 where k is above n."""
    # only plans of whole jobs need it, and every start would pay for it
    from scipy.special import gammaln

    logs = gammaln(np.arange(int(n.max(initial=0.0)) + 2) + 1.0)
    rest = n[..., None].astype(np.int64) - k
    with np.errstate(divide="ignore"):
        yes, no = np.log(p)[..., None], np.log1p(-p)[..., None]
    likelihood = _times(k, yes) + _times(np.maximum(rest, 0), no)
    ways = logs[n.astype(np.int64)][..., None] - logs[k] - logs[np.maximum(rest, 0)]
    return np.where(rest >= 0, np.exp(ways + likelihood), 0.0)


def _times(number: NDArray[np.int64], log: Array) -> Array:
    """Number times logarithm; 0 where both the number and the probability are 0."""
    # no share is 0 or 1 nearly always: then no product is 0 times infinity
    if np.all(np.isfinite(log)):
        return np.asarray(number * log)
    return np.asarray(number * np.where((number == 0) & np.isinf(log), 0.0, log))


def _clipped_normal(mean: Array, sigma: Array, limit: Array) -> tuple[Array, Array]:
    """Mean of the lesser of a normal load and a limit, and the probability of the load being above it."""
    over = mean - limit
    has_spread = sigma > 0.0
    with np.errstate(over="ignore"):
        z = np.clip(over / np.where(has_spread, sigma, 1.0), -_FAR, _FAR)
    density = np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi)
    from scipy.special import ndtr

    share = np.where(has_spread, ndtr(z), over > _RELATIVE_STEP * limit)
    cut = np.where(has_spread, over * share + sigma * density, over * share)
    return mean - np.maximum(cut, np.maximum(over, 0.0)), share


def _checked(jobs: ArrayLike, job_mw: ArrayLike, on_share: ArrayLike) -> tuple[Array, Array, Array]:
    """The three as arrays: counts and powers at least 0 and finite, shares in [0, 1]."""
    return finite_at_least_0("jobs", jobs), finite_at_least_0("job_mw", job_mw), shares("on_share", on_share)
