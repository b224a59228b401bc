"""The pictures of a page as SVG, with the numbers behind them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from capsim.projection import Projection, plural
from capsim.report import answer_figures, money_figures, projection_figures, study_figures
from capsim.report.figure_cells import title_with_unit
from capsim.report.figure_style import axes_of, figure_of, source_of, style
from capsim.report.gantt import gantt
from capsim.report.sheets import Sheet, cell, sheet_of
from capsim.report.site_map import site_map
from capsim.study import (
    Audit,
    Comparison,
    Ensemble,
    EnsembleGrid,
    Forecast,
    Relief,
    Sensitivity,
    Sweep,
    Vintage,
)
from capsim.vocabulary import item_title, parse_figure

Draw = Callable[[Axes | None], Axes]
LEVELS = ("accelerators", "h100e_{definition}", "critical_it_mw", "grid_mw", "facility_peak_mw")
SUMS = ("facility_mwh", "carbon_t", "water_m3")
"""Series of the portfolio that are behind pictures by month."""


@dataclass(frozen=True)
class Shown:
    """A picture of a page."""

    title: str
    svg: Markup
    source: str
    data: Sheet = field(default_factory=Sheet)
    span: tuple[float, float] | None = None
    """Where its axis begins and ends, over the width of the picture; None where rows are not along it."""


def pictures_of_projection(
    projection: Projection, relief: Relief | None, baseline: Vintage | None
) -> Iterator[Shown]:
    """Pictures of a projection, in the order in which a reader asks."""
    of_months, yearly = monthly_sheet(projection), sheet_of(projection.yearly.reset_index())
    figures, money = projection_figures, money_figures
    made = partial(_drawn, projection)
    yield made("Capacity", figures.capacity, of_months, is_along=True)
    with style():
        schedule = gantt(projection, relief=relief, baseline=baseline)
        figure_of(schedule).supxlabel("")
        yield Shown(
            "Build-out", svg_of(figure_of(schedule), "gantt"), source_line(projection), _dates(projection)
        )
    yield made("Power and its limits", figures.power, of_months, is_along=True)
    if projection.hourly is not None:
        yield made("Hours of a year", answer_figures.duration_and_design, Sheet())
    yield made("Energy and carbon", figures.energy_and_carbon, yearly)
    if projection.yearly["water_m3"].any():
        yield made("Water", figures.water, yearly)
    yield made("Where the cost goes", money.cost_waterfall, _costs(projection))
    yield made(
        "Levelised cost by item", money.levelised_split, sheet_of(_titled(projection, projection.levelised))
    )
    cash = projection.cash_flow.assign(month=projection.cash_flow["month"].astype(str).str[:7])
    yield made("Cash, and who pays", money.cash_and_funding, sheet_of(cash), is_along=True)
    if len(projection.facts.places) > 1:
        yield made("Where it stands", site_map, _places(projection))


def _drawn(
    projection: Projection, title: str, draw: Callable[..., Axes], data: Sheet, *, is_along: bool = False
) -> Shown:
    """A picture drawn on axes of its own, without the source that stands below it."""
    with style():
        ax = draw(projection, axes_of(None))
        svg = svg_of(figure_of(ax), draw.__name__)
        box = ax.get_position()
    span = (round(box.x0, 4), round(box.x1, 4)) if is_along else None
    return Shown(title, svg, source_line(projection), data, span)


def source_line(projection: Projection) -> str:
    """Where the pictures of a projection are from."""
    return source_of({**projection.manifest, "as_of": projection.facts.as_of})


def shown_alone(title: str, draw: Callable[..., Axes], result: Any, source: str, name: str) -> Shown:
    """A picture of a result, drawn on axes of its own."""
    with style():
        ax = draw(result, None)
        figure_of(ax).supxlabel("")
        return Shown(title, svg_of(figure_of(ax), name), source)


def pictures_of_study(result: Any) -> Iterator[Shown]:
    """Pictures of a study."""
    source = source_of(answer_figures.about_of(result))
    for number, (title, draw) in enumerate(_of_study(result)):
        with style():
            ax = draw(None)
            figure_of(ax).supxlabel("")
            yield Shown(title, svg_of(figure_of(ax), f"study{number}"), source)


def _of_study(result: Any) -> Iterator[tuple[str, Draw]]:
    """Titles of pictures of a study, and what draws each."""
    answers, studies = answer_figures, study_figures
    if isinstance(result, Ensemble):
        yield "How sure by when", partial(answers.chances_over_time, result)
        for name in studies.PANELS:
            yield title_with_unit(name, result.manifest["money_unit"]), partial(_fan, result, name)
    elif isinstance(result, Comparison):
        by = parse_figure(result.manifest["by"])
        if "central" in result.figures and not by.is_date:
            yield "The options, and how sure that is", partial(studies.options_chart, result)
        for name in result.waterfalls:
            yield f"From {result.names[0]} to {name}", partial(_waterfall, result, name)
    elif isinstance(result, Forecast):
        yield "So far, and to come", partial(answers.s_curve_chart, result)
        yield "Milestones", partial(answers.trend_chart, result)
    else:
        alone: dict[type, tuple[str, Callable[..., Axes]]] = {
            Relief: ("Ladder", answers.relief_ladder),
            Audit: ("Among reference builds", answers.audit_scatter),
            EnsembleGrid: ("Variants", studies.ranges),
            Sensitivity: ("What moves it", studies.tornado),
            Sweep: ("Sweep", studies.sweep_chart),
        }
        yield from [
            (title, partial(draw, result)) for kind, (title, draw) in alone.items() if type(result) is kind
        ]
    if isinstance(result, Sensitivity) and result.indices is not None:
        yield "Indices", partial(answers.sobol_bars, result)


def _fan(result: Ensemble, name: str, ax: Axes | None) -> Axes:
    return study_figures.fan(result, ax, name)


def _waterfall(result: Comparison, name: str, ax: Axes | None) -> Axes:
    return study_figures.waterfall_chart(result, ax, name)


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


def _dates(projection: Projection) -> Sheet:
    """Dates of every phase."""
    dates = projection.facts.dates
    kinds = list(dict.fromkeys(kind for of in dates.values() for kind in of))
    rows = [[place, *(of.get(kind) or "never" for kind in kinds)] for place, of in dates.items()]
    return Sheet(["phase", *(kind.replace("_", " ") for kind in kinds)], rows, "Dates of phases")


def _costs(projection: Projection) -> Sheet:
    """Capex and opex of the horizon by item."""
    amount, ledger = f"amount_{projection.currency}", projection.ledger
    spent = ledger[ledger["category"].isin(["capex", "opex"])]
    sums = spent.groupby(["category", "item"])[amount].sum().sort_values(ascending=False).reset_index()
    return sheet_of(_titled(projection, sums).rename(columns={amount: projection.facts.money_unit}))


def _titled(projection: Projection, table: pd.DataFrame) -> pd.DataFrame:
    """A table whose items have their titles."""
    titles = projection.facts.items
    return table.assign(item=[item_title(str(item), titles) for item in table["item"]])


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
