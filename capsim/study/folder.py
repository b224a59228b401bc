"""Open the folder of a study: begin it, take it up again, or say why that cannot be."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from capsim.errors import StudyError
from capsim.projection.plain import finite
from capsim.study.store import (
    ABOUT,
    DRAWS,
    RESULTS,
    Store,
    checksum,
    clear,
    read_json,
    write_json,
    written,
)

if sys.platform != "win32":
    import fcntl


@contextmanager
def study_folder(folder: str | Path | None, about: dict[str, Any], *, resume: bool) -> Iterator[Store]:
    """The folder of a study, or one that is gone afterwards where none is named.

    A study that ends before its first block is done leaves nothing behind that was not there.

    Raises
    ------
    StudyError
        If the folder cannot be used (`open_store`), or another process works in it.
    """
    if folder is None:
        if resume:
            raise StudyError("to resume a study, name its folder (--out DIR, or folder=)")
        with tempfile.TemporaryDirectory(prefix="capsim-study-") as temporary:
            yield open_store(Path(temporary) / "study", about, resume=False)
        return
    path = Path(folder)
    was_there = path.exists()
    _make_folder(path)
    with _locked(path):
        was_begun = (path / ABOUT).exists()
        try:
            yield open_store(path, about, resume=resume)
        except BaseException:
            if not was_begun:
                _leave_nothing(path, keep_folder=was_there)
            raise


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep a second process out of a study; the system lifts the lock of one that was killed."""
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    if sys.platform != "win32":
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StudyError(f"{folder}: another process is working on this study") from None
        except OSError:  # a file system without locks
            return


def _make_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise StudyError(f"{folder} is a file, not the folder of a study")
    with written(folder):
        folder.mkdir(parents=True, exist_ok=True)


def _leave_nothing(folder: Path, *, keep_folder: bool) -> None:
    """Remove what a study wrote that ended before its first block."""
    draws = folder / DRAWS
    if any(draws.rglob("*.block")) or (folder / RESULTS).exists():
        return
    if (folder / ABOUT).exists():
        shutil.rmtree(draws, ignore_errors=True)
        (folder / ABOUT).unlink()
    if not keep_folder:
        with suppress(OSError):  # somebody put something into it
            folder.rmdir()


def open_store(folder: Path, about: dict[str, Any], *, resume: bool) -> Store:
    """Folder of a study, made or taken up again.

    Raises
    ------
    StudyError
        If the folder holds something else, a study that was not to be resumed, or another one.
    """
    about = json.loads(json.dumps(finite(about)))
    store = Store(folder, checksum(about))
    _make_folder(folder)
    if _is_barely_begun(folder):
        with written(store.draws):
            store.draws.mkdir(exist_ok=True)
        clear(folder)
        write_json(folder / ABOUT, about)
        return store
    found = read_about(folder)
    if not resume:
        raise StudyError(f"{folder} holds a study already; resume it, or choose another folder")
    differing = [key for key in about.keys() | found.keys() if about.get(key) != found.get(key)]
    if differing:
        words = f"{', '.join(sorted(differing))} {'differ' if differing[1:] else 'differs'}"
        raise StudyError(f"{folder} holds another study: {words}")
    if not store.is_finished:
        with written(store.draws):
            store.draws.mkdir(exist_ok=True)
        clear(store.draws)
    clear(folder)
    return store


def _is_barely_begun(folder: Path) -> bool:
    """Whether a folder is empty, or of a study killed before it said what it is."""
    unfinished = re.compile(rf"\.{re.escape(ABOUT)}\.\d+")
    inside = list(folder.iterdir())
    others = [file for file in inside if file.name != DRAWS and not unfinished.fullmatch(file.name)]
    draws = folder / DRAWS
    return not others and (not draws.exists() or (draws.is_dir() and not any(draws.iterdir())))


def read_about(folder: Path) -> dict[str, Any]:
    """What a folder's study is.

    Raises
    ------
    StudyError
        If the folder holds no study, a damaged one, or one of another version.
    """
    record = read_json(
        folder / ABOUT, f"the folder exists and is not the folder of a study ({ABOUT} is missing)"
    )
    return {key: value for key, value in record.items() if key not in ("format", "checksum")}
