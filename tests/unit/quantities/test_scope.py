"""What is in the money of a plan: every part from an item by its words, or out, and said so."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

import capsim
from capsim import compare
from capsim.catalog import load_catalog
from capsim.errors import ScenarioError
from capsim.quantities.scope import PARTS, parts_left_out, scope_of, without_parts_of_a_cluster
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
AT_FIRST = {"servers": ("system_price_usd",), "taxes on profit": ("finance.tax_rate",), "energy": ("tariff",)}


def scenario(costs=None, **changes):
    return loads(make.scenario(make.standing_site(**changes), costs=costs or {}))


def in_scope(plan):
    return {part: items for part, items in scope_of(plan, plan.sites[0]).items() if items}


def test_without_items_only_what_the_ledger_books_itself_is_in():
    assert in_scope(scenario()) == AT_FIRST


def test_each_item_brings_the_parts_that_it_contains():
    plan = scenario({"items": [{"id": "land"}, {"id": "network"}]})
    assert in_scope(plan) == AT_FIRST | {"land": ("land",), "cluster network": ("network",)}


def test_an_item_for_another_country_is_out():
    plan = scenario({"items": [{"id": "facility-esp"}]}, country="fra")
    assert in_scope(plan) == AT_FIRST
    assert in_scope(scenario({"items": [{"id": "facility-esp"}]}, country="esp"))["shell"] == (
        "facility-esp",
    )


def test_an_item_of_the_catalogue_is_pulled_in_by_id_and_may_be_changed():
    plan = scenario({"items": [{"id": "network"}, {"id": "storage", "amount": 0.1}]})
    network, storage = plan.costs.items
    shelf = load_catalog().tables["cost_items"]
    assert (network.basis, network.amount) == ("per_system_price", shelf["network"].number("amount"))
    assert (storage.basis, float(storage.amount), storage.contains) == ("per_system_price", 0.1, ("storage",))
    assert "Bernstein" in plan.origin("costs.items.network.amount").source


def test_an_item_of_neither_gets_the_nearest_name():
    with pytest.raises(ScenarioError, match=r"costs\.items\.netwrok: .*did you mean network\?"):
        scenario({"items": [{"id": "netwrok"}]})


def test_every_word_of_the_catalogues_items_is_part_of_something():
    shelf = load_catalog().tables["cost_items"].values()
    words = {word for item in shelf if "contains" in item for word in item.text("contains").split()}
    # what a tariff or a lease stands for is in no part of its own
    assert words - {word for of_part in PARTS.values() for word in of_part} == {
        "grid-charge", "demand-charge", "lease",
    }  # fmt: skip


@pytest.mark.parametrize("preset", ["europe-colocation", "fr-colocation", "emea-colocation"])
def test_bought_accelerators_without_network_and_storage_are_a_warning(preset):
    plan = scenario({"preset": preset})
    assert without_parts_of_a_cluster(plan, plan.sites[0]) == ("cluster network", "storage")
    (found,) = [f for f in capsim.simulate(plan).findings if f.kind == "left_out"]
    assert (found.severity, found.site) == ("warning", "a")
    assert "write costs: items: [{id: network}, {id: storage}]" in found.text


def test_the_way_out_of_the_warning_is_one_and_costs_what_it_says():
    bare, whole = (
        capsim.simulate(
            loads(make.scenario(make.site(), costs={"preset": "europe-colocation", "items": items}))
        )
        for items in ([], [{"id": "network"}, {"id": "storage"}])
    )
    assert not [f for f in whole.findings if f.kind == "left_out"]
    capex = [
        p.ledger[p.ledger["category"] == "capex"].groupby("item")["amount_eur"].sum() for p in (bare, whole)
    ]
    # 24.7 and 2.7 per cent of the price of the systems
    assert capex[1].sum() - capex[0].sum() == pytest.approx((0.247148 + 0.026616) * capex[0]["systems"])


def test_hosted_machines_and_rented_halls_need_none():
    hosted = make.standing_site()
    hosted["phases"][0]["deployments"][0] |= {"system": "hosted-it-100kw"}
    plan = loads(make.scenario(hosted))
    assert without_parts_of_a_cluster(plan, plan.sites[0]) == ()


def test_what_goes_with_systems_is_out_where_they_are_the_tenants():
    mine, theirs = make.standing_site(), make.standing_site()
    theirs["phases"][0]["deployments"][0] |= {"system": "hosted-it-100kw"}
    scopes = []
    for site in (mine, theirs):
        plan = loads(make.scenario(site, costs={"preset": "fr-greenfield-ai"}))
        scopes.append(scope_of(plan, plan.sites[0]))
    parts = ("servers", "cluster network", "storage")
    assert [[part for part in parts if scope[part]] for scope in scopes] == [list(parts), []]


def test_the_run_says_in_one_line_what_is_out():
    (found,) = [
        f for f in capsim.simulate(scenario({"preset": "fr-greenfield-ai"})).findings if f.kind == "scope"
    ]
    assert found.text.startswith("not in the money: land, contingency, spare parts, software and support;")
    assert found.numbers["parts_out"] == 4


def test_a_part_that_some_sites_have_is_out_of_the_others():
    sites = [make.standing_site(), make.standing_site(id="b", country="esp")]
    items = [{"id": "land", "countries": ["esp"]}]
    plan = loads(make.scenario(*sites, costs={"preset": "europe-colocation", "items": items}))
    (found,) = [f for f in capsim.simulate(plan).findings if f.kind == "scope"]
    assert "land of a" in found.text


def test_halls_that_carry_air_alone_need_no_plant_for_liquid():
    premium = {"items": [{"id": "liquid-cooling-premium"}]}
    empty = {"phases": [make.standing_hall(deployments=[])]}
    parts = [
        in_scope(scenario(premium, cooling={"preset": preset, "media": media}, **empty))["liquid cooling"]
        for preset, media in (("air-cooled-chiller", "air"), ("dlc-dry-cooler", "air and liquid"))
    ]
    assert parts == [("cooling.media",), ("liquid-cooling-premium",)]


def test_works_that_no_phase_of_a_site_has_are_out():
    retrofit = {"items": [{"id": "liquid-retrofit"}]}
    phases = [make.standing_hall(deployments=[], works=works) for works in ("new", "liquid-retrofit")]
    shown = ["mechanical plant" in in_scope(scenario(retrofit, phases=[phase])) for phase in phases]
    assert shown == [False, True]


def test_own_power_that_runs_is_a_part_of_the_build():
    """Engines that stand by come with the electrical plant; those that carry load, and the sun, do not."""
    engines = {"power_mw": 20.0, "fuel": "gas"}
    plan = scenario(generation=engines)
    assert "own generation" not in scope_of(plan, plan.sites[0])
    sun = {"peak_mw": 5.0, "latitude_deg": 48.8, "longitude_deg": 2.3, "full_load_h_per_y": 1000.0}
    there = {"generation": engines | {"runs_when_short": True}, "solar": sun}
    plan = scenario(**there)
    scope = scope_of(plan, plan.sites[0])
    assert (scope["own generation"], scope["solar plant"]) == ((), ())
    gensets = {
        "id": "gensets",
        "category": "capex",
        "basis": "lump",
        "amount": 3e7,
        "contains": ["generation"],
    }
    plan = scenario({"items": [gensets]}, **there)
    assert scope_of(plan, plan.sites[0])["own generation"] == ("gensets",)
    (said,) = [f.text for f in capsim.simulate(plan).findings if f.kind == "scope"]
    assert "solar plant" in said
    assert "own generation" not in said


def test_a_comparison_knows_what_each_scenario_leaves_out():
    """A part counts where any site that has it leaves it out."""
    full, rented = (scenario({"preset": name}) for name in ("europe-greenfield-ai", "europe-colocation"))
    more = {*parts_left_out(rented)} - {*parts_left_out(full)}
    assert {"cluster network", "storage"} <= more
    made = compare({"full": full, "rented": rented}, n=2)
    assert {*made.manifest["left_out"]["rented"]} - {*made.manifest["left_out"]["full"]} == more
