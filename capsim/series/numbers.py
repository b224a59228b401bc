"""Numbers of a column, as spreadsheets of several languages write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from capsim.units import Array

MISSING = frozenset(
    {"", "-", "--", "–", "n/e", "n/a", "na", "nan", "null", "none", "nd", "n.a.", "-9999", "-9999.0"}
)
"""What stands for no value, in small letters."""
_BLANKS = str.maketrans("", "", " \u00a0\u202f'’")
_DECIMAL_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d*)(,\d+)?(e[+-]?\d+)?", re.IGNORECASE)
_DECIMAL_POINT = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d*)(\.\d*)?(e[+-]?\d+)?", re.IGNORECASE)
_POINTED = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
_SURE = re.compile(
    r"[+-]?(?:\d+(?P<a>[.,])(?:\d{1,2}|\d{4,})|\d{1,3}(?:\.\d{3})+(?P<b>,)\d+|\d{1,3}(?:,\d{3})+(?P<c>\.)\d+)"
)
"""Numbers whose decimal mark is beyond doubt."""
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+")


class TwoReadingsError(ValueError):
    """A column whose points may stand before decimals or between thousands."""


def numbers_of(
    cells: Sequence[str], lines: Sequence[int], name: str, separator: str, decimal: str = ""
) -> Array:
    """Numbers of a column; NaN where there is no value.

    Parameters
    ----------
    cells : sequence of str
        The column.
    lines : sequence of int
        Line of each cell, for messages.
    name : str
        Name of the column, for messages.
    separator : str
        What stands between the columns: where it is no comma, a comma is taken for the decimal mark.
    decimal : str
        The decimal mark, where it is known: a comma or a point.

    Returns
    -------
    numbers : ndarray of float64

    Raises
    ------
    TwoReadingsError
        Where all numbers with a point are such as 1.000, a thousand or one, and no comma separates columns.
    ValueError
        With the line of the first cell that is neither a number nor empty.

    Examples
    --------
    >>> numbers_of(["1.234,5", "-", "7"], [2, 3, 4], "price", ";")
    array([1234.5,    nan,    7. ])
    """
    mark = decimal or _mark_of_points(cells, lines, name, separator)
    with_comma = {",": True, ".": False}.get(mark)
    values = np.empty(len(cells))
    for i, cell in enumerate(cells):
        try:
            is_plain = "_" not in cell and "," not in cell and not with_comma
            values[i] = float(cell) if is_plain else _comma(cell)
        except ValueError:
            if with_comma is None:
                with_comma = _is_decimal_comma(cells, separator)
            values[i] = _number(cell, lines[i], name, with_comma=with_comma)
    # a column that was read with points up to its first comma is read with commas from the start
    if with_comma and not mark and any("." in cell for cell in cells):
        values = np.array([_number(c, n, name, with_comma=True) for c, n in zip(cells, lines, strict=True)])
    endless = np.flatnonzero(np.isinf(values))
    if endless.size:
        raise ValueError(f"line {lines[int(endless[0])]}: {name} is not a number (got {cells[endless[0]]})")
    return values


def mark_in(cells: Iterable[str]) -> str:
    """The decimal mark that some cells show beyond doubt; empty where none or both do.

    Examples
    --------
    >>> mark_in(["Paris", "12,5", "1.000"]), mark_in(["1.000"]), mark_in(["1.5", "2,5"])
    (',', '', '')
    """
    marks = {found[found.lastgroup or 0] for cell in cells if (found := _SURE.fullmatch(cell))}
    return marks.pop() if len(marks) == 1 else ""


def _mark_of_points(cells: Sequence[str], lines: Sequence[int], name: str, separator: str) -> str:
    """A comma where points stand between thousands beyond doubt; empty where nothing has to be told."""
    if separator in ("", ","):
        return ""
    pointed = [i for i, cell in enumerate(cells) if "." in cell]
    plain = (cells[i].strip().translate(_BLANKS) for i in pointed)
    if not pointed or not all(map(_POINTED.fullmatch, plain)) or any("," in cell for cell in cells):
        return ""
    if any(cells[i].count(".") > 1 for i in pointed):
        return ","
    cell = cells[pointed[0]].strip()
    one, other = _number(cell, 0, name, with_comma=True), _number(cell, 0, name, with_comma=False)
    way = "write it without the point, or with other than three decimals"
    raise TwoReadingsError(
        f"line {lines[pointed[0]]}: {name} {cell} can be {one:.15g} or {other:.15g}; {way}"
    )


def _comma(cell: str) -> float:
    """What has a comma is read by how its column writes numbers."""
    raise ValueError(cell)


def _is_decimal_comma(cells: Sequence[str], separator: str) -> bool:
    """Whether the numbers of a column have a comma for their decimal mark."""
    both = next((cell for cell in cells if "," in cell and "." in cell), None)
    if both is not None:
        return both.rfind(",") > both.rfind(".")
    commas = [cell.translate(_BLANKS) for cell in cells if "," in cell]
    return bool(commas) and (separator != "," or not all(map(_THOUSANDS.fullmatch, commas)))


def _number(cell: str, line: int, name: str, *, with_comma: bool) -> float:
    """A number; NaN where there is no value."""
    written = cell.strip().translate(_BLANKS).replace("−", "-")
    if written.lower() in MISSING:
        return float("nan")
    form = _DECIMAL_COMMA if with_comma else _DECIMAL_POINT
    if form.fullmatch(written):
        plain = written.replace(".", "").replace(",", ".") if with_comma else written.replace(",", "")
        try:
            return float(plain)
        except ValueError:
            pass
    raise ValueError(f"line {line}: {name} is not a number (got {cell.strip()[:40]})")
