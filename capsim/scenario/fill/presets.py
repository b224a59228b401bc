"""Presets of the catalogue, laid beneath what the scenario says: stages, cost items, cooling
arguments, price paths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from capsim.catalog import Catalog, Entry, Value
from capsim.language.merge import merge
from capsim.language.tree import Node, Note, Place, from_python
from capsim.scenario.records.fields import fields_of
from capsim.scenario.records.site_records import GridStep
from capsim.units import MONTHS_PER_YEAR

STAGE_SUFFIX = "_months"
OVERRUNS = ("overrun", "cost_overrun")
"""Fields of a build-out preset that name how far builds spread in time and in cost, in the lead times."""
AGREED = "grid_agreed"
"""Field of a build-out preset whose clock starts once the grid connection is agreed."""
CATALOG = "catalog"
"""Layer of what the catalogue supplies."""
STAGE_KEYS = ("crew", "cancel_probability")
"""Further fields of a stage that a preset may give, as in `permit_cancel_probability`."""
ITEM_SUFFIX = "_item"
"""Ending of a preset's field that names equipment; beside it stand the others of `EQUIPMENT_KEYS`."""
EQUIPMENT_KEYS = ("item", "needed_at", "ordered_after", "ordered_before_months", "per")
ORDERED_BEFORE = "_ordered_before_months"
"""Ending of a preset's field that is a time of an order and no stage."""
GRID_FIELD = str(fields_of(GridStep)["lead_time_months"].catalog).rpartition(".")[2]
"""Field of a build-out preset that is the whole lead time of a grid step and no stage of it."""
JOB_SUFFIX = "_accelerators"
"""Ending of a preset's field that names a class of jobs; its other fields start with the same name."""
JOB_KEYS = ("spare_share", "checkpoint_minutes", "restart_minutes")
"""Fields of a job mix that a preset may give beside its classes."""
REPLACED: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("GridStep", "lead_time_months"): "stages",
        ("Crews", "installer_crews_per_mw"): "installer_crews",
    }
)
"""Keys that get no default where another key is there, by the name of the record and the key."""
ITEM_KEYS = ("asset_class", "life_years", "media", "works", "electrical_share", "mechanical_share")
"""Fields of a cost item that the catalogue's may have."""
OF_THE_HALLS = (
    "design_pue",
    "rack_kw",
    "cost_factor",
    "plant_factor",
    "water_factor",
    "site_water_m3_per_mw_y",
)
"""Numbers of a cooling preset that are no arguments of its model."""
SIGMA = "_sigma"
"""Ending of the row that makes a value lognormal: standard deviation of its logarithm, beside its median.

For what spans orders of magnitude. The low and high of the value then say P10 and P90. [1]
"""
_LEAD_UNITS = frozenset({"week", "month"})
"""Units lead times and durations of stages are stated in."""
_GRADES = {"A": "high", "B": "medium", "C": "low"}


PLACE_OF_RECORD = Place("", 0, "")
"""Stands for the place of the record that is completed."""
Supplied = dict[str, Node]
"""What a preset supplies, by key of the record."""


def value_node(entry: Entry, field: str, factor: float = 1.0, *, whole: bool = False) -> Node:
    """A value of an entry as a node: uncertain where it has a range, else the number.

    A value beside a `SIGMA` is lognormal about it. The typical length of a lead time is its likeliest, as
    schedules are estimated; any other typical value is as likely exceeded as not, and one at an end of its
    range holds in half of all draws.
    """
    value = entry.values[field]
    made = _value_node(entry.table, entry.name, value, _sigma_of(entry, field), factor, whole)
    # a node of its own, for a fault of one place must not hide that of another
    return Node(made.value, made.place, made.text, made.note)


def _sigma_of(entry: Entry, field: str) -> float | None:
    """Deviation of the logarithm that an entry gives a value; None where it gives none."""
    # an entry of one value calls it just that
    value, sigma = entry.values[field], entry.get("sigma" if field == "value" else f"{field}{SIGMA}")
    if sigma is None or isinstance(sigma.value, str):
        return None
    # a range of a user's own file is his own, and not of the class that the sigma is of
    has_own_range = value.low is not None and value.high is not None and _file(value) != _file(sigma)
    return None if has_own_range else sigma.value


def _file(value: Value) -> str:
    return value.origin.rpartition(":")[0]


