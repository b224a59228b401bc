"""Which values of a scenario are one thing: they get one draw, however often the thing is mentioned.

The catalogue's table ``factors`` names what is one thing: the price of a system, the lead time of a kind of
equipment, the level of the price of a market. A value that the scenario's own correlations or factors
name by its path is a thing of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from capsim.catalog import Catalog, Entry
from capsim.scenario.draws.factors import matches
from capsim.scenario.records.fields import fields_of
from capsim.scenario.records.record import Record
from capsim.scenario.records.schema import Scenario
from capsim.scenario.records.walk import records_in

TABLE = "factors"
"""Table of the catalogue that names what is one thing."""
_KEY = re.compile(r"\{(\w+)\}")


class Rule(NamedTuple):
    """What the values of a field share a draw by."""

    factor: str
    """Entry of the catalogue's factors."""
    each: tuple[str, ...]
    """Keys that name what there is one draw for; one for all where empty."""
    where: tuple[str, str]
    """Key and word that a record must have; empty where any counts."""


def draw_names(scenario: Scenario) -> dict[str, str]:
    """Name of the draw by dotted path, of the values and dates that are drawn with their like.

    Examples
    --------
    A price of a system is drawn as ``system-price:dgx-h100``, in each deployment and refresh of it.
    """
    rules, names = rules_of(scenario.catalog), {}
    by_path = [pattern for factor in scenario.uncertainty.factors for pattern in factor.values]
    by_path += [pattern for correlation in scenario.correlations for pattern in correlation.of]
    for path, record, outer in records_in(scenario):
        for key, rule in rules.get(type(record).__name__, {}).items():
            dotted, name = ".".join((*path, key)), _name(rule, key, (record, *outer), scenario.catalog)
            if name and not matches(tuple(by_path), dotted):
                names[dotted] = name
    return names


def rules_of(catalog: Catalog) -> Mapping[str, Mapping[str, Rule]]:
    """The catalogue's factors by the record and the key of the values they are of."""
    rules: dict[str, dict[str, Rule]] = {}
    for entry in catalog.tables[TABLE].values():
        rule = Rule(
            entry.name,
            tuple(_KEY.findall(_text(entry, "each"))),
            (_text(entry, "where_key"), _text(entry, "where_word")),
        )
        for field in entry.text("of").split():
            kind, _, key = field.partition(".")
            rules.setdefault(kind, {})[key] = rule
    return rules


def _text(entry: Entry, field: str) -> str:
    """A text of an entry, empty where it has none."""
    return entry.text(field) if field in entry else ""


def _name(rule: Rule, key: str, within: tuple[Record, ...], catalog: Catalog) -> str:
    """What a value of the innermost record is drawn as; empty where it is drawn by itself."""
    where, word = rule.where
    if where and getattr(within[0], where) != word:
        return ""
    words = [_word(each, key, within, catalog) for each in rule.each]
    if rule.each and not any(words):
        return ""
    return ":".join((rule.factor, *filter(None, words)))


def _word(each: str, key: str, within: tuple[Record, ...], catalog: Catalog) -> str:
    """What the nearest record with a key names under it, else the entry of the catalogue a value is of."""
    for record in within:
        if each in fields_of(type(record)):
            named = getattr(record, each)
            return "+".join(named) if isinstance(named, tuple) else named or ""
    table, _, place = str(fields_of(type(within[0]))[key].catalog).partition("/")
    source = _KEY.search(place)
    entry = catalog.tables[table].get(getattr(within[0], source[1])) if source is not None else None
    return _text(entry, each) if entry is not None else ""
