"""A file as rows under a header: whatever separates its columns, in text or Parquet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from capsim.errors import STEERING, shown
from capsim.registry import did_you_mean
from capsim.series.files import read_bytes

SEPARATORS = ";\t|,"
"""What may stand between columns."""
_LOOKED_AT = 60
"""Lines by which separator and header are told."""
_EVEN = 0.9
"""Share of them, all but one of a few, that have a separator equally often."""
_QUOTED = re.compile(r'"[^"]*"')
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*")
_ENCODINGS = ("utf-8-sig", "cp1252")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_PARQUET = b"PAR1"
_ZIP = b"PK\x03\x04"
"""How an .xlsx, an .ods and every other archive begins."""


@dataclass(frozen=True)
class Sheet:
    """Rows of text under a header, each with its line in the file."""

    header: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    """Line of each row in the file; its number from 1 where the file has no lines."""
    separator: str
    """What stands between columns; empty where the file is no text."""

    def column(self, name: str) -> list[str]:
        """Cells of a column; a row that ends before it has an empty one. ValueError where there is none."""
        if name not in self.header:
            hint = did_you_mean(name, self.header)
            raise ValueError(f"has no column {name}{hint}; it has {', '.join(self.header)}")
        place = self.header.index(name)
        return [row[place].strip() if place < len(row) else "" for row in self.rows]

    def first(self, name: str) -> str:
        """First cell of a column that is not empty; empty where there is none."""
        return next((cell for cell in self.column(name) if cell), "")

    def only(self, kept: list[int]) -> Sheet:
        """The sheet with some of its rows."""
        return Sheet(self.header, [self.rows[i] for i in kept], [self.lines[i] for i in kept], self.separator)


def read_sheet(path: str, *, skip: int = 0) -> Sheet:
    """Rows of a CSV or Parquet file.

    Parameters
    ----------
    path : str
        The file: text in UTF-8, UTF-16 or Windows' Western encoding, or Parquet.
    skip : int
        Lines before the header.

    Returns
    -------
    sheet : Sheet
        Without empty rows.

    Raises
    ------
    ValueError
        In words: a file that cannot be read, or has no header or no rows.
    """
    data = read_bytes(Path(path))
    if data[:4] == _PARQUET:
        return _parquet(data)
    return sheet_of_text(text_of(data), skip=skip)


def text_of(data: bytes) -> str:
    """Text of a file, whatever a spreadsheet has encoded it in."""
    if data[:4] == _ZIP:
        raise ValueError("is a workbook or an archive; save the sheet that is meant as CSV")
    if data[:2] in _UTF16:
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise ValueError("is not UTF-8 text") from None
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return _showable(text)
    raise ValueError("is not UTF-8 text")


def _showable(text: str) -> str:
    """A text whose cells can be shown; ValueError says where one steers a terminal instead."""
    steering = STEERING.search(text.replace("\r", ""))
    if steering:
        line = text.count("\n", 0, steering.start()) + 1
        raise ValueError(f"has a character of control ({shown(steering[0])}) near line {line}")
    return text


def sheet_of_text(text: str, *, skip: int = 0) -> Sheet:
    """Rows of text; lines before the header that start with # are left out."""
    lines = text.splitlines()
    start = skip
    while start < len(lines) and (not lines[start].strip() or lines[start].lstrip().startswith("#")):
        start += 1
    if start >= len(lines):
        raise ValueError("has no rows")
    separator = _separator(lines[start : start + _LOOKED_AT])
    start += 0 if skip else _before_header(lines[start : start + _LOOKED_AT], separator)
    cells = csv.reader(io.StringIO("\n".join(lines[start:])), delimiter=separator)
    rows, at = [], []
    before = start
    try:
        for row in cells:
            if any(cell.strip() for cell in row):
                rows.append(row)
                at.append(before + 1)
            before = start + cells.line_num
    except csv.Error as error:
        raise ValueError(f"is not readable as rows of text: {error}") from None
    return _under_header(rows, at, separator)


def _separator(lines: Sequence[str]) -> str:
    """What stands between columns: what rows have as often as the header, not what it alone has in a name.

    What stands in quotes is a name, as "BZN|FR".
    """
    outside = [_QUOTED.sub("", line) for line in lines if line.strip()]
    counts = {mark: [line.count(mark) for line in outside] for mark in SEPARATORS}
    usual = {mark: max(found, key=found.count) for mark, found in counts.items()}
    least = min(_EVEN * len(outside), len(outside) - 1)
    even = [mark for mark in SEPARATORS if usual[mark] and counts[mark].count(usual[mark]) >= least]
    # of the first two lines one may say what the file is of
    at_once = [mark for mark in even if counts[mark][:2] == [usual[mark]] * len(counts[mark][:2])]
    in_header = [mark for mark in SEPARATORS if mark in outside[0]]
    likely = at_once or even or in_header or [","]
    return likely[0] if likely[0] in ";\t" else max(likely, key=lambda mark: usual[mark])


def _before_header(lines: Sequence[str], separator: str) -> int:
    """Lines before the header that say what the file is of: with fewer columns than it and the rows.

    Where what comes next has numbers it is a row, and the first line is the header.
    """
    rows = [[cell.strip(' "') for cell in _QUOTED.sub("x", line).split(separator)] for line in lines]
    widths = [len(row) for row in rows]
    usual = max(widths, key=widths.count)
    first = next((i for i, row in enumerate(rows) if len(row) == usual and sum(map(bool, row)) > 1), 0)
    return 0 if usual == 1 or any(map(_NUMBER.fullmatch, rows[first])) else first


def _under_header(rows: list[list[str]], at: list[int], separator: str) -> Sheet:
    """Rows under the first of them."""
    header = tuple(cell.strip() for cell in rows[0])
    named = [name for name in header if name]
    for name in named:
        if named.count(name) > 1:
            raise ValueError(f"line {at[0]}: column {name} is given more than once")
    if len(rows) < 2:
        raise ValueError(f"line {at[0]}: there are no rows under the header")
    return Sheet(header, rows[1:], at[1:], separator)


def _parquet(data: bytes) -> Sheet:
    """Columns of a Parquet file as text; time stamps with a zone keep it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(io.BytesIO(data))
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"is not readable as Parquet: {error}") from None
    columns = [[_written(value) for value in column.to_pylist()] for column in table.columns]
    rows = [list(row) for row in zip(*columns, strict=True)]
    if not rows:
        raise ValueError("has no rows")
    return Sheet(tuple(table.column_names), rows, list(range(1, len(rows) + 1)), "")


def _written(value: object) -> str:
    """A value of a Parquet file as text."""
    is_day = hasattr(value, "isoformat")
    return "" if value is None else value.isoformat() if is_day else str(value)  # type: ignore[attr-defined]
