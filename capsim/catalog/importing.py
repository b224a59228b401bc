"""A user's wide table turned into the form of the catalogue, to be laid over it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from capsim.catalog.loader import OVERLAID_TABLES, read_table, shipped_rows
from capsim.catalog.overlay_checks import overlay_faults
from capsim.catalog.reading import COLUMNS, MAX_BYTES, Rows, read_rows
from capsim.catalog.wide_form import ABOUT, NAME_COLUMNS, fields_in, in_small
from capsim.errors import Fault, ScenarioError
from capsim.registry import did_you_mean
from capsim.series import read_bytes, sheet_of_text, text_of


def imported(file: str, table: str) -> tuple[str, list[str]]:
    """A file as CSV of the catalogue, and the columns of it that are no fields of the table.

    Raises
    ------
    ScenarioError
        With every fault of the file.
    """
    data, rows = _checked(file, table, is_import=True)
    header = in_small(sheet_of_text(text_of(data)).header)
    known = fields_in(header, shipped_rows(table))
    left_out = [name for name in header if name and name not in (*known, *NAME_COLUMNS, *ABOUT, *COLUMNS)]
    return _as_csv(rows), left_out


def checked_table(file: str) -> tuple[str, Rows]:
    """The table that a user's file is of, by its fields, and its rows.

    Raises
    ------
    ScenarioError
        With every fault of the file, or that it is of no table.
    """
    try:
        sheet = sheet_of_text(text_of(read_bytes(Path(file), MAX_BYTES)))
    except ValueError as refusal:
        raise ScenarioError(file, [Fault(file, 0, "", str(refusal))]) from None
    header = in_small(sheet.header)
    sheet = replace(sheet, header=header)
    fields = sheet.column("field") if "field" in header else fields_in(header, _all_fields())
    names = next((set(sheet.column(name)) for name in NAME_COLUMNS if name in header), set())
    scores = {}
    for table in OVERLAID_TABLES:
        shipped = shipped_rows(table)
        scores[table] = len({f for _, f in shipped} & set(fields)) + len({n for n, _ in shipped} & names)
    table = max(scores, key=lambda name: scores[name])
    if not scores[table] or not names:
        rule = (
            "is of no table of the catalogue: it has a column name, and field and value or fields themselves"
            "; a series is checked with the scenario that names it"
        )
        raise ScenarioError(file, [Fault(file, 1, "", rule)])
    return table, _checked(file, table, is_import=False)[1]


def rows_of_table(file: str) -> tuple[str, Rows]:
    """A table of this or another release, or of a user, in either form, and its rows, to hold against others.

    A file with one row per value is of the table that its name says, and its fields may be others than
    those shipped now.

    Raises
    ------
    ScenarioError
        With every fault of the file, or that it is of no table.
    """
    path = Path(file)
    try:
        data = read_bytes(path, MAX_BYTES)
    except ValueError as refusal:
        raise ScenarioError(file, [Fault(file, 0, "", str(refusal))]) from None
    if not data.decode("utf-8-sig", "replace").startswith(",".join(COLUMNS[:3])):
        return checked_table(file)
    rows, faults = read_rows(data, file=file, table=path.stem)
    if faults:
        raise ScenarioError(file, sorted(faults))
    return path.stem, rows


def _all_fields() -> Mapping[tuple[str, str], object]:
    return {key: value for table in OVERLAID_TABLES for key, value in shipped_rows(table).items()}


def _checked(file: str, table: str, *, is_import: bool) -> tuple[bytes, Rows]:
    if table not in OVERLAID_TABLES:
        hint = did_you_mean(table, OVERLAID_TABLES)
        raise ScenarioError(
            file, [Fault(file, 0, "", f"the catalogue has no table {table} to lay it over{hint}")]
        )
    try:
        data = read_bytes(Path(file), MAX_BYTES)
    except ValueError as refusal:
        raise ScenarioError(file, [Fault(file, 0, table, str(refusal))]) from None
    shipped = shipped_rows(table)
    rows, faults = read_table(data, file=file, table=table, shipped=shipped, is_import=is_import)
    faults = faults + overlay_faults(table, rows, shipped)
    if faults:
        raise ScenarioError(file, sorted(faults))
    return data, rows


def _as_csv(rows: Rows) -> str:
    """Rows in the form of the catalogue's files."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for (name, field), value in rows.items():
        cells = [getattr(value, column) for column in COLUMNS[2:]]
        writer.writerow([name, field, *("" if cell is None else _written(cell) for cell in cells)])
    return stream.getvalue()


def _written(cell: float | str) -> str:
    return f"{cell:.12g}" if isinstance(cell, float) else cell
