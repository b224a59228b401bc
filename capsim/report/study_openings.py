"""What studies show first: the conclusion, what it rests on, and where more is."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from functools import singledispatch

from rich.console import Group, RenderableType
from rich.text import Text

from capsim.projection import NONE, plural
from capsim.report.figure_cells import goal_title, goal_words, milestone_title, title_with_unit
from capsim.report.first_screen import PERCENTILES, GoalRow, Line, Sentences, screen, spread_grid
from capsim.report.folding import Name
from capsim.report.grids import numbers, open_grid, words
from capsim.report.no_middle import why_no_middle
from capsim.report.opening import ENDS, chance_spread, reached_grid, share_of
from capsim.report.options_table import options_table
from capsim.report.plan_tables import months_later
from capsim.report.relief_tables import best_in_a_line, ladder_of
from capsim.report.studies import comparison_heading, study_summary
from capsim.report.study_values import read_as, short, signed
from capsim.study import (
    BEYOND,
    Audit,
    Chance,
    Comparison,
    Ensemble,
    EnsembleGrid,
    Forecast,
    Relief,
    Sensitivity,
    Trend,
)
from capsim.vocabulary import DECLARED, parse_goal

MORE = "--all"
MOST_ROWS = 14
"""Rows of a table on the first screen."""
MOST_SENTENCES = 16
"""Lines of what an audit finds."""
MOST_VINTAGES, MOST_TRENDS = 2, 4
"""Vintages whose slips are shown, and milestones that slip fastest."""
MOST_SLIPS, MOST_NEXT = 6, 8
"""Milestones that moved most, and that come next."""
MOST_GOALS = 3
"""Goals of variants with a column of their own."""
LIKELY = 0.5
"""Share of the draws from which a goal is shown as one that is met. [1]"""


@singledispatch
def study_opening(result: object) -> RenderableType:
    """The first screen of a study's result; all of it where that is no more than a screen."""
    return study_summary(result)


@study_opening.register
def ensemble_opening(result: Ensemble) -> Group:
    """What is reached and when, and how often the goals are met."""
    about, unit = result.manifest, result.manifest["money_unit"]

    def values_of(name: str) -> list[float]:
        key = DECLARED["headline"][name].named(unit[:3])
        if key not in result.figures.index:
            return [math.nan] * (1 + len(ENDS))
        return [float(value) for value in result.figures.loc[key][["central", *ENDS]].to_numpy()]

    dates = {name: [row["plan"], *(row[end] for end in ENDS)] for name, row in about["whole"].items()}
    said = f"{about['replications']:,} replications of {about['uncertain_values']} uncertain values"
    table = reached_grid(("plan", *PERCENTILES), values_of, dates, about["h100e"], unit)
    goals = [_goal(chance, unit) for chance in result.chances]
    title = about["title"] or about["scenario"]
    outside = {str(name): [*moved] for name, moved in about.get("central_outside", {}).items()}
    percentiles = result.figures["central_percentile"].to_dict()
    ranks = {name: float(percentiles[name]) for name in outside}
    first = why_no_middle(ranks, outside)
    return screen(title, f"{said}, seed {about['seed']}; {unit}, real", [table], goals, [], MORE, first)


def _goal(chance: Chance, unit: str) -> GoalRow:
    """A goal, as the draws reach it."""
    goal = parse_goal(chance.goal)
    figure = replace(goal.figure, when=None)
    return GoalRow(
        title=goal_title(str(figure), goal.sense, goal.value, unit),
        by="" if goal.month is None else f"{goal.month:%Y-%m}",
        reached="",
        crossed="",
        spread=chance_spread(str(figure), goal.sense, asdict(chance), unit),
        met=share_of(chance.probability),
        is_met=chance.probability >= LIKELY,
    )


@study_opening.register
def grid_opening(result: EnsembleGrid) -> Group:
    """The figure asked for by variant, with how often each goal is met."""
    base, figure = result.names[0], result.figure
    shown = [(name, one) for name, one in result.ensembles.items() if figure in one.figures.index][:MOST_ROWS]
    goals = [chance.goal for chance in result.ensembles[base].chances]
    differs = result.differences.xs(figure, level="figure")["differs"]
    rows = []
    for name, one in shown:
        row, met = one.figures.loc[figure], {chance.goal: chance for chance in one.chances}
        spread = [short(row[end]) for end in ("central", *ENDS)]
        chances = [share_of(met[goal].probability) if goal in met else NONE for goal in goals[:MOST_GOALS]]
        rows.append([Name(name), *spread, "yes" if bool(differs.get(name, False)) else "no", *chances])
    heads = ["plan", *PERCENTILES, "differs", *(f"goal {n}" for n in range(1, len(goals[:MOST_GOALS]) + 1))]
    unit = result.ensembles[base].manifest["money_unit"]
    keys = [
        f"goal {n}: {goal_words(parse_goal(goal), unit)}, met in"
        for n, goal in enumerate(goals[:MOST_GOALS], 1)
    ]
    more = (
        [f"and {plural(len(result.names) - len(shown), 'variant')} more"]
        if len(shown) < len(result.names)
        else []
    )
    about = f"{result.manifest['replications']:,} replications each; differs: by more than chance"
    title = f"{title_with_unit(figure, unit)}: {plural(len(result.names), 'variant')} against {base}"
    return screen(
        title, about, [open_grid((words("Variant"), *map(numbers, heads)), rows)], [], [*more, *keys], MORE
    )


