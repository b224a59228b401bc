"""The table of the EU's reporting scheme for data centres: energy, water and its four indicators by year.

Delegated Regulation (EU) 2024/1364, annexes II and III: PUE, WUE, ERF and REF of a calendar year are
quotients of what a meter counted in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capsim.units import KWH_PER_MWH

if TYPE_CHECKING:
    import xarray as xr

SUMS = {
    "e_dc_kwh": ("facility_mwh", KWH_PER_MWH),
    "e_it_kwh": ("it_mwh", KWH_PER_MWH),
    "w_in_m3": ("water_m3", 1.0),
    "e_reuse_kwh": ("reused_heat_mwh", KWH_PER_MWH),
    "e_res_tot_kwh": ("renewable_mwh", KWH_PER_MWH),
}
"""Columns that are sums of a year: the monthly series, and its factor."""


def eu_scheme_table(monthly: xr.Dataset) -> pd.DataFrame:
    """A row per site and calendar year in the horizon; indicators are unknown where no IT runs.

    WUE is in m3/MWh, which is L/kWh, of IT energy.
    """
    names = [series for series, _ in SUMS.values()] + ["critical_it_mw"]
    # results that were saved before a series was counted do not have it: unknown, and not nothing
    counted = monthly.assign(
        {name: np.nan * monthly["facility_mwh"] for name in names if name not in monthly}
    )
    months = counted[names].to_dataframe().reset_index()
    months["year"] = months["month"].dt.year
    by_year = months.groupby(["site", "year"], sort=False)
    table = pd.DataFrame(
        {name: by_year[series].sum(min_count=1) * scale for name, (series, scale) in SUMS.items()}
    )
    table.insert(0, "p_it_kw", by_year["critical_it_mw"].last() * KWH_PER_MWH)
    it, facility = (table[name].where(table[name] > 0) for name in ("e_it_kwh", "e_dc_kwh"))
    return table.assign(
        pue=table["e_dc_kwh"] / it,
        wue_m3_per_mwh=table["w_in_m3"] / it * KWH_PER_MWH,
        erf=table["e_reuse_kwh"] / facility,
        ref=table["e_res_tot_kwh"] / facility,
    ).reset_index()
