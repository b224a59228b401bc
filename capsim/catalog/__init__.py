"""Sourced numbers as CSV: accelerators, systems, climates, prices, costs, lead times.

Every value has a unit, a source and a kind (``published``, ``derived`` or ``assumed``); a test
fails on one without. A user's own CSV in the same form is laid over a table by name.
"""

from capsim.catalog.carbon import carbon_shape, carbon_zones
from capsim.catalog.climates import (
    climate_names,
    climate_table,
    distance_km,
    nearest,
    source_of,
)
from capsim.catalog.h100e import Worth, h100e_ratio, worth_of
from capsim.catalog.importing import checked_table, imported
from capsim.catalog.loader import load_catalog
from capsim.catalog.price_hours import RECENT_YEARS, Market, PriceYear, market_of, price_years, turned
from capsim.catalog.records import Catalog, Entry, Value
from capsim.catalog.unit_words import number_meant
from capsim.catalog.weather_file import read_weather, weather_notes
from capsim.catalog.wide import in_utc

__all__ = [
    "RECENT_YEARS",
    "Catalog",
    "Entry",
    "Market",
    "PriceYear",
    "Value",
    "Worth",
    "carbon_shape",
    "carbon_zones",
    "checked_table",
    "climate_names",
    "climate_table",
    "distance_km",
    "h100e_ratio",
    "imported",
    "in_utc",
    "load_catalog",
    "market_of",
    "nearest",
    "number_meant",
    "price_years",
    "read_weather",
    "source_of",
    "turned",
    "weather_notes",
    "worth_of",
]
