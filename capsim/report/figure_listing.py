"""The list of figures for a terminal and for machines: unit, meaning, which way is better, where found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from capsim.errors import CapsimError
from capsim.report.names import Name
from capsim.report.wording import NONE
from capsim.vocabulary import DECLARED, Measure, Place, no_result
from capsim.vocabulary.measures import without_currency

FOUND: dict[Place, str] = {
    "headline": "headline",
    "monthly": "by month",
    "hall": "by hall and month",
    "hourly": "by hour",
    "hour": "of one hour",
    "yearly": "by year",
    "date": "dates of phases in studies",
}
"""Places in words."""
NOTE = (
    "Results put the currency into the name of money (capex_eur, lcoc_eur_per_h100e_h) and its price year "
    "into the unit (EUR2025); options take either name."
)


@dataclass(frozen=True)
class Listed:
    """A figure and where it is found."""

    measure: Measure
    places: list[Place]

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        measure = self.measure
        return {
            "figure": measure.name,
            "in_results": measure.named("{currency}"),
            "unit": measure.unit,
            "meaning": measure.meaning,
            "better": measure.better,
            "fold": measure.fold,
            "found": self.places,
        }


def listed_figures(pattern: str = "") -> list[Listed]:
    """Figures whose name has a text in it or is like a pattern with ``*``; the same figure once.

    Raises
    ------
    CapsimError
        If there is none, with the nearest names.
    """
    texts = {pattern.lower(), without_currency(pattern.lower())}
    found: dict[Measure, list[Place]] = {}
    for place, measures in DECLARED.items():
        for name, measure in measures.items():
            if any(fnmatch(name, f"*{text}*") for text in texts):
                found.setdefault(measure, []).append(place)
    if not found:
        raise CapsimError(no_result(pattern, (name for names in DECLARED.values() for name in names)))
    return [Listed(measure, places) for measure, places in found.items()]


def figures_table(figures: list[Listed]) -> Group:
    """Figures with unit, which way is better, and meaning, by where they are found."""
    parts: list[RenderableType] = []
    for places in dict.fromkeys(tuple(figure.places) for figure in figures):
        parts += [Text(f"Found: {', '.join(map(FOUND.__getitem__, places))}", style="bold")]
        parts += [_table(figure.measure for figure in figures if tuple(figure.places) == places), ""]
    return Group(*parts, NOTE)


def _table(measures: Iterable[Measure]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    for heading in ("figure", "unit", "better", "meaning"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("unit", "better"))
    for measure in measures:
        better = NONE if measure.better == "neither" else measure.better
        table.add_row(Name(measure.name), measure.unit, better, measure.meaning)
    return table
