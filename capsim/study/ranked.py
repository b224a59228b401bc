"""The figure that ranks reliefs: a headline figure, or one in words that is kept for each variant."""

from __future__ import annotations

import math
from typing import Final

from capsim.errors import FigureError
from capsim.projection import Headline, Run, headline, why_none
from capsim.study.figures_of_rows import column_of, values_in
from capsim.study.gains import Ranking, figures_shown
from capsim.study.limit import Played
from capsim.units import DAYS_PER_MONTH
from capsim.vocabulary import Asked, measure_of, parse_figure, unit_of

MONTHS: Final = "months"
"""Unit of dates: from the start of the scenario."""


def kept_for(by: str, run: Run) -> tuple[Asked, ...]:
    """What is kept beside headline figures so that variants are ranked by a figure.

    Raises
    ------
    FigureError
        If it is no figure of the run.
    """
    return column_of(by, run)[1] if by else ()


def figures_of(run: Run, asked: tuple[Asked, ...]) -> Headline:
    """Headline figures of a run, and figures in words beside them.

    Dates are in months from the start; one that never is counts as the end of the horizon.
    """
    figures = headline(run, run.statements)
    for one, value in zip(asked, values_in(run, asked).tolist(), strict=True):
        figures[str(one)] = _months(value, run) if one.is_date else value
    return figures


def _months(ordinal: float, run: Run) -> float:
    """A date in months from the start; the end of the horizon where there is none."""
    calendar = run.scenario.calendar
    time_d = ordinal - run.scenario.start.toordinal()
    return (calendar.n_days if math.isnan(time_d) else min(time_d, calendar.n_days)) / DAYS_PER_MONTH


def ranking_by(by: str, plan: Played) -> Ranking:
    """The ranking by a figure; by compute, or IT energy where there is none, if it is empty.

    Raises
    ------
    FigureError
        If the plan has no such figure or no value of it, or neither way of it is better.
    """
    if not by:
        name = figures_shown(plan)[0]
        return Ranking(name, 1, plan.figures[name])
    name = column_of(by, plan.run)[0]
    asked = parse_figure(name)
    measure = measure_of(asked)
    better = "lower" if measure is None else measure.better
    if better == "neither":
        raise FigureError(f"{by}: more of it is neither better nor worse, so nothing can be ranked by it")
    value = plan.figures[name]
    if math.isnan(value):
        needs = f": {why_none(asked)}" if why_none(asked) else ""
        raise FigureError(f"{by}: the plan has no value of it, so nothing can be ranked by it{needs}")
    return Ranking(name, 1 if better == "higher" else -1, value)


def unit_of_ranked(name: str, money_unit: str) -> str:
    """Unit of a headline figure or of one in words."""
    asked = parse_figure(name)
    measure = measure_of(asked)
    if asked.is_headline or measure is None:
        return MONTHS if asked.is_date else unit_of(name, "headline", money_unit)
    return measure.unit_in(money_unit)
