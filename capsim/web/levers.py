"""Sliders: the values that move a figure most, by the tornado, and the span of each."""

from __future__ import annotations

import math
from typing import Any

from capsim import study
from capsim.models.uncertain import Distribution
from capsim.projection import money_unit
from capsim.scenario import Scenario, drawn_together, explain, uncertain_values
from capsim.study import Progress, Sensitivity
from capsim.vocabulary import CURRENCY, input_title

MOST = 10
"""Most sliders."""
ENDS = (0.01, 0.99)
"""Probabilities at which a slider ends where the distribution has no end. [1]"""


def levers_of(scenario: Scenario, ranked: Sensitivity) -> list[dict[str, Any]]:
    """The sliders of a scenario, the one that moves the figure most first.

    Values that share a draw have one slider, and keep their ratios to the first of them.

    Returns
    -------
    levers : list of dict
        With `name` of the draw and its `title`, `paths` (each with its ratio to the value shown), `unit`,
        `low`, `high` and `at` (its central value), its `source`, and the figure `at_p10` and `at_p90`.
    """
    uncertain, together = uncertain_values(scenario), drawn_together(scenario)
    rows = {row.path: row for row in explain(scenario)}
    levers = []
    for name, bar in list(ranked.tornado.iterrows()):
        paths = together[str(name)]
        first, row = uncertain[paths[0]], rows[paths[0]]
        low, high = _span(first.distribution)
        if not (math.isfinite(bar["swing"]) and bar["swing"] and low < high):
            continue
        levers.append(
            {
                "name": str(name),
                "title": input_title(str(name)),
                "paths": {path: _ratio(uncertain[path], first) for path in paths},
                "unit": row.unit.replace(CURRENCY, money_unit(scenario)),
                "low": low,
                "high": high,
                "at": float(first),
                "source": row.source,
                "at_p10": float(bar["at_p10"]),
                "at_p90": float(bar["at_p90"]),
            }
        )
    return levers[:MOST]


def tornado_of(scenario: Scenario, on: str, seed: int, progress: Progress) -> Sensitivity:
    """The tornado that ranks the sliders."""
    return study.sensitivity(scenario, on, seed=seed, processes=1, progress=progress)


def _ratio(value: float, first: float) -> float:
    return float(value) / float(first) if first else 1.0


def _span(distribution: Distribution) -> tuple[float, float]:
    """Ends of a slider: of the distribution where it has some."""
    low, high = distribution.support
    if math.isfinite(low) and math.isfinite(high):
        return float(low), float(high)
    ends = distribution.ppf(ENDS)
    return float(ends[0]), float(ends[1])
