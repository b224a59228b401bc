"""Rules of how large the power of a system can be: near the catalogue's, in order, and none another's."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from capsim.catalog import Entry, Value
from capsim.models.system_power import Parts, power_at_full, system_power_kw
from capsim.models.uncertain import Uncertain
from capsim.scenario.records.system_records import OF_BASIS, System
from capsim.scenario.rules.plausible import PLAUSIBLE, limit
from capsim.scenario.rules.rule import Around, Issue, Issues, ends, question, ranged, rule
from capsim.scenario.rules.system_rules import WORKLOAD
from capsim.units import KILO, W_PER_KW

_ROUNDED = 1.01
"""How far labels of the catalogue are rounded. [1]"""
_SAME = 0.005
"""How far two figures differ that are one, rounded. [1]"""
_NEAR = 10.0
"""How far from the catalogue's a figure may be once turned from a unit that is named. [1]"""
_ORDERED = (
    ("module_idle_w", "module_w"),
    ("host_idle_w", "host_w"),
    ("idle_kw", "measured_kw"),
    ("idle_share", "label_share"),
)
"""Figures of which the first is without work and the second at work."""
_SIZES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "nameplate_kw": ("nameplate_kw", "whole"),
        "measured_kw": ("nameplate_kw", "whole"),
        "idle_kw": ("nameplate_kw", "part"),
        "module_w": ("module_w", "whole"),
        "module_idle_w": ("module_idle_w", "part"),
        "host_w": ("host_w", "part"),
        "host_idle_w": ("host_idle_w", "part"),
        "fan_w": ("fan_w", "part"),
    }
)
"""Field of the catalogue that says how large a figure is, and the factor it may be off by."""
_OF_IDLE = ("idle_kw", "idle_share", "module_idle_w", "host_idle_w")
"""Figures of a system without work."""
_NEVER_NOTHING = ("module_idle_w", "host_w", "host_idle_w")
"""Figures of parts that draw power whenever they are switched on."""
_UNITS = {"_w": ("mW", "W", "kW"), "kw": ("W", "kW", "MW")}
"""Unit of a figure by the end of its key, between those a thousand times smaller and larger."""


@rule
def figures_are_of_the_size(system: System, around: Around) -> Issues:
    """What is written is not off the catalogue's by as much as a wrong unit is."""
    for key in _SIZES:
        if key in system.model_fields_set and _is_off(key, system, around):
            field, _ = _SIZES[key]
            size, unit = _size(key, system, around), _UNITS[key[-2:]][1]
            words = f"cannot be right beside the {size:g} {unit} of systems/{system.id}.{field}"
            yield Issue((key,), f"{words}{_in_another_unit(key, system, around)}", got=True)


@rule
def figures_are_in_order(system: System, around: Around) -> Issues:
    """Nothing draws less at work than without, and a module more."""
    for idle, full in _ORDERED:
        low, high = getattr(system, idle), getattr(system, full)
        # what is negative or of another size has a fault of its own
        if low is None or high is None or min(*ends(low), *ends(high)) < 0.0:
            continue
        # nothing but a host may be of no power
        if not min(ends(high)) and full != "host_w":
            continue
        if _is_off(idle, system, around) or _is_off(full, system, around):
            continue
        most, least = min(ends(high)), max(ends(low))
        is_strict = idle == "module_idle_w"
        if least < most or (least == most and not is_strict):
            continue
        # the catalogue's figure is not at fault where the other is the user's
        if idle in system.model_fields_set or full not in system.model_fields_set:
            words, key, give = (
                f"{'below' if is_strict else 'at most'} {full} ({ranged(high, ends(high))})",
                idle,
                "",
            )
        else:
            words = (
                f"{'above' if is_strict else 'at least'} {idle} (by the catalogue {ranged(low, ends(low))})"
            )
            key, give = full, "; give that too where it is less"
        hint = _in_another_unit(key, system, around) or give
        yield Issue((key,), f"must be {words}{hint}", got=True)


@rule
def measured_power_is_no_label(system: System, around: Around) -> Issues:
    """A measured power is not above the label, nor is it the label or the rated power of the modules."""
    entry = _entry(system, around)
    label = entry.get("nameplate_kw") if entry is not None else None
    if entry is None or label is None or system.measured_kw is None or isinstance(label.value, str):
        return
    most = label.high or label.value
    if _is_off("measured_kw", system, around):
        return
    if min(ends(system.measured_kw)) > most:
        words = "no system draws more than it is labelled for"
        yield Issue(
            ("measured_kw",), f"{words} ({_of_range(label)}); with basis: nameplate it is a label", got=True
        )
    elif _is_written_as(system.measured_kw, label.value):
        words = f"is the label of the system ({label.value:g} kW), which no meter showed; write"
        how = "basis: nameplate with nameplate_kw, or what was measured, to its digits"
        yield Issue(("measured_kw",), f"{words} {how}", got=True)
    elif words := _modules(entry, system.measured_kw, around):
        how = "write basis: parts, or what a meter showed of the whole"
        yield Issue(("measured_kw",), f"{words}, and no measured power; {how}", got=True)


