"""The files of a saved projection: every table and series as Parquet, the rest as JSON, and CSV beside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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
from capsim.projection.sealing import check, is_sealed, sealed
from capsim.projection.spread import Spread
from capsim.projection.targets import CEILINGS, TargetResult
from capsim.reach import text_that_ends

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


OF_RECORD = {"headline": dict, "manifest": dict, "targets": list, "yearly": list, "milestones": list}
"""Fields of a record that any format has, and what they are."""
DAMAGE = (OSError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RuntimeError)
"""What reading a damaged file may end in."""


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
    storage.write_json(folder / storage.RECORD, sealed(record, folder, _read_back(about)))


def _read_back(about: Iterable[str]) -> list[str]:
    """Names of the files that a projection is read back from, by its datasets."""
    return [*(f"{name}.parquet" for name in (*about, *TABLES)), RESOLVED]


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
    with _named(folder, storage.RECORD):
        about = dict(record["datasets"])
        read_back = _read_back(about)
    with _named(folder):
        # a seal that is there is looked at, whatever format the record says it is of
        if is_sealed(record) or record["format"] > storage.UNSEALED:
            check(folder, record, read_back)
    with _named(folder, storage.RECORD):
        of_record = _of_record(record)
    return of_record | _of_files(folder, about)


def _of_record(record: dict[str, Any]) -> dict[str, Any]:
    """The views that the record itself keeps."""
    for name, kind in OF_RECORD.items():
        if not isinstance(record[name], kind):
            raise ValueError(f"{name} is no {'mapping' if kind is dict else 'list'}")
    figures = {name: float("nan") if value is None else value for name, value in record["headline"].items()}
    if not figures or any(isinstance(value, list | dict) for value in figures.values()):
        raise ValueError("headline has no figures")
    return {
        "headline": figures,
        "targets": [TargetResult(**_with_sense(target)) for target in record["targets"]],
        "spread": _spread(record.get("spread")),
        "heat": _heat(record.get("heat")),
        **_provenance(record),
    }


def _of_files(folder: Path, about: dict[str, Any]) -> dict[str, Any]:
    """The views that the files beside the record keep."""
    views: dict[str, Any] = {}
    for name in TABLES:
        with _named(folder, f"{name}.parquet"):
            views[name] = storage.read_table(folder / f"{name}.parquet")
    datasets = {}
    for name, written in about.items():
        with _named(folder, f"{name}.parquet"):
            datasets[name] = storage.dataset_from_parquet(folder / f"{name}.parquet", written)
    with _named(folder, RESOLVED):
        views["scenario_yaml"] = text_that_ends(folder / RESOLVED)
    with _named(folder, storage.RECORD):
        views["monthly"] = datasets["monthly"].merge(datasets["waiting"], join="exact")
    return views | {"hourly": datasets.get("hourly")}


@contextmanager
def _named(folder: Path, file: str = "") -> Iterator[None]:
    """Say of what is wrong within it in which file it is."""
    try:
        yield
    except KeyError as fault:
        what: object = f"has no {fault.args[0]}"
    except DAMAGE as fault:
        what = fault
    else:
        return
    where = f"{file}: " if file and file not in str(what) else ""
    raise ProjectionError(f"{folder}: the saved projection is damaged: {where}{what}")


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
