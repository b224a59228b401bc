"""Tables and data sets of an ensemble, and their form on disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from capsim.errors import StudyError
from capsim.scenario import Scenario
from capsim.study import criticality
from capsim.study.columns import Rows
from capsim.study.date_spread import frame_of
from capsim.study.goals import Chance
from capsim.study.observe import PORTFOLIO, Layout
from capsim.study.statistics import ENDS, PERCENTILES, percentile_of, spread_of
from capsim.study.store import Store
from capsim.study.told import Told

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

ROWS = "draws.parquet"
TOLD = (
    "scenario",
    "title",
    "seed",
    "replications",
    "uncertain_values",
    "converged_to",
    "h100e",
    "money_unit",
)
"""What a manifest says that its tables and pictures need."""
END, BOUNDS = "end", ("low", "high")
"""Dim of the two ends of a 95 % interval, and what they are called."""
DrawsFrom: TypeAlias = "Callable[[], pd.DataFrame]"
"""Gives every replication as a row."""
INTERVALS = "_intervals"
"""After the name of a data set of percentiles: the data set of their intervals."""
DATASETS = ("monthly", f"monthly{INTERVALS}", "by_site", f"by_site{INTERVALS}")
"""Data sets that an ensemble may have."""


def all_percentiles(rows: Rows) -> NDArray[np.float64]:
    """Percentiles of every column before the dates with the ends of their intervals, shape (3, 5, n_columns).

    In memory that does not grow with the number of rows.
    """
    chunks = rows.chunks(0, rows.layout.first_date)
    return np.concatenate([spread_of(values) for _, values in chunks], axis=2)


def figures_table(central: NDArray[np.float64], figures: Mapping[str, NDArray[np.float64]]) -> pd.DataFrame:
    """Headline figures with their spread, one row each."""
    rows = {}
    for (name, values), at in zip(figures.items(), central.tolist(), strict=False):
        numbers = values[~np.isnan(values)]
        row = {"central": at, "mean": float(numbers.mean()) if numbers.size else np.nan}
        row["central_percentile"] = percentile_of(at, values)
        row["sd"] = float(numbers.std(ddof=1)) if numbers.size > 1 else np.nan
        for end, bounds in zip(ENDS, spread_of(values[None])[:, :, 0].tolist(), strict=True):
            row |= {f"p{p}{end}": bound for p, bound in zip(PERCENTILES, bounds, strict=True)}
        rows[name] = row
    return table_of(rows, "figure")


def table_of(rows: Mapping[str, Mapping[str, float | None]], index: str) -> pd.DataFrame:
    """Rows of numbers by name as a table with a labelled index, NaN where there is no number."""
    import pandas as pd

    return pd.DataFrame(list(rows.values()), list(rows), dtype=float).rename_axis(index)


def monthly_percentiles(
    scenario: Scenario, layout: Layout, values: NDArray[np.float64], site: str = PORTFOLIO
) -> xr.Dataset:
    """Percentiles of the series of a site or the portfolio, or the ends of their intervals.

    Of values of shape (5, n_columns) with dims (percentile, month), of (2, 5, n_columns) with a dim of
    `END` before them.
    """
    import xarray as xr

    dims = (END, "percentile", "month")[-values.ndim :]
    variables = {
        s.name: (dims, values[..., layout.months_of(s)], {"units": s.unit})
        for s in layout.series
        if s.site == site
    }
    months = np.array(scenario.calendar.months, dtype="datetime64[ns]")
    coords = {END: list(BOUNDS), "percentile": list(PERCENTILES), "month": months}
    return xr.Dataset(variables, coords={dim: coords[dim] for dim in dims})


def site_percentiles(scenario: Scenario, layout: Layout, values: NDArray[np.float64]) -> xr.Dataset:
    """The same of each site, with a dim of sites before the months."""
    import xarray as xr

    sites = [site.id for site in scenario.sites]
    by_site = [monthly_percentiles(scenario, layout, values, site) for site in sites]
    together = xr.concat(by_site, xr.DataArray(sites, dims="site", name="site"))
    return together.transpose(..., "percentile", "site", "month")


def save_tables(store: Store, datasets: Mapping[str, xr.Dataset], draws: Mapping[str, Rows]) -> None:
    """Write data sets, and draws by variant where they are kept, beside where the results will be."""
    from capsim.projection import dataset_to_parquet

    if draws:
        write_rows(draws, store.folder / ROWS)
        store.keep(store.folder / ROWS)
    for name, dataset in datasets.items():
        file = store.folder / f"{name}.parquet"
        store.keep(file, **dataset_to_parquet(dataset, file))


def write_rows(draws: Mapping[str, Rows], file: Path) -> None:
    """Every replication of every variant as a row of a Parquet file, so many at a time as memory allows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    labelled = [("variant", pa.string())] if any(draws) else []
    names = dict.fromkeys(name for rows in draws.values() for name in rows.layout.names())
    schema = pa.schema([*labelled, ("replication", pa.int64()), *((name, pa.float64()) for name in names)])
    with file.open("wb") as content, pq.ParquetWriter(content, schema) as writer:
        for variant, rows in draws.items():
            for panel in rows.table.panels():
                values = rows.table.rows(panel)[:, rows.variant, : rows.layout.n_columns]
                columns = dict(zip(rows.layout.names(), map(pa.array, values.T), strict=True))
                columns |= {"replication": pa.array(panel), "variant": pa.array([variant] * len(panel))}
                # What another variant has and this one has not is empty.
                lacking = pa.nulls(len(panel), pa.float64())
                arrays = [columns.get(name, lacking) for name in schema.names]
                writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def draws_of(rows: Rows) -> pd.DataFrame:
    """Every replication as a row, by its number; columns as in `write_rows`."""
    import pandas as pd

    names = rows.layout.names()
    return pd.DataFrame(rows.columns(0, len(names)).T, columns=list(names)).rename_axis("replication")


