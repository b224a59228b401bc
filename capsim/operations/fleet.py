"""What is in place: systems in service, halls ready, grid power energised, span by span."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.buildout import FUNDING, Outages, Timeline
from capsim.catalog import Entry, h100e_ratio
from capsim.models.compute import DEFINITIONS
from capsim.operations.spans import Spans, Step
from capsim.quantities import system_count
from capsim.scenario import Scenario, Site
from capsim.units import HOURS_PER_DAY, KW_PER_MW

Array = NDArray[np.float64]
_Key = tuple[str, str]
"""Site and phase."""
Out = dict[tuple[str, str, str], Array]
"""Systems out of service by (site, phase, system), shape (n_hours,)."""


@dataclass(frozen=True)
class SystemFleet:
    """Systems of one kind in a phase."""

    level: Array
    """Systems in service, shape (n_spans,)."""
    placed: Array
    """The same with those out of service for repair or maintenance, shape (n_spans,)."""
    accelerators: float
    """Accelerators per system."""
    all_in_mw: float
    """IT power of one system with its share of network and storage. [MW]"""
    idle_share: float
    """Power of an idle system over `all_in_mw`. [1]"""
    h100e: dict[str, float]
    """H100-equivalents of one system by definition."""


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
    """IT power of systems ordered and not retired, shape (n_spans,). [MW]"""
    unpaid_mw: Array
    """IT power of deployments of which systems wait for money, shape (n_spans,). [MW]"""
    systems: tuple[SystemFleet, ...]

    def total(self, of: Callable[[SystemFleet], Array]) -> Array:
        """Sum over its systems."""
        total = np.zeros_like(self.ready_mw)
        for system in self.systems:
            total += of(system)
        return total


@dataclass(frozen=True)
class SiteFleet:
    """All of a site, span by span."""

    scenario: Scenario
    site: Site
    spans: Spans
    grid_mw: Array
    """Grid power energised, shape (n_spans,). [MW]"""
    phases: tuple[PhaseFleet, ...]

    def total(self, of: Callable[[SystemFleet], Array]) -> Array:
        """Sum over the systems of all phases."""
        total = np.zeros_like(self.grid_mw)
        for phase in self.phases:
            for system in phase.systems:
                total += of(system)
        return total

    def h100e(self, definition: str) -> Array:
        """H100-equivalents in service, shape (n_spans,)."""
        return self.total(lambda system: system.level * system.h100e[definition])

    @property
    def ready_mw(self) -> Array:
        """Critical IT power ready for service in all phases, shape (n_spans,). [MW]"""
        total = np.zeros_like(self.grid_mw)
        for phase in self.phases:
            total += phase.ready_mw
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


def site_fleets(scenario: Scenario, timeline: Timeline) -> list[SiteFleet]:
    """Fleet of each site, in the scenario's order."""
    changes = _changes(scenario, timeline)
    return [_site_fleet(scenario, site, changes) for site in scenario.sites]


def _changes(scenario: Scenario, timeline: Timeline) -> _Changes:
    """Steps of all levels in a timeline."""
    service: dict[_Key, dict[str, list[Step]]] = defaultdict(lambda: defaultdict(list))
    for m in timeline.of_kind("in_service", "retired"):
        change = m.amount if m.kind == "in_service" else -m.amount
        service[m.site, m.phase][m.unit].append((m.time_d, change))
    orders: dict[_Key, list[Step]] = defaultdict(list)
    ordered = list(timeline.of_kind("ordered", "retired"))
    all_in_mw = {system: _all_in_mw(scenario, system) for system in {m.unit for m in ordered}}
    for m in ordered:
        change = m.amount * all_in_mw[m.unit]
        orders[m.site, m.phase].append((m.time_d, change if m.kind == "ordered" else -change))
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
    )


def _all_in_mw(scenario: Scenario, system: str) -> float:
    """IT power of one system with its share of network and storage. [MW]"""
    return scenario.catalog.entry("systems", system).number("all_in_it_kw") / KW_PER_MW


