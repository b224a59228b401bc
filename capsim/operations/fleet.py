"""What is in place: systems in service, halls ready, grid power energised, span by span."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.buildout import FUNDING, Outage, Outages, Timeline
from capsim.catalog import Entry, h100e_ratio
from capsim.models.compute import DEFINITIONS
from capsim.models.system_power import Parts
from capsim.operations.spans import Spans, Step, spans_of_each_hour
from capsim.quantities import parts_of, system_count
from capsim.scenario import Scenario, Site
from capsim.units import HOURS_PER_DAY, KW_PER_MW, Array
from capsim.vocabulary import MilestoneKind

_Key = tuple[str, str]
"""Site and phase."""
Out = dict[tuple[str, str, str], Array]
"""Systems out of service by (site, phase, system), shape (n_hours,)."""


class SystemKind(NamedTuple):
    """What the catalogue says of one system."""

    name: str
    accelerators: float
    """Accelerators per system."""
    all_in_mw: float
    """IT power a hall provides for one system with its share of network and storage. [MW]"""
    parts: Parts
    """What it draws power with."""
    is_for_air: bool
    """Whether it is made to be cooled by air, and so has fans where a liquid may do without."""
    h100e: dict[str, float]
    """H100-equivalents of one system by definition."""


@dataclass(frozen=True)
class SystemFleet:
    """Systems of one kind in a phase."""

    level: Array
    """Systems in service, shape (n_spans,)."""
    placed: Array
    """The same with those out of service for repair or maintenance, shape (n_spans,)."""
    kind: SystemKind


@dataclass(frozen=True)
class PhaseFleet:
    """A hall and what is in it."""

    id: str
    """Name of the phase."""
    critical_it_mw: float
    """Design IT power. [MW]"""
    ready_mw: Array
    """Critical IT power ready for service, shape (n_spans,). [MW]"""
    committed_mw: Array
    """IT power of systems ordered and not retired, in the spans of the plan. [MW]"""
    unpaid_mw: Array
    """IT power of deployments of which systems wait for money, in the spans of the plan. [MW]"""
    systems: tuple[SystemFleet, ...]

    def total(self, of: Callable[[SystemFleet], Array]) -> Array:
        """Sum over its systems."""
        return sum_of([of(system) for system in self.systems], self.ready_mw)


@dataclass(frozen=True)
class SiteFleet:
    """All of a site, span by span."""

    scenario: Scenario
    site: Site
    spans: Spans
    grid_mw: Array
    """Grid power energised, shape (n_spans,). [MW]"""
    phases: tuple[PhaseFleet, ...]
    mean: SiteFleet | None = None
    """With failures, which change the fleet in every hour: the spans in which nothing else changes, and in
    each of them the mean of what is in service. None where nothing fails."""

    @property
    def by_plan(self) -> SiteFleet:
        """The site in spans in which the plan changes nothing, which is enough for what is linear in it."""
        return self.mean or self

    def total(self, of: Callable[[SystemFleet], Array]) -> Array:
        """Sum over the systems of all phases."""
        return sum_of([of(system) for phase in self.phases for system in phase.systems], self.grid_mw)

    def at_month_ends(self) -> SiteFleet:
        """The same in the last hour of each month, with levels of shape (n_months,)."""
        last, of_plan = self.spans.last_of_month, self.by_plan.spans.last_of_month
        phases = tuple(
            replace(
                phase,
                ready_mw=last(phase.ready_mw),
                committed_mw=of_plan(phase.committed_mw),
                unpaid_mw=of_plan(phase.unpaid_mw),
                systems=tuple(SystemFleet(last(s.level), last(s.placed), s.kind) for s in phase.systems),
            )
            for phase in self.phases
        )
        return replace(self, grid_mw=last(self.grid_mw), phases=phases, mean=None)

    def h100e(self, definition: str) -> Array:
        """H100-equivalents in service, shape (n_spans,)."""
        return self.total(lambda system: system.level * system.kind.h100e[definition])

    @property
    def ready_mw(self) -> Array:
        """Critical IT power ready for service in all phases, shape (n_spans,). [MW]"""
        return sum_of([phase.ready_mw for phase in self.phases], self.grid_mw)


def sum_of(parts: list[Array], like: Array) -> Array:
    """Sum of some levels; 0 in the shape of another where there are none. Not to be changed in place."""
    if not parts:
        return np.zeros_like(like)
    # one level is its own sum: with failures it has every hour, and a copy would be a pass over them
    if len(parts) == 1:
        return parts[0]
    total = parts[0] + parts[1]
    for part in parts[2:]:
        total += part
    return total


class _Changes(NamedTuple):
    """When what is in place changes: steps by site and phase, and by system for what is in service."""

    service: dict[_Key, dict[str, list[Step]]]
    orders: dict[_Key, list[Step]]
    unpaid: dict[_Key, list[Step]]
    grid: dict[str, list[Step]]
    ready_d: dict[_Key, float]
    out: Out
    kept_share: float
    """Share of the systems in service that is not in maintenance. [1]"""
    kinds: dict[str, SystemKind]
    """All systems that are ever ordered, by name."""


def site_fleets(scenario: Scenario, timeline: Timeline) -> list[SiteFleet]:
    """Fleet of each site, in the scenario's order."""
    changes = _changes(scenario, timeline)
    return [_site_fleet(scenario, site, changes) for site in scenario.sites]


