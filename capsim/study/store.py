"""The folder of a study: what it is, and the draws computed so far, safe against being killed.

A block of replications is written beside its place and renamed into it, so it is there as a whole
or not at all; its checksum tells a block that was changed afterwards.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capsim.errors import StudyError

FORMAT = 1
"""Version of the saved form."""
ABOUT, RESULTS, DRAWS = "study.json", "results.json", "draws"
HEADER = struct.Struct("<32sQQ")
"""SHA-256 of the numbers, rows, columns."""
BLOCK_NAME = re.compile(r"(\d{6})\.block")
VALUES_AT_ONCE = 4_000_000
"""Numbers held in memory while percentiles are computed."""


@dataclass(frozen=True)
class Store:
    """Folder of one study."""

    folder: Path

    @property
    def draws(self) -> Path:
        """Folder of the blocks."""
        return self.folder / DRAWS

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
        header = HEADER.pack(hashlib.sha256(data).digest(), *rows.shape)
        write_whole(self.path(block), header + data)

    def check(self, block: int, n_rows: int, n_columns: int) -> None:
        """Raise StudyError where a block is not as it was written."""
        file = self.path(block)
        data = file.read_bytes()
        expected = HEADER.size + n_rows * n_columns * 8
        if len(data) != expected:
            raise StudyError(
                f"{file}: truncated or of another study ({len(data)} bytes, not {expected}); {ADVICE}"
            )
        digest, *shape = HEADER.unpack(data[: HEADER.size])
        if shape != [n_rows, n_columns] or hashlib.sha256(data[HEADER.size :]).digest() != digest:
            raise StudyError(f"{file}: changed since it was written; {ADVICE}")

    def columns(self, blocks: Sequence[int], start: int, stop: int) -> NDArray[np.float64]:
        """Some columns of all rows of some blocks, shape (n_rows, stop - start)."""
        return np.concatenate([self._mapped(block)[:, start:stop] for block in blocks])

    def _mapped(self, block: int) -> NDArray[np.float64]:
        file = self.path(block)
        with file.open("rb") as stream:
            _, n_rows, n_columns = HEADER.unpack(stream.read(HEADER.size))
        return np.memmap(file, dtype="<f8", mode="r", offset=HEADER.size, shape=(n_rows, n_columns))

    def chunks(
        self, blocks: Sequence[int], n_rows: int, n_columns: int
    ) -> Iterator[tuple[int, NDArray[np.float64]]]:
        """First column and values of so many columns at a time as memory allows."""
        width = max(1, VALUES_AT_ONCE // max(1, n_rows))
        for start in range(0, n_columns, width):
            yield start, self.columns(blocks, start, min(start + width, n_columns))


ADVICE = "delete it to have it computed again"


def open_store(folder: Path, about: dict[str, Any], *, resume: bool) -> Store:
    """Folder of a study, made or taken up again.

    Raises
    ------
    StudyError
        If the folder holds something else, a study that was not to be resumed, or another one.
    """
    from capsim.projection.storage import finite

    store = Store(folder)
    about = json.loads(json.dumps(finite(about)))
    if folder.exists() and not folder.is_dir():
        raise StudyError(f"{folder} is a file, not the folder of a study")
    if not folder.exists() or _is_barely_begun(folder):
        store.draws.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f".{ABOUT}.*"):
            left.unlink()
        write_json(folder / ABOUT, about)
        return store
    found = read_about(folder)
    if not resume:
        raise StudyError(f"{folder} holds a study already; resume it, or choose another folder")
    differing = [key for key in about.keys() | found.keys() if about.get(key) != found.get(key)]
    if differing:
        words = f"{', '.join(sorted(differing))} {'differ' if differing[1:] else 'differs'}"
        raise StudyError(f"{folder} holds another study: {words}")
    if not (folder / RESULTS).exists():
        store.draws.mkdir(exist_ok=True)
    for left in (*folder.glob(".*.*"), *store.draws.glob(".*.*")):
        left.unlink()
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
    file = folder / ABOUT
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StudyError(f"{folder} exists and is not the folder of a study ({ABOUT} is missing)") from None
    except (OSError, ValueError) as fault:
        raise StudyError(f"{file}: truncated or changed: {fault}") from None
    if not isinstance(record, dict) or record.get("checksum") != checksum(record):
        raise StudyError(f"{file}: changed since it was written")
    if record.get("format") != FORMAT:
        raise StudyError(f"{file}: written in format {record.get('format')}, this version reads {FORMAT}")
    return {key: value for key, value in record.items() if key not in ("format", "checksum")}


def checksum(record: dict[str, Any]) -> str:
    """SHA-256 of a record without its own checksum."""
    rest = {key: value for key, value in record.items() if key != "checksum"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def write_json(file: Path, record: dict[str, Any]) -> None:
    """Write a record with the format and a checksum, whole."""
    from capsim.projection.storage import finite

    full = finite({"format": FORMAT, **record})
    text = json.dumps({**full, "checksum": checksum(full)}, indent=1, ensure_ascii=False, allow_nan=False)
    write_whole(file, (text + "\n").encode())


def write_whole(file: Path, data: bytes) -> None:
    """Write a file so that it is there as a whole or not at all."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.write_bytes(data)
    unfinished.replace(file)
