"""The queue of repairs for technicians and spares that many lots of servers share.

Times are in days. What is sequential is who takes up what, and whether a failure falls on a server that
is down. Large lots that seldom wait are done on arrays, in rounds that each correct the last; where most
wait, or lots are small, one loop goes over the failures. Both give the same, bit for bit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from heapq import heapify, heappop, heappush, heapreplace
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]
Whole = NDArray[np.int64]
Candidates = Iterable[tuple[float, int, int, float, float]]
"""Rows of the columns of a `Stream` but the last."""

MANY = 500
"""Failures of a lot, on average, from which arrays are faster than a loop."""
MOST_ROUNDS = 20
"""Rounds on arrays after which the loop takes over."""
BUSY = 0.2
"""Share of the failures in times of waiting above which the loop is faster."""
STRETCH = 50
"""Failures a loop follows in the time it takes to begin one."""
BLOCK = 16
"""Failures of a lot within which the bound on servers down is as good as at its start."""
FINE_BLOCK = 4
"""The same where the bound is sought once and not in rounds."""


class Failures(NamedTuple):
    """Candidates of failure of all lots, in order of time."""

    failed_d: Times
    """Shape (n,). [d]"""
    lot: Whole
    """Number of the lot each belongs to."""
    chance: Times
    """Uniform random numbers, one per candidate."""
    repair_d: Times
    """Time each repair takes once a technician takes it up, above 0. [d]"""


class Stream(NamedTuple):
    """The same, as it is worked off."""

    failed_d: Times
    lot: Whole
    down_for_none: Whole
    """Servers of the lot that must be down for it not to happen."""
    held_d: Times
    """Time it holds its technician. [d]"""
    repair_d: Times
    leaves_d: Times
    """When the servers of each lot leave, shape (n_lots,). [d]"""


class Repaired(NamedTuple):
    """Outages in which a server was missed, in the order of their failures."""

    down_d: Times
    """Start of each outage, shape (n_outages,). [d]"""
    begun_d: Times
    """When a technician took the server up, or at the end where a spare came before. [d]"""
    up_d: Times
    """End of each outage. [d]"""
    lot: NDArray[np.int64]
    """Lot of each outage."""


def queued(
    failures: Failures,
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
    failures : Failures
        Candidates of failure of all lots.
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
        If there are fewer than one technician, negative spares, or no time for repairs or hands-on.
    """
    if not ((technicians is None or technicians >= 1) and spares >= 0):
        raise ValueError("technicians must be at least 1 and spares at least 0")
    failed_d, lot, chance, repair_d = failures
    if not (np.all(np.asarray(hands_on_d) > 0.0) and np.all(repair_d > 0.0)):
        raise ValueError("hands_on_d and repair_d must be above 0")
    # nobody ever waits for technicians without limit: that is one who is held for no time
    held_d = np.zeros(repair_d.size) if technicians is None else np.minimum(repair_d, hands_on_d)
    leaves = np.full(len(servers), math.inf) if leaves_d is None else leaves_d
    of = servers[lot]
    down_for_none = of - np.floor(chance * of).astype(np.int64)
    stream = Stream(failed_d, lot, down_for_none, held_d, repair_d, leaves)
    begun_d = _in_rounds(stream, technicians, spares)
    if begun_d is None:
        rows = zip(*(column.tolist() for column in stream[:5]), strict=True)
        free_d = [-math.inf] * (technicians or 1)
        taken_up = _with_spares if spares else _without_spares
        begun_d = np.array(taken_up(rows, free_d, leaves.tolist(), spares))
    happened = ~np.isnan(begun_d)
    down_d, begun_d, lot = failed_d[happened], begun_d[happened], lot[happened]
    done_d = begun_d + repair_d[happened]
    # without spares each server waits for its own repair
    if not spares:
        return Repaired(down_d, begun_d, done_d, lot)
    return _stood_in(down_d, begun_d, done_d, lot, spares)


