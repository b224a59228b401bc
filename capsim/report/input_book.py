"""A workbook of the inputs of a scenario, which every command that takes a scenario reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capsim.errors import CapsimError
from capsim.report.exact_numbers import Exact
from capsim.scenario import (
    BOOK_COLUMNS,
    BOOK_DISTRIBUTIONS,
    LONGEST_CELL,
    InputRow,
    Row,
    Scenario,
    default_rows,
    field_rows,
    input_rows,
)
from capsim.temporary import new_file

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

WIDTHS = {"path": 52, "value": 24, "low": 10, "high": 10, "distribution": 16, "unit": 16, "source": 44}
"""Widths of columns; others have `OTHER_WIDTH`. [characters]"""
OTHER_WIDTH = 14
NOTES_WIDTH = 90
CONFIDENCE = ("high", "medium", "low")
READ_ME = (
    "Inputs of a scenario for capsim: capsim run {file}, and every other command that takes a scenario.",
    "Sheet Scenario: a row for each value. Sheet Overrides: values under the name of an override.",
    "path: keys and ids with points between them, as capsim explain has them. A new id makes a new record.",
    "value: a number, a date, TRUE or FALSE, a name or text. A formula counts with the value that is shown.",
    "Lists, series and whole records are text as in a scenario file: {{file: prices.csv, unit: EUR/MWh}}.",
    "An empty value is not given: the default of the catalogue or the format holds.",
    "low, high, distribution: the range of an uncertain value, which is its mode (triangular) or median.",
    "unit: that of the field, in which the number is. Another unit is refused, with the number to write.",
    "source, confidence: where the value is from, and high, medium or low. notes: free, and not read.",
    "To look up: Defaults (what holds where nothing is said), Fields (all that may be said) and Names.",
    "Sheets of your own are not read either; cells of Scenario may point to them.",
)
"""What the sheet Read me says."""


def write_inputs(scenario: Scenario, path: Path) -> Path:
    """Write the inputs of a scenario as a workbook that is read as an equal scenario.

    Parameters
    ----------
    scenario : Scenario
        A loaded scenario.
    path : Path
        File to write; files that the scenario names are named from its folder.

    Returns
    -------
    path : Path
        The same.

    Raises
    ------
    CapsimError
        If the writer of workbooks is not installed, or a value is longer than a cell takes.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise CapsimError("a workbook is written with XlsxWriter: pip install 'capsim[xlsx]'") from None
    rows = input_rows(scenario, str(path.parent))
    too_long = [row.path for row in rows if isinstance(row.value, str) and len(row.value) > LONGEST_CELL]
    if too_long:
        raise CapsimError(f"{path}: {too_long[0]} has more than the {LONGEST_CELL} characters a cell takes")
    # whole or not at all: what was there stays as it is where a sheet cannot be made
    kept = BytesIO()
    as_text = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(kept, as_text | {"in_memory": True}) as book:
        book.set_properties({"title": scenario.title, "created": datetime.combine(scenario.start, time())})
        own = book.add_worksheet("Scenario")
        named = book.add_worksheet("Overrides")
        _inputs(book, own, BOOK_COLUMNS, [row for row in rows if not row.override])
        _inputs(book, named, ("override", *BOOK_COLUMNS), [row for row in rows if row.override])
        lines = [(line.format(file=path.name),) for line in READ_ME]
        _reference(book, "Read me", ("How to use this workbook",), lines, (120,))
        defaults = list(map(_default_cells, default_rows(scenario, rows)))
        headings = ("path", "value", "unit", "central", "source", "kind")
        _reference(book, "Defaults", headings, defaults, (52, 40, 16, 12, 70, 12))
        _reference(book, "Fields", ("path", "unit", "default", "meaning"), field_rows(), (60, 16, 50, 100))
        lists = _names(book, rows)
        _offer(own, [row for row in rows if not row.override], lists)
    with new_file(path) as unfinished:
        unfinished.write_bytes(kept.getvalue())
    return path


