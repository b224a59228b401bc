"""What power caps take from the compute of a site, and what they save of its power."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from capsim.models.system_power import ROOM_AIR, HallAir
from capsim.operations.fleet import SystemFleet
from capsim.operations.monthly import SiteRun
from capsim.operations.served_demand import working_share
from capsim.quantities import idle_kw, throughput, throughput_range, working_kw
from capsim.units import KW_PER_MW, Array

ROUNDING = 1e-9
"""How far a fleet that is filled may be from full. [1]"""
MOST = 0.5
"""Share of a kind, of as many as ever work, from which most of it work. [1]"""


class Capped(NamedTuple):
    """What a cap does to the systems of a kind at a site in a month in which they run, before any limit.

    Systems of one month run together; generations that follow one another have a month each. Where demand
    leaves accelerators idle, more of them do the same work under the cap: none is lost.
    """

    site: str
    system: str
    cap_share: float
    """Limit set on each module over its rated power. [1]"""
    cap_w: float | None
    """The same of one module; None where the system is known as a whole alone. [W]"""
    slowed_share: float
    """Throughput that the cap takes from one at work. [1]"""
    slowed_share_p10: float
    """P10 of the same, as chips differ; itself where the plan has no range for it. [1]"""
    slowed_share_p90: float
    """P90 of the same. [1]"""
    lost_h100e: float
    """What they would compute more without it. [H100e]"""
    h100e: float
    """What they would compute without it. [H100e]"""
    saved_mw: float
    """What they would draw more without it, for the same work or for what they would do; less than 0 where
    more of them at work draw more than the cap spares. [MW]"""
    it_mw: float
    """What they would draw without it, idle power included. [MW]"""
    month: str
    """Month it is of, as in ``2028-03``."""


def capped_of(run: SiteRun, air: HallAir) -> tuple[Capped, ...]:
    """Systems whose cap is below what their work draws: each in a month in which most of its kind work.

    Parameters
    ----------
    run : SiteRun
        A site as its operations computed it.
    air : HallAir
        What the air of its halls makes of the fans in them.

    Returns
    -------
    capped : tuple of Capped
        In the order of their months: one is that in which the cap takes most compute, and others follow until
        each kind is shown in a month in which most of it work. Empty where no cap binds.
    """
    if run.workload.power_cap == 1.0:
        return ()
    slow = _slowed(run)
    served = np.asarray(run.served)
    if served.ndim:
        spans = run.fleet.spans
        served = spans.sum_of(served) / spans.hours
    found: list[Capped] = []
    for span in sorted(_telling_spans(run, slow, served)):
        there = [(one, float(level[span]), float((level * served)[span])) for one, level in slow]
        of_span = (_capped(run, air, span, *one) for one in there)
        found += [one for one in of_span if one.it_mw > 0.0]
    return tuple(found)


def _slowed(run: SiteRun) -> list[tuple[SystemFleet, Array]]:
    """Kinds of systems that the cap slows, each with how many are in service, span by span."""
    levels: dict[str, tuple[SystemFleet, Array]] = {}
    for system in (s for phase in run.fleet.by_plan.phases for s in phase.systems if s.kind.accelerators):
        before = levels.get(system.kind.name)
        levels[system.kind.name] = system, system.level + (0.0 if before is None else before[1])
    return [one for one in levels.values() if throughput(one[0].kind.parts, run.workload) < 1.0]


def _telling_spans(run: SiteRun, slow: Sequence[tuple[SystemFleet, Array]], served: Array) -> set[int]:
    """Spans that show what the cap takes: in one of them at least most of each kind work.

    The first is the one in which the cap takes most compute of all, then of the kinds not yet seen.
    """
    definition = run.fleet.scenario.h100e
    slower = [
        level * served * system.kind.h100e[definition] * (1.0 - throughput(system.kind.parts, run.workload))
        for system, level in slow
    ]
    # where idle accelerators make up for the slower ones nothing is lost
    is_filled = np.ones_like(served) if run.demand is None else served >= 1.0 - ROUNDING
    telling, unseen = set[int](), [one for one in slower if one.max() > 0.0]
    while unseen:
        taken = np.sum(unseen, axis=0)
        lost = taken * is_filled
        span = int(np.argmax(lost if lost.max() > 0.0 else taken))
        telling.add(span)
        # what has most there is seen, so each turn shows one kind or more
        largest = max(one[span] for one in unseen)
        unseen = [one for one in unseen if one[span] < min(largest, MOST * one.max())]
    return telling


def _capped(
    run: SiteRun, air: HallAir, span: int, system: SystemFleet, there: float, working: float
) -> Capped:
    """What the cap does in a span to so many systems of a kind, of which so many work."""
    workload, kind = run.workload, system.kind
    around = air if kind.is_for_air else ROOM_AIR
    without = workload.model_copy(update={"power_cap": 1.0})
    capped_kw, free_kw = (working_kw(kind.parts, each, around) for each in (workload, without))
    speed, (slowest, fastest) = throughput(kind.parts, workload), throughput_range(kind.parts, workload)
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
        slowed_share_p10=1.0 - fastest,
        slowed_share_p90=1.0 - slowest,
        lost_h100e=h100e * (1.0 - speed) if is_filled else 0.0,
        h100e=h100e,
        saved_mw=it_mw - ((there - working) * idle + working * capped_kw) / KW_PER_MW,
        it_mw=it_mw,
        month=_month(run, span),
    )


def _month(run: SiteRun, span: int) -> str:
    """Month in which a span lies."""
    spans = run.fleet.spans
    index = int(np.searchsorted(spans.month_start_h, spans.edges_h[span], side="right")) - 1
    return f"{run.calendar.months[index]:%Y-%m}"


def _cap_w(run: SiteRun, name: str) -> float | None:
    """Limit set on one module of a system whose parts are known. [W]"""
    system = next(one for one in run.fleet.scenario.systems if one.id == name)
    is_known = system.basis == "parts" and system.module_w is not None
    return float(run.workload.power_cap * (system.module_w or 0.0)) if is_known else None
