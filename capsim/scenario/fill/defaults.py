"""Filling a tree with what the catalogue and the scenario format supply, before it becomes records.

Everything filled in carries the catalogue's file and line, its source and its kind, so that a
resolved scenario shows where each of its numbers comes from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from capsim import units
from capsim.catalog import Catalog, Entry
from capsim.language.merge import merge
from capsim.language.tree import Faults, Node, Note, Path, Place, from_python
from capsim.scenario.fill.presets import PRESETS, REPLACED, value_node
from capsim.scenario.fill.rates import fill_rate
from capsim.scenario.records.fields import FieldPlan, fields_of
from capsim.scenario.records.job_records import FOLLOW_FROM_JOBS
from capsim.scenario.records.schema import Currency, Record, Scenario, Site, Workload

FORMAT = Place("format", 0, "default")
"""Place of a default of the scenario format."""
FORMAT_NOTE = Note("assumed: default of the scenario format", kind="assumed")
ELSE = "|"
"""Between the places a default is read from, in the order in which they are tried."""
JOBS_NOTE = Note("follows from the job mix, hour by hour", kind="derived")
NO_DEFAULT = (None, "", ())
"""Defaults of the format that a resolved scenario does not write out."""
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_DAYS: Mapping[str, float] = MappingProxyType(
    {
        "days": 1.0,
        "weeks": units.weeks_to_days(1),
        "months": units.months_to_days(1),
        "years": units.years_to_days(1),
    }
)
_UNIT_WORDS = {"d": "days", "week": "weeks", "month": "months", "y": "years", "year": "years"}


@dataclass
class Filling:
    """What filling a tree needs and what it finds."""

    catalog: Catalog
    faults: Faults
    unresolved: set[Path] = field(default_factory=set)
    """Values that stay missing because what names them is missing or unknown: no faults of their own."""


def fill(root: Node, catalog: Catalog, faults: Faults) -> set[Path]:
    """Fill a tree in place; return the paths that an unknown name leaves without a value."""
    filling = Filling(catalog, faults)
    _fill_record(root, Scenario, (), (), filling)
    return filling.unresolved


def _fill_record(
    node: Node, record: type[Record], path: Path, around: tuple[Node, ...], filling: Filling
) -> None:
    """Fill a record and all inside it; `around` has the records it is in, nearest first."""
    if not isinstance(node.value, dict):
        return
    within = (node, *around)
    _expand(node, record, path, filling)
    if record is Site:
        _share_workload(node, around[-1])
    for plan in _plans_to_fill(record):
        if plan.key not in node.value:
            made = _missing(node, record, plan, (*path, plan.key), within, filling)
            if made is not None:
                node.value[plan.key] = made
        if record is Currency and plan.key == "fx":
            fill_rate(node, filling.catalog)
        child = node.get(plan.key)
        if child is not None and plan.record is not None:
            _fill_inside(child, plan, plan.record, (*path, plan.key), within, filling)


@cache
def _plans_to_fill(record: type[Record]) -> tuple[FieldPlan, ...]:
    """The fields of a record that may have a default, or records inside."""
    plans = fields_of(record).values()
    return tuple(p for p in plans if p.record or p.catalog or p.default not in NO_DEFAULT)


def _fill_inside(
    child: Node, plan: FieldPlan, record: type[Record], path: Path, within: tuple[Node, ...], filling: Filling
) -> None:
    """Fill the record of a field, or each in its list."""
    if plan.shape == "record":
        _fill_record(child, record, path, within, filling)
    elif isinstance(child.value, list):
        for name, element in child.children():
            _fill_record(element, record, (*path, name), within, filling)


def _expand(node: Node, record: type[Record], path: Path, filling: Filling) -> None:
    """Lay the preset of a record beneath it."""
    preset = PRESETS.get(record.__name__)
    if preset is None:
        return
    entry = filling.catalog.tables[preset.table].get(str(node.scalar("preset")))
    if entry is not None:
        preset.lay_beneath(node, entry, filling.catalog)
    elif "preset" in node.value:
        filling.unresolved.add((*path, preset.key))


def _missing(
    node: Node, record: type[Record], plan: FieldPlan, path: Path, within: tuple[Node, ...], filling: Filling
) -> Node | None:
    """What stands for a field that a record leaves out; None where nothing does."""
    if REPLACED.get((record.__name__, plan.key)) in node.value:
        return None
    if record is Workload and plan.key in FOLLOW_FROM_JOBS and "jobs" in node.value:
        return from_python(1.0, FORMAT, JOBS_NOTE)
    if plan.catalog is not None:
        made = _catalog_default(record, plan, path, within, filling)
        if made is not None:
            return made
    elif plan.record is not None and plan.shape == "record" and _is_made(plan, plan.record):
        return Node({}, Place(node.place.file, node.place.line, FORMAT.layer))
    has_default = plan.shape == "leaf" and plan.default not in NO_DEFAULT
    return from_python(plan.default, FORMAT, FORMAT_NOTE) if has_default else None


def _share_workload(site: Node, root: Node) -> None:
    """Lay the scenario's workload beneath a site's own that names no preset."""
    own, common = site.get("workload"), root.get("workload")
    if own is not None and common is not None and own.get("preset") is None:
        whole = site.value["workload"] = merge(common, own)
        for key in FOLLOW_FROM_JOBS if own.get("jobs") is not None else ():
            if own.get(key) is None:
                whole.value.pop(key, None)


def _is_made(plan: FieldPlan, record: type[Record]) -> bool:
    """Whether a record that is missing is made of defaults."""
    return plan.default is not None or (plan.required and _can_be_made(record))


@cache
def _can_be_made(record: type[Record]) -> bool:
    """Whether a record needs nothing from the scenario's author."""
    return all(not plan.required or plan.catalog is not None for plan in fields_of(record).values())


