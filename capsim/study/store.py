"""What the folder of a study holds: what it is, and the rows computed so far, safe against being killed.

A block of rows is written beside its place and renamed into it, so it is there as a whole or not
at all; its checksum tells a block that was changed, moved, or taken from another study.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capsim.errors import StudyError
from capsim.extensions import checksums
from capsim.operations import BANK_YEARS
from capsim.projection import finite, from_json
from capsim.reach import text_that_ends
from capsim.scenario import Scenario, drawn_together, is_marked

FORMAT = 6
"""Version of the saved form."""
READABLE = (4, 5, FORMAT)
"""Versions that are read: in 4 the ends of intervals stood among the monthly series, and up to 5 nothing was
told of plans beside their figures."""
ABOUT, RESULTS, DRAWS = "study.json", "results.json", "draws"
LIBRARIES = ("capsim", "numpy", "scipy", "simpy")
"""Libraries whose version decides on digits."""
ROWS_PER_BLOCK = 16
"""Rows a process computes at a time: what a killed study loses at most, per process."""
HEADER = struct.Struct("<32sQQ")
"""SHA-256 of the study, the place and the numbers; rows, columns."""
BLOCK_NAME = re.compile(r"(\d{6})\.block")
UNFINISHED = re.compile(r"\..+\.\d+")
"""Name of a file that was being written."""
ADVICE = "delete it to have it computed again"
ANEW = "delete the folder to have the study done again"


@dataclass(frozen=True)
class Store:
    """Folder of one study, or a part of it: a study may compute several tables, one after another."""

    folder: Path
    study: str = ""
    """Checksum of what the study is."""
    part: str = ""
    """Part of the study; the whole where empty."""
    files: dict[str, dict[str, Any]] = field(default_factory=dict, compare=False)
    """Files beside the results by name, how each is read, and its checksum."""

    @property
    def draws(self) -> Path:
        """Folder of the blocks."""
        return self.folder / DRAWS / self.part

    def of(self, part: str) -> Store:
        """Where the blocks of a part of the study are."""
        part_of_it = replace(self, part=part)
        make_folder(part_of_it.draws)
        clear(part_of_it.draws)
        return part_of_it

    def path(self, block: int) -> Path:
        """File of a block."""
        return self.draws / f"{block:06d}.block"

    def blocks(self) -> list[int]:
        """Blocks that are there, in order."""
        matches = (BLOCK_NAME.fullmatch(file.name) for file in self.draws.iterdir())
        return sorted(int(match[1]) for match in matches if match)

    def write(self, block: int, rows: NDArray[np.float64]) -> None:
        """Put a block in its place, whole."""
        data = np.ascontiguousarray(rows, dtype="<f8").tobytes()
        write_whole(self.path(block), HEADER.pack(self._digest(block, data), *rows.shape) + data)

    def check(self, block: int, n_rows: int, n_columns: int) -> None:
        """Raise StudyError where a block is not as it was written."""
        file = self.path(block)
        expected = HEADER.size + n_rows * n_columns * 8
        try:
            # what is of another size is not read, whatever it is
            n_bytes = file.stat().st_size
            data = file.read_bytes() if n_bytes == expected else b""
        except OSError as fault:
            raise StudyError(f"{file}: cannot be read: {fault.strerror}; {ADVICE}") from None
        if len(data) != expected:
            sizes = f"{n_bytes} bytes, not {expected}"
            raise StudyError(f"{file}: truncated or of another study ({sizes}); {ADVICE}")
        digest, *shape = HEADER.unpack(data[: HEADER.size])
        if shape != [n_rows, n_columns] or self._digest(block, data[HEADER.size :]) != digest:
            raise StudyError(f"{file}: changed since it was written, or of another study; {ADVICE}")

    def _digest(self, block: int, data: bytes) -> bytes:
        """Checksum of a block at its place in this study."""
        return hashlib.sha256(f"{self.study}/{self.part}/{block}/".encode() + data).digest()

    def rows(self, first: int, stop: int) -> NDArray[np.float64]:
        """Rows `first` to `stop`, read block by block, shape (stop - first, n_columns)."""
        blocks = range(first // ROWS_PER_BLOCK, block_count(stop))
        rows = np.concatenate([self._rows_of(block) for block in blocks])
        start = first - blocks.start * ROWS_PER_BLOCK
        return rows[start : start + stop - first]

    def _rows_of(self, block: int) -> NDArray[np.float64]:
        data = self.path(block).read_bytes()
        _, *shape = HEADER.unpack(data[: HEADER.size])
        return np.frombuffer(data, "<f8", offset=HEADER.size).reshape(shape)

    @property
    def is_finished(self) -> bool:
        """Whether the folder has the study's results."""
        return (self.folder / RESULTS).exists()

    def keep(self, file: Path, **how: Any) -> None:
        """Have a file that is there belong to the results, and say how it is read."""
        self.files[file.name] = how | {"sha256": _file_digest(file)}

    def finish(self, results: dict[str, Any]) -> None:
        """Write the results, which come last of all files, and drop the blocks."""
        beside = {"files": self.files} if self.files else {}
        write_json(self.folder / RESULTS, results | beside | {"study": self.study})
        shutil.rmtree(self.folder / DRAWS, ignore_errors=True)

    def results(self) -> dict[str, Any]:
        """Results of the study, checked, with what was still to be dropped gone.

        Raises
        ------
        StudyError
            If the study is not finished, or its results or a file beside them were truncated or changed.
        """
        missing = f"the study is not finished ({RESULTS} is missing); resume it"
        record = read_json(self.folder / RESULTS, missing)
        if record.get("study") != self.study:
            raise StudyError(f"{self.folder / RESULTS}: of another study; {ANEW}")
        # A study killed between its results and this has blocks that nobody reads.
        shutil.rmtree(self.folder / DRAWS, ignore_errors=True)
        for name, about in record.get("files", {}).items():
            file = self.folder / name
            if not file.is_file() or _file_digest(file) != about["sha256"]:
                raise StudyError(f"{file}: truncated or changed since it was written")
        return record


