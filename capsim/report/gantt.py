"""A Gantt picture of the build-out: stages, waits by cause, energization, deliveries and service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from capsim.buildout.timeline import GRID, OF_GRID
from capsim.projection import Projection
from capsim.report.figures import BLUE, DOTS_PER_INCH, GREEN, GREY, ORANGE, PURPLE, RED, SKY, style
from capsim.report.wording import count, megawatts
from capsim.units import DAYS_PER_MONTH

HEIGHT_OF_A_ROW_IN = 0.3
WIDTH_IN = 16.0
MOST_ROWS = 120
"""Rows of the picture; later ones are left out, and the title says so."""
WORK = SKY
CAUSES = {
    GRID: ORANGE,
    "funding": RED,
    "earlier phase": "#8C6D31",
    "hall": PURPLE,
    "crew": GREEN,
    "allocation": "#F0E442",
    "lead time": "#BDBDBD",
    "cancelled": "#5B3A8C",
}
"""Colours of causes; every other cause (equipment) is grey."""
OF_PHASE = ("funding", "earlier phase", "cancelled")
"""Causes that hold up a phase before or after its stages, and so stand on a row of the phase itself."""
IN_SERVICE = BLUE
HANDED_OVER = "#000000"
READY = "ready for service"
"""Name of the row of a phase itself."""
MARK_D = 5.0
"""Half the width of a mark. [d]"""
OF_STEP = {"queue": "#FAE3B4", "study": "#F2C45A", "works": "#B97F00"}
"""Colours of the stages of a grid step; every other one has that of the whole step."""
DELIVERED = "\u25bc"
"""Mark of a delivery, behind the number of systems."""
TOGETHER_D = 90.0
"""Time within which deliveries share one count. [d]"""
Bar = tuple[float, float, str]
"""Start and end since the start [d], and colour."""
Label = tuple[float, str]
"""Time since the start [d], and what is written there."""


def gantt(projection: Projection) -> Figure:
    """Draw a row per grid step, stage and order, with waits in the colour of their cause.

    A grid step runs from its application to its energization, in its stages, with its MW; deliveries
    are marked with how many systems arrive.

    Parameters
    ----------
    projection : Projection
        What to draw.

    Returns
    -------
    figure : matplotlib.figure.Figure
        As high as it has rows; phases that were there before the start have none.
    """
    rows = _rows(projection)
    start = float(date2num(pd.Timestamp(projection.manifest["start"])))  # type: ignore[no-untyped-call]
    shown = list(rows.items())[:MOST_ROWS]
    with style():
        height = 2.2 + HEIGHT_OF_A_ROW_IN * max(len(shown), 1)
        figure = Figure(figsize=(WIDTH_IN, height), dpi=DOTS_PER_INCH, layout="constrained")
        FigureCanvasAgg(figure)
        ax = figure.subplots()
        _draw(ax, shown, start)
        _write(ax, _labels(projection), [name for name, _ in shown], start)
        _frame(projection, ax, start)
        left_out = f" (first {MOST_ROWS} of {len(rows)} rows)" if len(rows) > MOST_ROWS else ""
        ax.set_title(
            f"{projection.manifest['title'] or projection.name}: build-out{left_out}", parse_math=False
        )
    return figure


def save_gantt(projection: Projection, folder: Path) -> None:
    """Write ``gantt.png`` and ``gantt.svg``: the same bytes for the same projection."""
    with style():
        figure = gantt(projection)
        figure.savefig(folder / "gantt.png", metadata={"Software": None})
        figure.savefig(folder / "gantt.svg", metadata={"Date": None, "Creator": None})


def _rows(projection: Projection) -> dict[str, list[Bar]]:
    """Bars of each row, in order of site, phase and first appearance."""
    events = projection.milestones[projection.milestones["time_d"] >= 0.0]
    rows: dict[str, list[Bar]] = {}
    _add_steps(rows, projection.milestones)
    events = events[~_of_steps(events)]
    for first, last, colour in (
        ("started", "finished", WORK),
        ("equipment_ordered", "equipment_delivered", GREY),
        ("install_started", "installed", WORK),
    ):
        _add_spans(rows, events, first, last, colour)
    _add_service(rows, events, float(projection.monthly.sizes["month"]) * DAYS_PER_MONTH)
    waits = projection.waits[projection.waits["item"] != ""]
    for site, phase, item, cause, start_d, end_d in _tuples(waits, "cause", "start_d", "end_d"):
        rows.setdefault(_name(site, phase, item), []).append((start_d, end_d, _colour(cause)))
    paths = projection.waits[(projection.waits["item"] == "") & projection.waits["cause"].isin(OF_PHASE)]
    for site, phase, _, cause, start_d, end_d in _tuples(paths, "cause", "start_d", "end_d"):
        rows.setdefault(_name(site, phase, READY), []).append((start_d, end_d, CAUSES[cause]))
    marks = (("ready_for_service", HANDED_OVER), ("cancelled", CAUSES["cancelled"]))
    for kind, colour in marks:
        for site, phase, item, time_d in _tuples(events[events["kind"] == kind], "time_d"):
            name = _name(site, phase, item or READY)
            rows.setdefault(name, []).append((time_d - MARK_D, time_d + MARK_D, colour))
    return dict(sorted(rows.items(), key=lambda row: (row[0].split(" ")[0], min(bar[0] for bar in row[1]))))


def _of_steps(events: pd.DataFrame) -> pd.Series:
    """Which milestones belong to grid steps: those of a site and of no phase."""
    return (events["phase"] == "") & (events["site"] != "")


def _add_steps(rows: dict[str, list[Bar]], milestones: pd.DataFrame) -> None:
    """A row per grid step that was not there at the start: its stages, or one bar, and its end as a mark."""
    events = milestones[_of_steps(milestones)]
    ends = events[events["kind"].isin(["energised", "cancelled"]) & (events["time_d"] >= 0.0)]
    for site, step, kind, end_d in zip(*(ends[c] for c in ("site", "item", "kind", "time_d")), strict=True):
        own = events[events["site"] == site]
        bars = rows.setdefault(_name(site, "", step), [])
        applied = own[(own["item"] == step) & (own["kind"] == "applied")]["time_d"]
        bars += [(float(start_d), end_d, ORANGE) for start_d in applied]
        stages = own[own["item"].str.startswith(f"{step}.")]
        spans: dict[str, list[Bar]] = {}
        _add_spans(spans, stages, "started", "finished", ORANGE)
        for name, found in spans.items():
            colour = OF_STEP.get(name.rpartition(".")[2], ORANGE)
            bars += [(start_d, stop_d, colour) for start_d, stop_d, _ in found]
        mark = HANDED_OVER if kind == "energised" else CAUSES["cancelled"]
        bars.append((end_d - MARK_D, end_d + MARK_D, mark))


def _labels(projection: Projection) -> dict[str, list[Label]]:
    """What is written on the rows: MW of grid steps, and how many systems are delivered."""
    events = projection.milestones[projection.milestones["time_d"] >= 0.0]
    labels: dict[str, list[Label]] = {}
    steps = events[_of_steps(events) & (events["kind"] == "energised")]
    for site, phase, step, end_d, mw in _tuples(steps, "time_d", "amount"):
        labels.setdefault(_name(site, phase, step), []).append((end_d, f"{megawatts(mw)} MW"))
    delivered = events[events["kind"] == "delivered"].groupby(["site", "phase", "item"])
    for key, own in delivered:
        for time_d, systems in _together(own):
            labels.setdefault(_name(*map(str, key)), []).append((time_d, f"{count(systems)} {DELIVERED}"))
    return labels


def _together(delivered: pd.DataFrame) -> list[tuple[float, float]]:
    """Deliveries close to each other as one: time of the first and systems of all."""
    found: list[tuple[float, float]] = []
    for time_d, systems in zip(delivered["time_d"], delivered["amount"], strict=True):
        if found and time_d - found[-1][0] <= TOGETHER_D:
            found[-1] = found[-1][0], found[-1][1] + systems
        else:
            found.append((time_d, systems))
    return found


def _colour(cause: str) -> str:
    """Colour of a wait; those for a stage of a grid step are as those for all of it."""
    return CAUSES[GRID] if cause.startswith(OF_GRID) else CAUSES.get(cause, GREY)


def _tuples(table: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """Site, phase, item and further columns of each row."""
    return list(zip(*(table[name].to_list() for name in ("site", "phase", "item", *columns)), strict=True))


def _name(site: str, phase: str, item: str) -> str:
    return f"{site}{'.' + phase if phase else ''} {item}"


def _add_spans(rows: dict[str, list[Bar]], events: pd.DataFrame, first: str, last: str, colour: str) -> None:
    """Bars from the first kind of milestone of an item to the second, the nth to the nth."""
    keys = ["site", "phase", "item"]
    starts = {key: own["time_d"].to_list() for key, own in events[events["kind"] == first].groupby(keys)}
    for key, own in events[events["kind"] == last].groupby(keys):
        bars = rows.setdefault(_name(*map(str, key)), [])
        bars += [(a, b, colour) for a, b in zip(starts.get(key, []), own["time_d"].to_list(), strict=False)]


def _add_service(rows: dict[str, list[Bar]], events: pd.DataFrame, end_d: float) -> None:
    """Bars of service, from the first system of an order to its last one's retirement or the horizon."""
    for key, own in events.groupby(["site", "phase", "item"]):
        served = own[own["kind"] == "in_service"]
        if len(served):
            left = own[own["kind"] == "retired"]["amount"].sum() >= served["amount"].sum()
            last_d = float(own["time_d"].max()) if left else end_d
            bar = (float(served["time_d"].min()), last_d, IN_SERVICE)
            rows.setdefault(_name(*map(str, key)), []).insert(0, bar)


