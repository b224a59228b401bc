"""Monthly series as tables for analysts: one row per site and month, units in the headings or as `attrs`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from capsim.operations import SERIES

if TYPE_CHECKING:
    import xarray as xr

    from capsim.operations.series import Series

FOLDS = {
    "end": "level at the end of the month",
    "sum": "sum of the hours",
    "peak": "highest hour of the month",
    "least": "smallest hour of the month",
    "margin": "level at the end of the month against the highest hour",
    "hours": "number of hours",
}
"""How an hour's value becomes the month's, in words."""
WAITING = "waiting_mw"


def monthly_table(monthly: xr.Dataset) -> pd.DataFrame:
    """Every monthly series, one row per site and month, with its unit in the heading.

    Parameters
    ----------
    monthly : xarray.Dataset
        Monthly series of a projection, of dims (site, month), and `waiting_mw` with a dim of causes.

    Returns
    -------
    table : pandas.DataFrame
        Columns `site`, `month` (its first day, UTC), one per series as ``facility_mwh [MWh]``, and one per
        cause that keeps planned MW from computing, as ``waiting_mw: grid connection [MW]``.
    """
    sites, months = monthly["site"].to_numpy(), monthly["month"].to_numpy()
    columns: dict[str, Any] = {"site": np.repeat(sites, months.size), "month": np.tile(months, sites.size)}
    for name, variable in monthly.data_vars.items():
        unit = variable.attrs["units"]
        if name == WAITING:
            for cause in monthly["cause"].to_numpy():
                columns[f"{name}: {cause} [{unit}]"] = variable.sel(cause=cause).to_numpy().ravel()
        else:
            columns[f"{name} [{unit}]"] = variable.to_numpy().ravel()
    return pd.DataFrame(columns)


def series_table(monthly: xr.Dataset) -> pd.DataFrame:
    """Name, unit and meaning of every monthly series, and what a month shows of it."""
    folds = {series.name.partition("_per_")[0]: FOLDS[series.fold] for series in SERIES}
    rows = [
        (name, about.attrs["units"], about.attrs["long_name"], _fold(str(name), folds))
        for name, about in monthly.data_vars.items()
    ]
    return pd.DataFrame(rows, columns=["series", "unit", "long_name", "month_shows"])


def _fold(name: str, folds: dict[str, str]) -> str:
    """What a month shows of a series; money has the currency behind its name, and waiting is a mean."""
    if name == WAITING:
        return "mean of the month"
    return folds.get(name) or next(text for stem, text in folds.items() if name.startswith(f"{stem}_"))


def with_units(table: pd.DataFrame, variables: xr.Dataset) -> pd.DataFrame:
    """The table with `units` and `long_name` of its columns in `attrs`, which Parquet keeps."""
    about = {str(name): variable.attrs for name, variable in variables.data_vars.items()}
    told = {name: a for name, a in about.items() if {"units", "long_name"} <= a.keys()}
    return _annotated(table, {name: (a["units"], a["long_name"]) for name, a in told.items()})


def with_units_of(table: pd.DataFrame, series: Iterable[Series]) -> pd.DataFrame:
    """The same for columns that series describe."""
    return _annotated(table, {s.name: (s.unit, s.long_name) for s in series})


def _annotated(table: pd.DataFrame, about: dict[str, tuple[str, str]]) -> pd.DataFrame:
    table.attrs["units"] = {name: unit for name, (unit, _) in about.items()}
    table.attrs["long_name"] = {name: meaning for name, (_, meaning) in about.items()}
    return table
