"""What a back-test shows first: how far forecasts were from what happened, beside naive ones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType

from capsim.projection import plural
from capsim.report.first_screen import fitting_grid, screen
from capsim.report.folding import Name
from capsim.report.plan_tables import NAIVE, group_title
from capsim.report.study_values import short
from capsim.study import BackTest

MORE = "--all"
HEADS = ("number", "misses by", "bias", "in 50 %", "in 80 %", "naive")
"""Headings of the scores."""
LINES = 14
"""Lines of the scores."""
MEANINGS = (
    "misses by: CRPS, the mean distance of the draws from what happened",
    "bias: forecast less actual; in 50 %: share of it in the middle half of the draws",
    "naive: the least distance of a plan come true, a constant, a plain lognormal",
)
"""What the headings mean."""


def backtest_opening(test: BackTest) -> Group:
    """Scores by milestone and by figure, and what could not be scored."""
    rows: list[list[RenderableType]] = [
        [Name(f"{group_title(group)}, {test.unit(kind, group)}"), *score_cells(scores)]
        for kind, of in test.scores.items()
        for group, scores in of.items()
    ]
    of_plans = plural(len({one.plan for one in test.outcomes}), "plan")
    title = f"Back-test: {plural(len(test.outcomes), 'outcome')} of {of_plans}"
    said = "Plans as they stood, held against what happened since"
    if not rows:
        nothing = "Nothing happened after the data dates of the plans that they say anything of"
        return screen(title, said, [], [], [nothing, *left_lines(test)], MORE)
    table = fitting_grid("What was forecast", HEADS, rows, LINES, "group")
    return screen(title, said, [table], [], [*MEANINGS, *left_lines(test)], MORE)


def score_cells(scores: Mapping[str, float]) -> list[str]:
    """Scores of a group, and the best of the naive forecasts."""
    naive = [value for key, value in scores.items() if key.startswith(NAIVE) and not math.isnan(value)]
    bias = scores.get("bias", math.nan)
    return [
        f"{scores['outcomes']:.0f}",
        short(scores["crps"]),
        "" if math.isnan(bias) else f"{'+' if bias > 0.0 else ''}{short(bias)}",
        *(f"{scores[key]:.0%}".replace("%", " %") for key in ("inside_50", "inside_80")),
        short(min(naive)) if naive else "-",
    ]


def left_lines(test: BackTest) -> Iterator[str]:
    """What is no outcome, and what was cancelled."""
    for why, lines in test.named.items():
        yield f"{plural(len(lines), 'line')} of the status file {why}"
    if ended := test.cancelled:
        yield f"Cancelled: {ended['outcomes']:.0f}, to whose never coming the plans gave {ended['never']:.0%}"
