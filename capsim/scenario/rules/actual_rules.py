"""Rules of the data date: what has happened lies before it, and in an order that can be."""

from __future__ import annotations

from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from capsim.registry import did_you_mean
from capsim.scenario.records.actual_records import EVENTS, Actual
from capsim.scenario.records.buildout_records import Risk
from capsim.scenario.records.schema import Scenario
from capsim.scenario.records.site_records import Count, Deployment, Equipment, GridStep, Phase, Power, Stage
from capsim.scenario.rules.rule import Around, Issue, Issues, rule
from capsim.vocabulary import DECLARED

MONEY = ("committed", "paid")
"""Figures of actuals that are sums so far, in the scenario's currency."""


@rule
def actuals_have_a_data_date(scenario: Scenario, _: Around) -> Issues:
    """What has happened is told together with the day until which it is known."""
    if scenario.actuals and scenario.as_of is None:
        yield Issue(("actuals",), "needs as_of, the day until which it is known what happened")


@rule
def data_date_is_inside_the_horizon(scenario: Scenario, around: Around) -> Issues:
    """Something of a plan is to come on its data date, or has come; before the start all of it is to come."""
    if scenario.as_of is not None and not scenario.as_of < around.end:
        rule_ = f"must be before the end of the horizon on {around.end.isoformat()}"
        yield Issue(("as_of",), rule_, got=True)


@rule
def figures_are_known(actual: Actual, _: Around | None = None) -> Issues:
    """What an actual names is something that happens, or a figure with its number and unit."""
    if actual.what in EVENTS:
        return
    figures = {**DECLARED["headline"], **DECLARED["monthly"]}
    known = [*EVENTS, *figures, *MONEY]
    if actual.what not in known:
        yield Issue(("what",), f"unknown milestone or figure{did_you_mean(actual.what, known)}", got=True)
    elif actual.number is None:
        yield Issue(("number",), f"missing: the {actual.what} that was measured")
    elif actual.what in figures and not figures[actual.what].is_money:
        unit = figures[actual.what].unit
        if actual.unit not in (unit, "" if unit == "1" else unit):
            yield Issue(("unit",), f"must be {unit}, as of {actual.what}", got=actual.unit or False)


@rule
def figures_are_of_what_there_is(actual: Actual, around: Around) -> Issues:
    """Money is of the portfolio or of any part of it, in the scenario's currency; other figures of sites."""
    # a word that is unknown may be of anything
    if actual.what not in MONEY and actual.what not in {**DECLARED["headline"], **DECLARED["monthly"]}:
        return
    scenario: Any = around.scenario
    site = next((site for site in scenario.sites if site.id == actual.site), None)
    if actual.site and site is None:
        known = [site.id for site in scenario.sites]
        yield Issue(("site",), f"unknown site{did_you_mean(actual.site, known)}", got=True)
        return
    parts = [] if site is None else [step.id for step in site.grid_connection]
    for phase in () if site is None else site.phases:
        parts += [phase.id, *(f"{phase.id}.{order.id}" for order in phase.deployments)]
    if actual.what not in MONEY and actual.item:
        yield Issue(("item",), f"must be empty: {actual.what} is of a site or of the portfolio", got=True)
    elif actual.item and actual.item not in parts:
        rule_ = f"unknown phase, grid step or deployment{did_you_mean(actual.item, parts)}"
        yield Issue(("item",), rule_, got=True)
    code = scenario.currency.code
    if actual.what in MONEY and actual.unit not in ("", code):
        yield Issue(("unit",), f"must be {code}, the currency of the scenario", got=True)


@rule
def sums_so_far_never_fall(scenario: Scenario, _: Around) -> Issues:
    """What was paid or committed by a day is at least what it was before."""
    sums: dict[tuple[str, str, str], float] = {}
    for number, line in sorted(enumerate(scenario.actuals), key=lambda pair: pair[1].on):
        if line.what in MONEY and line.number is not None:
            key, value = (line.site, line.item, line.what), float(line.number)
            if value < sums.get(key, 0.0):
                rule_ = f"is a sum so far, so it must be at least {sums.get(key, 0.0):.15g}"
                yield Issue(("actuals", str(number), "number"), rule_, got=True)
            sums[key] = value


