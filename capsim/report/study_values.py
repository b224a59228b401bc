"""Values of studies as a reader wants them: to four digits, and dates as days."""

from __future__ import annotations

from datetime import date
from typing import Any

from capsim.projection import answered, rounded, scaled
from capsim.vocabulary import parse_figure

DIGITS = 4
"""Significant digits."""
SMALL = 1e-3
"""Size below which figures of studies are shown by their exponent."""


def number(value: Any) -> str:
    """A figure to four digits; whole above a thousand."""
    if not isinstance(value, (int, float)):
        return value.isoformat() if isinstance(value, date) else str(value)
    return rounded(float(value), DIGITS)


def read_as(figure: str, value: float) -> str:
    """A value of a figure in words: of a date the day, never where it has none."""
    asked = parse_figure(figure)
    return answered(asked, value, "") if asked.is_date else short(value)


def short(value: Any) -> str:
    """A figure to four digits, in millions or billions where it is that large; a date as it is."""
    if isinstance(value, float) and 0 < abs(value) < SMALL:
        return f"{value:.1e}"
    return scaled(float(value), DIGITS) if isinstance(value, (int, float)) else number(value)


def signed(value: float) -> str:
    """A difference with its sign."""
    return f"{'+' if value > 0 else ''}{short(value)}"
