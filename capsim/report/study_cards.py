"""Headline cards of studies whose answer is no spread of a plan: what was found, in figures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import singledispatch
from typing import Any

from capsim.projection import NONE, month, plural
from capsim.report.answer_openings import input_cell
from capsim.report.audit_words import in_words
from capsim.report.claims_table import NOTHING, stated
from capsim.report.figure_cells import goal_words, in_a_row, milestone_title
from capsim.report.one_page import CARDS, NO_BREAK, card, key_of
from capsim.report.opening import share_of
from capsim.report.study_values import signed
from capsim.study import (
    Audit,
    EnsembleGrid,
    Forecast,
    Planned,
    Relief,
    Sensitivity,
    Solution,
    Sweep,
)
from capsim.vocabulary import input_title, input_unit, measure_of, parse_figure, parse_goal, with_unit

Card = dict[str, str]
MOST_MOVERS = 5
"""Values with a card each that move a figure most."""
MOST_VARIANTS = 12
"""Variants with a card each."""
AS_IT_IS = "as it is"


def a_card(title: str, said: str, beside: str = "", name: str = "") -> Card:
    """A card: what it is of, its value, and what stands beside it."""
    return {"name": name, "title": title, "plan": said, "spread": beside}


def _kept(text: str) -> str:
    """A value that stays in one line."""
    return text.replace(" ", NO_BREAK)


@singledispatch
def cards_of_study(_result: Any) -> Iterator[Card]:
    """Headline cards of a study; none of a kind that has its own."""
    return iter(())


@cards_of_study.register
def _(result: Sensitivity) -> Iterator[Card]:
    unit, tornado = result.manifest["money_unit"], result.tornado
    title, said = in_a_row(result.figure, [result.central], unit)
    moving = int((tornado["swing"] != 0.0).sum())
    beside = f"with central estimates; {moving} of {plural(len(tornado), 'value')} move it"
    yield a_card(title, said, beside, result.figure)
    for path, row in tornado.head(MOST_MOVERS).iterrows():
        if not row["swing"]:
            continue
        _, low, high = in_a_row(result.figure, [row["at_p10"], row["at_p90"]], unit)
        beside = f"moves the figure: {_kept(low)} at its P10, {_kept(high)} at its P90"
        yield a_card(input_title(str(path)), signed(row["swing"]), beside, str(path))


@cards_of_study.register
def _(result: Sweep) -> Iterator[Card]:
    unit, values = result.manifest["money_unit"], result.points[result.figure].dropna()
    if values.empty:
        return
    measure = measure_of(parse_figure(result.figure))
    better = "neither" if measure is None else measure.better
    ends = {"lowest": values.idxmin(), "highest": values.idxmax()}
    best = {"lower": "lowest", "higher": "highest"}.get(better, "")
    title, *said = in_a_row(result.figure, [float(values.min()), float(values.max())], unit)
    if values.min() == values.max():
        yield a_card(title, said[0], f"the same at {plural(len(values), 'point')}", result.figure)
        return
    for (end, at), cell in zip(ends.items(), said, strict=True):
        word = f"{end}, the best" if end == best else end
        yield a_card(f"{title}, {word}", cell, f"at {point_words(result, at)}", end)


def point_words(result: Sweep, at: Any) -> str:
    """A point of a sweep: its values by their titles, with units."""
    units, unit = result.manifest.get("units", {}), result.manifest["money_unit"]
    point = at if isinstance(at, tuple) else (at,)
    words = (
        f"{input_title(name)} {input_cell(value, units.get(name, ''), exact=True)} "
        f"{input_unit(units.get(name, ''), unit)}"
        for name, value in zip(result.axes, point, strict=True)
    )
    return ", ".join(map(str.strip, words))


@cards_of_study.register
def _(result: Solution) -> Iterator[Card]:
    unit, goal = result.manifest["money_unit"], parse_goal(result.goal)
    now, then = (input_cell(each, result.unit, exact=True) for each in (result.present, result.best))
    found = "" if result.found is not None else "the nearest; "
    beside = f"{found}{AS_IT_IS}: {_kept(now)}"
    yield a_card(with_unit(result.path, result.unit, unit), then, beside, result.path)
    title, was, reached = in_a_row(str(goal.figure), [result.reached_at_present, result.reached], unit)
    yield a_card(title, reached, f"{AS_IT_IS}: {_kept(was)}", str(goal.figure))
    taken = _taken(result.takes, result.takes_at_present, result.manifest)
    # the goal's own figure has its card already
    yield from (one for one in taken if one["title"] != title)


@cards_of_study.register
def _(result: Planned) -> Iterator[Card]:
    unit, goal = result.manifest["money_unit"], parse_goal(result.goal)
    title, reached = in_a_row(str(goal.figure), [result.simulated.goal], unit)
    said = "meets" if result.feasible else "does not meet"
    yield a_card(title, reached, f"{said} {goal_words(goal, unit)}", str(goal.figure))
    yield from _taken(result.takes, result.takes_at_present, result.manifest)


def _taken(
    takes: Mapping[str, float], before: Mapping[str, float], about: Mapping[str, Any]
) -> Iterator[Card]:
    """Headline figures of an answer, each beside that of the plan as it stands."""
    unit = about["money_unit"]
    for pattern in CARDS:
        key = key_of(takes, pattern.format(definition=about["h100e"]), unit[:3].lower())
        if math.isnan(takes.get(key, math.nan)):
            continue
        title, then, was = in_a_row(key, [takes[key], before.get(key, math.nan)], unit)
        if then not in (NONE, "0"):
            yield a_card(title, then, f"{AS_IT_IS}: {_kept(was)}", key)


@cards_of_study.register
def _(result: Audit) -> Iterator[Card]:
    by = result.decided_by
    decided = NOTHING if by is None else in_words(result, f"{by.dimension}: {by.reading} at best")
    yield a_card("Verdict on the whole", result.verdict, decided, "verdict")
    yield a_card("What is stated", stated(result.claim, result.titles) or "no figure", "", "stated")
    for dimension, best in result.best.items():
        title = f"{dimension[0].upper()}{dimension[1:]}"
        yield a_card(title, best.verdict, in_words(result, f"at best: {best.reading}"), dimension)


@cards_of_study.register
def _(made: Forecast) -> Iterator[Card]:
    now = made.vintage
    to_come = sorted((day, name) for name, day in now.dates.items() if day >= now.as_of)
    later = [f"{sum(s.months > 0.0 for s in slips)} later than in {one}" for one, slips in made.slips.items()]
    beside = "; ".join([f"inside the horizon, as of {now.as_of}", *later[-1:]])
    yield a_card("Milestones to come", f"{len(to_come):,}", beside, "to come")
    for word, (day, name) in {"Next": to_come[0], "Last": to_come[-1]}.items() if to_come else ():
        ends = [month(end) if end else "beyond" for end in made.spread.get(name, ())]
        spread = (
            f"; P50{NO_BREAK}{ends[1]}, P10 to P90{NO_BREAK}{ends[0]} to{NO_BREAK}{ends[2]}" if ends else ""
        )
        title = milestone_title(name, made.titles)
        yield a_card(f"{word} milestone", month(day), f"{title}{spread}", word)
    for figure, points in made.s_curves.items():
        last = points[-1]
        if last.p50 is not None and last.p10 is not None and last.p90 is not None:
            title, middle, low, high = in_a_row(figure, [last.p50, last.p10, last.p90], "")
            beside = f"P50 in {last.month}; P10 to P90{NO_BREAK}{low} to{NO_BREAK}{high}"
            yield a_card(title, middle, beside, figure)
    for goal, share in made.chances.items():
        yield a_card(goal_words(parse_goal(goal), ""), share_of(share), "of the draws", goal)


@cards_of_study.register
def _(result: Relief) -> Iterator[Card]:
    unit, first = result.manifest["money_unit"], result.ladder[:1]
    for name, value in result.plan.items():
        if math.isnan(value):
            continue
        gains = [value + gain.figures[name] for gain in first]
        title, said, *then = in_a_row(name, [value, *gains], unit)
        limits = " and ".join(first[0].limits) if first else ""
        yield a_card(title, said, f"{_kept(then[0])} with {limits} lifted" if then else "", name)


@cards_of_study.register
def _(result: EnsembleGrid) -> Iterator[Card]:
    figure = result.figure
    for name in result.names[:MOST_VARIANTS]:
        one = result.ensembles[name]
        if figure not in one.figures.index:
            continue
        row = one.figures.loc[figure]
        of = dict(zip(map(str, one.figures.columns), map(float, row.to_numpy()), strict=True))
        for shown in card(figure, of["central"], of, one.manifest["money_unit"]):
            yield shown | {"title": f"{name}: {shown['title']}", "name": name}
