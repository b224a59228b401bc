"""The yearly roll-up of a projection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from capsim.projection.binding_views import binding_by_year
from capsim.projection.months import Months
from capsim.units import HOURS_PER_DAY, MWH_PER_GWH
from capsim.vocabulary import Category

CASH: Final[tuple[Category, ...]] = ("capex", "opex")
"""Categories of the ledger that are told by year."""


def yearly_table(
    months: Months, cash: Mapping[Category, pd.Series[float]], *, definition: str, currency: str
) -> pd.DataFrame:
    """Portfolio by calendar year.

    Levels are those at the end of the year, energies and money are sums, the mean load is energy
    over hours, and the peak is the highest month of the sum of the sites' peaks. `cash` has the amounts of
    each category one by one, with the month of each.
    """
    days, years = np.asarray(months.index.days_in_month), np.asarray(months.index.year)
    total = pd.DataFrame({name: months.total(name) for name in months.series}, index=months.index)
    by_year = total.groupby(years)
    last, summed = by_year.last(), by_year.sum()
    hours = pd.Series(days).groupby(years).sum() * HOURS_PER_DAY
    # where nothing runs PUE is unknown, and not infinite
    table = last[["accelerators", f"h100e_{definition}", "critical_it_mw"]].assign(
        facility_mean_mw=summed["facility_mwh"] / hours,
        facility_peak_mw=by_year["facility_peak_mw"].max(),
        facility_gwh=summed["facility_mwh"] / MWH_PER_GWH,
        pue=summed["facility_mwh"] / summed["it_mwh"].where(summed["it_mwh"] > 0),
        carbon_t=summed["carbon_t"],
        water_m3=summed["water_m3"],
    )
    for category, paid in cash.items():
        sums = paid.groupby(pd.DatetimeIndex(paid.index).year).sum()
        table[f"{category}_{currency}"] = sums.reindex(table.index, fill_value=0.0)
    table["binds"] = binding_by_year(months)
    return table.rename_axis("year")
