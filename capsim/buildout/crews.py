"""Crews: resources that serve by rank, however long the queue."""

from __future__ import annotations

from bisect import insort
from typing import Any

import simpy
from simpy.resources.resource import SortedQueue


class _Queue(SortedQueue):
    """A queue in the same order, which finds the place of who asks without sorting all the others again."""

    def append(self, item: Any) -> None:
        insort(self, item, key=lambda asked: asked.key)


class Crews(simpy.PriorityResource):
    """Crews that serve the lower priority first, then who asked first."""

    PutQueue = _Queue
