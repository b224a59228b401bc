"""Where and for which loads a tariff of the catalogue is."""

from __future__ import annotations

import math

from capsim.catalog.climates import distance_km
from capsim.catalog.records import Catalog, Entry

TABLE = "tariffs"


def loads_of(entry: Entry) -> tuple[float, float]:
    """Least and largest power of the sites that a tariff is for. [MW]

    Examples
    --------
    >>> from capsim.catalog import load_catalog
    >>> loads_of(load_catalog().entry("tariffs", "us-va-dominion-gs5"))
    (25.0, inf)
    """
    low = entry.number("min_mw") if "min_mw" in entry else 0.0
    return low, entry.number("max_mw") if "max_mw" in entry else math.inf


def tariffs_of(catalog: Catalog, country: str, grid_mw: float | None = None) -> list[str]:
    """Names of the tariffs of a country; those for a power where one is given. [MW]"""
    found = []
    for entry in catalog.tables[TABLE].values():
        low, high = loads_of(entry)
        if tariff_country(entry) == country and (grid_mw is None or low <= grid_mw <= high):
            found.append(entry.name)
    return found


def tariff_country(entry: Entry) -> str:
    """Country of a tariff; empty where it names none."""
    return entry.text("country") if "country" in entry else ""


def km_outside(catalog: Catalog, entry: Entry, climate: str) -> float:
    """How far the place of a climate lies outside a tariff's territory; 0 inside, or without one. [km]"""
    here = catalog.tables["climates"].get(climate)
    if "reach_km" not in entry or here is None or "latitude_deg" not in here:
        return 0.0
    away = distance_km(catalog, climate, entry.number("latitude_deg"), entry.number("longitude_deg"))
    return max(0.0, away - entry.number("reach_km"))
