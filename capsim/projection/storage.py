"""Save a projection as Parquet and JSON, and read it back exactly."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from capsim.errors import ProjectionError
from capsim.projection.monthly_tables import with_units
from capsim.projection.plain import as_json, finite, from_json
from capsim.projection.sealing import check_size, table_notes
from capsim.reach import check_regular, text_that_ends
from capsim.temporary import locked, temporary_folder

if TYPE_CHECKING:
    import xarray as xr

TEXT = pd.StringDtype(na_value=np.nan)
"""What pandas makes of text; stated, because a column without a value would have no type."""

FORMAT = 5
"""Version of the saved form."""
UNSEALED = 4
"""Earlier version that is read too: without checksums of its files."""
FACTS_IN_MANIFEST = 3
"""Earlier version that is read too: its facts stand in the manifest, and it keeps no findings."""
READ = (FACTS_IN_MANIFEST, UNSEALED, FORMAT)
OLD = ".old"
"""Ending of the hidden name of an earlier projection while the new one takes its place."""
RECORD = "projection.json"
"""File that makes a folder a saved projection."""


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Folder to write into, which takes the name asked for once all is written.

    An earlier projection of that name is replaced; a folder with anything else in it is not.

    Raises
    ------
    ProjectionError
        If the name is taken by something that is not a saved projection, or by the working directory.
    """
    asked, path = path, path.resolve()
    if Path.cwd().is_relative_to(path):
        raise ProjectionError(f"{asked} is the folder you are in, or holds it; name one inside it")
    _give_back(path)
    ours = _files_of_ours(path)
    if ours is None:
        raise ProjectionError(f"{asked} exists and is not a saved projection; nothing was written")
    path.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(_hidden(path), path.parent) as unfinished:
        yield unfinished
        unfinished.chmod(0o755)
        _keep_foreign_files(path, unfinished, ours)
        _put_in_place(path, unfinished)


def _hidden(path: Path) -> str:
    """How the names of folders begin that are to take, or have given up, a name."""
    return f".{path.name}.capsim-"


def _give_back(path: Path) -> None:
    """Give an earlier projection its name back, where a process was killed between taking and giving it."""
    for old in path.parent.glob(f"{escape(_hidden(path))}*{OLD}"):
        with suppress(BlockingIOError, FileNotFoundError), locked(old.with_suffix("")):
            if not path.exists():
                old.rename(path)


def _files_of_ours(path: Path) -> set[str] | None:
    """Names of the files an earlier projection wrote at a path; None where it is something else's."""
    # nothing there that could be lost
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return set()
    try:
        record = from_json(text_that_ends(path / RECORD))
        files = record["files"] if "format" in record else None
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return set(files) if isinstance(files, list) and all(isinstance(name, str) for name in files) else None


def _keep_foreign_files(path: Path, unfinished: Path, ours: set[str]) -> None:
    """Copy what the user put beside an earlier projection and this one does not write."""
    for entry in path.iterdir() if path.exists() else ():
        new = unfinished / entry.name
        if entry.name in ours or new.exists():
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, new, symlinks=True)
        else:
            shutil.copy2(entry, new, follow_symlinks=False)


def _put_in_place(path: Path, unfinished: Path) -> None:
    """Give a complete folder its name; an earlier one keeps it where that fails."""
    # nothing there yet: nothing to keep and to give back
    if not path.exists():
        unfinished.rename(path)
        return
    old = unfinished.with_name(unfinished.name + OLD)
    path.rename(old)
    try:
        unfinished.rename(path)
    except OSError:
        old.rename(path)
        raise
    shutil.rmtree(old)


def write_json(path: Path, record: dict[str, Any]) -> None:
    """Write JSON with NaN as null, in a fixed layout."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(as_json(finite(record)) + "\n", encoding="utf-8")
    temporary.replace(path)


def dataset_to_parquet(dataset: xr.Dataset, path: Path) -> dict[str, Any]:
    """Write variables that share all dims as rows in dim order; return what rebuilds the dataset."""
    dims = list(next(iter(dataset.data_vars.values())).dims)
    table = with_units(dataset.to_dataframe(dim_order=dims).reset_index(), dataset)
    path.write_bytes(table.to_parquet(index=False))
    return {
        "dims": dims,
        "attributes": {str(name): dict(variable.attrs) for name, variable in dataset.data_vars.items()},
    }


def dataset_from_parquet(path: Path, about: dict[str, Any]) -> xr.Dataset:
    """Rebuild a dataset written by `dataset_to_parquet`."""
    import xarray as xr

    table = read_table(path)
    dims = about["dims"]
    coords = {dim: _labels(table[dim].drop_duplicates()) for dim in dims}
    shape = [len(coords[dim]) for dim in dims]
    variables = {
        name: (dims, table[name].to_numpy().reshape(shape), attributes)
        for name, attributes in about["attributes"].items()
    }
    return xr.Dataset(variables, coords=coords)


def read_table(path: Path) -> pd.DataFrame:
    """A table as it was written; one that claims to be far larger than its file is refused unread."""
    check_regular(path)
    check_size(path)
    with path.open("rb") as content:
        table = pd.read_parquet(content)
    # pandas 2 gives text back as objects
    kinds = {column["name"]: column["numpy_type"] for column in table_notes(path).get("columns", ())}
    return table.astype({name: TEXT for name in table if kinds.get(name) == TEXT.name})


def _labels(column: pd.Series[Any]) -> np.ndarray:
    """Labels of a dim: dates as they are, names as numpy text."""
    return column.to_numpy() if column.dtype.kind == "M" else column.to_numpy(dtype=str)


def is_saved(folder: Path) -> bool:
    """Whether a folder is meant to be a saved projection."""
    return (folder / RECORD).is_file()


def read_record(folder: Path) -> dict[str, Any]:
    """The JSON of a saved projection.

    Raises
    ------
    ProjectionError
        If the folder is not a projection, or one of another version.
    """
    _give_back(folder)
    try:
        record = from_json(text_that_ends(folder / RECORD))
    except FileNotFoundError:
        raise ProjectionError(f"{folder}: no saved projection ({RECORD} is missing)") from None
    except (OSError, ValueError) as fault:
        raise ProjectionError(f"{folder}/{RECORD}: cannot be read: {fault}") from None
    written = record.get("format") if isinstance(record, dict) else record
    if not isinstance(record, dict) or written not in READ:
        reads = ", ".join(map(str, READ))
        raise ProjectionError(f"{folder}/{RECORD}: written in format {written}, this version reads {reads}")
    return record
