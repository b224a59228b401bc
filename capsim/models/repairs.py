"""The queue of repairs for technicians and spares that many lots of servers share.

Times are in days. What is sequential, who takes up what and when, is one loop over the failures; all
that follows from it is computed on arrays.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from heapq import heappop, heappush, heapreplace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]
Candidates = Iterable[tuple[float, int, int, float, float]]
"""Candidates of failure: time, lot, servers of the lot that must be down for it not to happen, time it
holds its technician, and time of its repair."""


class Repaired(NamedTuple):
    """Outages in which a server was missed, in the order of their failures."""

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
        Time each repair takes once a technician takes it up, above 0. [d]
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
    if not (np.all(np.asarray(hands_on_d) > 0.0) and np.all(repair_d > 0.0)):
        raise ValueError("hands_on_d and repair_d must be above 0")
    # nobody ever waits for technicians without limit: that is one who is held for no time
    held_d = np.zeros(repair_d.size) if technicians is None else np.minimum(repair_d, hands_on_d)
    free_d = [-math.inf] * (technicians or 1)
    leaves = [math.inf] * len(servers) if leaves_d is None else leaves_d.tolist()
    of = servers[lot]
    down_for_none = of - np.floor(chance * of).astype(np.int64)
    columns = failed_d, lot, down_for_none, held_d, repair_d
    rows = zip(*(column.tolist() for column in columns), strict=True)
    taken_up = _with_spares(rows, free_d, leaves, spares) if spares else _without_spares(rows, free_d, leaves)
    begun_d = np.array(taken_up)
    happened = ~np.isnan(begun_d)
    down_d, begun_d, lot = failed_d[happened], begun_d[happened], lot[happened]
    done_d = begun_d + repair_d[happened]
    if not spares:
        return Repaired(down_d, begun_d, done_d, lot)
    return _stood_in(down_d, begun_d, done_d, lot, spares)


def _without_spares(rows: Candidates, free_d: list[float], leaves_d: list[float]) -> list[float]:
    """When a technician takes up each failure; NaN where it does not happen. [d]

    How many servers of a lot are down is counted only where it may matter: until then, those whose
    repair is over may stand among them.
    """
    up_d: list[list[float]] = [[] for _ in leaves_d]
    begun_d: list[float] = []
    for time, lot, down_for_none, held, repair in rows:
        down = up_d[lot]
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
        if len(happened) >= there:
            missing[lot] += 1
        happened.append(lot)
    return begun_d


def _stood_in(down_d: Times, begun_d: Times, done_d: Times, lot: NDArray[np.int64], spares: int) -> Repaired:
    """Outages where spares stand in: the failure after those of the store takes the first out of repair."""
    order = np.argsort(done_d, kind="stable")[: max(0, done_d.size - spares)]
    down_d, begun_d, up_d, lot = down_d[spares:], begun_d[order], done_d[order], lot[spares:]
    missed = up_d > down_d
    down_d, up_d = down_d[missed], up_d[missed]
    return Repaired(down_d, np.clip(begun_d[missed], down_d, up_d), up_d, lot[missed])
