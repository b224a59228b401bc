"""Sourced numbers as CSV: accelerators, systems, climates, prices, costs, lead times.

Every value has a unit, a source and a kind (``published``, ``derived`` or ``assumed``); a test
fails on one without. A user's own CSV in the same form is laid over a table by name.
"""

from capsim.catalog.arrays import (
    PriceResidual,
    carbon_shape,
    climate_names,
    climate_table,
    in_utc,
    price_residual,
    price_shape,
)
from capsim.catalog.h100e import h100e_ratio
from capsim.catalog.importing import checked_table, imported
from capsim.catalog.loader import load_catalog
from capsim.catalog.records import Catalog, Entry, Value
from capsim.catalog.unit_words import number_meant
from capsim.catalog.weather_file import read_weather, weather_notes

__all__ = [
    "Catalog",
    "Entry",
    "PriceResidual",
    "Value",
    "carbon_shape",
    "checked_table",
    "climate_names",
    "climate_table",
    "h100e_ratio",
    "imported",
    "in_utc",
    "load_catalog",
    "number_meant",
    "price_residual",
    "price_shape",
    "read_weather",
    "weather_notes",
]
