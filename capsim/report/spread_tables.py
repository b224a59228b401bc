"""Tables of how a plan lies among draws of its uncertain values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from capsim.projection import NONE, Projection, Spread, rounded
from capsim.report.grids import grid, numbers, titled, words
from capsim.units import KILO, MEGA
from capsim.vocabulary import DATES, DECLARED

SHOWN = (
    ("h100e_{definition}_peak", "H100e in service", 1.0),
    ("critical_it_mw_end", "critical IT MW", 1.0),
    ("facility_peak_mw", "peak MW", 1.0),
    ("facility_gwh", "energy, GWh", 1.0),
    ("h100e_h", "H100e-hours, m", MEGA),
    ("carbon_t", "carbon, ktCO2e", KILO),
    ("water_m3", "water, m3", 1.0),
    ("capex", "capex, m {money}", MEGA),
    ("opex", "opex, m {money}", MEGA),
    ("lcoc_per_h100e_h", "{money} / H100e-h", 1.0),
    ("levelised_cost_per_it_mwh", "{money} / MWh IT", 1.0),
    ("npv", "NPV, m {money}", MEGA),
)
"""Headline figures that a summary shows, with title and scale; the rest is in the saved results."""
MOST_PHASES = 12
"""Phases with all their dates; of a portfolio with more the saved results have them."""
TITLES = {measure.name: measure.name.replace("_", " ") for measure in DATES}
"""What milestones are called in tables."""
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
    parts: list[RenderableType] = [Text(line) for line in _warnings(projection, spread)]
    parts += [_figures(projection, spread), Text(NOTE)]
    if len({(row["site"], row["phase"]) for row in spread.dates}) <= MOST_PHASES and spread.dates:
        parts += ["", _dates(spread)]
    return titled(f"How sure: the plan (every value at its median) among {spread.n} draws", *parts)


def _warnings(projection: Projection, spread: Spread) -> list[str]:
    """Why the plan is no middle of what happens: figures that the same moves away are told together."""
    definition, currency, declared = projection.definition, projection.currency, DECLARED["headline"]
    titles = {declared[p.format(definition=definition)].named(currency): title for p, title, _ in SHOWN}
    told: dict[tuple[str, ...], list[str]] = {}
    for name, causes in spread.outside.items():
        title = titles[name].format(money=projection.facts.money_unit).split(",")[0]
        told.setdefault(tuple(causes), []).append(
            f"P{spread.figures[name]['plan_percentile']:.0f} in {title}"
        )
    return [
        f"! The plan is no ordinary draw: {', '.join(ranks)}; moved away by {', '.join(causes)}"
        for causes, ranks in told.items()
    ]


def _figures(projection: Projection, spread: Spread) -> RenderableType:
    """Numbers alone, so that all columns are seen at 80 characters; the unit is in the title."""
    rows = []
    for pattern, title, scale in SHOWN:
        measure = DECLARED["headline"][pattern.format(definition=projection.definition)]
        row = spread.figures.get(measure.named(projection.currency), {})
        if row and not math.isnan(row["p10"]) and any(row[key] for key in ("plan", *ENDS)):
            values = [row.get(key, math.nan) / scale for key in ("plan", *ENDS, "contingency")]
            cells = [rounded(value, 4) for value in values]
            name = title.format(money=projection.facts.money_unit)
            rows.append([name, cells[0], f"P{row['plan_percentile']:.0f}", *cells[1:]])
    headings = ("plan", "is", "P10", "P50", "P80", "P90", "P80-plan")
    return grid((words("figure"), *map(numbers, headings)), rows, gap=1)


def _dates(spread: Spread) -> RenderableType:
    rows = [
        [f"{row['site']}.{row['phase']}", TITLES[row["milestone"]], *_months(row), _never(row)]
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
