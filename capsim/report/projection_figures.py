"""Figures of a projection: functions that take a projection and an Axes and return the Axes.

Nothing here touches pyplot or keeps a figure alive.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

from capsim.projection import Projection, money, of_category, of_kind
from capsim.report.figure_style import (
    BLUE,
    DOTS_PER_INCH,
    GREEN,
    GREY,
    ORANGE,
    RED,
    SKY,
    THOUSANDS,
    Picture,
    axes_of,
    dates_below,
    style,
    styled,
)
from capsim.units import GIGA, HOURS_PER_DAY, KILO, MEGA
from capsim.vocabulary import Category, MilestoneKind

if TYPE_CHECKING:
    import xarray as xr

SIZE_IN = (16.0, 9.0)
"""Width and height of the overview. [inch]"""
MOST_IN_TWO_COLUMNS = 4
"""Entries of a legend from which it takes a third column."""
CHANGES_LEVEL: tuple[MilestoneKind, ...] = ("in_service", "retired", "ready_for_service", "energised")
"""Milestones that change what is in service, ready or energised."""
HEADROOM_FOR_LEGEND = 1.35
"""Top of the axes over the highest value, so that the legend covers no line."""


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
    return figure


def save_twice(draw: Callable[[Projection], Figure], projection: Projection, path: Path) -> None:
    """Write a picture as png and svg: the same bytes for the same projection, at any time."""
    with style():
        figure = draw(projection)
        figure.savefig(path.with_suffix(".png"), metadata={"Software": None})
        figure.savefig(path.with_suffix(".svg"), metadata={"Date": None, "Creator": None})


@styled
def capacity(projection: Projection, ax: Axes | None = None) -> Axes:
    """Accelerators and H100-equivalents in service by month, with the goals of the targets.

    Critical IT power ready for service where the projection has no accelerators.
    """
    ax, definition = axes_of(ax), projection.definition
    lines = {f"h100e_{definition}": (f"H100e ({definition})", BLUE), "accelerators": ("accelerators", ORANGE)}
    title, unit = "Capacity in service", "accelerators, H100e"
    if not projection.headline["accelerators_peak"]:
        lines = {"critical_it_mw": ("critical IT MW", GREEN)}
        title, unit = "Capacity ready for service", "MW"
    month = _portfolio(projection)
    for name, (label, colour) in lines.items():
        days, level = _from_the_start(projection, month[name].to_numpy())
        ax.step(days, level, where="post", color=colour, label=label)
    for result in projection.targets:
        if result.metric in lines:
            label, colour = lines[result.metric]
            goal = f"target: {result.goal:,.10g} {label}"
            ax.axhline(result.goal, color=colour, ls="--", lw=1.6, label=goal)
    ax.set(title=title, ylabel=unit)
    return _finish(projection, ax)


@styled
def power(projection: Projection, ax: Axes | None = None) -> Axes:
    """Facility and IT load by month, below the power that halls and grid connections allow."""
    ax = axes_of(ax)
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
    ax.set(title="Power by month and its limits", ylabel="MW")
    return _finish(projection, ax)


@styled
def energy_and_carbon(projection: Projection, ax: Axes | None = None) -> Axes:
    """Facility energy by year as bars, its carbon as a line against the axis on the right."""
    ax, yearly = axes_of(ax), projection.yearly
    years = yearly.index.to_numpy()
    ax.bar(years, yearly["facility_gwh"], color=SKY, label="facility energy")
    right = ax.twinx()
    right.plot(years, yearly["carbon_t"] / KILO, color=RED, marker="o", label="carbon, location-based")
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
        each.set_ylim(0.0, max(each.dataLim.y1, 1e-9) * HEADROOM_FOR_LEGEND)
    (bars, energy), (line, carbon) = ax.get_legend_handles_labels(), right.get_legend_handles_labels()
    right.legend(bars + line, energy + carbon, loc="upper left", ncols=2)
    return ax


@styled
def cumulative_cost(projection: Projection, ax: Axes | None = None) -> Axes:
    """Capex and opex spent from the start, one on the other, with the budgets of the targets."""
    ax = axes_of(ax)
    days = _ends(projection).insert(0, _starts(projection)[0])
    size, name = _money_scale(projection)
    capex, opex = (np.insert(_spent(projection, each) / size, 0, 0.0) for each in ("capex", "opex"))
    ax.fill_between(days, capex, color=BLUE, alpha=0.75, lw=0, label="capex")
    ax.fill_between(days, capex, capex + opex, color=ORANGE, alpha=0.8, lw=0, label="opex")
    unit = projection.facts.money_unit
    for result in projection.targets:
        if result.metric == "capex" and result.is_limit:
            label = f"capex budget: {money(result.goal, unit)} by {result.by[:4]}"
            ax.axhline(result.goal / size, color=GREY, ls="--", lw=1.6, label=label)
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
    """Axis of dates, a floor at zero, and a legend above what is drawn."""
    ax.set_xlim(*date2num([_starts(projection)[0], _ends(projection)[-1]]))  # type: ignore[no-untyped-call]
    ax.yaxis.set_major_formatter(THOUSANDS)
    dates_below(ax)
    tallest = max((float(np.max(np.asarray(line.get_ydata()))) for line in ax.get_lines()), default=0.0)
    # an axis needs a height, also where all is 0
    ax.set_ylim(0.0, max(tallest, ax.dataLim.y1, 1e-9) * HEADROOM_FOR_LEGEND)
    entries = len(ax.get_legend_handles_labels()[0])
    ax.legend(loc="upper left", ncols=3 if entries > MOST_IN_TWO_COLUMNS else 2)
    return ax
