"""Presets of the catalogue, laid beneath what the scenario says: stages, cost items, cooling
arguments, price paths.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from capsim.catalog import Catalog, Entry, Value
from capsim.language.merge import merge
from capsim.language.tree import Node, Note, Place, from_python, scalar_text
from capsim.scenario.records.fields import fields_of
from capsim.scenario.records.site_records import GridStep
from capsim.units import MONTHS_PER_YEAR

STAGE_SUFFIX = "_months"
OVERRUN = "overrun"
"""Field of a build-out preset that names how far whole builds spread, an entry of the lead times."""
STAGE_KEYS = ("crew", "cancel_probability")
"""Further fields of a stage that a preset may give, as in `permit_cancel_probability`."""
ITEM_SUFFIX = "_item"
"""Ending of a preset's field that names equipment; beside it stand the others of `EQUIPMENT_KEYS`."""
EQUIPMENT_KEYS = ("item", "needed_at", "ordered_after")
GRID_FIELD = str(fields_of(GridStep)["lead_time_months"].catalog).rpartition(".")[2]
"""Field of a build-out preset that is the whole lead time of a grid step and no stage of it."""
JOB_SUFFIX = "_accelerators"
"""Ending of a preset's field that names a class of jobs; its other fields start with the same name."""
JOB_KEYS = ("spare_share", "checkpoint_minutes", "restart_minutes")
"""Fields of a job mix that a preset may give beside its classes."""
REPLACED: Mapping[tuple[str, str], str] = MappingProxyType({("GridStep", "lead_time_months"): "stages"})
"""Keys that get no default where another key is there, by the name of the record and the key."""
_LEAD_UNITS = frozenset({"week", "month"})
"""Units lead times and durations of stages are stated in."""
_GRADES = {"A": "high", "B": "medium", "C": "low"}


def value_node(entry: Entry, value: Value, factor: float = 1.0, *, whole: bool = False) -> Node:
    """A catalogue value as a node: uncertain where it has a range, else the number.

    The typical length of a lead time is its likeliest, as schedules are estimated, and so is a value
    at an end of its range; any other typical value is as likely exceeded as not.
    """
    file, _, line = value.origin.rpartition(":")
    place = Place(file, int(line), "catalog")
    source = value.source or "assumed"
    grade = _GRADES.get(value.confidence, value.confidence)
    note = Note(source, grade, value.kind, f"{entry.table}/{entry.name}", place)
    if isinstance(value.value, str):
        return Node(value.value, place, value.value, note)
    central, low, high = value.value, value.low, value.high
    if low is None or high is None or whole or not (low <= central <= high and low < high):
        number = round(central) if whole else central * factor
        return Node(number, place, scalar_text(number), note)
    likeliest = value.unit in _LEAD_UNITS or central in (low, high)
    dist, middle = ("triangular", "mode") if likeliest else ("double_triangular", "median")
    numbers = {"low": low * factor, middle: central * factor, "high": high * factor}
    made = from_python({"dist": dist, **numbers}, place)
    made.note = note
    return made


def _expand_phase(node: Node, entry: Entry, catalog: Catalog) -> None:
    """Stages, equipment and overrun of the build-out preset, beneath the phase's own."""
    if "ready_for_service_on" in node.value:
        return
    if OVERRUN in entry.values:
        spread = catalog.entry("lead_times", entry.text(OVERRUN))
        node.value.setdefault(OVERRUN, _lognormal(spread, spread.values["value"], spread.number("sigma")))
    stages = [_stage(name, value, entry) for name, value in stage_values(entry).items()]
    _lay_beneath(node, "stages", stages)
    names = [name.removesuffix(ITEM_SUFFIX) for name in entry.values if name.endswith(ITEM_SUFFIX)]
    _lay_beneath(node, "equipment", [_equipment(name, entry) for name in names])


def _expand_step(node: Node, entry: Entry, _: Catalog) -> None:
    """Stages of the preset beneath the grid step's own; none where it has a date or one lead time."""
    if "energised_on" not in node.value and "lead_time_months" not in node.value:
        _lay_beneath(
            node, "stages", [_stage(name, value, entry) for name, value in stage_values(entry).items()]
        )


def _stage(name: str, value: Value, entry: Entry) -> Node:
    """A stage of a preset, with the crew it takes and whether it needs power."""
    duration = _duration(entry, name, value)
    place = duration.place
    stage = {"id": from_python(name, place), "duration_months": duration}
    if name == "commissioning" or f"{name}_needs" in entry.values:
        stage["needs_energization"] = from_python(True, place)
    stage |= {
        key: value_node(entry, entry.values[f"{name}_{key}"])
        for key in STAGE_KEYS
        if f"{name}_{key}" in entry.values
    }
    return Node(stage, place)


def _duration(entry: Entry, name: str, value: Value) -> Node:
    """Duration of a stage: lognormal where the preset gives the mean and deviation of its logarithm."""
    if f"{name}_sigma" in entry.values:
        return _lognormal(entry, value, entry.number(f"{name}_sigma"))
    return value_node(entry, value)