@rule
def nameplate_is_no_sum_of_modules(system: System, around: Around) -> Issues:
    """A nameplate is what the supplies are labelled for, and not the rated power of the modules alone."""
    entry = _entry(system, around)
    if entry is None or system.nameplate_kw is None or "nameplate_kw" not in system.model_fields_set:
        return
    if words := _modules(entry, system.nameplate_kw, around):
        how = "write basis: parts, or what the power supplies are labelled for"
        yield Issue(("nameplate_kw",), f"{words}, and no nameplate; {how}", got=True)


@question
def power_is_inside_the_label(system: System, around: Around) -> Issues:
    """At full power, by its parts or as measured, a system draws no more than it is labelled for."""
    entry = _entry(system, around)
    keys = (*OF_BASIS[system.basis], "departure")
    written = [key for key in keys if key in system.model_fields_set]
    # what the catalogue has is no matter of the scenario
    if entry is None or "nameplate_kw" not in entry or not written:
        return
    label = entry.values["nameplate_kw"]
    most, full_kw = label.high or float(label.value), _full_kw(system, entry, around)
    if full_kw is not None and full_kw * system.departure > most * _ROUNDED:
        full_kw *= system.departure
        words = f"comes to {full_kw:.4g} kW at full power, and the system is labelled for {_of_range(label)}"
        yield Issue((written[0],), words, got=True)


@question
def label_is_of_the_system(system: System, around: Around) -> Issues:
    """A nameplate is of the size of the catalogue's for the system."""
    entry = _entry(system, around)
    if entry is None or "nameplate_kw" not in entry or "nameplate_kw" not in system.model_fields_set:
        return
    label, factor = entry.number("nameplate_kw"), limit(around, "label", "factor")
    if system.nameplate_kw is not None and not label / factor <= system.nameplate_kw <= label * factor:
        words = f"far from the {label:g} kW that the system is labelled for (systems/{system.id})"
        yield Issue(("nameplate_kw",), words, got=True)


@question
def power_is_not_below_the_parts(system: System, around: Around) -> Issues:
    """A label is not below what the parts draw at full power, nor what was measured far below it."""
    entry = _entry(system, around)
    parts_kw = None if entry is None else _rated_kw(entry)
    if entry is None or parts_kw is None:
        return
    words = f"the {parts_kw:.4g} kW that the parts of {system.id} draw at full power"
    if "nameplate_kw" in system.model_fields_set and system.nameplate_kw is not None:
        # a maker's own label stands, whatever the parts come to
        if max(ends(system.nameplate_kw)) < min(parts_kw, entry.number("nameplate_kw")):
            how = "what a meter showed is basis: measured"
            yield Issue(("nameplate_kw",), f"below {words}; {how}", got=True)
    elif "measured_kw" in system.model_fields_set and system.measured_kw is not None:
        full_kw = _full_kw(system, entry, around)
        if full_kw is not None and full_kw * limit(around, "label", "factor") < parts_kw:
            yield Issue(
                ("measured_kw",), f"comes to {full_kw:.4g} kW at full power, far below {words}", got=True
            )


@question
def modules_are_as_rated(system: System, around: Around) -> Issues:
    """A module is set to no more than it is rated for."""
    entry = _entry(system, around)
    rated = entry.get("module_w") if entry is not None else None
    if rated is None or system.module_w is None or "module_w" not in system.model_fields_set:
        return
    most = rated.high or float(rated.value)
    if max(ends(system.module_w)) > most * limit(around, "module_rated", "factor"):
        words = f"above what a module of {system.id} is rated for (systems/{system.id}.module_w: "
        words += f"{_of_range(rated)})"
        yield Issue(("module_w",), words, got=True)


@question
def modules_idle_low(system: System, around: Around) -> Issues:
    """Without work a module draws no more of its rated power than measured ones do."""
    written = [key for key in ("module_idle_w", "module_w") if key in system.model_fields_set]
    if not written or not system.module_w or system.module_idle_w is None:
        return
    share, most = system.module_idle_w / system.module_w, limit(around, "module_idle", "high")
    if share > most:
        words = f"idles at {share:.2f} of {system.module_w:g} W; measured modules do at {most:g} at most"
        yield Issue((written[0],), words, got=True)


@question
def systems_idle_as_known_ones_do(system: System, around: Around) -> Issues:
    """Without work a powered system draws a share of its full power as systems of known parts do."""
    entry = _entry(system, around)
    written = [key for key in _OF_IDLE if key in system.model_fields_set]
    written += [key for key in OF_BASIS[system.basis] if key in system.model_fields_set]
    share = None if entry is None or not written else idle_share(system, entry, around)
    low, high = (limit(around, "system_idle", end) for end in ("low", "high"))
    if share is not None and not low <= share <= high:
        words = f"idles at {share:.3g} of its full power; systems of known parts do at {low:g} to {high:g}"
        yield Issue((written[0],), words, got=True)


