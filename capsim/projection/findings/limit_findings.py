"""What a projection says of its limits: what is not ready, headroom, compute curtailed, demand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from capsim.operations import ACCELERATORS, COOLING, DEMAND, JOBS, NOT_ORDERED, OF_THE_PLAN, POWER
from capsim.projection.binding_views import NEGLIGIBLE_SHARE
from capsim.projection.findings.finding import Finding, finding
from capsim.projection.peaks import first_peak
from capsim.projection.rows import tuples
from capsim.projection.wording import count, listed, megawatts, rounded
from capsim.units import KW_PER_MW

if TYPE_CHECKING:
    from capsim.projection.projection import Projection

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


def limit_findings(projection: Projection) -> Iterator[Finding]:
    """Findings on what limits the portfolio, from the plan to the demand."""
    yield from _binding(projection)
    yield from _headroom(projection)
    yield from _curtailment(projection)
    yield from _power_caps(projection)
    yield from _demand(projection)


def _binding(projection: Projection) -> Iterator[Finding]:
    """What holds back most of the plan in most months before it computes in full."""
    months = projection.months
    by_cause, causes = months.waiting_by_cause_mw(), np.array(months.causes)
    waiting = by_cause[causes != NOT_ORDERED]
    planned_mw = (waiting.sum(axis=0) + months.total("critical_it_mw")).max()
    held_back = waiting.sum(axis=0) > NEGLIGIBLE_SHARE * planned_mw
    is_limit = ~np.isin(causes, OF_THE_PLAN)
    limits = by_cause[is_limit]
    # nothing is missing where all planned MW compute from the first month on
    if not limits.size or not held_back[0]:
        return
    n_months = len(held_back) if held_back.all() else int(np.argmin(held_back))
    mw = limits[:, :n_months]
    leading = mw.argmax(axis=0)[mw.max(axis=0) > NEGLIGIBLE_SHARE * planned_mw]
    # what held back is the plan itself
    if not leading.size:
        return
    most = int(np.bincount(leading).argmax())
    cause, n_leading = str(causes[is_limit][most]), int((leading == most).sum())
    until = "; some planned MW do not compute inside the horizon"
    if n_months < len(held_back):
        month = _month_name(projection, n_months)
        unordered = by_cause[causes == NOT_ORDERED][:, n_months].sum()
        is_ordered = unordered <= NEGLIGIBLE_SHARE * planned_mw
        until = f" before all {'planned MW compute' if is_ordered else 'that is ordered computes'} ({month})"
    named = CAUSES.get(cause, cause)
    share = f"it is the largest in {n_leading} of the {n_months} months"
    gains = "what lifting it gains, if anything, capsim relief shows"
    text = f"what is not ready longest is {named}: {share}{until}; {gains}"
    yield finding("binding", text, leading_months=n_leading, months=n_months)


def _month_name(projection: Projection, index: int) -> str:
    return f"{projection.months.index[index]:%Y-%m}"


def _headroom(projection: Projection) -> Iterator[Finding]:
    """Contracted power against the highest load, and the least that is left at the meter."""
    load_mw, headroom_mw = (
        projection.months.total(name) for name in ("facility_peak_mw", "grid_headroom_mw")
    )
    # a meter that nothing draws from has no peak to be held against
    if not load_mw.max() > 0.0:
        return
    # a month without load never has the least headroom
    peak, least = first_peak(load_mw), int(np.where(load_mw > 0, headroom_mw, np.inf).argmin())
    after = projection.months.index[peak] + pd.offsets.MonthBegin(1)
    provided_mw = float(in_service(projection, "all_in_it_kw", after).sum()) / KW_PER_MW
    then, at_least = (megawatts(headroom_mw[month]) for month in (peak, least))
    counted = _counted(projection, peak)
    other = f" (least in {_month_name(projection, least)}: {at_least} MW)" if at_least != then else ""
    text = (
        f"the facility load peaks at {megawatts(load_mw[peak])} MW in {_month_name(projection, peak)}, of "
        f"{_grid_there(projection, peak)}: {then} MW of headroom at the meter{counted}{other}; "
        f"the halls provide {megawatts(provided_mw)} MW for the systems, before cooling"
    )
    numbers = {"headroom_mw": headroom_mw[peak], "least_headroom_mw": headroom_mw[least]}
    peak_mw = load_mw[peak]
    yield finding("headroom", text, facility_peak_mw=peak_mw, **numbers, provided_it_mw=provided_mw)


def _counted(projection: Projection, month: int) -> str:
    """What the headroom of a month has in it beside the facility load; empty where the load is all of it."""
    power = {
        name: float(projection.months.total(name)[month])
        for name in ("grid_usable_mw", "facility_peak_mw", "grid_headroom_mw")
    }
    alone_mw = power["grid_usable_mw"] - power["facility_peak_mw"]
    if megawatts(max(alone_mw, 0.0)) == megawatts(power["grid_headroom_mw"]):
        return ""
    beside = {"battery_loss_mwh": "charging of the battery", "generated_mwh": "own power"}
    names = [words for name, words in beside.items() if projection.months.total(name)[month] > 0.0]
    what = f", {' and '.join(names)} counted" if names else ""
    alone = f"the facility load alone leaves {megawatts(alone_mw)} MW"
    return f" in the tightest hour of the month{what}, where {alone}"


def _grid_there(projection: Projection, month: int) -> str:
    """Grid power contracted, and usable where firm power is less."""
    contracted, usable = (
        float(projection.months.total(name)[month]) for name in ("grid_mw", "grid_usable_mw")
    )
    if usable < contracted:
        return f"{megawatts(usable)} MW usable ({megawatts(contracted)} MW contracted)"
    return f"{megawatts(contracted)} MW contracted"


def in_service(projection: Projection, figure: str, before: pd.Timestamp) -> pd.Series[float]:
    """A figure of the systems that are in service before a day, by the name of the system."""
    systems, there = projection.facts.systems, dict[str, float]()
    events = projection.of_kind("in_service", "retired")
    for date, kind, amount, unit in tuples(events, "date", "kind", "amount", "unit"):
        if date < before:
            change = float(amount if kind == "in_service" else -amount)
            there[unit] = there.get(unit, 0.0) + change * float(systems[unit][figure])
    return pd.Series({unit: there[unit] for unit in sorted(there)}, dtype=np.float64)


def _curtailment(projection: Projection) -> Iterator[Finding]:
    """Compute lost to power limits, where it is worth saying."""
    share = projection.headline["curtailed_share"]
    if share > CURTAILED_SHARE_WORTH_SAYING:
        names = ("power_limited_h", "cooling_limited_h", "curtailed_mwh")
        cut = {name: float(projection.months.series[name].sum()) for name in names}
        lost = f"{rounded(share * PERCENT, 2)} % of the compute asked for"
        text = (
            f"{lost} is curtailed: halls, cooling or grid connections give less than the fleet wants; racks "
            f"are off for {rounded(cut['curtailed_mwh'])} MWh, in {count(cut['power_limited_h'])} hours of a "
            f"site short of power and {count(cut['cooling_limited_h'])} short of cooling"
        )
        yield finding("curtailment", text, curtailed_share=share, **cut)


def _power_caps(projection: Projection) -> Iterator[Finding]:
    """A finding per site whose power cap binds, and month shown: the compute it takes, the power it saves."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in projection.facts.capped:
        groups.setdefault((row["site"], row.get("month", "")), []).append(row)
    for (site, month), rows in groups.items():
        names = ("lost_h100e", "h100e", "saved_mw", "it_mw")
        of = {name: float(sum(row[name] for row in rows)) for name in names}
        if not of["h100e"] > 0.0:
            continue
        watts = [f"{count(row['cap_w'])} W of {row['system']}" for row in rows if row["cap_w"] is not None]
        cap = f"{PERCENT * rows[0]['cap_share']:.3g} % of the modules' rated power"
        numbers = {"lost_share": of["lost_h100e"] / of["h100e"], "saved_share": of["saved_mw"] / of["it_mw"]}
        ends = ("slowed_share_p10", "slowed_share_p90")
        numbers |= {end: sum(row["h100e"] * row[end] for row in rows) / of["h100e"] for end in ends}
        cap = ": ".join([cap, *([listed(watts)] if watts else [])])
        text = f"the power cap at {site} ({cap}) {_cap_takes(projection, rows, of | numbers, month)}"
        yield finding("power_cap", text, (site, ""), **numbers, **of)


