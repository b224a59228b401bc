"""The one style of all pictures: colours, fonts, ticks, their source, and axes where none are given."""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from io import BytesIO
from typing import Any, ParamSpec

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from matplotlib.transforms import ScaledTranslation

from capsim.units import GIGA, KILO, MEGA
from capsim.vocabulary import input_title

P = ParamSpec("P")
BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, GREY = "#56B4E9", "#CC79A7", "#595959"
"""Colours of Okabe and Ito, told apart by colour-blind readers, and a grey for limits."""
DOTS_PER_INCH = 110
STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 12.5,
    "axes.titlesize": 15,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#D9D9D9",
    "legend.fontsize": 11,
    "legend.framealpha": 0.9,
    "legend.columnspacing": 1.2,
    "lines.linewidth": 2.2,
    "svg.hashsalt": "capsim",
    "svg.fonttype": "none",  # text stays text: smaller, searchable, and quicker to write
}
WIDEST_LABEL = 42
"""Characters of a line of a label."""
SLIDE_IN = (12.0, 6.75)
"""Width and height of a picture of its own. [inch]"""
LEGEND_PT = 10.0
"""Size of the words of a legend. [pt]"""
LETTER_IN, HANDLE_IN, USED_BY_LEGEND = 0.078, 0.55, 0.82
"""Width of a letter of a legend and of a handle, and the share of the width that it may take. [inch, 1]"""
POINTS_PER_INCH = 72.0
TITLED_PT = 48.0
"""How far below axes a legend is whose axis has a title. [pt]"""
FOOTER_PT = 8.5
"""Size of the source below a picture. [pt]"""
THOUSANDS = FuncFormatter(lambda y, _: f"{y:,.10g}")
"""Ticks with separators."""


class Picture(Figure):
    """A figure with a canvas of its own, which shows itself in a notebook also where pyplot is not loaded."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        FigureCanvasAgg(self)

    def savefig(self, fname: Any, **how: Any) -> None:
        """Write it, in the style that it was drawn in."""
        with style():
            super().savefig(fname, **how)

    def _repr_png_(self) -> bytes:
        file = BytesIO()
        self.savefig(file, format="png", metadata={"Software": None})
        return file.getvalue()


@contextmanager
def style() -> Iterator[None]:
    """Defaults of matplotlib and the style above, whatever the user's configuration says."""
    with mpl.rc_context(), warnings.catch_warnings():
        # letters that the font lacks are boxes in a PNG; the names are beside it in full, and in an SVG
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font", UserWarning)
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)  # type: ignore[arg-type]  # the stub wants each key's own type
        yield


SIZES: Mapping[str, tuple[tuple[float, str], ...]] = {
    "MWh": ((MEGA, "TWh"), (KILO, "GWh")),
    "GWh": ((KILO, "TWh"),),
    "tCO2e": ((MEGA, "MtCO2e"), (KILO, "ktCO2e")),
    "m3": ((MEGA, "million m3"), (KILO, "thousand m3")),
}
"""Larger units of some, from the largest; those of all others are counted in millions and billions."""


def sized(most: float, unit: str) -> tuple[float, str]:
    """What an axis is divided by where its highest value is so high, and its unit then.

    Examples
    --------
    >>> sized(2.5e6, "GWh"), sized(4e9, "EUR2025"), sized(2e6, "H100e h"), sized(9.0, "MW")
    ((1000.0, 'TWh'), (1000000000.0, 'bn EUR2025'), (1000000.0, 'million H100e h'), (1.0, 'MW'))
    """
    if unit in SIZES:
        return next(((size, word) for size, word in SIZES[unit] if most >= size), (1.0, unit))
    is_money = unit[:3].isupper() and unit[3:7].isdigit()
    words = ("bn", "m") if is_money else ("billion", "million")
    sizes = ((size, f"{word} {unit}") for size, word in zip((GIGA, MEGA), words, strict=True))
    return next(((size, word) for size, word in sizes if most >= size), (1.0, unit))


def dates_below(ax: Axes, most: int = 9) -> None:
    """Ticks of an axis of dates, at most so many."""
    locator = AutoDateLocator(minticks=4, maxticks=most)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]