@study_opening.register
def comparison_opening(result: Comparison) -> Group:
    """Who wins, and the best of the others beside the first."""
    said, gap, *parts = options_table(result)
    left_out = max(len(parts) // 2 - 1, 0)
    more = [Line(f"and {plural(left_out, 'table')} of other scenarios")] if left_out else []
    return Group(comparison_heading(result), said, gap, parts[0], *more, "", Line(f"More: {MORE}"))


@study_opening.register
def sensitivity_opening(result: Sensitivity) -> Group:
    """What matters most to the figure, and how much."""
    shown = result.tornado.head(MOST_ROWS)
    rows: list[list[RenderableType]] = [
        [
            Name(str(path)),
            short(row["p10"]),
            read_as(result.figure, row["at_p10"]),
            short(row["p90"]),
            read_as(result.figure, row["at_p90"]),
            signed(row["swing"]),
        ]
        for path, row in shown.iterrows()
    ]
    heads = ("P10", "then", "P90", "then", "swing")
    unit, central = result.manifest["money_unit"], read_as(result.figure, result.central)
    title = f"{title_with_unit(result.figure, unit)}: {central} with central estimates"
    about = f"{result.manifest['scenario']}; {plural(len(result.tornado), 'uncertain value')}, one at a time"
    table = open_grid((words("Value"), *map(numbers, heads)), rows)
    return screen(title, about, [table], [], [], MORE)


@study_opening.register
def relief_opening(result: Relief) -> Group:
    """What to lift first, and what next."""
    about = result.manifest
    parts: list[RenderableType] = [
        Line(about["title"] or about["scenario"], "bold"),
        Line(best_in_a_line(result)),
        "",
    ]
    return Group(*parts, *ladder_of(result, in_short=True), Line(f"More: {MORE}"))


@study_opening.register
def audit_opening(result: Audit) -> Group:
    """The claim, and what its readings come to."""
    claim = result.claim
    said = f"{claim.source.publisher}, {claim.announced_on}: {claim.statement}"
    parts: list[RenderableType] = [Line(claim.title or claim.claim, "bold"), Text(said), ""]
    return Group(*parts, Sentences(result.findings, MOST_SENTENCES), Line(f"More: {MORE}"))


@study_opening.register
def forecast_opening(made: Forecast) -> Group:
    """What moved and why, what comes next, and the chances asked for."""
    now, parts = made.vintage, list[RenderableType]()
    for against, slips in list(made.slips.items())[-MOST_VINTAGES:]:
        moved = [slip for slip in slips if not math.isnan(slip.months)]
        later = sum(slip.months > 0.0 for slip in moved)
        others = len(slips) - len(moved)
        said = f"Against {against}: {later} later, {len(moved) - later} earlier, {others} new or gone"
        rows: list[list[RenderableType]] = [
            [Name(milestone_title(s.milestone)), s.before[:7], s.now[:7], months_later(s.months), s.cause]
            for s in moved[:MOST_SLIPS]
        ]
        heads = (*map(numbers, ("then", "now", "months")), words("cause"))
        parts += [Line(said), *([open_grid((words("Moved most"), *heads), rows)] if rows else []), ""]
    if len(made.slips) > 1:
        parts += _slipping(made)
    to_come = sorted((day, name) for name, day in now.dates.items() if day >= now.as_of)
    # what may come inside the horizon, though not in the central case
    may_come = [(BEYOND, name) for name in now.beyond if any(made.spread.get(name, ()))]
    coming: list[list[RenderableType]] = [
        [Name(milestone_title(name)), day[:7], *(_month(end) for end in made.spread.get(name, ("", "", "")))]
        for day, name in [*to_come, *may_come][:MOST_NEXT]
    ]
    parts += (
        [spread_grid("Next", ("central", *PERCENTILES), coming)] if coming else [Line("Nothing is to come")]
    )
    parts += [
        Line(f"{goal_words(parse_goal(goal), '')}: in {share_of(share)} of the draws")
        for goal, share in made.chances.items()
    ]
    title = f"Forecast as of {now.as_of}: {plural(len(to_come), 'milestone')} to come inside the horizon"
    return Group(Line(title, "bold"), *_drawn_too_early(made), *parts, Line(f"More: {MORE}"))


def _drawn_too_early(made: Forecast) -> list[Line]:
    """Draws that are in the past of a plan for which nobody said up to when all is known."""
    ends = {name: end for name, (end, _, _) in made.spread.items() if name in made.vintage.dates}
    early = [
        name for name, end in ends.items() if end and end < made.vintage.as_of <= made.vintage.dates[name]
    ]
    if not early:
        return []
    return [Line(f"! No --as-of {made.vintage.as_of}: {len(early)} of these may be drawn before that day")]


def _slipping(made: Forecast) -> list[RenderableType]:
    """The milestones whose forecasts slip fastest over the vintages."""
    fastest = [one for one in made.trends if one.per_month > 0.0][:MOST_TRENDS]
    said = f"Over {len(made.slips) + 1} vintages, in months a month (1: never nearer)"
    rows: list[list[RenderableType]] = [
        [
            Name(milestone_title(one.milestone)),
            *_first_and_last(one),
            f"{one.per_month:+.2f}",
            one.comes[:7],
        ]
        for one in fastest
    ]
    heads = map(numbers, ("first", "now", "slips", "at that pace"))
    if not rows:
        return [Line(f"{said}: no forecast slips"), ""]
    return [Line(said), open_grid((words("Slips on"), *heads), rows), ""]


def _first_and_last(trend: Trend) -> tuple[str, str]:
    """The first and the last forecast of a milestone."""
    said = [day[:7] for day in trend.dates.values() if day]
    return said[0], said[-1]


def _month(day: str) -> str:
    return day[:7] or "beyond"
