"""Entries and the catalogue: what is there is found, what is not is named with a suggestion.

Tests `catalog.records`, `catalog.h100e`.
"""

import dataclasses
import math

import pytest

from capsim.catalog import h100e_ratio, load_catalog
from capsim.errors import CatalogError


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


def test_a_number_and_a_text_are_read_with_their_origin(catalog):
    gb300 = catalog.entry("accelerators", "gb300")
    value = gb300.get("it_w_per_accelerator")
    assert gb300.number("it_w_per_accelerator") == 2216.0
    assert gb300.text("vendor") == "NVIDIA"
    assert (value.unit, value.low, value.high, value.kind) == ("W", 1875.0, 2619.0, "derived")
    file, line = value.origin.split(":")
    assert file == "accelerators.csv"
    assert int(line) > 1


def test_membership_and_get_agree(catalog):
    rhea1 = catalog.entry("accelerators", "rhea1")
    assert "hbm_gb" in rhea1
    assert "tdp_w" not in rhea1
    assert rhea1.get("tdp_w") is None


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda c: c.names("acelerators"),
            "the catalogue has no table acelerators; did you mean accelerators?",
        ),
        (
            lambda c: c.entry("systems", "gb30-nvl72"),
            "systems has no record gb30-nvl72; did you mean gb300-nvl72?",
        ),
        (
            lambda c: c.entry("accelerators", "gb300").number("tpd_w"),
            "accelerators.gb300 has no value tpd_w; did you mean tdp_w?",
        ),
        (
            lambda c: c.entry("accelerators", "gb300").number("vendor"),
            "accelerators.gb300.vendor is text, not a number (got NVIDIA)",
        ),
        (
            lambda c: c.entry("accelerators", "gb300").text("tdp_w"),
            "accelerators.gb300.tdp_w is a number, not text (got 1400)",
        ),
    ],
)
def test_what_is_not_there_is_named(catalog, ask, message):
    with pytest.raises(CatalogError) as raised:
        ask(catalog)
    assert str(raised.value) == message


def test_records_and_tables_are_read_only(catalog):
    entry = catalog.entry("fx", "2025-02")
    with pytest.raises(TypeError):
        entry.values["usd_per_eur"] = None
    with pytest.raises(TypeError):
        catalog.tables["fx"] = {}
    with pytest.raises(dataclasses.FrozenInstanceError):
        entry.get("usd_per_eur").value = 1.0


def test_h100e_of_a_chip_without_figures_is_nan(catalog):
    ratio = h100e_ratio(catalog.entry("accelerators", "rhea1"), "best")
    assert math.isnan(ratio)


def test_h100e_needs_a_known_definition(catalog):
    with pytest.raises(ValueError, match="definition must be one of bf16, 8bit, best"):
        h100e_ratio(catalog.entry("accelerators", "gb300"), "fp8")
