"""Every starter, for every country and chip, is a scenario that is valid, runs and raises no doubt."""

from __future__ import annotations

import re
from itertools import product
from string import Template

import pytest

import capsim
from capsim.catalog import load_catalog
from capsim.errors import ScenarioError
from capsim.scenario import loads
from capsim.scenario.starting import STARTERS, started

CATALOG = load_catalog()
KINDS, COUNTRIES = CATALOG.names("starters"), CATALOG.names("countries")


def test_each_starter_has_a_text_and_a_row():
    assert {file.stem for file in STARTERS.iterdir()} == set(KINDS)
    assert set(KINDS) >= {"colocation-retrofit", "greenfield-training", "inference-fleet", "gigafactory"}
    assert set(KINDS) >= {"portfolio", "behind-the-meter"}


@pytest.mark.parametrize(("kind", "country"), [*product(KINDS, COUNTRIES)])
def test_a_starter_is_valid_and_raises_no_doubt(kind, country):
    scenario = loads(started("mine", kind, country=country))
    assert (scenario.name, scenario.questions) == ("mine", ())
    assert {site.country for site in scenario.sites} == {country}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("chip", "is_liquid"), [("dgx-b300", False), ("gb300-nvl72", True)])
def test_a_starter_cools_what_it_begins_with_as_that_is_made_to_be_cooled(kind, chip, is_liquid):
    scenario = loads(started("mine", kind, chip=chip))
    assert not {q.name for q in scenario.questions} & {"air_cooled_in_liquid", "liquid_cooled_in_air"}
    plants = {site.cooling.preset for site in scenario.sites}
    assert all(("dlc" in plant or "liquid" in plant) == is_liquid for plant in plants)


@pytest.mark.parametrize("kind", KINDS)
def test_a_starter_runs_and_something_goes_into_service(kind):
    scenario = loads(started("mine", kind, mw=24, chip="gb300"))
    projection = capsim.simulate(scenario)
    assert sum(phase.critical_it_mw for _, phase in scenario.phases()) == pytest.approx(24)
    assert {deployment.system for deployment in scenario.deployments().values()} == {"gb300-nvl72"}
    assert projection.headline["accelerators_peak"] > 10_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_starter_begins_with_its_schema_and_question_and_says_what_is_assumed(kind):
    first, second, *rest = started("mine", kind).splitlines()
    assert first == "# yaml-language-server: $schema=scenario.schema.json"
    assert second == f"# {CATALOG.entry('starters', kind).text('title')}"
    assert not re.search(r"\$\w", "\n".join([second, *rest]))
    assert sum("assumed: " in line for line in rest) >= 3
    assert len(rest) < 80


def test_borrowed_durations_are_said():
    assert "# durations of France; none of this country here" in started("mine", country="deu")
    assert "durations of France" not in started("mine", country="fra")


def test_a_portfolio_shares_its_power_between_its_sites():
    scenario = loads(started("mine", "portfolio", mw=30))
    share = CATALOG.entry("starters", "portfolio").number("grid_mw_per_it_mw")
    assert [site.grid_connection[0].grid_mw for site in scenario.sites] == pytest.approx([10 * share] * 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"starter": "gigafactry"}, r"--from: .*did you mean gigafactory\? \(got gigafactry\)"),
        ({"country": "xxx"}, r"--country: is none of the catalogue's countries; there are fra, .*got xxx"),
        ({"mw": -3.0}, r"--mw: must be greater than 0 \(got -3\)"),
        ({"mw": float("nan")}, r"--mw: must be greater than 0 \(got nan\)"),
        ({"chip": "vr200"}, r"--chip: comes in several systems; name one of .*vr200-nvl72 \(got vr200\)"),
        ({"chip": "gb301"}, r"--chip: is no system .*did you mean gb300\? \(got gb301\)"),
    ],
)
def test_what_the_catalogue_lacks_is_refused(options, message):
    with pytest.raises(ScenarioError, match=message):
        started("mine", **options)


def test_texts_name_only_what_is_filled_in():
    for file in STARTERS.iterdir():
        assert "question" in Template(file.read_text("utf-8")).get_identifiers()


@pytest.mark.parametrize(
    ("kind", "mw", "tariff"),
    [
        ("colocation-retrofit", 4, "us-va-dominion-gs3"),
        ("greenfield-training", 60, "us-va-dominion-gs5"),
        # three sites of 13 MW at the meter each
        ("portfolio", 30, "us-va-dominion-gs3"),
    ],
)
def test_a_starter_takes_the_tariff_for_its_power(kind, mw, tariff):
    scenario = loads(started("mine", kind, country="usa", mw=mw))
    assert {site.tariff.preset for site in scenario.sites} == {tariff}
    assert scenario.questions == ()


@pytest.mark.parametrize(
    ("chip", "words"),
    [
        ("pvc-max-1550", "has no 8bit FLOP/s in the catalogue, so it would count as no H100-equivalent"),
        ("rhea1-pair", "has no price in the catalogue .price_usd of systems/rhea1-pair."),
    ],
)
def test_a_chip_that_computes_or_costs_nothing_known_is_refused(chip, words):
    with pytest.raises(ScenarioError, match=f"--chip.*{words}.*write it into the file"):
        started("mine", chip=chip)