@rule
def stages_started_before_they_are_over(stage: Stage, around: Around) -> Issues:
    """Starts lie before the data date and before ends, and what is left is of a stage that has started."""
    yield from _is_past("started_on", stage.started_on, around)
    yield from _is_past("reported_on", stage.reported_on, around)
    yield from _in_order("started_on", stage.started_on, "finished_on", stage.finished_on)
    yield from _in_order("started_on", stage.started_on, "reported_on", stage.reported_on)
    for key, value in (("percent_done", stage.percent_done), ("remaining_months", stage.remaining_months)):
        if value is not None and stage.started_on is None:
            yield Issue((key,), "needs started_on: only of a stage that has started something is left")
    if stage.percent_done is not None and stage.remaining_months is not None:
        yield Issue(("percent_done",), "must not be given together with remaining_months")


@rule
def equipment_comes_after_its_order(item: Equipment, _: Around) -> Issues:
    """Equipment is ordered before it is delivered."""
    yield from _in_order("ordered_on", item.ordered_on, "delivered_on", item.delivered_on)


@rule
def counts_are_past(count: Count | Power, around: Around) -> Issues:
    """What is counted is counted by the data date."""
    yield from _is_past("on", count.on, around)


@rule
def parts_are_less_than_all(step: GridStep, _: Around) -> Issues:
    """Parts of a grid step that carry power are less than all of it, whose date is another."""
    for number, part in enumerate(step.energised):
        if not part.mw < step.grid_mw:
            rule_ = f"must be less than grid_mw {step.grid_mw:g}; that all is energised has a date"
            yield Issue(("energised", str(number), "mw"), rule_, got=True)
    yield from _in_order("applied_on", step.applied_on, "finished_on", step.finished_on)
    if step.slip_months < 0.0 and step.stages:
        yield Issue(("slip_months",), "must be at least 0 where the step has stages", got=True)


@rule
def one_date_of_the_end(plan: Phase | GridStep, _: Around) -> Issues:
    """A phase or a grid step has a date from its plan or from what happened, not both."""
    key = "ready_for_service_on" if isinstance(plan, Phase) else "energised_on"
    if plan.finished_on is not None and getattr(plan, key) is not None:
        yield Issue(("finished_on",), f"must not be given together with {key}")


@rule
def risks_are_of_stages(risk: Risk, around: Around) -> Issues:
    """A risk names stages that there are."""
    names = []
    for site in around.scenario.sites:
        built: list[Phase | GridStep] = [*site.phases, *site.grid_connection]
        names += [f"{site.id}.{works.id}.{stage.id}" for works in built for stage in works.stages]
    for number, pattern in enumerate(risk.stages):
        if not any(fnmatchcase(name, pattern) for name in names):
            rule_ = f"matches no stage of a phase or a grid step{did_you_mean(pattern, names)}"
            yield Issue(("stages", str(number)), rule_, got=pattern)


@rule
def what_is_cancelled_was_not_over(plan: Phase | GridStep | Stage | Deployment, around: Around) -> Issues:
    """What was cancelled was not there before, and nothing happens to it afterwards."""
    day = plan.cancelled_on
    yield from _is_past("cancelled_on", day, around)
    if day is None:
        return
    ends = ("ready_for_service_on", "energised_on", "in_service_on", "finished_on")
    for key in ends:
        end = getattr(plan, key, None)
        if end is not None and end <= day:
            yield Issue(("cancelled_on",), f"must be before {key}, {end.isoformat()}: it was there", got=True)
    for key in ("started_on", "applied_on", "ordered_on"):
        yield from _in_order(key, getattr(plan, key, None), "cancelled_on", day)
    if isinstance(plan, GridStep) and plan.energised:
        rule_ = "must not be given of a step of which a part is energised: write that part as grid_mw"
        yield Issue(("cancelled_on",), rule_, got=True)
    if isinstance(plan, Deployment) and any(c.on > day for c in (*plan.delivered, *plan.in_service)):
        yield Issue(("cancelled_on",), "must not be before a count of it", got=True)


def _is_past(key: str, day: date | None, around: Around) -> Issues:
    scenario: Any = around.scenario
    if day is None:
        return
    if scenario.as_of is None:
        yield Issue((key,), "needs as_of, the day until which it is known what happened", got=True)
    elif day > scenario.as_of:
        yield Issue((key,), f"must not be after as_of, {scenario.as_of.isoformat()}", got=True)


def _in_order(first: str, start: date | None, last: str, end: date | None) -> Issues:
    if start is not None and end is not None and end < start:
        yield Issue((last,), f"must not be before {first}, {start.isoformat()}", got=True)
