"""Values of the catalogue that are past their shelf life: what they are, since when, and where to look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from textwrap import shorten
from typing import Any

from rich.console import Group
from rich.text import Text

from capsim.catalog import Stale, stale
from capsim.projection import Matters, Projection, plural, what_hangs_on
from capsim.report.grids import grid, numbers, words
from capsim.scenario import rows_read

LONGEST_SOURCE = 60
"""Where a source has no address, so much of it is shown. [characters]"""


def stale_rows(as_of: date, projection: Projection) -> tuple[list[Stale], dict[str, Matters]]:
    """What a plan reads and is past its shelf life on a day, and what of its results hangs on each."""
    if projection.run is None:
        return [], {}
    scenario, matters = projection.run.scenario, what_hangs_on(projection)
    found = stale(scenario.catalog, as_of, dict(rows_read(scenario).values()))
    return sorted(found, key=lambda row: -matters.get(row.place, Matters()).share), matters


def stale_listing(as_of: date, rows: Sequence[Stale], matters: Mapping[str, Matters]) -> Group:
    """A table of them; with what hangs on each where that is known."""
    head = f"{plural(len(rows), 'value')} past shelf life on {as_of}"
    if not rows:
        return Group(Text(f"nothing is past its shelf life on {as_of}"))
    heads = [
        "value",
        "is",
        "looked up",
        "past since",
        *(["most hangs on it of"] if matters else []),
        "look at",
    ]
    columns = [
        words(heads[0], no_wrap=True),
        *map(numbers, heads[1:-1]),
        words(heads[-1], max_width=LONGEST_SOURCE),
    ]
    cells = (_cells(row, matters) for row in rows)
    return Group(Text(head), grid(columns, cells, gap=2))


def stale_record(as_of: date, rows: Sequence[Stale], matters: Mapping[str, Matters]) -> dict[str, Any]:
    """The same for machines."""
    listed = [
        {
            "value": row.place,
            "is": row.value.value,
            "unit": row.value.unit,
            "kind": row.kind,
            "retrieved": row.value.retrieved,
            "past_since": None if row.since is None else row.since.isoformat(),
            "matters_in": matters.get(row.place, Matters()).result,
            "share": matters.get(row.place, Matters()).share,
            "source": row.value.source,
            "address": row.address,
        }
        for row in rows
    ]
    return {"as_of": as_of.isoformat(), "stale": listed}


def _cells(row: Stale, matters: Mapping[str, Matters]) -> list[str]:
    """A row of the table; what hangs on it stands before its address, or its source where it has none."""
    since = "never said" if row.since is None else row.since.isoformat()
    hangs = [str(matters.get(row.place, Matters()))] if matters else []
    where = row.address or shorten(row.value.source, LONGEST_SOURCE, placeholder=" ...")
    return [row.place, _stated(row), row.value.retrieved, since, *hangs, where]


def _stated(row: Stale) -> str:
    value, unit = row.value.value, row.value.unit
    return value if isinstance(value, str) else f"{value:,.6g} {unit}"
