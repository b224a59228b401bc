"""The records of a scenario: frozen, with nothing extra allowed, units in the names.

A field whose default comes from the catalogue names the place in its annotation; the loader writes
the value and its source into the tree before the records are made, so `capsim explain` shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, StringConstraints

from capsim.catalog import Catalog, load_catalog
from capsim.scenario.quantity import CatalogDefault, Quantity
from capsim.units import MONTHS_PER_YEAR, Calendar, calendar

if TYPE_CHECKING:
    from capsim.scenario.provenance import Origin

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", strict=True)]
Text = Annotated[str, StringConstraints(strict=True)]
Name = Annotated[str, StringConstraints(strict=True, min_length=1)]
Day = Annotated[date, Field(strict=True)]
Whole = Annotated[int, Field(strict=True, ge=0)]
Share = Annotated[float, Quantity("1", ge=0, le=1)]
H100eDefinition = Literal["bf16", "8bit", "best"]
"""Which FLOP/s an H100-equivalent compares; never mixed."""


class Record(BaseModel):
    """Base of all scenario records."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Source(Record):
    """A publication that values of the scenario refer to by id."""

    id: Id
    """Name used in `source:`."""
    publisher: Name
    """Who published it."""
    published: Day
    """When it was published."""
    statement: Text = ""
    """What it says, in the words of the scenario's author or as a short quotation."""
    url: Text = ""
    """Where it stands, if it has an address."""


class FxRate(Record):
    """A dated exchange rate."""

    id: Id
    """Name of the rate."""
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    """ISO 4217 code of the currency that is converted."""
    per_unit: Annotated[float, Quantity("scenario currency per unit", gt=0)]
    """Units of the scenario's currency for one unit of this currency. [scenario currency]"""
    dated: Day
    """Date of the rate."""


