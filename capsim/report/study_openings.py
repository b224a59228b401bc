"""What studies show first: the conclusion, what it rests on, and where more is."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import singledispatch

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from capsim.projection import NONE, plural
from capsim.report.answer_openings import (
    plan_opening,
    sensitivity_opening,
    solution_opening,
    sweep_opening,
)
from capsim.report.audit_words import in_words, verdict_words
from capsim.report.backtest_screen import backtest_opening
from capsim.report.diff_screen import diff_opening
from capsim.report.figure_cells import goal_title, goal_words, in_a_row, milestone_title, title_with_unit
from capsim.report.first_screen import (
    PERCENTILES,
    Fitting,
    FittingScreen,
    GoalRow,
    ToldScreen,
    screen,
    spread_grid,
)
from capsim.report.folding import Name
from capsim.report.grids import numbers, open_grid, words
from capsim.report.no_middle import why_no_middle
from capsim.report.not_in_the_money import OF_A_RUN, not_in_the_money
from capsim.report.opening import ENDS, chance_spread, or_passed, reached_grid, share_of, told_first
from capsim.report.option_titles import by_titles
from capsim.report.options_table import options_of
from capsim.report.plan_tables import forecast_doubts, months_later
from capsim.report.relief_tables import best_in_a_line, ladder_ends, ladder_table
from capsim.report.sentences import Line
from capsim.report.studies import comparison_heading, study_summary
from capsim.report.study_values import short
from capsim.study import (
    BEYOND,
    Audit,
    BackTest,
    Chance,
    Comparison,
    Diff,
    Ensemble,
    EnsembleGrid,
    Forecast,
    Planned,
    Relief,
    Sensitivity,
    Solution,
    Sweep,
    Trend,
)
from capsim.vocabulary import DECLARED, input_title, parse_goal

MORE = "--all"
MOST_ROWS = 14
"""Rows of a table on the first screen."""
MOST_VINTAGES, MOST_TRENDS = 2, 4
"""Vintages whose slips are shown, and milestones that slip fastest."""
MOST_SLIPS = 6
"""Lines of the milestones that moved most."""
MOST_GOALS = 3
"""Goals of variants with a column of their own."""
_KEY = re.compile(r"([a-z][a-z0-9_.-]*)=")
"""Path of a value that makes a variant, in its name."""
LIKELY = 0.5
"""Share of the draws from which a goal is shown as one that is met. [1]"""


@singledispatch
def study_opening(result: object, *, is_alone: bool = True) -> RenderableType:
    """The first screen of a study's result; all of it where that is no more than a screen.

    Answers that are a plan may have sections below them, and are then not alone: they do not say where more
    is. TypeError of all others.
    """
    if not is_alone:
        raise TypeError(f"a {type(result).__name__} has no sections")
    return study_summary(result)


study_opening.register(Sensitivity)(sensitivity_opening)
study_opening.register(Sweep)(sweep_opening)
study_opening.register(Solution)(solution_opening)
study_opening.register(Planned)(plan_opening)
study_opening.register(BackTest)(backtest_opening)
study_opening.register(Diff)(diff_opening)


@study_opening.register
def ensemble_opening(result: Ensemble) -> Group:
    """What is strange, what is reached and when, how often goals are met, and what would help the plan."""
    about, unit = result.manifest, result.manifest["money_unit"]

    def values_of(name: str) -> list[float]:
        key = DECLARED["headline"][name].named(unit[:3])
        if key not in result.figures.index:
            return [math.nan] * (1 + len(ENDS))
        return [float(value) for value in result.figures.loc[key][["central", *ENDS]].to_numpy()]

    dates = {name: [row["plan"], *(row[end] for end in ENDS)] for name, row in about["whole"].items()}
    said = f"{about['replications']:,} replications of {about['uncertain_values']} uncertain values"
    table = reached_grid(
        ("plan", *PERCENTILES), values_of, dates, about["h100e"], unit, about.get("years", "")
    )
    goals = [_goal(chance, unit) for chance in result.chances]
    title = about["title"] or about["scenario"]
    outside = {str(name): [*moved] for name, moved in about.get("central_outside", {}).items()}
    percentiles = result.figures["central_percentile"].to_dict()
    ranks = {name: float(percentiles[name]) for name in outside}
    first = why_no_middle(ranks, outside)
    told = result.told
    helps = [] if told is None or told.relief is None else [best_in_a_line(told.relief)]
    says = [*helps, *not_in_the_money(about.get("left_out", ()), OF_A_RUN)]
    doubts = [] if told is None else told_first(told.warnings, MORE)
    who = f"{said}, seed {about['seed']}; {unit}, real"
    return screen(title, who, [table], goals, says, MORE, first, doubts)


def _goal(chance: Chance, unit: str) -> GoalRow:
    """A goal, as the draws reach it."""
    goal = parse_goal(chance.goal)
    figure = replace(goal.figure, when=None)
    spread = chance_spread(str(figure), goal.sense, asdict(chance), unit)
    months = spread if chance.reached else ()
    return GoalRow(
        title=or_passed(goal_title(str(figure), goal.sense, goal.value, unit), goal.sense, months),
        by="" if goal.month is None else f"{goal.month:%Y-%m}",
        reached="",
        crossed="",
        spread=spread,
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
        rows.append(
            [Name(_variant_title(name)), *spread, "yes" if bool(differs.get(name, False)) else "no", *chances]
        )
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
    variants = plural(len(result.names), "variant")
    title = f"{title_with_unit(figure, unit)}: {variants} against {_variant_title(base)}"
    table = open_grid((words("Variant"), *map(numbers, heads)), rows)
    return screen(title, about, [table], [], [*more, *keys, *_of_other_scope(result)], MORE)


def _variant_title(name: str) -> str:
    """A variant as people call it: values by their titles, overrides by their names."""
    return _KEY.sub(lambda key: f"{input_title(key[1])} = ", name)


def _of_other_scope(result: EnsembleGrid) -> list[str]:
    """Variants whose money leaves out what that of the first pays for, or pays for what it leaves out."""
    # studies saved before do not say
    out = {name: frozenset(one.manifest.get("left_out", ())) for name, one in result.ensembles.items()}
    base = out[result.names[0]]
    less = {name: ", ".join(sorted(parts - base)) for name, parts in out.items()}
    also = {name: ", ".join(sorted(base - parts)) for name, parts in out.items()}
    said = [
        f"{_variant_title(name)} leaves out of its money: {parts}" for name, parts in less.items() if parts
    ]
    return said + [f"{_variant_title(name)} also pays for: {parts}" for name, parts in also.items() if parts]


@study_opening.register
def comparison_opening(result: Comparison) -> FittingScreen:
    """Who wins, and the best of the others beside the first."""
    result = by_titles(result)
    said, (first, *others) = options_of(result)
    more = [Line(f"and {plural(len(others), 'table')} of other scenarios")] if others else []
    above: list[RenderableType] = [comparison_heading(result), Text(said), ""]
    below: list[RenderableType] = [*more, Line(f"More: {MORE}")]
    return FittingScreen(above, first.shown, len(first.lines), "figure", below)


@study_opening.register
def relief_opening(result: Relief) -> RenderableType:
    """What to lift first, and what next."""
    about = result.manifest
    title, end = ladder_ends(result)
    above: list[RenderableType] = [
        Line(about["title"] or about["scenario"], "bold"),
        Line(best_in_a_line(result), lines=2),
        "",
        Text(title, style="bold"),
    ]
    less = map(Line, not_in_the_money(about.get("left_out", ()), OF_A_RUN))
    below: list[RenderableType] = [Text(end), "", *less, Line(f"More: {MORE}")]
    if not result.ladder:
        return Group(*above, *below)
    return FittingScreen(above, lambda shown: ladder_table(result, shown), len(result.ladder), "rung", below)


@study_opening.register
def audit_opening(result: Audit) -> ToldScreen:
    """The verdict, the claim, and what its readings come to."""
    claim = result.claim
    said = f"{claim.source.publisher}, {claim.announced_on}: {claim.statement}"
    above: list[RenderableType] = [
        Line(claim.title or claim.claim, "bold", lines=2),
        Line(f"{verdict_words(result)}.", lines=4),
        Text(said),
        "",
    ]
    findings = [in_words(result, finding) for finding in result.findings]
    return ToldScreen(above, findings, "finding", [Line(f"More: {MORE}")])


@study_opening.register
def forecast_opening(made: Forecast) -> RenderableType:
    """What moved and why, what comes next, and the chances asked for."""
    now, parts = made.vintage, list[RenderableType]()
    vintages = list(made.slips.items())[-MOST_VINTAGES:]
    # two tables and the trend leave less room for each
    lines = MOST_SLIPS // len(vintages) + 1 if vintages else 0
    for against, slips in vintages:
        moved = [slip for slip in slips if not math.isnan(slip.months)]
        later = sum(slip.months > 0.0 for slip in moved)
        others = len(slips) - len(moved)
        said = f"Against {against}: {later} later, {len(moved) - later} earlier, {others} new or gone"
        rows: list[list[RenderableType]] = [
            [
                _called(made, s.milestone),
                s.before[:7],
                s.now[:7],
                months_later(s.months),
                s.cause,
            ]
            for s in moved
        ]
        parts += [Line(said), *([_moved(rows, lines)] if rows else []), ""]
    if len(made.slips) > 1:
        parts += _slipping(made)
    to_come = sorted((day, name) for name, day in now.dates.items() if day >= now.as_of)
    # what may come inside the horizon, though not in the central case
    may_come = [(BEYOND, name) for name in now.beyond if any(made.spread.get(name, ()))]
    coming: list[list[RenderableType]] = [
        [
            _called(made, name),
            day[:7],
            *(_month(end) for end in made.spread.get(name, ("", "", ""))),
        ]
        for day, name in [*to_come, *may_come]
    ]
    draws, seed = plural(made.manifest["replications"], "draw"), made.manifest["seed"]
    said = f"As of {now.as_of}: {plural(len(to_come), 'milestone')} to come inside the horizon"
    # what is to be reached comes before what moved
    above: list[RenderableType] = [
        Line(made.title or made.scenario, "bold"),
        Line(f"{said}; {draws}, seed {seed}", lines=2),
        *(Line(f"! {doubt}", lines=3) for doubt in forecast_doubts(made)),
        *_capacity(made),
        *(Line(_chance(made, goal, share), lines=2) for goal, share in made.chances.items()),
        "",
        *parts,
    ]
    last = Line(f"More: {MORE}")
    if not coming:
        return Group(*above, Line("Nothing is to come"), last)
    is_beyond = any(BEYOND in row for row in coming)
    below = [Line(f"{BEYOND}: after the horizon of the plan, or never")] if is_beyond else []

    def table(shown: int) -> Table:
        return spread_grid("Next", ("central", *PERCENTILES), coming[:shown])

    return FittingScreen(above, table, len(coming), "milestone", [*below, last])


def _called(made: Forecast, milestone: str) -> Name:
    """A milestone by the title of its site."""
    return Name(milestone_title(milestone, made.titles))


def _moved(rows: Sequence[Sequence[RenderableType]], lines: int) -> Fitting:
    """Milestones that moved most, and why."""

    def table(shown: int) -> Table:
        heads = (*map(numbers, ("then", "now", "months")), words("cause"))
        return open_grid((words("Moved most"), *heads), rows[:shown])

    return Fitting(table, len(rows), lines, "milestone")


def _capacity(made: Forecast) -> list[RenderableType]:
    """MW on the data date and at the end of the horizon, with what the draws have then."""
    # results of before do not say
    if not made.present:
        return []
    rows = []
    for figure, there in made.present.items():
        central, spread = made.vintage.curves[figure], made.curves[figure]
        last = max(central)
        title, *cells = in_a_row(figure, [there, central[last], *spread[last]], "")
        rows.append([title, *cells])
    last = max(made.vintage.curves["grid_mw"])
    return [spread_grid("Capacity", (made.vintage.as_of[:7], f"by {last}", *PERCENTILES), rows)]


def _chance(made: Forecast, goal: str, share: float) -> str:
    """How often draws have the MW asked for by their month, and how many they have then."""
    asked = parse_goal(goal)
    low, _, high = made.curves[asked.figure.name][f"{asked.month:%Y-%m}"]
    told = f"{goal_words(asked, '')}: in {share_of(share)} of the draws"
    return f"{told} (P10 to P90: {low:,.1f} to {high:,.1f} MW)"


def _slipping(made: Forecast) -> list[RenderableType]:
    """The milestones whose forecasts slip fastest over the vintages."""
    fastest = [one for one in made.trends if one.per_month > 0.0][:MOST_TRENDS]
    said = f"Over {len(made.slips) + 1} vintages, in months a month (1: never nearer)"
    rows: list[list[RenderableType]] = [
        [
            _called(made, one.milestone),
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
