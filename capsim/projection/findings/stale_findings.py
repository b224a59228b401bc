"""What a projection says of values of the catalogue that are past their shelf life at its data date."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from capsim.catalog import stale
from capsim.projection.findings.finding import Finding, finding
from capsim.projection.wording import plural
from capsim.scenario import rows_read

if TYPE_CHECKING:
    from capsim.projection.projection import Projection


class Matters(NamedTuple):
    """What of the money hangs on a row of the catalogue."""

    category: str = ""
    """Category of payments of which most does; empty where none does."""
    share: float = 0.0
    """What hangs on it over all of the category. [1]"""


def past_shelf_life(projection: Projection) -> Iterator[Finding]:
    """Values that are past their shelf life at the data date, and the one most money hangs on.

    Without a data date there is none: a run knows no clock.
    """
    run = projection.run
    if run is None or run.scenario.as_of is None:
        return
    read = rows_read(run.scenario)
    found = list(stale(run.scenario.catalog, run.scenario.as_of, dict(read.values())))
    if not found:
        return
    matters = what_hangs_on(projection)
    most = max(found, key=lambda row: matters.get(row.place, Matters()).share)
    category, share = matters.get(most.place, Matters())
    kinds = ", ".join(
        f"{n} of {kind.replace('-', ' ')}" for kind, n in Counter(r.kind for r in found).items()
    )
    past = f"{plural(len(found), 'value')} of the catalogue that it reads"
    are = "is" if len(found) == 1 else "are"
    text = f"at its data date, {run.scenario.as_of}, {past} {are} past shelf life ({kinds})"
    if category:
        looked_up = (
            f"looked up {most.value.retrieved}" if most.value.retrieved else "looked up on no day it says"
        )
        text += f"; most hangs on {most.place}, {looked_up}: {share:.0%} of {category}"
    yield finding("stale", text, values=len(found), largest_share=share)


def what_hangs_on(projection: Projection) -> dict[str, Matters]:
    """By row of the catalogue the category of payments of which most hangs on it, and how much of it."""
    if projection.run is None:
        return {}
    rows_of = defaultdict[str, set[str]](set)
    for path, (place, _) in rows_read(projection.run.scenario).items():
        rows_of[path].add(place)
        # the price of energy has several parts, and is one flow by the path of all of them
        rows_of[path.rpartition(".")[0]].add(place)
    flows, totals = projection.flows, defaultdict[str, float](float)
    hangs = defaultdict[tuple[str, str], float](float)
    of = zip(flows["category"], flows["path"], flows[f"amount_{projection.currency}"].abs(), strict=True)
    for category, path, amount in of:
        totals[category] += amount
        for place in rows_of.get(path, ()):
            hangs[place, category] += amount
    made: dict[str, Matters] = {}
    for (place, category), amount in hangs.items():
        if amount > 0.0 and amount / totals[category] > made.get(place, Matters()).share:
            made[place] = Matters(category, amount / totals[category])
    return made
