"""Seal what a projection saved, and see before anything is read whether it is still what was written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from capsim.projection.plain import as_json, finite
from capsim.reach import check_regular

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


def is_sealed(record: dict[str, Any]) -> bool:
    """Whether a record carries a seal, whatever format it says it is of."""
    return SEAL in record or CONTENTS in record


def check(folder: Path, record: dict[str, Any], names: Iterable[str]) -> None:
    """See that a sealed record and its files are as they were written.

    Parameters
    ----------
    folder : Path
        Where the files are.
    record : dict
        What is sealed.
    names : iterable of str
        Files that are read back, each of which must be sealed.

    Raises
    ------
    ValueError
        If the record or a file was changed, or a file is another one, each said with its name.
    OSError
        If a file is missing or cannot be read.
    """
    if _checksum({name: value for name, value in record.items() if name != SEAL}) != record.get(SEAL):
        raise ValueError("projection.json was changed since it was written")
    contents = record.get(CONTENTS)
    sealed_files = contents if isinstance(contents, dict) else {}
    for name in dict.fromkeys((*names, *sealed_files)):
        written = sealed_files.get(name)
        if not isinstance(written, dict):
            raise ValueError(f"projection.json does not say what {name} holds")
        # nothing in a file is looked at before its bytes are known to be those that were written
        if _of_file(folder / name) != written.get(SEAL):
            raise ValueError(
                f"{name} was changed since it was written: {_difference(folder / name, written)}"
            )
        if _contents(folder / name) != written:
            raise ValueError(f"{name} does not hold what projection.json says of it")


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


def _difference(file: Path, written: dict[str, Any]) -> str:
    """What is different of a file that was changed, as far as it can be read."""
    try:
        found = _contents(file)
    except (OSError, ValueError, LookupError, RuntimeError) as fault:
        return str(fault)
    if found.get("columns") != written.get("columns"):
        return "other columns"
    if found.get("rows") != written.get("rows"):
        return f"{found.get('rows')} rows instead of {written.get('rows')}"
    return "other content"


def _of_file(file: Path) -> str:
    check_regular(file)
    with file.open("rb") as content:
        digest = sha256()
        while part := content.read(2**20):
            digest.update(part)
    return digest.hexdigest()


def _checksum(record: dict[str, Any]) -> str:
    return sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
