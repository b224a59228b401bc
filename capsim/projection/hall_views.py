"""The halls of a projection over the whole horizon, one row each."""

from __future__ import annotations

import pandas as pd

from capsim.projection.peaks import first_peaks
from capsim.units import HOURS_PER_DAY


def by_hall(halls: pd.DataFrame) -> pd.DataFrame:
    """One row per hall, in the scenario's order.

    Parameters
    ----------
    halls : pandas.DataFrame
        Each hall by month, as `Projection.halls`.

    Returns
    -------
    halls : pandas.DataFrame
        `site`, `phase`, `critical_it_mw` and `nameplate_mw` at the end; `it_peak_mw`, its `peak_month` and
        `headroom_mw` in it; `stranded_mw` at its most and its `stranded_month` [MW]; `capped_share` of the
        time since the hall's first systems in which its own limit cuts its load [1].
    """
    place = ["site", "phase"]
    groups = halls.groupby(place, sort=False)
    table = groups[["critical_it_mw", "nameplate_mw"]].last()
    at_peak, at_worst = (first_peaks(halls, name, place) for name in ("it_peak_mw", "stranded_mw"))
    table["it_peak_mw"], table["peak_month"] = at_peak["it_peak_mw"], at_peak["month"]
    table["headroom_mw"] = at_peak["headroom_mw"]
    table["stranded_mw"], table["stranded_month"] = at_worst["stranded_mw"], at_worst["month"]
    # a share of the time with systems: an empty hall caps nothing
    inside = halls["nameplate_mw"] > 0.0
    hours = (halls["month"].dt.days_in_month * HOURS_PER_DAY).where(inside, 0.0)
    there = hours.groupby([halls[key] for key in place], sort=False).sum()
    table["capped_share"] = (groups["capped_h"].sum() / there.where(there > 0.0)).fillna(0.0)
    return table.reset_index()
