"""Time stamps of a column, in whichever of the usual ways they are written, as times of UTC."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

import numpy as np

from capsim.series.clock import DAY, Minutes, ambiguous, fixed_offset, never_shown, utc_of_wall
from capsim.series.steps import starts_of_ends
from capsim.units import HOURS_PER_DAY, MINUTES_PER_HOUR, MONTHS_PER_QUARTER, SECONDS_PER_HOUR

Step = Literal["hours", "day", "month", "quarter", "year"]
"""Length of the time a stamp stands for; that of `hours`, an hour or a part of one, the stamps tell."""
_TIME = (
    r"(?:[T ,;]*(?P<H>\d{1,2})[:hH](?P<M>\d{2})(?::(?P<S>\d{2})(?:\.\d+)?)?(?:\s*(?P<p>[AaPp]\.?[Mm])\.?)?)?"
)
_ZONE = r"\s*\(?(?P<z>Z|UTC|GMT|CES?T|MES?Z|[+-]\d{2}:?(?:\d{2})?)?\)?"
_FORMS: tuple[tuple[str, str], ...] = (
    ("year, month, day", r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME + _ZONE),
    ("day, month, year", r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4}|\d{2})" + _TIME + _ZONE),
    ("month, day, year", r"(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<y>\d{4}|\d{2})" + _TIME + _ZONE),
    ("month by name", r"(?P<b>[A-Za-z]{3,9})\.? (?P<d>\d{1,2}),? (?P<y>\d{4})" + _TIME + _ZONE),
    (
        "digits",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:[:T ]?(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?)?" + _ZONE,
    ),
    ("hour without minutes", r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})T(?P<H>\d{2})" + _ZONE),
    ("seconds since 1970", r"(?P<u>\d{9,10})(?:\.0)?"),
    ("month", r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})"),
    ("month, year", r"(?P<m>\d{1,2})[-/.](?P<y>\d{4})"),
    ("quarter", r"(?P<y>\d{4})[- ]?[QqT](?P<q>[1-4])"),
    ("year", r"(?P<y>\d{4})"),
)
ORDERS = tuple(name for name, _ in _FORMS[:3])
"""Orders of day, month and year that a planner may name."""
_SPANS: dict[str, Step] = {"month": "month", "month, year": "month", "quarter": "quarter", "year": "year"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES = {"CET": 60, "CEST": 120, "MEZ": 60, "MESZ": 120}
_CENTURY = 2000
_HALF_DAY = HOURS_PER_DAY // 2


class _Stamp(NamedTuple):
    wall_min: int
    ahead_min: int | None
    """Minutes ahead of UTC, where the stamp says it."""
    has_time: bool


@dataclass(frozen=True)
class Stamps:
    """Times of the rows of a file."""

    utc: Minutes
    """Start of what each row stands for. [min since 1970]"""
    step: Step
    zone: str
    """Clock the stamps are of."""
    dropped: frozenset[int]
    """Rows of times that no clock shows."""
    notes: tuple[str, ...] = field(default=())
    has_offsets: bool = False
    """Whether the stamps say their own clock."""


class _Form:
    """One way of writing a time."""

    def __init__(self, name: str, pattern: str) -> None:
        self.name = name
        self._pattern = re.compile(pattern)

    def read(self, text: str) -> _Stamp | None:
        """A time; None where the text is not of this form, or no day of the calendar."""
        found = self._pattern.fullmatch(text)
        if found is None:
            return None
        got = found.groupdict()
        if got.get("u"):
            return _Stamp(int(got["u"]) * MINUTES_PER_HOUR // SECONDS_PER_HOUR, 0, True)
        day, hour = _day(got), _hour(got)
        if day is None or hour is None:
            return None
        zone = got.get("z")
        ahead = None if not zone else _ZONES.get(zone, fixed_offset(zone))
        minutes = hour * MINUTES_PER_HOUR + int(got.get("M") or 0)
        return _Stamp(day * DAY + minutes, ahead, got.get("H") is not None)


_READERS = tuple(_Form(*form) for form in _FORMS)


def _day(got: dict[str, str | None]) -> int | None:
    """Days since 1970 of the parts of a date; None where there is no such day."""
    year = int(got["y"] or 0)
    year += _CENTURY if year < 100 else 0
    month = int(got.get("m") or 1)
    if got.get("b"):
        word = str(got["b"])[:3].lower()
        month = _MONTHS.index(word) + 1 if word in _MONTHS else 0
    if got.get("q"):
        month = (int(got["q"] or 1) - 1) * MONTHS_PER_QUARTER + 1
    try:
        return (date(year, month, int(got.get("d") or 1)) - date(1970, 1, 1)).days
    except ValueError:
        return None


def _hour(got: dict[str, str | None]) -> int | None:
    """Hour of a day, 24 for its end; None where there is no such hour."""
    hour = int(got.get("H") or 0)
    half = (got.get("p") or "").replace(".", "").lower()
    if half:
        hour = hour % _HALF_DAY + (_HALF_DAY if half == "pm" else 0)
    return hour if hour <= HOURS_PER_DAY and int(got.get("M") or 0) < MINUTES_PER_HOUR else None


def looks_like_a_time(text: str) -> bool:
    """Whether a cell is a time in one of the forms, years and whole numbers apart."""
    return any(form.read(_start_of(text)) for form in _READERS if form.name not in ("year", "digits"))


def _start_of(text: str) -> str:
    """The first of two times that are written as from - to."""
    return text.partition(" - ")[0].strip()


def read_stamps(
    cells: Sequence[str], lines: Sequence[int], zone: str, *, order: str = "", ends: bool = False
) -> Stamps:
    """Times of UTC of a column.

    Parameters
    ----------
    cells : sequence of str
        The column; of `a - b` the first time counts.
    lines : sequence of int
        Line of each cell, for messages.
    zone : str
        Clock of stamps that do not say theirs.
    order : str
        One of `ORDERS`, where a planner says it.
    ends : bool
        Whether stamps are the ends of the hours they stand for.

    Returns
    -------
    stamps : Stamps

    Raises
    ------
    ValueError
        With the line of the first cell that is no time, or where day and month cannot be told apart.
    """
    texts = [_start_of(cell) for cell in cells]
    form, read = _form_of(texts, lines, order)
    wall = np.array([stamp.wall_min for stamp in read], dtype=np.int64)
    ahead = [stamp.ahead_min for stamp in read]
    step = _SPANS.get(form.name) or _step_of(read, wall, ends=ends)
    notes: list[str] = []
    if step == "hours" and ends:
        wall = starts_of_ends(wall)
    dropped: frozenset[int] = frozenset()
    if all(of_row is not None for of_row in ahead):
        utc = wall - np.array(ahead, dtype=np.int64)
        zone = zone if len(set(ahead)) > 1 or fixed_offset(zone) is None else _offset_text(ahead[0] or 0)
    else:
        dropped = frozenset(np.flatnonzero(never_shown(wall, zone)).tolist()) if step == "hours" else dropped
        utc = utc_of_wall(wall, zone, _folds(wall, zone) if step == "hours" else None)
        utc = np.where([of_row is None for of_row in ahead], utc, wall - [of_row or 0 for of_row in ahead])
        if dropped:
            notes.append(f"{_count(len(dropped), 'row')} of an hour that the clock leaps over left out")
    return Stamps(utc, step, zone, dropped, tuple(notes), any(of_row is not None for of_row in ahead))


def _form_of(texts: list[str], lines: Sequence[int], order: str) -> tuple[_Form, list[_Stamp]]:
    """The form that all stamps have, and what they are by it."""
    forms = [form for form in _READERS if not order or form.name == order]
    fitting: list[tuple[_Form, list[_Stamp]]] = []
    furthest = 0
    for form in forms:
        read: list[_Stamp] = []
        for text in texts:
            stamp = form.read(text)
            if stamp is None:
                break
            read.append(stamp)
        furthest = max(furthest, len(read))
        if len(read) == len(texts):
            fitting.append((form, read))
    if not fitting:
        got = texts[furthest][:40]
        rule = "is not a time" if order == "" or not got else f"is not a time of the order {order}"
        raise ValueError(f"line {lines[furthest]}: {got or 'an empty cell'} {rule}, such as 2026-01-31T14:00")
    if len(fitting) == 1 or all(read == fitting[0][1] for _, read in fitting):
        return fitting[0]
    even = [pair for pair in fitting if _is_even(pair[1])]
    if len(even) != 1:
        names = " or ".join(form.name for form, _ in fitting)
        raise ValueError(
            f"line {lines[0]}: {texts[0]} can be {names}; write date_order: {fitting[0][0].name}"
        )
    return even[0]


def _is_even(read: list[_Stamp]) -> bool:
    """Whether all stamps but a few follow one another at the same distance."""
    distance = np.abs(np.diff([stamp.wall_min for stamp in read]))
    if not distance.size:
        return False
    _, counts = np.unique(distance, return_counts=True)
    return bool(counts.max() >= 0.9 * distance.size)


def _step_of(read: list[_Stamp], wall: Minutes, *, ends: bool) -> Step:
    """What stamps of days and hours stand for: midnights a day apart are days, firsts of months are months.

    Exports by month write the first of each, with or without its midnight.
    """
    by_hour = any(stamp.has_time for stamp in read)
    days, distance = wall // DAY, np.diff(np.unique(wall))
    is_one_clock = len({stamp.ahead_min for stamp in read}) == 1
    if (by_hour and (ends or not is_one_clock or np.any(wall % DAY))) or not distance.size:
        return "hours" if by_hour else "day"
    if distance.min() < DAY:
        return "hours"
    starts = [date(1970, 1, 1) + timedelta(days=int(day)) for day in days]
    if any(start.day != 1 for start in starts):
        return "day"
    months = {start.month for start in starts}
    for step, of_step, least in _STARTS:
        if months <= of_step and distance.min() >= least * DAY:
            return step
    return "day"


_STARTS: tuple[tuple[Step, frozenset[int], int], ...] = (
    ("year", frozenset({1}), 365),
    ("quarter", frozenset({1, 4, 7, 10}), 90),
    ("month", frozenset(range(1, 13)), 28),
)
"""Spans by the months that they start in, and the least days between two of them."""


def _folds(wall: Minutes, zone: str) -> Minutes:
    """1 for the second of two hours that a clock shows alike, by the order of the rows."""
    folds = np.zeros_like(wall)
    twice = np.flatnonzero(ambiguous(wall, zone))
    newest_first = wall.size > 1 and wall[0] > wall[-1]
    seen: dict[int, int] = {}
    for row in twice[::-1].tolist() if newest_first else twice.tolist():
        folds[row] = min(seen.get(int(wall[row]), 0), 1)
        seen[int(wall[row])] = seen.get(int(wall[row]), 0) + 1
    return folds


def _offset_text(ahead_min: int) -> str:
    hours, minutes = divmod(abs(ahead_min), MINUTES_PER_HOUR)
    return "UTC" if ahead_min == 0 else f"{'-' if ahead_min < 0 else '+'}{hours:02}:{minutes:02}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def as_datetime(minutes: int) -> datetime:
    """A time since 1970 as a date and an hour, of whichever clock."""
    return datetime(1970, 1, 1) + timedelta(minutes=int(minutes))  # noqa: DTZ001
