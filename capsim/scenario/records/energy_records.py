"""Records of a site's energy contracts, flexibility, storage, own generation and heat reuse."""

from typing import Annotated, Literal

from pydantic import Field

from capsim.models.electrical import usable_mw
from capsim.scenario.records.quantity import (
    POWER_FACTOR,
    CatalogDefault,
    PositiveShare,
    Quantity,
    Share,
    ShareBelowOne,
)
from capsim.scenario.records.record import CurrencyCode, Day, Id, Name, PriceYear, Record
from capsim.units import HOURS_PER_STANDARD_YEAR


class SolarShape(Record):
    """When a solar plant produces: the sun's path over a place, scaled to a yearly yield."""

    latitude_deg: Annotated[float, Quantity("deg", ge=-90, le=90)]
    """Latitude of the plant, north positive. [deg]"""
    longitude_deg: Annotated[float, Quantity("deg", ge=-180, le=180)]
    """Longitude of the plant, east positive. [deg]"""
    tilt_deg: Annotated[float, Quantity("deg", "assumptions/solar", ge=0, le=90)]
    """Tilt of its fixed panels towards the equator. [deg]"""
    full_load_h_per_y: Annotated[
        float, Quantity("h/y", "assumptions/solar.full_load_h_per_y_{country}", ge=0, le=4000)
    ]
    """Energy of a year over its peak power. [h/y]"""


class Solar(SolarShape):
    """A solar plant behind the site's meter; what the site does not use is not exported."""

    peak_mw: Annotated[float, Quantity("MW", gt=0)]
    """Peak power. [MW]"""
    cost_per_mwh: Annotated[
        float, Quantity("currency/MWh", "assumptions/power-purchase-fr.ppa_solar_eur_per_mwh", ge=0)
    ]
    """Cost of its energy, used or not: a contract price in place of its capex. [currency/MWh]"""
    currency: CurrencyCode = ""
    """ISO 4217 code of the cost; the scenario's where the cost is your own and says none."""
    price_year: PriceYear = 2025
    """Price year of the cost; the scenario's where the cost is your own and says none."""
    starts_on: Day | None = None
    """First day; the first energised grid power where missing."""
    months: Annotated[float, Quantity("months", gt=0)] | None = None
    """Duration; to the horizon where missing. [months]"""


class Contract(Record):
    """Energy bought at a price of its own instead of the hourly one: a power purchase agreement or a block.

    It covers a share of what the meter draws in every hour, or a block of power; what a block brings
    beyond the draw is sold at the hour's wholesale price. Its price is fixed in money of the day unless
    it says otherwise: inflation makes it cheaper, in real terms, year by year.
    """

    id: Id
    """Name of the contract."""
    share: Share = 0.0
    """Share of the energy drawn in every hour that it covers. [1]"""
    block_mw: Annotated[float, Quantity("MW", ge=0)] = 0.0
    """Constant power it covers, on top of the share; with `solar` the peak power of a plant that is paid
    as it produces. [MW]"""
    solar: SolarShape | None = None
    """When the block produces, where it is a solar plant."""
    profile: Annotated[float, Quantity("1", ge=0, series="shape")] | None = None
    """When the block produces, as a series over its power: settled as produced. [1]"""
    volume_mwh_per_y: Annotated[float, Quantity("MWh/y", gt=0)] | None = None
    """Most energy that it covers in each year from its first day; what is drawn beyond pays the hour's
    price. [MWh/y]"""
    price_per_mwh: Annotated[float, Quantity("currency/MWh")] | None = None
    """Price in place of the wholesale price; the wholesale price itself, inside floor and cap, where
    missing. [currency/MWh]"""
    indexation: Share = 0.0
    """Share of inflation that the price follows from its price year on: 0 is fixed in money of the day, 1
    fully indexed. [1]"""
    escalator_per_y: Annotated[float, Quantity("1/y", gt=-1, le=1)] = 0.0
    """Growth of the price at each anniversary of its first day, in money of the day. [1/y]"""
    floor_per_mwh: Annotated[float, Quantity("currency/MWh")] | None = None
    """Least that is paid, in money of the day. [currency/MWh]"""
    cap_per_mwh: Annotated[float, Quantity("currency/MWh")] | None = None
    """Most that is paid, in money of the day. [currency/MWh]"""
    carbon_gco2e_per_kwh: Annotated[float, Quantity("gCO2e/kWh", ge=0)] | None = None
    """Life-cycle intensity its guarantees of origin certify; none are bundled where missing. [gCO2e/kWh]"""
    renewable_share: Share = 0.0
    """Share of its energy for which guarantees of origin of renewable sources are cancelled. [1]"""
    currency: CurrencyCode = ""
    """ISO 4217 code of the price; the scenario's where missing."""
    price_year: PriceYear = 2025
    """Year in which an indexed price is as written; the scenario's price year where missing."""
    starts_on: Day | None = None
    """First day, from which a block is paid, drawn or not; the first energised grid power where missing."""
    months: Annotated[float, Quantity("months", gt=0)] | None = None
    """Duration; to the horizon where missing. [months]"""


