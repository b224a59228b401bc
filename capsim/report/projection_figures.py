"""Pictures of a projection: functions that take a projection and return the Axes they drew on.

Nothing here touches pyplot or keeps a figure alive.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation

from capsim.models.compute import DEFINITIONS
from capsim.projection import Projection, TargetResult, first_peak, money, of_category, of_kind
from capsim.report.figure_cells import goal_title
from capsim.report.figure_style import (
    BLUE,
    DOTS_PER_INCH,
    GREEN,
    GREY,
    LEGEND_PT,
    ORANGE,
    POINTS_PER_INCH,
    PURPLE,
    RED,
    SKY,
    THOUSANDS,
    Picture,
    axes_of,
    dates_below,
    day_number,
    figure_of,
    legend_below,
    sourced,
    style,
    styled,
)
from capsim.units import GIGA, HOURS_PER_DAY, KILO, MEGA
from capsim.vocabulary import DECLARED, Category, MilestoneKind

if TYPE_CHECKING:
    import xarray as xr

SIZE_IN = (16.0, 9.0)
"""Width and height of the overview. [inch]"""
CHANGES_LEVEL: tuple[MilestoneKind, ...] = ("in_service", "retired", "ready_for_service", "energised")
"""Milestones that change what is in service, ready or energised."""
OF_CAPACITY = ("accelerators", "critical_it_mw", *(f"h100e_{definition}" for definition in DEFINITIONS))
"""Figures of capacity, whose targets the picture of it shows whatever its axis counts."""
MARKS, ROW_OF_MARKS_PT, MARK_TO_WORDS_PT = "DsP", 15.0, 8.0
"""Marks of targets that the axis does not count, and the height of the row of each above the axes. [1, pt]"""
TITLE_PT = 6.0
"""Distance of the title to what is below it. [pt]"""
RIGHT_HALF = 0.5
"""Place along the axis of dates from which on the words of a mark stand to its left. [1]"""
HEADROOM = 1.06
"""Top of the axes over the highest value."""


def overview(projection: Projection) -> Figure:
    """Capacity, power, energy with carbon, and cumulative cost on one slide.

    Parameters
    ----------
    projection : Projection
        What to draw.

    Returns
    -------
    figure : matplotlib.figure.Figure
        16:9, with its own canvas; it shows itself in a notebook.
    """
    with style():
        layout = ConstrainedLayoutEngine(w_pad=0.15, h_pad=0.15)
        figure = Picture(figsize=SIZE_IN, dpi=DOTS_PER_INCH, layout=layout)
        panels = figure.subplots(2, 2)
        for draw, ax in zip((capacity, power, energy_and_carbon, cumulative_cost), panels.flat, strict=True):
            draw(projection, ax)
        title = projection.facts.title or projection.name
        figure.suptitle(title, fontsize=20, fontweight="bold", parse_math=False)
        return sourced(figure, projection.manifest)


def save_twice(draw: Callable[[Projection], Figure | Axes], projection: Projection, path: Path) -> None:
    """Write a picture as png and svg: the same bytes for the same projection, at any time."""
    with style():
        drawn = draw(projection)
        figure = drawn if isinstance(drawn, Figure) else figure_of(drawn)
        figure.savefig(path.with_suffix(".png"), metadata={"Software": None})
        figure.savefig(path.with_suffix(".svg"), metadata={"Date": None, "Creator": None})


@styled
def capacity(projection: Projection, ax: Axes | None = None) -> Axes:
    """Accelerators and H100-equivalents in service by month, with the goals of the targets at their dates.

    Critical IT power ready for service where the projection has no accelerators; P10 to P90 of the draws
    as a band where the projection has its spread.
    """
    ax, definition = axes_of(ax, projection.manifest), projection.definition
    lines = {
        f"h100e_{definition}": (f"H100e ({definition})", BLUE, "-"),
        "accelerators": ("accelerators", ORANGE, "--"),
    }
    title, unit = "Capacity in service", "accelerators, H100e"
    if not projection.headline["accelerators_peak"]:
        lines = {"critical_it_mw": ("critical IT MW", GREEN, "-")}
        title, unit = "Capacity ready for service", "MW"
    month = _portfolio(projection)
    draws = {} if projection.spread is None else projection.spread.by_month
    for name, (label, colour, dash) in lines.items():
        days, level = _from_the_start(projection, month[name].to_numpy())
        if name in draws:
            low, high = (_from_the_start(projection, np.array(draws[name][p]))[1] for p in ("p10", "p90"))
            band = f"{label}, P10 to P90"
            ax.fill_between(days, low, high, step="post", color=colour, alpha=0.25, lw=0, label=band)
        ax.step(days, level, where="post", color=colour, ls=dash, label=label)
    others: list[TargetResult] = []
    for result in projection.targets:
        if result.metric in lines:
            label, colour, _ = lines[result.metric]
            words = f"target: {result.goal:,.10g} {label}{_when(result)}"
            _mark(projection, ax, result, (result.goal, words, colour))
        elif result.metric in OF_CAPACITY and result.by:
            others.append(result)
    ax.set(ylabel=unit)
    _finish(projection, ax)
    for row, result in enumerate(reversed(others)):
        _mark_date(projection, ax, result, row)
    ax.set_title(title, pad=TITLE_PT + ROW_OF_MARKS_PT * len(others))
    return ax


def _when(goal: TargetResult) -> str:
    return f" by {goal.by[:7]}" if goal.by else ""


def _mark_date(projection: Projection, ax: Axes, goal: TargetResult, row: int) -> None:
    """A goal in another unit than that of the axis: at its date, in a row above the axes."""
    title = goal_title(goal.metric, goal.sense, goal.goal, projection.facts.money_unit)
    words = f"target: {title}{_when(goal)}, {'met' if goal.met else 'missed'}"
    by = day_number(min(pd.Timestamp(goal.by), _ends(projection)[-1]))
    left, right = ax.get_xlim()
    height = ScaledTranslation(
        0.0, ROW_OF_MARKS_PT * (row + 0.5) / POINTS_PER_INCH, figure_of(ax).dpi_scale_trans
    )
    above = ax.get_xaxis_transform() + height
    how: dict[str, Any] = {"color": PURPLE, "ls": "", "ms": 8, "zorder": 5, "clip_on": False}
    (mark,) = ax.plot([by], [1.0], marker=MARKS[row % len(MARKS)], transform=above, gid=words, **how)
    mark.set_markerfacecolor(PURPLE if goal.met else "white")
    is_right = by - left > RIGHT_HALF * (right - left)
    # beside the mark by points, for pages take blanks before a text away
    side, away_pt = ("right", -MARK_TO_WORDS_PT) if is_right else ("left", MARK_TO_WORDS_PT)
    text: dict[str, Any] = {"ha": side, "va": "center", "fontsize": LEGEND_PT, "color": GREY}
    place: dict[str, Any] = {"xycoords": above, "xytext": (away_pt, 0.0), "textcoords": "offset points"}
    ax.annotate(words, (by, 1.0), **place, parse_math=False, annotation_clip=False, **text)


def _mark(projection: Projection, ax: Axes, goal: TargetResult, shown: tuple[float, str, str]) -> None:
    """A goal as a line up to its date and a mark there, filled where the plan meets it."""
    height, words, colour = shown
    first, last = _starts(projection)[0], _ends(projection)[-1]
    by = min(pd.Timestamp(goal.by), last) if goal.by else last
    days = [day_number(first), day_number(by)]
    label = f"{words}, {'met' if goal.met else 'missed'}"
    (line,) = ax.plot(days, [height] * 2, color=colour, ls=":", lw=1.6, zorder=4, label=label)
    line.set(marker="v" if goal.is_limit else "^", markersize=9, markevery=[1], clip_on=False)
    line.set_markerfacecolor(colour if goal.met else "white")


@styled
def power(projection: Projection, ax: Axes | None = None) -> Axes:
    """Facility and IT load by month, below the power that halls and grid connections allow."""
    ax = axes_of(ax, projection.manifest)
    month, starts, ends = _portfolio(projection), _starts(projection), _ends(projection)
    hours = np.asarray(starts.days_in_month) * HOURS_PER_DAY
    edges = starts.append(ends[-1:])
    for name, colour, alpha, label in (
        ("facility_mwh", SKY, 0.45, "facility, mean"),
        ("it_mwh", BLUE, 0.65, "IT, mean"),
    ):
        mean_mw = _until_the_end(month[name].to_numpy() / hours)
        ax.fill_between(edges, mean_mw, color=colour, alpha=alpha, step="post", lw=0, label=label)
    peak_mw = _until_the_end(month["facility_peak_mw"].to_numpy())
    ax.step(edges, peak_mw, where="post", color=RED, lw=1.8, label="facility, peak")
    for name, colour, dashes, label in (
        ("critical_it_mw", GREEN, "-.", "critical IT power ready"),
        ("grid_mw", GREY, "--", "grid power contracted"),
    ):
        days, level = _from_the_start(projection, month[name].to_numpy())
        ax.step(days, level, where="post", color=colour, ls=dashes, label=label)
    _mark_highest(ax, starts, peak_mw[:-1])
    ax.set(title="Power by month and its limits", ylabel="MW")
    return _finish(projection, ax)


def _mark_highest(ax: Axes, starts: pd.DatetimeIndex, peak_mw: np.ndarray) -> None:
    """The first month of the highest load: under a limit that binds many months are level in it."""
    at = first_peak(peak_mw)
    if peak_mw[at] > 0.0:
        label = f"highest load: {peak_mw[at]:,.0f} MW in {starts[at]:%Y-%m}"
        middle = day_number(starts[at] + pd.Timedelta(days=15))
        ax.plot([middle], [peak_mw[at]], "D", color="black", ms=6, zorder=5, label=label)


@styled
def energy_and_carbon(projection: Projection, ax: Axes | None = None) -> Axes:
    """Facility energy by year as bars, its carbon as a line against the axis on the right."""
    ax = axes_of(ax, projection.manifest)
    yearly = projection.yearly
    years = yearly.index.to_numpy()
    ax.bar(years, yearly["facility_gwh"], color=SKY, label="facility energy")
    right = ax.twinx()
    whose = DECLARED["yearly"]["carbon_t"].title
    right.plot(years, yearly["carbon_t"] / KILO, color=RED, marker="o", label=whose)
    right.set_ylabel("ktCO2e per year")
    right.grid(visible=False)
    right.spines["right"].set_visible(True)
    ax.set(title="Energy and carbon by calendar year", ylabel="GWh per year")
    ax.set_xlim(years[0] - 0.6, years[-1] + 0.6)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.grid(visible=False, axis="x")
    for each in (ax, right):
        each.yaxis.set_major_formatter(THOUSANDS)
        # an axis needs a height, also where all is 0
        each.set_ylim(0.0, max(each.dataLim.y1, 1e-9) * HEADROOM)
    legend_below(ax, [*ax.get_legend_handles_labels()[0], *right.get_legend_handles_labels()[0]])
    return ax


@styled
def water(projection: Projection, ax: Axes | None = None) -> Axes:
    """Water by calendar year: what cooling evaporates and blows down."""
    ax = axes_of(ax, projection.manifest)
    yearly = projection.yearly
    years = yearly.index.to_numpy()
    ax.bar(years, yearly["water_m3"] / KILO, color=BLUE)
    ax.set(title="Water by calendar year", ylabel="thousand m3 per year")
    ax.set_xlim(years[0] - 0.6, years[-1] + 0.6)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.yaxis.set_major_formatter(THOUSANDS)
    ax.grid(visible=False, axis="x")
    ax.set_ylim(bottom=0.0)
    return ax


@styled
def cumulative_cost(projection: Projection, ax: Axes | None = None) -> Axes:
    """Capex and opex spent from the start, one on the other, with budgets of targets at their dates."""
    ax = axes_of(ax, projection.manifest)
    days = _ends(projection).insert(0, _starts(projection)[0])
    size, name = _money_scale(projection)
    capex, opex = (np.insert(_spent(projection, each) / size, 0, 0.0) for each in ("capex", "opex"))
    ax.fill_between(days, capex, color=BLUE, alpha=0.75, lw=0, label="capex")
    ax.fill_between(days, capex, capex + opex, color=ORANGE, alpha=0.8, lw=0, label="opex")
    unit = projection.facts.money_unit
    for result in projection.targets:
        if result.metric == "capex" and result.is_limit:
            words = f"capex budget: {money(result.goal, unit)}{_when(result)}"
            _mark(projection, ax, result, (result.goal / size, words, RED))
    ax.set(title="Cost since the start", ylabel=f"{name} {unit}")
    return _finish(projection, ax)


def _portfolio(projection: Projection) -> xr.Dataset:
    """Monthly series summed over the sites."""
    return projection.monthly.drop_dims("cause").sum("site")


def _starts(projection: Projection) -> pd.DatetimeIndex:
    """First day of each month."""
    return pd.DatetimeIndex(projection.monthly["month"].to_numpy())


def _until_the_end(values: np.ndarray) -> np.ndarray:
    """The values of months with the last one once more, for steps drawn from edge to edge."""
    return np.append(values, values[-1:])


def _ends(projection: Projection) -> pd.DatetimeIndex:
    """Last day of each month: when the levels of the month are those shown."""
    return _starts(projection) + pd.offsets.MonthEnd(0)


def _from_the_start(projection: Projection, level: np.ndarray) -> tuple[pd.DatetimeIndex, np.ndarray]:
    """Levels at the ends of months, and that of the start where nothing changes in the first month."""
    first, ends = _starts(projection)[0], _ends(projection)
    changes = of_kind(projection.milestones, *CHANGES_LEVEL)["date"]
    if changes.between(first, ends[0] + pd.offsets.Day(), inclusive="right").any():
        return ends, level
    # nothing changes in the first month, so its level is that of the start
    return ends.insert(0, first), np.insert(level, 0, level[0])


def _spent(projection: Projection, category: Category) -> np.ndarray:
    """Money spent from the start to the end of each month. [scenario currency]"""
    ledger = of_category(projection.ledger, category)
    by_month = ledger.groupby("month")[f"amount_{projection.currency}"].sum()
    return np.asarray(by_month.reindex(_starts(projection), fill_value=0.0).cumsum(), dtype=np.float64)


def _money_scale(projection: Projection) -> tuple[float, str]:
    """Billions or millions, whichever the largest amount asks for."""
    most = max(_spent(projection, "capex")[-1] + _spent(projection, "opex")[-1], 0.0)
    return (GIGA, "bn") if most >= GIGA else (MEGA, "m")


def _finish(projection: Projection, ax: Axes) -> Axes:
    """Axis of dates, a floor at zero, and a legend below."""
    ax.set_xlim(*date2num([_starts(projection)[0], _ends(projection)[-1]]))  # type: ignore[no-untyped-call]
    ax.yaxis.set_major_formatter(THOUSANDS)
    dates_below(ax)
    tallest = max((float(np.max(np.asarray(line.get_ydata()))) for line in ax.get_lines()), default=0.0)
    # an axis needs a height, also where all is 0
    ax.set_ylim(0.0, max(tallest, ax.dataLim.y1, 1e-9) * HEADROOM)
    legend_below(ax)
    return ax
