"""Rows at any distance of time brought to hours of UTC: order, doubles, gaps, means of parts of an hour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from capsim.series.clock import DAY, EPOCH, Minutes, day_text, utc_of_wall, wall_of_utc
from capsim.series.stamps import Stamps, as_datetime
from capsim.series.steps import commonest, steps_of
from capsim.series.time_forms import Step
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


def to_hours(
    stamps: Stamps, values: Array, lines: Sequence[int], *, is_energy: bool = False, is_level: bool = False
) -> Hours:
    """Rows as hours.

    Parameters
    ----------
    stamps : Stamps
        Times of the rows.
    values : ndarray of float64
        Values of the rows, NaN where there is none.
    lines : sequence of int
        Lines of the rows, for messages.
    is_energy : bool
        Whether values are energy in the time of their row, which becomes power.
    is_level : bool
        Whether rows at uneven dates are levels of a plan, each of which holds to the next.

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
        return _of_hours(utc, values, at, stamps, notes, is_energy=is_energy)
    return _of_spans(utc, values, at, stamps, notes, is_energy=is_energy, is_level=is_level)


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
    rows = "1 row given twice is" if same.size == 1 else f"{same.size:,} rows given twice are"
    notes.append(f"{rows} taken once")
    return utc[kept], values[kept], at[kept]


