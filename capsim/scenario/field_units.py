"""Units of the fields of a scenario."""

from __future__ import annotations

from capsim.language.tree import Path
from capsim.scenario.records.fields import fields_of, record_at
from capsim.scenario.records.quantity import UNIT_OF_BASIS
from capsim.scenario.records.schema import Scenario


def unit_of(scenario: Scenario, path: Path) -> str:
    """Unit of the value at a path; empty where it is no number."""
    record = record_at(Scenario, path[:-1])
    if record is not None:
        plan = fields_of(record).get(path[-1])
        unit = plan.quantity.unit if plan is not None and plan.quantity is not None else ""
        return _unit_of_basis(scenario, path) if unit == UNIT_OF_BASIS else unit
    if path[-2:-1] == ("arguments",) and path[-3:-2] == ("cooling",):
        preset = scenario._provenance.node_at((*path[:-2], "preset")).value
        value = scenario.catalog.entry("cooling", preset).get(path[-1])
        return value.unit if value is not None else ""
    return ""


def unit_by_name(dotted: str) -> str:
    """Unit of the value at a dotted path, by its record alone; empty where that does not tell it.

    Examples
    --------
    >>> unit_by_name("sites.aion.tariff.level_per_mwh"), unit_by_name("costs.items.network.amount")
    ('currency/MWh', '')
    """
    path = tuple(dotted.split("."))
    record = record_at(Scenario, path[:-1])
    plan = None if record is None else fields_of(record).get(path[-1])
    unit = plan.quantity.unit if plan is not None and plan.quantity is not None else ""
    return "" if unit == UNIT_OF_BASIS else unit


def _unit_of_basis(scenario: Scenario, path: Path) -> str:
    """Unit of a cost item's amount: money per unit of its basis, or the share it is."""
    item = scenario._provenance.node_at(path[:-1])
    unit = scenario.catalog.entry("cost_bases", str(item.scalar("basis"))).text("amount_unit")
    return unit.replace("currency", str(item.scalar("currency")))
