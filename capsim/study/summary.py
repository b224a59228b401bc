"""Tables and data sets of an ensemble, and their form on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from capsim.errors import StudyError
from capsim.scenario.records.schema import Scenario
from capsim.study.central import percentile_of
from capsim.study.date_spread import frame_of
from capsim.study.folder import read_about
from capsim.study.observe import PORTFOLIO, Layout, SeriesColumns
from capsim.study.runner import block_count
from capsim.study.statistics import PERCENTILES, percentile_bounds, percentile_intervals, percentiles
from capsim.study.store import Store, checksum

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

ROWS = "draws.parquet"
DATASETS = ("monthly", "by_site")
ENDS = ("", "_low", "_high")
"""After the name of a series: its percentiles, and the ends of their 95 % intervals."""
T = TypeVar("T")


def all_percentiles(store: Store, blocks: Sequence[int], n: int, n_columns: int) -> NDArray[np.float64]:
    """Percentiles of every column with the ends of their intervals, shape (3, 5, n_columns).

    In memory that does not grow with `n`.
    """
    chunks = (values for _, values in store.chunks(blocks, n, n_columns))
    parts = [np.concatenate([percentiles(values)[None], percentile_bounds(values)]) for values in chunks]
    return np.concatenate(parts, axis=2)


def figures_table(layout: Layout, central: NDArray[np.float64], figures: NDArray[np.float64]) -> pd.DataFrame:
    """Headline figures with their spread, one row each."""
    import pandas as pd

    rows = {}
    for i, name in enumerate(layout.figures):
        column = figures[:, i]
        known = column[~np.isnan(column)]
        low, high = percentile_intervals(column)
        at = percentiles(column[:, None])[:, 0]
        row = {"central": float(central[i]), "mean": float(known.mean()) if known.size else np.nan}
        row["central_percentile"] = percentile_of(float(central[i]), column)
        row["sd"] = float(known.std(ddof=1)) if known.size > 1 else np.nan
        row |= {f"p{p}": float(value) for p, value in zip(PERCENTILES, at, strict=True)}
        row |= {f"p{p}_low": float(value) for p, value in zip(PERCENTILES, low, strict=True)}
        row |= {f"p{p}_high": float(value) for p, value in zip(PERCENTILES, high, strict=True)}
        rows[name] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("figure")


def monthly_percentiles(scenario: Scenario, layout: Layout, values: NDArray[np.float64]) -> xr.Dataset:
    """Percentiles of the portfolio's series and the ends of their intervals, dims (percentile, month)."""
    import xarray as xr

    own = [s for s in layout.series if s.site == PORTFOLIO]
    variables = {
        f"{s.name}{end}": (("percentile", "month"), part[:, s.first : s.first + layout.n_months], _units(s))
        for end, part in zip(ENDS, values, strict=True)
        for s in own
    }
    return xr.Dataset(variables, coords={"percentile": list(PERCENTILES), "month": _months(scenario)})


def _units(series: SeriesColumns) -> dict[str, str]:
    return {"units": series.unit}


def site_percentiles(scenario: Scenario, layout: Layout, values: NDArray[np.float64]) -> xr.Dataset:
    """Percentiles of each site's series and the ends of their intervals, (percentile, site, month)."""
    import xarray as xr

    sites = [site.id for site in scenario.sites]
    columns = {(s.name, s.site): s for s in layout.series if s.site != PORTFOLIO}
    variables = {}
    for name in dict.fromkeys(name for name, _ in columns):
        own = [columns[name, site] for site in sites]
        for end, part in zip(ENDS, values, strict=True):
            stacked = np.stack([part[:, s.first : s.first + layout.n_months] for s in own], axis=1)
            variables[f"{name}{end}"] = (("percentile", "site", "month"), stacked, _units(own[0]))
    coords = {"percentile": list(PERCENTILES), "site": sites, "month": _months(scenario)}
    return xr.Dataset(variables, coords=coords)


def _months(scenario: Scenario) -> NDArray[np.datetime64]:
    return np.array(scenario.calendar.months, dtype="datetime64[ns]")


def save(result: Any, store: Store, layout: Layout, n: int, *, draws: bool) -> None:
    """Write the results of an ensemble to its folder and drop its blocks; the results come last."""
    from capsim.projection.storage import dataset_to_parquet

    folder, about = store.folder, {}
    if draws:
        write_rows(store, layout, n, folder / ROWS)
        about[ROWS] = {"sha256": _digest(folder / ROWS)}
    for name in DATASETS:
        dataset = getattr(result, name)
        if dataset is not None:
            file = folder / f"{name}.parquet"
            about[file.name] = dataset_to_parquet(dataset, file) | {"sha256": _digest(file)}
    store.finish(result.to_dict() | {"files": about})


def write_rows(store: Store, layout: Layout, n: int, file: Path) -> None:
    """Every replication as a row of a Parquet file, block by block."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = layout.names()
    schema = pa.schema([("replication", pa.int64()), *((name, pa.float64()) for name in names)])
    with pq.ParquetWriter(file, schema) as writer:
        first = 0
        for block in range(block_count(n)):
            rows = store.columns([block], 0, layout.n_columns)
            numbers = np.arange(first, first + len(rows))
            first += len(rows)
            writer.write_table(
                pa.Table.from_arrays([pa.array(numbers), *map(pa.array, rows.T)], schema=schema)
            )


def load(kind: Any, folder: Path) -> Any:
    """An ensemble from its folder.

    Raises
    ------
    StudyError
        If it is not finished, or a file was truncated or changed.
    """
    import pandas as pd

    from capsim.projection.storage import dataset_from_parquet
    from capsim.study.ensemble import Chance

    record = Store(folder, checksum(read_about(folder))).results()
    datasets = {}
    for name, about in record["files"].items():
        if not (folder / name).exists() or _digest(folder / name) != about["sha256"]:
            raise StudyError(f"{folder / name}: truncated or changed since it was written")
        if name != ROWS:
            dataset = dataset_from_parquet(folder / name, about)
            whole = dataset["percentile"].astype("int64")
            datasets[name.removesuffix(".parquet")] = dataset.assign_coords(percentile=whole)
    figures = pd.DataFrame.from_dict(record["figures"], orient="index").astype(float).rename_axis("figure")
    chances = [Chance(**chance) for chance in record["chances"]]
    return kind(
        figures,
        datasets["monthly"],
        frame_of(record["dates"]),
        chances,
        record["manifest"],
        datasets.get("by_site"),
    )


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
