"""Stages of a phase or a grid step: their order, and how long each takes."""

from __future__ import annotations

import numpy as np

from capsim.models.stages import STAGE_KINDS
from capsim.scenario import GridStep, Phase, Stage
from capsim.units import months_to_days

CONSTRUCTION = "construction"
"""Stage with which spending on a phase starts; its first stage where it has none of that name."""


def is_staged(phase: Phase) -> bool:
    """Whether spending on a phase starts with a stage of its own."""
    return any(stage.id == CONSTRUCTION for stage in phase.stages)


def duration_d(plan: Phase | GridStep, stage: Stage, rng: np.random.Generator | None) -> float:
    """How long a stage takes once it may start; without a random stream in the central case. [d]"""
    # what is known of a stage under way is of all of its duration, overrun included
    overrun = plan.overrun if isinstance(plan, Phase) and stage.started_on is None else 1.0
    return STAGE_KINDS[stage.kind](overrun * months_to_days(stage.duration_months), rng, **stage.arguments)


def predecessors(plan: Phase | GridStep) -> dict[str, tuple[str, ...]]:
    """The stages each stage comes after, so ordered that those stand before it."""
    waiting: dict[str, tuple[str, ...]] = {}
    before: tuple[str, ...] = ()
    for stage in plan.stages:
        waiting[stage.id] = before if stage.after is None else stage.after
        before = (stage.id,)
    placed: dict[str, tuple[str, ...]] = {}
    while waiting:
        free = {stage: after for stage, after in waiting.items() if all(name in placed for name in after)}
        if not free:
            raise ValueError(f"stages of {plan.id} wait for each other: {list(waiting)}")
        placed |= free
        waiting = {stage: after for stage, after in waiting.items() if stage not in free}
    return placed
