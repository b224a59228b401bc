"""What a projection says of values of the catalogue that are past their shelf life at its data date."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from capsim.buildout import OF_GRID
from capsim.catalog import Value, stale
from capsim.projection.findings.finding import Finding, finding
from capsim.projection.wording import plural
from capsim.scenario import rows_read

if TYPE_CHECKING:
    from capsim.projection.projection import Projection


class Matters(NamedTuple):
    """The result of which most hangs on a row of the catalogue."""

    result: str = ""
    """A category of payments, or the date of a phase; empty where none does."""
    share: float = 0.0
    """What hangs on it over all of the category, or over the time to that date. [1]"""

    def __str__(self) -> str:
        return f"{self.share:.0%} of {self.result}" if self.result else ""


Read = Mapping[str, tuple[str, Value]]
"""Rows of the catalogue by the path of the value that comes from them."""


def past_shelf_life(projection: Projection) -> Iterator[Finding]:
    """Values that are past their shelf life at the data date, and those most money and most time hang on.

    Without a data date there is none: a run knows no clock.
    """
    run = projection.run
    if run is None or run.scenario.as_of is None:
        return
    read = rows_read(run.scenario)
    found = list(stale(run.scenario.catalog, run.scenario.as_of, dict(read.values())))
    if not found:
        return
    kinds = ", ".join(
        f"{n} of {kind.replace('-', ' ')}" for kind, n in Counter(r.kind for r in found).items()
    )
    past = f"{plural(len(found), 'value')} of the catalogue that it reads"
    are = "is" if len(found) == 1 else "are"
    text = f"at its data date, {run.scenario.as_of}, {past} {are} past shelf life ({kinds})"
    shares = {}
    for of, matters in (("money", _of_money(projection, read)), ("time", _of_time(projection, read))):
        most = max(found, key=lambda row: matters.get(row.place, NOTHING).share)
        shares[of] = matters.get(most.place, NOTHING)
        if shares[of].result:
            looked_up = (
                f"looked up {most.value.retrieved}" if most.value.retrieved else "looked up on no day it says"
            )
            text += f"; most {of} hangs on {most.place}, {looked_up}: {shares[of]}"
    numbers = {f"largest_share_of_{of}": most.share for of, most in shares.items()}
    yield finding("stale", text, values=len(found), **numbers)


NOTHING = Matters()


def what_hangs_on(projection: Projection) -> dict[str, Matters]:
    """By row of the catalogue the result of which most hangs on it: of payments, or of the time to a date."""
    if projection.run is None:
        return {}
    read = rows_read(projection.run.scenario)
    money, time = _of_money(projection, read), _of_time(projection, read)
    places = dict.fromkeys([*money, *time])
    return {p: max(money.get(p, NOTHING), time.get(p, NOTHING), key=lambda m: m.share) for p in places}


def _of_money(projection: Projection, read: Read) -> dict[str, Matters]:
    """By row the category of payments of which most hangs on it."""
    rows_of = defaultdict[str, set[str]](set)
    for path, (place, _) in read.items():
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
    return _most(
        (place, category, amount / totals[category]) for (place, category), amount in hangs.items() if amount
    )


def _of_time(projection: Projection, read: Read) -> dict[str, Matters]:
    """By row the phase of whose time to ready for service most is a stage or equipment that the row times.

    Of the critical path, and of what of it lies ahead of the data date.
    """
    if projection.run is None:
        return {}
    scenario = projection.run.scenario
    known_d = (scenario.known_until - scenario.start).days
    steps = {(site.id, phase.id): phase.energization for site, phase in scenario.phases()}
    path = projection.waits[projection.waits["item"] == ""]
    ends = path.groupby(["site", "phase"])["end_d"].max().to_dict()
    ahead = list[tuple[str, str, float]]()
    of = zip(path["site"], path["phase"], path["cause"], path["start_d"], path["end_d"], strict=True)
    for site, phase, cause, start_d, end_d in of:
        days, whole = end_d - max(start_d, known_d), ends[site, phase] - known_d
        if days > 0.0:
            of_phase = f"sites.{site}.phases.{phase}"
            places = [f"{of_phase}.stages.{cause}.", f"{of_phase}.equipment.{cause}."]
            if cause.startswith(OF_GRID):
                step, stage = steps[site, phase], cause.removeprefix(OF_GRID)
                places = [f"sites.{site}.grid_connection.{step}.stages.{stage}."]
            timed = {row for at, (row, _) in read.items() if at.startswith(tuple(places)) and _times(at)}
            ahead += [(row, f"the time to {site}.{phase}", days / whole) for row in sorted(timed)]
    return _most(ahead)


def _times(path: str) -> bool:
    """Whether a value is how long something takes."""
    return path.endswith(("_months", "_weeks"))


def _most(shares: Iterable[tuple[str, str, float]]) -> dict[str, Matters]:
    """By place the result of which it has the largest share."""
    made: dict[str, Matters] = {}
    for place, result, share in shares:
        if share > made.get(place, NOTHING).share:
            made[place] = Matters(result, share)
    return made
