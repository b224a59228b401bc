"""Water of plants over what their class comes to: how far it spreads, and what sites take beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student_t


def ratio(published: float, once: float, twice: float) -> float:
    """Published water over what the class comes to; NaN where it says nothing of the plant. [1]

    `once` and `twice` are the waters of a site with the plant's water as it is and doubled, so that their
    difference is the plant's and the rest is the site's. A site that takes less for its plant than for all
    else says little of the plant. [L/kWh]
    """
    plant = twice - once
    return published / once if plant > once - plant else float("nan")


def sigma_of(ratios: Mapping[str, float], without: str = "") -> float:
    """Deviation of the logarithm whose P5 and P95 about 1 hold one more plant in nine of ten. [1]

    The class stands at 1, whatever the plants have, so their logarithms spread about 0; how far is known
    from a few alone, which Student's t of as many degrees of freedom allows for. One may be left out.
    """
    found = [factor for name, factor in ratios.items() if name != without and np.isfinite(factor)]
    spread = float(np.sqrt(np.mean(np.log(found) ** 2)))
    return spread * float(student_t.ppf(0.95, len(found)) / norm.ppf(0.95))


def site_water(m3_per_mw_y: Iterable[float]) -> tuple[float, float]:
    """Median of a lognormal through what sites publish, and the deviation of its logarithm. [m3/MW/y, 1]"""
    logs = np.log(list(m3_per_mw_y))
    return float(np.exp(logs.mean())), float(logs.std(ddof=1))
