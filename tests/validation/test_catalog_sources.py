"""Every shipped value has a unit, a kind and a source; derived values follow from published ones."""

import csv
import math
import re

import numpy as np
import pytest

from capsim.catalog import h100e_ratio, load_catalog
from capsim.catalog.loader import DATA, FILES, RECORD_TABLES
from capsim.catalog.reading import COLUMNS, KINDS, TEXT_UNITS
from capsim.catalog.wide import rows_of
from capsim.scenario.fill.presets import is_of_the_halls
from capsim.units import DAYS_PER_MONTH, DAYS_PER_WEEK, W_PER_KW, W_PER_MW

CATALOG = load_catalog()

# Published ratios (bf16, 8bit, best) to three decimals: NVIDIA, AMD, Google, AWS and Intel dense
# figures over those of an H100, as in Epoch AI, Machine Learning Hardware, snapshot 2026-04-27. Rubin Ultra
# is announced: 5 EFLOP/s of FP8 over 144 packages, the others twice Rubin's, as assumed in the catalogue.
# TPU 8 is announced with FP4 alone, its FP8 assumed at half of it; WSE-3 counts an eighth of its 125 PFLOP/s.
H100E = {
    "a100-sxm": (0.315, 0.315, 0.315),
    "h100-sxm": (1.0, 1.0, 1.0),
    "h100-pcie": (0.764, 0.765, 0.765),
    "h200-sxm": (1.0, 1.0, 1.0),
    "h20": (0.15, 0.15, 0.15),
    "gh200": (1.0, 1.0, 1.0),
    "b200-sxm": (2.274, 2.274, 4.548),
    "gb200": (2.527, 2.527, 5.053),
    "b300-sxm": (2.274, 2.274, 6.822),
    "gb300": (2.527, 2.527, 7.58),
    "vr200": (4.043, 8.843, 17.686),
    "rubin-ultra": (8.086, 17.534, 35.371),
    "mi250x": (0.387, 0.194, 0.194),
    "mi300a": (0.991, 0.991, 0.991),
    "mi300x": (1.321, 1.321, 1.321),
    "mi325x": (1.321, 1.321, 1.321),
    "mi355x": (2.544, 2.543, 5.087),
    "mi455x": (5.054, 10.157, 20.364),
    "tpu-v4": (0.278, 0.139, 0.139),
    "tpu-v5e": (0.199, 0.199, 0.199),
    "tpu-v5p": (0.464, 0.464, 0.464),
    "tpu-v6e": (0.928, 0.928, 0.928),
    "tpu-v7": (2.332, 2.331, 2.331),
    "tpu-8t": (math.nan, 3.183, 6.367),
    "tpu-8i": (math.nan, 2.552, 5.104),
    "trainium2": (0.674, 0.656, 0.656),
    "trainium3": (0.678, 1.272, 1.272),
    "gaudi3": (1.855, 0.927, 0.927),
    "wse-3": (15.792, 7.895, 7.895),
    "groq-lpu": (0.19, 0.379, 0.379),
    "jotunn8": (math.nan, 1.617, 1.617),
    "pvc-max-1550": (math.nan, math.nan, math.nan),
    "rhea1": (math.nan, math.nan, math.nan),
}


def values(table):
    return [
        (name, field, value)
        for name, entry in CATALOG.tables[table].items()
        for field, value in entry.values.items()
    ]


def number(table, name, field):
    return CATALOG.entry(table, name).number(field)


@pytest.mark.parametrize("table", RECORD_TABLES)
def test_every_value_has_a_unit_a_kind_a_source_and_a_date(table):
    assert values(table)
    for name, field, value in values(table):
        place = f"{table}.{name}.{field} ({value.origin})"
        assert value.unit.strip(), place
        assert value.kind in KINDS, place
        assert value.source.strip(), place
        assert value.source.startswith("assumed") or value.kind != "assumed", place
        assert not value.source.startswith("assumed") or value.kind == "assumed", place
        assert value.retrieved, place


@pytest.mark.parametrize("table", RECORD_TABLES)
def test_every_range_holds_its_value(table):
    for name, field, value in values(table):
        if value.unit not in TEXT_UNITS:
            low = -math.inf if value.low is None else value.low
            high = math.inf if value.high is None else value.high
            assert low <= value.value <= high, f"{table}.{name}.{field}"


