"""Tables and data sets of an ensemble, and their form on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from capsim.errors import StudyError
from capsim.scenario import Scenario
from capsim.study import criticality
from capsim.study.date_spread import frame_of
from capsim.study.folder import read_about
from capsim.study.goals import Chance
from capsim.study.observe import PORTFOLIO, Layout, SeriesColumns
from capsim.study.statistics import (
    ENDS,
    PERCENTILES,
    percentile_bounds,
    percentile_intervals,
    percentile_of,
    percentiles,
)
from capsim.study.store import ROWS_PER_BLOCK, Rows, Store, block_count, checksum

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

ROWS = "draws.parquet"


def all_percentiles(rows: Rows) -> NDArray[np.float64]:
    """Percentiles of every column before the dates with the ends of their intervals, shape (3, 5, n_columns).

    In memory that does not grow with the number of rows.
    """
    chunks = (values for _, values in rows.chunks(0, rows.layout.first_date))
    parts = [np.concatenate([percentiles(values)[None], percentile_bounds(values)]) for values in chunks]
    return np.concatenate(parts, axis=2)


def figures_table(central: NDArray[np.float64], figures: Mapping[str, NDArray[np.float64]]) -> pd.DataFrame:
    """Headline figures with their spread, one row each."""
    import pandas as pd

    rows = {}
    for (name, values), at in zip(figures.items(), central.tolist(), strict=False):
        numbers = values[~np.isnan(values)]
        row = {"central": at, "mean": float(numbers.mean()) if numbers.size else np.nan}
        row["central_percentile"] = percentile_of(at, values)
        row["sd"] = float(numbers.std(ddof=1)) if numbers.size > 1 else np.nan
        spread = (percentiles(values[:, None])[:, 0], *percentile_intervals(values))
        for end, bounds in zip(ENDS, spread, strict=True):
            row |= {f"p{p}{end}": bound for p, bound in zip(PERCENTILES, bounds.tolist(), strict=True)}
        rows[name] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("figure")


def monthly_percentiles(scenario: Scenario, layout: Layout, values: NDArray[np.float64]) -> xr.Dataset:
    """Percentiles of the portfolio's series and the ends of their intervals, dims (percentile, month)."""
    series = [s for s in layout.series if s.site == PORTFOLIO]
    variables = {
        f"{s.name}{end}": (part[:, layout.months_of(s)], s.unit)
        for end, part in zip(ENDS, values, strict=True)
        for s in series
    }
    return _dataset(scenario, variables)


def site_percentiles(scenario: Scenario, layout: Layout, values: NDArray[np.float64]) -> xr.Dataset:
    """Percentiles of each site's series and the ends of their intervals, (percentile, site, month)."""
    sites = [site.id for site in scenario.sites]
    by_name: dict[str, list[SeriesColumns]] = {}
    for series in layout.series:
        if series.site != PORTFOLIO:
            by_name.setdefault(series.name, []).append(series)
    variables = {
        f"{name}{end}": (np.stack([part[:, layout.months_of(s)] for s in of_sites], axis=1), of_sites[0].unit)
        for name, of_sites in by_name.items()
        for end, part in zip(ENDS, values, strict=True)
    }
    return _dataset(scenario, variables, site=sites)


def _dataset(
    scenario: Scenario, variables: Mapping[str, tuple[NDArray[np.float64], str]], **site: list[str]
) -> xr.Dataset:
    """Values with their unit by name, over percentiles, sites where they are named, and months."""
    import xarray as xr

    months = np.array(scenario.calendar.months, dtype="datetime64[ns]")
    coords = {"percentile": list(PERCENTILES), **site, "month": months}
    named = {name: (tuple(coords), values, {"units": unit}) for name, (values, unit) in variables.items()}
    return xr.Dataset(named, coords=coords)


def save(
    results: dict[str, Any], datasets: Mapping[str, xr.Dataset | None], rows: Rows, *, draws: bool
) -> None:
    """Write the results of an ensemble to its folder and drop its blocks; the results come last."""
    from capsim.projection import dataset_to_parquet

    folder, files = rows.store.folder, {}
    if draws:
        write_rows(rows, folder / ROWS)
        files[ROWS] = {"sha256": _digest(folder / ROWS)}
    for name, dataset in datasets.items():
        if dataset is not None:
            file = folder / f"{name}.parquet"
            files[file.name] = dataset_to_parquet(dataset, file) | {"sha256": _digest(file)}
    rows.store.finish(results | {"files": files})


def write_rows(rows: Rows, file: Path) -> None:
    """Every replication as a row of a Parquet file, block by block."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    layout = rows.layout
    schema = pa.schema([("replication", pa.int64()), *((name, pa.float64()) for name in layout.names())])
    with pq.ParquetWriter(file, schema) as writer:
        for block in range(block_count(rows.n)):
            values = rows.store.columns([block], 0, layout.n_columns)
            numbers = np.arange(len(values)) + block * ROWS_PER_BLOCK
            arrays = [pa.array(numbers), *map(pa.array, values.T)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def load(folder: Path) -> dict[str, Any]:
    """What an ensemble is made of, from its folder.

    Raises
    ------
    StudyError
        If it is not finished, or a file was truncated or changed.
    """
    import pandas as pd

    from capsim.projection import dataset_from_parquet

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
    return {
        "figures": figures,
        "dates": frame_of(record["dates"]),
        # studies of version 0.2.0 have none
        "criticality": criticality.frame_of(record.get("criticality", [])),
        "chances": [Chance(**chance) for chance in record["chances"]],
        "manifest": record["manifest"],
        **datasets,
    }


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
