"""Load the shipped catalogue and lay the user's own CSV files over it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from capsim.catalog.functions import COST_BASES_TABLE, STAGE_KINDS_TABLE, registered, rows_of_functions
from capsim.catalog.overlay_checks import overlay_faults
from capsim.catalog.range_classes import with_ranges
from capsim.catalog.ranges import fault_at, out_of_range
from capsim.catalog.reading import MAX_BYTES, Rows, read_rows
from capsim.catalog.records import Catalog, Entry, Value
from capsim.catalog.wide_form import is_wide, rows_of_wide
from capsim.errors import CatalogError, Fault, ScenarioError
from capsim.registry import did_you_mean
from capsim.series import read_bytes, sheet_of_text, text_of

DATA = Path(__file__).with_name("data")
"""Folder of the shipped tables."""
RECORD_TABLES = (
    "accelerators",
    "systems",
    "cooling",
    "redundancy",
    "climates",
    "electricity_prices",
    "tariffs",
    "carbon",
    "cost_items",
    "cost_presets",
    "cost_bases",
    "stage_kinds",
    "price_paths",
    "debt_presets",
    "tax_depreciation",
    "lead_times",
    "buildout_presets",
    "job_mixes",
    "assumptions",
    "range_classes",
    "factors",
    "plausible",
    "fx",
    "reference_builds",
    "efficiency_bands",
    "wide_tables",
)
"""Tables with one row per value, in the order they are listed."""
FILES = tuple(table for table in RECORD_TABLES if table != STAGE_KINDS_TABLE)
"""Tables that are files; the kinds of stages are functions alone."""
OVERLAID_TABLES = [t for t in FILES if t not in (COST_BASES_TABLE, "wide_tables")]
"""Tables a user's file may be laid over; the others describe functions and files of the package."""

_NO_OVERLAYS: Mapping[str, Path] = MappingProxyType({})
_VERSION_DIGITS = 12


def load_catalog(overlays: Mapping[str, Path] = _NO_OVERLAYS) -> Catalog:
    """Catalogue in force.

    Parameters
    ----------
    overlays : mapping of str to Path, optional
        The user's CSV files by the table they are laid over. Their rows replace shipped rows
        of the same name and field, or add to them.

    Returns
    -------
    catalog : Catalog
        The same object on every call without overlays.

    Raises
    ------
    ScenarioError
        With every fault of every file, where a file cannot be used.

    Examples
    --------
    >>> load_catalog().entry("accelerators", "h100-sxm").number("tdp_w")
    700.0
    """
    if not overlays:
        return _shipped(registered())
    version, shipped = _shipped_rows()
    rows_by_table = dict(shipped)
    faults: list[Fault] = []
    digest = hashlib.sha256(version.encode())
    for table, path in overlays.items():
        data, rows = _read_overlay(table, Path(path), rows_by_table, faults)
        digest.update(table.encode() + b"\0" + data + b"\0")
        rows_by_table[table] = rows_by_table.get(table, {}) | rows
    faults += _dangling(rows_by_table)
    if faults:
        raise ScenarioError(", ".join(dict.fromkeys(fault.file for fault in faults)), faults)
    names = tuple(str(path) for path in overlays.values())
    return Catalog(_tables(rows_by_table), names, digest.hexdigest()[:_VERSION_DIGITS])


@lru_cache(maxsize=1)
def _shipped(functions: tuple[tuple[str, ...], ...]) -> Catalog:
    """The shipped catalogue, made anew only where more functions are registered."""
    del functions
    version, rows_by_table = _shipped_rows()
    return Catalog(_tables(rows_by_table), (), version)


def shipped_rows() -> Mapping[str, Rows]:
    """Rows of the shipped files by table."""
    return _shipped_rows()[1]


@lru_cache(maxsize=1)
def _shipped_rows() -> tuple[str, Mapping[str, Rows]]:
    """Version and rows of the shipped files, parsed once, with the ranges of their kinds of values."""
    digest = hashlib.sha256()
    for path in sorted(DATA.glob("*.csv")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    rows_by_table = {}
    for table in FILES:
        file = f"{table}.csv"
        rows_by_table[table], faults = read_rows((DATA / file).read_bytes(), file=file, table=table)
        if faults:
            raise CatalogError("\n".join(map(str, faults)))
    return digest.hexdigest()[:_VERSION_DIGITS], with_ranges(rows_by_table)


def read_table(
    data: bytes, *, file: str, table: str, shipped: Rows, is_import: bool = False
) -> tuple[Rows, list[Fault]]:
    """Rows of a user's file in either form: one row per value, or one row per record."""
    try:
        text = text_of(data)
        is_one_row_per_record = is_wide(sheet_of_text(text).header)
    except ValueError:
        # what is no table is told by the reader of the form that has every row stand for a value
        return read_rows(data, file=file, table=table)
    if is_one_row_per_record:
        return rows_of_wide(text, file=file, table=table, shipped=shipped, is_import=is_import)
    return read_rows(data, file=file, table=table)


def _read_overlay(
    table: str, path: Path, shipped: Mapping[str, Rows], faults: list[Fault]
) -> tuple[bytes, Rows]:
    """Content and rows of a user's file; its faults are added to `faults`."""
    file = str(path)
    if table not in OVERLAID_TABLES:
        rule = f"unknown table{did_you_mean(table, OVERLAID_TABLES)}"
        if table in RECORD_TABLES:
            rule = "describes what capsim ships, and takes no file of yours"
        faults.append(Fault(file, 0, table, rule, table))
        return b"", {}
    try:
        data = read_bytes(path, MAX_BYTES)
    except ValueError as error:
        faults.append(Fault(file, 0, table, str(error)))
        return b"", {}
    rows, of_file = read_table(data, file=file, table=table, shipped=shipped[table])
    of_file += overlay_faults(table, rows, shipped[table]) + out_of_range(table, rows)
    faults += sorted(of_file)
    return data, rows


def _dangling(rows_by_table: Mapping[str, Rows]) -> list[Fault]:
    """Faults of values that name a record of another table which is not there."""
    accelerators = {name for name, _ in rows_by_table["accelerators"]}
    items = {name for name, _ in rows_by_table["cost_items"]}
    faults = []
    for table, names, what in (
        ("systems", accelerators, "accelerator"),
        ("cost_presets", items, "cost item"),
    ):
        for (name, field), value in rows_by_table[table].items():
            refers = table == "cost_presets" or field == "accelerator"
            if refers and value.value not in names:
                rule = f"unknown {what}{did_you_mean(str(value.value), sorted(names))}"
                faults.append(fault_at(value, f"{table}.{name}.{field}", rule, str(value.value)))
    return faults


def _tables(rows_by_table: Mapping[str, Rows]) -> Mapping[str, Mapping[str, Entry]]:
    """Read-only records by table and name, with those of functions."""
    tables, all_rows = {}, {**rows_by_table, **rows_of_functions(rows_by_table[COST_BASES_TABLE])}
    for table in RECORD_TABLES:
        values: dict[str, dict[str, Value]] = {}
        for (name, field), value in all_rows[table].items():
            values.setdefault(name, {})[field] = value
        tables[table] = MappingProxyType(
            {name: Entry(table, name, MappingProxyType(fields)) for name, fields in values.items()}
        )
    return MappingProxyType(tables)
