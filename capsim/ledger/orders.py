"""Orders of systems: which were ordered, delivered and in service together, and when."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import NamedTuple

from capsim.buildout import Timeline
from capsim.vocabulary import SystemKind

MET: tuple[SystemKind, ...] = ("ordered", "delivered", "in_service")
"""Milestones that the price of systems is tied to, in the order each system meets them."""
Path = tuple[list[float], list[float]]
"""Times of a kind of milestone, and the systems that have met it up to each. [d], [systems]"""


class Batch(NamedTuple):
    """Systems of one kind that met all their milestones on the same days; infinity where never."""

    site: str
    phase: str
    item: str
    """Deployment."""
    system: str
    systems: float
    ordered_d: float
    delivered_d: float
    in_service_d: float
    cancelled_d: float
    is_owed: bool = True
    """Whether what its cancellation finds unpaid falls due: not where the order itself was cancelled."""


def batches(timeline: Timeline) -> Iterator[Batch]:
    """All systems ordered, first ordered first delivered, first delivered first in service.

    The cancellation of a phase takes what is ordered for it and not in service, that of an order what is not
    delivered.
    """
    stopped, groups = timeline.cancelled_d(), _events(timeline)
    void = timeline.orders_cancelled_d()
    for (site, phase, item, system), events in groups.items():
        stop_d = stopped.get((site, phase), math.inf)
        for systems, ordered_d, delivered_d, in_service_d in _matched(events):
            end_d = stop_d if ordered_d <= stop_d < in_service_d else math.inf
            void_d = void.get((site, phase, item), math.inf)
            is_owed = not (void_d < delivered_d and void_d <= end_d)
            times_d = ordered_d, delivered_d, in_service_d, end_d if is_owed else void_d
            yield Batch(site, phase, item, system, systems, *times_d, is_owed)


def _events(timeline: Timeline) -> dict[tuple[str, str, str, str], list[list[tuple[float, float]]]]:
    """Times and amounts of each milestone, by site, phase, deployment and system."""
    groups: dict[tuple[str, str, str, str], list[list[tuple[float, float]]]] = defaultdict(
        lambda: [[] for _ in MET]
    )
    for number, kind in enumerate(MET):
        for m in timeline.of_kind(kind):
            groups[m.site, m.phase, m.item, m.unit][number].append((m.time_d, m.amount))
    return groups


def _matched(events: list[list[tuple[float, float]]]) -> list[tuple[float, float, float, float]]:
    """Number of systems and their three times, equal times together, in order of time."""
    paths = [_cumulative(rows) for rows in events]
    total = max(upto[-1] if upto else 0.0 for _, upto in paths[:2])
    # systems are numbered in order; between two edges all of them have the same times
    edges = sorted({0.0, total}.union(*(upto for _, upto in paths)))
    together: dict[tuple[float, float, float], float] = defaultdict(float)
    for low, high in pairwise(edge for edge in edges if edge <= total):
        ordered_d, delivered_d, in_service_d = (_time_of(high, path) for path in paths)
        # what is there from the start has no order of its own
        together[min(ordered_d, delivered_d), delivered_d, in_service_d] += high - low
    return [(systems, *times) for times, systems in sorted(together.items())]


def _cumulative(rows: list[tuple[float, float]]) -> Path:
    """Times, and how many there are up to each."""
    return [time_d for time_d, _ in rows], list(accumulate(amount for _, amount in rows))


def _time_of(number: float, path: Path) -> float:
    """Time at which so many systems had met a milestone; infinity where they did not. [d]"""
    times_d, upto = path
    row = bisect_left(upto, number)
    return times_d[row] if row < len(times_d) else math.inf
