"""Tables of a living plan: its re-forecast, and how plans stood the test of what happened."""

from __future__ import annotations

import math

from rich.console import Group, RenderableType
from rich.text import Text

from capsim.report.figure_cells import milestone_title
from capsim.report.grids import grid, titled, words
from capsim.study import BackTest, Forecast

MOST_SLIPS = 20
"""Slips that are shown; JSON has all."""


def forecast_tables(made: Forecast) -> RenderableType:
    """Dates with their spread, slips with their cause, the MW to come and what was learned."""
    now, parts = made.vintage, list[RenderableType]()
    rows = [
        [
            milestone_title(name),
            now.dates.get(name, "beyond"),
            *(day or "beyond" for day in made.spread.get(name, ("",) * 3)),
        ]
        for name in dict.fromkeys([*now.dates, *made.spread])
    ]
    parts.append(_table(f"Forecast as of {now.as_of}", ["milestone", "central", "P10", "P50", "P90"], rows))
    for against, slips in made.slips.items():
        moved = [
            [
                milestone_title(slip.milestone),
                slip.before or "new",
                slip.now or "gone",
                _months(slip.months),
                slip.cause,
            ]
            for slip in slips[:MOST_SLIPS]
        ]
        if not moved:
            parts.append(Text(f"Against {against}: no milestone moved"))
            continue
        parts.append(_table(f"Against {against}", ["milestone", "then", "now", "months", "cause"], moved))
    if made.chances:
        asked = [[goal, f"{share:.0%}"] for goal, share in made.chances.items()]
        parts.append(_table("Chances", ["goal", "draws that have it"], asked))
    if made.money:
        spent = [[end, *(f"{value:,.0f}" for value in row)] for end, row in made.money.items()]
        spent += [[day, f"{value:,.0f} paid", "", "", ""] for day, value in made.paid.items()]
        parts.append(_table("Capex so far", ["by", "central", "P10", "P50", "P90"], spent))
    terms = made.learned
    if terms.stages:
        said = (
            f"Overrun: prior 1.00 (spread {terms.prior_sigma:.2f}), {terms.stages} finished stages at "
            f"{terms.data:.2f}, posterior {terms.posterior:.2f} (spread {terms.posterior_sigma:.2f})"
        )
        parts.append(Text(said))
    return Group(*parts)


def backtest_tables(test: BackTest) -> RenderableType:
    """Scores by kind of outcome, beside those of naive forecasts."""
    parts = list[RenderableType]()
    for kind, scores in test.scores.items():
        rows = [[name.replace("_", " "), _number(value)] for name, value in scores.items()]
        rows.append(["ranks in tenths", " ".join(map(str, test.to_dict()["ranks"][kind]))])
        parts.append(_table(f"Back-test of {kind}", ["score", "value"], rows))
    if not test.scores:
        parts.append(Text("Nothing happened after the data dates of the plans that they say anything of"))
    if test.left_out:
        parts.append(Text(f"{test.left_out} lines are of no plan, or were known to all"))
    return Group(*parts)


def _table(title: str, headings: list[str], rows: list[list[str]]) -> RenderableType:
    return titled(title, grid([words(heading) for heading in headings], rows, gap=2))


def _months(value: float) -> str:
    return "" if math.isnan(value) else f"{value:+.1f}"


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.3g}"
