"""How a study is carried out: where it is kept, on what it is computed, and who is told."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypedDict, TypeVar

from capsim.errors import whole
from capsim.study.draws import check_draws

T = TypeVar("T")


class Progress(Protocol):
    """What a study calls as it goes on."""

    def __call__(self, done: int, total: int, left_s: float) -> None:
        """Rows done, rows in all, and the estimated time left (NaN at first). [s]"""


class Telling:
    """Counts what is done of a number of steps, and says how long the rest takes."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._begun_s, self._done = progress, total, time.monotonic(), 0

    def __call__(self) -> None:
        """Count a step."""
        self._done += 1
        if self._progress is not None:
            total = max(self._total, self._done)
            left_s = (time.monotonic() - self._begun_s) / self._done * (total - self._done)
            self._progress(self._done, total, left_s)


def draws_of(n: int) -> range:
    """The draws of a forecast or of each plan of a back-test; StudyError where they are none or too many.

    Examples
    --------
    >>> draws_of(128)
    range(0, 128)
    """
    check_draws(whole("draws", n, 1))
    return range(n)


def counted(steps: Sequence[T], progress: Progress | None) -> Iterator[T]:
    """Steps one by one, each counted when the next is asked for."""
    tell = Telling(progress, len(steps))
    for step in steps:
        yield step
        tell()


@dataclass(frozen=True)
class Execution:
    """What all studies share, whatever they are of: none of it changes a digit of the results."""

    folder: str | Path | None = None
    """Folder in which what is done is kept, and the results; nothing is kept where None."""
    resume: bool = False
    """Whether to go on with the study in the folder."""
    processes: int | None = None
    """Processes to use; where None as many as there are processors, or one where the study is short."""
    dask: str | None = None
    """Address of a Dask scheduler to use instead of processes."""
    progress: Progress | None = None
    """Called after every block of rows."""


class ExecutionKeywords(TypedDict, total=False):
    """Keywords by which users of a study say how it is carried out: the fields of `Execution`."""

    folder: str | Path | None
    resume: bool
    processes: int | None
    dask: str | None
    progress: Progress | None
