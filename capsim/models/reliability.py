"""Failures, repairs and availability of fleets of servers.

Times are in days. A server is up for a time with a hazard that is higher while it is new, is down for
a repair whose time is lognormal, and goes on from there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]


@dataclass(frozen=True)
class Law:
    """How servers of a lot fail and are repaired."""

    rate_per_d: float
    """Failures of a server per day in service, once it is not new. [1/d]"""
    repair_median_d: float
    """Median of the repair time. [d]"""
    repair_sigma: float
    """Standard deviation of the logarithm of the repair time. [1]"""
    infant_factor: float = 1.0
    """Rate of a new server over the later one. [1]"""
    infant_d: float = 0.0
    """Time in service up to which a server is new. [d]"""
    hands_on_d: float = math.inf
    """Time of a repair for which a technician is held; all of a repair that is shorter. [d]"""

    def expected(self, age_d: Times) -> Times:
        """Failures expected of a server that is always up, from age 0 to an age."""
        return np.asarray(self.rate_per_d * self.worn_d(age_d))

    def age_at(self, expected: Times) -> Times:
        """Age at which that many failures are expected: the inverse of `expected`. [d]"""
        return self.age_worn_d(expected / self.rate_per_d)

    def worn_d(self, age_d: Times) -> Times:
        """Time at the later rate in which as many failures are expected as up to an age. [d]"""
        early = np.minimum(age_d, self.infant_d) * (self.infant_factor - 1.0)
        return np.asarray(age_d + early)

    def age_worn_d(self, worn: Times) -> Times:
        """The inverse of `worn_d`. [d]"""
        late = worn - self.infant_d * (self.infant_factor - 1.0)
        # two lines that cross at the age at which a server is no longer new, and which is the higher one
        # follows from their slopes: to take it is a tenth of the work of a mask
        of_two = np.maximum if self.infant_factor >= 1.0 else np.minimum
        return np.asarray(of_two(worn / self.infant_factor, late), dtype=np.float64)

    @property
    def mean_repair_d(self) -> float:
        """Mean time of a repair. [d]"""
        return self.repair_median_d * math.exp(self.repair_sigma**2 / 2)

    @property
    def mean_hands_on_d(self) -> float:
        """Mean of the smaller of `hands_on_d` and a repair: how long one holds a technician. [d]"""
        # without spread, or a bound on the hands-on time, there is no tail to cut
        if self.repair_sigma <= 0.0 or math.isinf(self.hands_on_d):
            return min(self.mean_repair_d, self.hands_on_d)
        score = math.log(self.hands_on_d / self.repair_median_d) / self.repair_sigma
        shorter_d = self.mean_repair_d * _normal(score - self.repair_sigma)
        return shorter_d + self.hands_on_d * (1.0 - _normal(score))

    def repairs_d(self, rng: np.random.Generator, size: int) -> Times:
        """Random repair times, shape (size,). [d]"""
        return self.repairs_at_d(rng.standard_normal(size))

    def repairs_at_d(self, score: Times) -> Times:
        """Repair times at standard normal scores. [d]"""
        return np.asarray(self.repair_median_d * np.exp(self.repair_sigma * score), dtype=np.float64)


def _normal(score: float) -> float:
    """Standard normal distribution function. [1]"""
    return 0.5 * (1.0 + math.erf(score / math.sqrt(2.0)))


def lognormal_sigma(mean: float, median: float) -> float:
    r"""Standard deviation of the logarithm of a lognormal with a mean and a median. [1]

    Parameters
    ----------
    mean, median : float
        Both above 0, the median at most the mean.

    Returns
    -------
    sigma : float
        :math:`\sqrt{2 \ln(\mathrm{mean} / \mathrm{median})}`. [1]

    Raises
    ------
    ValueError
        If an argument is outside its range or NaN.

    Examples
    --------
    >>> round(lognormal_sigma(5.5, 0.85), 3)
    1.932
    """
    if not 0.0 < median <= mean < math.inf:
        raise ValueError("a lognormal needs 0 < median <= mean")
    return math.sqrt(2.0 * math.log(mean / median))


class Draws(NamedTuple):
    """Candidates of failure of a lot, in order of time."""

    failed_d: Times
    """Time in service, shape (n,). [d]"""
    chance: Times
    """Uniform random numbers, one per candidate."""
    repair_d: Times
    """Time each repair takes. [d]"""


def candidates(rng: np.random.Generator, law: Law, servers: int, days: float) -> Draws:
    r"""Failures of servers that are always up: what `repairs.queued` thins out.

    A longer time in service adds failures at its end and changes none before: gaps, chances and repair
    times have a stream each, from which they are drawn in order.

    Parameters
    ----------
    rng : Generator
        Parent of the three streams; it is not drawn from.
    law : Law
        How the servers fail and are repaired.
    servers : int
        At least 0.
    days : float
        Time in service, at least 0. [d]

    Returns
    -------
    draws : Draws
        Those before `days`.

    Raises
    ------
    ValueError
        If a count or time is negative or NaN.

    Notes
    -----
    Gaps of a Poisson process of rate 1 are exponential, and its n-th point is at the n-th age at which
    as many failures are expected of all servers together.
    """
    if not (servers >= 0 and days >= 0.0):
        raise ValueError("servers and days must be at least 0")
    of_gaps, of_chances, of_repairs = rng.spawn(3)
    total = servers * float(law.expected(np.array(days))) if law.rate_per_d > 0.0 else 0.0
    gaps = of_gaps.standard_exponential(_likely(total))
    while (number := np.cumsum(gaps))[-1] < total:
        gaps = np.append(gaps, of_gaps.standard_exponential(_likely(total - number[-1])))
    number = number[: np.searchsorted(number, total)]
    failed_d = law.age_at(number / servers) if number.size else number
    return Draws(failed_d, of_chances.random(number.size), law.repairs_d(of_repairs, number.size))


def _likely(expected: float) -> int:
    """Gaps that seldom fall short of the failures expected."""
    return math.ceil(expected + 4.0 * math.sqrt(expected)) + 1


def peak_rate_per_d(laws: Sequence[Law], servers: Sequence[int], from_d: Times, to_d: Times) -> float:
    """Most failures of lots together at any time, were all their servers up.

    Parameters
    ----------
    laws : sequence of Law
        Law of each lot.
    servers : sequence of int
        Servers of each lot.
    from_d, to_d : ndarray of float64, shape (n_lots,)
        When each lot comes into service and leaves. [d]

    Returns
    -------
    rate_per_d : float
        Highest sum of the rates of the lots in service. [1/d]

    Examples
    --------
    >>> law = Law(0.01, 1.0, 0.0, infant_factor=3.0, infant_d=30.0)
    >>> round(peak_rate_per_d([law, law], [100, 100], np.array([0.0, 200.0]), np.array([300.0, 400.0])), 9)
    4.0
    """
    rates = np.array([law.rate_per_d * count for law, count in zip(laws, servers, strict=True)])
    more = rates * (np.array([law.infant_factor for law in laws]) - 1.0)
    grown_d = np.minimum(from_d + np.array([law.infant_d for law in laws]), to_d)
    at = np.concatenate([from_d, grown_d, to_d])
    steps = np.concatenate([rates + more, -more, -rates])
    order = np.lexsort((steps, at))  # at one time, what ends goes first: the rate is that from then on
    return float(np.max(np.cumsum(steps[order]), initial=0.0))


def chance_any_waits(arrivals: float, offered: float, places: int) -> float:
    r"""Bound on the chance that any of Poisson arrivals finds all places taken.

    Parameters
    ----------
    arrivals : float
        Arrivals expected in all, at least 0.
    offered : float
        Highest rate of arrivals times the mean time a place is held, at least 0. [places]
    places : int
        Technicians or spares, at least 0.

    Returns
    -------
    chance : float
        At least the probability that any waits, at most 1. [1]

    Raises
    ------
    ValueError
        If an argument is negative or NaN.

    Notes
    -----
    As long as nobody has waited, no more places are taken than were there places without limit. Those
    taken then are Poisson with a mean of at most :math:`m` = `offered`, whatever the time they are held
    [1]_, for an arrival as for an onlooker. The chance that :math:`c` are taken is at most
    :math:`e^{-m} (e m / c)^c` [2]_, and that of any arrival at most the sum over all.

    References
    ----------
    .. [1] Eick, Massey, Whitt, The physics of the Mt/G/inf queue, Operations Research 41(4), 1993.
    .. [2] Mitzenmacher, Upfal, Probability and Computing, Cambridge 2005, theorem 5.4.

    Examples
    --------
    >>> chance_any_waits(1e6, 10.0, 9)
    1.0
    >>> chance_any_waits(1e6, 10.0, 60) < 1e-9
    True
    """
    if not (arrivals >= 0.0 and offered >= 0.0 and places >= 0):
        raise ValueError("arrivals, offered and places must be at least 0")
    # the bound below divides by the load and takes its logarithm
    if arrivals == 0.0 or offered == 0.0:
        return 0.0
    # the bound holds above the mean only
    if places <= offered:
        return 1.0
    tail = math.exp(places - offered - places * math.log(places / offered))
    return min(1.0, arrivals * tail)
