"""Questions to the weather of a site: of another country, far off, or of an analogue that is hardly one."""

from __future__ import annotations

from capsim.catalog import Catalog, distance_km, nearest, source_of
from capsim.scenario.records.schema import Site
from capsim.scenario.rules.plausible import limit
from capsim.scenario.rules.rule import Around, Issue, Issues, country_title, question

_TABLE = "climates"


@question
def climate_of_another_place(site: Site, around: Around) -> Issues:
    """The weather of a site is of its country or near it, and of a place near the point asked for."""
    if site.weather_file:
        return
    catalog, most_km = around.catalog, limit(around, "climate_km", "high")
    abroad = _country(catalog, site.climate) not in ("", site.country)
    instead = "the name of a nearer place or weather_file gives the site its own"
    if site.climate_for is not None:
        away_km = distance_km(catalog, site.climate, *site.climate_for)
        own, own_km = _nearest_of_country(site, site.climate_for if abroad else None, around)
        what = f"{site.climate}, {away_km:,.0f} km from the point, stands in"
        what += " and is of another country" if abroad else ""
        # near a border a neighbour's place is nearest, and the own country's are hardly further
        if away_km <= most_km < own_km - away_km:
            country = country_title(site.country, around)
            what += f", and the point is {own_km:,.0f} km from {own}, the nearest in {country}"
            away_km = own_km
        instead = _swapped(site, around) or instead
    else:
        here = _point_of(site.climate, catalog) if abroad else None
        own, away_km = _nearest_of_country(site, here, around)
        country = country_title(site.country, around)
        what = f"{site.climate} is of another country, {away_km:,.0f} km from {own}, the nearest in {country}"
    # a neighbour's place may well be the nearest
    if away_km > most_km:
        yield Issue(("climate",), f"{what}; {instead}", got=True)


@question
def climate_of_a_far_analogue(site: Site, around: Around) -> Issues:
    """A climate without tables is like the analogue whose tables it takes."""
    entry = around.catalog.entry(_TABLE, site.climate)
    if site.weather_file or "analogue_distance" not in entry:
        return
    distance, most = entry.number("analogue_distance"), limit(around, "analogue_distance", "high")
    if distance > most:
        source = source_of(around.catalog, site.climate)
        rule = (
            f"has no tables, and {source}, the likest that has, is far from it in degree-days and design "
            f"temperature: {distance:g}, where up to {most:g} is near; "
            "weather_file takes your own"
        )
        yield Issue(("climate",), rule, got=True)


def _swapped(site: Site, around: Around) -> str:
    """What to write where longitude and latitude changed places; empty where they hardly did."""
    assert site.climate_for is not None
    north, east = site.climate_for[1], site.climate_for[0]
    if abs(north) > 90.0:
        return ""
    place = nearest(around.catalog, north, east)
    away_km = distance_km(around.catalog, place, north, east)
    is_near = away_km <= limit(around, "climate_km", "high")
    if not is_near or _country(around.catalog, place) != site.country:
        return ""
    return (
        f"latitude comes first: [{north:g}, {east:g}] is {away_km:,.0f} km from {place} in "
        f"{country_title(site.country, around)}"
    )


def _country(catalog: Catalog, climate: str) -> str:
    """Country of a climate; empty where its record has none."""
    entry = catalog.entry(_TABLE, climate)
    return entry.text("country") if "country" in entry else ""


def _point_of(climate: str, catalog: Catalog) -> tuple[float, float] | None:
    """Where a climate is, None where its record does not say. [deg]"""
    entry = catalog.entry(_TABLE, climate)
    if "latitude_deg" not in entry:
        return None
    return entry.number("latitude_deg"), entry.number("longitude_deg")


def _nearest_of_country(site: Site, point: tuple[float, float] | None, around: Around) -> tuple[str, float]:
    """The place of a site's country nearest to a point, and how far it is; no name without any. [km]"""
    catalog = around.catalog
    own = [name for name in catalog.names(_TABLE) if _country(catalog, name) == site.country]
    if not own or point is None:
        return "", 0.0
    away_km = {name: distance_km(catalog, name, *point) for name in own}
    return min(away_km.items(), key=lambda item: item[1])
