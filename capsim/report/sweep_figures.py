"""The picture of a sweep: a line over the values of an axis, or a map over two."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from capsim.projection import rounded
from capsim.report.answer_openings import input_cell
from capsim.report.figure_cells import in_a_sentence, title_with_unit
from capsim.report.figure_style import THOUSANDS, WIDEST_LABEL, axes_of, figure_of, styled
from capsim.study import Sweep
from capsim.vocabulary import input_scale, with_unit

MOST_CELLS = 150
"""Cells of a heat map up to which each shows its value."""
MOST_LINES = 12
"""Lines of a sweep up to which a legend names them."""
MOST_TICKS = 24
"""Values of an axis of a heat map that are named."""
LONGEST_LEVEL = 8
"""Characters of values across a heat map from which on they are turned."""
DARK = 0.5
"""Share of the range of colours below which writing on it is white. [1]"""
ROOM = 0.12
"""Room above a figure that is the same everywhere. [1]"""
WIDEST_TITLE = 60
"""Characters of a line of the title."""


@styled
def sweep_chart(result: Sweep, ax: Axes | None = None) -> Axes:
    """A line over one axis, a heat map over two; a line per further combination beyond."""
    ax, names = axes_of(ax, result.manifest), list(result.axes)
    values = result.points[result.figure]
    unit = title_with_unit(result.figure, result.manifest["money_unit"])
    about = result.manifest
    who = about.get("title") or about["scenario"]
    ax.set_title(
        "\n".join(textwrap.wrap(f"{who}: {in_a_sentence(result.figure)}", WIDEST_TITLE)), parse_math=False
    )
    # two axes span a plane: a map says more than a bundle of lines
    if len(names) == 2:
        _heat_map(ax, result, unit)
        return ax
    lines = values.unstack(names[1:]) if len(names) > 1 else values.to_frame()
    numeric = all(isinstance(v, (int, float)) for v in lines.index)
    at = _shown(result, names[0], lines.index) if numeric else [str(v) for v in lines.index]
    for name in lines.columns:
        others = zip(names[1:], name if len(names) > 2 else [name], strict=False)
        label = ", ".join(_at_axis(result, other, value) for other, value in others)
        ax.plot(at, lines[name].to_numpy(), marker="o", label=label)
    ax.set(xlabel=_axis_label(result, names[0]), ylabel=unit)
    ax.yaxis.set_major_formatter(THOUSANDS)
    _scale_of_a_constant(ax, lines.to_numpy())
    if len(set(at)) == 1:
        ax.set_xticks(at[:1])
    if len(names) > 1 and len(lines.columns) <= MOST_LINES:
        title = ",\n".join(_axis_label(result, name) for name in names[1:])
        ax.legend(title=title, loc="center left", bbox_to_anchor=(1, 0.5))
    return ax


def places_of_sweep(result: Sweep) -> list[float]:
    """Where the points of the one axis of a sweep stand on it: at their values, or one after the other."""
    (values,) = result.axes.values()
    if all(isinstance(value, (int, float)) for value in values):
        return _shown(result, next(iter(result.axes)), values)
    return [float(n) for n in range(len(values))]


def _shown(result: Sweep, name: str, values: Iterable[float]) -> list[float]:
    """Values of an axis in the unit that its label says."""
    scale = input_scale(result.manifest.get("units", {}).get(name, ""))
    return [float(value) * scale for value in values]


def _axis_label(result: Sweep, name: str) -> str:
    """A value that is swept by its title, with its unit."""
    about = result.manifest
    words = with_unit(name, about.get("units", {}).get(name, ""), about["money_unit"])
    return "\n".join(textwrap.wrap(words, WIDEST_LABEL))


def _at_axis(result: Sweep, name: str, value: Any) -> str:
    """A point of an axis in the unit that its label says."""
    return input_cell(value, result.manifest.get("units", {}).get(name, ""), exact=True)


def _scale_of_a_constant(ax: Axes, values: np.ndarray) -> None:
    """An axis from zero where all values are one: one about the value shows differences that are none."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if low == high:
        ax.set_ylim(min(0.0, low * (1.0 + ROOM)), max(0.0, high * (1.0 + ROOM)) or 1.0)


def _heat_map(ax: Axes, result: Sweep, unit: str) -> None:
    """One cell per point, with its value where there is room."""
    (name_down, down), (name_across, across) = result.axes.items()
    grid = result.points[result.figure].to_numpy().reshape(len(down), len(across))
    low, high = float(np.nanmin(grid)), float(np.nanmax(grid))
    # a figure that is the same everywhere has no scale, and a ground that takes none of its colours
    same: dict[str, Any] = {"cmap": "Greys", "vmin": 0.0, "vmax": 1.0} if low == high else {}
    image = ax.imshow(grid * 0.0 if same else grid, aspect="auto", origin="lower", **same)
    named = ((name_across, across, ax.set_xticks), (name_down, down, ax.set_yticks))
    for name, values, set_ticks in named:
        # rounded up, so that there are at most so many ticks
        places = range(0, len(values), -(-len(values) // MOST_TICKS))
        set_ticks(places, [_at_axis(result, name, values[i]) for i in places])
    is_long = max(len(_at_axis(result, name_across, v)) for v in across) > LONGEST_LEVEL
    ax.tick_params(axis="x", labelrotation=45 if is_long else 0)
    ax.set(xlabel=_axis_label(result, name_across), ylabel=_axis_label(result, name_down))
    ax.grid(visible=False)
    if low < high:
        figure_of(ax).colorbar(image, ax=ax, label=unit, format=THOUSANDS)
    else:
        ax.set_title(f"{ax.get_title(loc='left')}, the same everywhere", parse_math=False)
    if grid.size <= MOST_CELLS:
        for (row, column), value in np.ndenumerate(grid):
            is_dark = value < low + DARK * (high - low)
            colour = "white" if is_dark else "black"
            ax.text(column, row, rounded(float(value)), ha="center", va="center", color=colour, fontsize=10)
