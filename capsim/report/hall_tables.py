"""Table of the halls: how full each gets, and what of it the site's meter cannot carry."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any

from rich.console import Group
from rich.text import Text

from capsim.projection import NONE, Projection, by_hall, count, megawatts
from capsim.report.grids import columns, grid, titled

MOST_ROWS = 20
"""Halls on a terminal unless all are asked for; the projection's own table has all."""
Hall = dict[Hashable, Any]
"""A row of `by_hall`."""


def _mw(name: str) -> Callable[[Hall], str]:
    return lambda hall: megawatts(hall[name])


def _month(name: str, of: str) -> Callable[[Hall], str]:
    """The month of a power, where there is any."""
    return lambda hall: f"{hall[name]:%Y-%m}" if hall[of] > 0.0 else NONE


COLUMNS = (
    ("critical\nIT MW", _mw("critical_it_mw")),
    ("nameplate\nMW", _mw("nameplate_mw")),
    ("peak\nIT MW", _mw("it_peak_mw")),
    ("\nin", _month("peak_month", "it_peak_mw")),
    ("headroom\nthen MW", _mw("headroom_mw")),
    ("stranded\nMW", _mw("stranded_mw")),
    ("\nin", _month("stranded_month", "stranded_mw")),
)
CUTS = (("capped\n%", lambda hall: f"{100.0 * hall['capped_share']:.1f}"),)
"""Only where a hall is: share of the time in which its own limit cuts the load."""
TITLE = (
    "Halls (nameplate at the end; peak and headroom in the month of the highest load; stranded at its most)"
)


def halls_tables(projection: Projection, *, all_halls: bool = False) -> Iterator[Group]:
    """The table of the halls, where a site has more than one, or where it is asked for.

    Parameters
    ----------
    projection : Projection
        What to show.
    all_halls : bool
        Whether to show it for single halls too, and every row of it.

    Yields
    ------
    table : rich.console.Group
        For `console.print`.
    """
    rows = by_hall(projection.halls)
    # one hall a site says nothing that the site does not say already
    if rows.empty or not (all_halls or rows["site"].duplicated().any()):
        return
    shown = rows if all_halls else rows.head(MOST_ROWS)
    headings, cells = zip(*(COLUMNS + CUTS * bool((rows["capped_share"] > 0.0).any())), strict=True)
    table = grid(
        columns(("site", "hall"), headings),
        ((hall["site"], hall["phase"], *(cell(hall) for cell in cells)) for hall in shown.to_dict("records")),
    )
    more = [Text(f"and {count(len(rows) - len(shown))} more: --halls")] if len(shown) < len(rows) else []
    yield titled(TITLE, table, *more)
