"""What a projection says, in plain words. Every sentence is computed, none is written beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from capsim.operations.held_back import ACCELERATORS, COOLING, DEMAND, JOBS, NOT_ORDERED, OF_THE_PLAN, POWER
from capsim.projection import Projection
from capsim.projection.binding import NEGLIGIBLE_SHARE
from capsim.projection.rows import of_kind
from capsim.projection.targets import TargetResult, curtailed_share
from capsim.report.build_findings import build_findings
from capsim.report.grid_findings import hours_of_carbon_stated
from capsim.report.job_findings import job_findings
from capsim.report.money_findings import money_findings
from capsim.report.unfinished import unfinished
from capsim.report.wording import count, listed, megawatts, money, month, plural, rounded
from capsim.units import KW_PER_MW, MONTHS_PER_YEAR, W_PER_MW
from capsim.vocabulary.events import CHANGE_IN_SERVICE

CURTAILED_SHARE_WORTH_SAYING = 0.001
"""Share of the compute wanted from which its loss to power limits is reported."""
PERCENT = 100.0
CAUSES: dict[str, str] = {
    ACCELERATORS: "accelerators (halls ready, systems not in service)",
    POWER: "power (halls or grid connections give less than systems want)",
    COOLING: "cooling (in the heat the plant carries less than systems give off)",
    DEMAND: "demand (systems in service that nobody asks for)",
    JOBS: "jobs (systems in service that whole jobs too large for them leave idle)",
}
"""Causes whose name does not say enough."""
DELAY_PARTS = {
    "idle_systems": "value that idle systems lose",
    "interest_on_systems": "interest on them",
    "stranded_plant": "stranded plant",
    "rent": "rent",
}
"""Parts of the cost of a delay."""


def findings(projection: Projection) -> list[str]:
    """Findings in plain words, most asked-for first.

    Parameters
    ----------
    projection : Projection
        Of a simulation, or loaded.

    Returns
    -------
    findings : list of str
        Sentences with their numbers: targets and budgets, what binds, headroom at the meter,
        curtailment, phases that are late and halls that stay empty.
    """
    parts: tuple[Iterable[str], ...] = (
        *(_target(projection, target) for target in dict.fromkeys(t.target for t in projection.targets)),
        _binding(projection),
        _headroom(projection),
        _curtailment(projection),
        _demand(projection),
        job_findings(projection),
        unfinished(projection),
        _empty_halls(projection),
        _delay(projection),
        money_findings(projection),
        build_findings(projection),
        hours_of_carbon_stated(projection),
    )
    return [sentence for part in parts for sentence in part]


@dataclass(frozen=True)
class Fit:
    """How much of one accelerator a facility power carries."""

    accelerator: str
    """Name in the catalogue."""
    facility_mw: float
    """Power at the meter. [MW]"""
    pue: float
    """Facility energy over IT energy in the year looked at. [1]"""
    all_in_w: float
    """IT power per accelerator with its share of host, network and storage. [W]"""
    accelerators: float
    """Accelerators carried at that power each. [accelerators]"""
    h100e: dict[str, float]
    """H100-equivalents carried, by definition. [H100e]"""


def fit(projection: Projection, facility_mw: float, by: str) -> Fit | None:
    """What a facility power carries, with the accelerator most in service on a day.

    Parameters
    ----------
    projection : Projection
        Gives the accelerator and its own annual PUE of the year.
    facility_mw : float
        Power at the meter. [MW]
    by : str
        ISO date.

    Returns
    -------
    fit : Fit or None
        None where no accelerator is in service by then.
    """
    system = _system_most_in_service(projection, by)
    pue = projection.yearly["pue"].get(int(by[:4]), np.nan)
    if system is None or np.isnan(pue):
        return None
    about = projection.manifest["systems"][system]
    accelerators = facility_mw * W_PER_MW / (pue * about["all_in_it_w_per_accelerator"])
    return Fit(
        accelerator=about["accelerator"],
        facility_mw=facility_mw,
        pue=float(pue),
        all_in_w=about["all_in_it_w_per_accelerator"],
        accelerators=accelerators,
        h100e={name: accelerators * ratio for name, ratio in about["h100e"].items()},
    )


def _system_most_in_service(projection: Projection, by: str) -> str | None:
    """The system with most accelerators in service on a day; the later name where two are level."""
    events = projection.milestones[projection.milestones["date"] <= pd.Timestamp(by)]
    systems = projection.manifest["systems"]
    held: dict[str, float] = {}
    for kind, sign in CHANGE_IN_SERVICE.items():
        sums = of_kind(events, kind).groupby("unit")["amount"].sum()
        for name, amount in zip(sums.index.astype(str), sums.to_numpy(), strict=True):
            held[name] = held.get(name, 0.0) + sign * amount * systems[name]["accelerator_count"]
    best = max(held, key=lambda name: (held[name], name), default=None)
    return best if best is not None and held[best] > 0 else None


def _target(projection: Projection, target: str) -> Iterator[str]:
    """Sentences about one target, on its date or on the last day of the horizon."""
    last_day = f"{_end(projection) - pd.Timedelta(days=1):%Y-%m-%d}"
    results = [replace(r, by=min(r.by, last_day)) for r in projection.targets if r.target == target]
    power = next((r for r in results if r.metric == "facility_peak_mw"), None)
    for result in results:
        if result.metric == "capex":
            yield _budget(result, waits=len(of_kind(projection.milestones, "unfunded")) > 0)
            yield from _budget_mw(projection, result)
        elif result.metric.startswith("h100e_") and power is not None:
            yield _compute_inside_power(projection, result, power)
        elif result is power:
            yield _power(result)
        else:
            yield _goal(result)


def _end(projection: Projection) -> pd.Timestamp:
    """First day after the horizon."""
    months = projection.manifest["horizon_years"] * MONTHS_PER_YEAR
    return pd.Timestamp(projection.manifest["start"]) + pd.DateOffset(months=months)


def _compute_inside_power(projection: Projection, result: TargetResult, power: TargetResult) -> str:
    """Whether compute is reached inside a facility power, and what that power carries."""
    lost, given = (projection.monthly[n].sum("site") for n in ("curtailed_h100e_h", "h100e_h"))
    shares = lost.copy(data=curtailed_share(lost.to_numpy(), given.to_numpy()))
    curtailed = float(shares.sel(month=f"{result.by[:7]}-01"))
    verb = "is reached" if result.met and power.met else "is not reached"
    limit = f"{megawatts(power.goal)} MW"
    sentence = f"{count(result.goal)} {result.unit} {verb} inside {limit} by {result.by}"
    carried = fit(projection, power.goal, result.by)
    if carried is not None:
        h100e = carried.h100e[result.metric.removeprefix("h100e_")]
        sentence += (
            f": {limit} carries {rounded(h100e)} with {carried.accelerator.upper()} at PUE {carried.pue:.2f} "
            f"and all of its {count(carried.all_in_w)} W"
        )
    peak = f"at a peak load of {megawatts(power.reached)} MW"
    if curtailed > CURTAILED_SHARE_WORTH_SAYING:
        there = count(result.reached / (1.0 - curtailed)) if curtailed < 1.0 else "what"
        peak += (
            f": {there} are in service and {rounded(curtailed * PERCENT, 2)} % of their compute is curtailed"
        )
    runs = "run" if curtailed > CURTAILED_SHARE_WORTH_SAYING else "are in service"
    return f"{sentence}; {count(result.reached)} {runs} {peak}{_when(result)}"


def _goal(result: TargetResult) -> str:
    """Whether a level is reached, and when."""
    number = megawatts if result.unit == "MW" else count
    what = "MW of critical IT power" if result.metric == "critical_it_mw" else result.unit
    verb = "is reached" if result.met else "is not reached"
    goal = f"the goal of {number(result.goal)} {what}"
    return f"{goal} {verb} by {result.by}: it is {number(result.reached)} then{_when(result)}"


def _when(result: TargetResult) -> str:
    """When a level is first reached."""
    number = megawatts(result.goal) if result.unit == "MW" else count(result.goal)
    if result.crossed:
        return f"; {number} is first reached in {month(result.crossed)}"
    return f"; {number} is not reached inside the horizon"


def _power(result: TargetResult) -> str:
    """Whether a facility power is kept to."""
    limit = f"the limit of {megawatts(result.goal)} MW at the meter is"
    later = f"; it is passed in {month(result.crossed)}" if result.crossed else ""
    verb = "kept" if result.met else "not kept"
    return f"{limit} {verb}: the peak load is {megawatts(result.reached)} MW by {result.by}{later}"


def _budget(result: TargetResult, *, waits: bool) -> str:
    """Whether a budget lasts, and when it is passed."""
    budget, spent = money(result.goal, result.unit), money(result.reached, result.unit)
    spent = f"{spent} is spent by {month(result.by)}"
    if result.met:
        later = f"; it is passed later, in {month(result.crossed)}" if result.crossed else ""
        if waits:
            return f"the budget of {budget} is kept, since what it cannot pay for waits: {spent}{later}"
        return f"the budget of {budget} lasts: {spent}{later}"
    return f"the budget of {budget} is passed in {month(result.crossed)}; {spent}"


def _budget_mw(projection: Projection, result: TargetResult) -> Iterator[str]:
    """The MW the budget of the first target that has one builds."""
    first = next(t for t in projection.targets if t.metric == "capex")
    mw, plant_only = (projection.headline[f"budget_buys{part}_mw"] for part in ("", "_plant_only"))
    if result.target == first.target and mw > 0:
        cost = money(result.goal / mw, result.unit)
        alone = (
            f"; of buildings and plant alone it builds {megawatts(plant_only)} MW" if plant_only > 0 else ""
        )
        yield (
            f"{money(result.goal, result.unit)} builds {megawatts(mw)} MW of critical IT power at {cost} per "
            f"MW: new phases in the order they start, with grid connection, land and first systems{alone}"
        )


def _delay(projection: Projection) -> Iterator[str]:
    """The phase whose delay costs most."""
    table, total = projection.delay, f"total_{projection.currency}_per_month"
    if len(table) and table[total].max() > 0:
        worst, unit = table.iloc[int(table[total].argmax())], projection.manifest["money_unit"]
        parts = [
            f"{money(worst[f'{name}_{projection.currency}_per_month'], unit)} of {words}"
            for name, words in DELAY_PARTS.items()
            if worst.get(f"{name}_{projection.currency}_per_month", 0.0) > 0
        ]
        where = f"{worst['site']}.{worst['phase']}"
        yield (
            f"a month's delay costs most at {where}, {money(worst[total], unit)}, once it is built and its "
            f"systems are there: {', '.join(parts)}"
        )


def _binding(projection: Projection) -> Iterator[str]:
    """What holds back most of the plan in most months before it computes in full."""
    by_cause = projection.monthly["waiting_mw"].sum("site")
    waiting = by_cause.sel(cause=by_cause["cause"] != NOT_ORDERED).to_numpy()
    planned_mw = (waiting.sum(axis=0) + projection.monthly["critical_it_mw"].sum("site").to_numpy()).max()
    held_back = waiting.sum(axis=0) > NEGLIGIBLE_SHARE * planned_mw
    limits = by_cause.sel(cause=~by_cause["cause"].isin(OF_THE_PLAN))
    if not limits.size or not held_back[0]:
        return
    n_months = len(held_back) if held_back.all() else int(np.argmin(held_back))
    mw = limits.to_numpy()[:, :n_months]
    leading = mw.argmax(axis=0)[mw.max(axis=0) > NEGLIGIBLE_SHARE * planned_mw]
    if not leading.size:
        return
    most = int(np.bincount(leading).argmax())
    cause, n_leading = str(limits["cause"].to_numpy()[most]), int((leading == most).sum())
    until = "; some planned MW do not compute inside the horizon"
    if n_months < len(held_back):
        until = f" before all planned MW compute ({_month_name(projection, n_months)})"
    named = CAUSES.get(cause, cause)
    share = f"it is the largest in {n_leading} of the {n_months} months"
    yield f"the limit that binds longest is {named}: {share}{until}"


def _month_name(projection: Projection, index: int) -> str:
    return str(pd.DatetimeIndex(projection.monthly["month"].to_numpy())[index].strftime("%Y-%m"))


def _headroom(projection: Projection) -> Iterator[str]:
    """Contracted power against the highest load, and the least that is left at the meter."""
    load = projection.monthly["facility_peak_mw"].sum("site").to_numpy()
    left = projection.monthly["grid_headroom_mw"].sum("site").to_numpy()
    peak, least = int(load.argmax()), int(np.where(load > 0, left, np.inf).argmin())
    if load[peak] > 0:
        full = _full_it_mw(projection, peak)
        tighter = megawatts(left[least]) != megawatts(left[peak])
        other = (
            f" (least in {_month_name(projection, least)}: {megawatts(left[least])} MW)" if tighter else ""
        )
        yield (
            f"the facility load peaks at {megawatts(load[peak])} MW in {_month_name(projection, peak)}, of "
            f"{_grid_there(projection, peak)}: {megawatts(left[peak])} MW of headroom "
            f"at the meter{other}; at their full power the systems alone would draw {megawatts(full)} MW, "
            "before cooling"
        )


def _grid_there(projection: Projection, month: int) -> str:
    """Grid power contracted, and usable where firm power is less."""
    contracted, usable = (
        float(projection.monthly[name].sum("site").to_numpy()[month])
        for name in ("grid_mw", "grid_usable_mw")
    )
    if usable < contracted:
        return f"{megawatts(usable)} MW usable ({megawatts(contracted)} MW contracted)"
    return f"{megawatts(contracted)} MW contracted"


def _full_it_mw(projection: Projection, month: int) -> float:
    """IT power of the systems in service at the end of a month, all at their all-in power. [MW]"""
    events = of_kind(projection.milestones, *CHANGE_IN_SERVICE)
    ends = pd.DatetimeIndex(projection.monthly["month"].to_numpy()) + pd.offsets.MonthBegin(1)
    before = events[events["date"] < ends[month]]
    all_in = {name: about["all_in_it_kw"] for name, about in projection.manifest["systems"].items()}
    sign = before["kind"].map(CHANGE_IN_SERVICE).astype(np.float64)
    all_in_kw = before["unit"].map(all_in).astype(np.float64)
    return float((before["amount"] * sign * all_in_kw).sum()) / KW_PER_MW


def _curtailment(projection: Projection) -> Iterator[str]:
    """Compute lost to power limits, where it is worth saying."""
    share = projection.headline["curtailed_share"]
    if share > CURTAILED_SHARE_WORTH_SAYING:
        lost = f"{rounded(share * PERCENT, 2)} % of the compute asked for"
        yield f"{lost} is curtailed: halls, cooling or grid connections give less than the fleet wants"


def _demand(projection: Projection) -> Iterator[str]:
    """The busiest hour of demand that has a limit, and what is turned away."""
    figures = projection.headline
    if figures["demand_peak_h100e"] > 0:
        peak = f"{count(figures['demand_peak_h100e'])} H100e ({projection.definition})"
        mw = f"{megawatts(figures['demand_peak_mw'])} MW at the meter" if figures["demand_peak_mw"] else ""
        lost = figures["turned_away_share"]
        away = f"{rounded(lost * PERCENT, 2)} % of the demand is turned away"
        none = "none of it is turned away"
        yield (
            f"demand peaks at {peak}{f', that is {mw} on this fleet' if mw else ''}; "
            f"{away if lost > CURTAILED_SHARE_WORTH_SAYING else none}"
        )


def _empty_halls(projection: Projection) -> Iterator[str]:
    """Phases that are ready inside the horizon and get no system."""
    table = projection.milestones
    in_service = of_kind(table, "in_service")
    filled = set((in_service["site"] + "." + in_service["phase"]).unique())
    ready = of_kind(table[table["date"] < _end(projection)], "ready_for_service")
    halls = ready["site"] + "." + ready["phase"]
    is_empty = ~halls.isin(filled)
    empty = list(halls[is_empty])
    if empty:
        mw = megawatts(float(ready["amount"][is_empty].sum()))
        stays = "stays" if len(empty) == 1 else "stay"
        yield f"{plural(len(empty), 'hall')} with {mw} MW of critical IT power {stays} empty: {listed(empty)}"
