"""Power that will be lost because it is not used, foreseen without playing all the hours.

What a site draws behind less power is another load where less plant is switched on, so a loss that is found
after the hours are played is a reason to play them again. Where nothing but the weather moves a site inside a
span it peaks in the hottest hour, and one hour of each span tells its peaks, and so its losses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from capsim.operations.fleet import SiteFleet
from capsim.operations.hourly_limits import connection_mw
from capsim.operations.outside import Outside
from capsim.operations.power import asked_of, inside_connection
from capsim.operations.power_limit import Limit
from capsim.operations.unused_power import Lost, Powered, draws_the_same, lost_power, without


def foreseen_loss(fleet: SiteFleet, steps: Sequence[Powered], outside: Outside) -> list[Lost]:
    """What a site will lose if its hottest hours are its peaks; empty where more than weather moves it.

    Parameters
    ----------
    fleet : SiteFleet
        Site behind all of its connection, of which all is asked for all the time.
    steps : sequence of Powered
        Steps of its connection.
    outside : Outside
        Its cooling plant and the weather over it.

    Returns
    -------
    lost : list of Lost
        To be held against what all the hours say: a plant may draw most in another hour.
    """
    site, calendar = fleet.site, fleet.scenario.calendar
    moved = site.flexibility, site.generation, site.solar, site.grid_call, site.pue, fleet.mean
    # where even a site that draws nothing loses nothing there is nothing to look at
    if any(one is not None for one in moved) or not lost_power(
        site, steps, np.zeros(calendar.n_months), calendar
    ):
        return []
    hottest, shown = outside.at_peaks(fleet.spans)
    asked = asked_of(replace(fleet, spans=shown), 1.0, outside.hall_air)
    lost: list[Lost] = []
    while True:
        behind = replace(without(fleet, lost), spans=shown)
        drawn = inside_connection(behind, asked, hottest, Limit(shown, connection_mw(behind)))[1]
        again = lost_power(site, steps, shown.max_by_month(shown.max_of(drawn.facility_mw)), calendar)
        # each review of the steps follows from the years before it, so every pass settles one more
        after = replace(without(fleet, again), spans=shown)
        if again == lost or draws_the_same(behind, after, drawn.facility_mw, drawn.is_power_limited):
            return again
        lost = again
