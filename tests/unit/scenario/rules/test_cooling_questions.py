"""Tests `scenario.rules.cooling_questions`."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.catalog import load_catalog
from capsim.scenario import load, loads

ROOT = Path(__file__).parents[4]
make = SimpleNamespace(**runpy.run_path(str(ROOT / "tests" / "portfolios.py")))
COOLING = load_catalog().tables["cooling"]
WITH_LOOP = [
    name for name, entry in COOLING.items() if "liquid_share" in entry and "liquid" in entry.text("media")
]
NODES = make.racks(system="dgx-h100", systems=100)
RACKS = make.racks(id="rack-scale", systems=20)


def asked(*orders, **cooling):
    place = make.site(make.hall(*orders), cooling=cooling)
    found = loads(make.scenario(systems=[]) | {"sites": [place]}).questions
    return [each for each in found if each.name in ("air_cooled_in_liquid", "liquid_cooled_in_air")]


@pytest.mark.parametrize("preset", WITH_LOOP)
def test_servers_made_for_air_are_questioned_in_liquid(preset):
    (doubt,) = asked(NODES, preset=preset, rack_kw=250)
    assert doubt.name == "air_cooled_in_liquid"
    assert doubt.path == "sites.a.phases.p1.deployments.racks.system"
    assert doubt.value == "dgx-h100"
    share = COOLING[preset].number("liquid_share")
    assert f"({preset}) takes {share:g} of all heat by liquid at the racks" in doubt.rule


@pytest.mark.parametrize("preset", WITH_LOOP)
def test_systems_made_for_liquid_are_not(preset):
    assert asked(RACKS, preset=preset, rack_kw=250) == []


def test_what_the_loop_takes_of_a_mix_may_be_given():
    both = NODES, RACKS
    (doubt,) = asked(*both, preset="dlc-dry-cooler")
    assert doubt.value == "dgx-h100"
    assert asked(*both, preset="dlc-dry-cooler", arguments={"liquid_share": 0.5}) == []
    # of servers made for air alone there is no mix
    (alone,) = asked(NODES, preset="dlc-dry-cooler", arguments={"liquid_share": 0.5})
    assert "takes 0.5 of all heat" in alone.rule


@pytest.mark.parametrize("preset", ["immersion-dry-cooler", "air-cooled-chiller"])
def test_tanks_and_air_take_servers_made_for_air(preset):
    assert asked(NODES, preset=preset) == []


def test_tenants_bring_what_suits_the_hall():
    hosted = make.racks(system="hosted-it-100kw", systems=20)
    assert asked(hosted, preset="dlc-dry-cooler") == []


def test_what_replaces_a_system_is_asked_too():
    renewed = RACKS | {"refresh": {"age_years": 1, "system": "dgx-b300", "fill": "power"}}
    (doubt,) = asked(renewed, preset="dlc-dry-cooler")
    assert doubt.path.endswith("deployments.rack-scale.refresh.system")


def test_systems_made_for_liquid_in_air_that_is_said_to_carry_it_are_questioned():
    (doubt,) = asked(RACKS, preset="air-cooled-chiller", media="air and liquid", rack_kw=200)
    assert doubt.name == "liquid_cooled_in_air"
    assert "take a preset such as dlc-dry-cooler or dlc-adiabatic" in doubt.rule


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("*.yaml")), ids=lambda path: path.stem)
def test_no_shipped_scenario_is_questioned(path):
    names = {each.name for each in load(path).questions}
    assert not names & {"air_cooled_in_liquid", "liquid_cooled_in_air"}


def doubted(climate, country, **cooling):
    place = make.standing_site(climate=climate, country=country, cooling=cooling)
    found = loads(make.scenario(place)).questions
    return [each for each in found if each.name == "sea_of_a_warm_climate"]


@pytest.mark.parametrize(
    ("climate", "country", "mean"),
    [("singapore", "sgp", "27.6"), ("abu-dhabi", "are", "28.5"), ("marseille", "fra", "16.2")],
)
def test_sea_water_of_a_warm_climate_is_questioned(climate, country, mean):
    (doubt,) = doubted(climate, country, preset="sea-water")
    assert doubt.path == "sites.a.cooling.preset"
    assert (
        f"the air of {climate} has {mean} degC in the mean of the year, where up to 15 is cool enough"
        in doubt.rule
    )
    # a plant with chillers has what it needs
    assert doubted(climate, country, preset="waterside-tower") == []


@pytest.mark.parametrize(
    ("climate", "country"), [("hamina-kotka", "fin"), ("paris", "fra"), ("dublin", "irl")]
)
def test_sea_water_of_a_cool_climate_is_not(climate, country):
    assert doubted(climate, country, preset="sea-water") == []
