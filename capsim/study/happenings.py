"""What a projection says of a line of a status file: the date of a milestone, or the level on a day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

from capsim.buildout import Timeline
from capsim.scenario import Actual, GridStep, Phase, Scenario
from capsim.vocabulary import MilestoneKind

KINDS: dict[tuple[str, int], tuple[MilestoneKind, ...]] = {
    ("ready_for_service", 1): ("ready_for_service",),
    ("energised", 1): ("energised",),
    ("applied", 1): ("applied",),
    ("started", 2): ("started",),
    ("finished", 2): ("finished",),
    ("ordered", 2): ("ordered", "equipment_ordered"),
    ("delivered", 2): ("delivered", "equipment_delivered"),
    ("in_service", 2): ("in_service",),
    ("in_service", 1): ("in_service",),
}
"""Kinds of milestones that tell the same, by what happens and the depth of the item."""
LEVELS: dict[str, tuple[MilestoneKind, ...]] = {
    "grid_mw": ("energised",),
    "critical_it_mw": ("ready_for_service",),
    "accelerators": ("in_service", "retired"),
}
"""Figures that are levels on a day, and the milestones they are sums of."""


def is_date(actual: Actual) -> bool:
    """Whether a line says when something happened."""
    return actual.number is None and actual.day is None and _kinds(actual) != ()


def is_level(actual: Actual) -> bool:
    """Whether a line says how much there was on a day."""
    return actual.what in LEVELS and actual.number is not None


def is_end(actual: Actual) -> bool:
    """Whether a line says that a phase or a grid step was cancelled."""
    return actual.what == "cancelled" and bool(actual.item) and "." not in actual.item


def instead(actual: Actual, scenario: Scenario) -> Actual:
    """What would have happened in place of a cancellation: the phase ready, or the grid step energised."""
    phases = {(site.id, phase.id) for site, phase in scenario.phases()}
    is_phase = (actual.site, actual.item) in phases
    return actual.model_copy(update={"what": "ready_for_service" if is_phase else "energised"})


def _kinds(actual: Actual) -> tuple[MilestoneKind, ...]:
    return KINDS.get((actual.what, 1 + actual.item.count(".") if actual.item else 0), ())


def day_d(actual: Actual, timeline: Timeline, scenario: Scenario) -> float:
    """When a run has what a line says happen: the first of it, infinite where it never does. [d]"""
    head, _, tail = actual.item.partition(".")
    site = next((site for site in scenario.sites if site.id == actual.site), None)
    is_step = site is not None and head in {step.id for step in site.grid_connection}
    kinds = _kinds(actual)
    for m in timeline.of_site(actual.site, *kinds):
        # a grid step has no phase, and its stages are named behind it
        name = ("", actual.item) if is_step else (head, tail)
        if (m.phase, m.item) == name or (actual.what == "in_service" and not tail and m.phase == head):
            return m.time_d if m.time_d < scenario.calendar.n_days else math.inf
    return math.inf


def level(actual: Actual, timeline: Timeline, scenario: Scenario) -> float:
    """How much a run has on the day of a line, of a site or of all. [MW or accelerators]"""
    by_d = scenario.calendar.day_of(actual.on) + 1.0
    total = 0.0
    for m in timeline.of_kind(*LEVELS[actual.what]):
        if actual.site in ("", m.site) and m.time_d < by_d:
            each = 1.0
            if actual.what == "accelerators":
                each = scenario.catalog.entry("systems", m.unit).number("accelerator_count")
                each *= -1.0 if m.kind == "retired" else 1.0
            total += each * m.amount
    return total


def later(actuals: Sequence[Actual], scenario: Scenario) -> list[Actual]:
    """The lines that happened after what a scenario knows, of its own sites."""
    sites = {site.id for site in scenario.sites} | {""}
    return [line for line in actuals if line.on > scenario.known_until and line.site in sites]


def is_of(actual: Actual, scenario: Scenario) -> bool:
    """Whether a line is of a scenario: of the portfolio, or of what one of its sites has."""
    site = next((site for site in scenario.sites if site.id == actual.site), None)
    head, _, tail = actual.item.partition(".")
    if site is None or not head:
        return site is not None or not actual.site
    every: list[GridStep | Phase] = [*site.phases, *site.grid_connection]
    built = [works for works in every if works.id == head]
    parts = {part.id for works in built for part in works.stages}
    for works in built:
        if isinstance(works, Phase):
            parts |= {item.id for item in works.equipment} | {order.id for order in works.deployments}
    return bool(built) and (not tail or tail in parts)


def totals(actuals: Sequence[Actual], scenario: Scenario, central: Timeline) -> list[Actual]:
    """MW of all sites at the ends of the months after a data date, as far as the lines go.

    They are what there was on the data date, and what lines say was energised or handed over since. Of a
    figure that lines give of the portfolio itself, or of which no line says when something came, there are
    none.
    """
    mine = [line for line in actuals if is_of(line, scenario)]
    last = max((line.on for line in mine), default=scenario.known_until)
    days = [start - timedelta(days=1) for start in (*scenario.calendar.months[1:], scenario.calendar.end)]
    days = [day for day in days if scenario.known_until < day <= last]
    found = []
    for figure, event in TOTALS.items():
        came = sorted((line for line in mine if line.what == event), key=lambda line: line.on)
        is_given = any(line.what == figure and not line.site for line in mine)
        for day in days if came and not is_given else ():
            start = Actual(on=scenario.known_until, what=figure, number=0.0, unit="MW")
            mw = level(start, central, scenario) + _increments(came, day, scenario, central)
            found.append(start.model_copy(update={"on": day, "number": mw}))
    return found


TOTALS = {"grid_mw": "energised", "critical_it_mw": "ready_for_service"}
"""Figures whose total is told, and what adds to them."""


def _increments(came: Sequence[Actual], day: date, scenario: Scenario, central: Timeline) -> float:
    """What lines of one kind say came after the data date and up to a day. [MW]"""
    by_d = scenario.calendar.day_of(scenario.known_until) + 1.0
    is_power = came[0].what == TOTALS["grid_mw"]
    whole = {
        (site.id, works.id): float(works.grid_mw if isinstance(works, GridStep) else works.critical_it_mw)
        for site in scenario.sites
        for works in (site.grid_connection if is_power else site.phases)
    }
    before = dict.fromkeys(whole, 0.0)
    for m in central.of_kind(*LEVELS["grid_mw" if is_power else "critical_it_mw"]):
        if m.time_d < by_d:
            before[m.site, m.phase or m.item] += m.amount
    has = dict(before)
    for line in came:
        key = (line.site, line.item)
        if scenario.known_until < line.on <= day and key in has:
            has[key] = max(has[key], whole[key] if line.number is None else float(line.number))
    return sum(has.values()) - sum(before.values())
