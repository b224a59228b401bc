"""Rows at any distance of time brought to hours of UTC: order, doubles, gaps, means of parts of an hour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from capsim.series.clock import DAY, EPOCH, Minutes, day_text, utc_of_wall, wall_of_utc
from capsim.series.stamps import Stamps, Step, as_datetime
from capsim.units import HOURS_PER_DAY, MINUTES_PER_HOUR, MONTHS_PER_QUARTER, MONTHS_PER_YEAR, Array

FILLED_H = 3
"""Longest gap that is filled, on a straight line. [h]"""
MAX_YEARS = 60
"""Longest series. [y]"""
_MONTHS: dict[str, int] = {"month": 1, "quarter": MONTHS_PER_QUARTER, "year": MONTHS_PER_YEAR}


@dataclass(frozen=True, eq=False)
class Hours:
    """Values hour by hour of UTC, without a gap."""

    first_h: int
    """Hour of the first value. [h since 1970]"""
    values: Array
    """One value an hour; read-only."""
    step: str
    """What a row stood for: hours, day, month, quarter, year, or date where a value holds to the next."""
    step_min: int
    """Time between two rows where they are `hours`. [min]"""
    zone: str
    """Clock of the rows."""
    notes: tuple[str, ...] = field(default=())
    """What was repaired, in words."""

    @property
    def end_h(self) -> int:
        """Hour after the last. [h since 1970]"""
        return self.first_h + self.values.size

    @property
    def is_hourly(self) -> bool:
        """Whether the values move from hour to hour."""
        return self.step == "hours"

    @property
    def first_day(self) -> date:
        """Day of the first value, by the clock of the rows."""
        wall = wall_of_utc(np.array([self.first_h * MINUTES_PER_HOUR]), self.zone)
        return as_datetime(int(wall[0])).date()

    @property
    def last_day(self) -> date:
        """Day of the last value, by the clock of the rows."""
        wall = wall_of_utc(np.array([self.end_h * MINUTES_PER_HOUR - 1]), self.zone)
        return as_datetime(int(wall[0])).date()


def to_hours(stamps: Stamps, values: Array, lines: Sequence[int]) -> Hours:
    """Rows as hours.

    Parameters
    ----------
    stamps : Stamps
        Times of the rows.
    values : ndarray of float64
        Values of the rows, NaN where there is none.
    lines : sequence of int
        Lines of the rows, for messages.

    Returns
    -------
    hours : Hours
        Parts of an hour are averaged; days, months and years are spread over their hours.

    Raises
    ------
    ValueError
        Times that are given twice with two values, gaps of more than `FILLED_H` hours, distances that are
        none of the usual.
    """
    notes = list(stamps.notes)
    kept = np.array([i for i in range(values.size) if i not in stamps.dropped], dtype=np.int64)
    if not kept.size:
        raise ValueError(f"line {lines[0]}: no row has a time that its clock shows")
    utc, values = stamps.utc[kept], values[kept]
    at = np.array(lines, dtype=np.int64)[kept]
    order = _order(utc, notes)
    utc, values, at = _without_doubles(utc[order], values[order], at[order], notes)
    if stamps.step == "hours":
        return _of_hours(utc, values, at, stamps.zone, notes)
    return _of_spans(utc, values, at, stamps, notes)


def _order(utc: Minutes, notes: list[str]) -> NDArray[np.int64]:
    distance = np.diff(utc)
    order = np.argsort(utc, kind="stable")
    if utc.size > 1 and np.all(distance <= 0) and np.any(distance < 0):
        notes.append("rows were newest first and are put in order")
    elif np.any(distance < 0):
        notes.append(f"{int(np.sum(distance < 0)):,} rows out of order are put in order")
    return np.asarray(order, dtype=np.int64)


def _without_doubles(
    utc: Minutes, values: Array, at: NDArray[np.int64], notes: list[str]
) -> tuple[Minutes, Array, NDArray[np.int64]]:
    """Rows of which no two are of one time."""
    same = np.flatnonzero(np.diff(utc) == 0)
    first, second = values[same], values[same + 1]
    differ = same[~((first == second) | np.isnan(first) | np.isnan(second))]
    if differ.size:
        i = int(differ[0])
        early, late = sorted((int(at[i]), int(at[i + 1])))
        raise ValueError(
            f"line {late}: {day_text(utc[i])} UTC is given twice, as {values[i]:g} and {values[i + 1]:g} "
            f"(first on line {early}); is the time zone right?"
        )
    if not same.size:
        return utc, values, at
    # of a value and an empty cell the value is kept
    values = values.copy()
    values[same + 1] = np.where(np.isnan(second), first, second)
    kept = np.ones(utc.size, dtype=np.bool_)
    kept[same] = False
    notes.append(f"{same.size:,} rows given twice are taken once")
    return utc[kept], values[kept], at[kept]


def _of_hours(utc: Minutes, values: Array, at: NDArray[np.int64], zone: str, notes: list[str]) -> Hours:
    """Rows an hour or a part of one apart, averaged hour by hour."""
    step = _step_min(utc, at)
    utc = _on_the_grid(utc, step, zone, at, notes)
    if utc[-1] - utc[0] > MAX_YEARS * MONTHS_PER_YEAR * 31 * DAY:
        raise ValueError(f"line {int(at[-1])}: a series of more than {MAX_YEARS} years")
    n = int((utc[-1] - utc[0]) // step) + 1
    grid = np.full(n, np.nan)
    grid[(utc - utc[0]) // step] = values
    grid = _filled(grid, int(utc[0]), step, _Lines(utc, at), notes)
    # in parts that divide both the step and what the first is away from an hour
    part = math.gcd(step, int(utc[0]) % MINUTES_PER_HOUR, MINUTES_PER_HOUR)
    parts = np.repeat(grid, step // part)
    per_hour = MINUTES_PER_HOUR // part
    before = int(utc[0]) % MINUTES_PER_HOUR // part
    after = -(before + parts.size) % per_hour
    padded = np.concatenate([np.full(before, np.nan), parts, np.full(after, np.nan)])
    hourly = np.nanmean(padded.reshape(-1, per_hour), axis=1)
    if step < MINUTES_PER_HOUR:
        notes.append(f"{MINUTES_PER_HOUR // step} values an hour are averaged")
    hourly.setflags(write=False)
    return Hours(int(utc[0]) // MINUTES_PER_HOUR, hourly, "hours", step, zone, tuple(notes))


def _step_min(utc: Minutes, at: NDArray[np.int64]) -> int:
    """Commonest distance of rows, which is an hour or a whole part of one. [min]"""
    if utc.size < 2:
        raise ValueError(f"line {int(at[0])}: a single row; a series by the hour has more")
    steps, counts = np.unique(np.diff(utc), return_counts=True)
    step = int(steps[np.argmax(counts)])
    if step > MINUTES_PER_HOUR and step % MINUTES_PER_HOUR == 0 and DAY % step == 0:
        return step
    if step < 1 or MINUTES_PER_HOUR % step:
        raise ValueError(
            f"line {int(at[1])}: rows are {step} minutes apart; they must be an hour, or a whole part of one"
        )
    return step


def _on_the_grid(utc: Minutes, step: int, zone: str, at: NDArray[np.int64], notes: list[str]) -> Minutes:
    """Times on whole steps; those in the middle of a step by the clock are moved to its start."""
    off = wall_of_utc(utc, zone) % step if step <= MINUTES_PER_HOUR else utc % step - utc[0] % step
    shifts, counts = np.unique(off, return_counts=True)
    shift = int(shifts[np.argmax(counts)])
    wrong = np.flatnonzero(off != shift)
    if wrong.size:
        i = int(wrong[0])
        raise ValueError(f"line {int(at[i])}: {day_text(utc[i])} UTC is no whole step of {step} minutes")
    if shift:
        notes.append(f"stamps at minute {shift} are taken for the {step} minutes they lie in")
    return utc - shift


@dataclass(frozen=True)
class _Lines:
    """Where the rows of a series stand."""

    utc: Minutes
    at: NDArray[np.int64]

    def after(self, minute: int) -> int:
        """Line of the first row that is not before a time."""
        return int(self.at[min(int(np.searchsorted(self.utc, minute)), self.at.size - 1)])


def _filled(grid: Array, first: int, step: int, lines: _Lines, notes: list[str]) -> Array:
    """Values with short gaps filled."""
    empty = np.isnan(grid)
    if not empty.any():
        return grid
    if empty.all():
        raise ValueError(f"line {lines.after(first)}: there is no value")
    edges = np.flatnonzero(np.diff(np.concatenate([[0], empty.astype(np.int8), [0]])))
    starts, ends = edges[::2], edges[1::2]
    longest = FILLED_H * MINUTES_PER_HOUR // step
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if end - start > max(longest, 1):
            since, to = first + start * step, first + end * step
            hours = (end - start) * step / MINUTES_PER_HOUR
            raise ValueError(
                f"line {lines.after(since)}: no value from {day_text(since)} to {day_text(to)} UTC "
                f"({hours:g} h); gaps of up to {FILLED_H} h are filled, longer ones are yours to fill"
            )
    known = np.flatnonzero(~empty)
    count = f"{starts.size:,} gap{'' if starts.size == 1 else 's'}"
    notes.append(f"{count} ({empty.sum() * step / MINUTES_PER_HOUR:g} h in all) filled on a straight line")
    return np.interp(np.arange(grid.size), known, grid[known])


def _of_spans(utc: Minutes, values: Array, at: NDArray[np.int64], stamps: Stamps, notes: list[str]) -> Hours:
    """Days, months, quarters or years, each spread over its hours."""
    missing = np.flatnonzero(np.isnan(values))
    if missing.size:
        raise ValueError(f"line {int(at[missing[0]])}: there is no value")
    walls = wall_of_utc(utc, stamps.zone) // DAY
    ends = np.array([_next(int(day), stamps.step) for day in walls], dtype=np.int64)
    holes = np.flatnonzero(walls[1:] != ends[:-1])
    if holes.size:
        i = int(holes[0])
        rule = f"follows {day_text(walls[i] * DAY)[:10]}; one row for each {stamps.step} is needed"
        raise ValueError(f"line {int(at[i + 1])}: {day_text(walls[i + 1] * DAY)[:10]} {rule}")
    edges = utc_of_wall(np.append(walls, ends[-1]) * DAY, stamps.zone) // MINUTES_PER_HOUR
    if edges[-1] - edges[0] > MAX_YEARS * MONTHS_PER_YEAR * 31 * HOURS_PER_DAY:
        raise ValueError(f"line {int(at[-1])}: a series of more than {MAX_YEARS} years")
    hourly = np.repeat(values, np.diff(edges))
    hourly.setflags(write=False)
    return Hours(int(edges[0]), hourly, stamps.step, DAY, stamps.zone, tuple(notes))


def _next(day: int, step: Step) -> int:
    """Day after the span that a day is in. [d since 1970]"""
    if step not in _MONTHS:
        return day + 1
    first = date.fromordinal(EPOCH.toordinal() + day)
    index = first.year * MONTHS_PER_YEAR + first.month - 1 + _MONTHS[step]
    return date(index // MONTHS_PER_YEAR, index % MONTHS_PER_YEAR + 1, 1).toordinal() - EPOCH.toordinal()
