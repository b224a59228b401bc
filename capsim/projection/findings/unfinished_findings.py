"""What is planned and not there at the end of the horizon, what it waits for, and why it never comes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from capsim.buildout import TOO_LITTLE
from capsim.projection.findings.finding import Finding, finding, only
from capsim.projection.rows import tuples
from capsim.projection.wording import count, listed, megawatts, plural

if TYPE_CHECKING:
    from capsim.projection.projection import Projection

INSTALLATION = "installation"
"""What systems wait for that are delivered into a hall that is ready, and not burnt in yet."""
ARROW = " <- "
"""Stands between what waits and what it waits for."""
Rows = list[tuple[Any, ...]]
"""Some columns of rows of a table."""
Name = tuple[str, str, str]
"""Site, phase and deployment; the last empty for the phase itself."""


def overdue(projection: Projection) -> Iterator[Finding]:
    """A finding per site on what was announced for a day that is past, and is not known to be there."""
    for site, days in projection.facts.overdue.items():
        names = [f"{item} ({day})" for item, day in sorted(days.items(), key=lambda item: item[1])]
        text = (
            f"{site} is behind what was announced: {listed(names)} {'is' if len(names) == 1 else 'are'} not "
            "known to be there in full; the rest is drawn as late, or as never to come"
        )
        yield finding("overdue", text, (site, ""), items=len(names))


def unfinished(projection: Projection) -> Iterator[Finding]:
    """Findings on phases ready after the horizon, and on deployments not wholly in service in it."""
    ready = projection.of_kind("ready_for_service")
    late = ready[ready["date"] >= projection.end]
    if len(late):
        places, waits = tuples(late, "site", "phase"), _by_name(projection.waits, "cause", "wait_d")
        names = [
            f"{site}.{phase} ({when:%Y-%m}, mostly {_longest(waits.get((site, phase, ''), []))})"
            for (site, phase), when in zip(places, late["date"], strict=True)
        ]
        never = "is not ready" if len(late) == 1 else "are not ready"
        text = f"{plural(len(late), 'phase')} {never} for service inside the horizon: {listed(names)}"
        yield finding("late_phases", text, only(places), phases=len(late))
    yield from _deployments(projection)
    yield from never_ordered(projection)


def _longest(path: Rows) -> str:
    """The cause that takes most of a phase's critical path, of which causes and days are given."""
    days = dict[str, float]()
    for cause, wait_d in path:
        days[cause] = days.get(cause, 0.0) + wait_d
    return max(days, key=lambda cause: days[cause], default="its planned date")


def _by_name(table: pd.DataFrame, *columns: str) -> dict[Name, Rows]:
    """Some columns of the rows of each site, phase and item, in order."""
    # once for all: to look through the table for each deployment takes time with the square of their number
    rows: dict[Name, Rows] = {}
    names = tuples(table, "site", "phase", "item")
    for name, row in zip(names, tuples(table, *columns), strict=True):
        rows.setdefault(name, []).append(row)
    return rows


def _deployments(projection: Projection) -> Iterator[Finding]:
    """Deployments that were ordered and whose first systems are not all in service."""
    # of these the phase itself is named
    ended = projection.of_kind("unbuilt", "cancelled")
    gone = set(tuples(ended[ended["unit"] == "MW"], "site", "phase"))
    ordered = _by_name(projection.of_kind("ordered"), "time_d", "amount")
    served = _by_name(projection.of_kind("in_service"), "amount")
    waits = _by_name(projection.waits, "start_d", "end_d", "cause")
    end_d = (projection.end - projection.start).days
    # other findings name what was never ordered and what is not delivered
    missing = set(tuples(projection.of_kind("undelivered", "cancelled"), "site", "phase", "item"))
    parts = []
    for name in _planned(projection):
        if name in ordered and name not in missing and name[:2] not in gone:
            there = sum(amount for (amount,) in served.get(name, []))
            cause = _last_cause(waits.get(name, []), end_d)
            parts.append((name, _part_there(name, ordered[name], there, cause)))
    short = {name: part for name, part in parts if part}
    if short:
        are = f"{plural(len(short), 'deployment')} {'is' if len(short) == 1 else 'are'}"
        text = f"{are} not wholly in service at the horizon: {listed(list(short.values()))}"
        yield finding("unfinished_deployments", text, only({n[:2] for n in short}), deployments=len(short))


