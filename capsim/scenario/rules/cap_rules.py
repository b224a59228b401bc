"""Rules of power caps: what is to compute draws more than idle, and a cap takes something and not all."""

from __future__ import annotations

from typing import NamedTuple

from capsim.models.it_power import server_power
from capsim.models.system_power import cap_throughput
from capsim.scenario.records.job_records import Workload
from capsim.scenario.records.schema import Site
from capsim.scenario.records.system_records import System
from capsim.scenario.rules.rule import ROUNDING, Around, Issue, Issues, ends, question, rule
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


@question
def power_cap_takes_all(workload: Workload, around: Around) -> Issues:
    """A power cap leaves the systems at work under it some of their throughput."""
    cap = float(workload.power_cap)
    for system in _systems_under(around) if cap < 1.0 else ():
        steps = _steps_share(system, workload, around) if _has_accelerators(system, around) else None
        if steps is None or not cap < steps.plan:
            continue
        cut, loss, exponent = (
            1.0 - cap / steps.plan,
            float(workload.loss_per_cap),
            float(workload.cap_exponent),
        )
        if not cap_throughput(cut, loss_per_cap=loss, exponent=exponent) > 0.0:
            words = (
                f"takes all compute of {system.id}: it cuts {cut:.2g} of what the modules draw in the "
                f"busiest steps, and loss_per_cap {loss:g} times that to the power of cap_exponent "
                f"{exponent:g} is 1 or more"
            )
            yield Issue(("power_cap",), words, got=True)


@rule
def steps_draw_the_mean_at_least(workload: Workload, _: Around) -> Issues:
    """The steps of work draw what all of it draws in the mean, or more; 0 is of work that draws evenly."""
    steps, mean = float(workload.step_utilisation), _mean_share(workload, workload.power_utilisation)
    if 0.0 < steps < mean - ROUNDING:
        on_curve = " on its curve" if workload.power_exponent != 1.0 else ""
        words = f"must be at least power_utilisation{on_curve}, {mean:.4g}, or 0 for work that draws evenly"
        yield Issue(("step_utilisation",), f"{words}: no mean is above that of the busiest steps", got=True)


class _Steps(NamedTuple):
    """Power of modules while they compute over their rated power. [1]"""

    plan: float
    """By the central estimate of the work."""
    high: float
    """By the upper end of its range."""


def _steps_share(system: System, workload: Workload, around: Around) -> _Steps | None:
    """What modules draw while they compute over their rated power; None where that is not known."""
    idle = _least_share(system, around)
    if idle is None:
        return None
    central, upper = (
        max(
            pick(ends(workload.step_utilisation)),
            _mean_share(workload, pick(ends(workload.power_utilisation))),
        )
        for pick in (lambda of: of[0], max)
    )
    return _Steps(*(idle + steps * (1.0 - idle) for steps in (central, upper)))


def _mean_share(workload: Workload, utilisation: float) -> float:
    """Power above idle while the work computes, waits of its steps included, over that of rated parts. [1]"""
    return float(server_power(1.0, utilisation, idle_share=0.0, r=workload.power_exponent))


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
