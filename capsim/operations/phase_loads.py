"""IT load of the phases of a site before any limit: idle, hosted and computing power."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capsim.models.system_power import ROOM_AIR, HallAir
from capsim.operations.fleet import PhaseFleet, SiteFleet, SystemFleet
from capsim.operations.job_loads import JobLoad
from capsim.quantities import idle_kw, peak_kw, working_kw
from capsim.scenario import Workload
from capsim.units import KW_PER_MW, Array


@dataclass(frozen=True)
class PhaseLoad:
    """IT load of a phase, span by span. [MW]"""

    steady_mw: Array
    """Idle power of all systems, and hosted IT, which does not follow the demand for compute."""
    computing_mw: Array
    """What computing at the ceiling of the allocation adds."""
    idle_mw: Array
    """Idle power of all systems."""
    computing_idle_mw: Array
    """Idle power of the systems with accelerators."""
    peak_mw: Array
    """Most that computing can add: rated or capped power of the systems with accelerators, less idle."""


def workload_of(fleet: SiteFleet, jobs: JobLoad | None) -> Workload:
    """Workload of a site, as its jobs make it where it has a job mix."""
    return jobs.workload if jobs is not None else fleet.site.workload or fleet.scenario.workload


def phase_load(phase: PhaseFleet, workload: Workload, air: HallAir = ROOM_AIR) -> PhaseLoad:
    """IT load a phase wants, before any limit. [MW]

    `air` is that of its halls, for the fans of the systems made for air.
    """
    hosting = [system for system in phase.systems if not system.kind.accelerators]
    computing = [system for system in phase.systems if system.kind.accelerators]

    def around(system: SystemFleet) -> HallAir:
        return air if system.kind.is_for_air else ROOM_AIR

    def idle_mw(system: SystemFleet) -> float:
        return idle_kw(system.kind.parts, around(system)) / KW_PER_MW

    def dynamic_mw(system: SystemFleet) -> float:
        return working_kw(system.kind.parts, workload, around(system)) / KW_PER_MW - idle_mw(system)

    def peak_mw(system: SystemFleet) -> float:
        return peak_kw(system.kind.parts, workload, around(system)) / KW_PER_MW - idle_mw(system)

    idle = phase.total(lambda s: s.level * idle_mw(s))
    return PhaseLoad(
        steady_mw=sum((s.level * dynamic_mw(s) for s in hosting), idle),
        computing_mw=sum((s.level * dynamic_mw(s) for s in computing), np.zeros_like(idle)),
        idle_mw=idle,
        computing_idle_mw=sum((s.level * idle_mw(s) for s in computing), np.zeros_like(idle)),
        peak_mw=sum((s.level * peak_mw(s) for s in computing), np.zeros_like(idle)),
    )


def racks_at_work_mw(wanted_mw: Array, computing_idle_mw: Array, at_work: Array | float) -> Array:
    """What is wanted less the idle power of racks without work, which is switched off first. [MW]

    `at_work` is the share of the accelerators that have work. [1]
    """
    return np.asarray(wanted_mw - computing_idle_mw * (1.0 - at_work))
