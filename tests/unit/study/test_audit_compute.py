"""Claims of any power and any number are read, whatever the catalogue knows of chips and systems.

Tests `study.audit_compute`.
"""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from capsim.catalog import load_catalog
from capsim.scenario import Claim
from capsim.study import audit

CATALOG = load_catalog()
VERDICTS = {"consistent", "only if", "inconsistent", "not decidable"}
POWERS_MW = (1.0, 2.8, 20.0, 100.0, 200.0, 1000.0)
COUNTS = (100.0, 1000.0, 4992.0, 25_000.0, 100_000.0, 288_000.0)
UNLABELLED = [
    name for name in CATALOG.names("systems") if "nameplate_kw" not in CATALOG.entry("systems", name)
]


def audited(**stated):
    source = {"publisher": "p", "published": date(2025, 6, 1)}
    return audit(Claim.model_validate({"claim": "c", "statement": "s", "source": source} | stated), CATALOG)


@pytest.mark.parametrize("basis", [None, "grid", "facility", "it", "rack"])
def test_claims_of_any_power_and_compute_are_read(basis):
    for mw, h100e in product(POWERS_MW, COUNTS):
        read = audited(mw=mw, h100e=h100e, mw_basis=basis)
        assert {one.verdict for one in read.readings} <= VERDICTS
        assert read.decided_by is not None


@pytest.mark.parametrize("chip", CATALOG.names("accelerators"))
def test_claims_that_name_any_chip_are_read(chip):
    for mw, count in product(POWERS_MW, COUNTS):
        read = audited(mw=mw, h100e=count, accelerators=count, accelerator=chip)
        assert {one.verdict for one in read.readings} <= VERDICTS
        assert read.findings


def test_only_a_system_with_a_nameplate_is_decoded_and_within_it():
    """Round racks at any round power: what is found lies in the range that the catalogue states."""
    decoded = [
        one.reading
        for racks, chips, kw in product((10, 100), (4, 72), range(5, 605, 5))
        for one in audited(mw=racks * kw / 1000, h100e=racks * chips).of("exact decoding")
    ]
    assert "gb200-nvl72 racks of 125 kW" in decoded
    for reading in decoded:
        name, kw = reading.removesuffix(" kW").split(" racks of ")
        label = CATALOG.entry("systems", name).values["nameplate_kw"]
        central = CATALOG.entry("systems", name).number("nameplate_kw")
        low, high = (central if end is None else end for end in (label.low, label.high))
        assert low <= float(kw) <= high


@pytest.mark.parametrize("name", UNLABELLED)
def test_a_system_without_a_nameplate_is_no_decoding(name):
    """A hundred of it, at a round power each: read, and not said to be racks of that power."""
    system = CATALOG.entry("systems", name)
    if "accelerator" not in system:
        pytest.skip("no accelerators, no H100e")
    count = system.number("accelerator_count")
    for ratio, kw in product((0.5, 1.0, 2.5, 5.0), (5.0, 20.0, 140.0)):
        read = audited(mw=100 * kw / 1000, h100e=100 * count * ratio)
        assert not any(one.reading.startswith(f"{name} ") for one in read.of("exact decoding"))
