"""The bytes of a user's file, and when it was written."""

from __future__ import annotations

from pathlib import Path

from capsim.reach import OUTSIDE, is_out_of_reach

MAX_BYTES = 200_000_000
"""Largest file of a series that is read. [B]"""


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Content of a user's file; ValueError says in words why it cannot be used."""
    try:
        if is_out_of_reach(path):
            raise ValueError(OUTSIDE)
        if not path.exists():
            raise ValueError("no such file")
        if not path.is_file():
            raise ValueError("is not a file")
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    if len(data) > limit:
        raise ValueError(f"must be at most {limit} bytes long")
    return data


def stamp_of(path: str) -> int:
    """When a file was last written, so that what is kept of it is made anew once it changes. [ns]"""
    file = Path(path)
    return file.stat().st_mtime_ns if file.exists() else 0
