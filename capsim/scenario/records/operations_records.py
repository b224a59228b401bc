"""Records of power, surroundings and demand: what operations reads."""

from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from capsim.scenario.records.quantity import CatalogDefault, PositiveShare, Quantity, Share, ShareBelowOne
from capsim.scenario.records.record import CurrencyCode, Day, Id, LevelYear, Name, PriceYear, Record, Text


class Tariff(Record):
    """What a MWh at the meter costs: wholesale level and what is added to it."""

    preset: Name
    """Entry of the catalogue's tariffs the values below default to."""
    level_per_mwh: Annotated[float, Quantity("currency/MWh", "tariffs/{preset}", ge=0, series="price")]
    """Mean wholesale price at the start, or a series of prices: by the hour it takes the place of the zone's
    hours, by month or year it is the mean about which they move. [currency/MWh]"""
    excise_per_mwh: Annotated[float, Quantity("currency/MWh", "tariffs/{preset}", ge=0)]
    """Excise duty. [currency/MWh]"""
    network_per_mwh: Annotated[float, Quantity("currency/MWh", "tariffs/{preset}", ge=0)]
    """Network charges. [currency/MWh]"""
    capacity_per_mw_y: Annotated[float, Quantity("currency/MW/y", ge=0)] = 0.0
    """Charge on the energised power; 0 where the network charges include it. [currency/MW/y]"""
    demand_per_mw_month: Annotated[
        float, Quantity("currency/MW/month", "tariffs/{preset}.demand_per_mw_month", ge=0)
    ] = 0.0
    """Demand charge of transmission and distribution on a month's peak at the meter, or on the least demand
    where that is more. [currency/MW/month]"""
    minimum_demand_share: Annotated[Share, CatalogDefault("tariffs/{preset}.minimum_demand_share")] = 0.0
    """Least demand of transmission and distribution billed, over the energised power: what a tariff for large
    loads asks for. [1]"""
    generation_demand_per_mw_month: Annotated[
        float, Quantity("currency/MW/month", "tariffs/{preset}.generation_demand_per_mw_month", ge=0)
    ] = 0.0
    """Demand charge of generation or capacity, billed like that of transmission. [currency/MW/month]"""
    minimum_generation_share: Annotated[
        Share, CatalogDefault("tariffs/{preset}.minimum_generation_share")
    ] = 0.0
    """Least demand of generation billed, over the energised power. [1]"""
    trend_per_y: Annotated[float, Quantity("1/y", "tariffs/{preset}", gt=-1)]
    """Real growth of the wholesale level from the start; of a series, of what stands beyond its
    hours. [1/y]"""
    currency: Annotated[CurrencyCode, CatalogDefault("tariffs/{preset}")] = "EUR"
    """ISO 4217 code of the prices; the scenario's where any is your own and none is said. A preset's prices
    are converted to it."""
    price_year: Annotated[PriceYear, CatalogDefault("tariffs/{preset}")] = 2025
    """Price year of the prices; the same holds for it."""
    zone: Annotated[Name, CatalogDefault("tariffs/{preset}.zone")] | None = None
    """Price zone of the catalogue (`capsim catalog electricity_prices`) whose hours the price moves by, such
    as usa-ercot; the level stays what it is."""
    spread: Literal["hourly", "none"] = "hourly"
    """Whether the price moves with the hour (shape and residual of the zone) or stays at its level."""


class Carbon(Record):
    """Carbon intensity of the grid: location-based, and of the mix that no certificate claims."""

    retired = MappingProxyType(
        {"price_per_t": "is no key: a price of carbon is a cost item with basis per_tco2e or per_tco2_fuel"}
    )

    intensity_gco2e_per_kwh: Annotated[
        float, Quantity("gCO2e/kWh", "carbon/{country}", ge=0, series="carbon intensity")
    ]
    """Life-cycle intensity in the mean of `intensity_year`, or a series of it. [gCO2e/kWh]"""
    intensity_year: Annotated[LevelYear, CatalogDefault("carbon/{country}")] | None = None
    """Calendar year that the intensity is the mean of; the trend runs from the middle of it to that of each
    year of the plan. An intensity of your own without a year is that of the plan's first year. [year]"""
    residual_mix_gco2_per_kwh: (
        Annotated[float, Quantity("gCO2/kWh", "carbon/{country}", ge=0, series="carbon intensity")] | None
    ) = None
    """Direct CO2 of the residual mix in `residual_mix_year`, or a series of it, for market-based carbon
    without a certificate; the location-based intensity where a country publishes none. [gCO2/kWh]"""
    residual_mix_year: Annotated[LevelYear, CatalogDefault("carbon/{country}")] | None = None
    """Calendar year that the residual mix is of, from which the trend runs likewise; that of a mix of your
    own without a year is the plan's first. [year]"""
    direct_share: Annotated[
        Share, CatalogDefault("carbon/{country}.direct_share|assumptions/carbon.direct_share")
    ]
    """Direct CO2 over the life-cycle intensity: the rest of it is added to the residual mix, so that both
    ways of counting have one scope. [1]"""
    zone: Annotated[Name, CatalogDefault("carbon/{country}.zone")] | None = None
    """Zone of the catalogue's carbon hours (`carbon_shape.csv`), such as DE or US-TEX-ERCO; by rule from the
    country's solar share where missing."""
    trend_per_y: Annotated[
        float, Quantity("1/y", "carbon/{country}.trend_per_y|assumptions/carbon.trend_per_y", gt=-1)
    ]
    """Growth of both from their years, of a series beyond its hours; negative where the grid gets
    cleaner. [1/y]"""


