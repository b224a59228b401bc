"""What a user's file must satisfy against the table it is laid over: fields, records and units."""

from __future__ import annotations

import re
from collections.abc import Mapping

from capsim.catalog.ranges import fault_at
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
_NUMBERED = re.compile(r"\d+")
_OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "lead_times": ("value",),
    "cost_items": ("category", "basis", "amount"),
    "systems": ("accelerator", "accelerator_count", "nameplate_kw"),
}
"""Fields that a new record can hardly do without, where not those that all shipped records have."""


def overlay_faults(table: str, rows: Rows, shipped: Rows) -> list[Fault]:
    """Everything about a user's rows that does not fit the table."""
    if table not in FIXED_FIELDS:
        return _foreign_units(table, rows, shipped)
    unknown = _unknown_fields(table, rows, shipped)
    told = {fault.line for fault in unknown}
    others = _misnamed_records(table, rows, shipped) + _foreign_units(table, rows, shipped)
    return unknown + [fault for fault in others if fault.line not in told]


def _unknown_fields(table: str, rows: Rows, shipped: Rows) -> list[Fault]:
    """Rows of fields that no shipped record of the table has, but for their numbers."""
    known = dict.fromkeys(field for _, field in shipped)
    shapes = {_NUMBERED.sub("0", field) for field in known}
    return [
        fault_at(value, f"{table}.{name}.{field}", f"unknown field{did_you_mean(field, known)}", field)
        for (name, field), value in rows.items()
        if _NUMBERED.sub("0", field) not in shapes
    ]


def _misnamed_records(table: str, rows: Rows, shipped: Rows) -> list[Fault]:
    """New records that lack what a record needs and are named nearly like a shipped one."""
    names = dict.fromkeys(name for name, _ in shipped)
    of_record: dict[str, dict[str, Value]] = {}
    for (name, field), value in rows.items():
        of_record.setdefault(name, {})[field] = value
    faults = []
    for name, fields in of_record.items():
        hint = did_you_mean(name, names) if name not in names else ""
        missing = [field for field in _OPTIONAL.get(table, ()) if field not in fields]
        if hint and missing:
            rule = f"is no record of the catalogue, and has no {', '.join(missing)} to be a new one{hint}"
            faults.append(fault_at(next(iter(fields.values())), f"{table}.{name}", rule, name))
    return faults


def _foreign_units(table: str, rows: Rows, shipped: Rows) -> list[Fault]:
    """Rows whose unit is not the one the shipped table uses for their field."""
    units: dict[str, set[str]] = {}
    for (_, field), value in shipped.items():
        units.setdefault(field, set()).add(value.unit)
    faults = []
    for (name, field), value in rows.items():
        allowed = units.get(field, {value.unit})
        # where the table itself mixes units, any may be meant
        if len(allowed) == 1 and value.unit not in allowed:
            rule = f"unit must be {next(iter(allowed))}, as elsewhere in the table"
            faults.append(fault_at(value, f"{table}.{name}.{field}", rule, value.unit))
    return faults
