"""Seal what a projection saved, and see before anything is read whether it is still what was written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from capsim.projection.plain import as_json, finite

SEAL, CONTENTS = "sha256", "contents"
"""Fields of a record: its own checksum, and what each file beside it that is read back holds."""
CELL_BYTES = 8
SMALL_BYTES = 256 * 2**20
MOST_UNPACKED = 100
"""A table above a quarter of a gigabyte is as a rule packed to a twentieth; more than a hundredth is no table
of ours."""


def sealed(record: dict[str, Any], folder: Path, names: Iterable[str]) -> dict[str, Any]:
    """The record with what the files it is read back with hold, and its own checksum."""
    whole = record | {CONTENTS: {name: _contents(folder / name) for name in names}}
    return whole | {SEAL: _checksum(json.loads(as_json(finite(whole))))}


def check(folder: Path, record: dict[str, Any]) -> None:
    """See that a sealed record and its files are as they were written.

    Raises
    ------
    ValueError
        If the record or a file was changed, or a file is another one, each said with its name.
    OSError
        If a file is missing or cannot be read.
    """
    if _checksum({name: value for name, value in record.items() if name != SEAL}) != record.get(SEAL):
        raise ValueError("its record was changed since it was written")
    for name, written in record[CONTENTS].items():
        found = _contents(folder / name)
        for what in ("columns", "rows", SEAL):
            if found.get(what) != written.get(what):
                difference = _difference(what, written, found)
                raise ValueError(f"{name} was changed since it was written: {difference}")


def check_size(file: Path) -> None:
    """Refuse a table that is far larger in memory than a file of its size can rightly hold, unread.

    Raises
    ------
    ValueError
        If the table claims more rows than it can have.
    """
    import pyarrow.parquet as pq

    # opened here: Arrow takes no name that the locale cannot write
    with file.open("rb") as content:
        about = pq.read_metadata(content)
    unpacked = about.num_rows * about.num_columns * CELL_BYTES
    if unpacked > max(SMALL_BYTES, MOST_UNPACKED * file.stat().st_size):
        raise ValueError(f"{file.name} claims {about.num_rows:,} rows in {file.stat().st_size:,} bytes")


def table_notes(file: Path) -> dict[str, Any]:
    """What pandas noted of a table it wrote; nothing where another program did."""
    import pyarrow.parquet as pq

    with file.open("rb") as content:
        return dict(pq.read_schema(content).pandas_metadata or {})


def _contents(file: Path) -> dict[str, Any]:
    """Checksum of a file, and rows and columns with types of a table; a table's rows are not read."""
    if file.suffix != ".parquet":
        return {SEAL: _of_file(file)}
    import pyarrow.parquet as pq

    with file.open("rb") as content:
        about = pq.ParquetFile(content)
        columns = {field.name: str(field.type) for field in about.schema_arrow}
        rows = about.metadata.num_rows
    return {"rows": rows, "columns": columns, SEAL: _of_file(file)}


def _difference(what: str, written: dict[str, Any], found: dict[str, Any]) -> str:
    if what == "rows":
        return f"{found.get(what)} rows instead of {written.get(what)}"
    return "other columns" if what == "columns" else "other content"


def _of_file(file: Path) -> str:
    with file.open("rb") as content:
        digest = sha256()
        while part := content.read(2**20):
            digest.update(part)
    return digest.hexdigest()


def _checksum(record: dict[str, Any]) -> str:
    return sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
