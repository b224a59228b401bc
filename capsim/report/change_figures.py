"""The picture of an answer that changes a plan: what it takes beside the plan as it is."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from capsim.report.figure_cells import in_a_row
from capsim.report.figure_style import (
    BLUE,
    GREY,
    ORANGE,
    THOUSANDS,
    TITLED_PT,
    WIDEST_LABEL,
    axes_of,
    legend_below,
    nothing_to_show,
    styled,
)
from capsim.report.one_page import CARDS, key_of
from capsim.study import PERCENT, Planned, Solution
from capsim.vocabulary import measure_of, parse_figure

BETTER, WORSE, OTHER = "better", "worse", "neither better nor worse"
COLOURS = {BETTER: BLUE, WORSE: ORANGE, OTHER: GREY}
ROOM = 0.45
"""Room beside the bars for their words, over the span of the bars. [1]"""


def figures_moved(result: Solution | Planned) -> list[tuple[str, float, float]]:
    """Headline figures that there are before and after: name, as the plan stands, and then. [their units]"""
    about, before, after = result.manifest, result.takes_at_present, result.takes
    keys = (
        key_of(before, name.format(definition=about["h100e"]), about["money_unit"][:3].lower())
        for name in CARDS
    )
    pairs = ((key, before.get(key, 0.0), after.get(key, 0.0)) for key in keys)
    return [(key, was, then) for key, was, then in pairs if was * then and math.isfinite(was * then)]


@styled
def changes(result: Solution | Planned, ax: Axes | None = None) -> Axes:
    """How far each headline figure moves from the plan as it is, in percent of it, better or worse."""
    ax, figures = axes_of(ax, result.manifest), figures_moved(result)
    if not figures:
        return nothing_to_show(ax, "the plan as it is has no figure to hold this against")
    unit = result.manifest["money_unit"]
    moved = np.array([PERCENT * (after / before - 1.0) for _, before, after in figures])
    sides = [_side(name, change) for (name, _, _), change in zip(figures, moved, strict=True)]
    for side, colour in COLOURS.items():
        at = [n for n, each in enumerate(sides) if each == side]
        if at:
            ax.barh(at, moved[at], color=colour, label=side)
    labels = []
    for place, ((name, before, after), change) in enumerate(zip(figures, moved, strict=True)):
        title, was, then = in_a_row(name, [before, after], unit)
        labels.append("\n".join(textwrap.wrap(title, WIDEST_LABEL)))
        words, side = f"{was} to {then}", "left" if change >= 0.0 else "right"
        offset = (5 if change >= 0.0 else -5, 0)
        how: dict[str, Any] = {"textcoords": "offset points", "ha": side, "va": "center", "fontsize": 10}
        ax.annotate(words, (change, place), offset, **how)
    ax.set_yticks(range(len(figures)), labels, fontsize=10)
    ax.invert_yaxis()
    low, high = min(float(moved.min()), 0.0), max(float(moved.max()), 0.0)
    room = ROOM * ((high - low) or 1.0)
    # words stand beyond the ends of bars
    ax.set_xlim(low - room * (low < 0.0), high + room * bool(moved.max() >= 0.0))
    ax.axvline(0.0, color=GREY, lw=1.0)
    ax.set(title="Against the plan as it is", xlabel="change, % of the plan as it is")
    ax.xaxis.set_major_formatter(THOUSANDS)
    ax.grid(visible=False, axis="y")
    legend_below(ax, below_pt=TITLED_PT)
    return ax


def _side(name: str, change: float) -> str:
    """Whether a change of a figure is for the better."""
    measure = measure_of(parse_figure(name))
    better = "neither" if measure is None else measure.better
    if better == "neither" or change == 0.0:
        return OTHER
    return BETTER if (change > 0.0) == (better == "higher") else WORSE
