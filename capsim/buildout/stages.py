"""Kinds of stages: how long a stage takes once it may start."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from capsim.registry import Table
from capsim.scenario.schema import Stage
from capsim.units import months_to_days

StageKind = Callable[[Stage, np.random.Generator], float]
"""Stage and its own random stream -> duration in days."""

STAGE_KINDS: Table[StageKind] = Table("stage kind")
"""What `kind:` of a stage may name."""


@STAGE_KINDS.register("work")
def work(stage: Stage, rng: np.random.Generator) -> float:
    """Take the stage's duration, whatever else goes on. [d]"""
    del rng
    return months_to_days(stage.duration_months)
