"""Files of scenarios, YAML and workbooks alike; units that workbooks state are held against the fields."""

from __future__ import annotations

from contextlib import suppress

from capsim.catalog import what_to_write
from capsim.errors import ScenarioError
from capsim.language.paths import split
from capsim.language.reader import read_tree
from capsim.language.tree import Faults, Node, Place
from capsim.language.tree import Path as Keys
from capsim.scenario.book_reader import StatedUnit, read_book
from capsim.scenario.book_rows import lay
from capsim.scenario.book_sheets import is_book
from capsim.scenario.field_units import unit_of
from capsim.scenario.other_money import MONEY, money_to_write
from capsim.scenario.records.fields import record_at
from capsim.scenario.records.schema import Scenario


def read_file(file: str, layer: str, faults: Faults) -> Node:
    """The tree of a scenario file, whatever it says of units; as `read_tree`."""
    return Files().read(file, layer, faults)


class Files:
    """Reads the files of one scenario, and keeps the units they state until it is made."""

    def __init__(self) -> None:
        self.stated: list[StatedUnit] = []

    def read(self, file: str, layer: str, faults: Faults) -> Node:
        """The tree of a scenario file; ScenarioError where it cannot be read."""
        if not is_book(file):
            return read_tree(file, layer, faults)
        book, root = read_book(file, layer, faults), Node({}, Place(file, 0, layer))
        for dotted, value in book.values:
            lay(root, dotted, value, faults)
        if book.overrides is not None:
            root.value["overrides"] = book.overrides
        self.stated += book.units
        return root

    def check_units(self, scenario: Scenario, file: str) -> None:
        """Refuse values whose stated unit is not that of their field: numbers are in the field's unit."""
        faults = Faults()
        for stated in self.stated:
            path, known = split(stated.path), set[str]()
            # where an item is gone, so is the unit of its amount
            with suppress(ScenarioError):
                known = _units(scenario, path)
            if stated.unit not in known:
                unit = next(iter(sorted(known)), "")
                faults.add(stated.place, path, _rule(stated, path, scenario, unit), stated.unit)
        faults.stop(file)


def _units(scenario: Scenario, path: Keys) -> set[str]:
    """The unit of a field, also with its currency by name."""
    unit, code = unit_of(scenario, path), None
    with suppress(ScenarioError):
        code = scenario._provenance.node_at(path[:-1]).scalar(MONEY)
    return {unit, unit.replace(MONEY, str(code or scenario.currency.code))}


def _rule(stated: StatedUnit, path: Keys, scenario: Scenario, unit: str) -> str:
    if not unit:
        return "has no unit; leave the cell empty"
    text, kind = f"{stated.value} {stated.unit}", record_at(Scenario, path[:-1])
    money = ""
    with suppress(ScenarioError):
        node, root = scenario._provenance.node_at(path[:-1]), scenario._provenance.tree
        money = money_to_write(text, unit_of(scenario, path), kind, node, root) if kind is not None else ""
    meant = f"in {unit}: {what_to_write(text, unit)}".removesuffix(": ")
    return f"the value is {money or meant}"
