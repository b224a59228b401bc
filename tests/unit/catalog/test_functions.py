"""The tables of functions are what the catalogue lists of them, with what each says about itself."""

import re

import pytest

from capsim.catalog import load_catalog
from capsim.models.cost_bases import COST_BASES
from capsim.models.stages import STAGE_KINDS

CATALOG = load_catalog()
INSTALMENTS = ["first_instalment", "second_instalment", "rest", "order_share", "delivery_share"]


def bases(category):
    names = CATALOG.names("cost_bases")
    return [name for name in names if CATALOG.entry("cost_bases", name).text("category") == category]


def test_every_stage_kind_is_an_entry_with_its_meaning():
    assert CATALOG.names("stage_kinds") == STAGE_KINDS.names
    meaning = CATALOG.entry("stage_kinds", "work").get("meaning")
    assert meaning.value == "Take the stage's duration, whatever else goes on. [d]"
    assert re.fullmatch(r"stages\.py:\d+", meaning.origin)


@pytest.mark.parametrize("category", ["capex", "opex"])
def test_every_cost_basis_is_an_entry_with_its_unit_and_meaning(category):
    table = COST_BASES[category]
    assert bases(category) == list(table.names)
    for name in table.names:
        entry = CATALOG.entry("cost_bases", name)
        assert (entry.text("amount_unit"), entry.text("meaning")) == (table[name].unit, table[name].meaning)
        assert list(entry.values)[3:] == (INSTALMENTS if category == "capex" else [])


def test_a_basis_per_the_same_thing_is_paid_alike():
    halls = [CATALOG.entry("cost_bases", name) for name in ("per_critical_it_mw", "per_facility_cost")]
    assert {entry.number("order_share") for entry in halls} == {0.1}
    assert halls[1].get("delivery_share").origin == "cost_bases.csv:11"
