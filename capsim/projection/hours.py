"""Hours of a site that a planner asks for: the hardest, the one on a date, and the duration curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from capsim.registry import did_you_mean
from capsim.units import HOURS_PER_DAY

if TYPE_CHECKING:
    import xarray as xr


PUE: Final = {"units": "1", "long_name": "Power usage effectiveness of the hour"}
"""Unit and meaning of the one quantity of an hour that is no series."""


def hour_of(hourly: xr.Dataset, site: str, at: str) -> pd.Series[float]:
    """Every hourly quantity of a site in one hour.

    Parameters
    ----------
    hourly : xarray.Dataset
        Hourly series of a projection.
    site : str
        Id of the site.
    at : str
        ``hardest`` for the hour of the highest facility load, ``hottest`` for that of the highest
        dry-bulb among those with load, or a UTC time such as ``2030-07-15T15``.

    Returns
    -------
    values : pandas.Series
        By name, with PUE; its name is the time of the hour, and `attrs` has `units` and `long_name`.

    Raises
    ------
    KeyError
        If the site or the hour is not there, or `at` is none of these.
    """
    rows = hourly.sel(site=_known(hourly, site)).to_dataframe().drop(columns="site")
    if at == "hardest":
        time = pd.DatetimeIndex(rows.index)[int(rows["facility_mw"].to_numpy().argmax())]
    elif at == "hottest":
        time = pd.DatetimeIndex(rows.index)[_hottest(rows)]
    else:
        try:
            time = pd.Timestamp(at)
        except ValueError:
            raise KeyError(f"give hardest, hottest or a time such as 2030-07-15T15 (got {at})") from None
        if time not in rows.index:
            raise KeyError(f"the horizon has no hour {at}")
    row = pd.DatetimeIndex(rows.index).get_loc(time)
    values = pd.Series(rows.to_numpy(dtype=np.float64)[row], index=rows.columns, name=time)
    values["pue"] = values["facility_mw"] / values["it_mw"] if values["it_mw"] else np.nan
    values.attrs = {key: {n: v.attrs[key] for n, v in hourly.data_vars.items()} for key in PUE}
    for key, text in PUE.items():
        values.attrs[key]["pue"] = text
    return values


def _hottest(rows: pd.DataFrame) -> int:
    """Hour of the highest dry-bulb in which the site has load; of all hours where it never has."""
    dry_bulb, load = rows["dry_bulb_c"].to_numpy(), rows["facility_mw"].to_numpy()
    return int(np.where(load > 0.0, dry_bulb, -np.inf if load.any() else dry_bulb).argmax())


def duration_curve(hourly: xr.Dataset, site: str, year: int, name: str = "facility_mw") -> pd.Series[float]:
    """Hours of a year in falling order of a quantity.

    Parameters
    ----------
    hourly : xarray.Dataset
        Hourly series of a projection.
    site : str
        Id of the site.
    year : int
        Calendar year.
    name : str, default "facility_mw"
        Quantity.

    Returns
    -------
    curve : pandas.Series
        The value reached or passed in as many hours as its index says, from 1.

    Raises
    ------
    KeyError
        If the site, the quantity or the year is not there.
    """
    values = hourly[name].sel(site=_known(hourly, site))
    inside = values.to_numpy()[pd.DatetimeIndex(values["hour"].to_numpy()).year == year]
    if inside.size < HOURS_PER_DAY:
        raise KeyError(f"the horizon has no year {year}")
    hours = pd.RangeIndex(1, inside.size + 1, name="hours")
    curve = pd.Series(np.sort(inside)[::-1], index=hours, name=name)
    curve.attrs = dict(values.attrs)
    return curve


def _known(hourly: xr.Dataset, site: str) -> str:
    names = [str(name) for name in hourly["site"].to_numpy()]
    if site not in names:
        raise KeyError(f"unknown site {site}{did_you_mean(site, names)}")
    return site
