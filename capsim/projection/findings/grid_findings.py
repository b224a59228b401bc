"""What a projection says of grids: steps refused or dropped, and how their carbon is known."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from capsim.operations import FLAT, LENT, OF_THE_SUN
from capsim.projection.findings.finding import Finding, finding, only
from capsim.projection.rows import tuples
from capsim.projection.wording import listed, megawatts, rounded

if TYPE_CHECKING:
    from capsim.projection.projection import Projection


def hours_of_carbon_stated(projection: Projection) -> Iterator[Finding]:
    """That the hours of a grid's carbon intensity are by rule, or not known."""
    facts = projection.facts
    by_kind = {
        kind: [site for site, known in facts.carbon_hours.items() if known == kind]
        for kind in (LENT, OF_THE_SUN, FLAT)
    }
    # many sites have one grid, which is said once
    grids = {kind: _countries(projection, sites) for kind, sites in by_kind.items()}
    clauses = []
    for zone, because, sites in _lenders(projection, by_kind[LENT]):
        clauses.append(f"are those of {zone} in {listed(_countries(projection, sites))} ({because})")
    if grids[OF_THE_SUN]:
        shown = listed(grids[OF_THE_SUN])
        clauses.append(f"fall with the sun in {shown} (assumed, from the share of solar power)")
    if grids[FLAT]:
        clauses.append(f"are all alike in {listed(grids[FLAT])}")
    if clauses:
        text = f"hours of carbon intensity {' and '.join(clauses)}"
        place = only([(site, "") for sites in by_kind.values() for site in sites])
        yield finding("carbon_hours", text, place, countries=sum(map(len, grids.values())))


def _lenders(projection: Projection, sites: list[str]) -> list[tuple[str, str, list[str]]]:
    """Zones whose carbon hours stand in for those of sites, why, and which sites."""
    lent = projection.facts.carbon_lent
    # results saved before do not say which grid
    unknown = {"zone": "another grid", "because": "carbon.zone takes the site's own"}
    lenders: dict[tuple[str, str], list[str]] = {}
    for site in sites:
        about = lent.get(site, unknown)
        lenders.setdefault((about["zone"], about["because"]), []).append(site)
    return [(zone, because, borrowers) for (zone, because), borrowers in lenders.items()]


def _countries(projection: Projection, sites: list[str]) -> list[str]:
    """Countries of sites, each once; results saved before have countries in their place."""
    places = projection.facts.places
    return [*dict.fromkeys(str(places[site]["country"]) if site in places else site for site in sites)]


def hours_of_price_stated(projection: Projection) -> Iterator[Finding]:
    """That prices are flat where the hours of their zone are not known: nothing follows them there."""
    flat = projection.facts.flat_prices
    if flat:
        zones = listed([*dict.fromkeys(flat.values())])
        text = (
            f"the price at {listed([*flat])} is flat: no hours of zone {zones} are known, so batteries, "
            "engines and jobs that follow the price do nothing; give a series as tariff.level_per_mwh"
        )
        yield finding("price_hours", text, only([(site, "") for site in flat]), sites=len(flat))


def carbon_of_contracts(projection: Projection) -> Iterator[Finding]:
    """A finding per site with contracts that certify no carbon: at what market-based carbon counts them."""
    for site, about in projection.facts.uncertified.items():
        names, mix = about["contracts"], about["residual_mix_g_per_kwh"]
        state = "states" if len(names) == 1 else "state"
        at = "the grid's own intensity" if mix is None else f"the residual mix, {rounded(mix)} gCO2e/kWh"
        text = (
            f"contract {listed([f'{site}.{name}' for name in names])} {state} no carbon_gco2e_per_kwh: "
            f"market-based carbon counts the energy at {at}, as if no contract covered it"
        )
        yield finding(
            "contract_carbon", text, (site, ""), residual_mix_g_per_kwh=math.nan if mix is None else mix
        )


def power_lost(projection: Projection) -> Iterator[Finding]:
    """A finding per site that loses power it did not use."""
    for site in dict.fromkeys(one["site"] for one in projection.facts.power_lost):
        rows = [one for one in projection.facts.power_lost if one["site"] == site]
        mw, first = sum(one["mw"] for one in rows), rows[0]
        when = projection.start + timedelta(days=int(first["time_d"]))
        text = (
            f"{megawatts(mw)} MW of grid power of {site} are lost since they were not used, the first "
            f"{megawatts(first['mw'])} in {when:%Y-%m} after a peak of {megawatts(first['peak_mw'])} MW: the "
            "law of the country cuts old connections to what is used of them"
        )
        yield finding("power_lost", text, (site, ""), lost_mw=mw)


def dropped_steps(projection: Projection) -> Iterator[Finding]:
    """A finding per dropped grid step: its MW, after which stage, and the phases given up with it."""
    cancelled, finished = projection.of_kind("cancelled"), projection.of_kind("finished")
    applied = set(tuples(projection.of_kind("applied"), "site", "item"))
    steps = tuples(cancelled[cancelled["phase"] == ""], "site", "item", "amount", "date")
    for site, step, mw, when in steps:
        of_step = finished[(finished["site"] == site) & (finished["phase"] == "")]
        stages = of_step[of_step["item"].str.startswith(f"{step}.")].sort_values("time_d", kind="stable")
        after = f" after its stage {stages['item'].iloc[-1].partition('.')[2]}" if len(stages) else ""
        text = (
            f"grid step {site}.{step} ({megawatts(mw)} MW) is refused or dropped{after} in {when:%Y-%m}: its "
            f"MW never come, what was spent stays spent{_with_it(cancelled, site, step)}"
        )
        is_in_vain = bool(((cancelled["site"] == site) & (cancelled["phase"] != "")).any())
        if (site, step) not in applied and is_in_vain and not _with_it(cancelled, site, step):
            text = (
                f"grid step {site}.{step} ({megawatts(mw)} MW) is not applied for: in {when:%Y-%m} the last "
                "phase it was to power is given up"
            )
        yield finding("dropped_step", text, (site, ""), grid_mw=mw)


def _with_it(cancelled: pd.DataFrame, site: str, step: str) -> str:
    """The phases that were given up with a step."""
    rows = cancelled[(cancelled["site"] == site) & (cancelled["phase"] != "") & (cancelled["item"] == step)]
    names = [f"{site}.{phase}" for phase in rows["phase"]]
    return f"; given up with it: {listed(names)}" if names else ""


def of_own_stage(cancelled: pd.DataFrame) -> pd.DataFrame:
    """Cancelled phases that one of their own stages ended, and not their grid step."""
    lost = set(tuples(cancelled[cancelled["phase"] == ""], "site", "item"))
    # a mask of a stated type: an empty list would choose columns
    return cancelled[np.array([key not in lost for key in tuples(cancelled, "site", "item")], dtype=bool)]
