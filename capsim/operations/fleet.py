"""What is in place: systems in service, halls ready, grid power energised, span by span."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.buildout.outages import Outages
from capsim.buildout.timeline import FUNDING, Timeline
from capsim.catalog import Entry, h100e_ratio
from capsim.models.compute import DEFINITIONS
from capsim.operations.spans import Spans, Step
from capsim.quantities.sizes import system_count
from capsim.scenario.records.schema import Scenario, Site
from capsim.units import HOURS_PER_DAY, KW_PER_MW


@dataclass(frozen=True)
class SystemFleet:
    """Systems of one kind in a phase."""

    level: NDArray[np.float64]
    """Systems in service, shape (n_spans,)."""
    placed: NDArray[np.float64]
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
    ready_mw: NDArray[np.float64]
    """Critical IT power ready for service, shape (n_spans,). [MW]"""
    committed_mw: NDArray[np.float64]
    """IT power of systems ordered and not retired, shape (n_spans,). [MW]"""
    unpaid_mw: NDArray[np.float64]
    """IT power of deployments of which systems wait for money, shape (n_spans,). [MW]"""
    systems: tuple[SystemFleet, ...]


@dataclass(frozen=True)
class SiteFleet:
    """All of a site, span by span."""

    spans: Spans
    grid_mw: NDArray[np.float64]
    """Grid power energised, shape (n_spans,). [MW]"""
    phases: tuple[PhaseFleet, ...]

    def total(self, per_system: str, definition: str = "") -> NDArray[np.float64]:
        """Sum over all systems in service of an attribute, or of its entry for a definition."""
        total = np.zeros_like(self.grid_mw)
        for phase in self.phases:
            for system in phase.systems:
                value = getattr(system, per_system)
                total += system.level * (value[definition] if definition else value)
        return total

    @property
    def ready_mw(self) -> NDArray[np.float64]:
        """Critical IT power ready for service in all phases, shape (n_spans,). [MW]"""
        total = np.zeros_like(self.grid_mw)
        for phase in self.phases:
            total += phase.ready_mw
        return total


def site_fleets(scenario: Scenario, timeline: Timeline) -> list[SiteFleet]:
    """Fleet of each site, in the scenario's order."""
    service: dict[tuple[str, str], dict[str, list[Step]]] = defaultdict(lambda: defaultdict(list))
    for m in timeline.of_kind("in_service", "retired"):
        change = m.amount if m.kind == "in_service" else -m.amount
        service[m.site, m.phase][m.unit].append((m.time_d, change))
    orders: dict[tuple[str, str], list[Step]] = defaultdict(list)
    all_in_mw: dict[str, float] = {}
    for m in timeline.of_kind("ordered", "retired"):
        if m.unit not in all_in_mw:
            entry = scenario.catalog.entry("systems", m.unit)
            all_in_mw[m.unit] = entry.number("all_in_it_kw") / KW_PER_MW
        change = m.amount * all_in_mw[m.unit] if m.kind == "ordered" else -m.amount * all_in_mw[m.unit]
        orders[m.site, m.phase].append((m.time_d, change))
    unpaid = _unpaid(scenario, timeline)
    grid: dict[str, list[Step]] = defaultdict(list)
    for m in timeline.of_kind("energised"):
        grid[m.site].append((m.time_d, m.amount))
    ready_d = timeline.ready_for_service_d()
    out, share = (
        out_of_service(timeline.outages, scenario.calendar.n_hours),
        timeline.outages.maintenance_share,
    )
    return [
        _site_fleet(scenario, site, service, orders, unpaid, grid[site.id], ready_d, out, share)
        for site in scenario.sites
    ]


def _unpaid(scenario: Scenario, timeline: Timeline) -> dict[tuple[str, str], list[Step]]:
    """Steps of the IT power of deployments of which any lot waits for money, by phase. [MW]"""
    steps: dict[tuple[str, str], list[Step]] = defaultdict(list)
    waits = [wait for wait in timeline.waits if wait.cause == FUNDING and wait.item]
    for site, phase in ((s, p) for s in scenario.sites for p in s.phases if waits):
        for order in phase.deployments:
            name = site.id, phase.id, order.id
            kw = scenario.catalog.entry("systems", order.system).number("all_in_it_kw")
            mw = system_count(phase, order, scenario.catalog) * kw / KW_PER_MW
            until_d = -math.inf  # waits are in order of start; lots that wait together count once
            for start_d, end_d in (w[:2] for w in waits if w[2:5] == name):
                since_d = max(start_d, until_d)
                if end_d > since_d:
                    steps[site.id, phase.id] += [(since_d, mw), (end_d, -mw)]
                    until_d = end_d
    return steps


