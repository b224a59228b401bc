"""Weather of another place is told in one sentence, with what the place was chosen for.

Tests `projection.findings.surroundings_findings`.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.pipeline import simulate
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[3] / "portfolios.py")))


def told(*climates):
    sites = [
        make.standing_site(id=f"s{number}", climate=climate, country=country)
        for number, (climate, country) in enumerate(climates)
    ]
    projection = simulate(loads(make.scenario(*sites, horizon_years=1)))
    return [each for each in projection.findings if each.kind == "borrowed_climate"]


@pytest.mark.parametrize(
    ("climate", "country", "says", "distance_km"),
    [
        (
            {"nearest": [43.3, 5.4]},
            "fra",
            "weather of s0 is that of istanbul, which stands in for marseille (the nearest place to 43.3 N, "
            "5.4 E, 21 km off, without tables of its own), 1,956 km from it, chosen for like degree-days and "
            "design temperature and not for its nearness; weather_file takes your own",
            1956,
        ),
        (
            "marseille",
            "fra",
            "weather of s0 is that of istanbul, which stands in for marseille (without tables of its own), "
            "1,956 km from it, chosen for like degree-days and design temperature and not for its nearness; "
            "weather_file takes your own",
            1956,
        ),
        (
            {"nearest": [48.1, 11.6]},
            "deu",
            "weather of s0 is that of munich, the nearest place of the catalogue, 31 km from 48.1 N, 11.6 E; "
            "weather_file takes your own",
            31,
        ),
        # its record names what its data set takes, though another place is nearer in heat
        (
            "kuala-lumpur",
            "mys",
            "weather of s0 is that of johor, which stands in for kuala-lumpur (without tables of its own), "
            "288 km from it; weather_file takes your own",
            288,
        ),
    ],
)
def test_weather_of_another_place_is_one_sentence(climate, country, says, distance_km):
    (said,) = told((climate, country))
    assert said.text == says
    assert said.site == "s0"
    assert said.numbers["distance_km"] == pytest.approx(distance_km, abs=1)


def test_sites_with_the_same_weather_share_a_sentence():
    (said,) = told(("marseille", "fra"), ("marseille", "fra"), ("paris", "fra"))
    assert said.text.startswith("weather of s0, s1 is that of istanbul")
