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
from capsim.study.statistics import PERCENT

DIFFERENCE_PERCENTILES = (10, 50, 90)
"""Percentiles of a difference that are stated. [%]"""


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
    percentiles: tuple[float, ...]
    """`DIFFERENCE_PERCENTILES` of the difference."""


def differences(sides: Sequence[Side]) -> Iterator[Difference]:
    """Every figure of the first side in every side, and how it differs from the first."""
    first = sides[0].figures
    for side in sides:
        for figure, values in first.items():
            delta = side.figures[figure] - values
            delta = delta[~np.isnan(delta)]
            at = np.array(DIFFERENCE_PERCENTILES) / PERCENT
            spread = np.quantile(delta, at).tolist() if delta.size else [math.nan] * len(at)
            yield Difference(side.name, figure, _mean(side.figures[figure]), _mean(delta), tuple(spread))


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
