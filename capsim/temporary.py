"""Folders that are gone with the process that made them, or with the next one where it was killed.

And files that are there whole, or as they were.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from glob import escape
from pathlib import Path

if sys.platform != "win32":
    import fcntl


@contextmanager
def temporary_folder(prefix: str, within: Path | None = None) -> Iterator[Path]:
    """A new folder, locked while it is used; those of the same prefix that nobody uses are removed first.

    Parameters
    ----------
    prefix : str
        How its name starts; what else starts so in the same place and is a folder of this user's is taken
        for one that was left behind.
    within : Path, optional
        Where it is made; the system's folder for temporary files where it is not given.
    """
    place = Path(tempfile.gettempdir()) if within is None else within
    sweep(prefix, place)
    with ExitStack() as held:
        folder = _made(prefix, place, held)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Where to write a file, which takes the name asked for once all is written; till then the old one stays.

    Parameters
    ----------
    path : Path
        The name asked for; a link is followed, and what is no file (a device, a pipe) is written to as it is.

    Raises
    ------
    OSError
        If nothing can be written there.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        yield path
        return
    with temporary_folder(f".{path.name}.capsim-", path.parent) as folder:
        unfinished = folder / path.name
        yield unfinished
        if path.exists():
            shutil.copymode(path, unfinished)
        unfinished.replace(path)


def _made(prefix: str, place: Path, held: ExitStack) -> Path:
    """A new folder with a lock, which another process may have swept before it had one: then the next."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
        with suppress(BlockingIOError, FileNotFoundError):
            held.enter_context(locked(folder))
            if folder.exists():
                return folder


def sweep(prefix: str, place: Path) -> None:
    """Remove the folders of a prefix whose processes are gone."""
    for folder in place.glob(f"{escape(prefix)}*"):
        with suppress(OSError):
            if folder.is_symlink() or not folder.is_dir():
                continue
            with locked(folder) as is_ours:
                # where there are no locks, nobody can say which are in use
                if is_ours:
                    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def locked(folder: Path) -> Iterator[bool]:
    """Keep other processes out of a folder, where the system can: whether it does.

    The system lifts the lock of a process that was killed.

    Raises
    ------
    BlockingIOError
        If another process holds it.
    """
    # there a folder cannot be opened, nor locked
    if sys.platform == "win32":
        yield False
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield _lock(handle)
    finally:
        os.close(handle)


def _lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:  # a file system without locks
        return False
    return True
