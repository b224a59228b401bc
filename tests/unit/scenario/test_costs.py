"""Which sites a cost item is for, what is priced where, and what an amount is in."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

import capsim
from capsim.catalog import load_catalog
from capsim.errors import ScenarioError
from capsim.scenario.loading import loads
from capsim.scenario.resolved_values import explain

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
FACILITY_EUR_PER_MW = {
    "fra": 10.43e6 / 1.13,
    "pol": 9.16e6 / 1.13,
    "esp": 10.04e6 / 1.13,
    "swe": 12.29e6 / 1.13,
    "bel": 9.9e6 * 1.02 / 1.13,  # the mean of EMEA, of 2024
}


def facility(preset, *countries):
    """Capex of the facility by country, at no construction inflation and 2 % inflation."""
    places = [make.site(make.hall(deployments=[]), id=c, country=c) for c in countries]
    money = {"code": "EUR", "price_year": 2025}
    projection = capsim.simulate(loads(make.scenario(*places, costs={"preset": preset}, currency=money)))
    table = projection.ledger[projection.ledger["item"].str.startswith("facility")]
    return projection, table[table["category"] == "capex"].groupby("site")["amount_eur"].sum() / 16.0


def test_a_hall_is_priced_in_its_country():
    projection, per_mw = facility("europe-colocation", *FACILITY_EUR_PER_MW)
    assert per_mw.to_dict() == pytest.approx(FACILITY_EUR_PER_MW)
    assert not any("was priced in" in finding.text for finding in projection.findings)


def test_a_price_of_another_country_is_named():
    projection, per_mw = facility("fr-colocation", "fra", "pol")
    assert per_mw["pol"] == per_mw["fra"] == pytest.approx(10.43e6 / 1.13)
    (found,) = (f.text for f in projection.findings if f.kind == "priced_elsewhere")
    assert found.startswith("the cost item facility-fr was priced in FRA, and is used for pol elsewhere")


def test_the_price_of_france_stands_twice_and_is_one():
    items = load_catalog().tables["cost_items"]
    general, of_france = (items[name].values["amount"] for name in ("facility-fr", "facility-fra"))
    assert (general.value, general.low, general.high) == (of_france.value, of_france.low, of_france.high)


def test_every_country_has_exactly_one_facility_in_the_european_preset():
    catalog = load_catalog()
    names = [str(v.value) for v in catalog.entry("cost_presets", "europe-colocation").values.values()]
    entries = [catalog.entry("cost_items", name) for name in names if name.startswith("facility")]
    own = [e.text("countries") for e in entries if e.get("countries")]
    (rest,) = (e for e in entries if not e.get("countries"))
    assert sorted(own) == rest.text("except_countries").split()


@pytest.mark.parametrize(
    ("first", "second", "is_twice"),
    [
        ({}, {}, True),
        ({"countries": ["pol"]}, {}, True),
        ({"countries": ["pol"]}, {"except_countries": ["pol"]}, False),
        ({"countries": ["pol", "esp"]}, {"except_countries": ["pol"]}, True),
        ({"countries": ["pol"]}, {"countries": ["esp"]}, False),
        ({"countries": ["pol"], "except_countries": ["pol"]}, {"countries": ["pol"]}, False),
        ({"works": "new"}, {"works": "renewal"}, False),
        ({"works": "new"}, {}, True),
        ({"media": "liquid"}, {"media": "air"}, True),
    ],
)
def test_what_is_contained_twice_for_a_country_is_refused(first, second, is_twice):
    shell = {"category": "capex", "basis": "per_critical_it_mw", "amount": 1e6, "contains": ["shell"]}
    items = [shell | {"id": "a"} | first, shell | {"id": "b"} | second]
    mapping = make.scenario(make.site(), costs={"items": items})
    if is_twice:
        with pytest.raises(ScenarioError, match="shell is already contained in a"):
            loads(mapping)
    else:
        loads(mapping)


def test_the_unit_of_an_amount_follows_its_basis():
    scenario = loads(make.scenario(costs={"preset": "fr-greenfield-ai-detailed"}))
    units = {row.path: row.unit for row in explain(scenario, "costs.items")}
    expected = {
        "electrical-fr": "USD/MW",
        "network": "1",
        "contingency": "1",
        "maintenance-facility": "1/y",
        "staff-floor": "USD/site/y",
        "water": "EUR/m3",
    }
    assert {name: units[f"costs.items.{name}.amount"] for name in expected} == expected


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"basis": "per_site_mw", "mechanical_share": 0.3},
            "mechanical_share: is for items per_critical_it_mw (basis is per_site_mw)",
        ),
        (
            {"electrical_share": 0.6, "mechanical_share": 0.5},
            "mechanical_share: shares of plant must not sum to more than 1 (got 0.5)",
        ),
        ({"media": "oil"}, "media: "),
    ],
)
def test_shares_of_plant_and_media_that_cannot_be_are_refused(changes, fault):
    shell = {"id": "a", "category": "capex", "basis": "per_critical_it_mw", "amount": 1e6}
    with pytest.raises(ScenarioError) as refused:
        loads(make.scenario(make.site(), costs={"items": [shell | changes]}))
    assert fault in str(refused.value)


def test_redundancy_that_the_catalogue_does_not_have_is_refused_with_the_nearest():
    with pytest.raises(ScenarioError, match=r"redundancy: unknown redundancy; did you mean tier-4\?"):
        loads(make.scenario(make.site(electrical={"redundancy": "tier-iv"})))
    # none is near, and they are few
    with pytest.raises(ScenarioError, match=r"unknown redundancy; there are .*tier-2, tier-3, tier-4.*x\+1"):
        loads(make.scenario(make.site(electrical={"redundancy": "x+1"})))
