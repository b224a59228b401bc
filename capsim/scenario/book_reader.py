"""A workbook of inputs as the tree of a scenario, each value at its cell. Only user of openpyxl.

openpyxl comes with the extra `xlsx`, and is imported when a workbook is read.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from capsim.errors import CELL_MARK, ScenarioError
from capsim.language.reader import parse_scalar, parse_tree, unreadable
from capsim.language.tree import Faults, Node, Place, moved, scalar_text
from capsim.reach import OUTSIDE, is_out_of_reach
from capsim.registry import did_you_mean
from capsim.scenario.book_sheets import (
    BOOK_COLUMNS,
    BOOK_DISTRIBUTIONS,
    DEFAULTS,
    FIELDS,
    INPUTS,
    NAMES,
    OVERRIDE,
    OVERRIDES,
    READ_ME,
)

MAX_BYTES = 100_000_000
"""Largest workbook that is read, unpacked. [bytes]"""
MAX_ROWS = 20_000
"""Most rows of a sheet that are read."""
INPUT_SHEETS = (INPUTS, OVERRIDES)
_AT_DAMAGE = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RuntimeError)
"""What openpyxl raises at damaged files, beside what its own readers of parts raise."""
_PATH, _VALUE, _LOW, _HIGH, _DISTRIBUTION, _UNIT, _SOURCE, _CONFIDENCE, _NOTES = BOOK_COLUMNS


@dataclass(frozen=True)
class Cell:
    """A cell of a row that is not empty."""

    value: Any
    place: Place
    is_error: bool
    """Whether the spreadsheet shows an error in it, such as #REF!."""


Row = Mapping[str, Cell]
"""Cells of a row by their columns."""


@dataclass(frozen=True)
class StatedUnit:
    """The unit that a workbook states of a value, to be held against that of the field."""

    path: str
    unit: str
    value: Any
    place: Place


@dataclass(frozen=True)
class Book:
    """What a workbook says: values by their dotted paths, and units it states."""

    values: list[tuple[str, Node]]
    overrides: Node | None
    """Named overrides, as a file would have them; None where there are none."""
    units: list[StatedUnit]


def read_book(file: str, layer: str, faults: Faults) -> Book:
    """Read the sheets of a workbook.

    Raises
    ------
    ScenarioError
        If the file is no workbook that can be read; lesser faults go to `faults`, each at its cell.
    """
    rows = _rows_of(file, layer)
    of_values = list(_with_path(rows[INPUTS], faults))
    of_overrides = list(_with_path(rows[OVERRIDES], faults))
    values = [(_dotted(row), _noted(row, faults)) for row in of_values]
    units = [_unit(row) for row in (*of_values, *of_overrides) if _UNIT in row]
    return Book(values, _overrides(of_overrides, faults), units)


def _dotted(row: Row) -> str:
    return str(row[_PATH].value).strip()


def _unit(row: Row) -> StatedUnit:
    value = row[_VALUE].value if _VALUE in row else ""
    return StatedUnit(_dotted(row), str(row[_UNIT].value).strip(), value, row[_UNIT].place)


def _overrides(rows: Sequence[Row], faults: Faults) -> Node | None:
    named: dict[str, Node] = {}
    for row in rows:
        if OVERRIDE not in row:
            faults.add(row[_PATH].place, (), "a row of overrides needs the name of one", _dotted(row))
            continue
        place, name, dotted = row[OVERRIDE].place, str(row[OVERRIDE].value).strip(), _dotted(row)
        changes = named.setdefault(name, Node({}, place)).value
        if dotted in changes:
            rule = f"given twice in override {name}; first at {changes[dotted].place}"
            faults.add(row[_PATH].place, (dotted,), rule)
        changes[dotted] = _noted(row, faults)
    return Node(named, next(iter(named.values())).place) if named else None


def _with_path(rows: Sequence[Row], faults: Faults) -> Iterator[Row]:
    """Rows that name a value; a row of notes alone is a heading."""
    for row in rows:
        if _PATH in row:
            yield row
        elif row.keys() - {_NOTES}:
            first = next(iter(row.values()))
            faults.add(first.place, (), "a row needs a path, such as sites.paris.country", str(first.value))


def _noted(row: Row, faults: Faults) -> Node:
    """The value of a row with its source and confidence, as a file would have it."""
    node = _valued(row, faults)
    notes = {name: _text(row[name]) for name in (_SOURCE, _CONFIDENCE) if name in row}
    if not notes:
        return node
    if isinstance(node.value, dict):
        return Node({**node.value, **notes}, node.place)
    return Node({"value": node, **notes}, node.place)


