"""The folders that files are read from, where a command or a service narrows them.

A scenario of somebody else may name any file of the machine, and what is told of a file that cannot be read
shows what stands in it. Commands therefore read under the folders that their user named; code in Python reads
what it names, unless it narrows it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

OUTSIDE = "is outside the folders that may be read: allow its folder with --allow-path"
"""What is said of a file that is out of reach."""
PACKAGE = Path(__file__).parent
SHIPPED = tuple(map(os.path.realpath, (PACKAGE, PACKAGE.parent / "scenarios")))
"""What ships is read everywhere: the package, and in a clone the scenarios beside it."""
MOST_SAVED_BYTES = 2**30
"""Largest text that is read back of what was saved, some ten times that of the largest plans: assumed. [B]"""
_FOLDERS: ContextVar[tuple[str, ...] | None] = ContextVar("folders", default=None)


@contextmanager
def reading_within(*folders: str | os.PathLike[str]) -> Iterator[None]:
    """Within it, files that scenarios, claims and plans name are read under these folders only.

    Parameters
    ----------
    *folders : str or path-like
        Folders; links in them and in the files named are followed first. What ships is always read.

    Examples
    --------
    >>> with reading_within("."):
    ...     is_out_of_reach("prices.csv"), is_out_of_reach("../prices.csv")
    (False, True)
    """
    token = _FOLDERS.set((*SHIPPED, *map(os.path.realpath, folders)))
    try:
        yield
    finally:
        _FOLDERS.reset(token)


def folders_in_reach() -> tuple[str, ...]:
    """The folders that may be read, with links followed, to be handed on; none where all may."""
    return _FOLDERS.get() or ()


def is_out_of_reach(file: str | os.PathLike[str]) -> bool:
    """Whether a file, links followed, is under none of the folders that may be read."""
    folders = _FOLDERS.get()
    if folders is None:
        return False
    real = Path(os.path.realpath(file))
    return not any(real.is_relative_to(folder) for folder in folders)


def text_that_ends(file: Path, most: int = MOST_SAVED_BYTES) -> str:
    """The text of a saved file.

    Raises
    ------
    OSError
        If there is none, or it cannot be read.
    ValueError
        If it is a device or a pipe, which have no end, larger than anything saved, or not UTF-8.
    """
    check_regular(file)
    with file.open("rb") as content:
        data = content.read(most + 1)
    if len(data) > most:
        raise ValueError(f"must be at most {most} bytes long")
    return data.decode()


def check_regular(file: Path) -> None:
    """Refuse what has no end, such as a link to a device, unread; ValueError says so in words."""
    if not stat.S_ISREG(file.stat().st_mode):
        raise ValueError("is not a regular file")
