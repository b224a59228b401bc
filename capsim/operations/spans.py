"""Levels that change in steps, kept span by span: a span is a run of hours in which nothing changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from capsim.units import HOURS_PER_DAY, Array, Calendar

Step = tuple[float, float]
"""Time [d] and change of a level at that time."""


@dataclass(frozen=True, eq=False)
class Spans:
    """The horizon cut where a level changes and where a month starts."""

    edges_h: NDArray[np.int64]
    """First hour of each span, and the end of the last, shape (n_spans + 1,). [h]"""
    month_start_h: NDArray[np.int64]
    """First hour of each month, shape (n_months,); each is an edge. [h]"""

    @classmethod
    def of(cls, times_d: Iterable[float], calendar: Calendar) -> Spans:
        """Spans of a horizon in which levels change at given times [d]."""
        time_h = np.fromiter(times_d, dtype=np.float64) * HOURS_PER_DAY
        inside = time_h[(time_h > 0) & (time_h < calendar.n_hours)]
        months = calendar.month_start_h
        edges = np.concatenate([np.floor(inside), np.ceil(inside), months, [calendar.n_hours]])
        return cls(np.unique(edges).astype(np.int64), months)

    @cached_property
    def hours(self) -> NDArray[np.int64]:
        """Length of each span, shape (n_spans,). [h]"""
        return np.diff(self.edges_h)

    @cached_property
    def _month_first(self) -> NDArray[np.int64]:
        return np.searchsorted(self.edges_h, self.month_start_h)

    @cached_property
    def _month_last(self) -> NDArray[np.int64]:
        return np.append(self._month_first[1:], self.hours.size) - 1

    def level(self, steps: Iterable[Step]) -> Array:
        """Level in each span, shape (n_spans,); 0 before the first step. See `levels`."""
        one: Array = self.levels([steps])[0]
        return one

    def levels(self, steps_of: Sequence[Iterable[Step]]) -> Array:
        """Levels in each span, shape (n_levels, n_spans); 0 before the first step of each.

        Exact: an hour in which a level changes is a span of its own and has the time-weighted
        mean, and every other hour has the level itself, so no rounding builds up. Each step must be
        at a time the spans were made with.
        """
        n_spans, n_hours = self.edges_h.size - 1, self.edges_h[-1]
        at = [sorted(steps) for steps in steps_of]
        number = [len(steps) for steps in at]
        time_d, delta = np.array([step for steps in at for step in steps], dtype=np.float64).reshape(-1, 2).T
        time_h = time_d * HOURS_PER_DAY
        full = np.minimum(np.maximum(np.ceil(time_h), 0), n_hours).astype(np.int64)
        span = np.searchsorted(self.edges_h, full)
        # all levels one after the other: each begins at 0, and each step ends what was before it
        first = np.cumsum([0, *number[:-1]])
        begins = np.repeat(np.arange(len(at)), number) * n_spans + span
        ends = np.append(np.insert(begins, first, np.arange(len(at)) * n_spans), len(at) * n_spans)
        sums = [value for steps in at for value in accumulate((step[1] for step in steps), initial=0.0)]
        level = np.repeat(sums, np.diff(ends))
        inside = np.flatnonzero((time_h > 0) & (time_h < n_hours) & (time_h != full))
        # the hour of a step is the span before the first one that has all of it
        np.add.at(level, begins[inside] - 1, (full - time_h)[inside] * delta[inside])
        return level.reshape(len(at), n_spans)

    def hourly(self, by_span: Array) -> Array:
        """Values of the spans, hour by hour, shape (n_hours,). Not to be changed in place."""
        # spans of one hour each are the hours already
        return by_span if self._are_hours else np.repeat(by_span, self.hours)

    @cached_property
    def _are_hours(self) -> bool:
        return self.edges_h.size == int(self.edges_h[-1]) + 1

    def sum_by_month(self, by_span: Array) -> Array:
        """Sum over the hours of each month, shape (n_months,)."""
        return self.fold_by_month(by_span if self._are_hours else by_span * self.hours)

    def sum_of(self, hourly: Array) -> Array:
        """Sum of an hourly series over the hours of each span, shape (n_spans,)."""
        return hourly if self._are_hours else np.add.reduceat(hourly, self.edges_h[:-1])

    def max_of(self, hourly: Array) -> Array:
        """Largest value of an hourly series in each span, shape (n_spans,)."""
        return hourly if self._are_hours else np.maximum.reduceat(hourly, self.edges_h[:-1])

    def min_of(self, hourly: Array) -> Array:
        """Smallest value of an hourly series in each span, shape (n_spans,)."""
        return hourly if self._are_hours else np.minimum.reduceat(hourly, self.edges_h[:-1])

    def first_highest(self, hourly: Array) -> NDArray[np.int64]:
        """First hour of each span in which an hourly series has its largest value there, shape (n_spans,)."""
        at = np.flatnonzero(hourly == self.hourly(self.max_of(hourly)))
        return at[np.searchsorted(at, self.edges_h[:-1])]

    def among(self, hours: NDArray[np.int64]) -> Spans:
        """The spans of a horizon of nothing but some rising hours, of which each span has one or more."""
        return Spans(np.searchsorted(hours, self.edges_h), np.searchsorted(hours, self.month_start_h))

    def of_hours(self, hours: NDArray[np.int64]) -> NDArray[np.int64]:
        """Span in which each of some rising hours lies."""
        cut = self.cut(hours)
        return np.repeat(np.arange(cut.hours.size), cut.hours)

    def cut(self, hours: NDArray[np.int64]) -> Cut:
        """Some rising hours, cut where a span ends."""
        if self._are_hours:
            there = np.zeros(self.hours.size, dtype=np.int64)
            there[hours] = 1
            return Cut(there)
        return Cut(np.diff(np.searchsorted(hours, self.edges_h)))

    def fold_by_month(self, totals: Array) -> Array:
        """Sums over the months of totals of the spans, shape (n_months,)."""
        return np.add.reduceat(totals, self._month_first)

    def max_by_month(self, by_span: Array) -> Array:
        """Largest value of each month, shape (n_months,)."""
        highest: Array = np.maximum.reduceat(by_span, self._month_first)
        return highest

    def min_by_month(self, by_span: Array) -> Array:
        """Smallest value of each month, shape (n_months,)."""
        least: Array = np.minimum.reduceat(by_span, self._month_first)
        return least

    def last_of_month(self, by_span: Array) -> Array:
        """Value in the last hour of each month, shape (n_months,)."""
        last: Array = by_span[self._month_last]
        return last


@lru_cache(maxsize=8)
def spans_of_each_hour(calendar: Calendar) -> Spans:
    """Spans of a horizon in which levels change in every hour; made once, for they are as many as hours."""
    return Spans(np.arange(calendar.n_hours + 1), calendar.month_start_h)


@dataclass(frozen=True, eq=False)
class Cut:
    """Some hours of the horizon, in order, and how many of them lie in each span."""

    hours: NDArray[np.int64]
    """Number of them in each span, shape (n_spans,). [h]"""

    @cached_property
    def _first(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Spans with any of the hours, and the place of the first of each."""
        some = np.flatnonzero(self.hours)
        return some, (np.cumsum(self.hours) - self.hours)[some]

    def spread(self, by_span: Array) -> Array:
        """Values of the spans at the hours, shape (n,)."""
        return np.repeat(by_span, self.hours)

    def sum_of(self, by_hour: Array) -> Array:
        """Sum over the hours in each span, shape (n_spans,)."""
        return self._fold(np.add, by_hour)

    def max_of(self, by_hour: Array) -> Array:
        """Largest value in each span; 0 where there is none, shape (n_spans,)."""
        return self._fold(np.maximum, by_hour)

    def min_of(self, by_hour: Array) -> Array:
        """Smallest value in each span; 0 where there is none, shape (n_spans,)."""
        return self._fold(np.minimum, by_hour)

    def _fold(self, by: np.ufunc, by_hour: Array) -> Array:
        # reduceat has no empty slices: spans without hours keep their 0
        some, first = self._first
        folded = np.zeros(self.hours.shape)
        if some.size:
            folded[some] = by.reduceat(by_hour, first)
        return folded