@lru_cache(maxsize=4096)
def _value_node(table: str, name: str, value: Value, sigma: float | None, factor: float, whole: bool) -> Node:
    """The same, kept: a portfolio asks for the same few hundred values thousands of times."""
    file, _, line = value.origin.rpartition(":")
    place = Place(file, int(line), CATALOG)
    grade = _GRADES.get(value.confidence, value.confidence)
    note = Note(value.source or "assumed", grade, value.kind, f"{table}/{name}", place)
    central, low, high = value.value, value.low, value.high
    if isinstance(central, str):
        return from_python(date.fromisoformat(central) if value.unit == "date" else central, place, note)
    # none of it is none of it, whatever the class spreads by
    if sigma is not None and central > 0.0 and not whole:
        return from_python({"dist": "lognormal", "median": central * factor, "sigma": sigma}, place, note)
    if low is None or high is None or whole or not (low <= central <= high and low < high):
        return from_python(round(central) if whole else central * factor, place, note)
    is_lead = value.unit in _LEAD_UNITS
    dist, middle = ("triangular", "mode") if is_lead else ("double_triangular", "median")
    numbers = {"low": low * factor, middle: central * factor, "high": high * factor}
    return from_python({"dist": dist, **numbers}, place, note)


def _record(name: str, children: Supplied) -> Node:
    """A record of a preset, where its first value stands."""
    place = next(iter(children.values())).place
    return from_python({"id": name, **children}, place)


def _list_of(key: str, records: list[Node]) -> Supplied:
    return {key: Node(records, records[0].place)} if records else {}


def _values(entry: Entry, keys: Iterable[str], prefix: str = "") -> Supplied:
    """Those of some keys that an entry has, where it writes them behind a prefix."""
    return {key: value_node(entry, prefix + key) for key in keys if prefix + key in entry.values}


def _phase(entry: Entry, catalog: Catalog) -> Supplied:
    """Overrun, stages and equipment of a build-out preset."""
    supplied: Supplied = _values(entry, ("reaches",))
    if AGREED in entry.values:
        supplied[AGREED] = from_python(True, value_node(entry, AGREED).place)
    for overrun in OVERRUNS:
        if overrun not in entry.values:
            continue
        spread = catalog.entry("lead_times", entry.text(overrun))
        supplied[overrun] = value_node(spread, "value")
    names = [name.removesuffix(ITEM_SUFFIX) for name in entry.values if name.endswith(ITEM_SUFFIX)]
    equipment = [_record(name, _values(entry, EQUIPMENT_KEYS, f"{name}_")) for name in names]
    return supplied | _stages(entry, catalog) | _list_of("equipment", equipment)


def _stages(entry: Entry, _: Catalog) -> Supplied:
    """Stages of a build-out preset."""
    return _list_of("stages", [_stage(name, entry) for name in stage_values(entry)])


def _stage(name: str, entry: Entry) -> Node:
    """A stage of a preset, with the crew it takes and whether it needs power."""
    duration = value_node(entry, f"{name}{STAGE_SUFFIX}")
    stage = {"duration_months": duration}
    if name == "commissioning" or f"{name}_needs" in entry.values:
        stage["needs_energization"] = from_python(True, duration.place)
    return _record(name, stage | _values(entry, STAGE_KEYS, f"{name}_"))


def stage_values(entry: Entry) -> dict[str, Value]:
    """The stages of a build-out preset and their durations, in file order."""
    return {
        name.removesuffix(STAGE_SUFFIX): value
        for name, value in entry.values.items()
        if name.endswith(STAGE_SUFFIX) and name != GRID_FIELD and not name.endswith(ORDERED_BEFORE)
    }


def _cost_items(entry: Entry, catalog: Catalog) -> Supplied:
    """Items of a cost preset, each where the preset names it."""
    named = [(name, str(value.value)) for name, value in entry.values.items()]
    shelf = catalog.tables["cost_items"]
    items = [
        from_python({"id": name, **_cost_item(shelf[item])}, value_node(entry, name).place)
        for name, item in named
        if item in shelf
    ]
    return _list_of("items", items)


def _own_item(item: Entry, _: Catalog) -> Supplied:
    """A cost item that a scenario names by its id alone."""
    return _cost_item(item)


