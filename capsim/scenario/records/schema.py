"""The records of a scenario: frozen, with nothing extra allowed, units in the names.

A field whose default comes from the catalogue names the place in its annotation; the loader writes
the value and its source into the tree before the records are made, so `capsim explain` shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, StringConstraints
from pydantic_core import PydanticCustomError

from capsim.catalog import Catalog, load_catalog
from capsim.errors import Question
from capsim.scenario.records.actual_records import Actual
from capsim.scenario.records.buildout_records import Crews, Funding, Reliability, Risk, Supply, Uncertainty
from capsim.scenario.records.energy_records import (
    Battery,
    Contract,
    FirmPower,
    Flexibility,
    Footprint,
    Generation,
    GridCall,
    HeatReuse,
    Solar,
)
from capsim.scenario.records.job_records import Workload
from capsim.scenario.records.money_records import Costs, Currency, Finance, Revenue
from capsim.scenario.records.operations_records import Carbon, Cooling, Demand, Electrical, Tariff
from capsim.scenario.records.quantity import Quantity
from capsim.scenario.records.record import ClimateName, Day, H100eDefinition, Id, Name, Record, Text
from capsim.scenario.records.site_records import Deployment, GridStep, Phase, Works
from capsim.scenario.records.study_records import Acceptance, Axis, Correlation, Source, Target
from capsim.scenario.records.system_records import System
from capsim.shown import Shown
from capsim.units import MONTHS_PER_YEAR, Calendar, calendar

if TYPE_CHECKING:
    from capsim.scenario.provenance import Origin, Provenance


Latitude = Annotated[float, Field(ge=-90, le=90)]
"""North positive. [deg]"""
Longitude = Annotated[float, Field(ge=-180, le=180)]
"""East positive. [deg]"""


def _as_version(value: Any) -> Any:
    """A whole number; pydantic's hook, for to Python `true` and `1.0` equal 1."""
    if type(value) is not int:
        raise PydanticCustomError("version", "must be 1")
    return value


class Site(Record):
    """A place with one climate, one grid connection and one cooling system."""

    id: Id
    """Name of the site."""
    title: Text = ""
    """Name for people."""
    owner: Text = ""
    """Who builds it: what an owner announces is late together."""
    is_seen_from_outside: bool = False
    """Whether what is there is an estimate of others, as from satellites: power that is said to be
    energised may be restated, and what is not there is then overdue."""
    country: Annotated[str, StringConstraints(pattern=r"^[a-z]{3}$")]
    """Country, ISO 3166 alpha-3 in lower case."""
    climate: ClimateName
    """Entry of the catalogue's climates, or `{nearest: [latitude, longitude]}`, that of the nearest place."""
    climate_for: tuple[Latitude, Longitude] | None = None
    """Latitude and longitude that the climate stands in for, as `nearest` had them; a finding says how far
    off it is. [deg]"""
    climate_shift_k: Annotated[float, Quantity("K", "climates/{climate}.recent_shift_k", ge=-5, le=5)] = 0.0
    """What recent years are warmer than the typical year of the climate, dry-bulb and wet-bulb alike; not
    added to a weather file. [K]"""
    warming_k_per_decade: Annotated[float, Quantity("K/decade", "assumptions/climate", ge=-2, le=2)]
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
    unused_power_lost_after_years: (
        Annotated[float, Quantity("y", "assumptions/unused-power.lost_after_years_{country}", ge=1)] | None
    ) = None
    """Age from which on a connection is cut each year to what was used of it; never where missing, as where
    no law of the country says so. [y]"""
    unused_power_kept: (
        Annotated[float, Quantity("1", "assumptions/unused-power.kept_over_peak_{country}", ge=1)] | None
    ) = None
    """What it keeps over its highest power of as many years. [1]"""
    phases: tuple[Phase, ...] = ()
    """Phases of the site."""
    workload: Workload | None = None
    """Workload of the site, where it differs from the scenario's."""
    pue: Annotated[float, Quantity("1", ge=1, le=5, series="PUE")] | None = None
    """Power at the meter over the IT load, or a series of it, in place of what the cooling and the electrical
    chain come to; their limits and their water stay. [1]"""
    weather_file: Text = ""
    """CSV or EPW file with the hours of a year, in place of the climate's synthetic weather."""
    extreme_heat_k: Annotated[float, Quantity("K", ge=-10, le=15)] = 0.0
    """Warming of the three hottest weeks of every year, dry-bulb and wet-bulb alike, a stress on top of
    the climate. [K]"""
    firm_power: FirmPower | None = None
    """Transformers or feeders that may carry less than the energised power."""
    contracts: tuple[Contract, ...] = ()
    """Energy bought at fixed prices."""
    grid_call: GridCall | None = None
    """Curtailment clause of the grid connection."""
    flexibility: Flexibility | None = None
    """Load that can be shed or shifted."""
    battery: Battery | None = None
    """Battery at the meter."""
    generation: Generation | None = None
    """Own engines or turbines."""
    solar: Solar | None = None
    """Own solar plant."""
    heat_reuse: HeatReuse | None = None
    """Heat given away."""
    footprint: Footprint
    """Embodied carbon, and water at the power plants."""

    @property
    def is_leased(self) -> bool:
        """Whether there are phases and all are leased: the grid connection is the owner's then."""
        return bool(self.phases) and all(phase.tenure == "lease" for phase in self.phases)

    def all_works(self) -> frozenset[Works]:
        """What is built for its phases, each kind once."""
        # prices ask for it item by item for each hall: kept, as long as the phases are the same
        works: frozenset[Works]
        of, works = vars(self).get("_works", (None, frozenset()))
        if of is not self.phases:
            works = frozenset(phase.works for phase in self.phases)
            vars(self)["_works"] = self.phases, works
        return works