def _default_cells(row: Row) -> tuple[Any, ...]:
    return row.path, row.value[:LONGEST_CELL], row.unit, row.central, row.source, row.kind


def _inputs(book: Workbook, sheet: Worksheet, columns: Sequence[str], rows: Sequence[InputRow]) -> None:
    """A sheet that is read: what is to be filled in is coloured."""
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    given = book.add_format({"bg_color": "#FFF9E5"})
    given_day = book.add_format({"bg_color": "#FFF9E5", "num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, columns, bold)
    for number, row in enumerate(rows, 1):
        for column, name in enumerate(columns):
            value = getattr(row, name)
            is_given = name in ("value", "low", "high")
            _write(
                sheet, (number, column), value, given if is_given else None, given_day if is_given else day
            )
    for column, name in enumerate(columns):
        sheet.set_column(column, column, NOTES_WIDTH if name == "notes" else WIDTHS.get(name, OTHER_WIDTH))
    sheet.freeze_panes(1, columns.index("path") + 1)
    last = len(rows) + ROOM
    where = [columns.index("distribution"), columns.index("confidence")]
    for column, names in zip(where, (BOOK_DISTRIBUTIONS, CONFIDENCE), strict=True):
        sheet.data_validation(1, column, last, column, {"validate": "list", "source": list(names)})


ROOM = 500
"""Rows below the last that offer lists too."""


def _write(sheet: Worksheet, at: tuple[int, int], value: Any, plain: Any, day: Any) -> None:
    """A cell, with the format of a date where it is one; nothing in place of no text."""
    if value is None or value == "":
        sheet.write_blank(*at, None, plain)
    elif isinstance(value, bool):
        sheet.write_boolean(*at, value, plain)
    elif isinstance(value, date):
        sheet.write_datetime(*at, datetime.combine(value, time()), day)
    elif isinstance(value, (int, float)):
        sheet.write_number(*at, Exact(value), plain)
    else:
        sheet.write_string(*at, value, plain)


def _reference(
    book: Workbook, name: str, headings: Sequence[str], rows: Sequence[Sequence[Any]], widths: Sequence[int]
) -> None:
    """A sheet to look things up, which a spreadsheet program does not let one change by mistake."""
    sheet, bold = book.add_worksheet(name), book.add_format({"bold": True})
    sheet.write_row(0, 0, headings, bold)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            _write(sheet, (number, column), value, None, None)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 1)
    sheet.protect("", {"format_columns": True, "autofilter": True, "select_locked_cells": True})


def _names(book: Workbook, rows: Sequence[InputRow]) -> dict[tuple[str, ...], str]:
    """The sheet of names that values may be, a column for each list; and where each stands."""
    lists = list(dict.fromkeys(row.choices for row in rows if row.choices))
    sheet, bold = book.add_worksheet("Names"), book.add_format({"bold": True})
    places = {}
    for column, names in enumerate(lists):
        key = next(row.path.rpartition(".")[2] for row in rows if row.choices == names)
        sheet.write_string(0, column, key, bold)
        sheet.write_column(1, column, names)
        letters = _letters(column)
        places[names] = f"=Names!${letters}$2:${letters}${len(names) + 1}"
    sheet.set_column(0, len(lists), 28)
    sheet.protect()
    return places


def _letters(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


def _offer(sheet: Worksheet, rows: Sequence[InputRow], lists: dict[tuple[str, ...], str]) -> None:
    """Offer the names of a field; one of a table of the planner's own is taken too, after a question."""
    column = BOOK_COLUMNS.index("value")
    for number, row in enumerate(rows, 1):
        if row.choices:
            words = {"error_type": "warning", "error_message": "No name of the catalogue. Is it your own?"}
            sheet.data_validation(
                number, column, number, column, {"validate": "list", "source": lists[row.choices], **words}
            )
