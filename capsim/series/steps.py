"""How long each row of a series stands: one step for all, or steps that change within a file.

Auctions went from hours to quarters of an hour on a day of a year, and a file of that year has both.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from capsim.series.clock import DAY, Minutes
from capsim.units import MINUTES_PER_HOUR

_RUN = 2
"""Distances alike one after the other that are a step of a part of a file, and no gaps of another."""
_LONG_RUN = 8
"""The same where they are longer than an hour."""


def commonest(distance: Minutes) -> int:
    """The commonest of some distances. [min]"""
    steps, counts = np.unique(distance, return_counts=True)
    return int(steps[np.argmax(counts)])


def steps_of(utc: Minutes, at: Sequence[int] | NDArray[np.int64]) -> Minutes:
    """How long each row stands for, by the distances to the next.

    Parameters
    ----------
    utc : ndarray of int64
        Times that rise. [min since 1970]
    at : sequence of int
        Lines of the rows, for messages.

    Returns
    -------
    steps : ndarray of int64
        The commonest distance; where another lasts for a part of the file, that in it. A gap within a part
        has its rows stand as the others of the part. [min]

    Raises
    ------
    ValueError
        With the line, where rows are at a distance that is no hour nor a whole part or multiple of one.

    Examples
    --------
    >>> steps_of(np.array([0, 60, 120, 180, 195, 210, 225]), range(7))
    array([60, 60, 60, 15, 15, 15, 15])
    """
    if utc.size < 2:
        raise ValueError(f"line {int(at[0])}: a single row; a series by the hour has more")
    distance = np.diff(utc)
    usual = commonest(distance)
    if not _is_step(usual):
        rule = "they must be an hour, or a whole part of one"
        raise ValueError(f"line {int(at[1])}: rows are {usual} minutes apart; {rule}")
    edges = np.flatnonzero(np.diff(distance)) + 1
    starts = np.concatenate([[0], edges])
    lengths = np.diff(np.append(starts, distance.size))
    steps = np.zeros(utc.size, dtype=np.int64)
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        step = int(distance[start])
        is_long = step > MINUTES_PER_HOUR
        if step == usual or (_is_step(step) and length >= (_LONG_RUN if is_long else _RUN)):
            steps[start : start + length] = step
    # what is at no step of a part, and the last row, stand as the row before, or as the first that does
    known = np.flatnonzero(steps)
    return np.asarray(
        steps[known[np.maximum(np.searchsorted(known, np.arange(utc.size), side="right") - 1, 0)]]
    )


def starts_of_ends(ends: Minutes) -> Minutes:
    """Starts of what rows stand for whose times are its ends, in the order of the rows. [min]"""
    times, where = np.unique(ends, return_inverse=True)
    if times.size < 2:
        return ends - MINUTES_PER_HOUR
    # seen from the last, an end is a start
    steps = steps_of(-times[::-1], np.zeros(times.size, dtype=np.int64))[::-1]
    return np.asarray((times - steps)[where])


def _is_step(minutes: int) -> bool:
    """Whether rows may be so far apart: a whole part of an hour, or whole hours that a day is made of."""
    if minutes > MINUTES_PER_HOUR:
        return minutes % MINUTES_PER_HOUR == 0 and DAY % minutes == 0
    return minutes >= 1 and MINUTES_PER_HOUR % minutes == 0
