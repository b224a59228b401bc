"""What the build-out of a projection says in plain words: ends without a hall, supply, idle assets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from capsim.buildout import ACCELERATOR_DAYS, GRID_MW_DAYS, IT_MW_DAYS, POWER
from capsim.projection.findings.finding import Finding, finding
from capsim.projection.findings.grid_findings import dropped_steps, of_own_stage
from capsim.projection.findings.money_findings import funding, places, tranches
from capsim.projection.findings.repair_findings import repair_findings
from capsim.projection.findings.unfinished_findings import by_cause, never_ready
from capsim.projection.rows import tuples
from capsim.projection.wording import count, listed, megawatts, money

if TYPE_CHECKING:
    from capsim.projection.projection import Projection

IDLE = {
    GRID_MW_DAYS: ("MW-days of energised grid power", "grid_mw_days"),
    IT_MW_DAYS: ("MW-days of critical IT power", "critical_it_mw_days"),
    ACCELERATOR_DAYS: ("accelerator-days", "accelerator_days"),
}
"""What is counted, in words and as the name of a figure, by the unit of what stands idle."""


def build_findings(projection: Projection) -> Iterator[Finding]:
    """Findings on cancelled phases, funding, orders never filled, idle assets and failures."""
    yield from _cancelled(projection)
    yield from _bought_in_vain(projection)
    yield from dropped_steps(projection)
    yield from funding(projection)
    yield from tranches(projection)
    yield from never_ready(projection)
    yield from _missing(projection)
    yield from _idle(projection)
    yield from repair_findings(projection)


def _cancelled(projection: Projection) -> Iterator[Finding]:
    cancelled = projection.of_kind("cancelled")
    rows = of_own_stage(cancelled[cancelled["unit"] == "MW"])
    ended = set(tuples(projection.of_kind("finished"), "site", "phase", "item"))
    for site, phase, stage, mw, when in tuples(rows, "site", "phase", "item", "amount", "date"):
        with_ = "after" if (site, phase, stage) in ended else "with"
        by = f" {with_} its stage {stage}" if stage else ""
        text = (
            f"phase {site}.{phase} ({megawatts(mw)} MW) is cancelled{by} in {when:%Y-%m}; "
            "what was spent stays spent"
        )
        yield finding("cancelled_phase", text, (site, phase), critical_it_mw=mw)
    orders = cancelled[(cancelled["phase"] != "") & (cancelled["unit"] != "MW")]
    for site, phase, order, systems, when in tuples(orders, "site", "phase", "item", "amount", "date"):
        text = (
            f"order {site}.{phase}.{order} is cancelled in {when:%Y-%m}: {count(systems)} of its systems "
            "never come, and nothing more of them is paid"
        )
        yield finding("cancelled_order", text, (site, phase), systems=systems)


def _bought_in_vain(projection: Projection) -> Iterator[Finding]:
    """Equipment of cancelled phases that was ordered: what binds its contract is in no cost."""
    cancelled = projection.of_kind("cancelled")
    stopped = set(tuples(cancelled[cancelled["unit"] == "MW"], "site", "phase"))
    items: dict[str, list[str]] = {}
    for site, phase, item in tuples(projection.of_kind("equipment_ordered"), "site", "phase", "item"):
        if (site, phase) in stopped:
            items.setdefault(f"{site}.{phase}", []).append(item)
    if items:
        names = listed([f"{place} ({', '.join(sorted(kit))})" for place, kit in sorted(items.items())])
        text = (
            "equipment is ordered for what is cancelled and counts only with the share of the works that is "
            f"done, since it has no price of its own: {names}"
        )
        yield finding("bought_in_vain", text, phases=len(items))


def _missing(projection: Projection) -> Iterator[Finding]:
    """Orders without systems, equipment or money at the end of the horizon."""
    missing = projection.of_kind("undelivered")
    systems = missing[~missing["unit"].isin(["MW", "equipment"])]
    if len(systems):
        number = float(systems["amount"].sum())
        names = set(tuples(systems, "site", "phase", "item"))
        causes = "".join(f"; {cause}" for cause in by_cause(projection, names))
        waited_for = f"{count(number)} systems are still waited for at the horizon"
        yield finding("systems_missing", f"{waited_for}: {listed(places(systems))}{causes}", systems=number)
    pieces = missing[missing["unit"] == "equipment"]
    if len(pieces):
        names_of = places(pieces)
        text = f"equipment is still waited for at the horizon: {listed(names_of)}"
        yield finding("equipment_missing", text, orders=len(names_of))
    steps = missing[missing["unit"] == "MW"]
    if len(steps):
        mw = float(steps["amount"].sum())
        not_applied = f"{megawatts(mw)} MW of grid connection are not applied for for want of money"
        yield finding("steps_missing", f"{not_applied}: {listed(places(steps))}", grid_mw=mw)


def _idle(projection: Projection) -> Iterator[Finding]:
    """Idle MW and accelerators, in days and in money, and energised power that no phase takes."""
    rows, money_unit = projection.stranded, projection.facts.money_unit
    cost = f"cost_{projection.currency}"
    for unit, (words, figure) in IDLE.items():
        of_unit = rows[rows["unit"] == unit]
        if len(of_unit):
            amount, price = float(of_unit["amount"].sum()), float(of_unit[cost].sum())
            kind = of_unit["kind"].iloc[0]
            text = f"{words} stand idle: {kind} {count(amount)}, an annuity of {money(price, money_unit)}"
            yield finding("idle", text, **{figure: amount, cost: price})
    spare = rows[(rows["kind"] == POWER) & (rows["phase"] == "")].sort_values(cost, ascending=False)
    if len(spare):
        names = [
            f"{site} (at most {megawatts(most)} grid MW, {money(price, money_unit)})"
            for site, most, price in tuples(spare, "site", "most", cost)
        ]
        text = f"energised power that no phase takes, even when all are ready: {listed(names)}"
        yield finding("spare_power", text, sites=len(spare), **{cost: float(spare[cost].sum())})
