"""The pictures of a page as SVG, with the numbers behind them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, NamedTuple

import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from capsim.projection import Projection, plural
from capsim.report import answer_figures, money_figures, projection_figures
from capsim.report.figure_cells import cells_of, title_with_unit
from capsim.report.figure_style import axes_of, figure_of, source_of, style
from capsim.report.gantt import gantt
from capsim.report.sheets import Sheet, cell
from capsim.report.site_map import site_map
from capsim.study import Relief, Vintage
from capsim.vocabulary import DECLARED, item_title

LEVELS = ("accelerators", "h100e_{definition}", "critical_it_mw", "grid_mw", "facility_peak_mw")
SUMS = ("facility_mwh", "carbon_t", "water_m3")
"""Series of the portfolio that are behind pictures by month."""

VIEW_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
TALL = 0.7
"""Height over width from which on a picture has a page of its own on paper. [1]"""


@dataclass(frozen=True)
class Shown:
    """A picture of a page."""

    title: str
    svg: Markup
    source: str
    data: Sheet = field(default_factory=Sheet)
    span: tuple[float, float] | None = None
    """Where its axis begins and ends, over the width of the picture; None where rows are not along it."""
    axis: str = ""
    """Axis along which the first rows of the numbers stand: `x` or `y`; empty for none."""
    at: tuple[float | None, ...] = ()
    """Where each of them is on it, over the size of the picture from the left or the top; None of one without
    a place. [1]"""

    @property
    def is_tall(self) -> bool:
        """Whether it is too high for two of its kind to share a page."""
        box = VIEW_BOX.search(self.svg)
        return box is not None and float(box[2]) > TALL * float(box[1])


class Along(NamedTuple):
    """Where the first rows of the numbers behind a picture stand in it."""

    axis: Literal["x", "y"]
    places: Sequence[float | None]
    """As the axis counts them; None for a row that has none."""


def pictures_of_projection(
    projection: Projection, relief: Relief | None, baseline: Vintage | None
) -> Iterator[Shown]:
    """Pictures of a projection, in the order in which a reader asks."""
    of_months, yearly = monthly_sheet(projection), _yearly(projection)
    figures, money = projection_figures, money_figures
    made = partial(_drawn, projection)
    yield made("Capacity", figures.capacity, of_months, is_along=True)
    with style():
        schedule = gantt(projection, relief=relief, baseline=baseline)
        yield shown("Build-out", schedule, "gantt", source_line(projection), _dates(projection))
    yield made("Power and its limits", figures.power, of_months, is_along=True)
    if projection.hourly is not None:
        yield made("Hours of a year", answer_figures.duration_and_design, Sheet())
    by_year = Along("x", projection.yearly.index.tolist())
    yield made("Energy and carbon", figures.energy_and_carbon, yearly, by_year)
    if projection.yearly["water_m3"].any():
        yield made("Water", figures.water, yearly, by_year)
    yield made("Where the cost goes", money.cost_waterfall, *_costs(projection))
    levelised, bars = _levelised(projection)
    if levelised.rows:
        yield made("Levelised cost by item", money.levelised_split, levelised, bars)
    yield made("Cash, and who pays", money.cash_and_funding, _cash(projection), is_along=True)
    if len(projection.facts.places) > 1:
        yield made("Where it stands", site_map, _places(projection))


def shown(
    title: str, ax: Axes, name: str, source: str, data: Sheet | None = None, along: Along | None = None
) -> Shown:
    """What is drawn, as a page shows it: its source stands below it, and its numbers under the mouse.

    Parameters
    ----------
    title : str
        Heading over the picture.
    ax : matplotlib.axes.Axes
        Drawn on a figure of its own, in the style of all pictures.
    name : str
        Tells the parts of its SVG from those of others on the page.
    source : str
        Where it is from.
    data : Sheet, optional
        The numbers behind it.
    along : Along, optional
        Where their first rows stand.
    """
    figure_of(ax).supxlabel("")
    if ax.get_title(loc="left") == title:
        # it stands above the picture
        ax.set_title("")
    svg = svg_of(figure_of(ax), name)
    if along is None or not len(along.places):
        return Shown(title, svg, source, data or Sheet())
    return Shown(title, svg, source, data or Sheet(), axis=along.axis, at=_fractions(ax, along))


def _fractions(ax: Axes, along: Along) -> tuple[float | None, ...]:
    """Places on an axis over the width of the picture, or over its height from the top. [1]"""
    whole = figure_of(ax).transFigure.inverted()
    is_x = along.axis == "x"
    across = ax.get_xaxis_transform() if is_x else ax.get_yaxis_transform()

    def fraction(place: float | None) -> float | None:
        if place is None:
            return None
        x, y = whole.transform(across.transform((place, 0.5) if is_x else (0.5, place)))
        return round(float(x if is_x else 1.0 - y), 4)

    return tuple(map(fraction, along.places))


def _drawn(
    projection: Projection,
    title: str,
    draw: Callable[..., Axes],
    data: Sheet,
    along: Along | None = None,
    *,
    is_along: bool = False,
) -> Shown:
    """A picture drawn on axes of its own, without the source that stands below it."""
    with style():
        ax = draw(projection, axes_of(None))
        if not is_along:
            return shown(title, ax, draw.__name__, source_line(projection), data, along)
        svg = svg_of(figure_of(ax), draw.__name__)
        box = ax.get_position()
    span = (round(box.x0, 4), round(box.x1, 4))
    return Shown(title, svg, source_line(projection), data, span)


def source_line(projection: Projection) -> str:
    """Where the pictures of a projection are from."""
    return source_of({**projection.manifest, "as_of": projection.facts.as_of})


def svg_of(figure: Figure, name: str) -> Markup:
    """A picture as SVG, drawn once, with names of its own so that several stand in one page."""
    file = io.StringIO()
    # savefig draws twice where a layout is to be found; the layout is found while it is drawn, too
    FigureCanvasSVG(figure).print_svg(file, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->\n?", "", text, flags=re.DOTALL)
    text = re.sub(r'(\bid="|url\(#|xlink:href="#)', rf"\g<1>{name}-", text)
    return Markup(text)  # matplotlib has escaped what is text


def monthly_sheet(projection: Projection) -> Sheet:
    """Levels and sums of the portfolio by month, and P10 and P90 of the levels that have draws."""
    names = [name.format(definition=projection.definition) for name in (*LEVELS, *SUMS)]
    table = projection.monthly.drop_dims("cause").sum("site")[names].to_dataframe()
    unit = projection.facts.money_unit
    table = table.rename(columns={name: title_with_unit(name, unit) for name in names})
    draws = {} if projection.spread is None else projection.spread.by_month
    for name, of in draws.items():
        for end in ("p10", "p90"):
            table[f"{title_with_unit(name, unit)} {end.upper()}"] = of[end]
    rows = [[f"{day:%Y-%m}", *map(cell, row)] for day, row in zip(table.index, table.to_numpy(), strict=True)]
    return Sheet(["month", *map(str, table.columns)], rows, numeric=frozenset(range(1, table.shape[1] + 1)))


def place_title(projection: Projection, place: str) -> str:
    """A phase or a grid step with the title of its site.

    Parameters
    ----------
    projection : Projection
        Whose sites have titles.
    place : str
        As ``site.phase``.
    """
    site, _, rest = place.partition(".")
    title = projection.facts.places.get(site, {}).get("title", site)
    return f"{title}, {rest}" if rest else str(title)


def _dates(projection: Projection) -> Sheet:
    """Dates of every phase."""
    dates = projection.facts.dates
    kinds = list(dict.fromkeys(kind for of in dates.values() for kind in of))
    rows = [
        [place_title(projection, place), *(of.get(kind) or "never" for kind in kinds)]
        for place, of in dates.items()
    ]
    return Sheet(["phase", *(DECLARED["date"][kind].title for kind in kinds)], rows, "Dates of phases")


def _yearly(projection: Projection) -> Sheet:
    """Figures of calendar years by their titles, with their units."""
    unit = projection.facts.money_unit
    called = {one.named(projection.currency): one for one in DECLARED["yearly"].values()}
    table = projection.yearly.reset_index()
    heads, columns = [], []
    for name in map(str, table.columns):
        values = table[name].tolist()
        is_figure = name in called and pd.api.types.is_numeric_dtype(table[name])
        title = called[name].title if name in called else name
        head, cells = cells_of(called[name], values, unit) if is_figure else (title, [*map(cell, values)])
        heads.append(head)
        columns.append(cells)
    return Sheet(heads, [*zip(*columns, strict=True)], numeric=frozenset(range(1, len(heads))))


def _costs(projection: Projection) -> tuple[Sheet, Along]:
    """Capex and opex of the horizon by item, and where each has a bar of its own."""
    amount, ledger = f"amount_{projection.currency}", projection.ledger
    rows: list[list[str]] = []
    places: list[float | None] = []
    above = 0
    for category in ("capex", "opex"):
        items = ledger[ledger["category"] == category].groupby("item")[amount].sum()
        items = items[items != 0.0].sort_values(key=abs, ascending=False)
        rows += [[category, _item(projection, item), cell(value)] for item, value in items.items()]
        own = min(len(items), money_figures.MOST_STEPS)
        places += [*map(float, range(above, above + own)), *[None] * (len(items) - own)]
        # the smaller ones and the sum have a bar each
        above += own + (len(items) > own) + bool(len(items))
    heads = ["category", "item", projection.facts.money_unit]
    return Sheet(heads, rows, numeric=frozenset({2})), Along("y", places)


def _levelised(projection: Projection) -> tuple[Sheet, Along]:
    """Levelised costs by item, in the order of the picture, and where each has a bar of its own."""
    unit, table = projection.facts.money_unit, projection.levelised.set_index("item")
    of_compute = bool(projection.headline["accelerators_peak"])
    name = money_figures.levelised_name(projection.currency, of_compute=of_compute)
    order = table[name].dropna()
    order = order[order != 0.0].sort_values(key=abs, ascending=False)
    shown_rows = table.loc[order.index]
    rows = [
        [_item(projection, item), *map(cell, row)]
        for item, row in zip(shown_rows.index, shown_rows.to_numpy().tolist(), strict=True)
    ]
    heads = ["item", *(title_with_unit(str(each), unit) for each in table.columns)]
    places = [float(n) for n in range(min(len(rows), money_figures.MOST_ITEMS))]
    return Sheet(heads, rows, numeric=frozenset(range(1, len(heads)))), Along("y", places)


def _item(projection: Projection, item: object) -> str:
    """A cost item by its title."""
    return item_title(str(item), projection.facts.items)


def _cash(projection: Projection) -> Sheet:
    """Flows and balances by month, nominal."""
    table = projection.cash_flow
    ends = f"_{projection.currency}"
    heads = [
        f"{str(name).removesuffix(ends).replace('_', ' ')}, {projection.facts.currency}"
        for name in table.columns.drop("month")
    ]
    rows = [
        [str(month)[:7], *map(cell, row)]
        for month, row in zip(table["month"], table.drop(columns="month").to_numpy().tolist(), strict=True)
    ]
    return Sheet(["month", *heads], rows, numeric=frozenset(range(1, len(heads) + 1)))


def _places(projection: Projection) -> Sheet:
    """Sites with their place and power."""
    most_mw = projection.monthly["critical_it_mw"].max("month").to_series()
    rows = [
        [
            about["title"],
            about["country"],
            *(f"{about[name]:.2f}" if name in about else "" for name in ("latitude_deg", "longitude_deg")),
            f"{float(most_mw[site]):,.1f}",
        ]
        for site, about in projection.facts.places.items()
    ]
    heads = ["site", "country", "latitude", "longitude", "critical IT power, MW"]
    return Sheet(heads, rows, plural(len(rows), "site"), frozenset({2, 3, 4}))
