"""What a projection says of data that another place lends: weather, prices, carbon."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from capsim.operations import ALIKE, CLIMATE, NEAREST, PRICE
from capsim.projection.findings.finding import Finding, finding, only
from capsim.projection.wording import listed

if TYPE_CHECKING:
    from capsim.projection.projection import Projection

Row: TypeAlias = dict[str, Any]
"""A `StandIn`, as facts have it."""


def borrowed(projection: Projection) -> Iterator[Finding]:
    """A finding per place whose data are another's, with the sites it is of."""
    stand_ins = projection.facts.stand_ins
    for rows, of in _with_sites(stand_ins, CLIMATE):
        text, place = _of_a_climate(rows, listed(of)), only([(site, "") for site in of])
        yield finding("borrowed_climate", text, place, distance_km=rows[-1]["distance_km"])
    for rows, of in _with_sites(stand_ins, PRICE):
        text, place = _of_a_price(rows, listed(of)), only([(site, "") for site in of])
        yield finding("borrowed_price", text, place, sites=len(of))


def _with_sites(stand_ins: dict[str, list[Row]], what: str) -> Iterator[tuple[list[Row], list[str]]]:
    """Stand-ins of one thing, each set once with the sites that have it."""
    sites: list[tuple[list[Row], list[str]]] = []
    for site, rows in stand_ins.items():
        of_it = [row for row in rows if row["what"] == what]
        same = next((named for known, named in sites if known == of_it), None)
        if same is not None:
            same.append(site)
        elif of_it:
            sites.append((of_it, [site]))
    yield from sites


def _of_a_climate(rows: list[Row], sites: str) -> str:
    """Where weather comes from: the place nearest to a point, an analogue, or the analogue of the nearest."""
    last = rows[-1]
    used, asked, off = last["used"], last["asked"], f"{last['distance_km']:,.0f} km"
    chosen_for = last.get("chosen_for", "")
    if chosen_for == NEAREST:
        why = f"the nearest place of the catalogue, {off} from {asked}"
    else:
        near = [f"the nearest place to {row['asked']}, {row['distance_km']:,.0f} km off" for row in rows[:-1]]
        of = f"{asked} ({', '.join([*near, 'without tables of its own'])})"
        why = f"which stands in for {of}, {off} from it"
        if chosen_for == ALIKE:
            why += ", chosen for like degree-days and design temperature and not for its nearness"
    return f"weather of {sites} is that of {used}, {why}; weather_file takes your own"


def _of_a_price(rows: list[Row], sites: str) -> str:
    """Whose hours a price has."""
    asked, used = rows[-1]["asked"], rows[-1]["used"]
    if used:
        return f"hours of the price of {sites} are those of market {used}, borrowed for {asked}"
    return f"hours of the price of {sites} are all alike: your zone {asked} names no market"
