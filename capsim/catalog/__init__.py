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
from capsim.catalog.day_words import day_of_text
from capsim.catalog.h100e import Worth, h100e_ratio, worth_of
from capsim.catalog.importing import checked_table, imported, rows_of_table
from capsim.catalog.loader import load_catalog
from capsim.catalog.overlay_checks import near_name
from capsim.catalog.price_hours import RECENT_YEARS, Market, PriceYear, market_of, price_years, turned
from capsim.catalog.records import Catalog, Entry, Value
from capsim.catalog.shelf_lives import Stale, stale
from capsim.catalog.tariffs import km_outside, loads_of, tariff_country, tariffs_of
from capsim.catalog.unit_words import currency_meant, numbers_meant, what_to_write
from capsim.catalog.weather_file import read_weather, weather_notes
from capsim.catalog.wide import in_utc

__all__ = [
    "RECENT_YEARS",
    "Catalog",
    "Entry",
    "Market",
    "PriceYear",
    "Stale",
    "Value",
    "Worth",
    "carbon_shape",
    "carbon_zones",
    "checked_table",
    "climate_names",
    "climate_table",
    "currency_meant",
    "day_of_text",
    "distance_km",
    "h100e_ratio",
    "imported",
    "in_utc",
    "km_outside",
    "load_catalog",
    "loads_of",
    "market_of",
    "near_name",
    "nearest",
    "numbers_meant",
    "price_years",
    "read_weather",
    "rows_of_table",
    "source_of",
    "stale",
    "tariff_country",
    "tariffs_of",
    "turned",
    "weather_notes",
    "what_to_write",
    "worth_of",
]
