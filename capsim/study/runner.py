"""Compute the rows of a study: in this process, over several, or on a Dask cluster.

A row depends on its number alone, so how the work is divided changes no digit of it.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import re
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from time import monotonic, process_time
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from capsim.errors import StudyError, whole
from capsim.extensions import Luggage
from capsim.study.execution import Execution
from capsim.study.processes import (
    UNGUARDED,
    interrupt_waits,
    needed_elsewhere,
    prepare_processes,
    without_script,
)
from capsim.study.store import ROWS_PER_BLOCK, Store, block_count, rows_of_block

SHORT_S = 8.0
"""Processor time that a study may take here before it is given to processes: each of them has to begin and to
make its own years of weather and prices, which took four seconds where AION's 64 draws took two. [s]"""
WAITING_PER_PROCESS = 2
"""Blocks handed to a process ahead of time."""
ADDRESS = re.compile(r"(tcp|tls|ucx|ws|wss|inproc)://\S+")
"""Form of the address of a Dask cluster's scheduler."""
RETRIES = 3
"""Times a cluster computes a block again whose worker was lost."""

Block = tuple[int, NDArray[np.float64]]


class Task(Protocol):
    """Rows that can be computed one by one. Instances can be pickled."""

    @property
    def n_columns(self) -> int:
        """Length of a row."""

    def rows(self, first: int, count: int) -> NDArray[np.float64]:
        """Rows `first` to `first + count`, shape (count, n_columns)."""


def collect(task: Task, store: Store, n: int, execution: Execution, *, start_at: int = 0) -> None:
    """Compute the rows of a study that are not in its folder yet.

    Parameters
    ----------
    task : Task
        What computes a row.
    store : Store
        Where blocks of rows are kept; those there are checked and left.
    n : int
        Rows in all.
    execution : Execution
        Processes or cluster that compute them, and who is told after every block.
    start_at : int
        First row wanted; those before it were made sure of earlier.

    Raises
    ------
    StudyError
        If a block in the folder is damaged, or a process died.
    """
    written = set(store.blocks())
    blocks = range(start_at // ROWS_PER_BLOCK, block_count(n))
    for block in written.intersection(blocks):
        store.check(block, rows_of_block(block, n), task.n_columns)
    missing = [(block, rows_of_block(block, n)) for block in blocks if block not in written]
    done_before = done = n - sum(rows for _, rows in missing)
    began = monotonic()
    for block, rows in _computed(task, missing, execution):
        store.write(block, rows)
        done += len(rows)
        if execution.progress is not None:
            execution.progress(done, n, (monotonic() - began) / (done - done_before) * (n - done))


def _computed(task: Task, missing: Sequence[tuple[int, int]], execution: Execution) -> Iterator[Block]:
    """Blocks as they get ready."""
    processes = os.cpu_count() or 1 if execution.processes is None else execution.processes
    whole("processes", processes, 1)
    if execution.dask is not None and missing:
        yield from _on_cluster(task, missing, execution.dask)
        return
    left = list(missing)
    is_here = processes == 1 or len(left) == 1
    while left and (is_here or execution.processes is None):
        began = process_time()
        block, count = left.pop(0)
        rows = task.rows(block * ROWS_PER_BLOCK, count)
        # processor time: what else slows this process down would slow others as well
        is_long = (process_time() - began) * len(left) > SHORT_S
        yield block, rows
        if not is_here and len(left) > 1 and is_long:
            break
    if left:
        yield from _in_processes(task, left, min(processes, len(left)))


def _in_processes(task: Task, missing: Sequence[tuple[int, int]], processes: int) -> Iterator[Block]:
    # Popped from the end, so that the first blocks are computed first.
    waiting, running = list(reversed(missing)), dict[Future[NDArray[np.float64]], int]()
    packed = pickle.dumps(Luggage(task))
    needs_script = needed_elsewhere(packed)
    prepare_processes()
    with ProcessPoolExecutor(processes, multiprocessing.get_context("forkserver"), _begin, (packed,)) as pool:
        try:
            while waiting or running:
                while waiting and len(running) < processes * WAITING_PER_PROCESS:
                    block, count = waiting.pop()
                    # A process of the pool begins here, if at all.
                    with interrupt_waits(), nullcontext() if needs_script else without_script():
                        running[pool.submit(_block, block * ROWS_PER_BLOCK, count)] = block
                for ready in wait(running, return_when=FIRST_COMPLETED).done:
                    yield running.pop(ready), ready.result()
        except (BrokenProcessPool, BrokenPipeError):
            why = UNGUARDED if needs_script else "out of memory?"
            raise StudyError(f"a process of the study died ({why}); what is done is kept") from None
        except BaseException:
            # What has not begun is dropped; the pool would compute it before it ends.
            pool.shutdown(wait=True, cancel_futures=True)
            raise


_TASK: list[Task] = []
"""The task of a process of the pool."""


def _begin(packed: bytes) -> None:
    """Prepare a process of the pool: Ctrl-C is the parent's to handle, and so is its own end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _TASK[:] = [pickle.loads(packed)]
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    """End this process when its parent is gone, however that ended."""
    parent.join()
    os._exit(1)


def _block(first: int, count: int) -> NDArray[np.float64]:
    return _TASK[0].rows(first, count)


def _unpacked(task: Task) -> Task:
    """The task, as what a worker of a cluster keeps of it."""
    return task


def _rows(task: Task, first: int, count: int) -> NDArray[np.float64]:
    return task.rows(first, count)


def _on_cluster(task: Task, missing: Sequence[tuple[int, int]], address: str) -> Iterator[Block]:
    if not ADDRESS.fullmatch(address):
        raise StudyError(f"--dask is an address such as tcp://host:8786 (got {address})")
    try:
        import distributed
    except ImportError:
        raise StudyError("--dask needs the extra: pip install capsim[dask]") from None
    cluster: Any = distributed
    try:
        connected = cluster.Client(address, set_as_default=False)
    except (OSError, ValueError, TypeError) as fault:
        raise StudyError(f"no Dask cluster answers at {address}: {fault}") from None
    with connected as client:
        # A result like the blocks: sent once to each worker, made again where those that had it are lost.
        there = client.submit(_unpacked, Luggage(task), pure=False, retries=RETRIES)
        blocks = {
            client.submit(_rows, there, block * ROWS_PER_BLOCK, count, pure=False, retries=RETRIES): block
            for block, count in missing
        }
        for future, result in cluster.as_completed(list(blocks), with_results=True, loop=client.loop):
            yield blocks.pop(future), np.asarray(result)
