"""Values of inputs that changed, in few digits and in the unit that is shown, beside each other."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from capsim.report.changed_titles import YEAR, changed_title, is_year
from capsim.scenario import unit_by_name
from capsim.units import MEGA
from capsim.vocabulary import input_scale, input_unit

DIGITS, LARGE = 4, MEGA
"""Significant digits of an input, and the size from which it is in millions of its unit."""
EXACT_DIGITS = 10
"""Most significant digits of an input, for two that differ in their last ones."""
NO_VALUE = "none"
"""What stands for a value that a scenario does not have."""
_ENDS = re.compile(
    r"\{dist: .*\blow: (?P<low>[^,}]+).*\bhigh: (?P<high>[^,}]+)\}"
    r"|\((?P<least>\S+) \.\. (?P<most>\S+)\)"
)
"""Ends of a range, as a scenario and as the catalogue have them."""


class InputCells(NamedTuple):
    """An input and values of it."""

    title: str
    unit: str
    """Unit of all cells; empty where they have none."""
    cells: list[str]
    scale: float
    """What a value is multiplied with to be in that unit."""


def input_cells(path: str, texts: Sequence[str | None], money_unit: str, unit: str = "") -> InputCells:
    """An input as people call it, and values of it as they are shown, all in one unit.

    Parameters
    ----------
    path : str
        Dotted path.
    texts : sequence of str or None
        Values as a file or the catalogue has them; None where there is none.
    money_unit : str
        Unit of money.
    unit : str
        Unit of the values; that of the path's last name where empty.

    Examples
    --------
    >>> input_cells("finance.wacc_real", ["0.065", "0.09"], "EUR2025")
    InputCells(title='Cost of capital, real', unit='%/y', cells=['6.5', '9'], scale=100.0)
    >>> input_cells("finance.wacc_real", ["{dist: uniform, low: 0.05, high: 0.08}", None], "EUR2025").cells
    ['5 to 8', 'none']
    """
    unit = unit or unit_by_name(path)
    title, known, scale = changed_title(path), input_unit(unit, money_unit), input_scale(unit)
    if any(text and text.startswith("{") and not _range_in(text) for text in texts):
        # shown as the file has it, and so is its unit
        known, scale = (unit if scale != 1.0 else known), 1.0
    number: Callable[[float], str] = _year
    if is_year(path, unit):
        known = ""
    else:
        read = [one for one in map(_Number.read, texts) if one]
        # a number alone says nothing of its unit, so millions need one to stand before
        is_large = known not in ("", YEAR) and any(abs(one.value * scale) >= LARGE for one in read)
        known, scale = (f"m {known}", scale / MEGA) if is_large else (known, scale)
        number = _number_apart([one.value * scale for one in read])
    cells = [NO_VALUE if text is None else _value(text, scale, number) for text in texts]
    return InputCells(title, known, cells, scale)


class _Number(NamedTuple):
    """A number as a file or the catalogue has it, with the ends of its range, if any."""

    value: float
    ends: tuple[float, ...]

    @staticmethod
    def read(text: str | None) -> _Number | None:
        """None for a text."""
        first, _, rest = (text or "").partition(" ")
        try:
            value = float(first)
        except ValueError:
            return None
        ends = _ENDS.search(rest)
        if ends is None:
            return _Number(value, ())
        return _Number(value, (float(ends["low"] or ends["least"]), float(ends["high"] or ends["most"])))


def _value(text: str, scale: float, number: Callable[[float], str]) -> str:
    """A value as a file or the catalogue has it, with the ends of its range and without its unit."""
    read = _Number.read(text)
    if read is None:
        # a range without its central estimate, as a file has it
        return " to ".join(number(end * scale) for end in _range_in(text)) or text
    ends = [number(end * scale) for end in read.ends]
    return number(read.value * scale) + (f" ({' to '.join(ends)})" if ends else "")


def _range_in(text: str) -> tuple[float, ...]:
    """Ends of a range alone; empty where a text is none, or one of dates."""
    ends = _ENDS.match(text)
    try:
        return () if ends is None else (float(ends["low"]), float(ends["high"]))
    except ValueError:
        return ()


def _year(value: float) -> str:
    return f"{value:g}"


def _number_apart(values: Sequence[float]) -> Callable[[float], str]:
    """How numbers are written: in so many digits that two that differ look it.

    Examples
    --------
    >>> number = _number_apart([4.393398, 0.0])
    >>> number(4.393398), number(22_300_000.0), number(0.0625)
    ('4.393', '22,300,000', '0.0625')
    >>> _number_apart([61.00001, 61.00002])(61.00002)
    '61.00002'
    """
    for digits in range(DIGITS, EXACT_DIGITS + 1):
        if len({written(value, digits) for value in values}) == len(set(values)):
            return lambda value: written(value, digits)
    return lambda value: written(value, EXACT_DIGITS)


def written(value: float, digits: int = DIGITS) -> str:
    """A number in so many significant digits, whole ones in full, without zeros at the end."""
    if not math.isfinite(value):
        return f"{value:g}"
    if value == round(value):
        return f"{value:,.0f}"
    # what is left of the point stands in full
    left = math.floor(math.log10(abs(value))) + 1
    text = f"{value:,.{max(digits - left, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
