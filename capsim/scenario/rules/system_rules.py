"""Rules of what systems draw: one basis, complete, and no figure in the place of another."""

from __future__ import annotations

from capsim.scenario.records.system_records import OF_BASIS, System, basis_of
from capsim.scenario.rules.rule import Around, Issue, Issues, ends, rule, unknown

_WORKLOAD = "workload-"
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
    for key in OF_BASIS["parts"] + OF_BASIS["measured"] + OF_BASIS["nameplate"]:
        basis = basis_of(key)
        if basis == system.basis and getattr(system, key) is None:
            rule = f"basis: {system.basis} needs {key}, and the catalogue has none; give it, or another basis"
            yield Issue((), rule)
        elif basis != system.basis and key in system.model_fields_set and basis is not None:
            rule = f"is {_BASES[basis]}, and basis is {system.basis}; write basis: {basis}, or leave it out"
            yield Issue((key,), rule, got=True)


@rule
def figures_are_in_order(system: System, _: Around) -> Issues:
    """Nothing draws less at work than without."""
    for idle, full in (("module_idle_w", "module_w"), ("host_idle_w", "host_w"), ("idle_kw", "measured_kw")):
        low, high = getattr(system, idle), getattr(system, full)
        if low is not None and high is not None and not max(ends(low)) <= min(ends(high)):
            yield Issue((idle,), f"must be at most {full} ({min(ends(high)):g})", got=True)


@rule
def measured_power_is_no_label(system: System, around: Around) -> Issues:
    """A measured power names the workload it was measured at, and is not above the label of the system."""
    names = [name for name in around.catalog.names("assumptions") if name.startswith(_WORKLOAD)]
    workloads = [name.removeprefix(_WORKLOAD) for name in names]
    yield from unknown("measured_at", system.measured_at, "workload", workloads)
    entry = around.catalog.tables["systems"].get(system.id)
    label = entry.get("nameplate_kw") if entry is not None else None
    if label is None or system.measured_kw is None or isinstance(label.value, str):
        return
    most = label.high or label.value
    if min(ends(system.measured_kw)) > most:
        rule = (
            f"no system draws more than it is labelled for ({most:g} kW); with basis: nameplate it is a label"
        )
        yield Issue(("measured_kw",), rule, got=True)


def _named(around: Around) -> set[str]:
    """The systems that deployments and refreshes name."""
    orders = [order for _, phase in around.scenario.phases() for order in phase.deployments]
    refreshes = [order.refresh.system for order in orders if order.refresh and order.refresh.system]
    return {*(order.system for order in orders), *refreshes}
