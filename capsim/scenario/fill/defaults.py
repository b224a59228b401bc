"""Filling a tree with what the catalogue and the scenario format supply, before it becomes records.

Everything filled in carries the catalogue's file and line, its source and its kind, so that a
resolved scenario shows where each of its numbers comes from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from capsim import units
from capsim.catalog import Catalog, Entry
from capsim.language.merge import merge
from capsim.language.tree import Faults, Node, Note, Path, Place, from_python
from capsim.registry import did_you_mean
from capsim.scenario.fill.level_years import settle_level_years
from capsim.scenario.fill.money_of_presets import settle_money
from capsim.scenario.fill.nearest import settle_climate
from capsim.scenario.fill.newest import settle_newest
from capsim.scenario.fill.overdue import settle_overdue
from capsim.scenario.fill.presets import CATALOG, PRESETS, REPLACED, value_node
from capsim.scenario.fill.quotes import lay_quotes
from capsim.scenario.fill.rates import fill_rate
from capsim.scenario.fill.system_list import add_systems
from capsim.scenario.fill.throughput import lay_throughput
from capsim.scenario.fill.trade_words import settle_words
from capsim.scenario.records.fields import FieldPlan, fields_of, is_made
from capsim.scenario.records.job_records import FOLLOW_FROM_JOBS, Workload
from capsim.scenario.records.money_records import CostItem, Costs, Currency
from capsim.scenario.records.operations_records import Service
from capsim.scenario.records.record import Record
from capsim.scenario.records.schema import Scenario, Site
from capsim.scenario.records.site_records import Deployment, Equipment
from capsim.scenario.records.system_records import System, basis_of

FORMAT = Place("format", 0, "default")
"""Place of a default of the scenario format."""
FORMAT_NOTE = Note("assumed: default of the scenario format", kind="assumed")
ELSE = "|"
"""Between the places a default is read from, in the order in which they are tried."""
JOBS_NOTE = Note("follows from the job mix, hour by hour", kind="derived")
OF_AN_ITEM = ("category", "basis", "amount")
"""What a cost item must say that is none of the catalogue's."""
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


@dataclass(frozen=True, slots=True)
class Spot:
    """A record of the tree that is filled."""

    kind: type[Record]
    path: Path
    within: tuple[Node, ...]
    """Its node and those of the records around it, nearest first."""

    @property
    def node(self) -> Node:
        """The mapping that is filled in place."""
        return self.within[0]

    def named(self, key: str) -> str | None:
        """What the record names under a key, or the nearest around it where it has no such key."""
        nodes = self.within[:1] if key in fields_of(self.kind) else self.within
        word = next((word for node in nodes if (word := node.scalar(key)) is not None), None)
        return word if isinstance(word, str) else None


def fill(root: Node, catalog: Catalog, faults: Faults) -> set[Path]:
    """Fill a tree in place; return the paths that an unknown name leaves without a value."""
    filling = Filling(catalog, faults)
    _fill_record(Spot(Scenario, (), (root,)), filling)
    settle_overdue(root, catalog)
    return filling.unresolved


def _fill_record(spot: Spot, filling: Filling) -> None:
    """Fill a record and all inside it."""
    node = spot.node
    # what is no mapping is for the records to refuse
    if not isinstance(node.value, dict):
        return
    _settle(spot, filling)
    for plan in _plans_to_fill(spot.kind):
        # the newest of a line has its name once the sites are filled, which stand before
        if spot.kind is Scenario and plan.record is System:
            add_systems(node, filling.catalog, FORMAT.layer)
        if plan.key not in node.value:
            made = _missing(spot, plan, filling)
            if made is not None:
                node.value[plan.key] = made
        if spot.kind is Currency and plan.key == "fx":
            fill_rate(node, filling.catalog)
        for inner in _inside(spot, plan):
            _fill_record(inner, filling)
    kind, faults = spot.kind.__name__, filling.faults
    settle_level_years(kind, node, faults, spot.path)
    settle_money(kind, node, spot.within[-1], filling.catalog, faults, spot.path)


def _settle(spot: Spot, filling: Filling) -> None:
    """Lay over or beneath a record what files, presets and the records around it say of it."""
    node, faults = spot.node, filling.faults
    if spot.kind is Costs:
        lay_quotes(node, spot.within[-1], filling.catalog, faults, spot.path)
    if spot.kind is Service:
        lay_throughput(node, faults, spot.path)
    settle_words(spot.kind, node, faults, spot.path)
    _expand(spot, filling)
    if spot.kind is Equipment and "ordered_on" in node.value:
        # an order that has a day waits for no stage of its preset
        for key in ("ordered_after", "ordered_before_months"):
            child = node.get(key)
            if child is not None and child.place.layer == CATALOG:
                del node.value[key]
    if spot.kind is Deployment:
        filling.unresolved.update(settle_newest(node, spot.path, filling.catalog, faults))
    if spot.kind is Site:
        filling.unresolved.update(settle_climate(node, spot.path, filling.catalog, faults))
        _share_workload(node, spot.within[-1])


@cache
def _plans_to_fill(kind: type[Record]) -> tuple[FieldPlan, ...]:
    """The fields of a record that may have a default, or records inside."""
    plans = fields_of(kind).values()
    return tuple(p for p in plans if p.record or p.catalog or p.default not in NO_DEFAULT)