class Cooling(Record):
    """A cooling preset of the catalogue, with arguments that replace the preset's."""

    preset: Name
    """Entry of the catalogue's cooling table."""
    arguments: dict[str, Annotated[float, Quantity("as in the catalogue")]] = Field(default_factory=dict)
    """Arguments of the cooling model; the preset's where missing."""
    media: (
        Annotated[Literal["air", "liquid", "air and liquid"], CatalogDefault("cooling/{preset}.media")] | None
    ) = None
    """What systems must be made for to fit in the halls; tanks take servers made for air."""
    rack_kw: Annotated[float, Quantity("kW", "cooling/{preset}.rack_kw", gt=0)] | None = None
    """Most that a rack may draw in the halls. [kW]"""
    cost_factor: Annotated[float, Quantity("1", "cooling/{preset}.cost_factor", gt=0)] = 1.0
    """Price of the mechanical plant, over that of the plant in the catalogue's facility prices: air-cooled
    chillers. [1]"""
    plant_factor: Annotated[
        float,
        Quantity(
            "1",
            "cooling/{preset}.plant_factor",
            gt=0,
            le=4,
            meaning="a factor on the plant's power: 1.2 is a fifth more",
        ),
    ] = 1.0
    """Power of the plant over what its coefficients come to: age, upkeep and control, by which plants of one
    make differ. [1]"""
    water_factor: Annotated[
        float,
        Quantity(
            "1",
            "cooling/{preset}.water_factor",
            gt=0,
            meaning="a factor on the plant's water: 1.2 is a fifth more",
        ),
    ] = 1.0
    """Water of the plant over what its coefficients come to: control, leaks and what else the meter counts,
    by which sites of one operator differ. [1]"""
    site_water_m3_per_mw_y: Annotated[
        float, Quantity("m3/MW/y", "cooling/{preset}.site_water_m3_per_mw_y", ge=0)
    ] = 0.0
    """Water of the site beside the plant's, for each MW of critical IT power that is ready: people, filling,
    tests. [m3/MW/y]"""


class Electrical(Record):
    """Losses between the meter and the IT load, and what the redundancy of the plant costs."""

    preset: Name = "central-ups"
    """Chain of the catalogue's assumptions (`electrical-...`) the values below default to: `central-ups`, or
    `rack-battery` without UPS and power distribution units."""
    ups_loss_a: Annotated[ShareBelowOne, CatalogDefault("assumptions/electrical-{preset}")]
    """UPS loss at no load, as share of critical IT power. [1]"""
    ups_loss_b: Annotated[ShareBelowOne, CatalogDefault("assumptions/electrical-{preset}")]
    """UPS loss proportional to the load fraction. [1]"""
    ups_loss_c: Annotated[ShareBelowOne, CatalogDefault("assumptions/electrical-{preset}")]
    """UPS loss with the square of the load fraction. [1]"""
    transformer_efficiency: Annotated[PositiveShare, CatalogDefault("assumptions/electrical-{preset}")]
    """Efficiency of the transformers. [1]"""
    switchgear_efficiency: Annotated[PositiveShare, CatalogDefault("assumptions/electrical-{preset}")]
    """Efficiency of switchgear and cables. [1]"""
    distribution_efficiency: Annotated[PositiveShare, CatalogDefault("assumptions/electrical-{preset}")]
    """Efficiency of the distribution behind the UPS. [1]"""
    lighting_share: Annotated[ShareBelowOne, CatalogDefault("assumptions/electrical-{preset}")]
    """Lighting and auxiliaries as share of the IT load. [1]"""
    backup_self_use_share: Annotated[float, Quantity("1", "assumptions/electrical-{preset}", ge=0, le=0.1)]
    """What backup draws while it stands by, such as block heaters of generators and the float charge of
    batteries, as share of critical IT power; outside the cooled halls. [1]"""
    redundancy: Name = "tier-3"
    """Entry of the catalogue's redundancy table, a tier or units installed for units needed; the catalogue's
    facility prices are taken as those of tier III."""
    cost_factor: Annotated[float, Quantity("1", "redundancy/{redundancy}.cost_factor", gt=0)]
    """Price of the electrical plant, over that of tier III. [1]"""
    mechanical_cost_factor: Annotated[
        float, Quantity("1", "redundancy/{redundancy}.mechanical_cost_factor", gt=0)
    ]
    """Price of the mechanical plant, over that of tier III with the same cooling. [1]"""


