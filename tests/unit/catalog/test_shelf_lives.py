"""Every value says when it was looked up and for how long that is good; what is past it is listed."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime

import pytest

from capsim.catalog import load_catalog
from capsim.catalog.records import Value
from capsim.catalog.shelf_lives import MONTH, Life, all_rows, life_of, lives, past_since, stale

CATALOG = load_catalog()
KINDS = lives(CATALOG)
ROWS = dict(all_rows(CATALOG))


def value(retrieved, unit="USD", number=1.0, source="assumed: a test"):
    return Value(number, unit, None, None, "published", source, retrieved, "", "", "x.csv:2")


def test_every_shipped_value_says_when_it_was_looked_up():
    # kinds of functions are read off the code, and not looked up
    from_files = {place: row for place, row in ROWS.items() if not place.startswith("stage_kinds/")}
    assert [place for place, row in from_files.items() if not MONTH.fullmatch(row.retrieved)] == []


def test_every_shipped_value_is_of_a_kind():
    assert [place for place in ROWS if life_of(place, KINDS) is None] == []


@pytest.mark.parametrize(
    ("place", "months"),
    [
        ("systems/gb300-nvl72.price_usd", 6),
        ("systems/rubin-ultra-kyber.launched_on", 6),
        ("tariffs/fr-datacenter.excise_per_mwh", 12),
        ("cost_items/facility-fr.amount", 12),
        ("accelerators/gb300.fp8_dense_tflops", None),
        ("cooling/dlc-dry-cooler.approach_k", None),
        ("climates/paris.dry_bulb_mean_c", None),
    ],
)
def test_prices_age_faster_than_tariffs_and_physics_not_at_all(place, months):
    assert life_of(place, KINDS).months == months


@pytest.mark.parametrize(
    ("retrieved", "months", "since"),
    [
        ("2026-11", 6, date(2027, 6, 1)),
        ("2026-11-30", 6, date(2027, 6, 1)),
        ("2026-12", 12, date(2028, 1, 1)),
        ("2026-11", None, None),
        ("", 6, None),
        ("2026-13", 6, None),
        ("lately", 6, None),
    ],
)
def test_a_shelf_life_counts_from_the_end_of_the_month(retrieved, months, since):
    assert past_since(value(retrieved), Life("x", (), months)) == since


def test_what_is_past_its_shelf_life_is_listed_from_its_day_on():
    before, after = (
        {row.place for row in stale(CATALOG, day)} for day in (date(2027, 5, 31), date(2027, 6, 1))
    )
    assert "systems/gb300-nvl72.price_usd" not in before
    assert "systems/gb300-nvl72.price_usd" in after
    assert not any(place.startswith(("cooling/", "climates/", "accelerators/gb300.fp8")) for place in after)
    assert "tariffs/fr-datacenter.level_per_mwh" not in after


def test_names_years_and_what_has_happened_do_not_age():
    rows = {
        "systems/x.line": value("2026-11", "text", "nvidia"),
        "tariffs/x.price_year": value("2026-11", "year", 2024.0),
        "systems/x.launched_on": value("2026-11", "date", "2025-08-22"),
        "systems/y.launched_on": value("2026-11", "date", "2027-10-01"),
        "systems/x.price_usd": value(""),
    }
    found = {row.place: row for row in stale(CATALOG, date(2040, 1, 1), rows)}
    assert set(found) == {"systems/y.launched_on", "systems/x.price_usd"}
    assert found["systems/x.price_usd"].since is None


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("ECB (https://www.ecb.europa.eu/stats/, as packaged)", "https://www.ecb.europa.eu/stats/"),
        ("https://a.example/x; https://b.example", "https://a.example/x"),
        ("CRE, see https://a.example/x.", "https://a.example/x"),
        ("Epoch AI", ""),
    ],
)
def test_the_address_is_the_first_of_the_source(source, address):
    (row,) = stale(CATALOG, date(2040, 1, 1), {"systems/x.price_usd": value("2026-11", source=source)})
    assert row.address == address


def test_what_is_out_of_date_today_is_said_and_fails_nothing(record_property, capsys):
    today = datetime.now(tz=UTC).date()
    places = [row.place for row in stale(CATALOG, today)]
    record_property("stale", places)
    with capsys.disabled():
        sys.stderr.writelines(f"past its shelf life, see make refresh-check: {place}\n" for place in places)
    assert set(places) <= set(ROWS)
