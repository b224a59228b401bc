"""Every argument of every plant has bounds, and every preset lies inside them with its whole range."""

import pytest

from capsim.catalog import load_catalog
from capsim.models.cooling import COOLING
from capsim.models.cooling_bounds import BOUNDS, ORDERED

CATALOG = load_catalog()


def test_every_argument_has_bounds_and_no_other():
    arguments = {name for model in COOLING.names for name in COOLING.parameters(model)} - {"rated_heat_mw"}
    assert set(BOUNDS) == arguments
    assert all(low < high for low, high in BOUNDS.values())


@pytest.mark.parametrize("preset", CATALOG.names("cooling"))
def test_presets_are_inside(preset):
    entry = CATALOG.entry("cooling", preset)
    for name in set(entry.values) & set(BOUNDS):
        low, high = BOUNDS[name]
        value = entry.values[name]
        for number in (value.value, value.low, value.high):
            assert number is None or low <= number <= high, name
    for lower, upper in ORDERED:
        if lower in entry.values:
            assert entry.number(lower) <= entry.number(upper)
