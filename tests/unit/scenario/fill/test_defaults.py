"""Defaults and presets: laid beneath what the scenario says, never over it.

Tests `scenario.fill.defaults`, `scenario.fill.presets`.
"""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from capsim.catalog import Entry, Value, load_catalog
from capsim.language.tree import Faults, Place, from_python, plain
from capsim.scenario.fill.defaults import fill
from capsim.scenario.fill.presets import SIGMA as SUFFIX
from capsim.scenario.fill.presets import stage_values, value_node
from capsim.scenario.loading import load

GOOD = Path(__file__).parents[1] / "good.yaml"
PLACE = Place("x.yaml", 3, "file")


def entry_of(value, **more) -> Entry:
    return Entry("systems", "mine", {"it": value} | more)


def value_of(value, unit="week", low=None, high=None, confidence="A") -> Value:
    return Value(value, unit, low, high, "published", "a source", "2026-11", confidence, "", "own.csv:7")


def test_a_value_with_a_range_has_its_typical_value_as_the_median():
    node = value_node(entry_of(value_of(10, unit="USD", low=8, high=20)), "it")
    assert plain(node) == {"dist": "double_triangular", "low": 8, "median": 10, "high": 20}


def test_a_typical_value_at_an_end_of_its_range_is_the_median():
    node = value_node(entry_of(value_of(10, unit="USD", low=8, high=10)), "it")
    assert plain(node) == {"dist": "double_triangular", "low": 8, "median": 10, "high": 10}


def test_a_lead_time_with_a_range_is_triangular_about_its_likeliest():
    node = value_node(entry_of(value_of(10, low=8, high=20)), "it")
    assert plain(node) == {"dist": "triangular", "low": 8, "mode": 10, "high": 20}
    assert (node.place.file, node.place.line, node.place.layer) == ("own.csv", 7, "catalog")
    assert (node.note.source, node.note.confidence, node.note.kind) == ("a source", "high", "published")
    assert node.note.catalog == "systems/mine"


SIGMA = Value(0.5, "1", None, None, "derived", "some plants", "2026-11", "C", "", "own.csv:8")


def test_a_value_with_the_deviation_of_its_logarithm_is_lognormal_about_it():
    entry = entry_of(value_of(10, unit="1", low=5.3, high=19), it_sigma=SIGMA)
    assert plain(value_node(entry, "it", 2.0)) == {"dist": "lognormal", "median": 20, "sigma": 0.5}
    lone = Entry("lead_times", "mine", {"value": value_of(1.0, unit="1"), "sigma": SIGMA})
    assert plain(value_node(lone, "value")) == {"dist": "lognormal", "median": 1, "sigma": 0.5}


def test_a_range_of_ones_own_file_is_not_that_of_the_class():
    """A user's row without a range spreads as its class does; none of a thing is none of it."""
    of_class = replace(SIGMA, origin="cooling.csv:8")
    own = entry_of(value_of(3, unit="1", low=2, high=5), it_sigma=of_class)
    assert plain(value_node(own, "it")) == {"dist": "double_triangular", "low": 2, "median": 3, "high": 5}
    assert plain(value_node(entry_of(value_of(3, unit="1"), it_sigma=of_class), "it"))["sigma"] == 0.5
    assert plain(value_node(entry_of(value_of(0.0, unit="1"), it_sigma=of_class), "it")) == 0


def test_every_lognormal_of_the_catalogue_has_its_p10_and_p90_as_ends():
    found = []
    for entries in load_catalog().tables.values():
        for entry in entries.values():
            for field in [name.removesuffix(SUFFIX) for name in entry.values if name.endswith(SUFFIX)]:
                value, sigma = entry.get(field), entry.number(f"{field}{SUFFIX}")
                # a deviation that is a field of a scenario, of no value beside it
                if value is None:
                    continue
                away = math.exp(1.2816 * sigma)
                assert value.low == pytest.approx(value.value / away, rel=0.05), (entry.name, field)
                assert value.high == pytest.approx(value.value * away, rel=0.05), (entry.name, field)
                found.append(entry.table)
    assert set(found) == {"assumptions", "buildout_presets", "cooling"}


@pytest.mark.parametrize(("low", "high"), [(None, 20), (8, None), (None, None), (10, 10)])
def test_a_value_without_a_range_is_a_number(low, high):
    assert plain(value_node(entry_of(value_of(10, low=low, high=high)), "it")) == 10


def test_text_and_whole_numbers():
    assert plain(value_node(entry_of(value_of("EUR", unit="text")), "it")) == "EUR"
    year = plain(value_node(entry_of(value_of(2025.0, unit="year", low=2024, high=2026)), "it", whole=True))
    assert (year, type(year)) == (2025, int)


def test_durations_are_carried_into_the_unit_of_the_field():
    catalog = load_catalog()
    weeks = Entry("buildout_presets", "mine", {"grid_months": value_of(52.0, low=26.0, high=104.0)})
    presets = {**catalog.tables["buildout_presets"], "mine": weeks}
    own = type(catalog)({**catalog.tables, "buildout_presets": presets}, (), "")
    root = from_python({"sites": [{"id": "a", "grid_connection": [{"id": "g", "preset": "mine"}]}]}, PLACE)
    fill(root, own, Faults())
    step = plain(root)["sites"][0]["grid_connection"][0]
    assert step["lead_time_months"]["mode"] == pytest.approx(52 * 7 / (365.25 / 12))


def test_what_an_unknown_name_leaves_missing_is_reported_once():
    root = from_python({"sites": [{"id": "a", "country": "xyz", "tariff": {"preset": "none"}}]}, PLACE)
    faults = Faults()
    unresolved = fill(root, load_catalog(), faults)
    assert ("sites", "a", "tariff", "level_per_mwh") in unresolved
    assert ("sites", "a", "carbon", "intensity_gco2e_per_kwh") in unresolved
    assert faults.found == []


def test_a_key_of_the_record_itself_is_not_taken_from_around():
    scenario = load(GOOD, sets=["sites.paris.phases.p1.deployments.d1.refresh.system=null"])
    refresh = scenario.sites[0].phases[0].deployments[0].refresh
    assert refresh.system is None
    assert refresh.lead_time_weeks is None


def test_stages_leave_out_the_whole_lead_time_of_a_grid_connection():
    catalog = load_catalog()
    hall = catalog.entry("buildout_presets", "fr-greenfield-hall")
    assert list(stage_values(hall)) == ["permit", "construction", "commissioning"]
    assert list(stage_values(catalog.entry("buildout_presets", "fr-grid-standard"))) == [
        "queue",
        "study",
        "works",
    ]


def test_records_of_defaults_are_made_and_optional_ones_are_not():
    root = from_python({"sites": [{"id": "a"}]}, PLACE)
    fill(root, load_catalog(), Faults())
    made = plain(root)
    assert made["finance"]["life_it_years"]["median"] == 5
    assert made["demand"]["growth_per_y"] == 0
    assert set(made["sites"][0]) >= {"carbon", "electrical"}
    assert not set(made["sites"][0]) & {"workload", "tariff", "cooling"}
    assert root.get("crews").place.line == 3


@pytest.mark.parametrize(("country", "median"), [("are", 0.71), ("aut", 2.0)])
def test_a_default_with_two_places_is_read_from_the_first_that_has_it(country, median):
    """Water at source is the country's, or else that of no country in particular."""
    root = from_python({"sites": [{"id": "a", "country": country, "footprint": {}}]}, PLACE)
    fill(root, load_catalog(), Faults())
    assert plain(root)["sites"][0]["footprint"]["source_water_l_per_kwh"]["median"] == median