def _lognormal(entry: Entry, median: Value, sigma: float) -> Node:
    """A lognormal value with the source of its median."""
    like = value_node(entry, median)
    made = from_python({"dist": "lognormal", "median": median.value, "sigma": sigma}, like.place)
    made.note = like.note
    return made


def _equipment(name: str, entry: Entry) -> Node:
    """Equipment of a preset; its lead time comes from the catalogue's lead times."""
    keys = [key for key in EQUIPMENT_KEYS if f"{name}_{key}" in entry.values]
    children = {key: value_node(entry, entry.values[f"{name}_{key}"]) for key in keys}
    place = children["item"].place
    return Node({"id": from_python(name, place), **children}, place)


def stage_values(entry: Entry) -> dict[str, Value]:
    """The stages of a build-out preset and their durations, in file order."""
    return {
        name.removesuffix(STAGE_SUFFIX): value
        for name, value in entry.values.items()
        if name.endswith(STAGE_SUFFIX) and name != GRID_FIELD
    }


def _expand_costs(node: Node, entry: Entry, catalog: Catalog) -> None:
    """Cost items of the cost preset, beneath the scenario's own."""
    items = []
    for name, value in entry.values.items():
        item = catalog.tables["cost_items"].get(str(value.value))
        if item is not None:
            items.append(_cost_item(name, item, value_node(entry, value).place))
    _lay_beneath(node, "items", items)


def _cost_item(name: str, item: Entry, place: Place) -> Node:
    children = {"id": from_python(name, place)}
    for key in ("category", "basis", "amount", "currency", "price_year", "asset_class", "life_years"):
        value = item.get(key)
        if value is not None:
            children[key] = value_node(item, value, whole=key == "price_year")
    for key in ("contains", "countries", "except_countries", "priced_in"):
        value = item.get(key)
        if value is not None:
            children[key] = _word_list(value_node(item, value))
    return Node(children, place)


def _word_list(node: Node) -> Node:
    """A text of words as a list of them."""
    return Node([Node(word, node.place, word, node.note) for word in str(node.value).split()], node.place)


def _expand_revenue(node: Node, entry: Entry, catalog: Catalog) -> None:  # noqa: ARG001
    """Points of the price path, beneath the scenario's own."""
    points = []
    for name, value in entry.values.items():
        if isinstance(value.value, str):
            continue
        made = value_node(entry, value)
        year, _, month = name.partition("-")
        on = date(int(year), int(month or MONTHS_PER_YEAR // 2 + 1), 1)
        children = {"id": from_python(name, made.place), "on": Node(on, made.place, str(on), made.note)}
        children |= {"amount": made, "currency": from_python(value.unit.partition("/")[0], made.place)}
        points.append(Node(children, made.place))
    _lay_beneath(node, "prices", points)


def _lay_beneath(node: Node, key: str, records: list[Node]) -> None:
    if not records:
        return
    made = Node(records, records[0].place)
    own = node.get(key)
    node.value[key] = merge(made, own) if own is not None and own.value else made


def _expand_cooling(node: Node, entry: Entry, _: Catalog) -> None:
    """Arguments of the cooling preset, beneath the site's own."""
    arguments = {
        name: value_node(entry, value)
        for name, value in entry.values.items()
        if not isinstance(value.value, str) and name != "design_pue"
    }
    own = node.get("arguments")
    made = Node(arguments, node.place)
    node.value["arguments"] = merge(made, own) if own is not None else made


def job_classes(entry: Entry) -> list[str]:
    """Ids of the classes that a preset of a job mix has."""
    return [name.removesuffix(JOB_SUFFIX) for name in entry.values if name.endswith(JOB_SUFFIX)]


def _expand_jobs(node: Node, entry: Entry, _: Catalog) -> None:
    """Classes of the job mix beneath the scenario's own, and what else the preset gives."""
    _lay_beneath(node, "classes", [_job_class(name, entry) for name in job_classes(entry)])
    for key in JOB_KEYS:
        if key in entry.values and key not in node.value:
            node.value[key] = value_node(entry, entry.values[key])


def _job_class(name: str, entry: Entry) -> Node:
    """A class of jobs of a preset: the fields that start with its name."""
    made = {
        field.removeprefix(f"{name}_"): value_node(entry, value)
        for field, value in entry.values.items()
        if field.startswith(f"{name}_") and field not in JOB_KEYS
    }
    place = made["accelerators"].place
    return Node({"id": from_python(name, place), **made}, place)


EXPANSIONS: Mapping[str, tuple[str, str, Callable[[Node, Entry, Catalog], None]]] = MappingProxyType(
    {
        "Phase": ("buildout_presets", "stages", _expand_phase),
        "GridStep": ("buildout_presets", "stages", _expand_step),
        "Costs": ("cost_presets", "items", _expand_costs),
        "Cooling": ("cooling", "arguments", _expand_cooling),
        "JobMix": ("job_mixes", "classes", _expand_jobs),
        "Revenue": ("price_paths", "prices", _expand_revenue),
    }
)
"""By the name of a record: table of its preset, key the preset supplies, and what lays it beneath."""
