"""Power that will be lost because it is not used, foreseen without playing all the hours.

What a site draws behind less power is another load where less plant is switched on, so a loss that is found
after the hours are played is a reason to play them again. Where nothing but the weather moves a site inside a
span it peaks in the hottest hour, and one hour of each span tells its peaks, and so its losses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from capsim.models.weather import Weather
from capsim.operations.fleet import SiteFleet
from capsim.operations.hourly_limits import connection_mw
from capsim.operations.power import site_power
from capsim.operations.unused_power import Lost, Powered, lost_power, without


def foreseen_loss(fleet: SiteFleet, steps: Sequence[Powered], weather: Weather) -> list[Lost]:
    """What a site will lose if its hottest hours are its peaks; empty where more than weather moves it.

    Parameters
    ----------
    fleet : SiteFleet
        Site behind all of its connection, of which all is asked for all the time.
    steps : sequence of Powered
        Steps of its connection.
    weather : Weather
        Over the site, hour by hour. [degC]

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
    spans, dry_bulb_c = fleet.spans, weather.dry_bulb_c
    hours = np.flatnonzero(dry_bulb_c == spans.hourly(spans.max_of(dry_bulb_c)))
    hottest, shown = Weather(*(series[hours] for series in weather)), spans.among(hours)
    lost: list[Lost] = []
    while True:
        behind = replace(without(fleet, lost), spans=shown)
        facility = site_power(behind, 1.0, hottest, connection_mw(behind)).facility_mw
        again = lost_power(site, steps, shown.max_by_month(shown.max_of(facility)), calendar)
        # each review of the steps follows from the years before it, so every pass settles one more
        if again == lost:
            return lost
        lost = again
