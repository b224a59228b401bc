"""Days as people and spreadsheets write them, taken where they can be read in one way only."""

from __future__ import annotations

import re
from datetime import date

_YEAR_FIRST = re.compile(r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|(\d{2})(\d{2}))")
_DOTS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_EITHER = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4})")
_DAY_NAME = re.compile(r"(\d{1,2})\.?[ -]([a-z]{3,9})\.?,?[ -](\d{4})", re.IGNORECASE)
_NAME_DAY = re.compile(r"([a-z]{3,9})\.? (\d{1,2}),? (\d{4})", re.IGNORECASE)
_MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?Z?$")
_INCOMPLETE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])|[- ]?[QqTt][1-4]|-H[12])?( \(.+\))?")
_SERIAL = re.compile(r"[2-6]\d{4}(\.\d+)?")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_AS_IN = "must be a date as in 2026-01-31"


def day_of_text(text: str) -> date:
    """The day that a text is.

    Dots stand behind the day first, as they do wherever they are used; with strokes or hyphens day and month
    come in either order, so such a day is taken only where one of the two can be no month, or both are one.

    Raises
    ------
    ValueError
        In words, with what to write: what is no day, or may be two.

    Examples
    --------
    >>> day_of_text("2026-01-31") == day_of_text("31.01.2026") == day_of_text("01/31/2026")
    True
    >>> day_of_text("06/01/2025")
    Traceback (most recent call last):
        ...
    ValueError: may be 6 January or 1 June 2025: write 2025-01-06 or 2025-06-01
    """
    written = _MIDNIGHT.sub("", text.strip())
    days = [day for parts in _readings(written) if (day := _day(*parts)) is not None]
    if len(set(days)) == 1:
        return days[0]
    if days:
        first, second = days
        words = f"{first.day} {_MONTHS[first.month - 1].title()} or {second.day} "
        raise ValueError(
            f"may be {words}{_MONTHS[second.month - 1].title()} {first.year}: write {first} or {second}"
        )
    if _INCOMPLETE.fullmatch(written):
        raise ValueError(f"{_AS_IN}, with its month and day")
    if _SERIAL.fullmatch(written):
        raise ValueError(
            f"{_AS_IN}, and is the number of a day that a spreadsheet keeps: format it as a date"
        )
    raise ValueError(_AS_IN)


def part_of_year(text: str) -> bool:
    """Whether a text is a year, a half, a quarter or a month of one, as launches are announced."""
    return _INCOMPLETE.fullmatch(text.strip()) is not None


def _readings(text: str) -> list[tuple[int, int, int]]:
    """Years, months and days that a text may have."""
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in found.groups() if part is not None)
        return [(year, month, day)]
    if found := _DOTS.fullmatch(text):
        return [(int(found[3]), int(found[2]), int(found[1]))]
    if found := _EITHER.fullmatch(text):
        one, other, year = int(found[1]), int(found[3]), int(found[4])
        return [(year, other, one), (year, one, other)]
    if found := _DAY_NAME.fullmatch(text):
        return [(int(found[3]), _month(found[2]), int(found[1]))]
    if found := _NAME_DAY.fullmatch(text):
        return [(int(found[3]), _month(found[1]), int(found[2]))]
    return []


def _month(name: str) -> int:
    """Number of a month by its name or how that begins; 0 where there is none."""
    word = name.lower()
    return next((i for i, month in enumerate(_MONTHS, 1) if month.startswith(word)), 0)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
