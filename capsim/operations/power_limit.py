"""The most power a site may draw, span by span as long as nothing moves it inside one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from capsim.operations.spans import Spans
from capsim.units import Array


@dataclass(frozen=True, eq=False)
class Limit:
    """Most power of a site."""

    spans: Spans
    mw: Array
    """Span by span, shape (n_spans,), or hour by hour where it moves inside one, (n_hours,). [MW]"""

    @property
    def is_by_span(self) -> bool:
        """Whether nothing moves it inside a span."""
        return self.mw.size == self.spans.hours.size

    @cached_property
    def hourly_mw(self) -> Array:
        """Hour by hour, shape (n_hours,). Not to be changed in place. [MW]"""
        return self.spans.hourly(self.mw) if self.is_by_span else self.mw

    def holds(self, power_mw: Array) -> bool:
        """Whether a power, hour by hour, is never above it. [MW]"""
        # the highest of a span stands for its hours, which spares a pass over them
        highest = self.spans.max_of(power_mw) if self.is_by_span else power_mw
        return bool(np.all(highest <= self.mw))

    def least_left_by_month(self, power_mw: Array, counts: NDArray[np.bool_]) -> Array:
        """Smallest margin above a power in each month, over the spans that count; infinite in none. [MW]"""
        spans = self.spans
        margin = self.mw - spans.max_of(power_mw) if self.is_by_span else spans.min_of(self.mw - power_mw)
        # nearly always all count, and with failures the spans are the hours
        return spans.min_by_month(margin if counts.all() else np.where(counts, margin, np.inf))
