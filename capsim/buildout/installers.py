"""Installers: crews that set up racks, together at one rate, one after another by rank.

All crews of a pool work on one job at a time. Who is of better rank interrupts, and what is interrupted
goes on later where it stood; at one rank, who asked first goes first. So racks are set up as in a queue of a
fluid: when a rack is done depends on the racks before it and on the rate, and on no parts in which they are
counted.

Two racks a day, ten racks from day 0 and four of better rank from day 1: those are done on day 3, the ten on
day 7.

>>> import simpy
>>> env = simpy.Environment()
>>> crews = Installers(env, racks_per_day=2.0)
>>> done = []
>>> def ask(day, racks, rank):
...     yield env.timeout(day)
...     begun_d = yield crews.install(racks, rank, ("hall",))
...     done.append((racks, begun_d, env.now))
>>> _ = env.process(ask(0, 10.0, 50)), env.process(ask(1, 4.0, 10))
>>> env.run()
>>> done
[(4.0, 1, 3.0), (10.0, 0, 7.0)]
"""

from __future__ import annotations

import math
from bisect import insort
from dataclasses import dataclass

import simpy


@dataclass
class _Job:
    """Racks to set up."""

    key: tuple[int, float, tuple[str, ...]]
    """Rank, when it was asked for, and name."""
    racks_left: float
    done: simpy.Event
    begun_d: float = math.inf


class Installers:
    """Crews that share their work."""

    def __init__(self, env: simpy.Environment, racks_per_day: float) -> None:
        self.env, self.racks_per_day = env, racks_per_day
        self._queue: list[_Job] = []
        """The job at work first."""
        self._resumed_d = 0.0
        self._timer: simpy.Event | None = None

    def install(self, racks: float, rank: int, name: tuple[str, ...]) -> simpy.Event:
        """Event that fires when the racks are set up, with the day on which work on them began. [d]"""
        job = _Job((rank, self.env.now, name), racks, self.env.event())
        at_work = self._queue[0] if self._queue else None
        insort(self._queue, job, key=lambda queued: queued.key)
        if self._queue[0] is job:
            if at_work is not None:
                self._interrupt(at_work)
            self._go_on()
        return job.done

    def _interrupt(self, job: _Job) -> None:
        """Note how far the job at work has come."""
        worked_d = self.env.now - self._resumed_d
        job.racks_left -= worked_d * self.racks_per_day
        # what was displaced at the moment it came has not begun
        if job.begun_d == self.env.now:
            job.begun_d = math.inf

    def _go_on(self) -> None:
        """Work on the first in the queue."""
        job, self._resumed_d = self._queue[0], self.env.now
        job.begun_d = min(job.begun_d, self.env.now)
        self._timer = self.env.timeout(max(0.0, job.racks_left) / self.racks_per_day)
        self._timer.callbacks.append(self._finish)

    def _finish(self, timer: simpy.Event) -> None:
        # a timer that was overtaken by an interruption
        if timer is not self._timer:
            return
        job = self._queue.pop(0)
        job.done.succeed(job.begun_d)
        if self._queue:
            self._go_on()
