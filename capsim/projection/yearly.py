"""The yearly roll-up of a projection."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from capsim.operations.binding import OF_THE_PLAN
from capsim.units import HOURS_PER_DAY, MWH_PER_GWH

NOTHING = "nothing"
"""Shown where less than a two-hundredth of the planned power waits for anything."""
NEGLIGIBLE_SHARE = 0.005


def yearly_table(
    monthly: xr.Dataset, ledger: pd.DataFrame, *, definition: str, currency: str
) -> pd.DataFrame:
    """Portfolio by calendar year.

    Levels are those at the end of the year, energies and money are sums, the mean load is energy
    over hours, and the peak is the highest month of the sum of the sites' peaks.
    """
    months = pd.DatetimeIndex(monthly["month"].to_numpy())
    total = monthly.drop_dims("cause").sum("site").to_dataframe()
    by_year = total.groupby(np.asarray(months.year))
    last, summed = by_year.last(), by_year.sum()
    hours = pd.Series(np.asarray(months.days_in_month)).groupby(np.asarray(months.year)).sum() * HOURS_PER_DAY
    table = pd.DataFrame(
        {
            "accelerators": last["accelerators"],
            f"h100e_{definition}": last[f"h100e_{definition}"],
            "critical_it_mw": last["critical_it_mw"],
            "facility_mean_mw": summed["facility_mwh"] / hours,
            "facility_peak_mw": by_year["facility_peak_mw"].max(),
            "facility_gwh": summed["facility_mwh"] / MWH_PER_GWH,
            "pue": summed["facility_mwh"] / summed["it_mwh"].where(summed["it_mwh"] > 0),
            "carbon_t": summed["carbon_t"],
            "water_m3": summed["water_m3"],
        }
    )
    for category in ("capex", "opex"):
        rows = ledger[ledger["category"] == category]
        sums = rows[f"amount_{currency}"].groupby(rows["month"].dt.year).sum()
        table[f"{category}_{currency}"] = sums.reindex(table.index, fill_value=0.0)
    table["binds"] = binding_by_year(monthly)
    return table.rename_axis("year")


def binding_by_year(monthly: xr.Dataset) -> pd.Series[str]:
    """The cause that keeps most planned MW from computing in each year.

    A start the plan itself puts later, or a part of a hall nothing is ordered for, is not a limit; it
    shows only where nothing else waits.
    """
    months = pd.DatetimeIndex(monthly["month"].to_numpy())
    days = np.asarray(months.days_in_month, dtype=np.float64)
    years, first = np.unique(np.asarray(months.year), return_index=True)
    waiting = monthly["waiting_mw"].sum("site").to_numpy()
    planned_mw = (waiting.sum(axis=0) + monthly["critical_it_mw"].sum("site").to_numpy()).max()
    by_year = np.add.reduceat(waiting * days, first, axis=1)
    floor = NEGLIGIBLE_SHARE * planned_mw * np.add.reduceat(days, first)
    causes = [str(cause) for cause in monthly["cause"].to_numpy()]
    return pd.Series(
        [_binding(dict(zip(causes, mw, strict=True)), low) for mw, low in zip(by_year.T, floor, strict=True)],
        index=years,
    )


def _binding(mw_days: dict[str, float], floor: float) -> str:
    """The largest cause above the floor, those of the plan itself only where there is no other."""
    large = {cause: mw for cause, mw in mw_days.items() if mw > floor}
    limits = {cause: mw for cause, mw in large.items() if cause not in OF_THE_PLAN} or large
    return max(limits, key=lambda cause: limits[cause], default=NOTHING)
