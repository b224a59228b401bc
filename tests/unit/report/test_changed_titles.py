"""A variant that has values set is called by what it sets: titles, values and units."""

from __future__ import annotations

from pathlib import Path

import pytest

from capsim.report.changed_titles import name_of_values_set
from capsim.scenario import load

AION = Path(__file__).parents[3] / "scenarios" / "aion-288k-h100e.yaml"
POWER = "sites.aion.phases.p1.critical_it_mw=1234.5"


@pytest.fixture(scope="module")
def scenario():
    return load(AION)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("sites.aion.tariff.level_per_mwh=70", "Wholesale price of electricity, aion = 70 EUR2025/MWh"),
        ("finance.wacc_real = 0.08", "Cost of capital, real = 8 %/y"),
        ("sites.aion.phases.p1.starts_on=2027-03-01", "Start, aion.p1 = 2027-03-01"),
        (POWER, "Critical IT power, aion.p1 = 1,234.5 MW"),
        ("currency.price_year=2025", "Price year = 2025"),
        ("costs.preset=fr-greenfield-ai", "Preset of costs = fr-greenfield-ai"),
    ],
)
def test_a_value_is_told_by_its_title_in_the_unit_that_is_shown(scenario, setting, said):
    assert name_of_values_set(scenario, [setting]) == said


def test_of_more_than_two_the_others_are_counted(scenario):
    sets = ["finance.wacc_real=0.08", POWER, "horizon_years=9", "h100e=bf16"]
    said = name_of_values_set(scenario, sets)
    assert said == "Cost of capital, real = 8 %/y; Critical IT power, aion.p1 = 1,234.5 MW and 2 values more"
