"""IT load of the phases of a site before any limit: idle, hosted and computing power."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from capsim.models.system_power import ROOM_AIR, HallAir
from capsim.operations.fleet import PhaseFleet, SiteFleet, sum_of
from capsim.operations.job_loads import JobLoad
from capsim.quantities import idle_kw, peak_kw, working_kw
from capsim.scenario import Workload
from capsim.units import KW_PER_MW, Array


@dataclass(frozen=True)
class PhaseLoad:
    """IT load of a phase, span by span. Arrays are not to be changed in place. [MW]"""

    steady_mw: Array
    """Idle power of all systems, and hosted IT, which does not follow the demand for compute."""
    computing_mw: Array
    """What computing at the ceiling of the allocation adds."""
    idle_mw: Array
    """Idle power of all systems."""
    computing_idle_mw: Array
    """Idle power of the systems with accelerators."""
    peaks_mw: tuple[tuple[Array, float], ...]
    """Systems with accelerators of each kind, and the rated or capped power of one less its idle power."""

    @cached_property
    def peak_mw(self) -> Array:
        """Most that computing can add. Only whole jobs swing up to it."""
        return sum_of([level * mw for level, mw in self.peaks_mw], self.idle_mw)

    def at_mw(self, served: float) -> Array:
        """Load where a share of the allocation ceiling is asked for. [MW]"""
        # most plans ask for all: with failures a pass over the hours of each hall less
        return self.steady_mw + (self.computing_mw if served == 1.0 else self.computing_mw * served)


def workload_of(fleet: SiteFleet, jobs: JobLoad | None) -> Workload:
    """Workload of a site, as its jobs make it where it has a job mix."""
    return jobs.workload if jobs is not None else fleet.site.workload or fleet.scenario.workload


def phase_load(phase: PhaseFleet, workload: Workload, air: HallAir = ROOM_AIR) -> PhaseLoad:
    """IT load a phase wants, before any limit. [MW]

    `air` is that of its halls, for the fans of the systems made for air.
    """
    idle, steady, computing, of_computing, peaks = [], [], [], [], []
    for system in phase.systems:
        parts, around = system.kind.parts, air if system.kind.is_for_air else ROOM_AIR
        idle_mw = idle_kw(parts, around) / KW_PER_MW
        dynamic = system.level * (working_kw(parts, workload, around) / KW_PER_MW - idle_mw)
        idle.append(system.level * idle_mw)
        if system.kind.accelerators:
            computing.append(dynamic)
            of_computing.append(idle[-1])
            peaks.append((system.level, peak_kw(parts, workload, around) / KW_PER_MW - idle_mw))
        else:
            steady.append(dynamic)
    none, all_idle = phase.ready_mw, sum_of(idle, phase.ready_mw)
    return PhaseLoad(
        steady_mw=sum_of([all_idle, *steady], none),
        computing_mw=sum_of(computing, none),
        idle_mw=all_idle,
        computing_idle_mw=sum_of(of_computing, none) if steady else all_idle,
        peaks_mw=tuple(peaks),
    )


def racks_at_work_mw(wanted_mw: Array, computing_idle_mw: Array, at_work: Array | float) -> Array:
    """What is wanted less the idle power of racks without work, which is switched off first. [MW]

    `at_work` is the share of the accelerators that have work. [1]
    """
    return np.asarray(wanted_mw - computing_idle_mw * (1.0 - at_work))
