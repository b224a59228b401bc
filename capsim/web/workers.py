"""Processes that compute what is asked, one thing at a time each, and that can be ended."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from capsim.errors import CapsimError, ScenarioError
from capsim.extensions import Luggage
from capsim.reach import reading_within
from capsim.scenario import EXAMPLES
from capsim.study import begun_process
from capsim.temporary import temporary_folder

PRELOADED = (
    "capsim.web.answering",
    "capsim.web.confinement",
    "capsim.report.html_report",
    "capsim.report.xlsx",
)
"""What every process needs, beside what those of a study do."""
LOWER_PRIORITY = 10
"""Niceness of what is no answer to a change on the page."""
PAUSE_S = 0.1
"""Least time between two tellings of progress. [s]"""
OWN_FAULT = "this is a fault of capsim: please report it, with what was asked and the lines on the terminal"
ENDED = "the work was ended: it took more memory than a request may take"


@dataclass(frozen=True)
class Place:
    """Where processes work, and what they may take."""

    folder: Path
    """Folder that they work in, and whose files they read."""
    memory_bytes: int
    """Most data of a process. [B]"""
    also: tuple[str, ...] = ()
    """Other folders whose files they read."""


@dataclass(frozen=True)
class Outcome:
    """What came of a request."""

    kind: str
    """`text`, or `fault` where the input is wrong, `memory` where it asks too much, `bug` where we are."""
    body: Any
    """The answer; of a fault what is said and where."""


class Worker:
    """One process, which computes what it is asked until it is ended."""

    def __init__(self, place: Place, *, is_background: bool = False) -> None:
        here, there = multiprocessing.Pipe()
        self._connection: Connection = here
        self._process = begun_process(_work, (there, Luggage(place), is_background), PRELOADED)
        there.close()

    def ask(self, name: str, asked: Mapping[str, Any], told: Callable[[int, int, float], None]) -> Outcome:
        """Compute an answer; it blocks, and ends as a fault where the process ends meanwhile."""
        try:
            self._connection.send((name, dict(asked)))
            while True:
                kind, body = self._connection.recv()
                if kind != "progress":
                    return Outcome(kind, body)
                told(*body)
        except (EOFError, OSError):
            return Outcome("memory", {"message": ENDED, "faults": []})

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.is_alive()

    @property
    def pid(self) -> int | None:
        """Its number among the processes of the system."""
        return self._process.pid

    def end(self) -> None:
        """End it at once, whatever it computes."""
        self._process.kill()
        self._process.join()


def _work(connection: Connection, place: Place, is_background: bool) -> None:
    """Answer what is asked, until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    if is_background and hasattr(os, "nice"):
        os.nice(LOWER_PRIORITY)
    with temporary_folder("capsim-serve-") as scratch:
        _settle(place, scratch)
        from capsim.web.answering import ANSWERS

        with suppress(EOFError, OSError), reading_within(place.folder, EXAMPLES, *place.also):
            while True:
                name, asked = connection.recv()
                connection.send(_answered(ANSWERS[name], asked, _telling(connection)))


def _settle(place: Place, scratch: Path) -> None:
    """Go to the folder, and be confined to it."""
    from capsim.web.confinement import confine

    os.chdir(place.folder)
    tempfile.tempdir = str(scratch)
    confine((place.folder, *map(Path, place.also)), scratch, place.memory_bytes)


def _end_with_parent() -> None:
    """End this process when its parent is gone, however that ended."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _telling(connection: Connection) -> Callable[[int, int, float], None]:
    """Progress for the other side, not too often."""
    last_s = 0.0

    def tell(done: int, total: int, left_s: float) -> None:
        nonlocal last_s
        now_s = time.monotonic()
        if done >= total or now_s - last_s >= PAUSE_S:
            last_s = now_s
            connection.send(("progress", (done, total, left_s)))

    return tell


def _answered(
    answer: Callable[..., Any], asked: Mapping[str, Any], tell: Callable[..., None]
) -> tuple[str, Any]:
    """What came of it, as plain data."""
    try:
        return "text", answer(asked, tell)
    except ScenarioError as error:
        faults = [asdict(fault) | {"text": str(fault)} for fault in error.faults]
        return "fault", {"message": str(error), "faults": faults}
    except CapsimError as error:
        return "fault", {"message": str(error), "faults": []}
    except MemoryError:
        return "memory", {"message": ENDED, "faults": []}
    except OSError as error:
        return "fault", {"message": f"{error.filename or 'a file'}: {error.strerror or error}", "faults": []}
    except Exception:
        # for whoever runs the command; the answer tells nothing of it
        traceback.print_exc(file=sys.stderr)
        return "bug", {"message": OWN_FAULT, "faults": []}
