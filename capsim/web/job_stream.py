"""What is asked, given to a process in its turn; its progress, its time, its end where nobody waits."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from capsim.web.workers import Outcome, Place, Worker

WARMING = "aion-288k-h100e"
"""Example that a process projects before it is asked."""
Told = Callable[[int, int, float], None]


@dataclass(frozen=True)
class Limits:
    """What the requests of one kind may take."""

    at_once: int
    """Processes that compute."""
    waiting: int
    """Requests that may wait for one."""
    most_s: float
    """Longest time that one may compute. [s]"""
    is_background: bool
    """Whether its processes give way to others, and each is for one request."""


QUICK = Limits(at_once=2, waiting=64, most_s=20.0, is_background=False)
"""Answers to a change on the page: by processes that stay, for what they have loaded."""
SLOW = Limits(at_once=2, waiting=16, most_s=600.0, is_background=True)
"""Studies."""


class Line:
    """Requests of one kind, in the order in which they came."""

    def __init__(self, place: Place, limits: Limits) -> None:
        self._place, self._limits = place, limits
        self._free = asyncio.Semaphore(limits.at_once)
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._inside = 0
        # threads wait for answers: one for each process, and one to begin the next
        self._threads = ThreadPoolExecutor(limits.at_once * 2, thread_name_prefix="capsim-serve")

    async def ask(self, name: str, asked: Mapping[str, Any], told: Told) -> Outcome:
        """What came of a request; cancelled, it ends the process that computes."""
        if self._inside >= self._limits.at_once + self._limits.waiting:
            return Outcome("busy", {"message": "too many requests wait; try again later", "faults": []})
        self._inside += 1
        try:
            async with self._free:
                return await self._asked(name, asked, told)
        finally:
            self._inside -= 1

    async def warm(self) -> None:
        """Have a process ready, which has loaded what every request needs."""
        which: dict[str, Any] = {"file": None, "example": WARMING, "text": None, "overrides": [], "sets": []}
        asked = {"scenario": which, "seed": 0, "spread": 0, "relief": False}
        await self.ask("change", asked, lambda *_: None)

    async def _asked(self, name: str, asked: Mapping[str, Any], told: Told) -> Outcome:
        loop = asyncio.get_running_loop()
        worker = self._idle.pop() if self._idle else await loop.run_in_executor(self._threads, self._begin)
        self._busy.add(worker)

        def tell(*progress: Any) -> None:
            loop.call_soon_threadsafe(told, *progress)

        is_done = False
        try:
            async with asyncio.timeout(self._limits.most_s):
                outcome = await loop.run_in_executor(self._threads, worker.ask, name, asked, tell)
            is_done = worker.is_alive and outcome.kind != "memory"
            return outcome
        except TimeoutError:
            words = f"the work took more than {self._limits.most_s:.0f} s and was ended"
            return Outcome("late", {"message": words, "faults": []})
        finally:
            self._busy.discard(worker)
            if is_done and not self._limits.is_background:
                self._idle.append(worker)
            else:
                worker.end()

    def _begin(self) -> Worker:
        return Worker(self._place, is_background=self._limits.is_background)

    @property
    def pids(self) -> list[int]:
        """Numbers of its processes that compute."""
        return [worker.pid for worker in self._busy if worker.pid is not None]

    def end(self) -> None:
        """End all of its processes."""
        for worker in [*self._idle, *self._busy]:
            worker.end()
        self._idle.clear()
        self._threads.shutdown(wait=False, cancel_futures=True)


async def unless_gone(job: asyncio.Task[Outcome], gone: asyncio.Task[None]) -> Outcome | None:
    """The outcome of a job; None where whoever asked is gone first, and the job is cancelled."""
    try:
        await asyncio.wait({job, gone}, return_when=asyncio.FIRST_COMPLETED)
        return await job if job.done() else None
    finally:
        for task in (job, gone):
            if not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task


async def events(line: Line, name: str, asked: Mapping[str, Any]) -> AsyncIterator[tuple[str, Any]]:
    """Progress of a request as it is told, then its outcome; closed early, the request is cancelled."""
    told: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()

    def tell(done: int, total: int, left_s: float) -> None:
        told.put_nowait(("progress", {"done": done, "total": total, "left_s": left_s}))

    async def run() -> None:
        told.put_nowait(("outcome", await line.ask(name, asked, tell)))

    job = asyncio.create_task(run())
    try:
        while True:
            event = await told.get()
            yield event
            if event[0] == "outcome":
                return
    finally:
        job.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await job
