"""What is planned and not there at the end of the horizon, and what it waits for."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from capsim.projection import Projection
from capsim.projection.rows import of_kind
from capsim.report.reasons import never_ordered
from capsim.report.wording import count, listed, plural
from capsim.units import MONTHS_PER_YEAR

INSTALLATION = "installation"
"""What systems wait for that are delivered into a hall that is ready, and not burnt in yet."""


def unfinished(projection: Projection) -> Iterator[str]:
    """Sentences on phases ready after the horizon, and on deployments not wholly in service in it."""
    end = pd.Timestamp(projection.manifest["start"]) + pd.DateOffset(
        months=projection.manifest["horizon_years"] * MONTHS_PER_YEAR
    )
    ready = of_kind(projection.milestones, "ready_for_service")
    late = ready[ready["date"] >= end]
    if len(late):
        names = [
            f"{row.site}.{row.phase} ({row.date:%Y-%m}, mostly {_longest(projection, row.site, row.phase)})"
            for row in late.itertuples()
        ]
        never = "is not ready" if len(late) == 1 else "are not ready"
        yield f"{plural(len(late), 'phase')} {never} for service inside the horizon: {listed(names)}"
    yield from _deployments(projection, (end - pd.Timestamp(projection.manifest["start"])).days)
    yield from never_ordered(projection)


def _longest(projection: Projection, site: object, phase: object) -> str:
    """The cause that takes most of a phase's critical path."""
    waits = projection.waits
    path = waits[(waits["site"] == site) & (waits["phase"] == phase) & (waits["item"] == "")]
    if not len(path):
        return "its planned date"
    return str(path.groupby("cause", sort=False)["wait_d"].sum().idxmax())


def _deployments(projection: Projection, end_d: float) -> Iterator[str]:
    """Deployments that were ordered and whose first systems are not all in service."""
    table, found = projection.milestones, []
    halls = of_kind(table, "unbuilt", "cancelled")  # of these the phase itself is named
    gone = set(zip(halls["site"], halls["phase"], strict=True))
    for site, phases in projection.manifest.get("deployments", {}).items():
        for phase, items in phases.items():
            for item in items if (site, phase) not in gone else ():
                is_own = (table["site"] == site) & (table["phase"] == phase) & (table["item"] == item)
                own, name = table[is_own], f"{site}.{phase}.{item}"
                if len(of_kind(own, "undelivered")):
                    continue  # another finding names it
                ordered, served = of_kind(own, "ordered"), of_kind(own, "in_service")
                if not len(ordered):
                    continue  # never ordered
                wanted = float(ordered[ordered["time_d"] == ordered["time_d"].min()]["amount"].sum())
                there = float(served["amount"].sum())
                if there < wanted:
                    cause = _cause(projection, (site, phase, item), end_d)
                    found.append(f"{name} ({count(there)} of {count(wanted)} systems, waits for {cause})")
    if found:
        are = f"{plural(len(found), 'deployment')} {'is' if len(found) == 1 else 'are'}"
        yield f"{are} not wholly in service at the horizon: {listed(found)}"


def _cause(projection: Projection, name: tuple[str, str, str], end_d: float) -> str:
    """What a deployment waits for on the last day."""
    waits = projection.waits
    own = waits[(waits["site"] == name[0]) & (waits["phase"] == name[1]) & (waits["item"] == name[2])]
    last = own[(own["start_d"] < end_d) & (own["end_d"] >= end_d)]
    return INSTALLATION if not len(last) else str(last.sort_values("start_d")["cause"].iloc[-1])
