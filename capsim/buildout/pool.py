"""A stock that comes in over time and is given out by rank: allocations of systems, and money."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import simpy

ROUNDING = 1e-9
"""Share of an amount by which a stock may fall short of it and still cover it. [1]"""


class Asked(NamedTuple):
    """A place in the queue."""

    rank: int
    since_d: float
    name: tuple[str, ...]
    amount: Callable[[], float]
    """Amount, on the day it is given."""
    event: simpy.Event
    """Fires when it is given."""
    take: Callable[[float], None] | None
    """Called with what is given, before anything else is."""
    in_parts: bool
    """Whether whole units of it are given as they come."""


@dataclass
class Pool:
    """A stock and the queue for it.

    Who asks at one time is served by rank and then by name, whatever the order of asking.
    """

    env: simpy.Environment
    in_order: bool
    """Whether what cannot be covered holds up all that is behind it."""
    level: float = 0.0
    """What is there and not given out."""
    received: float = 0.0
    given: float = 0.0
    queue: list[Asked] = field(default_factory=list)
    is_due: bool = False

    def put(self, amount: float) -> None:
        """Add to the stock."""
        self.level += amount
        self.received += amount
        self._serve_soon()

    def settle(self, given: float) -> None:
        """Have so much given out of what has come by now, whatever was."""
        self.given, self.level = given, max(0.0, self.received - given)
        self._serve_soon()

    def ask(
        self,
        amount: float | Callable[[], float],
        rank: int,
        name: tuple[str, ...],
        take: Callable[[float], None] | None = None,
        *,
        in_parts: bool = False,
    ) -> simpy.Event:
        """Event that fires with the time when all of the amount is given; the lower rank goes first.

        An amount that is 0 or less waits for nobody, and gives back what it is less than 0. In parts,
        `take` is called with each, and the amount is then what is left.
        """
        event = self.env.event()
        of_the_day = amount if callable(amount) else lambda: amount
        self.queue.append(Asked(rank, self.env.now, name, of_the_day, event, take, in_parts))
        self._serve_soon()
        return event

    def withdraw(self, is_over: Callable[[tuple[str, ...]], bool]) -> None:
        """Take back what names still wait for; their events fire with None."""
        over = [entry for entry in self.queue if is_over(entry.name)]
        self.queue = [entry for entry in self.queue if not is_over(entry.name)]
        for entry in over:
            entry.event.succeed(None)
        self._serve_soon()

    def _serve_soon(self) -> None:
        """Serve once all that happens at this time has asked."""
        if not self.is_due:
            self.is_due = True
            due = self.env.timeout(0.0)
            due.callbacks.append(self._serve)

    def _serve(self, _: simpy.Event) -> None:
        self.is_due = False
        self.queue.sort(key=lambda entry: entry[:3])
        kept: list[Asked] = []
        for entry in self.queue:
            amount = entry.amount()
            if amount <= 0.0 or (amount <= self.level + ROUNDING * amount and not (kept and self.in_order)):
                self._give(entry, amount)
                # what it freed may cover what it passed
                if kept:
                    self._serve_soon()
                entry.event.succeed(self.env.now)
                continue
            whole = math.floor(self.level * (1.0 + ROUNDING))
            if entry.in_parts and whole and not kept:
                self._give(entry, whole)
            kept.append(entry)
        self.queue = kept

    def _give(self, entry: Asked, amount: float) -> None:
        self.level = max(0.0, self.level - amount)
        self.given += amount
        if entry.take is not None:
            entry.take(amount)