def _cap_takes(projection: Projection, rows: list[dict[str, Any]], of: dict[str, float], month: str) -> str:
    """What a cap takes and saves of the systems of a site that work in one month."""
    saves = "saves" if of["saved_mw"] >= 0.0 else "adds"
    power = f"{saves} {rounded(PERCENT * abs(of['saved_share']), 2)} % of their power"
    when = month or "when most of them work"
    low, high = (rounded(PERCENT * of[end], 2) for end in ("slowed_share_p10", "slowed_share_p90"))
    as_drawn = f" ({low} to {high} at P10 and P90, as chips differ)" if low != high else ""
    megawatt = f"{megawatts(abs(of['saved_mw']))} MW of IT, as {'in ' * bool(month)}{when}, before limits"
    if not of["lost_h100e"] > 0.0:
        slowed = [f"{rounded(PERCENT * row['slowed_share'], 2)} % ({row['system']})" for row in rows]
        return (
            f"slows accelerators by {listed(slowed)}{as_drawn}; demand leaves some idle, so more of them "
            f"work, no compute is lost, and the cap {power}: {megawatt}"
        )
    return (
        f"takes {rounded(PERCENT * of['lost_share'], 2)} %{as_drawn} of the compute of "
        f"{listed([row['system'] for row in rows])} and {power}: "
        f"{count(of['lost_h100e'])} H100e ({projection.definition}) and {megawatt}"
    )


def _demand(projection: Projection) -> Iterator[Finding]:
    """The busiest hour of demand that has a limit, and what is turned away."""
    figures = projection.headline
    if figures["demand_peak_h100e"] > 0:
        peaks = {name: figures[name] for name in ("demand_peak_h100e", "demand_peak_mw")}
        held = count(peaks["demand_peak_h100e"])
        text = f"demand holds {held} H100e ({projection.definition}) in its busiest hour"
        if peaks["demand_peak_mw"]:
            text += f", that is {megawatts(peaks['demand_peak_mw'])} MW at the meter on this fleet"
        lost = figures["turned_away_share"]
        is_said = lost > CURTAILED_SHARE_WORTH_SAYING
        away = f"{rounded(lost * PERCENT, 2)} % of the demand" if is_said else "none of it"
        yield finding("demand", f"{text}; {away} is turned away", turned_away_share=lost, **peaks)
