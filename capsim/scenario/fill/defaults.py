"""Filling a tree with what the catalogue and the scenario format supply, before it becomes records.

Everything filled in carries the catalogue's file and line, its source and its kind, so that a
resolved scenario shows where each of its numbers comes from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from capsim import units
from capsim.catalog import Catalog
from capsim.errors import CatalogError
from capsim.language.merge import merge
from capsim.language.tree import Faults, Node, Note, Path, Place, from_python, id_of
from capsim.scenario.fill.presets import EXPANSIONS, REPLACED, value_node
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
    for plan in fields_of(record).values():
        if plan.key not in node.value:
            _fill_missing(node, record, plan, (*path, plan.key), within, filling)
        if record is Currency and plan.key == "fx":
            fill_rate(node, filling.catalog)
        child = node.get(plan.key)
        if child is None or plan.record is None:
            continue
        if plan.shape == "record":
            _fill_record(child, plan.record, (*path, plan.key), within, filling)
        elif isinstance(child.value, list):
            for i, element in enumerate(child.value):
                inner = (*path, plan.key, id_of(element) or str(i))
                _fill_record(element, plan.record, inner, within, filling)


def _expand(node: Node, record: type[Record], path: Path, filling: Filling) -> None:
    """Lay the preset of a record beneath it."""
    if record.__name__ not in EXPANSIONS:
        return
    table, key, expand = EXPANSIONS[record.__name__]
    entry = filling.catalog.tables[table].get(str(node.scalar("preset")))
    if entry is not None:
        expand(node, entry, filling.catalog)
    elif "preset" in node.value:
        filling.unresolved.add((*path, key))


def _fill_missing(
    node: Node, record: type[Record], plan: FieldPlan, path: Path, within: tuple[Node, ...], filling: Filling
) -> None:
    made: Node | None = None
    if REPLACED.get((record.__name__, plan.key)) in node.value:
        return
    if record is Workload and plan.key in FOLLOW_FROM_JOBS and "jobs" in node.value:
        made = from_python(1.0, FORMAT)
        made.note = JOBS_NOTE
    elif plan.catalog is not None:
        made = _catalog_default(record, plan, path, within, filling)
    elif plan.record is not None and plan.shape == "record" and _is_made(plan, plan.record):
        made = Node({}, Place(node.place.file, node.place.line, FORMAT.layer))
    if made is None and plan.shape == "leaf" and plan.default not in (None, "", ()):
        made = from_python(plan.default, FORMAT)
        made.note = FORMAT_NOTE
    if made is not None:
        node.value[plan.key] = made


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


def _catalog_default(
    record: type[Record], plan: FieldPlan, path: Path, within: tuple[Node, ...], filling: Filling
) -> Node | None:
    """The catalogue's value for a field; None where there is none, with the fault noted.

    Where a field names several places, the first that has a value is read.
    """
    template = _place_with_value(str(plan.catalog).split(ELSE), within, filling.catalog)
    for key in _PLACEHOLDER.findall(template):
        nodes = within[:1] if key in fields_of(record) else within
        name = next((word for node in nodes if (word := node.scalar(key)) is not None), None)
        if not isinstance(name, str):
            if plan.required and _is_left_out(within[0], record, key):
                filling.faults.add(within[0].place, path, f"missing; give it or a {key}")
            filling.unresolved.add(path)
            return None
        template = template.replace(f"{{{key}}}", name)
    table, _, rest = template.partition("/")
    name, _, wanted = rest.rpartition(".")
    try:
        entry = filling.catalog.entry(table, name)
    except CatalogError:
        filling.unresolved.add(path)
        return None
    value = entry.get(wanted)
    if value is None and plan.required:
        rule = f"missing, and the catalogue has no {wanted} for {table}/{name}"
        filling.faults.add(within[0].place, path, rule)
    factor = 1.0 if value is None else _unit_factor(value.unit, plan.key)
    return None if value is None else value_node(entry, value, factor, whole=plan.type_ is int)


def _place_with_value(places: Sequence[str], within: tuple[Node, ...], catalog: Catalog) -> str:
    """The first of the places a default may be read from that has a value, else the last."""

    def word(match: re.Match[str]) -> str:
        return next((str(name) for node in within if (name := node.scalar(match[1])) is not None), "")

    for place in places[:-1]:
        table, _, rest = _PLACEHOLDER.sub(word, place).partition("/")
        name, _, wanted = rest.rpartition(".")
        if wanted in catalog.tables[table].get(name, ()):
            return place
    return places[-1]


def _is_left_out(node: Node, record: type[Record], key: str) -> bool:
    """Whether what would name a default is a field that may be left out, and is."""
    naming = fields_of(record).get(key)
    return naming is not None and not naming.required and node.get(key) is None


def _unit_factor(unit: str, key: str) -> float:
    """Factor from a catalogue duration to the unit a field's name ends with; 1 where they agree."""
    suffix, word = key.rsplit("_", 1)[-1], _UNIT_WORDS.get(unit, unit)
    return _DAYS[word] / _DAYS[suffix] if word != suffix and {word, suffix} <= set(_DAYS) else 1.0
