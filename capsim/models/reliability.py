"""Failures, repairs and availability of fleets of servers.

Times are in days. A server is up for a time with a hazard that is higher while it is new, is down for
a repair whose time is lognormal, and goes on from there.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.units import DAYS_PER_YEAR, KILO

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
        early = np.minimum(age_d, self.infant_d) * (self.infant_factor - 1.0)
        return np.asarray(self.rate_per_d * (age_d + early))

    def age_at(self, expected: Times) -> Times:
        """Age at which that many failures are expected: the inverse of `expected`. [d]"""
        worn = expected / self.rate_per_d
        early_d = self.infant_d * self.infant_factor
        late = worn - self.infant_d * (self.infant_factor - 1.0)
        return np.where(worn < early_d, worn / self.infant_factor, late)

    @property
    def mean_hands_on_d(self) -> float:
        """Mean of the smaller of `hands_on_d` and a repair: how long one holds a technician. [d]"""
        if self.repair_sigma <= 0.0 or math.isinf(self.hands_on_d):
            mean_d = self.repair_median_d * math.exp(self.repair_sigma**2 / 2)
            return min(mean_d, self.hands_on_d)
        score = math.log(self.hands_on_d / self.repair_median_d) / self.repair_sigma
        shorter_d = (
            self.repair_median_d * math.exp(self.repair_sigma**2 / 2) * _normal(score - self.repair_sigma)
        )
        return shorter_d + self.hands_on_d * (1.0 - _normal(score))

    def repairs_d(self, rng: np.random.Generator, size: int) -> Times:
        """Random repair times, shape (size,). [d]"""
        return np.asarray(
            self.repair_median_d * np.exp(self.repair_sigma * rng.standard_normal(size)), dtype=np.float64
        )


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


def availability(mtbf: float, mttr: float) -> float:
    r"""Share of the time in which something that fails and is repaired is up.

    Parameters
    ----------
    mtbf : float
        Mean time up between two failures, above 0. [any time]
    mttr : float
        Mean time down, at least 0. [the same]

    Returns
    -------
    availability : float
        :math:`\mathrm{MTBF} / (\mathrm{MTBF} + \mathrm{MTTR})`, whatever the distributions. [1]

    Raises
    ------
    ValueError
        If an argument is outside its range or NaN.

    Examples
    --------
    >>> availability(95.0, 5.0)
    0.95
    """
    if not (mtbf > 0.0 and mttr >= 0.0):
        raise ValueError("mtbf must be above 0 and mttr at least 0")
    return mtbf / (mtbf + mttr)


def expected_failures(servers: float, days: float, *, per_1000_node_days: float) -> float:
    """Failures expected of servers that are in use for some days.

    Parameters
    ----------
    servers : float
        Servers, at least 0. [servers]
    days : float
        Days in use, at least 0. [d]
    per_1000_node_days : float
        Failures per 1,000 server-days, at least 0. [1/1000 node-d]

    Returns
    -------
    failures : float
        Mean number of failures.

    Raises
    ------
    ValueError
        If an argument is negative or NaN.

    Examples
    --------
    >>> expected_failures(1000, 30, per_1000_node_days=6.5)
    195.0
    """
    if not (servers >= 0.0 and days >= 0.0 and per_1000_node_days >= 0.0):
        raise ValueError("servers, days and rate must be at least 0")
    return servers * days * per_1000_node_days / KILO


def per_1000_node_days(per_server_y: float) -> float:
    """A rate per server and year as one per 1,000 server-days. [1/1000 node-d]

    Examples
    --------
    >>> round(per_1000_node_days(1.53), 2)
    4.19
    """
    return per_server_y / DAYS_PER_YEAR * KILO


def renewals(rng: np.random.Generator, law: Law, servers: int, days: float) -> tuple[Times, Times]:
    """Outages of servers that wait for nobody: each fails and is repaired by itself.

    The superposition of all servers is exact: one renewal of all of them is drawn at a time, until
    none has one before the end. No loop goes over servers.

    Parameters
    ----------
    rng : numpy.random.Generator
        Random stream of the lot.
    law : Law
        Failures and repairs.
    servers : int
        Servers, at least 0.
    days : float
        Time in service, at least 0. [d]

    Returns
    -------
    down_d, up_d : ndarray of float64, shape (n_outages,)
        Start and end of each outage, in no order, the end at most `days`. [d]

    Raises
    ------
    ValueError
        If a count or time is negative or NaN.
    """
    if not (servers >= 0 and days >= 0.0):
        raise ValueError("servers and days must be at least 0")
    down: list[Times] = []
    up: list[Times] = []
    age = np.zeros(servers if law.rate_per_d > 0.0 else 0)
    while age.size:
        failed = law.age_at(law.expected(age) + rng.standard_exponential(age.size))
        failed = failed[failed < days]
        back = failed + law.repairs_d(rng, failed.size)
        down.append(failed)
        up.append(np.minimum(back, days))
        age = back[back < days]
    if not down:
        return np.zeros(0), np.zeros(0)
    return np.concatenate(down), np.concatenate(up)


def candidates(rng: np.random.Generator, law: Law, servers: int, days: float) -> Times:
    """Times of failures of servers that are always up, in order: what `queued` thins out. [d]"""
    total = float(law.expected(np.array(days))) if law.rate_per_d > 0.0 else 0.0
    number = int(rng.poisson(servers * total))
    return np.sort(law.age_at(rng.random(number) * total)) if number else np.zeros(0)


class Repaired(NamedTuple):
    """Outages in which a server was missed, in the order of their ends."""

    down_d: Times
    """Start of each outage, shape (n_outages,). [d]"""
    begun_d: Times
    """When a technician took it up, or the repair of the server that came in its place. [d]"""
    up_d: Times
    """End of each outage. [d]"""
    lot: NDArray[np.int64]
    """Lot of each outage."""


def queued(
    failed_d: Times,
    lot: NDArray[np.int64],
    chance: Times,
    repair_d: Times,
    *,
    servers: NDArray[np.int64],
    technicians: int | None,
    spares: int,
    hands_on_d: Times | float = math.inf,
    leaves_d: Times | None = None,
) -> Repaired:
    """Outages of lots that share technicians and spares, by one stream of failures.

    A failure that falls on a server which is down already does not happen: of the candidates of a
    lot, each counts with the share of its servers that is up, which keeps the law exact. Repairs are
    taken up in the order of failure; a technician is held for the hands-on time, and the rest of the
    repair (parts, the vendor's turnaround) holds nobody. A spare stands in at once; where there is
    none, the server waits for the next that comes out of repair (its own, where there are no spares
    at all).

    Parameters
    ----------
    failed_d : ndarray of float64, shape (n,)
        Candidates of failure, in order of time. [d]
    lot : ndarray of int64, shape (n,)
        Number of the lot each belongs to.
    chance : ndarray of float64, shape (n,)
        Uniform random numbers, one per candidate.
    repair_d : ndarray of float64, shape (n,)
        Time each repair takes once a technician takes it up. [d]
    servers : ndarray of int64, shape (n_lots,)
        Servers of each lot, above 0.
    technicians : int or None
        Technicians at work at the same time, at least 1; None for no limit.
    spares : int
        Servers in store, at least 0.
    hands_on_d : float or ndarray of float64, shape (n,)
        Time a repair holds its technician, above 0; all of a repair that is shorter. [d]
    leaves_d : ndarray of float64, shape (n_lots,), optional
        When the servers of each lot leave; none is taken up for repair after that. [d]

    Returns
    -------
    outages : Repaired
        Outages in which a server was missed.

    Raises
    ------
    ValueError
        If there are fewer than one technician, negative spares or no hands-on time.
    """
    if not ((technicians is None or technicians >= 1) and spares >= 0):
        raise ValueError("technicians must be at least 1 and spares at least 0")
    if not np.all(np.asarray(hands_on_d) > 0.0):
        raise ValueError("hands_on_d must be above 0")
    leaves = [math.inf] * len(servers) if leaves_d is None else leaves_d.tolist()
    shop = _Shop([int(n) for n in servers], leaves, technicians, spares)
    held_d = np.minimum(repair_d, hands_on_d)
    columns = (failed_d, lot, chance, repair_d, held_d)
    for time, of, draw, work, held in zip(*(column.tolist() for column in columns), strict=True):
        shop.fail(time, of, draw, work, held)
    shop.until(math.inf)
    down, begun, up, lots = zip(*shop.outages, strict=True) if shop.outages else ((), (), (), ())
    return Repaired(np.array(down), np.array(begun), np.array(up), np.array(lots, dtype=np.int64))


class _Shop:
    """Repair shop: who is down, who is in repair, what is in store."""

    def __init__(
        self,
        servers: list[int],
        leaves_d: list[float],
        technicians: int | None,
        spares: int,
    ) -> None:
        self.servers, self.missing = servers, [0] * len(servers)
        self.leaves_d = leaves_d
        self.has_spares, self.store = spares > 0, spares
        self.free_d = None if technicians is None else [-math.inf] * technicians
        self.repairs: list[tuple[float, float, float, int]] = []
        self.waiting: list[tuple[float, int]] = []
        self.n_served = 0
        self.outages: list[tuple[float, float, float, int]] = []

    def fail(self, time: float, of: int, draw: float, work: float, held: float) -> None:
        """Let a server of a lot fail, if the draw falls on one that is up."""
        self.until(time)
        if draw * self.servers[of] >= self.servers[of] - self.missing[of]:
            return
        start = time if self.free_d is None else max(time, self.free_d[0])
        if self.free_d is not None and start < self.leaves_d[of]:
            heapq.heapreplace(self.free_d, start + held)
        heapq.heappush(self.repairs, (start + work, time, start, of))
        if self.store:
            self.store -= 1
            return
        self.missing[of] += 1
        if self.has_spares:
            self.waiting.append((time, of))

    def until(self, time: float) -> None:
        """Hand out what comes out of repair up to a time."""
        while self.repairs and self.repairs[0][0] <= time:
            done, failed, begun, of = heapq.heappop(self.repairs)
            if self.has_spares:
                if self.n_served == len(self.waiting):
                    self.store += 1
                    continue
                failed, of = self.waiting[self.n_served]
                begun = min(max(begun, failed), done)
                self.n_served += 1
            self.missing[of] -= 1
            self.outages.append((failed, begun, done, of))
