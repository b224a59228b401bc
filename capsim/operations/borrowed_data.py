"""Data of one place that stand in for another's: what a planner must know of weather, prices and carbon."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from capsim.catalog import distance_km, source_of
from capsim.scenario import Scenario, Site

CLIMATE = "climate"
"""What may be another place's."""


class StandIn(NamedTuple):
    """Data of another place."""

    what: str
    """What they are of: `CLIMATE`."""
    asked: str
    """Name of the place, or its coordinates, as in ``48.9 N, 2.3 E``."""
    used: str
    """Name of the place whose data are used."""
    distance_km: float | None
    """How far the one is from the other; None where that says nothing. [km]"""


def stand_ins(scenario: Scenario, site: Site) -> Iterator[StandIn]:
    """What a site has of other places: the nearest climate, and an analogue of a climate without tables."""
    if site.weather_file:
        return
    catalog, name = scenario.catalog, site.climate
    if site.climate_for is not None:
        yield StandIn(CLIMATE, _words(*site.climate_for), name, distance_km(catalog, name, *site.climate_for))
    source = source_of(catalog, name)
    if source != name:
        here = catalog.entry("climates", name)
        point = (here.number("latitude_deg"), here.number("longitude_deg"))
        yield StandIn(CLIMATE, name, source, distance_km(catalog, source, *point))


def _words(latitude_deg: float, longitude_deg: float) -> str:
    """A point in words.

    Examples
    --------
    >>> _words(-33.9, 151.2)
    '33.9 S, 151.2 E'
    """
    north, east = "NS"[latitude_deg < 0], "EW"[longitude_deg < 0]
    return f"{abs(latitude_deg):g} {north}, {abs(longitude_deg):g} {east}"