class Shape(Record):
    """How demand moves within a week: an entry of the table of demand shapes with its arguments."""

    name: Name = "flat"
    """Entry of the demand shapes."""
    arguments: dict[str, Annotated[float, Quantity("as the shape says")]] = Field(default_factory=dict)
    """Keyword arguments of the shape."""
    profile: tuple[Annotated[float, Quantity("1", ge=0)], ...] = ()
    """An own profile in place of a named shape: 24 values of a day or 168 of a week from Monday, whatever
    their mean. [1]"""
    time_zone: Text = ""
    """Clock of the profile, such as Europe/Paris or +01:00; UTC where missing."""
    series: Annotated[float, Quantity("1", series="shape")] | None = None
    """An own series in place of a named shape, such as the measured load of a cluster; its mean is brought
    to 1. [1]"""


class Service(Record):
    """Users of a model, whose questions are answered at once or not at all: inference."""

    id: Id
    """Name of the service."""
    users: Annotated[float, Quantity("users", ge=0, series="users")] | None = None
    """People to whom it is offered, or a series of them. [users]"""
    h100e: Annotated[float, Quantity("H100e", ge=0, series="demand")] | None = None
    """Compute that a tenant asks for, in place of users and what they write. [H100e]"""
    active_share: Annotated[Share, CatalogDefault("assumptions/demand.weekly_active_share")]
    """Share of them that use it in a week. [1]"""
    messages_per_user_day: Annotated[
        float, Quantity("1/d", "assumptions/demand.messages_per_weekly_user_day", ge=0)
    ]
    """Messages of an active user in a day. [1/d]"""
    tokens_per_message: Annotated[float, Quantity("tokens", "assumptions/demand", ge=0)]
    """Output tokens of a message. [tokens]"""
    h100_s_per_token: Annotated[float, Quantity("s/token", "assumptions/demand", ge=0)]
    """Time one H100 works for a token, at the start; it is held for longer, by the `busy_share`. [s/token]"""
    memory_bound_share: Annotated[Share, CatalogDefault("assumptions/demand")]
    """Share of that time in which an H100 waits for its memory: with FLOP/s and bandwidth of another chip it
    says how fast that one is, where `throughput` has no figure of its system. [1]"""
    throughput: dict[str, Annotated[float, Quantity("tokens/s", gt=0)]] = Field(default_factory=dict)
    """Measured output of one system while it works for the service, by the name of the system. [tokens/s]"""
    throughput_file: Text = ""
    """CSV file of measured output (system, model, tokens_per_s, source), for systems that `throughput` has
    not."""
    model: Text = ""
    """Model whose rows of that file count; all where missing."""
    growth_per_y: Annotated[float, Quantity("1/y", gt=-1)] = 0.0
    """Growth of the messages, or of the tenant's compute; of a series, of what stands beyond it. [1/y]"""
    efficiency_gain_per_y: Annotated[float, Quantity("1/y", ge=0, lt=1)] = 0.0
    """Yearly fall of the compute per token. [1/y]"""
    starts_on: Day | None = None
    """First day; the scenario's start where missing."""
    months: Annotated[float, Quantity("months", gt=0)] | None = None
    """Duration; to the horizon where missing. [months]"""
    shape: Shape = Shape()
    """Movement within a week; its mean is 1."""


class Demand(Record):
    """Compute that is asked for: by services first, then by jobs."""

    services: tuple[Service, ...] = ()
    """Inference services; they are served before the jobs below."""
    h100e: Annotated[float, Quantity("H100e", ge=0, series="demand")] | None = None
    """Jobs asked for at the start, such as training, or a series of them: values by date hold from one to the
    next, and nothing is asked for before the first. Where it is missing, unlimited without services and
    none with them. It counts those at work; more are held. [H100e, in the scenario's definition]"""
    when_short: Literal["turned-away", "queued"] = "turned-away"
    """What becomes of jobs that find no accelerator: they go elsewhere, or wait until one is free. Jobs
    that `flexibility` sheds are lost in both cases."""
    growth_per_y: Annotated[float, Quantity("1/y", gt=-1)] = 0.0
    """Growth of demand; of a series, of what stands beyond it. [1/y]"""
    shape: Shape = Shape()
    """Movement within a week; its mean is 1."""
