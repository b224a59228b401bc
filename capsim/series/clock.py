"""Clocks: offsets and zones of time, and the turning of wall clocks to UTC and back.

Times are whole minutes since 1970-01-01 00:00, of UTC or of a wall clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from capsim.registry import did_you_mean
from capsim.units import HOURS_PER_DAY, MINUTES_PER_HOUR

Minutes = NDArray[np.int64]
DAY = HOURS_PER_DAY * MINUTES_PER_HOUR
"""Length of a day. [min]"""
EPOCH = date(1970, 1, 1)
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?(\d{2}))?")
_WORDS = {"utc": "UTC", "z": "UTC", "gmt": "UTC", "mez": "+01:00", "cet": "+01:00", "cest": "+02:00"}
_WIDEST = 14 * MINUTES_PER_HOUR
_COMMON = (
    "Europe/Paris",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Madrid",
    "Europe/Brussels",
    "Europe/Helsinki",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "Australia/Sydney",
    "Asia/Tokyo",
    "UTC",
)


class Clock(NamedTuple):
    """The clock of stamps that do not say theirs."""

    zone: str = ""
    """Empty where nothing says one."""
    saving: str = ""
    """The clock with daylight saving that is meant where the rows show it; empty where none may be."""
    unknown: str = ""
    """A word that names a clock which is not known."""
    headed: tuple[str, ...] = ()
    """Clocks that the heading of the times may mean, where a planner says one too."""


def fixed_offset(text: str) -> int | None:
    """Minutes ahead of UTC of an offset such as +01:00 or UTC+1; None where the text is none. [min]

    Examples
    --------
    >>> fixed_offset("+05:30"), fixed_offset("UTC"), fixed_offset("Europe/Paris")
    (330, 0, None)
    """
    word = _WORDS.get(text.strip().lower(), text.strip())
    if word == "UTC":
        return 0
    found = _OFFSET.fullmatch(word)
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    ahead = (int(hours) * MINUTES_PER_HOUR + int(minutes or 0)) * (1 if sign == "+" else -1)
    return ahead if abs(ahead) <= _WIDEST else None


def check_zone(text: str) -> str:
    """A zone that is known; ValueError in words where it is not."""
    if fixed_offset(text) is None:
        _zone(text)
    return text


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = (
            did_you_mean(name, _COMMON) or "; write an offset such as +01:00, or a zone such as Europe/Paris"
        )
        raise ValueError(f"unknown time zone {name}{hint}") from None


@lru_cache(maxsize=65536)
def _ahead(zone: str, wall_min: int, fold: int = 0) -> int:
    """Minutes that a zone's wall clock is ahead of UTC at a time of it. [min]"""
    wall = datetime(1970, 1, 1) + timedelta(minutes=wall_min)  # noqa: DTZ001 - a wall clock
    offset = wall.replace(tzinfo=_zone(zone), fold=fold).utcoffset()
    return (offset or timedelta()) // timedelta(minutes=1)


def utc_of_wall(wall: Minutes, zone: str, fold: Minutes | None = None) -> Minutes:
    """Times of UTC for times of a zone's wall clock.

    Where the clock goes back an hour is there twice: the first of them where `fold` is 0 and the second
    where it is 1. [min]
    """
    offset = fixed_offset(zone)
    if offset is not None:
        return wall - offset
    folds = np.zeros_like(wall) if fold is None else fold
    ahead = np.empty_like(wall)
    days, where = np.unique(wall // DAY, return_inverse=True)
    for i, day in enumerate(days.tolist()):
        rows = np.flatnonzero(where == i)
        # a day at whose ends the clock agrees has no change in it
        start, end = _ahead(zone, day * DAY), _ahead(zone, (day + 1) * DAY)
        if start == end:
            ahead[rows] = start
        else:
            ahead[rows] = [_ahead(zone, int(wall[r]), int(folds[r])) for r in rows]
    return wall - ahead


def ambiguous(wall: Minutes, zone: str) -> NDArray[np.bool_]:
    """Whether a wall clock shows a time twice, because it goes back."""
    return _differs(wall, zone, is_twice=True)


def never_shown(wall: Minutes, zone: str) -> NDArray[np.bool_]:
    """Whether a wall clock never shows a time, because it leaps over it."""
    return _differs(wall, zone, is_twice=False)


def follows(wall: Minutes, zone: str) -> bool:
    """Whether rows show a zone's days of 23 and 25 hours: an hour twice, or none where the clock leaps."""
    if never_shown(wall, zone).any():
        return False
    twice = wall[ambiguous(wall, zone)]
    if np.unique(twice).size < twice.size:
        return True
    days = [
        day
        for day in np.unique(wall // DAY).tolist()
        if _ahead(zone, day * DAY) < _ahead(zone, (day + 1) * DAY)
    ]
    hours = [np.unique(wall[wall // DAY == day] % DAY // MINUTES_PER_HOUR).size for day in days]
    return any(count == HOURS_PER_DAY - 1 for count in hours)


def clock_of_offsets(utc: Minutes, wall: Minutes, likely: Iterable[str]) -> str:
    """A zone whose clock shows these times; empty where none of the likely and the common does."""
    zones = (zone for zone in (*likely, *_COMMON) if zone)
    return next((zone for zone in zones if np.array_equal(wall_of_utc(utc, zone), wall)), "")


def clock_of_rows(wall: Minutes) -> str:
    """A common zone whose days of 23 and 25 hours rows show; empty where they show none's."""
    return next((zone for zone in _COMMON if follows(wall, zone)), "")


def _differs(wall: Minutes, zone: str, *, is_twice: bool) -> NDArray[np.bool_]:
    found = np.zeros(wall.shape, dtype=np.bool_)
    if fixed_offset(zone) is not None:
        return found
    for day in np.unique(wall // DAY).tolist():
        if _ahead(zone, day * DAY) == _ahead(zone, (day + 1) * DAY):
            continue
        for row in np.flatnonzero(wall // DAY == day):
            first, second = (_ahead(zone, int(wall[row]), fold) for fold in (0, 1))
            found[row] = first > second if is_twice else first < second
    return found


def wall_of_utc(utc: Minutes, zone: str) -> Minutes:
    """Times of a zone's wall clock for times of UTC. [min]"""
    offset = fixed_offset(zone)
    if offset is not None:
        return utc + offset
    ahead = np.empty_like(utc)
    days, where = np.unique(utc // DAY, return_inverse=True)
    for i, day in enumerate(days.tolist()):
        rows = np.flatnonzero(where == i)
        start, end = _ahead_of_utc(zone, day * DAY), _ahead_of_utc(zone, (day + 1) * DAY)
        ahead[rows] = start if start == end else [_ahead_of_utc(zone, int(utc[r])) for r in rows]
    return utc + ahead


@lru_cache(maxsize=65536)
def _ahead_of_utc(zone: str, utc_min: int) -> int:
    """Minutes that a zone's wall clock is ahead of UTC at a time of UTC. [min]"""
    when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=utc_min)
    offset = when.astimezone(_zone(zone)).utcoffset()
    return (offset or timedelta()) // timedelta(minutes=1)


def day_text(minutes: int) -> str:
    """A time as a message shows it."""
    return (datetime(1970, 1, 1) + timedelta(minutes=int(minutes))).strftime("%Y-%m-%d %H:%M")  # noqa: DTZ001
