"""What the catalogue says a scenario may name is what the rooms have functions for."""

from capsim.catalog import load_catalog
from capsim.ledger.bases import CAPEX_BASES
from capsim.ledger.opex import OPEX_BASES
from capsim.models.stages import STAGE_KINDS

CATALOG = load_catalog()


def bases(category):
    names = CATALOG.names("cost_bases")
    return {name for name in names if CATALOG.entry("cost_bases", name).text("category") == category}


def test_every_stage_kind_of_the_catalogue_has_a_function_and_the_other_way_round():
    assert set(CATALOG.names("stage_kinds")) == set(STAGE_KINDS.names)


def test_every_cost_basis_of_the_catalogue_has_a_function_and_the_other_way_round():
    assert bases("capex") == set(CAPEX_BASES.names)
    assert bases("opex") == set(OPEX_BASES.names)
