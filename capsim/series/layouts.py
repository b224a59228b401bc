"""Known exports: how each is laid out, so that its files are read as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Layout:
    """How a known export is laid out; names are patterns of whole names of columns."""

    name: str
    needs: tuple[str, ...]
    """Columns that only this export has all of."""
    time: tuple[str, ...]
    """Column of times, or columns of days and of hours."""
    zone: str
    """Clock of its times where neither they nor their column say it."""
    values: Mapping[str, tuple[str, ...]]
    """Columns by measure, in the order in which they are looked for."""
    units: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """Units by measure, where the name of the column has none."""
    keys: tuple[str, ...] = ()
    """Columns of which a series has one value only."""
    order: str = ""
    ends: bool = False
    is_sparse: bool = False
    """Whether rows without a value are no gaps."""


LAYOUTS = (
    Layout(
        "ENTSO-E Transparency Platform",
        (r"MTU( \(.*\))?|Time \((UTC|[A-Z]+/[A-Z]+)\)",),
        (r"MTU( \(.*\))?|Time \((UTC|[A-Z]+/[A-Z]+)\)",),
        "Europe/Brussels",
        {
            "price": (r"Day-ahead Price [\[(].*[\])]",),
            "power": (r"Actual Total Load [\[(].*", r"Generation \(MW\)"),
            "shape": (r"Actual Total Load [\[(].*",),
        },
        keys=("Area", "Production Type"),
        order="day, month, year",
    ),
    Layout(
        "ENTSO-E file library",
        (r"DateTime\(UTC\)", r"ResolutionCode"),
        (r"DateTime\(UTC\)",),
        "UTC",
        {"price": (r"Price(\[.*\])?",), "power": (r"TotalLoad(Value)?(\[MW\])?",)},
        {"price": "currency/MWh", "power": "MW"},
        keys=("MapCode", "AreaCode", "ResolutionCode"),
    ),
    Layout(
        "SMARD",
        (r"Datum( von)?|Start date|Date", r"Datum bis|Ende|End date|End"),
        (r"Datum von|Start date|Datum|Date", r"Anfang|Start"),
        "Europe/Berlin",
        {
            "price": (
                r"Deutschland/Luxemburg \[€/MWh\].*",
                r"Germany/Luxembourg \[€/MWh\].*",
            ),
            "power": (
                r"Gesamt \(Netzlast\) \[MWh\].*|Netzlast \[MWh\].*",
                r"(?i:total \(grid load\)|grid load) \[MWh\].*",
            ),
            "shape": (
                r"Gesamt \(Netzlast\) \[MWh\].*|Netzlast \[MWh\].*",
                r"(?i:total \(grid load\)|grid load) \[MWh\].*",
            ),
        },
    ),
    Layout(
        "SMARD (until 2020)",
        (r"Datum", r"Uhrzeit", r".*\[(€|Euro|MWh).*"),
        (r"Datum", r"Uhrzeit"),
        "Europe/Berlin",
        {
            "price": (r"Deutschland/(Luxemburg|Österreich/Luxemburg) ?\[(Euro|€)/MWh\].*",),
            "power": (r"(Gesamt|Netzlast) ?\[MWh\].*",),
            "shape": (r"(Gesamt|Netzlast) ?\[MWh\].*",),
        },
        order="day, month, year",
    ),
    Layout(
        "energy-charts",
        (r"(Datum|Date) \((MEZ|GMT\+1|CET|UTC)\)",),
        (r"(Datum|Date) \((MEZ|GMT\+1|CET|UTC)\)",),
        "Europe/Berlin",
        {
            "price": (
                r"Day Ahead Au[ck]tion \(DE-LU\).*",
                r"Day Ahead Au[ck]tion.*",
                r"(Preis|Price) \(EUR/MWh.*",
            ),
            "power": (r"Load|Last",),
            "shape": (r"Load|Last",),
        },
        {"price": "EUR/MWh", "power": "MW"},
    ),
    Layout(
        "RTE eco2mix",
        (r"P.rim.tre", r"Nature", r"Date", r"Heures?"),
        (r"Date", r"Heures?"),
        "Europe/Paris",
        {
            "power": (r"Consommation( \(MW\))?",),
            "carbon intensity": (r"Taux de C[oO]2( \(g/kWh\))?",),
            "shape": (r"Consommation( \(MW\))?",),
        },
        {"power": "MW", "carbon intensity": "g/kWh"},
        is_sparse=True,
    ),
    Layout(
        "RTE eco2mix (ODRE)",
        (r"Date - Heure", r"Consommation \(MW\)"),
        (r"Date - Heure",),
        "Europe/Paris",
        {
            "power": (r"Consommation \(MW\)",),
            "carbon intensity": (r"Taux de CO2 \(g/kWh\)",),
            "shape": (r"Consommation \(MW\)",),
        },
        is_sparse=True,
    ),
    Layout(
        "EIA-930",
        (r"UTC Time at End of Hour", r"Balancing Authority"),
        (r"UTC Time at End of Hour",),
        "UTC",
        {
            "power": (r"Demand \(MW\) \(Adjusted\)", r"Demand \(MW\)"),
            "shape": (r"Demand \(MW\) \(Adjusted\)", r"Demand \(MW\)"),
        },
        keys=("Balancing Authority", "Sub-Region"),
        order="month, day, year",
        ends=True,
    ),
    Layout(
        "EIA-930 (API)",
        (r"period", r"respondent", r"value", r"value-units"),
        (r"period",),
        "UTC",
        {"power": (r"value",), "shape": (r"value",)},
        {"power": "MW"},
        keys=("respondent", "type-name"),
        ends=True,
    ),
    Layout(
        "Electricity Maps",
        (r"(?i:datetime \(utc\))", r"(?i:zone (name|id))"),
        (r"(?i:datetime \(utc\))",),
        "UTC",
        {
            "carbon intensity": (
                r"(?i:carbon intensity gco.?eq/kwh \((lca|life cycle)\))",
                r"(?i:carbon intensity gco.?eq/kwh \(direct\))",
            )
        },
        {"carbon intensity": "g/kWh"},
        keys=("Zone Id", "Zone id"),
    ),
)
"""Exports that are known, in the order in which they are tried."""
