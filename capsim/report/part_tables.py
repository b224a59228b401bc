"""What the systems of a site draw by part, as a table of `hour` and of the report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from capsim.projection import Projection, rounded
from capsim.report.listing import PARTS_OF_A_SYSTEM

FANS_KEPT = "; fans are inside its figure, which liquid does not lower"
"""What is said of a system that is known as a whole where its cooling would spare fans."""


class PartTable(NamedTuple):
    """One system at a site, by part. [kW]"""

    title: str
    heads: list[str]
    rows: list[list[str]]


def part_tables(projection: Projection, site: str | None = None) -> Iterator[PartTable]:
    """What one of each system draws at a site, or at each where none is named, under its cooling.

    Results that were saved by a version that did not keep it have none.
    """
    for name, system in projection.facts.systems.items():
        for place, draws in system.get("draws_at", {}).items():
            if site in (None, place):
                rows = [
                    [words, *(rounded(draw[part], 4) for draw in draws.values())]
                    for part, words in PARTS_OF_A_SYSTEM.items()
                ]
                rows.append(["all", *(rounded(sum(draw.values()), 4) for draw in draws.values())])
                fans = FANS_KEPT if place in system.get("keeps_fans_at", ()) else ""
                yield PartTable(f"One {name} at {place}, under its cooling{fans}", ["kW", *draws], rows)