class Currency(Record):
    """The currency and price year that all money in results is stated in."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "EUR"
    """ISO 4217 code."""
    price_year: Annotated[int, Field(strict=True, ge=2000, le=2060)] = 2025
    """Year whose prices real money is stated in."""
    fx: tuple[FxRate, ...] = ()
    """Rates for the other currencies used; a dated rate of the catalogue serves where none is given."""


class Target(Record):
    """An announced or wished-for result that the projection is held against."""

    id: Id
    """Name of the target."""
    h100e: Annotated[float, Quantity("H100e", gt=0)] | None = None
    """H100-equivalents in service. [H100e, in the scenario's definition]"""
    accelerators: Annotated[float, Quantity("accelerators", gt=0)] | None = None
    """Accelerators in service. [accelerators]"""
    facility_mw: Annotated[float, Quantity("MW", gt=0)] | None = None
    """Power at the meter the target must stay inside. [MW]"""
    critical_it_mw: Annotated[float, Quantity("MW", gt=0)] | None = None
    """Critical IT power ready for service. [MW]"""
    budget: Annotated[float, Quantity("scenario currency", gt=0)] | None = None
    """Capex that may be spent from the start to `by`. [scenario currency]"""
    by: Day | None = None
    """Date of the target; the horizon's end where it is missing."""


class Shape(Record):
    """How demand moves within a week: an entry of the table of demand shapes with its arguments."""

    name: Name = "flat"
    """Entry of the demand shapes."""
    arguments: dict[str, Annotated[float, Quantity("as the shape says")]] = {}
    """Keyword arguments of the shape."""


class Demand(Record):
    """Compute that is asked for."""

    h100e: Annotated[float, Quantity("H100e", ge=0)] | None = None
    """Demand at the start; unlimited where it is missing. [H100e, in the scenario's definition]"""
    growth_per_y: Annotated[float, Quantity("1/y", gt=-1)] = 0.0
    """Growth of demand. [1/y]"""
    shape: Shape = Shape()
    """Movement within a week; its mean is 1."""


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


class Crews(Record):
    """Installation crews shared by all deployments of the scenario."""

    installer_crews: Annotated[
        float, Quantity("crews", ge=1, catalog="assumptions/installation.installer_crews")
    ]
    """Crews that work at the same time, rounded to whole ones. [crews]"""
    racks_per_crew_day: Annotated[
        float, Quantity("racks/d", gt=0, catalog="assumptions/installation.racks_per_crew_day")
    ]
    """Racks one crew sets up and cables in a day. [racks/d]"""
    burn_in_days: Annotated[float, Quantity("d", ge=0, catalog="assumptions/installation.burn_in_days")]
    """Burn-in of a lot between installation and service. [d]"""


class Tariff(Record):
    """What a MWh at the meter costs: wholesale level and what is added to it."""

    preset: Name
    """Entry of the catalogue's tariffs the values below default to."""
    level_per_mwh: Annotated[float, Quantity("currency/MWh", catalog="tariffs/{preset}.level_per_mwh")]
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
    arguments: dict[str, Annotated[float, Quantity("as in the catalogue")]] = {}
    """Arguments of the cooling model; the preset's where missing."""


class Electrical(Record):
    """Losses between the meter and the IT load."""

    ups_loss_a: Annotated[float, Quantity("1", ge=0, catalog="assumptions/electrical.ups_loss_a")]
    """UPS loss at no load, as share of critical IT power. [1]"""
    ups_loss_b: Annotated[float, Quantity("1", ge=0, catalog="assumptions/electrical.ups_loss_b")]
    """UPS loss proportional to the load fraction. [1]"""
    ups_loss_c: Annotated[float, Quantity("1", ge=0, catalog="assumptions/electrical.ups_loss_c")]
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
    lighting_share: Annotated[float, Quantity("1", ge=0, catalog="assumptions/electrical.lighting_share")]
    """Lighting and auxiliaries as share of the IT load. [1]"""


class GridStep(Record):
    """A step of a site's grid connection: power that is energised on one day.

    Either `energised_on` is given (it happened, or is contracted), or the step is applied for on
    `applied_on` and takes `lead_time_months`.
    """

    id: Id
    """Name of the step."""
    grid_mw: Annotated[float, Quantity("MW", gt=0)]
    """Contracted power the step adds. [MW]"""
    energised_on: Day | None = None
    """Date of energization, where it is known."""
    applied_on: Day | None = None
    """Date of the application; the scenario's start where missing."""
    preset: Name | None = None
    """Entry of the build-out presets the lead time defaults to."""
    lead_time_months: (
        Annotated[float, Quantity("months", ge=0, catalog="buildout_presets/{preset}.grid_months")] | None
    ) = None
    """Application to energization. [months]"""


class Stage(Record):
    """A stage of a phase: it starts when the stages it comes after are done."""

    id: Id
    """Name of the stage, which is also the cause shown where something waits for it."""
    kind: Name = "work"
    """Entry of the table of stage kinds."""
    duration_months: Annotated[float, Quantity("months", ge=0)]
    """Duration. [months]"""
    after: tuple[Id, ...] | None = None
    """Stages that must be done before; the stage listed just before where missing."""
    needs_energization: bool = Field(default=False, strict=True)
    """Whether the stage also waits for the phase's grid step."""


class Refresh(Record):
    """What happens when systems reach their refresh age."""

    age_years: Annotated[float, Quantity("y", gt=0, catalog="assumptions/finance.life_it_years")]
    """Age in service at which systems leave. [y]"""
    system: Name | None = None
    """System that takes their place; nothing does where missing."""
    fill: Literal["power", "count"] = "power"
    """Whether the successors fill the same power or are as many as before."""
    lead_time_weeks: (
        Annotated[float, Quantity("weeks", ge=0, catalog="systems/{system}.lead_time_weeks")] | None
    ) = None
    """Order to delivery of the successors. [weeks]"""
    system_price_usd: (
        Annotated[float, Quantity("USD/system", ge=0, catalog="systems/{system}.price_usd")] | None
    ) = None
    """Price of one successor, without cluster network and storage. [USD/system]"""


class Deployment(Record):
    """Systems that go into a phase's hall.

    Either `in_service_on` is given (they are there), or they are ordered on `ordered_on`. Their
    number is `systems`, or as many as fill `fill_share` of the phase's critical IT power.
    """

    id: Id
    """Name of the deployment."""
    system: Name
    """Entry of the catalogue's systems."""
    systems: Annotated[int, Field(strict=True, ge=1)] | None = None
    """Number of systems (servers or racks)."""
    fill_share: Annotated[float, Quantity("1", gt=0, le=1)] | None = None
    """Share of the phase's critical IT power that the systems' all-in IT power fills. [1]"""
    in_service_on: Day | None = None
    """Date the systems went into service, where they are there already."""
    ordered_on: Day | None = None
    """Date of the order."""
    lead_time_weeks: Annotated[float, Quantity("weeks", ge=0, catalog="systems/{system}.lead_time_weeks")]
    """Order to delivery. [weeks]"""
    system_price_usd: Annotated[float, Quantity("USD/system", ge=0, catalog="systems/{system}.price_usd")]
    """Price of one system, without cluster network and storage. [USD/system]"""
    system_price_year: Annotated[
        int, Field(strict=True, ge=2000, le=2060), CatalogDefault("systems/{system}.price_year")
    ]
    """Price year of `system_price_usd`."""
    lots: Annotated[int, Field(strict=True, ge=1, le=1000)] = 12
    """Parts in which the systems are installed, burnt in and put in service."""
    refresh: Refresh | None = None
    """What happens at the refresh age; the systems stay to the horizon where missing."""


class Phase(Record):
    """Critical IT power with its own dates: a hall or a group of halls.

    Either `ready_for_service_on` is given (it is there), or its stages are played forward from
    `starts_on`.
    """

    id: Id
    """Name of the phase."""
    critical_it_mw: Annotated[float, Quantity("MW", gt=0)]
    """Design IT power behind the UPS. [MW]"""
    energization: Id
    """Step of the site's grid connection that powers the phase."""
    ready_for_service_on: Day | None = None
    """Date of hand-over, where it has happened."""
    starts_on: Day | None = None
    """Date the first stage may start; the scenario's start where missing."""
    after: tuple[Id, ...] = ()
    """Phases of the same site that must be ready for service before this one starts."""
    preset: Name | None = None
    """Entry of the build-out presets the stages default to."""
    stages: tuple[Stage, ...] = ()
    """Stages, merged by id over the preset's."""
    deployments: tuple[Deployment, ...] = ()
    """Systems that go into the phase."""


class Site(Record):
    """A place with one climate, one grid connection and one cooling system."""

    id: Id
    """Name of the site."""
    title: Text = ""
    """Name for people."""
    country: Annotated[str, StringConstraints(pattern=r"^[a-z]{3}$")]
    """Country, ISO 3166 alpha-3 in lower case."""
    climate: Name
    """Entry of the catalogue's climates."""
    warming_k_per_decade: Annotated[
        float, Quantity("K/decade", catalog="assumptions/climate.warming_k_per_decade")
    ]
    """Warming trend added to the climate from the start on. [K/decade]"""
    tariff: Tariff
    """Electricity tariff."""
    carbon: Carbon
    """Carbon intensity of the grid."""
    cooling: Cooling
    """Cooling system."""
    electrical: Electrical
    """Electrical chain."""
    grid_connection: tuple[GridStep, ...]
    """Steps of the grid connection; their powers add up."""
    phases: tuple[Phase, ...] = ()
    """Phases of the site."""
    workload: Workload | None = None
    """Workload of the site, where it differs from the scenario's."""


class CostItem(Record):
    """A cost with a stated basis."""

    id: Id
    """Name of the item."""
    category: Literal["capex", "opex"]
    """Whether it is spent once or every year."""
    basis: Name
    """Entry of the table of cost bases: what the amount is multiplied with, and when it falls due."""
    amount: Annotated[float, Quantity("currency per unit of the basis", ge=0)]
    """Cost per unit of the basis. [currency per unit of the basis]"""
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "EUR"
    """ISO 4217 code of the amount."""
    price_year: Annotated[int, Field(strict=True, ge=2000, le=2060)] = 2025
    """Price year of the amount."""


class Costs(Record):
    """What the build and its operation cost, apart from energy and systems."""

    preset: Name | None = None
    """Entry of the catalogue's cost presets the items default to."""
    items: tuple[CostItem, ...] = ()
    """Cost items, merged by id over the preset's."""


class Finance(Record):
    """How money at different times is compared. Real terms, in the scenario's price year."""

    wacc_real: Annotated[float, Quantity("1/y", gt=-1, catalog="assumptions/finance.wacc_real")]
    """Weighted average cost of capital in real terms, the discount rate. [1/y]"""
    inflation_per_y: Annotated[float, Quantity("1/y", gt=-1, catalog="assumptions/finance.inflation_per_y")]
    """Inflation that carries an amount from its price year to the scenario's. [1/y]"""
    life_it_years: Annotated[float, Quantity("y", gt=0, catalog="assumptions/finance.life_it_years")]
    """Economic life of systems, for opening and residual values. [y]"""
    life_facility_years: Annotated[
        float, Quantity("y", gt=0, catalog="assumptions/finance.life_facility_years")
    ]
    """Economic life of buildings and plant, for opening and residual values. [y]"""


class Scenario(Record):
    """A planner's question: what is there, what is planned, and what is assumed.

    Made by `capsim.load`; frozen. `override` returns another one.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, ignored_types=(cached_property,)
    )

    schema_version: Literal[1] = Field(alias="schema")
    """Version of the scenario format."""
    name: Id
    """Name of the scenario, used in file names."""
    title: Text = ""
    """Name for people."""
    description: Text = ""
    """What the scenario is about."""
    start: Day
    """First day of the horizon; the first of a month."""
    horizon_years: Annotated[int, Field(strict=True, ge=1, le=30)]
    """Length of the horizon. [y]"""
    h100e: H100eDefinition = "8bit"
    """The definition of an H100-equivalent in force."""
    currency: Currency = Currency()
    """Currency and price year of all money in results."""
    catalog_files: Annotated[dict[str, str], Field(alias="catalog")] = {}
    """The user's own CSV files by the catalogue table they overlay."""
    sources: tuple[Source, ...] = ()
    """Publications that values refer to."""
    targets: tuple[Target, ...] = ()
    """Results the projection is held against."""
    demand: Demand = Demand()
    """Compute asked for, shared by all sites."""
    workload: Workload
    """How hard the accelerators work."""
    crews: Crews
    """Installation crews."""
    sites: Annotated[tuple[Site, ...], Field(min_length=1)]
    """Sites of the portfolio."""
    costs: Costs = Costs()
    """Cost items."""
    finance: Finance
    """Discounting and lives."""

    _catalog: Catalog = PrivateAttr()
    _provenance: Any = PrivateAttr(default=None)

    def __eq__(self, other: object) -> bool:
        """Equal values; where they came from does not matter."""
        return isinstance(other, Scenario) and all(
            getattr(self, name) == getattr(other, name) for name in type(self).model_fields
        )

    def __getstate__(self) -> dict[Any, Any]:
        """State to pickle: the catalogue is left out and loaded again, from the same files."""
        state = super().__getstate__()
        private = {key: value for key, value in state["__pydantic_private__"].items() if key != "_catalog"}
        return {**state, "__pydantic_private__": private}

    def __setstate__(self, state: dict[Any, Any]) -> None:
        super().__setstate__(state)
        self._catalog = load_catalog({table: Path(file) for table, file in self.catalog_files.items()})

    def __hash__(self) -> int:
        return hash((self.name, self.start, self.horizon_years))

    def override(self, changes: Mapping[str, Any] | None = None, /, **more: Any) -> Scenario:
        """Another scenario, with values changed by dotted path.

        Parameters
        ----------
        changes : mapping of str to object, optional
            Values by dotted path, such as ``{"sites.paris.phases.p1.critical_it_mw": 60}``. An
            uncertain value is a mapping with `dist` or an `Uncertain`; None removes a value.
        **more
            Values of the scenario's own keys, such as ``horizon_years=10``.

        Returns
        -------
        scenario : Scenario
            Valid, with the catalogue's defaults taken anew.

        Raises
        ------
        ScenarioError
            With every fault of the changed scenario.
        """
        from capsim.scenario.load import override

        return override(self, {**(changes or {}), **more})

    def origin(self, path: str) -> Origin:
        """Where the value at a dotted path comes from; ScenarioError where there is none."""
        from capsim.scenario.provenance import origin

        return origin(self._provenance, self._catalog, path)

    def resolved(self) -> str:
        """The scenario with every default written out, as YAML that loads to an equal scenario."""
        from capsim.scenario.provenance import resolved_text

        return resolved_text(self._provenance)

    @property
    def digest(self) -> str:
        """SHA-256 of the resolved values: the same for any layout of the same scenario."""
        from capsim.scenario.provenance import digest

        return digest(self._provenance)

    @property
    def catalog(self) -> Catalog:
        """The catalogue in force, with the scenario's own tables laid over it."""
        return self._catalog

    @property
    def calendar(self) -> Calendar:
        """The horizon as days, hours and months."""
        return calendar(self.start, self.horizon_years * MONTHS_PER_YEAR)
