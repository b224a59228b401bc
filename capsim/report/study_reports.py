"""The report of a study as a page: what a board reads, then its pictures and all of its tables."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import singledispatch
from typing import Any

import pandas as pd

from capsim.projection import GOALS_LEFT_OUT, Projection, assumptions_of, finite, month, plural
from capsim.report.answer_figures import about_of
from capsim.report.answer_pages import (
    audit_parts,
    plan_parts,
    sensitivity_parts,
    solution_parts,
    sweep_parts,
)
from capsim.report.board_words import goals_words, span_words
from capsim.report.comparison_page import comparison_parts
from capsim.report.figure_cells import goal_words, in_a_row, in_a_sentence
from capsim.report.figure_style import source_of
from capsim.report.forecast_page import backtest_parts, forecast_parts
from capsim.report.helps import help_of
from capsim.report.no_middle import why_no_middle
from capsim.report.one_page import (
    CARDS,
    HERE,
    Origin,
    assumptions_sheet,
    card,
    key_of,
    manifest_sheet,
    rendered,
    scope_sheet,
)
from capsim.report.opening import COMPUTE, POWER, chance_spread, share_of
from capsim.report.option_titles import by_titles
from capsim.report.public_studies import public_study
from capsim.report.relief_tables import best_in_a_line
from capsim.report.sheets import Sheet, sheets_of
from capsim.report.studies import study_summary
from capsim.report.study_cards import cards_of_study
from capsim.report.study_pictures import pictures_of_study
from capsim.study import (
    Audit,
    BackTest,
    Comparison,
    Ensemble,
    EnsembleGrid,
    Forecast,
    Planned,
    Relief,
    Sensitivity,
    Solution,
    Sweep,
)
from capsim.vocabulary import measure_of, parse_figure, parse_goal

HOW_LIFTED = "How limits are lifted"
LIKELY = 0.5
"""Share of the draws from which a goal counts as one that is met. [1]"""
KINDS = {
    "compare": "comparison",
    "ensemble-grid": "ensemble of variants",
    "sensitivity": "sensitivity",
    "solve": "goal seek",
    "backtest": "back-test",
}
"""Kinds of studies in words."""


def study_report(
    result: Any, *, is_public: bool = False, plan: Projection | None = None, origin: Origin = HERE
) -> str:
    """The report of a study as HTML: what a board reads, its pictures and all of its tables.

    Parameters
    ----------
    result : Ensemble, Comparison, Relief and others
        Result of a study.
    is_public : bool
        Whether what its scenarios mark as confidential is left out.
    plan : Projection, optional
        Of its scenario: public answers that are told in sentences take it.
    origin : Origin
        How the page comes about.

    Raises
    ------
    CapsimError
        If it is to be public, and nothing is marked or it cannot be told without what is.
    """
    result = public_study(result, plan) if is_public else result
    about, origin = about_of(result), origin.public if is_public else origin
    result = by_titles(result) if isinstance(result, Comparison) else result
    parts: dict[str, Any] = {
        "title": _title(about),
        "about": _about_study(result, about),
        "note": "Public version: what the scenario marks as confidential is left out." if is_public else "",
        "pictures": list(pictures_of_study(result)),
        "tables": [sheet for sheet in sheets_of(study_summary(result)) if sheet.rows or sheet.text],
        "assumptions": _values(result),
        "manifest": manifest_sheet(finite(about), origin),
        "source": origin.words,
    }
    return rendered(**parts | _own_parts(result, parts["tables"]))


def _title(about: dict[str, Any]) -> str:
    """What the study is of, by its title."""
    return str(about.get("title") or about.get("scenario") or "Study")


def _values(result: Any) -> Sheet:
    """Every value of what a result is of, where that is known: a public version does not know it."""
    if getattr(result, "of_scenario", None) is None:
        return Sheet()
    return assumptions_sheet(assumptions_of(result.of_scenario))


@singledispatch
def _own_parts(_result: Any, _tables: list[Sheet]) -> dict[str, Any]:
    """Parts of a page that only this kind of study has."""
    return {}


@_own_parts.register
def _(result: Ensemble, _: list[Sheet]) -> dict[str, Any]:
    about, told = result.manifest, result.told
    outside = {str(name): [*moved] for name, moved in about.get("central_outside", {}).items()}
    percentiles = result.figures["central_percentile"].to_dict()
    ranks = {name: float(percentiles[name]) for name in outside}
    first = [f"{line.removeprefix('! ')}." for line in why_no_middle(ranks, outside)]
    relief = None if told is None else told.relief
    parts: dict[str, Any] = {
        "sentence": sentence_of_draws(result),
        "cards": list(_cards(result)),
        "leads": [_chances(result)],
        "warnings": [*(() if told is None else told.warnings), *first],
        "helps": [] if relief is None else [help_of(relief, source_of(about))],
    }
    scope = [] if told is None else [scope_sheet(told.scope, "What is in the money", told.titles)]
    if told is not None and told.assumptions:
        parts["assumptions"] = assumptions_sheet(pd.DataFrame(told.assumptions))
    tables = [sheet for sheet in sheets_of(study_summary(result)) if sheet.rows or sheet.text]
    # the page has the title of the plan, and says what was drawn
    of_figures, *rest = tables
    return parts | {"tables": [replace(of_figures, title="Headline figures"), *rest, *scope]}


@_own_parts.register
def _(result: Comparison, tables: list[Sheet]) -> dict[str, Any]:
    return comparison_parts(result, tables)


@_own_parts.register
def _(result: Relief, tables: list[Sheet]) -> dict[str, Any]:
    shown = help_of(result, source_of(result.manifest))
    # the ladder and limits lifted once stand above already
    again = ("Each limit lifted by itself", "Ladder: ")
    rest = [sheet for sheet in tables if not sheet.title.startswith(again)]
    # the page has the title of the plan
    rest = [
        replace(sheet, title=HOW_LIFTED) if sheet.title == _title(result.manifest) else sheet
        for sheet in rest
    ]
    return {
        "sentence": f"{best_in_a_line(result)}.",
        "cards": list(cards_of_study(result)),
        "helps": [shown],
        "tables": rest,
    }


@_own_parts.register
def _(result: Forecast, _: list[Sheet]) -> dict[str, Any]:
    return forecast_parts(result)


@_own_parts.register
def _(result: Sensitivity, _: list[Sheet]) -> dict[str, Any]:
    return sensitivity_parts(result)


@_own_parts.register
def _(result: Sweep, _: list[Sheet]) -> dict[str, Any]:
    return sweep_parts(result)


@_own_parts.register
def _(result: Audit, tables: list[Sheet]) -> dict[str, Any]:
    return audit_parts(result, tables)


@_own_parts.register
def _(result: BackTest, _: list[Sheet]) -> dict[str, Any]:
    return backtest_parts(result)


@_own_parts.register
def _(result: Solution, _: list[Sheet]) -> dict[str, Any]:
    return solution_parts(result)


@_own_parts.register
def _(result: Planned, _: list[Sheet]) -> dict[str, Any]:
    return plan_parts(result)


@_own_parts.register
def _(result: EnsembleGrid, _: list[Sheet]) -> dict[str, Any]:
    """The variant that is best in the middle of its draws, where one way of the figure is better."""
    figure, unit = result.figure, result.ensembles[result.names[0]].manifest["money_unit"]
    of = result.ensembles[result.names[0]].manifest
    who = of.get("title") or of["scenario"]
    title = f"{who}, {plural(len(result.names), 'variant')}: {in_a_sentence(figure)}"
    cards = list(cards_of_study(result))
    measure = measure_of(parse_figure(figure))
    tables = {name: one.figures["p50"] for name, one in result.ensembles.items()}
    known = {name: float(middle[figure]) for name, middle in tables.items() if figure in middle.index}
    if measure is None or measure.better == "neither" or not known:
        return {"title": title, "cards": cards}
    best = (max if measure.better == "higher" else min)(known, key=lambda name: known[name])
    row = result.ensembles[best].figures.loc[figure]
    values = [float(value) for value in row[["p50", "p10", "p90"]].to_numpy()]
    words, middle, low, high = in_a_row(figure, values, unit)
    said = f"Best of {len(known)} in the middle of its draws: {best}, {words} {middle}"
    return {"title": title, "cards": cards, "sentence": f"{said} (P10 to P90: {low} to {high})."}


def sentence_of_draws(result: Ensemble) -> str:
    """What a board reads of an ensemble: what is reached and when, how surely, and which goals are likely."""
    about, unit = result.manifest, result.manifest["money_unit"]
    figures, currency = result.figures, unit[:3].lower()
    middles = {str(name): float(value) for name, value in figures["p50"].items()}
    plans = {str(name): float(value) for name, value in figures["central"].items()}

    def said(name: str) -> str:
        key = key_of(figures.index, name.format(definition=about["h100e"]), currency)
        values = [float(v) for v in figures.loc[key][["central", "p10", "p50", "p90"]].to_numpy()]
        title, plan, low, middle, high = in_a_row(key, values, unit)
        return f"{title}: {middle} in the middle of the draws (P10 to P90: {low} to {high}; plan: {plan})"

    has_chips = plans.get("accelerators_peak", 0.0) > 0.0
    parts = [said((COMPUTE if has_chips else POWER)[0])]
    whole = about.get("whole", {})
    last = whole.get("last_in_service", whole.get("last_ready"))
    if last is not None:
        p10, p50, p90 = (month(last[end]) if last[end] else "never" for end in ("p10", "p50", "p90"))
        parts.append(f"the last of it in {p50} ({p10} to {p90})")
    capex = key_of(figures.index, f"capex_{currency}", currency)
    if middles.get(capex, 0.0) > 0.0:
        words, middle = in_a_row(capex, [middles[capex]], unit)
        years = [int(str(month)[:4]) for month in result.monthly["month"].to_numpy()]
        span = span_words(years, has_refresh=bool(about.get("has_refresh")))
        parts.append(f"for {middle} {words.partition(', ')[2]} of capex {span}")
    likely = [chance.probability for chance in result.chances if chance.probability >= LIKELY]
    goals = goals_words(likely, len(result.chances), about.get(GOALS_LEFT_OUT, 0), likely=True)
    return ", ".join(parts) + (f"; {goals}." if result.chances else ".")


def _cards(result: Ensemble) -> Iterator[dict[str, str]]:
    """Headline figures of an ensemble, and how sure they are."""
    unit, table = result.manifest["money_unit"], result.figures
    for pattern in CARDS:
        key = key_of(table.index, pattern.format(definition=result.manifest["h100e"]), unit[:3].lower())
        if key in table.index:
            of = dict(zip(map(str, table.columns), map(float, table.loc[key].to_numpy()), strict=True))
            if not math.isnan(of["p50"]):
                yield from card(key, of["central"], of, unit)


def _chances(result: Ensemble) -> Sheet:
    unit, rows = result.manifest["money_unit"], []
    for chance in result.chances:
        goal = parse_goal(chance.goal)
        spread = chance_spread(str(goal.figure), goal.sense, vars(chance), unit)
        rows.append([goal_words(goal, unit), *spread, share_of(chance.probability)])
    heads = ["target", "P10", "P50", "P90", "met in so many draws"]
    return Sheet(heads, rows, "Targets", frozenset(range(1, 5)))


def _about_study(result: Any, about: dict[str, Any]) -> str:
    kind = str(about.get("kind") or type(result).__name__.lower())
    parts = [KINDS.get(kind, kind)]
    drawn = about.get("replications", about.get("n"))
    parts += [plural(drawn, "draw")] if drawn else []
    parts += [f"seed {about['seed']}"] if "seed" in about else []
    parts += [f"data date {about['as_of']}"] if about.get("as_of") else []
    parts += [f"{about['money_unit']}, real"] if "money_unit" in about else []
    return "; ".join(parts)
