"""Projection: what a scenario leads to, labelled, with units, and with what makes it reproducible."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pandas as pd

from capsim.errors import FigureError, ProjectionError
from capsim.projection import hour_views, labelled, money_views, saved_files, storage
from capsim.projection.answers import read
from capsim.projection.answers_of_views import Views
from capsim.projection.binding_views import binding_by_month
from capsim.projection.facts import facts_of
from capsim.projection.findings import Finding, all_findings
from capsim.projection.headline_figures import headline
from capsim.projection.heat import heat_of
from capsim.projection.manifest import manifest_of
from capsim.projection.monthly_tables import with_units
from capsim.projection.months import Months, months_in, months_of
from capsim.projection.rows import of_category, of_kind
from capsim.projection.run import Run
from capsim.projection.spread import Spread
from capsim.projection.targets import target_results
from capsim.projection.yearly import CASH, yearly_table
from capsim.shown import Pictured
from capsim.vocabulary import Category, MilestoneKind, parse_figure

if TYPE_CHECKING:
    import xarray as xr

T = TypeVar("T")


class View(cached_property[T]):
    """What is made of the run when it is first asked for, and kept."""

    def __init__(self, make: Callable[[Run], T]) -> None:
        super().__init__(lambda projection: make(projection.run))


@dataclass(frozen=True, eq=False)
class Projection(Pictured):
    """Labelled results of one run, each made when it is first asked for; of a folder, as saved.

    Attributes
    ----------
    run : Run or None
        Plain arrays that the views are made of; None where they were read from a folder.
    monthly : xarray.Dataset
        Series with dims (site, month), `waiting_mw` with (cause, site, month); every variable has
        `units` and `long_name`.
    milestones, waits, stranded, ledger : pandas.DataFrame
        What happened when, what waited for what, what stood idle, and every cash flow by month.
    halls : pandas.DataFrame
        Each hall by month: critical IT power ready, nameplate in service, peak IT load, headroom and
        stranded MW.
    flows : pandas.DataFrame
        Every cash flow with its milestone, item and source.
    cash_flow, funding : pandas.DataFrame
        Cash flow, profit and balance by month, and who pays and receives what; nominal.
    assumptions : pandas.DataFrame
        Every value of the scenario as resolved, with unit and source.
    delay, levelised : pandas.DataFrame
        Cost of a month's delay of each phase; levelised costs split by item.
    headline : dict of float
        A few figures of the whole portfolio; NaN where there is nothing to state.
    targets : list of TargetResult
        Announcements of the scenario held against the projection.
    facts : Facts
        Title, horizon, money, systems, failures: what readers of the tables need beside them.
    heat : Heat or None
        What the power at the meters carries of full halls, in every hour and with hours cut.
    findings : tuple of Finding
        What the projection says in plain words, with kind, severity, place and numbers.
    manifest : dict
        Scenario digest, seed and versions: all it takes to make the projection again.
    scenario_yaml : str
        The scenario as resolved.
    spread : Spread or None
        Percentiles of headline figures and dates over draws, and where the plan lies among them, where
        they were asked for (`capsim.study.with_spread`).
    hourly : xarray.Dataset or None
        Series with dims (site, hour), where they were asked for.
    """

    run: Run | None

    monthly = View(labelled.monthly_dataset)
    milestones = View(labelled.milestones_table)
    waits = View(labelled.waits_table)
    stranded = View(labelled.stranded_table)
    halls = View(labelled.halls_table)
    ledger = View(labelled.ledger_table)
    flows = View(money_views.flows_table)
    cash_flow = View(money_views.cash_flow_table)
    funding = View(money_views.funding_table)
    delay = View(money_views.delay_table)
    levelised = View(money_views.levelised_table)
    assumptions = View(money_views.assumptions_table)
    headline = View(lambda run: headline(run, run.statements))
    targets = View(target_results)
    facts = View(facts_of)
    heat = View(heat_of)
    manifest = View(manifest_of)
    scenario_yaml = View(lambda run: run.scenario.resolved())
    hourly = View(labelled.hourly_dataset)
    spread = View(lambda _: cast("Spread | None", None))

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return str(self.manifest["scenario"])

    @property
    def definition(self) -> str:
        """Definition of an H100-equivalent in force."""
        return self.facts.h100e

    @property
    def currency(self) -> str:
        """Suffix of money results, the currency's code in lower case."""
        return self.facts.currency.lower()

    @property
    def start(self) -> pd.Timestamp:
        """First day of the horizon."""
        return pd.Timestamp(self.facts.start)

    @property
    def end(self) -> pd.Timestamp:
        """First day after the horizon."""
        return self.start + pd.DateOffset(years=self.facts.horizon_years)

    @cached_property
    def months(self) -> Months:
        """Monthly series as arrays; of a run without its labels, which take longer to make than to read."""
        if self.run is None or "monthly" in vars(self):
            return months_in(self.monthly)
        return months_of(self.run, labelled.month_index(self.run))

    @cached_property
    def yearly(self) -> pd.DataFrame:
        """Portfolio by calendar year: capacity, power, energy, carbon, water, money, what is not ready."""
        cash = {name: self._amounts(name) for name in CASH}
        return yearly_table(self.months, cash, definition=self.definition, currency=self.currency)

    def _amounts(self, category: Category) -> pd.Series[float]:
        """Amounts of a category by month; of a run without the names of what they are for."""
        if self.run is None or "ledger" in vars(self):
            rows = of_category(self.ledger, category, columns=["month", f"amount_{self.currency}"])
            return rows.set_index("month").iloc[:, 0]
        return labelled.amounts_of(self.run, category)

    @cached_property
    def by_item(self) -> pd.DataFrame:
        """Money of the horizon by item, real: a column for each category of the ledger, 0 where it has none.

        Its sums are the headline figures: of ``capex_eur`` capex, of ``opex_eur`` opex. What is left at the
        end (``residual_eur``, negative) and was there at the start (``opening_eur``) stand apart.
        """
        return money_views.by_item(self.ledger, self.currency)

    @cached_property
    def binding(self) -> pd.DataFrame:
        """What is not ready by month, for which most of the portfolio waits, and the MW of each cause."""
        return binding_by_month(self.months)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the projection says in plain words, most asked-for first."""
        return tuple(all_findings(self))

    def figure(self, asked: str) -> float:
        """A figure in words (`capsim.vocabulary.asked`), in its unit; NaN where there is nothing to state.

        Raises
        ------
        FigureError
            If the words are no figure, or the projection has none of that name, place or month; or if it
            is a date: see `date`.

        Examples
        --------
        Such as ``projection.figure("h100e_8bit at 2030-12")`` or ``projection.figure("pue in 2031")``.
        """
        wanted = parse_figure(asked)
        if wanted.is_date:
            raise FigureError(f"{wanted} is a date: ask for it with date() (got {asked!r})")
        return float(read(wanted, Views(self)))

    def date(self, asked: str) -> datetime.date | None:
        """A date in words, such as ``ready_for_service of aion.p1``; None where not inside the horizon.

        Raises
        ------
        FigureError
            If the words are no date, or the projection has no such phase or figure.
        """
        wanted = parse_figure(asked)
        if not wanted.is_date:
            raise FigureError(f"{wanted} is no date: ask for it with figure() (got {asked!r})")
        day = float(read(wanted, Views(self)))
        return None if math.isnan(day) else datetime.date.fromordinal(int(day))

    def of_kind(self, *kinds: MilestoneKind) -> pd.DataFrame:
        """Milestones of the kinds named, in order."""
        if kinds not in self._of_kinds:
            self._of_kinds[kinds] = of_kind(self.milestones, *kinds)
        return self._of_kinds[kinds]

    @cached_property
    def _of_kinds(self) -> dict[tuple[MilestoneKind, ...], pd.DataFrame]:
        """Milestones by the kinds asked for: findings ask for the same again and again."""
        return {}

    def hour(self, site: str, at: str = "hardest") -> pd.Series[float]:
        """Every hourly quantity of a site in one hour: `hardest`, `hottest`, `design`, or a UTC time.

        Needs a projection with hourly series; see `capsim.projection.hour_views.hour_of`.
        """
        design_c = self.facts.design_dry_bulb_c.get(site, math.nan)
        return hour_views.hour_of(self._hours_kept(), site, at, design_c)

    def duration_curve(self, site: str, year: int, name: str = "facility_mw") -> pd.Series[float]:
        """Hours of a year in falling order of a quantity; needs a projection with hourly series."""
        return hour_views.duration_curve(self._hours_kept(), site, year, name)

    def _hours_kept(self) -> xr.Dataset:
        if self.hourly is None:
            raise ProjectionError("the hourly series were not kept: simulate with hourly=True")
        return self.hourly

    def with_views(self, **views: Any) -> Projection:
        """The projection with other views in the place of its own; what follows from them is made anew."""
        other = Projection(self.run)
        vars(other).update({name: view for name, view in vars(self).items() if name in VIEWS} | views)
        return other

    def to_pandas(self) -> pd.DataFrame:
        """Monthly series as a table with one row per site and month.

        `attrs["units"]` and `attrs["long_name"]` have the unit and the meaning of every column.
        """
        series = self.monthly.drop_dims("cause")
        return with_units(series.to_dataframe(), series)

    def to_dict(self) -> dict[str, Any]:
        """Results for machines: no clock time, so two runs of one scenario give the same."""
        milestones = self.milestones.assign(date=self.milestones["date"].dt.strftime("%Y-%m-%d"))
        return {
            "manifest": self.manifest,
            "facts": asdict(self.facts),
            "heat": None if self.heat is None else asdict(self.heat),
            "headline": dict(self.headline),
            "targets": [asdict(target) for target in self.targets],
            "yearly": self.yearly.reset_index().to_dict(orient="records"),
            "milestones": milestones.to_dict(orient="records"),
            "findings": [asdict(finding) for finding in self.findings],
            **({} if self.spread is None else {"spread": asdict(self.spread)}),
        }

    def save(self, folder: str | Path) -> Path:
        """Write the projection to a folder, which appears only when it is complete.

        Raises
        ------
        ProjectionError
            If the name is taken by something that is not a saved projection.
        """
        path = Path(folder)
        with storage.new_folder(path) as unfinished:
            saved_files.write_files(self, unfinished)
        return path

    @classmethod
    def load(cls, folder: str | Path) -> Projection:
        """Read a saved projection back, exactly as it was.

        Raises
        ------
        ProjectionError
            If the folder is not a saved projection, is damaged, or is of another version.
        """
        return cls(None).with_views(**saved_files.read_views(Path(folder)))

    def __getstate__(self) -> dict[str, Any]:
        """State to pickle: all views, and neither the run nor the scenario's files behind it."""
        return {"run": None} | {name: getattr(self, name) for name in VIEWS}

    def identical(self, other: Projection) -> bool:
        """Whether two projections hold the same values, names, units and provenance, bit for bit."""
        return (
            self.monthly.identical(other.monthly)
            and all(getattr(self, t).equals(getattr(other, t)) for t in saved_files.TABLES)
            and repr(dict(self.headline)) == repr(dict(other.headline))
            and (self.targets, self.facts, self.manifest) == (other.targets, other.facts, other.manifest)
            and (self.scenario_yaml, self.heat) == (other.scenario_yaml, other.heat)
            and repr(self.spread) == repr(other.spread)
            and (self.hourly is None) == (other.hourly is None)
            and (self.hourly is None or other.hourly is None or self.hourly.identical(other.hourly))
        )

    def __repr__(self) -> str:
        first, last = self.yearly.index[0], self.yearly.index[-1]
        h100e, peak_mw = self.headline[f"h100e_{self.definition}_peak"], self.headline["facility_peak_mw"]
        return (
            f"<Projection {self.name} {first}-{last}: "
            f"{self.headline['accelerators_peak']:,.0f} accelerators, "
            f"{h100e:,.0f} H100e ({self.definition}), {peak_mw:,.1f} MW at peak>"
        )

    def _repr_html_(self) -> str:
        definition, unit = self.definition, self.facts.money_unit
        note = f"<p><b>{self.name}</b>: by year; H100e in definition {definition}, money in {unit}</p>"
        return note + self.yearly.to_html(float_format=lambda x: f"{x:,.2f}" if abs(x) < 10 else f"{x:,.0f}")


VIEWS = tuple(name for name, view in vars(Projection).items() if isinstance(view, View))
"""Names of what is made of a run; all else of a projection follows from these."""
