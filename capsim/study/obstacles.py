"""What holds a run back in a month, and which limits it breaks: the reasons a goal seek gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from capsim.buildout import GRID, PLANNED_START, Wait
from capsim.operations import ACCELERATORS, OF_THE_PLAN, cause_of
from capsim.projection import Run, answered, money_unit, target_results
from capsim.scenario import Scenario
from capsim.study.observe import play
from capsim.vocabulary import Goal, measure_of, parse_figure

WORKS = "being installed"
"""Why ready halls have no accelerators in service where these wait for nothing."""
NO_EFFECT = "it has no effect on the result"
"""What is said of a value that moves nothing."""
PAST_THE_HORIZON = "all of these dates lie past the horizon"
"""What is said of dates that can move nothing, with the month in which the horizon ends."""
LEAST_MW = 0.01
"""Less than this is not worth a word. [MW]"""


def why_none_moves(least: Any, end: date, *, moves: bool) -> str:
    """Why no value from the least on could move a result inside the horizon; empty where one may."""
    if isinstance(least, date) and least >= end:
        return f"; {PAST_THE_HORIZON}, which ends before {end.isoformat()}"
    return "" if moves else f"; {NO_EFFECT}"


def remark_in(explanation: str) -> str:
    """That of these which an explanation has; empty for none.

    Examples
    --------
    >>> remark_in("no value gives it" + why_none_moves(3.0, date(2030, 1, 1), moves=False))
    'it has no effect on the result'
    """
    parts = explanation.split("; ")
    return next((one for one in parts if one == NO_EFFECT or one.startswith(PAST_THE_HORIZON)), "")


def what_binds(run: Run, vary: str, goal: Goal) -> str:
    """What holds the varied part of the plan back in a goal's month, or that of its day.

    Of a path inside a phase, the waits of that phase and of its systems and the limits of its site
    count, with what the rest of the plan waits for after them; of any other path, the whole plan.
    The text is empty where nothing waits.
    """
    site, phase = _place(vary)
    month = _month_that_counts(goal, run.scenario)
    of_place = [wait for wait in _during(run, month) if (wait.site, wait.phase) == (site, phase)]
    causes = list(dict.fromkeys(wait.cause for wait in of_place))
    in_service, elsewhere = _waiting(run, month, site)
    parts = [f"{site}.{phase} waits for {', '.join(causes)}"] if causes else []
    parts += in_service
    if site and not parts:
        parts = [f"nothing holds back {site}.{phase}"]
    if elsewhere:
        parts.append(f"{'elsewhere ' if site else ''}{'; '.join(elsewhere)}")
    return "; ".join(parts)


def _place(vary: str) -> tuple[str, str]:
    """Site and phase of a path; empty where it is inside none."""
    parts = vary.split(".")
    inside = len(parts) > 4 and parts[0] == "sites" and parts[2] == "phases"
    return (parts[1], parts[3]) if inside else ("", "")


def _during(run: Run, month: int) -> Iterator[Wait]:
    """Waits that reach into a month, but for those the plan itself asks for."""
    start_d, end_d = map(float, run.scenario.calendar.month_start_d[month : month + 2])
    waits = (wait for wait in run.timeline.waits if wait.cause != PLANNED_START)
    return (wait for wait in waits if wait.start_d < end_d and wait.end_d > start_d)


def _waiting(run: Run, month: int, varied: str) -> tuple[list[str], list[str]]:
    """Sentences on MW that wait in a month: limits of the varied site in service, and all the rest."""
    halls: dict[tuple[str, str], set[str]] = {}
    items: dict[str, set[str]] = {}
    unready = {(wait.site, wait.phase) for wait in _during(run, month) if not wait.item}
    for wait in _during(run, month):
        if not wait.item:
            halls.setdefault((cause_of(wait), wait.site), set()).add(wait.phase)
        elif (wait.site, wait.phase) not in unready and (wait.phase or wait.cause != GRID):
            items.setdefault(wait.site, set()).add(wait.cause)
    limits: list[str] = []
    rest: list[str] = []
    waiting = sorted(run.operations.waiting.items(), key=lambda item: (-item[1][month], item[0]))
    for (cause, site), mw in waiting:
        if mw[month] < LEAST_MW or cause in OF_THE_PLAN:
            continue
        phases = halls.get((cause, site), set())
        named = ", ".join(f"{site}.{phase}" for phase in sorted(phases)) or site
        why = f" ({', '.join(sorted(items.get(site, {WORKS})))})" if cause == ACCELERATORS else ""
        text = f"{cause}{why}: {mw[month]:.3g} MW of {named} wait"
        (limits if site == varied and not phases else rest).append(text)
    return limits, rest


def limits_broken(changed: Scenario, scenario: Scenario, seed: int, goal: Goal) -> tuple[str, ...]:
    """Limits a changed scenario breaks in a goal's month or as a whole: it cannot be built as it stands.

    Halls that the meter of their site does not carry, phases that are never ready, and upper bounds of the
    scenario's targets; of each it is said where the plan as it stands breaks it already.
    """
    run, present = play(changed, seed, 0), play(scenario, seed, 0)
    month = month_of(goal, scenario)
    return (*_stranded(run, present, month), *_never_ready(run, present), *_missed(run, present))


def limits_words(limits: Sequence[str]) -> str:
    """The limits, to be put after what is said of an answer; empty where it breaks none."""
    return f"; it breaks limits of the plan: {'; '.join(limits)}" if limits else ""


def month_of(goal: Goal, scenario: Scenario) -> int:
    """Index of a goal's month; of the last where it has none inside the horizon."""
    return _index(goal.month, scenario)


