"""What the systems of a site draw by part, as a table of `hour` and of the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from capsim.projection import Projection, rounded
from capsim.report.listing import PARTS_OF_A_SYSTEM

FANS_KEPT = "; fans are inside its figure, which liquid does not lower"
"""What is said of a system that is known as a whole where its cooling would spare fans."""

MOST_NAMED = 3
"""Sites that a heading names."""


class PartTable(NamedTuple):
    """One system at a site, by part. [kW]"""

    title: str
    heads: list[str]
    rows: list[list[str]]


def part_tables(projection: Projection, site: str | None = None) -> Iterator[PartTable]:
    """What one of each system draws at a site, or at each where none is named, under its cooling.

    Sites at which it draws the same have one table, which names them by their titles. Results that were
    saved by a version that did not keep it have none.
    """
    for name, system in projection.facts.systems.items():
        alike: dict[tuple[str, ...], list[str]] = {}
        tables: dict[tuple[str, ...], tuple[str, list[str], list[list[str]]]] = {}
        for place, draws in system.get("draws_at", {}).items():
            if site in (None, place):
                rows = _rows(draws)
                fans = FANS_KEPT if place in system.get("keeps_fans_at", ()) else ""
                key = (fans, *draws, *(cell for row in rows for cell in row))
                alike.setdefault(key, []).append(place)
                tables[key] = (fans, ["kW", *draws], rows)
        for key, places in alike.items():
            fans, heads, rows = tables[key]
            at = _places(projection, places)
            yield PartTable(f"One {name} at {at}, under its cooling{fans}", heads, rows)


def _rows(draws: Mapping[str, Mapping[str, float]]) -> list[list[str]]:
    """Power of each part, and of all of them, by what the system does. [kW]"""
    rows = [
        [words, *(rounded(draw[part], 4) for draw in draws.values())]
        for part, words in PARTS_OF_A_SYSTEM.items()
    ]
    return [*rows, ["all", *(rounded(sum(draw.values()), 4) for draw in draws.values())]]


def _places(projection: Projection, places: Sequence[str]) -> str:
    """Sites by their titles: each of a few, else how many and the first of them."""
    titles = [str(projection.facts.places.get(place, {}).get("title") or place) for place in places]
    if len(titles) <= MOST_NAMED:
        return "; ".join(titles)
    more = len(titles) - MOST_NAMED
    return f"{len(titles)} sites alike ({'; '.join(titles[:MOST_NAMED])} and {more} more)"