@question
def parts_draw_power(system: System, around: Around) -> Issues:
    """No host and no module draws nothing, at work or without; fans may, in liquid."""
    for key in _NEVER_NOTHING:
        value, size = getattr(system, key), _size(key, system, around)
        if key in system.model_fields_set and value is not None and size and not max(ends(value)):
            rule = f"leaves it out: by the catalogue it draws {size:g} W (systems/{system.id}.{key})"
            yield Issue((key,), rule, got=True)


def _entry(system: System, around: Around) -> Entry | None:
    """The system in the catalogue; an unknown one has a fault of its own."""
    return around.catalog.tables["systems"].get(system.id)


def _of_range(value: Value) -> str:
    """A figure of the catalogue with its unit and range."""
    within = [end for end in (value.low, value.high) if end is not None]
    return ranged(float(value.value), within, value.unit)


def _size(key: str, system: System, around: Around) -> float | None:
    """How large a figure is by the catalogue, in its unit; None where that is not known."""
    entry, field = _entry(system, around), _SIZES.get(key, ("", ""))[0]
    return entry.number(field) or None if entry is not None and field in entry else None


def _is_off(key: str, system: System, around: Around) -> bool:
    """Whether a written figure is off the catalogue's by as much as a wrong unit is."""
    size, value = _size(key, system, around), getattr(system, key)
    if size is None or value is None or key not in system.model_fields_set or not value > 0.0:
        return False
    factor = around.catalog.entry(PLAUSIBLE, "system_power").number(_SIZES[key][1])
    return not size / factor <= value <= size * factor


def _in_another_unit(key: str, system: System, around: Around) -> str:
    """Words where a figure would be near the catalogue's if it was in a unit a thousand times off."""
    size, value = _size(key, system, around), getattr(system, key)
    smaller, _, larger = _UNITS.get(key[-2:], ("", "", ""))
    for unit, meant in ((larger, value * KILO), (smaller, value / KILO)):
        if size is not None and size / _NEAR <= meant <= size * _NEAR:
            return f"; is it in {unit}? write {meant:g}"
    return ""


def _is_written_as(value: float, figure: float) -> bool:
    """Whether a plain number is a figure, to the digits it is written with; a range is one's own."""
    if isinstance(value, Uncertain) or not figure > 0.0:
        return False
    digits = max(0, -int(Decimal(repr(value)).as_tuple().exponent))
    return round(figure, digits) == value and abs(value / figure - 1.0) <= _SAME


def _modules(entry: Entry, value_kw: float, around: Around) -> str:
    """Words where a power is that of the accelerators at their rated power; empty where it is not."""
    chips, count = around.catalog.tables["accelerators"], entry.number("accelerator_count")
    chip = chips.get(entry.text("accelerator")) if "accelerator" in entry else None
    of, field = (entry, "module_w") if "module_w" in entry else (chip, "tdp_w")
    if of is None or field not in of:
        return ""
    sum_kw = count * of.number(field) / W_PER_KW
    if not _is_written_as(value_kw, sum_kw):
        return ""
    sum_of = f"{count:g} accelerators of {of.number(field):g} W ({sum_kw:g} kW)"
    return f"is the rated power of {sum_of}, without host, fans and supplies"


def _full_kw(system: System, entry: Entry, around: Around) -> float | None:
    """What the system itself draws at full power, by its basis; None where that is not known. [kW]"""
    if system.basis == "parts":
        return _of_parts(entry, {key: getattr(system, key) for key in OF_BASIS["parts"]})
    at = around.catalog.tables["assumptions"].get(f"{WORKLOAD}{system.measured_at}")
    # of a nameplate it is a share, and the label itself is held against the catalogue's
    if at is None or system.idle_kw is None or system.measured_kw is None:
        return None
    return power_at_full(system.idle_kw, system.measured_kw, at.number("power_utilisation"))


def idle_share(system: System, entry: Entry, around: Around) -> float | None:
    """What a system draws without work over its full power, by its basis; None where it is not known. [1]"""
    if system.basis == "nameplate":
        # a label without a share is drawn in full
        return None if system.idle_share is None else system.idle_share / (system.label_share or 1.0)
    full_kw, idle_kw = _full_kw(system, entry, around), system.idle_kw
    if system.basis == "parts":
        parts = {key: getattr(system, key) for key in OF_BASIS["parts"]}
        idle_kw = system_power_kw(Parts(entry.number("accelerator_count"), **parts), 0.0)
    return None if idle_kw is None or not full_kw else idle_kw / full_kw


def _rated_kw(entry: Entry) -> float | None:
    """What a system of the catalogue draws at full power by its parts; None where it has none. [kW]"""
    if "nameplate_kw" not in entry or not all(key in entry for key in OF_BASIS["parts"]):
        return None
    return _of_parts(entry, {key: entry.number(key) for key in OF_BASIS["parts"]})


def _of_parts(entry: Entry, parts: Mapping[str, float]) -> float:
    """What the system itself draws at full power by its parts. [kW]"""
    return system_power_kw(Parts(entry.number("accelerator_count"), **parts), 1.0)
