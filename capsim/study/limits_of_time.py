"""The plan without a limit of its dates, or with it eased by a step: grid, stages, orders, crews, money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from capsim.scenario import Deployment, Equipment, Generation, GridStep, Phase, Scenario, Site, Stage
from capsim.study.limit import Limit, Played
from capsim.study.plan_changes import (
    Place,
    a_month_earlier,
    changed,
    less,
    with_orders,
    with_sites,
)
from capsim.study.standing import by_then, first_day, least_months
from capsim.units import DAYS_PER_MONTH, months_to_days, weeks_to_days

MONTH_WEEKS = months_to_days(1.0) / weeks_to_days(1.0)
"""Mean month. [weeks]"""
AMPLE_CREWS = 1e5
"""As many installers as a run may have lots. [crews]"""


def stage_limit(name: str) -> Limit:
    """The limit that a stage of phases is, under its own name."""

    def none_to_come(played: Played) -> str:
        done = by_then(played, "finished")
        places = [(s.id, p.id, name) for s, p in played.scenario.phases() if _has(p, name)]
        return "" if any(place not in done for place in places) else "all of it is done"

    def lifted(played: Played) -> Scenario:
        return _with_stages(played, name, _at_once)

    def eased(played: Played) -> Scenario:
        return _with_stages(played, name, _a_month_shorter)

    what = "takes no time and no crew, and is granted"
    return Limit(name, what, "a month shorter", none_to_come, lifted, eased)


def _has(phase: Phase, name: str) -> bool:
    return any(stage.id == name for stage in phase.stages)


def _with_stages(played: Played, name: str, change: Callable[[Stage], Stage]) -> Scenario:
    """The plan with a stage of all phases changed, where it is not done by the data date.

    One under way keeps its crew and the time it took by then.
    """
    done, begun = by_then(played, "finished"), by_then(played, "started")

    def of_stage(site: Site, phase: Phase, stage: Stage) -> Stage:
        place = (site.id, phase.id, stage.id)
        if stage.id != name or place in done:
            return stage
        shorter = change(stage)
        if place not in begun:
            return shorter
        least = least_months(phase, stage, begun[place], played)
        return changed(shorter, duration_months=max(shorter.duration_months, least), crew=stage.crew)

    def of_site(site: Site) -> Site:
        phases = (changed(p, stages=tuple(of_stage(site, p, s) for s in p.stages)) for p in site.phases)
        return changed(site, phases=tuple(phases))

    return with_sites(played.scenario, of_site)


def _at_once(stage: Stage) -> Stage:
    at_once = {"kind": "work", "arguments": {}, "duration_months": 0.0, "crew": None}
    return changed(stage, **at_once, cancel_probability=0.0)


def _a_month_shorter(stage: Stage) -> Stage:
    return changed(stage, duration_months=less(stage.duration_months, 1.0))


def _no_grid(played: Played) -> str:
    there = by_then(played, "energised")
    places = ((site.id, "", step.id) for site in played.scenario.sites for step in site.grid_connection)
    return "" if any(place not in there for place in places) else "all of it is energised at the start"


def _energised_at_once(played: Played) -> Scenario:
    """Each step energised when it is applied for; one with a date at the start."""
    first, applied = first_day(played), played.scenario.start

    def at_once(step: GridStep) -> GridStep:
        if step.energised_on is not None:
            return changed(step, energised_on=min(step.energised_on, first), slip_months=0.0)
        # applied for in the past, it is there today at the earliest
        waited = (first - (step.applied_on or applied)).days / DAYS_PER_MONTH
        return changed(step, stages=(), lead_time_months=max(0.0, waited), slip_months=0.0)

    return _with_steps_to_come(played, at_once)


def _with_steps_to_come(played: Played, change: Callable[[GridStep], GridStep]) -> Scenario:
    """The plan with the steps of its connections changed that do not carry power by the data date."""
    there = by_then(played, "energised")

    def of_site(site: Site) -> Site:
        steps = (s if (site.id, "", s.id) in there else change(s) for s in site.grid_connection)
        return changed(site, grid_connection=tuple(steps))

    return with_sites(played.scenario, of_site)


def _energised_earlier(played: Played) -> Scenario:
    """Each step a month earlier: its date, its lead time or the last of its stages."""
    first = first_day(played)

    def earlier(step: GridStep) -> GridStep:
        if step.energised_on is not None:
            return changed(step, energised_on=a_month_earlier(step.energised_on, first))
        if step.stages:
            return changed(step, stages=(*step.stages[:-1], _a_month_shorter(step.stages[-1])))
        return changed(step, lead_time_months=less(step.lead_time_months or 0.0, 1.0))

    return _with_steps_to_come(played, earlier)


def _no_bridge(played: Played) -> str:
    start = played.scenario.start
    days = [one.available_on or start for site in played.scenario.sites if (one := _bridge(site)) is not None]
    if not days:
        return "none bridges the time to the grid"
    return "" if any(day > start for day in days) else "it is available at the start"


def _bridge(site: Site) -> Generation | None:
    """Own generation of a site that bridges the time to the grid."""
    return site.generation if site.generation is not None and site.generation.runs_when_short else None


def _with_bridges(scenario: Scenario, day: Callable[[date], date]) -> Scenario:
    """The plan with its own generation available on other days, where it bridges the time to the grid."""

    def of_site(site: Site) -> Site:
        bridge = _bridge(site)
        if bridge is None or bridge.available_on is None:
            return site
        return changed(site, generation=changed(bridge, available_on=day(bridge.available_on)))

    return with_sites(scenario, of_site)


def _available_at_once(played: Played) -> Scenario:
    return _with_bridges(played.scenario, lambda day: min(day, played.scenario.start))


def _available_earlier(played: Played) -> Scenario:
    return _with_bridges(played.scenario, lambda day: a_month_earlier(day, played.scenario.start))


def _no_equipment(played: Played) -> str:
    there = by_then(played, "equipment_delivered")
    places = [(s.id, p.id, item.id) for s, p in played.scenario.phases() for item in p.equipment]
    if not places:
        return "no phase names any"
    return "" if any(place not in there for place in places) else "all of it is there"


def _equipment_there(played: Played) -> Scenario:
    """All equipment there as its phase starts, whatever it was ordered for."""
    there = {"lead_time_weeks": 0.0, "ordered_on": None, "ordered_after": None, "ordering": "fixed"}
    return _with_equipment(played, lambda item: changed(item, **there))


def _equipment_earlier(played: Played) -> Scenario:
    return _with_equipment(
        played, lambda item: changed(item, lead_time_weeks=less(item.lead_time_weeks, MONTH_WEEKS))
    )


def _with_equipment(played: Played, change: Callable[[Equipment], Equipment]) -> Scenario:
    """The plan with the equipment changed that is not there by the data date."""
    there = by_then(played, "equipment_delivered")

    def of_phase(site: Site, phase: Phase) -> Phase:
        items = (e if (site.id, phase.id, e.id) in there else change(e) for e in phase.equipment)
        return changed(phase, equipment=tuple(items))

    def of_site(site: Site) -> Site:
        return changed(site, phases=tuple(of_phase(site, phase) for phase in site.phases))

    return with_sites(played.scenario, of_site)


def _ample_crews(played: Played) -> Scenario:
    ample = {"installer_crews": AMPLE_CREWS, "construction_crews": None, "commissioning_crews": None}
    return changed(played.scenario, crews=changed(played.scenario.crews, **ample))


def _a_crew_more(played: Played) -> Scenario:
    crews, kinds = played.scenario.crews, ("installer_crews", "construction_crews", "commissioning_crews")
    more = {kind: getattr(crews, kind) + 1.0 for kind in kinds if getattr(crews, kind) is not None}
    if crews.installer_crews is None:
        largest_mw = max(
            (p.critical_it_mw for site in played.scenario.sites for p in site.phases), default=1.0
        )
        more["installer_crews_per_mw"] = (crews.installer_crews_per_mw or 0.0) + 1.0 / largest_mw
    return changed(played.scenario, crews=changed(crews, **more))


def _no_deliveries(played: Played) -> str:
    orders = played.scenario.deployments().values()
    return "" if any(order.in_service_on is None for order in orders) else "nothing is ordered"


def _delivered_at_once(played: Played) -> Scenario:
    at_once = _with_lead_times(played.scenario, lambda _: 0.0)
    return with_orders(at_once, lambda _, order: changed(order, delivery_weeks=0.0))


def _delivered_earlier(played: Played) -> Scenario:
    return _with_lead_times(played.scenario, lambda weeks: less(weeks, MONTH_WEEKS))


def _with_lead_times(scenario: Scenario, weeks: Callable[[float], float]) -> Scenario:
    """The plan with other lead times of its systems and of those that replace them."""

    def change(_: Place, order: Deployment) -> Deployment:
        refresh = order.refresh
        if refresh is not None:
            refresh = changed(refresh, lead_time_weeks=weeks(refresh.lead_time_weeks or 0.0))
        return changed(order, lead_time_weeks=weeks(order.lead_time_weeks), refresh=refresh)

    return with_orders(scenario, change)


def _allotted_earlier(played: Played) -> Scenario:
    start = played.scenario.start
    supply = (
        changed(
            one,
            allocation=tuple(changed(e, from_on=a_month_earlier(e.from_on, start)) for e in one.allocation),
        )
        for one in played.scenario.supply
    )
    return changed(played.scenario, supply=tuple(supply))


def _funded_earlier(played: Played) -> Scenario:
    start, funding = played.scenario.start, played.scenario.funding
    if funding is None:
        return played.scenario
    tranches = (
        changed(tranche, available_on=a_month_earlier(tranche.available_on or start, start))
        for tranche in funding.tranches
    )
    return changed(played.scenario, funding=changed(funding, tranches=tuple(tranches)))


GRID_CONNECTION = Limit(
    "grid connection",
    what="energised when it is applied for, at the start where it has a date",
    step="a month earlier",
    why_not=_no_grid,
    lifted=_energised_at_once,
    eased=_energised_earlier,
)
OWN_GENERATION = Limit(
    "own generation",
    what="available at the start, where it bridges the time to the grid",
    step="available a month earlier",
    why_not=_no_bridge,
    lifted=_available_at_once,
    eased=_available_earlier,
)
EQUIPMENT = Limit(
    "equipment",
    what="there as its phase starts",
    step="a month less from order to delivery",
    why_not=_no_equipment,
    lifted=_equipment_there,
    eased=_equipment_earlier,
)
CREWS = Limit(
    "crews",
    what="enough for all at once",
    step="a crew more of each kind; of installers, in the largest hall where halls have their own",
    why_not=lambda _: "",
    lifted=_ample_crews,
    eased=_a_crew_more,
)
DELIVERIES = Limit(
    "deliveries",
    what="systems are there when they are ordered",
    step="a month less from order to delivery",
    why_not=_no_deliveries,
    lifted=_delivered_at_once,
    eased=_delivered_earlier,
)
ALLOCATION = Limit(
    "allocation",
    what="vendors allot all that is asked for",
    step="allotted a month earlier",
    why_not=lambda played: "" if played.scenario.supply else "no supply is limited",
    lifted=lambda played: changed(played.scenario, supply=()),
    eased=_allotted_earlier,
)
FUNDING = Limit(
    "funding",
    what="all money is there at the start",
    step="tranches with a date a month earlier",
    why_not=lambda played: "" if played.scenario.funding else "money is not limited",
    lifted=lambda played: changed(played.scenario, funding=None),
    eased=_funded_earlier,
)
