"""How a study is carried out: where it is kept, on what it is computed, and who is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypedDict


class Progress(Protocol):
    """What a study calls as it goes on."""

    def __call__(self, done: int, total: int, left_s: float) -> None:
        """Rows done, rows in all, and the estimated time left (NaN at first). [s]"""


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