def _cost_item(item: Entry) -> Supplied:
    made = _values(item, ("category", "basis", "amount", "currency"))
    if "price_year" in item.values:
        made["price_year"] = value_node(item, "price_year", whole=True)
    made |= _values(item, ITEM_KEYS)
    words = _values(item, ("contains", "countries", "except_countries", "priced_in"))
    return made | {key: _word_list(text) for key, text in words.items()}


def _word_list(node: Node) -> Node:
    """A text of words as a list of them."""
    return Node([Node(word, node.place, word, node.note) for word in str(node.value).split()], node.place)


def _prices(entry: Entry, _: Catalog) -> Supplied:
    """Points of a price path."""
    points = []
    for name, value in entry.values.items():
        if isinstance(value.value, str):
            continue
        amount = value_node(entry, name)
        point = {"id": name, "on": from_python(day_of(name), amount.place, amount.note), "amount": amount}
        points.append(from_python({**point, "currency": value.unit.partition("/")[0]}, amount.place))
    return _list_of("prices", points)


def day_of(name: str) -> date:
    """Day that an entry named after a year or month is of: the first of the month, or the year's middle."""
    year, _, month = name.partition("-")
    return date(int(year), int(month or MONTHS_PER_YEAR // 2 + 1), 1)


def is_of_the_halls(name: str) -> bool:
    """Whether a number of a cooling preset is no argument of its model, or says how another one spreads."""
    return name in OF_THE_HALLS or name.endswith(SIGMA)


def _cooling_arguments(entry: Entry, _: Catalog) -> Supplied:
    """Arguments of a cooling preset."""
    numbers = [name for name, value in entry.values.items() if not isinstance(value.value, str)]
    arguments = _values(entry, [name for name in numbers if not is_of_the_halls(name)])
    return {"arguments": Node(arguments, PLACE_OF_RECORD)}


def job_classes(entry: Entry) -> list[str]:
    """Ids of the classes that a preset of a job mix has."""
    return [name.removesuffix(JOB_SUFFIX) for name in entry.values if name.endswith(JOB_SUFFIX)]


def _jobs(entry: Entry, _: Catalog) -> Supplied:
    """Classes of a job mix, and what else its preset gives."""
    classes = _list_of("classes", [_job_class(name, entry) for name in job_classes(entry)])
    return classes | _values(entry, JOB_KEYS)


def _job_class(name: str, entry: Entry) -> Node:
    """A class of jobs of a preset: the fields that start with its name."""
    prefix = f"{name}_"
    fields = [field for field in entry.values if field.startswith(prefix) and field not in JOB_KEYS]
    made = _values(entry, [field.removeprefix(prefix) for field in fields], prefix)
    return from_python({"id": name, **made}, made["accelerators"].place)


@dataclass(frozen=True)
class Preset:
    """How a preset completes a record."""

    table: str
    """Table of the catalogue it is an entry of."""
    key: str
    """Key of the record that needs it most."""
    supply: Callable[[Entry, Catalog], Supplied]
    unless: tuple[str, ...] = ()
    """Keys of a record that a preset does not complete."""
    named_by: str = "preset"
    """Key of a record that names the entry."""

    def lay_beneath(self, node: Node, entry: Entry, catalog: Catalog) -> None:
        """Lay what the preset supplies beneath what a record says, in place."""
        # a record with its own dates is not played through the preset's stages
        if any(key in node.value for key in self.unless):
            return
        for key, made in self.supply(entry, catalog).items():
            present = node.get(key)
            # an empty list of the record's own says nothing: the preset's records stand
            if present is None or (isinstance(made.value, list) and not present.value):
                place = node.place if made.place is PLACE_OF_RECORD else made.place
                node.value[key] = Node(made.value, place, made.text, made.note)
            else:
                node.value[key] = merge(made, present)


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "Phase": Preset("buildout_presets", "stages", _phase, unless=("ready_for_service_on",)),
        "GridStep": Preset(
            "buildout_presets", "stages", _stages, unless=("energised_on", "lead_time_months")
        ),
        "Costs": Preset("cost_presets", "items", _cost_items),
        "CostItem": Preset("cost_items", "basis", _own_item, unless=("basis",), named_by="id"),
        "Cooling": Preset("cooling", "arguments", _cooling_arguments),
        "JobMix": Preset("job_mixes", "classes", _jobs),
        "Revenue": Preset("price_paths", "prices", _prices),
    }
)
"""What completes a record, by its name."""
