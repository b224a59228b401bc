"""The climate of a place, by its name in any spelling or the nearest to a point.

Tests `scenario.fill.nearest`, `operations.borrowed_data`.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.catalog import load_catalog
from capsim.errors import ScenarioError
from capsim.operations import stand_ins
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[3] / "portfolios.py")))


def loaded(climate, **site):
    return loads(make.scenario(make.standing_site(climate=climate, **site)))


def test_the_nearest_place_is_settled_and_its_distance_told():
    scenario = loaded({"nearest": [48.1, 11.6]})
    (site,) = scenario.sites
    assert (site.climate, site.climate_for) == ("munich", (48.1, 11.6))
    assert scenario.origin("sites.a.climate").source == "nearest place, 31 km off"
    (told,) = stand_ins(scenario, site)
    assert told[:3] == ("climate", "48.1 N, 11.6 E", "munich")
    assert told.distance_km == pytest.approx(31, abs=1)


def test_a_resolved_scenario_loads_to_an_equal_one():
    scenario = loaded({"nearest": [48.1, 11.6]})
    assert loads(scenario.resolved()) == scenario


def test_a_place_without_tables_tells_its_analogue():
    scenario = loaded({"nearest": [52.2, 21.0]})
    assert [told[1:3] for told in stand_ins(scenario, scenario.sites[0])] == [
        ("52.2 N, 21 E", "warsaw"),
        ("warsaw", "munich"),
    ]


def test_a_place_by_name_needs_no_words():
    scenario = loaded("munich")
    assert list(stand_ins(scenario, scenario.sites[0])) == []


@pytest.mark.parametrize(
    "climate",
    [
        {"nearest": [91, 0]},
        {"nearest": [48]},
        {"nearest": "48, 2"},
        {"near": [48, 2]},
        {"nearest": [True, 2]},
    ],
)
def test_what_is_no_point_is_refused_with_what_is_one(climate):
    with pytest.raises(ScenarioError, match=r"sites\.a\.climate: needs a name, or nearest: \[latitude, long"):
        loaded(climate)


def test_recent_years_are_warmer_by_the_record_s_shift_and_a_file_is_not_touched():
    scenario = loaded("munich")
    assert scenario.sites[0].climate_shift_k == 0.82
    assert loaded("munich", climate_shift_k=0.0).sites[0].climate_shift_k == 0.0


@pytest.mark.parametrize(
    ("written", "climate"),
    [
        ("Bordeaux", "bordeaux"),
        ("münchen", "munich"),
        ("MÜNCHEN", "munich"),
        ("Mu\u0308nchen", "munich"),
        ("København", "copenhagen"),
        ("São Paulo", "sao-paulo"),
        ("Luleå", "lulea"),
        ("des moines", "des-moines"),
        ("salt_lake_city", "salt-lake-city"),
        ("Mâcon", "macon"),
    ],
)
def test_a_place_is_found_in_any_spelling(written, climate):
    assert loaded(written).sites[0].climate == climate


def test_a_place_that_is_not_there_is_refused_as_it_was_written():
    with pytest.raises(ScenarioError, match=r"unknown climate; .*\(got Muenster\)"):
        loaded("Muenster")


def test_each_title_and_local_name_is_that_of_its_place():
    names = {
        entry.text(field).upper(): name
        for name, entry in load_catalog().tables["climates"].items()
        for field in ("title", "local_name")
        if field in entry
    }
    sites = [make.standing_site(id=f"s{number}", climate=written) for number, written in enumerate(names)]
    found = [site.climate for site in loads(make.scenario(*sites)).sites]
    assert found == list(names.values())
