"""What a projection says of power in the heat: what it carries in every hour, and with hours cut."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from capsim.projection.binding_views import NEGLIGIBLE_SHARE
from capsim.projection.findings.finding import Finding, finding
from capsim.projection.findings.limit_findings import PERCENT, in_service
from capsim.projection.heat import AtMeanPue
from capsim.projection.wording import count, megawatts, rounded
from capsim.units import HOURS_PER_YEAR, W_PER_MW

if TYPE_CHECKING:
    from capsim.projection.projection import Projection

NOT_KEPT = AtMeanPue(math.nan, math.nan, math.nan)
"""Hours of a projection that was saved without them."""


@dataclass(frozen=True)
class Fit:
    """How much of one accelerator a facility power carries."""

    accelerator: str
    """Name in the catalogue."""
    facility_mw: float
    """Power at the meter. [MW]"""
    pue: float
    """Facility energy over IT energy in the year looked at. [1]"""
    hottest_pue: float
    """PUE of full halls in the hour of the weather in which it is highest; NaN where it was not kept. [1]"""
    hottest_dry_bulb_c: float
    """In that hour. [degC]"""
    all_in_w: float
    """IT power per accelerator with its share of host, network and storage. [W]"""
    accelerators: float
    """Accelerators carried at that power each, at the mean PUE. [accelerators]"""
    h100e: dict[str, float]
    """H100-equivalents carried at the mean PUE, by definition. [H100e]"""
    cut_h_per_y: float
    """Hours in which so many are cut. [h/y]"""
    cut_mwh_per_y: float
    """IT energy they lose in them. [MWh/y]"""
    lost_share: float
    """Of their energy. [1]"""

    def in_every_hour(self, definition: str) -> float:
        """H100-equivalents carried in every hour of the weather. [H100e]"""
        return self.h100e[definition] * self.pue / self.hottest_pue


def fit(projection: Projection, facility_mw: float, by: str) -> Fit | None:
    """What a facility power carries, with the accelerator most in service on a day.

    Parameters
    ----------
    projection : Projection
        Gives the accelerator, its own annual PUE of the year, and that of full halls in its weather.
    facility_mw : float
        Power at the meter. [MW]
    by : str
        ISO date.

    Returns
    -------
    fit : Fit or None
        None where no accelerator is in service by then.
    """
    system, heat = system_most_in_service(projection, by), projection.heat
    pue = projection.yearly["pue"].get(int(by[:4]), math.nan)
    if system is None or math.isnan(pue):
        return None
    hours = heat.years.get(by[:4], NOT_KEPT) if heat is not None else NOT_KEPT
    about = projection.facts.systems[system]
    all_in_w = about["all_in_it_w_per_accelerator"]
    it_mw = facility_mw / pue
    accelerators = it_mw * W_PER_MW / all_in_w
    return Fit(
        accelerator=about["accelerator"],
        facility_mw=facility_mw,
        pue=float(pue),
        hottest_pue=heat.hottest_pue if heat is not None else math.nan,
        hottest_dry_bulb_c=heat.hottest_dry_bulb_c if heat is not None else math.nan,
        all_in_w=all_in_w,
        accelerators=accelerators,
        h100e={name: accelerators * ratio for name, ratio in about["h100e"].items()},
        cut_h_per_y=hours.cut_h_per_y,
        cut_mwh_per_y=it_mw * HOURS_PER_YEAR * hours.lost_share,
        lost_share=hours.lost_share,
    )


def system_most_in_service(projection: Projection, by: str) -> str | None:
    """The system with most accelerators in service on a day; the later name where two are level."""
    accelerators = in_service(projection, "accelerator_count", pd.Timestamp(by) + pd.Timedelta(days=1))
    if not (accelerators > 0.0).any():
        return None
    return str(accelerators.index[accelerators == accelerators.max()].max())


def carried_in_words(fit_: Fit, metric: str) -> tuple[str, dict[str, float]]:
    """What a power carries in words: in every hour, and at the mean PUE with hours cut; and its numbers."""
    definition = metric.removeprefix("h100e_")
    every_hour, at_mean = fit_.in_every_hour(definition), fit_.h100e[definition]
    chip, watts = fit_.accelerator.upper(), f"all of its {count(fit_.all_in_w)} W"
    if math.isnan(every_hour):
        return f"{rounded(at_mean)} with {chip} at PUE {fit_.pue:.2f} and {watts}", {}
    text = (
        f"{rounded(every_hour)} with {chip} in every hour (PUE {fit_.hottest_pue:.2f} at "
        f"{fit_.hottest_dry_bulb_c:.0f} degC, the hardest modelled) at {watts}"
    )
    if fit_.cut_h_per_y > 0.0:
        text += (
            f", and {rounded(at_mean)} at the mean PUE of {fit_.pue:.2f} with {count(fit_.cut_h_per_y)} "
            f"hours a year cut and {rounded(fit_.cut_mwh_per_y)} MWh lost in them "
            f"({rounded(fit_.lost_share * PERCENT, 2)} %)"
        )
    numbers = {
        f"{metric}_in_every_hour": every_hour,
        f"{metric}_at_mean_pue": at_mean,
        "hottest_pue": fit_.hottest_pue,
        "mean_pue": fit_.pue,
        "cut_h_per_y": fit_.cut_h_per_y,
        "cut_mwh_per_y": fit_.cut_mwh_per_y,
    }
    return text, numbers


def stranded_in_heat(projection: Projection) -> Iterator[Finding]:
    """Halls of a site that its connection does not carry full in every hour of the weather."""
    heat = projection.heat
    for site, halls in (heat.sites if heat is not None else {}).items():
        if halls["stranded_it_mw"] > NEGLIGIBLE_SHARE * halls["full_halls_it_mw"]:
            yield _stranded(projection, site, halls)


def _stranded(projection: Projection, site: str, halls: dict[str, float]) -> Finding:
    """What the meter of a site carries, what of the halls is stranded, and what that costs."""
    plan = {
        name: float(projection.months.of(site, name).sum()) for name in ("power_limited_h", "curtailed_mwh")
    }
    hottest = f"PUE {halls['hottest_pue']:.2f} at {halls['hottest_dry_bulb_c']:.0f} degC"
    mw = {name: megawatts(value) for name, value in halls.items() if name.endswith("_mw")}
    compute, numbers = _compute_of(projection, site, halls["carried_it_mw"])
    text = (
        f"{mw['lasting_power_mw']} MW at the meter of {site} carries {mw['carried_it_mw']} MW of IT in every "
        f"hour ({hottest}, the hardest modelled){compute}: of {mw['full_halls_it_mw']} MW of halls "
        f"{mw['stranded_it_mw']} MW is stranded then. Full all the time, the halls would be cut in "
        f"{count(halls['full_halls_cut_h_per_y'])} hours a year and lose "
        f"{rounded(halls['full_halls_cut_mwh_per_y'])} MWh; what the plan runs is cut in "
        f"{count(plan['power_limited_h'])} hours of the horizon, by {rounded(plan['curtailed_mwh'])} MWh"
    )
    return finding("stranded_in_heat", text, (site, ""), **halls, **plan, **numbers)


def _compute_of(projection: Projection, site: str, it_mw: float) -> tuple[str, dict[str, float]]:
    """What an IT power runs of the accelerator most in service in the end, in words and as a number."""
    system = system_most_in_service(projection, f"{projection.end - pd.Timedelta(days=1):%Y-%m-%d}")
    has_any = float(projection.months.of(site, "accelerators")[-1]) > 0.0
    # halls of hosted IT have no compute to state
    if system is None or not has_any:
        return "", {}
    about, definition = projection.facts.systems[system], projection.definition
    accelerators = it_mw * W_PER_MW / about["all_in_it_w_per_accelerator"]
    h100e = accelerators * about["h100e"][definition]
    unit = f"H100e ({definition}) with {about['accelerator'].upper()}"
    return f", that is {rounded(h100e)} {unit} at full power", {f"h100e_{definition}_in_every_hour": h100e}
