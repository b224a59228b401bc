"""Kinds of stages: how long a stage of a build takes once it may start."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from capsim.registry import Table

StageKind = Callable[..., float]
"""Duration of the stage [d], its random stream or None for the central case, and arguments by keyword
-> how long it takes [d]."""


def _wrong(duration_d: Any) -> str:
    is_number = isinstance(duration_d, (int, float, np.number))
    return "" if is_number and 0.0 <= duration_d < math.inf else "must give a duration of at least 0 days"


STAGE_KINDS: Table[StageKind] = Table("stage kind", wrong=_wrong)
"""What `kind:` of a stage may name."""


WORK = "work"
"""Stage kind in which chance plays no part."""


@STAGE_KINDS.register(WORK)
def work(duration_d: float, rng: np.random.Generator | None) -> float:
    """Take the stage's duration, whatever else goes on. [d]"""
    del rng
    return duration_d


@STAGE_KINDS.register("attempts")
def attempts(duration_d: float, rng: np.random.Generator | None, *, refusal_probability: float) -> float:
    """Repeat until it succeeds: each attempt takes the duration and is refused with a probability.

    Without a random stream it takes the likeliest number of attempts, which is one.

    Parameters
    ----------
    duration_d : float
        Duration of one attempt, at least 0. [d]
    rng : numpy.random.Generator or None
        Stream of the stage.
    refusal_probability : float
        Probability that an attempt is refused, in [0, 1). [1]

    Returns
    -------
    duration_d : float
        Duration of all attempts; on average the duration over one minus the probability. [d]

    Raises
    ------
    ValueError
        If the probability is outside its range or NaN.

    Examples
    --------
    >>> attempts(100.0, None, refusal_probability=0.3)
    100.0
    """
    if not 0.0 <= refusal_probability < 1.0:
        raise ValueError("refusal_probability must be in [0, 1)")
    return duration_d * (1 if rng is None else int(rng.geometric(1.0 - refusal_probability)))