def _inside(spot: Spot, plan: FieldPlan) -> list[Spot]:
    """The records of a field."""
    child = spot.node.get(plan.key) if plan.record is not None else None
    if child is None or plan.record is None:
        return []
    path = (*spot.path, plan.key)
    if plan.shape == "record":
        return [Spot(plan.record, path, (child, *spot.within))]
    elements = child.children() if isinstance(child.value, list) else []
    return [Spot(plan.record, (*path, name), (element, *spot.within)) for name, element in elements]


def _expand(spot: Spot, filling: Filling) -> None:
    """Lay the preset of a record beneath it."""
    preset = PRESETS.get(spot.kind.__name__)
    if preset is None:
        return
    entry = filling.catalog.tables[preset.table].get(str(spot.node.scalar(preset.named_by)))
    if entry is not None:
        preset.lay_beneath(spot.node, entry, filling.catalog)
    elif "preset" in spot.node.value:
        filling.unresolved.add((*spot.path, preset.key))
    elif spot.kind is CostItem and not spot.node.value.keys() & set(OF_AN_ITEM):
        hint = did_you_mean(str(spot.node.scalar("id")), list(filling.catalog.tables[preset.table]))
        rule = f"has no {', '.join(OF_AN_ITEM)}, and is no cost item of the catalogue{hint}"
        filling.faults.add(spot.node.place, spot.path, rule)
        filling.unresolved |= {(*spot.path, key) for key in OF_AN_ITEM}


def _missing(spot: Spot, plan: FieldPlan, filling: Filling) -> Node | None:
    """What stands for a field that a record leaves out; None where nothing does."""
    node = spot.node
    if plan.catalog is not None:
        if REPLACED.get((spot.kind.__name__, plan.key)) in node.value:
            return None
        # a figure of another basis than the one in force is none
        if spot.kind is System and basis_of(plan.key) not in (None, node.scalar("basis")):
            return None
        if spot.kind is Workload and plan.key in FOLLOW_FROM_JOBS and "jobs" in node.value:
            return from_python(1.0, FORMAT, JOBS_NOTE)
        made = _catalog_default(spot, plan, filling)
        if made is not None:
            return made
    elif plan.shape == "record" and is_made(plan):
        return Node({}, Place(node.place.file, node.place.line, FORMAT.layer))
    has_default = plan.shape == "leaf" and plan.default not in NO_DEFAULT
    return from_python(plan.default, FORMAT, FORMAT_NOTE) if has_default else None


def _share_workload(site: Node, root: Node) -> None:
    """Lay the scenario's workload beneath a site's own that names no preset."""
    of_site, shared = site.get("workload"), root.get("workload")
    if of_site is None or shared is None or of_site.get("preset") is not None:
        return
    whole = site.value["workload"] = merge(shared, of_site)
    # a site's own jobs say how busy it is, whatever the scenario's workload says
    for key in FOLLOW_FROM_JOBS if of_site.get("jobs") is not None else ():
        if of_site.get(key) is None:
            whole.value.pop(key, None)


@dataclass(frozen=True)
class CatalogPlace:
    """A place of the catalogue that a default is read from."""

    table: str
    value: str
    """``entry.field``, in which ``{key}`` stands for what a record names."""
    key: str
    """That key; empty where there is none."""

    def find(self, named: Callable[[str], str | None], catalog: Catalog) -> tuple[Entry | None, str]:
        """The entry that the record, or one around it, names, None where none does; and the field in it."""
        value = self.value
        if self.key:
            word = named(self.key)
            if word is None:
                return None, ""
            value = value.replace(f"{{{self.key}}}", word)
        name, _, key = value.rpartition(".")
        return catalog.tables[self.table].get(name), key


@cache
def places(default: str) -> tuple[CatalogPlace, ...]:
    """The places a default may be read from, in the order in which they are tried."""
    parts = [written.partition("/") for written in default.split(ELSE)]
    return tuple(
        CatalogPlace(table, value, "".join(_PLACEHOLDER.findall(value))) for table, _, value in parts
    )


def _catalog_default(spot: Spot, plan: FieldPlan, filling: Filling) -> Node | None:
    """The catalogue's value for a field; None where there is none, with the fault noted."""
    entry, key, path = None, "", (*spot.path, plan.key)
    for place in places(str(plan.catalog)):
        entry, key = place.find(spot.named, filling.catalog)
        if entry is not None and key in entry:
            factor = unit_factor(entry.values[key].unit, plan.key)
            return value_node(entry, key, factor, whole=plan.type_ is int)
    # what is missing is told of the last place
    if entry is None:
        if plan.required and _is_left_out(spot, place.key):
            filling.faults.add(spot.node.place, path, f"missing; give it or a {place.key}")
        filling.unresolved.add(path)
    elif plan.required:
        rule = f"missing, and the catalogue has no {key} for {entry.table}/{entry.name}: give it here"
        filling.faults.add(spot.node.place, path, rule)
    return None


def _is_left_out(spot: Spot, key: str) -> bool:
    """Whether what would name a default is a field that may be left out, and is."""
    naming = fields_of(spot.kind).get(key)
    return naming is not None and not naming.required and spot.node.get(key) is None


@cache
def unit_factor(unit: str, key: str) -> float:
    """Factor from a catalogue duration to the unit a field's name ends with; 1 where they agree."""
    suffix, word = key.rsplit("_", 1)[-1], _UNIT_WORDS.get(unit, unit)
    return _DAYS[word] / _DAYS[suffix] if word != suffix and {word, suffix} <= set(_DAYS) else 1.0
