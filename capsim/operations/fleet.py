"""What is in place: systems in service, halls ready, grid power energised, span by span."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.buildout.timeline import Timeline
from capsim.catalog import Entry, h100e_ratio
from capsim.models.compute import DEFINITIONS
from capsim.operations.spans import Spans, Step, hourly_level
from capsim.scenario.schema import Scenario, Site
from capsim.units import KW_PER_MW

__all__ = ["PhaseFleet", "SiteFleet", "SystemFleet", "hourly_level", "ratio", "site_fleets"]


@dataclass(frozen=True)
class SystemFleet:
    """Systems of one kind in a phase."""

    level: NDArray[np.float64]
    """Systems in service, shape (n_spans,)."""
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
    grid: dict[str, list[Step]] = defaultdict(list)
    for m in timeline.of_kind("energised"):
        grid[m.site].append((m.time_d, m.amount))
    ready_d = timeline.ready_for_service_d()
    return [_site_fleet(scenario, site, service, grid[site.id], ready_d) for site in scenario.sites]


def _site_fleet(
    scenario: Scenario,
    site: Site,
    service: dict[tuple[str, str], dict[str, list[Step]]],
    grid: list[Step],
    ready_d: dict[tuple[str, str], float],
) -> SiteFleet:
    times = [t for t, _ in grid] + [ready_d[site.id, phase.id] for phase in site.phases]
    for phase in site.phases:
        times += [t for steps in service[site.id, phase.id].values() for t, _ in steps]
    spans = Spans.of(times, scenario.calendar)
    phases = []
    for phase in site.phases:
        systems = service[site.id, phase.id]
        ready = spans.level([(ready_d[site.id, phase.id], phase.critical_it_mw)])
        fleets = [_system_fleet(scenario, name, spans.level(systems[name])) for name in sorted(systems)]
        phases.append(PhaseFleet(phase.id, phase.critical_it_mw, ready, tuple(fleets)))
    return SiteFleet(spans, spans.level(grid), tuple(phases))


def _system_fleet(scenario: Scenario, name: str, level: NDArray[np.float64]) -> SystemFleet:
    entry = scenario.catalog.entry("systems", name)
    count = entry.number("accelerator_count")
    ratios = dict.fromkeys(DEFINITIONS, 0.0)
    if count:
        chip = scenario.catalog.entry("accelerators", entry.text("accelerator"))
        ratios = {definition: count * ratio(chip, definition) for definition in DEFINITIONS}
    return SystemFleet(
        level, count, entry.number("all_in_it_kw") / KW_PER_MW, entry.number("idle_share"), ratios
    )


def ratio(chip: Entry, definition: str) -> float:
    """H100-equivalents of one accelerator; 0 where no FLOP/s is published for the definition."""
    value = h100e_ratio(chip, definition)
    return 0.0 if np.isnan(value) else value
