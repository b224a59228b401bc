"""A Gantt picture of the build-out: stages, waits by cause, energization, deliveries and service."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from capsim.projection import Projection
from capsim.report.figure_style import DOTS_PER_INCH, GREY, Picture, dates_below, style
from capsim.report.gantt_rows import CAUSES, DELIVERED, HANDED_OVER, IN_SERVICE, OF_STEP, WORK, Row, rows_of
from capsim.units import DAYS_PER_MONTH

HEIGHT_OF_A_ROW_IN = 0.3
HEIGHT_OF_A_PHASE_IN = 0.24
"""Height of a row where each phase has one."""
WIDTH_IN = 16.0
MOST_ROWS = 160
"""Rows of the picture; later ones are left out, and the title says so."""
LONGEST_NAME = 46
"""Characters of a row's name; the middle of a longer one is left out."""
TWO_AXES = 30
"""Rows from which on the dates also stand above the picture."""
GROUND = {"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 0.6}
LABEL: dict[str, Any] = {
    "va": "center",
    "fontsize": 7,
    "parse_math": False,
    "clip_on": True,
    "zorder": 5,
    "bbox": GROUND,
}
"""How labels are written: over the bars, on a ground that lets them shine through."""
MARK_SHARE = 0.0012
"""Half the width of a mark over the length of the horizon. [1]"""
THIN, THICK = 0.3, 0.75
"""Height of bars of service, which lie over the others, and of the others, over that of a row. [1]"""


def gantt(projection: Projection) -> Figure:
    """Draw a row per grid step, stage and order, with waits in the colour of their cause.

    A grid step runs from its application to its energization, in its stages, with its MW; deliveries
    are marked with how many systems arrive. Where there are more rows than can be read, each phase
    has one row with its critical path.

    Parameters
    ----------
    projection : Projection
        What to draw.

    Returns
    -------
    figure : matplotlib.figure.Figure
        As high as it has rows; phases that were there before the start have none.
    """
    picture = rows_of(projection)
    start = float(date2num(projection.start))  # type: ignore[no-untyped-call]
    shown = picture.rows[:MOST_ROWS]
    row_in = HEIGHT_OF_A_ROW_IN if picture.is_detailed else HEIGHT_OF_A_PHASE_IN
    with style():
        height = 2.2 + row_in * max(len(shown), 1)
        figure = Picture(figsize=(WIDTH_IN, height), dpi=DOTS_PER_INCH, layout="constrained")
        ax = figure.subplots()
        _frame(projection, ax, start, len(shown))
        _draw(ax, shown, start)
        _write(ax, shown, start)
        _targets(projection, ax)
        _legend(figure, shown)
        ax.set_title(_title(projection, len(picture.rows), picture.is_detailed), parse_math=False)
    return figure


def _title(projection: Projection, rows: int, is_detailed: bool) -> str:
    """Name of the scenario, and what the picture does not show."""
    notes = [] if is_detailed else ["critical path of each phase"]
    if rows > MOST_ROWS:
        notes.append(f"first {MOST_ROWS} of {rows} rows")
    name, said = projection.facts.title or projection.name, ", ".join(notes)
    return f"{name}: build-out ({said})" if said else f"{name}: build-out"


def _width_d(ax: Axes) -> float:
    """Length of the axis of dates. [d]"""
    left, right = ax.get_xlim()
    return right - left


def _draw(ax: Axes, rows: list[Row], start: float) -> None:
    """Rows from top to bottom; service over works and waits, marks over all of them."""
    half_d = MARK_SHARE * _width_d(ax)
    for number, row in enumerate(rows):
        for start_d, end_d, colour in row.bars:
            is_mark, height = start_d == end_d, THIN if colour == IN_SERVICE else THICK
            # a mark has no length, and gets one that can be seen
            left_d, width_d = (start_d - half_d, 2.0 * half_d) if is_mark else (start_d, end_d - start_d)
            layer = 4 if is_mark else 3 if colour == IN_SERVICE else 2
            box = ax.barh(number, width_d, height, left=start + left_d, color=colour, zorder=layer)[0]
            box.set(edgecolor="white", linewidth=0.4 if layer == 2 else 0.0)
    for number, (above, below) in enumerate(pairwise(rows)):
        if above.key[:2] != below.key[:2]:
            is_other_site = above.key[0] != below.key[0]
            ax.axhline(number + 0.5, color="#999999" if is_other_site else "#E0E0E0", lw=0.8, zorder=1)
    ax.set_yticks(range(len(rows)), [_short(row.name) for row in rows], fontsize=9)
    ax.set_ylim(len(rows) - 0.3, -0.7)


def _short(name: str) -> str:
    """A name of at most so many characters, without its middle where it is longer."""
    if len(name) <= LONGEST_NAME:
        return name
    left = (LONGEST_NAME - 1) // 2
    return f"{name[:left]}\u2026{name[left + 1 - LONGEST_NAME :]}"


def _write(ax: Axes, rows: list[Row], start: float) -> None:
    """Write labels: MW to the right of their time, counts of deliveries to the left of their mark."""
    beside_d = 2.0 * MARK_SHARE * _width_d(ax)
    for number, row in enumerate(rows):
        for time_d, text in row.labels:
            is_count = text.endswith(DELIVERED)
            at, side = (time_d, "right") if is_count else (time_d + beside_d, "left")
            ax.text(start + at, number, text, ha=side, **LABEL)


def _frame(projection: Projection, ax: Axes, start: float, rows: int) -> None:
    """Axis of dates, also above a picture of many rows."""
    months = projection.months.index
    ax.set_xlim(start, float(date2num(months[-1])) + DAYS_PER_MONTH)  # type: ignore[no-untyped-call]
    dates_below(ax, most=14)
    ax.tick_params(axis="x", labeltop=rows >= TWO_AXES)
    ax.grid(visible=False, axis="y")


def _targets(projection: Projection, ax: Axes) -> None:
    """The days by which goals are to be reached, as dashed lines."""
    for day in sorted({result.by for result in projection.targets if result.by}):
        at = float(date2num(pd.Timestamp(day)))  # type: ignore[no-untyped-call]
        ax.axvline(at, color=HANDED_OVER, lw=1.2, ls="--", zorder=1)
        ax.annotate(
            f"target {day[:7]}",
            (at, 1.0),
            (3, 3),
            xycoords=("data", "axes fraction"),
            fontsize=8,
            textcoords="offset points",
            annotation_clip=True,
        )


def _legend(figure: Figure, rows: list[Row]) -> None:
    """The legend of the colours that are in the picture, below it."""
    named = {f"grid {stage}": colour for stage, colour in OF_STEP.items()} | {
        "work": WORK,
        "in service": IN_SERVICE,
        "equipment on order": GREY,
        "handed over, energised": HANDED_OVER,
    }
    named |= {
        cause if cause == "cancelled" else f"waits for {cause}": colour for cause, colour in CAUSES.items()
    }
    drawn = {bar.colour for row in rows for bar in row.bars}
    handles = [Patch(color=colour, label=label) for label, colour in named.items() if colour in drawn]
    if handles:
        figure.legend(handles=handles, loc="outside lower center", ncols=6, fontsize=9)
