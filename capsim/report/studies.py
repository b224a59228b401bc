"""Tables of studies for a terminal, as rich renderables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from capsim.report.answer_tables import plan_summary, solution_summary
from capsim.report.audit_tables import audit_summary
from capsim.report.diff_screen import diff_tables
from capsim.report.figure_cells import (
    figure_title,
    goal_words,
    in_a_row,
    in_a_sentence,
    title_with_unit,
    value_of,
)
from capsim.report.folding import folded
from capsim.report.grids import Widest, grid, numbers, titled, words
from capsim.report.no_middle import cause_title
from capsim.report.option_titles import against, by_titles, over_column
from capsim.report.options_table import options_table
from capsim.report.plan_tables import backtest_tables, forecast_tables
from capsim.report.relief_tables import ladder_ends, ladder_table, relief_summary
from capsim.report.step_words import changed_values, effect_words
from capsim.report.study_dates import criticality_table, dates_tables, spread_table
from capsim.report.study_grids import study_table, study_title
from capsim.report.study_values import number, read_as, short, signed
from capsim.study import (
    DIFFERENCE_PERCENTILES,
    PERCENT,
    PERCENTILES,
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
    Told,
)
from capsim.vocabulary import input_title, parse_figure, parse_goal

if TYPE_CHECKING:
    import pandas as pd

ALL = ("mean", *(f"p{p}" for p in PERCENTILES))
INNER = ("p10", "p50", "p90")
"""What is shown of a spread, and what where there is no room for all."""
MOST_BARS = 20
"""Rows of a tornado that are shown; JSON has all."""
MOST_CHANGES = 20
"""Changes of a comparison that are listed."""
WIDEST_HEADING = 12
"""Characters of a scenario's name over a column before it goes on in the next line."""
MOST_SIDE_BY_SIDE = 5
"""Variants beside the first in one table."""
WIDEST_BAR = 24
"""Characters of the widest bar of a tornado."""


@singledispatch
def study_summary(result: object) -> RenderableType:
    """Tables of a study's result; TypeError where it has none."""
    raise TypeError(f"a {type(result).__name__} has no summary")


study_summary.register(Relief)(relief_summary)
study_summary.register(Audit)(audit_summary)
study_summary.register(Forecast)(forecast_tables)
study_summary.register(BackTest)(backtest_tables)
study_summary.register(Solution)(solution_summary)
study_summary.register(Planned)(plan_summary)
study_summary.register(Diff)(diff_tables)


@study_summary.register
def ensemble_summary(result: Ensemble) -> RenderableType:
    """Who, spread of the headline figures and of dates, and how often goals are met."""
    about = result.manifest
    drawn = f"{about['replications']:,} replications, {about['uncertain_values']} uncertain values"
    more, to = f"{drawn}, seed {about['seed']}", about["converged_to"]
    # too few draws have no interval
    if to is not None and math.isfinite(to):
        more += f"; 95 % intervals of percentiles within {to * PERCENT:.2g} % of the median"
    parts: list[RenderableType] = [study_title(about["title"] or about["scenario"], more)]
    parts += [Widest(*(_headline(result, spread) for spread in (ALL, INNER))), ""]
    parts += _outside(result)
    if len(result.dates):
        parts.append(study_table(*spread_table(result), left=2))
    if len(result.criticality):
        parts.append(study_table(*criticality_table(result), left=2))
    if result.chances:
        headings = ["target", "goal", "met in", "95 % interval", "p10", "p50", "p90"]
        rows = [_chance(chance, about["money_unit"]) for chance in result.chances]
        parts.append(study_table("Chance of meeting goals", headings, rows, left=2))
    return Group(*parts, *_told(result))


def _told(result: Ensemble) -> list[RenderableType]:
    """What is strange of the plan, and what would help it, where that was kept."""
    if result.told is None:
        return []
    warnings = [Text(f"! {text}") for text in result.told.warnings]
    return [*warnings, *([""] if warnings else []), *_helps(result.told)]


