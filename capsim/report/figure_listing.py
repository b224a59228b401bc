"""The list of figures for a terminal and for machines: unit, meaning, which way is better, where found."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from capsim.errors import CapsimError
from capsim.projection import NONE
from capsim.report.folding import Name
from capsim.report.grids import grid, titled, words
from capsim.vocabulary import DECLARED, Measure, Place, no_result, without_currency

FOUND: dict[Place, str] = {
    "headline": "headline",
    "monthly": "by month",
    "hall": "by hall and month",
    "hourly": "by hour",
    "hour": "of one hour",
    "heat": "of a site's full halls, in results (heat) and findings",
    "yearly": "by year",
    "date": "dates of phases in studies",
}
"""Places in words."""
NOTE = (
    "Results put the currency into the name of money (capex_eur, lcoc_eur_per_h100e_h) and its price year "
    "into the unit (EUR2025); options take either name."
)


def figures_found(pattern: str = "") -> dict[Measure, list[Place]]:
    """Figures whose name has a text in it or is like a pattern with ``*``, and where each is found.

    Raises
    ------
    CapsimError
        If there is none, with the nearest names.
    """
    texts = {pattern.lower(), without_currency(pattern.lower())}
    places_of: dict[Measure, list[Place]] = {}
    for place, measures in DECLARED.items():
        for name, measure in measures.items():
            if any(fnmatch(name, f"*{text}*") for text in texts):
                places_of.setdefault(measure, []).append(place)
    if not places_of:
        raise CapsimError(no_result(pattern, (name for names in DECLARED.values() for name in names)))
    return places_of


def figures_record(pattern: str = "") -> dict[str, Any]:
    """The same for machines; `in_results` says where results have the currency of money."""
    rows = []
    for measure, places in figures_found(pattern).items():
        row = {key: value for key, value in measure._asdict().items() if not key.startswith("own_")}
        row |= {"title": measure.title, "form": measure.form, "found": places}
        rows.append(row | {"in_results": measure.named("{currency}")})
    return {"figures": rows}


def figures_listing(pattern: str = "") -> Group:
    """Figures with unit, which way is better, and meaning, by where they are found."""
    by_places: dict[tuple[Place, ...], list[Measure]] = {}
    for measure, places in figures_found(pattern).items():
        by_places.setdefault(tuple(places), []).append(measure)
    parts: list[RenderableType] = []
    for among, measures in by_places.items():
        title = f"Found: {', '.join(FOUND[place] for place in among)}"
        parts.append(titled(title, _table(measures), ""))
    return Group(*parts, NOTE)


def _table(measures: list[Measure]) -> Table:
    columns = words("figure"), words("unit", no_wrap=True), words("better", no_wrap=True), words("meaning")
    rows = [
        (Name(one.name), one.unit, NONE if one.better == "neither" else one.better, one.meaning)
        for one in measures
    ]
    return grid(columns, rows, gap=1)
