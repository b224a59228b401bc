"""How the systems of a plan stand to their roadmap: bought late, kept long, waited for before a launch."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from capsim.projection.run import Run
from capsim.scenario import Deployment, launches
from capsim.units import DAYS_PER_YEAR, months_to_days, weeks_to_days

SUCCESSORS = 2
"""Launches of successors after which a system is out of date."""
LONG_PAST = 1.5
"""Age over the economic life of systems from which they run long past it. [1]"""


def outdated(run: Run) -> list[dict[str, Any]]:
    """Orders of systems that two successors of their line had replaced: the first of each, and the newer."""
    calendar, catalog = run.scenario.calendar, run.scenario.catalog
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for order in run.timeline.of_kind("ordered"):
        entry = catalog.tables["systems"].get(order.unit)
        if order.time_d < 0.0 or entry is None or "line" not in entry:
            continue
        day = calendar.date_of(order.time_d)
        by_launch = sorted(launches(entry.text("line"), catalog), key=lambda launch: launch.on)
        names = [launch.system for launch in by_launch if launch.on <= day]
        newer = names[names.index(order.unit) + 1 :] if order.unit in names else []
        place = (order.site, order.phase, order.item, order.unit)
        if len(newer) >= SUCCESSORS and place not in found:
            found[place] = {**_named(place), "ordered_on": day.isoformat(), "newer": newer}
    return list(found.values())


def aged(run: Run) -> list[dict[str, Any]]:
    """Deployments without a refresh whose first systems run long past their economic life at the horizon."""
    scenario, kept = run.scenario, []
    life_y, end_d = scenario.finance.life_it_years, scenario.calendar.day_of(scenario.calendar.end)
    for place, order in scenario.deployments().items():
        starts = run.timeline.of_phase(*place[:2], "in_service")
        first_d = min((m.time_d for m in starts if m.item == order.id), default=end_d)
        age_y = (end_d - first_d) / DAYS_PER_YEAR
        is_ours = scenario.catalog.entry("systems", order.system).number("accelerator_count") > 0
        if is_ours and order.refresh is None and age_y > LONG_PAST * life_y:
            kept.append({**_named(place), "age_y": age_y, "life_y": float(life_y)})
    return kept


def awaits_launch(run: Run) -> list[dict[str, Any]]:
    """Deployments ordered so early that their delivery waits for the launch of the system."""
    waiting = []
    for place, order in run.scenario.deployments().items():
        launched_on = launch_of(order)
        if order.ordered_on is not None and launched_on is not None:
            due_on = order.ordered_on + timedelta(days=weeks_to_days(order.lead_time_weeks))
            if due_on < launched_on:
                waiting.append({**_named((*place, order.system)), "launched_on": launched_on.isoformat()})
    return waiting


def launch_of(order: Deployment) -> date | None:
    """Day from which the system of a deployment is shipped, as the plan has it; None where none is known."""
    if order.launched_on is None:
        return None
    return order.launched_on + timedelta(days=months_to_days(order.launch_slip_months))


def _named(place: tuple[str, ...]) -> dict[str, Any]:
    """Site, phase, deployment and, where it is given, system by what they are."""
    return dict(zip(("site", "phase", "deployment", "system"), place, strict=False))
