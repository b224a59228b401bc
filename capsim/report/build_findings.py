"""What the build-out of a projection says in plain words: money, supply, ends without a hall, idle assets."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from capsim.buildout.idle_assets import ACCELERATOR_DAYS, GRID_MW_DAYS, IT_MW_DAYS, POWER
from capsim.buildout.timeline import FUNDING
from capsim.projection import Projection
from capsim.projection.rows import of_kind, waits_for
from capsim.report.grid_findings import dropped_steps, of_own_stage
from capsim.report.reasons import by_cause, never_ready
from capsim.report.repairs import repair_findings
from capsim.report.tranche_findings import tranche_findings
from capsim.report.wording import count, listed, megawatts, money, plural
from capsim.units import MONTHS_PER_YEAR
from capsim.vocabulary.events import MilestoneKind

IDLE = {
    GRID_MW_DAYS: "MW-days of energised grid power",
    IT_MW_DAYS: "MW-days of critical IT power",
    ACCELERATOR_DAYS: "accelerator-days",
}
"""What is counted, by the unit of what stands idle."""
NOTHING = 1e-9
"""Share of the funding up to which an amount is rounding. [1]"""


def build_findings(projection: Projection) -> Iterator[str]:
    """Sentences on cancelled phases, funding, orders never filled, idle assets and failures."""
    yield from _cancelled(projection)
    yield from _bought_in_vain(projection)
    yield from dropped_steps(projection)
    yield from _funding(projection)
    yield from tranche_findings(projection)
    yield from _never(projection)
    yield from _stranded(projection)
    yield from repair_findings(projection)


def _of_kind(projection: Projection, kind: MilestoneKind) -> pd.DataFrame:
    return of_kind(projection.milestones, kind)


def _end_d(projection: Projection) -> float:
    """Length of the horizon. [d]"""
    start = pd.Timestamp(projection.manifest["start"])
    months = projection.manifest["horizon_years"] * MONTHS_PER_YEAR
    return float((start + pd.DateOffset(months=months) - start).days)


def _in_horizon(projection: Projection, kind: MilestoneKind) -> pd.DataFrame:
    rows = _of_kind(projection, kind)
    return rows[rows["time_d"] < _end_d(projection)]


def _places(rows: pd.DataFrame) -> list[str]:
    """Names of phases or of what is in them, each once."""
    names = [".".join(part for part in row if part) for row in rows[["site", "phase", "item"]].to_numpy()]
    return list(dict.fromkeys(names))


def _cancelled(projection: Projection) -> Iterator[str]:
    rows = of_own_stage(_of_kind(projection, "cancelled"))
    columns = (rows[name].to_list() for name in ("site", "phase", "item", "amount", "date"))
    for site, phase, stage, mw, when in zip(*columns, strict=True):
        yield (
            f"phase {site}.{phase} ({megawatts(mw)} MW) is cancelled after its stage {stage} in "
            f"{when:%Y-%m}; what was spent stays spent"
        )


def _bought_in_vain(projection: Projection) -> Iterator[str]:
    """Equipment of cancelled phases that was ordered: what binds its contract is in no cost."""
    cancelled, kits = _of_kind(projection, "cancelled"), _of_kind(projection, "equipment_ordered")
    stopped = set(zip(cancelled["site"], cancelled["phase"], strict=True))
    items: dict[str, list[str]] = {}
    for site, phase, item in zip(kits["site"], kits["phase"], kits["item"], strict=True):
        if (site, phase) in stopped:
            items.setdefault(f"{site}.{phase}", []).append(item)
    if items:
        names = listed([f"{place} ({', '.join(sorted(own))})" for place, own in sorted(items.items())])
        yield (
            "equipment is ordered for what is cancelled and counts only with the share of the works that is "
            f"done, since it has no price of its own: {names}"
        )


def _funding(projection: Projection) -> Iterator[str]:
    """Money that arrived and was committed by the horizon, when it runs out, and what is left unbuilt."""
    arrived = float(_in_horizon(projection, "funded")["amount"].sum())
    if not arrived > 0.0:
        return
    unit = projection.manifest["money_unit"]
    paid = _in_horizon(projection, "committed")
    committed = float(paid["amount"].sum() - _in_horizon(projection, "released")["amount"].sum())
    text = f"of {money(arrived, unit)} of funding, {money(committed, unit)} is committed"
    reserved = float(_in_horizon(projection, "reserved")["amount"].sum())
    if reserved > NOTHING * arrived:
        text += f" and {money(reserved, unit)} is reserved"
    waits = waits_for(projection.waits, FUNDING)
    if len(waits):
        start = pd.Timestamp(projection.manifest["start"])
        since = start + pd.Timedelta(days=float(waits["start_d"].min()))
        text += f"; from {since:%Y-%m} on something waits for money"
    text += _runs_out(projection, paid, arrived - committed - reserved, unit)
    unbuilt = _of_kind(projection, "unbuilt")
    if len(unbuilt):
        mw = megawatts(float(unbuilt["amount"].sum()))
        names = listed(_places(unbuilt))
        stays = "stays" if len(unbuilt) == 1 else "stay"
        text += f"; {plural(len(unbuilt), 'phase')} with {mw} MW {stays} unbuilt: {names}"
    yield text


def _runs_out(projection: Projection, paid: pd.DataFrame, left: float, unit: str) -> str:
    """The day after which the money buys nothing more, what is left, and what it is too little for."""
    unfunded = _of_kind(projection, "unfunded")
    if not len(unfunded):
        waits = waits_for(projection.waits, FUNDING)
        later = "what waits is paid later" if (waits["end_d"] > _end_d(projection)).any() else ""
        return f"; {money(left, unit)} is left and {later or 'nothing waits for it'}"
    day = f"on {paid['date'].max():%Y-%m-%d} it runs out" if len(paid) else "it buys nothing"
    held_up, who = _of_kind(projection, "first_in_queue"), "the first in the queue"
    if not len(held_up):
        held_up, who = unfunded.nsmallest(1, "amount", keep="first"), "the cheapest of what waits"
    price = money(float(held_up["amount"].iloc[0]), unit)
    return (
        f"; {day}: the {money(left, unit)} left at the end is too little for {_places(held_up)[0]}, "
        f"{who}, at {price} with what it is worth nothing without"
    )


def _never(projection: Projection) -> Iterator[str]:
    """Phases without power and orders without systems or money at the end of the horizon."""
    yield from never_ready(projection)
    missing = _of_kind(projection, "undelivered")
    systems = missing[~missing["unit"].isin(["MW", "equipment"])]
    if len(systems):
        number = count(float(systems["amount"].sum()))
        names = set(zip(systems["site"], systems["phase"], systems["item"], strict=True))
        causes = "".join(f"; {cause}" for cause in by_cause(projection, names))
        yield f"{number} systems are still waited for at the horizon: {listed(_places(systems))}{causes}"
    pieces = missing[missing["unit"] == "equipment"]
    if len(pieces):
        yield f"equipment is still waited for at the horizon: {listed(_places(pieces))}"
    steps = missing[missing["unit"] == "MW"]
    if len(steps):
        mw = megawatts(float(steps["amount"].sum()))
        yield f"{mw} MW of grid connection are not applied for for want of money: {listed(_places(steps))}"


def _stranded(projection: Projection) -> Iterator[str]:
    """Idle MW and accelerators, in days and in money, and energised power that no phase takes."""
    rows = projection.stranded
    cost, money_unit = f"cost_{projection.currency}", projection.manifest["money_unit"]
    for unit, words in IDLE.items():
        of_unit = rows[rows["unit"] == unit]
        if len(of_unit):
            amount, price = of_unit["amount"].sum(), of_unit[cost].sum()
            kind = of_unit["kind"].iloc[0]
            yield (
                f"{words} stand idle: {kind} {count(float(amount))}, an annuity of "
                f"{money(float(price), money_unit)}"
            )
    spare = rows[(rows["kind"] == POWER) & (rows["phase"] == "")].sort_values(cost, ascending=False)
    if len(spare):
        columns = (spare[name].to_list() for name in ("site", "most", cost))
        names = [
            f"{site} (at most {megawatts(most)} grid MW, {money(price, money_unit)})"
            for site, most, price in zip(*columns, strict=True)
        ]
        yield f"energised power that no phase takes, even when all are ready: {listed(names)}"