def _of_hours(
    utc: Minutes, values: Array, at: NDArray[np.int64], stamps: Stamps, notes: list[str], *, is_energy: bool
) -> Hours:
    """Rows an hour or a part of one apart, averaged hour by hour."""
    steps = steps_of(utc, at)
    utc = _on_the_grid(utc, steps, stamps.zone, at, notes)
    if utc[-1] - utc[0] > MAX_YEARS * MONTHS_PER_YEAR * 31 * DAY:
        raise ValueError(f"line {int(at[-1])}: a series of more than {MAX_YEARS} years")
    if is_energy:
        values = values * MINUTES_PER_HOUR / steps
    # in parts that divide every step, of which a row has as many as it stands for
    step = math.gcd(*np.unique(steps).tolist())
    of_row = steps // step
    place = np.repeat((utc - utc[0]) // step, of_row) + _within(of_row)
    grid = np.full(int(place.max()) + 1, np.nan)
    grid[place] = np.repeat(values, of_row)
    grid = _filled(grid, int(utc[0]), step, _Lines(utc, at), notes)
    hourly = _hourly(grid, int(utc[0]), step)
    notes += _told_of_steps(utc, steps, stamps.zone)
    hourly.setflags(write=False)
    return Hours(int(utc[0]) // MINUTES_PER_HOUR, hourly, "hours", stamps.zone, tuple(notes))


def _within(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """0, 1, ... within each of some groups by their sizes."""
    ends = np.cumsum(counts)
    return np.arange(int(ends[-1])) - np.repeat(ends - counts, counts)


def _hourly(grid: Array, first: int, step: int) -> Array:
    """Values at any step from any minute on, averaged by the hour."""
    # in parts that divide both the step and what the first is away from an hour
    part = math.gcd(step, first % MINUTES_PER_HOUR, MINUTES_PER_HOUR)
    parts = np.repeat(grid, step // part)
    per_hour = MINUTES_PER_HOUR // part
    before = first % MINUTES_PER_HOUR // part
    after = -(before + parts.size) % per_hour
    padded = np.concatenate([np.full(before, np.nan), parts, np.full(after, np.nan)])
    return np.asarray(np.nanmean(padded.reshape(-1, per_hour), axis=1))


def _told_of_steps(utc: Minutes, steps: Minutes, zone: str) -> list[str]:
    """What is said of parts of an hour, and of steps that change."""
    kinds = np.unique(steps)
    if kinds.size == 1:
        step = int(kinds[0])
        each = MINUTES_PER_HOUR // step if step else 0
        return [f"{each} values an hour are averaged"] if step < MINUTES_PER_HOUR else []
    changes = np.flatnonzero(np.diff(steps)) + 1
    first, when = int(changes[0]), day_text(int(wall_of_utc(utc[changes[:1]], zone)[0]))
    also = f", and {changes.size - 1:,} times more" if changes.size > 1 else ""
    return [
        f"rows go from {int(steps[first - 1])} to {int(steps[first])} minutes apart on {when}{also}: "
        "each stands for the time to the next, and parts of an hour are averaged"
    ]


def _on_the_grid(utc: Minutes, steps: Minutes, zone: str, at: NDArray[np.int64], notes: list[str]) -> Minutes:
    """Times on whole steps; those in the middle of a step by the clock are moved to its start."""
    wall, moved = wall_of_utc(utc, zone), utc.copy()
    for step in np.unique(steps).tolist():
        rows = np.flatnonzero(steps == step)
        times = utc[rows]
        off = wall[rows] % step if step <= MINUTES_PER_HOUR else (times - times[0]) % step
        shift = commonest(off)
        wrong = np.flatnonzero(off != shift)
        if wrong.size:
            i = int(rows[wrong[0]])
            raise ValueError(f"line {int(at[i])}: {day_text(utc[i])} UTC is no whole step of {step} minutes")
        if shift:
            notes.append(f"stamps at minute {shift} are taken for the {step} minutes they lie in")
        moved[rows] -= shift
    return moved


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


def _of_spans(
    utc: Minutes,
    values: Array,
    at: NDArray[np.int64],
    stamps: Stamps,
    notes: list[str],
    *,
    is_energy: bool,
    is_level: bool,
) -> Hours:
    """Days, months, quarters or years, each spread over its hours."""
    missing = np.flatnonzero(np.isnan(values))
    if missing.size:
        raise ValueError(f"line {int(at[missing[0]])}: there is no value")
    starts = wall_of_utc(utc, stamps.zone) // DAY
    ends = np.array([_next(int(day), stamps.step) for day in starts], dtype=np.int64)
    step, holes = str(stamps.step), np.flatnonzero(starts[1:] != ends[:-1])
    if holes.size and not is_energy and (step == "year" or (is_level and _are_apart(starts, step))):
        step, ends = "date", np.append(starts[1:], ends[-1])
        notes.append("rows are at uneven dates: each holds to the next")
    elif holes.size:
        i = int(holes[0])
        rule = f"follows {day_text(starts[i] * DAY)[:10]}; one row for each {step} is needed"
        way = "levels that hold to the next are values by date in the scenario"
        raise ValueError(f"line {int(at[i + 1])}: {day_text(starts[i + 1] * DAY)[:10]} {rule}; {way}")
    edges = utc_of_wall(np.append(starts, ends[-1]) * DAY, stamps.zone) // MINUTES_PER_HOUR
    if edges[-1] - edges[0] > MAX_YEARS * MONTHS_PER_YEAR * 31 * HOURS_PER_DAY:
        raise ValueError(f"line {int(at[-1])}: a series of more than {MAX_YEARS} years")
    n_hours = np.diff(edges)
    hourly = np.repeat(values / n_hours if is_energy else values, n_hours)
    hourly.setflags(write=False)
    return Hours(int(edges[0]), hourly, step, stamps.zone, tuple(notes))


def _are_apart(starts: NDArray[np.int64], step: str) -> bool:
    """Whether rows are no days in a row with one missing."""
    return step != "day" or int(np.diff(starts).min()) > 1


def _next(day: int, step: Step) -> int:
    """Day after the span that a day is in. [d since 1970]"""
    if step not in _MONTHS:
        return day + 1
    first = date.fromordinal(EPOCH.toordinal() + day)
    index = first.year * MONTHS_PER_YEAR + first.month - 1 + _MONTHS[step]
    return date(index // MONTHS_PER_YEAR, index % MONTHS_PER_YEAR + 1, 1).toordinal() - EPOCH.toordinal()
