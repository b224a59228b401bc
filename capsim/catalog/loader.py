"""Load the shipped catalogue and lay the user's own CSV files over it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from capsim.catalog.functions import COST_BASES_TABLE, STAGE_KINDS_TABLE, registered, rows_of_functions
from capsim.catalog.overlay_checks import overlay_faults
from capsim.catalog.range_classes import TABLE as RANGE_CLASSES
from capsim.catalog.range_classes import RangeClass, range_classes, with_ranges
from capsim.catalog.ranges import fault_at
from capsim.catalog.reading import MAX_BYTES, Rows, read_rows
from capsim.catalog.records import Catalog, Entry, Value
from capsim.catalog.shelf import Shelf
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
    "countries",
    "starters",
    "shelf_lives",
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
    shipped = _shipped(registered())
    laid_over: dict[str, Rows] = {}
    faults: list[Fault] = []
    digest = hashlib.sha256(shipped.version.encode())
    for table, path in overlays.items():
        data, rows = _read_overlay(table, Path(path), faults)
        digest.update(table.encode() + b"\0" + data + b"\0")
        laid_over[table] = rows
    faults += _dangling(laid_over)
    if faults:
        raise ScenarioError(", ".join(dict.fromkeys(fault.file for fault in faults)), faults)
    names = tuple(str(path) for path in overlays.values())
    mine = {table: _entries(table, shipped_rows(table) | rows) for table, rows in laid_over.items()}
    tables = MappingProxyType({**shipped.tables, **mine})
    return Catalog(tables, names, digest.hexdigest()[:_VERSION_DIGITS])


@lru_cache(maxsize=1)
def _shipped(functions: tuple[tuple[str, ...], ...]) -> Catalog:
    """The shipped catalogue, made anew only where more functions are registered."""
    del functions
    of_functions = rows_of_functions(_parsed(COST_BASES_TABLE))
    made = {table: _entries(table, rows) for table, rows in of_functions.items()}
    tables = {table: made[table] if table in made else _shelf(table) for table in RECORD_TABLES}
    return Catalog(MappingProxyType(tables), (), _version())


@lru_cache(maxsize=1)
def _version() -> str:
    """What tells the shipped files from those of another release."""
    digest = hashlib.sha256()
    for path in sorted(DATA.glob("*.csv")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:_VERSION_DIGITS]


@cache
def _shelf(table: str) -> Shelf:
    """The records of a shipped file, read as they are looked at."""
    return Shelf(DATA / f"{table}.csv", _classes())


@lru_cache(maxsize=1)
def _classes() -> tuple[RangeClass, ...]:
    """The shipped classes of ranges."""
    return tuple(range_classes(_parsed(RANGE_CLASSES)))


@cache
def _parsed(table: str) -> Rows:
    """All rows of a shipped file, as written; CatalogError where the package was shipped with a fault."""
    file = f"{table}.csv"
    rows, faults = read_rows((DATA / file).read_bytes(), file=file, table=table)
    if faults:
        raise CatalogError("\n".join(map(str, faults)))
    return rows


def shipped_rows(table: str) -> Rows:
    """All rows of a shipped file, with the ranges of their kinds of values."""
    return with_ranges(table, _parsed(table), _classes())


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


def _read_overlay(table: str, path: Path, faults: list[Fault]) -> tuple[bytes, Rows]:
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
    shipped = shipped_rows(table)
    rows, of_file = read_table(data, file=file, table=table, shipped=shipped)
    of_file += overlay_faults(table, rows, shipped)
    faults += sorted(of_file)
    return data, rows


def _dangling(laid_over: Mapping[str, Rows]) -> list[Fault]:
    """Faults of a user's values that name a record of another table which is not there."""
    faults = []
    for table, named, what in (
        ("systems", "accelerators", "accelerator"),
        ("cost_presets", "cost_items", "cost item"),
    ):
        names = {*_shelf(named), *(name for name, _ in laid_over.get(named, {}))}
        for (name, field), value in laid_over.get(table, {}).items():
            refers = field == "accelerator" if table == "systems" else field != "title"
            if refers and value.value not in names:
                rule = f"unknown {what}{did_you_mean(str(value.value), sorted(names))}"
                faults.append(fault_at(value, f"{table}.{name}.{field}", rule, str(value.value)))
    return faults


def _entries(table: str, rows: Rows) -> Mapping[str, Entry]:
    """Read-only records of a table by name."""
    values: dict[str, dict[str, Value]] = {}
    for (name, field), value in rows.items():
        values.setdefault(name, {})[field] = value
    return MappingProxyType(
        {name: Entry(table, name, MappingProxyType(fields)) for name, fields in values.items()}
    )