def _unpaid(scenario: Scenario, timeline: Timeline) -> dict[_Key, list[Step]]:
    """Steps of the IT power of deployments of which any systems wait for money, by phase. [MW]"""
    waits: dict[tuple[str, str, str], list[Step]] = defaultdict(list)
    for wait in timeline.waits:
        if wait.cause == FUNDING and wait.item:
            waits[wait.site, wait.phase, wait.item].append((wait.start_d, wait.end_d))
    steps: dict[_Key, list[Step]] = defaultdict(list)
    for site, phase in ((s, p) for s in scenario.sites for p in s.phases if waits):
        for order in phase.deployments:
            mw = system_count(phase, order, scenario.catalog) * _all_in_mw(scenario, order.system)
            until_d = -math.inf  # waits are in order of start; what waits together counts once
            for start_d, end_d in waits[site.id, phase.id, order.id]:
                since_d = max(start_d, until_d)
                if end_d > since_d:
                    steps[site.id, phase.id] += [(since_d, mw), (end_d, -mw)]
                    until_d = end_d
    return steps


def out_of_service(outages: Outages, n_hours: int) -> Out:
    """Mean systems out of service for repair in each hour."""
    out: Out = {}
    for lot in outages.lots:
        key = lot.site, lot.phase, lot.system
        level = out.setdefault(key, np.zeros(n_hours))
        level += lot.share * hourly_count(lot.down_d, lot.up_d, n_hours)
    return out


def hourly_count(from_d: Array, to_d: Array, n_hours: int) -> Array:
    """Mean over each hour of the number of intervals it lies in; exact, and in any order.

    Examples
    --------
    >>> hourly_count(np.array([0.5, 2.0]) / 24, np.array([2.0, 9.0]) / 24, 4)
    array([0.5, 1. , 1. , 1. ])
    """
    # counts of whole hours and parts of the first hour apart: a sum over intervals without a loop
    change = np.zeros(n_hours + 1)
    part = np.zeros(n_hours + 1)
    for time_d, sign in ((from_d, 1.0), (to_d, -1.0)):
        time_h = np.clip(time_d * HOURS_PER_DAY, 0.0, n_hours)
        hour = np.minimum(time_h.astype(np.int64), n_hours - 1)
        change += sign * np.bincount(hour + 1, minlength=n_hours + 1)
        part += sign * np.bincount(hour, weights=hour + 1 - time_h, minlength=n_hours + 1)
    return np.asarray(np.cumsum(change)[:-1] + part[:-1])


def _site_fleet(scenario: Scenario, site: Site, changes: _Changes) -> SiteFleet:
    keys = [(site.id, phase.id) for phase in site.phases]
    times = [t for t, _ in changes.grid[site.id]] + [changes.ready_d[key] for key in keys]
    for key in keys:
        times += [t for steps in changes.service[key].values() for t, _ in steps]
        times += [t for t, _ in changes.orders[key] + changes.unpaid[key]]
    # failures change the fleet in every hour
    if any(key[0] == site.id for key in changes.out):
        times += list(np.arange(scenario.calendar.n_hours) / HOURS_PER_DAY)
    spans = Spans.of(times, scenario.calendar)
    phases = []
    for phase, key in zip(site.phases, keys, strict=True):
        fleets = []
        for name, steps in sorted(changes.service[key].items()):
            level = placed = spans.level(steps)
            missing = changes.out.get((*key, name))
            if missing is not None:
                level = np.maximum(level * changes.kept_share - missing, 0.0)
            fleets.append(_system_fleet(scenario, name, level, placed))
        ready = spans.level([(changes.ready_d[key], phase.critical_it_mw)])
        committed, waiting = spans.level(changes.orders[key]), spans.level(changes.unpaid[key])
        phases.append(PhaseFleet(phase.id, phase.critical_it_mw, ready, committed, waiting, tuple(fleets)))
    return SiteFleet(scenario, site, spans, spans.level(changes.grid[site.id]), tuple(phases))


def _system_fleet(scenario: Scenario, name: str, level: Array, placed: Array) -> SystemFleet:
    entry = scenario.catalog.entry("systems", name)
    count = entry.number("accelerator_count")
    ratios = dict.fromkeys(DEFINITIONS, 0.0)
    if count:
        chip = scenario.catalog.entry("accelerators", entry.text("accelerator"))
        ratios = {definition: count * ratio(chip, definition) for definition in DEFINITIONS}
    return SystemFleet(level, placed, count, _all_in_mw(scenario, name), entry.number("idle_share"), ratios)


def ratio(chip: Entry, definition: str) -> float:
    """H100-equivalents of one accelerator; 0 where no FLOP/s is published for the definition."""
    value = h100e_ratio(chip, definition)
    return 0.0 if np.isnan(value) else value
