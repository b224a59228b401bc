"""A report to send: one HTML file with all in it, from what is computed already."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.console import Console

from capsim.errors import CapsimError
from capsim.projection import NONE, Projection, cash_flow_by_year, finite, month, scaled
from capsim.report import answer_figures, money_figures, projection_figures
from capsim.report.figure_cells import in_a_row, title_with_unit
from capsim.report.figure_style import axes_of, style
from capsim.report.gantt import gantt
from capsim.report.opening import about_projection, dates_of_all, goals_of
from capsim.report.relief_tables import best_in_a_line
from capsim.report.result_files import RELIEF
from capsim.report.spread_tables import ranks_outside
from capsim.report.studies import study_summary
from capsim.report.study_figures import picture
from capsim.study import Audit, Ensemble, Forecast, Relief, Sensitivity
from capsim.units import KILO

CARDS = (
    "h100e_{definition}_peak",
    "critical_it_mw_end",
    "facility_peak_mw",
    "facility_gwh",
    "carbon_t",
    "water_m3",
    "capex",
    "opex",
    "lcoc_per_h100e_h",
    "npv",
)
"""Headline figures with a card each, where there is anything to state."""
WIDTH = 120
"""Width of tables in text. [characters]"""


@dataclass(frozen=True)
class Sheet:
    """A table of a report."""

    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    title: str = ""
    numeric: frozenset[int] = frozenset()
    """Columns of numbers."""


@dataclass(frozen=True)
class Shown:
    """A picture of a report."""

    title: str
    svg: Markup
    source: str
    data: Sheet = field(default_factory=Sheet)
    span: tuple[float, float] | None = None
    """Where its axis begins and ends, over the width of the picture; None where rows are not along it."""


def projection_report(projection: Projection, relief: Relief | None = None) -> str:
    """The report of a projection as HTML, without computing anything anew.

    Parameters
    ----------
    projection : Projection
        Simulated or loaded.
    relief : Relief, optional
        What it gains to lift limits.
    """
    facts = projection.facts
    ladder = Sheet() if relief is None else lifted_sheet(relief)
    return _page(
        title=facts.title or projection.name,
        about=about_projection(projection),
        sentence=sentence_of(projection),
        cards=list(cards_of(projection)),
        goals=goals_sheet(projection),
        warnings=warnings_of(projection),
        helps="" if relief is None else best_in_a_line(relief),
        ladder=ladder,
        pictures=list(pictures_of(projection)),
        tables=[_yearly(projection), _cash(projection), _scope(projection)],
        findings=[one.text for one in projection.findings],
        assumptions=_assumptions(projection),
        manifest=_manifest(projection.manifest),
    )


def study_report(result: Any) -> str:
    """The report of a study as HTML: its pictures and all of its tables."""
    about = getattr(result, "manifest", {})
    out = Console(file=io.StringIO(), width=WIDTH, markup=False, emoji=False, highlight=False, _environ={})
    out.print(study_summary(result))
    text = out.file.getvalue()  # type: ignore[attr-defined]
    source = _source(about)
    shown = [Shown(title, _svg(draw, f"study{n}"), source) for n, (title, draw) in enumerate(_drawn(result))]
    title = about.get("title") or about.get("scenario") or text.strip().partition("\n")[0]
    kind = type(result).__name__.lower()
    return _page(title=title, about=kind, pictures=shown, text=text, manifest=_manifest(finite(about)))


def saved_report(path: str | Path) -> str:
    """The report of a folder that `--out` wrote: of a projection or of an ensemble.

    Raises
    ------
    CapsimError
        If it is the folder of nothing that a report is made of.
    """
    folder = Path(path)
    if (folder / "projection.json").is_file():
        beside = folder / RELIEF
        record = json.loads(beside.read_text("utf-8")) if beside.is_file() else None
        return projection_report(Projection.load(folder), record and Relief.from_dict(record))
    if (folder / "results.json").is_file():
        of = json.loads((folder / "results.json").read_text("utf-8"))
        return study_report(Ensemble.load(folder) if "chances" in of else Relief.load(folder))
    raise CapsimError(
        f"{path}: no folder of results; capsim run FILE --out DIR and capsim ensemble FILE --out DIR make one"
    )


def _page(**parts: Any) -> str:
    """The page of its parts; every text is escaped."""
    empty: dict[str, Any] = {"sentence": "", "helps": "", "text": ""}
    empty |= dict.fromkeys(("cards", "warnings", "pictures", "tables", "findings"), ())
    empty |= dict.fromkeys(("goals", "ladder", "assumptions"), Sheet())
    pages = Environment(
        loader=PackageLoader("capsim.report", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    source = (
        "Made by capsim from saved results: nothing was computed anew, and nothing is asked of any server."
    )
    return pages.get_template("report.html").render(empty | {"source": source} | parts)


def sentence_of(projection: Projection) -> str:
    """What a board reads: what is reached and when, at what cost, and how many goals are met."""
    figures, unit = projection.headline, projection.facts.money_unit
    most = f"h100e_{projection.definition}_peak" if figures["accelerators_peak"] else "critical_it_mw_end"
    title, value = in_a_row(most, [figures[most]], unit)
    dates = dates_of_all(projection)
    last = dates.get("last_in_service", dates.get("last_ready", ""))
    parts = [f"{title}: {value}"]
    if dates:
        parts.append(
            "the last of it never inside the horizon" if last is None else f"the last of it in {month(last)}"
        )
    parts.append(f"for {scaled(figures[f'capex_{projection.currency}'])} {unit} of capex")
    goals = projection.targets
    met = sum(goal.met for goal in goals)
    return ", ".join(parts) + (f"; {met} of {len(goals)} goals are met." if goals else ".")


def warnings_of(projection: Projection) -> list[str]:
    """What is strange, in whole sentences."""
    told = [one.text for one in projection.findings if one.severity == "warning"]
    if projection.spread is not None and projection.spread.outside:
        told.append(f"Among its own draws the plan is {', '.join(ranks_outside(projection.spread))}.")
    return told


def cards_of(projection: Projection) -> Iterator[dict[str, str]]:
    """Headline figures with plan, P50 and P80."""
    spread = projection.spread
    for pattern in CARDS:
        name = pattern.format(definition=projection.definition)
        key = next((k for k in projection.headline if k in (name, _in_money(projection, name))), name)
        of_draws = {} if spread is None else spread.figures.get(key, {})
        values = [projection.headline[key], *(of_draws[end] for end in ("p50", "p80") if of_draws)]
        title, plan, *ends = in_a_row(key, values, projection.facts.money_unit)
        if plan not in (NONE, "0"):
            sure = f"P50 {ends[0]}, P80 {ends[1]}" if ends else ""
            yield {"name": key, "title": title, "plan": plan, "spread": sure}


def _in_money(projection: Projection, name: str) -> str:
    stem, per, of = name.partition("_per_")
    return f"{stem}_{projection.currency}{per}{of}"


def goals_sheet(projection: Projection) -> Sheet:
    """Targets, what is reached, and with draws how surely."""
    goals = goals_of(projection)
    has_draws = any(goal.spread for goal in goals)
    heads = ["target", "by", "reached", "in", *(("P10", "P50", "P90") if has_draws else ()), "met"]
    rows = [[g.title, g.by, g.reached, g.crossed, *g.spread, g.met] for g in goals]
    return Sheet(heads, rows, numeric=frozenset(range(1, len(heads))))


def lifted_sheet(relief: Relief) -> Sheet:
    """Limits lifted, and what that gains."""
    names = [name for name in relief.plan if relief.plan[name] == relief.plan[name]]
    heads = ["limit lifted", "what that means", *(title_with_unit(n, relief.units[n]) for n in names)]
    heads = [head if i < 2 else f"{head} (change)" for i, head in enumerate(heads)]
    rows = [[row.limit, row.what, *(scaled(row.gain.figures[n]) for n in names)] for row in relief.lifted]
    return Sheet(heads, rows, numeric=frozenset(range(2, len(heads))))


Draw = Callable[[Axes], Axes]


def pictures_of(projection: Projection) -> Iterator[Shown]:
    """Pictures of a projection with the numbers behind them."""
    source = _source(projection.manifest)
    monthly = _monthly(projection)
    of_months = ("capacity", "power", "cumulative_cost")
    titles = {
        "capacity": "Capacity",
        "power": "Power and its limits",
        "energy_and_carbon": "Energy and carbon",
        "cumulative_cost": "Cost since the start",
    }
    for name, title in titles.items():
        draw = partial(getattr(projection_figures, name), projection)
        data = monthly if name in of_months else _yearly(projection)
        yield _with_data(title, draw, name, source, data, is_along=name in of_months)
    levelised = projection.levelised
    yield _with_data(
        "Levelised cost by item",
        partial(money_figures.levelised_split, projection),
        "levelised",
        source,
        _frame(levelised),
    )
    cash = _frame(projection.cash_flow.assign(month=projection.cash_flow["month"].astype(str).str[:7]))
    draw = partial(money_figures.cash_and_funding, projection)
    yield _with_data("Cash, and who pays", draw, "cash", source, cash)
    yield Shown("Build-out", _svg_of(gantt(projection), "gantt"), source, _milestones(projection))


def _with_data(
    title: str, draw: Draw, name: str, source: str, data: Sheet, *, is_along: bool = False
) -> Shown:
    """A picture drawn on axes of its own."""
    with style():
        ax = draw(axes_of(None))
        svg = _svg_of(ax.figure, name)  # type: ignore[arg-type]
        box = ax.get_position()
    return Shown(title, svg, source, data, (round(box.x0, 4), round(box.x1, 4)) if is_along else None)


def _drawn(result: Any) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """Pictures of a study."""
    if isinstance(result, Ensemble):
        yield "How sure by when", lambda: _figure(answer_figures.chances_over_time(result))
    if isinstance(result, Relief):
        yield "Ladder", lambda: _figure(answer_figures.relief_ladder(result))
    elif isinstance(result, Audit):
        yield "Among reference builds", lambda: _figure(answer_figures.audit_scatter(result))
    elif isinstance(result, Forecast):
        yield "So far, and to come", lambda: _figure(answer_figures.s_curve_chart(result))
    elif picture.dispatch(type(result)) is not picture.dispatch(object):
        yield "Spread" if isinstance(result, Ensemble) else "Picture", lambda: picture(result)
    if isinstance(result, Sensitivity) and result.indices is not None:
        yield "Indices", lambda: _figure(answer_figures.sobol_bars(result))


def _figure(ax: Axes) -> Figure:
    return ax.figure  # type: ignore[return-value]


def _svg(draw: Callable[[], Figure], name: str) -> Markup:
    with style():
        return _svg_of(draw(), name)


def _svg_of(figure: Figure, name: str) -> Markup:
    """A picture as SVG, with names of its own so that several stand in one page."""
    text = io.StringIO()
    with style() as _:
        import matplotlib as mpl

        mpl.rcParams["svg.fonttype"] = "none"
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r"url\(#", f"url(#{name}-", svg)
    svg = re.sub(r'xlink:href="#', f'xlink:href="#{name}-', svg)
    return Markup(svg)  # matplotlib has escaped what is text


def _monthly(projection: Projection) -> Sheet:
    """Levels and sums of the portfolio by month."""
    names = [
        "accelerators",
        f"h100e_{projection.definition}",
        "critical_it_mw",
        "grid_mw",
        "facility_peak_mw",
    ]
    names += ["facility_mwh", "carbon_t", "water_m3"]
    of = projection.monthly.drop_dims("cause").sum("site")[names].to_dataframe()
    heads = ["month", *(title_with_unit(name, projection.facts.money_unit) for name in names)]
    rows = [
        [f"{day:%Y-%m}", *(_cell(value) for value in row)]
        for day, row in zip(of.index, of.to_numpy(), strict=True)
    ]
    return Sheet(heads, rows, numeric=frozenset(range(1, len(heads))))


def _yearly(projection: Projection) -> Sheet:
    return _frame(projection.yearly.reset_index(), title="By year")


def _cash(projection: Projection) -> Sheet:
    unit = projection.facts.currency
    return _frame(cash_flow_by_year(projection.cash_flow), title=f"Cash flow by year, {unit}, nominal")


def _scope(projection: Projection) -> Sheet:
    """What is in the money by site, and from which item."""
    scope = projection.facts.scope
    rows = [
        [site, part, ", ".join(items) or "out"] for site, of in scope.items() for part, items in of.items()
    ]
    return Sheet(["site", "part", "from"], rows, "What is in the money")


def _milestones(projection: Projection) -> Sheet:
    """Dates of every phase."""
    dates = projection.facts.dates
    kinds = list(dict.fromkeys(kind for of in dates.values() for kind in of))
    rows = [[place, *(of.get(kind) or "never" for kind in kinds)] for place, of in dates.items()]
    return Sheet(["phase", *(kind.replace("_", " ") for kind in kinds)], rows, "Dates of phases")


def _assumptions(projection: Projection) -> Sheet:
    table = projection.assumptions
    return Sheet([str(c) for c in table.columns], [[str(v) for v in row] for row in table.to_numpy()])


def _manifest(about: dict[str, Any]) -> Sheet:
    rows = [
        [key, value if isinstance(value, str) else json.dumps(value, default=str)]
        for key, value in about.items()
    ]
    return Sheet(["what", "value"], rows)


def _frame(table: pd.DataFrame, title: str = "") -> Sheet:
    """A table of numbers and words."""
    heads = [str(name).replace("_", " ") for name in table.columns]
    numeric = frozenset(i for i, kind in enumerate(table.dtypes) if pd.api.types.is_numeric_dtype(kind))
    rows = [[_cell(value) for value in row] for row in table.itertuples(index=False, name=None)]
    return Sheet(heads, rows, title, numeric)


def _cell(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    return NONE if value != value else f"{value:,.0f}" if abs(value) >= KILO else f"{value:.4g}"  # noqa: PLR0124


def _source(about: dict[str, Any]) -> str:
    """Where a picture is from."""
    digest, versions = str(about.get("digest", ""))[:12], about.get("versions", {})
    parts: Iterable[str] = (
        f"capsim {versions.get('capsim', '')}".strip(),
        str(about.get("scenario", "")),
        f"digest {digest}" if digest else "",
        f"seed {about['seed']}" if "seed" in about else "",
    )
    return "Source: " + ", ".join(part for part in parts if part)