def _helps(told: Told) -> list[RenderableType]:
    """The first rungs of the ladder of the plan."""
    relief = told.relief
    if relief is None or not relief.ladder:
        return []
    title, _ = ladder_ends(relief)
    return [titled(title, ladder_table(relief, len(relief.ladder)), "")]


def _headline(result: Ensemble, spread: Sequence[str]) -> Table:
    """Headline figures with their units, and how they spread."""
    columns, rows = ["central", *spread], []
    for name, row in result.figures.iterrows():
        if not math.isnan(row["p50"]):
            title, *cells = in_a_row(str(name), row[columns].tolist(), result.manifest["money_unit"])
            rows.append([title, cells[0], _at(row), *cells[1:]])
    heads = ["central", "which is", *spread]
    return grid((words("Headline figures"), *map(numbers, heads)), rows, gap=1)


def _chance(chance: Chance, money_unit: str) -> list[str]:
    share, low, high = (f"{p * PERCENT:.1f}" for p in (chance.probability, chance.low, chance.high))
    goal = parse_goal(chance.goal)
    values = (chance.p10, chance.p50, chance.p90)
    reached = (value_of(str(goal.figure), value, money_unit, alone=True) for value in values)
    return [
        chance.target or "asked for",
        goal_words(goal, money_unit),
        f"{share} %",
        f"{low}-{high} %",
        *reached,
    ]


def _at(row: pd.Series[float]) -> str:
    """Where the central run lies among the draws, marked where that is outside P5 to P95."""
    if math.isnan(row["central_percentile"]):
        return "-"
    mark = "" if row["p5"] <= row["central"] <= row["p95"] else "! "
    return f"{mark}P{row['central_percentile']:.0f}"


def _outside(result: Ensemble) -> list[RenderableType]:
    """What moves draws away from central figures that are no typical draw."""
    lines = []
    for name, drivers in result.manifest.get("central_outside", {}).items():
        row = result.figures.loc[name]
        side = "below P5" if row["central"] < row["p5"] else "above P95"
        moved = "; ".join(f"{cause_title(path)} {signed(shift)}" for path, shift in drivers.items())
        mean = f"the mean is {signed(row['mean'] - row['central'])} from it"
        lines.append(Text(f"! {in_a_sentence(str(name))}: the central run is {side}; {mean}: {moved}"))
    return [*lines, Text()] if lines else []


@study_summary.register
def comparison_details(result: Comparison) -> RenderableType:
    """Options side by side, differences to the first scenario, what was changed, and the waterfall."""
    result = by_titles(result)
    base, *others = result.names
    parts: list[RenderableType] = [comparison_heading(result), *options_table(result)]
    means = result.figures.loc[base]["mean"]
    columns = ["mean", "difference", *(f"difference_p{p}" for p in DIFFERENCE_PERCENTILES)]
    for name in others:
        rows = [
            in_a_row(
                str(figure), [means.loc[str(figure)], *row[columns].tolist()], result.manifest["money_unit"]
            )
            for figure, row in result.figures.loc[name].iterrows()
            if not math.isnan(row["difference"]) and (row["mean"] or means.at[str(figure)])
        ]
        two = ["\n".join([*over_column(of, WIDEST_HEADING), "mean"]) for of in (base, name)]
        headings = ["figure", *two, "mean\ndifference", *(f"p{p}" for p in DIFFERENCE_PERCENTILES)]
        parts.append(study_table(f"{name}: difference, replication by replication", headings, rows))
        parts += _changes(result, name)
        parts += [study_table(*table) for table in dates_tables(result, name)]
    return Group(*parts)


def comparison_heading(result: Comparison) -> Text:
    """Who is compared with whom, and how."""
    more = f"{result.manifest['n']} replications, common random numbers{_years(result)}"
    return study_title(against(result), more)


