"""Rules of what systems draw: one basis, complete, and no figure in the place of another."""

from __future__ import annotations

from capsim.catalog import Entry
from capsim.models.system_power import Parts, power_at_full, system_power_kw
from capsim.scenario.records.system_records import OF_BASIS, System, basis_of
from capsim.scenario.rules.rule import Around, Issue, Issues, ends, question, rule, unknown

_WORKLOAD = "workload-"
_ROUNDED = 1.01
"""How far labels of the catalogue are rounded. [1]"""
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


@rule
def measured_power_is_of_work(system: System, around: Around) -> Issues:
    """What was measured while nothing was computed says nothing of power at work."""
    entry = around.catalog.tables["assumptions"].get(f"{_WORKLOAD}{system.measured_at}")
    # an unknown workload has a fault of its own
    if entry is not None and "delivered_share" in entry and not entry.number("delivered_share"):
        rule = "nothing is computed in it, which says nothing of power at work; such a figure is an idle_kw"
        yield Issue(("measured_at",), rule, got=True)


@question
def power_is_inside_the_label(system: System, around: Around) -> Issues:
    """At full power, by its parts or as measured, a system draws no more than it is labelled for."""
    entry = around.catalog.tables["systems"].get(system.id)
    written = [key for key in OF_BASIS[system.basis] if key in system.model_fields_set]
    # what the catalogue has is no matter of the scenario
    if entry is None or "nameplate_kw" not in entry or not written:
        return
    label = entry.values["nameplate_kw"]
    most, full_kw = label.high or float(label.value), _full_kw(system, entry, around)
    if full_kw is not None and full_kw > most * _ROUNDED:
        words = f"comes to {full_kw:.4g} kW at full power, and the system is labelled for {most:g} kW"
        yield Issue((written[0],), words, got=True)


@question
def label_is_of_the_system(system: System, around: Around) -> Issues:
    """A nameplate is of the size of the catalogue's for the system."""
    entry = around.catalog.tables["systems"].get(system.id)
    if entry is None or "nameplate_kw" not in entry or "nameplate_kw" not in system.model_fields_set:
        return
    label, factor = entry.number("nameplate_kw"), around.catalog.entry("plausible", "label").number("factor")
    if system.nameplate_kw is not None and not label / factor <= system.nameplate_kw <= label * factor:
        words = f"far from the {label:g} kW that the system is labelled for (systems/{system.id})"
        yield Issue(("nameplate_kw",), words, got=True)


def _full_kw(system: System, entry: Entry, around: Around) -> float | None:
    """What the system itself draws at full power, by its basis; None where that is not known. [kW]"""
    if system.basis == "parts":
        parts = Parts(
            entry.number("accelerator_count"),
            **{key: getattr(system, key) for key in OF_BASIS["parts"]},
        )
        return system_power_kw(parts, 1.0)
    at = around.catalog.tables["assumptions"].get(f"{_WORKLOAD}{system.measured_at}")
    # of a nameplate it is a share, and the label itself is held against the catalogue's
    if at is None or system.idle_kw is None or system.measured_kw is None:
        return None
    return power_at_full(system.idle_kw, system.measured_kw, at.number("power_utilisation"))


def _named(around: Around) -> set[str]:
    """The systems that deployments and refreshes name."""
    orders = [order for _, phase in around.scenario.phases() for order in phase.deployments]
    refreshes = [order.refresh.system for order in orders if order.refresh and order.refresh.system]
    return {*(order.system for order in orders), *refreshes}
