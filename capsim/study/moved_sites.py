"""The run of a variant in which only some sites change: the hours of the others are those of the plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from capsim.buildout import Milestone, Timeline, Wait
from capsim.ledger import book
from capsim.operations import Operations, operate
from capsim.projection import Run
from capsim.scenario import Scenario
from capsim.study.limit import Played
from capsim.study.plan_changes import changed

Series = dict[str, NDArray[np.float64]]
Events = tuple[list[Milestone], list[Wait]]


def operated_where_moved(plan: Played, scenario: Scenario, timeline: Timeline) -> Run:
    """The run of a variant that differs from its plan in dates alone.

    Hours are computed anew for sites of which a milestone or a wait moves, unless demand is shared by all
    sites or failures are: then for all.
    """
    before, seed, sky = plan.run, plan.run.seed, plan.sky
    is_shared = scenario.demand.h100e is not None or scenario.demand.services or timeline.outages.method
    was, now = _by_site(before.timeline), _by_site(timeline)
    moved = [site for site in scenario.sites if is_shared or was[site.id] != now[site.id]]
    if not moved:
        operations = before.operations
    elif len(moved) == len(scenario.sites):
        operations = operate(scenario, timeline, seed, 0, sky=sky)
    else:
        names = {site.id for site in moved}
        part = operate(changed(scenario, sites=tuple(moved)), _of_sites(timeline, names), seed, 0, sky=sky)
        operations = _merged(before.operations, part, scenario, names)
    return Run(scenario, seed, 0, timeline, operations, book(scenario, timeline, operations))


def _by_site(timeline: Timeline) -> dict[str, Events]:
    """Milestones and waits of each site."""
    events: dict[str, Events] = defaultdict(lambda: ([], []))
    for m in timeline.milestones:
        events[m.site][0].append(m)
    for wait in timeline.waits:
        events[wait.site][1].append(wait)
    return events


def _of_sites(timeline: Timeline, sites: set[str]) -> Timeline:
    """What of a timeline belongs to some sites."""
    return Timeline(
        tuple(m for m in timeline.milestones if m.site in sites),
        tuple(wait for wait in timeline.waits if wait.site in sites),
        timeline.events,
        tuple(one for one in timeline.abandoned if one.site in sites),
        timeline.outages,
        timeline.reasons,
    )


def _merged(plan: Operations, part: Operations, scenario: Scenario, moved: set[str]) -> Operations:
    """Operations of the plan with those of the sites that moved in their place."""
    sites = [site.id in moved for site in scenario.sites]
    halls = [site.id in moved for site in scenario.sites for _ in site.phases]
    waiting = {key: mw for key, mw in plan.waiting.items() if key[1] not in moved} | part.waiting
    never_run = {site: never for site, never in plan.never_run.items() if site not in moved} | part.never_run
    return Operations(
        monthly=_with_rows(plan.monthly, part.monthly, sites),
        waiting=waiting,
        halls=_with_rows(plan.halls, part.halls, halls),
        hourly=None,
        never_run=never_run,
    )


def _with_rows(series: Series, part: Series, moved: Sequence[bool]) -> Series:
    """Series with some of their rows replaced."""
    rows = np.flatnonzero(moved)
    replaced = {name: values.copy() for name, values in series.items()}
    for name, values in replaced.items():
        values[rows] = part[name]
    return replaced
