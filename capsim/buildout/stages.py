"""Stages of a phase or a grid step: their order, and how long each takes."""

from __future__ import annotations

import numpy as np

from capsim.models.stages import STAGE_KINDS
from capsim.scenario.records.schema import GridStep, Phase, Stage
from capsim.units import months_to_days


def duration_d(plan: Phase | GridStep, stage: Stage, rng: np.random.Generator | None) -> float:
    """How long a stage takes once it may start; without a random stream in the central case. [d]"""
    overrun = plan.overrun if isinstance(plan, Phase) else 1.0
    return STAGE_KINDS[stage.kind](overrun * months_to_days(stage.duration_months), rng, **stage.arguments)


def predecessors(plan: Phase | GridStep) -> list[tuple[Stage, tuple[str, ...]]]:
    """Stages with the stages each comes after, so ordered that those stand before it."""
    waiting = [
        (
            stage,
            stage.after if stage.after is not None else tuple(s.id for s in plan.stages[max(0, i - 1) : i]),
        )
        for i, stage in enumerate(plan.stages)
    ]
    placed: dict[str, tuple[Stage, tuple[str, ...]]] = {}
    while waiting:
        free = [pair for pair in waiting if all(s in placed for s in pair[1])]
        if not free:
            raise ValueError(f"stages of {plan.id} wait for each other: {[s.id for s, _ in waiting]}")
        placed |= {pair[0].id: pair for pair in free}
        waiting = [pair for pair in waiting if pair[0].id not in placed]
    return list(placed.values())
