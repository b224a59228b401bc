"""What the power at the meters carries: in every hour of the weather, and with hours in which load is cut."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from capsim.operations import FullHalls, Key, Sky, full_halls_of
from capsim.projection.run import Run
from capsim.units import HOURS_PER_YEAR, Array


@dataclass(frozen=True)
class AtMeanPue:
    """IT load as large as a power carries at the mean PUE of a year, in the weather of that year."""

    pue: float
    """Facility energy over IT energy of the year. [1]"""
    cut_h_per_y: float
    """Hours in which that load is cut. [h/y]"""
    lost_share: float
    """Energy it loses in them. [1]"""


@dataclass(frozen=True)
class Heat:
    """Full halls in the weather of the horizon: plain data, as it is saved."""

    hottest_pue: float
    """Highest PUE of all halls together, full. [1]"""
    hottest_dry_bulb_c: float
    """Dry-bulb in that hour, mean over the halls. [degC]"""
    years: dict[str, AtMeanPue] = field(default_factory=dict)
    """By calendar year with IT load."""
    sites: dict[str, dict[str, float]] = field(default_factory=dict)
    """What the meter of each site carries of its halls: the figures declared for `heat`, by name."""


def heat_of(run: Run) -> Heat | None:
    """Full halls of a run in its weather; None without a hall that has power in the end."""
    sky = Sky(run.scenario, Key(run.seed, run.replication, is_banked=False))
    calendar, places = run.scenario.calendar, [site.id for site in run.scenario.sites]
    years, year_of_hour = np.unique(calendar.year_of_hour, return_inverse=True)
    facility, it = (
        np.array([run.operations.monthly[name][:, calendar.year_of_month == y].sum(axis=1) for y in years])
        for name in ("facility_mwh", "it_mwh")
    )
    sites: dict[str, dict[str, float]] = {}
    halls_mw, used_mwh = 0.0, np.zeros(years.size)
    # hours of one site at a time: what is wanted of all of them are weighted means
    pue, dry_bulb_c, pue_at_work = (np.zeros(calendar.n_hours) for _ in range(3))
    for place, halls in full_halls_of(run.scenario, run.timeline, sky):
        used = it[:, places.index(place)]
        halls_mw, used_mwh = halls_mw + halls.critical_it_mw, used_mwh + used
        pue += halls.critical_it_mw * halls.pue
        dry_bulb_c += halls.critical_it_mw * halls.dry_bulb_c
        pue_at_work += used[year_of_hour] * halls.pue
        sites[place] = _of_site(halls)
    if not sites:
        return None
    at_mean = {
        str(year): _at_mean(
            pue_at_work[year_of_hour == i] / used_mwh[i], float(facility[i].sum() / it[i].sum())
        )
        for i, year in enumerate(years)
        if used_mwh[i] > 0.0
    }
    hottest = int(pue.argmax())
    return Heat(float(pue[hottest] / halls_mw), float(dry_bulb_c[hottest] / halls_mw), at_mean, sites)


def _at_mean(pue: Array, mean: float) -> AtMeanPue:
    """A load as large as a power carries at the mean PUE of a year: cut where the PUE of an hour is higher.

    Sites count in the hours' PUE by their IT energy of the year, so that nothing of it depends on what comes
    after.
    """
    cut = pue > mean
    lost = np.where(cut, 1.0 - mean / pue, 0.0)
    return AtMeanPue(mean, float(cut.mean() * HOURS_PER_YEAR), float(lost.mean()))


def _of_site(halls: FullHalls) -> dict[str, float]:
    """What a meter carries of full halls."""
    hottest = int(halls.carried_it_mw.argmin())
    carried, full = halls.carried_it_mw, halls.critical_it_mw
    # the highest PUE where none is cut
    worst = hottest if carried[hottest] < full else int(halls.pue.argmax())
    cut_mw = full - carried
    return {
        "full_halls_it_mw": full,
        "lasting_power_mw": halls.reach_mw,
        "hottest_pue": float(halls.pue[worst]),
        "hottest_dry_bulb_c": float(halls.dry_bulb_c[worst]),
        "carried_it_mw": float(carried[hottest]),
        "stranded_it_mw": float(cut_mw[hottest]),
        "full_halls_cut_h_per_y": float((cut_mw > 0.0).mean() * HOURS_PER_YEAR),
        "full_halls_cut_mwh_per_y": float(cut_mw.mean() * HOURS_PER_YEAR),
    }
