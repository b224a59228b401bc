"""Float: how long a stage may end later before something else does, from the dates of a run.

A phase is a network of activities: its own stages, its equipment from order to delivery, and the stages (or
the lead time) of the grid step that powers it, or the own generation that carries it before that: what the
other does in time may slip without end. What comes after an activity is read off the plan, when it
was off the timeline, so a wait for a crew or for money counts as it was: float is the time until the next
one really started.

A permit takes 61 days, the construction 122 and the commissioning 30, which needs power; a grid step takes
91 days from the start. All else follows in turn, so the power could come 92 days later.

>>> from datetime import date
>>> from capsim.buildout.simulate import build_out
>>> from capsim.scenario.loading import loads
>>> stages = [{"id": "permit", "duration_months": 2}, {"id": "construction", "duration_months": 4}]
>>> stages.append({"id": "commissioning", "duration_months": 1, "needs_energization": True})
>>> hall = {"id": "p1", "critical_it_mw": 10, "energization": "g1", "stages": stages}
>>> site = {"id": "a", "country": "fra", "climate": "paris", "tariff": {"preset": "fr-datacenter"}}
>>> site |= {"cooling": {"preset": "dlc-dry-cooler"}, "phases": [hall]}
>>> site["grid_connection"] = [{"id": "g1", "grid_mw": 15, "lead_time_months": 3}]
>>> plan = loads({"schema": 1, "name": "x", "start": date(2026, 1, 1), "horizon_years": 2, "sites": [site]})
>>> [(row.activity, round(row.total_d), round(row.free_d)) for row in floats(plan, build_out(plan))]
[('permit', 0, 0), ('grid connection', 91, 91), ('construction', 0, 0), ('commissioning', 0, 0)]
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from capsim.buildout.own_power import carried_d
from capsim.buildout.schedule import predecessors
from capsim.buildout.timeline import GRID, OF_GRID, OWN_POWER, Timeline
from capsim.scenario import GridStep, Phase, Scenario, Site
from capsim.vocabulary import MilestoneKind

ROUNDING_D = 1e-6
"""Float below which an activity has none. [d]"""
KINDS: Final[tuple[MilestoneKind, ...]] = (
    "started",
    "finished",
    "applied",
    "energised",
    "equipment_ordered",
    "equipment_delivered",
)
"""Milestones that begin and end activities."""
Times = dict[tuple[str, str, str, str], float]
"""First time of each milestone, by site, phase, item and kind. [d]"""


class Float(NamedTuple):
    """An activity on the way to a phase, and how long it may slip."""

    site: str
    phase: str
    activity: str
    """Stage or equipment of the phase, `grid STAGE`, `grid connection` where that is one lead time, or `own
    generation`."""
    start_d: float
    """Start; of equipment its order. [d]"""
    end_d: float
    """End; of equipment its delivery. [d]"""
    total_d: float
    """Total float: how long it may slip before the phase is ready later; infinite where it never is. [d]"""
    free_d: float
    """Free float: how long it may slip before anything that comes after it does. [d]"""


class _Activity(NamedTuple):
    """An activity as it was, and those that come after it."""

    start_d: float
    end_d: float
    after: tuple[str, ...]
    instead_d: float = math.inf
    """When something else does the same for them; infinite where nothing does. [d]"""

    def by_d(self, needed_d: float) -> float:
        """When it must be done for what is needed on a day; never where that is done without it. [d]"""
        return math.inf if self.instead_d <= needed_d + ROUNDING_D else needed_d


Network = dict[str, _Activity]
"""Activities by name."""


def activities(scenario: Scenario, site: Site, phase: Phase) -> tuple[str, ...]:
    """Names of all that may lead to a phase: of its grid step, own power, equipment and its own stages."""
    step = _step(site, phase)
    late = (GRID,) if step.slip_months > 0.0 or not step.stages else ()
    own = (OWN_POWER,) if 0.0 < carried_d(scenario, site, phase) < math.inf else ()
    of_power = (*(OF_GRID + stage.id for stage in step.stages), *late, *own)
    if phase.ready_for_service_on is not None:
        return of_power
    return (*of_power, *(item.id for item in phase.equipment), *(stage.id for stage in phase.stages))


def floats(scenario: Scenario, timeline: Timeline) -> tuple[Float, ...]:
    """Total and free float of what leads to each phase.

    Parameters
    ----------
    scenario : Scenario
        The plan that was played.
    timeline : Timeline
        Its build-out.

    Returns
    -------
    floats : tuple of Float
        By phase in the scenario's order, each from its first activity on. Phases that are there at the start
        or never ready have none; of one with an announced date there is its grid step.
    """
    times: Times = {}
    for m in timeline.of_kind(*KINDS):
        times.setdefault((m.site, m.phase, m.item, m.kind), m.time_d)
    ready_d = timeline.ready_for_service_d()
    rows: list[Float] = []
    for site, phase in scenario.phases():
        end_d = ready_d.get((site.id, phase.id), math.inf)
        if 0.0 < end_d < math.inf:
            network = _network(site, phase, times, carried_d(scenario, site, phase))
            rows += _floats((site.id, phase.id), network, end_d)
    return tuple(rows)


def _floats(place: tuple[str, str], network: Network, ready_d: float) -> Iterator[Float]:
    """Float of each activity of a network that ends with its phase, from the first on."""
    latest_d: dict[str, float] = {}

    def latest(name: str) -> float:
        """Latest end of an activity that makes nothing late: by a pass back from the date of the phase."""
        if name not in latest_d:
            after = network[name].after
            starts = (latest(other) - (network[other].end_d - network[other].start_d) for other in after)
            latest_d[name] = network[name].by_d(min(starts, default=ready_d))
        return latest_d[name]

    for name, one in sorted(network.items(), key=lambda item: item[1][:2]):
        # what was done before the horizon can slip no more
        if one.end_d > 0.0:
            next_d = one.by_d(min((network[other].start_d for other in one.after), default=ready_d))
            total_d, free_d = _some(latest(name) - one.end_d), _some(next_d - one.end_d)
            yield Float(*place, name, one.start_d, one.end_d, total_d, free_d)


def _some(slack_d: float) -> float:
    return slack_d if slack_d > ROUNDING_D else 0.0


def _network(site: Site, phase: Phase, times: Times, own_d: float) -> Network:
    """Activities on the way to a phase, by name."""
    if phase.ready_for_service_on is not None:
        return _of_power(site.id, _step(site, phase), times, (), own_d)
    needs_power = tuple(stage.id for stage in phase.stages if stage.needs_energization)
    network = _of_power(site.id, _step(site, phase), times, needs_power, own_d)
    after = _successors(phase)
    for item in phase.equipment:
        # what is ordered for the whole campus, or for nothing any more, is no activity of this phase
        if (site.id, phase.id, item.id, "equipment_ordered") not in times:
            continue
        ordered_d, delivered_d = (
            times[site.id, phase.id, item.id, f"equipment_{what}"] for what in ("ordered", "delivered")
        )
        network[item.id] = _Activity(ordered_d, delivered_d, (item.needed_at,))
        if item.ordered_after is not None:
            after[item.ordered_after] += (item.id,)
    stages = _stages((site.id, phase.id, ""), after, times)
    return _agreed_first(phase, _step(site, phase), network, stages) | stages


def _agreed_first(phase: Phase, step: GridStep, network: Network, stages: Network) -> Network:
    """Activities with those of a grid step before its works, of phases that start once it is agreed."""
    names = [OF_GRID + stage.id for stage in step.stages[:-1]]
    if not (phase.grid_agreed and names and names[0] in network):
        return network
    agreed_d = max(network[name].end_d for name in names)
    first = [name for name, before in predecessors(phase).items() if not before]
    # what had begun by then did not wait for it
    waited = tuple(name for name in first if stages[name].start_d >= agreed_d - ROUNDING_D)
    agreement = {
        name: network[name]._replace(after=(*network[name].after, *waited), instead_d=math.inf)
        for name in names
        if waited
    }
    return network | agreement


def _of_power(site: str, step: GridStep, times: Times, needs_power: tuple[str, ...], own_d: float) -> Network:
    """Activities of a grid step, and own generation that carries a phase from a day on."""
    energised_d = times.get((site, "", step.id, "energised"), math.inf)
    own = {OWN_POWER: _Activity(0.0, own_d, needs_power, energised_d)} if own_d < math.inf else {}
    # what never comes led to nothing
    return own | (_of_grid(site, step, times, needs_power, own_d) if energised_d < math.inf else {})


def _of_grid(site: str, step: GridStep, times: Times, needs_power: tuple[str, ...], own_d: float) -> Network:
    """Activities of a grid step: its stages, and its lead time, or what it is late after the last of them."""
    energised_d = times[site, "", step.id, "energised"]
    since_d = times.get((site, "", step.id, "applied"), 0.0)
    stages = _stages((site, "", f"{step.id}."), _successors(step), times)
    if stages:
        since_d = max(one.end_d for one in stages.values())
    is_late = not stages or energised_d > since_d
    last = {GRID: _Activity(since_d, energised_d, needs_power, own_d)} if is_late else {}
    ends = (GRID,) if is_late else needs_power
    network = {}
    for name, one in stages.items():
        inside = tuple(OF_GRID + other for other in one.after)
        instead_d = math.inf if inside or is_late else own_d
        network[OF_GRID + name] = one._replace(after=inside or ends, instead_d=instead_d)
    return network | last


def _stages(place: tuple[str, str, str], after: Mapping[str, tuple[str, ...]], times: Times) -> Network:
    """Stages of a phase or of a grid step, whose items begin with the last part of the place."""
    site, phase, prefix = place
    network = {}
    for stage, later in after.items():
        key = site, phase, prefix + stage
        network[stage] = _Activity(times[(*key, "started")], times[(*key, "finished")], later)
    return network


def _successors(plan: Phase | GridStep) -> dict[str, tuple[str, ...]]:
    """The stages that come after each stage."""
    after: dict[str, tuple[str, ...]] = {stage.id: () for stage in plan.stages}
    for stage, before in predecessors(plan).items():
        for name in before:
            after[name] += (stage,)
    return after


def _step(site: Site, phase: Phase) -> GridStep:
    return next(step for step in site.grid_connection if step.id == phase.energization)