class GridCall(Record):
    """Curtailment clause of the grid connection: the grid may take back a share in some hours."""

    share: Share
    """Share of the energised power that is withdrawn in an hour called. [1]"""
    hours_per_y: Annotated[float, Quantity("h/y", ge=0, le=HOURS_PER_STANDARD_YEAR)]
    """Hours called in a year: its dearest, since a scarce system is a dear one (assumed). [h/y]"""


class Flexibility(Record):
    """Load that is shed or shifted in the dearest or dirtiest hours, or when the grid calls."""

    share: Share
    """Share of the running jobs that can be paused. [1]"""
    signal: Literal["price", "carbon", "request"] = "price"
    """Hours to avoid: the dearest or the dirtiest of each day, or the dearest of each year (spot)."""
    hours_per_day: Annotated[float, Quantity("h/d", ge=0, le=24)] = 0.0
    """Hours of each day in which the jobs pause, needed under price and carbon; rounded. [h/d]"""
    request_hours_per_y: Annotated[float, Quantity("h/y", ge=0, le=HOURS_PER_STANDARD_YEAR)] = 0.0
    """Hours of each year in which the jobs pause, needed under request. [h/y]"""
    mode: Literal["shed", "shift"] = "shift"
    """Whether paused work is lost, with a queue too, or made up for in the same day where there is room."""


class Battery(Record):
    """A battery at the meter: it charges in the cheapest hours of a day and discharges in the dearest.

    Hours are cheap or dear by what one more MWh costs, contracts for a share taken into account.
    """

    power_mw: Annotated[float, Quantity("MW", gt=0)]
    """Most power in and out, at the meter. [MW]"""
    energy_mwh: Annotated[float, Quantity("MWh", gt=0)]
    """Usable energy, as delivered. [MWh]"""
    round_trip_efficiency: Annotated[PositiveShare, CatalogDefault("assumptions/battery")]
    """Energy out over energy in. [1]"""
    fade_per_y: Annotated[ShareBelowOne, CatalogDefault("assumptions/battery")]
    """Part of its energy that it loses in a year, of what is left. [1/y]"""
    life_years: Annotated[float, Quantity("y", "assumptions/battery", ge=0.1)]
    """Life, after which a new one takes its place; the first is new with the first grid power, or at the
    start. [y]"""
    cost_per_mw: Annotated[float, Quantity("currency/MW", "assumptions/battery.usd_per_mw", ge=0)]
    """Price of each battery for its power, on top of that for its energy; 0 for both where it is not yours to
    pay. [currency/MW]"""
    cost_per_mwh: Annotated[float, Quantity("currency/MWh", "assumptions/battery.usd_per_mwh", ge=0)]
    """Price of each battery for its energy, built. [currency/MWh]"""
    currency: CurrencyCode = ""
    """ISO 4217 code of the prices; the scenario's where they are your own and say none."""
    price_year: PriceYear = 2025
    """Price year of the prices; the scenario's where they are your own and say none."""


