"""Table of the halls: how full each gets, and what of it the site's meter cannot carry."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group
from rich.text import Text

from capsim.projection import Projection, by_hall, count, megawatts
from capsim.report.grids import columns, grid, titled

MOST_ROWS = 20
"""Halls on a terminal unless all are asked for; the projection's own table has all."""
HEADINGS = (
    "critical\nIT MW",
    "nameplate\nMW",
    "peak\nIT MW",
    "\nin",
    "headroom\nthen MW",
    "stranded\nMW",
    "\nin",
)
CUT_HEADING = ("capped\n%",)
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
    has_cuts = bool((rows["capped_share"] > 0.0).any())
    table = grid(columns(("site", "hall"), HEADINGS + CUT_HEADING * has_cuts), [])
    shown = rows if all_halls else rows.head(MOST_ROWS)
    for hall in shown.to_dict("records"):
        mw = [megawatts(hall[name]) for name in ("critical_it_mw", "nameplate_mw", "it_peak_mw")]
        peak_on = f"{hall['peak_month']:%Y-%m}" if hall["it_peak_mw"] > 0.0 else "-"
        stranded_on = f"{hall['stranded_month']:%Y-%m}" if hall["stranded_mw"] > 0.0 else "-"
        table.add_row(
            hall["site"],
            hall["phase"],
            *mw,
            peak_on,
            megawatts(hall["headroom_mw"]),
            megawatts(hall["stranded_mw"]),
            stranded_on,
            *([f"{100.0 * hall['capped_share']:.1f}"] if has_cuts else []),
        )
    more = [Text(f"and {count(len(rows) - len(shown))} more: --halls")] if len(shown) < len(rows) else []
    yield titled(TITLE, table, *more)