@pytest.mark.parametrize("table", FILES)
def test_shipped_columns_are_in_order(table):
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        assert tuple(next(csv.reader(stream))) == COLUMNS


def test_every_accelerator_is_in_the_table_of_ratios():
    assert set(CATALOG.names("accelerators")) == set(H100E)


@pytest.mark.parametrize("name", H100E)
def test_computed_h100e_is_the_published_ratio(name):
    entry = CATALOG.entry("accelerators", name)
    computed = [h100e_ratio(entry, definition) for definition in ("bf16", "8bit", "best")]
    assert computed == pytest.approx(H100E[name], abs=0.0006, nan_ok=True)


# W per H100e (8bit) at PUE 1.10, published ratios of all-in IT power, to the watt.
@pytest.mark.parametrize(
    ("name", "w_per_h100e"),
    [("h100-sxm", 1540), ("b200-sxm", 1011), ("gb300", 965), ("gb200", 908), ("tpu-v7", 708), ("vr200", 369)],
)
def test_power_per_h100e(name, w_per_h100e):
    entry = CATALOG.entry("accelerators", name)
    assert entry.number("it_w_per_accelerator") * 1.10 / h100e_ratio(entry, "8bit") == pytest.approx(
        w_per_h100e, abs=0.6
    )


OTHERS = ("hosted-it-100kw", "a100-quad", "dgx-rubin-nvl8", "rhea1-pair")
"""Systems without accelerators, and those whose accelerators' figure is that of another system."""


@pytest.mark.parametrize("name", [n for n in CATALOG.names("systems") if n not in OTHERS])
def test_all_in_power_of_a_system_is_that_of_its_accelerators(name):
    system = CATALOG.entry("systems", name)
    per_chip = CATALOG.entry("accelerators", system.text("accelerator")).get("it_w_per_accelerator")
    all_in = system.get("all_in_it_kw")
    count = system.number("accelerator_count")
    for got, expected_w in (
        (all_in.low, per_chip.low),
        (all_in.value, per_chip.value),
        (all_in.high, per_chip.high),
    ):
        assert got == pytest.approx(expected_w * count / W_PER_KW, rel=1e-5)


def test_hosted_it_has_no_accelerators():
    hosted = CATALOG.entry("systems", "hosted-it-100kw")
    assert "accelerator" not in hosted
    assert hosted.number("accelerator_count") == hosted.number("price_usd") == 0


def test_bernstein_shares_give_network_storage_and_the_least_gb300_price():
    """The price itself is published, and 22 % over what Epoch's cost of compute makes of it."""
    servers = 1 - 0.33 - 0.13 - 0.014
    assert number("cost_items", "network", "amount") == pytest.approx(0.13 / servers, rel=1e-5)
    assert number("cost_items", "storage", "amount") == pytest.approx(0.014 / servers, rel=1e-5)
    compute_usd = 26.11 * 72 * number("accelerators", "gb300", "it_w_per_accelerator")
    price = CATALOG.entry("systems", "gb300-nvl72").get("price_usd")
    assert price.low == pytest.approx(compute_usd * servers / 0.67, abs=5000)
    assert price.value / price.low == pytest.approx(1.22, abs=0.005)


def test_commissioning_months_are_the_published_weeks():
    stage = CATALOG.entry("buildout_presets", "fr-greenfield-hall").get("commissioning_months")
    weeks = [months * DAYS_PER_MONTH / DAYS_PER_WEEK for months in (stage.low, stage.value, stage.high)]
    assert weeks == pytest.approx([8, 10, 16], abs=0.03)


def test_idle_share_follows_from_measured_power():
    # idle 2.0-2.3 kW of 10.2 kW; what draws at work is in test_measured_systems.py
    idle = CATALOG.entry("systems", "dgx-h100").number("idle_share")
    assert idle == pytest.approx(2.15 / 10.2, rel=1e-4)


def test_lead_time_medians_are_those_of_their_lognormals():
    lognormal = [
        entry for entry in CATALOG.tables["lead_times"].values() if entry.text("distribution") == "lognormal"
    ]
    assert len(lognormal) == 8
    for entry in lognormal:
        central = (entry.get("duration") or entry.get("value")).value
        assert math.exp(entry.number("mu")) == pytest.approx(central, rel=0.11), entry.name


