"""Rules of funding: milestones that can come, and some money before the phases that need it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from capsim.models.cost_bases import Grid, Hall, bases_per
from capsim.models.uncertain import Uncertain
from capsim.registry import did_you_mean
from capsim.scenario.awaited_milestones import APPLIED, ENERGISED, FINISHED, IN_SERVICE, READY, STARTED
from capsim.scenario.costs import applies
from capsim.scenario.records.buildout_records import Funding, Tranche
from capsim.scenario.records.schema import Scenario, Site
from capsim.scenario.records.site_records import GridStep, Phase, Stage
from capsim.scenario.rules.order import whole_name
from capsim.scenario.rules.rule import Around, Issue, Issues, rule

PRICED = {"facilities": Hall, "grid": Grid}
"""What is counted by the cost items that give phases and grid steps a price, by what funding covers."""
Phases = Mapping[str, tuple[Site, Phase]]
"""Site and phase by name, as ``site.phase``."""


@rule
def milestones_can_come(tranche: Tranche, around: Around) -> Issues:
    """A tranche comes after a phase and a grid step that there are, and a milestone each can reach."""
    sites = around.scenario.sites
    phases = {f"{site.id}.{phase.id}": phase for site in sites for phase in site.phases}
    steps = {f"{site.id}.{step.id}": step for site in sites for step in site.grid_connection}
    place, milestone = tranche.after_phase, tranche.phase_milestone
    of_phase = _of_phase(phases[place]) if place in phases else ()
    yield from _unreachable("phase", "phase", place, milestone, phases, of_phase)
    place, milestone = tranche.after_step, tranche.step_milestone
    of_step = _of_step(steps[place]) if place in steps else ()
    yield from _unreachable("step", "grid step", place, milestone, steps, of_step)


def _unreachable(
    what: str, noun: str, place: str, milestone: str, places: Iterable[str], reached: Sequence[str]
) -> Issues:
    """One of the two things a tranche may come after, and its milestone."""
    if not place:
        if milestone not in (READY, ENERGISED):  # the defaults, which a resolved scenario writes out
            yield Issue((f"{what}_milestone",), f"needs after_{what}, whose milestone it is")
    elif place not in places:
        rule = f"unknown {noun}, written site.{what}{did_you_mean(place, places)}"
        yield Issue((f"after_{what}",), rule, got=place)
    elif milestone not in reached:
        hint = did_you_mean(milestone, reached) or f"; it has {', '.join(reached)}"
        yield Issue((f"{what}_milestone",), f"{place} never has this milestone{hint}", got=milestone)


def _of_phase(phase: Phase) -> list[str]:
    """Milestones of a phase; one that is there on a date has no stages."""
    stages = [] if phase.ready_for_service_on is not None else _of_stages(phase.stages)
    return [READY, *([IN_SERVICE] if phase.deployments else []), *stages]


def _of_step(step: GridStep) -> list[str]:
    """Milestones of a grid step; one with a date is not applied for."""
    return [ENERGISED, *([] if step.energised_on is not None else [APPLIED, *_of_stages(step.stages)])]


def _of_stages(stages: Sequence[Stage]) -> list[str]:
    """Start and end of each stage; one that surely ends its phase or step is never done."""
    milestones = []
    for stage in stages:
        chance = stage.cancel_probability
        is_fatal = chance >= 1.0 and not isinstance(chance, Uncertain)
        milestones += [f"{stage.id} {STARTED}", *([] if is_fatal else [f"{stage.id} {FINISHED}"])]
    return milestones


@rule
def some_money_comes(funding: Funding, around: Around) -> Issues:
    """Not all tranches wait for phases which, or before which others, wait for money themselves.

    Only what is certain is refused: where any money comes, whether it is enough is for the run to say.
    """
    tranches = [tranche for tranche in funding.tranches if tranche.amount != 0.0]
    late = (READY, IN_SERVICE)
    # money that comes before a hall is ready for service may start any
    if not all(tranche.after_phase and tranche.phase_milestone in late for tranche in tranches):
        return
    scenario = around.scenario
    phases = {f"{site.id}.{phase.id}": (site, phase) for site in scenario.sites for phase in site.phases}
    moneyless = _built_without(scenario, funding, phases)
    if any(tranche.after_phase in moneyless or tranche.after_phase not in phases for tranche in tranches):
        return
    for tranche in tranches:
        rule = "no money comes before this phase, which needs some for itself or for a phase it comes after"
        yield Issue(("tranches", tranche.id, "after_phase"), rule, got=tranche.after_phase)


def _covered(scenario: Scenario, funding: Funding, site: Site) -> set[str]:
    """What draws on the funding and has a price at a site."""
    priced = {
        item.basis
        for item in scenario.costs.items
        if item.category == "capex" and item.amount != 0.0 and applies(item, site)
    }
    return {what for what, thing in PRICED.items() if what in funding.covers and priced & {*bases_per(thing)}}


def _built_without(scenario: Scenario, funding: Funding, phases: Phases) -> set[str]:
    """Phases that may be ready for service without any money of the funding."""
    covered = {site.id: _covered(scenario, funding, site) for site in scenario.sites}
    free = {
        name: [whole_name(name, other) for other in phase.after]
        for name, (site, phase) in phases.items()
        if phase.ready_for_service_on is not None or not _draws(site, phase, scenario.start, covered[site.id])
    }
    built: set[str] = set()
    while True:
        more = {
            name
            for name in free.keys() - built
            if all(before in built or before not in phases for before in free[name])
        }
        if not more:
            return built
        built |= more


def _draws(site: Site, phase: Phase, start: date, covered: set[str]) -> bool:
    """Whether a phase or its grid step certainly asks for money after the start."""
    # the works draw, if not before the start, when they begin
    if "facilities" in covered and phase.tenure != "lease" and (phase.starts_on or start) >= start:
        return True
    step = next((step for step in site.grid_connection if step.id == phase.energization), None)
    if step is None or "grid" not in covered or site.is_leased or step.energised_on is not None:
        return False
    return (step.applied_on or start) >= start