def _valued(row: Row, faults: Faults) -> Node:
    """The value of a row; with its range where it has one. An empty cell is null."""
    path = _dotted(row)
    cells = {name: _node(row[name], path, faults) for name in (_VALUE, _LOW, _HIGH) if name in row}
    value = cells.get(_VALUE) or Node(None, _beside(row[_PATH].place, row))
    ends = {name: cells[name] for name in (_LOW, _HIGH) if name in cells}
    if _DISTRIBUTION not in row:
        for end in ends.values():
            names = ", ".join(BOOK_DISTRIBUTIONS)
            faults.add(end.place, (path,), f"a range needs a distribution: {names}", end.text)
        return value
    name = _text(row[_DISTRIBUTION])
    if name.value not in BOOK_DISTRIBUTIONS:
        hint = did_you_mean(str(name.value), BOOK_DISTRIBUTIONS)
        rule = f"must be one of {', '.join(BOOK_DISTRIBUTIONS)}; others stand in the cell of the value{hint}"
        faults.add(name.place, (path,), rule, name.text)
        return value
    centre = BOOK_DISTRIBUTIONS[name.value]
    if not centre and _VALUE in cells:
        faults.add(
            value.place, (path,), "a uniform value has its ends alone; leave the value empty", value.text
        )
    between = {centre: value} if centre and _VALUE in cells else {}
    return Node({"dist": name, **ends, **between}, name.place)


def _beside(place: Place, row: Row) -> Place:
    """Place of a value that is not there: its row."""
    return row[_VALUE].place if _VALUE in row else place


def _text(cell: Cell) -> Node:
    text = scalar_text(cell.value).strip()
    return Node(text, cell.place, text)


def _node(cell: Cell, path: str, faults: Faults) -> Node:
    """The value of a cell: what the spreadsheet holds, and text as a scenario file has it."""
    value, place = cell.value, cell.place
    if cell.is_error:
        faults.add(place, (path,), "the cell shows an error", str(value))
        return Node(None, place)
    if isinstance(value, datetime) and value.time() == time(0):
        value = value.date()
    if isinstance(value, str):
        return _parsed(value.strip(), place, path, faults)
    if not isinstance(value, (bool, int, float)) and type(value) is not date:
        rule = "is a time of day to the spreadsheet; format the cell as a number or a date"
        faults.add(place, (path,), rule, str(value))
        return Node(None, place)
    return Node(value, place, scalar_text(value))


def _parsed(text: str, place: Place, path: str, faults: Faults) -> Node:
    """Text of a cell: in brackets, braces or quotes as a scenario file has it, else a plain scalar."""
    if text[:1] not in ("[", "{", '"', "'"):
        try:
            return Node(parse_scalar(text), place, text)
        except ValueError as error:
            faults.add(place, (path,), str(error), text)
            return Node(None, place, text)
    inside = Faults()
    try:
        return moved(parse_tree(text, place.file, place.layer, inside), lambda _: place)
    except ScenarioError as error:
        inside.found += error.faults
        return Node(None, place, text)
    finally:
        for fault in inside.found:
            faults.add(place, (path,), fault.rule, fault.value or text)


def _rows_of(file: str, layer: str) -> dict[str, list[Row]]:
    """The rows of the sheets that are read, by the names of their columns."""
    values = sheets_of(file, INPUT_SHEETS)
    unknown = [(name, did_you_mean(name, (INPUTS, OVERRIDES))) for name in values if name not in _KNOWN]
    if INPUTS not in values:
        raise unreadable(file, 0, f"has no sheet {INPUTS}; its sheets are {', '.join(values)}")
    for name, hint in unknown:
        if hint:
            raise unreadable(f"{file}{CELL_MARK}{name}", 0, f"is a sheet that is not read{hint}")
    _refuse_unworked(file, sheets_of(file, INPUT_SHEETS, with_formulas=True), values)
    read = {}
    for sheet, known in ((INPUTS, BOOK_COLUMNS), (OVERRIDES, (OVERRIDE, *BOOK_COLUMNS))):
        cells = values.get(sheet, [])
        if len(cells) > MAX_ROWS:
            raise unreadable(f"{file}{CELL_MARK}{sheet}", 0, f"has more than {MAX_ROWS} rows")
        read[sheet] = _named(cells, f"{file}{CELL_MARK}{sheet}", layer, known)
    return read


