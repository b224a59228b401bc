"""How much a site may draw: its connection, what the grid calls back, and own power behind the meter."""

from __future__ import annotations

import numpy as np

from capsim.models.flexibility import dearest_of_year
from capsim.operations.contracts import sun_mw
from capsim.operations.fleet import SiteFleet
from capsim.operations.meter import engines_on_price
from capsim.operations.power_limit import Limit
from capsim.operations.surroundings import Surroundings
from capsim.units import Array


def connection_mw(fleet: SiteFleet) -> Array:
    """Energised power, or firm power where that is less, span by span. [MW]"""
    firm = fleet.site.firm_power
    if firm is None:
        return fleet.grid_mw
    return np.minimum(fleet.grid_mw, firm.usable_mw)


def limit_of(fleet: SiteFleet, around: Surroundings) -> Limit:
    """Most power at the meter: span by span, or hour by hour where the grid calls power back.

    What is called is a share of the energised power: where no more than the firm power is used of
    the connection, a call that leaves that much changes nothing.
    """
    limit, call = connection_mw(fleet), fleet.site.grid_call
    # nothing moves the limit inside a span: it stays span by span
    if call is None:
        return Limit(fleet.spans, limit)
    called = dearest_of_year(around.price_per_mwh, fleet.scenario.calendar.year_of_hour, call.hours_per_y)
    left = fleet.spans.hourly(fleet.grid_mw) * (1.0 - call.share * called)
    return Limit(fleet.spans, np.minimum(left, fleet.spans.hourly(limit)))


def reach_of(fleet: SiteFleet, around: Surroundings, limit: Limit) -> Limit:
    """Most power the site can use: what passes the meter, and own power that runs in the same hour.

    Engines count while they run on price, or always where they run when the connection is short; own
    sun as it produces. Tests of engines do not count, and neither does the battery.
    """
    on_site = [part for part in (sun_mw(fleet), _engines_mw(fleet, around)) if part is not None]
    # without own power the limit stays span by span where it is
    if not on_site:
        return limit
    return Limit(fleet.spans, limit.hourly_mw + sum(on_site))


def lasting_reach_mw(fleet: SiteFleet) -> Array:
    """Power the site can count on outside the hours called: connection and bridging engines, by span. [MW]"""
    bridge = fleet.site.generation
    engines = bridge.power_mw if bridge is not None and bridge.runs_when_short else 0.0
    return connection_mw(fleet) + engines


def _engines_mw(fleet: SiteFleet, around: Surroundings) -> Array | float | None:
    """Engines that can carry load in each hour; None where there are none. [MW]"""
    engines = fleet.site.generation
    if engines is None:
        return None
    if engines.runs_when_short:
        return engines.power_mw
    return engines_on_price(fleet, around)
