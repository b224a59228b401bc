"""Data of one place that stand in for another's: what a planner must know of weather, prices and carbon."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from capsim.catalog import Catalog, distance_km, market_of, source_of
from capsim.scenario import Scenario, Site

CLIMATE, PRICE = "climate", "price"
"""What may be another place's."""
NEAREST, ALIKE = "nearest", "alike"
"""What a place was chosen for: it is the nearest of all, or alike in degree-days and design temperature."""


class StandIn(NamedTuple):
    """Data of another place."""

    what: str
    """What they are of: `CLIMATE` or `PRICE`."""
    asked: str
    """Name of the place, or its coordinates, as in ``48.9 N, 2.3 E``."""
    used: str
    """Name of the place whose data are used; empty where nothing stands in."""
    distance_km: float | None
    """How far the one is from the other; None where that says nothing. [km]"""
    chosen_for: str = ""
    """`NEAREST` or `ALIKE`; empty where its record does not say."""


def stand_ins(scenario: Scenario, site: Site) -> Iterator[StandIn]:
    """What a site has of other places: weather of the nearest or of an analogue, hours of a price."""
    if not site.weather_file:
        yield from _weather(scenario.catalog, site)
    if site.tariff.spread != "hourly":
        return
    zone = price_zone(scenario, site)
    market = market_of(scenario.catalog, zone)
    if market is None:
        yield StandIn(PRICE, zone, "", None)
    elif not market.is_own:
        yield StandIn(PRICE, zone, market.name, None)


def price_zone(scenario: Scenario, site: Site) -> str:
    """Price zone of a site's tariff."""
    return site.tariff.zone or scenario.catalog.entry("tariffs", site.tariff.preset).text("zone")


def _weather(catalog: Catalog, site: Site) -> Iterator[StandIn]:
    """The climates that stand in for a site's."""
    name = site.climate
    if site.climate_for is not None:
        off_km = distance_km(catalog, name, *site.climate_for)
        yield StandIn(CLIMATE, _words(*site.climate_for), name, off_km, NEAREST)
    source = source_of(catalog, name)
    if source != name:
        here = catalog.entry("climates", name)
        point = (here.number("latitude_deg"), here.number("longitude_deg"))
        chosen_for = ALIKE if "analogue_distance" in here else ""
        yield StandIn(CLIMATE, name, source, distance_km(catalog, source, *point), chosen_for)


def _words(latitude_deg: float, longitude_deg: float) -> str:
    """A point in words.

    Examples
    --------
    >>> _words(-33.9, 151.2)
    '33.9 S, 151.2 E'
    """
    north, east = "NS"[latitude_deg < 0], "EW"[longitude_deg < 0]
    return f"{abs(latitude_deg):g} {north}, {abs(longitude_deg):g} {east}"
