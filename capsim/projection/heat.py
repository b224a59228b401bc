"""What the power at the meters carries: in every hour of the weather, and with hours in which load is cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    found = full_halls_of(run.scenario, run.timeline, sky)
    if not found:
        return None
    pue, dry_bulb_c = (_mean_over_halls(found.values(), name) for name in ("pue", "dry_bulb_c"))
    hottest = int(pue.argmax())
    years = {str(year): _at_mean(run, found, year) for year in _years_at_work(run, found)}
    sites = {site: _of_site(halls) for site, halls in found.items()}
    return Heat(float(pue[hottest]), float(dry_bulb_c[hottest]), years, sites)


def _mean_over_halls(found: Iterable[FullHalls], name: str) -> Array:
    """A series of the sites, weighted by their halls, shape (n_hours,)."""
    sites = list(found)
    weight = np.array([halls.critical_it_mw for halls in sites])
    total = sum((w * getattr(halls, name) for w, halls in zip(weight, sites, strict=True)), np.zeros(1))
    return np.asarray(total / weight.sum())


def _years_at_work(run: Run, found: Iterable[str]) -> list[int]:
    """Calendar years with IT load at one of some sites."""
    sites = [site.id for site in run.scenario.sites]
    rows = [sites.index(site) for site in found]
    is_at_work = run.operations.monthly["it_mwh"][rows].sum(axis=0) > 0.0
    return [int(year) for year in np.unique(run.scenario.calendar.year_of_month[is_at_work])]


def _at_mean(run: Run, found: Mapping[str, FullHalls], year: int) -> AtMeanPue:
    """A load as large as a power carries at the mean PUE of a year: cut where the PUE of an hour is higher.

    Sites count by their IT energy of the year, so that nothing of it depends on what comes after.
    """
    calendar = run.scenario.calendar
    months = calendar.year_of_month == year
    facility, it = (
        run.operations.monthly[name][:, months].sum(axis=1) for name in ("facility_mwh", "it_mwh")
    )
    mean = float(facility.sum() / it.sum())
    hours = calendar.year_of_hour == year
    weights = {
        site.id: float(used) for site, used in zip(run.scenario.sites, it, strict=True) if site.id in found
    }
    pue = sum((used * found[site].pue[hours] for site, used in weights.items()), np.zeros(1))
    pue = np.asarray(pue / sum(weights.values()))
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
