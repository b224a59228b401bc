"""Results held against one another: the engine of every comparison.

A side is a named result: its figures row by row, and the dates of its phases. Many rows are the replications
of a study, and rows of one number belong together (common random numbers); one row is a projection, central
or saved, and is held against each row of the other side.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.study.dates import PhaseDates
from capsim.study.statistics import PERCENT, Z_95

DIFFERENCE_PERCENTILES = (10, 50, 90)
"""Percentiles of a difference that are stated. [%]"""
ROUNDING = 1e-12
"""Share of a value by which sums in another order may move it: no difference. [1]"""


@dataclass(frozen=True, eq=False)
class Side:
    """One of the results that are held against one another."""

    name: str
    figures: Mapping[str, NDArray[np.float64]]
    """Values of each figure, one per row; NaN where a row has none."""
    dates: tuple[PhaseDates, ...] = ()
    """When each phase is there, and what of it stands idle."""


class Difference(NamedTuple):
    """A figure of one side against the first."""

    side: str
    figure: str
    mean: float
    """Mean over the rows of the side."""
    difference: float
    """Mean difference to the first side, row by row; NaN where no row of both has a value."""
    low: float
    """Lower end of the 95 % interval of the mean difference; NaN for fewer than two rows."""
    high: float
    """Upper end of it."""
    percentiles: tuple[float, ...]
    """`DIFFERENCE_PERCENTILES` of the difference."""
    none_share: float
    """Share of the rows of the side without a value, which are in no mean: a date that never comes. [1]"""

    @property
    def differs(self) -> bool:
        """Whether the interval of the mean difference leaves out zero."""
        return self.low > 0 or self.high < 0


def differences(sides: Sequence[Side]) -> Iterator[Difference]:
    """Every figure of the first side in every side, and how it differs from the first."""
    first = sides[0].figures
    for side in sides:
        for figure, values in first.items():
            # A variant may lack what the first has, such as a figure of accelerators.
            if figure not in side.figures:
                continue
            delta = side.figures[figure] - values
            delta = np.where(np.abs(delta) <= ROUNDING * np.abs(values), 0.0, delta)
            delta = delta[~np.isnan(delta)]
            at = np.array(DIFFERENCE_PERCENTILES) / PERCENT
            spread = np.quantile(delta, at).tolist() if delta.size else [math.nan] * len(at)
            mean, difference = _mean(side.figures[figure]), _mean(delta)
            # Of pairs, so that what both sides share in a row is not in its error.
            error = float(delta.std(ddof=1)) / math.sqrt(delta.size) if delta.size > 1 else math.nan
            ends = difference - Z_95 * error, difference + Z_95 * error
            none_share = float(np.isnan(side.figures[figure]).mean())
            yield Difference(side.name, figure, mean, difference, *ends, tuple(spread), none_share)


def _mean(values: NDArray[np.float64]) -> float:
    numbers = values[~np.isnan(values)]
    return float(numbers.mean()) if numbers.size else math.nan


def dates_that_differ(
    before: Sequence[PhaseDates], after: Sequence[PhaseDates]
) -> list[tuple[PhaseDates, PhaseDates]]:
    """Phases both sides have, of which a date or what stands idle differs."""
    by_place = {row.place: row for row in after}
    pairs = [(row, by_place[row.place]) for row in before if row.place in by_place]
    return [(a, b) for a, b in pairs if a.outcome != b.outcome]