class Generation(Record):
    """Engines or turbines on site: backup, tests, and running where the grid costs more."""

    power_mw: Annotated[float, Quantity("MW", gt=0)]
    """Electric power. [MW]"""
    fuel: Name = "diesel"
    """Entry of the catalogue's assumptions (`fuel-...`) the values below default to."""
    efficiency: Annotated[PositiveShare, CatalogDefault("assumptions/fuel-{fuel}")]
    """Electricity out over fuel in. [1]"""
    fuel_price_per_mwh: Annotated[
        float, Quantity("currency/MWh of fuel", "assumptions/fuel-{fuel}.price_eur_per_mwh", ge=0)
    ]
    """Price of the fuel. [currency/MWh of fuel]"""
    currency: CurrencyCode = ""
    """ISO 4217 code of the price; the scenario's where the price is your own and says none."""
    price_year: PriceYear = 2025
    """Price year of the price; the scenario's where the price is your own and says none."""
    carbon_kg_per_mwh: Annotated[float, Quantity("kgCO2/MWh of fuel", "assumptions/fuel-{fuel}", ge=0)]
    """Carbon of burning the fuel. [kgCO2/MWh of fuel]"""
    test_hours_per_y: Annotated[
        float, Quantity("h/y", "assumptions/fuel-{fuel}", ge=0, le=HOURS_PER_STANDARD_YEAR)
    ]
    """Hours of tests at full power in a year, spread evenly; they displace grid power. [h/y]"""
    runs_on_price: bool = Field(default=False, strict=True)
    """Whether it also runs in the hours in which one more MWh of the grid costs more than its fuel."""
    runs_when_short: bool = Field(default=False, strict=True)
    """Whether it also runs for load that the connection does not carry: bridging power, and hours called.
    Phases whose critical IT power it carries, in the order of the site, then need not wait for the grid."""
    available_on: Day | None = None
    """Day from which it bridges the time to the grid; the scenario's start where missing."""


class HeatReuse(Record):
    """Heat of the IT that is given to a heat network or a neighbour."""

    share: Share
    """Share of the IT heat that is taken in an hour with demand for heat. [1]"""
    below_dry_bulb_c: Annotated[float, Quantity("degC", "assumptions/heat-reuse")]
    """Outdoor temperature below which there is demand for heat. [degC]"""


class FirmPower(Record):
    """Usable power of the site's main transformers or feeders: k of n units, derated."""

    unit_mw: Annotated[float, Quantity("MW", gt=0)]
    """Nameplate of one unit; `unit_mva` may stand in its place. [MW]"""
    unit_mva: Annotated[float, Quantity("MVA", gt=0)] | None = None
    """Apparent power of one unit, in place of `unit_mw`. [MVA]"""
    power_factor: PositiveShare = POWER_FACTOR
    """Power over apparent power, where units are in MVA. [1]"""
    units: Annotated[int, Field(strict=True, ge=1, le=100_000)]
    """Units installed, n."""
    redundant_units: Annotated[int, Field(strict=True, ge=0, le=100_000)] = 0
    """Units kept in reserve, n - k; fewer than `units`."""
    derating: PositiveShare = 1.0
    """Usable over nameplate of a unit. [1]"""

    @property
    def usable_mw(self) -> float:
        """Power with the redundant units out of service. [MW]"""
        return float(usable_mw(self.unit_mw, self.units, self.redundant_units, derating=self.derating))


class Footprint(Record):
    """Carbon and water outside the fence: embodied carbon, and water used to make the electricity."""

    kgco2e_per_accelerator: Annotated[float, Quantity("kgCO2e/accelerator", "assumptions/embodied", ge=0)]
    """Embodied carbon of an accelerator with its share of the server. [kgCO2e/accelerator]"""
    accelerator_life_years: Annotated[float, Quantity("y", "assumptions/finance.life_it_years", gt=0)]
    """Time over which it is amortised. [y]"""
    tco2e_per_critical_it_mw: Annotated[float, Quantity("tCO2e/MW", "assumptions/embodied", ge=0)]
    """Embodied carbon of building and plant per MW of critical IT power. [tCO2e/MW]"""
    facility_life_years: Annotated[float, Quantity("y", "assumptions/finance.life_facility_years", gt=0)]
    """Time over which it is amortised. [y]"""
    source_water_l_per_kwh: Annotated[
        float,
        Quantity("L/kWh", "carbon/{country}.source_water_l_per_kwh|assumptions/source-water.l_per_kwh", ge=0),
    ]
    """Water consumed at the power plants and reservoirs per energy drawn. [L/kWh]"""