def test_generators_take_what_buyers_of_2026_are_told():
    """72 to 104 weeks are told; 30 to 46 were in January 2025."""
    weeks = CATALOG.entry("lead_times", "lt-genset").values["duration"]
    assert weeks.value == (72 + 104) / 2
    assert (weeks.low, weeks.high >= 104) == ((30 + 46) / 2, True)


def test_overrun_of_whole_builds_is_the_spread_of_sites_without_that_of_stages():
    overrun = CATALOG.entry("lead_times", "overrun-works")
    slip = CATALOG.entry("lead_times", "milestone-slip")
    sigma, z_p90 = overrun.number("sigma"), 1.2816
    # the sample of 16 new sites has 0.346; that of the next site (first-power-greenfield) is wider
    assert sigma == pytest.approx(math.sqrt(0.346**2 - 0.12**2), abs=0.005)
    value = overrun.values["value"]
    assert [value.low, value.high] == pytest.approx(np.exp([-z_p90 * sigma, z_p90 * sigma]), abs=0.005)
    # of 24 months announced, one in ten is late by 4 (1 + 24 x 0.05) ln(0.4 / 0.1) = 12.2 months: 1.51
    mean = slip.number("mean_delay_months") * (1.0 + 24.0 * slip.number("mean_growth_per_month"))
    late = -mean * math.log(0.1 / (1.0 - slip.number("on_time_share")))
    assert math.log(1.0 + late / 24.0) / z_p90 == pytest.approx(sigma, abs=0.02)
    # 9 in 10 late and 34 % on average, as a lognormal: mu = 1.28 s and mu + s^2 / 2 = ln 1.34
    published = -z_p90 + math.sqrt(z_p90**2 + 2.0 * math.log(1.34))
    assert 0.2 < published < sigma


def test_epoch_cost_of_facility_and_compute_add_up_to_the_published_total():
    # Epoch AI, 2026-05-14: 38 GUSD per GW all-in (37.9).
    facility = number("cost_items", "facility-epoch", "amount") / W_PER_MW
    compute = number("assumptions", "finance", "compute_musd_per_it_mw")
    assert facility + compute == pytest.approx(
        number("assumptions", "finance", "capex_all_in_musd_per_it_mw"), rel=0.005
    )


def test_no_annual_mean_of_a_market_stands_twice_with_different_values():
    """The zone has that of the market's hours, or says of what else it is; a tariff has that of its zone."""
    counted = 0
    for zone, entry in CATALOG.tables["electricity_prices"].items():
        if "market" not in entry or "lent_because" in entry:
            continue
        for row in rows_of("price_years", entry.text("market")):
            mean = entry.values.get(f"day_ahead_{row['year']}")
            if mean is None or "over the zones of the country" in mean.note:
                continue
            if float(row["coverage"]) >= 0.99:
                assert mean.value == float(row["mean"]), (zone, row["year"])
                counted += 1
            else:
                assert "% of the hours" in mean.note, (zone, row["year"])
    assert counted > 100
    for name, entry in CATALOG.tables["tariffs"].items():
        level = entry.values["level_per_mwh"]
        year = re.fullmatch(r"day-ahead mean of (\d{4})", level.note)
        if year:
            assert level.value == number("electricity_prices", entry.text("zone"), f"day_ahead_{year[1]}"), (
                name
            )


@pytest.mark.parametrize("name", CATALOG.names("cooling"))
def test_cooling_presets_pass_what_their_model_takes(name):
    from capsim.models.cooling import COOLING

    preset = CATALOG.entry("cooling", name)
    given = {
        field: value.value
        for field, value in preset.values.items()
        if value.unit not in TEXT_UNITS and not is_of_the_halls(field)
    }
    assert COOLING.faults(preset.text("model"), given) == []


def test_names_that_refer_to_another_table_are_there():
    for entry in CATALOG.tables["tariffs"].values():
        assert entry.text("zone") in CATALOG.tables["electricity_prices"]
    for entry in CATALOG.tables["climates"].values():
        assert re.fullmatch("[a-z]{3}", entry.text("country"))
    for entry in CATALOG.tables["wide_tables"].values():
        assert (DATA / entry.text("file")).is_file()
    for entry in CATALOG.tables["reference_builds"].values():
        if "accelerator" in entry:
            assert entry.text("accelerator") in CATALOG.tables["accelerators"]
