"""Where a series is highest: the first of the places that are level but for rounding."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

LEVEL: Final = 1e-6
"""Share of the highest value within which others are level with it: limits are solved for to less. [1]"""


def first_peak(values: ArrayLike) -> int:
    """Place of the first value that is level with the highest.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        At least one, in order.

    Returns
    -------
    place : int
        Under a limit that binds many values are level, and which one is highest by rounding says nothing.

    Examples
    --------
    >>> first_peak([14.0, 15.0, 15.0 + 1e-9])
    1
    """
    series = np.asarray(values, dtype=np.float64)
    highest = series.max()
    return int(np.argmax(series >= highest - LEVEL * abs(highest)))


def first_peaks(rows: pd.DataFrame, name: str, by: list[str]) -> pd.DataFrame:
    """The row of each group in which a column is first level with its highest, by the groups' columns."""
    highest = rows.groupby(by, sort=False)[name].transform("max")
    is_level = rows[name] >= highest - LEVEL * highest.abs()
    at = is_level.groupby([rows[key] for key in by], sort=False).idxmax()
    return rows.loc[at].set_index(by)
