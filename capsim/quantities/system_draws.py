"""What a scenario's systems draw at its workload, and how fast a power cap leaves them."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

import numpy as np

from capsim.catalog import Entry
from capsim.models.it_power import server_power, utilisation_at_power
from capsim.models.system_power import (
    ROOM_AIR,
    Draw,
    HallAir,
    Parts,
    cap_throughput,
    power_at_full,
    share_cut,
    system_draw,
    system_power_kw,
)
from capsim.models.uncertain import Uncertain
from capsim.scenario import OF_BASIS, Scenario, System, Workload
from capsim.units import W_PER_KW


def parts_of(scenario: Scenario, name: str) -> Parts:
    """The parts of a kind of system, or what a figure of its whole is split into.

    A measured figure is extended to full power by the utilisation of the workload it was measured at.

    Parameters
    ----------
    scenario : Scenario
        Valid, with the system among its `systems`.
    name : str
        Entry of the catalogue's systems.
    """
    system = next(system for system in scenario.systems if system.id == name)
    return _PARTS[system.basis](system, scenario, _shared_w(system, scenario))


def _of_parts(system: System, scenario: Scenario, shared_w: float) -> Parts:
    entry = scenario.catalog.entry("systems", system.id)
    return Parts(
        modules=entry.number("accelerator_count"),
        module_w=system.module_w or 0.0,
        module_idle_w=system.module_idle_w or 0.0,
        host_w=system.host_w or 0.0,
        host_idle_w=system.host_idle_w or 0.0,
        fan_w=system.fan_w or 0.0,
        supply_efficiency=system.supply_efficiency or 1.0,
        shared_w=shared_w,
        departure=system.departure,
    )


def listed_parts(entry: Entry) -> Parts | None:
    """The parts of a system of the catalogue at their central values; None where it has no or not all parts.

    A row of the user's may say `parts` and have none, for a scenario that reckons on another basis.
    """
    fields = (*OF_BASIS["parts"], "shared_w")
    if (
        "power_basis" not in entry
        or entry.text("power_basis") != "parts"
        or not all(f in entry for f in fields)
    ):
        return None
    return Parts(entry.number("accelerator_count"), **{field: entry.number(field) for field in fields})


def _of_measured(system: System, scenario: Scenario, shared_w: float) -> Parts:
    at = scenario.catalog.entry("assumptions", f"workload-{system.measured_at}").number("power_utilisation")
    idle_w, measured_w = ((kw or 0.0) * W_PER_KW for kw in (system.idle_kw, system.measured_kw))
    return _whole(system, scenario, power_at_full(idle_w, measured_w, at), idle_w, shared_w)


def _of_nameplate(system: System, scenario: Scenario, shared_w: float) -> Parts:
    label_w = (system.nameplate_kw or 0.0) * W_PER_KW
    full_w = label_w * (system.label_share or 1.0)
    return _whole(system, scenario, full_w, label_w * (system.idle_share or 0.0), shared_w)


def _whole(system: System, scenario: Scenario, full_w: float, idle_w: float, shared_w: float) -> Parts:
    """A system of which only its whole is known: its accelerators as one module, and all else as host.

    A cap holds the former alone. They have the same share of idle and of full power, so that without a cap
    the system draws what its whole was given as.
    """
    modules = _share_of_modules(system.id, scenario)
    rest = 1.0 - modules
    return Parts(
        modules=1.0,
        module_w=modules * full_w,
        module_idle_w=modules * idle_w,
        host_w=rest * full_w,
        host_idle_w=rest * idle_w,
        shared_w=shared_w,
        departure=system.departure,
    )


def _share_of_modules(system: str, scenario: Scenario) -> float:
    """Share of the full power of a system that its accelerators draw: by its parts, or as most have. [1]

    Nothing where there are none: the IT of tenants has no modules that a cap holds.
    """
    entry = scenario.catalog.entry("systems", system)
    if not entry.number("accelerator_count"):
        return 0.0
    parts = listed_parts(entry)
    if parts is None:
        return scenario.catalog.entry("assumptions", "system-power").number("modules_share")
    draw = system_draw(parts, 1.0)
    # what the supplies lose falls with what they supply
    return draw.modules_kw / (draw.modules_kw + draw.host_kw + draw.fans_kw)


_PARTS: MappingProxyType[str, Callable[[System, Scenario, float], Parts]] = MappingProxyType(
    {"parts": _of_parts, "measured": _of_measured, "nameplate": _of_nameplate}
)


def _shared_w(system: System, scenario: Scenario) -> float:
    """Share of a system in the cluster: as given, or what is provisioned for it beside the nameplate. [W]"""
    if system.shared_w is not None:
        return system.shared_w
    entry = scenario.catalog.entry("systems", system.id)
    if "nameplate_kw" not in entry:
        return 0.0
    return max(0.0, entry.number("all_in_it_kw") - entry.number("nameplate_kw")) * W_PER_KW


def draws_of(parts: Parts, workload: Workload, air: HallAir = ROOM_AIR) -> dict[str, Draw]:
    """Power of a system by part: idle, computing at the workload, in the mean over time, and at rated power.

    The mean is of systems whose allocation is at its ceiling: times the systems in service it is the IT load
    of a hall that nothing limits.
    """
    idle, computing = (
        system_draw(
            parts,
            utilisation,
            power_cap=workload.power_cap,
            step_utilisation=workload.step_utilisation,
            air=air,
        )
        for utilisation in (0.0, on_curve(workload.power_utilisation, workload))
    )
    above_kw = computing.total_kw - idle.total_kw
    busy = (working_kw(parts, workload, air) - idle.total_kw) / above_kw if above_kw else 0.0
    mean = Draw(*(low + busy * (high - low) for low, high in zip(idle, computing, strict=True)))
    return {"idle": idle, "computing": computing, "mean": mean, "rated": system_draw(parts, 1.0, air=air)}


def idle_kw(parts: Parts, air: HallAir = ROOM_AIR) -> float:
    """Power of a system without work. [kW]"""
    return system_power_kw(parts, 0.0, air=air)


def peak_kw(parts: Parts, workload: Workload, air: HallAir = ROOM_AIR) -> float:
    """Most that a system can draw under the workload's cap. [kW]"""
    return system_power_kw(parts, 1.0, power_cap=workload.power_cap, air=air)


