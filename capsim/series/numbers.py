"""Numbers of a column, as spreadsheets of several languages write them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from capsim.units import Array

MISSING = frozenset(
    {"", "-", "--", "–", "n/e", "n/a", "na", "nan", "null", "none", "nd", "n.a.", "-9999", "-9999.0"}
)
"""What stands for no value, in small letters."""
_BLANKS = str.maketrans("", "", " \u00a0\u202f'’")
_DECIMAL_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d*)(,\d+)?(e[+-]?\d+)?", re.IGNORECASE)
_DECIMAL_POINT = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d*)(\.\d*)?(e[+-]?\d+)?", re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+")


def numbers_of(cells: Sequence[str], lines: Sequence[int], name: str, separator: str) -> Array:
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

    Returns
    -------
    numbers : ndarray of float64

    Raises
    ------
    ValueError
        With the line of the first cell that is neither a number nor empty.

    Examples
    --------
    >>> numbers_of(["1.234,5", "-", "7"], [2, 3, 4], "price", ";")
    array([1234.5,    nan,    7. ])
    """
    values = np.empty(len(cells))
    with_comma = None
    for i, cell in enumerate(cells):
        try:
            values[i] = float(cell) if "_" not in cell and "," not in cell else _comma(cell)
        except ValueError:
            if with_comma is None:
                with_comma = _is_decimal_comma(cells, separator)
            values[i] = _number(cell, lines[i], name, with_comma=with_comma)
    # a column that was read with points up to its first comma is read with commas from the start
    if with_comma and any("." in cell for cell in cells):
        values = np.array([_number(c, n, name, with_comma=True) for c, n in zip(cells, lines, strict=True)])
    endless = np.flatnonzero(np.isinf(values))
    if endless.size:
        raise ValueError(f"line {lines[int(endless[0])]}: {name} is not a number (got {cells[endless[0]]})")
    return values


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