def _month_that_counts(goal: Goal, scenario: Scenario) -> int:
    """Index of a goal's month, of a date that of its day: what is not ready then keeps it from being met."""
    is_date = goal.figure.is_date
    return _index(date.fromordinal(int(goal.value)).replace(day=1) if is_date else goal.month, scenario)


def _index(month: date | None, scenario: Scenario) -> int:
    months = scenario.calendar.months
    return months.index(month) if month in months else len(months) - 1


def _stranded(run: Run, present: Run, month: int) -> Iterator[str]:
    """Sites whose grid connection does not carry their halls."""
    series = {name: run.operations.monthly[name][:, month] for name in ("critical_it_mw", "grid_mw")}
    stranded = run.operations.monthly["stranded_mw"][:, month]
    sites = [site.id for site in present.scenario.sites]
    before = dict(zip(sites, present.operations.monthly["stranded_mw"][:, month], strict=True))
    for i, site in enumerate(run.scenario.sites):
        if stranded[i] > LEAST_MW:
            then_mw = before.get(site.id, 0.0)
            yield (
                f"the {series['grid_mw'][i]:.4g} MW of grid at {site.id} strand {stranded[i]:.3g} MW of its "
                f"{series['critical_it_mw'][i]:.4g} MW of halls"
                f"{_already(f'{then_mw:.3g} MW') if then_mw > LEAST_MW else ''}"
            )


def _never_ready(run: Run, present: Run) -> Iterator[str]:
    """Phases that are given up or never ready."""
    never_before = {(p.site, p.phase) for p in present.timeline.abandoned}
    for phase in run.timeline.abandoned:
        if phase.phase:
            then = _already("never too") if (phase.site, phase.phase) in never_before else ""
            yield f"phase {phase.site}.{phase.phase} is never ready for service{then}"


def _missed(run: Run, present: Run) -> Iterator[str]:
    """Upper bounds of targets: what is spent or drawn beyond them."""
    unit = money_unit(run.scenario)
    for now, then in zip(target_results(run), target_results(present), strict=True):
        if now.is_limit and not now.met:
            figure = parse_figure(now.metric)
            reached, goal, before = (answered(figure, v, unit) for v in (now.reached, now.goal, then.reached))
            by = f" by {now.by}" if now.by else ""
            then_too = "" if then.met else _already(before)
            yield f"{_title(now.metric)} is {reached} of at most {goal}{by}{then_too}"


def _title(figure: str) -> str:
    """A figure as people call it, with its place."""
    asked = parse_figure(figure)
    measure = measure_of(asked)
    if measure is None:
        return figure
    return f"{measure.title} of {asked.of}" if asked.of else measure.title


def _already(how: str) -> str:
    """That the plan as it stands breaks a limit too."""
    return f" (the plan as it stands breaks it already: {how})"
