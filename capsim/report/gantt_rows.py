"""What a Gantt picture of the build-out draws: rows of bars, marks and labels."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from capsim.buildout import CANCELLED, GRID, HAND_OVER, OF_GRID, PLANNED_START
from capsim.projection import Projection, count, megawatts, of_kind, tuples
from capsim.report.figure_style import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, SKY
from capsim.units import DAYS_PER_MONTH
from capsim.vocabulary import Cause, MilestoneKind, is_cause

WORK = SKY
CAUSES: dict[Cause, str] = {
    GRID: ORANGE,
    "own generation": "#D9A7C7",
    "funding": RED,
    "earlier phase": "#8C6D31",
    "hall": PURPLE,
    "crew": GREEN,
    "allocation": "#F0E442",
    "lead time": "#BDBDBD",
    CANCELLED: "#5B3A8C",
}
"""Colours of causes; every other cause (equipment) is grey."""
OF_PHASE: tuple[Cause, ...] = ("funding", "earlier phase")
"""Causes that hold up a phase before or after its stages, and so stand on a row of the phase itself."""
IN_SERVICE = BLUE
HANDED_OVER = "#000000"
READY = HAND_OVER
"""Name of the row of a phase itself."""
OF_STEP = {"queue": "#FAE3B4", "study": "#F2C45A", "works": "#B97F00"}
"""Colours of the stages of a grid step; every other one has that of the whole step."""
DELIVERED = "\u25bc"
"""Mark of a delivery, behind the number of systems."""
TOGETHER_D = 90.0
"""Time within which deliveries share one count, or the share of the horizon below, if that is more. [d]"""
TOGETHER_SHARE = 0.035
MOST_DETAILED = 80
"""Rows of stages and orders up to which each has its own; with more, each phase has one row."""
SpanKinds = tuple[MilestoneKind, MilestoneKind, str]
"""Kinds of milestones a bar starts and ends with, and its colour."""
SPANS: tuple[SpanKinds, ...] = (
    ("started", "finished", WORK),
    ("equipment_ordered", "equipment_delivered", GREY),
    ("install_started", "installed", WORK),
)
"""All bars between milestones."""
KEY = ("site", "phase", "item")
Key = tuple[str, str, str]
"""Site, phase and item of a row; the phase empty for a grid step, the item empty for a phase in one row."""
Bars = dict[Key, list["Bar"]]
Ended = dict[Key, float]
"""When phases (without an item) and grid steps (without a phase) were cancelled. [d]"""
WAIT = (*KEY, "cause", "start_d", "end_d")


class Bar(NamedTuple):
    """A time on a row since the start, and its colour; a mark starts and ends on one day. [d]"""

    start_d: float
    end_d: float
    colour: str


class Label(NamedTuple):
    """What is written on a row at a time since the start. [d]"""

    time_d: float
    text: str


class Row(NamedTuple):
    """A row of the picture."""

    key: Key
    bars: list[Bar]
    labels: list[Label]

    @property
    def name(self) -> str:
        """Name as the reader sees it."""
        site, phase, item = self.key
        return f"{site}{'.' + phase if phase else ''} {item}".strip()


class Picture(NamedTuple):
    """All rows, in order of site, phase and first appearance."""

    rows: list[Row]
    is_detailed: bool
    """Whether stages and orders have rows of their own, or each phase has one row."""


def rows_of(projection: Projection) -> Picture:
    """Rows per grid step, stage and order; or per grid step and phase, where those are too many.

    The row of a phase shows its critical path: what decided its date, cause by cause.
    """
    ended = _cancelled(projection.milestones)
    steps = _steps(projection, ended)
    bars = steps | _details(projection, ended)
    is_detailed = len(bars) <= MOST_DETAILED
    if not is_detailed:
        bars = steps | _paths(projection)
    labels = _labels(projection, is_detailed)
    keys = sorted(bars, key=lambda key: (_natural(key[0]), _natural(key[1]), min(bars[key]).start_d))
    return Picture([Row(key, bars[key], labels.get(key, [])) for key in keys], is_detailed)


def _natural(name: str) -> list[tuple[int, str]]:
    """A name's parts so that p2 stands before p10."""
    return [(int(part) if part.isdigit() else -1, part) for part in re.split(r"(\d+)", name)]


def _cancelled(milestones: pd.DataFrame) -> Ended:
    """When phases and grid steps were cancelled. [d]"""
    rows = tuples(of_kind(milestones, "cancelled"), *KEY, "time_d")
    return {(site, phase, "" if phase else item): time_d for site, phase, item, time_d in rows}


