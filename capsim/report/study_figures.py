"""Figures of studies: functions that take a result and return a matplotlib Figure."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from capsim.report.figures import BLUE, DOTS_PER_INCH, GREEN, GREY, ORANGE, RED, STYLE
from capsim.study.compare import Comparison
from capsim.study.ensemble import Ensemble
from capsim.study.sensitivity import Sensitivity
from capsim.study.sweep import Sweep

SIZE_IN = (12.0, 6.75)
"""Width and height. [inch]"""
MOST_BARS = 15
PANELS = ("h100e_8bit", "critical_it_mw", "facility_peak_mw", "energy_cost")
"""Series of a fan chart."""


def _figure(rows: int = 1, columns: int = 1, title: str = "") -> tuple[Figure, np.ndarray]:
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)  # type: ignore[arg-type]  # the stub wants each key's own type
        figure = Figure(figsize=SIZE_IN, dpi=DOTS_PER_INCH, layout="constrained")
        FigureCanvasAgg(figure)
        axes = np.atleast_1d(figure.subplots(rows, columns))
        figure.suptitle(title, fontweight="bold", parse_math=False)
    return figure, axes


def fan(result: Ensemble) -> Figure:
    """Bands from P5 to P95 and from P10 to P90 with the median, of a few monthly series."""
    figure, axes = _figure(2, 2, result.manifest["title"] or result.manifest["scenario"])
    months = pd.DatetimeIndex(result.monthly["month"].to_numpy())
    for name, ax in zip(PANELS, axes.flat, strict=True):
        at = {p: result.monthly[name].sel(percentile=p).to_numpy() for p in (5, 10, 50, 90, 95)}
        ax.fill_between(months, at[5], at[95], color=BLUE, alpha=0.2, lw=0, label="P5 to P95")
        ax.fill_between(months, at[10], at[90], color=BLUE, alpha=0.35, lw=0, label="P10 to P90")
        ax.plot(months, at[50], color=BLUE, label="P50")
        ax.set(title=name, ylabel=result.monthly[name].attrs["units"])
        ax.legend(loc="upper left")
    return figure


def tornado(result: Sensitivity) -> Figure:
    """Bars from the figure at P10 to that at P90, widest on top."""
    shown = result.tornado.head(MOST_BARS).iloc[::-1]
    figure, axes = _figure(title=f"{result.manifest['scenario']}: {result.figure}")
    ax = axes[0]
    places = np.arange(len(shown))
    for column, colour, label in (
        ("at_p10", ORANGE, "value at its P10"),
        ("at_p90", BLUE, "value at its P90"),
    ):
        ax.barh(places, shown[column] - result.central, left=result.central, color=colour, label=label)
    ax.axvline(result.central, color=GREY, lw=1.2)
    ax.set_yticks(places, [str(path).removeprefix("sites.") for path in shown.index], fontsize=9)
    ax.legend(loc="lower right")
    return figure


def waterfall_chart(result: Comparison) -> Figure:
    """From the first scenario's figure to each other's, change by change."""
    figure, axes = _figure(1, max(1, len(result.waterfalls)), f"Against {result.names[0]}")
    for (name, parts), ax in zip(result.waterfalls.items(), axes, strict=False):
        effects = np.array([driver.effect for driver in parts.drivers])
        starts = parts.before + np.concatenate([[0.0], np.cumsum(effects)[:-1]])
        places = np.arange(len(effects)) + 1
        ax.bar([0, len(effects) + 1], [parts.before, parts.after], color=GREY)
        ax.bar(places, effects, bottom=starts, color=[RED if e > 0 else GREEN for e in effects])
        labels = ["before", *(driver.path for driver in parts.drivers), "after"]
        ax.set_xticks(range(len(labels)), labels, rotation=60, ha="right", fontsize=8)
        ax.set(title=name, ylabel=parts.figure)
    return figure


def sweep_chart(result: Sweep) -> Figure:
    """A line over one axis, a heat map over two; a line per further combination beyond."""
    figure, axes = _figure(title=f"{result.manifest['scenario']}: {result.figure}")
    ax, names = axes[0], list(result.axes)
    values = result.points[result.figure]
    if len(names) == 2:
        down, across = (result.axes[name] for name in names)
        grid = values.to_numpy().reshape(len(down), len(across))
        image = ax.imshow(grid, aspect="auto", origin="lower")
        ax.set_xticks(range(len(across)), [str(v) for v in across], rotation=45, ha="right")
        ax.set_yticks(range(len(down)), [str(v) for v in down])
        ax.set(xlabel=names[1], ylabel=names[0])
        ax.grid(visible=False)
        figure.colorbar(image, ax=ax, label=result.figure)
        return figure
    lines = values.unstack(names[1:]) if len(names) > 1 else values.to_frame()
    numeric = all(isinstance(v, (int, float)) for v in lines.index)
    at = list(lines.index) if numeric else [str(v) for v in lines.index]
    for name in lines.columns:
        ax.plot(at, lines[name].to_numpy(), marker="o", label=str(name))
    ax.set(xlabel=names[0], ylabel=result.figure)
    if len(lines.columns) > 1:
        ax.legend()
    return figure
