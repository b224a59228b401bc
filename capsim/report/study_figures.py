"""Pictures of studies: functions that take a result and return the Axes; `picture` composes them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from functools import singledispatch
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from capsim.projection import rounded
from capsim.report.answer_figures import about_of, audit_scatter, relief_ladder, s_curve_chart, trend_chart
from capsim.report.change_figures import changes
from capsim.report.figure_cells import figure_title, goal_words, in_a_sentence, title_with_unit
from capsim.report.figure_style import (
    BLUE,
    DOTS_PER_INCH,
    GREY,
    ORANGE,
    RED,
    SLIDE_IN,
    THOUSANDS,
    TITLED_PT,
    WIDEST_LABEL,
    Picture,
    axes_of,
    dates_below,
    day_number,
    figure_of,
    input_label,
    legend_below,
    nothing_to_show,
    sized,
    sourced,
    style,
    styled,
)
from capsim.report.option_titles import by_titles
from capsim.report.step_words import changed_values, step_words
from capsim.report.sweep_figures import sweep_chart
from capsim.study import (
    Audit,
    Comparison,
    Ensemble,
    EnsembleGrid,
    Forecast,
    Planned,
    Relief,
    Sensitivity,
    Solution,
    Sweep,
    Waterfall,
)
from capsim.vocabulary import DECLARED, parse_goal

MOST_BARS = 15
"""Bars of a tornado."""
MOST_STEPS = 12
"""Drivers of a waterfall with a bar of their own; the smallest beyond are one."""
ROOM_ABOVE = 1.06
"""Height of a fan chart over what is highest in it, so that a mark there stays inside. [1]"""
STEP_IN = 0.52
"""Height of a bar of a waterfall. [inch]"""
MARGIN = 0.2
"""Room beside the bars, for their numbers. [1]"""
FILLS: tuple[Literal["full", "none", "left", "right", "bottom", "top"], ...] = (
    *("full", "none", "left", "right", "bottom", "top"),
)
"""How marks of targets are filled, which tells them apart in grey; where they point says which way is met."""
PANELS = ("h100e_8bit", "critical_it_mw", "facility_peak_mw", "energy_cost")
"""Series of a fan chart."""


def _with_unit(figure: str, about: dict[str, Any]) -> str:
    """A headline figure as people call it, with its unit."""
    return title_with_unit(figure, about["money_unit"])


@singledispatch
def picture(result: object) -> Figure:
    """Picture of a study's result at the size of a slide; TypeError where it has none."""
    raise TypeError(f"a {type(result).__name__} has no picture")


def _several(
    about: dict[str, Any],
    title: str,
    rows: int,
    columns: int = 1,
    height_in: float = SLIDE_IN[1],
    **more: Any,
) -> tuple[Figure, np.ndarray]:
    """A figure of several axes with one title and one source; `more` is of the axes."""
    figure = Picture(figsize=(SLIDE_IN[0], height_in), dpi=DOTS_PER_INCH, layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, **more)
    figure.suptitle(title, fontweight="bold", parse_math=False)
    return sourced(figure, about), axes


@picture.register
def _fans(result: Ensemble) -> Figure:
    about = result.manifest
    with style():
        figure, axes = _several(about, str(about["title"] or about["scenario"]), 2, 2)
        for name, ax in zip(PANELS, axes.flat, strict=True):
            fan(result, ax, name)
    return figure


@picture.register
def _so_far_and_to_come(made: Forecast) -> Figure:
    with style():
        figure, axes = _several(
            about_of(made), f"Data date {made.vintage.as_of}", 2, height_in=2 * SLIDE_IN[1]
        )
        s_curve_chart(made, axes[0, 0])
        trend_chart(made, axes[1, 0])
    return figure


@picture.register
def _waterfalls(result: Comparison) -> Figure:
    result = by_titles(result)
    heights = [
        len(_steps(parts, result.manifest["money_unit"])) + 2 for parts in result.waterfalls.values()
    ] or [1]
    tall = max(SLIDE_IN[1], STEP_IN * sum(heights) + 1.2 * len(heights))
    title = f"What makes the difference to {result.names[0]} (central estimates)"
    with style():
        figure, axes = _several(result.manifest, title, len(heights), height_in=tall, height_ratios=heights)
        if not result.waterfalls:
            nothing_to_show(axes[0, 0], "nothing was changed that has an effect")
        for name, ax in zip(result.waterfalls, axes.flat, strict=False):
            waterfall_chart(result, ax, name)
    return figure