def _changes(scenario: Scenario, timeline: Timeline) -> _Changes:
    """Steps of all levels in a timeline."""
    service: dict[_Key, dict[str, list[Step]]] = defaultdict(lambda: defaultdict(list))
    orders: dict[_Key, list[Step]] = defaultdict(list)
    counted: tuple[MilestoneKind, ...] = ("ordered", "in_service", "retired")
    ordered, began, retired = (list(timeline.of_kind(kind)) for kind in counted)
    kinds = {name: _kind(scenario, name) for name in {m.unit for m in (*ordered, *began)}}
    # steps are put in order when they become levels
    for sign, milestones in ((1.0, began), (-1.0, retired)):
        for m in milestones:
            service[m.site, m.phase][m.unit].append((m.time_d, sign * m.amount))
    for sign, milestones in ((1.0, ordered), (-1.0, retired)):
        for m in milestones:
            orders[m.site, m.phase].append((m.time_d, sign * m.amount * kinds[m.unit].all_in_mw))
    grid: dict[str, list[Step]] = defaultdict(list)
    for m in timeline.of_kind("energised"):
        grid[m.site].append((m.time_d, m.amount))
    return _Changes(
        service,
        orders,
        _unpaid(scenario, timeline),
        grid,
        timeline.ready_for_service_d(),
        out_of_service(timeline.outages, scenario.calendar.n_hours),
        1.0 - timeline.outages.maintenance_share,
        kinds,
    )


def _kind(scenario: Scenario, name: str) -> SystemKind:
    """What the catalogue and the scenario say of a system."""
    catalog = scenario.catalog
    entry = catalog.entry("systems", name)
    count = entry.number("accelerator_count")
    h100e = dict.fromkeys(DEFINITIONS, 0.0)
    if count:
        chip = catalog.entry("accelerators", entry.text("accelerator"))
        h100e = {definition: count * ratio(chip, definition) for definition in DEFINITIONS}
    all_in_mw = entry.number("all_in_it_kw") / KW_PER_MW
    return SystemKind(name, count, all_in_mw, parts_of(scenario, name), is_for_air(entry), h100e)


def is_for_air(system: Entry) -> bool:
    """Whether a system is made to be cooled by air, and so has fans where a liquid may do without."""
    return "cooling_medium" not in system or system.text("cooling_medium") == "air"


def _unpaid(scenario: Scenario, timeline: Timeline) -> dict[_Key, list[Step]]:
    """Steps of the IT power of deployments of which any systems wait for money, by phase. [MW]"""
    waits: dict[tuple[str, str, str], list[Step]] = defaultdict(list)
    for wait in timeline.waits:
        if wait.cause == FUNDING and wait.item:
            waits[wait.site, wait.phase, wait.item].append((wait.start_d, wait.end_d))
    steps: dict[_Key, list[Step]] = defaultdict(list)
    for site, phase in ((s, p) for s in scenario.sites for p in s.phases if waits):
        for order in phase.deployments:
            mw = system_count(phase, order, scenario.catalog) * _kind(scenario, order.system).all_in_mw
            until_d = -math.inf  # waits are in order of start; what waits together counts once
            for start_d, end_d in waits[site.id, phase.id, order.id]:
                since_d = max(start_d, until_d)
                if end_d > since_d:
                    steps[site.id, phase.id] += [(since_d, mw), (end_d, -mw)]
                    until_d = end_d
    return steps


def out_of_service(outages: Outages, n_hours: int) -> Out:
    """Mean systems out of service for repair in each hour."""
    lots_of: dict[tuple[str, str, str, float], list[Outage]] = defaultdict(list)
    for lot in outages.lots:
        lots_of[lot.site, lot.phase, lot.system, lot.share].append(lot)
    out: Out = {}
    for (*key, share), lots in lots_of.items():
        # all lots at once: hours to sum over are many, and a lot has few outages in them
        down_d, up_d = (
            np.concatenate(times) for times in zip(*((lot.down_d, lot.up_d) for lot in lots), strict=True)
        )
        level = hourly_count(down_d, up_d, n_hours)
        level *= share
        at = key[0], key[1], key[2]
        out[at] = out[at] + level if at in out else level
    return out


