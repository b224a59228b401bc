"""Tests `scenario.rules.tariff_questions`."""

from __future__ import annotations

import pytest

from capsim.scenario import loads, override

PLAN = """\
schema: 1
name: one-hall
start: 2026-01-01
horizon_years: 2
workload: {preset: large-training}
sites:
  - id: s
    country: usa
    climate: ashburn
    tariff: {preset: us-va-dominion-gs5}
    cooling: {preset: air-cooled-chiller}
    grid_connection:
      - {id: g, grid_mw: 40, energised_on: 2026-01-01}
    phases:
      - id: p
        critical_it_mw: 25
        energization: g
        ready_for_service_on: 2026-01-01
        deployments:
          - {id: d, system: dgx-h100, systems: 2200, in_service_on: 2026-01-01}
"""
SMALL = {
    "sites.s.grid_connection.g.grid_mw": 2,
    "sites.s.phases.p.critical_it_mw": 1.4,
    "sites.s.phases.p.deployments.d.systems": 120,
}
TOKYO = {"sites.s.country": "jpn", "sites.s.climate": "tokyo"}
FRENCH = {"sites.s.tariff.preset": "fr-datacenter"}
OWN = {
    "sites.s.tariff.level_per_mwh": 80,
    "sites.s.tariff.excise_per_mwh": 2,
    "sites.s.tariff.network_per_mwh": 12,
    "sites.s.tariff.trend_per_y": 0,
    "sites.s.tariff.spread": "none",
}
SIZE, PLACE = "tariff_of_another_size", "tariff_of_another_place"


def asked(changes):
    scenario = override(loads(PLAN), changes) if changes else loads(PLAN)
    return [(q.name, q.path, q.rule) for q in scenario.questions if q.name in (SIZE, PLACE)]


def test_a_tariff_of_the_place_and_size_is_not_questioned():
    assert asked({}) == []


@pytest.mark.parametrize(
    ("changes", "name", "says"),
    [
        (
            SMALL,
            SIZE,
            "is for loads of 25 MW or more and the site is to have 2 MW; for the site there is us-va-",
        ),
        (
            {"sites.s.tariff.preset": "us-va-dominion-gs3"},
            SIZE,
            "is for loads of 25 MW or less and the site is to have 40 MW; for the site there is us-va-",
        ),
        (
            {"sites.s.climate": "dallas"},
            PLACE,
            "km outside of; these of its parts are not the site's: level_per_mwh, network_per_mwh, "
            "demand_per_mw_month, generation_demand_per_mw_month, hours of the price; the level taken is "
            "36.18 USD/MWh of usa-pjm-dominion (PJM zone DOM, mean of the real-time hours of 2024 "
            "(price_years.csv)); tariff.zone takes hours of the country's: usa-caiso-np15, usa-caiso-sp15, "
            "usa-ercot and 6 more; the catalogue has no",
        ),
        (
            TOKYO | FRENCH,
            PLACE,
            "is of France and the site in Japan; these of its parts are not the site's: level_per_mwh, "
            "excise_per_mwh, network_per_mwh, trend_per_y, hours of the price; the level taken is 61.07 "
            "EUR/MWh of fra (mean of all hours of 2025, as price_years.csv has it: Nord Pool (FR day-ahead))"
            "; tariff.zone takes hours of the country's: jpn-tokyo; the catalogue has no",
        ),
        (
            {"sites.s.country": "fra", "sites.s.climate": "paris"},
            PLACE,
            "is of United States and the site in France; these",
        ),
    ],
)
def test_a_tariff_outside_its_terms_is_questioned_with_what_is_missing(changes, name, says):
    (question,) = asked(changes)
    assert question[:2] == (name, "sites.s.tariff.preset")
    assert says in question[2]


def test_what_is_written_for_the_place_is_not_missing():
    assert asked(TOKYO | FRENCH | OWN) == []
    assert (
        "parts are not the site's: network_per_mwh;"
        in asked(TOKYO | FRENCH | {k: v for k, v in OWN.items() if "network" not in k})[0][2]
    )


@pytest.mark.parametrize(
    ("level", "is_asked"),
    [
        (0, True),
        (0.5, False),
        ({"dist": "uniform", "low": 0, "high": 20}, False),
        ([{"on": "2026", "value": 0}], False),
    ],
)
def test_a_level_of_nothing_is_questioned(level, is_asked):
    scenario = override(loads(PLAN), {"sites.s.tariff.level_per_mwh": level})
    said = [q.rule for q in scenario.questions if q.name == "energy_for_nothing"]
    rule = "is the mean wholesale price, and makes energy free; a price paid elsewhere is a contract's"
    assert [each.startswith(rule) for each in said] == [True] * is_asked


def zone_questions(changes):
    scenario = override(loads(PLAN), changes)
    return [(q.path, q.rule) for q in scenario.questions if q.name == "level_of_another_zone"]


def test_hours_of_another_zone_about_a_level_of_the_preset_are_questioned():
    texas = {"sites.s.tariff.zone": "usa-ercot"}
    assert zone_questions(texas) == [
        (
            "sites.s.tariff.zone",
            "moves a level that is of usa-pjm-dominion, as network and excise are; the level taken is 36.18 "
            "USD/MWh of usa-pjm-dominion (PJM zone DOM, mean of the real-time hours of 2024 "
            "(price_years.csv)): give level_per_mwh; "
            "2024 had 28.09 USD/MWh there",
        )
    ]
    assert zone_questions({**texas, "sites.s.tariff.level_per_mwh": 28.09}) == []
    assert zone_questions({"sites.s.tariff.zone": "usa-pjm-dominion"}) == []


def test_hours_of_a_zone_that_is_named_are_not_the_preset_s():
    there = {"sites.s.climate": "dallas", "sites.s.tariff.zone": "usa-ercot"}
    ((_, _, rule),) = asked(there)
    assert "level_per_mwh" in rule
    assert "hours of the price" not in rule