def _years(result: Comparison) -> str:
    """What is compared with what, where the scenarios are of different years."""
    # noted only where the years differ
    if "months" not in result.manifest:
        return ""
    frames = result.manifest["months"].items()
    years = "; ".join(f"{name}: {first} to {last}" for name, (first, last) in frames)
    common = result.manifest["common_months"]
    also = f'"common months" are {common[0]} to {common[1]}' if common else "no month is common to all"
    return f"\nthe years differ ({years}): figures are each over the scenario's own; {also}"


def _changes(result: Comparison, name: str) -> list[RenderableType]:
    """What was changed, with its part of the difference."""
    waterfall = result.waterfalls.get(name)
    if waterfall is None:
        return [Text("nothing was changed that has an effect\n")]
    how = "Shapley values over all orders" if waterfall.exact else "Shapley values over sampled orders"
    shown = waterfall.drivers[:MOST_CHANGES]
    before, *effects, after = effect_words(waterfall, shown)
    rows = [["(before)", "", "", before]]
    for driver, effect in zip(shown, effects, strict=True):
        called, unit, ends = changed_values(driver, result.manifest["money_unit"])
        rows.append([f"{called}, {unit}" if unit else called, *ends, effect])
    rows.append(["(after)", "", "", after])
    title = (
        f"{name}: what makes the difference in {figure_title(waterfall.figure)} (central estimates; {how})"
    )
    return [study_table(title, ["changed", "before", "after", "effect"], rows, left=3)]


@study_summary.register
def grid_summary(result: EnsembleGrid) -> RenderableType:
    """One figure by variant, how it differs from the first, means of all figures, and chances of goals."""
    base, figure = result.names[0], result.figure
    about, years = result.manifest, {one.manifest["horizon_years"] for one in result.ensembles.values()}
    more = f"{about['replications']} replications each, common random numbers, seed {about['seed']}"
    more += "; the years differ: figures are each over the variant's own" if len(years) > 1 else ""
    parts: list[RenderableType] = [study_title(f"{len(result.names)} variants against {base}", more)]
    spread = ["central", "mean", *(f"p{p}" for p in PERCENTILES)]
    by_variant = {
        name: one.figures.loc[figure] for name, one in result.ensembles.items() if figure in one.figures.index
    }
    rows = [[name, *(short(row[column]) for column in spread)] for name, row in by_variant.items()]
    unit = result.ensembles[base].manifest["money_unit"]
    title = title_with_unit(figure, unit)
    parts.append(study_table(title, ["variant", *spread], rows))
    headings = ["variant", "mean\ndifference", "95 %\nfrom", "to", "differs"]
    headings += [f"p{p}" for p in DIFFERENCE_PERCENTILES]
    title = f"{title} against {base}, replication by replication (differs: the mean, beyond chance)"
    parts.append(study_table(title, headings, _differing(result)))
    parts += _means(result)
    goals = [
        [name, *_chance(chance, one.manifest["money_unit"])[1:]]
        for name, one in result.ensembles.items()
        for chance in one.chances
    ]
    if goals:
        headings = ["variant", "goal", "met in", "95 % interval", "p10", "p50", "p90"]
        parts.append(study_table("Chance of meeting goals", headings, goals, left=2))
    return Group(*parts)


def _differing(result: EnsembleGrid) -> list[list[str]]:
    """Differences of the figure by variant; the mean differs where its interval leaves out zero."""
    held = result.differences.reset_index("figure").query("figure == @result.figure").iloc[1:]
    columns = [f"difference_p{p}" for p in DIFFERENCE_PERCENTILES]
    return [
        [
            str(name),
            *(signed(row[column]) for column in ("difference", "difference_low", "difference_high")),
            "yes" if row["differs"] else "no",
            *(signed(row[column]) for column in columns),
        ]
        for name, row in held.iterrows()
    ]


