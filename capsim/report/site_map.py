"""A map of a portfolio's sites: outlines of countries that are shipped with it, and bubbles by MW."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from numpy.typing import NDArray

from capsim.projection import Projection
from capsim.report.figure_style import BLUE, GREY, axes_of, nothing_to_show, styled

OUTLINES = "outlines/countries.txt"
"""Rings of longitudes and latitudes: Natural Earth, 1:110m, public domain."""
CREDIT = "Outlines: Natural Earth"
LEAST_SPAN_DEG = (30.0, 16.0)
"""Width and height of what is shown at least, so that a coast or a border is near. [deg]"""
MARGIN = 0.18
"""Room around the places. [1]"""
LARGEST_PT2, LEAST_PT2 = 2200.0, 30.0
"""Area of the largest and of the smallest bubble. [pt2]"""
SHAPE = 2.0
"""Width over height of what is shown. [1]"""
CLOSE = 0.1
"""Places so near, over the width of the map, have their words on either side. [1]"""
Point = tuple[float, float]
"""Longitude and latitude. [deg]"""


@styled
def site_map(projection: Projection, ax: Axes | None = None) -> Axes:
    """Sites on a map, those at one place in one bubble, by the most critical IT power they ever have ready.

    A site stands at its own point (``climate: {nearest: [...]}``), else at the place of its climate; the
    label names sites whose place is not known.
    """
    ax = axes_of(ax, projection.manifest)
    most_mw = projection.monthly["critical_it_mw"].max("month").to_series()
    places, unknown = _by_place(projection)
    if not places:
        return nothing_to_show(ax, "the place of no site is known: climate: {nearest: [latitude, longitude]}")
    mw = {point: float(most_mw[sites].sum()) for point, sites in places.items()}
    width = _frame(ax, np.array(list(places)))
    land: dict[str, Any] = {"facecolors": "#EEF1F4", "edgecolors": "#A9B2BA", "linewidths": 0.8}
    ax.add_collection(PolyCollection([*outlines()], zorder=1, **land))
    largest = max(mw.values()) or 1.0
    for point, sites in sorted(places.items(), key=lambda place: -mw[place[0]]):
        area = max(LARGEST_PT2 * mw[point] / largest, LEAST_PT2)
        ax.scatter(*point, s=area, color=BLUE, alpha=0.55, edgecolor="white", zorder=3)
        name = projection.facts.places[sites[0]]["title"] if len(sites) == 1 else f"{len(sites)} sites"
        side = -1 if _has_neighbour(point, places, width) else 1
        ax.annotate(
            f"{name}\n{mw[point]:,.0f} MW",
            point,
            (side * (3.0 + area**0.5 / 2.0), 0),
            textcoords="offset points",
            ha="left" if side > 0 else "right",
            va="center",
            fontsize=10,
            zorder=4,
            parse_math=False,
        )
    title = f"Where it stands: {sum(mw.values()):,.0f} MW of critical IT power"
    left_out = f"; place not known of {', '.join(unknown)}" if unknown else ""
    ax.set_title(title, parse_math=False)
    ax.set_xlabel(f"{CREDIT}{left_out}", fontsize=8.5, color=GREY, loc="left", parse_math=False)
    return ax


def _by_place(projection: Projection) -> tuple[dict[Point, list[str]], list[str]]:
    """Sites by their place, and those of which none is known."""
    places: dict[Point, list[str]] = {}
    unknown = []
    for site, about in projection.facts.places.items():
        if "latitude_deg" in about:
            places.setdefault((about["longitude_deg"], about["latitude_deg"]), []).append(site)
        else:
            unknown.append(site)
    return places, unknown


def _has_neighbour(point: Point, places: Iterable[Point], width: float) -> bool:
    """Whether another place is where the words to the right of one would stand."""
    near = CLOSE * width
    return any(0.0 < x - point[0] < 2.0 * near and abs(y - point[1]) < near / 4.0 for x, y in places)


def _frame(ax: Axes, points: NDArray[np.float64]) -> float:
    """What of the world is shown, in the proportions of its middle and of a slide; its width. [deg]"""
    low, high = points.min(axis=0), points.max(axis=0)
    middle, (width, height) = (low + high) / 2.0, np.maximum(high - low, LEAST_SPAN_DEG) * (1 + 2 * MARGIN)
    stretch = 1.0 / max(float(np.cos(np.radians(middle[1]))), 0.2)
    width, height = max(width, SHAPE * stretch * height), max(height, width / (SHAPE * stretch))
    span = np.array([width, height])
    (left, bottom), (right, top) = middle - span / 2.0, middle + span / 2.0
    ax.set(xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[])
    ax.set_aspect(stretch)
    ax.grid(visible=False)
    return float(width)


@cache
def outlines() -> tuple[NDArray[np.float64], ...]:
    """Rings of the outlines of countries, each of shape (points, 2): longitude, latitude. [deg]"""
    text = files("capsim.report").joinpath(OUTLINES).read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return tuple(np.array(line.split(), dtype=np.float64).reshape(-1, 2) for line in lines)
