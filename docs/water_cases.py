"""Water of one operator's evaporative plants over what their class comes to: the range that this gives."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

FLOOR = 0.01
"""Low end of the range where the rule asks for less: a factor is above 0. [1]"""
ANOTHER_PLANT = 10.0
"""Water over that of the class from which a site is taken for another kind of plant. [1]"""
_AT_P10 = float(np.sqrt(0.2))
"""How far towards its end a half of a double triangular is empty at P10 and P90. [1]"""


def ratio(published: float, once: float, twice: float) -> float:
    """Factor on the plant's water that meets what was published; NaN where it says nothing of the factor. [1]

    `once` and `twice` are the waters of a site with the plant's water as it is and doubled, so that their
    difference is the plant's and the rest is the site's. A site that takes less for its plant than for all
    else says little of the plant, and one far off is another kind. [L/kWh]
    """
    plant = twice - once
    if not plant > once - plant:
        return float("nan")
    found = 1.0 + (published - once) / plant
    return found if found < ANOTHER_PLANT else float("nan")


def range_of(ratios: Mapping[str, float], without: str = "") -> tuple[float, float]:
    """Ends of the double triangular about 1 whose P10 and P90 are those of the factors, as near as may be.

    One case may be left out.
    """
    found = [factor for name, factor in ratios.items() if name != without and np.isfinite(factor)]
    low, high = ((end - _AT_P10) / (1.0 - _AT_P10) for end in np.percentile(found, [10, 90]))
    return max(FLOOR, float(low)), float(high)
