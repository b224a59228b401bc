"""Projection: what a scenario leads to, labelled, with units, and with what makes it reproducible."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from capsim.buildout.explain import availability, repair_days
from capsim.errors import ProjectionError
from capsim.extensions import checksums
from capsim.ledger import statements
from capsim.operations.surroundings import design_dry_bulb_c, hours_of_carbon
from capsim.projection import hours, labelled, money, storage
from capsim.projection.binding import binding_by_month
from capsim.projection.headline import headline
from capsim.projection.hourly_file import HourlyFile
from capsim.projection.monthly_table import monthly_table, series_table, with_units
from capsim.projection.run import Run, money_unit
from capsim.projection.systems import systems_of
from capsim.projection.targets import TargetResult, target_results
from capsim.projection.yearly import yearly_table
from capsim.quantities.money import exchange_rates
from capsim.scenario.awaited import awaited

if TYPE_CHECKING:
    import xarray as xr

LIBRARIES = ("capsim", "numpy", "scipy", "pandas", "xarray", "simpy", "pydantic")
"""Libraries whose version the manifest names."""
TABLES = (
    "milestones",
    "waits",
    "stranded",
    "halls",
    "ledger",
    "flows",
    "cash_flow",
    "funding",
    "delay",
    "levelised",
    "assumptions",
)


@dataclass(frozen=True, eq=False)
class Projection:
    """Labelled results of one run.

    Attributes
    ----------
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
    manifest : dict
        Scenario digest, seed and versions: all it takes to make the projection again.
    scenario_yaml : str
        The scenario as resolved.
    hourly : xarray.Dataset or None
        Series with dims (site, hour), where they were asked for.
    """

    monthly: xr.Dataset
    milestones: pd.DataFrame
    waits: pd.DataFrame
    stranded: pd.DataFrame
    halls: pd.DataFrame
    ledger: pd.DataFrame
    flows: pd.DataFrame
    cash_flow: pd.DataFrame
    funding: pd.DataFrame
    delay: pd.DataFrame
    levelised: pd.DataFrame
    assumptions: pd.DataFrame
    headline: Mapping[str, float]
    targets: list[TargetResult]
    manifest: dict[str, Any]
    scenario_yaml: str
    hourly: xr.Dataset | None = None

    @classmethod
    def of(cls, run: Run) -> Projection:
        """Label a run."""
        stated, assumptions = statements(run.scenario, run.ledger), money.assumptions_table(run)
        return cls(
            monthly=labelled.monthly_dataset(run),
            milestones=labelled.milestones_table(run),
            waits=labelled.waits_table(run),
            stranded=labelled.stranded_table(run),
            halls=labelled.halls_table(run),
            ledger=labelled.ledger_table(run),
            flows=money.flows_table(run, assumptions),
            cash_flow=money.cash_flow_table(run, stated),
            funding=money.funding_table(run, stated),
            delay=money.delay_table(run),
            levelised=money.levelised_table(run),
            assumptions=assumptions,
            headline=headline(run, stated),
            targets=target_results(run),
            manifest=_manifest(run),
            scenario_yaml=run.scenario.resolved(),
            hourly=labelled.hourly_dataset(run),
        )

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return str(self.manifest["scenario"])

    @property
    def definition(self) -> str:
        """Definition of an H100-equivalent in force."""
        return str(self.manifest["h100e"])

    @property
    def currency(self) -> str:
        """Suffix of money results, the currency's code in lower case."""
        return str(self.manifest["currency"]).lower()

    @cached_property
    def yearly(self) -> pd.DataFrame:
        """Portfolio by calendar year: capacity, power, energy, carbon, water, money, and what binds."""
        return yearly_table(self.monthly, self.ledger, definition=self.definition, currency=self.currency)

    @cached_property
    def binding(self) -> pd.DataFrame:
        """What binds the portfolio in each month, and the MW that wait for each cause."""
        return binding_by_month(self.monthly)

    def hour(self, site: str, at: str = "hardest") -> pd.Series[float]:
        """Every hourly quantity of a site in one hour: `hardest`, `hottest`, `design`, or a UTC time.

        Needs a projection with hourly series; see `capsim.projection.hours.hour_of`.
        """
        design_c = self.manifest.get("design_dry_bulb_c", {}).get(site, math.nan)
        return hours.hour_of(self._hours_kept(), site, at, design_c)

    def duration_curve(self, site: str, year: int, name: str = "facility_mw") -> pd.Series[float]:
        """Hours of a year in falling order of a quantity; needs a projection with hourly series."""
        return hours.duration_curve(self._hours_kept(), site, year, name)

    def _hours_kept(self) -> xr.Dataset:
        if self.hourly is None:
            raise ProjectionError("the hourly series were not kept: simulate with hourly=True")
        return self.hourly

    def to_pandas(self) -> pd.DataFrame:
        """Monthly series as a table with one row per site and month.

        `attrs["units"]` and `attrs["long_name"]` have the unit and the meaning of every column.
        """
        series = self.monthly.drop_dims("cause")
        return with_units(series.to_dataframe(), series)

    def to_dict(self) -> dict[str, Any]:
        """Results for machines: no clock time, so two runs of one scenario give the same."""
        yearly = self.yearly.reset_index().to_dict(orient="records")
        milestones = self.milestones.assign(date=self.milestones["date"].dt.strftime("%Y-%m-%d"))
        return {
            "manifest": self.manifest,
            "headline": dict(self.headline),
            "targets": [asdict(target) for target in self.targets],
            "yearly": yearly,
            "milestones": milestones.to_dict(orient="records"),
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
            self.write_into(unfinished)
        return path

    def write_into(self, folder: Path, hours: HourlyFile | None = None) -> None:
        """Write all files into a folder that exists; `hours` is a file of hourly series to move there."""
        waiting = self.monthly[["waiting_mw"]]
        about = {
            "monthly": storage.dataset_to_parquet(
                self.monthly.drop_dims("cause"), folder / "monthly.parquet"
            ),
            "waiting": storage.dataset_to_parquet(waiting, folder / "waiting.parquet"),
        }
        if self.hourly is not None:
            about["hourly"] = storage.dataset_to_parquet(self.hourly, folder / "hourly.parquet")
        elif hours is not None:
            hours.move_into(folder)
            about["hourly"] = hours.about
        for name in TABLES:
            getattr(self, name).to_parquet(folder / f"{name}.parquet", index=False)
        (folder / "scenario.yaml").write_text(self.scenario_yaml, encoding="utf-8")
        self._write_csv(folder)
        files = sorted([entry.name for entry in folder.iterdir()] + [storage.RECORD])
        record = {"format": storage.FORMAT, **self.to_dict(), "datasets": about, "files": files}
        storage.write_json(folder / storage.RECORD, record)

    def _write_csv(self, folder: Path) -> None:
        """Tables for spreadsheets; their columns of money say the price year, or that they are nominal."""
        real, nominal = f"{self.manifest['money_unit'].lower()}_real", f"{self.currency}_nominal"
        tables = {
            "yearly": (self.yearly.reset_index(), real),
            "binding_by_month": (self.binding, real),
            "halls": (self.halls, real),
            "ledger": (self.ledger, real),
            "cash_flow": (self.cash_flow, nominal),
            "cash_flow_by_year": (money.cash_flow_by_year(self.cash_flow), nominal),
            "who_pays_by_year": (money.payers_by_year(self.funding), nominal),
            "monthly": (monthly_table(self.monthly), real),
            "monthly_series": (series_table(self.monthly), real),
        }
        for name, (table, stated) in tables.items():
            stated_table = money.with_money(table, self.currency, stated)
            stated_table.to_csv(folder / f"{name}.csv", index=False, date_format="%Y-%m-%d")

    @classmethod
    def load(cls, folder: str | Path) -> Projection:
        """Read a saved projection back, exactly as it was.

        Raises
        ------
        ProjectionError
            If the folder is not a saved projection, is damaged, or is of another version.
        """
        path = Path(folder)
        record = storage.read_record(path)
        try:
            about = record["datasets"]
            datasets = {n: storage.dataset_from_parquet(path / f"{n}.parquet", about[n]) for n in about}
            tables = {name: pd.read_parquet(path / f"{name}.parquet") for name in TABLES}
            return cls(
                monthly=datasets["monthly"].merge(datasets["waiting"], join="exact"),
                headline={k: float("nan") if v is None else v for k, v in record["headline"].items()},
                targets=[TargetResult(**target) for target in record["targets"]],
                manifest=dict(record["manifest"]),
                scenario_yaml=(path / "scenario.yaml").read_text(encoding="utf-8"),
                hourly=datasets.get("hourly"),
                **tables,
            )
        except (OSError, LookupError, ValueError, TypeError, AttributeError) as fault:
            raise ProjectionError(f"{path}: the saved projection is damaged: {fault}") from None

    def identical(self, other: Projection) -> bool:
        """Whether two projections hold the same values, names, units and provenance, bit for bit."""
        return (
            self.monthly.identical(other.monthly)
            and all(getattr(self, t).equals(getattr(other, t)) for t in TABLES)
            and repr(dict(self.headline)) == repr(dict(other.headline))
            and (self.targets, self.manifest) == (other.targets, other.manifest)
            and self.scenario_yaml == other.scenario_yaml
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
        unit = self.manifest["money_unit"]
        note = f"<p><b>{self.name}</b>: by year; H100e in definition {self.definition}, money in {unit}</p>"
        return note + self.yearly.to_html(float_format=lambda x: f"{x:,.2f}" if abs(x) < 10 else f"{x:,.0f}")


def _manifest(run: Run) -> dict[str, Any]:
    """What it takes to make the projection again. No clock time."""
    scenario = run.scenario
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "digest": scenario.digest,
        "start": scenario.start.isoformat(),
        "horizon_years": scenario.horizon_years,
        "h100e": scenario.h100e,
        "currency": scenario.currency.code,
        "money_unit": money_unit(scenario),
        "exchange_rates": exchange_rates(scenario),
        "priced_elsewhere": money.priced_elsewhere(run),
        "seed": run.seed,
        "replication": run.replication,
        "events": run.timeline.events,
        "systems": systems_of(run),
        "failures": _failures(run),
        "carbon_hours": {s.country: hours_of_carbon(scenario, s.country)[1] for s in scenario.sites},
        "design_dry_bulb_c": {s.id: design_dry_bulb_c(scenario, s) for s in scenario.sites},
        "reasons": [{**reason._asdict(), "chain": list(reason.chain)} for reason in run.timeline.reasons],
        "energization": {s.id: {p.id: p.energization for p in s.phases} for s in scenario.sites},
        "deployments": {
            s.id: {p.id: [d.id for d in p.deployments] for p in s.phases} for s in scenario.sites
        },
        "tranches": _tranches(run),
        "jobs_never_run": {
            site: [jobs._asdict() for jobs in never] for site, never in run.operations.never_run.items()
        },
        "catalogue": scenario.catalog.version,
        "extensions": checksums(),
        "versions": dict(_versions()),
    }


def _tranches(run: Run) -> dict[str, dict[str, Any]]:
    """Tranches of money that wait for milestones: how much, and for which."""
    funding = run.scenario.funding
    found = [(t, awaited(t)) for t in (funding.tranches if funding is not None else ())]
    return {t.id: {"amount": float(t.amount), "after": list(map(str, names))} for t, names in found if names}


def _failures(run: Run) -> dict[str, Any]:
    """Failures counted, how, and the availability of accelerators; nothing where nothing fails."""
    outages = run.timeline.outages
    if not outages.method:
        return {}
    return {
        "number": outages.failures,
        "method": outages.method,
        "availability": availability(run.scenario, run.timeline),
        "waits_for": outages.waits_for,
        "ends_with": outages.ends_with,
        "sites": {
            site: {"number": number, "waited_d": waited_d, "repaired_d": repaired_d}
            for site, number, waited_d, repaired_d in repair_days(run.scenario, run.timeline)
        },
        "technicians": None if math.isinf(outages.load.technicians) else outages.load.technicians,
        "technicians_busy": dict(outages.load.offered),
    }


@lru_cache(maxsize=1)
def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}