def at_once(failed_d: Times, chance: Times, repair_d: Times, servers: int) -> tuple[Times, Times]:
    """Outages of a lot whose repairs wait for nobody: what `queued` gives without limit and spares.

    Parameters
    ----------
    failed_d, chance, repair_d : ndarray of float64, shape (n,)
        Its candidates of failure, as the columns of `Failures`, in order of time.
    servers : int
        Servers of the lot, above 0.

    Returns
    -------
    down_d, up_d : ndarray of float64, shape (n_outages,)
        Start and end of each outage, in the order of their failures. [d]

    Examples
    --------
    The second falls on the one server while it is down:

    >>> at_once(np.array([1.0, 2.0, 5.0]), np.full(3, 0.5), np.array([3.0, 1.0, 1.0]), 1)
    (array([1., 5.]), array([4., 6.]))
    """
    up_d = failed_d + repair_d
    over_d, down_for_none = np.sort(up_d), servers - np.floor(chance * servers).astype(np.int64)
    # where all candidates count, at least as many are down as there are: few are left that may not happen
    each = np.arange(0, up_d.size, FINE_BLOCK)
    most = each - np.searchsorted(over_d, failed_d[each], side="right") + FINE_BLOCK
    doubtful = np.flatnonzero(down_for_none <= np.repeat(most, FINE_BLOCK)[: up_d.size])
    down = doubtful - np.searchsorted(over_d, failed_d[doubtful], side="right")
    doubtful, down = (of[down >= down_for_none[doubtful]] for of in (doubtful, down))
    happens, until_d = np.ones(up_d.size, dtype=bool), list[float]()
    columns = failed_d[doubtful], up_d[doubtful], down - down_for_none[doubtful]
    for number, time_d, end_d, spare in zip(doubtful, *(column.tolist() for column in columns), strict=True):
        # what did not happen was counted as down until it would have been over
        while until_d and until_d[0] <= time_d:
            heappop(until_d)
        if len(until_d) <= spare:
            happens[number] = False
            heappush(until_d, end_d)
    return failed_d[happens], up_d[happens]


def _in_rounds(stream: Stream, technicians: int | None, spares: int) -> Times | None:
    """When a technician takes up each failure, on arrays; None where the loop is faster. [d]

    In each round, those that happen are taken from the servers that were down in the round before,
    first from none. What happens at a time depends on earlier times only, so a round that changes
    nothing is what the loop finds. The first round has at least as many down as there are at any time:
    what it leaves happening always does.
    """
    failed_d, n_lots = stream.failed_d, stream.leaves_d.size
    # small lots: what arrays cost in the rounds is more than the loop takes
    if failed_d.size < MANY * n_lots:
        return None
    by_lot = np.argsort(stream.lot.astype(np.min_scalar_type(n_lots)), kind="stable")
    of_lot = np.split(by_lot, np.cumsum(np.bincount(stream.lot, minlength=n_lots))[:-1])
    happens, doubtful = np.ones(failed_d.size, dtype=bool), list[Whole]()
    for _ in range(MOST_ROUNDS):
        begun_d = _starts(stream, happens, technicians)
        # too many wait: the loop is faster
        if begun_d is None:
            return None
        missing = _missing(of_lot, failed_d, begun_d + stream.repair_d, spares)
        if not doubtful:
            for mine, of in zip(of_lot, missing, strict=True):
                bound = np.repeat(of.when(mine[::BLOCK], failed_d) + BLOCK, BLOCK)[: mine.size]
                doubtful.append(mine[stream.down_for_none[mine] <= bound])
        changed = False
        for mine, of in zip(doubtful, missing, strict=True):
            happen = of.when(mine, failed_d) < stream.down_for_none[mine]
            changed = changed or not np.array_equal(happen, happens[mine])
            happens[mine] = happen
        # a round that corrects nothing is the answer
        if not changed:
            return begun_d
    return None


class _Missing(NamedTuple):
    """Servers of a lot that are missed."""

    down: Whole
    """Numbers of the failures they are missed from."""
    up_d: Times
    """When they are not any more, in order of time. [d]"""

    def when(self, numbers: Whole, failed_d: Times) -> Whole:
        """How many are missed when some of the lot's failures come."""
        gone = np.searchsorted(self.up_d, failed_d[numbers], side="right")
        return np.asarray(np.searchsorted(self.down, numbers) - gone)


def _missing(of_lot: list[Whole], failed_d: Times, up_d: Times, spares: int) -> list[_Missing]:
    """Servers missed by lot, for the ends of repairs; NaN where a failure does not happen."""
    if spares:
        numbers = np.flatnonzero(~np.isnan(up_d))
        # spares in store stand in for the first, servers out of repair for the others, in order
        done_d, up_d = np.sort(up_d), np.full(up_d.size, math.nan)
        waiting = numbers[spares:]
        up_d[waiting] = done_d[: waiting.size]
        up_d[waiting[up_d[waiting] <= failed_d[waiting]]] = math.nan
    downs = [mine[~np.isnan(up_d[mine])] for mine in of_lot]
    return [_Missing(down, np.sort(up_d[down])) for down in downs]


