"""Diff: what moved between two results, beyond which tolerance, and which inputs changed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import islice
from typing import Any, Literal

import numpy as np

from capsim.projection import finite
from capsim.shown import Shown
from capsim.study.contrast import Side, differences
from capsim.study.held_results import Held
from capsim.study.tolerances import Tolerance

What = Literal["figure", "date", "percentile", "text"]
Stated = float | str | None
"""A number, a date in ISO form, or text; None where there is none."""


@dataclass(frozen=True)
class Moved:
    """A figure, date, percentile or text that two results do not share."""

    what: What
    name: str
    before: Stated
    after: Stated
    change: float
    """Difference in the unit of the figure, of dates in days; NaN where there is none."""
    share: float
    """Difference over the size of what it was; NaN for dates, and where that is 0 or no number. [1]"""
    is_beyond: bool
    """Whether it is more than the tolerance allows."""


@dataclass(frozen=True)
class ChangedInput:
    """A line of the scenario or a row of the catalogue that two results do not share."""

    name: str
    before: str | None
    """None where it is new."""
    after: str | None
    """None where it is gone."""
    change: float
    """Difference of the numbers, of dates in days; NaN where either is neither."""
    share: float
    """Relative change of its number; NaN where it has none. [1]"""


@dataclass(frozen=True)
class Diff(Shown):
    """What moved between two results."""

    old: str
    new: str
    moved: tuple[Moved, ...]
    inputs: tuple[ChangedInput, ...]
    n_compared: int
    """Figures, dates, percentiles and texts that were looked at."""
    n_inputs: int
    """Inputs that were looked at; 0 where none are held."""
    money_unit: str = ""
    """Unit of money of both; empty where they do not share one."""
    items: Mapping[str, str] = field(default_factory=dict)
    """Titles of cost items by id, and of values of a catalogue that moved by address."""
    titles: tuple[str, str] = ("", "")
    """Titles of the two scenarios; empty where they are not known."""

    def __repr__(self) -> str:
        return f"<Diff {self.old} to {self.new}: {len(self.beyond)} of {self.n_compared} beyond tolerance>"

    @property
    def beyond(self) -> tuple[Moved, ...]:
        """What moved by more than the tolerance allows."""
        return tuple(row for row in self.moved if row.is_beyond)

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""
        plain: dict[str, Any] = finite(asdict(self) | {"n_beyond": len(self.beyond)})
        return plain


def difference(old: Held, new: Held, tolerance: Tolerance) -> Diff:
    """What moved from one result to another.

    A figure that is no number in both has not moved. A percentile has moved where it leaves the 95 % interval
    that the old one had: inside it the draws do not tell the two apart.

    Raises
    ------
    StudyError
        If a tolerance is of a figure or date that neither has.
    """
    old, new = old.leaves(), new.leaves()
    tolerance.check({*old.figures, *new.figures}, {*old.dates, *new.dates})
    moved = (
        *_figures(old, new, tolerance),
        *_dates(old.dates, new.dates, tolerance),
        *_percentiles(old, new),
        *_texts(old.texts, new.texts),
    )
    compared = (
        {*old.figures, *new.figures},
        {*old.dates, *new.dates},
        {*old.percentiles, *new.percentiles},
        {*old.texts, *new.texts},
    )
    inputs = tuple(_inputs(old.inputs, new.inputs))
    n_inputs = len({*old.inputs, *new.inputs})
    unit = new.money_unit if old.money_unit == new.money_unit else ""
    known, titles = {**old.items, **new.items}, (old.title, new.title)
    # of a catalogue those alone that moved
    names = {row.name for row in moved}
    items = {name: title for name, title in known.items() if "/" not in name or name in names}
    return Diff(old.name, new.name, moved, inputs, sum(map(len, compared)), n_inputs, unit, items, titles)


def _figures(old: Held, new: Held, tolerance: Tolerance) -> Iterator[Moved]:
    others = [name for name in _in_both(old.figures, new.figures) if not _same(old, new, name)]
    sides = [
        Side(held.name, {name: np.array([held.figures[name]]) for name in others}) for held in (old, new)
    ]
    # the first side against itself comes first
    for row in islice(differences(sides), len(others), None):
        before, after, change = old.figures[row.figure], new.figures[row.figure], row.difference
        share = change / abs(before) if before and math.isfinite(before) else math.nan
        within = abs(change) <= tolerance.of_figure(row.figure, before)
        yield Moved("figure", row.figure, before, after, change, share, not within)
    yield from _one_sided("figure", old.figures, new.figures)


def _same(old: Held, new: Held, name: str) -> bool:
    """Whether a figure is the same number, or no number in both."""
    before, after = old.figures[name], new.figures[name]
    return before == after or (math.isnan(before) and math.isnan(after))


def _dates(
    old: Mapping[str, str | None], new: Mapping[str, str | None], tolerance: Tolerance
) -> Iterator[Moved]:
    for name in _in_both(old, new):
        before, after = old[name], new[name]
        if before != after:
            days = math.inf
            if before is not None and after is not None:
                days = _ordinal(after) - _ordinal(before)
            is_beyond = abs(days) > tolerance.of_date(name)
            yield Moved("date", name, before, after, days, math.nan, is_beyond)
    yield from _one_sided("date", old, new)


def _percentiles(old: Held, new: Held) -> Iterator[Moved]:
    for name in _in_both(old.percentiles, new.percentiles):
        (before, low, high), after = old.percentiles[name], new.percentiles[name][0]
        was, least, most, now = map(_ordinal, (before, low, high, after))
        if was == now:
            continue
        is_number = not isinstance(before, str) and not isinstance(after, str)
        share = (now - was) / abs(was) if is_number and was and math.isfinite(was) else math.nan
        yield Moved("percentile", name, before, after, now - was, share, not least <= now <= most)
    yield from _one_sided("percentile", old.percentiles, new.percentiles)


def _texts(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Moved]:
    for name in _in_both(old, new):
        if old[name] != new[name]:
            yield Moved("text", name, old[name], new[name], math.nan, math.nan, True)
    yield from _one_sided("text", old, new)


def _one_sided(what: What, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Moved]:
    """What only one of two results has."""
    for name in old:
        if name not in new:
            yield Moved(what, name, _first(old[name]), None, math.nan, math.nan, True)
    for name in new:
        if name not in old:
            yield Moved(what, name, None, _first(new[name]), math.nan, math.nan, True)


def _first(value: Any) -> Stated:
    """A value, or a percentile without the ends of its interval."""
    stated: Stated = value[0] if isinstance(value, tuple) else value
    return stated


def _in_both(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[str]:
    return [name for name in old if name in new]


def _ordinal(value: Stated) -> float:
    """A number, or the ordinal of a date, infinite for never. [d]"""
    if value is None:
        return math.inf
    is_date = isinstance(value, str) and "-" in value[1:]
    return float(date.fromisoformat(str(value)).toordinal() if is_date else value)


def _inputs(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[ChangedInput]:
    """Inputs that changed; where many places share a change, each is named."""
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        if before != after:
            yield ChangedInput(name, before, after, *_by_how_much(before, after))


def _by_how_much(before: str | None, after: str | None) -> tuple[float, float]:
    """Difference and relative change of the numbers that two texts begin with, or the days between two dates.

    Examples
    --------
    >>> _by_how_much("10 (9 .. 12) MW", "12 MW"), _by_how_much("2026-01-01", "2026-02-01")
    ((2.0, 0.2), (31.0, nan))
    """
    first = ["".join((text or "").split()[:1]) for text in (before, after)]
    try:
        was, now = map(date.fromisoformat, first)
    except ValueError:
        return _of_numbers(*first)
    return float((now - was).days), math.nan


def _of_numbers(before: str, after: str) -> tuple[float, float]:
    """Difference and relative change of two numbers; NaN where either is none."""
    try:
        was, now = float(before), float(after)
    except ValueError:
        return math.nan, math.nan
    return now - was, (now - was) / abs(was) if was else math.nan
