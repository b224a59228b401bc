"""Pages of a plan that is looked at every month: its re-forecast, and how good forecasts were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from capsim.projection import month, plural
from capsim.report.backtest_screen import HEADS, MEANINGS, left_lines, score_cells
from capsim.report.figure_cells import goal_words, milestone_title
from capsim.report.one_page import NO_BREAK
from capsim.report.opening import share_of
from capsim.report.plan_tables import forecast_doubts, group_title, months_later, of_overruns, pace
from capsim.report.sheets import Sheet
from capsim.report.study_cards import cards_of_study
from capsim.study import BEYOND, BackTest, Forecast, Slip
from capsim.vocabulary import parse_goal


def forecast_parts(made: Forecast) -> dict[str, Any]:
    """Parts of the page of a re-forecast.

    Parameters
    ----------
    made : Forecast
        Computed; its sites have their titles.
    """
    slips = [_slips(made, against, moved) for against, moved in made.slips.items()]
    trends = [_trends(made)] if len(made.slips) > 1 else []
    overruns = of_overruns(made)
    return {
        "sentence": sentence_of_forecast(made),
        "cards": list(cards_of_study(made)),
        "leads": [_to_come(made), *_chances(made)],
        "warnings": [f"{doubt}." for doubt in forecast_doubts(made)],
        "tables": [
            *(sheet for sheet in (*slips, *trends, *_money(made)) if sheet.rows or sheet.text),
            *([Sheet(title="What was learned", text=overruns)] if overruns else []),
        ],
        "findings": list(made.findings),
    }


def sentence_of_forecast(made: Forecast) -> str:
    """What a board reads: how much is to come, the last of it, and how much is later than it was."""
    now = made.vintage
    to_come = sorted((day, name) for name, day in now.dates.items() if day >= now.as_of)
    said = f"{plural(len(to_come), 'milestone')} to come inside the horizon as of {now.as_of}"
    if to_come:
        day, name = to_come[-1]
        said += f", the last, {milestone_title(name, made.titles)}, in {month(day)}"
        ends = made.spread.get(name, ())
        if all(ends) and ends:
            said += f" (P10 to P90: {month(ends[0])} to {month(ends[-1])})"
    for against, slips in list(made.slips.items())[-1:]:
        said += f"; {sum(slip.months > 0.0 for slip in slips)} later than in {against}"
    return f"{said}."


def _to_come(made: Forecast) -> Sheet:
    """Milestones by their central date, with P10, P50 and P90."""
    now = made.vintage
    known = {name: now.dates.get(name, BEYOND) for name in dict.fromkeys([*now.dates, *made.spread])}
    order = sorted(known, key=lambda name: (known[name] == BEYOND, known[name]))
    rows = [
        [
            milestone_title(name, made.titles),
            known[name],
            *(day or BEYOND for day in made.spread.get(name, ("",) * 3)),
        ]
        for name in order
        if known[name] >= now.as_of
    ]
    heads = ["milestone", "central", "P10", "P50", "P90"]
    return Sheet(heads, rows, f"To come as of {now.as_of}", frozenset(range(1, 5)))


def _chances(made: Forecast) -> Iterator[Sheet]:
    if made.chances:
        rows = [[goal_words(parse_goal(goal), ""), share_of(share)] for goal, share in made.chances.items()]
        yield Sheet(["goal", "draws that have it"], rows, "Chances", frozenset({1}))


def _slips(made: Forecast, against: str, slips: Sequence[Slip]) -> Sheet:
    """Milestones that moved, the most first, and why."""
    rows = [
        [
            milestone_title(slip.milestone, made.titles),
            slip.before or "new",
            slip.now or "gone",
            months_later(slip.months),
            slip.cause,
        ]
        for slip in slips
    ]
    title = f"Moved against {against}"
    if not rows:
        return Sheet(title=title, text="No milestone moved.")
    return Sheet(["milestone", "then", "now", "months later", "cause"], rows, title, frozenset({1, 2, 3}))


def _trends(made: Forecast) -> Sheet:
    """Forecast dates by vintage, and how fast they slip."""
    rows = [
        [milestone_title(one.milestone, made.titles), *one.dates.values(), pace(one.per_month), one.comes]
        for one in made.trends
    ]
    vintages = made.trends[0].dates if made.trends else {}
    heads = ["milestone", *vintages, "months a month", "comes if it goes on so"]
    title = "Trend of the forecast dates, by vintage"
    return Sheet(heads, rows, title, frozenset(range(1, len(heads))))


def _money(made: Forecast) -> Iterator[Sheet]:
    """Capex up to the end of each year, and what was paid."""
    rows = [[end, *(f"{value:,.0f}" for value in row)] for end, row in made.money.items()]
    rows += [[day, f"{value:,.0f} paid", "", "", ""] for day, value in made.paid.items()]
    if made.money:
        title = "Capex so far, real, with what was paid before the start; paid is money of its day"
        yield Sheet(["by", "central", "P10", "P50", "P90"], rows, title, frozenset(range(1, 5)))


def backtest_parts(test: BackTest) -> dict[str, Any]:
    """The page of a back-test: how far off forecasts were, beside naive ones, and what each heading means."""
    rows = [
        [f"{group_title(group)}, {test.unit(kind, group)}", *score_cells(scores)]
        for kind, of in test.scores.items()
        for group, scores in of.items()
    ]
    # back-tests saved before have no titles
    titles = test.manifest.get("titles", {})
    plans = list(dict.fromkeys(one.plan for one in test.outcomes))
    called = dict.fromkeys(titles.get(name) or name for name in plans)
    said = f"{plural(len(test.outcomes), 'outcome')} of {plural(len(plans), 'plan')} as they stood"
    inside = [scores["inside_80"] for of in test.scores.values() for scores in of.values()]
    sentence = f"{said}, held against what happened since"
    if inside:
        held = f"{min(inside):.0%} to {max(inside):.0%}".replace("%", NO_BREAK + "%")
        sentence += f"; {held} of what happened lies within the 80{NO_BREAK}% range forecast, by group"
    return {
        "title": f"Back-test of {'; '.join(called)}" if plans else "Back-test",
        "sentence": f"{sentence}.",
        "leads": [Sheet(["what was forecast", *HEADS], rows, "Scores", frozenset(range(1, 1 + len(HEADS))))],
        "says": {"title": "What the headings mean", "lines": [*MEANINGS]},
        "findings": [f"{line}." for line in left_lines(test)],
    }
