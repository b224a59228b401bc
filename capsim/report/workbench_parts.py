"""What the workbench shows of a projection, as plain data: parts of the report, and lines for its charts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from capsim.projection import Projection, of_category
from capsim.report.figure_cells import cells_of
from capsim.report.helps import lifted_sheet
from capsim.report.html_report import cards_of, goals_sheet, sentence_of, warnings_of
from capsim.report.opening import about_projection
from capsim.report.page_pictures import pictures_of_projection
from capsim.report.picture_numbers import steps_of
from capsim.report.relief_tables import best_in_a_line
from capsim.report.sheets import Sheet
from capsim.units import HOURS_PER_DAY
from capsim.vocabulary import DECLARED, Category

if TYPE_CHECKING:
    from capsim.study import Comparison, Relief

WITH_ACCELERATORS = ("lcoc_per_h100e_h", "h100e_h", "capex", "facility_gwh")
WITHOUT = ("levelised_cost_per_it_mwh", "it_gwh", "capex", "facility_gwh")
"""Figures that sliders may be ranked by, the first where none is asked for."""


def projection_parts(projection: Projection, relief: Relief | None = None) -> dict[str, Any]:
    """What is reached, what it takes and what is strange, in the words of the report, and lines by month.

    Parameters
    ----------
    projection : Projection
        Of a run; with its spread, cards and targets have percentiles.
    relief : Relief, optional
        What it gains to lift limits.
    """
    facts = projection.facts
    figures = WITH_ACCELERATORS if projection.headline["accelerators_peak"] else WITHOUT
    return {
        "title": facts.title or projection.name,
        "about": about_projection(projection),
        "sentence": sentence_of(projection),
        "cards": list(cards_of(projection)),
        "goals": _plain(goals_sheet(projection)),
        "warnings": warnings_of(projection),
        "helps": "" if relief is None else best_in_a_line(relief),
        "ladder": _plain(Sheet() if relief is None else lifted_sheet(relief)),
        "figures": [[name, DECLARED["headline"][name].title] for name in figures],
        "charts": [_capacity(projection), _power(projection), _cost(projection)],
        "months": [f"{month:%Y-%m-%d}" for month in projection.months.index],
    }


def projection_pictures(projection: Projection) -> list[dict[str, Any]]:
    """The pictures of the report that the workbench does not draw itself."""
    live = {"Capacity", "Power and its limits"}
    shown = (
        picture for picture in pictures_of_projection(projection, None, None) if picture.title not in live
    )
    return [
        {"title": one.title, "svg": str(one.svg), "source": one.source, "data": _plain(one.data)}
        for one in shown
    ]


def comparison_shown(result: Comparison, together: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """What makes each variant differ from the first, in the words and digits of the report.

    Parameters
    ----------
    result : Comparison
        Of the workbench's variants.
    together : mapping of str to sequence of str
        Paths of the values that one slider moves, by its title: their changes are one.

    Returns
    -------
    shown : list of dict
        By variant: its `name`, and the table as `heads`, `rows` and `numeric`.
    """
    called = {path: title for title, paths in together.items() for path in paths}
    return [{"name": name} | _plain(steps_of(result, name, called)) for name in result.waterfalls]


def page_style() -> str:
    """The style of the report's page, for pages beside it."""
    page = files("capsim.report").joinpath("pages", "report.html").read_text("utf-8")
    return page.partition("<style>")[2].partition("</style>")[0].strip()


def _plain(sheet: Sheet) -> dict[str, Any]:
    rows = [list(row) for row in sheet.rows]
    return {"heads": list(sheet.heads), "rows": rows, "numeric": sorted(sheet.numeric)}


def _line(
    label: str, values: Any, colour: str, name: str = "facility_peak_mw", unit: str = "", **more: Any
) -> dict[str, Any]:
    """A line of a chart, with its values as the text of a figure; JSON has no number for what is none."""
    numbers = np.asarray(values, dtype=np.float64).tolist()
    known = [None if math.isnan(value) else value for value in numbers]
    return {"label": label, "values": known, "texts": _texts(name, numbers, unit), "colour": colour, **more}


def _texts(name: str, values: Sequence[float], unit: str = "") -> list[str]:
    """Values of a figure of the months as cards show them, of money with the size of the number."""
    title, cells = cells_of(DECLARED["monthly"][name], values, unit)
    size = title.rpartition(", ")[2].removesuffix(unit) if unit else ""
    return [f"{cell} {size}".strip() for cell in cells]


def _capacity(projection: Projection) -> dict[str, Any]:
    """Accelerators and H100-equivalents in service; power ready where there are none."""
    months, definition = projection.months, projection.definition
    lines = {
        f"h100e_{definition}": (f"H100e ({definition})", "blue"),
        "accelerators": ("accelerators", "orange"),
    }
    title, unit = "Capacity in service", "accelerators, H100e"
    if not projection.headline["accelerators_peak"]:
        lines = {"critical_it_mw": ("critical IT power", "green")}
        title, unit = "Capacity ready for service", "MW"
    marks = [
        {
            "label": f"target: {goal.goal:,.10g} {lines[goal.metric][0]}",
            "value": goal.goal,
            "text": _texts(goal.metric, [goal.goal])[0],
            "by": goal.by,
        }
        for goal in projection.targets
        if goal.metric in lines
    ]
    shown = [_line(label, months.total(name), colour, name) for name, (label, colour) in lines.items()]
    return {"title": title, "unit": unit, "lines": shown, "marks": marks}


def _power(projection: Projection) -> dict[str, Any]:
    """Facility and IT load below the power that halls and grid connections allow."""
    months = projection.months
    hours = np.asarray(months.index.days_in_month) * HOURS_PER_DAY
    lines = [
        _line("grid contracted", months.total("grid_mw"), "grey", dashed=True),
        _line("critical IT ready", months.total("critical_it_mw"), "green", dashed=True),
        _line("facility, peak", months.total("facility_peak_mw"), "red"),
        _line("facility, mean", months.total("facility_mwh") / hours, "sky", filled=True),
        _line("IT, mean", months.total("it_mwh") / hours, "blue", filled=True),
    ]
    return {"title": "Power and its limits", "unit": "MW", "lines": lines, "marks": []}


def _cost(projection: Projection) -> dict[str, Any]:
    """Money spent from the start, with the budgets of the targets."""
    capex, opex = (_spent(projection, each) for each in ("capex", "opex"))
    unit = projection.facts.money_unit
    lines = [
        _line("capex and opex", capex + opex, "orange", "capex", unit, filled=True),
        _line("capex", capex, "blue", "capex", unit, filled=True),
    ]
    return {
        "title": "Cost since the start",
        "unit": unit,
        "lines": lines,
        "marks": list(_budgets(projection)),
    }


def _budgets(projection: Projection) -> Iterator[dict[str, Any]]:
    for goal in projection.targets:
        if goal.metric == "capex" and goal.is_limit:
            (text,) = _texts("capex", [goal.goal], projection.facts.money_unit)
            label = f"capex budget by {goal.by[:4]}"
            yield {"label": label, "value": goal.goal, "text": text, "by": goal.by}


def _spent(projection: Projection, category: Category) -> np.ndarray:
    """Money spent from the start to the end of each month. [scenario currency]"""
    ledger = of_category(projection.ledger, category)
    by_month = ledger.groupby("month")[f"amount_{projection.currency}"].sum()
    return np.asarray(by_month.reindex(projection.months.index, fill_value=0.0).cumsum(), dtype=np.float64)
