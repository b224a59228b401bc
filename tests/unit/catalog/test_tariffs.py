"""Tests `catalog.tariffs`."""

from __future__ import annotations

import math

import pytest

from capsim.catalog import km_outside, load_catalog, loads_of, tariff_country, tariffs_of

CATALOG = load_catalog()
GS5, FRENCH = (CATALOG.entry("tariffs", name) for name in ("us-va-dominion-gs5", "fr-datacenter"))


def test_every_shipped_tariff_has_a_country_and_starts_in_its_zone():
    for entry in CATALOG.tables["tariffs"].values():
        assert entry.text("zone").startswith(tariff_country(entry))


def test_a_tariff_without_sizes_is_for_all_loads():
    assert loads_of(GS5) == (25.0, math.inf)
    assert loads_of(FRENCH) == (0.0, math.inf)


@pytest.mark.parametrize(
    ("mw", "names"),
    [
        (2.0, ["us-va-dominion-gs3"]),
        (40.0, ["us-va-dominion-gs5", "us-oh-aep-dct"]),
        (None, ["us-va-dominion-gs5", "us-va-dominion-gs3", "us-oh-aep-dct"]),
    ],
)
def test_tariffs_of_a_country_are_those_for_the_load(mw, names):
    assert tariffs_of(CATALOG, "usa", mw) == names
    assert tariffs_of(CATALOG, "jpn", mw) == []


def test_how_far_a_place_lies_outside_of_a_territory():
    assert km_outside(CATALOG, GS5, "ashburn") == 0.0
    assert 1500.0 < km_outside(CATALOG, GS5, "dallas") < 1800.0
    # a country's tariff has no territory of its own, and a place of one's own no position
    assert km_outside(CATALOG, FRENCH, "tokyo") == 0.0
    assert km_outside(CATALOG, GS5, "nowhere-known") == 0.0
