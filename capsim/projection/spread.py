"""How a plan lies among draws of its uncertain values: plain data beside a projection."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Spread:
    """Percentiles of headline figures and of dates, and where the plan lies among them."""

    n: int
    """Number of draws."""
    figures: dict[str, dict[str, float]]
    """By headline figure: the `plan`, its `plan_percentile` among the draws [%], `p10`, `p20`, `p50`,
    `p80`, `p90`; of money that is to be low the `contingency`, P80 - plan. NaN where there is nothing to
    state."""
    dates: list[dict[str, Any]] = field(default_factory=list)
    """By site, phase and milestone: ISO dates of the plan, P10, P20, P50, P80 and P90, None where not
    inside the horizon, and the `never_share` of draws. [1]"""
    outside: dict[str, list[str]] = field(default_factory=dict)
    """Of cost, compute, energy, carbon and water outside P25 to P75: what moves the draws away from the plan.

    With these values at their medians in every draw the plan is inside; where that takes more than a few
    values, the last says what the rest is."""
    whole: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Of the phases that the plan does not have at the start: when the first is ready (`first_ready`), the
    last is (`last_ready`), and the last fleet is in service (`last_in_service`), as of a phase."""
    goals: list[dict[str, Any]] = field(default_factory=list)
    """Of every goal of every target, in their order: how often and when it is reached, as in
    `capsim.study.goals.Chance`."""
    by_month: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    """P10, P50 and P90 of the portfolio's accelerators, H100-equivalents in force and critical IT power
    ready, by series and month; of results saved before there are none."""
