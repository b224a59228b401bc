"""Ordering policies: the day on which systems are ordered, as their planners see it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from capsim.registry import Table


@dataclass(frozen=True)
class Outlook:
    """What the planners of an order know on the day they look. Times are days since the start."""

    now_d: float
    """Today. [d]"""
    ready_d: Callable[[], float]
    """Forecast, made today, of when the hall is ready for service. [d]"""
    lead_time_d: float
    """Order to delivery. [d]"""
    margin_d: float
    """How long before the hand-over the delivery is aimed at. [d]"""


OrderingPolicy = Callable[[Outlook], float]
"""Outlook -> day to order on; looked at anew on that day, until it is today or past. Infinity where the
monthly review of demand is to ask. [d]"""


def _wrong(day: Any) -> str:
    is_day = isinstance(day, (int, float, np.number)) and not math.isnan(day)
    return "" if is_day else "must give a day, or infinity"


ORDERING: Table[OrderingPolicy] = Table("ordering policy", wrong=_wrong)
"""What `ordering:` of a deployment may name; none orders before its `ordered_on`."""


@ORDERING.register("fixed")
def fixed(outlook: Outlook) -> float:
    """Order on the date. [d]"""
    return outlook.now_d


@ORDERING.register("just_in_time")
def just_in_time(outlook: Outlook) -> float:
    """Order so that the delivery meets the forecast hand-over less a margin. [d]

    Examples
    --------
    >>> just_in_time(Outlook(0.0, lambda: 100.0, lead_time_d=60.0, margin_d=10.0))
    30.0
    """
    return outlook.ready_d() - (outlook.lead_time_d + outlook.margin_d)


@ORDERING.register("demand")
def demand(outlook: Outlook) -> float:
    """Order when the review of demand says so. [d]"""
    del outlook
    return math.inf