def block_count(n: int) -> int:
    """Blocks that hold `n` rows."""
    return -(-n // ROWS_PER_BLOCK)


def rows_of_block(block: int, n: int) -> int:
    """Rows of a block of a study of `n` rows; only the last has fewer."""
    return min(ROWS_PER_BLOCK, n - block * ROWS_PER_BLOCK)


def of_scenario(scenario: Scenario) -> dict[str, Any]:
    """What makes a scenario the same scenario to a study, and what of it is confidential."""
    return {
        "scenario": scenario.name,
        "digest": scenario.digest,
        "catalog": scenario.catalog.version,
        **confidential_in([scenario]),
    }


def confidential_in(scenarios: Iterable[Scenario]) -> dict[str, list[str]]:
    """What is confidential in any of some scenarios: marks, and draws of what they mark; else empty.

    A draw that several values share has a name of its own, and is confidential where one of them is.
    """
    those = [*scenarios]
    marks = [*dict.fromkeys(mark for one in those for mark in one.confidential)]
    if not marks:
        return {}
    drawn = [pair for one in those for pair in drawn_together(one).items()]
    hidden = (name for name, of in drawn if name not in of and any(is_marked(path, marks) for path in of))
    return {"confidential": [*dict.fromkeys([*marks, *hidden])]}


def identity(kind: str, **what: Any) -> dict[str, Any]:
    """What makes a study the same study: its kind, what it is of, and what computes it, to the last bit."""
    extensions = checksums()
    # Left out where there are none, so that a study begun without them is the same study.
    loaded = {"extensions": extensions} if extensions else {}
    libraries = {name: version(name) for name in LIBRARIES}
    done_on = {"python": platform.python_version(), "libraries": libraries, "processor": _processor()}
    return {"kind": kind, **what, **loaded, "bank_years": BANK_YEARS, **done_on}


def _processor() -> list[str]:
    """What of a processor may move last bits: its kind, and the extensions that NumPy has kernels for."""
    extensions = np.show_config(mode="dicts")["SIMD Extensions"]
    return [platform.machine(), *extensions.get("baseline", []), *extensions.get("found", [])]


def clear(folder: Path) -> None:
    """Remove files a killed study was writing."""
    for file in folder.iterdir():
        if UNFINISHED.fullmatch(file.name):
            file.unlink()


def read_json(file: Path, missing: str) -> dict[str, Any]:
    """A record written by `write_json`; StudyError where it is missing, damaged or of another version."""
    try:
        record: dict[str, Any] = from_json(text_that_ends(file))
        is_whole = isinstance(record, dict) and record.get("checksum") == checksum(record)
    except FileNotFoundError:
        raise StudyError(f"{file.parent}: {missing}") from None
    except (OSError, ValueError, RecursionError) as fault:
        raise StudyError(f"{file}: truncated or changed: {fault}; {ANEW}") from None
    if not is_whole:
        raise StudyError(f"{file}: changed since it was written; {ANEW}")
    if record.get("format") not in READABLE:
        reads = f"this version reads {', '.join(map(str, READABLE))}"
        raise StudyError(f"{file}: written in format {record.get('format')}, {reads}")
    return record


def checksum(record: dict[str, Any]) -> str:
    """SHA-256 of a record without its own checksum."""
    rest = {key: value for key, value in record.items() if key != "checksum"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def write_json(file: Path, record: dict[str, Any]) -> None:
    """Write a record with the format and a checksum, whole."""
    full = finite({"format": FORMAT, **record})
    text = json.dumps({**full, "checksum": checksum(full)}, indent=1, ensure_ascii=False, allow_nan=False)
    write_whole(file, (text + "\n").encode())


def _file_digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def write_whole(file: Path, data: bytes) -> None:
    """Write a file so that it is there as a whole or not at all."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    with written(file):
        try:
            unfinished.write_bytes(data)
            unfinished.replace(file)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


def make_folder(folder: Path) -> None:
    """Make a folder where it is not there."""
    with written(folder):
        folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def written(file: Path) -> Iterator[None]:
    """Say what could not be written and why: a full disk, a folder that may not be changed."""
    try:
        yield
    except OSError as fault:
        raise StudyError(f"{file}: cannot be written: {fault.strerror}") from None