def hourly_count(from_d: Array, to_d: Array, n_hours: int) -> Array:
    """Mean over each hour of the number of intervals it lies in; exact, and in any order.

    Examples
    --------
    >>> hourly_count(np.array([0.5, 2.0]) / 24, np.array([2.0, 9.0]) / 24, 4)
    array([0.5, 1. , 1. , 1. ])
    """
    # counts of whole hours and parts of the hour of a change apart: a sum over intervals without a loop
    begun, begun_part = _hours_of(from_d, n_hours)
    ended, ended_part = _hours_of(to_d, n_hours)
    # before the first, often years in which its hall is not there yet, there is nothing to count
    first = int(np.min(begun, initial=n_hours))
    begun -= first
    ended -= first
    n_left = n_hours - first + 1
    change = np.bincount(begun, minlength=n_left)
    change -= np.bincount(ended, minlength=n_left)
    weights = np.concatenate([begun_part, -ended_part])
    count = np.zeros(n_hours)
    count[first:] = np.bincount(np.concatenate([begun, ended]), weights, n_left)[:-1]
    count[first + 1 :] += np.cumsum(change[:-2])
    return count


def _hours_of(times_d: Array, n_hours: int) -> tuple[NDArray[np.int64], Array]:
    """Hour in which each time lies, and what of it is after the time; later ones are in one hour more."""
    time_h = times_d * HOURS_PER_DAY
    np.clip(time_h, 0.0, n_hours, out=time_h)
    hour = time_h.astype(np.int64)
    time_h -= hour
    np.subtract(1.0, time_h, out=time_h)
    return hour, time_h


def _site_fleet(scenario: Scenario, site: Site, changes: _Changes) -> SiteFleet:
    keys = [(site.id, phase.id) for phase in site.phases]
    spans = _spans(scenario, site, keys, changes)
    phases, steps = [], [changes.grid[site.id]]
    for phase, key in zip(site.phases, keys, strict=True):
        ready = [(changes.ready_d[key], phase.critical_it_mw)]
        steps += [ready, changes.orders[key], changes.unpaid[key]]
        steps += [of_system for _, of_system in sorted(changes.service[key].items())]
    # all levels at once: a site has few steps of each, and many levels
    levels = iter(spans.levels(steps))
    grid_mw = next(levels)
    for phase, key in zip(site.phases, keys, strict=True):
        ready_mw, committed, waiting = next(levels), next(levels), next(levels)
        placed = {name: next(levels) for name in sorted(changes.service[key])}
        systems = tuple(SystemFleet(level, level, changes.kinds[name]) for name, level in placed.items())
        phases.append(PhaseFleet(phase.id, phase.critical_it_mw, ready_mw, committed, waiting, systems))
    planned = SiteFleet(scenario, site, spans, grid_mw, tuple(phases))
    return _with_failures(planned, changes) if any(key[0] == site.id for key in changes.out) else planned


def _with_failures(planned: SiteFleet, changes: _Changes) -> SiteFleet:
    """A site hour by hour, less what is out of service in each."""
    spans, hourly = planned.spans, planned.spans.hourly
    phases, means = [], []
    for phase in planned.phases:
        systems = []
        for system in phase.systems:
            level = placed = hourly(system.placed)
            missing = changes.out.get((planned.site.id, phase.id, system.kind.name))
            if missing is not None:
                level = placed * changes.kept_share
                level -= missing
                np.maximum(level, 0.0, out=level)
            systems.append(SystemFleet(level, placed, system.kind))
        phases.append(replace(phase, ready_mw=hourly(phase.ready_mw), systems=tuple(systems)))
        in_mean = (spans.sum_of(system.level) / spans.hours for system in systems)
        of_plan = zip(in_mean, phase.systems, strict=True)
        mean = tuple(SystemFleet(level, system.placed, system.kind) for level, system in of_plan)
        means.append(replace(phase, systems=mean))
    return SiteFleet(
        planned.scenario,
        planned.site,
        spans_of_each_hour(planned.scenario.calendar),
        hourly(planned.grid_mw),
        tuple(phases),
        replace(planned, phases=tuple(means)),
    )


def _spans(scenario: Scenario, site: Site, keys: list[_Key], changes: _Changes) -> Spans:
    """The horizon of a site, cut where the plan changes anything in it."""
    times = [t for t, _ in changes.grid[site.id]] + [changes.ready_d[key] for key in keys]
    for key in keys:
        times += [t for steps in changes.service[key].values() for t, _ in steps]
        times += [t for t, _ in changes.orders[key] + changes.unpaid[key]]
    return Spans.of(times, scenario.calendar)


def ratio(chip: Entry, definition: str) -> float:
    """H100-equivalents of one accelerator; 0 where no FLOP/s is published for the definition."""
    value = h100e_ratio(chip, definition)
    return 0.0 if np.isnan(value) else value