def _steps(projection: Projection, ended: Ended) -> Bars:
    """A row per grid step that was not there at the start: its stages, or one bar, and its end as a mark."""
    milestones = projection.milestones
    events = milestones[(milestones["phase"] == "") & (milestones["site"] != "")]
    bars_of: Bars = defaultdict(list)
    ends = of_kind(events, "energised", "cancelled")
    ends = ends[ends["time_d"] >= 0.0]
    applied = _grouped(of_kind(events, "applied"), KEY, "time_d")
    stages: Bars = defaultdict(list)
    for (site, _, item), bars in _spans(events, SPANS[0], ended).items():
        step, _, stage = item.partition(".")
        if stage:
            colour = OF_STEP.get(stage.rpartition(".")[2], ORANGE)
            stages[site, "", step] += [bar._replace(colour=colour) for bar in bars]
    for site, _, step, end_d in tuples(ends, *KEY, "time_d"):
        key = site, "", step
        bars_of[key] += [Bar(start_d, end_d, ORANGE) for (start_d,) in applied.get(key, ())]
        bars_of[key] += stages.get(key, ())
        bars_of[key].append(Bar(end_d, end_d, CAUSES[CANCELLED] if key in ended else HANDED_OVER))
    for site, phase, item, cause, start_d, end_d in tuples(projection.waits, *WAIT):
        if item and not phase:
            bars_of[site, "", item.partition(".")[0]].append(Bar(start_d, end_d, _colour(cause)))
    return _shown(bars_of, ended)


def _details(projection: Projection, ended: Ended) -> Bars:
    """A row per stage, order and piece of equipment of each phase, and one for its hand-over."""
    events = projection.milestones[projection.milestones["phase"] != ""]
    bars_of: Bars = defaultdict(list)
    horizon_d = len(projection.months.index) * DAYS_PER_MONTH
    for kinds in SPANS:
        open_d = horizon_d if kinds[0] == "equipment_ordered" else -math.inf  # never delivered
        for key, bars in _spans(events, kinds, ended, open_d).items():
            bars_of[key] += bars
    for site, phase, item, cause, start_d, end_d in tuples(projection.waits, *WAIT):
        if phase and (item or cause in OF_PHASE):
            bars_of[site, phase, item or READY].append(Bar(start_d, end_d, _colour(cause)))
    for site, phase, _, time_d in tuples(of_kind(events, "ready_for_service"), *KEY, "time_d"):
        bars_of[site, phase, READY].append(Bar(time_d, time_d, HANDED_OVER))
    for site, phase, item, time_d in tuples(of_kind(events, "cancelled"), *KEY, "time_d"):
        mark = Bar(time_d, time_d, CAUSES[CANCELLED])
        bars_of[site, phase, READY].append(mark)
        if (site, "", item) not in ended:  # a stage of the phase ended it, not its grid step
            bars_of[site, phase, item].append(mark)
    return _with_service(_shown(bars_of, ended), projection, by_item=True)


def _paths(projection: Projection) -> Bars:
    """A row per phase: its critical path, its end as a mark, and its fleet in service."""
    events = projection.milestones[projection.milestones["phase"] != ""]
    stages = set(tuples(of_kind(events, "started"), *KEY))
    bars_of: Bars = defaultdict(list)
    for site, phase, item, cause, start_d, end_d in tuples(projection.waits, *WAIT):
        if phase and not item and cause not in (PLANNED_START, CANCELLED):
            colour = WORK if (site, phase, cause) in stages else _colour(cause, of_step=OF_STEP)
            bars_of[site, phase, ""].append(Bar(start_d, end_d, colour))
    marks: dict[MilestoneKind, str] = {"ready_for_service": HANDED_OVER, "cancelled": CAUSES[CANCELLED]}
    for kind, colour in marks.items():
        for site, phase, _, time_d in tuples(of_kind(events, kind), *KEY, "time_d"):
            bars_of[site, phase, ""].append(Bar(time_d, time_d, colour))
    _add_waits_of_orders(bars_of, projection)
    return _with_service(_shown(bars_of, {}), projection, by_item=False)


def _add_waits_of_orders(bars_of: Bars, projection: Projection) -> None:
    """What the orders of a phase wait for once it is ready."""
    events = projection.of_kind("ready_for_service")
    ready_d = {(site, phase): time_d for site, phase, _, time_d in tuples(events, *KEY, "time_d")}
    for site, phase, item, cause, start_d, end_d in tuples(projection.waits, *WAIT):
        since_d = max(start_d, ready_d.get((site, phase), math.inf))
        if phase and item and end_d > since_d:
            bars_of[site, phase, ""].append(Bar(since_d, end_d, _colour(cause)))


def _shown(bars_of: Bars, ended: Ended) -> Bars:
    """Bars from the start on, and up to the cancellation of their phase or grid step; no empty rows."""
    shown: Bars = {}
    for key, bars in bars_of.items():
        site, phase, item = key
        last_d = ended.get((site, phase, "") if phase else (site, "", item), math.inf)
        kept = [
            Bar(max(bar.start_d, 0.0), min(bar.end_d, last_d), bar.colour)
            for bar in bars
            if bar.end_d >= 0.0 and (bar.start_d < last_d or bar.start_d == bar.end_d)
        ]
        if kept:
            shown[key] = kept
    return shown


