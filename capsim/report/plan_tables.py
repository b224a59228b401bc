"""Tables of a living plan: its re-forecast, and how plans stood the test of what happened."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from capsim.projection import listed, plural
from capsim.report.figure_cells import goal_words, milestone_title
from capsim.report.grids import grid, titled, words
from capsim.study import BEYOND, BackTest, Forecast, Point, Trend
from capsim.vocabulary import DECLARED, declared, parse_goal

MOST_SLIPS = 20
"""Slips that are shown; JSON has all."""
NAIVE = "crps of "
"""How the score of a naive forecast is called."""
NUMBER, SHARE = ",.3g", ".0%"
COLUMNS = {
    "outcomes": ("number", ".0f"),
    "crps": ("CRPS", NUMBER),
    "bias": ("bias", NUMBER),
    "bias_share": ("bias in %", "+.0%"),
    "mape": ("MAPE", SHARE),
    "inside_50": ("in middle 50 %", SHARE),
    "inside_80": ("in middle 80 %", SHARE),
    "never": ("never comes", SHARE),
}
"""Scores that are shown, their headings and forms."""


def forecast_doubts(made: Forecast) -> list[str]:
    """What a forecast takes for granted: a plan without a data date, and days gone by that nothing reported.

    Parameters
    ----------
    made : Forecast
        The forecast.

    Returns
    -------
    doubts : list of str
        A sentence each, without a full stop.
    """
    return [*_undated(made), *_unreported(made), *_overdue(made)]


def _undated(made: Forecast) -> Iterator[str]:
    """That nobody said up to when all is known, and how many draws that lets be in the past."""
    if made.is_dated:
        return
    ends = {name: end for name, (end, _, _) in made.spread.items() if name in made.vintage.dates}
    early = [
        name for name, end in ends.items() if end and end < made.vintage.as_of <= made.vintage.dates[name]
    ]
    told = f"; {len(early)} of these may be drawn before that day" if early else ""
    yield f"No --as-of: all is open from the plan's start, {made.vintage.as_of}, on{told}"


def _unreported(made: Forecast) -> Iterator[str]:
    """How many dates of the plan are past and reported by nothing, and the earliest of them by name."""
    late = sorted(made.unreported.items(), key=lambda one: one[1])
    if not late:
        return
    name, day = late[0]
    first = f"{milestone_title(name, made.titles)} (planned {day})"
    told = f"{first} counts" if len(late) == 1 else f"{plural(len(late), 'milestone')}, first {first}, count"
    yield (
        f"{told} as kept by the data date, {made.vintage.as_of}: no line of a status file (--actuals) says so"
    )


def _overdue(made: Forecast) -> Iterator[str]:
    """How much of the plan's past nothing reports, so that it is all to come, and the earliest by name."""
    late = sorted(made.overdue.items(), key=lambda one: one[1])
    if not late:
        return
    name, day = late[0]
    first, by = f"{milestone_title(name, made.titles)} (planned {day})", f"by {made.vintage.as_of}"
    told, of = f"{first} was due {by} and counts", "it"
    if len(late) > 1:
        told, of = f"{plural(len(late), 'milestone')}, first {first}, were due {by} and count", "them"
    yield f"{told} as still to come: no line of a status file (--actuals) tells of {of}"


def forecast_tables(made: Forecast) -> RenderableType:
    """Dates with their spread, slips with their cause, the MW to come and what was learned."""
    now, parts = made.vintage, list[RenderableType]()
    parts += [Text(f"! {doubt}\n") for doubt in forecast_doubts(made)]
    if made.unreported:
        kept = (f"{milestone_title(name, made.titles)} ({day})" for name, day in made.unreported.items())
        parts.append(Text(f"Counted as kept: {', '.join(kept)}\n"))
    if made.overdue:
        late = (f"{milestone_title(name, made.titles)} ({day})" for name, day in made.overdue.items())
        parts.append(Text(f"Counted as still to come: {', '.join(late)}\n"))
    rows = [
        [
            milestone_title(name, made.titles),
            now.dates.get(name, BEYOND),
            *(day or BEYOND for day in made.spread.get(name, ("",) * 3)),
        ]
        for name in dict.fromkeys([*now.dates, *made.spread])
    ]
    parts.append(_table(f"Forecast as of {now.as_of}", ["milestone", "central", "P10", "P50", "P90"], rows))
    for against, slips in made.slips.items():
        moved = [
            [
                milestone_title(slip.milestone, made.titles),
                slip.before or "new",
                slip.now or "gone",
                months_later(slip.months),
                slip.cause,
            ]
            for slip in slips[:MOST_SLIPS]
        ]
        if not moved:
            parts.append(Text(f"Against {against}: no milestone moved"))
            continue
        parts.append(_table(f"Against {against}", ["milestone", "then", "now", "months", "cause"], moved))
    if len(made.slips) > 1:
        parts.append(_trends(made.trends, made.titles))
    if made.chances:
        asked = [[goal_words(parse_goal(goal), ""), f"{share:.0%}"] for goal, share in made.chances.items()]
        parts.append(_table("Chances", ["goal", "draws that have it"], asked))
    if made.money:
        spent = [[end, *(f"{value:,.0f}" for value in row)] for end, row in made.money.items()]
        spent += [[day, f"{value:,.0f} paid", "", "", ""] for day, value in made.paid.items()]
        title = "Capex so far, real, with what was paid before the start; paid is money of its day"
        parts.append(_table(title, ["by", "central", "P10", "P50", "P90"], spent))
    parts += [_s_curve(figure, points) for figure, points in made.s_curves.items()]
    parts += [Text(said) for said in made.findings]
    overruns = of_overruns(made)
    return Group(*parts, *([Text(overruns)] if overruns else []))