def _means(result: EnsembleGrid) -> list[RenderableType]:
    """Means of all headline figures, so many variants side by side as a terminal holds."""
    means = result.differences["mean"].unstack("variant")
    marks: Any = result.differences["differs"].map({True: "! ", False: ""}).unstack("variant")
    base, *others = result.names
    tables, unit = [], result.ensembles[base].manifest["money_unit"]
    for first in range(0, len(others), MOST_SIDE_BY_SIDE):
        shown = [base, *others[first : first + MOST_SIDE_BY_SIDE]]
        rows = []
        for figure, row in means.reindex(result.differences.loc[base].index).iterrows():
            if not row[shown].isna().all():
                title, *cells = in_a_row(str(figure), row[shown].tolist(), unit)
                marked = (f"{marks.at[figure, n]}{cell}" for n, cell in zip(shown, cells, strict=True))
                rows.append([title, *marked])
        headings = ["figure", *("\n".join(folded(name, WIDEST_HEADING)) for name in shown)]
        tables.append(study_table(f"Means (! differs from {base} beyond chance)", headings, rows))
    return tables


@study_summary.register
def sensitivity_summary(result: Sensitivity) -> RenderableType:
    """Tornado and indices."""
    shown = result.tornado.head(MOST_BARS)
    widest = float(shown["swing"].abs().max()) or 1.0
    rows = [
        [
            input_title(str(path)),
            *map(short, row[:2]),
            *(read_as(result.figure, value) for value in row[2:4]),
            signed(row["swing"]),
            _bar(row["swing"], widest),
        ]
        for path, row in shown.iterrows()
    ]
    more = f"{len(result.tornado)} uncertain values, {len(shown)} shown"
    more += f"; {read_as(result.figure, result.central)} with central estimates"
    parts: list[RenderableType] = [study_title(f"{result.manifest['scenario']}: {_figure(result)}", more)]
    headings = ["value", "p10", "p90", "figure\nat p10", "figure\nat p90", "swing", ""]
    parts.append(study_table("One at a time, from the P10 to the P90 of each value", headings, rows))
    if result.indices is not None:
        listed = [
            [input_title(str(f)), *(f"{share:.3f}" for share in row)] for f, row in result.indices.iterrows()
        ]
        headings = ["factor", "first\norder", "95 %\nfrom", "to", "total", "95 %\nfrom", "to"]
        parts.append(study_table("Sobol' indices: share of the variance", headings, listed))
    return Group(*parts)


def _figure(result: Sensitivity | Sweep) -> str:
    """The figure that is looked at, with its unit."""
    return title_with_unit(result.figure, result.manifest["money_unit"])


def _bar(swing: float, widest: float) -> str:
    length = 0 if math.isnan(swing) else round(abs(swing) / widest * WIDEST_BAR)
    return "#" * length + " " * (WIDEST_BAR - length)


@study_summary.register
def sweep_summary(result: Sweep) -> RenderableType:
    """A row per point, or a grid for two axes."""
    names = list(result.axes)
    title = f"{result.manifest['scenario']}: {_figure(result)}"
    if len(names) != 2:
        rows = [
            [*map(number, point if isinstance(point, tuple) else (point,)), _swept(result, value)]
            for point, value in result.points[result.figure].items()
        ]
        heads = [*map(input_title, names), figure_title(result.figure)]
        return study_table(title, heads, rows, left=len(names))
    across = result.axes[names[1]]
    grid = result.points[result.figure].to_numpy().reshape(-1, len(across))
    rows = [
        [number(down), *(_swept(result, value) for value in values)]
        for down, values in zip(result.axes[names[0]], grid.tolist(), strict=True)
    ]
    return study_table(
        f"{title}\nacross: {input_title(names[1])}", [input_title(names[0]), *map(number, across)], rows
    )


def _swept(result: Sweep, value: float) -> str:
    """A value of the figure that is swept."""
    return read_as(result.figure, value) if parse_figure(result.figure).is_date else number(value)
