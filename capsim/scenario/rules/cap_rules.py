"""Rules of power caps: a module that is to compute draws more than it does idle."""

from __future__ import annotations

from capsim.scenario.records.job_records import Workload
from capsim.scenario.records.schema import Site
from capsim.scenario.records.system_records import System
from capsim.scenario.rules.rule import Around, Issue, Issues, rule
from capsim.scenario.rules.system_size_rules import idle_share


@rule
def caps_leave_power_to_compute(workload: Workload, around: Around) -> Issues:
    """A cap is above the idle power of the modules it holds, of every system at work under it."""
    if not 0.0 < workload.power_cap < 1.0:
        return
    named = _systems_under(around)
    for system in (one for one in around.scenario.systems if one.id in named):
        least = _least_share(system, around)
        if least is not None and workload.power_cap <= least < 1.0:
            words = f"must be above {least:.3g}, the idle over the rated power of the modules of {system.id}"
            yield Issue(("power_cap",), f"{words}: nothing can be computed below it", got=True)


def _systems_under(around: Around) -> set[str | None]:
    """Systems of the sites that have a workload: its own site, or all without one of their own."""
    own = [record for record in around.outer if isinstance(record, Site)]
    sites = own or [site for site in around.scenario.sites if site.workload is None]
    orders = [order for site in sites for phase in site.phases for order in phase.deployments]
    return {one.system for order in orders for one in (order, order.refresh) if one is not None}


def _least_share(system: System, around: Around) -> float | None:
    """Idle over full power of what a cap holds of a system; None where that is not known. [1]

    Of a whole, its accelerators have the same share of idle and of full power; tenants' IT has none that a
    cap holds.
    """
    entry = around.catalog.tables["systems"].get(system.id)
    if entry is None or not entry.number("accelerator_count"):
        return None
    if system.basis != "parts":
        return idle_share(system, entry, around)
    if not system.module_w or system.module_idle_w is None:
        return None
    return system.module_idle_w / system.module_w
