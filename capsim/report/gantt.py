"""A Gantt picture of the build-out: stages, waits by cause, energization, deliveries and service."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from capsim.buildout import OF_GRID
from capsim.projection import Projection
from capsim.report.figure_style import (
    DOTS_PER_INCH,
    GREY,
    RED,
    SLIDE_IN,
    axes_of,
    dates_below,
    day_number,
    styled,
)
from capsim.report.gantt_paths import critical_parts
from capsim.report.gantt_rows import (
    CAUSES,
    DELIVERED,
    HANDED_OVER,
    IN_SERVICE,
    OF_STEP,
    READY,
    WORK,
    Row,
    rows_of,
)
from capsim.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from capsim.study import Relief, Slack, Vintage

HEIGHT_OF_A_ROW_IN = 0.3
HEIGHT_OF_A_PHASE_IN = 0.24
"""Height of a row where each phase has one."""
WIDTH_IN = SLIDE_IN[0]
"""Width of the picture: that of a slide, so that its words have on one the sizes given here. [inch]"""
MOST_ROWS = 160
"""Rows of the picture; later ones are left out, and the title says so."""
LONGEST_NAME = 46
"""Characters of a row's name; the middle of a longer one is left out."""
LONGEST_TITLE = 26
"""Characters of the title of a site in it."""
WIDEST_LINE = 62
"""Characters of a line of the title."""
OF_DELIVERIES = "systems delivered, with their number"
SMALL_PT = 8.0
"""Size of the smallest words, as a slide shows them. [pt]"""
TWO_AXES = 30
"""Rows from which on the dates also stand above the picture."""
GROUND = {"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 0.6}
LABEL: dict[str, Any] = {
    "va": "center",
    "fontsize": SMALL_PT,
    "parse_math": False,
    "clip_on": True,
    "zorder": 5,
    "bbox": GROUND,
}
"""How labels are written: over the bars, on a ground that lets them shine through."""
MARK_SHARE = 0.0012
"""Half the width of a mark over the length of the horizon. [1]"""
LEGEND_BELOW_IN = 0.4
"""How far below the axes the legend is. [inch]"""
ABOVE_TICKS_PT = 24
"""Height of words over the ticks on top. [pt]"""
CLOSE = 0.07
"""Lines so close, over the width of the picture, have their words one above the other. [1]"""
NO_PATH = "no critical path: all dates to come are as given"
"""What a picture of stages says where nothing decides the date of a phase."""
CRITICAL_BELOW, CRITICAL_PT = 0.44, 2.6
"""How far below the middle of its row the line of a critical path runs, and its width. [1, pt]"""
FLOAT = "#7A7A7A"
"""Colour of floats."""
SHORTEST_FLOAT_D = 5.0
"""Float that is drawn: less is not seen. [d]"""
THIN, THICK = 0.3, 0.75
"""Height of bars of service, which lie over the others, and of the others, over that of a row. [1]"""


@styled
def gantt(
    projection: Projection,
    ax: Axes | None = None,
    *,
    relief: Relief | None = None,
    baseline: Vintage | None = None,
) -> Axes:
    """Draw a row per grid step, stage and order, with waits in the colour of their cause.

    A grid step runs from its application to its energization, in its stages, with its MW; deliveries
    are marked with how many systems arrive, and the critical path of each phase is underlined. Where there
    are more rows than can be read, each phase has one row with its critical path. Dates of targets and the
    data date are lines across.

    Parameters
    ----------
    projection : Projection
        What to draw.
    ax : matplotlib.axes.Axes, optional
        What to draw on; else a picture as high as it has rows.
    relief : Relief, optional
        Whose total and free float stand behind the stages they are of.
    baseline : Vintage, optional
        Earlier forecast, whose dates are marked on their rows.

    Returns
    -------
    ax : matplotlib.axes.Axes
        Phases that were there before the start have no row.
    """
    picture = rows_of(projection)
    start = day_number(projection.start)
    shown = picture.rows[:MOST_ROWS]
    row_in = HEIGHT_OF_A_ROW_IN if picture.is_detailed else HEIGHT_OF_A_PHASE_IN
    ax = axes_of(ax, projection.manifest, (WIDTH_IN, 2.4 + row_in * max(len(shown), 1)))
    _frame(projection, ax, start, len(shown))
    _draw(ax, shown, start)
    titles = {site: str(about["title"]) for site, about in projection.facts.places.items()}
    ax.set_yticks(range(len(shown)), [_name(row, titles) for row in shown], fontsize=9)
    _write(ax, shown, start)
    drawn = _floats(projection, ax, shown, relief) if picture.is_detailed and relief is not None else []
    critical = _critical(projection, ax, shown, start) if picture.is_detailed else []
    drawn += critical
    drawn += _baseline(ax, shown, baseline) if baseline is not None else []
    drawn += _days(projection, ax)
    _legend(ax, shown, drawn)
    note = "" if critical else NO_PATH if picture.is_detailed else "critical path of each phase"
    ax.set_title(
        _title(projection, len(picture.rows), note),
        pad=48 if len(shown) >= TWO_AXES else 30,
        parse_math=False,
    )
    return ax


def _title(projection: Projection, rows: int, note: str) -> str:
    """Name of the scenario, and what the picture does not show."""
    notes = [note] if note else []
    if rows > MOST_ROWS:
        notes.append(f"first {MOST_ROWS} of {rows} rows")
    name, said = projection.facts.title or projection.name, ", ".join(notes)
    title = f"{name}: build-out ({said})" if said else f"{name}: build-out"
    return "\n".join(textwrap.wrap(title, WIDEST_LINE, break_on_hyphens=False))


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
    ax.set_ylim(len(rows) - 0.3, -0.7)


def _name(row: Row, titles: Mapping[str, str]) -> str:
    """Name of a row: site by its title, which the title of the picture says where there is one site."""
    site, phase, item = row.key
    title = titles.get(site, site)
    if title == site:
        return _short(row.name, LONGEST_NAME)
    said = item.replace("_", " ")
    what = f"{phase} {said}".strip() if phase else said if said.startswith("grid") else f"grid {said}"
    of = "" if len(titles) == 1 else f"{_short(title, LONGEST_TITLE)}, "
    return _short(of + what, LONGEST_NAME)


def _short(name: str, most: int) -> str:
    """A name of at most so many characters, without its middle where it is longer."""
    if len(name) <= most:
        return name
    left = (most - 1) // 2
    return f"{name[:left]}\u2026{name[left + 1 - most :]}"


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
    ax.set_xlim(start, day_number(months[-1]) + DAYS_PER_MONTH)
    dates_below(ax, most=12)
    ax.tick_params(axis="x", labeltop=rows >= TWO_AXES)
    ax.grid(visible=False, axis="y")


def _floats(projection: Projection, ax: Axes, rows: list[Row], relief: Relief) -> list[Artist]:
    """How long a stage or a grid step may slip: free float as a thick line, total float as a thin one."""
    place = {row.key: number for number, row in enumerate(rows)}
    least: dict[int, Slack] = {}
    for slack in relief.slack:
        is_grid = slack.activity.startswith(OF_GRID)
        step = projection.facts.energization.get(slack.site, {}).get(slack.phase, "")
        at = place.get((slack.site, "", step) if is_grid else (slack.site, slack.phase, slack.activity))
        # a grid step has the float of the phase that it must not be late for
        if at is not None and (at not in least or _key_of_float(slack) < _key_of_float(least[at])):
            least[at] = slack
    most = ax.get_xlim()[1]
    drawn: list[Artist] = []
    for months_of, width, label in (("total_months", 1.4, "total float"), ("free_months", 4.5, "free float")):
        spans = [
            (at, (end := day_number(pd.Timestamp(one.end))), end + getattr(one, months_of) * DAYS_PER_MONTH)
            for at, one in least.items()
            if getattr(one, months_of) * DAYS_PER_MONTH >= SHORTEST_FLOAT_D
        ]
        if spans:
            rights = [min(right, most) for _, _, right in spans]
            lefts = [left for _, left, _ in spans]
            drawn.append(
                ax.hlines([at for at, _, _ in spans], lefts, rights, color=FLOAT, lw=width, label=label)
            )
    return drawn


def _critical(projection: Projection, ax: Axes, rows: list[Row], start: float) -> list[Artist]:
    """What decides the date of each phase, as a line below its bars, which a print in grey shows too."""
    parts = critical_parts(projection, rows)
    if not parts:
        return []
    at = [part.row + CRITICAL_BELOW for part in parts]
    lefts, rights = [start + part.start_d for part in parts], [start + part.end_d for part in parts]
    label = "critical path of its phase"
    return [ax.hlines(at, lefts, rights, color=RED, lw=CRITICAL_PT, zorder=4, label=label)]


def _key_of_float(slack: Slack) -> tuple[str, float]:
    """Order of floats of one row: the last part of a grid step, and of it the least float."""
    return ("" if slack.activity.endswith("works") else slack.activity, slack.total_months)


def _baseline(ax: Axes, rows: list[Row], baseline: Vintage) -> list[Artist]:
    """When hall and grid step were to be ready in an earlier forecast."""
    marks = []
    for number, (site, phase, item) in enumerate(row.key for row in rows):
        kind = "ready_for_service" if phase else "energised"
        day = baseline.dates.get(f"{site}.{phase or item} {kind}")
        if day and item in (READY, "") + (() if phase else (item,)):
            marks.append((day_number(pd.Timestamp(day)), number))
    if not marks:
        return []
    (drawn,) = ax.plot(*zip(*marks, strict=True), "D", color="white", mec=RED, mew=1.6, ms=7, zorder=6)
    drawn.set(linestyle="", label=f"{baseline.name} ({baseline.as_of})")
    return [drawn]


def _days(projection: Projection, ax: Axes) -> list[Artist]:
    """The data date, and the days by which goals are to be reached, as lines with their dates."""
    days = {one.by: (f"target {one.by[:7]}", "date of a target") for one in projection.targets if one.by}
    if projection.facts.as_of:
        days[projection.facts.as_of] = f"data date {projection.facts.as_of}", "data date"
    left, right = ax.get_xlim()
    lines: dict[str, Artist] = {}
    last, height = left - (right - left), 0
    for day in sorted(days):
        (words, label), at = days[day], day_number(pd.Timestamp(day))
        if not left <= at <= right:
            continue
        colour, dash = (RED, "-") if label == "data date" else (HANDED_OVER, "--")
        lines[label] = ax.axvline(at, color=colour, lw=1.4, ls=dash, zorder=1, label=label)
        height = (height + 1) % 3 if at - last < CLOSE * (right - left) else 0
        side = "right" if at > right - 2.0 * CLOSE * (right - left) else "left"
        # above the ticks of a picture that has them on top
        floor = ABOVE_TICKS_PT if ax.xaxis.get_tick_params()["labeltop"] else 3
        where, place = (at, 1.0), (0, floor + 9 * height)
        coordinates: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
        ax.annotate(words, where, place, ha=side, fontsize=SMALL_PT, **coordinates)
        last = at
    return [*lines.values()]


def _legend(ax: Axes, rows: list[Row], drawn: list[Artist]) -> None:
    """What is in the picture and nothing else, below it."""
    named = {f"grid {stage}": colour for stage, colour in OF_STEP.items()} | {
        "work": WORK,
        "in service": IN_SERVICE,
        "equipment on order": GREY,
        "handed over, energised": HANDED_OVER,
    }
    named |= {
        cause if cause == "cancelled" else f"waits for {cause}": colour for cause, colour in CAUSES.items()
    }
    colours = {bar.colour for row in rows for bar in row.bars}
    bars: list[Artist] = [
        Patch(color=colour, label=label) for label, colour in named.items() if colour in colours
    ]
    if any(label.text.endswith(DELIVERED) for row in rows for label in row.labels):
        bars.append(Line2D([], [], color="black", marker="v", ls="", ms=5, label=OF_DELIVERIES))
    handles: list[Artist] = [*bars, *drawn]
    if not handles:
        return
    height_in = ax.get_window_extent().height / DOTS_PER_INCH
    below = (0.5, -LEGEND_BELOW_IN / height_in)
    ax.legend(handles=handles, loc="upper center", bbox_to_anchor=below, ncols=4, fontsize=9)
