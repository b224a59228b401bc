"""Every figure of money, power and duration has a range, or its class says why it is exact.

Tests `catalog.range_classes`.
"""

import re

import pytest

from capsim.catalog import load_catalog
from capsim.catalog.loader import shipped_rows
from capsim.catalog.range_classes import TABLE, range_classes
from capsim.catalog.reading import COLUMNS

MONEY = re.compile(r"M?(USD|EUR|GBP|currency)\b")
POWER = re.compile(r"(k|M|G)?W\Z")
DURATION = re.compile(r"(d|day|week|month|y|h|min|year)s?\Z|h/y\Z")


def needs_a_range(value):
    if isinstance(value.value, str) or value.unit == "year":
        return False
    return any(pattern.match(value.unit) for pattern in (MONEY, POWER, DURATION))


def test_every_figure_of_money_power_and_duration_has_a_range_or_is_exact():
    classes = list(range_classes(shipped_rows(TABLE)))
    without = []
    for table, entries in load_catalog().tables.items():
        for entry in entries.values():
            for field, value in entry.values.items():
                place = f"{table}/{entry.name}.{field}"
                ranged = value.low is not None and value.high is not None
                exact = any(one.factor is None and one.holds(place) for one in classes)
                if needs_a_range(value) and not (ranged or exact):
                    without.append(f"{place} [{value.unit}]")
    assert without == []


def test_every_class_has_a_factor_or_a_reason_and_a_value():
    catalog = load_catalog()
    places = [
        f"{table}/{entry.name}.{field}"
        for table, entries in catalog.tables.items()
        for entry in entries.values()
        for field in entry.values
    ]
    for one in range_classes(shipped_rows(TABLE)):
        entry = catalog.entry(TABLE, one.name)
        assert ("factor" in entry) != ("exact" in entry)
        assert any(one.holds(place) for place in places), one.name


def test_a_price_without_a_range_has_that_of_its_class():
    amount = load_catalog().entry("cost_items", "facility-london").get("amount")
    assert (amount.low, amount.high) == pytest.approx((0.8 * 12e6, 1.25 * 12e6))
    assert amount.source.endswith("; range assumed: range_classes/facility-cost")


def test_an_end_that_is_given_stays():
    power = load_catalog().entry("accelerators", "mi355x").get("it_w_per_accelerator")
    assert (power.low, power.high) == (pytest.approx(0.9 * 2130), 2650)


def test_a_number_of_ones_own_file_stays_as_it_is(tmp_path):
    path = tmp_path / "mine.csv"
    row = "dgx-b300,price_usd,600000,USD,,,published,quotation,2026-11,A,"
    path.write_text("\n".join([",".join(COLUMNS), row]), encoding="utf-8")
    price = load_catalog({"systems": path}).entry("systems", "dgx-b300").get("price_usd")
    assert (price.value, price.low, price.high) == (600_000, None, None)
