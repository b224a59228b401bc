"""The files of a saved projection: every table and series as Parquet, the rest as JSON, and CSV beside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from capsim.errors import ProjectionError
from capsim.projection import storage
from capsim.projection.eu_scheme import eu_scheme_table
from capsim.projection.facts import Facts
from capsim.projection.findings import Finding
from capsim.projection.heat import AtMeanPue, Heat
from capsim.projection.hourly_file import HourlyFile
from capsim.projection.manifest import RESOLVED
from capsim.projection.money_views import cash_flow_by_year, payers_by_year, with_money
from capsim.projection.monthly_tables import monthly_table, series_table
from capsim.projection.sealing import check, sealed
from capsim.projection.spread import Spread
from capsim.projection.targets import CEILINGS, TargetResult

if TYPE_CHECKING:
    from capsim.projection.projection import Projection

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


def write_files(projection: Projection, folder: Path, hours: HourlyFile | None = None) -> None:
    """Write all files into a folder that exists; `hours` is a file of hourly series to move there."""
    datasets = {
        "monthly": projection.monthly.drop_dims("cause"),
        "waiting": projection.monthly[["waiting_mw"]],
    }
    if projection.hourly is not None:
        datasets["hourly"] = projection.hourly
    about = {n: storage.dataset_to_parquet(data, folder / f"{n}.parquet") for n, data in datasets.items()}
    if projection.hourly is None and hours is not None:
        hours.move_into(folder)
        about["hourly"] = hours.about
    for name in TABLES:
        (folder / f"{name}.parquet").write_bytes(getattr(projection, name).to_parquet(index=False))
    (folder / RESOLVED).write_text(projection.scenario_yaml, encoding="utf-8")
    _write_csv(projection, folder)
    files = sorted([entry.name for entry in folder.iterdir()] + [storage.RECORD])
    record = {"format": storage.FORMAT, **projection.to_dict(), "datasets": about, "files": files}
    read_back = [*(f"{name}.parquet" for name in (*about, *TABLES)), RESOLVED]
    storage.write_json(folder / storage.RECORD, sealed(record, folder, read_back))


def _write_csv(projection: Projection, folder: Path) -> None:
    """Tables for spreadsheets; their columns of money say the price year, or that they are nominal."""
    real = f"{projection.facts.money_unit.lower()}_real"
    nominal = f"{projection.currency}_nominal"
    tables = {
        "yearly": (projection.yearly.reset_index(), real),
        "binding_by_month": (projection.binding, real),
        "halls": (projection.halls, real),
        "eu_scheme": (eu_scheme_table(projection.monthly), real),
        "ledger": (projection.ledger, real),
        "cash_flow": (projection.cash_flow, nominal),
        "cash_flow_by_year": (cash_flow_by_year(projection.cash_flow), nominal),
        "who_pays_by_year": (payers_by_year(projection.funding), nominal),
        "monthly": (monthly_table(projection.monthly), real),
        "monthly_series": (series_table(projection.monthly), real),
    }
    for name, (table, stated) in tables.items():
        stated_table = with_money(table, projection.currency, stated)
        stated_table.to_csv(folder / f"{name}.csv", index=False, date_format="%Y-%m-%d")


def read_views(folder: Path) -> dict[str, Any]:
    """The views that a saved projection keeps, all of them read now so that damage is found now.

    Raises
    ------
    ProjectionError
        If the folder is not a saved projection, is damaged, or is of another version.
    """
    record = storage.read_record(folder)
    try:
        if record["format"] > storage.UNSEALED:
            check(folder, record)
        about = record["datasets"]
        datasets = {n: storage.dataset_from_parquet(folder / f"{n}.parquet", about[n]) for n in about}
        return {
            **{name: storage.read_table(folder / f"{name}.parquet") for name in TABLES},
            "monthly": datasets["monthly"].merge(datasets["waiting"], join="exact"),
            "hourly": datasets.get("hourly"),
            "headline": {k: float("nan") if v is None else v for k, v in record["headline"].items()},
            "targets": [TargetResult(**_with_sense(target)) for target in record["targets"]],
            "spread": _spread(record.get("spread")),
            "heat": _heat(record.get("heat")),
            "scenario_yaml": (folder / RESOLVED).read_text(encoding="utf-8"),
            **_provenance(record),
        }
    except (OSError, LookupError, ValueError, TypeError, AttributeError) as fault:
        raise ProjectionError(f"{folder}: the saved projection is damaged: {fault}") from None


def _with_sense(target: dict[str, Any]) -> dict[str, Any]:
    """A target's goal with its sense, which those saved before there were floors of power and money lack."""
    return {"sense": "<=" if target["metric"] in CEILINGS.values() else ">="} | target


def _heat(saved: dict[str, Any] | None) -> Heat | None:
    """Full halls in the heat, where they were saved."""
    if saved is None:
        return None
    return Heat(**{**saved, "years": {year: AtMeanPue(**of) for year, of in saved["years"].items()}})


def _spread(saved: dict[str, Any] | None) -> Spread | None:
    """The spread of a record, where it was saved with one; a number that is none was written as null."""
    if saved is None:
        return None
    figures = {
        name: {p: float("nan") if value is None else value for p, value in of_figure.items()}
        for name, of_figure in saved["figures"].items()
    }
    return Spread(**{**saved, "figures": figures})


def _provenance(record: dict[str, Any]) -> dict[str, Any]:
    """Manifest, facts and findings of a record."""
    manifest = dict(record["manifest"])
    if record["format"] == storage.FACTS_IN_MANIFEST:
        # its findings were not kept: they follow from the tables and the facts
        names = Facts.__dataclass_fields__.keys() & manifest.keys()
        return {"facts": Facts(**{name: manifest.pop(name) for name in names}), "manifest": manifest}
    findings = tuple(Finding(**row) for row in record["findings"])
    return {"facts": Facts(**record["facts"]), "manifest": manifest, "findings": findings}
