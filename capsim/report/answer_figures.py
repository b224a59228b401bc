"""Pictures of answers: ladder of reliefs, chances over time, S-curve, indices, audit, hours of a year."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory

from capsim.projection import Projection, scaled
from capsim.report.figure_cells import figure_title, goal_words, title_with_unit
from capsim.report.figure_style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    RED,
    SKY,
    THOUSANDS,
    axes_of,
    dates_below,
    day_number,
    nothing_to_show,
    styled,
)
from capsim.study import Audit, Ensemble, Forecast, Relief, Sensitivity
from capsim.units import GIGA, MEGA
from capsim.vocabulary import parse_goal

COLOURS = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY)
SIZES = ((GIGA, "bn "), (MEGA, "m "))
DASHES = ("-", "--", "-.", ":")
"""Told apart in grey, too."""


@styled
def relief_ladder(result: Relief, ax: Axes | None = None) -> Axes:
    """From the plan up, rung by rung: what each next limit gains over the ones before."""
    ax, by = axes_of(ax), result.manifest["by"]
    gains = [gain.figures[by] for gain in result.ladder]
    if not gains:
        return nothing_to_show(ax, f"no limit lifted gains: {result.end}")
    levels = result.plan[by] + np.concatenate([[0.0], np.cumsum(gains)])
    names = ["the plan", *(" and ".join(gain.limits) for gain in result.ladder)]
    places = np.arange(len(names))
    size, word = next(((s, w) for s, w in SIZES if abs(levels).max() >= s), (1.0, ""))
    ax.bar(places[:1], levels[:1] / size, color=GREY)
    better = 1.0 if result.manifest["better"] == "higher" else -1.0
    heights = np.array(gains) / size
    ax.bar(
        places[1:],
        heights,
        bottom=levels[:-1] / size,
        color=[BLUE if g * better > 0 else ORANGE for g in gains],
    )
    for place, top, value in zip(places, levels, [result.plan[by], *gains], strict=True):
        sign = "" if place == 0 or value < 0 else "+"
        ax.annotate(
            f"{sign}{scaled(value)}", (place, top / size), (0, 4), textcoords="offset points", ha="center"
        )
    ax.set_xticks(places, names, rotation=20, ha="right")
    ax.set(title="What to lift first, and what next", ylabel=f"{word}{result.units[by]} ({figure_title(by)})")
    ax.yaxis.set_major_formatter(THOUSANDS)
    ax.margins(y=0.1)
    ax.grid(visible=False, axis="x")
    return ax


@styled
def chances_over_time(result: Ensemble, ax: Axes | None = None) -> Axes:
    """Share of the draws that have reached each goal, or passed an upper bound, by month."""
    ax = axes_of(ax)
    months = pd.DatetimeIndex(result.monthly["month"].to_numpy())
    shown = [chance for chance in result.chances if any(chance.by_month)]
    if not shown:
        return nothing_to_show(ax, "no goal is reached in any draw")
    for number, chance in enumerate(shown):
        goal = parse_goal(chance.goal)
        word = " (passed)" if goal.sense == "<=" else ""
        colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
        label = f"{goal_words(goal, result.manifest['money_unit'])}{word}"
        ax.plot(months, 100.0 * np.array(chance.by_month), color=colour, ls=dash, label=label)
        if goal.month is not None:
            ax.axvline(
                day_number(pd.Timestamp(goal.month) + pd.offsets.MonthEnd(0)), color=GREY, lw=1.0, ls=":"
            )
    ax.set(title="How sure by when", ylabel="% of the draws", ylim=(0.0, 103.0))
    dates_below(ax)
    ax.legend(loc="best")
    return ax


@styled
def sobol_bars(result: Sensitivity, ax: Axes | None = None) -> Axes:
    """First-order and total indices with their 95 % intervals."""
    ax = axes_of(ax)
    if result.indices is None:
        return nothing_to_show(ax, "no indices were asked for: --sobol 256")
    table = result.indices.iloc[::-1]
    places = np.arange(len(table))
    columns = list(table.columns)
    for shift, first, colour, label in ((0.2, 0, BLUE, "first order"), (-0.2, 3, ORANGE, "total")):
        value, low, high = (table[columns[first + k]].to_numpy() for k in range(3))
        ends = np.abs(np.vstack([value - low, high - value]))
        ax.barh(places + shift, value, 0.38, color=colour, xerr=ends, ecolor=GREY, label=label)
    ax.set_yticks(places, [str(name) for name in table.index], fontsize=10)
    title = f"Share of the variance of {figure_title(result.figure)}"
    ax.set(title=title, xlabel="Sobol' index [1]")
    ax.legend(loc="lower right")
    ax.grid(visible=False, axis="y")
    return ax


@styled
def s_curve_chart(made: Forecast, ax: Axes | None = None, figure: str = "critical_it_mw") -> Axes:
    """Plan, what there was up to the data date, and P10 to P90 of what is to come."""
    ax, points = axes_of(ax), made.s_curves[figure]
    days = pd.DatetimeIndex([f"{point.month}-01" for point in points]) + pd.offsets.MonthEnd(0)

    def of(name: str) -> np.ndarray:
        return np.array([getattr(point, name) for point in points], dtype=float)

    ax.fill_between(days, of("p10"), of("p90"), color=BLUE, alpha=0.25, lw=0, label="P10 to P90")
    ax.plot(days, of("p50"), color=BLUE, label="P50")
    ax.plot(days, of("actual"), color="black", lw=2.6, label="so far")
    if not np.isnan(of("plan")).all():
        ax.plot(days, of("plan"), color=ORANGE, ls="--", label="held against")
    data_date = day_number(pd.Timestamp(made.vintage.as_of))
    ax.axvline(data_date, color=GREY, lw=1.2, ls=":")
    across = blended_transform_factory(ax.transData, ax.transAxes)
    ax.text(data_date, 0.98, " data date", transform=across, va="top", fontsize=10)
    ax.set(
        title=f"{figure_title(figure)}: so far, and to come",
        ylabel=title_with_unit(figure, "").split(", ")[-1],
    )
    ax.yaxis.set_major_formatter(THOUSANDS)
    dates_below(ax)
    # an S rises from the left: below it on the right nothing is drawn
    ax.legend(loc="lower right")
    return ax


@styled
def audit_scatter(result: Audit, ax: Axes | None = None) -> Axes:
    """Each ratio of the claim among the reference builds, as a multiple of the claim's own."""
    ax = axes_of(ax)
    ratios = [ratio for ratio in result.ratios if ratio.references]
    if not ratios:
        return nothing_to_show(ax, "no reference build has a ratio of this claim")
    for place, ratio in enumerate(ratios):
        middle = (ratio.low * ratio.high) ** 0.5
        values = [reference.value / middle for reference in ratio.references]
        labels = ("reference builds", "the claim") if not place else (None, None)
        ax.plot(values, [place] * len(values), "o", color=BLUE, alpha=0.5, label=labels[0])
        span = (ratio.low / middle, ratio.high / middle)
        ax.plot(span, (place, place), "|-", color=RED, ms=16, lw=3, label=labels[1])
    names = [f"{r.name}\n({r.basis}; {scaled((r.low * r.high) ** 0.5)} {r.unit})" for r in ratios]
    ax.set_yticks(range(len(ratios)), names, fontsize=9)
    ax.set_xscale("log", base=2)
    ax.xaxis.set_major_formatter(THOUSANDS)
    ax.invert_yaxis()
    ax.set(title="The claim among what is built", xlabel="over that of the claim")
    ax.legend(loc="best")
    return ax


@styled
def duration_and_design(projection: Projection, ax: Axes | None = None, site: str = "") -> Axes:
    """Hours of the hardest year in falling order of load, and the load on the design day; needs hours."""
    ax = axes_of(ax)
    if projection.hourly is None:
        return nothing_to_show(ax, "the hours were not kept: capsim run --hourly --out")
    name = site or str(projection.hourly["site"].to_numpy()[0])
    hour = projection.hour(name, "hardest")
    year = pd.Timestamp(str(hour.name)).year
    curve = projection.duration_curve(name, year)
    ax.plot(curve.index.to_numpy(), curve.to_numpy(), color=BLUE, label=f"facility load in {year}")
    design = projection.hour(name, "design")
    ax.axhline(float(design["facility_mw"]), color=ORANGE, ls="--", label="on the design day")
    ax.axhline(float(hour["grid_mw_usable"]), color=GREY, ls=":", label="grid power usable")
    ax.set(title=f"{name}: hours of a year by load", xlabel="hours at or above", ylabel="MW")
    ax.set_ylim(bottom=0.0)
    ax.legend(loc="lower left")
    return ax
