"""Time stamps of a column, in whichever of the usual ways they are written, as times of UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np

from capsim.series.clock import (
    DAY,
    EPOCH,
    Clock,
    Minutes,
    ambiguous,
    check_zone,
    clock_of_offsets,
    clock_of_rows,
    fixed_offset,
    follows,
    never_shown,
    utc_of_wall,
)
from capsim.series.steps import commonest, starts_of_ends
from capsim.series.time_forms import AMERICAN, FORMS, ORDERS, SERIAL, SPANS, Form, Stamp, Step, start_of
from capsim.units import MINUTES_PER_HOUR, MONTHS_PER_YEAR

_LONGEST_HOLE = 3 * MINUTES_PER_HOUR
"""Beyond its usual distance, the most that rows of an even reading are apart. [min]"""


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


def read_stamps(
    cells: Sequence[str], lines: Sequence[int], clock: Clock, *, order: str = "", ends: bool = False
) -> Stamps:
    """Times of UTC of a column.

    Parameters
    ----------
    cells : sequence of str
        The column; of `a - b` the first time counts.
    lines : sequence of int
        Line of each cell, for messages.
    clock : Clock
        Clock of stamps that do not say theirs; UTC where it says none.
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
    texts = [start_of(cell) for cell in cells]
    notes: list[str] = []
    form, read = _form_of(texts, lines, order, notes)
    wall = np.array([stamp.wall_min for stamp in read], dtype=np.int64)
    ahead = [stamp.ahead_min for stamp in read]
    step = SPANS.get(form.name) or _step_of(read, wall, ends=ends)
    if step == "hours" and ends:
        wall = starts_of_ends(wall)
    if all(of_row is not None for of_row in ahead):
        utc = wall - np.array(ahead, dtype=np.int64)
        return Stamps(utc, step, _zone_of_offsets(utc, wall, clock), frozenset(), tuple(notes), True)
    zone = _zone_of_rows(wall, step, clock, lines[0], notes)
    is_hourly = step == "hours"
    dropped = frozenset(np.flatnonzero(never_shown(wall, zone)).tolist()) if is_hourly else frozenset[int]()
    utc = utc_of_wall(wall, zone, _folds(wall, zone) if is_hourly else None)
    utc = np.where([of_row is None for of_row in ahead], utc, wall - [of_row or 0 for of_row in ahead])
    if dropped:
        notes.append(f"{_count(len(dropped), 'row')} of an hour that the clock leaps over left out")
    return Stamps(utc, step, zone, dropped, tuple(notes), any(of_row is not None for of_row in ahead))


def _zone_of_offsets(utc: Minutes, wall: Minutes, clock: Clock) -> str:
    """Clock of stamps that all say how far they are ahead of UTC."""
    if clock.zone and fixed_offset(clock.zone) is None:
        return clock.zone
    ahead = np.unique(wall - utc)
    if ahead.size == 1:
        return _offset_text(int(ahead[0]))
    return clock_of_offsets(utc, wall, (clock.saving,)) or clock.zone or "UTC"


def _zone_of_rows(wall: Minutes, step: Step, clock: Clock, line: int, notes: list[str]) -> str:
    """Clock of stamps that do not say theirs."""
    if clock.unknown:
        rule = "is no clock that is known; write time_zone, or a heading such as time (America/New_York)"
        raise ValueError(f"line {line}: the times are headed {clock.unknown}, which {rule}")
    if clock.saving and step == "hours" and follows(wall, clock.saving):
        notes.append(f"its rows have the days of 23 and 25 hours of {clock.saving}")
        return clock.saving
    if not clock.zone and step == "hours":
        shown = clock_of_rows(wall)
        if shown:
            rule = f"rows have the days of 23 and 25 hours of {shown}, and nothing names a clock"
            raise ValueError(f"line {line}: {rule}; write time_zone: {shown}, or head the times with it")
    zone = check_zone(clock.zone) if clock.zone else "UTC"
    utc = utc_of_wall(wall, zone)
    if clock.headed and not any(np.array_equal(utc_of_wall(wall, headed), utc) for headed in clock.headed):
        rule = f"the times are headed {clock.headed[0]}, and time_zone says {zone}"
        raise ValueError(f"line {line}: {rule}; leave out the one that is wrong")
    return zone


def _form_of(
    texts: list[str], lines: Sequence[int], order: str, notes: list[str]
) -> tuple[Form, list[Stamp]]:
    """The form that all stamps have, and what they are by it."""
    # where dates have points, no country writes the month first
    has_points = any("." in text[:6] for text in texts[:1])
    others = set(ORDERS[1:]) - {order} if order else {AMERICAN} if has_points else set()
    forms = [form for form in FORMS if form.name not in others]
    fitting: list[tuple[Form, list[Stamp]]] = []
    furthest = 0
    for form in forms:
        read: list[Stamp] = []
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
    if fitting[0][0].name == SERIAL:
        notes.append("times are the serial numbers of a spreadsheet, in days from 1900")
    if len(fitting) == 1 or all(read == fitting[0][1] for _, read in fitting):
        return fitting[0]
    return _likelier(fitting, texts[0], lines[0], notes)


def _likelier(
    fitting: list[tuple[Form, list[Stamp]]], first: str, line: int, notes: list[str]
) -> tuple[Form, list[Stamp]]:
    """Of two orders of day and month that fit, the one by which the rows follow one another evenly."""
    by_month = [pair for pair in fitting if _are_firsts_of_months(pair[1])]
    even = by_month or [pair for pair in fitting if _is_even(pair[1])]
    names = [form.name for form, _ in fitting]
    if len(even) != 1:
        raise ValueError(f"line {line}: {first} can be {' or '.join(names)}; write date_order: {names[0]}")
    chosen = even[0]
    if by_month and any(_is_even(read) for form, read in fitting if form is not chosen[0]):
        other = next(name for name in names if name != chosen[0].name)
        notes.append(
            f"dates are the first of each month, read as {chosen[0].name}; "
            f"were they days of January, date_order: {other} says so"
        )
    return chosen


def _are_firsts_of_months(read: list[Stamp]) -> bool:
    """Whether all stamps are firsts of months, one or more calendar months apart and always as many."""
    walls = np.unique([stamp.wall_min for stamp in read])
    days = [EPOCH + timedelta(days=int(wall // DAY)) for wall in walls]
    if len(days) < 2 or np.any(walls % DAY) or any(day.day != 1 for day in days):
        return False
    months = np.diff([day.year * MONTHS_PER_YEAR + day.month for day in days])
    return bool(np.all(months == months[0]))


def _is_even(read: list[Stamp]) -> bool:
    """Whether the stamps follow one another without a hole that is longer than what is filled."""
    distance = np.diff(np.unique([stamp.wall_min for stamp in read]))
    if not distance.size:
        return False
    usual = commonest(distance)
    return bool(distance.max() <= usual + (_LONGEST_HOLE if usual < DAY else 0))


def _step_of(read: list[Stamp], wall: Minutes, *, ends: bool) -> Step:
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
