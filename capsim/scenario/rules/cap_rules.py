"""Rules of power caps: a module that is to compute draws more than it does idle, and a cap is to bind."""

from __future__ import annotations

from typing import NamedTuple

from capsim.models.it_power import server_power
from capsim.scenario.records.job_records import Workload
from capsim.scenario.records.schema import Site
from capsim.scenario.records.system_records import System
from capsim.scenario.rules.rule import Around, Issue, Issues, ends, question, rule
from capsim.scenario.rules.system_size_rules import idle_share


@rule
def caps_leave_power_to_compute(workload: Workload, around: Around) -> Issues:
    """A cap is above the idle power of the modules it holds, of every system at work under it."""
    if not 0.0 < workload.power_cap < 1.0:
        return
    lowest = min(ends(workload.power_cap))
    end = " at its lower end" if lowest < workload.power_cap else ""
    for system in _systems_under(around):
        least = _least_share(system, around)
        if least is not None and lowest <= least < 1.0:
            words = f"must be above {least:.3g}{end}, the idle over the rated power of the modules of"
            yield Issue(("power_cap",), f"{words} {system.id}: nothing can be computed below it", got=True)


@question
def power_cap_binds_nothing(workload: Workload, around: Around) -> Issues:
    """A power cap is below what the modules of a system at work under it draw."""
    under = _systems_under(around)
    if not workload.power_cap < 1.0 or not under:
        return
    capped = [system for system in under if _has_accelerators(system, around)]
    if not capped:
        yield Issue(("power_cap",), "binds nothing: no system under it has accelerators", got=True)
        return
    drawn = [(_steps_share(system, workload, around), system.id) for system in capped]
    # of a system of which nothing is known it may bind
    if any(share is None or min(ends(workload.power_cap)) < share.plan for share, _ in drawn):
        return
    most, name = max((share, name) for share, name in drawn if share is not None)
    of_plan = f"the modules of {name} draw {most.plan:.2g} of their rated power in its busiest steps"
    up_to = f", up to {most.high:.2g} in the range" if most.high > most.plan else ""
    yield Issue(("power_cap",), f"binds nothing: at this work {of_plan}{up_to}", got=True)


class _Steps(NamedTuple):
    """Power of modules while they compute over their rated power. [1]"""

    plan: float
    """By the central estimate of the work."""
    high: float
    """By the upper end of its range."""


def _steps_share(system: System, workload: Workload, around: Around) -> _Steps | None:
    """What modules draw while they compute over their rated power; None where that is not known."""
    idle, r = _least_share(system, around), workload.power_exponent
    if idle is None:
        return None
    central, upper = (
        max(
            pick(ends(workload.step_utilisation)),
            float(server_power(1.0, pick(ends(workload.power_utilisation)), idle_share=0.0, r=r)),
        )
        for pick in (lambda of: of[0], max)
    )
    return _Steps(*(idle + steps * (1.0 - idle) for steps in (central, upper)))


def _has_accelerators(system: System, around: Around) -> bool:
    """Whether a cap holds anything of a system; an unknown one has a fault of its own."""
    entry = around.catalog.tables["systems"].get(system.id)
    return entry is None or bool(entry.number("accelerator_count"))


def _systems_under(around: Around) -> list[System]:
    """Systems of the sites that have a workload: its own site, or all without one of their own."""
    own = [record for record in around.outer if isinstance(record, Site)]
    sites = own or [site for site in around.scenario.sites if site.workload is None]
    orders = [order for site in sites for phase in site.phases for order in phase.deployments]
    named = {one.system for order in orders for one in (order, order.refresh) if one is not None}
    return [system for system in around.scenario.systems if system.id in named]


def _least_share(system: System, around: Around) -> float | None:
    """Idle over full power of what a cap holds of a system; None where that is not known. [1]

    Of a whole, its accelerators have the same share of idle and of full power; tenants' IT has none that a
    cap holds.
    """
    entry = around.catalog.tables["systems"].get(system.id)
    if entry is None or not _has_accelerators(system, around):
        return None
    if system.basis != "parts":
        return idle_share(system, entry, around)
    if not system.module_w or system.module_idle_w is None:
        return None
    return system.module_idle_w / system.module_w
