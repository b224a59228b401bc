"""Tables of how a plan lies among draws of its uncertain values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from capsim.projection import NONE, Projection, Spread
from capsim.report.figure_cells import cells_of, in_a_sentence
from capsim.report.grids import grid, numbers, titled, words
from capsim.report.no_middle import cause_title
from capsim.vocabulary import DECLARED

SHOWN = (
    "h100e_{definition}_peak",
    "critical_it_mw_end",
    "facility_peak_mw",
    "facility_gwh",
    "h100e_h",
    "carbon_t",
    "water_m3",
    "capex",
    "opex",
    "lcoc_per_h100e_h",
    "levelised_cost_per_it_mwh",
    "npv",
)
"""Headline figures that a summary shows; the rest is in the saved results."""
MOST_PHASES = 12
"""Phases with all their dates; of a portfolio with more the saved results have them."""
NOTE = (
    "is: where the plan lies among the draws; P80-plan is the contingency of what is paid. "
    "More draws: --spread 1000, or capsim ensemble"
)
ENDS = ("p10", "p50", "p80", "p90")


def spread_table(projection: Projection, spread: Spread) -> Group:
    """The plan beside percentiles of figures and of dates; first, where the plan is no ordinary draw.

    Parameters
    ----------
    projection : Projection
        What the plan reaches.
    spread : Spread
        Its spread.
    """
    parts: list[RenderableType] = [Text(line) for line in _not_ordinary(spread)]
    parts += [_figures(projection, spread), Text(NOTE)]
    if len({(row["site"], row["phase"]) for row in spread.dates}) <= MOST_PHASES and spread.dates:
        parts += ["", _dates(spread)]
    return titled(f"How sure: the plan (every value at its median) among {spread.n} draws", *parts)


def _rank(spread: Spread, name: str) -> str:
    return f"P{spread.figures[name]['plan_percentile']:.0f} in {in_a_sentence(name)}"


def _not_ordinary(spread: Spread) -> list[str]:
    """Why the plan is no middle of what happens: figures that the same moves away are told together."""
    told: dict[tuple[str, ...], list[str]] = {}
    for name, causes in spread.outside.items():
        told.setdefault(tuple(causes), []).append(_rank(spread, name))
    return [
        f"! The plan is no ordinary draw: {', '.join(ranks)}; moved away by {_listed(causes)}"
        for causes, ranks in told.items()
    ]


def _listed(causes: Sequence[str]) -> str:
    """Values that move draws, as people call them."""
    return "; ".join(dict.fromkeys(map(cause_title, causes)))


def _figures(projection: Projection, spread: Spread) -> RenderableType:
    """Numbers alone, so that all columns are seen at 80 characters; the unit is in the title."""
    rows = []
    for pattern in SHOWN:
        measure = DECLARED["headline"][pattern.format(definition=projection.definition)]
        row = spread.figures.get(measure.named(projection.currency), {})
        if row and not math.isnan(row["p10"]) and any(row[key] for key in ("plan", *ENDS)):
            values = [row.get(key, math.nan) for key in ("plan", *ENDS, "contingency")]
            name, cells = cells_of(measure, values, projection.facts.money_unit)
            rows.append([name, cells[0], f"P{row['plan_percentile']:.0f}", *cells[1:]])
    headings = ("plan", "is", "P10", "P50", "P80", "P90", "P80-plan")
    return grid((words("figure"), *map(numbers, headings)), rows, gap=1)


def _dates(spread: Spread) -> RenderableType:
    rows = [
        [
            f"{row['site']}.{row['phase']}",
            DECLARED["date"][row["milestone"]].title,
            *_months(row),
            _never(row),
        ]
        for row in spread.dates
        if row["milestone"] in ("ready_for_service", "fleet_in_service")
    ]
    headings = ("plan", "P10", "P50", "P80", "P90", "never")
    return grid((words("phase"), words("milestone"), *map(numbers, headings)), rows, gap=1)


def _months(row: Mapping[str, Any]) -> list[str]:
    return [(row[key] or "never")[:7] for key in ("plan", *ENDS)]


def _never(row: Mapping[str, Any]) -> str:
    share = row["never_share"]
    return f"{share:.0%}" if share else NONE
