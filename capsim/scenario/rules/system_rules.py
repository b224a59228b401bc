"""Rules of what systems draw: one basis, complete, and measured at work."""

from __future__ import annotations

from capsim.scenario.records.system_records import OF_BASIS, System
from capsim.scenario.rules.rule import Around, Issue, Issues, rule, unknown

WORKLOAD = "workload-"
"""What names of workloads begin with among the assumptions."""
_BASES = {
    "parts": "the rated power of its parts",
    "measured": "a measured power",
    "nameplate": "a nameplate",
}


@rule
def systems_are_named(system: System, around: Around) -> Issues:
    """A kind of system is described because a deployment names it, and it is one of the catalogue's."""
    yield from unknown("id", system.id, "system", around.catalog.names("systems"))
    if system.id in around.catalog.tables["systems"] and system.id not in _named(around):
        yield Issue(("id",), "no deployment and no refresh has this system", got=True)


@rule
def figures_are_of_the_basis(system: System, around: Around) -> Issues:
    """What is written is of the basis in force, and that has all it needs."""
    # an unknown system has a fault of its own
    if system.id not in around.catalog.tables["systems"]:
        return
    missing = [key for key in OF_BASIS[system.basis] if getattr(system, key) is None]
    if missing:
        none, them = ("none of them", "them") if missing[1:] else ("none", "it")
        what = f"needs {', '.join(missing)}, and the catalogue has {none}"
        others = " or ".join(basis for basis in OF_BASIS if basis != system.basis)
        yield Issue((), f"basis: {system.basis} {what}; give {them}, or write basis: {others}")
    for basis in OF_BASIS:
        strange = [key for key in OF_BASIS[basis] if basis != system.basis and key in system.model_fields_set]
        for key in strange:
            what = f"is {_BASES[basis]}, and basis is {system.basis}"
            yield Issue((key,), f"{what}; write basis: {basis}, or leave it out", got=True)


@rule
def measured_at_a_workload(system: System, around: Around) -> Issues:
    """A measured power names the workload it was measured at."""
    names = [name for name in around.catalog.names("assumptions") if name.startswith(WORKLOAD)]
    workloads = [name.removeprefix(WORKLOAD) for name in names]
    yield from unknown("measured_at", system.measured_at, "workload", workloads)


@rule
def measured_power_is_of_work(system: System, around: Around) -> Issues:
    """What was measured while nothing was computed says nothing of power at work."""
    entry = around.catalog.tables["assumptions"].get(f"{WORKLOAD}{system.measured_at}")
    # an unknown workload has a fault of its own
    if entry is not None and "delivered_share" in entry and not entry.number("delivered_share"):
        rule = "nothing is computed in it, which says nothing of power at work; such a figure is an idle_kw"
        yield Issue(("measured_at",), rule, got=True)


def _named(around: Around) -> set[str]:
    """The systems that deployments and refreshes name."""
    orders = [order for _, phase in around.scenario.phases() for order in phase.deployments]
    refreshes = [order.refresh.system for order in orders if order.refresh and order.refresh.system]
    return {*(order.system for order in orders), *refreshes}