@dataclass(frozen=True)
class _CatalogPlace:
    """A place of the catalogue that a default is read from."""

    table: str
    value: str
    """``entry.field``, in which ``{key}`` stands for what a record names."""
    key: str
    """That key; empty where there is none."""

    def find(
        self, record: type[Record], within: tuple[Node, ...], catalog: Catalog
    ) -> tuple[Entry | None, str]:
        """The entry that the record, or one around it, names, None where none does; and the field in it."""
        value = self.value
        if self.key:
            nodes = within[:1] if self.key in fields_of(record) else within
            word = next((word for node in nodes if (word := node.scalar(self.key)) is not None), None)
            if not isinstance(word, str):
                return None, ""
            value = value.replace(f"{{{self.key}}}", word)
        name, _, key = value.rpartition(".")
        return catalog.tables[self.table].get(name), key


@cache
def _places(default: str) -> tuple[_CatalogPlace, ...]:
    """The places a default may be read from, in the order in which they are tried."""
    parts = [written.partition("/") for written in default.split(ELSE)]
    return tuple(
        _CatalogPlace(table, value, "".join(_PLACEHOLDER.findall(value))) for table, _, value in parts
    )


def _catalog_default(
    record: type[Record], plan: FieldPlan, path: Path, within: tuple[Node, ...], filling: Filling
) -> Node | None:
    """The catalogue's value for a field; None where there is none, with the fault noted."""
    entry, key = None, ""
    for place in _places(str(plan.catalog)):
        entry, key = place.find(record, within, filling.catalog)
        if entry is not None and key in entry:
            value = entry.values[key]
            return value_node(entry, value, _unit_factor(value.unit, plan.key), whole=plan.type_ is int)
    # what is missing is told of the last place
    if entry is None:
        if plan.required and _is_left_out(within[0], record, place.key):
            filling.faults.add(within[0].place, path, f"missing; give it or a {place.key}")
        filling.unresolved.add(path)
    elif plan.required:
        rule = f"missing, and the catalogue has no {key} for {entry.table}/{entry.name}"
        filling.faults.add(within[0].place, path, rule)
    return None


def _is_left_out(node: Node, record: type[Record], key: str) -> bool:
    """Whether what would name a default is a field that may be left out, and is."""
    naming = fields_of(record).get(key)
    return naming is not None and not naming.required and node.get(key) is None


@cache
def _unit_factor(unit: str, key: str) -> float:
    """Factor from a catalogue duration to the unit a field's name ends with; 1 where they agree."""
    suffix, word = key.rsplit("_", 1)[-1], _UNIT_WORDS.get(unit, unit)
    return _DAYS[word] / _DAYS[suffix] if word != suffix and {word, suffix} <= set(_DAYS) else 1.0
