"""Rules of targets: each says what it is about, in words that results have."""

from __future__ import annotations

from capsim.errors import FigureError
from capsim.registry import did_you_mean
from capsim.scenario.records.schema import Scenario
from capsim.scenario.records.study_records import Target
from capsim.scenario.rules.rule import Around, Issue, Issues, rule
from capsim.units import MONTHS_PER_YEAR, first_of_month
from capsim.vocabulary import DECLARED, Asked, measure_of, no_result, parse_goal

GOALS = ("h100e", "accelerators", "facility_mw", "critical_it_mw", "budget", "goals")
"""Keys of what a target is about."""


@rule
def target_has_a_goal(target: Target, _: Around) -> Issues:
    """A target says what it is about."""
    if not target.model_fields_set & {*GOALS}:
        yield Issue((), f"needs at least one of {', '.join(GOALS)}")


@rule
def target_is_not_before_the_start(target: Target, around: Around) -> Issues:
    """A target has a month of the plan: the last one stands for what is later, none for what is earlier."""
    start = around.scenario.start
    if target.by is not None and target.by < start:
        yield Issue(("by",), f"lies before the plan begins on {start.isoformat()}", got=True)


@rule
def goals_are_of_results(target: Target, around: Around) -> Issues:
    """A goal in words is about a figure, a place and months that results have."""
    for i, text in enumerate(target.goals):
        try:
            goal = parse_goal(text)
        except FigureError as error:
            yield Issue(("goals",), str(error), at=("goals", str(i)))
            continue
        unknown = not_in_results(goal.figure, around.scenario)
        wrong = unknown or ("a target is >= or <=" if goal.sense == "=" else "")
        if wrong:
            yield Issue(("goals",), wrong, got=text, at=("goals", str(i)))


def not_in_results(asked: Asked, scenario: Scenario) -> str:
    """What the results of a scenario would not have of a figure, in words; empty where they have all."""
    # a date of a phase is declared with the phases, a level by its figure
    named = Asked(asked.name) if asked.level else asked
    if not named.is_date and measure_of(named) is None:
        return no_result(asked.name, [*DECLARED["headline"], *DECLARED["monthly"]])
    places = [site.id for site in scenario.sites]
    if named.is_date:
        places = [f"{site.id}.{phase.id}" for site, phase in scenario.phases()]
    if asked.of and asked.of not in places:
        kind = "phase" if named.is_date else "site"
        return f"unknown {kind} {asked.of}{did_you_mean(asked.of, places)}"
    months = [first_of_month(scenario.start, m) for m in range(scenario.horizon_years * MONTHS_PER_YEAR)]
    if asked.when and not months[0] <= asked.when.last <= months[-1]:
        return f"the horizon is from {months[0]:%Y-%m} to {months[-1]:%Y-%m}"
    return ""
