"""What the power at a meter carries of full halls, in every hour of the weather."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from capsim.buildout import Timeline
from capsim.models.limits import throttle
from capsim.operations.fleet import SiteFleet, site_fleets
from capsim.operations.hourly_limits import lasting_reach_mw
from capsim.operations.outside import outside_of
from capsim.operations.site_plant import ALL, Plant
from capsim.operations.surroundings import Sky
from capsim.scenario import Scenario
from capsim.units import Array


@dataclass(frozen=True, eq=False)
class FullHalls:
    """All halls that a site has in the end, full all the time, in the weather of the horizon."""

    critical_it_mw: float
    reach_mw: float
    """Power the site can count on at its meter in the end. [MW]"""
    dry_bulb_c: Array
    """Shape (n_hours,). [degC]"""
    pue: Array
    """With power for all of them, shape (n_hours,). [1]"""
    carried_it_mw: Array
    """IT load that the power carries, shape (n_hours,). [MW]"""


def full_halls_of(scenario: Scenario, timeline: Timeline, sky: Sky) -> Iterator[tuple[str, FullHalls]]:
    """Sites with their full halls in turn; without those that have no hall or no power in the end.

    One at a time, since each has its hours and a portfolio may have a thousand of them.
    """
    for fleet in site_fleets(scenario, timeline):
        ready, reach = float(fleet.ready_mw[-1]), float(lasting_reach_mw(fleet)[-1])
        if ready > 0.0 and reach > 0.0:
            yield fleet.site.id, _full(fleet, ready, reach, sky)


def _full(fleet: SiteFleet, ready_mw: float, reach_mw: float, sky: Sky) -> FullHalls:
    """Full halls of a site, with plant for what the power carries, as `site_power` has it."""
    weather = sky.weather(fleet.site)
    outside = outside_of(fleet.scenario, fleet.site, weather)
    ready = np.full(weather.dry_bulb_c.size, ready_mw)
    whole = Plant(fleet, ready, ready, outside)
    facility = whole.loads(whole.heat_mw(ready))[1]
    there = whole if reach_mw >= ready_mw else Plant(fleet, np.minimum(ready, reach_mw), ready, outside)
    inside = throttle(there.heat_mw(ready), lambda heat, hours: there.loads(heat, hours)[1], reach_mw)
    carried = np.minimum(there.it_mw(inside, ALL), ready)
    return FullHalls(ready_mw, reach_mw, weather.dry_bulb_c, facility / ready, carried)