def legend_below(ax: Axes, handles: Sequence[Artist] | None = None, *, below_pt: float = 30.0) -> None:
    """A legend below the axes, in as many columns as there is room for: over them it may hide what is drawn.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        With its labels, in a layout that makes room.
    handles : sequence of matplotlib.artist.Artist, optional
        What it names; else all that is drawn with a label.
    below_pt : float
        Distance to the axes: that of ticks, and of a title of the axis where it has one. [pt]
    """
    shown = [*(ax.get_legend_handles_labels()[0] if handles is None else handles)]
    if not shown:
        return
    figure, place = figure_of(ax), ax.get_subplotspec()
    room_in = figure.get_figwidth() / (place.get_gridspec().ncols if place is not None else 1)
    widths_in = [len(str(each.get_label())) * LETTER_IN + HANDLE_IN for each in shown]
    down = ScaledTranslation(0.0, -below_pt / POINTS_PER_INCH, figure.dpi_scale_trans)
    ax.legend(
        handles=shown,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        bbox_transform=ax.transAxes + down,
        ncols=_columns(widths_in, USED_BY_LEGEND * room_in),
        fontsize=LEGEND_PT,
        borderaxespad=0.0,
    )


def _columns(widths_in: Sequence[float], room_in: float) -> int:
    """Most columns, filled one after the other, that find room: each is as wide as its widest entry."""
    for columns in range(len(widths_in), 1, -1):
        # as a legend splits them
        if sum(map(max, np.array_split(widths_in, columns))) <= room_in:
            return columns
    return 1


def styled(draw: Callable[P, Axes]) -> Callable[P, Axes]:
    """Decorator of pictures that are drawn in the style, on axes of their own where none are given."""

    @wraps(draw)
    def drawn(*arguments: P.args, **keywords: P.kwargs) -> Axes:
        with style():
            return draw(*arguments, **keywords)

    return drawn


def axes_of(
    ax: Axes | None, about: Mapping[str, Any] | None = None, size_in: tuple[float, float] = SLIDE_IN
) -> Axes:
    """The axes given, or those of a new figure, at the size of a slide, with its source in the footer.

    Parameters
    ----------
    ax : matplotlib.axes.Axes, optional
        What is drawn on; whoever made it says the source.
    about : mapping, optional
        Manifest of the result.
    size_in : tuple of float
        Width and height of a new figure. [inch]
    """
    if ax is not None:
        return ax
    figure = Picture(figsize=size_in, dpi=DOTS_PER_INCH, layout="constrained")
    if about is not None:
        sourced(figure, about)
    return figure.subplots()


def figure_of(ax: Axes) -> Figure:
    """The figure that axes are in."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def source_of(about: Mapping[str, Any]) -> str:
    """Where a picture is from: version, scenario, digest, seed, draws and data date, as far as there are.

    Examples
    --------
    >>> source_of({"scenario": "aion", "digest": "0123456789abcdef", "seed": 0})
    'Source: capsim, aion, digest 0123456789ab, seed 0'
    """
    drawn = about.get("replications", about.get("n"))
    told = [
        f"capsim {about.get('versions', about.get('libraries', {})).get('capsim', '')}".strip(),
        str(about.get("scenario") or ", ".join(about.get("scenarios", ()))),
        f"digest {str(about['digest'])[:12]}" if about.get("digest") else "",
        f"seed {about['seed']}" if "seed" in about else "",
        f"{drawn:,} draws" if drawn else "",
        f"data date {about['as_of']}" if about.get("as_of") else "",
    ]
    return "Source: " + ", ".join(part for part in told if part)


def sourced(figure: Figure, about: Mapping[str, Any]) -> Figure:
    """Write the source of a picture into its footer."""
    figure.supxlabel(source_of(about), x=0.01, ha="left", fontsize=FOOTER_PT, color=GREY, parse_math=False)
    return figure


def input_label(path: str) -> str:
    """An input by its title, in lines that leave room for what is drawn.

    Examples
    --------
    >>> input_label("system-price:dgx-b300")
    'Price of systems, dgx-b300'
    """
    return "\n".join(textwrap.wrap(input_title(path), WIDEST_LABEL))


def day_number(day: object) -> float:
    """A day as the axis of dates counts it."""
    return float(date2num(day))  # type: ignore[no-untyped-call]


def nothing_to_show(ax: Axes, why: str) -> Axes:
    """Say in the picture why there is none."""
    ax.text(0.5, 0.5, why, ha="center", va="center", transform=ax.transAxes, parse_math=False)
    ax.set_axis_off()
    return ax
