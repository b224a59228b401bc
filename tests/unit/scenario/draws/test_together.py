"""One draw per thing: values of one thing have one rank, whatever mentions it.

Tests `scenario.draws.together`.
"""

import pytest

from capsim.catalog import load_catalog
from capsim.scenario.draws.sample import drawn_together, sample
from capsim.scenario.draws.together import draw_names, rules_of
from capsim.scenario.loading import load, override
from capsim.scenario.records import (
    buildout_records,
    energy_records,
    money_records,
    operations_records,
    schema,
    site_records,
)
from capsim.scenario.records.fields import fields_of
from capsim.scenario.resolved_values import explain

MODULES = (buildout_records, energy_records, money_records, operations_records, schema, site_records)
FACTOR = "uncertainty.factors"


@pytest.fixture(scope="module")
def aion():
    return load("scenarios/aion-288k-h100e.yaml")


def prices(scenario):
    return {phase.deployments[0].system_price_usd for phase in scenario.sites[0].phases}


def test_every_factor_of_the_catalogue_is_of_fields_that_are_there():
    for kind, rules in rules_of(load_catalog()).items():
        record = next(vars(module)[kind] for module in MODULES if kind in vars(module))
        for key, rule in rules.items():
            assert key in fields_of(record)
            assert not rule.where[0] or rule.where[0] in fields_of(record)


def test_one_and_the_same_system_has_one_price_in_a_draw(aion):
    draws = [prices(sample(aion, 1, k)) for k in range(8)]
    assert [len(prices) for prices in draws] == [1] * 8
    assert len(set.union(*draws)) == 8


def test_a_draw_is_named_by_its_thing_and_holds_all_its_mentions(aion):
    together = drawn_together(aion)
    # in four halls, and again in their refreshes
    assert len(together["system-price:rubin-ultra-kyber"]) == 8
    assert together["energy-price:fra"] == ("sites.aion.tariff.level_per_mwh",)
    assert together["construction-cost:fra"] == ("costs.items.facility-fr.amount",)
    # each build is its own: only the common factor of labour ties them
    assert together["sites.aion.phases.p1.overrun"] == ("sites.aion.phases.p1.overrun",)


def test_ranges_of_ones_own_keep_the_rank_of_the_thing(aion):
    path = "sites.aion.phases.p1.deployments.racks.system_price_usd"
    other = override(aion, {path: {"dist": "uniform", "low": 1.0, "high": 2.0}})
    low, high = (sample(other, 1, k).sites[0].phases for k in (0, 1))
    own = [phases[0].deployments[0].system_price_usd for phases in (low, high)]
    shared = [phases[1].deployments[0].system_price_usd for phases in (low, high)]
    assert (own[0] < own[1]) == (shared[0] < shared[1])
    assert 1.0 <= min(own) < max(own) <= 2.0


def test_parts_of_one_facility_are_dear_together(aion):
    names = draw_names(override(aion, {"costs.preset": "fr-greenfield-ai-detailed"}))
    parts = ("civil-fr", "electrical-fr", "mechanical-fr", "soft-cost-fr")
    found = [name for part in parts for path, name in names.items() if part in path]
    assert found == ["construction-cost:fra"] * len(found)
    assert "costs.items.water.amount" not in names


def test_a_factor_of_the_scenario_takes_its_values_out(aion):
    own = {"id": "haggling", "values": ["sites.aion.phases.p1.*.system_price_usd"], "correlation": 0.0}
    scenario = override(aion, {FACTOR: [own]})
    assert len(drawn_together(scenario)["system-price:rubin-ultra-kyber"]) == 6
    assert len(prices(sample(scenario, 1, 0))) == 2


def test_a_correlation_names_things_or_takes_values_out_by_their_paths(aion):
    things = {"id": "racks", "of": ["system-price:*"], "rho": 0.5}
    assert (
        len(drawn_together(override(aion, {"correlations": [things]}))["system-price:rubin-ultra-kyber"]) == 8
    )
    paths = {"id": "racks", "of": ["sites.*.racks.*system_price_usd"], "rho": 0.5}
    assert "system-price:rubin-ultra-kyber" not in drawn_together(override(aion, {"correlations": [paths]}))


def test_explain_says_what_is_drawn_together_and_what_moves_it(aion):
    (row,) = explain(aion, "sites.aion.phases.p2.deployments.racks.lead_time_weeks")
    assert (row.drawn_as, row.factor) == ("system-lead-time:rubin-ultra-kyber", "supply_chain 0.5")
    (certain,) = explain(aion, "sites.aion.phases.p2.deployments.racks.system_price_year")
    assert (certain.drawn_as, certain.factor) == ("", "")
