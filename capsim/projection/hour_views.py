"""Hours of a site that a planner asks for: the hardest, the one on a date, and the duration curve."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from capsim.projection.binding_views import NOTHING
from capsim.projection.labelled import labelled_hours
from capsim.projection.peaks import first_peak
from capsim.registry import near_or_all
from capsim.scenario import Scenario
from capsim.units import HOURS_PER_DAY, Array
from capsim.vocabulary import OF_AN_HOUR, no_result

if TYPE_CHECKING:
    import xarray as xr


LIMITS: Final = {
    "held_by_meter_mw": "the power at the meter",
    "held_by_cooling_mw": "the cooling",
    "held_by_halls_mw": "the halls",
}
"""Series of what a limit holds back, and its name in words. [MW]"""
HEADROOM: Final = {
    "grid_headroom_mw": ("grid_mw_usable", "grid_mw_drawn"),
    "hall_headroom_mw": ("critical_it_mw_ready", "it_mw"),
    "cooling_headroom_it_mw": ("cooling_capacity_it_mw", "it_mw"),
}
"""Headroom of each limit: the series of the limit and of what it lets through. [MW]"""
_HELD: Final = 1e-6
"""Share of a load below which a limit holds nothing back, and of a limit below which nothing is left. [1]"""
NEAR_K: Final = 0.25
"""How near to the design day an hour is taken to be of it. [K]"""
FOUND: Final = ("hardest", "hottest", "design")
"""Hours that are found by their load or their air."""


class SiteHours:
    """Keeps the hours of one site while they are computed, for `capsim.pipeline.simulate`.

    Examples
    --------
    ``kept = SiteHours("dc6"); simulate(scenario, hourly=kept); kept.dataset(scenario)``
    """

    def __init__(self, site: str) -> None:
        self._site = site
        self._series: dict[str, Array] = {}

    def __call__(self, site: str, series: dict[str, Array]) -> None:
        """Take the hours of the next site."""
        if site == self._site:
            self._series = dict(series)

    def dataset(self, scenario: Scenario) -> xr.Dataset:
        """The hours kept, labelled."""
        return labelled_hours(scenario, [self._site], {n: v[None, :] for n, v in self._series.items()})


def hour_of(hourly: xr.Dataset, site: str, at: str, design_dry_bulb_c: float = math.nan) -> pd.Series[float]:
    """Every hourly quantity of a site in one hour.

    Parameters
    ----------
    hourly : xarray.Dataset
        Hourly series of a projection.
    site : str
        Id of the site.
    at : str
        ``hardest`` for the hour in which limits hold back the largest share of the IT load wanted, or that
        of the highest facility load where they hold back nothing; ``hottest`` for that of the highest
        dry-bulb among those with load, ``design`` for the hardest in air within 0.25 K of the design day,
        or the one with load nearest to it, or a UTC time such as ``2030-07-15T15``.
    design_dry_bulb_c : float, optional
        Dry-bulb for which the cooling is sized. [degC]

    Returns
    -------
    values : pandas.Series
        By name, with PUE and the headroom of each limit; its name is the time of the hour, and `attrs` has
        `units`, `long_name`, and `binds`: the limits that hold load back, the largest first, or ``nothing``.

    Raises
    ------
    KeyError
        If the site or the hour is not there, or `at` is none of these.
    """
    rows = _of_site(hourly, site).to_dataframe().drop(columns="site")
    times = pd.DatetimeIndex(rows.index)
    if at == "hardest":
        row = _hardest(rows)
    elif at == "hottest":
        row = _hottest(rows)
    elif at == "design" and math.isfinite(design_dry_bulb_c):
        row = _design(rows, design_dry_bulb_c)
    else:
        row = int(times.searchsorted(_time(times, at)))
    values = pd.Series(rows.to_numpy(dtype=np.float64)[row], index=rows.columns, name=times[row])
    values["pue"] = values["facility_mw"] / values["it_mw"] if values["it_mw"] else np.nan
    values["design_dry_bulb_c"] = design_dry_bulb_c
    for name, (limit, drawn) in HEADROOM.items():
        values[name] = _left(values[limit], values[drawn])
    values["grid_carries_it_mw"] = values["grid_mw_usable"] / values["pue"]
    for key in ("units", "long_name"):
        values.attrs[key] = {name: series.attrs[key] for name, series in hourly.data_vars.items()}
    values.attrs["units"] |= {measure.name: measure.unit for measure in OF_AN_HOUR}
    values.attrs["long_name"] |= {measure.name: measure.meaning for measure in OF_AN_HOUR}
    values.attrs["binds"] = binding_limits(values)
    return values


def _left(limit_mw: float, used_mw: float) -> float:
    """What a limit leaves; none where the solver stopped just inside it. [MW]"""
    left = limit_mw - used_mw
    return 0.0 if abs(left) <= _HELD * limit_mw else left


def binding_limits(values: pd.Series[float]) -> str:
    """The limits that hold IT load back in an hour, the largest first; ``nothing`` where none does."""
    least = _HELD * values["it_wanted_mw"]
    held = {name: float(values[name]) for name in LIMITS if values[name] > least}
    largest_first = sorted(held, key=lambda name: -held[name])
    return ", then ".join(LIMITS[name] for name in largest_first) or NOTHING


def _hardest(rows: pd.DataFrame, among: NDArray[np.bool_] | None = None) -> int:
    """First hour of the largest share held back; of those alike in that, of the highest load.

    Where a limit binds, the load is the same in every hour in which it does, and says nothing of how hard
    they are.
    """
    inside = np.ones(len(rows), dtype=np.bool_) if among is None else among
    wanted_mw, load_mw = rows["it_wanted_mw"].to_numpy(), rows["facility_mw"].to_numpy()
    held_mw = rows[list(LIMITS)].to_numpy().sum(axis=1)
    held = np.divide(held_mw, wanted_mw, out=np.zeros(len(rows)), where=inside & (wanted_mw > 0.0))
    alike = inside & (held >= held.max() - _HELD)
    return first_peak(np.where(alike, load_mw, -np.inf))


def _hottest(rows: pd.DataFrame) -> int:
    """Hour of the highest dry-bulb in which the site has load; of all hours where it never has."""
    dry_bulb, load = rows["dry_bulb_c"].to_numpy(), rows["facility_mw"].to_numpy()
    # an hour without load is infinitely cold, where there is any with load
    felt = np.where(load > 0.0, dry_bulb, -np.inf if load.any() else dry_bulb)
    return _hardest(rows, felt == felt.max())


def _design(rows: pd.DataFrame, design_dry_bulb_c: float) -> int:
    """The hardest hour of those near the design day, or the nearest to it with load."""
    load = rows["facility_mw"].to_numpy()
    away_k = np.abs(rows["dry_bulb_c"].to_numpy() - design_dry_bulb_c)
    # an hour without load is infinitely far, where there is any with load
    away_with_load_k = np.where(load > 0.0, away_k, np.inf if load.any() else away_k)
    near = away_with_load_k <= max(NEAR_K, float(away_with_load_k.min()))
    return _hardest(rows, near)


def time_asked(at: str) -> pd.Timestamp | None:
    """The time a text names, in UTC; None for an hour that is found by its load or its air.

    Raises
    ------
    KeyError
        If it is neither.
    """
    if at in FOUND:
        return None
    try:
        time = pd.Timestamp(at)
    except ValueError:
        rule = f"give {', '.join(FOUND)} or a time such as 2030-07-15T15"
        raise KeyError(f"{rule} (got {at})") from None
    # hours of the horizon are UTC, and say no zone
    return time if time.tzinfo is None else time.tz_convert("UTC").tz_localize(None)


def _time(hours: pd.DatetimeIndex, at: str) -> pd.Timestamp:
    """The hour a text names, in UTC."""
    time = time_asked(at)
    if time is None or time not in hours:
        first, last = (f"{hour:%Y-%m-%dT%H}" for hour in (hours[0], hours[-1]))
        raise KeyError(f"the horizon has no hour {at}: it has whole UTC hours from {first} to {last}")
    return time


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
    of_site = _of_site(hourly, site)
    if name not in of_site:
        raise KeyError(no_result(name, map(str, hourly)))
    values = of_site[name]
    inside = values.to_numpy()[pd.DatetimeIndex(values["hour"].to_numpy()).year == year]
    if inside.size < HOURS_PER_DAY:
        raise KeyError(f"the horizon has no year {year}")
    hours = pd.RangeIndex(1, inside.size + 1, name="hours")
    curve = pd.Series(np.sort(inside)[::-1], index=hours, name=name)
    curve.attrs = dict(values.attrs)
    return curve


def _of_site(hourly: xr.Dataset, site: str) -> xr.Dataset:
    """The hours of a site; KeyError where no site has the id."""
    return hourly.sel(site=known_site([str(name) for name in hourly["site"].to_numpy()], site))


def known_site(names: Sequence[str], site: str) -> str:
    """The id of a site; KeyError where no site has it."""
    if site not in names:
        raise KeyError(f"unknown site {site}{near_or_all(site, list(names))}")
    return site
