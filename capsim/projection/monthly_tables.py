"""Monthly series as tables for analysts: one row per site and month, units in the headings or as `attrs`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from capsim.vocabulary import WAITING, Fold, Measure, declared

if TYPE_CHECKING:
    import xarray as xr

FOLDS: dict[Fold, str] = {
    "end": "level at the end of the month",
    "sum": "sum of the hours",
    "peak": "highest hour of the month",
    "least": "smallest hour of the month",
    "margin": "level at the end of the month against the highest hour",
    "hours": "number of hours",
    "mean": "mean of the month",
}
"""How an hour's value becomes the month's, in words."""


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
        if name == WAITING.name:
            for cause in monthly["cause"].to_numpy():
                columns[f"{name}: {cause} [{unit}]"] = variable.sel(cause=cause).to_numpy().ravel()
        else:
            columns[f"{name} [{unit}]"] = variable.to_numpy().ravel()
    return pd.DataFrame(columns)


def series_table(monthly: xr.Dataset) -> pd.DataFrame:
    """Name, unit and meaning of every monthly series, and what a month shows of it."""
    rows = []
    for name, about in monthly.data_vars.items():
        measure = declared(str(name), "monthly")
        shows = FOLDS[measure.fold] if measure is not None else ""
        rows.append((name, about.attrs["units"], about.attrs["long_name"], shows))
    return pd.DataFrame(rows, columns=["series", "unit", "long_name", "month_shows"])


def with_units(table: pd.DataFrame, variables: xr.Dataset) -> pd.DataFrame:
    """The table with `units` and `long_name` of its columns in `attrs`, which Parquet keeps."""
    about = {str(name): variable.attrs for name, variable in variables.data_vars.items()}
    told = {name: a for name, a in about.items() if {"units", "long_name"} <= a.keys()}
    return _annotated(table, {name: (a["units"], a["long_name"]) for name, a in told.items()})


def with_units_of(table: pd.DataFrame, measures: Iterable[Measure]) -> pd.DataFrame:
    """The same for columns that are declared."""
    return _annotated(table, {m.name: (m.unit, m.meaning) for m in measures})


def _annotated(table: pd.DataFrame, about: dict[str, tuple[str, str]]) -> pd.DataFrame:
    table.attrs["units"] = {name: unit for name, (unit, _) in about.items()}
    table.attrs["long_name"] = {name: meaning for name, (_, meaning) in about.items()}
    return table
