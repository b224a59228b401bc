"""Tests for `capsim.magnitudes`."""

import math
from importlib import import_module
from pkgutil import iter_modules
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import capsim.scenario.options
from capsim.catalog import load_catalog
from capsim.magnitudes import ANY, MAGNITUDES, magnitude_of, plain_number
from capsim.scenario import records
from capsim.scenario.records.quantity import Quantity
from capsim.scenario.records.record import Record

for module in iter_modules(records.__path__):
    import_module(f"{records.__name__}.{module.name}")


def kinds(of=Record):
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def quantities(type_):
    if isinstance(type_, Quantity):
        yield type_
    for part in (*get_args(type_), *getattr(type_, "__metadata__", ())):
        yield from quantities(part)


def of_all_records():
    assert capsim.scenario.options.Options in kinds()
    for kind in kinds():
        for name, info in kind.model_fields.items():
            for quantity in (q for part in (info.annotation, *info.metadata) for q in quantities(part)):
                yield f"{kind.__name__}.{name}", quantity


def test_every_quantity_of_every_record_has_ends():
    found = dict(of_all_records())
    assert len(found) > 150
    assert [name for name, quantity in found.items() if quantity.unit not in MAGNITUDES] == []
    assert all(math.isfinite(end) for quantity in found.values() for end in quantity.ends())


def test_every_number_of_a_record_is_a_quantity_or_has_bounds_of_its_own():
    """A float without a unit has no edge; a mapping or an axis of paths is held by what its paths name."""
    by_path = {"Axis.values", "Option.set"}
    bare = [
        f"{kind.__name__}.{name}"
        for kind in kinds()
        for name, info in kind.model_fields.items()
        if float in parts(info.annotation)
        and not any(True for part in (info.annotation, *info.metadata) for _ in quantities(part))
        and not {type(note).__name__ for note in notes(info)} >= {"Ge", "Le"}
    ]
    assert sorted(set(bare) - by_path) == []


def parts(type_):
    yield type_
    for part in get_args(type_):
        yield from parts(part)


def notes(info):
    found = [*info.metadata, *parts(info.annotation)]
    return [note for part in found for note in (part, *getattr(part, "metadata", ()))]


def test_the_shipped_catalogue_lies_well_inside():
    """Bounds are generous: no shipped number comes within a factor of two of an end."""
    for table in load_catalog().tables.values():
        for entry in table.values():
            for key, value in entry.values.items():
                if isinstance(value.value, float):
                    assert magnitude_of(value.unit).fault(2.0 * value.value) == "", (entry.name, key)


@given(st.floats(allow_nan=False), st.sampled_from(sorted(MAGNITUDES)))
def test_what_has_no_fault_is_within_the_ends(value, unit):
    size = magnitude_of(unit)
    is_within = value == 0.0 or size.least <= abs(value) <= size.largest
    assert (size.fault(value) == "") == is_within


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (10**400, "at most 1e+07 MW"),
        (-(10**400), "at least -1e+07 MW"),
        (1e-300, "0 or at least 1e-06 MW"),
        (-1e-300, "0 or at most -1e-06 MW"),
        (math.nan, "must be a number"),
    ],
)
def test_a_fault_says_what_is_allowed(value, words):
    assert words in magnitude_of("MW").fault(value)


def test_money_has_its_ends_in_any_currency():
    assert magnitude_of("IDR/MWh") is magnitude_of("currency/MWh")
    assert magnitude_of("EUR") is ANY


@pytest.mark.parametrize("text", ["1_000", "１", "inf", "nan", "1e999", "0x10", "", "1 000", "1,000", "--1"])
def test_only_numbers_as_people_write_them(text):
    with pytest.raises(ValueError, match="is no number"):
        plain_number(text)


@pytest.mark.parametrize(("text", "number"), [("-5", -5.0), (".5", 0.5), ("5.", 5.0), ("+1E-3", 0.001)])
def test_numbers_as_people_write_them(text, number):
    assert plain_number(text) == number
