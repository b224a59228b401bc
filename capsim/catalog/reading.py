"""Read a record table from CSV, one row per value, and collect every fault in it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import fields

from capsim.catalog.day_words import day_of_text
from capsim.catalog.records import Value
from capsim.errors import Fault
from capsim.magnitudes import magnitude_of, plain_number
from capsim.registry import did_you_mean

COLUMNS = ("name", "field", *(f.name for f in fields(Value) if f.name != "origin"))
"""Columns of a record table; a user's file may have them in any order."""
KINDS = ("published", "derived", "assumed")
"""What a value can be: printed in a source, computed from such values, or assumed."""
TEXT_UNITS = ("text", "date")
"""Units of values that are not numbers."""
MAX_BYTES = 10_000_000
"""Largest file that is read. [B]"""

Rows = dict[tuple[str, str], Value]
"""Values by record name and field, in file order."""

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")


def read_rows(data: bytes, *, file: str, table: str, lines: Sequence[int] = ()) -> tuple[Rows, list[Fault]]:
    """Values of a CSV file, and all that is wrong with it.

    Parameters
    ----------
    data : bytes
        The file's content, UTF-8 with or without a byte-order mark.
    file : str
        Name shown in faults and origins.
    table : str
        Table the rows belong to.
    lines : sequence of int, optional
        Line of the file that each line of `data` is, where `data` is a part of it without quoted breaks.

    Returns
    -------
    rows : dict of (str, str) to Value
        The rows without a fault.
    faults : list of Fault
        Every fault, in file order; a file that cannot be split into rows gives only the first.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return {}, [Fault(file, 0, table, "must be UTF-8 text")]
    if "\0" in text:
        return {}, [Fault(file, 0, table, "must be text, not a binary file")]
    reader = _Reader(file, table, lines)
    reader.read(text)
    return reader.rows, reader.faults


class _Reader:
    """The rows and faults of one file while it is read."""

    def __init__(self, file: str, table: str, lines: Sequence[int]) -> None:
        self.file = file
        self.table = table
        self._lines = lines
        self.rows: Rows = {}
        self.faults: list[Fault] = []
        self._first_line: dict[tuple[str, str], int] = {}
        self._line = 1

    def read(self, text: str) -> None:
        """Read all rows; stop at a header or a quote that makes the rest unreadable."""
        cells = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            header = next(cells, [])
            if not self._header_fits(header):
                return
            order = [header.index(column) for column in COLUMNS]
            self._line = self._at(cells.line_num)
            for row in cells:
                if any(row):
                    self._take(row, order)
                self._line = self._at(cells.line_num)
        except csv.Error as error:
            self._fault("", f"is not readable as CSV: {error}")

    def _at(self, lines_read: int) -> int:
        """Line of the file that comes next."""
        return self._lines[lines_read] if lines_read < len(self._lines) else lines_read + 1

    def _fault(self, path: str, rule: str, value: str = "") -> None:
        """Note a fault of the current line."""
        where = f"{self.table}.{path}" if path else self.table
        self.faults.append(Fault(self.file, self._line, where, rule, value))

    def _header_fits(self, header: list[str]) -> bool:
        """Whether the header has the columns, each once; note what is wrong with it."""
        before = len(self.faults)
        missing = [column for column in COLUMNS if column not in header]
        if missing:
            self._fault("", f"missing column{'s' * (len(missing) > 1)} {', '.join(missing)}")
        for column in dict.fromkeys(header):
            if column not in COLUMNS:
                self._fault("", f"unknown column{did_you_mean(column, missing)}", column)
            elif header.count(column) > 1:
                self._fault("", "column given more than once", column)
        return len(self.faults) == before

    def _take(self, row: list[str], order: list[int]) -> None:
        """Keep a row, or note what is wrong with it."""
        if len(row) != len(COLUMNS):
            self._fault("", f"a row must have {len(COLUMNS)} cells", str(len(row)))
            return
        name, field, *rest = [row[place] for place in order]
        before = len(self.faults)
        self._check_names(name, field)
        value = self._value(f"{name}.{field}", rest)
        if value is not None and len(self.faults) == before:
            self.rows[name, field] = value

    def _check_names(self, name: str, field: str) -> None:
        """Note a name that is no slug and a row that was there before."""
        for what, slug in (("name", name), ("field", field)):
            if not _SLUG.match(slug):
                rule = f"{what} must be lower-case letters, digits, hyphens and underscores"
                self._fault(f"{name}.{field}", rule, slug)
        first = self._first_line.setdefault((name, field), self._line)
        if first != self._line:
            self._fault(f"{name}.{field}", f"duplicate row; first given on line {first}")

    def _value(self, path: str, cells: list[str]) -> Value | None:
        """The value of a row, or None with its faults noted."""
        written, unit, low, high, kind, source, retrieved, confidence, note = cells
        if kind not in KINDS:
            self._fault(path, f"kind must be one of {', '.join(KINDS)}{did_you_mean(kind, KINDS)}", kind)
        elif kind != "assumed" and not source.strip():
            self._fault(path, f"source must not be empty where the kind is {kind}")
        if not unit:
            self._fault(path, "unit must not be empty; write 1 for a share or a count, text for words")
        value = (
            self._text(path, written, unit, low + high)
            if unit in TEXT_UNITS
            else self._number(path, written, unit)
        )
        ends = (None, None) if unit in TEXT_UNITS else self._range(path, value, unit, low, high)
        if value is None:
            return None
        origin = f"{self.file}:{self._line}"
        return Value(value, unit, *ends, kind, source, retrieved, confidence, note, origin)

    def _text(self, path: str, written: str, unit: str, ends: str) -> str:
        """A value that is not a number."""
        if not written.strip():
            self._fault(path, "value must not be empty; leave the row out where nothing is known")
        elif unit == "date":
            try:
                written = day_of_text(written).isoformat()
            except ValueError as refusal:
                self._fault(path, f"value {refusal}", written)
        if ends:
            self._fault(path, f"low and high must be empty where the unit is {unit}", ends)
        return written

    def _number(self, path: str, written: str, unit: str, what: str = "value") -> float | None:
        """A number of a size that its unit has, or None with a fault noted."""
        if not written:
            self._fault(path, f"{what} must not be empty; leave the row out where nothing is known")
            return None
        try:
            number = plain_number(written)
        except ValueError:
            self._fault(path, f"{what} must be a number", written)
            return None
        if too_far := magnitude_of(unit).fault(number):
            self._fault(path, f"{what} {too_far}", written)
            return None
        return number

    def _range(
        self, path: str, value: float | str | None, unit: str, low: str, high: str
    ) -> tuple[float | None, float | None]:
        """The ends of a value's range, checked to hold the value."""
        bottom = self._number(path, low, unit, "low") if low else None
        top = self._number(path, high, unit, "high") if high else None
        if isinstance(value, float):
            if bottom is not None and not bottom <= value:
                self._fault(path, f"low must be at most the value {value:g}", low)
            if top is not None and not top >= value:
                self._fault(path, f"high must be at least the value {value:g}", high)
        return bottom, top
