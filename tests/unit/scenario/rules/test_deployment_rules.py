"""Systems fit their hall in what cools them and in power per rack."""

import re
from pathlib import Path

import pytest

from capsim.catalog import load_catalog
from capsim.errors import ScenarioError
from capsim.scenario.loading import loads

SMALL = (Path(__file__).parents[1] / "small.yaml").read_text("utf-8")
ORDER = "sites.a.phases.p1.deployments.d1"


def refused(*sets, text=SMALL):
    with pytest.raises(ScenarioError) as caught:
        loads(text, sets=sets)
    return str(caught.value)


@pytest.mark.parametrize(
    "preset", ["airside-adiabatic-chillerless", "waterside-tower", "immersion-dry-cooler"]
)
def test_liquid_cooled_racks_do_not_fit_a_hall_of_air(preset):
    said = refused(f"sites.a.cooling.preset={preset}")
    assert f"{ORDER}.system: is made for liquid, and the halls ({preset}) take systems made for air" in said
    assert "take a cooling preset such as dlc-dry-cooler or dlc-adiabatic" in said


def test_the_way_out_is_one():
    sets = ["sites.a.cooling.preset=airside-adiabatic-chillerless", "sites.a.cooling.media=air and liquid"]
    # 135 kW in a rack, where the preset's halls take 50 (40 to 60)
    said = refused(*sets)
    assert (
        "needs 135 kW in a rack, and the halls (airside-adiabatic-chillerless) take 50 kW, range 40 to 60"
        in said
    )
    assert loads(SMALL, sets=[*sets, "sites.a.cooling.rack_kw=140"]).sites[0].cooling.rack_kw == 140.0


def test_air_cooled_servers_spread_over_racks():
    """Four servers of 14.3 kW are too much for a rack of 50 kW, but one is not."""
    sets = ("sites.a.cooling.preset=air-cooled-chiller", f"{ORDER}.system=dgx-b200")
    assert loads(SMALL, sets=sets).sites[0].phases[0].deployments[0].system == "dgx-b200"
    assert "needs 14.3 kW in a rack" in refused(*sets, "sites.a.cooling.rack_kw=10")


def in_service(day, system="vr200-nvl72"):
    """The small plan with two systems of a kind in its hall from a day on."""
    text = SMALL.replace("system: gb300-nvl72, systems: 2", f"system: {system}, systems: 1")
    return text.replace("ordered_on: 2026-01-01", f"in_service_on: {day}")


def test_systems_are_not_there_before_an_uncertain_launch():
    """Vera Rubin is announced for October 2026, and late if anything: none is there before April."""
    said = refused(text=in_service("2026-03-31"))
    assert f"{ORDER}.in_service_on: must not be before the launch: vr200-nvl72 is shipped from" in said
    for day, name in (("2026-04-02", ["in_service_before_the_launch"]), ("2027-12-01", [])):
        assert [question.name for question in loads(in_service(day)).questions] == name


def test_successors_are_cooled_too():
    text = SMALL.replace("system: gb300-nvl72, systems: 2", "system: dgx-h100, systems: 2").replace(
        "ordered_on: 2026-01-01}", "ordered_on: 2026-01-01, refresh: {age_years: 1, system: gb300-nvl72}}"
    )
    said = refused("sites.a.cooling.preset=air-cooled-chiller", text=text)
    assert f"{ORDER}.refresh.system: is made for liquid" in said


def test_every_system_and_plant_says_what_carries_its_heat():
    catalog = load_catalog()
    assert {entry.text("cooling_medium") for entry in catalog.tables["systems"].values()} == {"air", "liquid"}
    media = {name: entry.text("media") for name, entry in catalog.tables["cooling"].items()}
    assert {name for name, medium in media.items() if "liquid" in medium} == {
        "dlc-dry-cooler",
        "dlc-adiabatic",
        "retrofit-liquid",
        "warm-water-hpc",
    }
    assert all(re.fullmatch("air|air and liquid", medium) for medium in media.values())
