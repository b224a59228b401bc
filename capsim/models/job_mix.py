"""Jobs that run on all their accelerators or not at all: how they fill a fleet, and how much they achieve."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from capsim.models import argument_checks as check
from capsim.units import HOURS_PER_DAY, KILO, Array

_MOST_PAIRS_OVER_MEAN = 6.0
"""Standard deviations of the number of runs that are drawn beyond its mean."""


def packed(accelerators: ArrayLike, sizes: ArrayLike, shares: ArrayLike) -> Array:
    r"""Jobs of each size that a fleet holds.

    A synchronous job takes all its accelerators or none. The largest are placed first, as near to
    their share of the fleet as whole jobs allow; smaller ones make up for what that leaves or takes,
    and the smallest fill all that is free. What is left is less than the smallest job.

    Parameters
    ----------
    accelerators : array_like of float, shape (...,)
        Accelerators that may hold jobs, at least 0. [accelerators]
    sizes : array_like of float, shape (n_classes,)
        Accelerators of a job, from the largest to the smallest, above 0. [accelerators]
    shares : array_like of float, shape (n_classes,)
        Share of the accelerators that each size is meant to hold; they sum to 1. [1]

    Returns
    -------
    jobs : ndarray of float64, shape (n_classes, ...)
        Whole jobs of each size. [jobs]

    Raises
    ------
    ValueError
        If an argument is outside its range or NaN, or sizes are not in order.

    Examples
    --------
    >>> packed([1000.0, 40.0], [256.0, 8.0], [0.6, 0.4])
    array([[ 2.,  0.],
           [61.,  5.]])
    """
    fleet = check.finite_at_least_0("accelerators", accelerators)
    size, share = np.asarray(sizes, dtype=np.float64), np.asarray(shares, dtype=np.float64)
    if not (size.ndim == 1 and size.size and np.all(size > 0.0) and np.all(np.diff(size) <= 0.0)):
        raise ValueError("sizes must be above 0 and fall")
    if not (share.shape == size.shape and np.all(share >= 0.0) and abs(float(share.sum()) - 1.0) < 1e-6):
        raise ValueError("shares must be at least 0 and sum to 1")
    jobs = np.zeros((size.size, *fleet.shape))
    free, meant = fleet.copy(), np.zeros_like(fleet)
    for number, (each, part) in enumerate(zip(size, share, strict=True)):
        # on the running total, so that smaller jobs make up for what larger ones leave or take
        meant += part * fleet
        most = np.floor(free / each)
        nearest = np.rint((meant - (fleet - free)) / each)
        jobs[number] = most if number == size.size - 1 else np.clip(nearest, 0.0, most)
        free -= jobs[number] * each
    return jobs


def productive_share(
    accelerators: ArrayLike,
    *,
    failures_per_1000_node_days: float,
    node_accelerators: float,
    restart_h: float,
    checkpoint_h: float,
    write_h: float = 0.0,
) -> Array:
    r"""Share of its time in which a job makes progress that lasts: expected goodput, or ETTR.

    Any failure stops all of a synchronous job. It restarts and repeats what it did since the last
    checkpoint, so the loss grows with the failure rate times the size.

    Parameters
    ----------
    accelerators : array_like of float, shape (...,)
        Accelerators of the job, above 0. [accelerators]
    failures_per_1000_node_days : float
        Failures of a node that stop a job, at least 0. [1/(1000 node d)]
    node_accelerators : float
        Accelerators of the node that rate is for, above 0. [accelerators]
    restart_h : float
        Failure to the first step after it, at least 0. [h]
    checkpoint_h : float
        Work between two checkpoints, above 0. [h]
    write_h : float, default 0.0 (written while the job computes)
        Time for which writing a checkpoint stops the job, at least 0. [h]

    Returns
    -------
    share : ndarray of float64, shape (...,)
        Lasting progress over elapsed time, in (0, 1]. [1]

    Raises
    ------
    ValueError
        If an argument is outside its range or NaN.

    Notes
    -----
    .. math:: E = \frac{\Delta}{(M + u)\left(e^{(\Delta + w)/M} - 1\right)},
       \quad M = \frac{1}{N r}

    Renewal reward over one failure to the next, with failures at a constant rate while the job runs,
    work :math:`\Delta` between checkpoints, writing time w and restart u. To first order in
    :math:`N r` it is :math:`(1 - N r (u + \Delta/2)) / (1 + w/\Delta)`, the expression of [1]_, which
    turns negative for the largest jobs. Waiting in the queue for a spare node is not in it.

    References
    ----------
    .. [1] A. Kokolis et al., "Revisiting Reliability in Large-Scale Machine Learning Research
       Clusters", HPCA 2025, arXiv:2410.21680.

    Examples
    --------
    A job of 16,384 that fails every 3 h, restarts in 0.1 h and keeps a checkpoint every 0.2 h:

    >>> each = {"node_accelerators": 8, "restart_h": 0.1, "checkpoint_h": 0.2}
    >>> share = productive_share(16384, failures_per_1000_node_days=1000 * 24 / 3 / 2048, **each)
    >>> round(float(share), 4)
    0.9358
    """
    size = check.finite_above_0("accelerators", accelerators)
    check.require_finite_at_least_0("failures_per_1000_node_days", failures_per_1000_node_days)
    check.require_finite_above_0("node_accelerators", node_accelerators)
    check.require_finite_at_least_0("restart_h", restart_h)
    check.require_finite_above_0("checkpoint_h", checkpoint_h)
    check.require_finite_at_least_0("write_h", write_h)
    rate_per_h = size / node_accelerators * failures_per_1000_node_days / (KILO * HOURS_PER_DAY)
    exponent = rate_per_h * (checkpoint_h + write_h)
    without = checkpoint_h / (checkpoint_h + write_h)
    with np.errstate(over="ignore"):  # never a whole checkpoint: nothing is kept
        growth = np.expm1(exponent)
    # without failures all of it is kept
    kept = np.divide(exponent, growth, out=np.ones_like(exponent), where=exponent > 0.0)
    return np.asarray(without * kept / (1.0 + rate_per_h * restart_h))


def campaigns(
    rng: np.random.Generator, starts_h: ArrayLike, *, run_h: float, gap_h: float, until_h: float
) -> tuple[Array, Array]:
    r"""When the jobs of slots run that follow each other with gaps between them.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draws; neither a slot more nor a later end changes those before it.
    starts_h : array_like of float, shape (n_slots,)
        Time each slot is there; its first job starts then. [h]
    run_h, gap_h : float
        Mean length of a job, above 0, and of what lies between two, at least 0. [h]
    until_h : float
        End of the time that matters. [h]

    Returns
    -------
    begin_h, end_h : ndarray of float64, shape (n_slots * n_jobs,)
        Intervals in which a job runs, in no order; some lie beyond `until_h`. [h]

    Raises
    ------
    ValueError
        If a length is outside its range or NaN.

    Notes
    -----
    Both lengths are exponential, so after a time t a slot runs with probability
    :math:`q + (1 - q) e^{-t (1/R + 1/G)}`, :math:`q = R / (R + G)`.

    Examples
    --------
    >>> begin, end = campaigns(np.random.default_rng(0), [0.0, 5.0], run_h=10.0, gap_h=2.0, until_h=50.0)
    >>> bool(begin[0] == 0.0 and np.all(end >= begin))
    True
    """
    check.require_finite_above_0("run_h", run_h)
    check.require_finite_at_least_0("gap_h", gap_h)
    start = check.finite("starts_h and until_h", starts_h)
    check.finite("starts_h and until_h", until_h)
    mean = max(until_h, 0.0) / (run_h + gap_h)
    pairs = int(np.ceil(mean + _MOST_PAIRS_OVER_MEAN * np.sqrt(mean + 1.0) + _MOST_PAIRS_OVER_MEAN))
    # a stream for each slot: neither more slots nor a later end changes what was drawn
    drawn = [slot.exponential(size=2 * pairs) for slot in rng.spawn(start.size)]
    length = np.array(drawn).reshape(start.size, pairs, 2) * np.array([run_h, gap_h])
    times = np.cumsum(length.reshape(start.size, -1), axis=1) + start[:, None]
    end = times[:, 0::2]
    begin = np.concatenate([start[:, None], times[:, 1:-1:2]], axis=1)
    return begin.ravel(), end.ravel()
