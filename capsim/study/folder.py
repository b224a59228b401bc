"""Open the folder of a study: begin it, take it up again, or say why that cannot be."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

from capsim.errors import StudyError
from capsim.projection import finite
from capsim.scenario import Scenario
from capsim.study.execution import Execution
from capsim.study.inputs import keep_inputs
from capsim.study.store import ABOUT, DRAWS, Store, checksum, clear, make_folder, read_json, write_json
from capsim.temporary import locked, temporary_folder


class Result(Protocol):
    """What a study gives."""

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""


R = TypeVar("R", bound=Result)


def result_of(
    execution: Execution,
    about: dict[str, Any],
    scenarios: Mapping[str, Scenario],
    compute: Callable[[Store], R],
    read: Callable[[Store], R],
) -> R:
    """The result of a study: read where its folder has it, else computed and written there.

    Parameters
    ----------
    execution : Execution
        Folder of the study, and whether it is taken up again.
    about : dict
        What makes the study the same study (`identity`).
    scenarios : mapping of str to Scenario
        What it is of, whose inputs are kept beside its results.
    compute : callable
        Computes the result from the rows of the store it is given, which it adds where they are missing.
    read : callable
        Makes the result of what its `to_dict` wrote (`Store.results`).

    Raises
    ------
    StudyError
        If the folder cannot be used (`study_folder`), or its results were damaged.
    """
    with study_folder(execution, about) as store:
        if store.is_finished:
            return read(store)
        result = compute(store)
        if execution.folder is not None:
            keep_inputs(store, scenarios)
        store.finish(result.to_dict())
        return result


@contextmanager
def study_folder(execution: Execution, about: dict[str, Any]) -> Iterator[Store]:
    """The folder of a study, or one that is gone afterwards where none is named.

    A study that ends before its first block is done leaves nothing behind that was not there.

    Raises
    ------
    StudyError
        If the folder cannot be used (`open_store`), or another process works in it.
    """
    if execution.folder is None:
        if execution.resume:
            raise StudyError("to resume a study, name its folder (--out DIR, or folder=)")
        with temporary_folder("capsim-rows-") as temporary:
            yield open_store(temporary / "study", about, resume=False)
        return
    path = Path(execution.folder)
    was_there = path.exists()
    _make_folder(path)
    with _locked(path):
        was_begun = (path / ABOUT).exists()
        try:
            yield open_store(path, about, resume=execution.resume)
        except BaseException:
            if not was_begun:
                _leave_nothing(path, keep_folder=was_there)
            raise


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep a second process out of a study."""
    with ExitStack() as held:
        try:
            held.enter_context(locked(folder))
        except BlockingIOError:
            raise StudyError(f"{folder}: another process is working on this study") from None
        yield


def has_study(folder: str | Path) -> bool:
    """Whether a study was begun in a folder."""
    return (Path(folder) / ABOUT).exists()


def _make_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise StudyError(f"{folder} is a file, not the folder of a study")
    make_folder(folder)


def _leave_nothing(folder: Path, *, keep_folder: bool) -> None:
    """Remove what a study wrote that ended before its first block."""
    draws = folder / DRAWS
    # A block is work that can be gone on with.
    if any(draws.rglob("*.block")) or Store(folder).is_finished:
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
    is_new = _is_barely_begun(folder)
    if not is_new:
        _check_same(folder, about, resume=resume)
    if not store.is_finished:
        make_folder(store.draws)
        clear(store.draws)
    clear(folder)
    if is_new:
        write_json(folder / ABOUT, about)
    return store


def _check_same(folder: Path, about: dict[str, Any], *, resume: bool) -> None:
    """Refuse a folder of another study, or of one that was not to be resumed."""
    before = read_about(folder)
    if not resume:
        raise StudyError(f"{folder} holds a study already; resume it, or choose another folder")
    differing = [key for key in about.keys() | before.keys() if about.get(key) != before.get(key)]
    if differing:
        words = f"{', '.join(sorted(differing))} {'differ' if differing[1:] else 'differs'}"
        raise StudyError(f"{folder} holds another study: {words}")


def _is_barely_begun(folder: Path) -> bool:
    """Whether a folder is empty, or of a study killed before it said what it is."""
    unfinished = re.compile(rf"\.{re.escape(ABOUT)}\.\d+")
    inside = list(folder.iterdir())
    others = [file for file in inside if file.name != DRAWS and not unfinished.fullmatch(file.name)]
    draws = folder / DRAWS
    return not others and (not draws.exists() or (draws.is_dir() and not any(draws.iterdir())))


def read_results(folder: Path) -> dict[str, Any]:
    """Results of the finished study in a folder; StudyError where there are none, or damaged ones."""
    return Store(folder, checksum(read_about(folder))).results()


def read_about(folder: Path) -> dict[str, Any]:
    """What a folder's study is; StudyError where it holds none, a damaged one, or one of another version."""
    missing = f"the folder exists and is not the folder of a study ({ABOUT} is missing)"
    record = read_json(folder / ABOUT, missing)
    return {key: value for key, value in record.items() if key not in ("format", "checksum")}
