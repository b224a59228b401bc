"""What power caps take from the compute of a site, and what they save of its power."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capsim.models.system_power import ROOM_AIR, HallAir
from capsim.operations.fleet import SystemFleet
from capsim.operations.monthly import SiteRun
from capsim.operations.served_demand import working_share
from capsim.quantities import idle_kw, throughput, working_kw
from capsim.units import KW_PER_MW, Array

ROUNDING = 1e-9
"""How far a fleet that is filled may be from full. [1]"""


class Capped(NamedTuple):
    """What a cap does to the systems of a kind at a site, while most of it runs, before any limit.

    Where demand leaves accelerators idle, more of them do the same work under the cap: none is lost.
    """

    site: str
    system: str
    cap_share: float
    """Limit set on each module over its rated power. [1]"""
    cap_w: float | None
    """The same of one module; None where the system is known as a whole alone. [W]"""
    slowed_share: float
    """Throughput that the cap takes from one at work. [1]"""
    lost_h100e: float
    """What they would compute more without it. [H100e]"""
    h100e: float
    """What they would compute without it. [H100e]"""
    saved_mw: float
    """What they would draw more without it, for the same work or for what they would do; less than 0 where
    more of them at work draw more than the cap spares. [MW]"""
    it_mw: float
    """What they would draw without it, idle power included. [MW]"""


def capped_of(run: SiteRun, air: HallAir) -> tuple[Capped, ...]:
    """Systems whose cap is below what their work draws, by kind, in the order of their names.

    Parameters
    ----------
    run : SiteRun
        A site as its operations computed it.
    air : HallAir
        What the air of its halls makes of the fans in them.

    Returns
    -------
    capped : tuple of Capped
        Empty where no cap binds.
    """
    if run.workload.power_cap == 1.0:
        return ()
    fleet = run.fleet.by_plan
    served = np.asarray(run.served)
    if served.ndim:
        served = fleet.spans.sum_of(served) / fleet.spans.hours
    levels: dict[str, tuple[SystemFleet, Array]] = {}
    for system in (s for phase in fleet.phases for s in phase.systems if s.kind.accelerators):
        before = levels.get(system.kind.name)
        levels[system.kind.name] = system, system.level + (0.0 if before is None else before[1])
    slow = [one for one in levels.values() if throughput(one[0].kind.parts, run.workload) < 1.0]
    if not slow:
        return ()
    # of generations that follow one another only those of one time are added up
    at_work_mw = sum(level * served * system.kind.all_in_mw for system, level in slow)
    most = int(np.argmax(at_work_mw))
    there = [(system, float(level[most]), float((level * served)[most])) for system, level in slow]
    found = (_capped(run, air, *one) for one in there)
    return tuple(one for one in found if one.it_mw > 0.0)


def _capped(run: SiteRun, air: HallAir, system: SystemFleet, there: float, working: float) -> Capped:
    """What the cap does to so many systems of a kind, of which so many work."""
    workload, kind = run.workload, system.kind
    around = air if kind.is_for_air else ROOM_AIR
    without = workload.model_copy(update={"power_cap": 1.0})
    capped_kw, free_kw = (working_kw(kind.parts, each, around) for each in (workload, without))
    speed = throughput(kind.parts, workload)
    # what demand does not fill does the same work with fewer, and the full fleet does more
    is_filled = run.demand is None or working >= there * (1.0 - ROUNDING)
    free = working if is_filled else working * speed
    h100e = free * kind.h100e[run.fleet.scenario.h100e] * working_share(workload)
    idle = idle_kw(kind.parts, around)
    it_mw = ((there - free) * idle + free * free_kw) / KW_PER_MW
    return Capped(
        site=run.site.id,
        system=kind.name,
        cap_share=float(workload.power_cap),
        cap_w=_cap_w(run, kind.name),
        slowed_share=1.0 - speed,
        lost_h100e=h100e * (1.0 - speed) if is_filled else 0.0,
        h100e=h100e,
        saved_mw=it_mw - ((there - working) * idle + working * capped_kw) / KW_PER_MW,
        it_mw=it_mw,
    )


def _cap_w(run: SiteRun, name: str) -> float | None:
    """Limit set on one module of a system whose parts are known. [W]"""
    system = next(one for one in run.fleet.scenario.systems if one.id == name)
    is_known = system.basis == "parts" and system.module_w is not None
    return float(run.workload.power_cap * (system.module_w or 0.0)) if is_known else None
