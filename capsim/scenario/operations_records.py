"""Records of power, surroundings and demand: what operations reads."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from capsim.scenario.quantity import CatalogDefault, Quantity
from capsim.scenario.record import Name, Record


class Workload(Record):
    """How hard the accelerators work: three shares that are never merged into one utilisation."""

    preset: Name = "large-training"
    """Workload of the catalogue's assumptions (`workload-...`) the values below default to."""
    allocation: Annotated[
        float, Quantity("1", ge=0, le=1, catalog="assumptions/workload-{preset}.allocation")
    ]
    """Largest share of the accelerators in service that hold a job. [1]"""
    busy_share: Annotated[
        float, Quantity("1", ge=0, le=1, catalog="assumptions/workload-{preset}.busy_share")
    ]
    """Share of the time in which an allocated accelerator computes. [1]"""
    power_utilisation: Annotated[
        float, Quantity("1", ge=0, le=1, catalog="assumptions/workload-{preset}.power_utilisation")
    ]
    """Dynamic power drawn while computing over nameplate minus idle. [1]"""


class Tariff(Record):
    """What a MWh at the meter costs: wholesale level and what is added to it."""

    preset: Name
    """Entry of the catalogue's tariffs the values below default to."""
    level_per_mwh: Annotated[float, Quantity("currency/MWh", ge=0, catalog="tariffs/{preset}.level_per_mwh")]
    """Mean wholesale price at the start. [currency/MWh]"""
    excise_per_mwh: Annotated[
        float, Quantity("currency/MWh", ge=0, catalog="tariffs/{preset}.excise_per_mwh")
    ]
    """Excise duty. [currency/MWh]"""
    network_per_mwh: Annotated[
        float, Quantity("currency/MWh", ge=0, catalog="tariffs/{preset}.network_per_mwh")
    ]
    """Network charges. [currency/MWh]"""
    trend_per_y: Annotated[float, Quantity("1/y", gt=-1, catalog="tariffs/{preset}.trend_per_y")]
    """Real growth of the wholesale level. [1/y]"""
    currency: Annotated[
        str, StringConstraints(pattern=r"^[A-Z]{3}$"), CatalogDefault("tariffs/{preset}.currency")
    ] = "EUR"
    """ISO 4217 code of the three prices."""
    price_year: Annotated[
        int, Field(strict=True, ge=2000, le=2060), CatalogDefault("tariffs/{preset}.price_year")
    ] = 2025
    """Price year of the three prices."""
    spread: Literal["hourly", "none"] = "hourly"
    """Whether the price moves with the hour (shape and residual of the zone) or stays at its level."""


class Carbon(Record):
    """Location-based carbon intensity of the grid."""

    intensity_gco2e_per_kwh: Annotated[
        float, Quantity("gCO2e/kWh", ge=0, catalog="carbon/{country}.intensity_gco2e_per_kwh")
    ]
    """Life-cycle intensity at the start. [gCO2e/kWh]"""
    trend_per_y: Annotated[float, Quantity("1/y", gt=-1, catalog="assumptions/carbon.trend_per_y")]
    """Growth of the intensity; negative where the grid gets cleaner. [1/y]"""


class Cooling(Record):
    """A cooling preset of the catalogue, with arguments that replace the preset's."""

    preset: Name
    """Entry of the catalogue's cooling table."""
    arguments: dict[str, Annotated[float, Quantity("as in the catalogue")]] = Field(default_factory=dict)
    """Arguments of the cooling model; the preset's where missing."""


class Electrical(Record):
    """Losses between the meter and the IT load."""

    ups_loss_a: Annotated[float, Quantity("1", ge=0, lt=1, catalog="assumptions/electrical.ups_loss_a")]
    """UPS loss at no load, as share of critical IT power. [1]"""
    ups_loss_b: Annotated[float, Quantity("1", ge=0, lt=1, catalog="assumptions/electrical.ups_loss_b")]
    """UPS loss proportional to the load fraction. [1]"""
    ups_loss_c: Annotated[float, Quantity("1", ge=0, lt=1, catalog="assumptions/electrical.ups_loss_c")]
    """UPS loss with the square of the load fraction. [1]"""
    transformer_efficiency: Annotated[
        float, Quantity("1", gt=0, le=1, catalog="assumptions/electrical.transformer_efficiency")
    ]
    """Efficiency of the transformers. [1]"""
    switchgear_efficiency: Annotated[
        float, Quantity("1", gt=0, le=1, catalog="assumptions/electrical.switchgear_efficiency")
    ]
    """Efficiency of switchgear and cables. [1]"""
    distribution_efficiency: Annotated[
        float, Quantity("1", gt=0, le=1, catalog="assumptions/electrical.distribution_efficiency")
    ]
    """Efficiency of the distribution behind the UPS. [1]"""
    lighting_share: Annotated[
        float, Quantity("1", ge=0, lt=1, catalog="assumptions/electrical.lighting_share")
    ]
    """Lighting and auxiliaries as share of the IT load. [1]"""


class Shape(Record):
    """How demand moves within a week: an entry of the table of demand shapes with its arguments."""

    name: Name = "flat"
    """Entry of the demand shapes."""
    arguments: dict[str, Annotated[float, Quantity("as the shape says")]] = Field(default_factory=dict)
    """Keyword arguments of the shape."""


class Demand(Record):
    """Compute that is asked for."""

    h100e: Annotated[float, Quantity("H100e", ge=0)] | None = None
    """Demand at the start; unlimited where it is missing. [H100e, in the scenario's definition]"""
    growth_per_y: Annotated[float, Quantity("1/y", gt=-1)] = 0.0
    """Growth of demand. [1/y]"""
    shape: Shape = Shape()
    """Movement within a week; its mean is 1."""