def _planned(projection: Projection) -> Iterator[Name]:
    for site, phases in projection.facts.deployments.items():
        for phase, items in phases.items():
            for item in items:
                yield site, phase, item


def _part_there(name: Name, ordered: Rows, there: float, cause: str) -> str:
    """How much of a deployment is in service and what the rest waits for; empty where all of it is.

    Of its orders time and amount are given, and how many of its systems are `there`.
    """
    first_d = min(time_d for time_d, _ in ordered)
    first_systems = sum(amount for time_d, amount in ordered if time_d == first_d)
    if there >= first_systems:
        return ""
    return f"{'.'.join(name)} ({count(there)} of {count(first_systems)} systems, waits for {cause})"


def _last_cause(waits: Rows, end_d: float) -> str:
    """What a deployment waits for on the last day: of several the wait that began last."""
    last = [(start_d, cause) for start_d, until_d, cause in waits if start_d < end_d <= until_d]
    return str(sorted(last, key=lambda wait: wait[0])[-1][1]) if last else INSTALLATION


def empty_halls(projection: Projection) -> Iterator[Finding]:
    """Phases that are ready inside the horizon and get no system."""
    ready = projection.of_kind("ready_for_service")
    filled = set(tuples(projection.of_kind("in_service"), "site", "phase"))
    rows = tuples(ready[ready["date"] < projection.end], "site", "phase", "amount")
    empty = {(site, phase): mw for site, phase, mw in rows if (site, phase) not in filled}
    if empty:
        halls, stays = plural(len(empty), "hall"), "stays" if len(empty) == 1 else "stay"
        mw, names = sum(empty.values()), listed([".".join(place) for place in empty])
        text = f"{halls} with {megawatts(mw)} MW of critical IT power {stays} empty: {names}"
        yield finding("empty_halls", text, only(empty), halls=len(empty), critical_it_mw=mw)


def never_ready(projection: Projection) -> Iterator[Finding]:
    """Findings on phases that are never ready and were not cancelled, by cause.

    Those that ask for money themselves and get none are named by the finding of the money.
    """
    names = {(*place, "") for place in tuples(projection.of_kind("unbuilt"), "site", "phase")}
    for cause, all_chains in by_cause(projection, names).items():
        chains = [chain for chain in all_chains if cause != TOO_LITTLE or ARROW in chain]
        if chains:
            text = f"{plural(len(chains), 'phase')} can never be ready for service: {listed(chains)}; {cause}"
            yield finding("never_ready", text, phases=len(chains))


def never_ordered(projection: Projection) -> Iterator[Finding]:
    """Findings on deployments that are never ordered, by cause; those that wait for money are named so."""
    told = projection.of_kind("ordered", "undelivered", "cancelled")
    ordered = set(tuples(told, "site", "phase", "item"))
    names = {(r["site"], r["phase"], r["item"]) for r in projection.facts.reasons if r["item"]} - ordered
    for cause, chains in by_cause(projection, names).items():
        noun, verb = plural(len(chains), "deployment"), "is" if len(chains) == 1 else "are"
        text = f"{noun} {verb} never ordered inside the horizon: {listed(chains)}; {cause}"
        yield finding("never_ordered", text, deployments=len(chains))


def by_cause(projection: Projection, names: Collection[Name]) -> dict[str, list[str]]:
    """Chains of the names that have a reason, as ``a.p2 <- a.p1``, by cause."""
    chains: dict[str, list[str]] = {}
    for row in projection.facts.reasons:
        if (row["site"], row["phase"], row["item"]) in names:
            chains.setdefault(row["cause"], []).append(ARROW.join(row["chain"]))
    return chains