def draws_in(file: Path, variant: str = "") -> pd.DataFrame:
    """Every replication of a variant from the file of all; NaN in what only other variants have."""
    import pandas as pd

    with file.open("rb") as content:
        whole = pd.read_parquet(content)
    own = whole[whole["variant"] == variant].drop(columns="variant") if variant else whole
    return own.set_index("replication")


def draws_kept(rows: Rows, folder: str | Path | None, variant: str = "") -> DrawsFrom:
    """What gives the draws of a variant: the study's folder, which has them by then, else memory."""
    return draws_of(rows).copy if folder is None else partial(draws_in, Path(folder) / ROWS, variant)


def draws_beside(record: dict[str, Any], folder: Path, variant: str = "") -> DrawsFrom | None:
    """What gives the draws of a variant that were kept beside the results in a folder; None without."""
    return partial(draws_in, folder / ROWS, variant) if ROWS in record["files"] else None


def datasets_in(record: dict[str, Any], folder: Path) -> dict[str, xr.Dataset]:
    """Data sets beside the results in a folder, by name."""
    from capsim.projection import dataset_from_parquet

    datasets: dict[str, xr.Dataset] = {}
    for name, about in record["files"].items():
        if name.endswith(".parquet") and name != ROWS:
            dataset = dataset_from_parquet(folder / name, about)
            # Parquet has them as floats; labels are whole.
            whole = dataset["percentile"].astype("int64")
            stem = name.removesuffix(".parquet")
            datasets |= _ends_apart(stem, dataset.assign_coords(percentile=whole))
    return datasets


def _ends_apart(name: str, dataset: xr.Dataset) -> dict[str, xr.Dataset]:
    """A data set by its name; one of format 4, with the ends of intervals among its series, as two."""
    import xarray as xr

    lows = [str(series) for series in dataset if str(series).endswith(ENDS[1])]
    if not lows:
        return {name: dataset}
    series = [low.removesuffix(ENDS[1]) for low in lows]
    ends = [dataset[[s + end for s in series]].rename({s + end: s for s in series}) for end in ENDS[1:]]
    intervals = xr.concat(ends, xr.DataArray(list(BOUNDS), dims=END, name=END))
    return {name: dataset[series], name + INTERVALS: intervals}


def check_told(manifest: Mapping[str, Any]) -> None:
    """Refuse an ensemble that an earlier version wrote, without what its tables and pictures need."""
    lacking = [name for name in TOLD if name not in manifest]
    if lacking:
        raise StudyError(
            f"the saved results are of an earlier version, without {', '.join(lacking)}: run the study anew"
        )


def parts_of(written: dict[str, Any], datasets: Mapping[str, xr.Dataset]) -> dict[str, Any]:
    """What an ensemble is made of, from what its `to_dict` wrote and its data sets."""
    return {
        "figures": table_of(written["figures"], "figure"),
        "dates": frame_of(written["dates"]),
        # studies of version 0.2.0 have none
        "criticality": criticality.frame_of(written.get("criticality", [])),
        "chances": [Chance(**chance) for chance in written["chances"]],
        "told": Told.from_dict(written.get("told")),
        # one of before said nothing of the whole portfolio's dates
        "manifest": {**written["manifest"], "whole": written["manifest"].get("whole", {})},
        **datasets,
    }