def _starts(stream: Stream, happens: NDArray[np.bool_], technicians: int | None) -> Times | None:
    """When each failure that happens is taken up; NaN for the others, None where a loop is faster. [d]

    A failure waits if fewer than all but `technicians` of those before it are done. From the first that
    does until all that waited are done, one is followed after the other.
    """
    begun_d = np.where(happens, stream.failed_d, math.nan)
    # nobody can wait
    if technicians is None or begun_d.size <= technicians:
        return begun_d
    failed_d, held_d = stream.failed_d[happens], stream.held_d[happens]
    leave_d = stream.leaves_d[stream.lot[happens]]
    # a failure after its servers leave holds nobody, which only the loop knows
    if np.any(failed_d >= leave_d):
        return None
    ends_d, longest_d = failed_d + held_d, 1.001 * held_d.max(initial=0.0)
    waits = np.flatnonzero(np.sort(ends_d)[:-technicians] > failed_d[technicians:]) + technicians
    start_d, number, left = failed_d.copy(), 0, BUSY * failed_d.size
    # so many wait that the loop over all is faster than the one over stretches
    if waits.size > left:
        return None
    while waits.size and number <= waits[-1]:
        first = int(waits[np.searchsorted(waits, number)])
        low = int(np.searchsorted(failed_d, failed_d[first] - longest_d))
        at_work = ends_d[low:first]
        rows = zip(*(column[first:].data for column in (failed_d, held_d, leave_d)), strict=True)
        followed_d = _followed(islice(rows, math.ceil(left)), at_work[at_work > failed_d[first]].tolist())
        number = first + len(followed_d)
        start_d[first:number] = followed_d
        left -= len(followed_d) + STRETCH
        # likewise, once that many were followed
        if left <= 0:
            return None
    begun_d[happens] = start_d
    return begun_d


def _followed(rows: Iterable[tuple[float, float, float]], free_d: list[float]) -> list[float]:
    """When each of some failures is taken up while any of those that waited is at work. [d]"""
    heapify(free_d)
    begun_d: list[float] = []
    until = -math.inf
    for time, held, leaves in rows:
        start = free_d[0]
        if start <= time:
            # all that waited are done: from here on arrays do again
            if until <= time:
                break
            start = time
        else:
            until = max(until, start + held)
        if start < leaves:
            heapreplace(free_d, start + held)
        begun_d.append(start)
    return begun_d


def _without_spares(rows: Candidates, free_d: list[float], leaves_d: list[float], _: int) -> list[float]:
    """When a technician takes up each failure; NaN where it does not happen. [d]

    How many servers of a lot are down is counted only where it may matter: until then, those whose
    repair is over may stand among them.
    """
    up_d: list[list[float]] = [[] for _ in leaves_d]
    begun_d: list[float] = []
    for time, lot, down_for_none, held, repair in rows:
        down = up_d[lot]
        # only now it matters how many of them are up again
        if len(down) >= down_for_none:
            while down and down[0] <= time:
                heappop(down)
            if len(down) >= down_for_none:
                begun_d.append(math.nan)
                continue
        start = free_d[0]
        if start < time:  # noqa: PLR1730 - the call of max is a tenth of the loop
            start = time
        if start < leaves_d[lot]:
            heapreplace(free_d, start + held)
        heappush(down, start + repair)
        begun_d.append(start)
    return begun_d


def _with_spares(rows: Candidates, free_d: list[float], leaves_d: list[float], spares: int) -> list[float]:
    """When a technician takes up each failure; NaN where it does not happen. [d]

    The first failures take the spares in store and each later one the next server out of repair, in
    order. Servers out of repair are counted only where it may matter: until then, those one stands in
    for are among the missing.
    """
    done_d: list[float] = []
    begun_d: list[float] = []
    happened: list[int] = []
    missing, there = [0] * len(leaves_d), spares
    for time, lot, down_for_none, held, repair in rows:
        # only now it matters who came out of repair, each standing in for the next that is missed
        if missing[lot] >= down_for_none:
            while done_d and done_d[0] <= time:
                heappop(done_d)
                if there < len(happened):
                    missing[happened[there]] -= 1
                there += 1
            if missing[lot] >= down_for_none:
                begun_d.append(math.nan)
                continue
        start = free_d[0]
        if start < time:  # noqa: PLR1730 - the call of max is a tenth of the loop
            start = time
        if start < leaves_d[lot]:
            heapreplace(free_d, start + held)
        heappush(done_d, start + repair)
        begun_d.append(start)
        # nobody is there to stand in for it
        if len(happened) >= there:
            missing[lot] += 1
        happened.append(lot)
    return begun_d


def _stood_in(down_d: Times, begun_d: Times, done_d: Times, lot: Whole, spares: int) -> Repaired:
    """Outages where spares stand in: the failure after those of the store takes the first out of repair."""
    down_d, begun_d, lot = down_d[spares:], begun_d[spares:], lot[spares:]
    up_d = np.sort(done_d)[: down_d.size]
    missed = up_d > down_d
    return Repaired(down_d[missed], np.minimum(begun_d, up_d)[missed], up_d[missed], lot[missed])
