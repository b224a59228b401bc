"""Own generation that bridges the time to the grid: from when it carries a phase."""

from __future__ import annotations

import math

from capsim.scenario import Phase, Scenario, Site


def carried_d(scenario: Scenario, site: Site, phase: Phase) -> float:
    """From when own generation carries a phase, in the order of the site; infinite where it does not. [d]"""
    bridge = site.generation
    if bridge is None or not bridge.runs_when_short:
        return math.inf
    names = [other.id for other in site.phases]
    so_far = site.phases[: names.index(phase.id) + 1]
    is_carried = sum(other.critical_it_mw for other in so_far) <= bridge.power_mw
    available_on = bridge.available_on
    from_d = 0.0 if available_on is None else scenario.calendar.day_of(available_on)
    return from_d if is_carried else math.inf
