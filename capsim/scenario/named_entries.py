"""Which keys of records name entries of the catalogue, and the names there are."""

from __future__ import annotations

from typing import Literal, get_args, get_origin

from capsim.catalog import Catalog, Entry, carbon_zones
from capsim.scenario.fill.defaults import places
from capsim.scenario.fill.presets import PRESETS
from capsim.scenario.records.fields import fields_of
from capsim.scenario.records.quantity import Choice
from capsim.scenario.records.record import Record

_ZONES = "carbon_shape"
"""Wide table whose names are zones of the grid."""
_OF_OTHER_FIELDS = {"Site": {"climate": ("climates", "")}, "Carbon": {"zone": (_ZONES, "")}}
"""Names that no default and no preset is read by."""


def named_by(record: type[Record]) -> dict[str, tuple[str, str]]:
    """Keys of a record that name entries of the catalogue: the table, and what the names begin with."""
    named = dict(_OF_OTHER_FIELDS.get(record.__name__, {}))
    preset = PRESETS.get(record.__name__)
    if preset is not None and preset.named_by in fields_of(record) and preset.named_by != "id":
        named[preset.named_by] = (preset.table, "")
    for plan in fields_of(record).values():
        for place in places(plan.catalog) if plan.catalog else ():
            if place.key in fields_of(record):
                named.setdefault(place.key, (place.table, place.value.partition("{")[0]))
    return named


def names_of(catalog: Catalog, table: str, prefix: str) -> dict[str, str]:
    """The names of a table's entries that begin with a prefix, without it, and their titles."""
    if table == _ZONES:
        return {zone: f"Grid zone {zone} of Electricity Maps" for zone in carbon_zones()}
    entries = catalog.tables[table]
    return {name.removeprefix(prefix): _title(entries[name]) for name in entries if name.startswith(prefix)}


def _title(entry: Entry) -> str:
    """What an entry is called; what a function of the catalogue means, which has no other name."""
    said = entry.get("title") or entry.get("meaning")
    return "" if said is None else str(said.value)


def choices_of(record: type[Record] | None, key: str, catalog: Catalog) -> tuple[str, ...]:
    """The names that may stand in a field; none where it is no name."""
    plan = fields_of(record).get(key) if record is not None else None
    if record is None or plan is None:
        return ()
    if isinstance(plan.type_, Choice):
        return plan.type_.table.names
    if get_origin(plan.type_) is Literal:
        return tuple(str(choice) for choice in get_args(plan.type_) if isinstance(choice, str))
    place = named_by(record).get(key)
    return tuple(names_of(catalog, *place)) if place is not None else ()