def working_kw(parts: Parts, workload: Workload, air: HallAir = ROOM_AIR) -> float:
    """Mean power of systems whose allocation is at its ceiling. [kW]"""
    idle, full = idle_kw(parts, air), system_power_kw(parts, 1.0, air=air)
    drawn = system_power_kw(
        parts,
        on_curve(workload.power_utilisation, workload),
        power_cap=workload.power_cap,
        step_utilisation=workload.step_utilisation,
        air=air,
    )
    # on the straight line the mean over time is that of the power
    if workload.power_exponent == 1.0:
        return idle + workload.allocation * workload.busy_share * (drawn - idle)
    busy = utilisation_at_power(min(1.0, (drawn - idle) / (full - idle)), r=workload.power_exponent)
    return idle + workload.allocation * on_curve(workload.busy_share * busy, workload) * (full - idle)


def throughput(parts: Parts, workload: Workload) -> float:
    """Share of the throughput of a system left under the workload's power cap. [1]"""
    cut = _cut(parts, workload)
    return cap_throughput(cut, loss_per_cap=workload.loss_per_cap, exponent=workload.cap_exponent)


def throughput_range(parts: Parts, workload: Workload) -> tuple[float, float]:
    """P10 and P90 of the same as its curve is drawn; itself twice where that has no range. [1]"""
    cut = _cut(parts, workload)
    scales, exponents = (_quantiles(of) for of in (workload.loss_per_cap, workload.cap_exponent))
    left = [cap_throughput(cut, loss_per_cap=a, exponent=n) for a in scales for n in exponents]
    low, high = np.percentile(left, [10, 90])
    return float(low), float(high)


def _cut(parts: Parts, workload: Workload) -> float:
    """Share of the power of its steps that the workload's cap cuts. [1]"""
    steps = max(workload.step_utilisation, on_curve(workload.power_utilisation, workload))
    return share_cut(parts, steps, power_cap=workload.power_cap)


def _quantiles(value: float) -> list[float]:
    """Quantiles of a value in the middles of twenty equal parts of its probability; itself if certain."""
    if not isinstance(value, Uncertain):
        return [value]
    return [float(one) for one in value.distribution.ppf((np.arange(20) + 0.5) / 20)]


def on_curve(utilisation: float, workload: Workload) -> float:
    """Power above idle at a utilisation on the workload's power curve, over the most there is. [1]"""
    # on the straight line the two are the same
    if workload.power_exponent == 1.0:
        return utilisation
    return float(server_power(1.0, utilisation, idle_share=0.0, r=workload.power_exponent))
