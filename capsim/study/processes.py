"""How processes of studies begin: what all of them import, and without the script that calls the study.

Python runs the main script anew in every process it starts, so a script that calls a study outside
``if __name__ == "__main__":`` would start processes without end. Rows need the package, and modules of
the user's that go along; the script itself only where something in it is registered or pickled.
"""

from __future__ import annotations

import inspect
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any

from capsim.extensions import tables

SCRIPT = "__main__"
"""Name of the module that Python was started with."""
UNGUARDED = (
    "out of memory, or the script has models of its own and runs again in each process: "
    'call studies under if __name__ == "__main__":'
)
"""What may be wrong where a process that needs the script dies."""

PRELOADED = ("capsim.study.runner", "capsim.study.tasks", "scipy.special")
"""What every process of a study needs, imported once for all of them."""
THREAD_SETTINGS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
"""Environment variables that say how many threads a linear algebra library starts."""


def prepare_processes(more: Sequence[str] = ()) -> None:
    """Let the process that others are forked from import what they need, while this one does other things.

    Parameters
    ----------
    more : sequence of str
        Modules beside those of studies; they count where this is called first.
    """
    multiprocessing.get_context("forkserver").set_forkserver_preload([*PRELOADED, *more])
    with _one_thread_each(), _not_interrupted(), without_script():
        try:
            forkserver.ensure_running()
        except RuntimeError:
            # This is such a process, still running the script: its parent says what is wrong.
            raise SystemExit(1) from None


_STARTING = threading.Lock()


def begun_process(
    target: Callable[..., None], arguments: tuple[Any, ...], more: Sequence[str]
) -> BaseProcess:
    """A process that computes beside this one, ends with it, and never runs the script anew.

    Parameters
    ----------
    target : callable
        Function of a module that it calls.
    arguments : tuple
        What it calls it with; they are pickled.
    more : sequence of str
        Modules that all such processes need, imported once for all of them.
    """
    # the script is out of the way for a moment, which no two threads may be in
    with _STARTING:
        prepare_processes(more)
        with without_script():
            process = multiprocessing.get_context("forkserver").Process(
                target=target, args=arguments, daemon=True
            )
            with interrupt_waits():
                process.start()
    return process


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let processes started meanwhile compute on one thread: each has a core, and waiting threads burn it."""
    added = [name for name in THREAD_SETTINGS if name not in os.environ]
    os.environ.update(dict.fromkeys(added, "1"))
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


@contextmanager
def _not_interrupted() -> Iterator[None]:
    """Let a process started meanwhile leave Ctrl-C to this one; only a main thread can say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def interrupt_waits() -> Iterator[None]:
    """Let Ctrl-C wait until a process is started: one whose start is cut short has a traceback of its own."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            signal.raise_signal(signal.SIGINT)


def needed_elsewhere(packed: bytes) -> bool:
    """Whether a process that unpacks a task needs the script: for the task, or for a table's function."""
    functions = (inspect.unwrap(table[name]) for table in tables() for name in table.names)
    return SCRIPT.encode() in packed or any(function.__module__ == SCRIPT for function in functions)


@contextmanager
def without_script() -> Iterator[None]:
    """Let processes started meanwhile not run the script."""
    script = sys.modules[SCRIPT]
    sys.modules[SCRIPT] = ModuleType(SCRIPT)
    try:
        yield
    finally:
        sys.modules[SCRIPT] = script
