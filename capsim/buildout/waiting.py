"""Waiting for the data date, and for power."""

from __future__ import annotations

import math

import simpy

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
    event, now = phase.step.energised, phase.world.env.now
    energised_d = float(event.value or 0.0) if event.triggered else math.inf
    first_d = min(energised_d, bridged_d(phase))
    return first_d if first_d <= now else -math.inf


def bridged_d(phase: PhaseState) -> float:
    """From when own generation carries a phase, in the order of the site; infinite where it does not. [d]"""
    bridge = phase.site.plan.generation
    if bridge is None or not bridge.runs_when_short:
        return math.inf
    phases = list(phase.site.phases.values())
    carried_mw = sum(other.plan.critical_it_mw for other in phases[: phases.index(phase) + 1])
    is_carried = carried_mw <= bridge.power_mw
    return phase.world.day_of(bridge.available_on) if is_carried else math.inf