_KNOWN = (INPUTS, OVERRIDES, READ_ME, DEFAULTS, FIELDS, NAMES)
"""Sheets of a template."""


def _refuse_unworked(
    file: str, formulas: Mapping[str, list[list[Any]]], values: Mapping[str, list[list[Any]]]
) -> None:
    """Refuse formulas that no spreadsheet program has worked yet: their cells look empty."""
    for sheet in (INPUTS, OVERRIDES):
        for number, row in enumerate(formulas.get(sheet, []), 1):
            for column, cell in enumerate(row):
                worked = values[sheet][number - 1][column] if number <= len(values[sheet]) else None
                if cell.data_type == "f" and (worked is None or worked.value is None):
                    place = _column_of(f"{file}{CELL_MARK}{sheet}", column)
                    rule = "is a formula without a value; open and save the file in a spreadsheet program"
                    raise unreadable(place, number, rule, str(cell.value))


def _named(cells: list[list[Any]], sheet: str, layer: str, known: Sequence[str]) -> list[Row]:
    """Rows below the header, by its names; the header is the first row."""
    header = [str(cell.value or "").strip().lower() for cell in (cells[0] if cells else [])]
    faults = Faults()
    for column, name in enumerate(header):
        place = Place(_column_of(sheet, column), 1, layer)
        if name and name not in known:
            faults.add(place, (), f"unknown column{did_you_mean(name, known)}", name)
        elif name and header.count(name) > 1:
            faults.add(place, (), "column given twice", name)
    if cells and not {_PATH, _VALUE} <= set(header):
        faults.add(Place(sheet, 0, layer), (), f"needs the columns {_PATH} and {_VALUE} in its first row")
    faults.stop(sheet.partition(CELL_MARK)[0])
    rows: list[Row] = []
    for number, row in enumerate(cells[1:], 2):
        named: dict[str, Cell] = {}
        for column, cell in enumerate(row):
            if cell.value is None or (isinstance(cell.value, str) and not cell.value.strip()):
                continue
            place = Place(_column_of(sheet, column), number, layer)
            name = header[column] if column < len(header) else ""
            if not name:
                raise unreadable(place.file, number, "stands under no heading", str(cell.value))
            named[name] = Cell(cell.value, place, cell.data_type == "e")
        rows.append(named)
    return rows


def _column_of(sheet: str, column: int) -> str:
    """A column of a sheet, which with a row is a cell."""
    from openpyxl.utils import get_column_letter

    return f"{sheet}{CELL_MARK}{get_column_letter(column + 1)}"


def sheets_of(
    file: str, names: Collection[str] | None = None, *, with_formulas: bool = False
) -> dict[str, list[list[Any]]]:
    """The cells of all sheets, row by row; of those that are not named, where some are, none."""
    # what reads workbooks takes longer to import than a scenario to load
    import zipfile
    from struct import error as struct_error
    from xml.etree.ElementTree import ParseError
    from zlib import error as zlib_error

    try:
        import openpyxl
    except ImportError:
        raise unreadable(file, 0, "a workbook is read with openpyxl: pip install 'capsim[xlsx]'") from None
    damaged = (zipfile.BadZipFile, zlib_error, struct_error, ParseError, EOFError, *_AT_DAMAGE)
    if is_out_of_reach(file):
        raise unreadable(file, 0, OUTSIDE)
    try:
        with zipfile.ZipFile(file) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > MAX_BYTES:
            raise unreadable(file, 0, f"larger than {MAX_BYTES} bytes unpacked", f"{unpacked} bytes")
        with warnings.catch_warnings():
            # of what spreadsheets add and openpyxl does not know, none of it values
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(file, read_only=True, data_only=not with_formulas)
            try:
                return {
                    sheet.title: _cells(sheet) if names is None or sheet.title in names else []
                    for sheet in book.worksheets
                }
            finally:
                book.close()
    except OSError as error:
        raise unreadable(file, 0, f"cannot be read: {(error.strerror or str(error)).lower()}") from None
    except damaged as error:
        raise unreadable(file, 0, f"is no workbook that can be read: {error}") from None


def _cells(sheet: Any) -> list[list[Any]]:
    # some programs state dimensions that are not those of the sheet
    sheet.reset_dimensions()
    return [list(row) for row, _ in zip(sheet.iter_rows(), range(MAX_ROWS + 1), strict=False)]
