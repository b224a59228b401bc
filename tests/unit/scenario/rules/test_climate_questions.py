"""Tests `scenario.rules.climate_questions`, and what is said of a climate or country that is not there."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.errors import ScenarioError
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[3] / "portfolios.py")))
PLACE, ANALOGUE = "climate_of_another_place", "climate_of_a_far_analogue"


def asked(climate, country="fra"):
    scenario = loads(make.scenario(make.standing_site(climate=climate, country=country)))
    return [(q.name, q.rule) for q in scenario.questions if q.name in (PLACE, ANALOGUE)]


@pytest.mark.parametrize(
    ("climate", "says"),
    [
        (
            {"nearest": [2.35, 48.85]},
            "nairobi, 1,387 km from the point, stands in and is of another country; latitude comes first: "
            "[48.85, 2.35] is 26 km from paris in France",
        ),
        (
            {"nearest": [0, -150]},
            "los-angeles, 5,009 km from the point, stands in and is of another country; the name",
        ),
        (
            # a wrong point that has a place near it
            {"nearest": [52.5, 21.0]},
            "warsaw, 37 km from the point, stands in and is of another country, and the point is 1,123 km "
            "from nancy, the nearest in France; the name",
        ),
        (
            "São Paulo",
            "sao-paulo is of another country, 8,895 km from bordeaux, the nearest in France; the name of",
        ),
    ],
)
def test_weather_of_another_place_is_questioned_with_what_was_taken(climate, says):
    ((name, rule),) = asked(climate)
    assert name == PLACE
    assert rule.startswith(says)


def test_a_far_point_of_the_site_s_own_country_is_questioned():
    ((name, rule),) = asked({"nearest": [47.5, -109.0]}, "usa")
    assert name == PLACE
    assert "km from the point, stands in; the name of a nearer place or weather_file" in rule


@pytest.mark.parametrize(
    ("climate", "country"),
    [
        ("paris", "fra"),
        ({"nearest": [48.85, 2.35]}, "fra"),
        # the nearest place may be a neighbour's, and a country without places has none else
        ({"nearest": [49.6, 6.1]}, "lux"),
        ({"nearest": [47.5, 7.6]}, "fra"),
        ({"nearest": [41.7, 1.9]}, "fra"),
        ("nancy", "lux"),
        ("zurich", "deu"),
        ("warsaw", "pol"),
    ],
)
def test_weather_of_the_place_is_not_questioned(climate, country):
    assert asked(climate, country) == []


@pytest.mark.parametrize(("climate", "country"), [("lulea", "swe"), ("reykjavik", "isl")])
def test_an_analogue_far_in_its_climate_is_questioned(climate, country):
    ((name, rule),) = asked(climate, country)
    assert name == ANALOGUE
    assert "degree-days and design temperature" in rule


def test_lulea_is_told_what_stands_in_and_how_far_it_is():
    assert (
        "helsinki, the likest that has, is far from it in degree-days and design temperature: 2.4,"
        in (asked("lulea", "swe")[0][1])
    )


@pytest.mark.parametrize(
    ("climate", "country", "near", "never"),
    [
        ("parijs", "fra", "did you mean paris?", "warsaw"),
        ("toulouse", "fra", "in fra: paris, nancy", "oslo"),
        ("Frankfurt am Main", "deu", "did you mean frankfurt?", "oslo"),
        ("san-antonio", "usa", "such as san-", "oslo"),
    ],
)
def test_an_unknown_place_is_offered_those_of_its_country_and_what_is_spelt_alike(
    climate, country, near, never
):
    with pytest.raises(ScenarioError) as refused:
        asked(climate, country)
    assert near in str(refused.value)
    assert never not in str(refused.value)


@pytest.mark.parametrize(
    ("country", "says"),
    [
        ("idn", "of this country; carbon.intensity_gco2e_per_kwh gives its own (got idn)"),
        ("frq", "of this country; did you mean fra? (got frq)"),
    ],
)
def test_a_country_that_is_there_is_not_taken_for_one_spelt_like_it(country, says):
    with pytest.raises(ScenarioError) as refused:
        asked("jakarta", country)
    assert says in str(refused.value)
