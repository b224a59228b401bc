"""Each hall by month: what is ready, what is in it, its peak, and what of it is free or out of reach."""

from __future__ import annotations

import numpy as np

from capsim.models.electrical import headroom_mw
from capsim.models.ratios import share_of
from capsim.operations.fleet import SiteFleet
from capsim.operations.power import SitePower
from capsim.units import Array

Halls = dict[str, Array]
"""Monthly series of halls as named in `HALLS`, each of shape (n_phases, n_months). [MW]"""


def halls_of(fleet: SiteFleet, power: SitePower, months: dict[str, Array]) -> Halls:
    """Monthly series of the halls of a site, one row for each phase.

    The meter is the site's: what it cannot carry at the site's peak is stranded in each hall in
    proportion to its critical IT power ready.

    Parameters
    ----------
    fleet : SiteFleet
        Phases of the site.
    power : SitePower
        Power of the site; read are the peak of each hall and the time its limit cuts.
    months : dict of ndarray
        Monthly series of the site; read are `critical_it_mw` and `stranded_mw`.

    Returns
    -------
    halls : dict of ndarray
        As named in `HALLS`. [MW, h]
    """
    spans = fleet.spans

    def rows(of_each_hall: list[Array]) -> Array:
        return np.array(of_each_hall, dtype=np.float64).reshape(-1, fleet.scenario.calendar.n_months)

    there = fleet.at_month_ends().phases
    nameplate = rows([phase.total(lambda s: s.level * s.kind.all_in_mw) for phase in there])
    ready = rows([phase.ready_mw for phase in there])
    peak = rows([spans.max_by_month(load) for load in power.hall_peak_mw])
    capped_h = rows([spans.fold_by_month(time_h) for time_h in power.hall_cut_h])
    site_ready = months["critical_it_mw"]
    share = share_of(months["stranded_mw"], site_ready)
    return {
        "critical_it_mw": ready,
        "nameplate_mw": nameplate,
        "it_peak_mw": peak,
        "headroom_mw": np.where(capped_h > 0.0, 0.0, headroom_mw(ready, peak)),
        "stranded_mw": ready * share,
        "capped_h": capped_h,
    }


def behind_caps_mw(fleet: SiteFleet, power: SitePower) -> Array | float:
    """Critical IT power above the peak of the halls whose limit cuts load in a month: no headroom. [MW]

    The peak is one of hourly means, and what swings within the hour takes the rest. Of shape (n_months,),
    or 0 where no hall is cut.
    """
    spans = fleet.spans
    total: Array | float = 0.0
    for phase, load, time_h in zip(fleet.phases, power.hall_peak_mw, power.hall_cut_h, strict=True):
        if time_h.any():
            free = headroom_mw(spans.last_of_month(phase.ready_mw), spans.max_by_month(load))
            total = total + np.where(spans.fold_by_month(time_h) > 0.0, free, 0.0)
    return total
