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


def test_as_many_are_told_as_two_lines_hold_and_the_others_are_counted(scenario):
    sets = ["finance.wacc_real=0.08", POWER, "sites.aion.tariff.level_per_mwh=70", "horizon_years=9"]
    told = (
        "Cost of capital, real = 8 %/y; Critical IT power, aion.p1 = 1,234.5 MW; "
        "Wholesale price of electricity, aion = 70 EUR2025/MWh; Horizon, y = 9"
    )
    assert name_of_values_set(scenario, sets) == told
    more = [*sets, POWER, "currency.price_year=2025"]
    assert name_of_values_set(scenario, more) == f"{told} and 2 values more"


def test_a_value_too_long_for_a_name_is_told_all_the_same(scenario):
    long = f"costs.preset={'x' * 170}"
    assert name_of_values_set(scenario, [long]) == f"Preset of costs = {'x' * 170}"
    assert name_of_values_set(scenario, [long, POWER]).endswith("x and 1 value more")
