"""Which keys of records name entries of the catalogue or of a table of functions, and the names there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin

from capsim.catalog import Catalog, Entry, carbon_zones
from capsim.models.debt import REPAYMENTS
from capsim.models.demand import DEMAND_SHAPES
from capsim.registry import Table, meaning_of
from capsim.scenario.fill.defaults import places
from capsim.scenario.fill.presets import PRESETS
from capsim.scenario.fill.rates import PAIR
from capsim.scenario.records.fields import fields_of
from capsim.scenario.records.quantity import Choice
from capsim.scenario.records.record import Record
from capsim.scenario.rules.name_rules import NAMED
from capsim.scenario.rules.plausible import PLAUSIBLE
from capsim.scenario.rules.rule import meanings_of_questions

Titles = Mapping[str, str]
"""Names with their titles."""
_CURRENCY = "currency"
_RATE, _FOR_A_EURO = "rate-", " for a euro"
"""What the names and titles of plausible rates of a currency begin and end with."""


def _entries(table: str, prefix: str = "") -> Callable[[Catalog], Titles]:
    """The entries of a table whose names begin with a prefix, without it."""

    def titles(catalog: Catalog) -> Titles:
        entries = catalog.tables[table]
        return {n.removeprefix(prefix): _title(entries[n]) for n in entries if n.startswith(prefix)}

    return titles


def _title(entry: Entry) -> str:
    """What an entry is called; what a function of the catalogue means, which has no other name."""
    said = entry.get("title") or entry.get("meaning")
    return "" if said is None else str(said.value)


def _functions(table: Table[Any]) -> Callable[[Catalog], Titles]:
    return lambda _: {name: meaning_of(table[name]) for name in table.names}


def _zones(_: Catalog) -> Titles:
    return {zone: f"Grid zone {zone} of Electricity Maps" for zone in carbon_zones()}


def _currencies(catalog: Catalog) -> Titles:
    """Currencies whose rates are known, those with a dated rate first."""
    rates = _entries(PLAUSIBLE, _RATE)(catalog)
    titles = {"EUR": "Euro"} | {n.upper(): title.removesuffix(_FOR_A_EURO) for n, title in rates.items()}
    return {code: titles[code] for code in (*PAIR, *(code for code in titles if code not in PAIR))}


_countries = _entries("carbon")
_OF_FIELDS: Mapping[tuple[str, str], Callable[[Catalog], Titles]] = MappingProxyType(
    {
        ("Site", "climate"): _entries("climates"),
        ("Site", "country"): _countries,
        ("Carbon", "zone"): _zones,
        ("Tariff", "zone"): _entries("electricity_prices"),
        ("System", "measured_at"): _entries("assumptions", "workload-"),
        ("Supply", "systems"): _entries("systems"),
        ("Stage", "kind"): _entries("stage_kinds"),
        ("Shape", "name"): _functions(DEMAND_SHAPES),
        ("Debt", "repayment"): _functions(REPAYMENTS),
        ("Finance", "tax_table_it"): _entries("tax_depreciation"),
        ("Finance", "tax_table_facility"): _entries("tax_depreciation"),
        ("CostItem", "id"): _entries("cost_items"),
        ("CostItem", "countries"): _countries,
        ("CostItem", "except_countries"): _countries,
        ("CostItem", "priced_in"): _countries,
        ("Currency", "code"): _currencies,
        ("Acceptance", "id"): lambda _: meanings_of_questions(),
    }
)
"""Names that no default and no preset is read by, by record and field."""


def titles_of(record: type[Record], key: str, catalog: Catalog) -> Titles:
    """The names that a field of a record may have in the catalogue or in a table, with titles; else none."""
    if key == _CURRENCY:
        return _currencies(catalog)
    read = _OF_FIELDS.get((record.__name__, key)) or _read_by(record, key)
    titles = read(catalog) if read is not None else {}
    # of a table that several records name entries of, some entries are for each
    known = NAMED.get((record, key))
    kept = set(known[1](catalog)) if known is not None else titles.keys()
    return {name: title for name, title in titles.items() if name in kept}


def _read_by(record: type[Record], key: str) -> Callable[[Catalog], Titles] | None:
    """The entries by whose name a preset or a default of a record is read."""
    preset = PRESETS.get(record.__name__)
    if preset is not None and preset.named_by == key != "id":
        return _entries(preset.table)
    for plan in fields_of(record).values():
        for place in places(plan.catalog) if plan.catalog else ():
            if place.key == key:
                return _entries(place.table, place.value.partition("{")[0])
    return None


def choices_of(record: type[Record] | None, key: str, catalog: Catalog) -> tuple[str, ...]:
    """The names that may stand in a field; none where it is no name, or may be one that is in no list."""
    plan = fields_of(record).get(key) if record is not None else None
    if record is None or plan is None:
        return ()
    if isinstance(plan.type_, Choice):
        return plan.type_.table.names
    if get_origin(plan.type_) is Literal:
        return tuple(str(choice) for choice in get_args(plan.type_) if isinstance(choice, str))
    # a list stands in one cell, and an item may have an id of its own
    is_one = get_origin(plan.type_) is not tuple and key != "id"
    return tuple(titles_of(record, key, catalog)) if is_one else ()
