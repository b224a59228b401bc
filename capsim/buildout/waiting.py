"""Waiting for the data date, and for power."""

from __future__ import annotations

import math

import simpy

from capsim.buildout.own_power import carried_d
from capsim.buildout.world import PhaseState, Process, World


def until_known(world: World) -> Process[None]:
    """Wait for the data date with what is known not to have happened before."""
    # without one, or after it, not even for the other events of this moment
    if world.as_of_d > world.env.now:
        yield world.until(world.as_of_d)


def powered(phase: PhaseState) -> simpy.Event:
    """Fires when a phase has power: of its grid step, or of own generation that bridges the time to it."""
    from_d = bridged_d(phase)
    if phase.step.energised.triggered or not from_d < math.inf:
        return phase.step.energised
    return phase.step.energised | phase.world.until(from_d)


def powered_d(phase: PhaseState) -> float:
    """When a phase that has power had it; long ago where its power was not waited for. [d]"""
    first_d = min(_energised_d(phase), bridged_d(phase))
    return first_d if first_d <= phase.world.env.now else -math.inf


def is_bridged(phase: PhaseState) -> bool:
    """Whether a phase that has power had it from own generation first."""
    return bridged_d(phase) <= phase.world.env.now and bridged_d(phase) < _energised_d(phase)


def bridged_d(phase: PhaseState) -> float:
    """From when own generation carries a phase, in the order of the site; infinite where it does not. [d]"""
    return carried_d(phase.world.scenario, phase.site.plan, phase.plan)


def _energised_d(phase: PhaseState) -> float:
    """When the grid step of a phase was energised; infinite while it is not. [d]"""
    event = phase.step.energised
    return float(event.value or 0.0) if event.triggered else math.inf
