"""The monthly series of a projection as arrays, which findings and tables by year read without labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from capsim.projection.run import Run
from capsim.units import Array
from capsim.vocabulary import MONTHLY, WAITING

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Months:
    """Series by month, under the names of results."""

    index: pd.DatetimeIndex
    """First day of each month."""
    sites: tuple[str, ...]
    series: Mapping[str, Array]
    """Each of shape (site, month)."""
    causes: tuple[str, ...]
    waiting_mw: Array
    """Critical IT power that waits for each cause, shape (cause, site, month). [MW]"""

    def total(self, name: str) -> Array:
        """Sum over the sites, of those that are known, shape (month,)."""
        summed: Array = np.nansum(self.series[name], axis=0)
        return summed

    def of(self, site: str, name: str) -> Array:
        """A series of one site, shape (month,)."""
        series: Array = self.series[name][self.sites.index(site)]
        return series

    def waiting_by_cause_mw(self) -> Array:
        """Power of all sites that waits for each cause, shape (cause, month). [MW]"""
        summed: Array = np.nansum(self.waiting_mw, axis=1)
        return summed


def months_of(run: Run, index: pd.DatetimeIndex) -> Months:
    """The months of a run."""
    sites = tuple(site.id for site in run.scenario.sites)
    code = run.scenario.currency.code
    series = {measure.named(code): run.operations.monthly[measure.name] for measure in MONTHLY}
    causes = tuple(sorted({cause for cause, _ in run.operations.waiting}))
    waiting = np.zeros((len(causes), len(sites), len(index)))
    # filled in place: a cause that holds nothing back at a site stays 0 there
    for (cause, site), mw in run.operations.waiting.items():
        waiting[causes.index(cause), sites.index(site)] = mw
    return Months(index, sites, series, causes, waiting)


def months_in(monthly: xr.Dataset) -> Months:
    """The months of a labelled table, such as that of a saved projection."""
    of_sites: dict[str, Any] = {str(name): values.to_numpy() for name, values in monthly.items()}
    waiting = of_sites.pop(WAITING.name)
    sites, causes = (tuple(map(str, monthly[name].to_numpy())) for name in ("site", "cause"))
    return Months(pd.DatetimeIndex(monthly.indexes["month"]), sites, of_sites, causes, waiting)
