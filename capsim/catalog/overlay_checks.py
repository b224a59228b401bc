"""What a user's file must satisfy against the table it is laid over: fields, records, units and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from types import MappingProxyType

from capsim.catalog.day_words import part_of_year
from capsim.catalog.ranges import fault_at, out_of_range
from capsim.catalog.reading import Rows
from capsim.catalog.records import Value
from capsim.errors import Fault
from capsim.registry import did_you_mean

FIXED_FIELDS = (
    "accelerators",
    "systems",
    "redundancy",
    "climates",
    "electricity_prices",
    "tariffs",
    "carbon",
    "cost_items",
    "debt_presets",
    "lead_times",
    "fx",
)
"""Tables whose records have the fields that shipped ones have, and no others."""
_CLOSED = ("assumptions",)
"""Tables whose records are read by their names alone, so that a new one is read by nothing."""
_OF_SCENARIOS = {("systems", field) for field in ("measured_kw", "measured_at", "idle_kw")}
"""Fields that records have in a scenario alone: a meter is of one plan."""
_NUMBERED = re.compile(r"\d+")
_NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "accelerators": ("bf16_dense_tflops",),
        "lead_times": ("value",),
        "cost_items": ("category", "basis", "amount"),
        "systems": ("accelerator", "accelerator_count", "nameplate_kw"),
    }
)
"""Fields that a new record can hardly do without, where not those that all shipped records have."""


def overlay_faults(table: str, rows: Rows, shipped: Rows) -> list[Fault]:
    """Everything about a user's rows that does not fit the table."""
    unknown = _unknown_fields(table, rows, shipped) if table in FIXED_FIELDS else []
    unknown += _fields_of_others(table, rows, shipped) if table in _CLOSED else []
    told = {fault.line for fault in unknown}
    others = _misnamed_records(table, rows, shipped) + _foreign_units(table, rows, shipped)
    others += out_of_range(table, rows)
    return unknown + [fault for fault in others if fault.line not in told]


def near_name(name: str, shipped: Iterable[str]) -> str:
    """``; did you mean X?`` for a shipped name that is but a letter off, or an empty string.

    A letter off is left out, added, changed or swapped with its neighbour. Names with other numbers are those
    of other things.

    Examples
    --------
    >>> near_name("h100-sxn", ["h100-sxm"]), near_name("h200-sxm", ["h100-sxm"])
    ('; did you mean h100-sxm?', '')
    """
    near = next((other for other in shipped if name != other and _is_a_letter_off(name, other)), "")
    return f"; did you mean {near}?" if near else ""


def _is_a_letter_off(one: str, other: str) -> bool:
    if _NUMBERED.findall(one) != _NUMBERED.findall(other) or abs(len(one) - len(other)) > 1:
        return False
    start = _alike(one, other)
    end = _alike(one[start:][::-1], other[start:][::-1])
    between = one[start : len(one) - end], other[start : len(other) - end]
    return max(map(len, between)) <= 1 or (len(between[0]) == 2 and between[0] == between[1][::-1])


def _alike(one: str, other: str) -> int:
    """How many letters two words begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _unknown_fields(table: str, rows: Rows, shipped: Rows) -> list[Fault]:
    """Rows of fields that no shipped record of the table has, but for their numbers."""
    known = {field: [value.unit] for (_, field), value in shipped.items()}
    shapes = {_NUMBERED.sub("0", field) for field in known}
    return [
        fault_at(value, f"{table}.{name}.{field}", f"unknown field{meant(table, field, known)}", field)
        for (name, field), value in rows.items()
        if _NUMBERED.sub("0", field) not in shapes
    ]


def meant(table: str, field: str, known: Mapping[str, Sequence[str]]) -> str:
    """What is said of a field that a table does not have, of the unit that its name ends in.

    Parameters
    ----------
    table, field : str
        Where it is written, and how.
    known : mapping of str to sequence of str
        Units of each field of the table.
    """
    if (table, field) in _OF_SCENARIOS:
        return f"; a scenario says it, under {table}:"
    units = {of.lower() for units in known.values() for of in units}
    named = field.rpartition("_")[2].lower()
    # kilowatts taken for watts are worse than no hint
    fields = [of for of in known if named not in units or named in map(str.lower, known[of])]
    return did_you_mean(field, fields)


def _fields_of_others(table: str, rows: Rows, shipped: Rows) -> list[Fault]:
    """Rows of fields that a shipped record, which is read by its name alone, does not have."""
    records = _by_record(shipped)
    return [
        fault_at(
            value, f"{table}.{name}.{field}", f"unknown field{did_you_mean(field, records[name])}", field
        )
        for (name, field), value in rows.items()
        if name in records and field not in records[name]
    ]


def _misnamed_records(table: str, rows: Rows, shipped: Rows) -> list[Fault]:
    """New records that lack what a record needs and are named nearly like a shipped one."""
    needed = _NEEDED.get(table, _in_all_records(shipped))
    names = dict.fromkeys(name for name, _ in shipped)
    faults = []
    for name, fields in _by_record(rows).items():
        if name in names:
            continue
        # many names of places and countries are somewhat like one another
        near = did_you_mean(name, names) if table in _NEEDED else near_name(name, names)
        missing = [field for field in needed if field not in fields]
        if table in _CLOSED:
            rule = (
                f"is no record of the catalogue, and nothing would read a new one{did_you_mean(name, names)}"
            )
        elif near and missing:
            rule = f"is no record of the catalogue, and has no {', '.join(missing)} to be a new one{near}"
        else:
            continue
        faults.append(fault_at(next(iter(fields.values())), f"{table}.{name}", rule, name))
    return faults


def _in_all_records(shipped: Rows) -> list[str]:
    """Fields that all records of a table have, but for their titles."""
    records = list(_by_record(shipped).values())
    return [field for field in records[0] if field != "title" and all(field in one for one in records)]


def _by_record(rows: Rows) -> dict[str, dict[str, Value]]:
    of_record: dict[str, dict[str, Value]] = {}
    for (name, field), value in rows.items():
        of_record.setdefault(name, {})[field] = value
    return of_record


def _foreign_units(table: str, rows: Rows, shipped: Rows) -> list[Fault]:
    """Rows whose unit is not the one the shipped table uses for their field."""
    units: dict[str, set[str]] = {}
    for (_, field), value in shipped.items():
        units.setdefault(field, set()).add(value.unit)
    faults = []
    for (name, field), value in rows.items():
        allowed, path = units.get(field, {value.unit}), f"{table}.{name}.{field}"
        # where the table itself mixes units, any may be meant
        if len(allowed) == 1 and value.unit not in allowed:
            rule = f"unit must be {next(iter(allowed))}, as elsewhere in the table"
            faults.append(fault_at(value, path, rule, value.unit))
        elif "date" in allowed and value.unit == "text" and not part_of_year(str(value.value)):
            rule = "must be a part of a year, as 2026-H2; a day has the unit date"
            faults.append(fault_at(value, path, rule, str(value.value)))
    return faults