def _draw(ax: Axes, rows: list[tuple[str, list[Bar]]], start: float) -> None:
    """Rows from top to bottom; service below, works and waits above it."""
    for number, (_, bars) in enumerate(rows):
        for start_d, end_d, colour in bars:
            thin = 0.3 if colour == IN_SERVICE else 0.75
            ax.barh(number, end_d - start_d, thin, left=start + start_d, color=colour, lw=0)
    ax.set_yticks(range(len(rows)), [name for name, _ in rows], fontsize=9)
    ax.set_ylim(len(rows) - 0.3, -0.7)


def _write(ax: Axes, labels: dict[str, list[Label]], names: list[str], start: float) -> None:
    """Write labels: MW to the right of their time, counts of deliveries to the left of their mark."""
    ground = {"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 0.6}
    for number, name in enumerate(names):
        for time_d, text in labels.get(name, []):
            is_count = text.endswith(DELIVERED)
            at, side = (time_d, "right") if is_count else (time_d + 2.0 * MARK_D, "left")
            ax.text(
                start + at,
                number,
                text,
                ha=side,
                va="center",
                fontsize=7,
                bbox=ground,
                parse_math=False,
                clip_on=True,
            )


def _frame(projection: Projection, ax: Axes, start: float) -> None:
    """Axis of dates and the legend of colours."""
    months = pd.DatetimeIndex(projection.monthly["month"].to_numpy())
    ax.set_xlim(start, float(date2num(months[-1])) + DAYS_PER_MONTH)  # type: ignore[no-untyped-call]
    locator = AutoDateLocator(minticks=4, maxticks=14)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    ax.grid(visible=False, axis="y")
    named = {f"grid {stage}": colour for stage, colour in OF_STEP.items()} | {
        "work": WORK,
        "in service": IN_SERVICE,
        "equipment on order": GREY,
        "handed over, energised": HANDED_OVER,
    }
    named |= {
        cause if cause == "cancelled" else f"waits for {cause}": colour for cause, colour in CAUSES.items()
    }
    handles = [Patch(color=colour, label=label) for label, colour in named.items()]
    ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.04), ncols=6, fontsize=9)