def _colour(cause: str, of_step: dict[str, str] | None = None) -> str:
    """Colour of a wait; a stage of a grid step has that of the whole, or its own where given."""
    if cause.startswith(OF_GRID):
        return (of_step or {}).get(cause.removeprefix(OF_GRID), CAUSES[GRID])
    return CAUSES.get(cause, GREY) if is_cause(cause) else GREY


def _spans(events: pd.DataFrame, kinds: SpanKinds, ended: Ended, open_d: float = -math.inf) -> Bars:
    """Bars from a kind of milestone of an item to another, the nth to the nth.

    What began and was not done when its phase was cancelled ends there; else it goes on to a time `open_d`.
    """
    first, last, colour = kinds
    stops = _grouped(of_kind(events, last), KEY, "time_d")
    bars_of: Bars = {}
    for key, begun in _grouped(of_kind(events, first), KEY, "time_d").items():
        site, phase, item = key
        starts, ends = [start_d for (start_d,) in begun], [stop_d for (stop_d,) in stops.get(key, ())]
        end_d = ended.get((site, phase, "") if phase else (site, "", item.partition(".")[0]), open_d)
        # what began more often than it was done ends with its phase, or stays open
        ends = [*ends, *[end_d] * (len(starts) - len(ends))]
        pairs = zip(starts, ends, strict=False)
        bars_of[site, phase, item] = [
            Bar(start_d, stop_d, colour) for start_d, stop_d in pairs if stop_d > start_d
        ]
    return bars_of


def _with_service(shown: Bars, projection: Projection, *, by_item: bool) -> Bars:
    """Rows with their times in service; a fleet there from the start gets no row for them alone."""
    for (site, phase, item), bars in _service(projection).items():
        key = site, phase, item if by_item else ""
        if key in shown or bars[0].start_d > 0.0:
            shown.setdefault(key, []).extend(bars)
    return shown


def _service(projection: Projection) -> Bars:
    """Bars of the times in which any system of an order is in service, up to the horizon."""
    events = projection.of_kind("in_service", "retired")
    end_d = len(projection.months.index) * DAYS_PER_MONTH
    bars_of: Bars = {}
    for key, changes in _grouped(events, KEY, "kind", "time_d", "amount").items():
        level, since_d, bars = 0.0, 0.0, []
        signed = [(time_d, amount if kind == "in_service" else -amount) for kind, time_d, amount in changes]
        # on one day what comes counts before what goes: a refresh leaves no gap
        for time_d, change in sorted(signed, key=lambda e: (e[0], -e[1])):
            if level <= 0.0:
                since_d = max(time_d, 0.0)
            level += change
            if level <= 0.0:
                bars += [Bar(since_d, time_d, IN_SERVICE)] if time_d > since_d else []
        if level > 0.0:
            bars.append(Bar(since_d, end_d, IN_SERVICE))
        if bars:
            bars_of[key] = bars
    return bars_of


def _grouped(events: pd.DataFrame, by: Sequence[str], *columns: str) -> dict[Any, list[tuple[Any, ...]]]:
    """Values of columns by what the rows have in others, sorted by that; rows in order.

    A frame for each of thousands of groups would take longer than all else of the picture.
    """
    groups: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
    for key, row in zip(tuples(events, *by), tuples(events, *columns), strict=True):
        groups[key].append(row)
    return dict(sorted(groups.items()))


def _labels(projection: Projection, is_detailed: bool) -> dict[Key, list[Label]]:
    """What is written on the rows: MW of grid steps, and how many systems are delivered."""
    events = projection.milestones[projection.milestones["time_d"] >= 0.0]
    labels: dict[Key, list[Label]] = defaultdict(list)
    steps = of_kind(events[events["phase"] == ""], "energised")
    for site, _, step, end_d, mw in tuples(steps, *KEY, "time_d", "amount"):
        labels[site, "", step].append(Label(end_d, f"{megawatts(mw)} MW"))
    near_d = max(TOGETHER_D, TOGETHER_SHARE * len(projection.months.index) * DAYS_PER_MONTH)
    delivered_of = _grouped(of_kind(events, "delivered"), KEY if is_detailed else KEY[:2], "time_d", "amount")
    for key, delivered in delivered_of.items():
        site, phase, item = (*key, "")[:3]
        for time_d, systems, n in _together(delivered, near_d):
            several = f" in {n} deliveries" if n > 1 else ""
            labels[site, phase, item].append(Label(time_d, f"{count(systems)}{several} {DELIVERED}"))
    return labels


def _together(delivered: list[tuple[Any, ...]], near_d: float) -> list[tuple[float, float, int]]:
    """Deliveries close to each other as one: time of the first, systems of all, and how many they are."""
    together: list[tuple[float, float, int]] = []
    for time_d, systems in delivered:
        if together and time_d - together[-1][0] <= near_d:
            first_d, before, n = together[-1]
            together[-1] = first_d, before + systems, n + 1
        else:
            together.append((time_d, systems, 1))
    return together