@styled
def fan(result: Ensemble, ax: Axes | None = None, name: str = PANELS[0]) -> Axes:
    """Bands from P5 to P95 and from P10 to P90 with the median, of a monthly series, and its goals."""
    ax = axes_of(ax, result.manifest)
    months = pd.DatetimeIndex(result.monthly["month"].to_numpy())
    unit, measure = result.monthly[name].attrs["units"], DECLARED["monthly"][name]
    top = float(np.nanmax(result.monthly[name].to_numpy()))
    size, words = sized(top, unit)
    at = {p: result.monthly[name].sel(percentile=p).to_numpy() / size for p in (5, 10, 50, 90, 95)}
    ax.fill_between(months, at[5], at[95], color=BLUE, alpha=0.2, lw=0, label="P5 to P95")
    ax.fill_between(months, at[10], at[90], color=BLUE, alpha=0.35, lw=0, label="P10 to P90")
    ax.plot(months, at[50], color=BLUE, label="P50")
    ax.set_title("\n".join(textwrap.wrap(measure.meaning, WIDEST_LABEL)), fontsize=12)
    per = " per month" if measure.fold == "sum" else ""
    ax.set(ylabel=f"{words}{per}")
    ax.yaxis.set_major_formatter(THOUSANDS)
    _mark_goals(ax, result, name, size)
    ax.set_ylim(0.0, ROOM_ABOVE * ax.dataLim.ymax or None)
    dates_below(ax)
    legend_below(ax)
    return ax


def _mark_goals(ax: Axes, result: Ensemble, name: str, size: float) -> None:
    """Goals of a series as marks at their date, the earliest first."""
    goals = [parse_goal(chance.goal) for chance in result.chances]
    shown = [one for one in goals if one.figure.name == name and not one.figure.of]
    for number, goal in enumerate(sorted(shown, key=lambda one: str(one.month))):
        if goal.month is not None:
            mark = "^" if goal.sense == ">=" else "v"
            day = day_number(pd.Timestamp(goal.month) + pd.offsets.MonthEnd(0))
            ax.plot(
                [day],
                [goal.value / size],
                mark,
                color=RED,
                fillstyle=FILLS[number % len(FILLS)],
                markerfacecoloralt="white",
                mew=1.8,
                ms=11,
                label=f"target: {goal_words(goal, result.manifest['money_unit'])}",
                zorder=5,
                clip_on=False,
            )


@styled
def ranges(result: EnsembleGrid, ax: Axes | None = None) -> Axes:
    """The figure of each variant from P5 to P95 and from P10 to P90, with its median."""
    ax = axes_of(ax, result.manifest, (SLIDE_IN[0], max(SLIDE_IN[1], STEP_IN * len(result.names))))
    spread = result.figures.xs(result.figure, level="figure").iloc[::-1]
    places = np.arange(len(spread))
    for low, high, depth in (("p5", "p95", 0.2), ("p10", "p90", 0.35)):
        label = f"{low.upper()} to {high.upper()}"
        ax.barh(places, spread[high] - spread[low], left=spread[low], color=BLUE, alpha=depth, label=label)
    ax.plot(spread["p50"], places, "o", color=BLUE, label="P50")
    ax.plot(spread["central"], places, "|", color=ORANGE, markersize=14, label="central run")
    ax.set_yticks(places, ["\n".join(textwrap.wrap(str(name), WIDEST_LABEL)) for name in spread.index])
    ax.set(title=figure_title(result.figure), xlabel=_with_unit(result.figure, result.manifest))
    ax.xaxis.set_major_formatter(THOUSANDS)
    legend_below(ax, below_pt=TITLED_PT)
    return ax


@styled
def tornado(result: Sensitivity, ax: Axes | None = None) -> Axes:
    """Bars from the figure at P10 to that at P90, widest on top."""
    ax = axes_of(ax, result.manifest)
    shown = result.tornado.head(MOST_BARS).iloc[::-1]
    places = np.arange(len(shown))
    for p, colour in ((10, ORANGE), (90, BLUE)):
        swing = shown[f"at_p{p}"] - result.central
        ax.barh(places, swing, left=result.central, color=colour, label=f"value at its P{p}")
    ax.axvline(result.central, color=GREY, lw=1.2, label=f"all central: {rounded(result.central)}")
    ax.set_yticks(places, [input_label(str(path)) for path in shown.index], fontsize=9)
    ax.set(xlabel=_with_unit(result.figure, result.manifest))
    ax.set_title(f"What moves {in_a_sentence(result.figure)}", parse_math=False)
    ax.xaxis.set_major_formatter(THOUSANDS)
    legend_below(ax, below_pt=TITLED_PT)
    return ax


@styled
def waterfall_chart(result: Comparison, ax: Axes | None = None, name: str = "") -> Axes:
    """From the first scenario's figure to that of another, the first if none is named, change by change."""
    ax = axes_of(ax, result.manifest)
    if not result.waterfalls:
        return nothing_to_show(ax, "nothing was changed that has an effect")
    name = name or next(iter(result.waterfalls))
    parts = result.waterfalls[name]
    steps = _steps(parts, result.manifest["money_unit"])
    title, unit = figure_title(parts.figure), _unit(parts.figure, result.manifest)
    levels = parts.before + np.concatenate([[0.0], np.cumsum([effect for _, effect in steps])])
    size, words = sized(float(np.abs(levels).max()), unit)
    labels = [result.names[0], *(label for label, _ in steps), name]
    _draw_steps(ax, labels, levels / size, parts.after / size, words)
    # tables have means of the draws, which are others
    ax.set_xlabel(f"{title}{', ' if words else ''}{words}: central estimates of the plans, not means")
    return ax


