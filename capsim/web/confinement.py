"""What a process of the workbench may do: read in some folders, write in one, and use so much memory."""

from __future__ import annotations

import errno
import os
import sys
import sysconfig
import zoneinfo
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from capsim.scenario import EXAMPLES

PACKAGE = Path(__file__).parents[1]
LIBRARIES = ("stdlib", "platstdlib", "purelib", "platlib")
"""Folders of Python that a process imports from."""
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
OUTSIDE = "lies outside the folder of the workbench"
FORBIDDEN = ("socket.connect", "socket.bind", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn")
"""What no computation needs, by the names of Python's audit events."""
CHANGES = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate")
"""What changes a folder, whose first arguments are paths."""


def confine(folders: tuple[Path, ...], scratch: Path, memory_bytes: int) -> None:
    """Confine this process, for good: what it opens, changes, starts and connects to, and its memory.

    Parameters
    ----------
    folders : tuple of Path
        Folders in which files may be read, with all inside them.
    scratch : Path
        Folder in which files may also be written.
    memory_bytes : int
        Most data of the process, where the system can limit it. [B]
    """
    libraries = [Path(path) for name in LIBRARIES if (path := sysconfig.get_paths().get(name))]
    zones = [Path(path) for path in zoneinfo.TZPATH]
    readable = _resolved([*folders, scratch, PACKAGE, EXAMPLES, *libraries, *zones])
    sys.addaudithook(_watch(readable, _resolved([scratch, Path(os.devnull)])))
    _limit_memory(memory_bytes)


def _resolved(places: Iterable[Path]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(os.path.realpath(place) for place in places))


def _watch(readable: tuple[str, ...], writable: tuple[str, ...]) -> Callable[[str, tuple[Any, ...]], None]:
    """The hook that Python calls before it does something."""

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            is_write = bool(flags & WRITES) if isinstance(flags, int) else any(c in str(mode) for c in "wax+")
            _check(path, writable if is_write else (*readable, *writable))
        elif event in FORBIDDEN:
            raise PermissionError(errno.EPERM, "the workbench starts no program and connects to nowhere")
        elif event in CHANGES:
            for path in arguments[:2]:
                _check(path, writable)

    return watch


def _check(path: Any, places: tuple[str, ...]) -> None:
    """Refuse a path outside of places; a number is a file that is open already."""
    if not isinstance(path, (str, bytes, os.PathLike)):
        return
    real = os.path.realpath(os.fsdecode(path))
    if not any(real == place or real.startswith(place.rstrip(os.sep) + os.sep) for place in places):
        raise PermissionError(errno.EACCES, OUTSIDE, os.fsdecode(path))


def _limit_memory(memory_bytes: int) -> None:
    """Limit the data of this process beyond what it has, where the system can."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    kind = getattr(resource, "RLIMIT_DATA", None)
    if kind is not None:
        _, hard = resource.getrlimit(kind)
        most = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, hard))