def of_overruns(made: Forecast) -> str:
    """What the plan's own finished stages say of those to come; empty where none is finished."""
    terms = made.learned
    if not terms.stages:
        return ""
    count = plural(terms.stages, "finished stage")
    said = (
        f"Mean overrun: prior 1.00 (spread {terms.prior_sigma:.2f}), {count} at "
        f"{terms.data:.2f}, posterior {terms.posterior:.2f} (spread {terms.posterior_sigma:.2f}); "
        f"of a stage to come {terms.next_stage.median:.2f} (spread {terms.next_stage.sigma:.2f}), "
    )
    if terms.running:
        said += f"and of {plural(terms.running, 'stage')} under way, given that it is not over, "
    return said + ("as drawn here" if made.is_learned else "drawn so with --learn")


def _trends(trends: Sequence[Trend], titles: Mapping[str, str]) -> RenderableType:
    """Forecast dates by vintage, and how fast they slip."""
    rows = [
        [milestone_title(one.milestone, titles), *one.dates.values(), pace(one.per_month), one.comes]
        for one in trends
    ]
    headings = ["milestone", *trends[0].dates, "months a month", "comes if it goes on so"]
    return _table("Trend of the forecast dates, by vintage", headings, rows)


def pace(value: float) -> str:
    """Months by which a forecast slips in a month; empty where that is not known."""
    return "" if math.isnan(value) else f"{value:+.2f}"


def group_title(group: str) -> str:
    """A group of outcomes as people call it.

    Examples
    --------
    >>> group_title("grid_mw of all sites by month"), group_title("ready for service")
    ('Grid power energised of all sites by month', 'Ready for service')
    """
    name, of, whose = group.partition(" of ")
    measure = declared(name, "monthly") or declared(name, "headline") or DECLARED["date"].get(name)
    title = measure.title if measure else name
    return f"{title[:1].upper()}{title[1:]}{of}{whose}"


def backtest_tables(test: BackTest) -> RenderableType:
    """Scores by kind of outcome and by milestone or figure, beside those of naive forecasts."""
    parts = list[RenderableType]()
    for kind, groups in test.scores.items():
        of = {group: [group_title(group), test.unit(kind, group)] for group in groups}
        first = next(iter(groups.values()))
        shown = {key: column for key, column in COLUMNS.items() if key in first}
        naive = [key for key in first if key.startswith(NAIVE)]
        scores = [
            [*of[group], *(_score(one[key], form) for key, (_, form) in shown.items())]
            for group, one in groups.items()
        ]
        beside = [[*of[group], *(_score(one[key], NUMBER) for key in naive)] for group, one in groups.items()]
        ranks = [[group_title(group), " ".join(map(str, test.ranks(kind, group)))] for group in groups]
        headings = ["of", "unit", *(title for title, _ in shown.values())]
        parts.append(_table(f"Back-test of {kind} (bias: forecast less actual)", headings, scores))
        headings = ["of", "unit", *(key.removeprefix(NAIVE) for key in naive)]
        parts.append(_table(f"CRPS of naive forecasts of {kind}", headings, beside))
        parts.append(_table(f"Actual {kind} in tenths of their forecast", ["of", "from low to high"], ranks))
    if ended := test.cancelled:
        said = (
            f"Cancelled: {ended['outcomes']:.0f}, to whose never coming the plans gave {ended['never']:.0%}"
        )
        parts.append(Text(said))
    if not test.scores:
        parts.append(Text("Nothing happened after the data dates of the plans that they say anything of"))
    for why, lines in test.named.items():
        parts.append(Text(f"{plural(len(lines), 'line')} {why}: {listed(list(dict.fromkeys(lines)))}"))
    return Group(*parts)


def _s_curve(figure: str, points: Sequence[Point]) -> RenderableType:
    """A curve at the ends of years, and in the last month that is over and the next."""
    over = max((n for n, point in enumerate(points) if point.actual is not None), default=-1)
    shown = [p for n, p in enumerate(points) if p.month.endswith("-12") or n in (over, over + 1)]
    rows = [[p.month, *(_level(value) for value in (p.plan, p.actual, p.p10, p.p50, p.p90))] for p in shown]
    # money that nobody reported is not known, however long ago it was due
    actual = "paid" if figure == "capex" else "actual"
    headings = ["by the end of", "plan", actual, "P10", "P50", "P90"]
    return _table(f"{figure}: plan, {actual} and what is to come", headings, rows)


def _level(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _table(title: str, headings: list[str], rows: list[list[str]]) -> RenderableType:
    return titled(title, grid([words(heading) for heading in headings], rows, gap=2))


def months_later(value: float) -> str:
    """Months by which something moved; empty where they are not known."""
    return f"{value:+.1f}" if math.isfinite(value) else ""


def _score(value: float, shown: str) -> str:
    return "" if math.isnan(value) else format(value, shown)