@styled
def options_chart(result: Comparison, ax: Axes | None = None) -> Axes:
    """The figure that ranks of each option: P10 to P90 and P50 of the draws, their mean, and the plan."""
    figure = result.manifest["by"]
    ax = axes_of(ax, result.manifest, (SLIDE_IN[0], max(3.0, 1.2 + STEP_IN * len(result.names))))
    rows = result.figures.xs(figure, level="figure").loc[[*result.names]].iloc[::-1]
    places = np.arange(len(rows))
    width = rows["p90"] - rows["p10"]
    ax.barh(places, width, 0.55, left=rows["p10"], color=BLUE, alpha=0.3, label="P10 to P90 of the draws")
    ax.plot(rows["p50"], places, "o", color=BLUE, label="P50")
    ax.plot(rows["mean"], places, "D", color="white", mec=BLUE, mew=1.6, label="mean of the draws")
    ax.plot(rows["central"], places, "|", color=RED, ms=20, mew=3, label="the plan: central estimates")
    ax.set_yticks(places, ["\n".join(textwrap.wrap(str(name), WIDEST_LABEL)) for name in rows.index])
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.set(title="The options", xlabel=_with_unit(figure, result.manifest))
    ax.xaxis.set_major_formatter(THOUSANDS)
    ax.grid(visible=False, axis="y")
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.02), ncols=4, fontsize=9)
    ax.set_title("The options", pad=32)
    return ax


Steps = Sequence[tuple[str, float]]
"""Labels and effects."""


def _steps(parts: Waterfall, money_unit: str) -> Steps:
    """Drivers in their order; of many, the smallest together."""
    by_size = sorted(parts.drivers, key=lambda driver: -abs(driver.effect))
    kept = set(by_size if len(by_size) <= MOST_STEPS else by_size[: MOST_STEPS - 1])
    steps = []
    for driver in parts.drivers:
        if driver in kept:
            _, unit, ends = changed_values(driver, money_unit)
            short = (textwrap.shorten(v.strip("{}[]"), WIDEST_LABEL // 2, placeholder=" ...") for v in ends)
            called = input_label(driver.path) if driver.path else "all changes"
            steps.append((f"{called}\n{' to '.join(short)} {unit}".rstrip(), driver.effect))
    rest = [driver.effect for driver in by_size if driver not in kept]
    return [*steps, (f"{len(rest)} smaller changes", sum(rest))] if rest else steps


def _unit(figure: str, about: dict[str, Any]) -> str:
    """Unit of a figure; empty where it has none."""
    return _with_unit(figure, about).removeprefix(figure_title(figure)).removeprefix(", ")


def _draw_steps(
    ax: Axes, labels: Sequence[str], levels: NDArray[np.float64], after: float, unit: str
) -> None:
    """Horizontal bars from zero: before, each step from a level to the next, after."""
    effects = np.diff(levels)
    low, high = min(float(levels.min()), 0.0), max(float(levels.max()), 0.0)
    room = MARGIN * ((high - low) or 1.0)
    ends = [float(levels[0]), after]
    places = np.arange(len(labels))
    ax.barh(places[[0, -1]], ends, color=GREY)
    ax.barh(places[1:-1], effects, left=levels[:-1], color=[ORANGE if e > 0 else BLUE for e in effects])
    ax.vlines(levels, np.arange(levels.size) - 0.4, np.arange(levels.size) + 1.4, color=GREY, lw=0.8)
    rights = [ends[0], *np.maximum(levels[:-1], levels[1:]), ends[1]]
    words = step_words(ends, effects.tolist(), unit)
    for at, right, word in zip(range(len(labels)), rights, words, strict=True):
        ax.annotate(word, (max(right, 0.0), at), (5, 0), textcoords="offset points", va="center")
    ax.set_yticks(places, labels, fontsize=9)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.set_xlim(low - (room if low < 0 else 0.0), high + room)
    ax.xaxis.set_major_formatter(THOUSANDS)
    ax.grid(visible=False, axis="y")


def _alone(draw: Callable[[Any], Axes]) -> Callable[[Any], Figure]:
    """The picture of a result that has one."""
    return lambda result: figure_of(draw(result))


ALONE: dict[type, Callable[[Any], Axes]] = {
    EnsembleGrid: ranges,
    Sensitivity: tornado,
    Sweep: sweep_chart,
    Relief: relief_ladder,
    Audit: audit_scatter,
    Solution: changes,
    Planned: changes,
}
"""Results with one picture, which is drawn alone."""
for kind, one in ALONE.items():
    picture.register(kind, _alone(one))
