"""Texts that tell what is marked are found however it is written; years and small numbers tell nothing."""

import pytest

from capsim.projection.telling_words import TellingWords, names_of_site

WORDS = TellingWords(
    ["borlange", "Borlange, Sweden", "eu-chips", "p2"], [100_000.0, 4.0e9, 2025.0, 0.247148, 23.0, 200.0]
)


@pytest.mark.parametrize(
    "text",
    [
        "BORLANGE 1.2 bn EUR",
        "in Borlänge by 2027",
        "targets.eu-chips.budget",
        "by the EU chips act",
        "about 100,000 advanced chips each",
        "100 k of them",
        "a budget of 4.0 bn EUR",
        "24.7 % of the price",
        "0.247 of it",
    ],
)
def test_what_tells(text):
    assert WORDS.are_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "ECB, 2025-06-30: 0.8525",
        "prices of 2025",
        "borlangen",
        "phase p2",
        "200 MW in 2027",
        "23 kg",
        "about 100 of them",
        "4 to 5 m",
        "25 % of it",
        "chips of the EU",
    ],
)
def test_what_tells_nothing(text):
    assert not WORDS.are_in(text)


def test_a_country_tells_a_site_only_where_it_is_the_only_one_there():
    about = {"title": "Les Ulis, France", "country": "fra"}
    assert names_of_site(about, ["fra"]) == {"Les Ulis, France", "Les Ulis", "Les"}
    assert names_of_site(about, ["swe"]) > {"France", "fra"}
