"""Orders of systems: which were ordered, delivered, in service or cancelled together, and when."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from capsim.buildout import Timeline
from capsim.ledger.line import Array
from capsim.vocabulary import MilestoneKind

Events = dict[MilestoneKind, list[tuple[float, float]]]
"""Times and amounts by kind of milestone, in order of time."""


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


def batches(timeline: Timeline) -> Iterator[Batch]:
    """All systems ordered, first ordered first delivered, first delivered first in service.

    A cancellation takes systems that are ordered and not in service, those not delivered first; that
    of a phase takes all of them. What is cancelled before its order leaves no batch.
    """
    stopped = timeline.cancelled_d()
    groups: dict[tuple[str, str, str, str], Events] = defaultdict(lambda: defaultdict(list))
    for m in timeline.of_kind("ordered", "delivered", "in_service", "cancelled"):
        if m.item and m.unit != "MW":
            groups[m.site, m.phase, m.item, m.unit][m.kind].append((m.time_d, m.amount))
    for (site, phase, item, system), events in groups.items():
        stop_d = stopped.get((site, phase), math.inf)
        for systems, ordered_d, delivered_d, in_service_d, end_d in _matched(events):
            is_stopped = ordered_d <= stop_d < in_service_d
            times = ordered_d, delivered_d, in_service_d, min(end_d, stop_d) if is_stopped else end_d
            yield Batch(site, phase, item, system, systems, *times)


def _matched(events: Events) -> list[tuple[float, float, float, float, float]]:
    """Number of systems and their four times, equal times together, in order of time."""
    paths = [_cumulative(events.get(kind, [])) for kind in ("ordered", "delivered", "in_service")]
    total = float(max(upto.max(initial=0.0) for _, upto in paths[:2]))
    cancelled = _cancelled(events, total)
    # systems are numbered in order; between two edges all of them have the same times
    edges = np.unique(np.concatenate([*(upto for _, upto in paths), [c for c, _, _ in cancelled], [total]]))
    edges = edges[(edges > 0.0) & (edges <= total)]
    columns = [_time_of(edges, *path) for path in paths]
    stop_d = np.full(edges.size, math.inf)
    for low, high, time_d in cancelled:
        stop_d[(edges > low) & (edges <= high)] = time_d
    together: dict[tuple[float, float, float, float], float] = defaultdict(float)
    for row in zip(np.diff(edges, prepend=0.0), *columns, stop_d, strict=True):
        count, ordered_d, delivered_d, in_service_d, end_d = map(float, row)
        # what is there from the start has no order of its own
        ordered_d = min(ordered_d, delivered_d)
        together[ordered_d, delivered_d, in_service_d, max(end_d, ordered_d)] += count
    return [(count, *times) for times, count in sorted(together.items())]


def _cumulative(events: list[tuple[float, float]]) -> tuple[Array, Array]:
    """Times, and how many there are up to each."""
    table = np.array(events, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], np.cumsum(table[:, 1])


def _time_of(edges: Array, times_d: Array, upto: Array) -> Array:
    """Time at which the systems up to each edge met a milestone; infinity where they did not. [d]"""
    return np.append(times_d, math.inf)[np.searchsorted(upto, edges, side="left")]


def _cancelled(events: Events, total: float) -> list[tuple[float, float, float]]:
    """Stretches of the systems, last ordered first, that were cancelled after their order."""
    stretches, top = [], total
    for time_d, amount in events.get("cancelled", []):
        ordered, in_service = (
            sum(n for t, n in events.get(kind, []) if t <= time_d) for kind in ("ordered", "in_service")
        )
        count = min(amount, ordered - in_service - (total - top))
        if count > 0:
            # the last ordered go first: a stretch down from the top of those left
            stretches.append((top - count, top, time_d))
            top -= count
    return stretches