Out = dict[tuple[str, str, str], NDArray[np.float64]]
"""Systems out of service by (site, phase, system), shape (n_hours,)."""


def out_of_service(outages: Outages, n_hours: int) -> Out:
    """Mean systems out of service for repair in each hour."""
    out: Out = {}
    for lot in outages.lots:
        key = lot.site, lot.phase, lot.system
        level = out.setdefault(key, np.zeros(n_hours))
        level += lot.share * hourly_count(lot.down_d, lot.up_d, n_hours)
    return out


def hourly_count(from_d: NDArray[np.float64], to_d: NDArray[np.float64], n_hours: int) -> NDArray[np.float64]:
    """Mean over each hour of the number of intervals it lies in; exact, and in any order.

    Examples
    --------
    >>> hourly_count(np.array([0.5, 2.0]) / 24, np.array([2.0, 9.0]) / 24, 4)
    array([0.5, 1. , 1. , 1. ])
    """
    change = np.zeros(n_hours + 1)
    part = np.zeros(n_hours + 1)
    for time_d, sign in ((from_d, 1.0), (to_d, -1.0)):
        time_h = np.clip(time_d * HOURS_PER_DAY, 0.0, n_hours)
        hour = np.minimum(time_h.astype(np.int64), n_hours - 1)
        change += sign * np.bincount(hour + 1, minlength=n_hours + 1)
        part += sign * np.bincount(hour, weights=hour + 1 - time_h, minlength=n_hours + 1)
    return np.asarray(np.cumsum(change)[:-1] + part[:-1])


def _site_fleet(
    scenario: Scenario,
    site: Site,
    service: dict[tuple[str, str], dict[str, list[Step]]],
    orders: dict[tuple[str, str], list[Step]],
    unpaid: dict[tuple[str, str], list[Step]],
    grid: list[Step],
    ready_d: dict[tuple[str, str], float],
    out: Out,
    maintenance_share: float,
) -> SiteFleet:
    times = [t for t, _ in grid] + [ready_d[site.id, phase.id] for phase in site.phases]
    for phase in site.phases:
        times += [t for steps in service[site.id, phase.id].values() for t, _ in steps]
        times += [t for t, _ in orders[site.id, phase.id] + unpaid[site.id, phase.id]]
    if any(key[0] == site.id for key in out):  # failures change the fleet in every hour
        times += list(np.arange(scenario.calendar.n_hours) / HOURS_PER_DAY)
    spans = Spans.of(times, scenario.calendar)
    phases = []
    kept = 1.0 - maintenance_share
    for phase in site.phases:
        systems = service[site.id, phase.id]
        ready = spans.level([(ready_d[site.id, phase.id], phase.critical_it_mw)])
        fleets = []
        for name in sorted(systems):
            level = placed = spans.level(systems[name])
            missing = out.get((site.id, phase.id, name))
            if missing is not None:
                level = np.maximum(level * kept - missing, 0.0)
            fleets.append(_system_fleet(scenario, name, level, placed))
        committed, waiting = (spans.level(of[site.id, phase.id]) for of in (orders, unpaid))
        phases.append(PhaseFleet(phase.id, phase.critical_it_mw, ready, committed, waiting, tuple(fleets)))
    return SiteFleet(spans, spans.level(grid), tuple(phases))


def _system_fleet(
    scenario: Scenario, name: str, level: NDArray[np.float64], placed: NDArray[np.float64]
) -> SystemFleet:
    entry = scenario.catalog.entry("systems", name)
    count = entry.number("accelerator_count")
    ratios = dict.fromkeys(DEFINITIONS, 0.0)
    if count:
        chip = scenario.catalog.entry("accelerators", entry.text("accelerator"))
        ratios = {definition: count * ratio(chip, definition) for definition in DEFINITIONS}
    return SystemFleet(
        level, placed, count, entry.number("all_in_it_kw") / KW_PER_MW, entry.number("idle_share"), ratios
    )


def ratio(chip: Entry, definition: str) -> float:
    """H100-equivalents of one accelerator; 0 where no FLOP/s is published for the definition."""
    value = h100e_ratio(chip, definition)
    return 0.0 if np.isnan(value) else value