class Scenario(Shown, Record):
    """A planner's question: what is there, what is planned, and what is assumed.

    Made by `capsim.load`; frozen. `override` makes another one.
    """

    schema_version: Annotated[Literal[1], BeforeValidator(_as_version)] = Field(alias="schema")
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
    as_of: Day | None = None
    """Data date: what happened until then is known, and what is not said to have happened has not. Without
    it nothing is known but the dates of the plan up to the start."""
    actuals: tuple[Actual, ...] = ()
    """What has happened by `as_of`, line by line; a status file (`--actuals`) adds to it."""
    status_file: Text = ""
    """Status file (CSV) whose lines are added to `actuals` when the scenario is loaded."""
    h100e: H100eDefinition = "8bit"
    """The definition of an H100-equivalent in force."""
    currency: Currency = Currency()
    """Currency and price year of all money in results."""
    catalog_files: dict[str, str] = Field(default_factory=dict, alias="catalog")
    """The user's own CSV files by the catalogue table they overlay."""
    sources: tuple[Source, ...] = ()
    """Publications that values refer to."""
    accepted: tuple[Acceptance, ...] = ()
    """What is meant although it is questioned."""
    confidential: tuple[Name, ...] = ()
    """Dotted paths of values and records, `*` standing for any name, that `--public` leaves out of a report
    with what shows them directly: a phase's dates, a price's share of the costs, a target's row."""
    targets: tuple[Target, ...] = ()
    """Results the projection is held against."""
    demand: Demand = Demand()
    """Compute asked for, shared by all sites."""
    workload: Workload
    """How hard the accelerators work."""
    crews: Crews
    """Crews of the portfolio."""
    supply: tuple[Supply, ...] = ()
    """Allocations of systems the deployments share; systems in none are delivered after their lead time."""
    funding: Funding | None = None
    """Money that may be committed; no limit where missing."""
    reliability: Reliability | None = None
    """Failures, repairs and maintenance; nothing fails where missing."""
    uncertainty: Uncertainty
    """How uncertain values go together and announced dates slip."""
    risks: tuple[Risk, ...] = ()
    """Events that may delay stages and add to their cost."""
    sites: Annotated[tuple[Site, ...], Field(min_length=1)]
    """Sites of the portfolio."""
    systems: tuple[System, ...] = ()
    """Power of the kinds of systems that deployments name; the catalogue's where missing."""
    costs: Costs
    """Cost items."""
    revenue: Revenue | None = None
    """What is sold; nothing where missing."""
    finance: Finance
    """Discounting, lives, tax, and who pays."""
    correlations: tuple[Correlation, ...] = ()
    """Which uncertain values a study draws together."""
    axes: tuple[Axis, ...] = ()
    """Values a sweep varies."""

    _catalog: Catalog = PrivateAttr()
    _provenance: Provenance = PrivateAttr()
    _plan: Scenario | None = PrivateAttr(default=None)

    def __eq__(self, other: object) -> bool:
        """Equal values; where they came from does not matter."""
        return isinstance(other, Scenario) and all(
            getattr(self, name) == getattr(other, name) for name in type(self).model_fields
        )

    def __repr__(self) -> str:
        """One line; `resolved` has all of it."""
        last = self.start.year + self.horizon_years - (self.start.month == 1)
        phases = [phase for _, phase in self.phases()]
        critical_it_mw = sum(phase.critical_it_mw for phase in phases)
        size = f"sites {len(self.sites)}, phases {len(phases)}, critical IT {critical_it_mw:,.10g} MW"
        return f"<Scenario {self.name} {self.start.year}-{last}: {size}>"

    __str__ = __repr__

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Scenario:
        """A copy; one with other values is to be `checked` again before it runs."""
        copy = super().model_copy(update=update, deep=deep)
        # the origins are those of the values it was copied from, and would be saved as its own
        if update:
            object.__setattr__(copy, "__pydantic_private__", {"_plan": None})
        return copy

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

    def origin(self, path: str) -> Origin:
        """Where the value at a dotted path comes from; ScenarioError where there is none."""
        return self._provenance.origin(path, self._catalog)

    def override(self, *changes: Mapping[str, Any] | str, **more: Any) -> Scenario:
        """Another scenario, with values changed by dotted path or by overrides of its file.

        Parameters
        ----------
        *changes : mapping of str to object, or str
            Names of the file's `overrides:`, and values by dotted path, such as
            ``{"sites.paris.phases.p1.critical_it_mw": 60}``, each laid over the one before. An uncertain
            value is a mapping with `dist` or an `Uncertain`; None removes a value.
        **more
            Values of the scenario's own keys, such as ``horizon_years=10``, laid over all.

        Returns
        -------
        changed : Scenario
            Valid, with the catalogue's defaults taken anew.

        Raises
        ------
        ScenarioError
            With every fault of the changed scenario.
        TypeError
            If a change is neither a name nor a mapping.
        """
        kinds: set[type] = {type(change) for change in changes}
        for kind in kinds:
            if not issubclass(kind, (str, Mapping)):
                rule = "takes names of overrides and mappings of paths to values"
                raise TypeError(f"override() {rule}, as in override('a', 'b') (got {kind.__name__})")
        laid = [*changes, *([more] if more else [])]
        if not laid:
            raise TypeError("override() needs what to change: a name, a mapping or a key of the scenario")
        scenario = self
        for change in laid:
            scenario = self._provenance.override(scenario, change)
        return scenario

    def resolved(self) -> str:
        """The scenario with every default written out, as YAML that loads to an equal scenario."""
        return self._provenance.text

    @property
    def digest(self) -> str:
        """SHA-256 of the resolved values: the same for any layout of the same scenario."""
        return self._provenance.digest

    @property
    def questions(self) -> tuple[Question, ...]:
        """What can hardly be meant, in file order; `accepted` names what is. Faults are never among it."""
        return self._provenance.questions(self)

    @property
    def plan(self) -> Scenario:
        """The scenario this one was drawn from: what planners know when they forecast; else itself."""
        return self if self._plan is None else self._plan

    @property
    def known_until(self) -> date:
        """Last day of which is known what happened: the data date, or the start of a plan without one."""
        return self.start if self.as_of is None else self.as_of

    @property
    def catalog(self) -> Catalog:
        """The catalogue in force, with the scenario's own tables laid over it."""
        # looked up where pydantic keeps it: a run asks some hundred times, and by its name it takes long
        kept: Catalog | None = (self.__pydantic_private__ or {}).get("_catalog")
        return self._catalog if kept is None else kept

    @property
    def calendar(self) -> Calendar:
        """The horizon as days, hours and months."""
        return calendar(self.start, self.horizon_years * MONTHS_PER_YEAR)

    def phases(self) -> Iterator[tuple[Site, Phase]]:
        """All phases, each with its site, in the order written."""
        return ((site, phase) for site in self.sites for phase in site.phases)

    def deployments(self) -> dict[tuple[str, str, str], Deployment]:
        """All deployments by site, phase and id, in the order written."""
        return {
            (site.id, phase.id, order.id): order
            for site, phase in self.phases()
            for order in phase.deployments
        }
